/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts that change hands while the guest runs. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include <papr/fwnmi.h>

#include "rtas/status.h"
#include "spapr/fdt.h"
#include "spapr/irqs.h"
#include "spapr/routing.h"
#include "tests/fake-host-state.h"
#include "tests/partition.h"

static const char user[] = "sets: { hcall-interrupt: user }";

#define SECOND 8u		/* the server number of the other vCPU */
#define ICP(cppr, xisr, mfrr, pending) \
	((uint64_t)(cppr) << ICP_CPPR_SHIFT | \
	 (uint64_t)(xisr) << ICP_XISR_SHIFT | \
	 (uint64_t)(mfrr) << ICP_MFRR_SHIFT | \
	 (uint64_t)(pending) << ICP_PPRI_SHIFT)
#define PRIORITY(p) ((uint64_t)(p) << SOURCE_PRIORITY_SHIFT)

/* A guest of a POWER8 with an IPI and the terminal's interrupt on the way. */
static struct partition *busy_partition(const char *policy)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .policy = policy,
		.config = { .cores = 2, .threads = 1, .vsmt = 8 } });

	return p;
}

static struct fake_cpu *cpu_of(struct partition *p, unsigned int i)
{
	return papr_vcpu_host(papr_vm_vcpu(p->vm, i));
}

static void load_kernel(struct partition *p)
{
	for (unsigned int i = 0; i < 2; i++)
		cpu_of(p, i)->icp_of = p->fake->irqs_made;
	cpu_of(p, 0)->icp = ICP(0xff, XICS_IPI, 4, 4);
	cpu_of(p, 1)->icp = ICP(5, 0, 0xff, 0xff);
	/* Accepted by the second, and came again. */
	fake_source(p->fake, VTY_IRQ)->state = SECOND | PRIORITY(5) |
		SOURCE_PRESENTED | SOURCE_QUEUED;
}

static struct partition *in_kernel(void)
{
	struct partition *p = busy_partition("{}");

	load_kernel(p);
	fake_host_clear_log(p->fake);
	return p;
}

static struct partition *in_userspace(void)
{
	struct partition *p = in_kernel();

	must_reroute(p, user);
	fake_host_clear_log(p->fake);
	return p;
}

static uint64_t ipoll(struct partition *p, uint32_t server, uint64_t *mfrr)
{
	uint64_t args[PAPR_HCALL_ARGS] = { server };

	assert_int_equal(partition_hcall(p, H_IPOLL, args), H_SUCCESS);
	*mfrr = args[1];
	return args[0];
}

static void what_is_shown_goes_to_userspace(void **state)
{
	struct partition *p = in_userspace();
	uint64_t mfrr;

	(void)state;
	assert_int_equal(ipoll(p, 0, &mfrr), 0xff000002);
	assert_int_equal(mfrr, 4);
	assert_int_equal(ipoll(p, SECOND, &mfrr), 0x05000000);
	assert_int_equal(mfrr, 0xff);
	assert_true(fake_cpu_raised(cpu_of(p, 0)));
	assert_false(fake_cpu_raised(cpu_of(p, 1)));
	/* The end of what was accepted shows what came meanwhile. */
	p->on = 1;
	assert_int_equal(HCALL(p, H_EOI, 0xff000000 | VTY_IRQ), H_SUCCESS);
	assert_int_equal(ipoll(p, SECOND, &mfrr), 0xff000000 | VTY_IRQ);
	assert_true(fake_cpu_raised(cpu_of(p, 1)));
	partition_free(p);
}

static void what_is_shown_comes_back_to_the_kernel(void **state)
{
	struct partition *p = in_userspace();

	(void)state;
	must_reroute(p, "{}");
	assert_int_equal(cpu_of(p, 0)->icp, ICP(0xff, XICS_IPI, 4, 4));
	assert_int_equal(cpu_of(p, 1)->icp, ICP(5, 0, 0xff, 0xff));
	assert_int_equal(fake_source(p->fake, VTY_IRQ)->state,
			 SECOND | PRIORITY(5) | SOURCE_PRESENTED |
			 SOURCE_QUEUED);
	/* Nothing of userspace's is left. */
	assert_false(fake_cpu_raised(cpu_of(p, 0)));
	partition_free(p);
}

