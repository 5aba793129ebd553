/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statistics, routes and results that papr survey reads: whatever they are,
 * they make calls, cells, policies and tables, and what is shown is printable.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/survey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void check_show(const json_t *survey)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	check(f != NULL);
	survey_show(survey, f);
	survey_markdown(survey, f);
	fclose(f);
	check(strlen(text) == len);
	for (size_t i = 0; i < len; i++)
		check(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	free(text);
}

static void check_plan(const json_t *json)
{
	static const struct survey_wish all;
	const json_t *stats = json_object_get(json, "stats"), *call;
	json_t *kept = survey_kept(json_object_get(json, "routes"));
	json_t *calls = survey_calls(NULL, stats);
	json_t *cells = survey_cells(calls, &all,
				     json_object_get(json, "cells"));
	json_t *kernel = survey_kernel_calls(kept, stats);
	size_t i;

	json_array_foreach(calls, i, call) {
		char *policy = survey_policy(kept, call, survey_fault("busy"));

		check(policy != NULL);
		free(policy);
	}
	json_decref(kernel);
	json_decref(cells);
	json_decref(calls);
	json_decref(kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size,
				  JSON_REJECT_DUPLICATES, NULL);

	check_show(json);
	check_plan(json);
	json_decref(json);
	return 0;
}
