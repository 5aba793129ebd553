/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other routes while the guest runs.
 *
 * A call must find its answer at every moment.  So the kernel first takes what
 * it is to answer; then the new table is published, which answers in userspace
 * what has left the kernel, by the old routes or by the new ones; and last the
 * kernel lets go of what it no more answers.  Back it goes the other way round.
 *
 * vCPUs are stopped only if state changes hands: handover.c.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/handover.h"
#include "spapr/irqs.h"
#include "spapr/policy.h"
#include "spapr/routes.h"
#include "spapr/routing.h"
#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

/* Who answers an RTAS call of the interrupt sources. */
static const char *source_side(const struct papr_vm *vm,
			       const struct papr_policy *policy, bool here,
			       int row)
{
	enum papr_route route = papr_policy_rtas_route(policy,
						       &rtas_table[row]);

	if (vm_has_xive(vm))
		return "nobody";
	if (route == PAPR_ROUTE_KERNEL && vm->host_ops.define_rtas && !here)
		return "kernel";
	return route == PAPR_ROUTE_DENY || !here ? "nobody" : "user";
}

/* They change hands together with the sources, or not at all. */
static int check_rtas(const struct papr_vm *vm,
		      const struct papr_policy *policy,
		      struct papr_error *error)
{
	bool here = irqs_are_here(vm);

	for (int row = 0; row < RTAS_ROWS; row++) {
		const char *old, *new;

		if (!papr_rtas_in_kernel(&rtas_table[row]))
			continue;
		old = source_side(vm, vm->policy, here, row);
		new = source_side(vm, policy, here, row);
		if (strcmp(old, new))
			return error_set(error, -EBUSY, "%s would change from "
					 "%s to %s: the state of interrupt "
					 "sources does not change hands while "
					 "the guest runs",
					 rtas_table[row].name, old, new);
	}
	return 0;
}

/* Kernel, state and table are to be what they were. */
static void move_back(struct papr_vm *vm, const struct routes_change *change,
		      const struct handover *plan, int err,
		      struct papr_error *error)
{
	struct papr_error second;

	if (handover_undo(vm, plan, &second))
		error_set(error, err, "the state that calls share is between "
			  "the old and the new routes: %s", second.text);
	if (routes_switch_back(change, true))
		error_set(error, err, "the kernel took neither the new routes "
			  "nor all of the old ones back: it is between the "
			  "two");
}

/* The kernel, the state and the table; on failure all are as before. */
static int move(struct papr_vm *vm, const struct routes_change *change,
		const struct handover *plan, struct routing *routing,
		struct papr_error *error)
{
	struct routing *old = routing_now(vm);
	int r = routes_switch(change, true, error);

	if (!r) {
		/* A kernel that does not take a call is else no error. */
		r = handover_check(change->old, change->next, plan, error);
		if (!r)
			r = handover_do(vm, plan, change->policy, error);
		if (r)
			routes_switch_back(change, true);
	}
	if (r) {
		routing_free(routing);
		return r;
	}
	routing_publish(vm, routing);
	r = routes_switch(change, false, error);
	if (!r) {
		routing_retire(vm, old);
		return 0;
	}
	routing_publish(vm, old);
	routing_retire(vm, routing);
	move_back(vm, change, plan, r, error);
	return r;
}

static int change_policy(struct papr_vm *vm, struct papr_policy *policy,
			 struct papr_error *error)
{
	const struct papr_host host = vm_host_granted(vm);
	struct papr_route_report next[HCALL_ROWS];
	const struct routes_change change = {
		.old_policy = vm->policy, .policy = policy,
		.info = &host, .ops = &vm->host_ops, .host = vm->host,
		.old = vm->routes, .next = next,
	};
	struct routing *routing;
	struct handover plan;
	int r = routes_plan(&change, error);

	if (!r)
		r = handover_plan(vm, vm->routes, next, &plan, error);
	if (!r && !handover_stops(&plan))
		r = check_rtas(vm, policy, error);
	if (r)
		return r;
	routing = routing_new(vm, policy, next, routing_now(vm));
	if (!routing)
		return error_set(error, -ENOMEM, "out of memory");
	if (handover_stops(&plan))
		handover_begin(vm);
	r = move(vm, &change, &plan, routing, error);
	if (handover_stops(&plan))
		handover_end(vm);
	if (!r)
		memcpy(vm->routes, next, sizeof(next));
	return r;
}

int routing_renew(struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host host = vm_host_granted(vm);
	struct routing *routing, *old = routing_now(vm);
	int r = routes_apply(vm->policy, &host, &vm->host_ops, vm->host,
			     vm->routes, error);

	if (!r)
		r = prods_settle(vm, error);
	if (r)
		return r;
	routing = routing_new(vm, vm->policy, vm->routes, NULL);
	if (!routing)
		return error_set(error, -ENOMEM, "out of memory");
	routing_publish(vm, routing);
	if (old)
		routing_retire(vm, old);
	return 0;
}

int papr_vm_change_policy(struct papr_vm *vm, const struct papr_policy *policy,
			  struct papr_error *error)
{
	struct papr_policy *copy;
	int r;

	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "a policy is changed after the "
				 "VM is sealed");
	copy = policy_copy(NULL, policy);
	if (!copy)
		return error_set(error, -ENOMEM, "out of memory");
	pthread_mutex_lock(&vm->routes_lock);
	r = change_policy(vm, copy, error);
	if (!r) {
		struct papr_policy *old = vm->policy;

		vm->policy = copy;
		copy = old;
	}
	pthread_mutex_unlock(&vm->routes_lock);
	talloc_free(copy);
	return r;
}