/* What was raised by the kernel before is no more. */
static void a_stale_interrupt_is_taken_back(void **state)
{
	struct partition *p = in_kernel();

	(void)state;
	cpu_of(p, 0)->raised = cpu_of(p, 1)->raised = true;
	must_reroute(p, user);
	assert_true(fake_cpu_raised(cpu_of(p, 0)));
	assert_false(fake_cpu_raised(cpu_of(p, 1)));
	partition_free(p);
}

static void rtas_calls_of_sources_go_along(void **state)
{
	struct partition *p = in_userspace();
	uint32_t cells[RTAS_CELLS] = { VTY_IRQ };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(p->fake->token); i++)
		assert_int_equal(p->fake->token[i], 0);
	assert_int_equal(partition_rtas_status(p, RTAS_TOKEN_ibm_get_xive, 1, 3,
					       cells), 0);
	assert_int_equal(cells[2], SECOND);
	assert_int_equal(cells[3], 5);
	must_reroute(p, "rtas: { 'ibm,int-on': deny }");
	assert_int_equal(p->fake->token[0], RTAS_TOKEN_ibm_set_xive);
	assert_int_equal(p->fake->token[3], 0);
	partition_free(p);
}

static void vcpus_are_held_for_it_and_for_nothing_else(void **state)
{
	struct partition *p = in_kernel();

	(void)state;
	must_reroute(p, "hcalls: { H_RANDOM: user, H_PAGE_INIT: user }");
	assert_false(fake_host_logged(p->fake, "cpu 0: hold on"));
	must_reroute(p, user);
	assert_int_equal(fake_host_count(p->fake, "cpu 0: hold on"), 1);
	assert_int_equal(p->fake->held, 0);
	partition_free(p);
}

static void an_edge_goes_to_whom_has_the_controller(void **state)
{
	struct partition *p = in_kernel();
	uint64_t mfrr;

	(void)state;
	assert_int_equal(papr_vm_console_input(p->vm), 0);
	assert_int_equal(fake_host_raised(p->fake, VTY_IRQ), 1);
	must_reroute(p, user);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, VTY_IRQ, SECOND,
			      4), 0);
	p->on = 1;
	HCALL(p, H_EOI, 0xff000000 | VTY_IRQ);	/* the queued one comes */
	HCALL(p, H_XIRR);
	HCALL(p, H_EOI, 0xff000000 | VTY_IRQ);
	assert_int_equal(papr_vm_console_input(p->vm), 0);
	assert_int_equal(ipoll(p, SECOND, &mfrr), 0xff000000 | VTY_IRQ);
	assert_int_equal(fake_host_raised(p->fake, VTY_IRQ), 1);
	must_reroute(p, "{}");
	assert_int_equal(papr_vm_console_input(p->vm), 0);
	/* A new one, which counts anew. */
	assert_int_equal(fake_host_raised(p->fake, VTY_IRQ), 1);
	partition_free(p);
}

/* --- what came too late */

static void assert_made_again(struct partition *p)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 0);
	struct papr_regs *regs = fake_cpu_regs(cpu_of(p, 0));

	assert_true(fake_host_logged(p->fake, "cpu 0: wake"));
	regs->pc = 0x1234;
	assert_int_equal(papr_vcpu_take_interrupt(vcpu), PAPR_INTERRUPT_NONE);
	assert_int_equal(regs->pc, 0x1230);
	assert_int_equal(papr_vcpu_take_interrupt(vcpu), PAPR_INTERRUPT_NONE);
	assert_int_equal(regs->pc, 0x1230);
}

static void a_call_that_came_too_late_is_made_again(void **state)
{
	static const uint32_t calls[] = { H_EOI, H_CPPR, H_IPI, H_IPOLL, H_XIRR,
					  H_XIRR_X };
	struct partition *p = in_userspace();
	struct papr_hcall_stats stats;

	(void)state;
	must_reroute(p, "{}");
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct papr_hcall hcall = { .nr = calls[i],
			.args = { 0, 3, 5, 7, 9, 11, 13, 15, 17 } };
		const struct papr_hcall was = hcall;
		uint64_t icp = cpu_of(p, 0)->icp;

		fake_host_clear_log(p->fake);
		papr_vcpu_hcall(papr_vm_vcpu(p->vm, 0), &hcall);
		assert_int_equal(hcall.ret, calls[i]);
		assert_memory_equal(hcall.args, was.args, sizeof(was.args));
		assert_made_again(p);
		assert_int_equal(cpu_of(p, 0)->icp, icp);
		papr_vm_stats(p->vm, hcall_row(calls[i]), &stats);
		assert_int_equal(stats.user + stats.nobody, 0);
	}
	partition_free(p);
}

