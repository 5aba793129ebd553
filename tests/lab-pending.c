/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The next KVM_RUN after a hypercall writes its results over r3 to r12: those
 * of a vCPU that stopped itself must not turn up when it starts again.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-guest.h"

#define CODE 0x1000
#define SEEN 0x4000
#define ARGS 0x5000

/* Stores r3 to r12 at SEEN and stops itself, with r5 to r12 not zero. */
static const uint32_t code[] = {
	0x3a804000,	/* li	r20,SEEN */
	0xf8740000,	/* std	r3,0(r20) */
	0xf8940008,	/* std	r4,8(r20) */
	0xf8b40010,	/* std	r5,16(r20) */
	0xf8d40018,	/* std	r6,24(r20) */
	0xf8f40020,	/* std	r7,32(r20) */
	0xf9140028,	/* std	r8,40(r20) */
	0xf9340030,	/* std	r9,48(r20) */
	0xf9540038,	/* std	r10,56(r20) */
	0xf9740040,	/* std	r11,64(r20) */
	0xf9940048,	/* std	r12,72(r20) */
	0x38805000,	/* li	r4,ARGS */
	0x38a00005,	/* li	r5,5 */
	0x38c00006,	/* li	r6,6 */
	0x38e00007,	/* li	r7,7 */
	0x39000008,	/* li	r8,8 */
	0x39200009,	/* li	r9,9 */
	0x3940000a,	/* li	r10,10 */
	0x3960000b,	/* li	r11,11 */
	0x3980000c,	/* li	r12,12 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x48000000,	/* b	. */
};

static void put_program(struct guest *g)
{
	const uint32_t args[] = {
		papr_rtas_by_name("stop-self")->number, 0, 1, 0
	};

	guest_put(g, CODE, code, ARRAY_SIZE(code));
	guest_put(g, ARGS, args, ARRAY_SIZE(args));
}

static void check_start(struct guest *g, uint64_t r3)
{
	guest_start(g, 0, CODE, r3);
	assert_int_equal(guest_run(g, 0), PAPR_RUN_STOPPED);
	assert_int_equal(papr_vcpu_state(g->cpu[0].vcpu), PAPR_CPU_STOPPED);
	assert_int_equal(guest_load64(g, SEEN), r3);
	for (unsigned int i = 1; i < 10; i++)
		assert_int_equal(guest_load64(g, SEEN + 8 * i), 0);
}

static void a_first_start_has_its_argument_in_r3(void **state)
{
	put_program(*state);
	check_start(*state, 0x1234);
}

static void a_start_after_stop_self_has_its_argument_in_r3(void **state)
{
	put_program(*state);
	check_start(*state, 0x1234);
	check_start(*state, 0xabcdef0123456789);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_first_start_has_its_argument_in_r3,
			guest_setup, guest_teardown),
		cmocka_unit_test_setup_teardown(
			a_start_after_stop_self_has_its_argument_in_r3,
			guest_setup, guest_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
