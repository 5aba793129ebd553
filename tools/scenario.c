/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tools/scenario.h"

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_DELIVERED] = "delivered",
	[OUTCOME_ARCHITECTED] = "architected",
	[OUTCOME_DROPPED] = "dropped",
	[OUTCOME_CHECKSTOP] = "checkstop",
	[OUTCOME_CANCELLED] = "cancelled",
};

struct step *scenario_add(struct scenario *scenario, enum step_kind kind)
{
	struct step *steps = reallocarray(scenario->steps, scenario->count + 1,
					  sizeof(*steps)), *step;

	if (!steps)
		return NULL;
	scenario->steps = steps;
	step = &steps[scenario->count++];
	*step = (struct step){
		.kind = kind, .cpu = CPU_OF_LAST, .ms = SCENARIO_WITHIN_MS,
	};
	return step;
}

void scenario_free(struct scenario *scenario)
{
	size_t i;

	for (i = 0; i < scenario->count; i++)
		injection_free(&scenario->steps[i].injection);
	free(scenario->steps);
	memset(scenario, 0, sizeof(*scenario));
}
