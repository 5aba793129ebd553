/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is switched on at the time it asks for, or suspends itself, as
 * its command line says:
 *
 *	off N		powers off, and is to be switched on in an hour; then in
 *			N seconds, at most 59; then never
 *	suspend		suspends itself twice, with its second processor asleep
 *			in H_JOIN
 *
 *	GUEST life=1 alarm=0
 *	GUEST life=2 alarm=0
 *	GUEST life=3 in-time=1
 *
 *	GUEST suspends
 *	GUEST awake status=0 join=0
 *	GUEST suspends
 *	GUEST awake status=0 join=0
 *	GUEST reset second-stopped=1
 *
 * The last line is that of one who was reset while it was suspended for the
 * second time.  Nothing in memory outlives a reset, so the time of day says
 * which life it is.
 */
#include "tests/guest/smp.h"

#define SECOND_LIFE	2100	/* the year */
#define THIRD_LIFE	2101

#define MAILBOX		(SCRATCH + 0x10000)
#define RTAS_BLOCK	(SCRATCH + 0x20000)
#define SECOND_STACK	(SCRATCH + 0x38000)

#define MULTIPLE_ACTIVE	(-9005)
#define NOT_YET		1

/* In the order of set-time-of-day. */
enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, NANOSECOND, DATE };

static uint32_t now(unsigned int part)
{
	return rtas_call(RTAS_get_time_of_day, 0, 8, 0, 1 + part);
}

static int32_t set_time(uint32_t token, uint32_t year, uint32_t hour,
			uint32_t second)
{
	const uint32_t date[DATE] = {
		[YEAR] = year, [MONTH] = 1, [DAY] = 1, [HOUR] = hour,
		[SECOND] = second,
	};

	return rtas_call(token, DATE, 1, date, 0);
}

static void power_off(void)
{
	const uint32_t masks[] = { ~0u, ~0u };

	rtas_call(RTAS_power_off, 2, 1, masks, 0);
	for (;;)
		;
}

/* The year begins, and the alarm is in it; nothing comes in between. */
static void sleep_until(uint32_t year, uint32_t hour, uint32_t second)
{
	put(year == SECOND_LIFE ? "GUEST life=1" : "GUEST life=2");
	set_time(RTAS_set_time_of_day, year, 0, 0);
	put(" alarm=");
	put_number(set_time(RTAS_set_time_for_power_on, year, hour, second));
	put("\n");
	power_off();
}

static void be_switched_on(uint32_t seconds)
{
	uint32_t year = now(YEAR);

	if (year < SECOND_LIFE)
		sleep_until(SECOND_LIFE, 1, 0);
	if (year < THIRD_LIFE)
		sleep_until(THIRD_LIFE, 0, seconds);
	put("GUEST life=3 in-time=");
	put_number(now(SECOND) >= seconds || now(MINUTE));
	put("\n");
	power_off();
}

/* What H_JOIN of the second processor was answered, or NOT_YET. */
static volatile int64_t *const joined = (volatile int64_t *)MAILBOX;

void second_c(void)
{
	*joined = HCALL_OF(H_JOIN, 0);
	asm volatile("sync" : : : "memory");
	store32(RTAS_BLOCK, RTAS_stop_self);
	store32(RTAS_BLOCK + 4, 0);
	store32(RTAS_BLOCK + 8, 1);
	rtas(RTAS_BLOCK);
}

/* As soon as it has stopped. */
static void start_other(void)
{
	uint32_t start[] = { 1, 0, SECOND_STACK };
	uint64_t entry;

	/* Not in a table: data must not hold addresses. */
	asm volatile("mr %0, %1" : "=r"(entry) : "r"(start_second));
	start[1] = entry;
	while (rtas_call(RTAS_start_cpu, 3, 1, start, 0))
		;
}

/* The other one is asleep when it is not active any more. */
static void suspend(void)
{
	int32_t status;

	*joined = NOT_YET;
	start_other();
	put("GUEST suspends\n");
	do
		status = rtas_call(RTAS_ibm_suspend_me, 0, 1, 0, 0);
	while (status == MULTIPLE_ACTIVE);
	put("GUEST awake status=");
	put_number(status);
	if (*joined == NOT_YET)
		HCALL_OF(H_PROD, 1);
	while (*joined == NOT_YET)
		;
	put(" join=");
	put_number(*joined);
	put("\n");
}

static void be_suspended(void)
{
	const uint32_t second[] = { 1 };

	if (now(YEAR) >= SECOND_LIFE) {
		put("GUEST reset second-stopped=");
		put_number(!rtas_call(RTAS_query_cpu_stopped_state, 1, 2,
				      second, 1));
		put("\n");
		return;
	}
	suspend();
	set_time(RTAS_set_time_of_day, SECOND_LIFE, 0, 0);
	suspend();
}

void guest_main(void)
{
	const volatile char *args = (void *)find_property("bootargs");
	uint32_t n = 0;

	if (!args || args[0] != 'o') {
		be_suspended();
		return;
	}
	for (args += sizeof("off"); *args >= '0' && *args <= '9'; args++)
		n = n * 10 + *args - '0';
	be_switched_on(n);
}
