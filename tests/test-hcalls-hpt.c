/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on the hashed page table. */
#include "config.h"

#include <errno.h>

#include "spapr/hpt.h"
#include "tests/fake-host-state.h"
#include "tests/partition.h"

#define ENTRIES		16384ull	/* of 2^18 bytes */
#define FLAG(bit)	(1ull << (63 - (bit)))
#define H_EXACT		FLAG(24)
#define H_READ_4	FLAG(26)
#define H_AVPN		FLAG(32)
#define H_ANDCOND	FLAG(33)
#define H_ZERO_PAGE	FLAG(48)

#define V		HPTE_V_VALID
#define L		HPTE_V_LARGE
#define M		HPTE_R_M
#define I		HPTE_R_I
#define W		HPTE_R_W
#define G		HPTE_R_G
#define RC		(HPTE_R_R | HPTE_R_C)
#define AVPN		0x4000123456789a00ull
#define PAGE		0x5000ull
#define IO		0x200000000ull

static const char all_user[] =
	"sets: { hcall-pft: user, hcall-bulk: user }";

/* A host that has 16 MiB pages too. */
static void add_16m(struct partition *p, struct papr_host_ops *host_ops,
		    struct papr_vmm_ops *vmm_ops)
{
	struct papr_host_mmu *mmu = &p->fake->mmu;

	(void)host_ops;
	(void)vmm_ops;
	mmu->hash_sizes = 3;
	mmu->hash[0].pages = 3;
	mmu->hash[0].page[1].shift = 16;
	mmu->hash[0].page[1].pte_encoding = 7;
	mmu->hash[0].page[2].shift = 24;
	mmu->hash[0].page[2].pte_encoding = 0x38;
	mmu->hash[2].shift = 24;
	mmu->hash[2].slb_encoding = 0x100;
	mmu->hash[2].pages = 1;
	mmu->hash[2].page[0].shift = 24;
}

static int start(void **state)
{
	*state = partition_new(&(struct partition_setup){
		.host = "power8", .policy = all_user, .tweak = add_16m,
		.config.cores = 2 });
	return 0;
}

#define hpt_test(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

static struct papr_hpte *entry(struct partition *p, uint64_t index)
{
	return &fake_host_hpt(p->fake)[index];
}

static void put(struct partition *p, uint64_t index, uint64_t pteh,
		uint64_t ptel)
{
	*entry(p, index) = (struct papr_hpte){ pteh, ptel };
}

static void assert_entry(struct partition *p, uint64_t index, uint64_t pteh,
			 uint64_t ptel)
{
	assert_int_equal(entry(p, index)->pteh, pteh);
	assert_int_equal(entry(p, index)->ptel, ptel);
}

/* The call, with its registers left in @args. */
static int64_t call(struct partition *p, uint64_t nr, uint64_t *args)
{
	int64_t ret = partition_hcall(p, nr, args);

	assert_int_equal(p->fake->held, 0);
	fake_host_clear_log(p->fake);
	return ret;
}

static int64_t enter(struct partition *p, uint64_t flags, uint64_t index,
		     uint64_t pteh, uint64_t ptel)
{
	return call(p, H_ENTER,
		    (uint64_t[PAPR_HCALL_ARGS]){ flags, index, pteh, ptel });
}

static void enter_takes_the_first_free_entry_of_the_group(void **state)
{
	struct partition *p = *state;

	for (uint64_t i = 0; i < 8; i++) {
		uint64_t args[PAPR_HCALL_ARGS] = { 0, 0x105, AVPN, PAGE | M };

		assert_int_equal(call(p, H_ENTER, args), H_SUCCESS);
		assert_int_equal(args[0], 0x100 + i);
		assert_entry(p, 0x100 + i, AVPN | V, PAGE | M);
	}
	assert_int_equal(enter(p, 0, 0x105, AVPN, PAGE | M), H_PTEG_FULL);
	assert_entry(p, 0xff, 0, 0);
	assert_entry(p, 0x108, 0, 0);
}

