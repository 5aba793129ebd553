/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading scenarios: what is one, what is none, and what is said of that. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/scenario.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct scenario scenario;

static int end(void **state)
{
	(void)state;
	scenario_free(&scenario);
	return 0;
}

static void good(const char *text)
{
	struct papr_error error;

	if (scenario_parse(text, strlen(text), "s.yaml", &scenario, &error))
		fail_msg("%s", error.text);
}

static const char *said(size_t step, const char *argument)
{
	const json_t *value = json_object_get(
		scenario.steps[step].injection.args, argument);

	return json_is_string(value) ? json_string_value(value) : "nothing";
}

static void every_step_there_is_is_understood(void **state)
{
	static const enum step_kind kinds[] = {
		STEP_INJECT, STEP_INJECT, STEP_OUTCOME, STEP_OUTCOME,
		STEP_OUTCOME, STEP_RELEASE, STEP_RELEASE, STEP_END,
		STEP_PAUSE, STEP_COMMAND, STEP_COMMAND, STEP_COMMAND,
		STEP_COMMAND,
	};
	size_t i;

	(void)state;
	good("steps:\n"
	     "  - inject: slb:multihit\n"
	     "  - inject: { error: tlb, at-hypercall: H_CEDE:3 }\n"
	     "  - expect: delivered\n"
	     "  - expect: { outcome: dropped, cpu: 2, within: 1 }\n"
	     "  - wait: outcome\n"
	     "  - wait: release\n"
	     "  - wait: { for: release, cpu: 0, within: 20ms }\n"
	     "  - wait: end\n"
	     "  - pause: 3\n"
	     "  - nmi\n"
	     "  - stop\n"
	     "  - cont\n"
	     "  - quit\n");
	assert_int_equal(scenario.count, ARRAY_SIZE(kinds));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		assert_int_equal(scenario.steps[i].kind, kinds[i]);
		assert_int_equal(scenario.steps[i].line, i + 2);
	}
	assert_string_equal(said(0, "subtype"), "multihit");
	assert_int_equal(scenario.steps[2].outcomes,
			 OUTCOME_BIT(OUTCOME_DELIVERED));
	assert_int_equal(scenario.steps[2].cpu, CPU_OF_LAST);
	assert_int_equal(scenario.steps[3].outcomes,
			 OUTCOME_BIT(OUTCOME_DROPPED));
	assert_int_equal(scenario.steps[3].cpu, 2);
	assert_int_equal(scenario.steps[3].ms, 1000);
	assert_int_equal(scenario.steps[4].outcomes, OUTCOME_ANY);
	assert_int_equal(scenario.steps[6].ms, 20);
	assert_int_equal(scenario.steps[8].ms, 3000);
	assert_string_equal(scenario.steps[9].command, "inject-nmi");
	assert_string_equal(scenario.steps[12].command, "quit");
}

static void defaults_hold_unless_said_otherwise(void **state)
{
	(void)state;
	good("steps:\n"
	     "  - inject: { error: slb }\n"
	     "  - inject: { context: user, within: 1 }\n"
	     "  - wait: release\n"
	     "defaults: { error: tlb, context: kernel, within: 7 }\n");
	assert_string_equal(said(0, "type"), "slb");
	assert_string_equal(said(0, "context"), "kernel");
	assert_int_equal(scenario.steps[0].ms, 7000);
	assert_string_equal(said(1, "type"), "tlb");
	assert_string_equal(said(1, "context"), "user");
	assert_int_equal(scenario.steps[1].ms, 1000);
	assert_int_equal(scenario.steps[2].ms, 7000);
}

static void aliases_are_what_they_stand_for(void **state)
{
	(void)state;
	good("steps: [ inject: &x { error: slb, cpu: 1 }, inject: *x ]");
	assert_int_equal(scenario.count, 2);
	assert_string_equal(said(1, "type"), "slb");
}

static void the_symbol_file_is_beside_the_scenario(void **state)
{
	char dir[] = "/tmp/papr-scenario-XXXXXX", path[64], map[64];
	struct papr_error error;
	FILE *f;
	int r;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(map, sizeof(map), "%s/map", dir);
	f = fopen(map, "w");
	fputs("c000000000010000 t do_idle\n", f);
	fclose(f);
	snprintf(path, sizeof(path), "%s/s.yaml", dir);
	f = fopen(path, "w");
	fputs("symbols: map\n"
	      "steps: [ inject: { error: slb, at-symbol: do_idle } ]\n", f);
	fclose(f);
	r = scenario_load(path, &scenario, &error);
	unlink(path);
	unlink(map);
	rmdir(dir);
	if (r)
		fail_msg("%s", error.text);
	assert_non_null(json_object_get(scenario.steps[0].injection.args,
					"at-pc"));
}

