/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux 6.1 returns from KVM_RUN with the guest's floating-point and vector
 * registers at times, when another thread has had the processor meanwhile.
 * papr_kvm_vcpu_run() must not.
 */
#include "config.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-guest.h"

#define RUNS 20000
#define CODE 0x1000
#define PATTERN 0x4000

/* What a function must preserve. */
struct fp_regs {
	uint64_t f[18];			/* f14 to f31 */
	uint64_t v[12][2];		/* v20 to v31 */
	uint32_t vscr[4];
	uint64_t fpscr;
} __attribute__((aligned(16)));

/* The guest fills its registers with other values and makes calls. */
static const uint32_t prologue[] = {
	0x7ca000a6,	/* mfmsr	r5 */
	0x60a52000,	/* ori		r5,r5,MSR_FP */
	0x64a50280,	/* oris		r5,r5,(MSR_VEC | MSR_VSX) >> 16 */
	0x7ca00164,	/* mtmsrd	r5 */
	0x4c00012c,	/* isync */
	0x38c04000,	/* li		r6,PATTERN */
	0xc8060000,	/* lfd		f0,0(r6) */
	0xfdfe058e,	/* mtfsf	255,f0 */
	0x7c0030ce,	/* lvx		v0,0,r6 */
	0x10000644,	/* mtvscr	v0 */
};
static const uint32_t loop[] = {
	0x38607ffc,	/* li		r3,0x7ffc: nobody's */
	0x44000022,	/* sc		1 */
	0x4bfffff8,	/* b		.-8 */
};
#define LFD(n)	(0xc8060000u | (n) << 21)	/* lfd fn,0(r6) */
#define LVX(n)	(0x7c0030ceu | (n) << 21)	/* lvx vn,0,r6 */

static void put_program(struct guest *g)
{
	static const uint32_t pattern[] = {
		0x00018003, 0x00018003, 0x00018003, 0x00018003
	};
	uint64_t gpa = CODE;

	guest_put(g, PATTERN, pattern, ARRAY_SIZE(pattern));
	guest_put(g, gpa, prologue, ARRAY_SIZE(prologue));
	gpa += sizeof(prologue);
	for (uint32_t n = 0; n < 32; n++, gpa += 8)
		guest_put(g, gpa, (uint32_t[]){ LFD(n), LVX(n) }, 2);
	guest_put(g, gpa, loop, ARRAY_SIZE(loop));
}

#define EACH_F(op) \
	op "14,0(%0)\n" op "15,8(%0)\n" op "16,16(%0)\n" op "17,24(%0)\n" \
	op "18,32(%0)\n" op "19,40(%0)\n" op "20,48(%0)\n" op "21,56(%0)\n" \
	op "22,64(%0)\n" op "23,72(%0)\n" op "24,80(%0)\n" op "25,88(%0)\n" \
	op "26,96(%0)\n" op "27,104(%0)\n" op "28,112(%0)\n" \
	op "29,120(%0)\n" op "30,128(%0)\n" op "31,136(%0)\n"
#define NEXT "addi %1,%1,16\n"
#define EACH_V(op) \
	op "20,0,%1\n" NEXT op "21,0,%1\n" NEXT op "22,0,%1\n" NEXT \
	op "23,0,%1\n" NEXT op "24,0,%1\n" NEXT op "25,0,%1\n" NEXT \
	op "26,0,%1\n" NEXT op "27,0,%1\n" NEXT op "28,0,%1\n" NEXT \
	op "29,0,%1\n" NEXT op "30,0,%1\n" NEXT op "31,0,%1\n"

/*
 * Loads the registers, runs, and stores them.  Only the second statement owns
 * up to them: that makes the compiler save its callers', and nothing else
 * here may touch them in between.
 */
__attribute__((noinline, target("altivec,vsx")))
static int run_with(struct papr_vcpu *vcpu, const struct fp_regs *in,
		    struct fp_regs *out)
{
	const void *v = in->v;
	void *w = out->v;
	int r;

	asm volatile(EACH_F("lfd ") EACH_V("lvx ")
		     "lvx 0,0,%2\nmtvscr 0\nlfd 0,0(%3)\nmtfsf 255,0,1,0\n"
		     : : "b"(in->f), "b"(v), "r"(in->vscr), "b"(&in->fpscr)
		     : "v0", "fr0", "memory");
	r = papr_kvm_vcpu_run(vcpu, NULL);
	asm volatile(EACH_F("stfd ") EACH_V("stvx ")
		     "mfvscr 0\nstvx 0,0,%2\nmffs 0\nstfd 0,0(%3)\n"
		     : : "b"(out->f), "b"(w), "r"(out->vscr), "b"(&out->fpscr)
		     : "fr14", "fr15", "fr16", "fr17", "fr18", "fr19", "fr20",
		       "fr21", "fr22", "fr23", "fr24", "fr25", "fr26", "fr27",
		       "fr28", "fr29", "fr30", "fr31", "v20", "v21", "v22",
		       "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
		       "v31", "v0", "fr0", "memory");
	return r;
}

static void fill(struct fp_regs *regs)
{
	memset(regs, 0, sizeof(*regs));
	for (unsigned int i = 0; i < ARRAY_SIZE(regs->f); i++)
		regs->f[i] = 0x4000000000000000 + i;
	for (unsigned int i = 0; i < ARRAY_SIZE(regs->v); i++) {
		regs->v[i][0] = 0x5000000000000000 + i;
		regs->v[i][1] = 0x6000000000000000 + i;
	}
	regs->fpscr = 1;		/* round toward zero */
}

static atomic_bool done;

/* Takes the processor away in the middle of KVM_RUN. */
static void *compete(void *arg)
{
	(void)arg;
	while (!atomic_load(&done))
		sched_yield();
	return NULL;
}

static void stay_on_one_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	assert_int_equal(sched_setaffinity(0, sizeof(set), &set), 0);
}

static void floating_point_registers_survive_a_run(void **state)
{
	struct guest *g = *state;
	struct fp_regs in, out;
	unsigned int changed = 0;
	pthread_t other;

	put_program(g);
	fill(&in);
	stay_on_one_processor();
	assert_int_equal(pthread_create(&other, NULL, compete, NULL), 0);
	guest_start(g, 0, CODE, 0);
	for (unsigned int i = 0; i < RUNS; i++) {
		out = in;
		assert_int_equal(run_with(g->cpu[0].vcpu, &in, &out),
				 PAPR_RUN_AGAIN);
		changed += memcmp(&in, &out, sizeof(in)) != 0;
	}
	atomic_store(&done, true);
	pthread_join(other, NULL);
	print_message("%u of %u runs changed a register\n", changed, RUNS);
	assert_int_equal(changed, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			floating_point_registers_survive_a_run,
			guest_setup, guest_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
