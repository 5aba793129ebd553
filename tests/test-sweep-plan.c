/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr sweep is going to inject. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/sweep.h"
#include "vmm/util.h"

#define CPUS 4

static struct sweep_space a_space(const char *kinds, const char *dispositions,
				  const char *contexts, const char *cpus)
{
	struct sweep_space s = { .seed = 1, .pc_step = 4 };
	struct papr_error error;

	assert_int_equal(sweep_space_list(&s, "kinds", kinds, &error), 0);
	assert_int_equal(sweep_space_list(&s, "dispositions", dispositions,
					  &error), 0);
	assert_int_equal(sweep_space_list(&s, "contexts", contexts, &error),
			 0);
	assert_int_equal(sweep_space_cpus(&s, cpus, CPUS, &error), 0);
	return s;
}

static struct sweep_space a_wide_space(void)
{
	return a_space("ue,slb,erat,tlb,ra,d-cache,i-cache,unknown",
		       "fully-recovered,not-recovered", "user,kernel", "0-3");
}

static struct sweep_injection *plan(const struct sweep_space *s, size_t *n)
{
	struct sweep_injection *result;
	struct papr_error error;

	assert_int_equal(sweep_plan(s, &result, n, &error), 0);
	return result;
}

static void a_type_stands_for_its_subtypes(void **state)
{
	struct sweep_space s = a_space("slb,d-cache", "not-recovered", "any",
				       "0");

	(void)state;
	assert_int_equal(s.n_kinds, 4);
	assert_string_equal(sweep_kinds[s.kinds[0]].name, "slb:parity");
	assert_string_equal(sweep_kinds[s.kinds[3]].name, "d-cache");
}

static void a_kind_named_twice_is_there_once(void **state)
{
	struct sweep_space s = a_space("slb:multihit,slb", "not-recovered",
				       "any", "1,0-1,1");

	(void)state;
	assert_int_equal(s.n_kinds, 3);
	assert_int_equal(s.n_cpus, 2);
	assert_int_equal(s.cpus[0], 0);
}

/* The names are those that the control socket takes. */
static void every_kind_can_be_injected(void **state)
{
	char both[80];

	(void)state;
	for (size_t i = 0; i < SWEEP_KINDS; i++) {
		const struct sweep_kind *k = &sweep_kinds[i];

		assert_true(papr_elog_value("MC.type", k->type, NULL) >= 0);
		if (!k->subtype)
			continue;
		snprintf(both, sizeof(both), "%s:%s", k->type, k->subtype);
		assert_true(papr_elog_value("MC.subtype", both, NULL) >= 0);
	}
	for (int i = 0; i < SWEEP_DISPOSITIONS; i++)
		assert_int_equal(papr_elog_value("header.disposition",
						 sweep_dispositions[i], NULL),
				 i);
}

static void all_combinations_come_once_in_order(void **state)
{
	struct sweep_space s = a_space("slb:multihit,unknown",
				       "fully-recovered,not-recovered",
				       "user,kernel", "0,2");
	struct sweep_injection *p;
	size_t n;

	(void)state;
	p = plan(&s, &n);
	assert_int_equal(n, 16);
	assert_int_equal(p[0].cpu, 0);
	assert_int_equal(p[1].cpu, 2);
	assert_string_equal(sweep_contexts[p[1].context], "user");
	assert_string_equal(sweep_contexts[p[2].context], "kernel");
	assert_int_equal(p[3].disposition, PAPR_ELOG_FULLY_RECOVERED);
	assert_int_equal(p[4].disposition, PAPR_ELOG_NOT_RECOVERED);
	assert_string_equal(sweep_kinds[p[7].kind].name, "slb:multihit");
	assert_string_equal(sweep_kinds[p[8].kind].name, "unknown");
	free(p);
}

static void the_same_seed_makes_the_same_plan(void **state)
{
	struct sweep_space s = a_wide_space();
	struct sweep_injection *p, *q;
	size_t n, m;

	(void)state;
	s.count = 500;
	p = plan(&s, &n);
	q = plan(&s, &m);
	assert_int_equal(n, 500);
	assert_int_equal(m, 500);
	assert_memory_equal(p, q, n * sizeof(*p));
	free(q);
	s.seed = 2;
	q = plan(&s, &m);
	assert_memory_not_equal(p, q, n * sizeof(*p));
	free(p);
	free(q);
}

