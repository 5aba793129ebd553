/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/date.h"

/* Years begin in March here, so that the leap day is the last. */
#define DAYS_TO_1970	719468u
#define DAYS_IN_400	146097u

struct date date_of_days(uint32_t days)
{
	uint32_t since = days + DAYS_TO_1970, era = since % DAYS_IN_400;
	uint32_t year = (era - era / 1460 + era / 36524 - era / 146096) / 365;
	uint32_t day = era - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * day + 2) / 153;

	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	year += since / DAYS_IN_400 * 400 + (month <= 2);
	return (struct date){ .year = year, .month = month, .day = day + 1 };
}

bool date_to_days(const struct date *date, uint32_t *days)
{
	uint32_t year = date->year - (date->month <= 2), month;
	struct date back;

	if (date->year < 1970 || date->year > 9999 || date->month > 12)
		return false;
	month = date->month <= 2 ? date->month + 9 : date->month - 3;
	*days = 365 * year + year / 4 - year / 100 + year / 400 +
		(153 * month + 2) / 5 + date->day - 1 - DAYS_TO_1970;
	back = date_of_days(*days);
	return back.year == date->year && back.month == date->month &&
	       back.day == date->day;
}
