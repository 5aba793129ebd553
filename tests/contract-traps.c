/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints, and vCPUs that are kept out of the guest for them. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/contract.h"

/* Real hosts may have none; the others' must be what the fake one has. */
static uint32_t enable_traps(struct machine *m)
{
	uint32_t word = 0;
	int r = m->subject->ops->trap(m->cpu, true, &word);

	if (r == -EOPNOTSUPP && !m->subject->fake)
		skip();
	assert_int_equal(r, 0);
	return word;
}

static void trap_word_is_the_same_in_both_byte_orders(void **state)
{
	uint32_t word = enable_traps(*state);

	assert_int_equal(word, FAKE_TRAP_WORD);
	assert_int_equal(word, __builtin_bswap32(word));
}

static void traps_can_be_switched_on_and_off_twice(void **state)
{
	struct machine *m = *state;
	uint32_t word;

	assert_int_equal(enable_traps(m), enable_traps(m));
	for (int i = 0; i < 2; i++) {
		word = 0;
		assert_int_equal(m->subject->ops->trap(m->cpu, false, &word),
				 0);
		assert_int_equal(word, FAKE_TRAP_WORD);
	}
}

static void host_without_traps_can_switch_them_off(void **state)
{
	struct machine *m = *state;
	uint32_t word;

	assert_int_equal(m->subject->ops->trap(m->cpu, false, &word), 0);
}

/* With what has been set before. */
static void vcpu_that_was_held_can_be_used_again(void **state)
{
	static const struct papr_regs new = { .pc = 0x1990, .r3 = 0x42 };
	struct machine *m = *state;
	const struct papr_host_ops *ops = m->subject->ops;
	struct papr_regs got = { 0 };

	assert_int_equal(ops->set_regs(m->cpu, &new), 0);
	for (int i = 0; i < 2; i++) {
		ops->hold(m->cpu, true);
		ops->hold(m->cpu, false);
	}
	assert_int_equal(ops->get_regs(m->cpu, &got), 0);
	assert_int_equal(got.pc, new.pc);
	assert_int_equal(got.r3, new.r3);
}

static const struct CMUnitTest trap_tests[] = {
	CPU_TEST(trap_word_is_the_same_in_both_byte_orders),
	CPU_TEST(traps_can_be_switched_on_and_off_twice),
	CPU_TEST(host_without_traps_can_switch_them_off),
	CPU_TEST(vcpu_that_was_held_can_be_used_again),
};

int contract_run_traps(void)
{
	return cmocka_run_group_tests_name(contract_name, trap_tests, NULL,
					   NULL);
}
