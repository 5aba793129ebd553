/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA windows and the calls that fill them. */
#include "config.h"

#include <errno.h>

#include "tests/partition.h"

#define LIOBN	0x80000001u
#define BUS	0x800000ull
#define PAGES	1024ull
#define RW	3ull
#define LIST	0x30000ull

static void no_kernel_tables(struct partition *p, struct papr_host_ops *host,
			     struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->make_tce = NULL;
}

static struct partition *make_on(bool kernel_tables)
{
	struct partition_setup setup = {
		.tweak = kernel_tables ? NULL : no_kernel_tables,
	};
	struct partition *p = NULL;

	assert_int_equal(partition_make(&setup, &p, NULL), 0);
	return p;
}

static struct partition *make(void)
{
	return make_on(true);
}

/* With windows of 4 KiB, 64 KiB and 256 KiB pages. */
static int start_on(struct partition *p, void **state)
{

	assert_int_equal(papr_vm_add_tce(p->vm, LIOBN, BUS, 12, PAGES), 0);
	assert_int_equal(papr_vm_add_tce(p->vm, LIOBN + 1, 0, 16, 2), 0);
	assert_int_equal(papr_vm_add_tce(p->vm, LIOBN + 2, 0, 18, 1), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	p->n_dirty = 0;
	*state = p;
	return 0;
}

static int start(void **state)
{
	return start_on(make(), state);
}

static int start_private(void **state)
{
	return start_on(make_on(false), state);
}

static uint64_t tce(struct partition *p, uint32_t liobn, uint64_t bus)
{
	uint64_t got;

	assert_int_equal(papr_vm_get_tce(p->vm, liobn, bus, &got), 0);
	return got;
}

static void wrong_window_is_refused(void **state)
{
	static const struct {
		const char *what;
		uint64_t bus, pages;
		uint32_t shift;
	} wrong[] = {
		{ "pages below 4 KiB", 0, 1, 11 },
		{ "pages above 16 GiB", 0, 1, 35 },
		{ "shift beyond 64", 0, 1, 64 },
		{ "no pages", 0, 0, 12 },
		{ "too many pages", 0, (1u << 24) + 1, 12 },
		{ "misaligned", 0x800, 1, 12 },
		{ "misaligned for its pages", 0x1000, 1, 16 },
		{ "wraps", 0xfffffffffffff000, 2, 12 },
		{ "wraps far", 0xfffffffc00000000, 1u << 24, 34 },
	};
	struct partition *p = make();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (papr_vm_add_tce(p->vm, 1, wrong[i].bus, wrong[i].shift,
				    wrong[i].pages) != -EINVAL)
			fail_msg("%s", wrong[i].what);
	partition_free(p);
}

static void window_may_reach_the_last_bus_address(void **state)
{
	struct partition *p = make();

	(void)state;
	assert_int_equal(papr_vm_add_tce(p->vm, 1, 0xffffffffffffe000, 12, 2),
			 0);
	assert_int_equal(tce(p, 1, UINT64_MAX), 0);
	assert_int_equal(papr_vm_add_tce(p->vm, 2, 0, 34, 1), 0);
	partition_free(p);
}

static void window_has_one_name(void **state)
{
	struct partition *p = make();

	(void)state;
	assert_int_equal(papr_vm_add_tce(p->vm, 1, 0, 12, 1), 0);
	assert_int_equal(papr_vm_add_tce(p->vm, 1, 0, 12, 1), -EEXIST);
	assert_string_equal(papr_vm_error(p->vm), "there is a DMA window 0x1");
	partition_free(p);
}

static void the_65th_window_is_refused(void **state)
{
	struct partition *p = make();

	(void)state;
	for (uint32_t i = 0; i < 64; i++)
		assert_int_equal(papr_vm_add_tce(p->vm, i, 0, 12, 1), 0);
	assert_int_equal(papr_vm_add_tce(p->vm, 64, 0, 12, 1), -ENOSPC);
	partition_free(p);
}

static void sealed_vm_takes_no_more_windows(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_add_tce(p->vm, 1, 0, 12, 1), -EBUSY);
}

