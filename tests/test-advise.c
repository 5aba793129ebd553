/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr advise makes of recordings and costs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/advise.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define ROW(name, requested, effective, more) \
	"{\"name\": \"" name "\", \"requested\": \"" requested \
	"\", \"effective\": \"" effective "\", " more "}"
#define USER(name, more) ROW(name, "user", "user", more)
#define KERNEL(name, more) ROW(name, "kernel", "kernel", more)
#define RUN(rows) \
	"{\"flavour\": \"KVM-HV\", \"isa\": 310, \"elapsed-ns\": 100000000, " \
	"\"cpus\": 2, \"hcalls\": [" rows "]}"
#define COSTS(calls) \
	"{\"flavour\": \"KVM-HV\", \"isa\": 310, \"exit-ns\": 10000, " \
	"\"user-ns\": 12000, \"kernel-ns\": 2000, \"calls\": [" calls "]}"
#define COST(name, user, kernel) \
	"{\"name\": \"" name "\", \"user-ns\": " user ", \"kernel-ns\": " \
	kernel "}"
#define TIMED ", \"time\": {\"calls\": 10, \"total-ns\": 50000}"

static json_t *parse(const char *text)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(json);
	return json;
}

static void read_all(const char *run, const char *costs, struct recording *r,
		     struct costs *c)
{
	struct papr_error error = { "" };
	json_t *json = parse(run);

	if (recording_read(json, r, &error))
		fail_msg("%s", error.text);
	json_decref(json);
	memset(c, 0, sizeof(*c));
	if (!costs)
		return;
	json = parse(costs);
	if (costs_read(json, c, &error))
		fail_msg("%s", error.text);
	json_decref(json);
}

/* All that a plan is made of. */
struct made {
	struct papr_host host;
	struct recording recording;
	struct costs costs;
	struct plan plan;
};

static struct made *make(const char *host, const char *run, const char *costs,
			 const char *keep)
{
	struct made *m = calloc(1, sizeof(*m));
	const char *const names[] = { keep, NULL };
	struct papr_error error;

	assert_non_null(m);
	m->host.size = sizeof(m->host);
	assert_int_equal(papr_host_model(host, &m->host, &error), 0);
	read_all(run, costs, &m->recording, &m->costs);
	assert_int_equal(plan_make(&m->plan, &m->host, &m->recording,
				   costs ? &m->costs : NULL, names, &error), 0);
	return m;
}

static void unmake(struct made *m)
{
	plan_free(&m->plan);
	recording_free(&m->recording);
	costs_free(&m->costs);
	free(m);
}

static const struct advised *of(const struct made *m, const char *name)
{
	const struct advised *a = m->plan.call;

	while (strcmp(a->call->name, name))
		a++;
	return a;
}

/* --- one call */

