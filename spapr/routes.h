/* SPDX-License-Identifier: BSD-2-Clause */
/* From what a policy asks for to what really happens. */
#ifndef SPAPR_ROUTES_H
#define SPAPR_ROUTES_H

#include <papr/host.h>
#include <papr/vm.h>

/*
 * Applies @policy to the kernel: sets every switchable call and fills
 * @report, HCALL_ROWS elements.  @old is NULL the first time, else the report
 * in force, to which the kernel is taken back if anything fails: whole or not
 * at all.  Returns 0 or as papr_route_predict().
 */
int routes_apply(const struct papr_policy *policy, const struct papr_host *info,
		 const struct papr_host_ops *ops, void *host,
		 const struct papr_route_report *old,
		 struct papr_route_report *report, struct papr_error *error);

/* True if all calls of a function set are answered by somebody. */
bool routes_set_answered(const struct papr_route_report *report,
			 const char *set);

/* True if the guest's interrupt controller is this library's. */
bool routes_own_xics(const struct papr_route_report *report);

/* A copy that does not depend on the caller's; NULL if out of memory. */
struct papr_policy *policy_copy(const void *owner,
				const struct papr_policy *policy);

#endif