static void reading_outside_a_window_is_an_error(void **state)
{
	struct partition *p = *state;
	uint64_t got;

	assert_int_equal(papr_vm_get_tce(p->vm, 1, BUS, &got), -ENOENT);
	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, BUS - 1, &got),
			 -EINVAL);
	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, BUS + PAGES * 4096,
					 &got), -EINVAL);
	assert_int_equal(papr_vm_get_tce(p->vm, LIOBN, UINT64_MAX, &got),
			 -EINVAL);
}

static void the_kernel_has_a_table_that_it_offers(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_tce_in_kernel(p->vm, LIOBN + 1), 1);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, 1), -ENOENT);
	assert_true(fake_host_logged(p->fake, "make_tce 0x80000003"));
	assert_int_equal(p->logs, 0);
}

static void what_the_kernel_writes_the_library_reads(void **state)
{
	struct partition *p = *state;
	uint64_t *table = fake_host_tce(p->fake, LIOBN);
	uint64_t r[PAPR_HCALL_ARGS] = { LIOBN, BUS + (PAGES - 1) * 4096 };

	table[PAGES - 1] = 0x7000 | RW;
	assert_int_equal(tce(p, LIOBN, r[1]), 0x7000 | RW);
	assert_int_equal(partition_hcall(p, H_GET_TCE, r), H_SUCCESS);
	assert_int_equal(r[0], 0x7000 | RW);
	HCALL(p, H_PUT_TCE, LIOBN, BUS + 4096, 0x5000 | RW);
	assert_true(table[1] == (0x5000 | RW));
}

static void a_reset_clears_what_the_kernel_wrote(void **state)
{
	struct partition *p = *state;
	uint64_t *table = fake_host_tce(p->fake, LIOBN);
	struct papr_error error;

	table[0] = table[PAGES - 1] = 0x7000 | RW;
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_true(!table[0] && !table[PAGES - 1]);
}

static void without_a_table_in_the_kernel_it_is_the_librarys(void **state)
{
	static const int errors[] = { ENOMEM, EINVAL, ENOTTY };
	struct partition *p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		p = make();
		fake_host_fail(p->fake, FAKE_MAKE_TCE, 1, errors[i]);
		assert_int_equal(papr_vm_add_tce(p->vm, 7, 0, 12, 2), 0);
		assert_int_equal(papr_vm_tce_in_kernel(p->vm, 7), 0);
		assert_int_equal(tce(p, 7, 4096), 0);
		assert_int_equal(p->logs, 1);
		if (!strstr(p->log, "the kernel has no table for the DMA "
			    "window 0x7: ") ||
		    !strstr(p->log, "ulimit -l") != (errors[i] != ENOMEM))
			fail_msg("%s", p->log);
		partition_free(p);
	}
}

static void a_table_that_the_program_made_is_no_second_one(void **state)
{
	struct partition *p = make();

	(void)state;
	fake_host_fail(p->fake, FAKE_MAKE_TCE, 1, EBUSY);
	assert_int_equal(papr_vm_add_tce(p->vm, 7, 0, 12, 2), -EBUSY);
	assert_string_equal(papr_vm_error(p->vm), "the kernel has a table for "
			    "the DMA window 0x7, which is not this library's");
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, 7), -ENOENT);
	partition_free(p);
}

static void a_private_table_is_called_so(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_tce_in_kernel(p->vm, LIOBN), 0);
	assert_null(fake_host_tce(p->fake, LIOBN));
	assert_int_equal(p->logs, 0);
}

static void put_sets_one_entry(void **state)
{
	struct partition *p = *state;
	uint64_t r[PAPR_HCALL_ARGS] = { LIOBN, BUS + 0x5000 };

	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, BUS + 0x5000, 0x7000 | RW),
			 H_SUCCESS);
	assert_int_equal(tce(p, LIOBN, BUS + 0x5000), 0x7000 | RW);
	assert_int_equal(tce(p, LIOBN, BUS + 0x5fff), 0x7000 | RW);
	assert_int_equal(tce(p, LIOBN, BUS + 0x4000), 0);
	assert_int_equal(tce(p, LIOBN, BUS + 0x6000), 0);
	assert_int_equal(partition_hcall(p, H_GET_TCE, r), H_SUCCESS);
	assert_int_equal(r[0], 0x7000 | RW);
}

