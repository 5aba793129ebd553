/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr top shows: the difference of two answers of papr-stats. */
#ifndef TOOLS_TOP_ROWS_H
#define TOOLS_TOP_ROWS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

/* Many more than there are calls. */
#define TOP_MAX 512

/* All but @name, @mean_ns and @p99_ns per second. */
struct top_row {
	char name[48];
	double user;		/* that came to userspace */
	double kernel;
	bool kernel_known;
	double errors;
	double busy_ns;		/* in userspace */
	bool timed;
	uint64_t mean_ns;
	uint64_t p99_ns;	/* since measuring began */
};

enum top_order { TOP_BY_CALLS, TOP_BY_TIME };

/*
 * Calls that were made in between, in the order wanted; up to TOP_MAX of them.
 * None if no time has passed, or if @before is NULL.
 */
size_t top_rows(const json_t *before, const json_t *now, enum top_order order,
		struct top_row *rows);

/*
 * A head line and under it as many @rows as fit;
 * @lines, @columns 0 for no limit.  Each line ends with @end.
 */
void top_print(FILE *to, const struct top_row *rows, size_t n,
	       unsigned int lines, unsigned int columns, const char *end);

#endif
