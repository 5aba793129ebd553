/* SPDX-License-Identifier: BSD-2-Clause */
/* Injections in a tester's words, and what the machine is asked for. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/injection.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_WORDS 5

static const char map[] =
	"c000000000010000 t do_idle\n"
	"c000000000010040 T after\n";

/* Up to a NULL key; 0 or what the first bad one gave. */
static int set_all(struct injection *injection, const char *const words[][2],
		   struct papr_error *error)
{
	int i, r = 0;

	for (i = 0; !r && i < MAX_WORDS && words[i][0]; i++)
		r = injection_set(injection, words[i][0], words[i][1], error);
	return r;
}

static int complete(struct injection *injection, struct papr_error *error)
{
	struct symbols *symbols;
	int r;

	assert_int_equal(symbols_parse(map, strlen(map), "map", &symbols,
				       error), 0);
	r = injection_complete(injection, symbols, error);
	symbols_free(symbols);
	return r;
}

/* What is said, and the arguments of papr-inject. */
static const struct {
	const char *words[MAX_WORDS][2];
	const char *args;
} good[] = {
	{ { { "error", "slb" } }, "{'type': 'slb'}" },
	{ { { "error", "slb:multihit" } },
	  "{'type': 'slb', 'subtype': 'multihit'}" },
	{ { { "error", "ue:load-store" }, { "ea", "0xC0ffee" },
	    { "logical", "4096" } },
	  "{'type': 'ue', 'subtype': 'load-store', "
	  "'effective-address': '0xc0ffee', 'logical-address': '0x1000'}" },
	{ { { "error", "tlb" }, { "ea", "0xffffffffffffffff" } },
	  "{'type': 'tlb', 'effective-address': '0xffffffffffffffff'}" },
	{ { { "error", "tlb" }, { "disposition", "not-recovered" },
	    { "severity", "fatal" }, { "cpu", "3" }, { "context", "user" } },
	  "{'type': 'tlb', 'disposition': 'not-recovered', "
	  "'severity': 'fatal', 'cpu-index': 3, 'context': 'user'}" },
	{ { { "at-hypercall", "H_PUT_TERM_CHAR:3" }, { "error", "d-cache" } },
	  "{'type': 'd-cache', "
	  "'at-hypercall': {'name': 'H_PUT_TERM_CHAR', 'count': 3}}" },
	{ { { "error", "slb" }, { "at-hypercall", "H_CEDE" } },
	  "{'type': 'slb', 'at-hypercall': {'name': 'H_CEDE', 'count': 1}}" },
	{ { { "error", "slb" }, { "at-hypercall", "any:20" } },
	  "{'type': 'slb', 'at-hypercall': {'count': 20}}" },
	{ { { "error", "slb" }, { "at-pc", "0xc000000000001000" } },
	  "{'type': 'slb', 'at-pc': {'first': '0xc000000000001000', "
	  "'last': '0xc000000000001000'}}" },
	{ { { "error", "slb" }, { "at-pc", "0x1000-0x1ffc" } },
	  "{'type': 'slb', 'at-pc': {'first': '0x1000', 'last': '0x1ffc'}}" },
	/* The global entry, or the local one. */
	{ { { "error", "slb" }, { "at-symbol", "do_idle" } },
	  "{'type': 'slb', 'at-pc': {'first': '0xc000000000010000', "
	  "'last': '0xc000000000010008'}}" },
	{ { { "error", "slb" }, { "at-symbol", "do_idle+0x10" } },
	  "{'type': 'slb', 'at-pc': {'first': '0xc000000000010010', "
	  "'last': '0xc000000000010010'}}" },
	{ { { "error", "slb" }, { "at-symbol", "do_idle+0" } },
	  "{'type': 'slb', 'at-pc': {'first': '0xc000000000010000', "
	  "'last': '0xc000000000010000'}}" },
	{ { { "error", "slb" }, { "at-function", "do_idle" } },
	  "{'type': 'slb', 'at-pc': {'first': '0xc000000000010000', "
	  "'last': '0xc00000000001003c'}}" },
	{ { { "error", "slb" }, { "repeat", "7" } }, "{'type': 'slb'}" },
};

/* JSON without so many backslashes. */
static json_t *json_of(const char *text)
{
	char *copy = strdup(text), *at;
	json_t *json;

	for (at = copy; *at; at++)
		if (*at == '\'')
			*at = '"';
	json = json_loads(copy, 0, NULL);
	free(copy);
	assert_non_null(json);
	return json;
}