/* A seed in a bug report is good on any machine and in later releases. */
static void a_seed_means_the_same_for_ever(void **state)
{
	static const char *const wanted[] = {
		"erat:indeterminate", "ra:load-store", "erat:parity"
	};
	struct sweep_space s = a_space(
		"ue,slb,erat,tlb,ra,d-cache,i-cache,unknown",
		"fully-recovered,not-recovered", "user,kernel", "0-1");
	struct sweep_injection *p;
	size_t n;

	(void)state;
	s.seed = 7;
	s.count = COUNT_OF(wanted);
	p = plan(&s, &n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(sweep_kinds[p[i].kind].name, wanted[i]);
	assert_int_equal(p[0].cpu, 1);
	free(p);
}

static void a_draw_reaches_every_combination(void **state)
{
	struct sweep_space s = a_wide_space();
	bool seen[SWEEP_KINDS][SWEEP_DISPOSITIONS][SWEEP_CONTEXTS][CPUS] = {
		0
	};
	struct sweep_injection *p;
	size_t n, different = 0;

	(void)state;
	s.count = 10000;
	p = plan(&s, &n);
	for (size_t i = 0; i < n; i++) {
		bool *one = &seen[p[i].kind][p[i].disposition]
				 [p[i].context][p[i].cpu];

		different += !*one;
		*one = true;
	}
	assert_int_equal(different, SWEEP_KINDS * 2 * 2 * CPUS);
	free(p);
}

static void a_range_is_stepped_through(void **state)
{
	struct sweep_space s = a_space("slb:multihit", "fully-recovered",
				       "any", "0");
	struct sweep_injection *p;
	struct papr_error error;
	size_t n;

	(void)state;
	assert_int_equal(sweep_space_pc(&s, "0xc000000000001000-"
					"0xc00000000000100b", &error), 0);
	p = plan(&s, &n);
	assert_int_equal(n, 3);
	assert_true(p[2].at_pc);
	assert_int_equal(p[2].pc, 0xc000000000001008);
	free(p);
	s.count = 4;
	p = plan(&s, &n);
	assert_int_equal(n, 4);
	assert_int_equal(p[3].pc, 0xc000000000001000);
	free(p);
}

static void what_makes_no_plan_is_refused(void **state)
{
	static const struct {
		const char *what, *text, *why;
	} rows[] = {
		{ "kinds", "", "'' is none of the kinds" },
		{ "kinds", "slb,", "'' is none of the kinds" },
		{ "kinds", "sl", "'sl' is none of the kinds" },
		{ "kinds", "slb:", "'slb:' is none of the kinds" },
		{ "dispositions", "recovered", "none of the dispositions" },
		{ "contexts", "User", "none of the contexts" },
		{ "cpus", "", "no list of vCPUs" },
		{ "cpus", "1,", "no list of vCPUs" },
		{ "cpus", "-1", "no list of vCPUs" },
		{ "cpus", "0x1", "no list of vCPUs" },
		{ "cpus", "4", "the vCPUs are 0 to 3" },
		{ "cpus", "0-4", "the vCPUs are 0 to 3" },
		{ "cpus", "2-1", "the vCPUs are 0 to 3" },
		{ "cpus", "99999999999999999999", "no list of vCPUs" },
		{ "pc", "", "no range" },
		{ "pc", "1000", "no range" },
		{ "pc", "0x", "no range" },
		{ "pc", "0x-0x1", "no range" },
		{ "pc", "0x1000-", "no range" },
		{ "pc", "0x1000-0x2000x", "no range" },
		{ "pc", "0x10000000000000000", "no range" },
		{ "pc", "0x1002", "must be that of an instruction" },
		{ "pc", "0x1004-0x1000", "not above the last" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sweep_space s = { .pc_step = 4 };
		struct papr_error error = { "" };
		int ret;

		if (!strcmp(rows[i].what, "cpus"))
			ret = sweep_space_cpus(&s, rows[i].text, CPUS,
					       &error);
		else if (!strcmp(rows[i].what, "pc"))
			ret = sweep_space_pc(&s, rows[i].text, &error);
		else
			ret = sweep_space_list(&s, rows[i].what, rows[i].text,
					       &error);
		if (ret != -EINVAL || !strstr(error.text, rows[i].why))
			fail_msg("%s '%s': %d, %s", rows[i].what,
				 rows[i].text, ret, error.text);
	}
}

static void a_sweep_of_weeks_is_refused(void **state)
{
	struct sweep_space s = a_wide_space();
	struct sweep_injection *p;
	struct papr_error error;
	size_t n;

	(void)state;
	assert_int_equal(sweep_space_pc(&s, "0x0-0xffffffffffffffff",
					&error), 0);
	assert_int_equal(sweep_plan(&s, &p, &n, &error), -EINVAL);
	assert_non_null(strstr(error.text, "are more than"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_type_stands_for_its_subtypes),
		cmocka_unit_test(a_kind_named_twice_is_there_once),
		cmocka_unit_test(every_kind_can_be_injected),
		cmocka_unit_test(all_combinations_come_once_in_order),
		cmocka_unit_test(the_same_seed_makes_the_same_plan),
		cmocka_unit_test(a_seed_means_the_same_for_ever),
		cmocka_unit_test(a_draw_reaches_every_combination),
		cmocka_unit_test(a_range_is_stepped_through),
		cmocka_unit_test(what_makes_no_plan_is_refused),
		cmocka_unit_test(a_sweep_of_weeks_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
