/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State that calls share, when other routes give them to somebody else while
 * the guest runs.
 */
#ifndef SPAPR_HANDOVER_H
#define SPAPR_HANDOVER_H

#include <stdbool.h>

#include <papr/vm.h>

#define HANDOVER_SEAMS 1

/* What changes hands, and which way: to this library, or to the host. */
struct handover {
	enum { HANDOVER_STAYS, HANDOVER_TAKEN, HANDOVER_GIVEN }
		way[HANDOVER_SEAMS];
};

/*
 * Fills @plan for calls that go from who answers them in @old to who does in
 * @next, HCALL_ROWS each, and prepares what they need.  0; -EBUSY for state
 * that cannot change hands, or the host's error.
 */
int handover_plan(struct papr_vm *vm, const struct papr_route_report *old,
		  const struct papr_route_report *next, struct handover *plan,
		  struct papr_error *error);

/*
 * Whether the calls of what changes hands still all do, in a @next that knows
 * what the kernel has taken.
 */
int handover_check(const struct papr_route_report *old,
		   const struct papr_route_report *next,
		   const struct handover *plan, struct papr_error *error);

/* Whether vCPUs must be held for it, which is between these two. */
bool handover_stops(const struct handover *plan);
void handover_begin(struct papr_vm *vm);
void handover_end(struct papr_vm *vm);

/*
 * All of the plan, with @policy, or nothing; and back, while vm->policy is the
 * one before.  0 or the host's error.
 */
int handover_do(struct papr_vm *vm, const struct handover *plan,
		const struct papr_policy *policy, struct papr_error *error);
int handover_undo(struct papr_vm *vm, const struct handover *plan,
		  struct papr_error *error);

#endif
