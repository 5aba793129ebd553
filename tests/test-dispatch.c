/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes, counters and the snapshot of a hypercall. */
#include "config.h"

#include <errno.h>
#include <pthread.h>

#include "spapr/routing.h"
#include "tests/partition.h"

static struct papr_hcall_stats stats_of(struct partition *p, uint32_t nr)
{
	struct papr_hcall_stats s;

	assert_int_equal(papr_vm_stats(p->vm,
				       papr_hcall_by_number(nr)->index, &s),
			 0);
	return s;
}

static void handled_call_counts_as_user(void **state)
{
	struct partition *p = *state;
	struct papr_hcall_stats s;

	HCALL(p, H_SET_SPRG0, 1);
	HCALL(p, H_SET_SPRG0, 1);
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EIO);
	HCALL(p, H_SET_SPRG0, 1);
	s = stats_of(p, H_SET_SPRG0);
	assert_int_equal(s.user, 3);
	assert_int_equal(s.errors, 1);
	assert_int_equal(s.vmm + s.denied + s.nobody, 0);
}

static void positive_result_is_no_error(void **state)
{
	struct partition *p = *state;

	p->console_full = true;
	assert_int_equal(HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0), H_BUSY);
	assert_int_equal(stats_of(p, H_PUT_TERM_CHAR).errors, 0);
}

/* All rows: those with a handler are answered, the others H_FUNCTION. */
static void call_without_handler_is_counted_for_nobody(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);
		struct papr_hcall_stats s;

		if (papr_hcall_by_number(call->number) != call)
			continue;
		if (papr_hcall_has_handler(call))
			continue;
		if (HCALL(p, call->number, 0) != H_FUNCTION)
			fail_msg("%s", call->name);
		papr_vm_stats(p->vm, i, &s);
		if (s.nobody != 1 || s.user || s.vmm || s.denied || s.errors)
			fail_msg("%s", call->name);
	}
}

/* A guest has one interrupt controller or the other. */
static void every_handler_leaves_other_registers_alone(void **state)
{
	struct partition *xics = partition_new(&(struct partition_setup){
		.host = "power8", .policy = "default: user" });
	struct partition *xive = partition_new(&(struct partition_setup){
		.config.interrupts = PAPR_INTERRUPTS_XIVE });
	unsigned int handled = 0;

	(void)state;

	xics->typed = "typed";
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);
		struct partition *p = hcall_is_xive(i) ? xive : xics;
		int64_t ret;

		/* That one is for radix guests. */
		if (!papr_hcall_has_handler(call) ||
		    papr_hcall_by_number(call->number) != call ||
		    call->number == H_RPT_INVALIDATE)
			continue;
		handled++;
		/* partition_hcall() looks at the registers. */
		HCALL(p, call->number, 0);
		HCALL(p, call->number, VTY, 8, 0);
		ret = HCALL(p, call->number, ~0ull, ~0ull, ~0ull, ~0ull);
		assert_true(ret != 9999);
		assert_int_equal(stats_of(p, call->number).user, 3);
	}
	assert_true(handled >= 26);
	partition_free(xics);
	partition_free(xive);
}

static void stats_end_with_the_catalogue(void **state)
{
	struct partition *p = *state;
	struct papr_hcall_stats s;
	uint64_t calls, errors;

	assert_int_equal(papr_vm_stats(p->vm, papr_hcall_count() - 1, &s), 0);
	assert_int_equal(papr_vm_stats(p->vm, papr_hcall_count(), &s),
			 -EINVAL);
	assert_int_equal(papr_vm_stats(p->vm, SIZE_MAX, &s), -EINVAL);
	assert_int_equal(papr_vm_rtas_stats(p->vm, papr_rtas_count() - 1,
					    &calls, &errors), 0);
	assert_int_equal(papr_vm_rtas_stats(p->vm, papr_rtas_count(), &calls,
					    &errors), -EINVAL);
}

static void denied_call_gets_no_further(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_RANDOM: deny }" });

	(void)state;
	assert_int_equal(HCALL(p, H_RANDOM), H_FUNCTION);
	assert_int_equal(stats_of(p, H_RANDOM).denied, 1);
	assert_int_equal(stats_of(p, H_RANDOM).user, 0);
	assert_int_equal(stats_of(p, H_RANDOM).errors, 0);
	partition_free(p);
}

