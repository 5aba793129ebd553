/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr run says of its calls, as JSON and as tables. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/partition.h"
#include "vmm/stats.h"

#define HEAD "hypercall                    number requested accepted" \
	" effective     kernel     user      vmm   denied   nobody   errors\n"
#define RTAS_HEAD "\nRTAS call in userspace        token    calls   errors\n"
#define RESULTS_HEAD "\ncall                         result other than 0" \
	"            code    count\n"
#define TIMES_HEAD "\ntime in userspace               calls       mean" \
	"      total half within       90 %       99 %    longest\n"

/* Where a test begins to count anew. */
static struct stats_base base;

static json_t *stats_of(struct partition *p, const struct papr_vcpu *vcpu,
			struct kernel_counts *counts)
{
	static struct kernel_counts none = { .why_not = "nobody looked" };
	json_t *stats = stats_json(p->vm, vcpu, counts ? counts : &none, &base);

	assert_non_null(stats);
	return stats;
}

/* The object of that name in a list, or NULL. */
static const json_t *call_in(const json_t *stats, const char *list,
			     const char *name)
{
	const json_t *calls = json_object_get(stats, list), *call;
	size_t i;

	json_array_foreach(calls, i, call)
		if (!strcmp(json_string_value(json_object_get(call, "name")),
			    name))
			return call;
	return NULL;
}

static void assert_number(const json_t *object, const char *key, json_int_t n)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	assert_int_equal(json_integer_value(json_object_get(object, key)), n);
}

/* --- JSON */

static void calls_have_counts_and_results(void **state)
{
	struct partition *p = *state;
	const json_t *call, *result;
	json_t *stats;

	HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0);
	HCALL(p, H_PUT_TERM_CHAR, 1, 1, 0, 0);
	stats = stats_of(p, NULL, NULL);
	call = call_in(stats, "hcalls", "H_PUT_TERM_CHAR");
	assert_number(call, "user", 2);
	assert_number(call, "errors", 1);
	assert_int_equal(json_array_size(json_object_get(call, "results")), 1);
	result = json_array_get(json_object_get(call, "results"), 0);
	assert_number(result, "code", -4);
	assert_number(result, "count", 1);
	assert_string_equal(json_string_value(json_object_get(result, "name")),
			    "H_PARAMETER");
	assert_null(json_object_get(call, "time"));
	json_decref(stats);
}

static void times_are_there_once_they_are_measured(void **state)
{
	struct partition *p = *state;
	const json_t *time;
	json_t *stats;

	papr_vm_set_timing(p->vm, true);
	HCALL(p, H_SET_SPRG0, 1);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 99);
	stats = stats_of(p, NULL, NULL);
	assert_true(json_is_true(json_object_get(stats, "timing")));
	time = json_object_get(call_in(stats, "hcalls", "H_SET_SPRG0"),
			       "time");
	assert_number(time, "calls", 1);
	assert_int_equal(stats_number(time, "max-ns"),
			 stats_number(time, "total-ns"));
	time = json_object_get(call_in(stats, "rtas",
				       "query-cpu-stopped-state"), "time");
	assert_number(time, "calls", 1);
	json_decref(stats);
}

static void rtas_statuses_have_no_name(void **state)
{
	struct partition *p = *state;
	const json_t *call, *result;
	json_t *stats;

	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 99);
	stats = stats_of(p, NULL, NULL);
	call = call_in(stats, "rtas", "query-cpu-stopped-state");
	assert_number(call, "calls", 1);
	assert_number(call, "errors", 1);
	result = json_array_get(json_object_get(call, "results"), 0);
	assert_number(result, "code", -3);
	assert_null(json_object_get(result, "name"));
	json_decref(stats);
}

static void one_vcpu_has_its_own_calls(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 1 } });
	json_t *stats;

	(void)state;
	HCALL(p, H_SET_SPRG0, 1);
	p->on = 1;
	HCALL(p, H_SET_SPRG0, 1);
	HCALL(p, H_SET_SPRG0, 1);
	stats = stats_of(p, papr_vm_vcpu(p->vm, 1), NULL);
	assert_number(call_in(stats, "hcalls", "H_SET_SPRG0"), "user", 2);
	json_decref(stats);
	stats = stats_of(p, NULL, NULL);
	assert_number(call_in(stats, "hcalls", "H_SET_SPRG0"), "user", 3);
	json_decref(stats);
	partition_free(p);
}

static void what_the_kernel_saw_and_kept_it_has_answered(void **state)
{
	struct partition *p = *state;
	struct kernel_count seen[] = {
		{ 0, H_SET_MODE, 5 }, { 0, H_RANDOM, 7 }
	};
	struct kernel_counts counts = {
		.known = true, .sums = { seen, ARRAY_SIZE(seen) },
	};
	const json_t *call;
	json_t *stats;

	HCALL(p, H_SET_MODE, 0, 99, 0, 0);
	stats = stats_of(p, NULL, &counts);
	assert_number(call_in(stats, "hcalls", "H_SET_MODE"), "kernel", 4);
	assert_number(call_in(stats, "hcalls", "H_RANDOM"), "kernel", 7);
	json_decref(stats);
	stats = stats_of(p, NULL, NULL);
	call = call_in(stats, "hcalls", "H_SET_MODE");
	assert_non_null(call);
	assert_null(json_object_get(call, "kernel"));
	assert_string_equal(json_string_value(json_object_get(
			stats, "kernel-unknown")), "nobody looked");
	json_decref(stats);
}

