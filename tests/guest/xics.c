/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of interrupts, good and bad, on one vCPU or two, and after each
 * what both are shown and whether they are interrupted:
 *
 *	GUEST answer=H_IPI/self row=14 cpu=0 ret=0 shown0=ff000002/5 ee0=1 ...
 *
 * What comes back must not depend on who answers.  The terminal's interrupt
 * is wanted once: somebody must type one character.
 */
#include "tests/guest/smp.h"

#define VTY_UNIT	0x71000000ull
#define VTY		0x1100u		/* its interrupt */
#define NO_SOURCE	0x5000u		/* in no block of 1024 with one */
#define NEXT_SOURCE	0x1101u		/* in a block with one */
#define IPI		2u
#define XIRR(cppr, xisr) ((uint64_t)(cppr) << 24 | (xisr))
#define BIT_32		(1ull << 32)

#define MAILBOX		(SCRATCH + 0x10000)
#define RTAS_BLOCK	(SCRATCH + 0x20000)
#define SECOND_STACK	(SCRATCH + 0x38000)

#define MSR_EE		0x8000ull
#define FILLER		0x5a5a000000000000ull

/*
 * Of the time base, 512 MHz: how long to wait for an interrupt that is shown,
 * on a host with other work, and for one that should not come.
 */
#define SHOWN		1000000000
#define NOT_SHOWN	2500000

/* For somebody to type, and for the interrupt of that. */
#define TYPING		2000000000ull
#define TYPED		100000000ull

enum { HYPERCALL, RTAS_CALL, CHECK };

struct row {
	uint8_t cpu;
	uint8_t kind;
	uint32_t number;
	uint64_t args[3];
	char name[20];
};

#define H(cpu, number, name, ...) \
	{ cpu, HYPERCALL, number, { __VA_ARGS__ }, name }