static void put_int_off(uint8_t *block)
{
	store_be32(block, RTAS_TOKEN_ibm_int_off);
	store_be32(block + 4, 1);
	store_be32(block + 8, 1);
	store_be32(block + 12, VTY_IRQ);
	store_be32(block + 16, 0x5eed);
}

static void an_rtas_call_that_came_too_late_is_made_again(void **state)
{
	struct partition *p = in_userspace();
	struct papr_hcall hcall = { .nr = H_RTAS, .args = { RTAS_BLOCK } };
	uint8_t *block = p->ram + RTAS_BLOCK;
	uint64_t calls, errors;

	(void)state;
	must_reroute(p, "{}");
	fake_host_clear_log(p->fake);
	put_int_off(block);
	papr_vcpu_hcall(papr_vm_vcpu(p->vm, 0), &hcall);
	assert_int_equal(hcall.ret, H_RTAS);
	assert_int_equal(hcall.args[0], RTAS_BLOCK);
	assert_int_equal(load_be32(block + 16), 0x5eed);
	assert_made_again(p);
	papr_vm_rtas_stats(p->vm, RTAS_ROW_ibm_int_off, &calls, &errors);
	assert_int_equal(calls, 0);
	assert_int_equal(p->traces, 0);
	partition_free(p);
}

/* KVM wants 88 bytes of memory that can be written, whatever the counts say. */
static void a_block_that_kvm_refuses_is_not_made_again(void **state)
{
	static const struct {
		const char *what;
		uint64_t gpa;
		bool again;
		uint64_t ret;
	} rows[] = {
		{ "88 bytes before the end", RAM_SIZE - 88, true, H_RTAS },
		{ "87 bytes before the end", RAM_SIZE - 87, false, H_SUCCESS },
		{ "the last that it has", RAM_SIZE - 20, false, H_SUCCESS },
		{ "the end of all memory", TOP_BASE + TOP_SIZE - 20, false,
		  H_SUCCESS },
		{ "not to be written", ROM_BASE, false, (uint64_t)H_PARAMETER },
	};
	struct partition *p = in_userspace();

	(void)state;
	must_reroute(p, "{}");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_hcall hcall = {
			.nr = H_RTAS, .args = { rows[i].gpa }
		};
		uint8_t *block = rows[i].gpa < RAM_SIZE ?
			p->ram + rows[i].gpa : rows[i].gpa == ROM_BASE ?
			p->rom : p->top + TOP_SIZE - 20;

		put_int_off(block);
		papr_vcpu_hcall(papr_vm_vcpu(p->vm, 0), &hcall);
		if (hcall.ret != rows[i].ret)
			fail_msg("%s: 0x%llx", rows[i].what,
				 (unsigned long long)hcall.ret);
		assert_int_equal(load_be32(block + 16),
				 rows[i].ret == H_SUCCESS ?
				 (uint32_t)RTAS_PARAMETER_ERROR : 0x5eed);
	}
	partition_free(p);
}

/* A call that the kernel does not get, though it has the controller. */
static void an_rtas_call_that_the_kernel_never_gets_is_not_made_again(void **s)
{
	struct partition *p = in_userspace();

	(void)s;
	must_reroute(p, "force: true\n"
		     "rtas: { 'ibm,int-off': user }");
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_int_off, 1, 1, VTY_IRQ),
			 RTAS_PARAMETER_ERROR);
	partition_free(p);
}

/* --- what is refused */

struct snapshot {
	bool kernel[HCALL_ROWS];
	struct routing *routing;
	uint32_t token[4];
	bool here, has_irqs;
	bool raised[2];
	uint64_t shown[2];
	uint64_t source;
};

