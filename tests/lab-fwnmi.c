/* SPDX-License-Identifier: BSD-2-Clause */
/* Machine checks and system resets of vCPUs that run on a real KVM. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/kvm.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-guest.h"

#define CODE	0x1000
#define HANDLER	0x2000
#define ARGS	0x4800
#define DATA(i)	(0x5000u + 0x100 * (i))	/* of each vCPU */

/* What a vCPU has at DATA. */
#define STATE	0
#define R3	8	/* in the handler */
#define SRR0	16
#define SRR1	24
#define SAVED	32	/* what r3 points to */
#define GO_ON	40	/* it may release the interlock */
#define SET_RI	48	/* it may set MSR[RI] */

enum { NOT_YET, SPINS, IN_HANDLER, RELEASED };

#define LOG	(GUEST_RTAS + 0x30)
#define SAVE(i)	(LOG + 8 + 2048 + 16 * (i))

/* Registers both handlers, sets MSR[RI] when it may, and stays. */
static const uint32_t code[] = {
	0x7c741b78,	/* mr	r20,r3: DATA */
	0x38804800,	/* li	r4,ARGS */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x38601234,	/* li	r3,0x1234 */
	0x38a00001,	/* li	r5,SPINS */
	0xf8b40000,	/* std	r5,STATE(r20) */
	0xe8b40030,	/* ld	r5,SET_RI(r20) */
	0x2c250000,	/* cmpdi r5,0 */
	0x4182fff8,	/* beq	.-8 */
	0x38a00002,	/* li	r5,2 */
	0x7ca10164,	/* mtmsrd r5,1 */
	0x48000000,	/* b	. */
};
#define SPIN_PC (CODE + sizeof(code) - 4)

/* Tells what it finds, releases the interlock when it may, and stops. */
static const uint32_t handler[] = {
	0xf8740008,	/* std	r3,R3(r20) */
	0x7cba02a6,	/* mfsrr0 r5 */
	0xf8b40010,	/* std	r5,SRR0(r20) */
	0x7cbb02a6,	/* mfsrr1 r5 */
	0xf8b40018,	/* std	r5,SRR1(r20) */
	0xe8a30000,	/* ld	r5,0(r3) */
	0xf8b40020,	/* std	r5,SAVED(r20) */
	0x38a00002,	/* li	r5,IN_HANDLER */
	0xf8b40000,	/* std	r5,STATE(r20) */
	0xe8b40028,	/* ld	r5,GO_ON(r20) */
	0x2c250000,	/* cmpdi r5,0 */
	0x4182fff8,	/* beq	.-8 */
	0x38804820,	/* li	r4,ARGS + 0x20 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x38a00003,	/* li	r5,RELEASED */
	0xf8b40000,	/* std	r5,STATE(r20) */
	0x38804840,	/* li	r4,ARGS + 0x40 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x48000000,	/* b	. */
};

/* The end of it. */
#define STOP_SELF 5
static const uint32_t *const stop_self = &handler[ARRAY_SIZE(handler) -
						  STOP_SELF];

static uint32_t token(const char *name)
{
	return papr_rtas_by_name(name)->number;
}

static uint64_t get(struct guest *g, unsigned int i, unsigned int what)
{
	return guest_load64(g, DATA(i) + what);
}

static void set(struct guest *g, unsigned int i, unsigned int what)
{
	store_be64(g->ram + DATA(i) + what, 1);
}

/* A slow host is given time; one that does not get there fails. */
static void wait_for(struct guest *g, unsigned int i, uint64_t state)
{
	for (unsigned int ms = 0; get(g, i, STATE) != state; ms++) {
		if (ms == GUEST_PATIENCE_MS)
			fail_msg("vCPU %u does not get to state %u", i,
				 (unsigned int)state);
		usleep(1000);
	}
}

static void run(struct guest *g, unsigned int i)
{
	const uint32_t args[][8] = {
		{ token("ibm,nmi-register"), 2, 1, HANDLER, HANDLER },
		{ token("ibm,nmi-interlock"), 0, 1 },
		{ token("stop-self"), 0, 1 },
	};

	guest_put(g, CODE, code, ARRAY_SIZE(code));
	guest_put(g, HANDLER, handler, ARRAY_SIZE(handler));
	guest_put(g, ARGS, args[0], sizeof(args) / sizeof(args[0][0]));
	guest_start(g, i, CODE, DATA(i));
	guest_run_thread(g, i);
	wait_for(g, i, SPINS);
}

static void inject(struct guest *g, unsigned int i)
{
	const struct papr_mc_info info = {
		.size = sizeof(info),
		.type = PAPR_MC_SLB,
		.subtype = PAPR_MC_SLB_MULTIHIT,
		.severity = PAPR_ELOG_ERROR_SYNC,
	};
	struct papr_error error;

	if (papr_vcpu_inject(g->cpu[i].vcpu, &info, &error))
		fail_msg("%s", error.text);
}

