/* SPDX-License-Identifier: BSD-2-Clause */
/* Guest RAM: what can be added, and where guest addresses lead. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "spapr/vm.h"
#include "tests/partition.h"

static struct partition *make(void)
{
	struct partition *p = NULL;

	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					NULL), 0);
	return p;
}

static void wrong_ram_is_refused_in_words(void **state)
{
	static const struct {
		const char *what;
		uint64_t gpa, len;
		uint32_t flags;
		int err;
		const char *says;
	} wrong[] = {
		{ "no bytes", 0x300000, 0, 0, -EINVAL, "multiples of 4096" },
		{ "odd start", 0x300800, 4096, 0, -EINVAL, "0x300800" },
		{ "odd length", 0x300000, 4097, 0, -EINVAL, "0x1001" },
		{ "wraps", 0xfffffffffffff000, 0x2000, 0, -EINVAL, "beyond" },
		{ "ends at 2^64", 0xfffffffffffff000, 0x1000, 0, -EINVAL,
		  "beyond" },
		{ "flag 2", 0x300000, 4096, 2, -EINVAL, "flags 0x2" },
		{ "flag 2^31", 0x300000, 4096, 1u << 31, -EINVAL, "0x8000000" },
		{ "the same", 0, RAM_SIZE, 0, -EEXIST, "overlaps" },
		{ "inside", 0x1000, 4096, 0, -EEXIST, "overlaps RAM at 0x0" },
		{ "around", 0x3ff000, 0x12000, 0, -EEXIST, "0x400000" },
		{ "over the head", 0x3ff000, 0x2000, 0, -EEXIST, "0x400000" },
		{ "over the tail", 0x40f000, 0x2000, 0, -EEXIST, "0x400000" },
	};
	struct partition *p = make();
	uint8_t mem[1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		int r = papr_vm_add_ram(p->vm, wrong[i].gpa, wrong[i].len, mem,
					wrong[i].flags);

		if (r != wrong[i].err ||
		    !strstr(papr_vm_error(p->vm), wrong[i].says))
			fail_msg("%s: %d, %s", wrong[i].what, r,
				 papr_vm_error(p->vm));
	}
	assert_int_equal(papr_vm_add_ram(p->vm, 0x300000, 4096, NULL, 0),
			 -EINVAL);
	partition_free(p);
}

static void regions_may_touch(void **state)
{
	struct partition *p = make();
	uint8_t mem[1];

	(void)state;
	assert_int_equal(papr_vm_add_ram(p->vm, ROM_BASE - 4096, 4096, mem, 0),
			 0);
	assert_int_equal(papr_vm_add_ram(p->vm, ROM_BASE + ROM_SIZE, 4096, mem,
					 0), 0);
	partition_free(p);
}

static void the_65th_region_is_refused(void **state)
{
	struct partition *p = make();	/* with three */
	uint8_t mem[1];

	(void)state;
	for (uint64_t i = 3; i < 64; i++)
		assert_int_equal(papr_vm_add_ram(p->vm, i << 32, 4096, mem, 0),
				 0);
	assert_int_equal(papr_vm_add_ram(p->vm, 64ull << 32, 4096, mem, 0),
			 -ENOSPC);
	assert_string_equal(papr_vm_error(p->vm),
			    "there are 64 regions of RAM already");
	partition_free(p);
}

static void sealed_vm_takes_no_more_ram(void **state)
{
	struct partition *p = *state;
	uint8_t mem[1];

	assert_int_equal(papr_vm_add_ram(p->vm, 0x300000, 4096, mem, 0),
			 -EBUSY);
	assert_non_null(strstr(papr_vm_error(p->vm), "before"));
}

/* What ram_get() says of ranges, relative to nothing: all edges. */
static void ranges_are_found_only_inside_one_region(void **state)
{
	static const struct {
		uint64_t gpa, len;
		bool ok;
	} ranges[] = {
		{ 0, 1, true },
		{ 0, RAM_SIZE, true },
		{ 0, RAM_SIZE + 1, false },
		{ RAM_SIZE - 1, 1, true },
		{ RAM_SIZE - 1, 2, false },
		{ RAM_SIZE, 1, false },
		{ RAM_SIZE, 0, false },
		{ RAM_SIZE - 1, 0, true },
		{ 1, UINT64_MAX, false },
		{ RAM_SIZE - 1, UINT64_MAX, false },
		{ 16, UINT64_MAX - 8, false },
		{ ROM_BASE - 1, 1, false },
		{ ROM_BASE - 1, 2, false },
		{ ROM_BASE, ROM_SIZE, true },
		{ ROM_BASE + ROM_SIZE - 4, 4, true },
		{ ROM_BASE + ROM_SIZE - 4, 5, false },
		{ TOP_BASE, TOP_SIZE, true },
		{ TOP_BASE + TOP_SIZE - 8, 8, true },
		{ TOP_BASE + TOP_SIZE - 8, 9, false },
		{ TOP_BASE + TOP_SIZE - 8, UINT64_MAX, false },
		{ UINT64_MAX, 1, false },
		{ UINT64_MAX, 2, false },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		void *at = ram_get(p->vm, ranges[i].gpa, ranges[i].len,
				   RAM_READ);

		if (!at == ranges[i].ok)
			fail_msg("0x%llx, 0x%llx bytes: %p",
				 (unsigned long long)ranges[i].gpa,
				 (unsigned long long)ranges[i].len, at);
	}
	assert_clean(p);
}

