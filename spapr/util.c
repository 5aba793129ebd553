/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "spapr/util.h"

const char *papr_version(void)
{
	return PACKAGE_VERSION;
}

int error_set(struct papr_error *error, int err, const char *fmt, ...)
{
	va_list ap;

	if (!error)
		return err;
	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	return err;
}

void line_add(struct line *line, const char *fmt, ...)
{
	bool room = line->len < line->size;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? line->text + line->len : NULL,
		      room ? line->size - line->len : 0, fmt, ap);
	va_end(ap);
	if (n > 0)
		line->len += n;
}

static bool all_zero(const uint8_t *p, size_t len)
{
	while (len--)
		if (*p++)
			return false;
	return true;
}

int sized_copy(void *to, size_t to_size, const void *from)
{
	size_t size;

	memcpy(&size, from, sizeof(size));
	if (size < sizeof(size))
		return -EINVAL;
	if (size > to_size) {
		if (!all_zero((const uint8_t *)from + to_size, size - to_size))
			return -E2BIG;
		size = to_size;
	}
	memset(to, 0, to_size);
	memcpy(to, from, size);
	return 0;
}

int sized_fill(void *to, const void *from, size_t from_size)
{
	size_t size;

	memcpy(&size, to, sizeof(size));
	if (size < sizeof(size))
		return -EINVAL;
	if (size > from_size)
		memset((uint8_t *)to + from_size, 0, size - from_size);
	memcpy((uint8_t *)to + sizeof(size),
	       (const uint8_t *)from + sizeof(size),
	       (size < from_size ? size : from_size) - sizeof(size));
	return 0;
}
