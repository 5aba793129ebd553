/* SPDX-License-Identifier: BSD-2-Clause */
#include "hcalls/nearest.h"

#include <ctype.h>
#include <string.h>

/* No name is near this long; what is longer is no misspelt name. */
#define LONGEST 64

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int differ(char a, char b)
{
	return tolower((unsigned char)a) != tolower((unsigned char)b);
}

/*
 * How many letters to insert, delete or change to make @b of @a (Levenshtein),
 * upper and lower case being the same. Both are at most LONGEST long.
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[LONGEST + 1];
	size_t b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++)
		row[j] = (unsigned int)j;

	for (size_t i = 0; a[i]; i++) {
		unsigned int corner = row[0];

		row[0] = (unsigned int)i + 1;
		for (size_t j = 0; j < b_len; j++) {
			unsigned int change = corner + differ(a[i], b[j]);

			corner = row[j + 1];
			row[j + 1] = min(change, min(corner, row[j]) + 1);
		}
	}
	return row[b_len];
}

const char *nearest_name(const char *wanted, name_at_fn *name_at)
{
	const char *best = NULL, *name;
	unsigned int least;

	if (strlen(wanted) > LONGEST)
		return NULL;

	/* A third of the letters wrong is still a hint, but not more. */
	least = 2 + (unsigned int)strlen(wanted) / 3;
	for (size_t i = 0; (name = name_at(i)); i++) {
		unsigned int d = distance(wanted, name);

		if (d < least) {
			least = d;
			best = name;
		}
	}
	return best;
}
