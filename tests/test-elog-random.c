/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logs of random sections with random values, from fixed seeds: what was set
 * is what is told, and a log is the same after it was decoded, told and set
 * again.  All fields of all sections are reached.  And the bounds of all that
 * says how long something is.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <papr/elog.h>

#include "fwnmi/elog-table.h"
#include "spapr/util.h"

#define SEEDS 120

static uint64_t state;
static bool reached[ELOG_ROWS];

/* splitmix64: the same on every machine. */
static uint64_t any(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static unsigned int below(unsigned int n)
{
	return any() % n;
}

static bool is_piece(const struct elog_row *row)
{
	return row->section > ELOG_SECTION_section &&
	       strlen(elog_sections[row->section].name) != 2;
}

/* Whether @name is how @row is told; # is any number. */
static bool is_told_as(const struct elog_row *row, const char *name)
{
	const char *path = is_piece(row) ?
		elog_sections[row->section].title : "";
	size_t len = strlen(path);

	for (; *path; path++) {
		if (*path != '#' && *path != *name++)
			return false;
		while (*path == '#' && isdigit((unsigned char)*name))
			name++;
	}
	if (!len || path[-1] == '.')
		return !strcmp(name, row->name);
	return !*name;
}

static void mark(const char *part, const char *name)
{
	enum elog_section section = elog_section_by_name(part);

	for (int i = 0; i < ELOG_ROWS; i++)
		if ((is_piece(&elog_rows[i]) ||
		     elog_rows[i].section == ELOG_SECTION_section ||
		     elog_rows[i].section == elog_sections[section].fields) &&
		    is_told_as(&elog_rows[i], name))
			reached[i] = true;
}

struct nth {
	unsigned int n;
	bool found;
	char name[48];
	enum papr_elog_format format;
	uint64_t value;
	char text[600];
};

static int keep_nth(const struct papr_elog_field *field, void *arg)
{
	struct nth *nth = arg;

	if (nth->n--)
		return 0;
	nth->found = true;
	nth->format = field->format;
	nth->value = field->value;
	snprintf(nth->name, sizeof(nth->name), "%s", field->name);
	snprintf(nth->text, sizeof(nth->text), "%s", field->text);
	return 1;
}

static struct nth nth_field(const struct papr_elog *elog, unsigned int part,
			    unsigned int n)
{
	struct nth nth = { .n = n };

	papr_elog_fields(elog, part, keep_nth, &nth);
	return nth;
}

/* Another value for a field, of its kind; @shift makes it smaller. */
static void random_value(const struct nth *field, int shift, char *text,
			 uint64_t *value)
{
	size_t len = strlen(field->text);
	int n;

	*value = shift < 64 ? any() >> shift : 0;
	switch (field->format) {
	case PAPR_ELOG_FLAG:
		*value &= 1;
		strcpy(text, *value ? "true" : "false");
		return;
	case PAPR_ELOG_TEXT:
		n = *value % 41 >> (shift > 6 ? 6 : shift);
		memset(text, 'A' + below(26), n);
		text[n] = '\0';
		return;
	case PAPR_ELOG_BCD:
	case PAPR_ELOG_BYTES:
		for (size_t i = 0; i < len; i++)
			text[i] = "0123456789abcdef"[below(16)];
		text[len] = '\0';
		return;
	case PAPR_ELOG_NUMBER:
		sprintf(text, "%" PRIu64, *value);
		return;
	default:
		sprintf(text, "0x%" PRIx64, *value);
	}
}

/* A random value that the field takes, if there is room; it is told back. */
static void scramble(struct papr_elog *elog, unsigned int part, unsigned int n)
{
	struct nth field = nth_field(elog, part, n), is;
	struct papr_elog_part info;
	struct papr_error error;
	char path[64], text[600];
	uint64_t value;
	int r = -EINVAL;

	snprintf(path, sizeof(path), ".%s", field.name);
	for (int shift = 0; shift <= 64 && r == -EINVAL; shift++) {
		random_value(&field, shift, text, &value);
		r = papr_elog_set(elog, path, text, &error);
	}
	/* Not any length will do; their bounds have a test of their own. */
	if (r == -ENOSPC || (r && strstr(path, "PE.length")))
		return;
	if (r)
		fail_msg("%s", error.text);
	assert_int_equal(papr_elog_part(elog, part, &info), 0);
	mark(info.name, field.name);
	is = nth_field(elog, part, n);
	/* A reserved field of zero is not told, data of none neither. */
	if (strcmp(is.name, field.name))
		return;
	if (field.format == PAPR_ELOG_TEXT || field.format == PAPR_ELOG_BCD ||
	    field.format == PAPR_ELOG_BYTES)
		assert_string_equal(is.text, text);
	else
		assert_int_equal(is.value, value);
}

/* What only a name brings forth. */
static const struct {
	const char *path, *text;
} begins[] = {
	{ ".callout[0].type", "2" },
	{ ".callout[0].location_length", "8" },
	{ ".callout[0].ID.has_part", "true" },
	{ ".callout[0].MR.reserved_04", "1" },
	{ ".callout[0].MR.reserved_03", "1" },
	{ ".callout[0].MR.count", "3" },
	{ ".callout[0].MR.unit[0].reserved_00", "1" },
	{ ".callout[1].type", "2" },
	{ ".callout[1].PE.flags", "1" },
	{ ".callout[1].PE.length", "36" },
	{ ".callout[1].ID.component", "1" },
	{ ".callout[2].has_id", "true" },
	{ ".id_type", "count-indexed" },
	{ ".type", "ue" },
	{ ".transient", "true" },
	{ ".logical_valid", "true" },
};

static void begin(struct papr_elog *elog, const char *section,
		  const char *path, const char *text)
{
	if (!papr_elog_set(elog, path, text, NULL))
		mark(section, path + 1);
}

static void add_random_section(struct papr_elog *elog)
{
	const struct elog_section_info *info;
	struct papr_elog_part part;
	struct papr_error error;
	unsigned int index = 0;
	char path[64];

	do {
		info = &elog_sections[below(ELOG_SECTIONS)];
	} while (strlen(info->name) != 2);
	if (papr_elog_add(elog, info->name, &error))
		return;
	while (!papr_elog_part(elog, index + 1, &part))
		index++;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (below(4))
			begin(elog, info->name, begins[i].path,
			      begins[i].text);
	for (int i = 0; i < ELOG_ROWS; i++) {
		snprintf(path, sizeof(path), ".%s", elog_rows[i].name);
		if (elog_rows[i].format == ELOG_FORMAT_RESERVED &&
		    elog_rows[i].size <= 8 && below(2))
			begin(elog, info->name, path, "1");
	}
	for (unsigned int n = 0; nth_field(elog, index, n).found; n++)
		if (below(8))
			scramble(elog, index, n);
	if (!below(4))
		papr_elog_set(elog, ".data", "0123456789", &error);
}

static int copy_field(const struct papr_elog_field *field, void *arg)
{
	struct papr_error error;
	char path[64];

	snprintf(path, sizeof(path), ".%s", field->name);
	if (papr_elog_set(arg, path, field->text, &error))
		fail_msg("%s", error.text);
	return 0;
}

static void assert_comes_back(const struct papr_elog *elog)
{
	uint8_t log[PAPR_ELOG_MAX], again[PAPR_ELOG_MAX];
	struct papr_elog *decoded, *copy = papr_elog_new(0);
	struct papr_elog_part part;
	struct papr_error error;
	int len = papr_elog_encode(elog, log, sizeof(log));

	if (papr_elog_decode(log, len, &decoded, &error))
		fail_msg("%s", error.text);
	assert_true(papr_elog_validate(log, len, NULL, NULL) >= 0);
	for (unsigned int i = 0; !papr_elog_part(decoded, i, &part); i++) {
		if (i)
			assert_int_equal(papr_elog_add(copy, part.name,
						       NULL), 0);
		assert_int_equal(papr_elog_fields(decoded, i, copy_field,
						  copy), 0);
	}
	assert_int_equal(papr_elog_encode(copy, again, sizeof(again)), len);
	assert_memory_equal(again, log, len);
	papr_elog_free(copy);
	papr_elog_free(decoded);
}

static void any_log_comes_back_the_same(void **unused)
{
	(void)unused;
	for (unsigned int seed = 0; seed < SEEDS; seed++) {
		struct papr_elog *elog = papr_elog_new(0);

		state = seed;
		/* All but the version, of which only one is read. */
		for (unsigned int n = 1; nth_field(elog, 0, n).found; n++)
			scramble(elog, 0, n);
		mark("header", "version");
		assert_int_equal(papr_elog_add(elog, "main", NULL), 0);
		for (unsigned int i = 1 + below(3); i; i--)
			add_random_section(elog);
		assert_comes_back(elog);
		papr_elog_free(elog);
	}
}

static void every_field_was_among_them(void **unused)
{
	(void)unused;
	for (int i = 0; i < ELOG_ROWS; i++) {
		const struct elog_row *row = &elog_rows[i];

		/* Those of main that are not told have no other value. */
		if (row->format != ELOG_FORMAT_DERIVED &&
		    row->section != ELOG_SECTION_main &&
		    row->section != ELOG_SECTION_header && !reached[i])
			fail_msg("%s.%s was never set",
				 elog_sections[row->section].name, row->name);
	}
}

/* Fields that say how long something is, and their bounds. */
static const struct {
	const char *section, *before, *path;
	unsigned int min, max, step;
	size_t len;	/* of the section at min */
	size_t each;	/* bytes for each step */
} bounds[] = {
	{ "PS", NULL, ".callout[0].location_length", 0, 248, 4,
	  88, 4 },
	{ "PS", ".callout[0].PE.flags", ".callout[0].PE.length", 24, 248, 4,
	  112, 4 },
	{ "PS", NULL, ".callout[0].MR.count", 0, 15, 1, 96,
	  8 },
	{ "SS", ".callout[0].ID.component", ".callout[0].location_length", 0,
	  244, 4, 92, 4 },
	{ "LP", NULL, ".name_length", 0, 255, 1, 16, 1 },
	{ "LP", NULL, ".target_count", 0, 255, 1, 16, 2 },
	{ "IE", NULL, ".rpc_length", 0, 255, 1, 16, 0 },
	{ "DH", NULL, ".os_id_length", 0, 255, 1, 64, 0 },
	{ "UD", NULL, ".length", 8, 2024, 1, 8, 1 },
};

static int set_number(struct papr_elog *elog, const char *path,
		      unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	return papr_elog_set(elog, path, text, NULL);
}

static void lengths_have_exactly_their_bounds(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		unsigned int min = bounds[i].min, max = bounds[i].max;
		struct papr_elog *elog = papr_elog_new(0);
		struct papr_elog_part part;

		assert_int_equal(papr_elog_add(elog, "main", NULL), 0);
		assert_int_equal(papr_elog_add(elog, bounds[i].section,
					       NULL), 0);
		if (strstr(bounds[i].path, "callout"))
			assert_int_equal(set_number(elog, ".callout[0].type",
						    2), 0);
		if (bounds[i].before)
			assert_int_equal(set_number(elog, bounds[i].before,
						    0), 0);
		for (unsigned int v = min; v <= max; v += bounds[i].step) {
			if (set_number(elog, bounds[i].path, v))
				fail_msg("%s takes no %u", bounds[i].path, v);
			papr_elog_part(elog, 2, &part);
			assert_int_equal(part.len, bounds[i].len + (v - min) /
					 bounds[i].step * bounds[i].each);
			if (v < min + 9 || v > max - 9)
				assert_comes_back(elog);
		}
		assert_int_not_equal(set_number(elog, bounds[i].path,
						max + bounds[i].step), 0);
		if (min)
			assert_int_not_equal(set_number(elog, bounds[i].path,
							min - 1), 0);
		papr_elog_part(elog, 2, &part);
		assert_int_equal(part.len, bounds[i].len + (max - min) /
				 bounds[i].step * bounds[i].each);
		/* And back to the shortest. */
		assert_int_equal(set_number(elog, bounds[i].path, min), 0);
		papr_elog_part(elog, 2, &part);
		assert_int_equal(part.len, bounds[i].len);
		papr_elog_free(elog);
	}
}

