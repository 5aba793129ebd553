/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine checks at a certain call or instruction of vCPUs that run on a real
 * KVM, big-endian and little-endian.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-guest.h"

#define CODE	0x1000u
#define ARGS	0x4800u
#define DATA(i)	(0x5000u + 0x100 * (i))	/* of each vCPU */

/* What a vCPU has at DATA. */
#define STATE	0	/* 1: it runs */
#define COUNT	8	/* of machine checks */
#define SRR0	16	/* of the last, like what follows */
#define SRR1	24
#define R6	32
#define R7	40
#define R8	48
#define GO	56	/* it may make calls */
#define ENTRY	64	/* where it goes */
#define LE_PC	88	/* where it goes first, to be little-endian */
#define LE_MSR	96

#define CALL	0x7abc	/* no hypercall, so that it comes to userspace */

#define MSR_SF	0x8000000000000000ull
#define MSR_ME	0x1000u
#define MSR_LE	0x1u

/* Big-endian, to become something else. */
static const uint32_t stub[] = {
	0x7c741b78,	/* mr	r20,r3: DATA */
	0x3860031c,	/* li	r3,H_SET_MODE */
	0x38800001,	/* li	r4,1: little-endian */
	0x38a00004,	/* li	r5,4: interrupts */
	0x38c00000,	/* li	r6,0 */
	0x38e00000,	/* li	r7,0 */
	0x44000022,	/* sc	1 */
	0xe8b40058,	/* ld	r5,LE_PC(r20) */
	0xe8d40060,	/* ld	r6,LE_MSR(r20) */
	0x7e83a378,	/* mr	r3,r20 */
	0x7cba03a6,	/* mtsrr0 r5 */
	0x7cdb03a6,	/* mtsrr1 r6 */
	0x4c000024,	/* rfid */
};

/* Registers the handler, and goes to its ENTRY with MSR[RI] set. */
static const uint32_t start[] = {
	0x7c741b78,	/* mr	r20,r3: DATA */
	0x38804800,	/* li	r4,ARGS */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x38c00000,	/* li	r6,0 */
	0x38e00000,	/* li	r7,0 */
	0x39000000,	/* li	r8,0 */
	0xeb340040,	/* ld	r25,ENTRY(r20) */
	0x7f2903a6,	/* mtctr r25 */
	0x3b200001,	/* li	r25,1 */
	0xfb340000,	/* std	r25,STATE(r20) */
	0x3b200002,	/* li	r25,MSR_RI */
	0x7f210164,	/* mtmsrd r25,1 */
	0x4e800420,	/* bctr */
};
#define START	(CODE + sizeof(stub))

/* Four instructions that can be told apart. */
static const uint32_t loop[] = {
	0x38c60001,	/* addi	r6,r6,1 */
	0x38e70001,	/* addi	r7,r7,1 */
	0x39080001,	/* addi	r8,r8,1 */
	0x4bfffff4,	/* b	.-12 */
};
#define LOOP	(START + sizeof(start))

/* Once it may: call after call, counted before it is made. */
static const uint32_t calls[] = {
	0xe8b40038,	/* ld	r5,GO(r20) */
	0x2c250000,	/* cmpdi r5,0 */
	0x4182fff8,	/* beq	.-8 */
	0x39080001,	/* addi	r8,r8,1 */
	0x38607abc,	/* li	r3,CALL */
	0x44000022,	/* sc	1 */
	0x4bfffff4,	/* b	.-12 */
};
#define CALLS	(LOOP + sizeof(loop))
#define AFTER_CALL (CALLS + sizeof(calls) - 4)