static void look(struct partition *p, struct snapshot *s)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < HCALL_ROWS; i++)
		s->kernel[i] = fake_host_hcall_enabled(p->fake,
						hcall_table[i].number);
	s->routing = routing_now(p->vm);
	memcpy(s->token, p->fake->token, sizeof(s->token));
	s->here = irqs_are_here(p->vm);
	s->has_irqs = p->fake->has_irqs;
	for (unsigned int i = 0; i < 2; i++) {
		s->raised[i] = cpu_of(p, i)->raised;
		s->shown[i] = s->here ? xics_get_icp(p->vm->xics,
						papr_vm_vcpu(p->vm, i)) :
					cpu_of(p, i)->icp;
	}
	if (s->here)
		xics_get_source(p->vm->xics, VTY_IRQ, &s->source);
	else
		s->source = fake_source(p->fake, VTY_IRQ)->state;
}

/* Each thing that the host does for a change can fail. */
static const struct failing {
	bool take;
	enum fake_op op;
	unsigned int nth;
	const char *sentence;
} failing[] = {
	{ true, FAKE_GET_SOURCE, 1, "the kernel does not hand over interrupt "
	  "source 0x1000: Input/output error" },
	{ true, FAKE_GET_ICP, 1, "the kernel does not hand over what vCPU 0 is "
	  "shown: Input/output error" },
	{ true, FAKE_GET_ICP, 2, "the kernel does not hand over what vCPU 8" },
	{ true, FAKE_DROP_IRQS, 1, "the kernel keeps its interrupt "
	  "controller: " },
	{ true, FAKE_ENABLE_HCALL, 1, "the kernel did not let go of H_EOI, "
	  "which is routed to user: Input/output error" },
	{ true, FAKE_ENABLE_HCALL, 6, "the kernel did not let go of H_XIRR_X" },
	{ false, FAKE_SETUP_IRQS, 1, "no interrupt controller for 9 "
	  "servers: " },
	{ false, FAKE_SET_ICP, 1, "the kernel does not take what vCPU 0 is "
	  "shown: Input/output error" },
	{ false, FAKE_SET_ICP, 2, "the kernel does not take what vCPU 8" },
	{ false, FAKE_SET_SOURCE, 1, "the kernel does not take interrupt "
	  "source 0x1000: " },
	{ false, FAKE_DEFINE_RTAS, 1, "the kernel does not answer "
	  "ibm,set-xive: Input/output error" },
	{ false, FAKE_DEFINE_RTAS, 4, "the kernel does not answer "
	  "ibm,int-on: " },
};

static void a_change_that_fails_leaves_all_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(failing); i++) {
		const struct failing *f = &failing[i];
		struct partition *p = f->take ? in_kernel() : in_userspace();
		struct snapshot before, after;
		struct papr_error error;

		look(p, &before);
		fake_host_fail(p->fake, f->op, f->nth, EIO);
		assert_int_equal(reroute(p, f->take ? user : "{}", &error),
				 -EIO);
		if (strncmp(error.text, f->sentence, strlen(f->sentence)))
			fail_msg("%s", error.text);
		look(p, &after);
		if (f->take)	/* KVM keeps that to itself */
			memcpy(after.raised, before.raised,
			       sizeof(after.raised));
		assert_memory_equal(&before, &after, sizeof(before));
		assert_int_equal(p->fake->held, 0);
		must_reroute(p, f->take ? user : "{}");
		partition_free(p);
	}
}

/* It would have the state and not be asked. */
static void a_kernel_that_does_not_take_all_calls_gets_none(void **state)
{
	(void)state;
	for (unsigned int nth = 1; nth <= 6; nth++) {
		struct partition *p = in_userspace();
		struct snapshot before, after;
		struct papr_error error;

		look(p, &before);
		fake_host_fail(p->fake, FAKE_ENABLE_HCALL, nth, EINVAL);
		assert_int_equal(reroute(p, "{}", &error), -EBUSY);
		assert_non_null(strstr(error.text, " would stay user: "
				       "interrupt presentation changes hands "
				       "as a whole"));
		look(p, &after);
		assert_memory_equal(&before, &after, sizeof(before));
		partition_free(p);
	}
}

