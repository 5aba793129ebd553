/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/util.h"

int refuse(struct papr_error *error, int err, const char *fmt, ...)
{
	va_list ap;

	if (!error)
		return err;
	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	return err;
}

int refuse_at(struct papr_error *error, int err, const char *place)
{
	struct papr_error why = *error;

	return refuse(error, err, "%s: %s", place, why.text);
}

int number_parse(const char *text, uint64_t *value, const char **rest)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno || (!rest && *end))
		return -EINVAL;
	if (rest)
		*rest = end;
	return 0;
}

int size_parse(const char *text, uint64_t unit, uint64_t *value)
{
	static const char letters[] = "KkMmGgTt";
	const char *suffix, *letter;

	if (number_parse(text, value, &suffix) < 0)
		return -EINVAL;
	if (*suffix) {
		letter = strchr(letters, *suffix);
		if (!letter || suffix[1])
			return -EINVAL;
		unit = KIB << (letter - letters) / 2 * 10;
	}
	if (*value > UINT64_MAX / unit)
		return -EINVAL;
	*value *= unit;
	return 0;
}

int uuid_parse(const char *text, uint8_t *bytes)
{
	unsigned int n = 0;

	for (const char *at = text; n < 16; n++, at += 2) {
		if ((n == 4 || n == 6 || n == 8 || n == 10) && *at++ != '-')
			return -EINVAL;
		if (!isxdigit((unsigned char)at[0]) ||
		    !isxdigit((unsigned char)at[1]))
			return -EINVAL;
		sscanf(at, "%2hhx", &bytes[n]);
	}
	return strlen(text) == 36 ? 0 : -EINVAL;
}

int option_next(int argc, char **argv, const struct option *options, bool first,
		struct papr_error *error)
{
	const char *arg;
	int letter;

	if (first)
		optind = 0;	/* glibc: begin afresh */
	opterr = 0;
	arg = argv[optind ? optind : 1];
	letter = getopt_long(argc, argv, "+:", options, NULL);
	if (letter == '?')
		return refuse(error, 0, "%s: there is no such option", arg);
	if (letter == ':')
		return refuse(error, 0, "%s: a value is missing", arg);
	return letter;
}
