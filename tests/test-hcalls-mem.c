/* SPDX-License-Identifier: BSD-2-Clause */
/* H_PAGE_INIT and the loads and stores of LoPAR's "hcall-debug". */
#include "config.h"

#include <errno.h>

#include "tests/partition.h"

#define ZERO	0x8000ull
#define COPY	0x4000ull
#define ICACHE	0xc00000ull	/* invalidate and synchronise */
#define DST	0x10000ull
#define SRC	0x20000ull

static void fill(struct partition *p, uint64_t gpa, uint8_t byte, size_t len)
{
	memset(p->ram + gpa, byte, len);
}

static void assert_filled(struct partition *p, uint64_t gpa, uint8_t byte,
			  size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(p->ram[gpa + i], byte);
}

static void page_init_zeroes_exactly_one_page(void **state)
{
	struct partition *p = *state;

	fill(p, DST - 4096, 0xff, 3 * 4096);
	assert_int_equal(HCALL(p, H_PAGE_INIT, ZERO, DST, 0), H_SUCCESS);
	assert_filled(p, DST - 4096, 0xff, 4096);
	assert_filled(p, DST, 0, 4096);
	assert_filled(p, DST + 4096, 0xff, 4096);
	assert_dirty(p, DST, 4096);
}

static void page_init_copies_exactly_one_page(void **state)
{
	struct partition *p = *state;

	fill(p, DST - 4096, 0xff, 3 * 4096);
	fill(p, SRC - 4096, 0x11, 3 * 4096);
	fill(p, SRC, 0x22, 4096);
	assert_int_equal(HCALL(p, H_PAGE_INIT, COPY, DST, SRC), H_SUCCESS);
	assert_filled(p, DST - 4096, 0xff, 4096);
	assert_filled(p, DST, 0x22, 4096);
	assert_filled(p, DST + 4096, 0xff, 4096);
	assert_filled(p, SRC, 0x22, 4096);
	assert_dirty(p, DST, 4096);
}

static void page_init_prefers_copy_to_zero(void **state)
{
	struct partition *p = *state;

	fill(p, SRC, 0x22, 4096);
	assert_int_equal(HCALL(p, H_PAGE_INIT, COPY | ZERO | ICACHE, DST, SRC),
			 H_SUCCESS);
	assert_filled(p, DST, 0x22, 4096);
}

static void page_init_copies_a_page_onto_itself(void **state)
{
	struct partition *p = *state;

	fill(p, DST, 0x22, 4096);
	assert_int_equal(HCALL(p, H_PAGE_INIT, COPY, DST, DST), H_SUCCESS);
	assert_filled(p, DST, 0x22, 4096);
}

static void page_init_copies_from_read_only_ram(void **state)
{
	struct partition *p = *state;

	memset(p->rom, 0x33, 4096);
	assert_int_equal(HCALL(p, H_PAGE_INIT, COPY, DST, ROM_BASE),
			 H_SUCCESS);
	assert_filled(p, DST, 0x33, 4096);
}

static void page_init_without_an_order_writes_nothing(void **state)
{
	struct partition *p = *state;

	fill(p, DST, 0x44, 4096);
	assert_int_equal(HCALL(p, H_PAGE_INIT, 0, DST, SRC), H_SUCCESS);
	assert_int_equal(HCALL(p, H_PAGE_INIT, ICACHE, DST, SRC), H_SUCCESS);
	assert_filled(p, DST, 0x44, 4096);
	assert_clean(p);
}

static void page_init_ignores_the_source_when_it_zeroes(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_PAGE_INIT, ZERO, DST, 1), H_SUCCESS);
}

