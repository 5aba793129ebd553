/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the calls of answers.def, and prints what came back: the return, the
 * registers that have changed, the MSR, a sum of the memory they may have
 * changed, and of a page table its entries, and whether they translate:
 *
 *	GUEST answer=H_PAGE_INIT/zero ret=H_SUCCESS msr=... memory=7c2a...
 *	GUEST answer=H_READ/loaded ret=H_SUCCESS r4=1005 r5=1021112 ...
 *
 * None of it must depend on who answers.
 */
#include "tests/guest/counts.h"
#include "tests/guest/guest.h"

#define PAGE		0x1000ull
#define AREA		SCRATCH			/* what is compared: */
#define AREA_END	(AREA + 4 * PAGE)
#define DST		(AREA + PAGE)
#define SRC		(AREA + 2 * PAGE)
#define LAST_PAGE	(RAM_END - PAGE)

#define BIT(n)		(1ull << (63 - (n)))
#define FILLER		0x5a5a000000000000ull
#define SOON		0x10000		/* of the decrementer */

/*
 * The page table of 1/128 of 64 MiB.  The kernel's own entries are where the
 * hash of a large number leads, those here in group 1: segment 5 has number 1.
 */
#define HPT_ENTRIES	((RAM_END >> 7) / 16)
#define GROUP		8
#define SLOT(n)		(GROUP + (n))
#define MAPPED		(SCRATCH + 0x20000)
#define MAPPED_END	(MAPPED + 0x10000)
#define MAPPED_EA	0x50000000ull
#define PTEH		0x1005ull		/* 64 KiB, valid */
#define PTEL		(MAPPED | 0x1012)	/* cached, read and write */
#define OTHER_PTEH	0x2005ull
#define SLB_VSID	(1ull << 12 | 0x110)	/* pages of 64 KiB */
#define SLB_ESID	(MAPPED_EA | 0x08000001)
#define MSR_DR		0x10ull

#define EXACT		BIT(24)
#define READ_4		BIT(26)
#define VALID		1ull
#define RPN		0x0ffffffffffff000ull

/*
 * What is done before a call.  SAYS writes a length where the area at r6 tells
 * it.  WOKEN lets the decrementer end soon.  The others are for the page table:
 * the group has no entry, one that was not used, was loaded or stored through,
 * or eight.
 */
enum { AS_IS, TELL, WOKEN, EMPTY, ENTRY, LOADED, STORED, FULL };

#define SAYS(length)	(TELL | (uint64_t)(length) << 8)

static const struct row {
	uint32_t number;
	bool each_bit;
	uint8_t n;		/* arguments */
	char name[20];
	uint64_t state;
	uint64_t args[HCALL_REGS];
} rows[] = {
#define COUNT(...)	(sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)
#define ANSWER(call, name, state, ...) \
	{ call, false, COUNT(__VA_ARGS__), name, state, { __VA_ARGS__ } },
#define EACH_BIT(call, name, state, ...) \
	{ call, true, COUNT(__VA_ARGS__), name, state, { __VA_ARGS__ } },
#include "tests/guest/answers.def"
};

static bool hash;
static bool little;	/* the call is made in little-endian mode */
static uint64_t group[16];	/* as it was after the call before */

extern const uint32_t data_code[], data_code_end[];

/* Storage interrupts: counts in SPRG2, and goes on behind the access. */
asm(".text\n"
    ".globl data_code, data_code_end\n"
    "data_code:\n"
    "	mtsprg	1, 3\n"
    "	mfsprg	3, 2\n"
    "	addi	3, 3, 1\n"
    "	mtsprg	2, 3\n"
    "	mfsrr0	3\n"
    "	addi	3, 3, 4\n"
    "	mtsrr0	3\n"
    "	mfsprg	3, 1\n"
    "	rfid\n"
    "data_code_end:\n");

COUNTS(external_code, "addi 3, 3, 1", "");

/* Through the page table, or a storage interrupt instead. */
static bool can(bool store)
{
	uint64_t msr, word = 0, interrupts;

	asm volatile("mfmsr %0" : "=r"(msr));
	asm volatile("mtsprg 2, %0\n"
		     "slbmte %1, %2\n"
		     "mtmsrd %3\n"
		     "isync\n"
		     : : "r"(0), "r"(SLB_VSID), "r"(SLB_ESID),
		     "r"(msr | MSR_DR) : "memory");
	if (store)
		asm volatile("std %0, 0(%1)" : : "r"(word), "b"(MAPPED_EA)
			     : "memory");
	else
		asm volatile("ld %0, 0(%1)" : "=r"(word) : "b"(MAPPED_EA)
			     : "memory");
	asm volatile("sync; mtmsrd %1; isync; mfsprg %0, 2"
		     : "=r"(interrupts) : "r"(msr) : "memory");
	return !interrupts;
}

static void fill(uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += 8)
		store64(at, at * 0x0123456789abcdefull + 0x0102030405060708ull);
}

