/* SPDX-License-Identifier: BSD-2-Clause */
/* H_REGISTER_VPA: the areas of a virtual processor. */
#include "config.h"

#include <errno.h>

#include "tests/partition.h"

#define FUNCTION(n)	((uint64_t)(n) << 45)
#define REG_VPA		FUNCTION(1)
#define REG_DTL		FUNCTION(2)
#define REG_SLB		FUNCTION(3)
#define DEREG_VPA	FUNCTION(5)
#define DEREG_DTL	FUNCTION(6)
#define DEREG_SLB	FUNCTION(7)

#define VPA		0x10000ull
#define DTL		0x20000ull
#define SLB		0x30000ull

/* Says how long the area at @gpa is: 2 bytes of a VPA, 4 of others. */
static void put_length(struct partition *p, uint64_t gpa, uint64_t function,
		       uint32_t len)
{
	memset(p->ram + gpa, 0xff, 8);
	if (function == REG_VPA) {
		p->ram[gpa + 4] = (uint8_t)(len >> 8);
		p->ram[gpa + 5] = (uint8_t)len;
	} else {
		store_be32(p->ram + gpa + 4, len);
	}
}

static int64_t call(struct partition *p, uint64_t function, uint64_t gpa)
{
	return HCALL(p, H_REGISTER_VPA, function,
		     papr_vcpu_id(papr_vm_vcpu(p->vm, p->on)), gpa);
}

static int64_t register_area(struct partition *p, uint64_t function,
			     uint64_t gpa, uint32_t len)
{
	put_length(p, gpa, function, len);
	return call(p, function, gpa);
}

static struct partition *user_routes(unsigned int cores)
{
	return partition_new(&(struct partition_setup){
		.policy = "sets: { hcall-splpar: user }",
		.config = { .cores = cores } });
}

static int start(void **state)
{
	*state = user_routes(2);
	return 0;
}

#define vpa_test(f) \
	cmocka_unit_test_setup_teardown(f, start, partition_end)

static void areas_are_registered_with_their_lengths(void **state)
{
	struct partition *p = *state;

	assert_int_equal(register_area(p, REG_VPA, VPA, 640), H_SUCCESS);
	assert_int_equal(register_area(p, REG_DTL, DTL, 4096), H_SUCCESS);
	assert_int_equal(register_area(p, REG_SLB, SLB, 64), H_SUCCESS);
	assert_true(fake_host_logged(p->fake, "cpu 0: set_area 0 0x10000 640"));
	assert_true(fake_host_logged(p->fake,
				     "cpu 0: set_area 1 0x20000 4096"));
	assert_true(fake_host_logged(p->fake, "cpu 0: set_area 2 0x30000 64"));
	assert_clean(p);
}

static void the_last_registration_wins(void **state)
{
	struct partition *p = *state;

	assert_int_equal(register_area(p, REG_VPA, VPA, 640), H_SUCCESS);
	assert_int_equal(register_area(p, REG_VPA, VPA + 1024, 1024),
			 H_SUCCESS);
	assert_true(fake_host_logged(p->fake,
				     "cpu 0: set_area 0 0x10400 1024"));
}

static void areas_of_another_vcpu_are_its_own(void **state)
{
	struct partition *p = *state;

	put_length(p, VPA, REG_VPA, 640);
	assert_int_equal(HCALL(p, H_REGISTER_VPA, REG_VPA,
			       papr_vcpu_id(papr_vm_vcpu(p->vm, 1)), VPA),
			 H_SUCCESS);
	assert_int_equal(register_area(p, REG_DTL, DTL, 4096), H_RESOURCE);
	p->on = 1;
	assert_int_equal(register_area(p, REG_DTL, DTL, 4096), H_SUCCESS);
}

