/* SPDX-License-Identifier: BSD-2-Clause */
/* What userspace answers of "hcall-splpar". */
#include "config.h"

#include <errno.h>

#include "tests/partition.h"

static struct partition *three_cores(void)
{
	return partition_new(&(struct partition_setup){
		.config = { .cores = 3, .threads = 2 } });
}

static void entitlement_is_a_processor_per_core(void **state)
{
	struct partition *p = three_cores();
	uint64_t r[PAPR_HCALL_ARGS];

	(void)state;
	assert_int_equal(partition_hcall(p, H_GET_PPP, r), H_SUCCESS);
	assert_int_equal(r[0], 300);
	assert_int_equal(r[1], 0);
	assert_int_equal(r[2], 0);
	assert_true(r[3] == 0x0001000000030003);	/* capped */
	assert_int_equal(r[4], 0);
	partition_free(p);
}

static void entitlement_stays_as_it_is(void **state)
{
	static const struct {
		uint64_t entitled, variable;
		int64_t ret;
	} rows[] = {
		{ 300, 0, H_SUCCESS },
		{ 299, 0, H_CONSTRAINED },
		{ 301, 0, H_CONSTRAINED },
		{ 300, 1, H_CONSTRAINED },
		{ 1ull << 32 | 300, 0, H_CONSTRAINED },
		{ UINT64_MAX, UINT64_MAX, H_CONSTRAINED },
	};
	struct partition *p = three_cores();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(HCALL(p, H_SET_PPP, rows[i].entitled,
				       rows[i].variable), rows[i].ret);
	partition_free(p);
}

static void purr_is_the_callers(void **state)
{
	struct partition *p = three_cores();
	uint64_t r[PAPR_HCALL_ARGS];

	(void)state;
	p->on = 4;
	fake_cpu_set_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 4)), PAPR_REG_PURR,
			 0x123456789a);
	assert_int_equal(partition_hcall(p, H_PURR, r), H_SUCCESS);
	assert_true(r[0] == 0x123456789a);
	partition_free(p);
}

static void purr_that_cannot_be_read_is_a_hardware_error(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_GET_REG, 1, EIO);
	assert_int_equal(HCALL(p, H_PURR), H_HARDWARE);
}

static void home_of_nobody_is_refused(void **state)
{
	static const struct {
		uint64_t flags, id;
		int64_t ret;
	} rows[] = {
		{ 0, 0, H_PARAMETER },
		{ 2, 0, H_PARAMETER },		/* of a dispatch trace log */
		{ 3, 0, H_PARAMETER },
		{ 1ull << 32 | 1, 0, H_PARAMETER },
		{ 2, 1000, H_PARAMETER },
		{ 1, 1000, H_P2 },
		{ 1, 1ull << 32, H_P2 },
		{ 1, UINT64_MAX, H_P2 },
	};
	struct partition *p = three_cores();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(HCALL(p, H_HOME_NODE_ASSOCIATIVITY,
				       rows[i].flags, rows[i].id),
				 rows[i].ret);
	partition_free(p);
}

static void time_is_conferred_to_whom_there_is(void **state)
{
	struct partition *p = three_cores();

	(void)state;
	assert_int_equal(HCALL(p, H_CONFER, UINT64_MAX, 0), H_SUCCESS);
	for (uint32_t i = 0; i < 6; i++)
		assert_int_equal(HCALL(p, H_CONFER,
				       papr_vcpu_id(papr_vm_vcpu(p->vm, i)),
				       i), H_SUCCESS);
	assert_int_equal(HCALL(p, H_CONFER, 1000, 0), H_PARAMETER);
	assert_int_equal(HCALL(p, H_CONFER, 1ull << 32, 0), H_PARAMETER);
	assert_int_equal(HCALL(p, H_CONFER, UINT64_MAX - 1, 0), H_PARAMETER);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entitlement_is_a_processor_per_core),
		cmocka_unit_test(entitlement_stays_as_it_is),
		cmocka_unit_test(purr_is_the_callers),
		partition_test(purr_that_cannot_be_read_is_a_hardware_error),
		cmocka_unit_test(time_is_conferred_to_whom_there_is),
		cmocka_unit_test(home_of_nobody_is_refused),
	};

	return cmocka_run_group_tests_name("hcalls/splpar", tests, NULL, NULL);
}