static const struct {
	const char *what;
	const char *host, *run, *costs, *keep;
	const char *call;
	enum advice advice;
	uint64_t count;
	int64_t gain_ns;	/* -1: not known */
	const char *why;
} rows[] = {
	{ "in userspace for no reason", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 1000")), COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_KERNEL, 1000, 10000000, "without leaving" },
	{ "the recording's own time", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 1000" TIMED)), COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_KERNEL, 1000, 13000000, "without leaving" },
	{ "measured for this call", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 1000")),
	  COSTS(COST("H_PAGE_INIT", "25000", "5000")), NULL,
	  "H_PAGE_INIT", ADVICE_KERNEL, 1000, 20000000, "without leaving" },
	{ "the recording alone", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 1000" TIMED)), NULL, NULL,
	  "H_PAGE_INIT", ADVICE_KERNEL, 1000, 5000000, "without leaving" },
	{ "no times at all", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 1000")), NULL, NULL,
	  "H_PAGE_INIT", ADVICE_KERNEL, 1000, -1, "without leaving" },
	{ "the kernel hands some over", "power10",
	  RUN(USER("H_SET_MODE", "\"user\": 2")), COSTS(""), NULL,
	  "H_SET_MODE", ADVICE_KERNEL, 2, 20000, "hand some over" },
	{ "nobody answers it", "power10",
	  RUN(ROW("H_RPT_INVALIDATE", "user", "nobody", "\"nobody\": 3")),
	  COSTS(""), NULL,
	  "H_RPT_INVALIDATE", ADVICE_KERNEL, 3, 30000, "nobody does" },
	{ "the kernel is slower", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 1000")),
	  COSTS(COST("H_PAGE_INIT", "25000", "25000")), NULL,
	  "H_PAGE_INIT", ADVICE_LEAVE, 1000, -2, "nothing is gained" },
	{ "it fails on purpose", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 9, \"on-purpose\": 1")),
	  COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_LEAVE, 9, -2, "on purpose" },
	{ "it is kept", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 9")), COSTS(""), "H_PAGE_INIT",
	  "H_PAGE_INIT", ADVICE_LEAVE, 9, -2, "--keep" },
	{ "the program's", "power10",
	  RUN(ROW("H_PAGE_INIT", "vmm", "vmm", "\"vmm\": 9")), COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_LEAVE, 9, -2, "the program" },
	{ "denied", "power10",
	  RUN(ROW("H_PAGE_INIT", "deny", "denied", "\"denied\": 9")),
	  COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_LEAVE, 9, -2, "denies" },
	{ "the kernel refused it", "power10",
	  RUN(ROW("H_PAGE_INIT", "kernel", "user", "\"user\": 9")),
	  COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_LEAVE, 9, -2, "did not take it" },
	{ "never called", "power10",
	  RUN(USER("H_PAGE_INIT", "\"user\": 0")), COSTS(""), NULL,
	  "H_PAGE_INIT", ADVICE_NONE, 0, -2, NULL },
	{ "no kernel has it", "power10",
	  RUN(ROW("H_PUT_TERM_CHAR", "kernel", "user", "\"user\": 9")),
	  COSTS(""), NULL,
	  "H_PUT_TERM_CHAR", ADVICE_STAY, 9, -2, "" },
	{ "this host's kernel cannot", "power8",
	  RUN(ROW("H_RANDOM", "kernel", "user", "\"user\": 9")),
	  NULL, NULL,
	  "H_RANDOM", ADVICE_STAY, 9, -2, "no random number generator" },
	{ "in the kernel, and faster there", "power10",
	  RUN(KERNEL("H_PAGE_INIT", "\"kernel\": 9")),
	  COSTS(COST("H_PAGE_INIT", "12000", "2000")), NULL,
	  "H_PAGE_INIT", ADVICE_NONE, 9, -2, NULL },
	{ "in the kernel, and slower there", "power10",
	  RUN(KERNEL("H_PAGE_INIT", "\"kernel\": 9")),
	  COSTS(COST("H_PAGE_INIT", "12000", "22000")), NULL,
	  "H_PAGE_INIT", ADVICE_USER, 9, 90000, "faster" },
	{ "the same, but kept", "power10",
	  RUN(KERNEL("H_PAGE_INIT", "\"kernel\": 9")),
	  COSTS(COST("H_PAGE_INIT", "12000", "22000")), "H_PAGE_INIT",
	  "H_PAGE_INIT", ADVICE_LEAVE, 9, -2, "--keep" },
	{ "the same, but not counted", "power10",
	  RUN(KERNEL("H_PAGE_INIT", "\"user\": 0")),
	  COSTS(COST("H_PAGE_INIT", "12000", "22000")), NULL,
	  "H_PAGE_INIT", ADVICE_NONE, 0, -2, NULL },
	{ "the same, with state that others share", "power8",
	  RUN(KERNEL("H_ENTER", "\"kernel\": 9")),
	  COSTS(COST("H_ENTER", "12000", "22000")), NULL,
	  "H_ENTER", ADVICE_NONE, 9, -2, NULL },
};

