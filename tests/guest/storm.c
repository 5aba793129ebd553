/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls without end from two vCPUs, each answer judged, while somebody changes
 * who answers:
 *
 *	IPIs	from each to the other, one at a time: each comes once
 *	keys	are read when their interrupt comes, which moves between the
 *		vCPUs: no interrupt without a key, and "GUEST key N" for each
 *	others	have one right answer
 *
 * The key q ends it, with what each vCPU has seen.  CPPRs are open and MSR[EE]
 * is off: what is shown is asked for by H_XIRR, but for a look now and then
 * whether the external interrupt is up.
 */
#include "tests/guest/smp.h"

#define VTY_UNIT	0x71000000ull
#define VTY		0x1100u		/* its interrupt */
#define IPI		2u
#define OPEN		0xff000000u	/* CPPR of an XIRR */
#define IPI_PRIORITY	4u
#define END_KEY		'q'

#define SHARED		(SCRATCH + 0x10000)
#define RTAS_BLOCK	(SCRATCH + 0x20000)
#define SECOND_STACK	(SCRATCH + 0x38000)
#define PAGES		(SCRATCH + 0x40000)	/* 4 KiB for each vCPU */
#define AREAS		(SCRATCH + 0x50000)	/* a VPA for each */

#define MSR_EE		0x8000ull
#define PATIENCE	10000000000ull	/* of the time base: 20 s */

#define ZERO_PAGE	(1ull << 15)
#define H_EXACT		(1ull << 39)
#define PTEH		0x4000123456789a01ull
#define PTEL		0x112ull	/* R, M, read and write */
#define REFERENCED	0x180ull	/* R and C: processors set them */
#define REGISTER_VPA	(1ull << 45)
#define DEREGISTER_VPA	(5ull << 45)
#define VPA_LENGTH	640u

/* What one vCPU has seen. */
struct tally {
	uint64_t rounds, calls, ipis, keys, taken, wrong;
	uint64_t call, got, wanted;	/* of the first wrong one */
};

struct shared {
	volatile uint64_t stop, sent[2], seen[2], stopped;
	struct tally tally[2];
};

#define shared ((struct shared *)SHARED)

COUNTS(external_code, "addi 3, 3, 1", "");

static void barrier(void)
{
	asm volatile("sync" : : : "memory");
}

static void judge(unsigned int cpu, uint64_t nr, uint64_t got, uint64_t wanted)
{
	struct tally *t = &shared->tally[cpu];

	t->calls++;
	if (got == wanted)
		return;
	if (!t->wrong++) {
		t->call = nr;
		t->got = got;
		t->wanted = wanted;
	}
}

/* A call that must succeed. */
static void call(unsigned int cpu, uint64_t nr, uint64_t *regs)
{
	judge(cpu, nr, hcall(nr, regs), 0);
}

#define CALL(cpu, nr, ...) call(cpu, nr, (uint64_t[HCALL_REGS]){ __VA_ARGS__ })

/* Something is shown, so that the vCPU is interrupted once it lets itself. */
static void be_interrupted(unsigned int cpu)
{
	uint64_t msr, start = timebase(), before = interrupts_taken();

	asm volatile("mfmsr %0" : "=r"(msr));
	asm volatile("mtmsrd %0, 1" : : "r"(msr | MSR_EE) : "memory");
	while (interrupts_taken() == before && timebase() - start < PATIENCE)
		;
	asm volatile("mtmsrd %0, 1" : : "r"(msr & ~MSR_EE) : "memory");
	judge(cpu, EXTERNAL, interrupts_taken() != before, true);
	shared->tally[cpu].taken++;
}

static void take_key(unsigned int cpu)
{
	uint64_t regs[HCALL_REGS] = { VTY_UNIT };

	call(cpu, H_GET_TERM_CHAR, regs);
	judge(cpu, VTY, regs[0], 1);
	if (regs[1] >> 56 == END_KEY)
		shared->stop = 1;
	shared->tally[cpu].keys++;
	CALL(cpu, H_EOI, OPEN | VTY);
}

