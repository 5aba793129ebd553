/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the calls of platform.def, on any PAPR platform: it runs in QEMU's
 * pseries machine as it does in ours. Prints what came back, but for what is
 * of the machine, such as the time: the return, or of RTAS the status; the
 * registers that have changed, or the further results; and the memory that
 * has, 8 bytes each, by its offset.
 *
 *	GUEST answer=H_PAGE_INIT/zero ret=H_SUCCESS sum=7c2a...
 *	GUEST answer=H_GET_TERM_CHAR/none ret=H_SUCCESS r4=0 r5=0 r6=0
 *	GUEST answer=ibm,get-system-parameter/42 ret=0 +1000=1005a5a
 *
 * Before, what entry.S has noted of the first processor, and of the second:
 *
 *	GUEST answer=second/MSR value=8000000000001000
 *
 * With "lives" as its command line it has three: it reboots, waits to be reset
 * from outside, and ends, and leaves traces each time.  A reset may not touch
 * non-volatile memory, so that has the number.
 */
#include "tests/guest/guest.h"
#include "tests/guest/state.h"

#define PAGE		0x1000ull
#define AREA		SCRATCH			/* what is compared: */
#define AREA_END	(AREA + 4 * PAGE)
#define BUFFER		(AREA + PAGE)
#define SRC		(AREA + 2 * PAGE)
#define SHADOW		(AREA + 0x10000)	/* as it was */
#define BLOCK		(AREA + 0x20000)
#define AREAS		(AREA + 0x30000)	/* not compared */
#define MEMORY_END	0x10000000ull
#define VTY		0x71000000

#define BIT(n)		(1ull << (63 - (n)))
#define FILLER		0x5a5a000000000000ull
#define CELL		0x5a5a5a5au
#define CELLS		16
#define SHOWN		6
#define MEMORY		0x8000	/* in row.any */

#define SOON_TICKS	0x10000

enum { CALL, ASK, STORE, DECREMENTER };

struct row {
	uint32_t number;
	uint8_t kind;
	uint8_t n;		/* arguments */
	uint8_t nrets;
	uint16_t any;		/* results of the machine's own, a bit each */
	char name[24];
	uint64_t args[HCALL_REGS];
};

static const struct row rows[] = {
#define COUNT(...)	(sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)
#define HAS(call, any, name, ...) \
	{ call, CALL, COUNT(__VA_ARGS__), 0, any, name, { __VA_ARGS__ } },
#define ASKS(token, any, name, nrets, ...) \
	{ token, ASK, COUNT(__VA_ARGS__), nrets, any, name, { __VA_ARGS__ } },
#define WORD(gpa, word)	{ 0, STORE, 4, 0, 0, "", { gpa, word } },
#define LONG(gpa, word)	{ 0, STORE, 8, 0, 0, "", { gpa, word } },
#define SOON		{ 0, DECREMENTER, 0, 0, 0, "", { 0 } },
#include "tests/guest/platform.def"
};

static uint8_t load8(uint64_t gpa)
{
	return *(volatile uint8_t *)gpa;
}

static void store8(uint64_t gpa, uint8_t value)
{
	*(volatile uint8_t *)gpa = value;
}

static void fill(void)
{
	for (uint64_t at = 0; at < AREA_END - AREA; at += 8) {
		uint64_t word = (AREA + at) * 0x0123456789abcdefull +
				0x0102030405060708ull;

		store64(AREA + at, word);
		store64(SHADOW + at, word);
	}
}

static void store(const struct row *row)
{
	uint64_t gpa = row->args[0];

	if (row->n == 4)
		store32(gpa, row->args[1]);
	else
		store64(gpa, row->args[1]);
	if (gpa >= AREA && gpa < AREA_END)
		store64(gpa - AREA + SHADOW, load64(gpa & ~7ull));
}

/* The first that have changed, and a sum if there are more. */
static void put_memory(void)
{
	uint64_t sum = 0xcbf29ce484222325ull, n = 0;

	for (uint64_t at = 0; at < AREA_END - AREA; at += 8) {
		uint64_t word = load64(AREA + at);

		if (word == load64(SHADOW + at))
			continue;
		sum = (sum ^ word ^ at) * 0x100000001b3ull;
		if (n++ >= SHOWN)
			continue;
		put(" +");
		put_hex(at);
		put("=");
		put_hex(word);
	}
	if (n <= SHOWN)
		return;
	put(" changed=");
	put_number(n);
	put(" sum=");
	put_hex(sum);
}