static void what_is_said_is_what_the_machine_is_asked_for(void **state)
{
	struct injection injection;
	struct papr_error error;
	json_t *wanted;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(injection_init(&injection), 0);
		if (set_all(&injection, good[i].words, &error) ||
		    complete(&injection, &error))
			fail_msg("%s: %s", good[i].args, error.text);
		wanted = json_of(good[i].args);
		if (!json_equal(injection.args, wanted))
			fail_msg("%s, and not %s",
				 json_dumps(injection.args, 0), good[i].args);
		json_decref(wanted);
		injection_free(&injection);
	}
}

/* What is wrong, and what is said of it. */
static const struct {
	const char *words[MAX_WORDS][2];
	const char *sentence;
} bad[] = {
	{ { { "colour", "red" } }, "colour is unknown here; there are error, "
	  "ea, logical, severity, disposition, cpu, context, repeat, "
	  "at-hypercall, at-pc, at-symbol and at-function" },
	{ { { "error", "slab" } }, "error: slab is none of ue, slb, erat, "
	  "unknown, tlb, d-cache, i-cache, ra" },
	{ { { "error", "slb:" } }, "error:  is none of parity, multihit, "
	  "indeterminate" },
	{ { { "error", "slb:ifetch" } }, "error: ifetch is none of parity, "
	  "multihit, indeterminate" },
	{ { { "error", "d-cache:parity" } }, "error: parity is no name here, "
	  "there are none" },
	{ { { "error", "slb" }, { "error", "slb" } },
	  "error: it is said twice" },
	{ { { "ea", "1000x" } }, "ea: 1000x is no address, such as "
	  "0xc000000000001000" },
	{ { { "ea", "0x" } }, "ea: 0x is no address, such as "
	  "0xc000000000001000" },
	{ { { "ea", "0x10000000000000000" } }, "ea: 0x10000000000000000 is no "
	  "address, such as 0xc000000000001000" },
	{ { { "ea", "-1" } }, "ea: -1 is no address, such as "
	  "0xc000000000001000" },
	{ { { "ea", "0x-1" } }, "ea: 0x-1 is no address, such as "
	  "0xc000000000001000" },
	{ { { "severity", "bad" } },
	  "severity: bad is none of no-error, event, warning, error-sync, "
	  "error, fatal, already-reported" },
	{ { { "disposition", "lost" } }, "disposition: lost is none of "
	  "fully-recovered, limited-recovery, not-recovered" },
	{ { { "cpu", "2048" } }, "cpu: 2048 is no vCPU, a number up to 2047" },
	{ { { "cpu", "all" } }, "cpu: all is no vCPU, a number up to 2047" },
	{ { { "context", "idle" } },
	  "context: idle is none of any, user, kernel" },
	{ { { "repeat", "0" } }, "repeat: 0 times is nothing" },
	{ { { "repeat", "1000001" } },
	  "repeat: 1000001 is no count, a number up to 1000000" },
	{ { { "at-hypercall", "H_PUT_TERM" } },
	  "at-hypercall: H_PUT_TERM is no hypercall; is H_PUT_TCE meant?" },
	{ { { "at-hypercall", "H_CEDE:0" } },
	  "at-hypercall: calls are counted from 1 on" },
	{ { { "at-hypercall", "H_CEDE:x" } },
	  "at-hypercall: x is no count, a number up to 4294967295" },
	{ { { "at-pc", "0x1002" } }, "at-pc: 0x1002 is the address of no "
	  "instruction, which is a multiple of 4" },
	{ { { "at-pc", "0x1000-0x1001" } }, "at-pc: 0x1001 is the address of "
	  "no instruction, which is a multiple of 4" },
	{ { { "at-pc", "0x1004-0x1000" } },
	  "at-pc: 0x1004-0x1000 ends before it begins" },
	{ { { "at-pc", "0x1000-" } }, "at-pc:  is no address, such as "
	  "0xc000000000001000" },
	{ { { "at-pc", "main" } }, "at-pc: main is no address, such as "
	  "0xc000000000001000" },
	{ { { "at-symbol", "+8" } },
	  "at-symbol: here should be the name of a function" },
	{ { { "at-symbol", "do_idle+" } },
	  "at-symbol:  is no offset, a number up to 2147483647" },
	{ { { "at-symbol", "do_idle+2" } }, "at-symbol: 2 is no offset of an "
	  "instruction, which is a multiple of 4" },
	{ { { "at-pc", "0x1000" }, { "at-symbol", "do_idle" } },
	  "at-symbol: only one of at-hypercall, at-pc, at-symbol and "
	  "at-function can be said" },
	/* Wrong as a whole. */
	{ { { "cpu", "1" } },
	  "what kind of error it is is not said, such as slb:multihit" },
	{ { { "error", "d-cache" }, { "ea", "0x1000" } },
	  "the log of a machine check of type d-cache cannot give an effective "
	  "address" },
	{ { { "error", "slb" }, { "severity", "fatal" } },
	  "an error that is fully recovered is not fatal" },
	{ { { "error", "slb" }, { "at-symbol", "do_idl" } },
	  "map: there is no symbol do_idl" },
	{ { { "error", "slb" }, { "at-symbol", "do_idle+0x40" } },
	  "do_idle ends before its byte 0x40" },
	{ { { "error", "slb" }, { "at-function", "after" } },
	  "where after ends is not known; say its addresses by at-pc" },
};

