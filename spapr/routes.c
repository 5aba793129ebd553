/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what a policy asks for to what really happens.
 *
 * For each call: does the kernel have it and can it be switched (known), is
 * it to be on (wanted), what did the kernel say (accepted), and who answers
 * then (settle).  A prediction is the same with a kernel that says yes.
 */
#include <errno.h>
#include <string.h>

#include "hcalls/handlers.h"
#include "spapr/policy.h"
#include "spapr/routes-ground.h"
#include "spapr/routes.h"
#include "spapr/util.h"

static const char nobody[] = "nobody implements it";
static const char no_handler[] = "this library does not implement it";
static const char only_kernel[] =
	"only the kernel can invalidate what is cached of a guest's page "
	"tables";
static const char sticky[] =
	"KVM answers it on this host before it looks at its switch";
static const char no_switch[] =
	"the kernel answers it and has no switch for it";
static const char nested_off[] =
	"nested KVM-HV is off, so the kernel answers H_FUNCTION";
static const char no_hwrng[] =
	"the host has no random number generator, so its kernel would answer "
	"H_HARDWARE";
static const char no_radix[] =
	"the kernel answers it for radix guests only, and this host has none";
static const char no_xics[] =
	"the kernel has no interrupt controller for the guest";
static const char a_xics[] =
	"the interrupt controller of the guest is a XICS";
static const char a_xive[] =
	"the interrupt controller of the guest is a XIVE";
static const char kernels_xics[] =
	"the interrupt controller of the guest is the kernel's";
static const char no_hpt[] =
	"the program's host operations have no page table";
static const char no_interrupt[] =
	"the program's host operations cannot interrupt a vCPU";
static const char kernel_sleeps[] =
	"H_CEDE does not leave the kernel, which alone wakes those who sleep "
	"there";
static const char no_prod[] =
	"H_PROD, which ends it, is not answered by this library";
static const char pr_punts[] =
	"KVM-PR knows it but leaves all of it to userspace";
static const char unbounded[] =
	"Linux does not look where a range of entries ends, so that a guest "
	"could write over memory of the host; only kernel! lets it";
static const char refused_on[] = "the kernel refused to answer it";
static const char refused_off[] = "the kernel did not let go of it";
static const char collides[] =
	"its number is served as another call, which guests mean by it";

/*
 * Calls that share state: to split one between kernel and userspace means
 * that each sees half of it.
 */
static const struct group {
	const char *what;
	enum hcall_row row[10];
	unsigned int rows;
} groups[] = {
	{ "interrupt presentation", {
		HCALL_ROW_H_EOI, HCALL_ROW_H_CPPR, HCALL_ROW_H_IPI,
		HCALL_ROW_H_IPOLL, HCALL_ROW_H_XIRR, HCALL_ROW_H_XIRR_X,
	  }, 6 },
	{ "the page table", {
		HCALL_ROW_H_REMOVE, HCALL_ROW_H_ENTER, HCALL_ROW_H_READ,
		HCALL_ROW_H_CLEAR_MOD, HCALL_ROW_H_CLEAR_REF,
		HCALL_ROW_H_PROTECT, HCALL_ROW_H_BULK_REMOVE,
	  }, 7 },
	{ "the state of virtual processors", {
		HCALL_ROW_H_CEDE, HCALL_ROW_H_PROD, HCALL_ROW_H_CONFER,
		HCALL_ROW_H_REGISTER_VPA,
	  }, 4 },
};

const char *routes_shared(int row)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (unsigned int j = 0; j < groups[i].rows; j++)
			if ((int)groups[i].row[j] == row)
				return groups[i].what;
	return NULL;
}

static bool is_kernel(enum papr_route route)
{
	return route == PAPR_ROUTE_KERNEL || route == PAPR_ROUTE_KERNEL_ONLY;
}

static bool is_userspace(enum papr_route route)
{
	return route == PAPR_ROUTE_USER || route == PAPR_ROUTE_VMM;
}

static enum papr_route requested(const struct ground *g, int row)
{
	return papr_policy_route(g->policy, &hcall_table[row]);
}

/* What this host's kernel has for a call. */
enum papr_kernel ground_known(const struct ground *g, int row)
{
	switch (g->flavour) {
	case PAPR_FLAVOUR_HV:
	case PAPR_FLAVOUR_NESTED:
		return papr_hcall_kernel_hv(&hcall_table[row]);
	case PAPR_FLAVOUR_PR:
		return papr_hcall_kernel_pr(&hcall_table[row]);
	default:
		return PAPR_KERNEL_NONE;
	}
}