static void put_result(const struct row *row, unsigned int i, uint64_t value)
{
	if (row->any & 1 << i)
		put("any");
	else
		put_hex(value);
}

static void call(const struct row *row)
{
	uint64_t regs[HCALL_REGS], args[HCALL_REGS];

	for (unsigned int i = 0; i < HCALL_REGS; i++)
		regs[i] = args[i] = i < row->n ? row->args[i] : FILLER + i;
	put_return(hcall(row->number, regs));
	for (unsigned int i = 0; i < HCALL_REGS; i++) {
		if (regs[i] == args[i] && !(row->any & 1 << i))
			continue;
		put(" r");
		put_number(i + 4);
		put("=");
		put_result(row, i, regs[i]);
	}
}

/* A cell behind the results must stay as it is, too. */
static void ask(const struct row *row)
{
	uint64_t rets = BLOCK + 12 + 4 * row->n;
	int64_t ret;

	store32(BLOCK, row->number);
	store32(BLOCK + 4, row->n);
	store32(BLOCK + 8, row->nrets);
	for (unsigned int i = 0; i < row->n; i++)
		store32(BLOCK + 12 + 4 * i, row->args[i]);
	for (unsigned int i = 0; i < CELLS; i++)
		store32(rets + 4 * i, CELL);
	ret = rtas(BLOCK);
	if (ret) {
		put_return(ret);
		put(" status=");
	} else {
		put(" ret=");
	}
	put_number((int32_t)load32(rets));
	for (unsigned int i = 1; i < CELLS; i++) {
		uint32_t cell = load32(rets + 4 * i);

		if (cell == CELL)
			continue;
		put(" cell");
		put_number(i);
		put("=");
		put_result(row, i, cell);
	}
}

static void put_msr(void)
{
	uint64_t msr;

	asm volatile("mfmsr %0" : "=r"(msr));
	interrupts_off();
	if (msr & MSR_EE)
		put(" ee");
}

/* Before the next call. */
static void prepare(const struct row *row)
{
	if (row->kind == STORE)
		store(row);
	else
		asm volatile("mtdec %0" : : "r"(SOON_TICKS));
}

static void run(const struct row *row)
{
	if (row->kind >= STORE) {
		prepare(row);
		return;
	}
	put("GUEST answer=");
	if (row->kind == CALL)
		put_call(row->number);
	else
		put_rtas_name(row->number);
	put("/");
	put(row->name);
	if (row->kind == CALL)
		call(row);
	else
		ask(row);
	put_msr();
	if (!(row->any & MEMORY))
		put_memory();
	put("\n");
	fill();
}

/* --- client architecture support: what the machine offers is chosen */

#define VECTORS		(AREAS + 0x200000)
#define NEW_TREE	(AREAS + 0x210000)
#define NEW_TREE_SIZE	0x100000
#define PVR_POWER10	0xffff0000, 0x00800000
#define PVR_3_10	0xffffffff, 0x0f000006
#define PVR_3_00	0xffffffff, 0x0f000005
#define PVR_2_07	0xffffffff, 0x0f000004
#define PVR_END		0, 0xffffffff
#define VECTOR_5	26

/* A byte of option vector 5 that has it, or 0. */
static uint8_t offered(uint8_t byte)
{
	uint64_t at = find_property("ibm,arch-vec-5-platform-support");

	for (uint64_t end = at ? at + load32(at - 8) : 0; at < end; at += 2)
		if (load8(at) == byte)
			return load8(at + 1);
	return 0;
}

/* One that is offered alone, or of both the newer one. */
static uint8_t newer(uint8_t byte)
{
	return offered(byte) & 0xc0 ? 0x40 : 0;
}