static const struct {
	const char *path, *text;
	int err;
	const char *why;
} refused[] = {
	{ "PS.callout[2].type", "1", -ENOENT, "PS.callout[2].type: there is "
	  "no such field" },
	{ "PS.callout[1].colour", "1", -ENOENT, "PS.callout[1].colour: there "
	  "is no such field" },
	{ "PS.callout[1].type", "16", -EINVAL, "PS.callout[1].type: 16 is no "
	  "number from 0 to 0xf" },
	{ "PS.callout[1].ID.component", "hardware", -ENOENT,
	  "PS.callout[1].ID.component: there is no such field" },
	{ "PS.callout[0].ID.part", "x", -ENOENT, "PS.callout[0].ID.part: "
	  "there is no such field" },
	{ "PS.callout[0].location_length", "3", -EINVAL,
	  "PS.callout[0].location_length: the length of a call-out is a "
	  "multiple of 4 bytes" },
	{ "PS.callout[0].location_length", "252", -ENOSPC,
	  "PS.callout[0].location_length: a call-out has at most 255 bytes" },
	{ "PS.callout[0].length", "8", -EINVAL, "PS.callout[0].length: it "
	  "follows from the rest of the log" },
	{ "UD.callout[0].type", "1", -ENOENT, "UD.callout[0].type: there is "
	  "no such field" },
};