/* What is no scenario, and what is said of it. */
static const struct {
	const char *text;
	const char *sentence;
} bad[] = {
	{ "", "s.yaml:1:1: there is nothing in it" },
	{ "# nothing\n", "s.yaml:1:1: there is nothing in it" },
	{ "---\n", "s.yaml:2:1: here should be a scenario, with \"steps:\"" },
	{ "stop\n", "s.yaml:1:1: here should be a scenario, with \"steps:\"" },
	{ "- stop\n",
	  "s.yaml:1:1: here should be a scenario, with \"steps:\"" },
	{ "{}\n", "s.yaml:1:1: there are no steps in it" },
	{ "steps: []\n", "s.yaml:1:1: there are no steps in it" },
	{ "steps:\n", "s.yaml:1:7: here should be a list of steps, each on "
	  "lines that begin with \"- \"" },
	{ "steps: { inject: slb }\n", "s.yaml:1:8: here should be a list of "
	  "steps, each on lines that begin with \"- \"" },
	{ "steps: [ stop ]\nstep: 1\n", "s.yaml:2:1: step is unknown here; "
	  "there are symbols, defaults and steps" },
	{ "steps: [ stop ]\nsteps: [ cont ]\n", "s.yaml:2:1: steps is here a "
	  "second time, the first is in line 1" },
	{ "steps: [ stop ]\n---\nsteps: [ cont ]\n",
	  "s.yaml:3:1: a second document; only one is taken" },
	{ "steps: [ dance ]\n", "s.yaml:1:10: dance is no step; there are "
	  "inject, expect, wait, pause, nmi, stop, cont and quit" },
	{ "steps:\n  - dance: 1\n", "s.yaml:2:5: dance is no step; there are "
	  "inject, expect, wait, pause, nmi, stop, cont and quit" },
	{ "steps: [ '' ]\n", "s.yaml:1:10: here should be a step, such as "
	  "\"- inject: slb:multihit\", and there is nothing" },
	{ "steps: [ [ stop ] ]\n", "s.yaml:1:10: here should be a step, such "
	  "as \"- inject: slb:multihit\"" },
	{ "steps: [ {} ]\n", "s.yaml:1:10: here should be a step, such as "
	  "\"- inject: slb:multihit\"" },
	{ "steps:\n  - inject: slb\n    wait: release\n", "s.yaml:3:5: a step "
	  "is one thing: begin the next with \"- \"" },
	{ "steps: [ stop: 1 ]\n", "s.yaml:1:10: stop stands alone" },
	{ "steps: [ inject ]\n", "s.yaml:1:10: inject what is not said" },
	{ "steps: [ inject: [ slb ] ]\n", "s.yaml:1:18: here should be an "
	  "injection, such as { error: slb:multihit, cpu: 1 }" },
	{ "steps: [ inject: slab ]\n", "s.yaml:1:18: error: slab is none of "
	  "ue, slb, erat, unknown, tlb, d-cache, i-cache, ra" },
	{ "steps:\n  - inject:\n      error: slb\n      cpu: two\n",
	  "s.yaml:4:12: cpu: two is no vCPU, a number up to 2047" },
	{ "steps:\n  - inject:\n      error: slb\n      pcu: 2\n",
	  "s.yaml:4:7: pcu is unknown here; there are error, ea, logical, "
	  "severity, disposition, cpu, context, repeat, at-hypercall, at-pc, "
	  "at-symbol and at-function" },
	{ "steps: [ inject: { error: slb, error: slb } ]\n", "s.yaml:1:32: "
	  "error is here a second time, the first is in line 1" },
	{ "steps: [ inject: { at-pc: 0x4, at-symbol: x } ]\n", "s.yaml:1:43: "
	  "at-symbol: only one of at-hypercall, at-pc, at-symbol and "
	  "at-function can be said" },
	{ "steps: [ inject: { cpu: 1 } ]\n", "s.yaml:1:18: what kind of error "
	  "it is is not said, such as slb:multihit" },
	{ "steps: [ inject: { error: slb, <<: { cpu: 1 } } ]\n",
	  "s.yaml:1:36: here should be a value" },
	{ "steps: [ inject: { error: slb, within: soon } ]\n", "s.yaml:1:40: "
	  "soon is no time up to a day, such as 30, 30s or 500ms" },
	{ "steps: [ inject: { error: \"s\\nb\" } ]\n",
	  "s.yaml:1:27: here should be a value, on one line" },
	{ "steps: [ inject: { error: slb, at-symbol: x } ]\n", "s.yaml:1:18: "
	  "where x is, a symbol file tells: the guest's vmlinux, System.map "
	  "or /proc/kallsyms" },
	{ "steps: [ expect: happiness ]\n", "s.yaml:1:18: happiness is none of "
	  "delivered, architected, dropped, checkstop, cancelled" },
	{ "steps: [ expect: { cpu: 1 } ]\n",
	  "s.yaml:1:18: which outcome is not said" },
	{ "steps: [ expect: { outcome: dropped, cpu: 2048 } ]\n",
	  "s.yaml:1:43: 2048 is no vCPU, a number up to 2047" },
	{ "steps: [ expect: { for: release } ]\n",
	  "s.yaml:1:20: for is unknown here; there are outcome, cpu and "
	  "within" },
	{ "steps: [ wait: godot ]\n",
	  "s.yaml:1:16: godot is none of outcome, release, end" },
	{ "steps: [ wait: {} ]\n",
	  "s.yaml:1:16: what to wait for is not said" },
	{ "steps: [ wait: { outcome: dropped } ]\n", "s.yaml:1:18: outcome is "
	  "unknown here; there are for, cpu and within" },
	{ "steps: [ pause: long ]\n", "s.yaml:1:17: long is no time up to a "
	  "day, such as 30, 30s or 500ms" },
	{ "steps: [ pause: {} ]\n",
	  "s.yaml:1:17: here should be a time, such as 30s" },
	{ "defaults: 1\nsteps: [ stop ]\n",
	  "s.yaml:1:11: here should be settings of injections" },
	{ "defaults: { pause: 1 }\nsteps: [ stop ]\n", "s.yaml:1:13: pause is "
	  "unknown here; there are error, ea, logical, severity, disposition, "
	  "cpu, context, repeat, at-hypercall, at-pc, at-symbol and "
	  "at-function" },
	{ "symbols: /nowhere/map\nsteps: [ stop ]\n",
	  "s.yaml:1:10: /nowhere/map: No such file or directory" },
	{ "symbols: []\nsteps: [ stop ]\n",
	  "s.yaml:1:10: here should be the name of a symbol file" },
	{ "steps: [ stop\n", "s.yaml:2:1: not YAML: did not find expected ',' "
	  "or ']' while parsing a flow sequence" },
	{ "steps: &x [ *x ]\n", "s.yaml:1:8: here should be a step, such as "
	  "\"- inject: slb:multihit\"" },
	{ "steps: [ *x ]\n", "s.yaml:1:10: not YAML: found undefined alias" },
	{ "a\n\xff\n", "s.yaml:2:1: not YAML: invalid leading UTF-8 octet" },
};

