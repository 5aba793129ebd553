/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recording, and in a second line perhaps what calls cost: whatever they
 * say, there are tables, JSON, and a policy that can be had on each host.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/advise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

/* "kernel!" of another host may be too much for this one. */
static void check_policy(const struct plan *plan)
{
	char *text = plan_policy(plan);
	struct papr_route_report *report =
		calloc(plan->n, sizeof(*report));
	struct papr_policy *policy;

	check(text && report);
	check(!papr_policy_parse(text, strlen(text), "policy", &policy, NULL));
	check(papr_route_predict(policy, plan->host, report, NULL) !=
	      -EINVAL);
	papr_policy_free(policy);
	free(report);
	free(text);
}

static void check_text(const struct plan *plan)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	check(to != NULL);
	plan_text(to, plan);
	fclose(to);
	for (size_t i = 0; i < len; i++)
		check(text[i] == '\n' || (text[i] >= ' ' && text[i] < 0x7f));
	free(text);
}

static void advise(const struct recording *recording, const struct costs *costs)
{
	static const char *const keep[] = { "H_RANDOM", NULL };
	struct papr_host host = { .size = sizeof(host) };
	struct papr_error error;
	struct plan plan;
	json_t *json;

	for (unsigned int i = 0; papr_host_model_name(i); i++) {
		check(!papr_host_model(papr_host_model_name(i), &host, &error));
		check(!plan_make(&plan, &host, recording, costs, keep, &error));
		check_text(&plan);
		check_policy(&plan);
		json = plan_json(&plan);
		check(json != NULL);
		json_decref(json);
		plan_free(&plan);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	const char *end = memchr(bytes, '\n', size);
	size_t first = end ? (size_t)(end - bytes) : size;
	json_t *run = json_loadb(bytes, first, JSON_REJECT_DUPLICATES, NULL);
	json_t *cost = end ? json_loadb(end + 1, size - first - 1,
					JSON_REJECT_DUPLICATES, NULL) : NULL;
	struct papr_error error = { "" };
	struct recording recording;
	struct costs costs;
	int has_costs = cost && !costs_read(cost, &costs, &error);

	if (run && !recording_read(run, &recording, &error)) {
		advise(&recording, has_costs ? &costs : NULL);
		recording_free(&recording);
	}
	if (has_costs)
		costs_free(&costs);
	json_decref(run);
	json_decref(cost);
	return 0;
}
