/* SPDX-License-Identifier: BSD-2-Clause */
#include "fwnmi/elog-table.h"

#include <errno.h>
#include <stdio.h>

#include "spapr/util.h"

const struct elog_row elog_rows[ELOG_ROWS] = {
#define ROW(sec, id, row_name, off, bytes, low, bits, fmt, values, lay) \
	[ELOG_##id] = { \
		.name = row_name, \
		.section = ELOG_SECTION_##sec, \
		.offset = off, \
		.size = bytes, \
		.shift = low, \
		.width = bits, \
		.format = ELOG_FORMAT_##fmt, \
		.list = ELOG_LIST_##values, \
		.layout = ELOG_LAYOUT_##lay, \
	},
#include "fwnmi/elog.def"
};

const struct elog_section_info elog_sections[ELOG_SECTIONS] = {
#define SECTION(id, of, length, ver, words) \
	[ELOG_SECTION_##id] = { \
		.name = #id, \
		.fields = ELOG_SECTION_##of, \
		.len = length, \
		.version = ver, \
		.title = words, \
	},
#include "fwnmi/elog.def"
};

const struct elog_shape elog_shapes[ELOG_SHAPES] = {
#define SHAPE(section, field, piece) \
	{ ELOG_##section##_##field, ELOG_SECTION_##piece },
#include "fwnmi/elog.def"
};

static const struct value {
	enum elog_list list;
	uint8_t number;
	const char *name;
} values[] = {
#define VALUE(list, number, name) { ELOG_LIST_##list, number, name },
#include "fwnmi/elog.def"
};

/* Names of two letters are sections; headers and pieces have others. */
enum elog_section elog_section_by_id(const uint8_t *id)
{
	for (int i = 0; i < ELOG_SECTIONS; i++)
		if (strlen(elog_sections[i].name) == 2 &&
		    !memcmp(elog_sections[i].name, id, 2))
			return i;
	return ELOG_SECTION_section;
}

enum elog_section elog_section_by_name(const char *name)
{
	for (int i = 0; i < ELOG_SECTIONS; i++)
		if (i != ELOG_SECTION_section &&
		    !strcmp(elog_sections[i].name, name))
			return i;
	return ELOG_SECTIONS;
}

bool elog_row_applies(const struct elog_row *row, enum elog_section section,
		      const uint8_t *part)
{
	if (row->section == ELOG_SECTION_section)
		return section == ELOG_SECTION_section ||
		       strlen(elog_sections[section].name) == 2;
	if (row->section != elog_sections[section].fields)
		return false;
	return row->layout == ELOG_LAYOUT_any ||
	       row->layout == elog_mc_layout(elog_get(part, ELOG_MC_type));
}

const char *elog_value_name(enum elog_list list, uint64_t value)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i].list == list && values[i].number == value)
			return values[i].name;
	return NULL;
}

/* "x is none of a, b, c" */
static int no_such_name(enum elog_list list, const char *name,
			struct papr_error *error)
{
	const char *comma = " ";
	char all[sizeof(error->text)] = "";
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (values[i].list != list || len >= sizeof(all))
			continue;
		len += snprintf(all + len, sizeof(all) - len, "%s%s", comma,
				values[i].name);
		comma = ", ";
	}
	if (!len)
		return error_set(error, -EINVAL, "%.40s is no name here, there "
				 "are none", name);
	return error_set(error, -EINVAL, "%.40s is none of%s", name, all);
}

int elog_value_by_name(enum elog_list list, const char *name,
		       struct papr_error *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (values[i].list == list && !strcmp(values[i].name, name))
			return values[i].number;
	return no_such_name(list, name, error);
}

enum elog_layout elog_mc_layout(uint8_t type)
{
	switch (type) {
#define MC_TYPE(number, name, layout) \
	case number: return ELOG_LAYOUT_##layout;
#include "fwnmi/elog.def"
	}
	return ELOG_LAYOUT_plain;
}

enum elog_list elog_mc_list(enum elog_layout layout)
{
	for (int i = 0; i < ELOG_ROWS; i++)
		if (elog_rows[i].layout == layout && layout &&
		    elog_rows[i].list)
			return elog_rows[i].list;
	return ELOG_LIST_none;
}

uint64_t elog_row_max(const struct elog_row *row)
{
	return row->width < 64 ? (UINT64_C(1) << row->width) - 1 : UINT64_MAX;
}

static uint64_t load(const uint8_t *p, size_t size)
{
	uint64_t v = 0;

	while (size--)
		v = v << 8 | *p++;
	return v;
}

uint64_t elog_get(const uint8_t *part, enum elog_row_id id)
{
	const struct elog_row *row = &elog_rows[id];

	return load(part + row->offset, row->size) >> row->shift &
	       elog_row_max(row);
}

void elog_put(uint8_t *part, enum elog_row_id id, uint64_t value)
{
	const struct elog_row *row = &elog_rows[id];
	uint8_t *p = part + row->offset;
	uint64_t mask = elog_row_max(row) << row->shift;

	value = (load(p, row->size) & ~mask) | (value << row->shift & mask);
	for (size_t i = row->size; i--; value >>= 8)
		p[i] = value;
}
