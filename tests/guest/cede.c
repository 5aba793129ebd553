/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPUs that sleep, and all that wakes them:
 *
 *	GUEST answer=H_CEDE/decrementer ret=0 by=decrementer ee=0
 *	GUEST join=0,18
 *
 * by: what was taken until the sleep was over; ee: MSR[EE] then, which the
 * interrupts here turn off.  H_CEDE may return for no reason: it is called
 * until there is one.  Those that are not to wait for the decrementer have one
 * that is far away, and are tried again if it came all the same: on a machine
 * that stood still.
 */
#include "tests/guest/smp.h"

#define RESET		0x100
#define DECREMENTER	0x900

#define MSR_RI		0x2ull

#define MAILBOX		(SCRATCH + 0x10000)
#define RTAS_BLOCK	(SCRATCH + 0x20000)
#define SECOND_STACK	(SCRATCH + 0x38000)

/* Of the time base, 512 MHz. */
#define NEAR	5120000
#define FAR	0x7fffffff
#define ASLEEP	10240000	/* by then the other one is */

#define TRIES	3

#define CPPR_ALL	0xff
#define XIRR_IPI	0xff000002ull

/* What SPRG2 counts. */
#define EXTERNALS	0xffull
#define DECREMENTERS	0xff00ull
#define RESETS		0xff0000ull

COUNTS(external_code, "addi 3, 3, 1", "");
COUNTS(decrementer_counts, "addi 3, 3, 0x100",
       "lis 3, 0x7fff\n mtdec 3\n");
COUNTS(reset_code, "addis 3, 3, 1", "");

static void wait_for(uint64_t ticks)
{
	uint64_t start = timebase();

	while (timebase() - start < ticks)
		;
}

static void forget_interrupts(void)
{
	asm volatile("mtsprg 2, %0" : : "r"(0ull));
}

static void set_decrementer(uint64_t ticks)
{
	asm volatile("mtdec %0" : : "r"(ticks));
}

/* What the second vCPU is to do, that it begins to, and what came of it. */
struct mailbox {
	volatile uint64_t asked, begun, answered;
	volatile uint64_t call, arg0, arg1;
	volatile int64_t ret;
	volatile uint64_t done;		/* all have joined */
};

#define mailbox ((struct mailbox *)MAILBOX)

/* The other registers, which no call here looks at, hold anything. */
static int64_t call(uint64_t nr, uint64_t arg0, uint64_t arg1)
{
	uint64_t regs[HCALL_REGS];

	regs[0] = arg0;
	regs[1] = arg1;
	return hcall(nr, regs);
}

/*
 * The last of those who join wakes the other, who sleeps until then: one of the
 * prods before may wake it, too.
 */
static int64_t join(unsigned int other)
{
	int64_t ret;

	do
		ret = call(H_JOIN, 0, 0);
	while (!ret && !mailbox->done);
	if (ret == 18) {	/* H_CONTINUE */
		mailbox->done = 1;
		asm volatile("sync" : : : "memory");
		call(H_PROD, other, 0);
	}
	return ret;
}

void second_c(void)
{
	asm volatile("mr 13,%0" : : "r"(vector_entry));
	for (uint64_t n = 1; ; n++) {
		while (mailbox->asked != n)
			;
		asm volatile("sync" : : : "memory");
		wait_for(ASLEEP);
		mailbox->begun = n;
		asm volatile("sync" : : : "memory");
		if (mailbox->call == H_JOIN)
			mailbox->ret = join(0);
		else
			mailbox->ret = call(mailbox->call, mailbox->arg0,
					    mailbox->arg1);
		asm volatile("sync" : : : "memory");
		mailbox->answered = n;
	}
}

static void ask_other(uint64_t call, uint64_t arg0, uint64_t arg1)
{
	mailbox->call = call;
	mailbox->arg0 = arg0;
	mailbox->arg1 = arg1;
	asm volatile("sync" : : : "memory");
	mailbox->asked++;
}

static void wait_for_other(void)
{
	while (mailbox->answered != mailbox->asked)
		;
	asm volatile("sync" : : : "memory");
}

struct test {
	char name[20];
	uint64_t expect;	/* what is to be taken; 0: a prod is enough */
	uint32_t by_other, by_self;
	uint64_t args[2];
	int32_t ticks;		/* of the decrementer */
};

static const struct test tests[] = {
	{ "decrementer", DECREMENTERS, 0, 0, { 0 }, NEAR },
	{ "decrementer-over", DECREMENTERS, 0, 0, { 0 }, -1 },
	{ "own-prod", 0, 0, H_PROD, { 0 }, FAR },
	{ "own-ipi", EXTERNALS, 0, H_IPI, { 0, 4 }, FAR },
	{ "prod", 0, H_PROD, 0, { 0 }, FAR },
	{ "ipi", EXTERNALS, H_IPI, 0, { 0, 4 }, FAR },
	{ "system-reset", RESETS, H_SIGNAL_SYS_RESET, 0, { 0 }, FAR },
	/* If one of these has left a prod, it is used up. */
	{ "decrementer-again", DECREMENTERS, 0, 0, { 0 }, NEAR },
};

