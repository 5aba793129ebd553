/* SPDX-License-Identifier: BSD-2-Clause */
/* Which calls papr survey makes fail, by which policies, and its tables. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <papr/papr.h>

#include "tools/survey.h"
#include "vmm/util.h"

/* --- policies */

static json_t *route(const char *name, const char *accepted,
		     const char *effective)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "name", name, "accepted",
			 accepted, "effective", effective, "reason", "");
}

static json_t *some_kept(void)
{
	json_t *routes = json_pack("[o, o, o, o]",
		route("H_RANDOM", "off", "user"),
		route("H_PROD", "off", "nobody"),
		route("H_CEDE", "off", "kernel"),
		route("H_VIOCTL", "none", "nobody"));
	json_t *kept = survey_kept(routes);

	json_decref(routes);
	return kept;
}

static void what_only_the_kernel_has_stays_there(void **state)
{
	json_t *kept = some_kept();

	(void)state;
	assert_int_equal(json_array_size(kept), 1);
	assert_string_equal(survey_text(json_array_get(kept, 0), "name"),
			    "H_PROD");
	json_decref(kept);
}

static json_t *a_call(const char *name, bool rtas)
{
	return json_pack("{s:s, s:b, s:i, s:i}", "name", name, "rtas", rtas,
			 "boot", 3, "run", 2);
}

static void each_fault_makes_a_policy(void **state)
{
	json_t *calls[] = { a_call("H_RANDOM", false),
			    a_call("ibm,get-xive", true) };
	json_t *kept = some_kept();

	(void)state;
	for (size_t i = 0; survey_fault_name(i); i++)
		for (size_t k = 0; k < COUNT_OF(calls); k++) {
			struct papr_policy *policy = NULL;
			struct papr_error error = { "" };
			char *text = survey_policy(kept, calls[k],
				survey_fault(survey_fault_name(i)));

			if (papr_policy_parse(text, strlen(text), "text",
					      &policy, &error))
				fail_msg("%s: %s", text, error.text);
			papr_policy_free(policy);
			free(text);
		}
	json_decref(calls[0]);
	json_decref(calls[1]);
	json_decref(kept);
}

static void a_policy_fails_one_call(void **state)
{
	json_t *kept = some_kept(), *call = a_call("H_RANDOM", false);
	char *text = survey_policy(kept, call, survey_fault("busy"));

	(void)state;
	assert_string_equal(text, "default: user\nforce: true\nhcalls:\n"
			    "  H_PROD: kernel\n  'H_RANDOM': { route: user, "
			    "fail: H_BUSY, retries: 10 }\n");
	free(text);
	text = survey_policy(NULL, NULL, NULL);
	assert_string_equal(text, "default: user\nforce: true\n");
	free(text);
	json_decref(call);
	json_decref(kept);
}

/* --- counts */

static json_t *some_stats(int times)
{
	return json_pack("{s:[{s:s, s:s, s:i, s:i, s:i}, "
			 "{s:s, s:s, s:s, s:i}, {s:s, s:s, s:i}, "
			 "{s:s, s:s, s:i}], "
			 "s:[{s:s, s:i, s:[{s:i, s:i}]}]}",
			 "hcalls",
			 "name", "H_RANDOM", "effective", "user",
			 "user", 2 * times, "nobody", times, "on-purpose", 1,
			 "name", "H_CEDE", "effective", "kernel",
			 "reason", "never leaves", "user", 0,
			 "name", "H_PROD", "effective", "kernel",
			 "kernel", 70,
			 "name", "H_ENTER_NESTED", "effective", "kernel",
			 "kernel", 0,
			 "rtas", "name", "get-time-of-day", "calls", times,
			 "results", "code", -2, "count", 4);
}

static void calls_and_failures_are_counted(void **state)
{
	json_t *stats = some_stats(5), *call = a_call("H_RANDOM", false);
	struct survey_counts counts;

	(void)state;
	counts = survey_count(stats, call, survey_fault("busy"));
	assert_int_equal(counts.calls, 15);
	assert_int_equal(counts.failed, 1);
	json_decref(call);
	call = a_call("get-time-of-day", true);
	counts = survey_count(stats, call, survey_fault("busy"));
	assert_int_equal(counts.calls, 5);
	assert_int_equal(counts.failed, 4);
	counts = survey_count(stats, call, survey_fault("hardware"));
	assert_int_equal(counts.failed, 0);
	json_decref(call);
	json_decref(stats);
}