static void each_region_leads_to_its_own_memory(void **state)
{
	struct partition *p = *state;

	assert_ptr_equal(ram_get(p->vm, 8, 1, RAM_READ), p->ram + 8);
	assert_ptr_equal(ram_get(p->vm, ROM_BASE + 8, 1, RAM_READ),
			 p->rom + 8);
	assert_ptr_equal(ram_get(p->vm, TOP_BASE + 8, 1, RAM_READ),
			 p->top + 8);
}

static void regions_that_touch_are_not_one(void **state)
{
	struct partition *p = make();
	uint8_t *mem = malloc(4096);

	(void)state;
	papr_vm_add_ram(p->vm, RAM_SIZE, 4096, mem, 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_null(ram_get(p->vm, RAM_SIZE - 4, 8, RAM_READ));
	assert_ptr_equal(ram_get(p->vm, RAM_SIZE, 4, RAM_READ), mem);
	partition_free(p);
	free(mem);
}

static void read_only_ram_is_read_but_not_written(void **state)
{
	struct partition *p = *state;

	assert_ptr_equal(ram_get(p->vm, ROM_BASE, 8, RAM_READ), p->rom);
	assert_null(ram_get(p->vm, ROM_BASE, 8, RAM_WRITE));
	assert_clean(p);
}

static void writes_are_reported_dirty_and_reads_are_not(void **state)
{
	struct partition *p = *state;

	ram_get(p->vm, TOP_BASE + 17, 13, RAM_READ);
	assert_clean(p);
	ram_get(p->vm, TOP_BASE + 17, 13, RAM_WRITE);
	assert_dirty(p, TOP_BASE + 17, 13);
	ram_get(p->vm, RAM_SIZE - 4, 5, RAM_WRITE);
	assert_clean(p);
}

static void no_bytes_are_not_dirty(void **state)
{
	struct partition *p = *state;

	assert_non_null(ram_get(p->vm, 4096, 0, RAM_WRITE));
	assert_clean(p);
}

static void page_must_be_aligned_and_whole(void **state)
{
	struct partition *p = *state;

	assert_ptr_equal(ram_page(p->vm, 4096, RAM_READ), p->ram + 4096);
	assert_null(ram_page(p->vm, 4097, RAM_READ));
	assert_null(ram_page(p->vm, 4096 + 2048, RAM_READ));
	assert_non_null(ram_page(p->vm, RAM_SIZE - 4096, RAM_READ));
	assert_null(ram_page(p->vm, RAM_SIZE, RAM_READ));
	ram_page(p->vm, 8192, RAM_WRITE);
	assert_dirty(p, 8192, 4096);
}

static void drop_dirty(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->dirty = NULL;
}

static void nobody_need_ask_for_dirty_pages(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_dirty });

	(void)state;
	assert_non_null(ram_get(p->vm, 0, 8, RAM_WRITE));
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_ram_is_refused_in_words),
		cmocka_unit_test(regions_may_touch),
		cmocka_unit_test(the_65th_region_is_refused),
		partition_test(sealed_vm_takes_no_more_ram),
		partition_test(ranges_are_found_only_inside_one_region),
		partition_test(each_region_leads_to_its_own_memory),
		cmocka_unit_test(regions_that_touch_are_not_one),
		partition_test(read_only_ram_is_read_but_not_written),
		partition_test(writes_are_reported_dirty_and_reads_are_not),
		partition_test(no_bytes_are_not_dirty),
		partition_test(page_must_be_aligned_and_whole),
		cmocka_unit_test(nobody_need_ask_for_dirty_pages),
	};

	return cmocka_run_group_tests_name("RAM", tests, NULL, NULL);
}