#define R(number, name, ...) \
	{ 0, RTAS_CALL, RTAS_##number, { __VA_ARGS__ }, name }

static const struct row rows[] = {
	/* Nothing comes through. */
	H(0, H_IPOLL, "new", 0), H(0, H_IPOLL, "new-other", 1),
	H(0, H_XIRR, "new"), H(0, H_XIRR_X, "new"), H(1, H_XIRR, "new"),
	H(0, H_IPI, "new", 0, 0), H(0, H_XIRR, "new-ipi"),
	H(0, H_IPI, "new-back", 0, 0xff),
	H(0, H_IPOLL, "no-server", 2), H(0, H_IPOLL, "minus-one", ~0ull),
	H(0, H_IPI, "no-server", 2, 0), H(0, H_IPI, "minus-one", ~0ull, 0),
	H(0, H_CPPR, "open", 0xff), H(1, H_CPPR, "open", 0xff),

	/* An IPI, to itself and to the other. */
	H(0, H_IPI, "self", 0, 5), H(0, H_IPI, "more", 0, 4),
	H(0, H_IPI, "less", 0, 6), H(0, H_CPPR, "rejects", 4),
	H(0, H_CPPR, "lets-through", 7), H(0, H_CPPR, "more-again", 6),
	H(0, H_CPPR, "open", 0xff), H(0, H_XIRR_X, "ipi"),
	H(0, H_XIRR, "spurious"), H(0, H_EOI, "ipi", XIRR(0xff, IPI)),
	H(0, H_IPI, "back", 0, 0xff), H(0, H_XIRR, "ipi-late"),
	H(0, H_EOI, "ipi-late", XIRR(0xff, IPI)),
	H(0, H_IPI, "other", 1, 4), H(1, H_XIRR, "ipi"),
	H(1, H_IPI, "back", 1, 0xff), H(1, H_EOI, "ipi", XIRR(0xff, IPI)),
	H(1, H_IPI, "answer", 0, 0xfe), H(0, H_XIRR, "answer"),
	H(0, H_IPI, "back", 0, 0xff), H(0, H_EOI, "answer", XIRR(0xff, IPI)),
	H(1, H_IPI, "ff-is-none", 0, 0xff),

	/* Sources: the terminal's edge came while it was off. */
	R(ibm_get_xive, "off", VTY), R(ibm_int_on, "no-priority", VTY),
	R(ibm_get_xive, "no-source", NO_SOURCE),
	R(ibm_get_xive, "ipi", IPI), R(ibm_get_xive, "zero", 0),
	R(ibm_set_xive, "no-source", NO_SOURCE, 0, 5),
	R(ibm_set_xive, "no-server", VTY, 2, 5),
	R(ibm_int_off, "no-source", NO_SOURCE),
	R(ibm_int_on, "no-source", NO_SOURCE),
	R(ibm_set_xive, "on", VTY, 0, 5), R(ibm_get_xive, "on", VTY),
	H(0, H_CPPR, "rejects", 5), H(0, H_CPPR, "lets-through", 6),
	R(ibm_int_off, "shown", VTY), R(ibm_int_on, "shown", VTY),
	H(0, H_IPI, "less-favoured", 0, 6), H(0, H_IPI, "equal", 0, 5),
	H(0, H_IPI, "back", 0, 0xff), H(0, H_XIRR, "ipi-first"),
	H(0, H_EOI, "ipi-first", XIRR(0xff, IPI)),
	H(0, H_IPI, "hidden", 0, 8),

	/* Off while it waits; and elsewhere. */
	H(0, H_CPPR, "closed", 0), R(ibm_int_off, "waits", VTY),
	H(0, H_CPPR, "open", 0xff), H(0, H_IPI, "back", 0, 0xff),
	H(0, H_CPPR, "closed", 0), H(0, H_CPPR, "open", 0xff),
	R(ibm_int_on, "waits", VTY), H(0, H_CPPR, "closed", 0),
	R(ibm_set_xive, "moves", VTY, 1, 7),
	R(ibm_set_xive, "moves-back", VTY, 0, 7),
	H(1, H_CPPR, "rejects", 3), H(0, H_CPPR, "open", 0xff),
	H(1, H_CPPR, "open", 0xff),

	/* Accepted, and ended; wherever it is now. */
	H(1, H_XIRR, "source"), H(0, H_XIRR, "source"),
	H(0, H_XIRR, "spurious"), R(ibm_get_xive, "accepted", VTY),
	H(0, H_IPI, "below", 0, 8), H(0, H_IPI, "above", 0, 2),
	H(0, H_XIRR, "inner"), H(0, H_IPI, "back", 0, 0xff),
	H(0, H_EOI, "inner", XIRR(7, IPI)),
	H(0, H_EOI, "source", XIRR(0xff, VTY)),
	H(0, H_EOI, "source-twice", XIRR(0xff, VTY)),
	R(ibm_int_off, "once", VTY), R(ibm_int_off, "twice", VTY),
	R(ibm_int_on, "once", VTY), R(ibm_get_xive, "lost", VTY),

	/* Misuse: an end to a more favoured priority. */
	H(0, H_IPI, "misuse", 0, 5), H(0, H_EOI, "misuse", XIRR(4, IPI)),
	H(0, H_XIRR, "misuse"), H(0, H_IPI, "back", 0, 0xff),
	H(0, H_CPPR, "open", 0xff), H(0, H_EOI, "closes", XIRR(0, IPI)),
	H(0, H_EOI, "high-bits", BIT_32 | XIRR(0xff, IPI)),

	/* Where they are known to differ; each is made up for. */
	H(0, H_EOI, "zero", XIRR(0xff, 0)), H(0, H_EOI, "one", XIRR(9, 1)),
	H(0, H_EOI, "no-source", XIRR(8, NO_SOURCE)),
	H(0, H_EOI, "next-source", XIRR(0xff, NEXT_SOURCE)),
	R(ibm_get_xive, "next-source", NEXT_SOURCE),
	R(ibm_set_xive, "priority", VTY, 0, 0x1ff),
	H(0, H_IPOLL, "33-bits", BIT_32),
	H(0, H_IPI, "33-bits", BIT_32, 0xff),
	H(0, H_CPPR, "9-bits", 0x107), H(0, H_CPPR, "open", 0xff),
	H(0, H_IPI, "9-bits", 0, 0x104), H(0, H_IPI, "9-bits-back", 0, 0xff),
	H(0, H_CPPR, "closed", 0), H(0, H_CPPR, "open", 0xff),
};

COUNTS(external_code, "addi 3, 3, 1", "");

/* Is this vCPU interrupted, once it lets itself be? */
static bool is_interrupted(uint64_t patience)
{
	uint64_t msr, start = timebase(), before = interrupts_taken();

	asm volatile("mfmsr %0" : "=r"(msr));
	asm volatile("mtmsrd %0, 1" : : "r"(msr | MSR_EE) : "memory");
	while (interrupts_taken() == before && timebase() - start < patience)
		;
	asm volatile("mtmsrd %0, 1" : : "r"(msr & ~MSR_EE) : "memory");
	return interrupts_taken() != before;
}

/*
 * What the second vCPU is to do, and what came of it.  Each waits for the
 * other's turn.
 */
struct mailbox {
	volatile uint64_t asked, answered;
	struct row row;
	uint64_t regs[HCALL_REGS];
	int64_t ret;
};

#define mailbox ((struct mailbox *)MAILBOX)

static void act(const struct row *row, uint64_t *regs, int64_t *ret)
{
	uint64_t start = timebase();

	if (row->kind == CHECK) {
		*ret = is_interrupted(row->args[0]);
		return;
	}
	for (unsigned int i = 0; i < HCALL_REGS; i++)
		regs[i] = i < 3 ? row->args[i] : FILLER + i;
	*ret = hcall(row->number, regs);
	/* The time is not the same twice. */
	if (row->number == H_XIRR_X && regs[1] >= start &&
	    regs[1] <= timebase())
		regs[1] = 0;
}

void second_c(void)
{
	asm volatile("mr 13,%0" : : "r"(vector_entry));
	for (uint64_t n = 1; ; n++) {
		while (mailbox->asked != n)
			;
		asm volatile("sync" : : : "memory");
		act(&mailbox->row, mailbox->regs, &mailbox->ret);
		asm volatile("sync" : : : "memory");
		mailbox->answered = n;
	}
}

static void act_on(unsigned int cpu, const struct row *row, uint64_t *regs,
		   int64_t *ret)
{
	if (!cpu) {
		act(row, regs, ret);
		return;
	}
	mailbox->row = *row;
	asm volatile("sync" : : : "memory");
	mailbox->asked++;
	while (mailbox->answered != mailbox->asked)
		;
	asm volatile("sync" : : : "memory");
	for (unsigned int i = 0; i < HCALL_REGS; i++)
		regs[i] = mailbox->regs[i];
	*ret = mailbox->ret;
}

static void put_cells(uint64_t from, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		put(i ? "," : "");
		put_number((int32_t)load32(from + 4 * i));
	}
}

