/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scenarios: any bytes are one, or are refused with a place and a reason; and
 * a machine does not refuse what a scenario may ask for.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/scenario.h"
#include "vmm/qmp-inject.h"

/* Symbol files of the corpus are beside it. */
#define NAME "fuzz/corpus/symbols/fuzz"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void check_step(const struct step *step)
{
	struct papr_error error;

	check(step->line > 0 && step->ms >= 0);
	if (step->kind == STEP_INJECT) {
		check(step->injection.repeat > 0);
		check(!qmp_inject_check(step->injection.args, &error));
	}
	if (step->kind == STEP_COMMAND)
		check(step->command != NULL);
	if (step->kind == STEP_OUTCOME)
		check(step->outcomes && !(step->outcomes & ~OUTCOME_ANY));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct papr_error error = { "" };
	struct scenario scenario;
	size_t i;

	if (scenario_parse((const char *)data, size, NAME, &scenario,
			   &error)) {
		check(!scenario.steps && !scenario.count);
		check(!strncmp(error.text, NAME ":", strlen(NAME ":")));
		check(!strchr(error.text, '\n'));
		return 0;
	}
	check(scenario.count > 0);
	for (i = 0; i < scenario.count; i++)
		check_step(&scenario.steps[i]);
	scenario_free(&scenario);
	return 0;
}
