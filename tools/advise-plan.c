/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who would answer a call if the policy said so is predicted by the library's
 * model of the host, once with all calls routed to the kernel and once with all
 * in userspace: calls that share state are together in both.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/advise.h"
#include "vmm/util.h"

/* The sum of those of all calls still fits. */
#define MOST_GAIN (INT64_MAX / 1024)

static const char answers[] =
	"the kernel answers it without leaving the guest";
static const char answers_nobody[] =
	"the kernel answers it, and nobody does in userspace";
static const char answers_some[] =
	"the kernel answers it, and may hand some over: this at most";
static const char faster[] =
	"the answer in userspace was measured to be faster";
static const char kept[] = "--keep says so";
static const char faults[] = "the policy lets it fail, on purpose";
static const char programs[] =
	"the program that uses the library answers it, on purpose";
static const char denies[] = "the policy denies it, on purpose";
static const char refused[] = "the kernel did not take it in that run";
static const char dearer[] = "nothing is gained: the kernel is no faster";
static const char torn[] =
	"one of those it shares state with is left in userspace";

/* What decides on a call. */
struct look {
	const struct plan *plan;
	const char *const *keep;
	const struct papr_route_report *kernel;	/* if all were there */
	const struct papr_route_report *user;
};

static int64_t product(uint64_t count, uint64_t ns)
{
	uint64_t n;

	if (__builtin_mul_overflow(count, ns, &n) || n > MOST_GAIN)
		return MOST_GAIN;
	return n;
}

static bool in_kernel(enum papr_effective effective)
{
	return effective == PAPR_EFFECTIVE_KERNEL ||
	       effective == PAPR_EFFECTIVE_KERNEL_USER;
}

