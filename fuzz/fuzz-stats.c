/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statistics that another program sends: any JSON becomes tables that a
 * terminal can show.  Two lines are two answers, for papr top.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tools/top-rows.h"
#include "vmm/stats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void print(const json_t *before, const json_t *now)
{
	static struct top_row rows[TOP_MAX];
	size_t len, n = top_rows(before, now, TOP_BY_TIME, rows);
	char *text = NULL;
	FILE *to = open_memstream(&text, &len);

	check(to && n <= TOP_MAX);
	stats_text(to, now);
	top_print(to, rows, n, 24, 80, "\n");
	fclose(to);
	for (size_t i = 0; i < len; i++)
		check(text[i] == '\n' || (text[i] >= ' ' && text[i] < 0x7f));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	const char *end = memchr(bytes, '\n', size);
	size_t first = end ? (size_t)(end - bytes) : size;
	json_t *before = json_loadb(bytes, first, JSON_REJECT_DUPLICATES, NULL);
	json_t *now = end ? json_loadb(end + 1, size - first - 1,
				       JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (before || now)
		print(before, now ? now : before);
	json_decref(before);
	json_decref(now);
	return 0;
}