/* Writes down what it finds, releases the interlock, and goes back. */
static const uint32_t handler[] = {
	0x7f3a02a6,	/* mfsrr0 r25 */
	0xfb340010,	/* std	r25,SRR0(r20) */
	0x7f5b02a6,	/* mfsrr1 r26 */
	0xfb540018,	/* std	r26,SRR1(r20) */
	0xf8d40020,	/* std	r6,R6(r20) */
	0xf8f40028,	/* std	r7,R7(r20) */
	0xf9140030,	/* std	r8,R8(r20) */
	0x38804820,	/* li	r4,ARGS + 0x20 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0xeb740008,	/* ld	r27,COUNT(r20) */
	0x3b7b0001,	/* addi	r27,r27,1 */
	0xfb740008,	/* std	r27,COUNT(r20) */
	0x7f3a03a6,	/* mtsrr0 r25 */
	0x7f5b03a6,	/* mtsrr1 r26 */
	0x4c000024,	/* rfid */
};
#define HANDLER	0x2000u

static bool little;	/* the byte order of all that follows */

static uint64_t get(struct guest *g, unsigned int i, unsigned int what)
{
	uint64_t v = guest_load64(g, DATA(i) + what);

	return little ? __builtin_bswap64(v) : v;
}

static void set(struct guest *g, unsigned int i, unsigned int what,
		uint64_t value)
{
	store_be64(g->ram + DATA(i) + what,
		   little ? __builtin_bswap64(value) : value);
}

static void put(struct guest *g, uint64_t gpa, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		store_be32(g->ram + gpa + 4 * i,
			   little ? __builtin_bswap32(words[i]) : words[i]);
}

static void put_all(struct guest *g)
{
	const uint32_t args[][8] = {
		{ papr_rtas_by_name("ibm,nmi-register")->number, 2, 1,
		  HANDLER, HANDLER },
		{ papr_rtas_by_name("ibm,nmi-interlock")->number, 0, 1 },
	};

	guest_put(g, CODE, stub, ARRAY_SIZE(stub));
	guest_put(g, ARGS, args[0], sizeof(args) / sizeof(args[0][0]));
	put(g, START, start, ARRAY_SIZE(start));
	put(g, LOOP, loop, ARRAY_SIZE(loop));
	put(g, CALLS, calls, ARRAY_SIZE(calls));
	put(g, HANDLER, handler, ARRAY_SIZE(handler));
}

/* A slow host is given time; one that does not get there fails. */
static void wait_for(struct guest *g, unsigned int i, unsigned int what,
		     uint64_t value)
{
	for (unsigned int ms = 0; get(g, i, what) != value; ms++) {
		if (ms == GUEST_PATIENCE_MS)
			fail_msg("vCPU %u does not get to %u", i,
				 (unsigned int)value);
		usleep(1000);
	}
}

static void run(struct guest *g, unsigned int i, uint64_t entry)
{
	put_all(g);
	set(g, i, ENTRY, entry);
	/* The stub is big-endian. */
	store_be64(g->ram + DATA(i) + LE_PC, START);
	store_be64(g->ram + DATA(i) + LE_MSR, MSR_SF | MSR_ME | MSR_LE);
	guest_start(g, i, little ? CODE : START, DATA(i));
	guest_run_thread(g, i);
	wait_for(g, i, STATE, 1);
}

static void stop(struct guest *g, unsigned int i)
{
	papr_kvm_kick(g->cpu[i].vcpu);
	assert_int_equal(guest_wait(g, i), PAPR_RUN_INTERRUPTED);
}

static uint64_t inject(struct guest *g, unsigned int i,
		       struct papr_injection what)
{
	static const struct papr_mc_info info = {
		.size = sizeof(info),
		.type = PAPR_MC_SLB,
		.subtype = PAPR_MC_SLB_MULTIHIT,
		.severity = PAPR_ELOG_ERROR_SYNC,
	};
	struct papr_error error;
	uint64_t id;

	what.size = sizeof(what);
	what.info = &info;
	if (papr_vcpu_inject_when(g->cpu[i].vcpu, &what, &id, &error))
		fail_msg("%s", error.text);
	return id;
}

