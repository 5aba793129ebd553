/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * H_CEDE, H_PROD and H_JOIN in userspace; tests/test-cede-storm.c has their
 * threads, tests/test-hcalls-join.c a kernel that keeps H_CEDE.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "tests/partition.h"

#define MSR_EE	0x8000ull
#define MSR_RI	0x2ull
#define MSR_SF	0x8000000000000000ull
#define VECTOR_RESET 0x100

/* Three cores, of which all run but the last. */
static int start(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .policy = "default: user",
		.config = { .cores = 3 } });
	struct papr_entry entry = { 0 };

	assert_int_equal(papr_vcpu_start(papr_vm_vcpu(p->vm, 1), &entry), 0);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 1), &entry);
	*state = p;
	return 0;
}

static enum papr_rest rest(struct partition *p, uint32_t index)
{
	return papr_vcpu_rest(papr_vm_vcpu(p->vm, index));
}

static struct fake_cpu *cpu(struct partition *p, uint32_t index)
{
	return papr_vcpu_host(papr_vm_vcpu(p->vm, index));
}

static int64_t call_on(struct partition *p, uint32_t index, uint64_t nr)
{
	p->on = index;
	return HCALL(p, nr);
}

static int64_t prod(struct partition *p, uint32_t index)
{
	return HCALL(p, H_PROD, papr_vcpu_id(papr_vm_vcpu(p->vm, index)));
}

static bool was_woken(struct partition *p, uint32_t index)
{
	char line[32];

	snprintf(line, sizeof(line), "cpu %u: wake",
		 papr_vcpu_id(papr_vm_vcpu(p->vm, index)));
	return fake_host_logged(p->fake, line);
}

static void cede_lets_interrupts_in_and_sleeps(void **state)
{
	static const uint64_t before[] = { MSR_SF | MSR_RI,
					   MSR_SF | MSR_RI | MSR_EE };
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		fake_cpu_set_reg(cpu(p, 1), PAPR_REG_MSR, before[i]);
		assert_int_equal(call_on(p, 1, H_CEDE), H_SUCCESS);
		assert_true(fake_cpu_reg(cpu(p, 1), PAPR_REG_MSR) ==
			    (MSR_SF | MSR_RI | MSR_EE));
		assert_int_equal(rest(p, 1), PAPR_REST_CEDE);
		papr_vcpu_rouse(papr_vm_vcpu(p->vm, 1));
	}
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_int_equal(papr_vcpu_state(papr_vm_vcpu(p->vm, 1)),
			 PAPR_CPU_RUNNING);
}

static void a_host_without_msr_is_a_hardware_error(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EINVAL);
	assert_int_equal(HCALL(p, H_CEDE), H_HARDWARE);
	fake_host_fail(p->fake, FAKE_GET_REG, 1, EINVAL);
	assert_int_equal(HCALL(p, H_JOIN), H_HARDWARE);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
}

static void a_prod_wakes_who_sleeps(void **state)
{
	struct partition *p = *state;

	assert_int_equal(call_on(p, 1, H_CEDE), H_SUCCESS);
	p->on = 0;
	assert_int_equal(prod(p, 1), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_NONE);
	assert_true(was_woken(p, 1));
	/* It is used up. */
	assert_int_equal(call_on(p, 1, H_CEDE), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_CEDE);
}

static void a_prod_that_comes_first_is_kept_for_one_cede(void **state)
{
	struct partition *p = *state;

	assert_int_equal(prod(p, 1), H_SUCCESS);
	assert_int_equal(prod(p, 1), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_NONE);
	assert_false(was_woken(p, 1));
	assert_int_equal(call_on(p, 1, H_CEDE), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_NONE);
	assert_int_equal(call_on(p, 1, H_CEDE), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_CEDE);
}

