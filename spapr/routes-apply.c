/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes and the kernel's switches.  At the seal all of them are set, as a VM
 * that the program hands over may have been used; in a running guest only
 * those are touched whose call is to be answered by another.
 */
#include <errno.h>
#include <string.h>

#include "spapr/hpt.h"
#include "spapr/policy.h"
#include "spapr/routes-ground.h"
#include "spapr/routes.h"
#include "spapr/util.h"

struct kernel {
	const struct papr_host_ops *ops;
	void *host;
};

/* Which calls are meant: all, or those that change hands one way. */
struct scope {
	const struct ground *was;		/* NULL: all */
	const struct papr_route_report *old;
	bool on;
};

static bool is_meant(const struct ground *g, const struct scope *scope, int row)
{
	if (!ground_switchable(g, row))
		return false;
	return !scope->was || (ground_wanted(g, row) == scope->on &&
			       ground_wanted(scope->was, row) != scope->on);
}

/* Takes the kernel back to where it was, calls below @end. */
static int take_back(const struct kernel *kernel, const struct ground *g,
		     const struct scope *scope, int end)
{
	int row, err, failed = 0;
	bool on;

	for (row = 0; row < end; row++) {
		if (!is_meant(g, scope, row))
			continue;
		on = ground_known(g, row) == PAPR_KERNEL_ON;
		if (scope->was &&
		    scope->old[row].accepted != PAPR_ACCEPTED_REFUSED)
			on = scope->old[row].accepted == PAPR_ACCEPTED_ON;
		err = kernel->ops->enable_hcall(kernel->host,
						hcall_table[row].number, on);
		if (err && err != -EINVAL)	/* a call it does not have */
			failed = err;
	}
	return failed;
}

/*
 * Tells the kernel and notes its answer.  A kernel that does not take what it
 * should answer is no error, userspace then does; nor is one that lacks the
 * call (EINVAL) when it should not answer it.
 */
static int switch_row(const struct kernel *kernel, const struct ground *g,
		      int row, struct papr_route_report *r)
{
	bool on = ground_wanted(g, row);
	int err;

	err = kernel->ops->enable_hcall(kernel->host, r->call->number, on);
	if (!err)
		return 0;
	if (!on && err == -EINVAL) {
		r->accepted = PAPR_ACCEPTED_NONE;
		err = 0;
	} else {
		r->accepted = PAPR_ACCEPTED_REFUSED;
	}
	ground_settle(g, row, r);
	return on || g->policy->force ? 0 : err;
}

static int switch_rows(const struct kernel *kernel, const struct ground *g,
		       const struct scope *scope,
		       struct papr_route_report *report,
		       struct papr_error *error)
{
	struct papr_route_report *r;
	int row, err = 0;

	for (row = 0; row < HCALL_ROWS; row++) {
		r = &report[row];
		if (!is_meant(g, scope, row))
			continue;
		err = switch_row(kernel, g, row, r);
		if (err)
			error_set(error, err, "the kernel did not let go of "
				  "%s, which is routed to %s: %s",
				  r->call->name,
				  papr_route_name(r->requested),
				  strerror(-err));
		else
			err = ground_check_only(g, r, error);
		if (err)
			break;
	}
	if (err && take_back(kernel, g, scope, row))
		error_set(error, err, "the kernel took neither the new route "
			  "of %s nor the old routes back: it is between the "
			  "two", r->call->name);
	return err;
}

/*
 * The guest has one interrupt controller.  Without one in the kernel the calls
 * come to userspace on every host.
 */
static void find_ground(struct ground *g, const struct papr_policy *policy,
			const struct papr_host *info,
			const struct papr_host_ops *ops)
{
	*g = (struct ground){
		.policy = policy, .host = info,
		.flavour = ops->enable_hcall ? info->flavour :
			PAPR_FLAVOUR_NONE,
		.hpt = hpt_can(ops, info->flavour),
		.hold = ops->hold,
	};
	ground_place_xics(g, ops->setup_irqs && info->cap[PAPR_CAP_IRQ_XICS],
			  ops->interrupt);
}

int routes_apply(const struct papr_policy *policy, const struct papr_host *info,
		 const struct papr_host_ops *ops, void *host,
		 struct papr_route_report *report, struct papr_error *error)
{
	struct papr_route_report next[HCALL_ROWS];
	const struct scope all = { .was = NULL };
	struct kernel kernel = { ops, host };
	struct ground g;
	int err;

	find_ground(&g, policy, info, ops);
	err = ground_predict(&g, next, error);
	if (!err)
		err = switch_rows(&kernel, &g, &all, next, error);
	if (!err)
		memcpy(report, next, sizeof(next));
	return err;
}

/* What the kernel once said to the same wish it would say again. */
static void keep_answer(const struct ground *was, const struct ground *g,
			int row, const struct papr_route_report *old,
			struct papr_route_report *next)
{
	if (!ground_switchable(g, row) ||
	    ground_wanted(was, row) != ground_wanted(g, row))
		return;
	next->accepted = old->accepted;
	ground_settle(g, row, next);
}

int routes_plan(const struct routes_change *change, struct papr_error *error)
{
	const struct papr_route_report *old = change->old;
	struct papr_route_report *next = change->next;
	struct ground was, g;
	int row, err;

	find_ground(&was, change->old_policy, change->info, change->ops);
	find_ground(&g, change->policy, change->info, change->ops);
	err = ground_predict(&g, next, error);
	for (row = 0; !err && row < HCALL_ROWS; row++) {
		keep_answer(&was, &g, row, &old[row], &next[row]);
		err = ground_check_only(&g, &next[row], error);
	}
	return err;
}

int routes_switch(const struct routes_change *change, bool on,
		  struct papr_error *error)
{
	struct kernel kernel = { change->ops, change->host };
	struct ground was, g;
	const struct scope scope = { &was, change->old, on };

	find_ground(&was, change->old_policy, change->info, change->ops);
	find_ground(&g, change->policy, change->info, change->ops);
	return switch_rows(&kernel, &g, &scope, change->next, error);
}

int routes_switch_back(const struct routes_change *change, bool on)
{
	struct kernel kernel = { change->ops, change->host };
	struct ground was, g;
	const struct scope scope = { &was, change->old, on };

	find_ground(&was, change->old_policy, change->info, change->ops);
	find_ground(&g, change->policy, change->info, change->ops);
	return take_back(&kernel, &g, &scope, HCALL_ROWS);
}