static json_t *some_calls(void)
{
	json_t *boot = some_stats(1), *after = some_stats(3);
	json_t *calls = survey_calls(boot, after);

	json_decref(boot);
	json_decref(after);
	return calls;
}

static void a_guest_has_the_calls_that_come_to_userspace(void **state)
{
	json_t *calls = some_calls();

	(void)state;
	assert_int_equal(json_array_size(calls), 2);
	assert_string_equal(survey_text(json_array_get(calls, 0), "name"),
			    "H_RANDOM");
	assert_int_equal(json_integer_value(json_object_get(
		json_array_get(calls, 0), "boot")), 3);
	assert_int_equal(json_integer_value(json_object_get(
		json_array_get(calls, 0), "run")), 6);
	json_decref(calls);
}

static void what_the_kernel_answers_has_a_reason(void **state)
{
	json_t *kept = some_kept(), *stats = some_stats(1);
	json_t *calls = survey_kernel_calls(kept, stats);

	(void)state;
	assert_int_equal(json_array_size(calls), 2);
	assert_string_equal(survey_text(json_array_get(calls, 0), "reason"),
			    "never leaves");
	assert_null(json_object_get(json_array_get(calls, 0), "count"));
	assert_int_equal(json_integer_value(json_object_get(
		json_array_get(calls, 1), "count")), 70);
	json_decref(calls);
	json_decref(stats);
	json_decref(kept);
}

/* --- cells */

static size_t n_cells(const char *calls, const char *faults,
		      const char *moments)
{
	struct survey_wish wish = { calls, faults, moments };
	json_t *all = some_calls(), *cells = survey_cells(all, &wish, NULL);
	size_t n = json_array_size(cells);

	json_decref(cells);
	json_decref(all);
	return n;
}

static void a_wish_chooses_the_cells(void **state)
{
	(void)state;
	assert_int_equal(n_cells(NULL, NULL, NULL), 2 * 4 * 2);
	assert_int_equal(n_cells(NULL, NULL, "boot"), 2 * 4);
	assert_int_equal(n_cells("H_RANDOM", NULL, NULL), 4 * 2);
	assert_int_equal(n_cells("H_RAN,get-time-of-day", NULL, NULL), 4 * 2);
	assert_int_equal(n_cells(NULL, "busy,long-busy-1s", "run"), 2 * 2);
}

static void a_wish_for_what_there_is_not_is_refused(void **state)
{
	static const struct {
		struct survey_wish wish;
		const char *why;
	} bad[] = {
		{ { NULL, "hard", NULL }, "--faults: 'hard' is none" },
		{ { NULL, "busy,,busy", NULL }, "--faults: '' is none" },
		{ { NULL, "busy", "boot,night" },
		  "--moments: 'night' is none" },
	};
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_not_equal(survey_wish_check(&bad[i].wish, &error),
				     0);
		assert_string_equal(error.text, bad[i].why);
	}
}

static void what_is_known_is_not_looked_for_again(void **state)
{
	struct survey_wish wish = { "H_RANDOM", "busy,hardware", "run" };
	json_t *known = json_pack("[{s:s, s:b, s:s, s:s, s:s}]", "call",
				  "H_RANDOM", "rtas", 0, "fault", "hardware",
				  "moment", "run", "outcome", "silent");
	json_t *calls = some_calls();
	json_t *cells = survey_cells(calls, &wish, known);

	(void)state;
	assert_int_equal(json_array_size(cells), 2);
	assert_false(survey_is_done(json_array_get(cells, 0)));
	assert_true(survey_is_done(json_array_get(cells, 1)));
	json_decref(cells);
	json_decref(calls);
	json_decref(known);
}