/* H_IPI to a less favoured priority takes back no IPI that is shown. */
static void a_state_that_kvm_never_has_stays_here(void **state)
{
	struct partition *p = in_userspace();
	struct papr_error error;

	(void)state;
	assert_int_equal(HCALL(p, H_IPI, 0, 0xff), H_SUCCESS);
	assert_int_equal(reroute(p, "{}", &error), -EINVAL);
	assert_string_equal(error.text, "the kernel does not take what vCPU 0 "
			    "is shown: its controller is never in such a "
			    "state");
	assert_int_equal(HCALL(p, H_XIRR), H_SUCCESS);
	must_reroute(p, "{}");
	partition_free(p);
}

static const struct refused {
	const char *from, *to, *sentence;
} refused[] = {
	{ "{}", "sets: { hcall-interrupt: vmm }",
	  "H_EOI would change from kernel to vmm: interrupt presentation does "
	  "not change hands while the guest runs" },
	{ "{}", "{ sets: { hcall-interrupt: user }, hcalls: { H_CPPR: deny } }",
	  "H_CPPR would change from kernel to denied: " },
	{ "sets: { hcall-interrupt: user }", "sets: { hcall-interrupt: deny }",
	  "H_EOI would change from user to denied: " },
	{ "{ sets: { hcall-interrupt: user }, hcalls: { H_CPPR: deny } }",
	  "hcalls: { H_CPPR: deny }",
	  "H_CPPR would stay denied: interrupt presentation changes hands as a "
	  "whole while the guest runs, or not at all" },
	{ "sets: { hcall-interrupt: user }", "{ sets: { hcall-interrupt: "
	  "user }, rtas: { 'ibm,int-on': deny } }",
	  "ibm,int-on would change from user to nobody: " },
};

static void what_is_no_whole_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct partition *p = busy_partition(refused[i].from);
		struct papr_error error;

		fake_host_clear_log(p->fake);
		assert_int_equal(reroute(p, refused[i].to, &error), -EBUSY);
		if (strncmp(error.text, refused[i].sentence,
			    strlen(refused[i].sentence)))
			fail_msg("%s", error.text);
		assert_string_equal(fake_host_log(p->fake), "");
		partition_free(p);
	}
}

static void no_state(struct partition *p, struct papr_host_ops *host,
		     struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->get_icp = NULL;
}

static void no_hold(struct partition *p, struct papr_host_ops *host,
		    struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->hold = NULL;
}

static void a_host_without_the_operations_says_so(void **state)
{
	static const struct {
		void (*tweak)(struct partition *p, struct papr_host_ops *host,
			      struct papr_vmm_ops *vmm);
		const char *why;
	} rows[] = {
		{ no_state, ": the program's host operations have no state of "
		  "interrupts" },
		{ no_hold, ": the program's host operations cannot stop "
		  "vCPUs" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.host = "power8", .tweak = rows[i].tweak });
		struct papr_error error;

		assert_int_equal(reroute(p, user, &error), -EBUSY);
		assert_non_null(strstr(error.text, rows[i].why));
		partition_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shown_goes_to_userspace),
		cmocka_unit_test(what_is_shown_comes_back_to_the_kernel),
		cmocka_unit_test(a_stale_interrupt_is_taken_back),
		cmocka_unit_test(rtas_calls_of_sources_go_along),
		cmocka_unit_test(vcpus_are_held_for_it_and_for_nothing_else),
		cmocka_unit_test(an_edge_goes_to_whom_has_the_controller),
		cmocka_unit_test(a_call_that_came_too_late_is_made_again),
		cmocka_unit_test(an_rtas_call_that_came_too_late_is_made_again),
		cmocka_unit_test(a_block_that_kvm_refuses_is_not_made_again),
		cmocka_unit_test(
		    an_rtas_call_that_the_kernel_never_gets_is_not_made_again),
		cmocka_unit_test(a_change_that_fails_leaves_all_as_it_was),
		cmocka_unit_test(
			a_kernel_that_does_not_take_all_calls_gets_none),
		cmocka_unit_test(a_state_that_kvm_never_has_stays_here),
		cmocka_unit_test(what_is_no_whole_is_refused),
		cmocka_unit_test(a_host_without_the_operations_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
