/* SPDX-License-Identifier: BSD-2-Clause */
/* Results and times of calls, per vCPU and added up. */
#include "config.h"

#include <errno.h>
#include <pthread.h>

#include "spapr/vm.h"
#include "tests/partition.h"

static struct papr_call_detail hcall_detail(struct partition *p,
					    const struct papr_vcpu *vcpu,
					    uint64_t nr)
{
	struct papr_call_detail d = { .size = sizeof(d) };

	assert_int_equal(papr_vm_hcall_detail(p->vm, vcpu,
					      papr_hcall_by_number(nr)->index,
					      &d), 0);
	return d;
}

static struct papr_call_detail rtas_detail(struct partition *p, uint32_t token)
{
	struct papr_call_detail d = { .size = sizeof(d) };

	assert_int_equal(papr_vm_rtas_detail(p->vm, NULL,
					     papr_rtas_by_token(token)->index,
					     &d), 0);
	return d;
}

static uint64_t in_buckets(const struct papr_call_detail *d)
{
	uint64_t n = 0;

	for (size_t i = 0; i < PAPR_TIME_BUCKETS; i++)
		n += d->bucket[i];
	return n;
}

/* --- buckets */

static void times_go_into_their_bucket(void **state)
{
	static const struct {
		uint64_t first, last;
		size_t bucket;
	} known[] = {
		{ 0, 63, 0 },
		{ 64, 79, 1 }, { 80, 95, 2 }, { 96, 111, 3 }, { 112, 127, 4 },
		{ 128, 159, 5 }, { 160, 191, 6 }, { 192, 223, 7 },
		{ 1024, 1279, 17 }, { 1792, 2047, 20 },
		{ 7ull << 32, (8ull << 32) - 1, 116 },
		{ 8ull << 32, UINT64_MAX, 117 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		assert_int_equal(papr_time_bucket(known[i].first),
				 known[i].bucket);
		assert_int_equal(papr_time_bucket(known[i].last),
				 known[i].bucket);
		assert_int_equal(papr_time_bucket_start(known[i].bucket),
				 known[i].first);
	}
	assert_int_equal(papr_time_bucket_start(PAPR_TIME_BUCKETS), UINT64_MAX);
	assert_int_equal(papr_time_bucket_start(SIZE_MAX), UINT64_MAX);
}

static void each_bucket_begins_where_the_one_before_ends(void **state)
{
	(void)state;
	for (size_t i = 1; i < PAPR_TIME_BUCKETS; i++) {
		uint64_t start = papr_time_bucket_start(i);

		assert_int_equal(papr_time_bucket(start), i);
		assert_int_equal(papr_time_bucket(start - 1), i - 1);
	}
}

static void a_bucket_is_at_most_a_quarter_wide(void **state)
{
	(void)state;
	for (size_t i = 1; i < PAPR_TIME_BUCKETS - 1; i++) {
		uint64_t start = papr_time_bucket_start(i);

		assert_true((papr_time_bucket_start(i + 1) - start) * 4 <=
			    start);
	}
}

static void percentiles_are_ends_of_buckets(void **state)
{
	static const struct {
		unsigned int per_mille;
		uint64_t ns;
	} wanted[] = {
		/* 90 in 64 to 79, 9 in 128 to 159, one took 1000. */
		{ 0, 79 }, { 1, 79 }, { 500, 79 }, { 900, 79 }, { 901, 159 },
		{ 990, 159 }, { 991, 1000 }, { 1000, 1000 }, { 5000, 1000 },
	};
	struct papr_call_detail d = { .size = sizeof(d), .max_ns = 1000 };

	(void)state;
	assert_int_equal(papr_call_percentile(&d, 500), 0);
	d.bucket[papr_time_bucket(70)] = 90;
	d.bucket[papr_time_bucket(150)] = 9;
	d.bucket[papr_time_bucket(1000)] = 1;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_int_equal(papr_call_percentile(&d, wanted[i].per_mille),
				 wanted[i].ns);
}

static void percentiles_of_many_calls_do_not_overflow(void **state)
{
	struct papr_call_detail d = { .size = sizeof(d), .max_ns = UINT64_MAX };

	(void)state;
	d.bucket[1] = UINT64_MAX / 4;
	d.bucket[5] = UINT64_MAX / 4;
	d.bucket[PAPR_TIME_BUCKETS - 1] = UINT64_MAX / 4;
	assert_int_equal(papr_call_percentile(&d, 330), 79);
	assert_int_equal(papr_call_percentile(&d, 660), 159);
	assert_int_equal(papr_call_percentile(&d, 670), UINT64_MAX - 1);
}

/* --- results */

static void results_other_than_success_are_counted_by_code(void **state)
{
	struct partition *p = *state;
	struct papr_call_detail d;

	HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0);
	HCALL(p, H_PUT_TERM_CHAR, 1, 1, 0, 0);
	HCALL(p, H_PUT_TERM_CHAR, 1, 1, 0, 0);
	p->console_full = true;
	HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0);
	d = hcall_detail(p, NULL, H_PUT_TERM_CHAR);
	assert_int_equal(d.calls, 4);
	assert_int_equal(d.errors, 2);
	assert_int_equal(d.n_results, 2);
	assert_int_equal(d.result[0].code, H_PARAMETER);
	assert_int_equal(d.result[0].count, 2);
	assert_int_equal(d.result[1].code, H_BUSY);
	assert_int_equal(d.result[1].count, 1);
	assert_int_equal(d.other_results, 0);
}