static void a_vcpu_may_prod_itself(void **state)
{
	struct partition *p = *state;

	assert_int_equal(prod(p, 0), H_SUCCESS);
	assert_int_equal(HCALL(p, H_CEDE), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
}

static void a_prod_wakes_no_other(void **state)
{
	struct partition *p = *state;

	call_on(p, 0, H_CEDE);
	call_on(p, 1, H_CEDE);
	assert_int_equal(prod(p, 0), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_CEDE);
	assert_false(was_woken(p, 1));
}

static void a_stopped_vcpu_keeps_a_prod(void **state)
{
	struct partition *p = *state;
	struct papr_entry entry = { 0 };

	assert_int_equal(prod(p, 2), H_SUCCESS);
	papr_vcpu_start(papr_vm_vcpu(p->vm, 2), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 2), &entry);
	assert_int_equal(call_on(p, 2, H_CEDE), H_SUCCESS);
	assert_int_equal(rest(p, 2), PAPR_REST_NONE);
}

static void nobody_cannot_be_prodded(void **state)
{
	static const uint64_t nobody[] = {
		3, 1000, 1ull << 32, 1ull << 63, UINT64_MAX,
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(nobody); i++)
		assert_int_equal(HCALL(p, H_PROD, nobody[i]), H_PARAMETER);
	assert_string_equal(fake_host_log(p->fake), "");
}

/* Nobody waits in H_CONFER, whatever the other one does. */
static void to_confer_neither_wakes_nor_uses_up_a_prod(void **state)
{
	struct partition *p = *state;

	call_on(p, 1, H_CEDE);
	p->on = 0;
	prod(p, 0);
	assert_int_equal(HCALL(p, H_CONFER, 1, 1), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_CEDE);
	assert_int_equal(HCALL(p, H_CONFER, 0, 0), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_int_equal(HCALL(p, H_CEDE), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
}

static void the_host_may_end_a_sleep_and_a_prod_stays(void **state)
{
	struct partition *p = *state;
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 0);

	HCALL(p, H_CEDE);
	papr_vcpu_rouse(vcpu);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	prod(p, 0);
	papr_vcpu_rouse(vcpu);
	HCALL(p, H_CEDE);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
}

static void all_may_join_but_the_last(void **state)
{
	struct partition *p = *state;

	assert_int_equal(call_on(p, 0, H_JOIN), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_JOIN);
	/* The third is stopped. */
	assert_int_equal(call_on(p, 1, H_JOIN), H_CONTINUE);
	assert_int_equal(rest(p, 1), PAPR_REST_NONE);
	assert_int_equal(prod(p, 0), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_true(was_woken(p, 0));
	/* Who is awake counts again. */
	assert_int_equal(call_on(p, 1, H_JOIN), H_SUCCESS);
	assert_int_equal(call_on(p, 0, H_JOIN), H_CONTINUE);
}

static void who_cedes_or_starts_is_active(void **state)
{
	struct papr_entry entry = { 0 };
	struct partition *p = *state;

	call_on(p, 1, H_CEDE);
	assert_int_equal(call_on(p, 0, H_JOIN), H_SUCCESS);
	prod(p, 0);
	prod(p, 1);
	fake_cpu_set_reg(cpu(p, 1), PAPR_REG_MSR, MSR_SF);
	assert_int_equal(call_on(p, 1, H_JOIN), H_SUCCESS);
	assert_int_equal(papr_vcpu_start(papr_vm_vcpu(p->vm, 2), &entry), 0);
	assert_int_equal(call_on(p, 0, H_JOIN), H_SUCCESS);
}

static void a_lonely_vcpu_cannot_join(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .policy = "default: user" });

	(void)state;
	assert_int_equal(HCALL(p, H_JOIN), H_CONTINUE);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	partition_free(p);
}

static void nobody_joins_with_interrupts_on(void **state)
{
	struct partition *p = *state;

	fake_cpu_set_reg(cpu(p, 0), PAPR_REG_MSR, MSR_SF | MSR_EE);
	assert_int_equal(HCALL(p, H_JOIN), H_BAD_MODE);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	/* Not even the last. */
	call_on(p, 1, H_JOIN);
	assert_int_equal(call_on(p, 0, H_JOIN), H_BAD_MODE);
}

