/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy says of each call; policy-file.c reads one from YAML. */
#include <errno.h>
#include <string.h>
#include <talloc.h>

#include "spapr/fault.h"
#include "spapr/policy.h"
#include "spapr/routes.h"
#include "spapr/util.h"

static const char *const route_names[] = {
	[PAPR_ROUTE_KERNEL] = "kernel",
	[PAPR_ROUTE_KERNEL_ONLY] = "kernel!",
	[PAPR_ROUTE_USER] = "user",
	[PAPR_ROUTE_VMM] = "vmm",
	[PAPR_ROUTE_DENY] = "deny",
};

static bool route_exists(enum papr_route route)
{
	return (unsigned int)route < ARRAY_SIZE(route_names);
}

const char *papr_route_name(enum papr_route route)
{
	return route_exists(route) ? route_names[route] : "unknown";
}

int policy_route_by_name(const char *name, enum papr_route *route)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(route_names); i++) {
		if (strcmp(route_names[i], name))
			continue;
		*route = i;
		return 0;
	}
	return -EINVAL;
}

int papr_policy_new(struct papr_policy **policy)
{
	*policy = talloc_zero(NULL, struct papr_policy);
	return *policy ? 0 : -ENOMEM;
}

void papr_policy_free(struct papr_policy *policy)
{
	talloc_free(policy);
}

struct papr_policy *policy_copy(const void *owner,
				const struct papr_policy *policy)
{
	if (!policy)
		return talloc_zero(owner, struct papr_policy);
	return talloc_memdup(owner, policy, sizeof(*policy));
}

static int unknown_name(const char *name, const char *what,
			const char *nearest, struct papr_error *error)
{
	if (!nearest)
		return error_set(error, -ENOENT, "%.64s is no %s", name, what);
	return error_set(error, -ENOENT, "%.64s is no %s; is %s meant?", name,
			 what, nearest);
}

static int check_route(const struct statement *st, struct papr_error *error)
{
	if (!route_exists(st->route))
		return error_set(error, -EINVAL, "there is no route %d",
				 (int)st->route);
	return 0;
}

int policy_set_default(struct papr_policy *policy, const struct statement *st,
		       struct papr_error *error)
{
	int err = check_route(st, error);

	if (err)
		return err;
	if (st->fault_said)
		return error_set(error, -EINVAL, "single calls and sets fail "
				 "on purpose, and not everything");
	if (st->route == PAPR_ROUTE_KERNEL_ONLY)
		return error_set(error, -EINVAL, "no kernel answers every "
				 "call: \"kernel!\" is for single calls and "
				 "sets, not for the default");
	policy->all = *st;
	return 0;
}

/* Two sets share a call: the file must not say different things of it. */
static bool sets_disagree(const struct statement *old,
			  const struct statement *new)
{
	return old->line && new->line &&
		(old->route != new->route || old->log != new->log ||
		 old->fault_said || new->fault_said);
}

/* What fails on purpose must come here, and what does not must be answered. */
static int check_fault(const struct statement *st,
		       const struct papr_call_info *call,
		       struct papr_error *error)
{
	if (!st->fault_said)
		return 0;
	if (st->route != PAPR_ROUTE_USER && st->route != PAPR_ROUTE_VMM)
		return error_set(error, -EINVAL, "what fails on purpose must "
				 "come to userspace, and is routed to %s: "
				 "route it to user%s",
				 papr_route_name(st->route),
				 call && !call->set ? "" : " or vmm");
	return fault_check(&st->fault, call, error);
}

int policy_set_set(struct papr_policy *policy, const char *set,
		   const struct statement *st, struct papr_error *error)
{
	int row, err = check_route(st, error);

	if (err)
		return err;
	if (!hcall_set_exists(set))
		return unknown_name(set, "function set",
				    hcall_set_nearest(set), error);
	err = check_fault(st, NULL, error);
	if (err)
		return err;
	for (row = 0; row < HCALL_ROWS; row++) {
		if (!hcall_set_has(hcall_table[row].set, set))
			continue;
		if (sets_disagree(&policy->by_set[row], st))
			return error_set(error, -EEXIST, "%s is in %s and in "
					 "the set of line %u, which routes it "
					 "otherwise", hcall_table[row].name,
					 set, policy->by_set[row].line);
		policy->by_set[row] = *st;
	}
	return 0;
}

int policy_set_hcall(struct papr_policy *policy, const char *name,
		     const struct statement *st, struct papr_error *error)
{
	int row, err = check_route(st, error);

	if (err)
		return err;
	row = hcall_row_by_name(name);
	if (row < 0)
		return unknown_name(name, "hypercall", hcall_nearest(name),
				    error);
	if (policy->by_call[row].line && st->line)
		return error_set(error, -EEXIST, "%s is another name of the "
				 "call in line %u", name,
				 policy->by_call[row].line);
	err = check_fault(st, &hcall_table[row], error);
	if (!err)
		policy->by_call[row] = *st;
	return err;
}

