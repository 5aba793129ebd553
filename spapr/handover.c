/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State that calls share, when they change hands.
 *
 * Most of it is the host's, whoever answers: the page table, which is read and
 * written in the kernel while all vCPUs are held, and the areas of a vCPU.
 * There is nothing to hand over then, and nobody needs to stop.
 *
 * The rest has a seam, a row below: how the state is taken from the host, and
 * how it is given back.  Both run while all vCPUs are held, and leave it where
 * it was if they fail.  Meanwhile a vCPU's thread may be in a call of the
 * guest, or about to be: who answers here looks whether the state still is,
 * and if not says HCALL_AGAIN.
 */
#include "config.h"

#include <errno.h>

#include "spapr/handover.h"
#include "spapr/hpt.h"
#include "spapr/irqs.h"
#include "spapr/routes.h"
#include "spapr/util.h"
#include "spapr/vm.h"

typedef int seam_fn(struct papr_vm *vm, const struct papr_policy *policy,
		    struct papr_error *error);

static const struct seam {
	bool (*has)(int row);
	const char *(*why_not)(const struct papr_vm *vm);
	seam_fn *take, *give;
} seams[] = {
	{ hcall_is_xics, irqs_why_not, irqs_take, irqs_give },
};

_Static_assert(ARRAY_SIZE(seams) == HANDOVER_SEAMS, "a seam has no place");

/* H_CONFER keeps nothing. */
static bool is_hosts(int row)
{
	return hcall_is_hpt(row) || row == HCALL_ROW_H_REGISTER_VPA ||
	       row == HCALL_ROW_H_CONFER;
}

static int way_of(const struct papr_route_report *old,
		  const struct papr_route_report *next)
{
	if (old->effective == PAPR_EFFECTIVE_KERNEL &&
	    next->effective == PAPR_EFFECTIVE_USER)
		return HANDOVER_TAKEN;
	if (old->effective == PAPR_EFFECTIVE_USER &&
	    next->effective == PAPR_EFFECTIVE_KERNEL)
		return HANDOVER_GIVEN;
	return HANDOVER_STAYS;
}

static int refuse(int row, const struct papr_route_report *old,
		  const struct papr_route_report *next, const char *why,
		  struct papr_error *error)
{
	return error_set(error, -EBUSY, "%s would change from %s to %s: %s "
			 "does not change hands while the guest runs%s%s",
			 old->call->name,
			 papr_effective_name(old->effective),
			 papr_effective_name(next->effective),
			 routes_shared(row), why ? ": " : "", why ? why : "");
}

static int find_seam(int row)
{
	int i = ARRAY_SIZE(seams);

	while (i-- && !seams[i].has(row))
		;
	return i;
}

/* Calls of a seam go all the same way, between kernel and user, or stay. */
static int plan_row(const struct papr_vm *vm, int row,
		    const struct papr_route_report *old,
		    const struct papr_route_report *next,
		    struct handover *plan, struct papr_error *error)
{
	int i = find_seam(row), way = way_of(old, next);
	const char *why;

	if (old->effective == next->effective || !routes_shared(row) ||
	    is_hosts(row))
		return 0;
	if (i < 0 || way == HANDOVER_STAYS ||
	    (plan->way[i] != HANDOVER_STAYS && (int)plan->way[i] != way))
		return refuse(row, old, next, NULL, error);
	why = seams[i].why_not(vm);
	if (why)
		return refuse(row, old, next, why, error);
	plan->way[i] = way;
	return 0;
}

/* None of a seam that changes hands may stay behind. */
static int check_whole(int row, const struct papr_route_report *old,
		       const struct papr_route_report *next,
		       const struct handover *plan, struct papr_error *error)
{
	int i = find_seam(row);

	if (i < 0 || plan->way[i] == HANDOVER_STAYS ||
	    (int)plan->way[i] == way_of(old, next))
		return 0;
	return error_set(error, -EBUSY, "%s would stay %s: %s changes hands as "
			 "a whole while the guest runs, or not at all",
			 old->call->name, papr_effective_name(old->effective),
			 routes_shared(row));
}

int handover_check(const struct papr_route_report *old,
		   const struct papr_route_report *next,
		   const struct handover *plan, struct papr_error *error)
{
	int r = 0;

	for (int row = 0; row < HCALL_ROWS && !r; row++)
		r = check_whole(row, &old[row], &next[row], plan, error);
	return r;
}

int handover_plan(struct papr_vm *vm, const struct papr_route_report *old,
		  const struct papr_route_report *next, struct handover *plan,
		  struct papr_error *error)
{
	int r = 0, row;

	*plan = (struct handover){ { 0 } };
	for (row = 0; row < HCALL_ROWS && !r; row++)
		r = plan_row(vm, row, &old[row], &next[row], plan, error);
	if (!r)
		r = handover_check(old, next, plan, error);
	if (!r && routes_own_hpt(next))
		r = hpt_open(vm, error);
	return r;
}

bool handover_stops(const struct handover *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(seams); i++)
		if (plan->way[i] != HANDOVER_STAYS)
			return true;
	return false;
}

void handover_begin(struct papr_vm *vm)
{
	pthread_mutex_lock(&vm->irqs_lock);
	vm_hold_all(vm, true);
}

void handover_end(struct papr_vm *vm)
{
	vm_hold_all(vm, false);
	pthread_mutex_unlock(&vm->irqs_lock);
}

/* The seams below @end, the way they are planned or back. */
static int move(struct papr_vm *vm, const struct handover *plan, size_t end,
		bool back, const struct papr_policy *policy, size_t *done,
		struct papr_error *error)
{
	int r = 0;

	for (*done = 0; *done < end; (*done)++) {
		const struct seam *seam = &seams[*done];
		int way = plan->way[*done];

		if (way == HANDOVER_STAYS)
			continue;
		r = (way == HANDOVER_TAKEN) != back ?
		    seam->take(vm, policy, error) :
		    seam->give(vm, policy, error);
		if (r)
			break;
	}
	return r;
}

int handover_do(struct papr_vm *vm, const struct handover *plan,
		const struct papr_policy *policy, struct papr_error *error)
{
	struct papr_error second;
	size_t done, undone;
	int r = move(vm, plan, ARRAY_SIZE(seams), false, policy, &done, error);

	if (r && move(vm, plan, done, true, vm->policy, &undone, &second))
		error_set(error, r, "the state that calls share is between "
			  "the old and the new routes: %s", second.text);
	return r;
}

int handover_undo(struct papr_vm *vm, const struct handover *plan,
		  struct papr_error *error)
{
	size_t done;

	return move(vm, plan, ARRAY_SIZE(seams), true, vm->policy, &done,
		    error);
}