static void calls_of_no_name_have_a_number(void **state)
{
	struct partition *p = *state;
	const json_t *unknown;
	json_t *stats;

	HCALL(p, 0x7ffc, 0);
	stats = stats_of(p, NULL, NULL);
	unknown = json_array_get(json_object_get(stats, "unknown"), 0);
	assert_string_equal(json_string_value(json_object_get(unknown,
							      "number")),
			    "0x7ffc");
	assert_number(unknown, "nobody", 1);
	json_decref(stats);
}

static void a_run_has_a_length_and_a_host(void **state)
{
	struct partition *p = *state;
	json_t *stats;

	base.since_ns = stats_clock_ns() - 5;
	stats = stats_of(p, NULL, NULL);
	assert_in_range(stats_number(stats, "elapsed-ns"), 5,
			stats_number(stats, "clock-ns"));
	assert_number(stats, "cpus", 1);
	assert_number(stats, "isa", papr_vm_host(p->vm)->isa);
	assert_string_equal(json_string_value(json_object_get(stats,
							      "flavour")),
			    papr_flavour_name(papr_vm_host(p->vm)->flavour));
	json_decref(stats);
}

/* --- counting anew */

static void begin_anew(struct partition *p)
{
	assert_int_equal(stats_base_take(&base, p->vm), 0);
}

static int end_of_base(void **state)
{
	stats_base_free(&base);
	return partition_end(state);
}

#define base_test(name) \
	cmocka_unit_test_setup_teardown(name, partition_start, end_of_base)

static void nothing_is_left_of_what_was_counted_before(void **state)
{
	struct partition *p = *state;
	json_t *stats;

	papr_vm_set_timing(p->vm, true);
	HCALL(p, H_PUT_TERM_CHAR, 1, 1, 0, 0);
	HCALL(p, 0x7ffc, 0);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 99);
	begin_anew(p);
	stats = stats_of(p, NULL, NULL);
	for (size_t i = 0; i < 3; i++) {
		static const char *const lists[] = {
			"hcalls", "rtas", "unknown"
		};

		assert_int_equal(json_array_size(json_object_get(stats,
							lists[i])), 0);
	}
	json_decref(stats);
}

static void what_comes_after_is_counted_alone(void **state)
{
	struct partition *p = *state;
	const json_t *call, *results;
	json_t *stats;

	papr_vm_set_timing(p->vm, true);
	HCALL(p, H_PUT_TERM_CHAR, 1, 1, 0, 0);
	HCALL(p, 0x7ffc, 0);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 99);
	begin_anew(p);
	HCALL(p, H_PUT_TERM_CHAR, 1, 1, 0, 0);
	HCALL(p, H_PUT_TERM_CHAR, VTY, 1, 0, 0);
	HCALL(p, 0x7ffc, 0);
	HCALL(p, 0x7ffc, 0);
	RTAS(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2, 0);
	stats = stats_of(p, NULL, NULL);
	call = call_in(stats, "hcalls", "H_PUT_TERM_CHAR");
	assert_number(call, "user", 2);
	assert_number(call, "errors", 1);
	results = json_object_get(call, "results");
	assert_int_equal(json_array_size(results), 1);
	assert_number(json_array_get(results, 0), "count", 1);
	assert_number(json_object_get(call, "time"), "calls", 2);
	call = call_in(stats, "rtas", "query-cpu-stopped-state");
	assert_number(call, "calls", 1);
	assert_number(call, "errors", 0);
	assert_null(json_object_get(call, "results"));
	assert_number(json_array_get(json_object_get(stats, "unknown"), 0),
		      "nobody", 2);
	json_decref(stats);
}

static void each_vcpu_counts_anew(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 1 } });
	json_t *stats;

	(void)state;
	for (p->on = 0; p->on < 2; p->on++)
		HCALL(p, H_SET_SPRG0, 1);
	begin_anew(p);
	p->on = 1;
	HCALL(p, H_SET_SPRG0, 1);
	stats = stats_of(p, papr_vm_vcpu(p->vm, 0), NULL);
	assert_null(call_in(stats, "hcalls", "H_SET_SPRG0"));
	json_decref(stats);
	stats = stats_of(p, papr_vm_vcpu(p->vm, 1), NULL);
	assert_number(call_in(stats, "hcalls", "H_SET_SPRG0"), "user", 1);
	json_decref(stats);
	stats = stats_of(p, NULL, NULL);
	assert_number(call_in(stats, "hcalls", "H_SET_SPRG0"), "user", 1);
	json_decref(stats);
	stats_base_free(&base);
	partition_free(p);
}