static void each_call_has_its_advice(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct made *m = make(rows[i].host, rows[i].run, rows[i].costs,
				      rows[i].keep);
		const struct advised *a = of(m, rows[i].call);

		if (a->advice != rows[i].advice || a->count != rows[i].count)
			fail_msg("%s: advice %d, count %ju", rows[i].what,
				 (int)a->advice, (uintmax_t)a->count);
		if (rows[i].gain_ns != -2) {
			assert_int_equal(a->known, rows[i].gain_ns != -1);
			assert_int_equal(a->gain_ns, a->known ?
					 rows[i].gain_ns : 0);
		}
		if (rows[i].why && !strstr(a->why, rows[i].why))
			fail_msg("%s: %s", rows[i].what, a->why);
		unmake(m);
	}
}

static void numbers_beyond_measure_stay_numbers(void **state)
{
	struct made *m = make("power10",
		RUN(USER("H_PAGE_INIT", "\"user\": 1099511627776") ", "
		    USER("H_SET_MODE", "\"user\": 1099511627776")),
		COSTS(COST("H_PAGE_INIT", "3600000000000", "1") ", "
		      COST("H_SET_MODE", "10000000", "1")), NULL);

	(void)state;
	/* The first does not fit into 64 bits, the second into 63. */
	assert_int_equal(of(m, "H_PAGE_INIT")->advice, ADVICE_KERNEL);
	assert_true(of(m, "H_PAGE_INIT")->gain_ns > 0);
	assert_int_equal(of(m, "H_SET_MODE")->advice, ADVICE_KERNEL);
	assert_true(of(m, "H_SET_MODE")->gain_ns > 0);
	unmake(m);
}

/* --- calls that share state */

#define INTERRUPTS \
	USER("H_XIRR", "\"user\": 100") ", " \
	USER("H_EOI", "\"user\": 50%s") ", " \
	USER("H_CPPR", "\"user\": 0") ", " USER("H_IPI", "\"user\": 0") ", " \
	USER("H_IPOLL", "\"user\": 0") ", " USER("H_XIRR_X", "\"user\": 0")
#define ALL_INTERRUPTS \
	"H_XIRR", "H_EOI", "H_CPPR", "H_IPI", "H_IPOLL", "H_XIRR_X"

static void calls_that_share_state_move_together(void **state)
{
	static const char *const names[] = { ALL_INTERRUPTS };
	char run[1000];
	struct made *m;

	(void)state;
	snprintf(run, sizeof(run), RUN(INTERRUPTS), "");
	m = make("nested", run, COSTS(""), NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(of(m, names[i])->advice, ADVICE_KERNEL);
		assert_int_equal(of(m, names[i])->group_ns, 1500000);
		assert_string_equal(of(m, names[i])->shares,
				    "interrupt presentation");
	}
	unmake(m);
}

static void one_that_is_left_keeps_the_others(void **state)
{
	char run[1000];
	struct made *m;

	(void)state;
	snprintf(run, sizeof(run), RUN(INTERRUPTS), ", \"on-purpose\": 1");
	m = make("nested", run, COSTS(""), NULL);
	assert_int_equal(of(m, "H_XIRR")->advice, ADVICE_LEAVE);
	assert_non_null(strstr(of(m, "H_XIRR")->why, "shares state"));
	assert_int_equal(plan_count(&m->plan, ADVICE_KERNEL), 0);
	unmake(m);
}

/* --- order */

static void the_largest_gain_is_first(void **state)
{
	struct made *m = make("power10",
		RUN(USER("H_SET_DABR", "\"user\": 5") ", "
		    USER("H_PAGE_INIT", "\"user\": 500") ", "
		    USER("H_SET_MODE", "\"user\": 50") ", "
		    ROW("H_RANDOM", "vmm", "vmm", "\"vmm\": 9999")),
		COSTS(""), NULL);

	(void)state;
	assert_string_equal(m->plan.call[0].call->name, "H_PAGE_INIT");
	assert_string_equal(m->plan.call[1].call->name, "H_SET_MODE");
	assert_string_equal(m->plan.call[2].call->name, "H_SET_DABR");
	assert_string_equal(m->plan.call[3].call->name, "H_RANDOM");
	unmake(m);
}

