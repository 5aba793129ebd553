/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of an error log as text, and back. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fwnmi/elog.h"
#include "spapr/util.h"

static uint64_t row_value(const struct elog_row *row, const uint8_t *part)
{
	return elog_get(part, row - elog_rows);
}

void elog_hex_text(const uint8_t *bytes, size_t len, char *text)
{
	*text = '\0';
	while (len--)
		text += sprintf(text, "%02x", *bytes++);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int elog_hex_parse(const char *text, uint8_t *bytes, size_t room)
{
	size_t n = 0;

	for (; *text; text += 2, n++) {
		int high = digit(text[0]);
		int low = high < 0 ? -1 : digit(text[1]);

		if (low < 0 || n == room)
			return -EINVAL;
		bytes[n] = high << 4 | low;
	}
	return n;
}

int elog_number_parse(const char *text, uint64_t max, uint64_t *value)
{
	bool hex = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2);
	char *end;

	/* strtoull() would take a sign and blanks as well. */
	if (digit(text[hex ? 2 : 0]) < 0)
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, hex ? 16 : 10);
	return *end || errno || *value > max ? -EINVAL : 0;
}

/*
 * Characters, as long as they come back the same from a quoted string: no NUL
 * but at the end, nothing that would need an escape.
 */
static bool is_text(const uint8_t *p, size_t len)
{
	while (len && !p[len - 1])
		len--;
	for (size_t i = 0; i < len; i++)
		if (p[i] < ' ' || p[i] > '~' || p[i] == '"' || p[i] == '\\')
			return false;
	return true;
}

static void text_text(const uint8_t *p, size_t len, char *text)
{
	if (is_text(p, len)) {
		sprintf(text, "%.*s", (int)len, (const char *)p);
	} else {
		strcpy(text, "0x");
		elog_hex_text(p, len, text + 2);
	}
}

/* "0x" and a digit for each half byte are more than there is room for. */
static int text_parse(uint8_t *p, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len == 2 + 2 * size && !strncmp(text, "0x", 2))
		return elog_hex_parse(text + 2, p, size) < 0 ? -EINVAL : 0;
	if (len > size || !is_text((const uint8_t *)text, len))
		return -EINVAL;
	memset(p, 0, size);
	memcpy(p, text, len);
	return 0;
}

static void hex_number_text(const struct elog_row *row, uint64_t value,
			    char *text)
{
	sprintf(text, "0x%0*" PRIx64, (row->width + 3) / 4, value);
}

void elog_row_text(const struct elog_row *row, const uint8_t *part, char *text)
{
	const uint8_t *p = part + row->offset;
	const char *name;

	switch (row->format) {
	case ELOG_FORMAT_NUMBER:
		sprintf(text, "%" PRIu64, row_value(row, part));
		return;
	case ELOG_FORMAT_FLAG:
		strcpy(text, row_value(row, part) ? "true" : "false");
		return;
	case ELOG_FORMAT_BCD:
		elog_hex_text(p, row->size, text);
		return;
	case ELOG_FORMAT_TEXT:
		text_text(p, row->size, text);
		return;
	case ELOG_FORMAT_NAME:
		name = elog_value_name(row->list, row_value(row, part));
		if (name)
			strcpy(text, name);
		else
			hex_number_text(row, row_value(row, part), text);
		return;
	case ELOG_FORMAT_RESERVED:
		if (row->size > 8) {
			elog_hex_text(p, row->size, text);
			return;
		}
		break;
	case ELOG_FORMAT_HEX:
	case ELOG_FORMAT_DERIVED:
		break;
	}
	hex_number_text(row, row_value(row, part), text);
}

static int put_number(const struct elog_row *row, uint8_t *part,
		      const char *text, struct papr_error *error)
{
	uint64_t max = elog_row_max(row), value;

	if (elog_number_parse(text, max, &value))
		return error_set(error, -EINVAL, "%.40s is no number from 0 "
				 "to 0x%" PRIx64, text, max);
	elog_put(part, row - elog_rows, value);
	return 0;
}

static int put_name(const struct elog_row *row, uint8_t *part,
		    const char *text, struct papr_error *error)
{
	int value;

	if (digit(*text) >= 0 && *text <= '9')
		return put_number(row, part, text, error);
	value = elog_value_by_name(row->list, text, error);
	if (value < 0)
		return value;
	elog_put(part, row - elog_rows, value);
	return 0;
}

static int put_flag(const struct elog_row *row, uint8_t *part,
		    const char *text, struct papr_error *error)
{
	bool value = !strcmp(text, "true");

	if (!value && strcmp(text, "false"))
		return error_set(error, -EINVAL, "%.40s is neither true nor "
				 "false", text);
	elog_put(part, row - elog_rows, value);
	return 0;
}

/* Exactly as many digits as there are half bytes. */
static int put_digits(const struct elog_row *row, uint8_t *part,
		      const char *text, struct papr_error *error)
{
	if (strlen(text) != 2u * row->size ||
	    elog_hex_parse(text, part + row->offset, row->size) < 0)
		return error_set(error, -EINVAL, "%.40s is not %u digits",
				 text, 2u * row->size);
	return 0;
}

int elog_row_parse(const struct elog_row *row, uint8_t *part,
		   const char *text, struct papr_error *error)
{
	switch (row->format) {
	case ELOG_FORMAT_FLAG:
		return put_flag(row, part, text, error);
	case ELOG_FORMAT_BCD:
		return put_digits(row, part, text, error);
	case ELOG_FORMAT_NAME:
		return put_name(row, part, text, error);
	case ELOG_FORMAT_TEXT:
		if (!text_parse(part + row->offset, row->size, text))
			return 0;
		return error_set(error, -EINVAL, "\"%.80s\" is not at most %u "
				 "plain characters, nor 0x and %u digits",
				 text, row->size, 2u * row->size);
	case ELOG_FORMAT_RESERVED:
		if (row->size > 8)
			return put_digits(row, part, text, error);
		return put_number(row, part, text, error);
	case ELOG_FORMAT_DERIVED:
		return error_set(error, -EINVAL, "it follows from the rest of "
				 "the log");
	case ELOG_FORMAT_NUMBER:
	case ELOG_FORMAT_HEX:
		break;
	}
	return put_number(row, part, text, error);
}