bool ground_switchable(const struct ground *g, int row)
{
	enum papr_kernel kernel = ground_known(g, row);

	return kernel == PAPR_KERNEL_ON || kernel == PAPR_KERNEL_OFF;
}

/* Why not to let the kernel answer a call that it has; or NULL. */
static const char *useless(const struct ground *g, int row)
{
	switch (hcall_kvm(row)->how) {
	case KVM_NEEDS_HWRNG:
		return g->host->cap[PAPR_CAP_HWRNG] ? NULL : no_hwrng;
	case KVM_RADIX_ONLY:
		return g->host->cap[PAPR_CAP_RPT_INVALIDATE] &&
			g->host->cap[PAPR_CAP_MMU_RADIX] ? NULL : no_radix;
	case KVM_XICS:
	case KVM_RTAS:
		return g->xics ? NULL : g->xive ? a_xive : no_xics;
	case KVM_UNBOUNDED:
		return requested(g, row) == PAPR_ROUTE_KERNEL_ONLY ? NULL :
			unbounded;
	case KVM_PUNTS:
		return g->flavour == PAPR_FLAVOUR_PR &&
			row == HCALL_ROW_H_GET_TCE ? pr_punts : NULL;
	default:
		return NULL;
	}
}

/* Calls KVM-HV takes before it looks whether they are switched on. */
static bool is_sticky(const struct ground *g, int row)
{
	bool metal = g->flavour == PAPR_FLAVOUR_HV && g->host->isa >= 300;

	switch (hcall_kvm(row)->how) {
	case KVM_CEDE:
		return metal || g->flavour == PAPR_FLAVOUR_NESTED;
	case KVM_XICS:
		return metal && g->xics;
	default:
		return false;
	}
}

/* A prod goes where the sleepers are, even if it is wanted elsewhere. */
static bool is_kept(const struct ground *g, int row)
{
	return row == HCALL_ROW_H_PROD && !g->policy->force &&
		requested(g, row) == PAPR_ROUTE_USER &&
		is_sticky(g, HCALL_ROW_H_CEDE);
}

bool ground_wanted(const struct ground *g, int row)
{
	return (is_kernel(requested(g, row)) || is_kept(g, row)) &&
		!useless(g, row);
}

static void predict_row(const struct ground *g, int row,
			struct papr_route_report *r);

static enum papr_effective predicted(const struct ground *g, int row)
{
	struct papr_route_report r;

	predict_row(g, row, &r);
	return r.effective;
}

static bool comes_here(const struct ground *g, int row)
{
	enum papr_effective effective = predicted(g, row);

	return effective == PAPR_EFFECTIVE_USER ||
		effective == PAPR_EFFECTIVE_KERNEL_USER;
}

/* Whether whom this call wakes, or lets sleep, is known here. */
static bool can_wake(const struct ground *g, int row)
{
	if (row == HCALL_ROW_H_PROD)
		return g->policy->force ||
			predicted(g, HCALL_ROW_H_CEDE) != PAPR_EFFECTIVE_KERNEL;
	return row != HCALL_ROW_H_JOIN || comes_here(g, HCALL_ROW_H_PROD);
}

/*
 * Telling KVM of a process table invalidates what is cached of the guest's; in
 * a partition the hypervisor below may keep some of it.
 */
static bool can_invalidate(const struct ground *g, int row)
{
	return row != HCALL_ROW_H_RPT_INVALIDATE ||
		(g->host->flavour == PAPR_FLAVOUR_HV &&
		 g->host->cap[PAPR_CAP_MMU_RADIX]);
}

/* Whether this library answers what comes to it. */
static bool is_handled(const struct ground *g, int row)
{
	return hcalls_has_handler(row) && can_invalidate(g, row) &&
		(!hcall_is_xics(row) || g->own_xics) &&
		(!hcall_is_xive(row) || g->xive) &&
		(!hcall_is_hpt(row) || g->hpt) && can_wake(g, row);
}

/* Why it does not answer a call that is routed to it. */
static const char *why_nobody(const struct ground *g, int row)
{
	if (row == HCALL_ROW_H_PROD)
		return kernel_sleeps;
	if (row == HCALL_ROW_H_JOIN)
		return no_prod;
	if (row == HCALL_ROW_H_RPT_INVALIDATE ||
	    row == HCALL_ROW_H_INVALIDATE_PID)
		return only_kernel;
	if (!hcalls_has_handler(row))
		return no_handler;
	if (hcall_is_hpt(row))
		return no_hpt;
	if (hcall_is_xive(row))
		return a_xics;
	if (g->xive)
		return a_xive;
	return g->xics ? kernels_xics : no_interrupt;
}