static void what_is_no_scenario_is_refused_with_its_place(void **state)
{
	struct papr_error error;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(scenario_parse(bad[i].text,
						strlen(bad[i].text), "s.yaml",
						&scenario, &error), -EINVAL);
		assert_string_equal(error.text, bad[i].sentence);
		assert_null(scenario.steps);
	}
}

static void a_word_that_is_too_long_is_refused(void **state)
{
	char text[2000] = "steps: [ inject: ";
	struct papr_error error;

	(void)state;
	memset(text + 17, 'a', 1500);
	strcpy(text + 1517, " ]");
	assert_int_equal(scenario_parse(text, strlen(text), "s.yaml",
					&scenario, &error), -EINVAL);
	assert_string_equal(error.text, "s.yaml:1:18: here should be an error, "
			    "such as slb:multihit, and not 1500 bytes");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_step_there_is_is_understood,
					  end),
		cmocka_unit_test_teardown(defaults_hold_unless_said_otherwise,
					  end),
		cmocka_unit_test_teardown(aliases_are_what_they_stand_for,
					  end),
		cmocka_unit_test_teardown(
			the_symbol_file_is_beside_the_scenario, end),
		cmocka_unit_test(what_is_no_scenario_is_refused_with_its_place),
		cmocka_unit_test(a_word_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