static void a_denied_call_has_its_result_too(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_RANDOM: deny }" });
	struct papr_call_detail d;

	(void)state;
	HCALL(p, H_RANDOM, 0);
	d = hcall_detail(p, NULL, H_RANDOM);
	assert_int_equal(d.calls, 1);
	assert_int_equal(d.n_results, 1);
	assert_int_equal(d.result[0].code, H_FUNCTION);
	partition_free(p);
}

static int64_t vmm_result;

static void vmm_answers(void *vmm, struct papr_vcpu *vcpu,
			struct papr_hcall *hcall)
{
	(void)vmm, (void)vcpu;
	hcall->ret = (uint64_t)vmm_result;
}

static void let_vmm_answer(struct partition *p, struct papr_host_ops *host_ops,
			   struct papr_vmm_ops *vmm_ops)
{
	(void)p, (void)host_ops;
	vmm_ops->hcall = vmm_answers;
}

static void a_vcpu_tells_six_results_apart(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_SET_SPRG0: vmm }",
		.tweak = let_vmm_answer });
	struct papr_call_detail d;

	(void)state;
	for (vmm_result = -RESULT_SLOTS - 2; vmm_result < 0; vmm_result++)
		HCALL(p, H_SET_SPRG0, 1);
	vmm_result = -RESULT_SLOTS - 2;
	HCALL(p, H_SET_SPRG0, 1);
	d = hcall_detail(p, NULL, H_SET_SPRG0);
	assert_int_equal(d.n_results, RESULT_SLOTS);
	assert_int_equal(d.result[0].count, 2);
	assert_int_equal(d.result[RESULT_SLOTS - 1].code, -3);
	assert_int_equal(d.other_results, 2);
	partition_free(p);
}

/* Six each of three vCPUs, and room for sixteen. */
static void results_of_many_vcpus_end_with_the_others(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 3, .threads = 1 },
		.policy = "hcalls: { H_SET_SPRG0: vmm }",
		.tweak = let_vmm_answer });
	struct papr_call_detail d;

	(void)state;
	vmm_result = 1;
	for (p->on = 0; p->on < 3; p->on++)
		for (int i = 0; i < RESULT_SLOTS; i++, vmm_result++)
			HCALL(p, H_SET_SPRG0, 1);
	d = hcall_detail(p, NULL, H_SET_SPRG0);
	assert_int_equal(d.calls, 18);
	assert_int_equal(d.n_results, PAPR_RESULT_CODES);
	assert_int_equal(d.other_results, 2);
	partition_free(p);
}

static void rtas_statuses_are_counted_by_code(void **state)
{
	struct partition *p = *state;
	struct papr_call_detail d;

	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 0);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 99);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 2, 2, 0);
	d = rtas_detail(p, RTAS_TOKEN_query_cpu_stopped_state);
	assert_int_equal(d.calls, 3);
	assert_int_equal(d.errors, 2);
	assert_int_equal(d.n_results, 1);
	assert_int_equal(d.result[0].code, -3);
	assert_int_equal(d.result[0].count, 2);
}

