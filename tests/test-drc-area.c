/* SPDX-License-Identifier: BSD-2-Clause */
/* Where LMBs may be, and whom what is plugged in is told to. */
#include "config.h"

#include <errno.h>

#include "rtas/status.h"
#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/partition.h"

#define L PAPR_LMB_SIZE
#define TIB (1ull << 40)
#define LMB_INDEX (DRC_LMB | LMB_FIRST)

/* Areas for a partition with RAM at 0 and, with @ram, 64 KiB at 2 L. */
static const struct area_row {
	const char *name;
	uint64_t gpa, len;
	bool ram;
	int ret;
} areas[] = {
	{ "one_lmb_is_an_area", L, L, false, 0 },
	{ "an_area_may_begin_at_1_tib", TIB, L, false, 0 },
	{ "an_area_may_have_1_tib", L, TIB, false, 0 },
	{ "an_area_does_not_begin_beyond_1_tib", TIB + L, L, false, -E2BIG },
	{ "an_area_has_not_more_than_1_tib", L, TIB + L, false, -E2BIG },
	{ "nothing_is_no_area", L, 0, false, -EINVAL },
	{ "an_area_begins_with_an_lmb", L + 1, L, false, -EINVAL },
	{ "an_area_ends_with_an_lmb", L, L + 1, false, -EINVAL },
	{ "an_area_is_not_in_ram", 0, L, false, -EEXIST },
	{ "an_area_may_end_where_ram_begins", L, L, true, 0 },
	{ "an_area_may_begin_after_ram", 3 * L, L, true, 0 },
	{ "an_area_does_not_end_in_ram", L, 2 * L, true, -EEXIST },
	{ "an_area_does_not_begin_in_ram", 2 * L, L, true, -EEXIST },
};

/* Nothing is ever read or written there. */
static uint8_t nothing[0x10000] __attribute__((aligned(0x10000)));

static void area_is_judged(void **state)
{
	const struct area_row *row = *state;
	struct partition *p = partition_unsealed();

	if (row->ram)
		assert_int_equal(papr_vm_add_ram(p->vm, 2 * L, 0x10000,
						 nothing, 0), 0);
	assert_int_equal(papr_vm_add_pluggable_ram(p->vm, row->gpa, row->len,
						   nothing), row->ret);
	partition_free(p);
}

static void an_area_has_memory_and_is_the_only_one(void **state)
{
	struct partition *p = partition_unsealed();

	(void)state;
	assert_int_equal(papr_vm_add_pluggable_ram(p->vm, L, L, NULL),
			 -EINVAL);
	assert_int_equal(papr_vm_add_pluggable_ram(p->vm, L, L, nothing), 0);
	assert_int_equal(papr_vm_add_pluggable_ram(p->vm, 8 * L, L, nothing),
			 -EEXIST);
	partition_free(p);
}

/* What is behind the area would be there. */
static void bytes_are_looked_up_within_the_area(void **state)
{
	static uint8_t mem[1];
	static _Atomic bool there[4] = { true, true, true, true };
	const struct lmb_area area = { 4 * L, 2 * L, mem, there };
	static const struct {
		uint64_t gpa, len, offset;
		bool found;
	} rows[] = {
		{ 4 * L, 1, 0, true }, { 4 * L, 2 * L, 0, true },
		{ 5 * L, L, L, true }, { 6 * L - 1, 1, 2 * L - 1, true },
		{ 4 * L, 2 * L + 1, 0, false }, { 5 * L, L + 1, 0, false },
		{ 6 * L, 0, 0, false }, { 6 * L, 1, 0, false },
		{ 4 * L - 1, 1, 0, false }, { 0, 1, 0, false },
		{ 5 * L, UINT64_MAX, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t *at = lmb_get(&area, rows[i].gpa, rows[i].len);

		if (!!at != rows[i].found ||
		    (at && (uintptr_t)at != (uintptr_t)mem + rows[i].offset))
			fail_msg("row %zu", i);
	}
}

/* --- who is told */

static int start(void **state)
{
	*state = partition_new(&(struct partition_setup){
		.config = { .cores = 1, .threads = 1, .max_cores = 2 },
		.lmbs = 1 });
	return 0;
}

static void reset_tells_what_has_changed_and_nothing_else(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(p->n_told, 0);
	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_LMB, LMB_FIRST,
				      NULL), 0);
	p->n_told = 0;
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(p->n_told, 1);
	assert_int_equal(p->told.index, LMB_INDEX);
	assert_int_equal(p->told.state, PAPR_CONNECTOR_CONFIGURED);
}

/* The next hot-plug event's resource, or 0. */
static uint32_t next_resource(struct partition *p)
{
	enum { BUFFER = 0x8000, LEN = 512, HOT_PLUG = 0x10000000 };
	enum { HP_TYPE = 8 + 88 + 8 };

	if (RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0, HOT_PLUG, 0,
		 BUFFER, LEN))
		return 0;
	return p->ram[BUFFER + HP_TYPE];
}

static void guest_is_told_whether_it_is_a_core_or_memory(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_LMB, LMB_FIRST,
				      NULL), 0);
	assert_int_equal(next_resource(p), PAPR_HOTPLUG_MEMORY);
	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_CORE, 1, NULL), 0);
	assert_int_equal(next_resource(p), PAPR_HOTPLUG_CPU);
}

static void guest_is_not_asked_for_what_it_has_not_taken(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_LMB, LMB_FIRST,
				      NULL), 0);
	assert_int_equal(next_resource(p), PAPR_HOTPLUG_MEMORY);
	assert_int_equal(papr_vm_unplug(p->vm, PAPR_CONNECTOR_LMB, LMB_FIRST,
					NULL), 0);
	assert_int_equal(next_resource(p), 0);
}

#define with_connectors(f) \
	cmocka_unit_test_setup_teardown(f, start, partition_end)

static const struct CMUnitTest named_tests[] = {
	cmocka_unit_test(an_area_has_memory_and_is_the_only_one),
	cmocka_unit_test(bytes_are_looked_up_within_the_area),
	with_connectors(reset_tells_what_has_changed_and_nothing_else),
	with_connectors(guest_is_told_whether_it_is_a_core_or_memory),
	with_connectors(guest_is_not_asked_for_what_it_has_not_taken),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(areas) + ARRAY_SIZE(named_tests)];

	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		tests[i] = (struct CMUnitTest) {
			.name = areas[i].name, .test_func = area_is_judged,
			.initial_state = (void *)(uintptr_t)&areas[i],
		};
	memcpy(tests + ARRAY_SIZE(areas), named_tests, sizeof(named_tests));
	return cmocka_run_group_tests_name("areas of LMBs", tests, NULL, NULL);
}
