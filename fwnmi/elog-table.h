/* SPDX-License-Identifier: BSD-2-Clause */
/* The error log's parts and fields, derived from elog.def. */
#ifndef FWNMI_ELOG_TABLE_H
#define FWNMI_ELOG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/elog.h>

/* ELOG_SECTION_header, ELOG_SECTION_MC, ... */
enum elog_section {
#define SECTION(id, fields, length, version, title) ELOG_SECTION_##id,
#include "fwnmi/elog.def"
	ELOG_SECTIONS
};

/* ELOG_header_severity, ELOG_MC_ue_subtype, ...: places in elog_rows */
enum elog_row_id {
#define ROW(section, id, name, offset, size, shift, width, format, list, \
	    layout) \
	ELOG_##id,
#include "fwnmi/elog.def"
	ELOG_ROWS
};

enum elog_list {
#define LIST(list) ELOG_LIST_##list,
#include "fwnmi/elog.def"
};

/* What the byte of MC.subtype looks like. */
enum elog_layout {
	ELOG_LAYOUT_any,	/* the field is not in that byte */
	ELOG_LAYOUT_ue,
	ELOG_LAYOUT_slb,
	ELOG_LAYOUT_erat,
	ELOG_LAYOUT_ra,
	ELOG_LAYOUT_plain,
};

/* enum papr_elog_format, and two that are not shown so. */
enum elog_format {
	ELOG_FORMAT_NUMBER = PAPR_ELOG_NUMBER,
	ELOG_FORMAT_HEX = PAPR_ELOG_HEX,
	ELOG_FORMAT_NAME = PAPR_ELOG_NAME,
	ELOG_FORMAT_FLAG = PAPR_ELOG_FLAG,
	ELOG_FORMAT_BCD = PAPR_ELOG_BCD,
	ELOG_FORMAT_TEXT = PAPR_ELOG_TEXT,
	ELOG_FORMAT_RESERVED = PAPR_ELOG_BYTES + 1,
	ELOG_FORMAT_DERIVED,
};

struct elog_row {
	const char *name;
	enum elog_section section;	/* whose field it is */
	uint8_t offset;
	uint8_t size;		/* bytes; 0: a text as long as its piece */
	uint8_t shift;		/* bits from the lowest of the bytes */
	uint16_t width;		/* bits */
	enum elog_format format;
	enum elog_list list;
	enum elog_layout layout;
};

struct elog_section_info {
	const char *name;
	enum elog_section fields;	/* the section whose fields it has */
	uint8_t len;		/* with the fields, without data */
	uint8_t version;
	const char *title;
};

extern const struct elog_row elog_rows[ELOG_ROWS];
extern const struct elog_section_info elog_sections[ELOG_SECTIONS];

/*
 * What a field says of the pieces that follow the fields of its section or
 * piece.  Those of one are in the order of the bytes.
 */
struct elog_shape {
	enum elog_row_id row;
	enum elog_section piece;
};

enum {
	ELOG_SHAPES = 0
#define SHAPE(section, field, piece) + 1
#include "fwnmi/elog.def"
};
extern const struct elog_shape elog_shapes[ELOG_SHAPES];

/* A section of a log; ELOG_SECTION_section if its id is in no table. */
enum elog_section elog_section_by_id(const uint8_t *id);

/* By name, the headers too; ELOG_SECTIONS for none. */
enum elog_section elog_section_by_name(const char *name);

/* Whether the field is one of a part of this kind with these bytes. */
bool elog_row_applies(const struct elog_row *row, enum elog_section section,
		      const uint8_t *part);

/* The name of a value, or NULL. */
const char *elog_value_name(enum elog_list list, uint64_t value);

/* The value of a name, or -EINVAL with all names in @error. */
int elog_value_by_name(enum elog_list list, const char *name,
		       struct papr_error *error);

/* The layout that goes with an MC.type; the list of its subtypes. */
enum elog_layout elog_mc_layout(uint8_t type);
enum elog_list elog_mc_list(enum elog_layout layout);

/* A field of up to 64 bits in the bytes of its part. */
uint64_t elog_get(const uint8_t *part, enum elog_row_id id);
void elog_put(uint8_t *part, enum elog_row_id id, uint64_t value);
uint64_t elog_row_max(const struct elog_row *row);

#endif