static void a_group_has_the_place_of_its_sum(void **state)
{
	char run[1000];
	struct made *m;

	(void)state;
	snprintf(run, sizeof(run), RUN(USER("H_PAGE_INIT", "\"user\": 120")
				       ", " INTERRUPTS), "");
	m = make("nested", run, COSTS(""), NULL);
	assert_string_equal(m->plan.call[0].call->name, "H_XIRR");
	assert_string_equal(m->plan.call[1].call->name, "H_EOI");
	assert_true(of(m, "H_PAGE_INIT") > of(m, "H_EOI"));
	unmake(m);
}

/* --- what is shown */

static void assert_shown(const struct made *m, const char *wanted)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	plan_text(to, &m->plan);
	fclose(to);
	assert_string_equal(text, wanted);
	free(text);
}

#define SOME \
	USER("H_PAGE_INIT", "\"user\": 1000" TIMED) ", " \
	USER("H_SET_MODE", "\"user\": 2") ", " \
	ROW("H_SET_DABR", "vmm", "vmm", "\"vmm\": 7") ", " \
	ROW("H_PUT_TERM_CHAR", "kernel", "user", "\"user\": 70") ", " \
	KERNEL("H_CEDE", "\"user\": 0")

static void the_tables_say_what_why_and_whence(void **state)
{
	struct made *m = make("power10", RUN(SOME), COSTS(""), NULL);

	(void)state;
	assert_shown(m,
"hypercall                     count now         better   gain in us  of run"
"  why\n"
"H_PAGE_INIT                    1000 user        kernel      13000.0   6.5 %"
"  the kernel answers it without leaving the guest\n"
"H_SET_MODE                        2 user        kernel         20.0   0.0 %"
"  the kernel answers it, and may hand some over: this at most\n"
"together                       1002                         13020.0   6.5 %"
"  1002 calls fewer leave the guest\n"
"\n"
"not to be moved:\n"
"H_SET_DABR                        7 vmm         the program that uses the "
"library answers it, on purpose\n"
"\n"
"hypercalls that stay in userspace, as the kernel does not know them: 1, "
"called 70 times\n"
"\n"
"hypercalls that the kernel answers and that were not counted: 1\n"
"\n"
"gains: answers in userspace from the recording where it has them, all else "
"from the costs\n");
	unmake(m);
}

static void without_times_there_is_a_question_mark(void **state)
{
	struct made *m = make("power10",
		"{\"hcalls\": [" USER("H_PAGE_INIT", "\"user\": 3") "]}",
		NULL, NULL);

	(void)state;
	assert_shown(m,
"hypercall                     count now         better   gain in us  of run"
"  why\n"
"H_PAGE_INIT                       3 user        kernel            ?       ?"
"  the kernel answers it without leaving the guest\n"
"together                          3                               ?       ?"
"  3 calls fewer leave the guest\n"
"\n"
"gains: not known: the run had no --timing, and there are no --costs\n");
	unmake(m);
}

static void that_nothing_is_gained_is_said(void **state)
{
	struct made *m = make("power10", RUN(""), COSTS(""), NULL);
	json_t *json = plan_json(&m->plan);

	(void)state;
	assert_shown(m, "nothing is to be gained: no call has a better place "
		     "that is known\n");
	assert_int_equal(json_array_size(json_object_get(json, "move")), 0);
	json_decref(json);
	unmake(m);
}

