/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies from the inside: flat, so that a copy is a memdup. */
#ifndef SPAPR_POLICY_H
#define SPAPR_POLICY_H

#include <papr/policy.h>

#include "hcalls/catalogue.h"
#include "rtas/catalogue.h"

/* What a policy says of a call, a set or everything. */
struct statement {
	bool said;
	bool log;
	bool fault_said;
	enum papr_route route;
	unsigned int line;	/* in its file, or 0 */
	struct papr_fault fault;
};

struct papr_policy {
	struct statement all;
	struct statement by_set[HCALL_ROWS];
	struct statement by_call[HCALL_ROWS];
	struct statement rtas[RTAS_ROWS];
	bool force;
};

/* "kernel" and so on; -EINVAL if @name is no route. */
int policy_route_by_name(const char *name, enum papr_route *route);

/*
 * The setters of the API, for whole statements.  Where both have a line, a
 * call with two names must not be given two, nor a call of two sets two that
 * differ: -EEXIST.
 */
int policy_set_default(struct papr_policy *policy, const struct statement *st,
		       struct papr_error *error);
int policy_set_set(struct papr_policy *policy, const char *set,
		   const struct statement *st, struct papr_error *error);
int policy_set_hcall(struct papr_policy *policy, const char *name,
		     const struct statement *st, struct papr_error *error);
int policy_set_rtas(struct papr_policy *policy, const char *name,
		    const struct statement *st, struct papr_error *error);

/*
 * Whether the calls of interrupt presentation are this library's: some are
 * routed to it, and none to the kernel.  The RTAS calls of the sources, the
 * only ones a kernel may answer, go with them.
 */
bool policy_takes_interrupts(const struct papr_policy *policy);

#endif