static void enter_takes_the_exact_entry_or_none(void **state)
{
	struct partition *p = *state;
	uint64_t args[PAPR_HCALL_ARGS] = { H_EXACT, 0x105, AVPN, PAGE | M };

	assert_int_equal(call(p, H_ENTER, args), H_SUCCESS);
	assert_int_equal(args[0], 0x105);
	assert_entry(p, 0x105, AVPN | V, PAGE | M);
	assert_int_equal(enter(p, H_EXACT, 0x105, AVPN + 0x80, M),
			 H_PTEG_FULL);
	assert_entry(p, 0x105, AVPN | V, PAGE | M);
}

static void enter_clears_what_is_the_hypervisors(void **state)
{
	struct partition *p = *state;

	assert_int_equal(enter(p, H_EXACT, 0, AVPN | 0x7b,
			       PAGE | M | RC | 0x4000000000000000), H_SUCCESS);
	assert_entry(p, 0, AVPN | 0x1b, PAGE | M | RC);
}

static void enter_judges_page_and_wimg(void **state)
{
	static const struct {
		const char *what;
		uint64_t flags, pteh, ptel;
		int64_t ret;
	} rows[] = {
		{ "RAM", 0, 0, PAGE | M, H_SUCCESS },
		{ "RAM, read-only", 0, 0, ROM_BASE | M, H_SUCCESS },
		{ "RAM, strong access order", 0, 0, PAGE | W | I | M,
		  H_SUCCESS },
		{ "RAM, inhibited", 0, 0, PAGE | I | G, H_PARAMETER },
		{ "RAM, guarded", 0, 0, PAGE | M | G, H_PARAMETER },
		{ "RAM, not coherent", 0, 0, PAGE, H_PARAMETER },
		{ "I/O", 0, 0, IO | I | G, H_SUCCESS },
		{ "I/O, coherent", 0, 0, IO | I | M, H_SUCCESS },
		{ "I/O, cached", 0, 0, IO | M, H_PARAMETER },
		{ "I/O, written through", 0, 0, IO | W | I, H_PARAMETER },
		{ "the end of addresses", 0, 0, 0x0ffffffffffff000 | I,
		  H_SUCCESS },
		{ "64 KiB", 0, L, 0x11000 | M, H_SUCCESS },
		{ "64 KiB in a 4 KiB segment", 0, L, 0x17000 | M, H_SUCCESS },
		{ "64 KiB beyond RAM", 0, L, RAM_SIZE | 0x1000 | I,
		  H_SUCCESS },
		{ "16 MiB of less RAM", 0, L, M, H_PARAMETER },
		{ "16 MiB of I/O", 0, L, IO | I, H_SUCCESS },
		{ "16 MiB in a 4 KiB segment", 0, L, IO | 0x38000 | I,
		  H_SUCCESS },
		{ "an encoding of nothing", 0, L, IO | 0x2000 | I,
		  H_PARAMETER },
		{ "all bits", ~0ull & ~H_EXACT, ~0ull, ~0ull, H_PARAMETER },
		{ "cleared, too big", H_ZERO_PAGE, L, IO | I, H_TOO_BIG },
		{ "instructions, too big", FLAG(40), L, IO | I, H_TOO_BIG },
		{ "synchronized, too big", FLAG(41), L, IO | I, H_TOO_BIG },
		{ "instructions", FLAG(40) | FLAG(41), 0, PAGE | M,
		  H_SUCCESS },
		{ "cleared, read-only", H_ZERO_PAGE, 0, ROM_BASE | M,
		  H_PARAMETER },
		{ "cleared I/O", H_ZERO_PAGE, 0, IO | I, H_SUCCESS },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t ret = enter(p, rows[i].flags, 8 * i,
				    AVPN | rows[i].pteh, rows[i].ptel);

		if (ret != rows[i].ret)
			fail_msg("%s: %d", rows[i].what, (int)ret);
		assert_int_equal(!!entry(p, 8 * i)->pteh, !ret);
	}
	assert_clean(p);
}

static void strong_access_order_went_with_power10(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power10", .policy = all_user,
		.config.mmu = PAPR_MMU_HASH });

	(void)state;
	assert_int_equal(enter(p, 0, 0, AVPN, PAGE | W | I | M), H_PARAMETER);
	assert_int_equal(enter(p, 0, 0, AVPN, PAGE | M), H_SUCCESS);
	partition_free(p);
}