int policy_set_rtas(struct papr_policy *policy, const char *name,
		    const struct statement *st, struct papr_error *error)
{
	const struct papr_call_info *call = papr_rtas_by_name(name);
	int err = check_route(st, error);

	if (err)
		return err;
	if (!call)
		return unknown_name(name, "RTAS call", papr_rtas_nearest(name),
				    error);
	if (st->route == PAPR_ROUTE_KERNEL && !papr_rtas_in_kernel(call))
		return error_set(error, -EINVAL, "no kernel answers %s: its "
				 "route is user or deny", name);
	if (st->route == PAPR_ROUTE_KERNEL_ONLY ||
	    st->route == PAPR_ROUTE_VMM)
		return error_set(error, -EINVAL, "an RTAS call cannot be "
				 "routed to %s: the routes of %s are %suser "
				 "and deny", papr_route_name(st->route), name,
				 papr_rtas_in_kernel(call) ? "kernel, " : "");
	err = check_fault(st, call, error);
	if (!err)
		policy->rtas[call->index] = *st;
	return err;
}

int papr_policy_set_default(struct papr_policy *policy, enum papr_route route)
{
	struct statement st = { .said = true, .route = route };

	return policy_set_default(policy, &st, NULL);
}

int papr_policy_set_set(struct papr_policy *policy, const char *set,
			enum papr_route route, struct papr_error *error)
{
	struct statement st = { .said = true, .route = route };

	return policy_set_set(policy, set, &st, error);
}

int papr_policy_set_hcall(struct papr_policy *policy, const char *name,
			  enum papr_route route, struct papr_error *error)
{
	struct statement st = { .said = true, .route = route };

	return policy_set_hcall(policy, name, &st, error);
}

int papr_policy_set_rtas(struct papr_policy *policy, const char *name,
			 enum papr_route route, struct papr_error *error)
{
	struct statement st = { .said = true, .route = route };

	return policy_set_rtas(policy, name, &st, error);
}

void papr_policy_set_force(struct papr_policy *policy, bool force)
{
	policy->force = force;
}

/* RTAS calls are in no function set, and the default is not for them. */
static bool is_rtas(const struct papr_call_info *call)
{
	return !call->set;
}

static const struct statement *decider(const struct papr_policy *policy,
				       const struct papr_call_info *call,
				       enum papr_policy_source *source)
{
	const struct statement *st;

	if (is_rtas(call)) {
		st = &policy->rtas[call->index];
		*source = st->said ? PAPR_POLICY_CALL : PAPR_POLICY_NOTHING;
		return st;
	}
	*source = PAPR_POLICY_CALL;
	st = &policy->by_call[call->index];
	if (st->said)
		return st;
	*source = PAPR_POLICY_SET;
	st = &policy->by_set[call->index];
	if (st->said)
		return st;
	st = &policy->all;
	*source = st->said ? PAPR_POLICY_DEFAULT : PAPR_POLICY_NOTHING;
	return st;
}

enum papr_route papr_policy_route(const struct papr_policy *policy,
				  const struct papr_call_info *call)
{
	enum papr_policy_source source;

	return decider(policy, call, &source)->route;
}

bool policy_takes_interrupts(const struct papr_policy *policy)
{
	bool user = false;

	for (int row = 0; row < HCALL_ROWS; row++) {
		enum papr_route route;

		if (!hcall_is_xics(row))
			continue;
		route = papr_policy_route(policy, &hcall_table[row]);
		if (route == PAPR_ROUTE_KERNEL ||
		    route == PAPR_ROUTE_KERNEL_ONLY)
			return false;
		user |= route == PAPR_ROUTE_USER;
	}
	return user;
}

enum papr_route papr_policy_rtas_route(const struct papr_policy *policy,
				       const struct papr_call_info *call)
{
	const struct statement *st = &policy->rtas[call->index];
	enum papr_route carrier;

	if (st->said && st->route != PAPR_ROUTE_KERNEL)
		return st->route;
	if (!papr_rtas_in_kernel(call) || policy_takes_interrupts(policy))
		return PAPR_ROUTE_USER;
	carrier = papr_policy_route(policy, &hcall_table[HCALL_ROW_H_RTAS]);
	return carrier == PAPR_ROUTE_KERNEL ||
		carrier == PAPR_ROUTE_KERNEL_ONLY ?
		PAPR_ROUTE_KERNEL : PAPR_ROUTE_USER;
}

/* RTAS calls are answered in userspace unless something else was said. */
int papr_policy_set_fault(struct papr_policy *policy,
			  const struct papr_call_info *call,
			  const struct papr_fault *fault,
			  struct papr_error *error)
{
	enum papr_policy_source source;
	struct statement st;
	int err;

	st = *decider(policy, call, &source);
	if (is_rtas(call) && !st.said)
		st.route = papr_policy_rtas_route(policy, call);
	st.said = true;
	st.fault_said = true;
	err = sized_copy(&st.fault, sizeof(st.fault), fault);
	if (err)
		return error_set(error, err, "struct papr_fault has a size "
				 "that this library does not know");
	err = check_fault(&st, call, error);
	if (err)
		return err;
	if (is_rtas(call))
		policy->rtas[call->index] = st;
	else
		policy->by_call[call->index] = st;
	return 0;
}

const struct papr_fault *papr_policy_fault(const struct papr_policy *policy,
					   const struct papr_call_info *call)
{
	enum papr_policy_source source;
	const struct statement *st = decider(policy, call, &source);

	return st->fault_said ? &st->fault : NULL;
}

bool papr_policy_logged(const struct papr_policy *policy,
			const struct papr_call_info *call)
{
	enum papr_policy_source source;

	return decider(policy, call, &source)->log;
}

enum papr_policy_source papr_policy_source(const struct papr_policy *policy,
					   const struct papr_call_info *call,
					   unsigned int *line)
{
	enum papr_policy_source source;
	const struct statement *st = decider(policy, call, &source);

	if (line)
		*line = st->line;
	return source;
}