/* Some hosts take breakpoints for illegal instructions. */
static void skip_without_traps(struct guest *g)
{
	void *cpu = papr_vcpu_host(g->cpu[0].vcpu);
	uint32_t word;
	int r = papr_kvm_host_ops()->trap(cpu, true, &word);

	if (r == -EOPNOTSUPP) {
		print_message("# the host has no breakpoints, which "
			      "lab/mce-module would repair\n");
		skip();
	}
	assert_int_equal(r, 0);
	assert_int_equal(papr_kvm_host_ops()->trap(cpu, false, &word), 0);
}

/* --- calls */

static void it_hits_right_after_the_nth_call(void **state)
{
	static const uint64_t numbers[] = { CALL, 0 };
	struct guest *g = *state;
	uint64_t made = 0;

	run(g, 0, CALLS);
	inject(g, 0, (struct papr_injection){
		.trigger = PAPR_TRIGGER_HCALL, .hcall = CALL, .count = 7 });
	set(g, 0, GO, 1);
	wait_for(g, 0, COUNT, 1);
	assert_int_equal(get(g, 0, R8), 7);
	assert_int_equal(get(g, 0, SRR0), AFTER_CALL);
	for (unsigned int n = 0; n < 20; n++) {
		made = get(g, 0, R8);
		inject(g, 0, (struct papr_injection){
			.trigger = PAPR_TRIGGER_HCALL,
			.hcall = numbers[n % 2], .count = 1 + n });
		wait_for(g, 0, COUNT, 2 + n);
		assert_true(get(g, 0, R8) > made + n);
		assert_int_equal(get(g, 0, SRR0), AFTER_CALL);
	}
	stop(g, 0);
}

/* --- instructions */

static void assert_same_code(struct guest *g)
{
	uint32_t *before = malloc(0x3000);

	memcpy(before, g->ram, 0x3000);
	put_all(g);
	assert_memory_equal(before, g->ram, 0x3000);
	free(before);
}

/* Where, and how often the four were executed before. */
static void assert_exact(struct guest *g, unsigned int i, unsigned int at)
{
	uint64_t r6 = get(g, i, R6);

	assert_int_equal(get(g, i, SRR0), LOOP + 4 * at);
	assert_int_equal(get(g, i, R7), r6 - (at == 1));
	assert_int_equal(get(g, i, R8), r6 - (at == 1 || at == 2));
}

static void it_hits_before_the_very_instruction(void **state)
{
	struct guest *g = *state;

	skip_without_traps(g);
	run(g, 0, LOOP);
	for (unsigned int n = 0; n < 16; n++) {
		inject(g, 0, (struct papr_injection){
			.trigger = PAPR_TRIGGER_PC,
			.first = LOOP + 4 * (n % 4) +
				 (n % 8 < 4 ? 0 : 0xc000000000000000ull) });
		wait_for(g, 0, COUNT, 1 + n);
		assert_exact(g, 0, n % 4);
		assert_same_code(g);
	}
	stop(g, 0);
}

static void it_hits_the_first_of_a_range(void **state)
{
	struct guest *g = *state;

	skip_without_traps(g);
	run(g, 0, LOOP);
	for (unsigned int n = 0; n < 8; n++) {
		inject(g, 0, (struct papr_injection){
			.trigger = PAPR_TRIGGER_PC,
			.first = LOOP, .last = LOOP + 12 });
		wait_for(g, 0, COUNT, 1 + n);
		assert_in_range(get(g, 0, SRR0), LOOP, LOOP + 12);
		assert_same_code(g);
	}
	stop(g, 0);
}

/* Both are in the same loop. */
static void other_vcpu_passes_over_it(void **state)
{
	struct guest *g = *state;

	skip_without_traps(g);
	run(g, 0, LOOP);
	run(g, 1, LOOP);
	for (unsigned int n = 0; n < 10; n++) {
		inject(g, n % 2, (struct papr_injection){
			.trigger = PAPR_TRIGGER_PC, .first = LOOP + 4 });
		wait_for(g, n % 2, COUNT, 1 + n / 2);
		assert_exact(g, n % 2, 1);
		assert_int_equal(get(g, 1 - n % 2, COUNT), (n + 1) / 2);
	}
	stop(g, 0);
	stop(g, 1);
	assert_same_code(g);
}

