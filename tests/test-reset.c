/* SPDX-License-Identifier: BSD-2-Clause */
/* A reset: what a guest has done is as if it had never run. */
#include "config.h"

#include <errno.h>

#include "spapr/fdt.h"
#include "spapr/vm.h"
#include "tests/interrupts.h"

#define LIOBN	0x80000000u

/* Sealed, nothing has run. */
static struct partition *fresh_on(const char *host)
{
	struct papr_error error;
	struct partition *p;

	if (partition_make(&(struct partition_setup){
			.host = host,
			.config = { .cores = 2, .vsmt = 8 } }, &p, &error))
		fail_msg("%s", error.text);
	assert_int_equal(papr_vm_add_tce(p->vm, LIOBN, 0, 12, 16), 0);
	if (papr_vm_seal(p->vm))
		fail_msg("%s", papr_vm_error(p->vm));
	partition_attach(p, 0);
	partition_attach(p, 1);
	fake_host_clear_log(p->fake);
	return p;
}

static void reset(struct partition *p)
{
	struct papr_error error;

	p->n_dirty = 0;
	if (papr_vm_reset(p->vm, &error))
		fail_msg("%s", error.text);
}

static void run_cpu(struct partition *p, unsigned int i)
{
	struct papr_entry entry = { .pc = 0x100, .r3 = 1 };

	assert_int_equal(papr_vcpu_start(papr_vm_vcpu(p->vm, i), &entry), 0);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, i), &entry);
	*interrupts_regs(p, i) = (struct papr_regs){
		.pc = GUEST_PC, .msr = GUEST_MSR
	};
}

static struct nmi_state *nmi(struct partition *p, unsigned int i)
{
	return &papr_vm_vcpu(p->vm, i)->nmi;
}

/* --- what a guest may do, and where it shows */

static void do_register(struct partition *p)
{
	interrupts_register(p);
}

static uint64_t see_handlers(struct partition *p)
{
	return p->vm->nmi_system_reset ^ p->vm->nmi_machine_check << 32;
}

static uint64_t see_registration(struct partition *p)
{
	return RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
}

static void do_check(struct partition *p)
{
	interrupts_register(p);
	interrupts_regs(p, 0)->srr1 = GUEST_MSR;
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), 0), 0);
}

static void do_handler(struct partition *p)
{
	do_check(p);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
}

/* The second vCPU waits for the first one's nmi-interlock. */
static void do_wait(struct partition *p)
{
	do_handler(p);
	run_cpu(p, 1);
	interrupts_regs(p, 1)->srr1 = GUEST_MSR;
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 1), 0), 0);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_WAIT);
}

/* A second one in the handler of the first. */
static void do_checkstop(struct partition *p)
{
	do_handler(p);
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), 0), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_WAIT);
}

static void do_inject(struct partition *p)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = PAPR_MC_SLB,
		.initiator = PAPR_ELOG_CPU,
	};

	assert_int_equal(papr_vcpu_inject(papr_vm_vcpu(p->vm, 0), &info, NULL),
			 0);
}

static void do_system_reset(struct partition *p)
{
	interrupts_regs(p, 0)->msr &= ~MSR_RI;
	assert_int_equal(papr_vcpu_system_reset(papr_vm_vcpu(p->vm, 0)), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
}

/* A call that had left the kernel when that got back what it is about. */
static void do_again(struct partition *p)
{
	struct papr_hcall call = { .nr = H_XIRR };

	must_reroute(p, "default: user");
	must_reroute(p, "default: kernel");
	papr_vcpu_hcall(papr_vm_vcpu(p->vm, 0), &call);
	assert_int_equal(call.ret, H_XIRR);
}

static uint64_t see_holder(struct partition *p)
{
	return p->vm->nmi_holder;
}

static uint64_t see_log_id(struct partition *p)
{
	return p->vm->nmi_log_id;
}

static uint64_t see_pending(struct partition *p)
{
	return nmi(p, 0)->pending;
}

static uint64_t see_second_pending(struct partition *p)
{
	return nmi(p, 1)->pending;
}

static uint64_t see_second_waits(struct partition *p)
{
	return nmi(p, 1)->waits;
}

static uint64_t see_tries(struct partition *p)
{
	return nmi(p, 0)->reset_tries;
}

static void do_open_errinjct(struct partition *p)
{
	RTAS(p, RTAS_TOKEN_ibm_open_errinjct, 0, 2);
}

static uint64_t see_errinjct(struct partition *p)
{
	return p->vm->errinjct_open;
}

static void do_le(struct partition *p)
{
	assert_int_equal(HCALL(p, H_SET_MODE, 1, 4, 0, 0), H_SUCCESS);
}

static uint64_t see_lpcr(struct partition *p)
{
	return p->vm->lpcr_value;
}

static uint64_t see_lpcr_mask(struct partition *p)
{
	return p->vm->lpcr_mask;
}

static uint64_t see_cpu_lpcr(struct partition *p)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 1)),
			    PAPR_REG_LPCR);
}

