/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A XIVE: who gets one, what its calls refuse and do, and what becomes of it
 * in a reset.
 */
#include "config.h"

#include <errno.h>

#include "spapr/irqs.h"
#include "spapr/ram.h"
#include "spapr/xive.h"
#include "tests/xive-fixture.h"

static const struct {
	const char *host;
	enum papr_interrupts asked, got;
	const char *error;
} choices[] = {
	{ "power10", PAPR_INTERRUPTS_XICS, PAPR_INTERRUPTS_XICS, NULL },
	{ "power10", PAPR_INTERRUPTS_AUTO, PAPR_INTERRUPTS_XIVE, NULL },
	{ "power10", PAPR_INTERRUPTS_XIVE, PAPR_INTERRUPTS_XIVE, NULL },
	{ "power9", PAPR_INTERRUPTS_AUTO, PAPR_INTERRUPTS_XIVE, NULL },
	{ "power8", PAPR_INTERRUPTS_AUTO, PAPR_INTERRUPTS_XICS, NULL },
	{ "nested", PAPR_INTERRUPTS_AUTO, PAPR_INTERRUPTS_XICS, NULL },
	{ "power8", PAPR_INTERRUPTS_XIVE, 0, "a XIVE interrupt controller: it "
	  "needs POWER9 or newer" },
	{ "nested", PAPR_INTERRUPTS_XIVE, 0, "a XIVE interrupt controller: KVM "
	  "inside a partition has none" },
	{ "pr", PAPR_INTERRUPTS_XIVE, 0, "a XIVE interrupt controller: it "
	  "needs POWER9 or newer" },
};

static void hosts_have_it_or_say_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		struct partition *p = NULL;
		struct papr_error error;
		int r = partition_make(&(struct partition_setup){
			.host = choices[i].host,
			.config.interrupts = choices[i].asked }, &p, &error);

		if (choices[i].error) {
			assert_int_equal(r, -EOPNOTSUPP);
			assert_string_equal(error.text, choices[i].error);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(papr_vm_interrupts(p->vm), choices[i].got);
		partition_free(p);
	}
}

static void without_xive(struct partition *p, struct papr_host_ops *host,
			 struct papr_vmm_ops *vmm)
{
	(void)p;
	(void)vmm;
	host->xive = NULL;
}

static void without_capability(struct partition *p, struct papr_host_ops *host,
			       struct papr_vmm_ops *vmm)
{
	(void)host;
	(void)vmm;
	fake_host_info(p->fake)->cap[PAPR_CAP_IRQ_XIVE] = 0;
}

static void programs_host_may_have_none(void **state)
{
	struct partition_setup setup = {
		.config.interrupts = PAPR_INTERRUPTS_XIVE,
		.tweak = without_xive,
	};
	struct partition *p;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&setup, &p, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "a XIVE interrupt controller: the "
			    "program's host operations have none");
	setup.tweak = without_capability;
	assert_int_equal(partition_make(&setup, &p, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "a XIVE interrupt controller: this "
			    "host's KVM does not have KVM_CAP_PPC_IRQ_XIVE");
}

static void a_value_that_is_none_is_refused(void **state)
{
	struct partition *p;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.config.interrupts = PAPR_INTERRUPTS_DUAL + 1 }, &p, &error),
		-EINVAL);
}

static void what_the_host_says_of_it_is_told(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.config.interrupts = PAPR_INTERRUPTS_XIVE }, &p, &error), 0);
	fake_host_fail(p->fake, FAKE_XIVE_SETUP, 1, EOPNOTSUPP);
	assert_int_equal(papr_vm_seal(p->vm), -EOPNOTSUPP);
	assert_string_equal(papr_vm_error(p->vm), "no XIVE interrupt "
			    "controller for 1 servers: the host's pages are "
			    "not of 64 KiB");
	partition_free(p);
}

static void its_pages_are_no_ram(void **state)
{
	static uint8_t page[PAGE_4K];
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.config.interrupts = PAPR_INTERRUPTS_XIVE }, &p, &error), 0);
	assert_int_equal(papr_vm_add_ram(p->vm, XIVE_TIMA_USER, PAGE_4K, page,
					 0), 0);
	assert_int_equal(papr_vm_seal(p->vm), -EINVAL);
	assert_string_equal(papr_vm_error(p->vm), "RAM at 0x60302031b0000 is "
			    "where a XIVE has its pages");
	partition_free(p);
}

