/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lives twice, with --on-reboot reset.  A watchdog ends the first life; in the
 * second one sends a system reset, and another powers off:
 *
 *	GUEST life=1 bad=none
 *	GUEST life=2 bad=none
 *
 * Waits for a watchdog as long as it takes.  Nothing in memory outlives a
 * reset, so the time of day says which life it is.
 */
#include "tests/guest/guest.h"

#define START	0x100ull
#define STOP	0x200ull
#define QUERY	0x300ull
#define OFF	1ull
#define RESTART	2ull
#define DUMP	3ull
#define ALL	UINT64_MAX
#define SOON_MS	50ull
#define HOUR_MS	3600000ull

#define H_NOOP	(-63)

#define SECOND_LIFE	2100	/* the year */
#define RESET_VECTOR	0x100
#define WAS_RESET	0x3000

static bool bad;

static int64_t dog(uint64_t flags, uint64_t number, uint64_t timeout_ms)
{
	return HCALL_OF(H_WATCHDOG, flags, number, timeout_ms);
}

static void expect(const char *what, int64_t got, int64_t expected)
{
	if (got == expected)
		return;
	put(bad ? " " : "GUEST bad=");
	put(what);
	put("(");
	put_number(got);
	put(")");
	bad = true;
}

static unsigned int year(void)
{
	store32(SCRATCH, RTAS_get_time_of_day);
	store32(SCRATCH + 4, 0);
	store32(SCRATCH + 8, 8);
	rtas(SCRATCH);
	return load32(SCRATCH + 16);
}

static void set_year(uint32_t value)
{
	const uint32_t args[] = { value, 1, 1, 0, 0, 0, 0 };

	store32(SCRATCH, RTAS_set_time_of_day);
	store32(SCRATCH + 4, ARRAY_SIZE(args));
	store32(SCRATCH + 8, 1);
	for (unsigned int i = 0; i < ARRAY_SIZE(args); i++)
		store32(SCRATCH + 12 + 4 * i, args[i]);
	rtas(SCRATCH);
}

static void live(unsigned int n)
{
	put(bad ? "\n" : n == 1 ? "GUEST life=1 bad=none\n" :
				  "GUEST life=2 bad=none\n");
}

static void first_life(void)
{
	uint64_t r[HCALL_REGS] = { QUERY };

	expect("query", hcall(H_WATCHDOG, r), 0);
	expect("capabilities", r[0], 1ll << 48 | 4ll << 32);
	expect("start", dog(START | OFF, 1, HOUR_MS), 0);
	expect("again", dog(START | OFF, 1, HOUR_MS), 0);
	expect("stop", dog(STOP, 1, 0), 0);
	expect("stopped", dog(STOP, 1, 0), H_NOOP);
	expect("outlives", dog(START | OFF, 3, HOUR_MS), 0);
	live(1);
	set_year(SECOND_LIFE);
	dog(START | RESTART, 2, SOON_MS);
	for (;;)
		;
}

/* Says so where the program finds it, and goes back. */
static void catch_resets(void)
{
	static const uint32_t code[] = {
		0x7c7143a6,	/* mtsprg 1,r3 */
		0x38600001,	/* li r3,1 */
		0x90603004,	/* stw r3,WAS_RESET+4(0) */
		0x7c7142a6,	/* mfsprg r3,1 */
		0x4c000024,	/* rfid */
	};

	copy_code(RESET_VECTOR, code, code + ARRAY_SIZE(code));
	asm volatile("mtmsrd %0,1" : : "r"(2ull));	/* MSR[RI] */
}

static void second_life(void)
{
	expect("reset", dog(STOP, ALL, 0), H_NOOP);
	catch_resets();
	dog(START | DUMP, 1, SOON_MS);
	while (!load64(WAS_RESET))
		;
	live(2);
	dog(START | OFF, 4, SOON_MS);
	for (;;)
		;
}

void guest_main(void)
{
	if (year() < SECOND_LIFE)
		first_life();
	second_life();
}
