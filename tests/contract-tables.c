/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables and areas that are shared with the host. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/contract.h"

static const struct tce_case {
	const char *what;
	uint32_t page_shift;
	uint64_t bus;
	uint64_t pages;
	int ret;
} tce_cases[] = {
	{ "pages below 4 KiB", 11, 0, 1, -EINVAL },
	{ "pages above 16 GiB", 35, 0, 1, -EINVAL },
	{ "no pages", 12, 0, 0, -EINVAL },
	{ "the last bus address", 12, 0xfffffffffffff000, 1, -EINVAL },
	{ "wraps", 12, 0xfffffffffffff000, 2, -EINVAL },
	{ "one page of 16 GiB", 34, 0, 1, 0 },
	{ "the last but one", 12, 0xffffffffffffe000, 1, 0 },
};

static void the_table_of_a_window_is_made_where_it_can_be(void **state)
{
	struct subject *s = *state;
	uint64_t *table;

	for (uint32_t i = 0; i < ARRAY_SIZE(tce_cases); i++) {
		const struct tce_case *c = &tce_cases[i];
		int got = s->ops->make_tce(s->host, i, c->page_shift, c->bus,
					   c->pages, &table);

		if (got != c->ret)
			fail_msg("%s: %d, not %d", c->what, got, c->ret);
	}
}

static void a_window_has_one_table(void **state)
{
	struct subject *s = *state;
	uint64_t *table;

	assert_int_equal(s->ops->make_tce(s->host, 7, 12, 0, 1, &table), 0);
	assert_int_equal(s->ops->make_tce(s->host, 7, 16, 0, 1, &table),
			 -EBUSY);
	assert_int_equal(s->ops->make_tce(s->host, 8, 12, 0, 1, &table), 0);
}

static void the_table_of_a_window_is_empty_and_can_be_written(void **state)
{
	const uint64_t pages = 100000;	/* more than one of the host's pages */
	struct subject *s = *state;
	uint64_t *table;

	assert_int_equal(s->ops->make_tce(s->host, 7, 12, 0x800000, pages,
					  &table), 0);
	for (uint64_t i = 0; i < pages; i++) {
		assert_true(!table[i]);
		table[i] = i;
	}
	for (uint64_t i = 0; i < pages; i++)
		assert_true(table[i] == i);
}

static void a_table_that_was_dropped_can_be_made_anew(void **state)
{
	struct subject *s = *state;
	uint64_t *table, *other;

	assert_int_equal(s->ops->make_tce(s->host, 7, 12, 0, 512, &table), 0);
	assert_int_equal(s->ops->make_tce(s->host, 8, 12, 0, 512, &other), 0);
	table[511] = 0x7003;
	other[511] = 0x8003;
	s->ops->drop_tce(s->host, 7);
	assert_int_equal(s->ops->make_tce(s->host, 8, 12, 0, 1, &table),
			 -EBUSY);
	assert_int_equal(s->ops->make_tce(s->host, 7, 16, 0, 512, &table), 0);
	assert_true(!table[511]);
	assert_true(other[511] == 0x8003);
}

/* The library's windows of a partition that runs. */
static void a_window_comes_and_goes_after_the_seal(void **state)
{
	const struct machine *m = *state;
	uint64_t tce;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(papr_vm_create_tce(m->vm, 7, 0x800000, 16,
						    512, NULL), 0);
		assert_int_equal(papr_vm_tce_in_kernel(m->vm, 7), 1);
		assert_int_equal(papr_vm_get_tce(m->vm, 7, 0x27f0000, &tce),
				 0);
		assert_true(!tce);
		assert_int_equal(papr_vm_remove_tce(m->vm, 7, NULL), 0);
		assert_int_equal(papr_vm_get_tce(m->vm, 7, 0x800000, &tce),
				 -ENOENT);
	}
}

static void a_vcpu_uses_a_page_table_in_memory_on_kvm_pr_alone(void **state)
{
	const struct machine *m = *state;
	const struct papr_host_ops *ops = m->subject->ops;
	void *table = aligned_alloc(1ull << 18, 1ull << 18);

	assert_non_null(table);
	ops->hold(m->cpu, true);
	assert_int_equal(ops->use_hpt(m->cpu, table, 17), -EINVAL);
	assert_int_equal(ops->use_hpt(m->cpu, table, 38), -EINVAL);
	assert_int_equal(ops->use_hpt(m->cpu, table, 18),
			 m->subject->info.flavour == PAPR_FLAVOUR_PR ?
			 0 : -EINVAL);
	ops->hold(m->cpu, false);
	free(table);
}

static int set_area(struct machine *m, enum papr_area area, uint64_t gpa)
{
	uint64_t got = 1;
	int r = m->subject->ops->set_area(m->cpu, area, gpa, 640);

	assert_int_equal(m->subject->ops->get_area(m->cpu, area, &got), 0);
	assert_true(r || got == gpa);
	return r;
}

static void other_areas_need_a_vpa(void **state)
{
	struct machine *m = *state;

	if (m->subject->info.flavour == PAPR_FLAVOUR_PR) {
		assert_int_equal(set_area(m, PAPR_AREA_VPA, 0x1000), -EINVAL);
		return;
	}
	for (int area = PAPR_AREA_DTL; area <= PAPR_AREA_SLB; area++) {
		assert_int_equal(set_area(m, area, 0x2000), -EINVAL);
		assert_int_equal(set_area(m, PAPR_AREA_VPA, 0x1001), -EINVAL);
		assert_int_equal(set_area(m, PAPR_AREA_VPA, 0x1000), 0);
		assert_int_equal(set_area(m, area, 0x2000), 0);
		assert_int_equal(set_area(m, PAPR_AREA_VPA, 0), -EINVAL);
		assert_int_equal(set_area(m, area, 0), 0);
		assert_int_equal(set_area(m, PAPR_AREA_VPA, 0), 0);
	}
}

static const struct CMUnitTest tests[] = {
	VM_TEST(the_table_of_a_window_is_made_where_it_can_be),
	VM_TEST(a_window_has_one_table),
	VM_TEST(the_table_of_a_window_is_empty_and_can_be_written),
	VM_TEST(a_table_that_was_dropped_can_be_made_anew),
	CPU_TEST(a_window_comes_and_goes_after_the_seal),
	CPU_TEST(other_areas_need_a_vpa),
	CPU_TEST(a_vcpu_uses_a_page_table_in_memory_on_kvm_pr_alone),
};

int contract_run_tables(void)
{
	return cmocka_run_group_tests_name(contract_name, tests, NULL, NULL);
}