static void numbers_of_devices_are_after_those_of_vcpus(void **state)
{
	static const struct { uint32_t irq; int r; } rows[] = {
		{ 0x1f, -EINVAL }, { 0x20, 0 }, { 0xfffff, 0 },
		{ 0x100000, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct papr_vio_config vio = {
			.size = sizeof(vio), .name = "dev", .unit = 7,
			.compatible = "dev", .irq = rows[i].irq };
		const struct papr_vio_ops ops = { .size = sizeof(ops) };
		struct partition *p = NULL;
		struct papr_error error;

		assert_int_equal(partition_make(&(struct partition_setup){
			.config = { .cores = 32,
				    .interrupts = PAPR_INTERRUPTS_XIVE } },
			&p, &error), 0);
		assert_int_equal(papr_vm_add_vio(p->vm, &vio, &ops, NULL,
						 NULL), 0);
		assert_int_equal(papr_vm_seal(p->vm), rows[i].r);
		partition_free(p);
	}
}

static const struct {
	uint32_t nr;
	uint64_t args[5];
	int64_t ret;
} calls[] = {
	{ H_INT_GET_SOURCE_INFO, { 0, VTY_LISN }, H_SUCCESS },
	{ H_INT_GET_SOURCE_INFO, { 0, 1 }, H_SUCCESS },
	{ H_INT_GET_SOURCE_INFO, { 1, VTY_LISN }, H_PARAMETER },
	{ H_INT_GET_SOURCE_INFO, { 0, 2 }, H_P2 },
	{ H_INT_GET_SOURCE_INFO, { 0, 1ull << 32 }, H_P2 },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, SERVER_1, 6 }, H_SUCCESS },
	{ H_INT_SET_SOURCE_CONFIG, { 3, VTY_LISN, SERVER_1, 6 }, H_SUCCESS },
	{ H_INT_SET_SOURCE_CONFIG, { 4, VTY_LISN, SERVER_1, 6 }, H_PARAMETER },
	{ H_INT_SET_SOURCE_CONFIG, { 0, 2, SERVER_1, 6 }, H_P2 },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, 1, 6 }, H_P3 },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, 1ull << 32, 6 }, H_P3 },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, SERVER_1, 7 }, H_P4 },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, SERVER_1, 0x1ff }, H_P4 },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, 1, 0xff }, H_SUCCESS },
	{ H_INT_SET_SOURCE_CONFIG, { 0, VTY_LISN, SERVER_0, 5 }, H_HARDWARE },
	{ H_INT_GET_SOURCE_CONFIG, { 0, VTY_LISN }, H_SUCCESS },
	{ H_INT_GET_SOURCE_CONFIG, { 1ull << 63, VTY_LISN }, H_PARAMETER },
	{ H_INT_GET_SOURCE_CONFIG, { 0, VTY_LISN + 1 }, H_P2 },
	{ H_INT_GET_QUEUE_INFO, { 0, SERVER_1, 6 }, H_SUCCESS },
	{ H_INT_GET_QUEUE_INFO, { 1, SERVER_1, 6 }, H_PARAMETER },
	{ H_INT_GET_QUEUE_INFO, { 0, 1, 6 }, H_P2 },
	{ H_INT_GET_QUEUE_INFO, { 0, SERVER_1, 7 }, H_P3 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 6, QUEUE, 16 }, H_SUCCESS },
	{ H_INT_SET_QUEUE_CONFIG, { 2, SERVER_0, 6, QUEUE, 16 }, H_PARAMETER },
	{ H_INT_SET_QUEUE_CONFIG, { 1, 1, 6, QUEUE, 16 }, H_P2 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 7, QUEUE, 16 }, H_P3 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 6, QUEUE + 8, 12 }, H_P5 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 6, QUEUE, 24 }, H_P5 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 6, QUEUE + 8, 16 }, H_P4 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 6, ROM_BASE, 16 }, H_P4 },
	{ H_INT_SET_QUEUE_CONFIG, { 1, SERVER_0, 6, ~0xffffull, 16 }, H_P4 },
	{ H_INT_SET_QUEUE_CONFIG, { 0, SERVER_0, 6, QUEUE, 16 }, H_HARDWARE },
	{ H_INT_SET_QUEUE_CONFIG, { 0, SERVER_0, 6, ~0ull, 0 }, H_SUCCESS },
	{ H_INT_GET_QUEUE_CONFIG, { 1, SERVER_0, 6 }, H_SUCCESS },
	{ H_INT_GET_QUEUE_CONFIG, { 2, SERVER_0, 6 }, H_PARAMETER },
	{ H_INT_GET_QUEUE_CONFIG, { 0, 1, 6 }, H_P2 },
	{ H_INT_GET_QUEUE_CONFIG, { 0, SERVER_0, 0xff }, H_P3 },
	{ H_INT_SET_OS_REPORTING_LINE, { 0, ~0ull }, H_SUCCESS },
	{ H_INT_SET_OS_REPORTING_LINE, { 1, ~0ull }, H_PARAMETER },
	{ H_INT_SET_OS_REPORTING_LINE, { 0, 0x1040 }, H_P2 },
	{ H_INT_SET_OS_REPORTING_LINE, { 0, RAM_SIZE - 128 }, H_P2 },
	{ H_INT_SET_OS_REPORTING_LINE, { 0, RAM_SIZE - 256 }, H_FUNCTION },
	{ H_INT_GET_OS_REPORTING_LINE, { 0, SERVER_0 }, H_SUCCESS },
	{ H_INT_GET_OS_REPORTING_LINE, { 1, SERVER_0 }, H_PARAMETER },
	{ H_INT_GET_OS_REPORTING_LINE, { 0, 1 }, H_P2 },
	{ H_INT_GET_OS_REPORTING_LINE, { 0, SERVER_1 }, H_NOT_AVAILABLE },
	{ H_INT_ESB, { 0, VTY_LISN, 0x800 }, H_SUCCESS },
	{ H_INT_ESB, { 1, VTY_LISN, 0xff8 }, H_SUCCESS },
	{ H_INT_ESB, { 2, VTY_LISN, 0x800 }, H_PARAMETER },
	{ H_INT_ESB, { 0, 2, 0x800 }, H_P2 },
	{ H_INT_ESB, { 0, VTY_LISN, 0x804 }, H_P3 },
	{ H_INT_ESB, { 0, VTY_LISN, 0x1000 }, H_P3 },
	{ H_INT_ESB, { 0, VTY_LISN, ~0ull << 3 }, H_P3 },
	{ H_INT_SYNC, { 0, VTY_LISN }, H_SUCCESS },
	{ H_INT_SYNC, { 1, VTY_LISN }, H_PARAMETER },
	{ H_INT_SYNC, { 0, 2 }, H_P2 },
	{ H_INT_RESET, { 1 }, H_PARAMETER },
	{ H_INT_RESET, { 0 }, H_SUCCESS },
};