/* --- times */

static void nothing_is_measured_at_first(void **state)
{
	struct partition *p = *state;
	struct papr_call_detail d;

	assert_false(papr_vm_timing(p->vm));
	HCALL(p, H_SET_SPRG0, 1);
	d = hcall_detail(p, NULL, H_SET_SPRG0);
	assert_int_equal(d.calls, 1);
	assert_int_equal(d.timed, 0);
	assert_int_equal(in_buckets(&d), 0);
}

static void calls_are_measured_between_on_and_off(void **state)
{
	struct partition *p = *state;
	struct papr_call_detail d;

	HCALL(p, H_SET_SPRG0, 1);
	assert_int_equal(papr_vm_set_timing(p->vm, true), 0);
	assert_true(papr_vm_timing(p->vm));
	HCALL(p, H_SET_SPRG0, 1);
	HCALL(p, H_SET_SPRG0, 1);
	assert_int_equal(papr_vm_set_timing(p->vm, false), 0);
	assert_false(papr_vm_timing(p->vm));
	HCALL(p, H_SET_SPRG0, 1);
	d = hcall_detail(p, NULL, H_SET_SPRG0);
	assert_int_equal(d.calls, 4);
	assert_int_equal(d.timed, 2);
	assert_int_equal(in_buckets(&d), 2);
	assert_true(d.max_ns <= d.total_ns);
	assert_true(d.total_ns <= 2 * d.max_ns);
}

static void measuring_again_goes_on_from_what_there_was(void **state)
{
	struct partition *p = *state;

	papr_vm_set_timing(p->vm, true);
	HCALL(p, H_SET_SPRG0, 1);
	papr_vm_set_timing(p->vm, false);
	papr_vm_set_timing(p->vm, true);
	HCALL(p, H_SET_SPRG0, 1);
	assert_int_equal(hcall_detail(p, NULL, H_SET_SPRG0).timed, 2);
}

static void an_rtas_call_is_measured_and_its_hypercall_too(
	void **state)
{
	struct partition *p = *state;
	struct papr_call_detail rtas, hcall;

	papr_vm_set_timing(p->vm, true);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 0);
	rtas = rtas_detail(p, RTAS_TOKEN_query_cpu_stopped_state);
	hcall = hcall_detail(p, NULL, H_RTAS);
	assert_int_equal(rtas.timed, 1);
	assert_int_equal(hcall.timed, 1);
	assert_true(rtas.total_ns <= hcall.total_ns);
}

static void a_long_call_is_in_the_bucket_of_its_time(void **state)
{
	struct call_times times = { 0 };
	uint64_t ns;

	(void)state;
	times_count(&times, stats_now_ns() - (40ull << 30));
	ns = atomic_load(&times.total_ns);
	assert_true(ns >= 40ull << 30);
	assert_int_equal(atomic_load(&times.max_ns), ns);
	assert_int_equal(atomic_load(&times.bucket[papr_time_bucket(ns)]), 1);
	times_count(&times, stats_now_ns());
	assert_int_equal(atomic_load(&times.max_ns), ns);
}

/* --- vCPUs */

#define CALLS 20000

struct caller {
	struct papr_vcpu *vcpu;
	uint64_t calls;
};

static void *call_much(void *arg)
{
	struct caller *caller = arg;
	struct papr_hcall hcall = { .nr = H_PUT_TERM_CHAR };

	for (uint64_t i = 0; i < caller->calls; i++) {
		hcall.args[0] = 1;	/* no terminal */
		papr_vcpu_hcall(caller->vcpu, &hcall);
	}
	return NULL;
}