static void enter_clears_the_page_it_maps(void **state)
{
	struct partition *p = *state;

	assert_int_equal(enter(p, H_ZERO_PAGE, 0, AVPN | L, 0x11000 | M),
			 H_SUCCESS);
	assert_dirty(p, 0x10000, 0x10000);
	for (uint32_t i = 0; i < 0x10000; i++)
		assert_int_equal(p->ram[0x10000 + i], 0);
	assert_int_not_equal(p->ram[0xffff], 0);
	assert_int_not_equal(p->ram[0x20000], 0);
}

static void remove_answers_the_entry_and_empties_it(void **state)
{
	struct partition *p = *state;
	uint64_t args[PAPR_HCALL_ARGS] = { 0, 9, 0 };

	put(p, 9, AVPN | V, PAGE | M | RC);
	assert_int_equal(call(p, H_REMOVE, args), H_SUCCESS);
	assert_int_equal(args[0], AVPN | V);
	assert_int_equal(args[1], PAGE | M | RC);
	assert_entry(p, 9, 0, 0);
	assert_int_equal(call(p, H_REMOVE, (uint64_t[9]){ 0, 9 }),
			 H_NOT_FOUND);
}

static void conditions_choose_the_entry(void **state)
{
	static const struct {
		const char *what;
		uint64_t nr, flags, avpn;
		int64_t ret;
	} rows[] = {
		{ "the same", H_REMOVE, H_AVPN, AVPN, H_SUCCESS },
		{ "another", H_REMOVE, H_AVPN, AVPN ^ 0x80, H_NOT_FOUND },
		{ "another segment size", H_REMOVE, H_AVPN, AVPN ^ 1ull << 62,
		  H_NOT_FOUND },
		{ "with flags", H_REMOVE, H_AVPN, AVPN | V, H_NOT_FOUND },
		{ "any", H_REMOVE, 0, ~0ull, H_SUCCESS },
		{ "no bit", H_REMOVE, H_ANDCOND, 0, H_SUCCESS },
		{ "other bits", H_REMOVE, H_ANDCOND, ~(AVPN | V | 0x10),
		  H_SUCCESS },
		{ "bolted", H_REMOVE, H_ANDCOND, 0x10, H_NOT_FOUND },
		{ "both", H_REMOVE, H_ANDCOND | H_AVPN, AVPN, H_NOT_FOUND },
		{ "all flags", H_REMOVE, ~0ull, AVPN, H_NOT_FOUND },
		{ "protect the same", H_PROTECT, H_AVPN, AVPN, H_SUCCESS },
		{ "protect another", H_PROTECT, H_AVPN, AVPN ^ 0x80,
		  H_NOT_FOUND },
		{ "protect any", H_PROTECT, 0, ~0ull, H_SUCCESS },
		{ "protect has no andcond", H_PROTECT, H_ANDCOND, 0x10,
		  H_SUCCESS },
		{ "clear knows no conditions", H_CLEAR_REF,
		  H_AVPN | H_ANDCOND, 0x10, H_SUCCESS },
		{ "nor the other", H_CLEAR_MOD, H_AVPN | H_ANDCOND, 0x10,
		  H_SUCCESS },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t args[PAPR_HCALL_ARGS] = { rows[i].flags, 9,
						   rows[i].avpn };
		int64_t ret;

		put(p, 9, AVPN | V | 0x10, PAGE | M);
		ret = call(p, rows[i].nr, args);
		if (ret != rows[i].ret)
			fail_msg("%s: %d", rows[i].what, (int)ret);
		if (ret)
			assert_entry(p, 9, AVPN | V | 0x10, PAGE | M);
	}
}