static void do_sprg0(struct partition *p)
{
	assert_int_equal(HCALL(p, H_SET_SPRG0, 42), H_SUCCESS);
}

static uint64_t see_sprg0(struct partition *p)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)),
			    PAPR_REG_SPRG0);
}

static void do_nothing(struct partition *p)
{
	(void)p;
}

static uint64_t see_pc(struct partition *p)
{
	return interrupts_regs(p, 0)->pc;
}

static void do_tces(struct partition *p)
{
	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, 0, 0x3003), H_SUCCESS);
	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, 15 << 12, 0x4003),
			 H_SUCCESS);
}

static uint64_t see_tces(struct partition *p)
{
	uint64_t first, last;

	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, 0, &first), 0);
	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, 15 << 12, &last), 0);
	return first | last << 32;
}

static uint64_t see_state(struct partition *p)
{
	return papr_vcpu_state(papr_vm_vcpu(p->vm, 0));
}

static void do_start(struct partition *p)
{
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 8, 0x200, 3), 0);
}

static uint64_t see_second_state(struct partition *p)
{
	return papr_vcpu_state(papr_vm_vcpu(p->vm, 1));
}

static void do_stub(struct partition *p)
{
	memset(p->ram + RTAS_BASE, 0xff, papr_rtas_size(2));
}

static uint64_t see_stub(struct partition *p)
{
	return load_be64(p->ram + RTAS_BASE) ^
	       load_be64(p->ram + RTAS_BASE + papr_rtas_size(2) - 8);
}

static void do_input(struct partition *p)
{
	assert_int_equal(papr_vm_console_input(p->vm), 0);
}

static uint64_t see_interrupt(struct partition *p)
{
	return fake_host_raised(p->fake, VTY_IRQ);
}

static const struct row {
	const char *what;
	void (*act)(struct partition *p);
	uint64_t (*see)(struct partition *p);
} rows[] = {
	{ "handlers", do_register, see_handlers },
	{ "registration", do_register, see_registration },
	{ "interlock", do_handler, see_holder },
	{ "log number", do_handler, see_log_id },
	{ "machine check", do_check, see_pending },
	{ "one that waits", do_wait, see_second_pending },
	{ "the waiting", do_wait, see_second_waits },
	{ "checkstop", do_checkstop, see_pending },
	{ "injection", do_inject, see_pending },
	{ "system reset", do_system_reset, see_pending },
	{ "its tries", do_system_reset, see_tries },
	{ "call that is made again", do_again, see_pending },
	{ "error injection", do_open_errinjct, see_errinjct },
	{ "byte order", do_le, see_lpcr },
	{ "who has chosen it", do_le, see_lpcr_mask },
	{ "byte order of another vCPU", do_le, see_cpu_lpcr },
	{ "SPRG0", do_sprg0, see_sprg0 },
	{ "pc", do_nothing, see_pc },
	{ "TCEs", do_tces, see_tces },
	{ "boot vCPU", do_nothing, see_state },
	{ "second vCPU", do_start, see_second_state },
	{ "RTAS area", do_stub, see_stub },
	{ "interrupt", do_input, see_interrupt },
};

static void check_row(const char *host, const struct row *row)
{
	struct partition *p = fresh_on(host);
	uint64_t fresh = row->see(p), used, again;

	run_cpu(p, 0);
	row->act(p);
	used = row->see(p);
	reset(p);
	again = row->see(p);
	partition_free(p);
	if (used == fresh)
		fail_msg("%s: nothing has changed", row->what);
	if (again != fresh)
		fail_msg("%s: %llx, not %llx", row->what,
			 (unsigned long long)again,
			 (unsigned long long)fresh);
}

static void what_a_guest_has_done_is_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row("power10", &rows[i]);
}

static void hosts_of_each_kind_are_reset_in_order(void **state)
{
	static const struct {
		const char *host, *log;
	} hosts[] = {
		{ "power10", "cpu 0: reset\ncpu 8: reset\nreset_irqs\n"
		  "configure_mmu 0x3 0x8000000000000000\n" },
		{ "nested", "cpu 0: reset\ncpu 8: reset\nreset_irqs\n"
		  "configure_mmu 0x3 0x8000000000000000\n" },
		{ "power8", "cpu 0: reset\ncpu 8: reset\nreset_irqs\n"
		  "setup_hpt 18\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct partition *p = fresh_on(hosts[i].host);

		reset(p);
		assert_string_equal(fake_host_log(p->fake), hosts[i].log);
		assert_dirty(p, RTAS_BASE, papr_rtas_size(2));
		partition_free(p);
	}
}

static void hash_guest_of_a_radix_host_has_its_table_emptied(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .mmu = PAPR_MMU_HASH } });

	(void)state;
	reset(p);
	assert_string_equal(fake_host_log(p->fake), "cpu 0: reset\n"
			    "reset_irqs\nsetup_hpt 18\n"
			    "configure_mmu 0x0 0x0\n");
	partition_free(p);
}

