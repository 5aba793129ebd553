/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies: who wins, and what the setters take. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <papr/policy.h>

#include "spapr/routes.h"
#include "spapr/util.h"

static struct papr_policy *good(const char *text)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "p.yaml", &policy, &error))
		fail_msg("%s", error.text);
	return policy;
}

static enum papr_route route_of(const struct papr_policy *policy,
				const char *name)
{
	return papr_policy_route(policy, papr_hcall_by_name(name));
}

static enum papr_route rtas_route_of(const struct papr_policy *policy,
				     const char *name)
{
	return papr_policy_rtas_route(policy, papr_rtas_by_name(name));
}

static void a_new_policy_leaves_every_call_to_the_kernel(void **state)
{
	struct papr_policy *policy;
	size_t i;

	(void)state;
	assert_int_equal(papr_policy_new(&policy), 0);
	for (i = 0; i < papr_hcall_count(); i++)
		assert_int_equal(papr_policy_route(policy, papr_hcall_at(i)),
				 PAPR_ROUTE_KERNEL);
	papr_policy_free(policy);
}

static void a_copy_of_no_policy_is_a_new_one(void **state)
{
	struct papr_policy *policy = policy_copy(NULL, NULL);

	(void)state;
	assert_int_equal(route_of(policy, "H_RANDOM"), PAPR_ROUTE_KERNEL);
	papr_policy_free(policy);
}

static void a_copy_does_not_change_with_the_original(void **state)
{
	struct papr_policy *policy = good("default: user"), *copy;

	(void)state;
	copy = policy_copy(NULL, policy);
	assert_int_equal(papr_policy_set_default(policy, PAPR_ROUTE_DENY), 0);
	papr_policy_free(policy);
	assert_int_equal(route_of(copy, "H_RANDOM"), PAPR_ROUTE_USER);
	papr_policy_free(copy);
}

static const char *const precedence[] = {
	"default: user\n"
	"sets: { hcall-pft: deny }\n"
	"hcalls: { H_ENTER: kernel }\n",
	"hcalls: { H_ENTER: kernel }\n"
	"sets: { hcall-pft: deny }\n"
	"default: user\n",
};

static void the_most_specific_statement_wins_in_any_order(void **state)
{
	struct papr_policy *policy;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(precedence); i++) {
		policy = good(precedence[i]);
		assert_int_equal(route_of(policy, "H_ENTER"),
				 PAPR_ROUTE_KERNEL);
		assert_int_equal(route_of(policy, "H_REMOVE"),
				 PAPR_ROUTE_DENY);
		assert_int_equal(route_of(policy, "H_RANDOM"),
				 PAPR_ROUTE_USER);
		papr_policy_free(policy);
	}
}

static void an_alias_routes_the_call_it_names(void **state)
{
	struct papr_policy *policy = good("hcalls: { H_COP_OP: vmm }");

	(void)state;
	assert_int_equal(route_of(policy, "H_COP"), PAPR_ROUTE_VMM);
	papr_policy_free(policy);
}

static void a_call_of_two_sets_is_routed_by_either(void **state)
{
	struct papr_policy *policy = good("sets: { SLB-Buffer: vmm }");

	(void)state;
	assert_int_equal(route_of(policy, "H_REGISTER_VPA"), PAPR_ROUTE_VMM);
	assert_int_equal(route_of(policy, "H_CEDE"), PAPR_ROUTE_KERNEL);
	papr_policy_free(policy);
}

static void two_sets_may_say_the_same_of_a_call(void **state)
{
	struct papr_policy *policy =
		good("sets: { SLB-Buffer: vmm, hcall-splpar: vmm }");

	(void)state;
	assert_int_equal(route_of(policy, "H_REGISTER_VPA"), PAPR_ROUTE_VMM);
	papr_policy_free(policy);
}

static void logging_follows_the_statement_that_decides(void **state)
{
	struct papr_policy *policy = good(
		"default: { route: kernel, log: true }\n"
		"sets: { hcall-pft: { route: user, log: false } }\n"
		"hcalls: { H_ENTER: { route: user, log: true } }\n"
		"rtas: { power-off: { route: user, log: true } }\n");

	(void)state;
	assert_true(papr_policy_logged(policy, papr_hcall_by_name("H_RANDOM")));
	assert_false(papr_policy_logged(policy,
					papr_hcall_by_name("H_REMOVE")));
	assert_true(papr_policy_logged(policy, papr_hcall_by_name("H_ENTER")));
	assert_true(papr_policy_logged(policy, papr_rtas_by_name("power-off")));
	assert_false(papr_policy_logged(policy,
					papr_rtas_by_name("start-cpu")));
	papr_policy_free(policy);
}

