/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dates.  The C library's gmtime_r() and timegm() take a lock, and the first of
 * them reads a file and keeps its name on the heap: nothing for a guest's call.
 */
#ifndef SPAPR_DATE_H
#define SPAPR_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Months and days begin with 1. */
struct date {
	uint32_t year;
	uint32_t month;
	uint32_t day;
};

/* @days since 1970-01-01. */
struct date date_of_days(uint32_t days);

/* From 1970 on; false of what is no date, as the 31st of February. */
bool date_to_days(const struct date *date, uint32_t *days);

#endif
