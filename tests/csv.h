/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts in tests/data, tables with a head, for tests to compare with. */
#ifndef TESTS_CSV_H
#define TESTS_CSV_H

#include <stdbool.h>
#include <stddef.h>

#define CSV_ROWS 300
#define CSV_COLUMNS 20

/* A CSV file in memory; row 0 is the head. */
struct csv {
	char *text;
	char *cell[CSV_ROWS][CSV_COLUMNS];
	size_t rows;
};

/* Reads tests/data/@name; the test fails if it cannot. */
struct csv *csv_load(const char *name);
void csv_free(struct csv *csv);

/* The cell of a row in the column of that name. */
const char *csv_get(const struct csv *csv, size_t row, const char *column);

/* Whether it is "y". */
bool csv_yes(const struct csv *csv, size_t row, const char *column);

#endif
