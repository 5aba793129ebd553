/* SPDX-License-Identifier: BSD-2-Clause */
/* An error log in memory, and how one is walked. */
#ifndef FWNMI_ELOG_H
#define FWNMI_ELOG_H

#include "fwnmi/elog-table.h"

#define ELOG_HEADER_LEN 8
#define ELOG_MAIN_LEN 16
#define ELOG_SECTION_MIN 8

/* Sections cannot be shorter, so there are never more parts. */
#define ELOG_PARTS_MAX (PAPR_ELOG_MAX / ELOG_SECTION_MIN)

struct elog_part {
	enum elog_section section;
	uint16_t offset;
	uint16_t len;
};

struct papr_elog {
	uint32_t flags;
	unsigned int n_parts;
	struct elog_part parts[ELOG_PARTS_MAX];
	size_t len;
	uint8_t bytes[PAPR_ELOG_MAX];
};

/* Where and why a log cannot be walked. */
struct elog_fault {
	size_t offset;
	char part[8];
	char text[160];
};

/*
 * Copies the log at @bytes and finds its parts; what was found before a fault
 * stays in @elog.  Returns 0 or -EINVAL.
 */
int elog_scan(struct papr_elog *elog, const uint8_t *bytes, size_t len,
	      struct elog_fault *fault);

/* The bytes of a part of which at least its header is there. */
static inline const uint8_t *elog_part_bytes(const struct papr_elog *elog,
					     unsigned int index)
{
	return elog->bytes + elog->parts[index].offset;
}

/* As struct papr_elog_part has it. */
void elog_part_name(const struct papr_elog *elog, unsigned int index,
		    char name[8]);

/*
 * Where the data of a part begins: after its fields, or after the section
 * header if it is too short to have them.
 */
size_t elog_data_offset(const struct elog_part *part);

/* Whether @row is a field of the part: not if it is cut short. */
bool elog_part_has(const struct papr_elog *elog, unsigned int index,
		   const struct elog_row *row);

/*
 * A field as text, of which there is room for 2 * PAPR_ELOG_MAX, and from
 * text.
 */
void elog_row_text(const struct elog_row *row, const uint8_t *part,
		   char *text);
int elog_row_parse(const struct elog_row *row, uint8_t *part,
		   const char *text, struct papr_error *error);

/* Hexadecimal digits, without 0x; the number of bytes or -EINVAL. */
void elog_hex_text(const uint8_t *bytes, size_t len, char *text);
int elog_hex_parse(const char *text, uint8_t *bytes, size_t room);

/* A decimal or, with 0x, hexadecimal number of at most @max. */
int elog_number_parse(const char *text, uint64_t max, uint64_t *value);

#endif
