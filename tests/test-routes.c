/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes: what is predicted against what was seen leave the kernel, and what
 * is applied against a host that fails.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talloc.h>

#include <cmocka.h>
#include <linux/kvm.h>

#include <papr/host.h>

#include "hcalls/catalogue.h"
#include "spapr/routes.h"
#include "spapr/util.h"
#include "tests/fake-host.h"

/* caps.def writes KVM's numbers down so that it needs no kernel header. */
#define CAP(name, number, kvm, p8, p9, p10, nested, pr, meaning) \
	_Static_assert(number == KVM_CAP_##name, kvm);
#define KVM_CAP_ENABLE_HCALL	KVM_CAP_PPC_ENABLE_HCALL
#define KVM_CAP_SMT		KVM_CAP_PPC_SMT
#define KVM_CAP_SMT_POSSIBLE	KVM_CAP_PPC_SMT_POSSIBLE
#define KVM_CAP_NESTED_HV	KVM_CAP_PPC_NESTED_HV
#define KVM_CAP_FWNMI		KVM_CAP_PPC_FWNMI
#define KVM_CAP_PAPR		KVM_CAP_PPC_PAPR
#define KVM_CAP_MMU_RADIX	KVM_CAP_PPC_MMU_RADIX
#define KVM_CAP_MMU_HASH_V3	KVM_CAP_PPC_MMU_HASH_V3
#define KVM_CAP_IRQ_XIVE	KVM_CAP_PPC_IRQ_XIVE
#define KVM_CAP_RTAS		KVM_CAP_PPC_RTAS
#define KVM_CAP_AIL_MODE_3	KVM_CAP_PPC_AIL_MODE_3
#define KVM_CAP_RPT_INVALIDATE	KVM_CAP_PPC_RPT_INVALIDATE
#define KVM_CAP_HWRNG		KVM_CAP_PPC_HWRNG
#define KVM_CAP_ALLOC_HTAB	KVM_CAP_PPC_ALLOC_HTAB
#define KVM_CAP_RESIZE_HPT	KVM_CAP_SPAPR_RESIZE_HPT
#define KVM_CAP_DAWR1		KVM_CAP_PPC_DAWR1
#include "spapr/caps.def"

struct fixture {
	struct papr_policy *policy;
	struct papr_host host;
	struct papr_route_report report[HCALL_ROWS];
	struct papr_error error;
	struct fake_host *fake;
};

static int setup(void **state)
{
	struct fixture *f = talloc_zero(NULL, struct fixture);

	f->host.size = sizeof(f->host);
	*state = f;
	return papr_policy_new(&f->policy);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	papr_policy_free(f->policy);
	talloc_free(f);
	return 0;
}

static void use_policy(struct fixture *f, const char *text)
{
	papr_policy_free(f->policy);
	f->policy = NULL;
	if (papr_policy_parse(text, strlen(text), "policy", &f->policy,
			      &f->error))
		fail_msg("%s", f->error.text);
}

static void use_host(struct fixture *f, const char *model)
{
	f->host.size = sizeof(f->host);
	if (papr_host_model(model, &f->host, &f->error))
		fail_msg("%s", f->error.text);
}

static int predict(struct fixture *f)
{
	f->error.text[0] = '\0';
	return papr_route_predict(f->policy, &f->host, f->report, &f->error);
}

static void use_fake(struct fixture *f, const char *model)
{
	use_host(f, model);
	talloc_free(f->fake);
	f->fake = fake_host_new(f, model);
}

static int apply(struct fixture *f, const struct papr_route_report *old)
{
	f->error.text[0] = '\0';
	return routes_apply(f->policy, &f->host, fake_host_ops(), f->fake,
			    old, f->report, &f->error);
}

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
	{ "H_PROD", "UUUU", "KKKK" },
	{ "H_BULK_REMOVE", "UUUU", "KKKK" },
	{ "H_SET_XDABR", "UUUU", "KKKK" },
	{ "H_STUFF_TCE", "UUUU", "UUUU" },
	{ "H_PUT_TCE_INDIRECT", "UUUU", "UUUU" },
	/* x: H_HARDWARE, H_UNSUPPORTED; better not switched on at all. */
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

/* Who may answer a call that was routed so and that left the kernel. */
static bool is_left(const struct papr_route_report *r)
{
	switch (r->requested) {
	case PAPR_ROUTE_USER:
		return r->effective == (papr_hcall_has_handler(r->call) ?
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
	if (kernel ? !is_kernel(r) : !is_left(r))
		fail_msg("%s routed to %s on %s: %s", s->call,
			 papr_route_name(route), models[model],
			 papr_effective_name(r->effective));
	/* Against the policy's wish there is always a reason. */
	assert_int_equal(kernel || r->effective == PAPR_EFFECTIVE_NOBODY,
			 *r->reason != '\0');
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
	if (s->on[model] == 'K')
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
	{ "power9", "default: user", "H_ENTER",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_NOBODY,
	  "this library does not implement it" },
	{ "power9", "default: user", "H_CEDE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_KERNEL,
	  "KVM answers it on this host before it looks at its switch" },
	{ "power9", "default: deny", "H_XIRR",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_KERNEL,
	  "KVM answers it on this host before it looks at its switch" },
	{ "power9", "default: vmm", "H_ENTER_NESTED",
	  PAPR_ACCEPTED_FIXED, PAPR_EFFECTIVE_KERNEL,
	  "the kernel answers it and has no switch for it" },
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
	{ "pr", "default: kernel", "H_GET_TCE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_USER,
	  "KVM-PR knows it but leaves all of it to userspace" },
	{ "pr", "default: vmm", "H_CEDE",
	  PAPR_ACCEPTED_OFF, PAPR_EFFECTIVE_VMM, "" },
	{ "pr", "default: kernel", "H_SET_MODE",
	  PAPR_ACCEPTED_ON, PAPR_EFFECTIVE_KERNEL_USER, "" },
	{ "pr", "default: kernel", "H_PROD",
	  PAPR_ACCEPTED_NONE, PAPR_EFFECTIVE_USER, "" },
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
	{ "{ force: true, hcalls: { H_CPPR: user } }", NULL },
	{ "sets: { hcall-interrupt: user }", NULL },
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

/* The bits of the kernel, one for each call. */
static void snapshot(struct fixture *f, bool *on)
{
	size_t i;

	for (i = 0; i < HCALL_ROWS; i++)
		on[i] = fake_host_hcall_enabled(f->fake,
						papr_hcall_at(i)->number);
}

static const char *const all_models[] = {
	"power8", "power9", "power10", "nested", "pr",
};

static void apply_switches_every_call_that_has_a_switch(void **state)
{
	const struct papr_route_report *r;
	struct fixture *f = *state;
	char line[64];
	size_t i, j, n;

	use_policy(f, "default: user");
	for (i = 0; i < ARRAY_SIZE(all_models); i++) {
		use_fake(f, all_models[i]);
		assert_int_equal(apply(f, NULL), 0);
		for (j = n = 0; j < HCALL_ROWS; j++) {
			r = &f->report[j];
			snprintf(line, sizeof(line), "enable_hcall 0x%x off",
				 r->call->number);
			n += r->accepted == PAPR_ACCEPTED_OFF;
			assert_int_equal(fake_host_count(f->fake, line),
					 r->accepted == PAPR_ACCEPTED_OFF);
			assert_false(fake_host_hcall_enabled(f->fake,
						r->call->number));
		}
		assert_int_equal(n, i == 4 ? 18 : 29);
	}
}

static void assert_same_report(const struct papr_route_report *a,
			       const struct papr_route_report *b)
{
	assert_ptr_equal(a->call, b->call);
	assert_int_equal(a->requested, b->requested);
	assert_int_equal(a->accepted, b->accepted);
	assert_int_equal(a->effective, b->effective);
	assert_string_equal(a->reason, b->reason);
}

static void what_is_applied_is_what_was_predicted(void **state)
{
	static const char *const policies[] = {
		"default: kernel", "default: user", "default: deny",
		"sets: { hcall-tce: vmm, hcall-interrupt: user }",
	};
	struct papr_route_report predicted[HCALL_ROWS];
	struct fixture *f = *state;
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(all_models); i++)
		for (j = 0; j < ARRAY_SIZE(policies); j++) {
			use_fake(f, all_models[i]);
			use_policy(f, policies[j]);
			assert_int_equal(predict(f), 0);
			memcpy(predicted, f->report, sizeof(predicted));
			memset(f->report, 0, sizeof(f->report));
			assert_int_equal(apply(f, NULL), 0);
			for (k = 0; k < HCALL_ROWS; k++)
				assert_same_report(&f->report[k],
						   &predicted[k]);
		}
}

static void a_torn_policy_does_not_touch_the_kernel(void **state)
{
	struct fixture *f = *state;

	use_fake(f, "power9");
	use_policy(f, "hcalls: { H_CPPR: user }");
	assert_int_equal(apply(f, NULL), -EINVAL);
	assert_string_equal(fake_host_log(f->fake), "");
}

static void a_demand_on_a_weak_kernel_does_not_touch_it(void **state)
{
	struct fixture *f = *state;

	use_fake(f, "power8");
	use_policy(f, "hcalls: { H_RANDOM: kernel! }");
	assert_int_equal(apply(f, NULL), -EOPNOTSUPP);
	assert_string_equal(fake_host_log(f->fake), "");
}

static void a_first_policy_is_applied_whole_or_not_at_all(void **state)
{
	bool before[HCALL_ROWS], after[HCALL_ROWS];
	struct fixture *f = *state;
	unsigned int k;

	use_policy(f, "default: user");
	for (k = 1; k <= 29; k++) {
		use_fake(f, "power9");
		snapshot(f, before);
		fake_host_fail(f->fake, FAKE_ENABLE_HCALL, k, EIO);
		assert_int_equal(apply(f, NULL), -EIO);
		snapshot(f, after);
		assert_memory_equal(before, after, sizeof(before));
		assert_non_null(strstr(f->error.text, "the kernel did not let "
				       "go of H_"));
	}
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 30, EIO);
	assert_int_equal(apply(f, NULL), 0);
}

static void a_later_policy_is_applied_whole_or_not_at_all(void **state)
{
	struct papr_route_report old[HCALL_ROWS], *now;
	bool before[HCALL_ROWS], after[HCALL_ROWS];
	struct fixture *f = *state;
	unsigned int k;

	now = f->report;
	for (k = 1; k <= 29; k++) {
		use_fake(f, "power9");
		use_policy(f, "sets: { hcall-tce: user, hcall-pft: deny }");
		assert_int_equal(apply(f, NULL), 0);
		memcpy(old, now, sizeof(old));
		snapshot(f, before);
		use_policy(f, "default: user");
		fake_host_fail(f->fake, FAKE_ENABLE_HCALL, k, EIO);
		assert_int_equal(apply(f, now), -EIO);
		snapshot(f, after);
		assert_memory_equal(before, after, sizeof(before));
		assert_memory_equal(old, now, sizeof(old));
	}
}

static void the_error_names_the_call_the_kernel_did_not_let_go(void **state)
{
	struct fixture *f = *state;

	use_fake(f, "power9");
	use_policy(f, "default: deny");
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 1, EIO);
	assert_int_equal(apply(f, NULL), -EIO);
	assert_string_equal(f->error.text, "the kernel did not let go of "
			    "H_REMOVE, which is routed to deny: Input/output "
			    "error");
}

/* Refuses the second and all later changes. */
static int refuse_all_but_one(void *host, uint32_t number, bool enable)
{
	unsigned int *calls = host;

	(void)number;
	(void)enable;
	return (*calls)++ ? -EIO : 0;
}

static void a_kernel_left_between_two_policies_is_told_of(void **state)
{
	struct papr_host_ops ops = { .enable_hcall = refuse_all_but_one };
	struct fixture *f = *state;
	unsigned int calls = 0;

	use_host(f, "power9");
	use_policy(f, "default: user");
	assert_int_equal(routes_apply(f->policy, &f->host, &ops, &calls, NULL,
				      f->report, &f->error), -EIO);
	assert_string_equal(f->error.text, "the kernel took neither the new "
			    "route of H_ENTER nor the old routes back: it is "
			    "between the two");
}

static void a_call_the_kernel_refuses_is_answered_in_userspace(void **state)
{
	struct fixture *f = *state;
	const struct papr_route_report *r = report(f, "H_PAGE_INIT");

	use_fake(f, "power9");
	/* H_PAGE_INIT is the tenth that can be switched. */
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 10, EINVAL);
	assert_int_equal(apply(f, NULL), 0);
	assert_int_equal(r->accepted, PAPR_ACCEPTED_REFUSED);
	assert_int_equal(r->effective, PAPR_EFFECTIVE_USER);
	assert_string_equal(r->reason, "the kernel refused to answer it");
}

