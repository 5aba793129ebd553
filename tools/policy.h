/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verbs of papr policy share. */
#ifndef TOOLS_POLICY_H
#define TOOLS_POLICY_H

#include <papr/papr.h>

struct job {
	const char *path;
	const char *call;	/* to explain */
	const char *host_name;	/* NULL: none was given */
	const char *control;	/* the socket to apply to */
	bool all;
	bool json;
	struct papr_policy *policy;
	struct papr_host host;
	struct papr_route_report *report;
	struct papr_error error;
};

/* To a running guest; an exit status. */
int policy_apply(struct job *job);

/* Both need @job's policy and host, the first its report as well. */
void explain_hcall(const struct job *job, const struct papr_call_info *call);
void explain_rtas(const struct job *job, const struct papr_call_info *call);

#endif