static uint64_t sum(uint64_t so_far, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += 8)
		so_far = (so_far ^ load64(at)) * 0x100000001b3ull;
	return so_far;
}

static bool is_valid(unsigned int slot)
{
	return group[2 * slot] & VALID;
}

static void read_group(void)
{
	for (unsigned int i = 0; i < 16; i += 8) {
		uint64_t regs[HCALL_REGS] = { READ_4, SLOT(i / 2) };
		int64_t ret = hcall(H_READ, regs);

		for (unsigned int j = 0; j < 8; j++)
			group[i + j] = ret ? 0 : regs[j];
	}
}

static void prepare_group(unsigned int state)
{
	unsigned int n = state == EMPTY ? 0 : state == FULL ? 8 : 1;

	for (unsigned int i = 0; i < 8; i++)
		if (is_valid(i))
			HCALL_OF(H_REMOVE, 0, SLOT(i));
	for (unsigned int i = 0; i < n; i++)
		HCALL_OF(H_ENTER, EXACT, SLOT(i), PTEH | i << 20, PTEL);
	if (hash && (state == LOADED || state == STORED))
		can(state == STORED);
}

static void prepare(const struct row *row)
{
	uint64_t length = row->state >> 8;
	unsigned int state = row->state & 0xff;

	if (state >= EMPTY)
		prepare_group(state);
	fill(AREA, AREA_END);
	fill(MAPPED, MAPPED_END);
	if (state == TELL)
		store32(row->args[2] + 4, length);
	if (state == WOKEN)
		asm volatile("mtdec %0" : : "r"(SOON));
}

static void put_registers(const uint64_t *regs, const uint64_t *args,
			  bool values)
{
	for (unsigned int i = 0; i < HCALL_REGS; i++) {
		if (regs[i] == args[i])
			continue;
		put(" r");
		put_number(i + 4);
		if (values) {
			put("=");
			put_hex(regs[i]);
		}
	}
}

/*
 * The entries first: to try them marks them.  Tried is the one page that it is
 * known to do no harm with.
 */
static void put_group(void)
{
	bool tried = hash;

	read_group();
	for (unsigned int i = 0; i < 8; i++) {
		if (!is_valid(i))
			continue;
		put(" slot");
		put_number(i);
		put("=");
		put_hex(group[2 * i]);
		put("/");
		put_hex(group[2 * i + 1]);
		tried &= (group[2 * i + 1] & RPN) == (PTEL & RPN);
	}
	if (!tried)
		return;
	put(can(false) ? " loads" : " no-loads");
	put(can(true) ? " stores" : " no-stores");
}

/*
 * The MSR after a call.  H_CEDE switches interrupts on, and then one may come
 * for which the controller has no source; one that it has is told.
 */
static uint64_t msr_after(void)
{
	uint64_t msr, regs[HCALL_REGS] = { 0 };

	asm volatile("mfmsr %0" : "=r"(msr));
	interrupts_off();
	if (!interrupts_taken())
		return msr;
	hcall(H_XIRR, regs);
	if (regs[0] & 0xffffff) {
		put("GUEST xirr=");
		put_hex(regs[0]);
		put("\n");
	}
	return msr | MSR_EE;
}

/* @number follows the name unless it is negative. */
static void run(const struct row *row, uint64_t r4, int number)
{
	uint64_t regs[HCALL_REGS], args[HCALL_REGS], msr;
	int64_t ret;

	for (unsigned int i = 0; i < HCALL_REGS; i++)
		regs[i] = args[i] = i < row->n ? row->args[i] : FILLER + i;
	regs[0] = args[0] = r4;
	prepare(row);
	asm volatile("mtsprg 2, %0" : : "r"(0ull));
	ret = little ? hcall_little(row->number, regs) :
		       hcall(row->number, regs);
	msr = msr_after();
	put("GUEST answer=");
	put_call(row->number);
	put("/");
	put(row->name);
	if (number >= 0)
		put_number(number);
	put(little ? " little" : "");
	put_return(ret);
	put_registers(regs, args, row->number != H_RANDOM);
	put(" msr=");
	put_hex(msr);
	put(" memory=");
	put_hex(sum(sum(0xcbf29ce484222325ull, AREA, AREA_END), MAPPED,
		    MAPPED_END));
	if ((row->state & 0xff) >= EMPTY)
		put_group();
	put("\n");
}

static void run_row(const struct row *row)
{
	if (!row->each_bit)
		run(row, row->args[0], -1);
	for (int bit = 0; bit < 64 && row->each_bit; bit++)
		run(row, BIT(bit), bit);
}

/* The page table has no byte order of its own: once is enough. */
void guest_main(void)
{
	hash = HCALL_OF(H_READ, 0, SLOT(0)) == 0;
	read_group();
	copy_code(0x300, data_code, data_code_end);
	copy_code(EXTERNAL, external_code, external_code_end);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		run_row(&rows[i]);
	little = true;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if ((rows[i].state & 0xff) < EMPTY)
			run_row(&rows[i]);
}
