/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of an error log by name: telling them, and setting them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fwnmi/elog.h"
#include "spapr/util.h"

size_t elog_data_offset(const struct papr_elog *elog, unsigned int index)
{
	const struct elog_part *part = &elog->parts[index];
	size_t len = elog_sections[part->section].len;
	int end = elog_pieces(elog, index, NULL, NULL, NULL);

	if (end >= 0)
		return end;
	return part->len < len ? ELOG_SECTION_MIN : len;
}

static bool is_section(const struct elog_part *part)
{
	return part->section != ELOG_SECTION_header &&
	       part->section != ELOG_SECTION_main;
}

bool elog_part_has(const struct papr_elog *elog, unsigned int index,
		   const struct elog_row *row)
{
	const struct elog_part *part = &elog->parts[index];
	const uint8_t *p = elog->bytes + part->offset;

	/* The bytes beyond a cut are not the part's own. */
	if (part->len < elog_sections[part->section].len)
		return row->section == ELOG_SECTION_section;
	if (row == &elog_rows[ELOG_header_extended_length] &&
	    elog->n_parts > 1)
		return false;
	return elog_row_applies(row, part->section, p);
}

/* The fields of a part, on their way to the caller. */
struct telling {
	const struct papr_elog *elog;
	unsigned int part;
	int (*tell)(const struct papr_elog_field *field, void *arg);
	void *arg;
	int r;
};

static void piece_text(const struct elog_row *row,
		       const struct elog_piece *piece, const uint8_t *p,
		       char *text)
{
	struct elog_row of_any_length = *row;

	of_any_length.size = piece->len;
	elog_row_text(row->size ? row : &of_any_length, p, text);
}

/* @piece is NULL for a field of the part itself. */
static void tell_row(struct telling *t, const struct elog_row *row,
		     const struct elog_piece *piece)
{
	size_t at = piece ? piece->offset : 0;
	const uint8_t *p = elog_part_bytes(t->elog, t->part) + at;
	char text[2 * PAPR_ELOG_MAX], name[ELOG_NAME_MAX];
	struct papr_elog_field field = {
		.name = row->name,
		.format = (enum papr_elog_format)row->format,
		.offset = t->elog->parts[t->part].offset + at + row->offset,
		.text = text,
	};

	if (t->r || row->format == ELOG_FORMAT_DERIVED)
		return;
	if (piece) {
		elog_piece_field(piece, row, name);
		field.name = name;
		piece_text(row, piece, p, text);
	} else {
		elog_row_text(row, p, text);
	}
	if (row->width <= 64)
		field.value = elog_get(p, row - elog_rows);
	if (row->format == ELOG_FORMAT_RESERVED) {
		field.reserved = true;
		field.format = row->size > 8 ? PAPR_ELOG_BYTES : PAPR_ELOG_HEX;
		if (!text[strspn(text, "0x")])
			return;
	}
	t->r = t->tell(&field, t->arg);
}

static void tell_piece(const struct elog_piece *piece, void *arg)
{
	for (int i = 0; i < ELOG_ROWS; i++)
		if (elog_rows[i].section == piece->kind)
			tell_row(arg, &elog_rows[i], piece);
}

static void tell_length(struct telling *t)
{
	const struct elog_part *part = &t->elog->parts[t->part];
	char text[8];
	struct papr_elog_field field = {
		.name = "length",
		.format = PAPR_ELOG_NUMBER,
		.offset = part->offset +
			  elog_rows[ELOG_section_length].offset,
		.value = part->len,
		.text = text,
	};

	snprintf(text, sizeof(text), "%u", part->len);
	t->r = t->tell(&field, t->arg);
}

static void tell_data(struct telling *t)
{
	const struct elog_part *part = &t->elog->parts[t->part];
	size_t offset = elog_data_offset(t->elog, t->part);
	char text[2 * PAPR_ELOG_MAX + 1];
	struct papr_elog_field field = {
		.name = "data",
		.format = PAPR_ELOG_BYTES,
		.offset = part->offset + offset,
		.text = text,
	};

	if (t->r || part->len <= offset)
		return;
	elog_hex_text(t->elog->bytes + field.offset, part->len - offset,
		      text);
	t->r = t->tell(&field, t->arg);
}