static void a_refused_demand_takes_all_back(void **state)
{
	bool before[HCALL_ROWS], after[HCALL_ROWS];
	struct fixture *f = *state;

	use_fake(f, "power9");
	use_policy(f, "{ sets: { hcall-tce: user }, "
		   "hcalls: { H_PAGE_INIT: kernel! } }");
	snapshot(f, before);
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 10, EINVAL);
	assert_int_equal(apply(f, NULL), -EOPNOTSUPP);
	snapshot(f, after);
	assert_memory_equal(before, after, sizeof(before));
	assert_string_equal(f->error.text, "H_PAGE_INIT is routed to kernel!, "
			    "which is not possible on the host power9: the "
			    "kernel refused to answer it; route it to kernel "
			    "or user");
}

static void a_call_the_kernel_lacks_need_not_be_switched_off(void **state)
{
	struct fixture *f = *state;
	const struct papr_route_report *r = report(f, "H_PAGE_INIT");

	use_fake(f, "power9");
	use_policy(f, "default: user");
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 10, EINVAL);
	assert_int_equal(apply(f, NULL), 0);
	assert_int_equal(r->accepted, PAPR_ACCEPTED_NONE);
	assert_int_equal(r->effective, PAPR_EFFECTIVE_USER);
	assert_string_equal(r->reason, "");
}

