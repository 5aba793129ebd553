/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes as predicted, against what was seen leave the kernel on the hosts of
 * the lab.
 */
#include <errno.h>
#include <talloc.h>

#include "spapr/routes.h"
#include "spapr/util.h"
#include "tests/routes-fixture.h"

static const struct papr_route_report *report(const struct fixture *f,
					      const char *call)
{
	return &f->report[papr_hcall_by_name(call)->index];
}

/*
 * What was seen on the four hosts of the lab with every call switched off,
 * and with it switched on: K, the kernel answered; U, it came to userspace.
 * A call that comes to userspace although it is on is one that the kernel
 * hands over for the arguments that were tried.
 */
enum { P8, P9, P10, NESTED, MODELS };

static const char *const models[MODELS] = {
	"power8", "power9", "power10", "nested",
};

static const struct seen {
	const char *call;
	const char *off;		/* a letter for each model */
	const char *on;
} seen[] = {
	{ "H_REMOVE", "UUUU", "KKKK" },
	{ "H_ENTER", "UUUU", "KKKK" },
	{ "H_READ", "UUUU", "KKKK" },
	{ "H_CLEAR_MOD", "UUUU", "KKKK" },
	{ "H_CLEAR_REF", "UUUU", "KKKK" },
	{ "H_PROTECT", "UUUU", "KKKK" },
	{ "H_GET_TCE", "UUUU", "UUUU" },
	{ "H_PUT_TCE", "UUUU", "UUUU" },
	{ "H_SET_DABR", "UUUU", "KKKK" },
	{ "H_PAGE_INIT", "UUUU", "KKKK" },
	{ "H_LOGICAL_CI_LOAD", "UUUU", "UUUU" },
	{ "H_LOGICAL_CI_STORE", "UUUU", "UUUU" },
	{ "H_EOI", "UKKU", "KKKK" },
	{ "H_CPPR", "UKKU", "KKKK" },
	{ "H_IPI", "UKKU", "KKKK" },
	{ "H_IPOLL", "UKKU", "KKKK" },
	{ "H_XIRR", "UKKU", "KKKK" },
	{ "H_XIRR_X", "UKKU", "KKKK" },
	{ "H_REGISTER_VPA", "UUUU", "KKKK" },
	{ "H_CEDE", "UKKK", "KKKK" },
	{ "H_CONFER", "UUUU", "KKKK" },
	{ "H_PROD", "UUUU", "SSSS" },	/* S: the switch is moved: prods.h */
	{ "H_BULK_REMOVE", "UUUU", "KKKK" },
	{ "H_SET_XDABR", "UUUU", "KKKK" },
	/*
	 * x: better not switched on at all, as it would write where it must
	 * not, or answer H_HARDWARE or H_UNSUPPORTED.
	 */
	{ "H_STUFF_TCE", "UUUU", "xxxx" },
	{ "H_PUT_TCE_INDIRECT", "UUUU", "xxxx" },
	{ "H_RANDOM", "UUUU", "xKKx" },
	{ "H_RPT_INVALIDATE", "UUUU", "xKKK" },
	{ "H_SET_MODE", "UUUU", "UUUU" },
};

/* Those that no switch is for: always there, or never in the kernel. */
static const struct seen unswitched[] = {
	{ "H_SET_PARTITION_TABLE", "KKKK", "KKKK" },
	{ "H_ENTER_NESTED", "KKKK", "KKKK" },
	{ "H_TLB_INVALIDATE", "KKKK", "KKKK" },
	{ "H_COPY_TOFROM_GUEST", "KKKK", "KKKK" },
	{ "H_SET_SPRG0", "UUUU", "UUUU" },
	{ "H_SET_ASR", "UUUU", "UUUU" },
	{ "H_PURR", "UUUU", "UUUU" },
	{ "H_JOIN", "UUUU", "UUUU" },
	{ "H_REGISTER_PROC_TBL", "UUUU", "UUUU" },
	{ "H_GET_CPU_CHARACTERISTICS", "UUUU", "UUUU" },
	{ "H_SIGNAL_SYS_RESET", "UUUU", "UUUU" },
	{ "H_GET_TERM_CHAR", "UUUU", "UUUU" },
	{ "H_PUT_TERM_CHAR", "UUUU", "UUUU" },
};

