/* SPDX-License-Identifier: BSD-2-Clause */
/* Setting the fields of an error log: what follows them grows and shrinks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fwnmi/elog.h"
#include "spapr/util.h"

/* No piece whose fields say what follows is longer. */
#define OWNER_MAX 80

#define CALLOUT_MAX 255

static int no_room(struct papr_error *error)
{
	return error_set(error, -ENOSPC, "a log has at most %d bytes",
			 PAPR_ELOG_MAX);
}

/* Puts zeros into a section at @at, or takes bytes out from there on. */
static int splice(struct papr_elog *elog, unsigned int index, size_t at,
		  int more, struct papr_error *error)
{
	struct elog_part *part = &elog->parts[index];
	uint8_t *p = elog->bytes + part->offset + at;
	size_t rest = elog->len - part->offset - at;

	if (more > 0) {
		if ((size_t)more > PAPR_ELOG_MAX - elog->len)
			return no_room(error);
		memmove(p + more, p, rest);
		memset(p, 0, more);
	} else {
		memmove(p, p - more, rest + more);
	}
	part->len += more;
	elog_put(elog->bytes + part->offset, ELOG_section_length, part->len);
	for (unsigned int i = index + 1; i < elog->n_parts; i++)
		elog->parts[i].offset += more;
	elog->len += more;
	elog_put(elog->bytes, ELOG_header_extended_length,
		 elog->len - ELOG_HEADER_LEN);
	return 0;
}

/* Gives a section another length at its end. */
static int resize(struct papr_elog *elog, unsigned int index, size_t len,
		  struct papr_error *error)
{
	size_t old = elog->parts[index].len;

	return splice(elog, index, len < old ? len : old,
		      (int)len - (int)old, error);
}

int elog_set_length(struct papr_elog *elog, unsigned int index,
		    const char *text, struct papr_error *error)
{
	uint64_t len;
	int r;

	if (elog_number_parse(text, PAPR_ELOG_MAX, &len))
		return error_set(error, -EINVAL, "%.40s is no length", text);
	if (!len && (elog->flags & PAPR_ELOG_ZERO_LENGTH)) {
		elog_put(elog->bytes + elog->parts[index].offset,
			 ELOG_section_length, 0);
		return 0;
	}
	if (len < ELOG_SECTION_MIN)
		return error_set(error, -EINVAL, "a section has at least %d "
				 "bytes", ELOG_SECTION_MIN);
	r = resize(elog, index, len, error);
	if (!r)
		elog->parts[index].as_data = true;
	return r;
}

int elog_set_data(struct papr_elog *elog, unsigned int index,
		  const char *text, struct papr_error *error)
{
	struct elog_part *part = &elog->parts[index];
	size_t offset = elog_data_offset(elog, index);
	uint8_t data[PAPR_ELOG_MAX];
	int len = elog_hex_parse(text, data, sizeof(data)), r;

	if (len < 0)
		return error_set(error, -EINVAL, "data are pairs of "
				 "hexadecimal digits, at most %d",
				 PAPR_ELOG_MAX);
	r = resize(elog, index, offset + len, error);
	if (!r)
		memcpy(elog->bytes + part->offset + offset, data, len);
	return r;
}

struct search {
	enum elog_section kind;
	unsigned int number;
	struct elog_piece found;
	unsigned int n;		/* how many of this kind there are */
};

static void match(const struct elog_piece *piece, void *arg)
{
	struct search *search = arg;

	if (piece->kind != search->kind)
		return;
	search->n++;
	if (piece->number[0] == search->number)
		search->found = *piece;
}

static struct search find(const struct papr_elog *elog, unsigned int index,
			  enum elog_section kind, unsigned int number)
{
	struct search search = { .kind = kind, .number = number };

	elog_pieces(elog, index, match, &search, NULL);
	return search;
}

/* The call-outs have @more bytes more, and so has the one at @callout. */
static void extend(struct papr_elog *elog, unsigned int index,
		   size_t callout, int more)
{
	uint8_t *section = elog->bytes + elog->parts[index].offset;
	uint8_t *callouts = section + elog_sections[ELOG_SECTION_PS].len;

	elog_put(callouts, ELOG_callouts_words,
		 elog_get(callouts, ELOG_callouts_words) + more / 4);
	if (callout)
		section[callout] += more;
}

