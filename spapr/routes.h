/* SPDX-License-Identifier: BSD-2-Clause */
/* From what a policy asks for to what really happens. */
#ifndef SPAPR_ROUTES_H
#define SPAPR_ROUTES_H

#include <papr/host.h>
#include <papr/vm.h>

/*
 * Applies @policy to the kernel: sets every switchable call and fills
 * @report, HCALL_ROWS elements.  If anything fails, the kernel is taken back
 * to what a new VM has: whole or not at all.  Returns 0 or as
 * papr_route_predict().
 */
int routes_apply(const struct papr_policy *policy, const struct papr_host *info,
		 const struct papr_host_ops *ops, void *host,
		 struct papr_route_report *report, struct papr_error *error);

/* Other routes while vCPUs run: spapr/live.c has the order. */
struct routes_change {
	const struct papr_policy *old_policy;
	const struct papr_policy *policy;	/* the new one */
	const struct papr_host *info;
	const struct papr_host_ops *ops;
	void *host;
	const struct papr_route_report *old;	/* of the old one */
	struct papr_route_report *next;
};

/* Fills @next as if the kernel took it all.  0, or as papr_route_predict(). */
int routes_plan(const struct routes_change *change, struct papr_error *error);

/*
 * Switches on those calls which the kernel is to answer from now on, or off
 * those it no more is; its answers go into @next.  On failure what was
 * switched is taken back.
 */
int routes_switch(const struct routes_change *change, bool on,
		  struct papr_error *error);

/* Takes back what routes_switch() did; 0 or the kernel's error. */
int routes_switch_back(const struct routes_change *change, bool on);

/* What a call shares with others, in words, or NULL. */
const char *routes_shared(int row);

/* True if all calls of a function set are answered by somebody. */
bool routes_set_answered(const struct papr_route_report *report,
			 const char *set);

/* True if the guest's interrupt controller is this library's. */
bool routes_own_xics(const struct papr_route_report *report);

/* True if a call on the guest's page table is answered by this library. */
bool routes_own_hpt(const struct papr_route_report *report);

/* A copy that does not depend on the caller's; NULL if out of memory. */
struct papr_policy *policy_copy(const void *owner,
				const struct papr_policy *policy);

#endif