static void assert_ran_handler(struct guest *g, unsigned int i, uint64_t r3)
{
	assert_int_equal(guest_wait(g, i), PAPR_RUN_STOPPED);
	assert_int_equal(get(g, i, STATE), RELEASED);
	assert_int_equal(get(g, i, R3), r3);
	assert_int_equal(get(g, i, SRR0), SPIN_PC);
	assert_int_equal(get(g, i, SAVED), 0x1234);
}

static void machine_check_interrupts_a_guest_that_does_not_leave_kvm(void **s)
{
	struct guest *g = *s;

	set(g, 0, SET_RI);
	set(g, 0, GO_ON);
	run(g, 0);
	usleep(10000);
	inject(g, 0);
	assert_ran_handler(g, 0, LOG);
	assert_int_equal(get(g, 0, SRR1) & 0x783f0002, 0x200002);
}

static void it_comes_by_itself_once_the_guest_sets_msr_ri(void **state)
{
	struct guest *g = *state;

	set(g, 0, GO_ON);
	run(g, 0);
	inject(g, 0);
	usleep(100000);
	assert_int_equal(get(g, 0, STATE), SPINS);
	set(g, 0, SET_RI);
	assert_ran_handler(g, 0, LOG);
}

/* vCPU 0 is in its handler, 1 waits for the interlock. */
static void let_one_wait(struct guest *g)
{
	for (unsigned int i = 0; i < 2; i++) {
		set(g, i, SET_RI);
		run(g, i);
	}
	usleep(10000);
	inject(g, 0);
	wait_for(g, 0, IN_HANDLER);
	inject(g, 1);
	usleep(50000);
	assert_int_equal(get(g, 1, STATE), SPINS);
	assert_false(guest_has_ended(g, 1));
}

static void second_vcpu_waits_for_the_interlock_of_the_first(void **state)
{
	struct guest *g = *state;

	let_one_wait(g);
	set(g, 1, GO_ON);
	set(g, 0, GO_ON);
	assert_ran_handler(g, 0, LOG);
	assert_ran_handler(g, 1, LOG);
}

static void kick_gets_a_vcpu_out_that_waits_and_nothing_is_lost(void **state)
{
	struct guest *g = *state;

	let_one_wait(g);
	for (unsigned int n = 0; n < 3; n++) {
		papr_kvm_kick(g->cpu[1].vcpu);
		assert_int_equal(guest_wait(g, 1), PAPR_RUN_INTERRUPTED);
		guest_run_thread(g, 1);
		usleep(10000);
		assert_int_equal(get(g, 1, STATE), SPINS);
	}
	set(g, 1, GO_ON);
	set(g, 0, GO_ON);
	assert_ran_handler(g, 0, LOG);
	assert_ran_handler(g, 1, LOG);
}

static void system_reset_has_a_save_area_for_each_vcpu(void **state)
{
	struct guest *g = *state;

	for (unsigned int i = 0; i < 2; i++) {
		set(g, i, SET_RI);
		run(g, i);
	}
	usleep(10000);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(papr_vcpu_system_reset(g->cpu[i].vcpu), 0);
	for (unsigned int i = 0; i < 2; i++) {
		wait_for(g, i, IN_HANDLER);
		set(g, i, GO_ON);
		assert_ran_handler(g, i, SAVE(i));
	}
}

/* Whoever calls KVM_RUN himself. */
static int own_loop(struct guest *g)
{
	struct papr_vcpu *vcpu = g->cpu[0].vcpu;
	int r;

	do {
		r = papr_kvm_enter(vcpu, NULL);
		if (r == PAPR_RUN_AGAIN) {
			assert_int_equal(ioctl(g->cpu[0].fd, KVM_RUN, NULL),
					 0);
			r = papr_kvm_exit(vcpu, g->cpu[0].run);
		}
	} while (r == PAPR_RUN_AGAIN);
	return r;
}

static void loop_of_ones_own_enters_the_guest_after_each_start(void **state)
{
	struct guest *g = *state;
	const uint32_t args[] = { token("stop-self"), 0, 1 };

	guest_put(g, ARGS + 0x40, args, ARRAY_SIZE(args));
	guest_put(g, CODE, stop_self, STOP_SELF);
	for (unsigned int n = 0; n < 3; n++) {
		guest_start(g, 0, CODE, 0);
		assert_int_equal(own_loop(g), PAPR_RUN_STOPPED);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(machine_check_interrupts_a_guest_that_does_not_leave_kvm),
		TEST(it_comes_by_itself_once_the_guest_sets_msr_ri),
		TEST(second_vcpu_waits_for_the_interlock_of_the_first),
		TEST(kick_gets_a_vcpu_out_that_waits_and_nothing_is_lost),
		TEST(system_reset_has_a_save_area_for_each_vcpu),
		TEST(loop_of_ones_own_enters_the_guest_after_each_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