static void what_is_wrong_is_told_in_words(void **state)
{
	struct injection injection;
	struct papr_error error;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(injection_init(&injection), 0);
		r = set_all(&injection, bad[i].words, &error);
		if (!r)
			r = complete(&injection, &error);
		assert_true(r < 0);
		assert_string_equal(error.text, bad[i].sentence);
		injection_free(&injection);
	}
}

static void a_symbol_needs_a_symbol_file(void **state)
{
	struct injection injection;
	struct papr_error error;

	(void)state;
	injection_init(&injection);
	injection_set(&injection, "error", "slb", NULL);
	injection_set(&injection, "at-symbol", "do_idle", NULL);
	assert_int_equal(injection_complete(&injection, NULL, &error),
			 -EINVAL);
	assert_string_equal(error.text, "where do_idle is, a symbol file "
			    "tells: the guest's vmlinux, System.map or "
			    "/proc/kallsyms");
	injection_free(&injection);
}

static void a_copy_may_say_all_anew(void **state)
{
	static const char *const first[MAX_WORDS][2] = {
		{ "error", "slb:parity" }, { "cpu", "1" },
		{ "at-hypercall", "H_CEDE" },
	};
	static const char *const second[MAX_WORDS][2] = {
		{ "error", "tlb" }, { "at-pc", "0x1000" },
	};
	struct injection defaults, copy;
	json_t *wanted = json_of("{'type': 'tlb', 'cpu-index': 1, 'at-pc': "
				 "{'first': '0x1000', 'last': '0x1000'}}");

	(void)state;
	injection_init(&defaults);
	assert_int_equal(set_all(&defaults, first, NULL), 0);
	assert_int_equal(injection_copy(&copy, &defaults), 0);
	assert_int_equal(set_all(&copy, second, NULL), 0);
	assert_true(json_equal(copy.args, wanted));
	assert_string_equal(json_string_value(json_object_get(
		defaults.args, "type")), "slb");
	json_decref(wanted);
	injection_free(&copy);
	injection_free(&defaults);
}

static const struct {
	const char *text;
	int ms;			/* -1: it is none */
} durations[] = {
	{ "0", 0 }, { "5", 5000 }, { "5s", 5000 }, { "500ms", 500 },
	{ "86400", 86400000 }, { "86401", -1 }, { "86400001ms", -1 },
	{ "99999999999999999999", -1 }, { "", -1 }, { "s", -1 },
	{ "-1", -1 }, { "1.5", -1 }, { "5 s", -1 }, { "5m", -1 },
};

static void times_are_seconds_or_milliseconds(void **state)
{
	struct papr_error error;
	size_t i;
	int ms;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(durations); i++) {
		ms = -1;
		error.text[0] = '\0';
		injection_duration(durations[i].text, &ms, &error);
		assert_int_equal(ms, durations[i].ms);
		assert_int_equal(ms == -1, error.text[0] != '\0');
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_is_what_the_machine_is_asked_for),
		cmocka_unit_test(what_is_wrong_is_told_in_words),
		cmocka_unit_test(a_symbol_needs_a_symbol_file),
		cmocka_unit_test(a_copy_may_say_all_anew),
		cmocka_unit_test(times_are_seconds_or_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