static void what_is_known_and_not_asked_for_is_kept(void **state)
{
	struct survey_wish wish = { "H_RANDOM", "busy", "run" };
	json_t *known = json_pack("[{s:s, s:b, s:s, s:s, s:s},"
				  " {s:s, s:b, s:s, s:s}]",
				  "call", "H_RANDOM", "rtas", 0, "fault",
				  "hardware", "moment", "boot",
				  "outcome", "silent",
				  "call", "H_RANDOM", "rtas", 0, "fault",
				  "hardware", "moment", "run");
	json_t *calls = some_calls();
	json_t *cells = survey_cells(calls, &wish, known);

	(void)state;
	assert_int_equal(json_array_size(cells), 2);
	assert_false(survey_is_done(json_array_get(cells, 0)));
	assert_ptr_equal(json_array_get(cells, 1), json_array_get(known, 0));
	json_decref(cells);
	json_decref(calls);
	json_decref(known);
}

/* --- tables */

static char *text_of(const json_t *survey,
		     void (*put)(const json_t *survey, FILE *f))
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	put(survey, f);
	fclose(f);
	return text;
}

static json_t *a_survey(void)
{
	struct survey_wish wish = { "H_RANDOM", "busy,hardware", "run" };
	json_t *kept = some_kept(), *stats = some_stats(1);
	json_t *calls = some_calls();
	json_t *cells = survey_cells(calls, &wish, NULL);
	json_t *cell = json_array_get(cells, 1);

	json_object_set_new(cell, "outcome", json_string("complains"));
	json_object_set_new(cell, "calls", json_integer(7));
	json_object_set_new(cell, "failed", json_integer(6));
	json_object_set_new(cell, "lines",
			    json_pack("[s, s]", "rng: `bad` | worse", "more"));
	json_object_set_new(cell, "unknown", json_integer(2));
	json_object_set_new(cell, "end", json_string("the end"));
	cell = json_pack("{s:i, s:s, s:o, s:o, s:o}", "papr-survey", 1,
			 "guest", "Linux", "calls", calls, "cells", cells,
			 "kernel", survey_kernel_calls(kept, stats));
	json_decref(stats);
	json_decref(kept);
	return cell;
}

static void a_text_has_a_line_for_each_cell(void **state)
{
	json_t *survey = a_survey();
	char *text = text_of(survey, survey_show);

	(void)state;
	assert_string_equal(text,
		"run H_RANDOM busy: - (0 of 0 calls failed, 6 are usual)\n"
		"run H_RANDOM hardware: complains, goes on (6 of 7 calls "
		"failed, 6 are usual): the end; rng: 'bad' ' worse; more\n"
		"\n"
		"The kernel answers, and cannot be made to fail:\n"
		"H_CEDE: never leaves\n"
		"H_PROD, made 70 times: only the kernel answers it: libpapr "
		"does not\n");
	free(text);
	json_decref(survey);
}

static void a_table_has_a_row_for_each_call(void **state)
{
	json_t *survey = a_survey();
	char *text = text_of(survey, survey_markdown);

	(void)state;
	assert_non_null(strstr(text, "| call | usual | busy | hardware |\n"
			       "| --- | --- | --- | --- |\n"
			       "| `H_RANDOM` | 6 | - | complains, goes on "
			       "(6/7) |\n"));
	assert_non_null(strstr(text, "- `H_RANDOM`, hardware, run: `rng: 'bad' "
			       "' worse` and 1 more, at last `the end`\n"));
	free(text);
	json_decref(survey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_only_the_kernel_has_stays_there),
		cmocka_unit_test(each_fault_makes_a_policy),
		cmocka_unit_test(a_policy_fails_one_call),
		cmocka_unit_test(calls_and_failures_are_counted),
		cmocka_unit_test(
			a_guest_has_the_calls_that_come_to_userspace),
		cmocka_unit_test(what_the_kernel_answers_has_a_reason),
		cmocka_unit_test(a_wish_chooses_the_cells),
		cmocka_unit_test(a_wish_for_what_there_is_not_is_refused),
		cmocka_unit_test(what_is_known_is_not_looked_for_again),
		cmocka_unit_test(what_is_known_and_not_asked_for_is_kept),
		cmocka_unit_test(a_text_has_a_line_for_each_cell),
		cmocka_unit_test(a_table_has_a_row_for_each_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