static void page_init_refuses_and_writes_nothing(void **state)
{
	static const struct {
		const char *what;
		uint64_t flags, dst, src;
	} wrong[] = {
		{ "flag below copy", 0x2000, DST, SRC },
		{ "flag above zero", ZERO | 0x10000, DST, SRC },
		{ "flag below icache", 0x200000, DST, SRC },
		{ "flag above icache", 0x1000000, DST, SRC },
		{ "lowest flag", COPY | 1, DST, SRC },
		{ "highest flag", ZERO | 1ull << 63, DST, SRC },
		{ "destination off by one", ZERO, DST + 1, 0 },
		{ "destination half a page on", ZERO, DST + 2048, 0 },
		{ "destination after RAM", ZERO, RAM_SIZE, 0 },
		{ "destination before ROM", ZERO, ROM_BASE - 4096, 0 },
		{ "destination read-only", ZERO, ROM_BASE, 0 },
		{ "destination read-only, copy", COPY, ROM_BASE, SRC },
		{ "destination at the last address", ZERO, UINT64_MAX, 0 },
		{ "destination on the last page", ZERO, UINT64_MAX - 4095, 0 },
		{ "source off by one", COPY, DST, SRC + 1 },
		{ "source after RAM", COPY, DST, RAM_SIZE },
		{ "source on the last page", COPY, DST, UINT64_MAX - 4095 },
		{ "no order, destination not there", 0, RAM_SIZE, 0 },
	};
	struct partition *p = *state;

	fill(p, DST, 0x55, 2 * 4096);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (HCALL(p, H_PAGE_INIT, wrong[i].flags, wrong[i].dst,
			  wrong[i].src) != H_PARAMETER || p->n_dirty)
			fail_msg("%s", wrong[i].what);
	assert_filled(p, DST, 0x55, 2 * 4096);
}

/* Bytes 1, 2, ... 8 are 0x0102030405060708 on every host. */
static const uint8_t bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static const struct access {
	uint64_t size;
	uint64_t number;
} accesses[] = {
	{ 1, 0x01 }, { 2, 0x0102 }, { 4, 0x01020304 },
	{ 8, 0x0102030405060708 },
};

static const uint32_t loads[] = { H_LOGICAL_CI_LOAD, H_LOGICAL_CACHE_LOAD };
static const uint32_t stores[] = { H_LOGICAL_CI_STORE, H_LOGICAL_CACHE_STORE };

static uint64_t load(struct partition *p, uint32_t nr, uint64_t size,
		     uint64_t addr)
{
	uint64_t r[PAPR_HCALL_ARGS] = { size, addr };

	assert_int_equal(partition_hcall(p, nr, r), H_SUCCESS);
	return r[0];
}

static void load_reads_a_big_endian_number(void **state)
{
	struct partition *p = *state;

	memcpy(p->ram + DST, bytes, sizeof(bytes));
	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++)
		for (size_t j = 0; j < ARRAY_SIZE(loads); j++)
			assert_true(load(p, loads[j], accesses[i].size, DST) ==
				    accesses[i].number);
	assert_clean(p);
}

static void store_writes_a_big_endian_number_of_its_size(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
		uint64_t size = accesses[i].size;

		for (size_t j = 0; j < ARRAY_SIZE(stores); j++) {
			fill(p, DST, 0xee, 16);
			assert_int_equal(HCALL(p, stores[j], size, DST,
					       accesses[i].number), H_SUCCESS);
			assert_memory_equal(p->ram + DST, bytes, size);
			assert_filled(p, DST + size, 0xee, 16 - size);
			assert_dirty(p, DST, size);
		}
	}
}

static void store_cuts_the_number_to_its_size(void **state)
{
	struct partition *p = *state;

	fill(p, DST, 0, 8);
	assert_int_equal(HCALL(p, H_LOGICAL_CI_STORE, 2, DST,
			       0x1122334455667788), H_SUCCESS);
	assert_int_equal(p->ram[DST], 0x77);
	assert_int_equal(p->ram[DST + 1], 0x88);
	assert_int_equal(p->ram[DST + 2], 0);
}

static void access_reaches_the_last_bytes_of_ram(void **state)
{
	struct partition *p = *state;

	memcpy(p->top + TOP_SIZE - 8, bytes, 8);
	assert_true(load(p, H_LOGICAL_CI_LOAD, 8, TOP_BASE + TOP_SIZE - 8) ==
		    accesses[3].number);
	assert_true(load(p, H_LOGICAL_CI_LOAD, 1, TOP_BASE + TOP_SIZE - 1) ==
		    8);
	assert_int_equal(p->mmios, 0);
}

