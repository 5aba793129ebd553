/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual processors: attaching, starting, stopping. */
#include "config.h"

#include <errno.h>

#include "spapr/vm.h"
#include "tests/partition.h"

static struct partition *two_by_two(void)
{
	return partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 2, .vsmt = 8 } });
}

static void vcpus_are_numbered_core_by_core(void **state)
{
	static const uint32_t ids[] = { 0, 1, 8, 9 };
	struct partition *p = two_by_two();

	(void)state;
	assert_int_equal(papr_vm_vcpus(p->vm), 4);
	for (uint32_t i = 0; i < 4; i++) {
		struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, i);

		assert_int_equal(papr_vcpu_index(vcpu), i);
		assert_int_equal(papr_vcpu_id(vcpu), ids[i]);
		assert_ptr_equal(papr_vcpu_vm(vcpu), p->vm);
	}
	assert_null(papr_vm_vcpu(p->vm, 4));
	assert_null(papr_vm_vcpu(p->vm, UINT32_MAX));
	partition_free(p);
}

static void vcpus_are_found_by_server_number(void **state)
{
	struct partition *p = two_by_two();

	(void)state;
	for (uint64_t id = 0; id < 32; id++) {
		struct papr_vcpu *vcpu = vm_vcpu_by_id(p->vm, id);
		bool there = id == 0 || id == 1 || id == 8 || id == 9;

		assert_int_equal(!!vcpu, there);
		if (vcpu)
			assert_int_equal(papr_vcpu_id(vcpu), id);
	}
	assert_null(vm_vcpu_by_id(p->vm, UINT64_MAX));
	assert_null(vm_vcpu_by_id(p->vm, 1ull << 32));
	assert_null(vm_vcpu_by_id(p->vm, 1ull << 35));
	partition_free(p);
}

static void vcpu_is_attached_once_and_after_the_seal(void **state)
{
	struct partition *p = NULL;
	struct papr_vcpu *vcpu;
	int cpu;

	(void)state;
	partition_make(&(struct partition_setup){ 0 }, &p, NULL);
	vcpu = papr_vm_vcpu(p->vm, 0);
	assert_int_equal(papr_vcpu_attach(vcpu, &cpu), -EBUSY);
	assert_non_null(strstr(papr_vm_error(p->vm), "sealed"));
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_int_equal(papr_vcpu_attach(vcpu, NULL), -EBUSY);
	assert_null(papr_vcpu_host(vcpu));
	assert_int_equal(papr_vcpu_attach(vcpu, &cpu), 0);
	assert_ptr_equal(papr_vcpu_host(vcpu), &cpu);
	assert_int_equal(papr_vcpu_attach(vcpu, &cpu), -EBUSY);
	assert_string_equal(papr_vm_error(p->vm),
			    "vCPU 0 is attached already");
	partition_free(p);
}

static void vcpu_that_cannot_take_a_mode_is_not_attached(void **state)
{
	struct partition *p = NULL;
	struct papr_vcpu *vcpu;

	(void)state;
	partition_make(&(struct partition_setup){ .config = { .cores = 2 } },
		       &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	assert_int_equal(HCALL(p, H_SET_MODE, 1, 4, 0, 0), H_SUCCESS);
	vcpu = papr_vm_vcpu(p->vm, 1);
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EIO);
	assert_int_equal(papr_vcpu_attach(vcpu, fake_cpu_new(p->fake, 1)),
			 -EIO);
	assert_non_null(strstr(papr_vm_error(p->vm), "vCPU 1 does not take"));
	assert_null(papr_vcpu_host(vcpu));
	assert_int_equal(papr_vcpu_attach(vcpu, fake_cpu_new(p->fake, 1)), 0);
	partition_free(p);
}

static void vcpu_that_waits_is_started_once(void **state)
{
	const struct papr_entry first = { .pc = 0x1000, .r3 = 42, .r5 = 5 };
	const struct papr_entry other = { .pc = 1, .r3 = 2 };
	struct partition *p = two_by_two();
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 1);
	struct papr_entry entry = { .pc = 9, .r3 = 9 };

	(void)state;
	assert_int_equal(papr_vcpu_state(vcpu), PAPR_CPU_STOPPED);
	assert_int_equal(papr_vcpu_take_entry(vcpu, &entry), PAPR_CPU_STOPPED);
	assert_int_equal(entry.pc, 9);
	assert_int_equal(papr_vcpu_start(vcpu, &first), 0);
	assert_int_equal(papr_vcpu_state(vcpu), PAPR_CPU_STARTING);
	assert_int_equal(papr_vcpu_start(vcpu, &other), -EBUSY);
	assert_int_equal(papr_vcpu_take_entry(vcpu, &entry),
			 PAPR_CPU_STARTING);
	assert_int_equal(entry.pc, 0x1000);
	assert_int_equal(entry.r3, 42);
	assert_int_equal(entry.r5, 5);
	assert_int_equal(papr_vcpu_state(vcpu), PAPR_CPU_RUNNING);
	assert_int_equal(papr_vcpu_take_entry(vcpu, &entry), PAPR_CPU_RUNNING);
	assert_int_equal(papr_vcpu_start(vcpu, &other), -EBUSY);
	partition_free(p);
}

static void stopping_vcpu_is_not_started_until_it_has(void **state)
{
	const struct papr_entry again = { .pc = 0x2000, .r3 = 43 };
	struct partition *p = *state;
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 0);
	struct papr_entry entry;

	RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
	assert_int_equal(papr_vcpu_state(vcpu), PAPR_CPU_STOPPING);
	assert_int_equal(papr_vcpu_start(vcpu, &again), -EBUSY);
	assert_int_equal(papr_vcpu_take_entry(vcpu, &entry),
			 PAPR_CPU_STOPPING);
	assert_int_equal(papr_vcpu_state(vcpu), PAPR_CPU_STOPPED);
	assert_int_equal(papr_vcpu_start(vcpu, &again), 0);
	assert_int_equal(papr_vcpu_take_entry(vcpu, &entry),
			 PAPR_CPU_STARTING);
	assert_int_equal(entry.pc, 0x2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vcpus_are_numbered_core_by_core),
		cmocka_unit_test(vcpus_are_found_by_server_number),
		cmocka_unit_test(vcpu_is_attached_once_and_after_the_seal),
		cmocka_unit_test(vcpu_that_cannot_take_a_mode_is_not_attached),
		cmocka_unit_test(vcpu_that_waits_is_started_once),
		partition_test(stopping_vcpu_is_not_started_until_it_has),
	};

	return cmocka_run_group_tests_name("vCPUs", tests, NULL, NULL);
}
