/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of an error log by name: telling them, and setting them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fwnmi/elog.h"
#include "spapr/util.h"

/*
 * A field that was found.  Two are in no table, as they are about how long a
 * section is: "length" and "data".
 */
struct place {
	unsigned int part;
	const struct elog_row *row;
	enum { IN_TABLE, LENGTH, DATA } kind;
};

size_t elog_data_offset(const struct elog_part *part)
{
	size_t len = elog_sections[part->section].len;

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

static int tell_row(const struct papr_elog *elog, unsigned int index,
		    const struct elog_row *row,
		    int (*tell)(const struct papr_elog_field *, void *),
		    void *arg)
{
	const uint8_t *p = elog_part_bytes(elog, index);
	char text[2 * PAPR_ELOG_MAX];
	struct papr_elog_field field = {
		.name = row->name,
		.format = (enum papr_elog_format)row->format,
		.offset = elog->parts[index].offset + row->offset,
		.text = text,
	};

	elog_row_text(row, p, text);
	if (row->width <= 64)
		field.value = elog_get(p, row - elog_rows);
	if (row->format == ELOG_FORMAT_RESERVED) {
		field.reserved = true;
		field.format = row->size > 8 ? PAPR_ELOG_BYTES : PAPR_ELOG_HEX;
		if (!text[strspn(text, "0x")])
			return 0;
	}
	return tell(&field, arg);
}

static int tell_length(const struct elog_part *part,
		       int (*tell)(const struct papr_elog_field *, void *),
		       void *arg)
{
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
	return tell(&field, arg);
}

static int tell_data(const struct papr_elog *elog,
		     const struct elog_part *part,
		     int (*tell)(const struct papr_elog_field *, void *),
		     void *arg)
{
	size_t offset = elog_data_offset(part);
	char text[2 * PAPR_ELOG_MAX + 1];
	struct papr_elog_field field = {
		.name = "data",
		.format = PAPR_ELOG_BYTES,
		.offset = part->offset + offset,
		.text = text,
	};

	elog_hex_text(elog->bytes + field.offset, part->len - offset, text);
	return tell(&field, arg);
}

int papr_elog_fields(const struct papr_elog *elog, unsigned int index,
		     int (*tell)(const struct papr_elog_field *, void *),
		     void *arg)
{
	const struct elog_part *part = &elog->parts[index];
	int r = 0;

	if (index >= elog->n_parts)
		return -ENOENT;
	if (part->len < elog_sections[part->section].len)
		r = tell_length(part, tell, arg);
	for (int i = 0; !r && i < ELOG_ROWS; i++)
		if (elog_rows[i].format != ELOG_FORMAT_DERIVED &&
		    elog_part_has(elog, index, &elog_rows[i]))
			r = tell_row(elog, index, &elog_rows[i], tell, arg);
	if (!r && part->len > elog_data_offset(part))
		r = tell_data(elog, part, tell, arg);
	return r;
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

static int find(const struct papr_elog *elog, const char *path,
		struct place *place, struct papr_error *error)
{
	const char *dot = strchr(path, '.'), *name = dot ? dot + 1 : path;
	int part = dot ? find_part(elog, path, dot - path) : -1;

	if (part < 0)
		return error_set(error, -ENOENT, "%.40s: there is no such "
				 "part", path);
	*place = (struct place){ .part = part };
	if (is_section(&elog->parts[part])) {
		if (!strcmp(name, "length"))
			place->kind = LENGTH;
		else if (!strcmp(name, "data"))
			place->kind = DATA;
		if (place->kind)
			return 0;
	}
	for (int i = 0; i < ELOG_ROWS; i++) {
		place->row = &elog_rows[i];
		if (!strcmp(name, place->row->name) &&
		    elog_part_has(elog, part, place->row))
			return 0;
	}
	return error_set(error, -ENOENT, "%.60s: there is no such field",
			 path);
}

/* Gives a section another length; new bytes are zero. */
static int resize(struct papr_elog *elog, unsigned int index, size_t len)
{
	struct elog_part *part = &elog->parts[index];
	size_t end = part->offset + part->len, rest = elog->len - end;
	int more = (int)len - part->len;

	if (len > PAPR_ELOG_MAX - elog->len + part->len)
		return -ENOSPC;
	memmove(elog->bytes + part->offset + len, elog->bytes + end, rest);
	if (more > 0)
		memset(elog->bytes + end, 0, more);
	part->len = len;
	elog_put(elog->bytes + part->offset, ELOG_section_length, len);
	for (unsigned int i = index + 1; i < elog->n_parts; i++)
		elog->parts[i].offset += more;
	elog->len += more;
	elog_put(elog->bytes, ELOG_header_extended_length,
		 elog->len - ELOG_HEADER_LEN);
	return 0;
}

static int set_length(struct papr_elog *elog, unsigned int index,
		      const char *text, struct papr_error *error)
{
	uint64_t len;

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
	if (resize(elog, index, len))
		return error_set(error, -ENOSPC, "a log has at most %d bytes",
				 PAPR_ELOG_MAX);
	return 0;
}

static int set_data(struct papr_elog *elog, unsigned int index,
		    const char *text, struct papr_error *error)
{
	struct elog_part *part = &elog->parts[index];
	size_t offset = elog_data_offset(part);
	uint8_t data[PAPR_ELOG_MAX];
	int len = elog_hex_parse(text, data, sizeof(data));

	if (len < 0)
		return error_set(error, -EINVAL, "data are pairs of "
				 "hexadecimal digits, at most %d",
				 PAPR_ELOG_MAX);
	if (resize(elog, index, offset + len))
		return error_set(error, -ENOSPC, "a log has at most %d bytes",
				 PAPR_ELOG_MAX);
	memcpy(elog->bytes + part->offset + offset, data, len);
	return 0;
}

int papr_elog_set(struct papr_elog *elog, const char *path, const char *text,
		  struct papr_error *error)
{
	struct papr_error why = { "" };
	struct place place;
	int r = find(elog, path, &place, error);

	if (r)
		return r;
	if (place.kind == LENGTH)
		r = set_length(elog, place.part, text, &why);
	else if (place.kind == DATA)
		r = set_data(elog, place.part, text, &why);
	else
		r = elog_row_parse(place.row, elog->bytes +
				   elog->parts[place.part].offset, text, &why);
	path += *path == '.';
	return r ? error_set(error, r, "%.40s: %.300s", path, why.text) : 0;
}

int papr_elog_get(const struct papr_elog *elog, const char *path, char *text,
		  size_t len, struct papr_error *error)
{
	char all[2 * PAPR_ELOG_MAX + 1];
	const struct elog_part *part;
	struct place place;
	size_t data;
	int r = find(elog, path, &place, error);

	if (r)
		return r;
	part = &elog->parts[place.part];
	data = elog_data_offset(part);
	if (place.kind == LENGTH)
		snprintf(all, sizeof(all), "%u", part->len);
	else if (place.kind == DATA)
		elog_hex_text(elog->bytes + part->offset + data,
			      part->len - data, all);
	else
		elog_row_text(place.row, elog->bytes + part->offset, all);
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
