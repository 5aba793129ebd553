/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes as applied, to a kernel that takes them and to one that does not. */
#include <errno.h>
#include <stdio.h>
#include <talloc.h>

#include "spapr/routes.h"
#include "spapr/util.h"
#include "tests/routes-fixture.h"

static void use_fake(struct fixture *f, const char *model)
{
	use_host(f, model);
	talloc_free(f->fake);
	f->fake = fake_host_new(f, model);
}

static int apply(struct fixture *f)
{
	f->error.text[0] = '\0';
	return routes_apply(f->policy, &f->host, fake_host_ops(), f->fake,
			    f->report, &f->error);
}

static const struct papr_route_report *report(const struct fixture *f,
					      const char *call)
{
	return &f->report[papr_hcall_by_name(call)->index];
}

static bool is_kernel(const struct papr_route_report *r)
{
	return r->effective == PAPR_EFFECTIVE_KERNEL ||
		r->effective == PAPR_EFFECTIVE_KERNEL_USER;
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

	use_policy(f, "{ default: user, force: true }");
	for (i = 0; i < ARRAY_SIZE(all_models); i++) {
		use_fake(f, all_models[i]);
		assert_int_equal(apply(f), 0);
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

/* Member by member: what is between them has no value. */
static void assert_same_reports(const struct papr_route_report *a,
				const struct papr_route_report *b)
{
	size_t i;

	for (i = 0; i < HCALL_ROWS; i++) {
		assert_ptr_equal(a[i].call, b[i].call);
		assert_int_equal(a[i].requested, b[i].requested);
		assert_int_equal(a[i].accepted, b[i].accepted);
		assert_int_equal(a[i].effective, b[i].effective);
		assert_string_equal(a[i].reason, b[i].reason);
	}
}

static void what_is_applied_is_what_was_predicted(void **state)
{
	static const char *const policies[] = {
		"default: kernel", "default: user", "default: deny",
		"sets: { hcall-tce: vmm, hcall-interrupt: user }",
	};
	struct papr_route_report predicted[HCALL_ROWS];
	struct fixture *f = *state;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(all_models); i++)
		for (j = 0; j < ARRAY_SIZE(policies); j++) {
			use_fake(f, all_models[i]);
			use_policy(f, policies[j]);
			assert_int_equal(predict(f), 0);
			memcpy(predicted, f->report, sizeof(predicted));
			memset(f->report, 0, sizeof(f->report));
			assert_int_equal(apply(f), 0);
			assert_same_reports(f->report, predicted);
		}
}

static void a_torn_policy_does_not_touch_the_kernel(void **state)
{
	struct fixture *f = *state;

	use_fake(f, "power9");
	use_policy(f, "hcalls: { H_CPPR: user }");
	assert_int_equal(apply(f), -EINVAL);
	assert_string_equal(fake_host_log(f->fake), "");
}

static void a_demand_on_a_weak_kernel_does_not_touch_it(void **state)
{
	struct fixture *f = *state;

	use_fake(f, "power8");
	use_policy(f, "hcalls: { H_RANDOM: kernel! }");
	assert_int_equal(apply(f), -EOPNOTSUPP);
	assert_string_equal(fake_host_log(f->fake), "");
}

static void a_first_policy_is_applied_whole_or_not_at_all(void **state)
{
	bool before[HCALL_ROWS], after[HCALL_ROWS];
	struct fixture *f = *state;
	unsigned int k;

	use_policy(f, "default: deny");
	for (k = 1; k <= 29; k++) {
		use_fake(f, "power9");
		snapshot(f, before);
		fake_host_fail(f->fake, FAKE_ENABLE_HCALL, k, EIO);
		assert_int_equal(apply(f), -EIO);
		snapshot(f, after);
		assert_memory_equal(before, after, sizeof(before));
		assert_non_null(strstr(f->error.text, "the kernel did not let "
				       "go of H_"));
	}
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 30, EIO);
	assert_int_equal(apply(f), 0);
}

static void the_error_names_the_call_the_kernel_did_not_let_go(void **state)
{
	struct fixture *f = *state;

	use_fake(f, "power9");
	use_policy(f, "default: deny");
	fake_host_fail(f->fake, FAKE_ENABLE_HCALL, 1, EIO);
	assert_int_equal(apply(f), -EIO);
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
	assert_int_equal(routes_apply(f->policy, &f->host, &ops, &calls,
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
	assert_int_equal(apply(f), 0);
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
	assert_int_equal(apply(f), -EOPNOTSUPP);
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
	assert_int_equal(apply(f), 0);
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
	assert_int_equal(apply(f), 0);
	assert_int_equal(r->accepted, PAPR_ACCEPTED_REFUSED);
	assert_int_equal(r->effective, PAPR_EFFECTIVE_KERNEL);
	assert_string_equal(r->reason, "the kernel did not let go of it");
}

static void a_host_without_the_operation_has_no_kernel(void **state)
{
	struct papr_host_ops ops = { .enable_hcall = NULL };
	struct fixture *f = *state;

	use_host(f, "power9");
	assert_int_equal(routes_apply(f->policy, &f->host, &ops, NULL,
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
	assert_int_equal(routes_apply(f->policy, &f->host, &ops, f->fake,
				      f->report, &f->error), 0);
	r = report(f, "H_XIRR");
	assert_int_equal(r->accepted, PAPR_ACCEPTED_OFF);
	assert_false(is_kernel(r));
	assert_string_equal(r->reason, "the kernel has no interrupt "
			    "controller for the guest");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, routes_setup, routes_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(apply_switches_every_call_that_has_a_switch),
		TEST(what_is_applied_is_what_was_predicted),
		TEST(a_torn_policy_does_not_touch_the_kernel),
		TEST(a_demand_on_a_weak_kernel_does_not_touch_it),
		TEST(a_first_policy_is_applied_whole_or_not_at_all),
		TEST(the_error_names_the_call_the_kernel_did_not_let_go),
		TEST(a_kernel_left_between_two_policies_is_told_of),
		TEST(a_call_the_kernel_refuses_is_answered_in_userspace),
		TEST(a_refused_demand_takes_all_back),
		TEST(a_call_the_kernel_lacks_need_not_be_switched_off),
		TEST(force_lives_with_what_the_kernel_keeps),
		TEST(a_host_without_the_operation_has_no_kernel),
		TEST(without_interrupts_in_the_kernel_their_calls_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
