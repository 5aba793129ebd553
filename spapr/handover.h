/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State that calls share, when other routes give them to somebody else while
 * the guest runs.
 */
#ifndef SPAPR_HANDOVER_H
#define SPAPR_HANDOVER_H

#include <papr/vm.h>

/*
 * Whether the calls may go from who answers them in @old to who does in @next,
 * HCALL_ROWS each, and what has to be prepared for it.  0; -EBUSY for state
 * that cannot change hands, or the host's error.
 */
int handover_plan(struct papr_vm *vm, const struct papr_route_report *old,
		  const struct papr_route_report *next,
		  struct papr_error *error);

#endif