static bool is_over(const struct test *test)
{
	if (test->expect)
		return interrupts_taken() & (test->expect | DECREMENTERS);
	return !test->by_other || mailbox->begun == mailbox->asked;
}

/* Sleeps; returns MSR[EE] at the end. */
static uint64_t cede(const struct test *test, int64_t *ret)
{
	uint64_t msr;

	set_decrementer((int64_t)test->ticks);
	do {
		*ret = call(H_CEDE, 0, 0);
		asm volatile("mfmsr %0" : "=r"(msr));
		interrupts_off();
	} while (!*ret && !is_over(test));
	return msr & MSR_EE;
}

static void take_ipi(void)
{
	uint64_t regs[HCALL_REGS];

	hcall(H_XIRR, regs);
	put(" xirr=");
	put_hex(regs[0]);
	call(H_IPI, 0, 0xff);
	call(H_EOI, XIRR_IPI, 0);
}

static uint64_t attempt(const struct test *test, int64_t *ret)
{
	uint64_t ee;

	forget_interrupts();
	if (test->by_self)
		call(test->by_self, test->args[0], test->args[1]);
	if (test->by_other)
		ask_other(test->by_other, test->args[0], test->args[1]);
	ee = cede(test, ret);
	if (test->by_other)
		wait_for_other();
	return ee;
}

static void run(const struct test *test)
{
	uint64_t ee = 0, unwanted = DECREMENTERS & ~test->expect;
	int64_t ret = 0;
	unsigned int i;

	for (i = 0; i < TRIES && (!i || interrupts_taken() & unwanted); i++)
		ee = attempt(test, &ret);
	put("GUEST answer=H_CEDE/");
	put(test->name);
	put(" ret=");
	put_number(ret);
	put(" by=");
	put(interrupts_taken() & DECREMENTERS ? "decrementer" : "");
	put(interrupts_taken() & EXTERNALS ? "external" : "");
	put(interrupts_taken() & RESETS ? "reset" : "");
	put(interrupts_taken() ? "" : "prod");
	put(" ee=");
	put_number(!!ee);
	if (test->expect == EXTERNALS)
		take_ipi();
	put("\n");
}

static void put_prod(const char *name, uint64_t target)
{
	put("GUEST answer=H_PROD/");
	put(name);
	put(" ret=");
	put_number(call(H_PROD, target, 0));
	put("\n");
}

/* Which of the two is the last nobody knows. */
static void run_join(void)
{
	int64_t mine, others;
	uint64_t msr;

	asm volatile("mfmsr %0" : "=r"(msr));
	set_decrementer(FAR);
	asm volatile("mtmsrd %0, 1" : : "r"(MSR_RI | MSR_EE) : "memory");
	mine = call(H_JOIN, 0, 0);
	asm volatile("mtmsrd %0, 1" : : "r"(msr) : "memory");
	put("GUEST join-ee=");
	put_number(mine);
	put("\n");
	ask_other(H_JOIN, 0, 0);
	mine = join(1);
	wait_for_other();
	others = mailbox->ret;
	put("GUEST join=");
	put_number(mine < others ? mine : others);
	put(",");
	put_number(mine < others ? others : mine);
	put("\n");
}

static bool start_other(void)
{
	static const uint32_t block[] = { RTAS_start_cpu, 3, 1, 1 };
	uint64_t entry;

	for (unsigned int i = 0; i < ARRAY_SIZE(block); i++)
		store32(RTAS_BLOCK + 4 * i, block[i]);
	/* Not in a table: data must not hold addresses. */
	asm volatile("mr %0, %1" : "=r"(entry) : "r"(start_second));
	store32(RTAS_BLOCK + 16, entry);
	store32(RTAS_BLOCK + 20, SECOND_STACK);
	mailbox->asked = mailbox->begun = mailbox->answered = 0;
	mailbox->done = 0;
	rtas(RTAS_BLOCK);
	return !load32(RTAS_BLOCK + 24);
}

void guest_main(void)
{
	copy_code(RESET, reset_code, reset_code_end);
	copy_code(EXTERNAL, external_code, external_code_end);
	copy_code(DECREMENTER, decrementer_counts, decrementer_counts_end);
	asm volatile("mtmsrd %0, 1" : : "r"(MSR_RI));
	call(H_CPPR, CPPR_ALL, 0);
	if (!start_other())
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(tests); i++)
		run(&tests[i]);
	put_prod("nobody", 77);
	put_prod("33-bits", 1ull << 32);
	put_prod("minus-one", ~0ull);
	run_join();
}