/* The XIRR, after the keys. */
static uint32_t accept(unsigned int cpu)
{
	for (;;) {
		uint64_t regs[HCALL_REGS] = { 0 };

		call(cpu, H_XIRR, regs);
		if (regs[0] != (OPEN | VTY))
			return regs[0];
		take_key(cpu);
	}
}

/* One that the other says it has sent, or is about to say. */
static void receive(unsigned int cpu)
{
	uint64_t sent = shared->sent[cpu], seen = shared->seen[cpu];
	uint64_t start = timebase();
	uint32_t xirr;

	barrier();
	if (sent != seen && sent % 16 == 0)
		be_interrupted(cpu);
	xirr = accept(cpu);
	if (sent == seen && xirr == OPEN)
		return;
	judge(cpu, H_XIRR, xirr, OPEN | IPI);
	if (xirr != (OPEN | IPI))
		return;
	while (shared->sent[cpu] == seen && timebase() - start < PATIENCE)
		;
	judge(cpu, H_IPI, shared->sent[cpu], seen + 1);
	CALL(cpu, H_IPI, cpu, 0xff);
	judge(cpu, H_XIRR, accept(cpu), IPI_PRIORITY << 24);
	CALL(cpu, H_EOI, OPEN | IPI);
	judge(cpu, H_XIRR, accept(cpu), OPEN);
	shared->tally[cpu].ipis++;
	barrier();
	shared->seen[cpu] = seen + 1;
}

static void send(unsigned int cpu)
{
	unsigned int other = !cpu;

	if (shared->sent[other] != shared->seen[other])
		return;
	barrier();
	CALL(cpu, H_IPI, other, IPI_PRIORITY);
	barrier();
	shared->sent[other]++;
}

static void use_memory(unsigned int cpu)
{
	uint64_t page = PAGES + 0x1000 * cpu, area = AREAS + 0x1000 * cpu;

	store64(page, page);
	store64(page + 0xff8, page);
	CALL(cpu, H_PAGE_INIT, ZERO_PAGE, page);
	judge(cpu, H_PAGE_INIT, load64(page) | load64(page + 0xff8), 0);

	store32(area + 4, VPA_LENGTH << 16);
	CALL(cpu, H_REGISTER_VPA, REGISTER_VPA, cpu, area);
	CALL(cpu, H_REGISTER_VPA, DEREGISTER_VPA, cpu, 0);
	CALL(cpu, H_CONFER, ~0ull, 0);
}

/* An entry of a group of this vCPU's own; nothing where there is no table. */
static void use_page_table(unsigned int cpu, uint64_t round)
{
	uint64_t index = 8 * cpu + round % 8;
	uint64_t ptel = (PAGES + 0x1000 * cpu) | PTEL;
	uint64_t regs[HCALL_REGS] = { 0, index };

	if (hcall(H_READ, regs) == -2)	/* H_FUNCTION */
		return;
	CALL(cpu, H_ENTER, H_EXACT, index, PTEH, ptel);
	regs[0] = 0;
	regs[1] = index;
	call(cpu, H_READ, regs);
	judge(cpu, H_READ, regs[0], PTEH);
	judge(cpu, H_READ, regs[1] & ~REFERENCED, ptel & ~REFERENCED);
	regs[0] = 0;
	regs[1] = index;
	call(cpu, H_REMOVE, regs);
	judge(cpu, H_REMOVE, regs[0], PTEH);
	judge(cpu, H_REMOVE, regs[1] & ~REFERENCED, ptel & ~REFERENCED);
	judge(cpu, H_REMOVE,
	      hcall(H_REMOVE, (uint64_t[HCALL_REGS]){ 0, index }),
	      -7ull);	/* H_NOT_FOUND */
}