static void json_has_the_same(void **state)
{
	struct made *m = make("power10", RUN(SOME), COSTS(""), NULL);
	json_t *json = plan_json(&m->plan), *row;

	(void)state;
	row = json_array_get(json_object_get(json, "move"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "name")),
			    "H_PAGE_INIT");
	assert_string_equal(json_string_value(json_object_get(row, "better")),
			    "kernel");
	assert_int_equal(json_integer_value(json_object_get(row, "gain-ns")),
			 13000000);
	assert_string_equal(json_string_value(json_object_get(row,
				"user-time")), "recording");
	row = json_array_get(json_object_get(json, "leave"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "name")),
			    "H_SET_DABR");
	json_decref(json);
	unmake(m);
}

/* --- the policy */

#define HEAD(host) "# By papr advise, for the host " host ".  A recording " \
	"does not have\n# routes of RTAS calls, faults and log: add them.\n"

static void assert_policy(const char *host, const char *run, const char *wanted)
{
	struct made *m = make(host, run, NULL, NULL);
	char *text = plan_policy(&m->plan);
	struct papr_route_report *report;
	struct papr_policy *policy;
	struct papr_error error;

	assert_non_null(text);
	assert_string_equal(text, wanted);
	assert_int_equal(papr_policy_parse(text, strlen(text), "policy",
					   &policy, &error), 0);
	report = calloc(papr_hcall_count(), sizeof(*report));
	assert_non_null(report);
	assert_int_equal(papr_route_predict(policy, &m->host, report, &error),
			 0);
	free(report);
	papr_policy_free(policy);
	free(text);
	unmake(m);
}

static void the_policy_moves_what_moves_and_keeps_the_rest(void **state)
{
	char run[1000];

	(void)state;
	assert_policy("power10", RUN(SOME ", "
		ROW("H_RANDOM", "kernel!", "kernel", "\"kernel\": 1") ", "
		ROW("H_READ", "deny", "denied", "\"denied\": 0")),
		HEAD("power10") "hcalls:\n  H_READ: deny\n  H_SET_DABR: vmm\n"
		"  H_RANDOM: kernel!\n");
	assert_policy("power10", RUN(""), HEAD("power10") "default: kernel\n");
	/* Those that were never called go with the others. */
	snprintf(run, sizeof(run), RUN(INTERRUPTS), "");
	assert_policy("nested", run, HEAD("nested") "default: kernel\n");
}

static void what_was_forced_is_forced_again(void **state)
{
	(void)state;
	assert_policy("nested",
		RUN(ROW("H_EOI", "vmm", "vmm", "\"vmm\": 5")),
		HEAD("nested") "force: true\nhcalls:\n  H_EOI: vmm\n");
}

/* --- mistakes */

static void a_bad_recording_is_refused_in_words(void **state)
{
	static const struct {
		const char *run, *sentence;
	} wrong[] = {
		{ "[]", "these are no statistics of papr run" },
		{ "{}", "these are no statistics of papr run" },
		{ "{\"hcalls\": [5]}", "call 1 has no name" },
		{ RUN("{\"name\": 5}"), "call 1 has no name" },
		{ RUN("{\"name\": \"H_FOO\"}"),
		  "call 1: its name is that of no hypercall" },
		{ RUN(ROW("H_RANDOM", "here", "user", "\"user\": 1")),
		  "H_RANDOM: \"requested\" is none that is known" },
		{ RUN(ROW("H_RANDOM", "user", "there", "\"user\": 1")),
		  "H_RANDOM: \"effective\" is none that is known" },
		{ RUN("{\"name\": \"H_RANDOM\"}"),
		  "H_RANDOM: \"requested\" is none that is known" },
		{ RUN(USER("H_RANDOM", "\"user\": -1")),
		  "H_RANDOM: \"user\" is no number from 0 to 1099511627776" },
		{ RUN(USER("H_RANDOM", "\"kernel\": \"1\"")),
		  "H_RANDOM: \"kernel\" is no number from 0 to "
		  "1099511627776" },
		{ RUN(USER("H_RANDOM", "\"vmm\": 1099511627777")),
		  "H_RANDOM: \"vmm\" is no number from 0 to 1099511627776" },
		{ RUN(USER("H_RANDOM", "\"user\": 1") ", "
		      USER("H_RANDOM", "\"user\": 1")),
		  "H_RANDOM is there twice" },
		{ "{\"cpus\": 257, \"hcalls\": []}",
		  "the run: \"cpus\" is no number from 0 to 256" },
		{ "{\"flavour\": \"x\", \"hcalls\": []}",
		  "the run: \"flavour\" is none that is known" },
	};
	struct papr_error error;
	struct recording r;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		json_t *json = parse(wrong[i].run);

		assert_int_not_equal(recording_read(json, &r, &error), 0);
		assert_string_equal(error.text, wrong[i].sentence);
		json_decref(json);
	}
}