static void programs_call_goes_to_the_program(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2 },
		.policy = "hcalls: { H_RANDOM: vmm, H_JOIN: vmm }" });
	uint64_t r[PAPR_HCALL_ARGS];

	(void)state;
	p->on = 1;
	p->vmm_ret = H_SUCCESS;
	assert_int_equal(partition_hcall(p, H_RANDOM, r), H_SUCCESS);
	assert_int_equal(r[0], 1);	/* the program's answer */
	p->vmm_ret = H_PARAMETER;
	assert_int_equal(HCALL(p, H_JOIN), H_PARAMETER);
	assert_int_equal(p->vmm_calls, 2);
	assert_int_equal(stats_of(p, H_RANDOM).vmm, 1);
	assert_int_equal(stats_of(p, H_RANDOM).errors, 0);
	assert_int_equal(stats_of(p, H_JOIN).vmm, 1);
	assert_int_equal(stats_of(p, H_JOIN).errors, 1);
	partition_free(p);
}

static void drop_hcall(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->hcall = NULL;
}

static void program_without_a_handler_is_no_function(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_RANDOM: vmm }", .tweak = drop_hcall });

	(void)state;
	assert_int_equal(HCALL(p, H_RANDOM), H_FUNCTION);
	assert_int_equal(stats_of(p, H_RANDOM).vmm, 1);
	partition_free(p);
}

static void number_taken_twice_is_the_one_guests_mean(void **state)
{
	struct partition *p = *state;
	const struct papr_call_info *slr =
		papr_hcall_by_name("H_RESCIND_LOGICAL");
	struct papr_hcall_stats s;

	HCALL(p, 0x1c8);
	papr_vm_stats(p->vm, slr->index, &s);
	assert_int_equal(s.user + s.nobody, 0);
	assert_int_equal(stats_of(p, H_GET_CPU_CHARACTERISTICS).user, 1);
}

static void unknown_calls_are_no_function_and_counted(void **state)
{
	static const uint64_t unknown[] = {
		0, 1, 2, 3, 0x05, 0x2d, 0x1000, 0xf004, 1ull << 32 | 0x2c,
		UINT64_MAX, 0x3ull << 62,
	};
	struct partition *p = *state;
	uint64_t numbers[16], counts[16];

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		for (size_t n = 0; n <= i; n++)
			assert_int_equal(HCALL(p, unknown[i]), H_FUNCTION);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, numbers, counts, 16),
			 ARRAY_SIZE(unknown));
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		assert_true(numbers[i] == unknown[i]);
		assert_int_equal(counts[i], i + 1);
	}
}

static void the_17th_unknown_number_has_no_name(void **state)
{
	struct partition *p = *state;
	uint64_t numbers[20], counts[20];

	for (uint64_t i = 0; i < 16; i++)
		HCALL(p, 0x1001 + i * 4);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, numbers, counts, 20),
			 16);
	HCALL(p, 0x2001);
	HCALL(p, 0x2005);
	HCALL(p, 0x1001);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, numbers, counts, 20),
			 17);
	assert_int_equal(numbers[0], 0x1001);
	assert_int_equal(counts[0], 2);
	assert_int_equal(numbers[15], 0x103d);
	assert_int_equal(counts[15], 1);
	assert_true(numbers[16] == UINT64_MAX);
	assert_int_equal(counts[16], 2);
}

static void unknown_calls_of_all_vcpus_are_added_up(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2 } });
	uint64_t numbers[4], counts[4];

	(void)state;
	HCALL(p, 0x1001);
	HCALL(p, 0x1005);
	p->on = 1;
	HCALL(p, 0x1005);
	HCALL(p, 0x1009);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, numbers, counts, 4), 3);
	assert_int_equal(numbers[0], 0x1001);
	assert_int_equal(numbers[1], 0x1005);
	assert_int_equal(counts[1], 2);
	assert_int_equal(numbers[2], 0x1009);
	partition_free(p);
}

static void list_of_unknown_calls_fits_its_room(void **state)
{
	struct partition *p = *state;
	uint64_t numbers[3] = { 7, 7, 7 }, counts[3] = { 7, 7, 7 };

	HCALL(p, 0x1001);
	HCALL(p, 0x1005);
	HCALL(p, 0x1009);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, numbers, counts, 2), 3);
	assert_int_equal(numbers[1], 0x1005);
	assert_int_equal(numbers[2], 7);
	assert_int_equal(counts[2], 7);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, NULL, NULL, 0), 3);
}

static int64_t write_then_read(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct H_GET_TCE_in *in = args;
	struct H_GET_TCE_out *out = rets;

	(void)vcpu;
	out->tce = 99;	/* in r4, where liobn was */
	return in->liobn == 7 ? H_SUCCESS : H_PARAMETER;
}