static void call_rtas(uint32_t token, uint32_t nrets, uint32_t a, uint32_t b,
		      uint32_t c)
{
	uint32_t nargs = token == RTAS_ibm_set_xive ||
			 token == RTAS_start_cpu ? 3 : 1;
	const uint32_t args[] = { a, b, c };

	store32(RTAS_BLOCK, token);
	store32(RTAS_BLOCK + 4, nargs);
	store32(RTAS_BLOCK + 8, nrets);
	for (uint32_t i = 0; i < nargs; i++)
		store32(RTAS_BLOCK + 12 + 4 * i, args[i]);
	for (uint32_t i = 0; i < nrets; i++)
		store32(RTAS_BLOCK + 12 + 4 * (nargs + i), 0x5a5a);
	judge(0, H_RTAS, rtas(RTAS_BLOCK), 0);
	judge(0, token, load32(RTAS_BLOCK + 12 + 4 * nargs), 0);
}

static void judge_xive(uint32_t server, uint32_t priority)
{
	call_rtas(RTAS_ibm_get_xive, 3, VTY, 0, 0);
	judge(0, RTAS_ibm_get_xive, load32(RTAS_BLOCK + 20), server);
	judge(0, RTAS_ibm_get_xive, load32(RTAS_BLOCK + 24), priority);
}

/* The keys' interrupt: to the other vCPU, off and on. */
static void use_source(uint64_t round)
{
	uint32_t server = round / 4 % 2, priority = 6 + server;

	call_rtas(RTAS_ibm_set_xive, 1, VTY, server, priority);
	judge_xive(server, priority);
	call_rtas(RTAS_ibm_int_off, 1, VTY, 0, 0);
	judge_xive(server, 0xff);
	call_rtas(RTAS_ibm_int_on, 1, VTY, 0, 0);
	judge_xive(server, priority);
}

static void say_keys(uint64_t *said)
{
	uint64_t keys = shared->tally[0].keys + shared->tally[1].keys;

	while (*said < keys) {
		put("GUEST key ");
		put_number(++*said);
		put("\n");
	}
}

/* An IPI that is on its way is waited for. */
static bool is_over(unsigned int cpu)
{
	return shared->stop && shared->sent[cpu] == shared->seen[cpu] &&
	       shared->sent[!cpu] == shared->seen[!cpu];
}

static void storm(unsigned int cpu)
{
	struct tally *t = &shared->tally[cpu];
	uint64_t said = 0;

	CALL(cpu, H_CPPR, 0xff);
	while (!is_over(cpu)) {
		if (!shared->stop)
			send(cpu);
		receive(cpu);
		if (t->rounds % 4 == 0)
			use_memory(cpu);
		if (t->rounds % 16 == 0)
			use_page_table(cpu, t->rounds / 16);
		if (!cpu && t->rounds % 8 == 0)
			use_source(t->rounds / 8);
		t->rounds++;
		if (!cpu)
			say_keys(&said);
	}
}

void second_c(void)
{
	asm volatile("mr 13,%0" : : "r"(vector_entry));
	storm(1);
	barrier();
	shared->stopped = 1;
	for (;;)
		;
}

static void put_field(const char *name, uint64_t value)
{
	put(" ");
	put(name);
	put("=");
	put_hex(value);
}

static void report(unsigned int cpu)
{
	const struct tally *t = &shared->tally[cpu];

	put("GUEST cpu");
	put_field("is", cpu);
	put_field("rounds", t->rounds);
	put_field("calls", t->calls);
	put_field("ipis", t->ipis);
	put_field("sent", shared->sent[cpu]);
	put_field("keys", t->keys);
	put_field("taken", t->taken);
	put_field("wrong", t->wrong);
	put_field("call", t->call);
	put_field("got", t->got);
	put_field("wanted", t->wanted);
	put("\n");
}

void guest_main(void)
{
	uint64_t second;

	for (uint64_t gpa = SHARED; gpa < SHARED + sizeof(*shared); gpa += 8)
		store64(gpa, 0);
	copy_code(EXTERNAL, external_code, external_code_end);
	interrupts_off();
	/* Not in a table: data must not hold addresses. */
	asm volatile("std %1, 0(%0)" : : "b"(&second), "r"(start_second)
		     : "memory");
	call_rtas(RTAS_start_cpu, 1, 1, second, SECOND_STACK);
	put("GUEST ready\n");
	storm(0);
	while (!shared->stopped)
		;
	barrier();
	report(0);
	report(1);
}