static void protect_changes_protection_alone(void **state)
{
	static const struct {
		uint64_t flags, before, after;
	} rows[] = {
		{ 0, PAGE | M | RC | 3, PAGE | M | RC },
		{ 0x100, PAGE | M, PAGE | M | HPTE_R_PP0 },
		{ 0x3000, PAGE | M, PAGE | M | HPTE_R_KEY_HI },
		{ 0xe00, PAGE | M, PAGE | M | HPTE_R_KEY_LO },
		{ 7, PAGE | M, PAGE | M | 7 },
		{ ~H_AVPN, PAGE | M | HPTE_R_C, PAGE | M | HPTE_R_C |
		  0xb000000000000e07 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put(p, 9, AVPN | V, rows[i].before);
		assert_int_equal(call(p, H_PROTECT,
				      (uint64_t[9]){ rows[i].flags, 9 }),
				 H_SUCCESS);
		assert_entry(p, 9, AVPN | V, rows[i].after);
	}
}

static void clear_takes_its_bit_and_answers_the_old_word(void **state)
{
	static const struct {
		uint64_t nr, bit;
	} rows[] = { { H_CLEAR_REF, HPTE_R_R }, { H_CLEAR_MOD, HPTE_R_C } };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t args[PAPR_HCALL_ARGS] = { ~0ull, 9 };

		put(p, 9, AVPN | V, PAGE | M | RC);
		assert_int_equal(call(p, rows[i].nr, args), H_SUCCESS);
		assert_int_equal(args[0], PAGE | M | RC);
		assert_entry(p, 9, AVPN | V, (PAGE | M | RC) & ~rows[i].bit);
	}
}

static void what_does_not_change_is_not_written(void **state)
{
	struct partition *p = *state;

	put(p, 9, AVPN | V, PAGE | M);
	fake_host_fail(p->fake, FAKE_WRITE_HPT, 1, EIO);
	assert_int_equal(call(p, H_CLEAR_REF, (uint64_t[9]){ 0, 9 }),
			 H_SUCCESS);
	assert_int_equal(call(p, H_PROTECT, (uint64_t[9]){ 0, 9 }), H_SUCCESS);
}

static void read_answers_one_entry_or_four(void **state)
{
	struct partition *p = *state;
	uint64_t one[PAPR_HCALL_ARGS] = { 0, 0x106 };
	uint64_t four[PAPR_HCALL_ARGS] = { H_READ_4, 0x106 };

	for (uint64_t i = 0; i < 16; i++)
		put(p, 0x100 + i, i << 8 | V, i << 12);
	assert_int_equal(call(p, H_READ, one), H_SUCCESS);
	assert_int_equal(one[0], 0x601);
	assert_int_equal(one[1], 0x6000);
	for (uint64_t i = 2; i < 9; i++)
		assert_int_equal(one[i], 0xa5a5a5a5a5a5a500 + i);
	assert_int_equal(call(p, H_READ, four), H_SUCCESS);
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(four[2 * i], (4 + i) << 8 | V);
		assert_int_equal(four[2 * i + 1], (4 + i) << 12);
	}
}

static void index_is_of_the_table(void **state)
{
	static const uint64_t nrs[] = { H_REMOVE, H_ENTER, H_READ, H_CLEAR_MOD,
					H_CLEAR_REF, H_PROTECT };
	static const uint64_t wrong[] = {
		ENTRIES, ENTRIES + 1, 1ull << 60, 1ull << 63, ~0ull, ~7ull
	};
	struct partition *p = *state;

	for (size_t n = 0; n < ARRAY_SIZE(nrs); n++)
		for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
			uint64_t args[PAPR_HCALL_ARGS] = {
				i % 2 ? ~0ull : 0, wrong[i], AVPN, PAGE | M
			};

			assert_int_equal(call(p, nrs[n], args), H_PARAMETER);
		}
	assert_int_equal(enter(p, H_EXACT, ENTRIES - 1, AVPN, PAGE | M),
			 H_SUCCESS);
	assert_int_equal(call(p, H_READ,
			      (uint64_t[9]){ H_READ_4, ENTRIES - 1 }),
			 H_SUCCESS);
}