static void put_takes_an_entry_away(void **state)
{
	struct partition *p = *state;

	HCALL(p, H_PUT_TCE, LIOBN, BUS, 0x7000 | RW);
	/* Without access it may say anything. */
	assert_int_equal(HCALL(p, H_PUT_TCE, LIOBN, BUS, RAM_SIZE), H_SUCCESS);
	assert_int_equal(tce(p, LIOBN, BUS), RAM_SIZE);
}

static void entry_with_access_names_a_whole_page_of_ram(void **state)
{
	static const struct {
		uint32_t liobn;
		uint64_t ioba, tce;
		int64_t ret;
	} rows[] = {
		{ LIOBN, BUS, (RAM_SIZE - 4096) | RW, H_SUCCESS },
		{ LIOBN, BUS, RAM_SIZE | RW, H_PARAMETER },
		{ LIOBN, BUS, RAM_SIZE | 1, H_PARAMETER },
		{ LIOBN, BUS, RAM_SIZE | 2, H_PARAMETER },
		{ LIOBN, BUS, (UINT64_MAX & ~4095ull) | RW, H_PARAMETER },
		{ LIOBN + 1, 0, (RAM_SIZE - 0x10000) | RW, H_SUCCESS },
		{ LIOBN + 1, 0, RAM_SIZE | RW, H_PARAMETER },
		{ LIOBN + 1, 0, ROM_BASE | 1, H_SUCCESS },
		{ LIOBN + 2, 0, 0x40000 | RW, H_SUCCESS },
		{ LIOBN + 2, 0, ROM_BASE | 1, H_PARAMETER },	/* a part */
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (HCALL(p, H_PUT_TCE, rows[i].liobn, rows[i].ioba,
			  rows[i].tce) != rows[i].ret)
			fail_msg("row %zu", i);
}

static void calls_outside_a_window_are_refused(void **state)
{
	static const struct {
		uint64_t liobn, ioba;
	} wrong[] = {
		{ LIOBN, BUS - 1 }, { LIOBN, 0 },
		{ LIOBN, BUS + PAGES * 4096 }, { LIOBN, UINT64_MAX },
		{ LIOBN - 1, BUS }, { 0, 0 }, { 1ull << 32 | LIOBN, BUS },
		{ LIOBN + 1, 0x20000 },
		{ LIOBN, BUS + 1 }, { LIOBN, BUS + 0x800 },
		{ LIOBN + 1, 0x1000 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		uint64_t liobn = wrong[i].liobn, ioba = wrong[i].ioba;

		assert_int_equal(HCALL(p, H_PUT_TCE, liobn, ioba, 0),
				 H_PARAMETER);
		assert_int_equal(HCALL(p, H_GET_TCE, liobn, ioba),
				 H_PARAMETER);
		assert_int_equal(HCALL(p, H_STUFF_TCE, liobn, ioba, 0, 1),
				 H_PARAMETER);
		assert_int_equal(HCALL(p, H_PUT_TCE_INDIRECT, liobn, ioba,
				       LIST, 1), H_PARAMETER);
	}
}

static void stuff_sets_exactly_as_many_as_asked(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS + 4096, 0x7000 | RW,
			       3), H_SUCCESS);
	assert_int_equal(tce(p, LIOBN, BUS), 0);
	for (uint64_t i = 1; i < 4; i++)
		assert_int_equal(tce(p, LIOBN, BUS + i * 4096), 0x7000 | RW);
	assert_int_equal(tce(p, LIOBN, BUS + 4 * 4096), 0);
}

static void stuff_stays_inside_the_window(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS, 1 << 12 | RW,
			       PAGES), H_SUCCESS);
	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS, RW, PAGES + 1),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS + 4096, RW, PAGES),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS + 4096, RW,
			       UINT64_MAX), H_PARAMETER);
	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS, RAM_SIZE | RW, 1),
			 H_PARAMETER);
	assert_int_equal(tce(p, LIOBN, BUS), 1 << 12 | RW);
	assert_int_equal(HCALL(p, H_STUFF_TCE, LIOBN, BUS, RW, 0), H_SUCCESS);
	assert_int_equal(tce(p, LIOBN, BUS), 1 << 12 | RW);
}