/* The reason when a call routed to kernel or user comes to userspace. */
static const char *why_user(const struct ground *g, int row,
			    enum papr_route route, bool handled)
{
	const char *why;

	if (route == PAPR_ROUTE_USER)
		return handled ? "" : why_nobody(g, row);
	if (ground_known(g, row) == PAPR_KERNEL_NONE)
		return handled ? "" : hcalls_has_handler(row) ?
			why_nobody(g, row) : nobody;
	why = useless(g, row);
	return why ? why : refused_on;
}

/* Who answers what comes to userspace. */
static void settle_user(const struct ground *g, int row,
			struct papr_route_report *r)
{
	bool handled = is_handled(g, row);

	switch (r->requested) {
	case PAPR_ROUTE_VMM:
		r->effective = PAPR_EFFECTIVE_VMM;
		break;
	case PAPR_ROUTE_DENY:
		r->effective = PAPR_EFFECTIVE_DENIED;
		break;
	default:
		r->effective = handled ? PAPR_EFFECTIVE_USER :
			PAPR_EFFECTIVE_NOBODY;
		r->reason = why_user(g, row, r->requested, handled);
	}
}

/* Whether the kernel answers, if only at first; @why: against all wishes. */
static bool in_kernel(const struct ground *g, int row,
		      enum papr_accepted accepted, const char **why)
{
	if (accepted == PAPR_ACCEPTED_NONE)
		return false;
	if (accepted == PAPR_ACCEPTED_ON) {
		*why = kernel_sleeps;	/* H_PROD, or it would be off */
		return true;
	}
	if (accepted == PAPR_ACCEPTED_FIXED) {
		/* The kernel gets no RTAS tokens unless it is to have them. */
		*why = no_switch;
		if (hcall_kvm(row)->how == KVM_NESTED &&
		    !g->host->cap[PAPR_CAP_NESTED_HV])
			*why = nested_off;
		return hcall_kvm(row)->how != KVM_RTAS || ground_wanted(g, row);
	}
	if (is_sticky(g, row)) {
		*why = sticky;
		return true;
	}
	*why = refused_off;
	return accepted == PAPR_ACCEPTED_REFUSED && !ground_wanted(g, row) &&
		!useless(g, row);
}

/* Whether the kernel leaves some of such a call to userspace: prods.h. */
static bool may_leave(const struct ground *g, int row)
{
	enum kvm_how how = hcall_kvm(row)->how;

	if (row == HCALL_ROW_H_PROD)
		return g->hold && requested(g, row) != PAPR_ROUTE_KERNEL_ONLY;
	return how == KVM_PUNTS || how == KVM_UNBOUNDED || how == KVM_RTAS;
}

/* Fills the effective column and the reason from the other two. */
void ground_settle(const struct ground *g, int row,
		   struct papr_route_report *r)
{
	const char *why = "";

	r->reason = "";
	if (hcall_row(hcall_table[row].number) != row) {
		r->effective = PAPR_EFFECTIVE_NOBODY;
		r->reason = collides;
	} else if (in_kernel(g, row, r->accepted, &why)) {
		r->effective = may_leave(g, row) ?
			PAPR_EFFECTIVE_KERNEL_USER : PAPR_EFFECTIVE_KERNEL;
		/* The one answer of a kernel that nobody would expect. */
		if (!is_kernel(r->requested) || why == nested_off)
			r->reason = why;
	} else {
		settle_user(g, row, r);
	}
}

static void predict_row(const struct ground *g, int row,
			struct papr_route_report *r)
{
	r->call = &hcall_table[row];
	r->requested = requested(g, row);
	switch (ground_known(g, row)) {
	case PAPR_KERNEL_NONE:
		r->accepted = PAPR_ACCEPTED_NONE;
		break;
	case PAPR_KERNEL_FIXED:
		r->accepted = PAPR_ACCEPTED_FIXED;
		break;
	default:
		r->accepted = ground_wanted(g, row) ? PAPR_ACCEPTED_ON :
			PAPR_ACCEPTED_OFF;
	}
	ground_settle(g, row, r);
}

/* The first call of a group with such a route, or -1. */
static int find_route(const struct ground *g, const struct group *group,
		      bool (*is)(enum papr_route route))
{
	unsigned int i;

	for (i = 0; i < group->rows; i++)
		if (is(requested(g, group->row[i])))
			return group->row[i];
	return -1;
}