static int32_t call_rtas(uint32_t token, const uint64_t *args, uint32_t nargs,
			 uint32_t nrets)
{
	store32(RTAS_BLOCK, token);
	store32(RTAS_BLOCK + 4, nargs);
	store32(RTAS_BLOCK + 8, nrets);
	for (unsigned int i = 0; i < nargs; i++)
		store32(RTAS_BLOCK + 12 + 4 * i, args[i]);
	for (unsigned int i = 0; i < nrets; i++)
		store32(RTAS_BLOCK + 12 + 4 * (nargs + i), 0x5a5a);
	rtas(RTAS_BLOCK);
	return load32(RTAS_BLOCK + 12 + 4 * nargs);
}

static void put_name(const struct row *row)
{
	if (row->kind == RTAS_CALL)
		put_rtas_name(row->number);
	else
		put_call(row->number);
	put("/");
	put(row->name);
}

static void make_rtas_call(const struct row *row)
{
	uint32_t nargs = row->number == RTAS_ibm_set_xive ? 3 : 1;
	uint32_t nrets = row->number == RTAS_ibm_get_xive ? 3 : 1;
	int32_t status = call_rtas(row->number, row->args, nargs, nrets);

	put(" status=");
	put_cells(RTAS_BLOCK + 12 + 4 * nargs, status ? 1 : nrets);
}

static void make_hypercall(const struct row *row)
{
	uint64_t regs[HCALL_REGS];
	int64_t ret;

	act_on(row->cpu, row, regs, &ret);
	put(" cpu=");
	put_number(row->cpu);
	put_return(ret);
	for (unsigned int i = 0; i < HCALL_REGS; i++) {
		if (regs[i] == (i < 3 ? row->args[i] : FILLER + i))
			continue;
		put(" r");
		put_number(i + 4);
		put("=");
		put_hex(regs[i]);
	}
}

static void put_state(unsigned int cpu)
{
	struct row check = { 0, CHECK, 0, { 0 }, "" };
	uint64_t regs[HCALL_REGS] = { cpu };
	int64_t interrupted;

	put(" shown");
	put_number(cpu);
	put("=");
	hcall(H_IPOLL, regs);
	put_hex(regs[0]);
	put("/");
	put_hex(regs[1]);
	check.args[0] = regs[0] & 0xffffff ? SHOWN : NOT_SHOWN;
	act_on(cpu, &check, regs, &interrupted);
	put(" ee");
	put_number(cpu);
	put("=");
	put_number(interrupted);
}

static void run(const struct row *row, unsigned int cpus)
{
	if (row->cpu >= cpus)
		return;
	put("GUEST answer=");
	put_name(row);
	put(" row=");
	put_number(row - rows);
	if (row->kind == RTAS_CALL)
		make_rtas_call(row);
	else
		make_hypercall(row);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		put_state(cpu);
	put("\n");
}

static bool start_other(void)
{
	uint64_t args[] = { 1, 0, SECOND_STACK };

	/* Not in a table: data must not hold addresses. */
	asm volatile("std %1, 0(%0)" : : "b"(&args[1]), "r"(start_second)
		     : "memory");
	mailbox->asked = mailbox->answered = 0;
	return !call_rtas(RTAS_start_cpu, args, 3, 1);
}

/* The character comes first, its interrupt right after. */
static void wait_for_typing(void)
{
	uint64_t regs[HCALL_REGS], start = timebase();

	do {
		regs[0] = VTY_UNIT;
		hcall(H_GET_TERM_CHAR, regs);
	} while (!regs[0] && timebase() - start < TYPING);
	put(regs[0] ? "GUEST typed=yes\n" : "GUEST typed=no\n");
	start = timebase();
	while (timebase() - start < TYPED)
		;
}

void guest_main(void)
{
	unsigned int cpus;

	copy_code(EXTERNAL, external_code, external_code_end);
	interrupts_off();
	wait_for_typing();
	cpus = start_other() ? 2 : 1;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		run(&rows[i], cpus);
}