static void write_list(struct partition *p, uint64_t gpa, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		store_be64(p->ram + gpa + 8 * i, (i % 256 + 1) << 12 | RW);
}

static void indirect_takes_a_whole_list(void **state)
{
	struct partition *p = *state;

	write_list(p, LIST, 512);
	assert_int_equal(HCALL(p, H_PUT_TCE_INDIRECT, LIOBN, BUS, LIST, 512),
			 H_SUCCESS);
	for (uint64_t i = 0; i < 512; i++)
		assert_int_equal(tce(p, LIOBN, BUS + i * 4096),
				 (i % 256 + 1) << 12 | RW);
	assert_int_equal(tce(p, LIOBN, BUS + 512 * 4096), 0);
	assert_clean(p);
}

static void indirect_refuses_a_wrong_list(void **state)
{
	static const struct {
		const char *what;
		uint64_t ioba, list, count;
	} wrong[] = {
		{ "513 entries", BUS, LIST, 513 },
		{ "too many entries", BUS, LIST, UINT64_MAX },
		{ "misaligned", BUS, LIST + 8, 1 },
		{ "after RAM", BUS, RAM_SIZE, 1 },
		{ "last page", BUS, UINT64_MAX - 4095, 1 },
		{ "beyond the window", BUS + (PAGES - 1) * 4096, LIST, 2 },
	};
	struct partition *p = *state;

	write_list(p, LIST, 513);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (HCALL(p, H_PUT_TCE_INDIRECT, LIOBN, wrong[i].ioba,
			  wrong[i].list, wrong[i].count) != H_PARAMETER)
			fail_msg("%s", wrong[i].what);
	assert_int_equal(tce(p, LIOBN, BUS), 0);
	assert_int_equal(tce(p, LIOBN, BUS + (PAGES - 1) * 4096), 0);
}

static void indirect_stops_at_a_wrong_entry(void **state)
{
	struct partition *p = *state;

	write_list(p, LIST, 4);
	store_be64(p->ram + LIST + 16, RAM_SIZE | RW);
	assert_int_equal(HCALL(p, H_PUT_TCE_INDIRECT, LIOBN, BUS, LIST, 4),
			 H_PARAMETER);
	assert_int_equal(tce(p, LIOBN, BUS + 4096), 0x2000 | RW);
	assert_int_equal(tce(p, LIOBN, BUS + 2 * 4096), 0);
	assert_int_equal(tce(p, LIOBN, BUS + 3 * 4096), 0);
}

#define tce_test(f) cmocka_unit_test_setup_teardown(f, start, partition_end)
#define private_test(f) \
	cmocka_unit_test_setup_teardown(f, start_private, partition_end)
#define both_test(f) tce_test(f), private_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_window_is_refused),
		cmocka_unit_test(window_may_reach_the_last_bus_address),
		cmocka_unit_test(window_has_one_name),
		cmocka_unit_test(the_65th_window_is_refused),
		tce_test(the_kernel_has_a_table_that_it_offers),
		tce_test(what_the_kernel_writes_the_library_reads),
		tce_test(a_reset_clears_what_the_kernel_wrote),
		cmocka_unit_test(
			without_a_table_in_the_kernel_it_is_the_librarys),
		cmocka_unit_test(
			a_table_that_the_program_made_is_no_second_one),
		private_test(a_private_table_is_called_so),
		tce_test(sealed_vm_takes_no_more_windows),
		both_test(reading_outside_a_window_is_an_error),
		both_test(put_sets_one_entry),
		both_test(put_takes_an_entry_away),
		both_test(entry_with_access_names_a_whole_page_of_ram),
		both_test(calls_outside_a_window_are_refused),
		both_test(stuff_sets_exactly_as_many_as_asked),
		both_test(stuff_stays_inside_the_window),
		both_test(indirect_takes_a_whole_list),
		both_test(indirect_refuses_a_wrong_list),
		both_test(indirect_stops_at_a_wrong_entry),
	};

	return cmocka_run_group_tests_name("hcalls/tce", tests, NULL, NULL);
}