static int check_callout(const struct papr_elog *elog, unsigned int index,
			 size_t callout, int more, struct papr_error *error)
{
	const uint8_t *p = elog_part_bytes(elog, index);

	if (more % 4)
		return error_set(error, -EINVAL, "the length of a call-out "
				 "is a multiple of 4 bytes");
	if (p[callout] + more > CALLOUT_MAX)
		return error_set(error, -ENOSPC, "a call-out has at most %d "
				 "bytes", CALLOUT_MAX);
	return 0;
}

static int set_subsections(struct papr_elog *elog, unsigned int index,
			   bool set, struct papr_error *error)
{
	size_t at = elog_sections[ELOG_SECTION_PS].len;
	uint8_t *p = elog->bytes + elog->parts[index].offset;
	int r;

	if (elog_get(p, ELOG_PS_subsections) == set)
		return 0;
	r = splice(elog, index, at, set ? 4 :
		   -4 * (int)elog_get(p + at, ELOG_callouts_words), error);
	if (r)
		return r;
	elog_put(p, ELOG_PS_subsections, set);
	if (set) {
		elog_put(p + at, ELOG_callouts_id, ELOG_CALLOUTS_ID);
		elog_put(p + at, ELOG_callouts_words, 1);
	}
	return 0;
}

/* How many bytes more the fields @fresh say follow than @owner does. */
static int growth(enum elog_section kind, const uint8_t *owner,
		  const uint8_t *fresh)
{
	int more = 0;

	for (int i = 0; i < ELOG_SHAPES; i++)
		if (elog_rows[elog_shapes[i].row].section == kind)
			more += (int)elog_shape_size(&elog_shapes[i], fresh) -
				(int)elog_shape_size(&elog_shapes[i], owner);
	return more;
}

/* Makes what follows a piece as its fields @fresh say; there is room. */
static void reshape(struct papr_elog *elog, unsigned int index,
		    size_t offset, enum elog_section kind,
		    const uint8_t *fresh)
{
	uint8_t *owner = elog->bytes + elog->parts[index].offset + offset;
	size_t at = offset + elog_sections[kind].len;

	for (int i = 0; i < ELOG_SHAPES; i++) {
		size_t was, is;

		if (elog_rows[elog_shapes[i].row].section != kind)
			continue;
		was = elog_shape_size(&elog_shapes[i], owner);
		is = elog_shape_size(&elog_shapes[i], fresh);
		splice(elog, index, at + (is < was ? is : was),
		       (int)is - (int)was, NULL);
		at += is;
	}
}

/* Where the call-out of a piece begins; 0 for a piece that is of none. */
static size_t callout_of(const struct papr_elog *elog, unsigned int index,
			 const struct elog_piece *piece)
{
	if (piece->kind != ELOG_SECTION_callout &&
	    (piece->kind == ELOG_SECTIONS || elog_sub_of(piece->kind) < 0))
		return 0;
	return find(elog, index, ELOG_SECTION_callout,
		    piece->number[0]).found.offset;
}

static int set_shape(struct papr_elog *elog, const struct elog_place *place,
		     enum elog_section kind, const char *text,
		     struct papr_error *error)
{
	size_t at = place->piece.offset, len = elog_sections[kind].len;
	uint8_t *owner = elog->bytes + elog->parts[place->part].offset + at;
	size_t callout = callout_of(elog, place->part, &place->piece);
	int sub = elog_sub_of(kind), more, r;
	uint8_t fresh[OWNER_MAX];

	memcpy(fresh, owner, len);
	r = elog_row_parse(place->row, fresh, text, error);
	if (r)
		return r;
	if (kind == ELOG_SECTION_PS)
		return set_subsections(elog, place->part, elog_get(
				       fresh, ELOG_PS_subsections), error);
	if (kind == ELOG_SECTION_fru_pe &&
	    elog_get(fresh, ELOG_fru_pe_length) < ELOG_PE_MIN)
		return error_set(error, -EINVAL, "PE has at least %d bytes",
				 ELOG_PE_MIN);
	more = growth(kind, owner, fresh);
	if (callout)
		r = check_callout(elog, place->part, callout, more, error);
	if (!r && more > PAPR_ELOG_MAX - (int)elog->len)
		r = no_room(error);
	if (r)
		return r;
	reshape(elog, place->part, at, kind, fresh);
	elog_row_parse(place->row, owner, text, error);
	if (callout)
		extend(elog, place->part, callout, more);
	if (sub >= 0 && kind != ELOG_SECTION_fru_pe)
		elog_put(owner, elog_sub_length(sub),
			 elog_get(owner, elog_sub_length(sub)) + more);
	return 0;
}