static bool in_list(const char *name, const char *const *list)
{
	for (; list && *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

/* --- costs of one call */

/* Of a call answered in userspace, or of its answer alone; 0: not known. */
static uint64_t user_cost(const struct plan *plan, struct advised *a)
{
	const struct advise_call *c = &plan->recording->call[a->call->index];
	const struct costs *costs = plan->costs;
	uint64_t answer = c->timed ? c->total_ns / c->timed : 0;

	a->user_recorded = c->timed;
	if (!costs)
		return answer;
	if (c->timed)
		return costs->exit_ns + answer;
	if (costs->call[a->call->index].user_ns)
		return costs->call[a->call->index].user_ns;
	return costs->user_ns;
}

static uint64_t kernel_cost(const struct plan *plan, const struct advised *a)
{
	const struct costs *costs = plan->costs;

	if (!costs)
		return 0;
	if (costs->call[a->call->index].kernel_ns)
		return costs->call[a->call->index].kernel_ns;
	return costs->kernel_ns;
}

static void count_gain(const struct plan *plan, struct advised *a)
{
	uint64_t user = user_cost(plan, a);
	int64_t here = product(a->count, user);
	int64_t there = product(a->count, kernel_cost(plan, a));

	a->known = user;
	a->gain_ns = a->advice == ADVICE_KERNEL ? here - there : there - here;
}

/* --- one call by itself */

static void leave(struct advised *a, const char *why)
{
	a->advice = ADVICE_LEAVE;
	a->why = why;
}

/* It was answered in userspace, by the library or by nobody. */
static void judge_user(const struct look *look, struct advised *a)
{
	const struct advise_call *c =
		&look->plan->recording->call[a->call->index];
	const struct papr_route_report *r = &look->kernel[a->call->index];

	a->count = c->user + c->nobody;
	if (!in_kernel(r->effective)) {
		a->advice = ADVICE_STAY;
		a->why = r->accepted == PAPR_ACCEPTED_NONE ? "" : r->reason;
	} else if (in_list(a->call->name, look->keep)) {
		leave(a, kept);
	} else if (c->on_purpose) {
		leave(a, faults);
	} else if (c->requested != PAPR_ROUTE_USER) {
		leave(a, refused);
	} else {
		a->advice = ADVICE_KERNEL;
		a->at_most = r->effective == PAPR_EFFECTIVE_KERNEL_USER;
		a->why = !c->user && c->nobody ? answers_nobody :
			a->at_most ? answers_some : answers;
	}
}

/* Faster in userspace?  Only what was measured both ways can tell. */
static void judge_kernel(const struct look *look, struct advised *a)
{
	const struct advise_call *c =
		&look->plan->recording->call[a->call->index];
	const struct costs *costs = look->plan->costs;
	const struct call_costs *cost =
		costs ? &costs->call[a->call->index] : NULL;

	a->count = c->kernel_known ? c->kernel : 0;
	if (!a->count || a->shares || c->requested != PAPR_ROUTE_KERNEL ||
	    look->user[a->call->index].effective != PAPR_EFFECTIVE_USER ||
	    !cost || !cost->user_ns || cost->user_ns >= cost->kernel_ns)
		return;
	if (in_list(a->call->name, look->keep)) {
		leave(a, kept);
		return;
	}
	a->advice = ADVICE_USER;
	a->why = faster;
}

static void judge(const struct look *look, struct advised *a)
{
	const struct advise_call *c =
		&look->plan->recording->call[a->call->index];

	a->shares = papr_hcall_shares(a->call);
	if (!c->seen)
		return;
	switch (c->effective) {
	case PAPR_EFFECTIVE_USER:
	case PAPR_EFFECTIVE_NOBODY:
		judge_user(look, a);
		break;
	case PAPR_EFFECTIVE_KERNEL:
	case PAPR_EFFECTIVE_KERNEL_USER:
		judge_kernel(look, a);
		break;
	case PAPR_EFFECTIVE_VMM:
		a->count = c->vmm;
		leave(a, programs);
		break;
	case PAPR_EFFECTIVE_DENIED:
		a->count = c->denied;
		leave(a, denies);
		break;
	}
	if (a->advice == ADVICE_KERNEL || a->advice == ADVICE_USER)
		count_gain(look->plan, a);
	a->group_ns = a->gain_ns;
}

/* --- calls that move together */

static bool same_group(const struct advised *a, const struct advised *b)
{
	return a == b || (a->shares && b->shares &&
			  !strcmp(a->shares, b->shares));
}

/* One that stays in userspace keeps the others there. */
static bool is_torn(const struct plan *plan, const struct advised *a)
{
	const struct advised *b;

	for (b = plan->call; b < plan->call + plan->n; b++)
		if (b != a && same_group(a, b) && b->advice == ADVICE_LEAVE &&
		    b->why != denies && b->why != torn)
			return true;
	return false;
}

static void sum_group(const struct plan *plan, struct advised *a)
{
	const struct advised *b;

	a->group_ns = 0;
	for (b = plan->call; b < plan->call + plan->n; b++)
		if (same_group(a, b) && b->advice == a->advice)
			a->group_ns += b->gain_ns;
}

static uint64_t group_calls(const struct plan *plan, const struct advised *a)
{
	const struct advised *b;
	uint64_t calls = 0;

	for (b = plan->call; b < plan->call + plan->n; b++)
		if (same_group(a, b) && b->advice == a->advice)
			calls += b->count;
	return calls;
}

/* Takes back what is of no use. */
static void judge_groups(struct plan *plan)
{
	struct advised *a;

	for (a = plan->call; a < plan->call + plan->n; a++)
		if (a->advice == ADVICE_KERNEL && is_torn(plan, a))
			leave(a, torn);
	for (a = plan->call; a < plan->call + plan->n; a++)
		if (a->advice == ADVICE_KERNEL)
			sum_group(plan, a);
	for (a = plan->call; a < plan->call + plan->n; a++)
		if (a->advice == ADVICE_KERNEL && plan->costs &&
		    a->why != answers_nobody && a->group_ns <= 0 && a->count)
			leave(a, dearer);
	/* Never called, it need not move either, unless others take it. */
	for (a = plan->call; a < plan->call + plan->n; a++)
		if (a->advice != ADVICE_NONE && !group_calls(plan, a))
			a->advice = ADVICE_NONE;
}

/* --- all of them */

static int rank(const struct advised *a)
{
	static const int ranks[] = {
		[ADVICE_KERNEL] = 0, [ADVICE_USER] = 0, [ADVICE_LEAVE] = 1,
		[ADVICE_STAY] = 2, [ADVICE_NONE] = 3,
	};

	return ranks[a->advice];
}

static int descending(int64_t a, int64_t b)
{
	return (a < b) - (a > b);
}

static int compare(const void *x, const void *y)
{
	const struct advised *a = x, *b = y;
	int r = rank(a) - rank(b);

	if (!r)
		r = descending(a->group_ns, b->group_ns);
	if (!r)
		r = descending(a->gain_ns, b->gain_ns);
	if (!r)
		r = descending(a->count, b->count);
	return r ? r : (int)a->call->index - (int)b->call->index;
}

static int predict(const struct papr_host *host, enum papr_route route,
		   struct papr_route_report *report, struct papr_error *error)
{
	struct papr_policy *policy;
	int ret = papr_policy_new(&policy);

	if (ret)
		return refuse(error, ret, "no memory");
	ret = papr_policy_set_default(policy, route);
	if (!ret)
		ret = papr_route_predict(policy, host, report, error);
	papr_policy_free(policy);
	return ret;
}

static int look_at_all(struct plan *plan, const char *const *keep,
		       struct papr_route_report *reports,
		       struct papr_error *error)
{
	const struct look look = {
		plan, keep, reports, reports + plan->n,
	};
	size_t i;
	int ret;

	ret = predict(plan->host, PAPR_ROUTE_KERNEL, reports, error);
	if (!ret)
		ret = predict(plan->host, PAPR_ROUTE_USER, reports + plan->n,
			      error);
	if (ret)
		return ret;
	for (i = 0; i < plan->n; i++) {
		plan->call[i].call = papr_hcall_at(i);
		judge(&look, &plan->call[i]);
	}
	judge_groups(plan);
	qsort(plan->call, plan->n, sizeof(*plan->call), compare);
	return 0;
}

int plan_make(struct plan *plan, const struct papr_host *host,
	      const struct recording *recording, const struct costs *costs,
	      const char *const *keep, struct papr_error *error)
{
	struct papr_route_report *reports;
	int ret;

	*plan = (struct plan){
		.host = host, .recording = recording, .costs = costs,
		.n = papr_hcall_count(),
	};
	plan->call = calloc(plan->n, sizeof(*plan->call));
	reports = calloc(2 * plan->n, sizeof(*reports));
	if (plan->call && reports)
		ret = look_at_all(plan, keep, reports, error);
	else
		ret = refuse(error, -ENOMEM, "no memory");
	free(reports);
	if (ret)
		plan_free(plan);
	return ret;
}

void plan_free(struct plan *plan)
{
	free(plan->call);
	plan->call = NULL;
}

size_t plan_count(const struct plan *plan, enum advice advice)
{
	size_t i, n = 0;

	for (i = 0; i < plan->n; i++)
		n += plan->call[i].advice == advice;
	return n;
}
