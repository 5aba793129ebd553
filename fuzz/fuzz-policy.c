/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies: any bytes are one, or are refused with a place and a reason. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <papr/host.h>
#include <papr/policy.h>

#include "hcalls/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

/* Whatever the policy, each row is filled and explains itself. */
static void predict(const struct papr_policy *policy, const char *model)
{
	static struct papr_route_report report[HCALL_ROWS];
	struct papr_host host = { .size = sizeof(host) };
	struct papr_error error = { "" };
	int row, r;

	check(!papr_host_model(model, &host, &error));
	memset(report, 0, sizeof(report));
	r = papr_route_predict(policy, &host, report, &error);
	check(!r == !*error.text);
	for (row = 0; row < HCALL_ROWS; row++) {
		check(report[row].call == papr_hcall_at(row));
		check(report[row].reason != NULL);
		check(report[row].effective != PAPR_EFFECTIVE_DENIED ||
		      report[row].requested == PAPR_ROUTE_DENY);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct papr_policy *policy = NULL;
	struct papr_error error = { "" };
	unsigned int i;

	if (papr_policy_parse((const char *)data, size, "fuzz", &policy,
			      &error)) {
		check(!policy);
		check(!strncmp(error.text, "fuzz:", strlen("fuzz:")));
		check(!strchr(error.text, '\n'));
		return 0;
	}
	for (i = 0; papr_host_model_name(i); i++)
		predict(policy, papr_host_model_name(i));
	papr_policy_free(policy);
	return 0;
}