static void access_of_a_wrong_kind_is_refused(void **state)
{
	static const struct {
		uint64_t size, addr;
	} wrong[] = {
		{ 0, DST }, { 3, DST }, { 5, DST }, { 6, DST }, { 7, DST },
		{ 16, DST }, { 1ull << 32, DST }, { 1ull << 63, DST },
		{ UINT64_MAX, DST }, { 2, DST + 1 }, { 4, DST + 2 },
		{ 8, DST + 4 }, { 8, DST + 1 }, { 8, UINT64_MAX },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		for (size_t j = 0; j < ARRAY_SIZE(loads); j++) {
			assert_int_equal(HCALL(p, loads[j], wrong[i].size,
					       wrong[i].addr), H_PARAMETER);
			assert_int_equal(HCALL(p, stores[j], wrong[i].size,
					       wrong[i].addr, 1), H_PARAMETER);
		}
	assert_int_equal(p->mmios, 0);
	assert_clean(p);
}

static void load_outside_ram_asks_the_vmm(void **state)
{
	struct partition *p = *state;

	p->mmio_value = 0xab;
	assert_int_equal(load(p, H_LOGICAL_CI_LOAD, 1, RAM_SIZE), 0xab);
	assert_int_equal(p->mmios, 1);
	assert_int_equal(p->mmio_gpa, RAM_SIZE);
	assert_int_equal(p->mmio_len, 1);
	assert_false(p->mmio_write);
}

static void load_is_cut_to_its_size(void **state)
{
	struct partition *p = *state;

	p->mmio_value = 0x1122334455667788;
	assert_true(load(p, H_LOGICAL_CI_LOAD, 4, RAM_SIZE) == 0x55667788);
	assert_true(load(p, H_LOGICAL_CI_LOAD, 8, RAM_SIZE) ==
		    0x1122334455667788);
}

static void store_outside_ram_asks_the_vmm(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_LOGICAL_CI_STORE, 2, RAM_SIZE + 6,
			       0x1122334455667788), H_SUCCESS);
	assert_int_equal(p->mmio_gpa, RAM_SIZE + 6);
	assert_int_equal(p->mmio_len, 2);
	assert_true(p->mmio_write);
	assert_int_equal(p->mmio_value, 0x7788);
	assert_clean(p);
}

static void store_to_read_only_ram_asks_the_vmm(void **state)
{
	struct partition *p = *state;
	uint8_t before = p->rom[0];

	assert_int_equal(HCALL(p, H_LOGICAL_CI_STORE, 1, ROM_BASE, before + 1),
			 H_SUCCESS);
	assert_int_equal(p->mmio_gpa, ROM_BASE);
	assert_int_equal(p->rom[0], before);
}

static void refused_device_access_is_a_parameter_error(void **state)
{
	struct partition *p = *state;

	p->mmio_err = -ENODEV;
	assert_int_equal(HCALL(p, H_LOGICAL_CI_LOAD, 1, RAM_SIZE),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_LOGICAL_CI_STORE, 1, RAM_SIZE, 0),
			 H_PARAMETER);
}

static void drop_mmio(struct partition *p, struct papr_host_ops *host_ops,
		      struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->mmio = NULL;
}

static void vmm_without_devices_refuses_such_access(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_mmio });

	(void)state;
	assert_int_equal(HCALL(p, H_LOGICAL_CI_LOAD, 1, RAM_SIZE),
			 H_PARAMETER);
	assert_int_equal(HCALL(p, H_LOGICAL_CI_STORE, 1, RAM_SIZE, 0),
			 H_PARAMETER);
	partition_free(p);
}

static void cache_calls_succeed_and_do_nothing(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_LOGICAL_ICBI, DST, 1), H_SUCCESS);
	assert_int_equal(HCALL(p, H_LOGICAL_DCBF, DST, 1), H_SUCCESS);
	assert_clean(p);
}

enum { COPY_OP, INVERT_OP };

