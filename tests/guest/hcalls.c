/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes every hypercall of the catalogue once, with arguments that do no
 * harm, and prints what came back:
 *
 *	GUEST hcall=H_READ ret=0 changed=r4,r5 extra=none
 *	GUEST skip=H_JOIN
 *
 * extra are those changed registers that are none of the call's results.
 */
#include "tests/guest/guest.h"

/* What registers hold that have no other value: not a good argument. */
#define FILLER		0x5a5a000000000000ull
#define NOBODY		0x7fffffffull

#define WAKE_TICKS	0x100000

struct row {
	uint32_t number;
	uint32_t results;
	char name[36];
};

/* The second call of a number is not here: nobody can make it. */
static const struct row rows[] = {
#define ARG(kind, name)	+ 1
#define KEEP		+ 1
#define UNSPECIFIED	+ HCALL_REGS
#define HCALL(name, number, set, in, out) { number, 0 out, #name },
#define HCALL_COLLIDES(name, number, set, in, out)
#include "hcalls/hcalls.def"
};

/*
 * Arguments where zeros would do something, or would not reach the code that
 * is of interest.
 */
static const struct special {
	uint32_t number;
	uint64_t args[4];
} specials[] = {
	{ H_CONFER, { ~0ull } },		/* to nobody in particular */
	{ H_IPI, { 0, 0xff } },			/* no interrupt, please */
	{ H_SET_XDABR, { 0, 3 } },
	{ H_SIGNAL_SYS_RESET, { NOBODY } },
	{ H_RTAS, { SCRATCH } },		/* see rtas_block() */
};

/*
 * Calls that are not made:
 * H_JOIN	stops the processor until another one prods it
 */
static const uint32_t skipped[] = { H_JOIN };

static bool is_skipped(uint32_t number)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(skipped); i++)
		if (skipped[i] == number)
			return true;
	return false;
}

static void set_args(uint32_t number, uint64_t *regs)
{
	for (unsigned int i = 0; i < HCALL_REGS; i++)
		regs[i] = i < 4 ? 0 : FILLER + i;
	for (unsigned int i = 0; i < ARRAY_SIZE(specials); i++)
		for (unsigned int j = 0;
		     j < 4 && specials[i].number == number; j++)
			regs[j] = specials[i].args[j];
}

static void put_changed(const uint64_t *before, const uint64_t *after,
			unsigned int first)
{
	const char *comma = "";

	for (unsigned int i = first; i < HCALL_REGS; i++) {
		if (before[i] == after[i])
			continue;
		put(comma);
		put("r");
		put_number(i + 4);
		comma = ",";
	}
	if (!*comma)
		put("none");
}

static void call(const struct row *row)
{
	uint64_t before[HCALL_REGS], after[HCALL_REGS];
	int64_t ret;

	set_args(row->number, before);
	set_args(row->number, after);
	/* The only one that waits: until then, if nobody answers it. */
	asm volatile("mtdec %0" : : "r"(WAKE_TICKS));
	ret = hcall(row->number, after);
	interrupts_off();
	put("GUEST hcall=");
	put(row->name);
	put(" ret=");
	put_number(ret);
	put(" changed=");
	put_changed(before, after, 0);
	put(" extra=");
	put_changed(before, after, row->results);
	put("\n");
}

/* An RTAS call that nobody knows, to see where it arrives. */
static void rtas_block(void)
{
	store32(SCRATCH, 0xffff);
	store32(SCRATCH + 4, 0);
	store32(SCRATCH + 8, 1);
	store32(SCRATCH + 12, 0);
}

void guest_main(void)
{
	rtas_block();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!is_skipped(rows[i].number)) {
			call(&rows[i]);
			continue;
		}
		put("GUEST skip=");
		put(rows[i].name);
		put("\n");
	}
}