static bool is_shape(const struct elog_row *row)
{
	for (int i = 0; i < ELOG_SHAPES; i++)
		if (row == &elog_rows[elog_shapes[i].row])
			return true;
	return false;
}

int elog_set_row(struct papr_elog *elog, const struct elog_place *place,
		 const char *text, struct papr_error *error)
{
	const struct elog_part *part = &elog->parts[place->part];
	enum elog_section kind = place->piece.kind;
	struct elog_row row = *place->row;

	if (kind == ELOG_SECTIONS)
		kind = elog_sections[part->section].fields;
	if (is_shape(place->row) &&
	    elog_pieces(elog, place->part, NULL, NULL, NULL) >= 0)
		return set_shape(elog, place, kind, text, error);
	row.size = place->piece.len;
	return elog_row_parse(place->row->size ? place->row : &row,
			      elog->bytes + part->offset +
			      place->piece.offset, text, error);
}

static bool has_field(const struct elog_piece *piece, const char *name)
{
	char field[ELOG_NAME_MAX];

	for (int i = 0; i < ELOG_ROWS; i++) {
		if (elog_rows[i].section != piece->kind ||
		    elog_rows[i].format == ELOG_FORMAT_DERIVED)
			continue;
		elog_piece_field(piece, &elog_rows[i], field);
		if (!strcmp(field, name))
			return true;
	}
	return false;
}

static int begin_callout(struct papr_elog *elog, unsigned int index,
			 struct papr_error *error)
{
	uint8_t *section = elog->bytes + elog->parts[index].offset;
	size_t at = elog_sections[ELOG_SECTION_PS].len;
	size_t len = elog_sections[ELOG_SECTION_callout].len;
	int r = set_subsections(elog, index, true, error);

	if (r)
		return r;
	at += 4 * elog_get(section + at, ELOG_callouts_words);
	r = splice(elog, index, at, len, error);
	if (!r)
		extend(elog, index, at, len);
	return r;
}

static int begin_sub(struct papr_elog *elog, unsigned int index,
		     const struct elog_piece *callout, int sub,
		     struct papr_error *error)
{
	uint8_t *p = elog->bytes + elog->parts[index].offset;
	uint8_t bytes[OWNER_MAX];
	size_t len = elog_sections[elog_sub_init(sub, bytes)].len;
	size_t at = callout->offset + p[callout->offset];
	int r = check_callout(elog, index, callout->offset, len, error);

	if (!r)
		r = splice(elog, index, at, len, error);
	if (r)
		return r;
	memcpy(p + at, bytes, len);
	extend(elog, index, callout->offset, len);
	return 0;
}

int elog_begin_piece(struct papr_elog *elog, unsigned int index,
		     const char *name, struct papr_error *error)
{
	struct elog_piece piece = { .kind = ELOG_SECTION_callout };
	struct search callout;
	uint8_t bytes[OWNER_MAX];
	unsigned int number;

	if (elog_sections[elog->parts[index].section].fields !=
	    ELOG_SECTION_PS ||
	    elog_pieces(elog, index, NULL, NULL, NULL) < 0 ||
	    sscanf(name, "callout[%3u]", &number) < 1)
		return -ENOENT;
	piece.number[0] = number;
	callout = find(elog, index, piece.kind, number);
	if (callout.n == number && has_field(&piece, name))
		return begin_callout(elog, index, error);
	for (int sub = 0; number < callout.n && sub < ELOG_SUBS; sub++) {
		piece.kind = elog_sub_init(sub, bytes);
		if (has_field(&piece, name))
			return begin_sub(elog, index, &callout.found, sub,
					 error);
	}
	return -ENOENT;
}
