/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with an error log, for those who will read it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "fwnmi/elog.h"
#include "spapr/util.h"

#define CALLOUTS_MAX 10
#define IE_RPC_MAX 216

/* librtasevent walks these by lengths of its own. */
#define LIBRTAS_HP_LEN 16
#define LIBRTAS_OTHER_MIN 16

struct check {
	struct papr_elog elog;
	void (*found)(const struct papr_elog_finding *finding, void *arg);
	void *arg;
	bool whole;	/* all sections were found */
	int bad;
};

static void __attribute__((format(printf, 5, 6)))
tell(struct check *c, enum papr_elog_level level, size_t offset,
     const char *part, const char *fmt, ...)
{
	char text[256];
	struct papr_elog_finding finding = {
		.level = level, .offset = offset, .part = part, .text = text
	};
	va_list ap;

	c->bad += level == PAPR_ELOG_BAD;
	if (!c->found)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->found(&finding, c->arg);
}

/* About a field of a part, its name in front. */
#define TELL(c, level, index, id, fmt, ...) \
	do { \
		char name_[8]; \
		elog_part_name(&(c)->elog, index, name_); \
		tell(c, level, (c)->elog.parts[index].offset + \
		     elog_rows[id].offset, name_, "%s " fmt, \
		     elog_rows[id].name, ##__VA_ARGS__); \
	} while (0)

/* The first part of a kind, or -1. */
static int part_of(const struct papr_elog *elog, enum elog_section section)
{
	for (unsigned int i = 0; i < elog->n_parts; i++)
		if (elog->parts[i].section == section)
			return i;
	return -1;
}

static void check_bcd(struct check *c, unsigned int index, int id)
{
	uint64_t value = elog_get(elog_part_bytes(&c->elog, index), id);

	for (uint64_t v = value; v; v >>= 4) {
		if ((v & 0xf) < 10)
			continue;
		TELL(c, PAPR_ELOG_WARN, index, id, "0x%08x is not digits",
		     (unsigned int)value);
		return;
	}
}

/* Numbers that have no name, but a meaning. */
static bool is_in_range(const struct elog_row *row, uint64_t value)
{
	switch (row->list) {
	case ELOG_LIST_type:		/* the vendor's */
		return value > PAPR_ELOG_HOTPLUG;
	case ELOG_LIST_subsystem:
		return value >= 0x10 && value <= 0xaf;
	case ELOG_LIST_uh_severity:	/* kinds of these five */
		return value <= 0x6f && elog_value_name(row->list,
							value & 0xf0);
	default:
		return false;
	}
}

/* What LoPAR leaves no meaning for at all. */
static bool is_forbidden(const struct elog_row *row)
{
	return row->list == ELOG_LIST_severity ||
	       row->list == ELOG_LIST_disposition;
}

static void tell_field(struct check *c, enum papr_elog_level level,
		       unsigned int index, size_t offset, const char *field,
		       const char *what)
{
	char name[8];

	elog_part_name(&c->elog, index, name);
	tell(c, level, c->elog.parts[index].offset + offset, name, "%s %s",
	     field, what);
}

/* A field of a part, or of the piece at @at in it. */
static void check_field(struct check *c, unsigned int index, int id,
			size_t at, const char *name)
{
	const struct elog_row *row = &elog_rows[id];
	const uint8_t *p = elog_part_bytes(&c->elog, index) + at;
	char text[2 * UINT8_MAX + 3];
	uint64_t value;

	if (row->format == ELOG_FORMAT_BCD)
		check_bcd(c, index, id);
	if (row->format == ELOG_FORMAT_RESERVED) {
		elog_row_text(row, p, text);
		if (text[strspn(text, "0x")])
			tell_field(c, PAPR_ELOG_WARN, index, at + row->offset,
				   name, "is not zero");
	}
	if (row->format != ELOG_FORMAT_NAME)
		return;
	value = elog_get(p, id);
	if (elog_value_name(row->list, value) || is_in_range(row, value))
		return;
	snprintf(text, sizeof(text), "0x%x has no meaning",
		 (unsigned int)value);
	tell_field(c, is_forbidden(row) ? PAPR_ELOG_BAD : PAPR_ELOG_WARN,
		   index, at + row->offset, name, text);
}

static void check_fields(struct check *c, unsigned int index)
{
	const struct elog_part *part = &c->elog.parts[index];
	size_t len = elog_sections[part->section].len;
	char name[8];

	if (part->len < len) {
		elog_part_name(&c->elog, index, name);
		tell(c, PAPR_ELOG_BAD, part->offset +
		     elog_rows[ELOG_section_length].offset, name,
		     "the section has %u bytes, and its fields need %zu",
		     part->len, len);
	}
	for (int id = 0; id < ELOG_ROWS; id++)
		if (elog_part_has(&c->elog, index, &elog_rows[id]))
			check_field(c, index, id, 0, elog_rows[id].name);
}

static void check_header(struct check *c)
{
	const uint8_t *p = c->elog.bytes;

	if (elog_get(p, ELOG_header_severity) == PAPR_ELOG_FATAL &&
	    elog_get(p, ELOG_header_disposition) == PAPR_ELOG_FULLY_RECOVERED)
		TELL(c, PAPR_ELOG_BAD, 0, ELOG_header_disposition,
		     "says fully recovered, of a fatal error");
	if (c->elog.n_parts == 2)
		TELL(c, PAPR_ELOG_WARN, 0, ELOG_header_extended_length,
		     "leaves no section, so Linux takes the log for one "
		     "without an extended part");
}

static void check_main(struct check *c)
{
	static const enum elog_row_id set[] = {
		ELOG_main_valid, ELOG_main_new, ELOG_main_big_endian,
		ELOG_main_powerpc,
	};
	const uint8_t *p = elog_part_bytes(&c->elog, 1);

	for (size_t i = 0; i < ARRAY_SIZE(set); i++)
		if (!elog_get(p, set[i]))
			TELL(c, PAPR_ELOG_WARN, 1, set[i], "is not set");
}

/* PH and UH: librtasevent takes the first 72 bytes for them, unseen. */
static void check_order(struct check *c)
{
	const struct papr_elog *elog = &c->elog;

	if (elog->n_parts < 3)
		return;
	if (elog->parts[2].section != ELOG_SECTION_PH)
		tell(c, PAPR_ELOG_WARN, elog->parts[2].offset, "PH",
		     "the first section is not PH: librtasevent takes it for "
		     "one");
	if (elog->n_parts < 4 || elog->parts[3].section != ELOG_SECTION_UH)
		tell(c, PAPR_ELOG_WARN, elog->n_parts < 4 ? elog->len :
		     elog->parts[3].offset, "UH", "the second section is not "
		     "UH: librtasevent takes it for one");
}

/* The section that makes a log of this type one. */
static void check_needs(struct check *c)
{
	static const struct {
		uint8_t type;
		enum elog_section section;
		enum papr_elog_level level;
		const char *why;
	} needs[] = {
#define NEEDS(type, section, level, why) \
	{ type, ELOG_SECTION_##section, PAPR_ELOG_##level, why },
#include "fwnmi/elog.def"
	};
	uint8_t type = elog_get(c->elog.bytes, ELOG_header_type);

	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (needs[i].type == type &&
		    part_of(&c->elog, needs[i].section) < 0)
			TELL(c, needs[i].level, 0, ELOG_header_type,
			     "is %s, and there is no section %s: %s",
			     elog_value_name(ELOG_LIST_type, type),
			     elog_sections[needs[i].section].name,
			     needs[i].why);
}

static void check_ph(struct check *c, unsigned int index)
{
	const uint8_t *p = elog_part_bytes(&c->elog, index);
	unsigned int count = elog_get(p, ELOG_PH_section_count);

	if (c->whole && count != c->elog.n_parts - 2)
		TELL(c, PAPR_ELOG_WARN, index, ELOG_PH_section_count,
		     "is %u, and there are %u", count, c->elog.n_parts - 2);
	if (c->whole && !elog_get(p, ELOG_PH_date) &&
	    part_of(&c->elog, ELOG_SECTION_MC) < 0)
		TELL(c, PAPR_ELOG_WARN, index, ELOG_PH_date, "is missing, "
		     "which only the log of a machine check may");
}

struct pieces {
	struct check *c;
	unsigned int index;
};

static void check_piece(const struct elog_piece *piece, void *arg)
{
	const struct pieces *pieces = arg;
	char name[ELOG_NAME_MAX];

	for (int id = 0; id < ELOG_ROWS; id++) {
		if (elog_rows[id].section != piece->kind)
			continue;
		elog_piece_field(piece, &elog_rows[id], name);
		check_field(pieces->c, pieces->index, id, piece->offset,
			    name);
	}
	if (piece->kind == ELOG_SECTION_callout &&
	    piece->number[0] == CALLOUTS_MAX)
		tell(pieces->c, PAPR_ELOG_WARN, piece->offset +
		     pieces->c->elog.parts[pieces->index].offset, "PS",
		     "there are more than %d call-outs", CALLOUTS_MAX);
}

/* What follows the fields of a section. */
static void check_pieces(struct check *c, unsigned int index)
{
	struct pieces pieces = { c, index };
	struct elog_fault misfit = { 0 };
	char name[8];

	if (elog_pieces(&c->elog, index, NULL, NULL, &misfit) >= 0) {
		elog_pieces(&c->elog, index, check_piece, &pieces, NULL);
		return;
	}
	elog_part_name(&c->elog, index, name);
	tell(c, PAPR_ELOG_BAD, c->elog.parts[index].offset + misfit.offset,
	     name, "%s", misfit.text);
}

static void check_mc_address(struct check *c, unsigned int index)
{
	const uint8_t *p = elog_part_bytes(&c->elog, index);
	bool effective = false, logical = false;

	for (int id = 0; id < ELOG_ROWS; id++) {
		if (elog_rows[id].section != ELOG_SECTION_MC ||
		    !elog_part_has(&c->elog, index, &elog_rows[id]))
			continue;
		if (!strcmp(elog_rows[id].name, "effective_valid"))
			effective = elog_get(p, id);
		if (!strcmp(elog_rows[id].name, "logical_valid"))
			logical = elog_get(p, id);
	}
	if (!effective && elog_get(p, ELOG_MC_effective_address))
		TELL(c, PAPR_ELOG_WARN, index, ELOG_MC_effective_address,
		     "is there, but not said to be valid");
	if (!logical && elog_get(p, ELOG_MC_logical_address))
		TELL(c, PAPR_ELOG_WARN, index, ELOG_MC_logical_address,
		     "is there, but not said to be valid");
	if (logical && !effective)
		TELL(c, PAPR_ELOG_WARN, index, ELOG_MC_logical_address,
		     "is without an effective address: Linux ignores it");
}

static void check_ie(struct check *c, unsigned int index)
{
	const struct elog_part *part = &c->elog.parts[index];
	const uint8_t *p = elog_part_bytes(&c->elog, index);
	unsigned int len = elog_get(p, ELOG_IE_rpc_length);
	size_t room = part->len - elog_data_offset(&c->elog, index);

	if (len > room)
		TELL(c, PAPR_ELOG_BAD, index, ELOG_IE_rpc_length, "is %u, and "
		     "the section has room for %zu", len, room);
	else if (len > IE_RPC_MAX || len % 4)
		TELL(c, PAPR_ELOG_WARN, index, ELOG_IE_rpc_length, "is %u; it "
		     "should be a multiple of 4, at most %d", len, IE_RPC_MAX);
}

/* Those that librtasevent would lose its way behind. */
static void check_walk(struct check *c, unsigned int index)
{
	const struct elog_part *part = &c->elog.parts[index];
	bool opaque = elog_sections[part->section].fields ==
		      ELOG_SECTION_section;

	if ((part->section == ELOG_SECTION_HP && part->len > LIBRTAS_HP_LEN) ||
	    (opaque && part->len < LIBRTAS_OTHER_MIN))
		TELL(c, PAPR_ELOG_WARN, index, ELOG_section_length,
		     "is %u: librtasevent goes on after 16 bytes", part->len);
}

static void check_section(struct check *c, unsigned int index)
{
	const struct elog_part *part = &c->elog.parts[index];

	check_fields(c, index);
	if (part->len < elog_sections[part->section].len)
		return;
	check_pieces(c, index);
	check_walk(c, index);
	switch ((int)elog_sections[part->section].fields) {
	case ELOG_SECTION_PH:
		check_ph(c, index);
		break;
	case ELOG_SECTION_MC:
		check_mc_address(c, index);
		break;
	case ELOG_SECTION_IE:
		check_ie(c, index);
		break;
	}
}

int papr_elog_validate(const void *bytes, size_t len,
		       void (*found)(const struct papr_elog_finding *finding,
				     void *arg), void *arg)
{
	struct check *c = calloc(1, sizeof(*c));
	struct elog_fault fault;
	int bad;

	if (!c)
		return -ENOMEM;
	c->found = found;
	c->arg = arg;
	c->whole = !elog_scan(&c->elog, bytes, len, &fault);
	for (unsigned int i = 0; i < c->elog.n_parts; i++)
		check_section(c, i);
	if (!c->whole) {
		tell(c, PAPR_ELOG_BAD, fault.offset, fault.part, "%s",
		     fault.text);
	} else {
		check_header(c);
		if (c->elog.n_parts > 1)
			check_main(c);
		check_order(c);
		check_needs(c);
		if (len > c->elog.len)
			tell(c, PAPR_ELOG_WARN, c->elog.len, "header",
			     "%zu bytes follow the log", len - c->elog.len);
	}
	bad = c->bad;
	free(c);
	return bad;
}