static void trace_and_slb_need_a_vpa_until_they_are_gone(void **state)
{
	static const uint64_t reg[] = { REG_DTL, REG_SLB };
	static const uint64_t dereg[] = { DEREG_DTL, DEREG_SLB };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(reg); i++) {
		assert_int_equal(register_area(p, reg[i], DTL, 4096),
				 H_RESOURCE);
		register_area(p, REG_VPA, VPA, 640);
		assert_int_equal(register_area(p, reg[i], DTL, 4096),
				 H_SUCCESS);
		assert_int_equal(call(p, DEREG_VPA, 0), H_RESOURCE);
		assert_int_equal(call(p, dereg[i], 1), H_SUCCESS);
		assert_int_equal(call(p, DEREG_VPA, 0x123), H_SUCCESS);
		assert_int_equal(register_area(p, reg[i], DTL, 4096),
				 H_RESOURCE);
	}
}

static void what_is_not_registered_can_be_deregistered(void **state)
{
	struct partition *p = *state;

	assert_int_equal(call(p, DEREG_DTL, 0), H_SUCCESS);
	assert_int_equal(call(p, DEREG_SLB, 0), H_SUCCESS);
	assert_int_equal(call(p, DEREG_VPA, 0), H_SUCCESS);
}

static void area_lengths_have_limits(void **state)
{
	static const struct {
		uint64_t function, gpa;
		uint32_t len;
		int64_t ret;
	} rows[] = {
		{ REG_VPA, VPA, 639, H_PARAMETER },
		{ REG_VPA, VPA, 0, H_PARAMETER },
		{ REG_VPA, VPA, 4096, H_SUCCESS },
		{ REG_VPA, VPA, 4097, H_PARAMETER },
		{ REG_VPA, VPA + 0xd80, 640, H_SUCCESS },
		{ REG_VPA, VPA + 0xe00, 640, H_PARAMETER },
		{ REG_DTL, DTL, 47, H_PARAMETER },
		{ REG_DTL, DTL, 48, H_SUCCESS },
		{ REG_DTL, DTL + 0xf80, 4096, H_SUCCESS },
		{ REG_DTL, DTL + 0x80, 0xff80, H_SUCCESS },
		{ REG_DTL, DTL + 0x80, 0xff81, H_PARAMETER },
		{ REG_DTL, DTL, UINT32_MAX, H_PARAMETER },
		{ REG_SLB, SLB, 7, H_PARAMETER },
		{ REG_SLB, SLB, 8, H_SUCCESS },
		{ REG_SLB, SLB + 0xf80, 128, H_SUCCESS },
		{ REG_SLB, SLB + 0xf80, 129, H_PARAMETER },
		{ REG_SLB, SLB, UINT32_MAX, H_PARAMETER },
	};
	struct partition *p = *state;

	register_area(p, REG_VPA, VPA, 640);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (register_area(p, rows[i].function, rows[i].gpa,
				  rows[i].len) != rows[i].ret)
			fail_msg("row %zu", i);
}

static void area_addresses_are_lines_of_ram(void **state)
{
	static const uint64_t functions[] = { REG_VPA, REG_DTL, REG_SLB };
	static const uint64_t wrong[] = {
		0, VPA + 1, VPA + 64, RAM_SIZE, ROM_BASE - 128, 1ull << 63,
		UINT64_MAX, UINT64_MAX - 127,
	};
	struct partition *p = *state;

	register_area(p, REG_VPA, VPA, 640);
	memset(p->ram, 0, 8);
	p->ram[4] = 0x04;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		put_length(p, VPA + 64, functions[i], 640);
		for (size_t j = 0; j < ARRAY_SIZE(wrong); j++)
			if (call(p, functions[i], wrong[j]) != H_PARAMETER)
				fail_msg("0x%llx", (long long)wrong[j]);
	}
}