static void call_outs_that_cannot_be_are_refused_and_change_nothing(
	void **unused)
{
	struct papr_elog *elog = papr_elog_new(0);
	uint8_t before[PAPR_ELOG_MAX], log[PAPR_ELOG_MAX];
	struct papr_error error;
	int len;

	(void)unused;
	assert_int_equal(papr_elog_add(elog, "main", NULL), 0);
	assert_int_equal(papr_elog_add(elog, "PS", NULL), 0);
	assert_int_equal(papr_elog_add(elog, "UD", NULL), 0);
	assert_int_equal(papr_elog_set(elog, "PS.callout[0].priority", "high",
				       NULL), 0);
	len = papr_elog_encode(elog, before, sizeof(before));
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_int_equal(papr_elog_set(elog, refused[i].path,
					       refused[i].text, &error),
				 refused[i].err);
		assert_string_equal(error.text, refused[i].why);
		assert_int_equal(papr_elog_encode(elog, log, sizeof(log)),
				 len);
		assert_memory_equal(log, before, len);
	}
	papr_elog_free(elog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_log_comes_back_the_same),
		cmocka_unit_test(every_field_was_among_them),
		cmocka_unit_test(lengths_have_exactly_their_bounds),
		cmocka_unit_test(
		call_outs_that_cannot_be_are_refused_and_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
