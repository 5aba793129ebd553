/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr sweep writes, and reads again. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/sweep.h"
#include "vmm/util.h"

#define MARKUP "<script>\"&\x1b[2J\xff"

static char option[] = "--kernel", file[] = "vm<linux";
static char *run[] = { option, file, NULL };

static struct sweep_injection plan[] = {
	{ .kind = 0, .disposition = 0, .context = 1, .cpu = 0 },
	{ .kind = 0, .disposition = 2, .context = 2, .cpu = 1 },
	{ .kind = 6, .disposition = 0, .context = 1, .cpu = 0 },
	{ .kind = 6, .disposition = 0, .context = 1, .cpu = 0 },
};

static struct sweep_verdict verdicts[] = {
	{ .outcome = SWEEP_SURVIVED, .expected = true, .delivered = true,
	  .pc = 0x1234, .text = MARKUP },
	{ .outcome = SWEEP_PANIC, .expected = true, .delivered = true },
	{ .outcome = SWEEP_SURVIVED, .expected = true, .delivered = true },
	{ .outcome = SWEEP_HANG, .delivered = true },
};

static struct sweep a_sweep(void)
{
	return (struct sweep){
		.seed = UINT64_MAX, .run = run, .n = COUNT_OF(plan),
		.plan = plan, .verdicts = verdicts, .to = COUNT_OF(plan),
		.restarts = 2,
	};
}

/* What @put writes of a sweep, to be freed. */
static char *text_of(const struct sweep *s,
		     void (*put)(const struct sweep *s, FILE *f))
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	put(s, f);
	fclose(f);
	return text;
}

static void put_html(const struct sweep *s, FILE *f)
{
	assert_int_equal(sweep_html(s, f), 0);
}

static unsigned int times(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void a_plan_comes_back_from_json(void **state)
{
	struct sweep s = a_sweep(), back;
	struct papr_error error;
	json_t *json;

	(void)state;
	plan[1].at_pc = true;
	plan[1].pc = 0xc000000000001234;
	json = sweep_to_json(&s, true);
	assert_int_equal(sweep_from_json(json, &back, &error), 0);
	json_decref(json);
	plan[1].at_pc = false;
	assert_int_equal(back.seed, s.seed);
	assert_int_equal(back.n, s.n);
	assert_true(back.plan[1].at_pc);
	assert_int_equal(back.plan[1].pc, 0xc000000000001234);
	back.plan[1].at_pc = false;
	for (size_t i = 0; i < s.n; i++) {
		assert_int_equal(back.plan[i].kind, plan[i].kind);
		assert_int_equal(back.plan[i].disposition,
				 plan[i].disposition);
		assert_int_equal(back.plan[i].context, plan[i].context);
		assert_int_equal(back.plan[i].cpu, plan[i].cpu);
	}
	assert_string_equal(back.run[1], "vm<linux");
	assert_null(back.run[2]);
	sweep_free(&back);
}

static void json_has_the_verdicts(void **state)
{
	struct sweep s = a_sweep();
	json_t *json = sweep_to_json(&s, true), *one;

	(void)state;
	one = json_object_get(json_array_get(json_object_get(json,
		"injections"), 3), "verdict");
	assert_string_equal(json_string_value(json_object_get(one,
							      "outcome")),
			    "hang");
	assert_true(json_is_false(json_object_get(one, "expected")));
	one = json_object_get(json_array_get(json_object_get(json,
		"injections"), 0), "verdict");
	assert_string_equal(json_string_value(json_object_get(one, "pc")),
			    "0x1234");
	assert_string_equal(json_string_value(json_object_get(one, "text")),
			    "<script>\"&?[2J?");
	json_decref(json);
}

#define INJECTION(kind, disposition, cpu) \
	"{\"papr-sweep\": 1, \"seed\": \"0x1\", \"run\": [], \"injections\": " \
	"[{\"kind\": " kind ", \"disposition\": \"" disposition "\", " \
	"\"context\": \"user\", \"cpu-index\": " cpu "}]}"

static void what_is_no_report_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "[]", "no report" },
		{ "{\"papr-sweep\": 2}", "no report" },
		{ "{\"papr-sweep\": 1}", "'seed'" },
		{ "{\"papr-sweep\": 1, \"seed\": 1}", "'seed'" },
		{ "{\"papr-sweep\": 1, \"seed\": \"0x\"}", "'seed'" },
		{ "{\"papr-sweep\": 1, \"seed\": \"0x1g\"}", "'seed'" },
		{ "{\"papr-sweep\": 1, \"seed\": \"0x1\", \"run\": [1]}",
		  "'run'" },
		{ "{\"papr-sweep\": 1, \"seed\": \"0x1\", \"run\": []}",
		  "'injections'" },
		{ "{\"papr-sweep\": 1, \"seed\": \"0x1\", \"run\": [], "
		  "\"injections\": [1]}", "injection 0" },
		{ INJECTION("\"slb\"", "not-recovered", "0"), "'kind'" },
		{ INJECTION("1", "not-recovered", "0"), "'kind'" },
		{ INJECTION("\"unknown\"", "lost", "0"), "'disposition'" },
		{ INJECTION("\"unknown\"", "not-recovered", "256"),
		  "'cpu-index'" },
		{ INJECTION("\"unknown\"", "not-recovered", "-1"),
		  "'cpu-index'" },
		{ INJECTION("\"unknown\"", "not-recovered", "0.0"),
		  "'cpu-index'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_t *json = json_loads(rows[i].text, 0, NULL);
		struct papr_error error = { "" };
		struct sweep s;
		int ret;

		assert_non_null(json);
		ret = sweep_from_json(json, &s, &error);
		if (ret != -EINVAL || !strstr(error.text, rows[i].why))
			fail_msg("%s: %d, %s", rows[i].text, ret, error.text);
		json_decref(json);
	}
}