static void bulk_remove_answers_each_specifier(void **state)
{
	static const struct {
		const char *what;
		uint64_t tsh, tsl, answer;
		int64_t ret;
	} rows[] = {
		{ "absolute", 0x40ull << 56 | 9, ~0ull, 0x8cull << 56 | 9, 0 },
		{ "bits of a response", 0x7cull << 56 | 9, 0,
		  0x8cull << 56 | 9, 0 },
		{ "andcond", 0x41ull << 56 | 9, 0, 0x8dull << 56 | 9, 0 },
		{ "andcond not", 0x41ull << 56 | 9, 1ull << 61,
		  0x8dull << 56 | 9, 0 },
		{ "andcond hits", 0x41ull << 56 | 9, V, 0x91ull << 56 | 9, 0 },
		{ "the page", 0x42ull << 56 | 9, AVPN, 0x8eull << 56 | 9, 0 },
		{ "another page", 0x42ull << 56 | 9, AVPN + 0x80,
		  0x92ull << 56 | 9, 0 },
		{ "empty", 0x40ull << 56 | 8, 0, 0x90ull << 56 | 8, 0 },
		{ "both", 0x43ull << 56 | 9, AVPN, 0xa3ull << 56 | 9,
		  H_PARAMETER },
		{ "unused", 9, AVPN, 0xa0ull << 56 | 9, H_PARAMETER },
		{ "a response", 0x80ull << 56 | 9, 0, 0xa0ull << 56 | 9,
		  H_PARAMETER },
		{ "no entry", 0x40ull << 56 | ENTRIES, 0,
		  0xa0ull << 56 | ENTRIES, H_PARAMETER },
		{ "far", 0x40ull << 56 | 0xffffffffffffff, 0,
		  0xa0ull << 56 | 0xffffffffffffff, H_PARAMETER },
		{ "the end", 0xc0ull << 56 | 9, 0, 0xc0ull << 56 | 9, 0 },
		{ "all bits", ~0ull, ~0ull, ~0ull, 0 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t args[PAPR_HCALL_ARGS] = { rows[i].tsh, rows[i].tsl,
						   0xc0ull << 56 };
		bool gone = rows[i].answer >> 60 == 8;
		int64_t ret;

		put(p, 9, AVPN | V, PAGE | M | RC);
		ret = call(p, H_BULK_REMOVE, args);
		if (ret != rows[i].ret || args[0] != rows[i].answer)
			fail_msg("%s: %d, %llx", rows[i].what, (int)ret,
				 (unsigned long long)args[0]);
		assert_int_equal(args[2], 0xc0ull << 56);
		assert_int_equal(entry(p, 9)->pteh, gone ? 0 : AVPN | V);
	}
}

static void bulk_remove_goes_on_to_an_end_or_an_error(void **state)
{
	struct partition *p = *state;
	uint64_t r = 0x40ull << 56;
	uint64_t all[PAPR_HCALL_ARGS] = { r | 1, 0, r | 2, 0, r | 3, 0,
					  r | 4, 0 };
	uint64_t error[PAPR_HCALL_ARGS] = { r | 1, 0, 2, 0, r | 3, 0 };

	for (uint64_t i = 1; i <= 4; i++)
		put(p, i, AVPN | V, i == 2 ? HPTE_R_R : 0);
	put(p, 3, 0, 0);
	assert_int_equal(call(p, H_BULK_REMOVE, all), H_SUCCESS);
	assert_int_equal(all[0], 0x80ull << 56 | 1);
	assert_int_equal(all[2], 0x88ull << 56 | 2);
	assert_int_equal(all[4], 0x90ull << 56 | 3);
	assert_int_equal(all[6], 0x80ull << 56 | 4);

	put(p, 3, AVPN | V, 0);
	assert_int_equal(call(p, H_BULK_REMOVE, error), H_PARAMETER);
	assert_int_equal(error[0], 0x90ull << 56 | 1);
	assert_int_equal(error[2], 0xa0ull << 56 | 2);
	assert_int_equal(error[4], r | 3);
	assert_entry(p, 3, AVPN | V, 0);
}

static void errors_of_the_host_are_the_hardwares(void **state)
{
	static const struct {
		uint64_t nr, flags;
	} rows[] = {
		{ H_REMOVE, 0 }, { H_READ, 0 }, { H_CLEAR_MOD, 0 },
		{ H_CLEAR_REF, 0 }, { H_PROTECT, 7 },
	};
	struct partition *p = *state;
	uint64_t bulk[PAPR_HCALL_ARGS] = { 0x40ull << 56 | 9, 0, 9 };

	put(p, 9, AVPN | V, PAGE | M | RC);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (int op = FAKE_READ_HPT; op <= FAKE_WRITE_HPT; op++) {
			if (rows[i].nr == H_READ && op == FAKE_WRITE_HPT)
				continue;
			fake_host_fail(p->fake, op, 1, EIO);
			assert_int_equal(call(p, rows[i].nr,
					      (uint64_t[9]){ rows[i].flags, 9
					      }), H_HARDWARE);
		}
	fake_host_fail(p->fake, FAKE_READ_HPT, 1, EIO);
	assert_int_equal(enter(p, 0, 0, AVPN, PAGE | M), H_HARDWARE);
	fake_host_fail(p->fake, FAKE_WRITE_HPT, 1, EIO);
	assert_int_equal(enter(p, 0, 0, AVPN, PAGE | M), H_HARDWARE);
	fake_host_fail(p->fake, FAKE_WRITE_HPT, 1, EINVAL);
	assert_int_equal(enter(p, 0, 0, AVPN, PAGE | M), H_PARAMETER);
	fake_host_fail(p->fake, FAKE_READ_HPT, 1, EIO);
	assert_int_equal(call(p, H_BULK_REMOVE, bulk), H_HARDWARE);
	assert_int_equal(bulk[0], 0xb0ull << 56 | 9);
	assert_int_equal(bulk[2], 9);
	assert_entry(p, 9, AVPN | V, PAGE | M | RC);
}

static const uint64_t seven[] = { H_REMOVE, H_ENTER, H_READ, H_CLEAR_MOD,
				  H_CLEAR_REF, H_PROTECT, H_BULK_REMOVE };

static void radix_guest_has_no_such_table(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power9", .policy = all_user });

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(seven); i++)
		assert_int_equal(call(p, seven[i], (uint64_t[9]){ 0 }),
				 H_FUNCTION);
	partition_free(p);
}

