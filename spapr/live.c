/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other routes while the guest runs.
 *
 * A call must find its answer at every moment.  So the kernel first takes what
 * it is to answer; then the new table is published, which answers in userspace
 * what has left the kernel, by the old routes or by the new ones; and last the
 * kernel lets go of what it no more answers.  Back it goes the other way round.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/handover.h"
#include "spapr/policy.h"
#include "spapr/routes.h"
#include "spapr/routing.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* Who answers an RTAS call of the interrupt sources. */
static const char *source_side(const struct papr_vm *vm,
			       const struct papr_policy *policy, int row)
{
	enum papr_route route = papr_policy_rtas_route(policy,
						       &rtas_table[row]);

	if (route == PAPR_ROUTE_KERNEL && vm->host_ops.define_rtas && !vm->xics)
		return "kernel";
	return route == PAPR_ROUTE_DENY || !vm->xics ? "nobody" : "user";
}

/* They are the kernel's from the seal on, or never. */
static int check_rtas(const struct papr_vm *vm,
		      const struct papr_policy *policy,
		      struct papr_error *error)
{
	for (int row = 0; row < RTAS_ROWS; row++) {
		const char *old, *new;

		if (!papr_rtas_in_kernel(&rtas_table[row]))
			continue;
		old = source_side(vm, vm->policy, row);
		new = source_side(vm, policy, row);
		if (strcmp(old, new))
			return error_set(error, -EBUSY, "%s would change from "
					 "%s to %s: the state of interrupt "
					 "sources does not change hands while "
					 "the guest runs",
					 rtas_table[row].name, old, new);
	}
	return 0;
}

/* The kernel and the table; on failure both are as before. */
static int move(struct papr_vm *vm, const struct routes_change *change,
		struct routing *routing, struct papr_error *error)
{
	struct routing *old = routing_now(vm);
	int r = routes_switch(change, true, error);

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
	if (routes_switch_back(change, true))
		error_set(error, r, "the kernel took neither the new routes "
			  "nor all of the old ones back: it is between the "
			  "two");
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
	int r = routes_plan(&change, error);

	if (!r)
		r = handover_plan(vm, vm->routes, next, error);
	if (!r)
		r = check_rtas(vm, policy, error);
	if (r)
		return r;
	routing = routing_new(vm, policy, next, routing_now(vm));
	if (!routing)
		return error_set(error, -ENOMEM, "out of memory");
	r = move(vm, &change, routing, error);
	if (!r)
		memcpy(vm->routes, next, sizeof(next));
	return r;
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
