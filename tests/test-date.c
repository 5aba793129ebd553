/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates, against the C library's. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "spapr/date.h"
#include "spapr/util.h"

#define DAY_S 86400
/* The last day of the year 9999. */
#define LAST_DAY 2932896u

static void each_day_has_the_c_librarys_date_and_back(void **state)
{
	struct date date;
	uint32_t day, back;
	time_t seconds;
	struct tm tm;

	(void)state;
	for (day = 0; day <= LAST_DAY; day++) {
		seconds = (time_t)day * DAY_S;
		gmtime_r(&seconds, &tm);
		date = date_of_days(day);
		if (date.year != tm.tm_year + 1900u ||
		    date.month != tm.tm_mon + 1u ||
		    date.day != (uint32_t)tm.tm_mday)
			fail_msg("day %u is %u-%u-%u", day, date.year,
				 date.month, date.day);
		if (!date_to_days(&date, &back) || back != day)
			fail_msg("%u-%u-%u is not day %u", date.year,
				 date.month, date.day, day);
	}
}

static void what_is_no_date_is_refused(void **state)
{
	static const struct date wrong[] = {
		{ 1969, 12, 31 },
		{ 10000, 1, 1 },
		{ 0, 1, 1 },
		{ UINT32_MAX, 12, 31 },
		{ 2020, 0, 1 },
		{ 2020, 13, 1 },
		{ 2020, UINT32_MAX, 1 },
		{ 1970, 1, 0 },
		{ 2020, 1, 0 },
		{ 2020, 1, 32 },
		{ 2020, 1, UINT32_MAX },
		{ 2020, 4, 31 },
		{ 2020, 2, 30 },
		{ 2021, 2, 29 },
		{ 2100, 2, 29 },
	};
	uint32_t days;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (date_to_days(&wrong[i], &days))
			fail_msg("%u-%u-%u is day %u", wrong[i].year,
				 wrong[i].month, wrong[i].day, days);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_has_the_c_librarys_date_and_back),
		cmocka_unit_test(what_is_no_date_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