static void bad_costs_are_refused_in_words(void **state)
{
	static const struct {
		const char *costs, *sentence;
	} wrong[] = {
		{ "{}", "these are no costs of calls" },
		{ RUN(""), "these are no costs of calls" },
		{ "{\"calls\": []}", "costs: \"exit-ns\", \"user-ns\" and "
		  "\"kernel-ns\" are needed, above 0" },
		{ COSTS("{}"), "call 1 has no name" },
		{ COSTS(COST("H_RANDOM", "-1", "0")), "H_RANDOM: \"user-ns\" "
		  "is no number from 0 to 3600000000000" },
		{ COSTS(COST("H_RANDOM", "1", "1") ", "
			COST("H_RANDOM", "1", "1")),
		  "H_RANDOM is there twice" },
	};
	struct papr_error error;
	struct costs c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		json_t *json = parse(wrong[i].costs);

		assert_int_not_equal(costs_read(json, &c, &error), 0);
		assert_string_equal(error.text, wrong[i].sentence);
		json_decref(json);
	}
}

static void a_recording_knows_its_host(void **state)
{
	static const struct {
		enum papr_flavour flavour;
		uint32_t isa;
		const char *host;	/* NULL: none is like it */
	} known[] = {
		{ PAPR_FLAVOUR_HV, 207, "power8" },
		{ PAPR_FLAVOUR_HV, 300, "power9" },
		{ PAPR_FLAVOUR_HV, 310, "power10" },
		{ PAPR_FLAVOUR_HV, 206, NULL },
		{ PAPR_FLAVOUR_NESTED, 300, "nested" },
		{ PAPR_FLAVOUR_NESTED, 310, "nested" },
		{ PAPR_FLAVOUR_PR, 300, "pr" },
		{ PAPR_FLAVOUR_NONE, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct recording r = {
			.flavour = known[i].flavour, .isa = known[i].isa,
		};
		struct papr_error error;
		struct papr_host host;
		int ret = recording_host(&r, &host, &error);

		assert_int_equal(!ret, known[i].host != NULL);
		if (!ret)
			assert_string_equal(host.name, known[i].host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_has_its_advice),
		cmocka_unit_test(numbers_beyond_measure_stay_numbers),
		cmocka_unit_test(calls_that_share_state_move_together),
		cmocka_unit_test(one_that_is_left_keeps_the_others),
		cmocka_unit_test(the_largest_gain_is_first),
		cmocka_unit_test(a_group_has_the_place_of_its_sum),
		cmocka_unit_test(the_tables_say_what_why_and_whence),
		cmocka_unit_test(without_times_there_is_a_question_mark),
		cmocka_unit_test(that_nothing_is_gained_is_said),
		cmocka_unit_test(json_has_the_same),
		cmocka_unit_test(
			the_policy_moves_what_moves_and_keeps_the_rest),
		cmocka_unit_test(what_was_forced_is_forced_again),
		cmocka_unit_test(a_bad_recording_is_refused_in_words),
		cmocka_unit_test(bad_costs_are_refused_in_words),
		cmocka_unit_test(a_recording_knows_its_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