static void each_call_checks_its_arguments(void **state)
{
	struct partition *p = *state;

	make_queue(p, SERVER_1, 6);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const uint64_t *a = calls[i].args;

		if (HCALL(p, calls[i].nr, a[0], a[1], a[2], a[3], a[4]) !=
		    calls[i].ret)
			fail_msg("row %zu", i);
	}
}

/* The reset of another vCPU has not ended. */
static void while_all_is_reset_calls_are_refused(void **state)
{
	struct partition *p = *state;

	atomic_store(xive_resets(p), true);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const uint64_t *a = calls[i].args;
		int64_t want = calls[i].ret == H_PARAMETER ? H_PARAMETER :
			       H_STATE;

		if (HCALL(p, calls[i].nr, a[0], a[1], a[2], a[3], a[4]) !=
		    want)
			fail_msg("row %zu", i);
	}
}

/* KVM has one interrupt that wakes a vCPU, and gives it to the first queue. */
static void a_vcpu_has_queues_of_one_priority(void **state)
{
	struct partition *p = *state;

	make_queue(p, SERVER_1, 6);
	assert_int_equal(HCALL(p, H_INT_SET_QUEUE_CONFIG, 1, SERVER_1, 5,
			       QUEUE, 16), H_HARDWARE);
	make_queue(p, SERVER_0, 5);
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_SUCCESS);
	make_queue(p, SERVER_1, 5);
}

static void hosts_errors_are_those_of_hardware(void **state)
{
	static const struct {
		enum fake_op op;
		uint32_t nr;
		uint64_t args[5];
	} rows[] = {
		{ FAKE_XIVE_TARGET, H_INT_SET_SOURCE_CONFIG,
		  { 0, VTY_LISN, SERVER_1, 6 } },
		{ FAKE_XIVE_SET_QUEUE, H_INT_SET_QUEUE_CONFIG,
		  { 1, SERVER_1, 6, QUEUE, 16 } },
		{ FAKE_XIVE_GET_QUEUE, H_INT_GET_QUEUE_CONFIG,
		  { 0, SERVER_1, 6 } },
		{ FAKE_XIVE_ESB, H_INT_ESB, { 0, VTY_LISN, 0x800 } },
		{ FAKE_XIVE_SYNC, H_INT_SYNC, { 0, VTY_LISN } },
		{ FAKE_XIVE_FORGET, H_INT_RESET, { 0 } },
	};
	struct partition *p = *state;

	make_queue(p, SERVER_1, 6);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint64_t *a = rows[i].args;

		fake_host_fail(p->fake, rows[i].op, 1, EIO);
		if (HCALL(p, rows[i].nr, a[0], a[1], a[2], a[3], a[4]) !=
		    H_HARDWARE)
			fail_msg("row %zu", i);
	}
}

