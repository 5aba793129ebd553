/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifndef TEST_DATA
#define TEST_DATA "tests/data"	/* for a compiler run by hand, at the top */
#endif

#define FILE_MAX (1 << 16)

/* One cell: unquotes in place, returns what follows and in @end which. */
static char *csv_cell(char *from, char *end)
{
	bool quoted = *from == '"';
	char *to = from;

	if (quoted)
		from++;
	while (*from && *from != '\n' && (quoted || *from != ',')) {
		if (quoted && *from == '"' && *++from != '"') {
			quoted = false;
			continue;
		}
		*to++ = *from++;
	}
	*end = *from;
	if (*from)
		from++;
	*to = '\0';
	return from;
}

static void csv_parse(struct csv *csv)
{
	char *at = csv->text;

	while (*at) {
		size_t column = 0;
		char end = ',';

		assert_in_range(csv->rows, 0, CSV_ROWS - 1);
		while (end == ',') {
			assert_in_range(column, 0, CSV_COLUMNS - 1);
			csv->cell[csv->rows][column] = at;
			/* The quote, if any, is overwritten by the text. */
			at = csv_cell(at, &end);
			column++;
		}
		csv->rows++;
	}
}

struct csv *csv_load(const char *name)
{
	struct csv *csv = calloc(1, sizeof(*csv));
	char path[4096];
	FILE *file;
	size_t len;

	assert_non_null(csv);
	snprintf(path, sizeof(path), "%s/%s", TEST_DATA, name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("cannot read %s", path);
	csv->text = calloc(1, FILE_MAX);
	assert_non_null(csv->text);
	len = fread(csv->text, 1, FILE_MAX - 1, file);
	fclose(file);
	assert_in_range(len, 1, FILE_MAX - 2);
	csv_parse(csv);
	return csv;
}

const char *csv_get(const struct csv *csv, size_t row, const char *column)
{
	for (size_t i = 0; csv->cell[0][i]; i++)
		if (!strcmp(csv->cell[0][i], column))
			return csv->cell[row][i];
	fail_msg("no column %s", column);
	return NULL;
}

bool csv_yes(const struct csv *csv, size_t row, const char *column)
{
	return csv_get(csv, row, column)[0] == 'y';
}

void csv_free(struct csv *csv)
{
	free(csv->text);
	free(csv);
}