int papr_elog_fields(const struct papr_elog *elog, unsigned int index,
		     int (*tell)(const struct papr_elog_field *, void *),
		     void *arg)
{
	struct telling t = { elog, index, tell, arg, 0 };
	bool fits;

	if (index >= elog->n_parts)
		return -ENOENT;
	fits = elog_pieces(elog, index, NULL, NULL, NULL) >= 0;
	if (!fits)
		tell_length(&t);
	for (int i = 0; i < ELOG_ROWS; i++)
		if (elog_part_has(elog, index, &elog_rows[i]))
			tell_row(&t, &elog_rows[i], NULL);
	if (fits)
		elog_pieces(elog, index, tell_piece, &t, NULL);
	tell_data(&t);
	return t.r;
}

/* The number in "[1]", 0 for "". */
static int number_parse(const char *text, size_t len, uint64_t *number)
{
	char digits[8];

	*number = 0;
	if (!len)
		return 0;
	if (len < 3 || len - 2 >= sizeof(digits) || text[len - 1] != ']')
		return -EINVAL;
	memcpy(digits, text + 1, len - 2);
	digits[len - 2] = '\0';
	return elog_number_parse(digits, ELOG_PARTS_MAX, number);
}

/* Which part "MC", "LR[1]" or "" means; -1 for none. */
static int find_part(const struct papr_elog *elog, const char *path,
		     size_t len)
{
	size_t name_len = strcspn(path, "[.");
	uint64_t number;
	char name[8];

	if (!len)
		return elog->n_parts - 1;
	if (number_parse(path + name_len, len - name_len, &number))
		return -1;
	for (unsigned int i = 0; i < elog->n_parts; i++) {
		elog_part_name(elog, i, name);
		if (strlen(name) == name_len &&
		    !memcmp(name, path, name_len) && !number--)
			return i;
	}
	return -1;
}

struct search {
	const char *name;
	struct elog_place *place;
};

static void match(const struct elog_piece *piece, void *arg)
{
	struct search *search = arg;
	char name[ELOG_NAME_MAX];

	for (int i = 0; i < ELOG_ROWS; i++) {
		if (elog_rows[i].section != piece->kind)
			continue;
		elog_piece_field(piece, &elog_rows[i], name);
		if (strcmp(name, search->name))
			continue;
		search->place->row = &elog_rows[i];
		search->place->piece = *piece;
	}
}

/* A field of the part that @place names. */
static bool find_field(const struct papr_elog *elog, const char *name,
		       struct elog_place *place)
{
	struct search search = { name, place };

	place->row = NULL;
	place->piece = (struct elog_piece){ .kind = ELOG_SECTIONS };
	for (int i = 0; i < ELOG_ROWS; i++)
		if (!strcmp(name, elog_rows[i].name) &&
		    elog_part_has(elog, place->part, &elog_rows[i])) {
			place->row = &elog_rows[i];
			return true;
		}
	if (elog_pieces(elog, place->part, NULL, NULL, NULL) >= 0)
		elog_pieces(elog, place->part, match, &search, NULL);
	return place->row;
}

/* The part of a path; the field's name is in @name. */
static int find_place(const struct papr_elog *elog, const char *path,
		      struct elog_place *place, const char **name,
		      struct papr_error *error)
{
	const char *dot = strchr(path, '.');
	int part = dot ? find_part(elog, path, dot - path) : -1;

	if (part < 0)
		return error_set(error, -ENOENT, "%.40s: there is no such "
				 "part", path);
	*name = dot + 1;
	*place = (struct elog_place){ .part = part };
	if (is_section(&elog->parts[part])) {
		if (!strcmp(*name, "length"))
			place->kind = ELOG_LENGTH;
		else if (!strcmp(*name, "data"))
			place->kind = ELOG_DATA;
	}
	return 0;
}