static void a_source_has_two_pages(void **state)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0, VTY_LISN };

	assert_int_equal(partition_hcall(*state, H_INT_GET_SOURCE_INFO, args),
			 H_SUCCESS);
	assert_int_equal(args[0], 0);
	assert_int_equal(args[1], 0x0006010022010000);
	assert_int_equal(args[2], 0x0006010022000000);
	assert_int_equal(args[3], 16);
}

static void a_source_goes_where_it_is_sent(void **state)
{
	struct partition *p = *state;

	make_queue(p, SERVER_1, 6);
	assert_config(p, VTY_LISN, 0, 0xff, VTY_LISN);
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 2, VTY_LISN,
			       SERVER_1, 6, 0xffffffff), H_SUCCESS);
	assert_config(p, VTY_LISN, SERVER_1, 6, 0x7fffffff);
	assert_true(fake_host_logged(p->fake,
				     "xive_target 0x1100 8 6 0x7fffffff"));

	/* Without the flag it keeps its number. */
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 0, VTY_LISN,
			       SERVER_1, 6, 5), H_SUCCESS);
	assert_config(p, VTY_LISN, SERVER_1, 6, 0x7fffffff);
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 2, VTY_LISN, 0,
			       0xff, 5), H_SUCCESS);
	assert_config(p, VTY_LISN, 0, 0xff, VTY_LISN);
}

static void a_masked_source_is_off_and_keeps_its_number(void **state)
{
	struct partition *p = *state;

	make_queue(p, SERVER_1, 6);
	send_to(p, VTY_LISN, SERVER_1, 6);
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 3, VTY_LISN,
			       SERVER_1, 6, 5), H_SUCCESS);
	assert_config(p, VTY_LISN, SERVER_1, 0xff, 5);
	assert_true(fake_host_logged(p->fake, "xive_target 0x1100 8 255 "
				     "0x1100"));
}

static void a_source_needs_a_queue_of_which_the_host_is_not_asked(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 0, VTY_LISN,
			       SERVER_1, 6), H_HARDWARE);
	assert_config(p, VTY_LISN, 0, 0xff, VTY_LISN);
	assert_string_equal(fake_host_log(p->fake), "");
}

static void a_queue_is_read_back(void **state)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 1, SERVER_1, 6 };
	struct partition *p = *state;

	assert_int_equal(partition_hcall(p, H_INT_GET_QUEUE_CONFIG, args),
			 H_SUCCESS);
	assert_int_equal(args[0], 0);
	assert_int_equal(args[1], UINT64_MAX);
	assert_int_equal(args[2], 0);

	make_queue(p, SERVER_1, 6);
	assert_dirty(p, QUEUE, 0x10000);
	args[0] = 1;
	args[1] = SERVER_1;
	args[2] = 6;
	partition_hcall(p, H_INT_GET_QUEUE_CONFIG, args);
	assert_int_equal(args[0], 3);
	assert_int_equal(args[1], QUEUE);
	assert_int_equal(args[2], 16);
	assert_int_equal(args[3], 0);
}

static void its_generation_is_for_debugging(void **state)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0, SERVER_1, 6 };
	struct partition *p = *state;

	make_queue(p, SERVER_1, 6);
	partition_hcall(p, H_INT_GET_QUEUE_CONFIG, args);
	assert_int_equal(args[0], 1);
}

static void event_state_is_reached_by_a_call_too(void **state)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0, VTY_LISN, 0xe00 };
	struct partition *p = *state;

	partition_hcall(p, H_INT_ESB, args);
	assert_int_equal(args[0], PQ_OFF);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_PENDING);
	args[0] = 1;
	args[1] = VTY_LISN;
	args[2] = 0;
	partition_hcall(p, H_INT_ESB, args);
	assert_int_equal(args[0], UINT64_MAX);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_QUEUED);
}

static void console_input_is_an_event(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	assert_int_equal(papr_vm_console_input(p->vm), 0);
	assert_int_equal(fake_host_raised(p->fake, VTY_LISN), 1);
	assert_int_equal(irqs_edge(p->vm, VTY_LISN + 1), -ENOENT);
}