/* Bytes that differ from their neighbours, and what becomes of them. */
static void number_bytes(struct partition *p, uint64_t gpa, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p->ram[gpa + i] = (uint8_t)(i * 7 + 1);
}

static void assert_numbered(struct partition *p, uint64_t gpa, size_t len,
			    uint8_t xor)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(p->ram[gpa + i], (uint8_t)(i * 7 + 1) ^ xor);
}

static void memop_copies_and_inverts_elements_of_each_size(void **state)
{
	struct partition *p = *state;

	for (uint64_t shift = 0; shift <= 3; shift++)
		for (uint64_t op = COPY_OP; op <= INVERT_OP; op++) {
			size_t len = 5u << shift;

			fill(p, DST - 8, 0xee, 64);
			number_bytes(p, SRC, len);
			assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, DST, SRC,
					       shift, 5, op), H_SUCCESS);
			assert_numbered(p, DST, len,
					op == INVERT_OP ? 0xff : 0);
			assert_numbered(p, SRC, len, 0);
			assert_filled(p, DST - 8, 0xee, 8);
			assert_filled(p, DST + len, 0xee, 8);
			assert_dirty(p, DST, len);
		}
}

static void memop_reads_all_of_an_overlapping_source(void **state)
{
	static const uint64_t dst[] = { DST - 8, DST - 64, DST, DST + 8,
					DST + 64, DST + 120 };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(dst); i++)
		for (uint64_t op = COPY_OP; op <= INVERT_OP; op++) {
			number_bytes(p, DST, 128);
			assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, dst[i], DST,
					       3, 16, op), H_SUCCESS);
			assert_numbered(p, dst[i], 128,
					op == INVERT_OP ? 0xff : 0);
			assert_dirty(p, dst[i], 128);
		}
}

static void memop_of_nothing_succeeds(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, RAM_SIZE, UINT64_MAX - 7, 3,
			       0, COPY_OP), H_SUCCESS);
	assert_clean(p);
	assert_int_equal(p->mmios, 0);
}

static void memop_fills_ram_from_a_device(void **state)
{
	struct partition *p = *state;

	fill(p, DST, 0xee, 24);
	p->mmio_value = 0x1122334455667788;
	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, DST, RAM_SIZE, 1, 4,
			       INVERT_OP), H_SUCCESS);
	for (size_t i = 0; i < 8; i += 2) {
		assert_int_equal(p->ram[DST + i], 0x88);
		assert_int_equal(p->ram[DST + i + 1], 0x77);
	}
	assert_filled(p, DST + 8, 0xee, 16);
	assert_int_equal(p->mmios, 4);
	assert_int_equal(p->mmio_gpa, RAM_SIZE + 6);
	assert_int_equal(p->mmio_len, 2);
	assert_false(p->mmio_write);
}

static void memop_writes_a_device_from_ram(void **state)
{
	struct partition *p = *state;

	memcpy(p->ram + SRC, bytes, 8);
	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, RAM_SIZE, SRC, 2, 2,
			       COPY_OP), H_SUCCESS);
	assert_int_equal(p->mmios, 2);
	assert_true(p->mmio_write);
	assert_int_equal(p->mmio_gpa, RAM_SIZE + 4);
	assert_true(p->mmio_value == 0x05060708);
	assert_clean(p);
}

static void memop_goes_backwards_through_an_overlapping_device(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, RAM_SIZE + 4, RAM_SIZE, 2,
			       8, COPY_OP), H_SUCCESS);
	assert_int_equal(p->mmio_gpa, RAM_SIZE + 4);
	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, RAM_SIZE, RAM_SIZE + 4, 2,
			       8, COPY_OP), H_SUCCESS);
	assert_int_equal(p->mmio_gpa, RAM_SIZE + 28);
	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, RAM_SIZE + 32, RAM_SIZE, 2,
			       8, COPY_OP), H_SUCCESS);
	assert_int_equal(p->mmio_gpa, RAM_SIZE + 60);
}