static void area_must_be_in_ram_to_its_end(void **state)
{
	static uint8_t odd[2 * 4096] __attribute__((aligned(4096)));
	const uint64_t last = 0x300000 + sizeof(odd) - 128;
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){
		.policy = "sets: { hcall-splpar: user }" }, &p, NULL);
	assert_int_equal(papr_vm_add_ram(p->vm, 0x300000, sizeof(odd), odd, 0),
			 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	register_area(p, REG_VPA, VPA, 640);
	store_be32(odd + sizeof(odd) - 124, 128);
	assert_int_equal(call(p, REG_DTL, last), H_SUCCESS);
	store_be32(odd + sizeof(odd) - 124, 129);
	assert_int_equal(call(p, REG_DTL, last), H_PARAMETER);
	partition_free(p);
}

static void unknown_functions_and_processors_are_refused(void **state)
{
	static const struct {
		uint64_t flags, proc;
	} wrong[] = {
		{ 0, 0 }, { FUNCTION(4), 0 }, { 0xffff, 0 },
		{ REG_VPA, 1000 }, { REG_VPA, 1ull << 32 },
		{ REG_VPA, UINT64_MAX }, { DEREG_DTL, 1000 },
	};
	struct partition *p = *state;

	put_length(p, VPA, REG_VPA, 640);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (HCALL(p, H_REGISTER_VPA, wrong[i].flags, wrong[i].proc,
			  VPA) != H_PARAMETER)
			fail_msg("row %zu", i);
	assert_int_equal(fake_host_count(p->fake,
					 "cpu 0: set_area 0 0x10000 640"), 0);
}

static void flags_beside_the_function_are_ignored(void **state)
{
	struct partition *p = *state;

	put_length(p, VPA, REG_VPA, 640);
	assert_int_equal(call(p, REG_VPA | 1ull << 48 | 1ull << 44 | 1, VPA),
			 H_SUCCESS);
}

static void host_that_fails_is_an_error(void **state)
{
	struct partition *p = *state;

	put_length(p, VPA, REG_VPA, 640);
	fake_host_fail(p->fake, FAKE_SET_AREA, 1, EIO);
	assert_int_equal(call(p, REG_VPA, VPA), H_HARDWARE);
	/* Somebody else was there between the check and the change. */
	fake_host_fail(p->fake, FAKE_SET_AREA, 1, EINVAL);
	assert_int_equal(call(p, REG_VPA, VPA), H_RESOURCE);
	fake_host_fail(p->fake, FAKE_GET_AREA, 1, EIO);
	assert_int_equal(register_area(p, REG_SLB, SLB, 64), H_RESOURCE);
}

static void vcpu_that_is_not_there_yet_has_no_areas(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){
		.policy = "sets: { hcall-splpar: user }",
		.config = { .cores = 2 } }, &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	put_length(p, VPA, REG_VPA, 640);
	assert_int_equal(HCALL(p, H_REGISTER_VPA, REG_VPA,
			       papr_vcpu_id(papr_vm_vcpu(p->vm, 1)), VPA),
			 H_STATE);
	partition_free(p);
}

static void drop_areas(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->set_area = NULL;
}

static void host_without_areas_has_no_such_call(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = drop_areas });

	(void)state;
	assert_int_equal(register_area(p, REG_VPA, VPA, 640), H_FUNCTION);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		vpa_test(areas_are_registered_with_their_lengths),
		vpa_test(the_last_registration_wins),
		vpa_test(areas_of_another_vcpu_are_its_own),
		vpa_test(trace_and_slb_need_a_vpa_until_they_are_gone),
		vpa_test(what_is_not_registered_can_be_deregistered),
		vpa_test(area_lengths_have_limits),
		vpa_test(area_addresses_are_lines_of_ram),
		cmocka_unit_test(area_must_be_in_ram_to_its_end),
		vpa_test(unknown_functions_and_processors_are_refused),
		vpa_test(flags_beside_the_function_are_ignored),
		vpa_test(host_that_fails_is_an_error),
		cmocka_unit_test(vcpu_that_is_not_there_yet_has_no_areas),
		cmocka_unit_test(host_without_areas_has_no_such_call),
	};

	return cmocka_run_group_tests_name("hcalls/vpa", tests, NULL, NULL);
}
