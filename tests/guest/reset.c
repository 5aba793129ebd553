/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks whether the machine is as new, leaves its traces everywhere, and
 * reboots, 200 times; then it stays, to be looked at itself. Run with two
 * processors and --on-reboot reset:
 *
 *	GUEST bad=none
 *
 * Nothing in memory outlives a reset, so the count is in the time of day: a
 * month later each time.
 */
#include "tests/guest/guest.h"

#define ROUNDS		200
#define FIRST_YEAR	2100
#define MONTHS		12

#define TRACES		0x1800000ull
#define TRACES_LEN	0x10000
#define TRACE		0x7472616365000000ull
#define SPIN		0x3000		/* where the second processor stays */
#define PARAMETER_ERROR	(-3)
#define STOPPED		0

static bool bad;

static void complain(const char *what, int64_t value)
{
	put(bad ? " " : "GUEST bad=");
	put(what);
	put("(");
	put_number(value);
	put(")");
	bad = true;
}

static unsigned int round_of(void)
{
	unsigned int year = rtas_call(RTAS_get_time_of_day, 0, 8, 0, 1);
	unsigned int month = load32(SCRATCH + 12 + 4 * 2);

	return year < FIRST_YEAR ? 0 :
	       (year - FIRST_YEAR) * MONTHS + month - 1;
}

static void set_round(unsigned int n)
{
	const uint32_t args[] = {
		FIRST_YEAR + n / MONTHS, n % MONTHS + 1, 1, 0, 0, 0, 0
	};

	rtas_call(RTAS_set_time_of_day, 7, 1, args, 0);
}

static void look(void)
{
	const uint32_t second[] = { 1 };
	int32_t r;

	for (uint64_t at = 0; at < TRACES_LEN && !bad; at += 8)
		if (load64(TRACES + at))
			complain("memory", at);
	r = rtas_call(RTAS_ibm_nmi_interlock, 0, 1, 0, 0);
	if (r != PARAMETER_ERROR)
		complain("registered", r);
	r = rtas_call(RTAS_query_cpu_stopped_state, 1, 2, second, 1);
	if (r != STOPPED)
		complain("processor", r);
}

static void leave_traces(void)
{
	const uint32_t handlers[] = { 0x100, 0x200 };
	const uint32_t start[] = { 1, SPIN, 0 };
	int32_t r;

	for (uint64_t at = 0; at < TRACES_LEN; at += 8)
		store64(TRACES + at, TRACE | at);
	r = rtas_call(RTAS_ibm_nmi_register, 2, 1, handlers, 0);
	if (r)
		complain("register", r);
	store32(SPIN, 0x48000000);	/* b . */
	r = rtas_call(RTAS_start_cpu, 3, 1, start, 0);
	if (r)
		complain("start", r);
	r = HCALL_OF(H_SET_MODE, 1, 4, 0, 0);	/* interrupts little-endian */
	if (r)
		complain("mode", r);
}

void guest_main(void)
{
	unsigned int n = round_of();

	look();
	leave_traces();
	put(bad ? "\n" : "GUEST bad=none\n");
	if (n < ROUNDS) {
		set_round(n + 1);
		rtas_call(RTAS_system_reboot, 0, 1, 0, 0);
	}
	for (;;)
		;
}