static void assert_forgotten(struct partition *p)
{
	uint64_t args[PAPR_HCALL_ARGS] = { 0, SERVER_1, 6 };

	assert_config(p, VTY_LISN, 0, 0xff, VTY_LISN);
	for (unsigned int lisn = 0; lisn < 2; lisn++)
		assert_int_equal(pq_of(p, lisn), PQ_OFF);
	partition_hcall(p, H_INT_GET_QUEUE_CONFIG, args);
	assert_int_equal(args[2], 0);
	assert_int_equal(HCALL(p, H_INT_SET_SOURCE_CONFIG, 0, VTY_LISN,
			       SERVER_1, 6), H_HARDWARE);
}

static void a_reset_call_forgets_all(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	set_pq(p, 1, PQ_RESET);		/* one that goes nowhere */
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_SUCCESS);
	assert_forgotten(p);
}

static void a_reset_of_the_vm_is_one_of_interrupts(void **state)
{
	struct papr_entry entry = { .pc = 0 };
	struct partition *p = *state;
	struct papr_error error;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	set_pq(p, 1, PQ_RESET);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_true(fake_host_logged(p->fake, "reset_irqs"));
	papr_vcpu_start(papr_vm_vcpu(p->vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 0), &entry);
	assert_forgotten(p);
}

/* One controller's calls are no calls of the other's guest. */
static void a_guest_has_one_controller(void **state)
{
	struct partition *xics = partition_new(&(struct partition_setup){
		.policy = "default: user" });
	struct papr_route_report r;

	for (size_t i = 0; i < papr_hcall_count(); i++) {
		if (!hcall_is_xive(i) && !hcall_is_xics(i))
			continue;
		papr_vm_route(hcall_is_xive(i) ? xics->vm :
			      ((struct partition *)*state)->vm, i, &r);
		assert_int_equal(r.effective, PAPR_EFFECTIVE_NOBODY);
		assert_string_equal(r.reason, hcall_is_xive(i) ?
			"the interrupt controller of the guest is a XICS" :
			"the interrupt controller of the guest is a XIVE");
	}
	assert_int_equal(HCALL(xics, H_INT_RESET, 0), H_FUNCTION);
	partition_free(xics);
	assert_int_equal(HCALL(*state, H_XIRR, 0), H_FUNCTION);
}

static void no_rtas_call_drives_its_sources(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_get_xive, 1, 3, VTY_LISN), -3);
	/* And so they may be routed anywhere. */
	assert_int_equal(reroute(p, "rtas:\n  ibm,set-xive: deny\n", &error),
			 0);
}

static void its_calls_may_be_routed_while_it_runs(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	assert_int_equal(reroute(p, "sets: { hcall-interrupt: user }", &error),
			 0);
	assert_int_equal(HCALL(p, H_XIRR, 0), H_FUNCTION);
	assert_int_equal(reroute(p, "hcalls: { H_INT_SYNC: deny }", &error),
			 0);
	assert_int_equal(HCALL(p, H_INT_SYNC, 0, VTY_LISN), H_FUNCTION);
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_SUCCESS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_have_it_or_say_why_not),
		cmocka_unit_test(programs_host_may_have_none),
		cmocka_unit_test(a_value_that_is_none_is_refused),
		cmocka_unit_test(what_the_host_says_of_it_is_told),
		cmocka_unit_test(its_pages_are_no_ram),
		cmocka_unit_test(numbers_of_devices_are_after_those_of_vcpus),
		xive_test(each_call_checks_its_arguments),
		xive_test(while_all_is_reset_calls_are_refused),
		xive_test(a_vcpu_has_queues_of_one_priority),
		xive_test(hosts_errors_are_those_of_hardware),
		xive_test(a_source_has_two_pages),
		xive_test(a_source_goes_where_it_is_sent),
		xive_test(a_masked_source_is_off_and_keeps_its_number),
		xive_test(
			a_source_needs_a_queue_of_which_the_host_is_not_asked),
		xive_test(a_queue_is_read_back),
		xive_test(its_generation_is_for_debugging),
		xive_test(event_state_is_reached_by_a_call_too),
		xive_test(console_input_is_an_event),
		xive_test(a_reset_call_forgets_all),
		xive_test(a_reset_of_the_vm_is_one_of_interrupts),
		xive_test(a_guest_has_one_controller),
		xive_test(no_rtas_call_drives_its_sources),
		xive_test(its_calls_may_be_routed_while_it_runs),
	};

	return cmocka_run_group_tests_name("XIVE", tests, NULL, NULL);
}