static void the_summary_counts_by_kind(void **state)
{
	struct sweep s = a_sweep();
	char *text = text_of(&s, sweep_show_summary);

	(void)state;
	assert_string_equal(text,
		"kind                     survived panic hang unexpected\n"
		"ue:indeterminate                1     1    0          0\n"
		"slb:multihit                    1     0    1          1\n"
		"all                             2     1    1          1\n"
		"seed 0xffffffffffffffff, 2 restarts\n");
	free(text);
}

static void a_sweep_is_good_only_if_all_is_expected(void **state)
{
	struct sweep s = a_sweep();

	(void)state;
	assert_false(sweep_is_good(&s));
	s.to = 3;
	assert_true(sweep_is_good(&s));
	verdicts[2].outcome = SWEEP_NOT_DONE;
	assert_false(sweep_is_good(&s));
	verdicts[2].outcome = SWEEP_SURVIVED;
}

static void a_sweep_that_delivers_nothing_is_not_good(void **state)
{
	struct sweep s = a_sweep();
	struct sweep_verdict none = {
		.outcome = SWEEP_NOT_DELIVERED, .expected = true,
	};

	(void)state;
	s.to = 1;
	s.verdicts = &none;
	assert_false(sweep_is_good(&s));
}

static void put_half(const struct sweep *s, FILE *f)
{
	sweep_show_progress(s, 2, 4000, false, f);
}

static void put_half_on_terminal(const struct sweep *s, FILE *f)
{
	sweep_show_progress(s, 2, 4000, true, f);
}

static void progress_has_rate_and_time_left(void **state)
{
	struct sweep s = a_sweep();
	char *text = text_of(&s, put_half);

	(void)state;
	assert_string_equal(text, "papr sweep: 2/4, 0.5/s, 0:00:04 left, "
			    "2 survived, 1 panic, 1 hang, 1 unexpected\n");
	free(text);
	text = text_of(&s, put_half_on_terminal);
	assert_non_null(strstr(text, "\r[###############...............] 2/4"));
	assert_null(strchr(text, '\n'));
	free(text);
}

static void put_first(const struct sweep *s, FILE *f)
{
	sweep_show_one(s, 0, f);
}

static void what_the_guest_says_cannot_reach_the_terminal(void **state)
{
	struct sweep s = a_sweep();
	char *text = text_of(&s, put_first);

	(void)state;
	assert_string_equal(text, "0 ue:indeterminate fully-recovered user "
			    "cpu 0: survived: <script>\"&?[2J?\n");
	free(text);
}

static void what_the_guest_says_is_no_markup(void **state)
{
	struct sweep s = a_sweep();
	char *text = text_of(&s, put_html);

	(void)state;
	assert_null(strstr(text, "<script"));
	assert_non_null(strstr(text, "&lt;script&gt;&quot;&amp;?[2J?"));
	assert_non_null(strstr(text, "vm&lt;linux"));
	free(text);
}

static void the_picture_has_a_cell_for_each_combination(void **state)
{
	struct sweep s = a_sweep();
	char *text = text_of(&s, put_html);

	(void)state;
	assert_int_equal(times(text, "<g>"), 3);
	assert_int_equal(times(text, ">ue:indeterminate fully-recovered</t"),
			 1);
	assert_int_equal(times(text, ">cpu0</text>"), 1);
	assert_int_equal(times(text, ">cpu1</text>"), 1);
	/* Readable without colours: letters and counts. */
	assert_int_equal(times(text, ">S</text>"), 1);
	assert_int_equal(times(text, ">S1 H1!</text>"), 1);
	assert_int_equal(times(text, "class=\"bad\""), 1);
	free(text);
}

static void the_page_needs_nothing_else(void **state)
{
	struct sweep s = a_sweep();
	char *text = text_of(&s, put_html);

	(void)state;
	assert_int_equal(times(text, "http"),
			 times(text, "xmlns=\"http://www.w3.org/2000/svg\""));
	assert_int_equal(times(text, "src="), 0);
	free(text);
}

static void a_range_has_a_row_for_each_address(void **state)
{
	struct sweep_injection two[] = {
		{ .at_pc = true, .pc = 0xc000000000001004 },
		{ .at_pc = true, .pc = 0xc000000000001000, .kind = 3 },
	};
	struct sweep s = a_sweep();
	char *text;

	(void)state;
	s.plan = two;
	s.to = 2;
	text = text_of(&s, put_html);
	assert_int_equal(times(text, ">0xc000000000001000</text>"), 1);
	assert_int_equal(times(text, ">0xc000000000001004</text>"), 1);
	assert_true(strstr(text, ">0xc000000000001000</text>") <
		    strstr(text, ">0xc000000000001004</text>"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_comes_back_from_json),
		cmocka_unit_test(json_has_the_verdicts),
		cmocka_unit_test(what_is_no_report_is_refused),
		cmocka_unit_test(the_summary_counts_by_kind),
		cmocka_unit_test(a_sweep_is_good_only_if_all_is_expected),
		cmocka_unit_test(a_sweep_that_delivers_nothing_is_not_good),
		cmocka_unit_test(progress_has_rate_and_time_left),
		cmocka_unit_test(what_the_guest_says_cannot_reach_the_terminal),
		cmocka_unit_test(what_the_guest_says_is_no_markup),
		cmocka_unit_test(the_picture_has_a_cell_for_each_combination),
		cmocka_unit_test(the_page_needs_nothing_else),
		cmocka_unit_test(a_range_has_a_row_for_each_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
