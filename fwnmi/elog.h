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
	bool as_data;	/* its length was set: nothing follows from fields */
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

/*
 * Writes as much of a log that can be walked as fits into @room bytes, which is
 * at least its fixed part; returns how much.  LoPAR lets no section be cut:
 * those that do not fit are left out, and without PH and UH there are none.
 */
size_t elog_cut(const uint8_t *log, size_t len, uint8_t *out, size_t room);

/* As struct papr_elog_part has it. */
void elog_part_name(const struct papr_elog *elog, unsigned int index,
		    char name[8]);

/* A piece of a section: see elog.def. */
struct elog_piece {
	enum elog_section kind;
	uint16_t offset;	/* in the section */
	uint16_t len;
	uint16_t number[2];	/* of the call-out or the entry; of the unit */
};

#define ELOG_CALLOUTS_ID 0xc0
#define ELOG_PE_MIN 24

/* Room for the name of a piece's field. */
#define ELOG_NAME_MAX 48

/*
 * Visits the pieces of a section in order.  Returns where they end, from the
 * section's begin; or -1 if what is behind its fields is not what they say,
 * and then what was visited is void and @misfit, unless NULL, says why.
 */
int elog_pieces(const struct papr_elog *elog, unsigned int index,
		void (*visit)(const struct elog_piece *piece, void *arg),
		void *arg, struct elog_fault *misfit);

void elog_piece_field(const struct elog_piece *piece,
		      const struct elog_row *row, char *name);

/* How many bytes follow, as the fields of @owner have it. */
size_t elog_shape_size(const struct elog_shape *shape, const uint8_t *owner);

/* The sub-structures of a call-out, by number: ID, PE, MR. */
#define ELOG_SUBS 3
int elog_sub_of(enum elog_section kind);	/* -1: none of them */
enum elog_section elog_sub_init(int sub, uint8_t *bytes);
enum elog_row_id elog_sub_length(int sub);

/*
 * Where the data of a part begins: after its fields and pieces; after its
 * fields if those do not fit; or after the section header if it is too short
 * to have them.
 */
size_t elog_data_offset(const struct papr_elog *elog, unsigned int index);

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

/* What is set: a field of a section or of a piece, or one of two others. */
struct elog_place {
	unsigned int part;
	const struct elog_row *row;
	struct elog_piece piece;	/* kind ELOG_SECTIONS: the section */
	enum { ELOG_IN_TABLE, ELOG_LENGTH, ELOG_DATA } kind;
};

/* Setting them; the sections behind move. */
int elog_set_row(struct papr_elog *elog, const struct elog_place *place,
		 const char *text, struct papr_error *error);
int elog_set_length(struct papr_elog *elog, unsigned int index,
		    const char *text, struct papr_error *error);
int elog_set_data(struct papr_elog *elog, unsigned int index,
		  const char *text, struct papr_error *error);

/* The call-out or sub-structure that comes next, if @name is in it. */
int elog_begin_piece(struct papr_elog *elog, unsigned int index,
		     const char *name, struct papr_error *error);

/* Hexadecimal digits, without 0x; the number of bytes or -EINVAL. */
void elog_hex_text(const uint8_t *bytes, size_t len, char *text);
int elog_hex_parse(const char *text, uint8_t *bytes, size_t room);

/* A decimal or, with 0x, hexadecimal number of at most @max. */
int elog_number_parse(const char *text, uint64_t max, uint64_t *value);

#endif