static void force_lives_with_what_the_kernel_keeps(void **state)
{
	struct fixture *f = *state;
	const struct papr_route_report *r = report(f, "H_PAGE_INIT");

	use_fake(f, "power9");
	use_policy(f, "{ default: user, force: true }");
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 10, EIO);
	assert_int_equal(apply(f, NULL), 0);
	assert_int_equal(r->accepted, PAPR_ACCEPTED_REFUSED);
	assert_int_equal(r->effective, PAPR_EFFECTIVE_KERNEL);
	assert_string_equal(r->reason, "the kernel did not let go of it");
}

static void a_host_without_the_operation_has_no_kernel(void **state)
{
	struct papr_host_ops ops = { .enable_hcall = NULL };
	struct fixture *f = *state;

	use_host(f, "power9");
	assert_int_equal(routes_apply(f->policy, &f->host, &ops, NULL, NULL,
				      f->report, &f->error), 0);
	assert_int_equal(report(f, "H_PAGE_INIT")->effective,
			 PAPR_EFFECTIVE_USER);
	assert_int_equal(report(f, "H_ENTER")->effective,
			 PAPR_EFFECTIVE_NOBODY);
}

static void without_interrupts_in_the_kernel_their_calls_leave(void **state)
{
	struct papr_host_ops ops = *fake_host_ops();
	const struct papr_route_report *r;
	struct fixture *f = *state;

	ops.setup_irqs = NULL;
	use_fake(f, "power9");
	assert_int_equal(routes_apply(f->policy, &f->host, &ops, f->fake, NULL,
				      f->report, &f->error), 0);
	r = report(f, "H_XIRR");
	assert_int_equal(r->accepted, PAPR_ACCEPTED_OFF);
	assert_false(is_kernel(r));
	assert_string_equal(r->reason, "the kernel has no interrupt "
			    "controller for the guest");
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
	{ "sets: { hcall-pft: user }", "hcall-pft", false },
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

static void there_are_five_models(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all_models); i++) {
		assert_string_equal(papr_host_model_name(i), all_models[i]);
		use_host(f, all_models[i]);
		assert_string_equal(f->host.name, all_models[i]);
		assert_int_equal(f->host.size, sizeof(f->host));
	}
	assert_null(papr_host_model_name(i));
}