static void results_do_not_change_arguments(void **state)
{
	struct partition *p = *state;

	routing_now(p->vm)->hcall[HCALL_ROW_H_GET_TCE].fn = write_then_read;
	assert_int_equal(HCALL(p, H_GET_TCE, 7, 0), H_SUCCESS);
}

static void trace_shows_arguments_as_passed(void **state)
{
	struct partition *p = *state;
	uint64_t r[PAPR_HCALL_ARGS] = { VTY };

	/* r4, the terminal, becomes the length. */
	p->typed = "xy";
	assert_int_equal(partition_hcall(p, H_GET_TERM_CHAR, r), H_SUCCESS);
	assert_string_equal(p->trace, "cpu 0 H_GET_TERM_CHAR(termno=0x71000000"
			    ") = H_SUCCESS len=2 char0_7=0x7879000000000000 "
			    "char8_15=0x0");
}

static void rtas_call_is_traced_once(void **state)
{
	struct partition *p = *state;

	RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
	assert_int_equal(p->traces, 1);
}

#define CALLS 20000

static void *call_many(void *arg)
{
	struct papr_vcpu *vcpu = arg;

	for (int i = 0; i < CALLS; i++) {
		struct papr_hcall known = { .nr = H_LOGICAL_DCBF };
		struct papr_hcall bad = { .nr = H_SET_MODE };
		struct papr_hcall unknown = { .nr = 0x1001 };

		papr_vcpu_hcall(vcpu, &known);
		papr_vcpu_hcall(vcpu, &bad);
		papr_vcpu_hcall(vcpu, &unknown);
	}
	return NULL;
}

/* With a trace and without one; calls that are not to be logged are not. */
static void logged_calls_are_told_to_the_user(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls:\n"
			  "  H_SET_SPRG0: { route: user, log: true }\n"
			  "  H_RANDOM: { route: deny, log: true }\n"
			  "rtas:\n"
			  "  system-reboot: { route: user, log: true }\n" });

	(void)state;
	p->logs = 0;
	HCALL(p, H_SET_SPRG0, 5);
	assert_int_equal(p->logs, 1);
	assert_string_equal(p->log, "cpu 0 H_SET_SPRG0(value=0x5) = H_SUCCESS");
	HCALL(p, H_RANDOM, 0);
	assert_int_equal(p->logs, 2);
	assert_string_equal(p->log, "cpu 0 H_RANDOM() = H_FUNCTION");
	RTAS(p, RTAS_TOKEN_system_reboot, 0, 1, 0);
	assert_int_equal(p->logs, 3);
	assert_string_equal(p->log, "cpu 0 system-reboot() = 0");
	HCALL(p, H_PURR, 0);
	RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0);
	assert_int_equal(p->logs, 3);
	partition_free(p);
}

static void drop_trace(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->trace = NULL;
}

static void counters_are_exact_with_two_threads(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2 }, .tweak = drop_trace });
	uint64_t number, count;
	pthread_t thread[2];

	(void)state;
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, call_many,
						papr_vm_vcpu(p->vm, i)), 0);
	/* Readers may look at any time. */
	assert_true(stats_of(p, H_LOGICAL_DCBF).user <= 2 * CALLS);
	for (uint32_t i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(stats_of(p, H_LOGICAL_DCBF).user, 2 * CALLS);
	assert_int_equal(stats_of(p, H_SET_MODE).errors, 2 * CALLS);
	assert_int_equal(papr_vm_unknown_hcalls(p->vm, &number, &count, 1), 1);
	assert_int_equal(number, 0x1001);
	assert_int_equal(count, 2 * CALLS);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(handled_call_counts_as_user),
		partition_test(positive_result_is_no_error),
		partition_test(call_without_handler_is_counted_for_nobody),
		cmocka_unit_test(every_handler_leaves_other_registers_alone),
		partition_test(stats_end_with_the_catalogue),
		cmocka_unit_test(denied_call_gets_no_further),
		cmocka_unit_test(programs_call_goes_to_the_program),
		cmocka_unit_test(program_without_a_handler_is_no_function),
		partition_test(number_taken_twice_is_the_one_guests_mean),
		partition_test(unknown_calls_are_no_function_and_counted),
		partition_test(the_17th_unknown_number_has_no_name),
		cmocka_unit_test(unknown_calls_of_all_vcpus_are_added_up),
		partition_test(list_of_unknown_calls_fits_its_room),
		partition_test(results_do_not_change_arguments),
		partition_test(trace_shows_arguments_as_passed),
		partition_test(rtas_call_is_traced_once),
		cmocka_unit_test(logged_calls_are_told_to_the_user),
		cmocka_unit_test(counters_are_exact_with_two_threads),
	};

	return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