/* The RTAS calls of interrupt sources are of that group too. */
static int check_rtas(const struct ground *g, struct papr_error *error)
{
	int kernel = find_route(g, &groups[0], is_kernel);

	for (size_t i = 0; i < RTAS_ROWS && kernel >= 0; i++) {
		const struct statement *st = &g->policy->rtas[i];

		if (!papr_rtas_in_kernel(&rtas_table[i]) || !st->said ||
		    st->route != PAPR_ROUTE_USER)
			continue;
		return error_set(error, -EINVAL, "%s is routed to user and %s "
				 "to %s, but they share %s: route the %u "
				 "calls of that to user too, or say \"force: "
				 "true\"", rtas_table[i].name,
				 hcall_table[kernel].name,
				 papr_route_name(requested(g, kernel)),
				 groups[0].what, groups[0].rows);
	}
	return 0;
}

static int check_groups(const struct ground *g, struct papr_error *error)
{
	const struct group *group;
	int kernel, user;
	size_t i;

	if (g->policy->force)
		return 0;
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		group = &groups[i];
		kernel = find_route(g, group, is_kernel);
		user = find_route(g, group, is_userspace);
		if (kernel < 0 || user < 0)
			continue;
		return error_set(error, -EINVAL, "%s is routed to %s and %s "
				 "to %s, but they share %s: route the %u calls "
				 "of that alike, or say \"force: true\"",
				 hcall_table[user].name,
				 papr_route_name(requested(g, user)),
				 hcall_table[kernel].name,
				 papr_route_name(requested(g, kernel)),
				 group->what, group->rows);
	}
	return 0;
}

/* Who sleeps in userspace does not hear of interrupts that are the kernel's. */
static int check_cede(const struct ground *g, struct papr_error *error)
{
	if (g->policy->force || !g->xics ||
	    predicted(g, HCALL_ROW_H_CEDE) != PAPR_EFFECTIVE_USER)
		return 0;
	return error_set(error, -EINVAL, "H_CEDE is routed to %s and "
			 "interrupts to the kernel, and who sleeps in the one "
			 "is not woken by the others: route hcall-interrupt to "
			 "user too, or say \"force: true\"",
			 papr_route_name(requested(g, HCALL_ROW_H_CEDE)));
}

/* "kernel!" where the kernel does not answer. */
int ground_check_only(const struct ground *g, const struct papr_route_report *r,
		      struct papr_error *error)
{
	const char *why = *r->reason ? r->reason : "the kernel has no code "
		"for it";

	if (r->requested != PAPR_ROUTE_KERNEL_ONLY ||
	    r->effective == PAPR_EFFECTIVE_KERNEL ||
	    r->effective == PAPR_EFFECTIVE_KERNEL_USER)
		return 0;
	if (r->accepted == PAPR_ACCEPTED_NONE)
		why = "its kernel does not know the call";
	return error_set(error, -EOPNOTSUPP, "%s is routed to kernel!, which "
			 "is not possible on the host %s: %s; route it to "
			 "kernel or user", r->call->name, g->host->name, why);
}

int ground_predict(const struct ground *g, struct papr_route_report *report,
		   struct papr_error *error)
{
	int row, err;

	for (row = 0; row < HCALL_ROWS; row++)
		predict_row(g, row, &report[row]);
	err = check_groups(g, error);
	if (!err && !g->policy->force)
		err = check_rtas(g, error);
	if (!err)
		err = check_cede(g, error);
	for (row = 0; !err && row < HCALL_ROWS; row++)
		err = ground_check_only(g, &report[row], error);
	return err;
}

void ground_place_xics(struct ground *g, bool kernel_can, bool can_interrupt)
{
	const int32_t *cap = g->host->cap;

	g->xive = cap[PAPR_CAP_IRQ_XIVE] && !cap[PAPR_CAP_IRQ_XICS];
	g->own_xics = can_interrupt && !g->xive &&
		(!kernel_can || policy_takes_interrupts(g->policy));
	g->xics = kernel_can && !g->own_xics;
}

int papr_route_predict(const struct papr_policy *policy,
		       const struct papr_host *host,
		       struct papr_route_report *report,
		       struct papr_error *error)
{
	struct papr_host info;
	struct ground g = { .policy = policy, .host = &info, .hpt = true,
			    .hold = true };
	int err = sized_copy(&info, sizeof(info), host);

	if (err)
		return error_set(error, err, "struct papr_host has a size "
				 "that this library does not know");
	g.flavour = info.flavour;
	ground_place_xics(&g, info.cap[PAPR_CAP_IRQ_XICS], true);
	return ground_predict(&g, report, error);
}