static void another_model_is_refused_with_those_there_are(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(papr_host_model("power7", &f->host, &f->error),
			 -ENOENT);
	assert_string_equal(f->error.text, "power7 is no known host; there "
			    "are power8, power9, power10, nested and pr");
}

static void a_capability_has_name_number_and_meaning(void **state)
{
	const struct papr_cap_info *info;
	int cap;

	(void)state;
	for (cap = 0; cap < PAPR_CAPS; cap++) {
		info = papr_cap_info(cap);
		assert_int_equal(strncmp(info->name, "KVM_CAP_", 8), 0);
		assert_int_not_equal(info->number, 0);
		assert_true(strlen(info->meaning) > 0);
	}
	assert_string_equal(papr_cap_info(PAPR_CAP_SMT)->name,
			    "KVM_CAP_PPC_SMT");
	assert_null(papr_cap_info(PAPR_CAPS));
}

static void names_of_what_is_not_there_are_unknown(void **state)
{
	(void)state;
	assert_string_equal(papr_flavour_name(PAPR_FLAVOUR_PR), "KVM-PR");
	assert_string_equal(papr_flavour_name((enum papr_flavour)9),
			    "unknown");
	assert_string_equal(papr_accepted_name(PAPR_ACCEPTED_NONE), "none");
	assert_string_equal(papr_accepted_name((enum papr_accepted)9),
			    "unknown");
	assert_string_equal(papr_effective_name(PAPR_EFFECTIVE_NOBODY),
			    "nobody");
	assert_string_equal(papr_effective_name((enum papr_effective)9),
			    "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
		TEST(an_impossible_policy_is_reported_whole),
		TEST(apply_switches_every_call_that_has_a_switch),
		TEST(what_is_applied_is_what_was_predicted),
		TEST(a_torn_policy_does_not_touch_the_kernel),
		TEST(a_demand_on_a_weak_kernel_does_not_touch_it),
		TEST(a_first_policy_is_applied_whole_or_not_at_all),
		TEST(a_later_policy_is_applied_whole_or_not_at_all),
		TEST(the_error_names_the_call_the_kernel_did_not_let_go),
		TEST(a_kernel_left_between_two_policies_is_told_of),
		TEST(a_call_the_kernel_refuses_is_answered_in_userspace),
		TEST(a_refused_demand_takes_all_back),
		TEST(a_call_the_kernel_lacks_need_not_be_switched_off),
		TEST(force_lives_with_what_the_kernel_keeps),
		TEST(a_host_without_the_operation_has_no_kernel),
		TEST(without_interrupts_in_the_kernel_their_calls_leave),
		TEST(a_set_is_answered_if_all_its_calls_are),
		TEST(there_are_five_models),
		TEST(another_model_is_refused_with_those_there_are),
		TEST(a_capability_has_name_number_and_meaning),
		TEST(names_of_what_is_not_there_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