static void every_call_the_kernel_can_switch_was_looked_at(void **state)
{
	size_t i, j, n = 0;

	(void)state;
	for (i = 0; i < papr_hcall_count(); i++)
		n += papr_hcall_kernel_hv(papr_hcall_at(i)) >=
			PAPR_KERNEL_OFF;
	assert_int_equal(n, ARRAY_SIZE(seen));
	for (i = 0; i < ARRAY_SIZE(seen); i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(seen[i].call, seen[j].call);
}

static bool is_kernel(const struct papr_route_report *r)
{
	return r->effective == PAPR_EFFECTIVE_KERNEL ||
		r->effective == PAPR_EFFECTIVE_KERNEL_USER;
}

static const enum papr_route off_routes[] = {
	PAPR_ROUTE_USER, PAPR_ROUTE_VMM, PAPR_ROUTE_DENY,
};

/*
 * Alone a call of interrupts finds that the controller is the kernel's;
 * H_RPT_INVALIDATE is for radix guests of bare metal.
 */
static bool is_handled(const struct papr_call_info *call, int model)
{
	bool radix = !strcmp(models[model], "power9") ||
		     !strcmp(models[model], "power10");

	return papr_hcall_has_handler(call) &&
		strcmp(call->set, "hcall-interrupt") &&
		(radix || call->number != H_RPT_INVALIDATE);
}

/* Who may answer a call that was routed so and that left the kernel. */
static bool is_left(const struct papr_route_report *r, int model)
{
	switch (r->requested) {
	case PAPR_ROUTE_USER:
		return r->effective == (is_handled(r->call, model) ?
			PAPR_EFFECTIVE_USER : PAPR_EFFECTIVE_NOBODY);
	case PAPR_ROUTE_VMM:
		return r->effective == PAPR_EFFECTIVE_VMM;
	default:
		return r->effective == PAPR_EFFECTIVE_DENIED;
	}
}

static void check_off(struct fixture *f, const struct seen *s, int model,
		      enum papr_route route)
{
	const struct papr_route_report *r = report(f, s->call);
	bool kernel = s->off[model] == 'K';

	use_host(f, models[model]);
	papr_policy_set_force(f->policy, true);
	assert_int_equal(papr_policy_set_hcall(f->policy, s->call, route,
					       &f->error), 0);
	assert_int_equal(predict(f), 0);
	if (kernel ? !is_kernel(r) : !is_left(r, model))
		fail_msg("%s routed to %s on %s: %s", s->call,
			 papr_route_name(route), models[model],
			 papr_effective_name(r->effective));
	/* Against the policy's wish there is always a reason. */
	assert_int_equal(kernel || r->effective == PAPR_EFFECTIVE_NOBODY,
			 *r->reason != '\0');
	papr_policy_set_hcall(f->policy, s->call, PAPR_ROUTE_KERNEL, NULL);
}

static void what_was_seen_to_leave_the_kernel_is_predicted(void **state)
{
	size_t i, j;
	int model;

	for (model = 0; model < MODELS; model++)
		for (j = 0; j < ARRAY_SIZE(off_routes); j++) {
			for (i = 0; i < ARRAY_SIZE(seen); i++)
				check_off(*state, &seen[i], model,
					  off_routes[j]);
			for (i = 0; i < ARRAY_SIZE(unswitched); i++)
				check_off(*state, &unswitched[i], model,
					  off_routes[j]);
		}
}

static void check_on(struct fixture *f, const struct seen *s, int model)
{
	const struct papr_route_report *r = report(f, s->call);

	use_host(f, models[model]);
	use_policy(f, "default: kernel");
	assert_int_equal(predict(f), 0);
	if (s->on[model] == 'S')
		assert_int_equal(r->effective, PAPR_EFFECTIVE_KERNEL_USER);
	else if (s->on[model] == 'K')
		assert_int_equal(r->effective, PAPR_EFFECTIVE_KERNEL);
	else if (s->on[model] == 'U' && r->accepted == PAPR_ACCEPTED_ON)
		assert_int_equal(r->effective, PAPR_EFFECTIVE_KERNEL_USER);
	else
		assert_false(is_kernel(r));
	assert_int_equal(r->accepted == PAPR_ACCEPTED_OFF,
			 s->on[model] == 'x');
}

static void what_was_seen_answered_by_the_kernel_is_predicted(void **state)
{
	size_t i;
	int model;

	for (model = 0; model < MODELS; model++) {
		for (i = 0; i < ARRAY_SIZE(seen); i++)
			check_on(*state, &seen[i], model);
		for (i = 0; i < ARRAY_SIZE(unswitched); i++)
			check_on(*state, &unswitched[i], model);
	}
}

/* Of "kernel!": K possible, else why not. */
static const struct {
	const char *call;
	const char *model;
	const char *error;		/* NULL: none */
} demanded[] = {
	{ "H_RANDOM", "power9", NULL },
	{ "H_RANDOM", "power8", "H_RANDOM is routed to kernel!, which is not "
	  "possible on the host power8: the host has no random number "
	  "generator, so its kernel would answer H_HARDWARE; route it to "
	  "kernel or user" },
	{ "H_RPT_INVALIDATE", "nested", NULL },
	{ "H_RPT_INVALIDATE", "power8", "H_RPT_INVALIDATE is routed to "
	  "kernel!, which is not possible on the host power8: the kernel "
	  "answers it for radix guests only, and this host has none; route "
	  "it to kernel or user" },
	{ "H_PUT_TERM_CHAR", "power9", "H_PUT_TERM_CHAR is routed to kernel!, "
	  "which is not possible on the host power9: its kernel does not "
	  "know the call; route it to kernel or user" },
	{ "H_PUT_TCE", "power9", NULL },
	{ "H_STUFF_TCE", "power9", NULL },
	{ "H_PUT_TCE_INDIRECT", "pr", NULL },
	{ "H_CEDE", "nested", NULL },
	{ "H_ENTER_NESTED", "power9", NULL },
	{ "H_RTAS", "pr", NULL },
	{ "H_GET_TCE", "pr", "H_GET_TCE is routed to kernel!, which is not "
	  "possible on the host pr: KVM-PR knows it but leaves all of it to "
	  "userspace; route it to kernel or user" },
	{ "H_READ", "pr", "H_READ is routed to kernel!, which is not possible "
	  "on the host pr: its kernel does not know the call; route it to "
	  "kernel or user" },
};

static void only_the_kernel_is_an_error_where_it_cannot(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(demanded); i++) {
		use_policy(f, "default: kernel");
		use_host(f, demanded[i].model);
		papr_policy_set_hcall(f->policy, demanded[i].call,
				      PAPR_ROUTE_KERNEL_ONLY, NULL);
		assert_int_equal(predict(f), demanded[i].error ?
				 -EOPNOTSUPP : 0);
		assert_string_equal(f->error.text, demanded[i].error ?
				    demanded[i].error : "");
	}
}