/* vCPU 1 comes by all the time, and the other one never. */
static void what_is_cancelled_leaves_no_trace(void **state)
{
	struct guest *g = *state;
	uint64_t id;

	skip_without_traps(g);
	run(g, 0, CALLS);
	run(g, 1, LOOP);
	id = inject(g, 0, (struct papr_injection){
		.trigger = PAPR_TRIGGER_PC, .first = LOOP + 4 });
	usleep(200000);
	assert_int_equal(papr_vm_cancel_injection(g->vm, id, NULL), 0);
	assert_same_code(g);
	/* It goes on all the same. */
	inject(g, 1, (struct papr_injection){
		.trigger = PAPR_TRIGGER_PC, .first = LOOP + 4 });
	wait_for(g, 1, COUNT, 1);
	assert_int_equal(get(g, 0, COUNT), 0);
	stop(g, 0);
	stop(g, 1);
}

/* The ranges overlap, and both are in the same loop. */
static void each_vcpu_has_its_own(void **state)
{
	struct guest *g = *state;

	skip_without_traps(g);
	run(g, 0, LOOP);
	run(g, 1, LOOP);
	for (unsigned int n = 0; n < 10; n++) {
		inject(g, 0, (struct papr_injection){
			.trigger = PAPR_TRIGGER_PC,
			.first = LOOP, .last = LOOP + 4 });
		inject(g, 1, (struct papr_injection){
			.trigger = PAPR_TRIGGER_PC,
			.first = LOOP + 4, .last = LOOP + 8 });
		wait_for(g, 0, COUNT, 1 + n);
		wait_for(g, 1, COUNT, 1 + n);
		assert_in_range(get(g, 0, SRR0), LOOP, LOOP + 4);
		assert_in_range(get(g, 1, SRR0), LOOP + 4, LOOP + 8);
		assert_same_code(g);
	}
	stop(g, 0);
	stop(g, 1);
}

/* --- none */

static void host_without_breakpoints_says_so(void **state)
{
	static const struct papr_mc_info info = {
		.size = sizeof(info),
		.type = PAPR_MC_SLB,
	};
	const struct papr_injection what = {
		.size = sizeof(what),
		.info = &info,
		.trigger = PAPR_TRIGGER_PC,
		.first = LOOP,
	};
	struct guest *g = *state;
	struct papr_error error;

	run(g, 0, LOOP);
	assert_int_equal(papr_vcpu_inject_when(g->cpu[0].vcpu, &what, NULL,
					       &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "the host gives vCPU 0 no breakpoints: "
			    "it takes them for illegal instructions");
	assert_same_code(g);
	stop(g, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

/* With "refused", of a host that has no breakpoints. */
int main(int argc, char **argv)
{
	static const struct CMUnitTest refused[] = {
		TEST(host_without_breakpoints_says_so),
	};
	static const struct CMUnitTest tests[] = {
		TEST(it_hits_right_after_the_nth_call),
		TEST(it_hits_before_the_very_instruction),
		TEST(it_hits_the_first_of_a_range),
		TEST(other_vcpu_passes_over_it),
		TEST(what_is_cancelled_leaves_no_trace),
		TEST(each_vcpu_has_its_own),
	};
	int failed;

	if (argc > 1 && !strcmp(argv[1], "refused"))
		return cmocka_run_group_tests(refused, NULL, NULL) ? 1 : 0;
	failed = cmocka_run_group_tests_name("big-endian", tests, NULL, NULL);
	little = true;
	failed += cmocka_run_group_tests_name("little-endian", tests, NULL,
					      NULL);
	return failed ? 1 : 0;
}