static void no_table(struct partition *p, struct papr_host_ops *host_ops,
		     struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->write_hpt = NULL;
}

static void host_without_a_table_leaves_the_calls_to_nobody(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .policy = all_user, .tweak = no_table });
	struct papr_route_report report;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(seven); i++) {
		assert_int_equal(call(p, seven[i], (uint64_t[9]){ 0 }),
				 H_FUNCTION);
		assert_int_equal(papr_vm_route(p->vm, hcall_row(seven[i]),
					       &report), 0);
		assert_int_equal(report.effective, PAPR_EFFECTIVE_NOBODY);
		assert_string_equal(report.reason, "the program's host "
				    "operations have no page table");
	}
	partition_free(p);
}

static void table_that_does_not_open_ends_the_seal(void **state)
{
	struct partition *p = NULL;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.host = "power8", .policy = all_user }, &p, NULL), 0);
	fake_host_fail(p->fake, FAKE_OPEN_HPT, 1, EMFILE);
	assert_int_equal(papr_vm_seal(p->vm), -EMFILE);
	assert_non_null(strstr(papr_vm_error(p->vm), "page table, whose calls "
			       "are routed to user"));
	partition_free(p);
}

/* The kernel's table is not touched while the kernel answers. */
static void table_of_the_kernel_stays_closed(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8" });

	(void)state;
	assert_false(p->fake->hpt_open);
	partition_free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		hpt_test(enter_takes_the_first_free_entry_of_the_group),
		hpt_test(enter_takes_the_exact_entry_or_none),
		hpt_test(enter_clears_what_is_the_hypervisors),
		hpt_test(enter_judges_page_and_wimg),
		cmocka_unit_test(strong_access_order_went_with_power10),
		hpt_test(enter_clears_the_page_it_maps),
		hpt_test(remove_answers_the_entry_and_empties_it),
		hpt_test(conditions_choose_the_entry),
		hpt_test(protect_changes_protection_alone),
		hpt_test(clear_takes_its_bit_and_answers_the_old_word),
		hpt_test(what_does_not_change_is_not_written),
		hpt_test(read_answers_one_entry_or_four),
		hpt_test(index_is_of_the_table),
		hpt_test(bulk_remove_answers_each_specifier),
		hpt_test(bulk_remove_goes_on_to_an_end_or_an_error),
		hpt_test(errors_of_the_host_are_the_hardwares),
		cmocka_unit_test(radix_guest_has_no_such_table),
		cmocka_unit_test(
			host_without_a_table_leaves_the_calls_to_nobody),
		cmocka_unit_test(table_that_does_not_open_ends_the_seal),
		cmocka_unit_test(table_of_the_kernel_stays_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