#define KERNEL_SLEEPS \
	"H_CEDE does not leave the kernel, which alone wakes those who sleep " \
	"there"
#define NO_PROD "H_PROD, which ends it, is not answered by this library"

/* One row of the table, whole. */
static const struct {
	const char *model;
	const char *policy;
	const char *call;
	enum papr_accepted accepted;
	enum papr_effective effective;
	const char *reason;
} rows[] = {
	{ "power9", "default: kernel", "H_PUT_TERM_CHAR",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
	{ "power9", "default: kernel", "H_PKS_GET_CONFIG",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY, "nobody implements it" },
	{ "power9", "default: user", "H_PKS_GET_CONFIG",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY,
	  "this library does not implement it" },
	{ "power9", "default: user", "H_RPT_INVALIDATE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "nested", "default: user", "H_RPT_INVALIDATE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_NOBODY,
	  "only the kernel can invalidate what is cached of a guest's page "
	  "tables" },
	{ "power9", "default: user", "H_INVALIDATE_PID",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY,
	  "only the kernel can invalidate what is cached of a guest's page "
	  "tables" },
	{ "power9", "default: user", "H_ENTER",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power9", "default: user", "H_CEDE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_KERNEL,
	  "KVM answers it on this host before it looks at its switch" },
	{ "power9", "default: deny", "H_XIRR",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_KERNEL,
	  "KVM answers it on this host before it looks at its switch" },
	{ "power9", "default: user", "H_XIRR",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power9", "sets: { hcall-interrupt: user }", "H_RTAS",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_USER,
	  "the kernel has no interrupt controller for the guest" },
	{ "power9", "{ sets: { hcall-interrupt: user }, hcalls: { H_XIRR_X: "
	  "deny } }", "H_XIRR_X",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_DENIED, "" },
	{ "power10", "sets: { hcall-interrupt: user }", "H_EOI",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "sets: { hcall-interrupt: user }", "H_IPI",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "nested", "sets: { hcall-interrupt: user }", "H_IPOLL",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "pr", "sets: { hcall-interrupt: user }", "H_CPPR",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "{ force: true, hcalls: { H_IPI: user } }", "H_IPI",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_NOBODY,
	  "the interrupt controller of the guest is the kernel's" },
	{ "power9", "{ force: true, hcalls: { H_IPI: user } }", "H_IPI",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_KERNEL,
	  "KVM answers it on this host before it looks at its switch" },
	{ "power9", "default: vmm", "H_ENTER_NESTED",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_KERNEL,
	  "the kernel answers it and has no switch for it" },
	{ "power10", "default: kernel", "H_SET_PARTITION_TABLE",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_KERNEL, "" },
	{ "power8", "default: kernel", "H_TLB_INVALIDATE",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_KERNEL,
	  "nested KVM-HV is off, so the kernel answers H_FUNCTION" },
	{ "power8", "default: deny", "H_COPY_TOFROM_GUEST",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_KERNEL,
	  "nested KVM-HV is off, so the kernel answers H_FUNCTION" },
	{ "power8", "default: kernel", "H_RANDOM",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER,
	  "the host has no random number generator, so its kernel would "
	  "answer H_HARDWARE" },
	{ "power8", "default: kernel", "H_RPT_INVALIDATE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_NOBODY,
	  "the kernel answers it for radix guests only, and this host has "
	  "none" },
	{ "power9", "default: kernel", "H_RTAS",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_KERNEL_USER, "" },
	{ "power9", "default: user", "H_RTAS",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_USER, "" },
	{ "power9", "default: deny", "H_RTAS",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_DENIED, "" },
	{ "power9", "default: kernel", "H_RESCIND_LOGICAL",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY,
	  "its number is served as another call, which guests mean by it" },
	{ "power9", "default: kernel", "H_STUFF_TCE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER,
	  "Linux does not look where a range of entries ends, so that a guest "
	  "could write over memory of the host; only kernel! lets it" },
	{ "power9", "hcalls: { H_STUFF_TCE: kernel! }", "H_STUFF_TCE",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL_USER, "" },
	{ "pr", "default: kernel", "H_GET_TCE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER,
	  "KVM-PR knows it but leaves all of it to userspace" },
	{ "pr", "default: vmm", "H_CEDE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_VMM, "" },
	{ "pr", "default: kernel", "H_SET_MODE",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL_USER, "" },
	{ "pr", "default: kernel", "H_PROD",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY, KERNEL_SLEEPS },
	{ "pr", "default: user", "H_PROD",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
	{ "pr", "default: user", "H_JOIN",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "default: user", "H_CEDE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "default: user", "H_PROD",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "default: user", "H_JOIN",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "default: kernel", "H_JOIN",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
	{ "power8", "default: kernel", "H_PROD",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL_USER, "" },
	{ "power8", "hcalls: { H_PROD: kernel! }", "H_PROD",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL, "" },
	{ "power8", "hcalls: { H_PROD: kernel! }", "H_JOIN",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY, NO_PROD },
	{ "power8", "{ default: user, hcalls: { H_PROD: deny } }", "H_JOIN",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY, NO_PROD },
	{ "power9", "default: user", "H_PROD",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL_USER, KERNEL_SLEEPS },
	{ "nested", "default: user", "H_PROD",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL_USER, KERNEL_SLEEPS },
	{ "power9", "default: user", "H_JOIN",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
	{ "power10", "{ default: user, force: true }", "H_PROD",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER, "" },
	{ "power10", "default: deny", "H_PROD",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_DENIED, "" },
	{ "power10", "default: vmm", "H_PROD",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_VMM, "" },
	{ "pr", "default: kernel", "H_ENTER_NESTED",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_NOBODY, "nobody implements it" },
};

static void every_difference_has_its_reason(void **state)
{
	const struct papr_route_report *r;
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		use_host(f, rows[i].model);
		use_policy(f, rows[i].policy);
		assert_int_equal(predict(f), 0);
		r = report(f, rows[i].call);
		if (r->accepted != rows[i].accepted ||
		    r->effective != rows[i].effective)
			fail_msg("%s, %s, %s: %s, %s", rows[i].model,
				 rows[i].policy, rows[i].call,
				 papr_accepted_name(r->accepted),
				 papr_effective_name(r->effective));
		assert_string_equal(r->reason, rows[i].reason);
	}
}

static void without_kvm_everything_is_userspaces(void **state)
{
	struct fixture *f = *state;
	size_t i;

	memset(&f->host, 0, sizeof(f->host));
	f->host.size = sizeof(f->host);
	assert_int_equal(predict(f), 0);
	for (i = 0; i < HCALL_ROWS; i++) {
		assert_false(is_kernel(&f->report[i]));
		assert_int_equal(f->report[i].accepted, PAPR_ACCEPTED_NONE);
	}
}

static void a_host_of_a_later_library_is_refused(void **state)
{
	struct fixture *f = *state;
	struct {
		struct papr_host host;
		uint64_t more;
	} later = { .host.size = sizeof(later), .more = 1 };

	assert_int_equal(papr_route_predict(f->policy, &later.host, f->report,
					    &f->error), -E2BIG);
}

static const struct {
	const char *policy;
	const char *error;		/* NULL: allowed */
} splits[] = {
	{ "hcalls: { H_CPPR: user }", "H_CPPR is routed to user and H_EOI to "
	  "kernel, but they share interrupt presentation: route the 6 calls "
	  "of that alike, or say \"force: true\"" },
	{ "{ default: vmm, hcalls: { H_XIRR_X: kernel! } }", "H_EOI is routed "
	  "to vmm and H_XIRR_X to kernel!, but they share interrupt "
	  "presentation: route the 6 calls of that alike, or say \"force: "
	  "true\"" },
	{ "sets: { hcall-bulk: user }", "H_BULK_REMOVE is routed to user and "
	  "H_REMOVE to kernel, but they share the page table: route the 7 "
	  "calls of that alike, or say \"force: true\"" },
	{ "hcalls: { H_CEDE: user }", "H_CEDE is routed to user and H_PROD to "
	  "kernel, but they share the state of virtual processors: route the "
	  "4 calls of that alike, or say \"force: true\"" },
	{ "hcalls: { H_CEDE: user, H_PROD: user, H_CONFER: user, "
	  "H_REGISTER_VPA: user }", "H_CEDE is routed to user and interrupts "
	  "to the kernel, and who sleeps in the one is not woken by the "
	  "others: route hcall-interrupt to user too, or say \"force: true\"" },
	{ "{ force: true, hcalls: { H_CEDE: user } }", NULL },
	{ "{ sets: { hcall-interrupt: user }, hcalls: { H_CEDE: user, "
	  "H_PROD: user, H_CONFER: user, H_REGISTER_VPA: user } }", NULL },
	{ "{ force: true, hcalls: { H_CPPR: user } }", NULL },
	{ "sets: { hcall-interrupt: user }", NULL },
	{ "rtas: { 'ibm,int-on': user }", "ibm,int-on is routed to user and "
	  "H_EOI to kernel, but they share interrupt presentation: route the "
	  "6 calls of that to user too, or say \"force: true\"" },
	{ "{ force: true, rtas: { 'ibm,int-on': user } }", NULL },
	{ "rtas: { 'ibm,int-on': deny }", NULL },
	{ "rtas: { 'ibm,int-on': kernel }", NULL },
	{ "{ sets: { hcall-interrupt: user }, rtas: { 'ibm,int-on': user } }",
	  NULL },
	{ "sets: { hcall-interrupt: deny }", NULL },
	{ "sets: { hcall-bulk: deny }", NULL },
	{ "default: user", NULL },
	{ "sets: { hcall-tce: user }", NULL },
	{ "{ sets: { hcall-pft: user }, hcalls: { H_BULK_REMOVE: vmm } }",
	  NULL },
};

static void calls_that_share_state_are_not_torn_apart(void **state)
{
	struct fixture *f = *state;
	size_t i;

	use_host(f, "power8");
	for (i = 0; i < ARRAY_SIZE(splits); i++) {
		use_policy(f, splits[i].policy);
		assert_int_equal(predict(f), splits[i].error ? -EINVAL : 0);
		assert_string_equal(f->error.text, splits[i].error ?
				    splits[i].error : "");
	}
}

/* A vCPU sleeps where it is woken by them, whatever is asked for. */
static void interrupts_stay_in_a_kernel_that_keeps_the_sleepers(void **state)
{
	struct fixture *f = *state;

	use_host(f, "power9");
	use_policy(f, "hcalls: { H_CEDE: user, H_PROD: user, H_CONFER: user, "
		   "H_REGISTER_VPA: user }");
	assert_int_equal(predict(f), 0);
	assert_int_equal(report(f, "H_CEDE")->effective, PAPR_EFFECTIVE_KERNEL);
	assert_int_equal(report(f, "H_CONFER")->effective,
			 PAPR_EFFECTIVE_USER);
}

static void an_impossible_policy_is_reported_whole(void **state)
{
	struct fixture *f = *state;
	size_t i;

	use_host(f, "power9");
	use_policy(f, "hcalls: { H_CPPR: user, H_JOIN: kernel! }");
	assert_int_equal(predict(f), -EINVAL);
	for (i = 0; i < HCALL_ROWS; i++)
		assert_ptr_equal(f->report[i].call, papr_hcall_at(i));
}

static const struct {
	const char *policy;
	const char *set;
	bool answered;
} sets[] = {
	{ "default: kernel", "hcall-pft", true },
	{ "default: kernel", "hcall-term", true },
	{ "default: kernel", "hcall-tce", true },
	{ "hcalls: { H_GET_TCE: deny }", "hcall-tce", false },
	{ "sets: { hcall-tce: deny }", "hcall-tce", false },
	{ "sets: { hcall-tce: vmm }", "hcall-tce", true },
	{ "sets: { hcall-pft: user }", "hcall-pft", true },
	{ "default: kernel", "hcall-vsm", false },
	{ "default: kernel", "(nested-hv-v1)", false },
	{ "default: kernel", "hcall-none", false },
	{ "default: kernel", "SLB-Buffer", true },
	{ "{ hcalls: { H_REGISTER_VPA: deny } }", "SLB-Buffer", false },
};

static void a_set_is_answered_if_all_its_calls_are(void **state)
{
	struct fixture *f = *state;
	size_t i;

	use_host(f, "power9");
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		use_policy(f, sets[i].policy);
		papr_policy_set_force(f->policy, true);
		assert_int_equal(predict(f), 0);
		if (routes_set_answered(f->report, sets[i].set) !=
		    sets[i].answered)
			fail_msg("%s, %s", sets[i].policy, sets[i].set);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, routes_setup, routes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_call_the_kernel_can_switch_was_looked_at),
		TEST(what_was_seen_to_leave_the_kernel_is_predicted),
		TEST(what_was_seen_answered_by_the_kernel_is_predicted),
		TEST(only_the_kernel_is_an_error_where_it_cannot),
		TEST(every_difference_has_its_reason),
		TEST(without_kvm_everything_is_userspaces),
		TEST(a_host_of_a_later_library_is_refused),
		TEST(calls_that_share_state_are_not_torn_apart),
		TEST(interrupts_stay_in_a_kernel_that_keeps_the_sleepers),
		TEST(an_impossible_policy_is_reported_whole),
		TEST(a_set_is_answered_if_all_its_calls_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