static void memop_that_a_device_refuses_ends_there(void **state)
{
	struct partition *p = *state;

	p->mmio_err = -ENODEV;
	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, DST, RAM_SIZE, 3, 4,
			       COPY_OP), H_PARAMETER);
	assert_int_equal(p->mmios, 1);
	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, RAM_SIZE, SRC, 3, 4,
			       COPY_OP), H_PARAMETER);
	assert_int_equal(p->mmios, 2);
	assert_clean(p);
}

static void memop_refuses_and_does_nothing(void **state)
{
	static const struct {
		const char *what;
		uint64_t dst, src, shift, count, op;
	} wrong[] = {
		{ "operation", DST, SRC, 0, 1, 2 },
		{ "operation, high bits", DST, SRC, 0, 1, 1ull << 32 },
		{ "size", DST, SRC, 4, 1, 0 },
		{ "size, high bits", DST, SRC, 1ull << 32, 1, 0 },
		{ "count", DST, SRC, 0, 0x80000001, 0 },
		{ "count, high bits", DST, SRC, 0, 1ull << 32, 0 },
		{ "count that wraps", DST, SRC, 3, 1ull << 61, 0 },
		{ "destination of 2 not aligned", DST + 1, SRC, 1, 1, 0 },
		{ "destination of 8 not aligned", DST + 4, SRC, 3, 1, 0 },
		{ "source of 4 not aligned", DST, SRC + 2, 2, 1, 0 },
		{ "destination wraps", UINT64_MAX - 7, SRC, 3, 2, 0 },
		{ "source wraps", DST, UINT64_MAX - 7, 3, 2, 0 },
		{ "too many of a device", RAM_SIZE, SRC, 0, 0x200001, 0 },
		{ "the most that can be asked for", DST, RAM_SIZE, 3,
		  0x80000000, 0 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (HCALL(p, H_LOGICAL_MEMOP, wrong[i].dst, wrong[i].src,
			  wrong[i].shift, wrong[i].count, wrong[i].op) !=
		    H_PARAMETER || p->n_dirty || p->mmios)
			fail_msg("%s", wrong[i].what);
}

static void memop_reaches_the_last_address(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_LOGICAL_MEMOP, DST, UINT64_MAX - 7, 3, 1,
			       COPY_OP), H_SUCCESS);
	assert_int_equal(p->mmio_gpa, UINT64_MAX - 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(page_init_zeroes_exactly_one_page),
		partition_test(page_init_copies_exactly_one_page),
		partition_test(page_init_prefers_copy_to_zero),
		partition_test(page_init_copies_a_page_onto_itself),
		partition_test(page_init_copies_from_read_only_ram),
		partition_test(page_init_without_an_order_writes_nothing),
		partition_test(page_init_ignores_the_source_when_it_zeroes),
		partition_test(page_init_refuses_and_writes_nothing),
		partition_test(load_reads_a_big_endian_number),
		partition_test(store_writes_a_big_endian_number_of_its_size),
		partition_test(store_cuts_the_number_to_its_size),
		partition_test(access_reaches_the_last_bytes_of_ram),
		partition_test(access_of_a_wrong_kind_is_refused),
		partition_test(load_outside_ram_asks_the_vmm),
		partition_test(load_is_cut_to_its_size),
		partition_test(store_outside_ram_asks_the_vmm),
		partition_test(store_to_read_only_ram_asks_the_vmm),
		partition_test(refused_device_access_is_a_parameter_error),
		cmocka_unit_test(vmm_without_devices_refuses_such_access),
		partition_test(cache_calls_succeed_and_do_nothing),
		partition_test(memop_copies_and_inverts_elements_of_each_size),
		partition_test(memop_reads_all_of_an_overlapping_source),
		partition_test(memop_of_nothing_succeeds),
		partition_test(memop_fills_ram_from_a_device),
		partition_test(memop_writes_a_device_from_ram),
		partition_test(
			memop_goes_backwards_through_an_overlapping_device),
		partition_test(memop_that_a_device_refuses_ends_there),
		partition_test(memop_refuses_and_does_nothing),
		partition_test(memop_reaches_the_last_address),
	};

	return cmocka_run_group_tests_name("hcalls/mem", tests, NULL, NULL);
}
