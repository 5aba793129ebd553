/* SPDX-License-Identifier: BSD-2-Clause */
/* H_RPT_INVALIDATE: what is cached of a guest's translations is forgotten. */
#include "config.h"

#include <errno.h>

#include "tests/partition.h"

/* Of H_REGISTER_PROC_TBL: a new one, radix, with and without GTSE. */
#define NEW_RADIX	0x1cull
#define GTSE		0x01ull
#define TABLE		0x10000ull

#define CMMU		1ull
#define TLB		2ull
#define PAGE_64K	2ull

static struct partition *partition_on(const char *host, enum papr_mmu mmu)
{
	return partition_new(&(struct partition_setup){
		.host = host, .config = { .mmu = mmu },
		.policy = "hcalls: { H_RPT_INVALIDATE: user }" });
}

static int64_t invalidate(struct partition *p, uint64_t type, uint64_t start,
			  uint64_t end)
{
	fake_host_clear_log(p->fake);
	return HCALL(p, H_RPT_INVALIDATE, 1, CMMU, type, PAGE_64K, start, end);
}

static void the_host_is_told_of_the_table_again(void **state)
{
	static const struct {
		uint64_t flags;
		const char *log;
	} rows[] = {
		{ NEW_RADIX, "configure_mmu 0x1 0x800000000001000c\n" },
		{ NEW_RADIX | GTSE, "configure_mmu 0x3 0x800000000001000c\n" },
	};
	struct partition *p = partition_on("power10", PAPR_MMU_RADIX);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(HCALL(p, H_REGISTER_PROC_TBL, rows[i].flags,
				       TABLE, 0, 12), H_SUCCESS);
		assert_int_equal(invalidate(p, TLB, 0, UINT64_MAX), H_SUCCESS);
		assert_string_equal(fake_host_log(p->fake), rows[i].log);
	}
	partition_free(p);
}

static void a_table_that_was_refused_is_not_the_hosts(void **state)
{
	struct partition *p = partition_on("power10", PAPR_MMU_RADIX);

	(void)state;
	HCALL(p, H_REGISTER_PROC_TBL, NEW_RADIX, TABLE, 0, 12);
	fake_host_fail(p->fake, FAKE_CONFIGURE_MMU, 1, EINVAL);
	assert_int_equal(HCALL(p, H_REGISTER_PROC_TBL, NEW_RADIX, 2 * TABLE, 0,
			       12), H_PARAMETER);
	assert_int_equal(invalidate(p, TLB, 0, 0), H_SUCCESS);
	assert_string_equal(fake_host_log(p->fake),
			    "configure_mmu 0x1 0x800000000001000c\n");
	partition_free(p);
}

static void without_a_table_there_is_nothing_to_forget(void **state)
{
	struct partition *p = partition_on("power10", PAPR_MMU_RADIX);

	(void)state;
	assert_int_equal(invalidate(p, TLB, 0, UINT64_MAX), H_SUCCESS);
	assert_string_equal(fake_host_log(p->fake), "");
	partition_free(p);
}

static void what_cannot_be_is_refused_and_does_nothing(void **state)
{
	struct partition *p = partition_on("power10", PAPR_MMU_RADIX);

	(void)state;
	HCALL(p, H_REGISTER_PROC_TBL, NEW_RADIX, TABLE, 0, 12);
	assert_int_equal(invalidate(p, TLB, 1, 0), H_P5);
	assert_int_equal(invalidate(p, 1, 0, 0), H_FUNCTION);
	assert_int_equal(invalidate(p, 1 | TLB, 0, 0), H_FUNCTION);
	assert_string_equal(fake_host_log(p->fake), "");
	fake_host_fail(p->fake, FAKE_CONFIGURE_MMU, 1, EIO);
	assert_int_equal(invalidate(p, TLB, 0, 0), H_HARDWARE);
	partition_free(p);
}

static void a_hash_guest_has_no_such_tables(void **state)
{
	struct partition *p = partition_on("power10", PAPR_MMU_HASH);

	(void)state;
	assert_int_equal(invalidate(p, TLB, 0, 0), H_UNSUPPORTED);
	assert_int_equal(invalidate(p, TLB, 1, 0), H_UNSUPPORTED);
	partition_free(p);
}

/* KVM in a partition asks for less than all, so nobody has an answer there. */
static void in_a_partition_nobody_answers(void **state)
{
	struct partition *p = partition_on("nested", PAPR_MMU_RADIX);

	(void)state;
	assert_int_equal(HCALL(p, H_REGISTER_PROC_TBL, NEW_RADIX, TABLE, 0, 12),
			 H_SUCCESS);
	assert_int_equal(invalidate(p, TLB, 0, UINT64_MAX), H_FUNCTION);
	assert_string_equal(fake_host_log(p->fake), "");
	partition_free(p);
}

static void answer_seven(void *vmm, struct papr_vcpu *vcpu,
			 struct papr_hcall *call)
{
	(void)vmm, (void)vcpu;
	call->ret = 7;
}

static void with_an_answer(struct partition *p, struct papr_host_ops *host,
			   struct papr_vmm_ops *vmm)
{
	(void)p, (void)host;
	vmm->hcall = answer_seven;
}

/* It left the kernel just before that was to answer it. */
static void a_late_call_is_answered_by_who_had_it(void **state)
{
	static const char *const hosts[] = { "power10", "nested" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.host = hosts[i], .tweak = with_an_answer,
			.policy = "hcalls: { H_RPT_INVALIDATE: vmm }" });

		must_reroute(p, "hcalls: { H_RPT_INVALIDATE: kernel }");
		assert_int_equal(invalidate(p, TLB, 0, UINT64_MAX), 7);
		partition_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_is_told_of_the_table_again),
		cmocka_unit_test(a_table_that_was_refused_is_not_the_hosts),
		cmocka_unit_test(without_a_table_there_is_nothing_to_forget),
		cmocka_unit_test(what_cannot_be_is_refused_and_does_nothing),
		cmocka_unit_test(a_hash_guest_has_no_such_tables),
		cmocka_unit_test(in_a_partition_nobody_answers),
		cmocka_unit_test(a_late_call_is_answered_by_who_had_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