static void counts_of_two_threads_are_exact(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 1 } });
	struct caller callers[2];
	struct papr_hcall_stats s;
	struct papr_call_detail d;
	pthread_t threads[2];

	(void)state;
	papr_vm_set_timing(p->vm, true);
	for (int i = 0; i < 2; i++) {
		callers[i] = (struct caller){ papr_vm_vcpu(p->vm, i),
					      CALLS * (i + 1) };
		assert_int_equal(pthread_create(&threads[i], NULL, call_much,
						&callers[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2; i++) {
		d = hcall_detail(p, callers[i].vcpu, H_PUT_TERM_CHAR);
		assert_int_equal(d.calls, callers[i].calls);
		assert_int_equal(d.timed, callers[i].calls);
		assert_int_equal(d.result[0].count, callers[i].calls);
		papr_vcpu_stats(callers[i].vcpu,
				papr_hcall_by_number(H_PUT_TERM_CHAR)->index,
				&s);
		assert_int_equal(s.user, callers[i].calls);
		assert_int_equal(s.errors, callers[i].calls);
	}
	d = hcall_detail(p, NULL, H_PUT_TERM_CHAR);
	assert_int_equal(d.calls, 3 * CALLS);
	assert_int_equal(in_buckets(&d), 3 * CALLS);
	assert_int_equal(d.n_results, 1);
	assert_int_equal(d.result[0].count, 3 * CALLS);
	partition_free(p);
}

static void times_of_vcpus_are_added_and_the_longest_stays(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 1 } });
	struct papr_call_detail all, one[2];

	(void)state;
	papr_vm_set_timing(p->vm, true);
	for (p->on = 0; p->on < 2; p->on++)
		HCALL(p, H_SET_SPRG0, 1);
	all = hcall_detail(p, NULL, H_SET_SPRG0);
	for (int i = 0; i < 2; i++)
		one[i] = hcall_detail(p, papr_vm_vcpu(p->vm, i), H_SET_SPRG0);
	assert_int_equal(all.total_ns, one[0].total_ns + one[1].total_ns);
	assert_int_equal(all.max_ns, one[0].max_ns > one[1].max_ns ?
				     one[0].max_ns : one[1].max_ns);
	partition_free(p);
}

static void what_does_not_exist_is_refused(void **state)
{
	struct partition *p = *state;
	struct papr_call_detail d = { .size = sizeof(d) };
	struct papr_hcall_stats s;

	assert_int_equal(papr_vm_hcall_detail(p->vm, NULL, papr_hcall_count(),
					      &d), -EINVAL);
	assert_int_equal(papr_vm_rtas_detail(p->vm, NULL, papr_rtas_count(),
					     &d), -EINVAL);
	assert_int_equal(papr_vcpu_stats(papr_vm_vcpu(p->vm, 0),
					 papr_hcall_count(), &s), -EINVAL);
	d.size = 0;
	assert_int_equal(papr_vm_hcall_detail(p->vm, NULL, 0, &d), -EINVAL);
}

static void names_of_results(void **state)
{
	(void)state;
	assert_string_equal(papr_hcall_result_name(-4), "H_PARAMETER");
	assert_string_equal(papr_hcall_result_name(9900),
			    "H_LONG_BUSY_ORDER_1_MSEC");
	assert_null(papr_hcall_result_name(-4000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_go_into_their_bucket),
		cmocka_unit_test(each_bucket_begins_where_the_one_before_ends),
		cmocka_unit_test(a_bucket_is_at_most_a_quarter_wide),
		cmocka_unit_test(percentiles_are_ends_of_buckets),
		cmocka_unit_test(percentiles_of_many_calls_do_not_overflow),
		partition_test(results_other_than_success_are_counted_by_code),
		cmocka_unit_test(a_denied_call_has_its_result_too),
		cmocka_unit_test(a_vcpu_tells_six_results_apart),
		cmocka_unit_test(results_of_many_vcpus_end_with_the_others),
		partition_test(rtas_statuses_are_counted_by_code),
		partition_test(nothing_is_measured_at_first),
		partition_test(calls_are_measured_between_on_and_off),
		partition_test(measuring_again_goes_on_from_what_there_was),
		partition_test(
			an_rtas_call_is_measured_and_its_hypercall_too),
		cmocka_unit_test(a_long_call_is_in_the_bucket_of_its_time),
		cmocka_unit_test(counts_of_two_threads_are_exact),
		cmocka_unit_test(
			times_of_vcpus_are_added_and_the_longest_stays),
		partition_test(what_does_not_exist_is_refused),
		cmocka_unit_test(names_of_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