static void choose(void)
{
	static const uint32_t processors[] = {
		PVR_POWER10, PVR_3_10, PVR_3_00, PVR_2_07, PVR_END
	};
	uint8_t vector[VECTOR_5 + 1] = { VECTOR_5 - 1 };
	uint64_t at = VECTORS;

	for (unsigned int i = 0; i < ARRAY_SIZE(processors); i++, at += 4)
		store32(at, processors[i]);
	store8(at++, 5 - 1);
	/* The first, of architectures, has four bytes, and the next one. */
	store8(at++, 4 - 1);
	for (unsigned int i = 0; i < 4; i++)
		store8(at++, i ? 0xff : 0);
	for (unsigned int i = 2; i < 5; i++) {
		store8(at++, 1 - 1);
		store8(at++, 0);
	}
	vector[23] = newer(23);
	vector[24] = newer(24);
	vector[26] = offered(26);
	for (unsigned int i = 0; i < sizeof(vector); i++)
		store8(at++, vector[i]);
	put("GUEST answer=H_CAS/choice");
	put_return(HCALL_OF(H_CAS, VECTORS, NEW_TREE, NEW_TREE_SIZE));
	put(" interrupts=");
	put_hex(vector[23]);
	put(" mmu=");
	put_hex(vector[24]);
	put("\n");
}

/* --- what a processor is started with */

#define FDT_MAGIC	0xd00dfeed
#define SECOND_R3	0x12345678

static void put_noted(const char *cpu, const char *name, uint64_t value)
{
	put("GUEST answer=");
	put(cpu);
	put("/");
	put(name);
	put(" value=");
	if (value && value < MEMORY_END && load32(value) == FDT_MAGIC)
		put("tree");
	else
		put_hex(value);
	put("\n");
}

static void put_state(const char *cpu, uint64_t place)
{
	static const char names[][8] = {
#define NAME(name, n) #name,
		STATE_SPRS(NAME) "MSR", "CR"
	};
	char general[4] = "r";
	uint64_t at = place << 16;

	for (unsigned int i = 0; i < 32; i++, at += 8) {
		general[1] = '0' + (i < 10 ? i : i / 10);
		general[2] = i < 10 ? '\0' : '0' + i % 10;
		put_noted(cpu, general, load64(at));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++, at += 8)
		put_noted(cpu, names[i], load64(at));
}

/* Starts it, and goes on when it has stopped itself again. */
static void run_second(void)
{
	static const uint32_t start[] = { 1, SECOND_START, SECOND_R3 };
	static const uint32_t query[] = { 1 };
	uint64_t block = (SECOND_STATE << 16) + STOP_SELF;

	store32(block, RTAS_stop_self);
	store32(block + 4, 0);
	store32(block + 8, 1);
	put("GUEST answer=second/start value=");
	put_number(rtas_call(RTAS_start_cpu, 3, 1, start, 0));
	put("\n");
	while (rtas_call(RTAS_query_cpu_stopped_state, 1, 2, query, 1))
		;
}

/* --- traces that a reset removes, and lives between which there is one */

#define LIFE		0x8000	/* in non-volatile memory */
#define LAST_LIFE	2

static uint32_t life_rtas(uint32_t token, uint32_t value)
{
	const uint32_t args[] = { LIFE, AREAS, 1 };

	store8(AREAS, value);
	rtas_call(token, 3, 2, args, 0);
	return load8(AREAS);
}

static bool has_lives(void)
{
	uint64_t at = find_property("bootargs");

	return at && load8(at) == 'l';
}

/* The second processor, and it does not stop. */
static void leave_second(void)
{
	static const uint32_t start[] = { 1, LEAVE_TRACES, 0 };

	store64(TRACES_LEFT, 0);
	put("GUEST answer=second/traces value=");
	put_number(rtas_call(RTAS_start_cpu, 3, 1, start, 0));
	put("\n");
	while (!load64(TRACES_LEFT))
		;
}

static void end_life(uint32_t life)
{
	uint64_t block = 0;

	leave_second();
	if (life == LAST_LIFE)
		return;
	life_rtas(RTAS_nvram_store, life + 1);
	if (life == 0) {
		block = BLOCK;
		store32(block, RTAS_system_reboot);
		store32(block + 4, 0);
		store32(block + 8, 1);
	} else {
		put("GUEST wait=reset\n");
	}
	asm volatile("mr 3,%0; mtctr %1; bctr"
		     : : "r"(block), "r"((uint64_t)LEAVE_TRACES)
		     : "r3", "ctr", "memory");
}

void guest_main(void)
{
	uint32_t life = has_lives() ? life_rtas(RTAS_nvram_fetch, 0) :
				      LAST_LIFE;

	put("GUEST life=");
	put_number(life);
	put("\n");
	put_state("boot", BOOT_STATE);
	run_second();
	put_state("second", SECOND_STATE);
	choose();
	fill();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		run(&rows[i]);
	end_life(life);
}
