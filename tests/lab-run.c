/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads and vCPUs: kicks, registers of a vCPU that runs, failed runs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "tests/lab-guest.h"

#define CODE 0x1000
#define SEEN 0x4000
#define CHANGES 1000

/* Says that it is there, and stays. */
static const uint32_t endless[] = {
	0x3a804000,	/* li	r20,SEEN */
	0x38600001,	/* li	r3,1 */
	0x98740000,	/* stb	r3,0(r20) */
	0x48000000,	/* b	. */
};
#define ENDLESS_PC (CODE + sizeof(endless) - 4)

static const uint32_t cede[] = {
	0x386000e0,	/* li	r3,H_CEDE */
	0x44000022,	/* sc	1 */
	0x4bfffff8,	/* b	.-8 */
};

/* Sets its own and the other's LPCR, CHANGES times, to what r3 says. */
static const uint32_t set_mode[] = {
	0x7c751b78,	/* mr	r21,r3 */
	0x3a8003e8,	/* li	r20,CHANGES */
	0x3860031c,	/* li	r3,H_SET_MODE */
	0x7ea4ab78,	/* mr	r4,r21 */
	0x38a00004,	/* li	r5,4: interrupt endianness */
	0x38c00000,	/* li	r6,0 */
	0x38e00000,	/* li	r7,0 */
	0x44000022,	/* sc	1 */
	0x3694ffff,	/* addic. r20,r20,-1 */
	0x4082ffe4,	/* bne	.-28 */
	0x3a804000,	/* li	r20,SEEN */
	0x7eb5a214,	/* add	r21,r21,r20: a byte each */
	0x38600001,	/* li	r3,1 */
	0x98750000,	/* stb	r3,0(r21) */
	0x48000000,	/* b	. */
};

/* RTAS with the arguments at r3; stores the result. */
static const uint32_t rtas[] = {
	0x7c641b78,	/* mr	r4,r3 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x3a804000,	/* li	r20,SEEN */
	0xf8740000,	/* std	r3,0(r20) */
	0x48000000,	/* b	. */
};

#define PUT(g, program) guest_put(g, CODE, program, ARRAY_SIZE(program))

static void pause_ms(unsigned int ms)
{
	usleep(1000 * ms);
}

/* Until the guest has stored a byte at SEEN + @i. */
static void wait_for_guest(struct guest *g, unsigned int i)
{
	while (!*(volatile uint8_t *)(g->ram + SEEN + i) &&
	       !guest_has_ended(g, 0))
		pause_ms(1);
}

static void a_kick_ends_an_endless_run(void **state)
{
	struct guest *g = *state;

	PUT(g, endless);
	guest_start(g, 0, CODE, 0);
	guest_run_thread(g, 0);
	wait_for_guest(g, 0);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
}

static void a_kick_before_the_run_counts(void **state)
{
	struct guest *g = *state;

	PUT(g, endless);
	guest_start(g, 0, CODE, 0);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_run(g, 0), PAPR_RUN_INTERRUPTED);
}

static void a_kick_wakes_a_vcpu_that_has_ceded(void **state)
{
	struct guest *g = *state;

	PUT(g, cede);
	guest_start(g, 0, CODE, 0);
	guest_run_thread(g, 0);
	pause_ms(50);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
}

static void no_kick_is_lost(void **state)
{
	struct guest *g = *state;

	PUT(g, endless);
	guest_start(g, 0, CODE, 0);
	for (unsigned int i = 0; i < 300; i++) {
		guest_run_thread(g, 0);
		/* At a different moment of the way into the guest each time. */
		for (unsigned int n = 0; n < i * 50; n++)
			asm volatile("");
		papr_kvm_kick(g->cpu[0].vcpu);
		assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
	}
}

static void registers_of_a_vcpu_that_runs_can_be_changed(void **state)
{
	const struct papr_host_ops *ops = papr_kvm_host_ops();
	struct guest *g = *state;
	void *cpu = papr_vcpu_host(g->cpu[0].vcpu);
	uint64_t value, pc, msr;

	PUT(g, endless);
	guest_start(g, 0, CODE, 0);
	guest_run_thread(g, 0);
	wait_for_guest(g, 0);
	for (uint64_t i = 0; i < 500; i++) {
		assert_int_equal(ops->update_reg(cpu, PAPR_REG_LPCR, LPCR_ILE,
						 i & 1 ? LPCR_ILE : 0), 0);
		assert_int_equal(ops->update_reg(cpu, PAPR_REG_SPRG0, ~0ull,
						 i), 0);
		assert_int_equal(ops->get_reg(cpu, PAPR_REG_SPRG0, &value), 0);
		assert_int_equal(value, i);
	}
	assert_int_equal(papr_kvm_vcpu_pc(g->cpu[0].vcpu, &pc, &msr), 0);
	assert_int_equal(pc, ENDLESS_PC);
	assert_int_equal(msr, 0x8000000000001000);	/* SF, ME */
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
}

static void two_vcpus_can_change_each_other_at_once(void **state)
{
	struct guest *g = *state;

	PUT(g, set_mode);
	for (unsigned int i = 0; i < GUEST_CPUS; i++) {
		guest_start(g, i, CODE, i);
		guest_run_thread(g, i);
	}
	for (unsigned int i = 0; i < GUEST_CPUS; i++)
		wait_for_guest(g, i);
	for (unsigned int i = 0; i < GUEST_CPUS; i++) {
		papr_kvm_kick(g->cpu[i].vcpu);
		assert_int_equal(guest_wait(g, i), PAPR_RUN_INTERRUPTED);
	}
}

/* Starts with the arguments at @gpa, and returns what the guest got. */
static int64_t call_rtas(struct guest *g, uint64_t gpa)
{
	const uint32_t none[] = { 0, 0xffff };
	volatile uint32_t *seen = (volatile uint32_t *)(g->ram + SEEN);

	guest_put(g, SEEN, none, ARRAY_SIZE(none));
	PUT(g, rtas);
	guest_start(g, 0, CODE, gpa);
	guest_run_thread(g, 0);
	while (be32toh(seen[1]) == 0xffff && !guest_has_ended(g, 0))
		pause_ms(1);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
	return guest_load64(g, SEEN);
}

static void rtas_arguments_outside_ram_are_h_parameter(void **state)
{
	assert_int_equal(call_rtas(*state, GUEST_RAM), H_PARAMETER);
}

static void rtas_arguments_at_the_end_of_ram_are_h_parameter(void **state)
{
	assert_int_equal(call_rtas(*state, GUEST_RAM - 4), H_PARAMETER);
}

static void rtas_with_too_many_arguments_is_h_parameter(void **state)
{
	static const uint32_t args[] = { 1, 16, 0 };
	struct guest *g = *state;

	guest_put(g, 0x5000, args, ARRAY_SIZE(args));
	assert_int_equal(call_rtas(g, 0x5000), H_PARAMETER);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_kick_ends_an_endless_run),
		TEST(a_kick_before_the_run_counts),
		TEST(a_kick_wakes_a_vcpu_that_has_ceded),
		TEST(no_kick_is_lost),
		TEST(registers_of_a_vcpu_that_runs_can_be_changed),
		TEST(two_vcpus_can_change_each_other_at_once),
		TEST(rtas_arguments_outside_ram_are_h_parameter),
		TEST(rtas_arguments_at_the_end_of_ram_are_h_parameter),
		TEST(rtas_with_too_many_arguments_is_h_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
