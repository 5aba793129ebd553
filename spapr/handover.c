/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State that calls share, when they change hands.
 *
 * Most of it is the host's, whoever answers: the page table, which is read and
 * written in the kernel while all vCPUs are held, and the areas of a vCPU.
 * There is nothing to hand over then, and nobody needs to stop.
 */
#include "config.h"

#include <errno.h>

#include "spapr/handover.h"
#include "spapr/hpt.h"
#include "spapr/routes.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* H_CONFER keeps nothing. */
static bool is_area(int row)
{
	return row == HCALL_ROW_H_REGISTER_VPA || row == HCALL_ROW_H_CONFER;
}

static int check_row(int row, const struct papr_route_report *old,
		     const struct papr_route_report *next,
		     struct papr_error *error)
{
	const char *shared = routes_shared(row);

	if (!shared || old->effective == next->effective ||
	    hcall_is_hpt(row) || is_area(row))
		return 0;
	return error_set(error, -EBUSY, "%s would change from %s to %s: %s "
			 "does not change hands while the guest runs",
			 old->call->name,
			 papr_effective_name(old->effective),
			 papr_effective_name(next->effective), shared);
}

int handover_plan(struct papr_vm *vm, const struct papr_route_report *old,
		  const struct papr_route_report *next,
		  struct papr_error *error)
{
	int r = 0;

	for (int row = 0; row < HCALL_ROWS && !r; row++)
		r = check_row(row, &old[row], &next[row], error);
	if (!r && routes_own_hpt(next))
		r = hpt_open(vm, error);
	return r;
}