static void the_longest_time_is_one_of_those_that_count(void **state)
{
	struct partition *p = *state;
	struct papr_call_detail detail = { .size = sizeof(detail) };
	struct papr_hcall_stats counts = { 0 };
	size_t index = papr_hcall_by_number(H_SET_SPRG0)->index;

	papr_vm_set_timing(p->vm, true);
	HCALL(p, H_SET_SPRG0, 1);
	begin_anew(p);
	papr_vm_hcall_detail(p->vm, NULL, index, &detail);
	/* One more call, of 70 ns. */
	detail.timed++;
	detail.bucket[papr_time_bucket(70)]++;
	detail.max_ns = 1000000000;
	stats_base_hcall(&base, NULL, index, &counts, &detail);
	assert_int_equal(detail.timed, 1);
	assert_int_equal(detail.max_ns, 79);
	assert_int_equal(papr_call_percentile(&detail, 500), 79);
}

/* --- tables */

static void assert_text(const char *json, const char *wanted)
{
	json_t *stats = json_loads(json, 0, NULL);
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(stats);
	stats_text(to, stats);
	fclose(to);
	assert_string_equal(text, wanted);
	free(text);
	json_decref(stats);
}

static void tables_of_a_run(void **state)
{
	(void)state;
	assert_text("{\"catalogue\": 10, \"kernel-unknown\": \"no rights\", "
		    "\"hcalls\": [{\"name\": \"H_RANDOM\", \"number\": 768, "
		    "\"requested\": \"user\", \"accepted\": \"off\", "
		    "\"effective\": \"user\", \"user\": 28, \"errors\": 3, "
		    "\"on-purpose\": 2, \"results\": [{\"code\": -1, "
		    "\"name\": \"H_HARDWARE\", \"count\": 3}], "
		    "\"other-results\": 1, \"time\": {\"calls\": 28, "
		    "\"total-ns\": 28000, \"p50-ns\": 639, \"p90-ns\": 1279, "
		    "\"p99-ns\": 2000000, \"max-ns\": 3000000000}}], "
		    "\"unknown\": [{\"number\": \"0x7ffc\", \"nobody\": 4}, "
		    "{\"number\": \"others\", \"nobody\": 5}], "
		    "\"rtas\": [{\"name\": \"power-off\", \"token\": 8195, "
		    "\"calls\": 1}]}",
		    HEAD
		    "H_RANDOM                      0x300 user      off      "
		    "user               ?       28        0        0        0"
		    "        3  2 failed on purpose\n"
		    "9 more hypercalls were not seen\n"
		    "?: not known, no rights\n"
		    "unknown hypercall 0x7ffc: 4\n"
		    "unknown hypercalls of other numbers: 5\n"
		    RTAS_HEAD
		    "power-off                    0x2003        1        0\n"
		    RESULTS_HEAD
		    "H_RANDOM                     H_HARDWARE              "
		    "         -1        3\n"
		    "H_RANDOM                     others                  "
		    "                   1\n"
		    TIMES_HEAD
		    "H_RANDOM                           28     1.0 us"
		    "    28.0 us     639 ns     1.3 us     2.0 ms      "
		    "3.0 s\n");
}

static void what_is_missing_or_no_number_is_nothing(void **state)
{
	static const char *const strange[] = {
		"{}", "[]", "{\"hcalls\": 5, \"rtas\": \"x\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++)
		assert_text(strange[i], HEAD
			    "0 more hypercalls were not seen\n"
			    RTAS_HEAD RESULTS_HEAD);
	assert_text("{\"unknown\": [7, {\"number\": \"a\\u001b[2Jb\", "
		    "\"nobody\": -3}]}",
		    HEAD "0 more hypercalls were not seen\n"
		    "unknown hypercall : 0\n"
		    "unknown hypercall a?[2Jb: 0\n"
		    RTAS_HEAD RESULTS_HEAD);
}

static void times_have_a_unit_that_fits(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} times[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1.0 us" },
		{ 999900, "999.9 us" }, { 999960, "1.0 ms" },
		{ 1500000, "1.5 ms" }, { 999960000, "1.0 s" },
		{ 5000000000000, "5000.0 s" },
	};
	char text[24];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		stats_time(times[i].ns, text, sizeof(text));
		assert_string_equal(text, times[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(calls_have_counts_and_results),
		partition_test(times_are_there_once_they_are_measured),
		partition_test(rtas_statuses_have_no_name),
		cmocka_unit_test(one_vcpu_has_its_own_calls),
		partition_test(what_the_kernel_saw_and_kept_it_has_answered),
		partition_test(calls_of_no_name_have_a_number),
		base_test(a_run_has_a_length_and_a_host),
		base_test(nothing_is_left_of_what_was_counted_before),
		base_test(what_comes_after_is_counted_alone),
		cmocka_unit_test(each_vcpu_counts_anew),
		base_test(the_longest_time_is_one_of_those_that_count),
		cmocka_unit_test(tables_of_a_run),
		cmocka_unit_test(what_is_missing_or_no_number_is_nothing),
		cmocka_unit_test(times_have_a_unit_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