static void counts_routes_and_the_time_of_day_are_kept(void **state)
{
	const uint32_t day[] = { 2026, 11, 23, 1, 2, 3, 0, 0 };
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_RANDOM: deny }" });
	struct papr_hcall_stats stats;
	int64_t offset;

	(void)state;
	assert_int_equal(HCALL(p, H_RANDOM), H_FUNCTION);
	assert_int_equal(RTAS(p, RTAS_TOKEN_set_time_of_day, 7, 1, day[0],
			      day[1], day[2], day[3], day[4], day[5], 0), 0);
	offset = p->vm->clock_offset_ns;
	reset(p);
	assert_int_equal(HCALL(p, H_RANDOM), H_FUNCTION);
	assert_int_equal(papr_vm_stats(p->vm, hcall_row(H_RANDOM), &stats), 0);
	assert_int_equal(stats.denied, 2);
	assert_true(offset != 0);
	assert_int_equal(p->vm->clock_offset_ns, offset);
	partition_free(p);
}

/* Nobody asks for the capability before the next guest registers. */
static void guest_after_a_reset_registers_as_the_first(void **state)
{
	struct partition *p = fresh_on("power9");

	(void)state;
	for (int i = 0; i < 3; i++) {
		run_cpu(p, 0);
		do_handler(p);
		assert_int_equal(interrupts_regs(p, 0)->pc, MACHINE_CHECK);
		assert_int_equal(p->vm->nmi_log_id, 1);
		reset(p);
		assert_int_equal(fake_host_count(p->fake,
						 "cpu 0: enable_fwnmi"),
				 i + 1);
	}
	partition_free(p);
}

static void machine_check_after_a_reset_goes_to_the_vector(void **state)
{
	struct partition *p = fresh_on("power9");

	(void)state;
	run_cpu(p, 0);
	do_wait(p);
	reset(p);
	run_cpu(p, 0);
	interrupts_regs(p, 0)->srr1 = GUEST_MSR;
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), 0), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->pc, 0x200);
	partition_free(p);
}

static void vcpu_attached_after_a_reset_has_no_old_lpcr(void **state)
{
	struct partition *p;
	struct fake_cpu *cpu;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 8 } }, &p, &error), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	run_cpu(p, 0);
	do_le(p);
	reset(p);
	cpu = partition_attach(p, 1);
	assert_int_equal(fake_cpu_reg(cpu, PAPR_REG_LPCR) & LPCR_ILE, 0);
	partition_free(p);
}

static const struct {
	enum fake_op op;
	int err;
	const char *text;
} failures[] = {
	{ FAKE_RESET_CPU, EBUSY, "vCPU 0 is in the guest, which can be reset "
	  "only when all are out" },
	{ FAKE_RESET_CPU, EIO, "the host does not reset vCPU 0: "
	  "Input/output error" },
	{ FAKE_RESET_IRQS, EEXIST, "the host does not reset the interrupt "
	  "controller: File exists" },
	{ FAKE_CONFIGURE_MMU, EBUSY, "the host does not reset the MMU: "
	  "Device or resource busy" },
};

static void what_the_host_refuses_is_said_and_can_be_tried_again(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		fake_host_fail(p->fake, failures[i].op, 1, failures[i].err);
		assert_int_equal(papr_vm_reset(p->vm, &error),
				 -failures[i].err);
		assert_string_equal(error.text, failures[i].text);
		reset(p);
	}
}

static void busy_vcpu_leaves_all_as_it_was(void **state)
{
	struct partition *p = *state;

	interrupts_register(p);
	fake_host_fail(p->fake, FAKE_RESET_CPU, 1, EBUSY);
	assert_int_equal(papr_vm_reset(p->vm, NULL), -EBUSY);
	assert_int_equal(see_registration(p), 0);
	assert_int_equal(see_state(p), PAPR_CPU_RUNNING);
}

static void take_reset(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->reset_cpu = NULL;
}

static void host_without_reset_is_told_so(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = take_reset });

	(void)state;
	assert_int_equal(papr_vm_reset(p->vm, NULL), -EOPNOTSUPP);
	partition_free(p);
}

static void only_a_sealed_vm_can_be_reset(void **state)
{
	struct partition *p;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	assert_int_equal(papr_vm_reset(p->vm, &error), -EBUSY);
	assert_string_equal(error.text, "a VM is reset after it is sealed");
	partition_free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_guest_has_done_is_undone),
		cmocka_unit_test(hosts_of_each_kind_are_reset_in_order),
		cmocka_unit_test(
			hash_guest_of_a_radix_host_has_its_table_emptied),
		cmocka_unit_test(counts_routes_and_the_time_of_day_are_kept),
		cmocka_unit_test(guest_after_a_reset_registers_as_the_first),
		cmocka_unit_test(
			machine_check_after_a_reset_goes_to_the_vector),
		cmocka_unit_test(vcpu_attached_after_a_reset_has_no_old_lpcr),
		partition_test(
			what_the_host_refuses_is_said_and_can_be_tried_again),
		partition_test(busy_vcpu_leaves_all_as_it_was),
		cmocka_unit_test(host_without_reset_is_told_so),
		cmocka_unit_test(only_a_sealed_vm_can_be_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