static const struct {
	const char *call;
	enum papr_policy_source source;
	unsigned int line;
} sources[] = {
	{ "H_RANDOM", PAPR_POLICY_DEFAULT, 1 },
	{ "H_REMOVE", PAPR_POLICY_SET, 3 },
	{ "H_ENTER", PAPR_POLICY_CALL, 5 },
};

static void the_statement_that_decides_can_be_asked_for(void **state)
{
	struct papr_policy *policy = good("default: user\n"
					  "sets:\n"
					  "  hcall-pft: user\n"
					  "hcalls:\n"
					  "  H_ENTER: user\n");
	unsigned int line;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		assert_int_equal(papr_policy_source(policy,
				papr_hcall_by_name(sources[i].call), &line),
				 sources[i].source);
		assert_int_equal(line, sources[i].line);
	}
	assert_int_equal(papr_policy_source(policy,
			papr_rtas_by_name("power-off"), &line),
			 PAPR_POLICY_NOTHING);
	assert_int_equal(line, 0);
	papr_policy_free(policy);
}

static void rtas_calls_go_to_userspace_but_for_the_kernel_s_own(
	void **state)
{
	struct papr_policy *policy = good("default: deny\n"
					  "hcalls: { H_RTAS: kernel }");

	(void)state;
	assert_int_equal(rtas_route_of(policy, "power-off"), PAPR_ROUTE_USER);
	assert_int_equal(rtas_route_of(policy, "ibm,set-xive"),
			 PAPR_ROUTE_KERNEL);
	papr_policy_free(policy);
}

static void an_rtas_call_can_be_routed(void **state)
{
	struct papr_policy *policy = good("rtas:\n"
					  "  power-off: deny\n"
					  "  ibm,int-on: user\n"
					  "  ibm,int-off: kernel\n");

	(void)state;
	assert_int_equal(rtas_route_of(policy, "power-off"), PAPR_ROUTE_DENY);
	assert_int_equal(rtas_route_of(policy, "ibm,int-on"), PAPR_ROUTE_USER);
	assert_int_equal(rtas_route_of(policy, "ibm,int-off"),
			 PAPR_ROUTE_KERNEL);
	papr_policy_free(policy);
}

static void no_rtas_call_stays_in_the_kernel_if_h_rtas_does_not(void **state)
{
	struct papr_policy *policy = good("hcalls: { H_RTAS: user }\n"
					  "rtas: { 'ibm,int-on': kernel }\n");

	(void)state;
	assert_int_equal(rtas_route_of(policy, "ibm,int-on"), PAPR_ROUTE_USER);
	papr_policy_free(policy);
}