static int no_field(const char *path, struct papr_error *error)
{
	return error_set(error, -ENOENT, "%.60s: there is no such field",
			 path);
}

static int set_field(struct papr_elog *elog, struct elog_place *place,
		     const char *name, const char *text,
		     struct papr_error *error)
{
	int r;

	if (place->kind == ELOG_LENGTH)
		return elog_set_length(elog, place->part, text, error);
	if (place->kind == ELOG_DATA)
		return elog_set_data(elog, place->part, text, error);
	if (!find_field(elog, name, place)) {
		r = elog_begin_piece(elog, place->part, name, error);
		if (r || !find_field(elog, name, place))
			return r ? r : -ENOENT;
	}
	return elog_set_row(elog, place, text, error);
}

int papr_elog_set(struct papr_elog *elog, const char *path, const char *text,
		  struct papr_error *error)
{
	struct papr_error why = { "" };
	struct papr_elog before = *elog;
	struct elog_place place;
	const char *name;
	int r = find_place(elog, path, &place, &name, error);

	if (r)
		return r;
	r = set_field(elog, &place, name, text, &why);
	if (!r)
		return 0;
	*elog = before;
	if (r == -ENOENT)
		return no_field(path, error);
	path += *path == '.';
	return error_set(error, r, "%.40s: %.300s", path, why.text);
}

int papr_elog_get(const struct papr_elog *elog, const char *path, char *text,
		  size_t len, struct papr_error *error)
{
	char all[2 * PAPR_ELOG_MAX + 1];
	const struct elog_part *part;
	struct elog_place place;
	const char *name;
	size_t data;
	int r = find_place(elog, path, &place, &name, error);

	if (r)
		return r;
	part = &elog->parts[place.part];
	data = elog_data_offset(elog, place.part);
	if (place.kind == ELOG_LENGTH)
		snprintf(all, sizeof(all), "%u", part->len);
	else if (place.kind == ELOG_DATA)
		elog_hex_text(elog->bytes + part->offset + data,
			      part->len - data, all);
	else if (!find_field(elog, name, &place))
		return no_field(path, error);
	else
		piece_text(place.row, &place.piece, elog->bytes +
			   part->offset + place.piece.offset, all);
	if (strlen(all) >= len)
		return error_set(error, -ENOSPC, "%.40s: the value needs %zu "
				 "bytes", path, strlen(all) + 1);
	strcpy(text, all);
	return 0;
}

/* "slb:multihit" */
static int subtype_value(const char *name, struct papr_error *error)
{
	const char *colon = strchr(name, ':');
	char type[32];
	int value;

	if (!colon || (size_t)(colon - name) >= sizeof(type))
		return error_set(error, -EINVAL, "%.40s is not a type, a "
				 "colon and a subtype", name);
	memcpy(type, name, colon - name);
	type[colon - name] = '\0';
	value = elog_value_by_name(ELOG_LIST_mc_type, type, error);
	if (value < 0)
		return value;
	return elog_value_by_name(elog_mc_list(elog_mc_layout(value)),
				  colon + 1, error);
}

/* The names that "MC.type" takes, 0 for none. */
static enum elog_list list_of(const char *field)
{
	char path[64];

	for (int i = 0; i < ELOG_ROWS; i++) {
		const struct elog_row *row = &elog_rows[i];

		snprintf(path, sizeof(path), "%s.%s",
			 elog_sections[row->section].name, row->name);
		if (row->list && !strcmp(path, field))
			return row->list;
	}
	return 0;
}

int papr_elog_value(const char *field, const char *name,
		    struct papr_error *error)
{
	enum elog_list list = list_of(field);

	if (!strcmp(field, "MC.subtype"))
		return subtype_value(name, error);
	if (!list)
		return error_set(error, -EINVAL, "%.40s takes no names", field);
	return elog_value_by_name(list, name, error);
}

const char *papr_elog_value_name(const char *field, uint64_t value)
{
	enum elog_list list = list_of(field);

	return list ? elog_value_name(list, value) : NULL;
}