static void a_prod_that_comes_first_is_kept_for_one_join(void **state)
{
	struct partition *p = *state;

	prod(p, 0);
	assert_int_equal(HCALL(p, H_JOIN), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_int_equal(HCALL(p, H_JOIN), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_JOIN);
}

static void a_system_reset_ends_either_sleep(void **state)
{
	static const uint64_t calls[] = { H_CEDE, H_JOIN };
	struct partition *p = *state;
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 1);

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct papr_regs *regs = fake_cpu_regs(cpu(p, 1));

		*regs = (struct papr_regs){ .pc = 0x5000,
					    .msr = MSR_SF | MSR_RI };
		assert_int_equal(call_on(p, 1, calls[i]), H_SUCCESS);
		p->on = 0;
		assert_int_equal(HCALL(p, H_SIGNAL_SYS_RESET,
				       papr_vcpu_id(vcpu)), H_SUCCESS);
		assert_int_not_equal(rest(p, 1), PAPR_REST_NONE);
		assert_int_equal(papr_vcpu_take_interrupt(vcpu),
				 PAPR_INTERRUPT_NONE);
		assert_int_equal(rest(p, 1), PAPR_REST_NONE);
		assert_int_equal(regs->pc, VECTOR_RESET);
		assert_true(regs->srr0 == 0x5000);
	}
}

static void nothing_to_take_is_no_reason_to_wake(void **state)
{
	struct partition *p = *state;

	HCALL(p, H_CEDE);
	assert_int_equal(papr_vcpu_take_interrupt(papr_vm_vcpu(p->vm, 0)),
			 PAPR_INTERRUPT_NONE);
	assert_int_equal(rest(p, 0), PAPR_REST_CEDE);
}

static void after_a_reset_nobody_sleeps_and_no_prod_is_left(void **state)
{
	struct papr_entry entry = { 0 };
	struct partition *p = *state;
	struct papr_error error;

	call_on(p, 0, H_CEDE);
	prod(p, 1);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	papr_vcpu_start(papr_vm_vcpu(p->vm, 1), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 1), &entry);
	call_on(p, 1, H_CEDE);
	assert_int_equal(rest(p, 1), PAPR_REST_CEDE);
}

/* Calls that should not have come: nobody here could end the sleep. */
static void what_the_kernel_has_is_not_answered_here(void **state)
{
	static const uint64_t calls[] = { H_CEDE, H_PROD, H_JOIN };
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_PROD: kernel! }" });

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		assert_int_equal(HCALL(p, calls[i], 0), H_FUNCTION);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cede_lets_interrupts_in_and_sleeps),
		TEST(a_host_without_msr_is_a_hardware_error),
		TEST(a_prod_wakes_who_sleeps),
		TEST(a_prod_that_comes_first_is_kept_for_one_cede),
		TEST(a_vcpu_may_prod_itself),
		TEST(a_prod_wakes_no_other),
		TEST(a_stopped_vcpu_keeps_a_prod),
		TEST(nobody_cannot_be_prodded),
		TEST(to_confer_neither_wakes_nor_uses_up_a_prod),
		TEST(the_host_may_end_a_sleep_and_a_prod_stays),
		TEST(all_may_join_but_the_last),
		TEST(who_cedes_or_starts_is_active),
		cmocka_unit_test(a_lonely_vcpu_cannot_join),
		TEST(nobody_joins_with_interrupts_on),
		TEST(a_prod_that_comes_first_is_kept_for_one_join),
		TEST(a_system_reset_ends_either_sleep),
		TEST(nothing_to_take_is_no_reason_to_wake),
		TEST(after_a_reset_nobody_sleeps_and_no_prod_is_left),
		cmocka_unit_test(what_the_kernel_has_is_not_answered_here),
	};

	return cmocka_run_group_tests_name("hcalls/cede", tests, NULL, NULL);
}
