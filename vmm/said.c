/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "vmm/said.h"

static const char before[] = "EXIT: STATUS=";

/* Digits and nothing else, an odd number: false if @text is not that. */
static bool read_number(const char *text, uint64_t *number)
{
	*number = 0;
	for (; *text >= '0' && *text <= '9'; text++)
		*number = *number * 10 + (*text - '0');
	return !*text && *number % 2;
}

static void take_line(struct said *said)
{
	const size_t skip = sizeof(before) - 1;
	uint64_t number;

	if (said->len == sizeof(said->line))
		return;
	if (said->len && said->line[said->len - 1] == '\r')
		said->len--;
	said->line[said->len] = '\0';
	if (said->is_there || strncmp(said->line, before, skip) ||
	    !read_number(said->line + skip, &number))
		return;
	said->is_there = true;
	said->status = number / 2;
}

void said_take(struct said *said, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			take_line(said);
			said->len = 0;
		} else if (said->len < sizeof(said->line)) {
			said->line[said->len++] = bytes[i];
		}
	}
}
