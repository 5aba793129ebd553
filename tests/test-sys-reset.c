/* SPDX-License-Identifier: BSD-2-Clause */
/* System resets, from the program and from other vCPUs. */
#include "config.h"

#include <errno.h>

#include "tests/interrupts.h"

#define ALL		UINT64_MAX
#define ALL_OTHERS	(UINT64_MAX - 1)

/* vCPUs 0, 8 and 16 run; nothing is registered. */
static int start(void **state)
{
	*state = interrupts_new(&(struct partition_setup){
		.config = { .cores = 3, .vsmt = 8 } });
	return 0;
}

static int reset(struct partition *p, unsigned int on)
{
	return papr_vcpu_system_reset(papr_vm_vcpu(p->vm, on));
}

static bool is_reset(struct partition *p, unsigned int on)
{
	assert_int_equal(interrupts_take(p, on), PAPR_INTERRUPT_NONE);
	return interrupts_regs(p, on)->pc != GUEST_PC;
}

static void without_a_handler_it_is_the_processors_interrupt(void **state)
{
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 1);

	assert_int_equal(reset(p, 1), 0);
	assert_true(fake_host_logged(p->fake, "cpu 8: wake"));
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_int_equal(regs->pc, 0x100);
	assert_int_equal(regs->msr, MSR_SF | MSR_ME);
	assert_int_equal(regs->srr0, GUEST_PC);
	assert_int_equal(regs->srr1, GUEST_MSR);
	assert_int_equal(regs->r3, GUEST_R3 + 1);
	assert_clean(p);
}

static void registered_handler_finds_r3_in_an_area_of_its_own(void **state)
{
	struct partition *p = *state;

	interrupts_register(p);
	for (unsigned int i = 0; i < 3; i++)
		reset(p, i);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(interrupts_take(p, i), PAPR_INTERRUPT_NONE);
		assert_dirty(p, SAVE + 16 * i, 16);
	}
	for (unsigned int i = 0; i < 3; i++) {
		const struct papr_regs *regs = interrupts_regs(p, i);

		assert_int_equal(regs->pc, SYSTEM_RESET);
		assert_int_equal(regs->r3, SAVE + 16 * i);
		assert_int_equal(load_be64(p->ram + regs->r3), GUEST_R3 + i);
		assert_int_equal(load_be64(p->ram + regs->r3 + 8), 0);
	}
}

static void byte_order_is_the_guests_and_msr_me_is_kept(void **state)
{
	struct partition *p = *state;

	HCALL(p, H_SET_MODE, 1, 4, 0, 0);
	interrupts_regs(p, 0)->msr &= ~MSR_ME;
	reset(p, 0);
	interrupts_take(p, 0);
	assert_int_equal(interrupts_regs(p, 0)->msr, MSR_SF | MSR_LE);
}

static void vcpu_signals_those_it_names(void **state)
{
	static const struct {
		uint64_t target;
		int64_t ret;
		bool reset[3];
	} rows[] = {
		{ 0, H_SUCCESS, { true, false, false } },
		{ 8, H_SUCCESS, { false, true, false } },
		{ 16, H_SUCCESS, { false, false, true } },
		{ ALL, H_SUCCESS, { true, true, true } },
		{ ALL_OTHERS, H_SUCCESS, { true, false, true } },
		{ 1, H_PARAMETER, { false, false, false } },
		{ 24, H_PARAMETER, { false, false, false } },
		{ UINT64_MAX - 2, H_PARAMETER, { false, false, false } },
		{ 1ull << 32, H_PARAMETER, { false, false, false } },
	};
	struct partition *p = *state;

	p->on = 1;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		interrupts_reset_regs(p);
		assert_int_equal(HCALL(p, H_SIGNAL_SYS_RESET, rows[r].target),
				 rows[r].ret);
		for (unsigned int i = 0; i < 3; i++)
			if (is_reset(p, i) != rows[r].reset[i])
				fail_msg("row %zu: vCPU %u", r, i);
	}
}

static void one_that_is_stopped_is_passed_over(void **state)
{
	struct partition *p = *state;

	reset(p, 1);
	p->on = 1;
	RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
	p->on = 0;
	assert_int_equal(reset(p, 1), -EAGAIN);
	assert_int_equal(HCALL(p, H_SIGNAL_SYS_RESET, 8), H_SUCCESS);
	assert_int_equal(HCALL(p, H_SIGNAL_SYS_RESET, ALL), H_SUCCESS);
	assert_false(is_reset(p, 1));
	assert_true(is_reset(p, 2));
}

static void it_waits_for_the_guest_but_not_forever(void **state)
{
	static const struct papr_regs busy[] = {
		{ .pc = RTAS_BASE + 0x10, .msr = MSR_ME | MSR_RI },
		{ .pc = GUEST_PC, .msr = GUEST_MSR & ~MSR_RI },
	};
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 0);

	for (size_t i = 0; i < ARRAY_SIZE(busy); i++) {
		unsigned int n = 0;

		*regs = busy[i];
		reset(p, 0);
		while (interrupts_take(p, 0) == PAPR_INTERRUPT_LATER)
			n++;
		assert_in_range(n, 10, 1000);
		assert_int_equal(regs->pc, 0x100);
		assert_int_equal(regs->srr0, busy[i].pc);

		*regs = busy[i];
		reset(p, 0);
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
		interrupts_reset_regs(p);
		assert_true(is_reset(p, 0));
	}
}

/* The handler of the first must save SRR0 and SRR1 first. */
static void after_a_machine_check_it_waits_for_msr_ri(void **state)
{
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 0);

	interrupts_register(p);
	regs->srr1 = regs->msr;
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0),
						 false), 0);
	reset(p, 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
	assert_int_equal(regs->pc, MACHINE_CHECK);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
	regs->msr |= MSR_RI;
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(regs->pc, SYSTEM_RESET);
	assert_int_equal(regs->srr0, MACHINE_CHECK);
}

static void take_wake(struct partition *p, struct papr_host_ops *host_ops,
		      struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->wake = NULL;
}

static void host_that_cannot_has_no_such_hypercall(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.tweak = take_wake });

	(void)state;
	assert_int_equal(HCALL(p, H_SIGNAL_SYS_RESET, 0), H_FUNCTION);
	assert_int_equal(reset(p, 0), -EOPNOTSUPP);
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(without_a_handler_it_is_the_processors_interrupt),
		TEST(registered_handler_finds_r3_in_an_area_of_its_own),
		TEST(byte_order_is_the_guests_and_msr_me_is_kept),
		TEST(vcpu_signals_those_it_names),
		TEST(one_that_is_stopped_is_passed_over),
		TEST(it_waits_for_the_guest_but_not_forever),
		TEST(after_a_machine_check_it_waits_for_msr_ri),
		cmocka_unit_test(host_that_cannot_has_no_such_hypercall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