static void rtas_calls_of_sources_go_with_interrupt_presentation(void **state)
{
	static const struct {
		const char *policy;
		enum papr_route route;
	} rows[] = {
		{ "sets: { hcall-interrupt: user }", PAPR_ROUTE_USER },
		{ "sets: { hcall-interrupt: vmm }", PAPR_ROUTE_KERNEL },
		{ "sets: { hcall-interrupt: deny }", PAPR_ROUTE_KERNEL },
		{ "hcalls: { H_EOI: user }", PAPR_ROUTE_KERNEL },
		{ "{ sets: { hcall-interrupt: user }, "
		  "rtas: { 'ibm,int-on': kernel } }", PAPR_ROUTE_USER },
		{ "{ sets: { hcall-interrupt: user }, "
		  "rtas: { 'ibm,int-on': deny } }", PAPR_ROUTE_DENY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_policy *policy = good(rows[i].policy);

		assert_int_equal(rtas_route_of(policy, "ibm,int-on"),
				 rows[i].route);
		papr_policy_free(policy);
	}
}

static void the_setters_do_what_a_file_does(void **state)
{
	struct papr_policy *policy;

	(void)state;
	assert_int_equal(papr_policy_new(&policy), 0);
	assert_int_equal(papr_policy_set_default(policy, PAPR_ROUTE_DENY), 0);
	assert_int_equal(papr_policy_set_set(policy, "hcall-pft",
					     PAPR_ROUTE_USER, NULL), 0);
	assert_int_equal(papr_policy_set_hcall(policy, "H_ENTER",
					       PAPR_ROUTE_VMM, NULL), 0);
	assert_int_equal(papr_policy_set_rtas(policy, "power-off",
					      PAPR_ROUTE_DENY, NULL), 0);
	assert_int_equal(route_of(policy, "H_RANDOM"), PAPR_ROUTE_DENY);
	assert_int_equal(route_of(policy, "H_REMOVE"), PAPR_ROUTE_USER);
	assert_int_equal(route_of(policy, "H_ENTER"), PAPR_ROUTE_VMM);
	assert_int_equal(rtas_route_of(policy, "power-off"), PAPR_ROUTE_DENY);
	papr_policy_free(policy);
}

static void a_setter_may_change_its_mind(void **state)
{
	struct papr_policy *policy = good("hcalls: { H_ENTER: user }\n"
					  "sets: { SLB-Buffer: user }\n");

	(void)state;
	assert_int_equal(papr_policy_set_hcall(policy, "H_ENTER",
					       PAPR_ROUTE_VMM, NULL), 0);
	assert_int_equal(papr_policy_set_set(policy, "hcall-splpar",
					     PAPR_ROUTE_VMM, NULL), 0);
	assert_int_equal(route_of(policy, "H_ENTER"), PAPR_ROUTE_VMM);
	assert_int_equal(route_of(policy, "H_REGISTER_VPA"), PAPR_ROUTE_VMM);
	papr_policy_free(policy);
}

static void the_setters_refuse_what_is_not_there(void **state)
{
	enum papr_route none = (enum papr_route)5;
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_policy_new(&policy), 0);
	assert_int_equal(papr_policy_set_default(policy, none), -EINVAL);
	assert_int_equal(papr_policy_set_default(policy,
						 PAPR_ROUTE_KERNEL_ONLY),
			 -EINVAL);
	assert_int_equal(papr_policy_set_set(policy, "hcall-pft", none,
					     &error), -EINVAL);
	assert_string_equal(error.text, "there is no route 5");
	assert_int_equal(papr_policy_set_set(policy, "hcall-ptf",
					     PAPR_ROUTE_USER, &error),
			 -ENOENT);
	assert_string_equal(error.text, "hcall-ptf is no function set; is "
			    "hcall-pft meant?");
	assert_int_equal(papr_policy_set_hcall(policy, "H_ENTRE",
					       PAPR_ROUTE_USER, &error),
			 -ENOENT);
	assert_string_equal(error.text, "H_ENTRE is no hypercall; is H_ENTER "
			    "meant?");
	assert_int_equal(papr_policy_set_hcall(policy, "H_ENTER", none, NULL),
			 -EINVAL);
	assert_int_equal(papr_policy_set_rtas(policy, "power-of",
					      PAPR_ROUTE_USER, &error),
			 -ENOENT);
	assert_string_equal(error.text, "power-of is no RTAS call; is "
			    "power-off meant?");
	assert_int_equal(papr_policy_set_rtas(policy, "power-off", none, NULL),
			 -EINVAL);
	papr_policy_free(policy);
}

static void every_route_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(papr_route_name(PAPR_ROUTE_KERNEL), "kernel");
	assert_string_equal(papr_route_name(PAPR_ROUTE_KERNEL_ONLY),
			    "kernel!");
	assert_string_equal(papr_route_name(PAPR_ROUTE_USER), "user");
	assert_string_equal(papr_route_name(PAPR_ROUTE_VMM), "vmm");
	assert_string_equal(papr_route_name(PAPR_ROUTE_DENY), "deny");
	assert_string_equal(papr_route_name((enum papr_route)5), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_policy_leaves_every_call_to_the_kernel),
		cmocka_unit_test(a_copy_of_no_policy_is_a_new_one),
		cmocka_unit_test(a_copy_does_not_change_with_the_original),
		cmocka_unit_test(the_most_specific_statement_wins_in_any_order),
		cmocka_unit_test(an_alias_routes_the_call_it_names),
		cmocka_unit_test(a_call_of_two_sets_is_routed_by_either),
		cmocka_unit_test(two_sets_may_say_the_same_of_a_call),
		cmocka_unit_test(logging_follows_the_statement_that_decides),
		cmocka_unit_test(the_statement_that_decides_can_be_asked_for),
		cmocka_unit_test(
			rtas_calls_go_to_userspace_but_for_the_kernel_s_own),
		cmocka_unit_test(an_rtas_call_can_be_routed),
		cmocka_unit_test(
			no_rtas_call_stays_in_the_kernel_if_h_rtas_does_not),
		cmocka_unit_test(
			rtas_calls_of_sources_go_with_interrupt_presentation),
		cmocka_unit_test(the_setters_do_what_a_file_does),
		cmocka_unit_test(a_setter_may_change_its_mind),
		cmocka_unit_test(the_setters_refuse_what_is_not_there),
		cmocka_unit_test(every_route_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
