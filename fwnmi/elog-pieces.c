/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is behind the fields of a section: call-outs, names, lists.  Either
 * all of it is as the fields before it say, or none of it is taken apart.
 */
#include <stdarg.h>
#include <stdio.h>

#include "fwnmi/elog.h"
#include "spapr/util.h"

#define HP_NAME 1
#define HP_COUNT_INDEXED 4

struct walk {
	const uint8_t *bytes;	/* of the section */
	size_t at;
	size_t end;		/* of what encloses the place */
	uint16_t number[2];
	void (*visit)(const struct elog_piece *piece, void *arg);
	void *arg;
	struct elog_fault *misfit;
};

static int __attribute__((format(printf, 2, 3)))
misfit(const struct walk *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->misfit)
		return -1;
	w->misfit->offset = w->at;
	va_start(ap, fmt);
	vsnprintf(w->misfit->text, sizeof(w->misfit->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* The path of elog.def with numbers in it; its length. */
static size_t expand(const struct elog_piece *piece, char *name)
{
	const uint16_t *number = piece->number;
	size_t len = 0;

	for (const char *p = elog_sections[piece->kind].title; *p; p++) {
		if (*p == '#')
			len += sprintf(name + len, "%u", *number++);
		else
			name[len++] = *p;
	}
	name[len] = '\0';
	return len;
}

void elog_piece_field(const struct elog_piece *piece,
		      const struct elog_row *row, char *name)
{
	size_t len = expand(piece, name);

	/* A path that is no name of its own has the row's behind it. */
	if (!len || name[len - 1] == '.')
		strcpy(name + len, row->name);
}

size_t elog_shape_size(const struct elog_shape *shape, const uint8_t *owner)
{
	size_t value = elog_get(owner, shape->row);
	size_t len = elog_sections[shape->piece].len;

	switch ((int)shape->row) {
	case ELOG_HP_id_type:
		value = value == HP_COUNT_INDEXED;
		break;
	case ELOG_HP_has_token:
		value = value && elog_get(owner, ELOG_HP_id_type) != HP_NAME;
		break;
	case ELOG_fru_pe_length:
		value -= value < ELOG_PE_MIN ? value : ELOG_PE_MIN;
		break;
	}
	return len ? value * len : value;
}

static int take(struct walk *w, enum elog_section kind, size_t len)
{
	struct elog_piece piece = {
		.kind = kind, .offset = w->at, .len = len,
		.number = { w->number[0], w->number[1] },
	};

	if (len > w->end - w->at)
		return misfit(w, "the fields before say that %zu bytes follow, "
			      "and there are %zu", len, w->end - w->at);
	if (w->visit)
		w->visit(&piece, w->arg);
	w->at += len;
	return 0;
}

/* What the fields of @kind, which begin at @owner, say follows. */
static int take_shapes(struct walk *w, enum elog_section kind, size_t owner,
		       uint16_t *number)
{
	for (int i = 0; i < ELOG_SHAPES; i++) {
		enum elog_section piece = elog_shapes[i].piece;
		size_t size, len = elog_sections[piece].len;

		if (elog_rows[elog_shapes[i].row].section != kind)
			continue;
		size = elog_shape_size(&elog_shapes[i], w->bytes + owner);
		if (!len)
			len = size;
		*number = 0;
		for (; size; size -= len, ++*number)
			if (take(w, piece, len))
				return -1;
	}
	*number = 0;
	return 0;
}

static const struct sub {
	char id[2];
	enum elog_section kind;
	enum elog_row_id length;
} subs[ELOG_SUBS] = {
	{ "ID", ELOG_SECTION_fru_id, ELOG_fru_id_length },
	{ "PE", ELOG_SECTION_fru_pe, ELOG_fru_pe_length },
	{ "MR", ELOG_SECTION_fru_mr, ELOG_fru_mr_length },
};

int elog_sub_of(enum elog_section kind)
{
	for (int i = 0; i < ELOG_SUBS; i++)
		if (subs[i].kind == kind)
			return i;
	return -1;
}

enum elog_section elog_sub_init(int sub, uint8_t *bytes)
{
	memset(bytes, 0, elog_sections[subs[sub].kind].len);
	memcpy(bytes, subs[sub].id, 2);
	elog_put(bytes, subs[sub].length, elog_sections[subs[sub].kind].len);
	return subs[sub].kind;
}

enum elog_row_id elog_sub_length(int sub)
{
	return subs[sub].length;
}

/* The sub-structure here, each at most once in a call-out. */
static int take_sub(struct walk *w, unsigned int *seen)
{
	size_t start = w->at, left = w->end - start, len;
	const uint8_t *p = w->bytes + start;

	for (int i = 0; left >= 4 && i < ELOG_SUBS; i++) {
		if (memcmp(p, subs[i].id, 2) || *seen & 1u << i)
			continue;
		*seen |= 1u << i;
		if (take(w, subs[i].kind, elog_sections[subs[i].kind].len) ||
		    take_shapes(w, subs[i].kind, start, &w->number[1]))
			return -1;
		len = elog_get(p, subs[i].length);
		if (len == w->at - start && !(len % 4))
			return 0;
		w->at = start;
		return misfit(w, "%.2s has %zu bytes by its length, which "
			      "does not go with its flags", subs[i].id, len);
	}
	return misfit(w, "here should be ID, PE or MR, each at most once");
}

static int take_callout(struct walk *w)
{
	size_t start = w->at, end = w->end, len = w->bytes[start];
	unsigned int seen = 0;

	if (len < elog_sections[ELOG_SECTION_callout].len || len % 4 ||
	    len > end - start)
		return misfit(w, "the call-out says it has %zu bytes of %zu",
			      len, end - start);
	w->end = start + len;
	if (take(w, ELOG_SECTION_callout,
		 elog_sections[ELOG_SECTION_callout].len) ||
	    take_shapes(w, ELOG_SECTION_callout, start, &w->number[1]))
		return -1;
	while (w->at < w->end)
		if (take_sub(w, &seen))
			return -1;
	w->end = end;
	return 0;
}

static int take_callouts(struct walk *w, size_t start)
{
	const uint8_t *p = w->bytes + start;
	size_t end = w->end, len = 4 * elog_get(p, ELOG_callouts_words);

	w->at = start;
	if (p[0] != ELOG_CALLOUTS_ID)
		return misfit(w, "subsections is set, and no call-outs "
			      "follow");
	if (len < 4 || len > end - start)
		return misfit(w, "the call-outs say they have %zu bytes of "
			      "%zu", len, end - start);
	w->at += 4;
	w->end = start + len;
	w->number[0] = 0;
	for (; w->at < w->end; w->number[0]++)
		if (take_callout(w))
			return -1;
	w->end = end;
	return 0;
}

int elog_pieces(const struct papr_elog *elog, unsigned int index,
		void (*visit)(const struct elog_piece *piece, void *arg),
		void *arg, struct elog_fault *why)
{
	const struct elog_part *part = &elog->parts[index];
	const struct elog_section_info *info = &elog_sections[part->section];
	struct walk w = {
		.bytes = elog->bytes + part->offset, .at = info->len,
		.end = part->len, .visit = visit, .arg = arg, .misfit = why,
	};

	if (part->len < info->len || part->as_data)
		return -1;
	if (take_shapes(&w, info->fields, 0, &w.number[0]))
		return -1;
	if (info->fields == ELOG_SECTION_PS && w.at > info->len &&
	    take_callouts(&w, info->len))
		return -1;
	return w.at;
}
