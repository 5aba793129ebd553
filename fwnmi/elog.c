/* SPDX-License-Identifier: BSD-2-Clause */
/* Error logs: taking them apart, and putting parts together. */
#include "fwnmi/elog.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "spapr/util.h"

static const char company[4] = "IBM";

static void __attribute__((format(printf, 4, 5)))
fault_set(struct elog_fault *fault, const char *part, size_t offset,
	  const char *fmt, ...)
{
	va_list ap;

	snprintf(fault->part, sizeof(fault->part), "%s", part);
	fault->offset = offset;
	va_start(ap, fmt);
	vsnprintf(fault->text, sizeof(fault->text), fmt, ap);
	va_end(ap);
}

static void add_part(struct papr_elog *elog, enum elog_section section,
		     size_t offset, size_t len)
{
	elog->parts[elog->n_parts++] = (struct elog_part){
		.section = section, .offset = offset, .len = len
	};
}

/* In any locale. */
static bool is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

static void id_name(const uint8_t *id, char name[8])
{
	if (is_alnum(id[0]) && is_alnum(id[1]))
		snprintf(name, 8, "%c%c", id[0], id[1]);
	else
		snprintf(name, 8, "0x%02x%02x", id[0], id[1]);
}

/* Copies the fixed part and what it says follows. */
static int scan_header(struct papr_elog *elog, const uint8_t *bytes,
		       size_t len, struct elog_fault *fault)
{
	uint64_t extended = 0;

	if (len < ELOG_HEADER_LEN) {
		fault_set(fault, "header", 0, "there are %zu bytes, and a log "
			  "has at least %d", len, ELOG_HEADER_LEN);
		return -EINVAL;
	}
	if (elog_get(bytes, ELOG_header_version) !=
	    elog_sections[ELOG_SECTION_header].version) {
		fault_set(fault, "header", 0, "this is version %u; only "
			  "version 6 is known", bytes[0]);
		return -EINVAL;
	}
	if (elog_get(bytes, ELOG_header_extended))
		extended = elog_get(bytes, ELOG_header_extended_length);
	if (extended > PAPR_ELOG_MAX - ELOG_HEADER_LEN) {
		fault_set(fault, "header", 4, "the log says it is longer than "
			  "%d bytes", PAPR_ELOG_MAX);
		return -EINVAL;
	}
	if (extended > len - ELOG_HEADER_LEN) {
		fault_set(fault, "header", 4, "the log says that %u bytes "
			  "follow, and there are %zu", (unsigned int)extended,
			  len - ELOG_HEADER_LEN);
		return -EINVAL;
	}
	elog->len = ELOG_HEADER_LEN + extended;
	memcpy(elog->bytes, bytes, elog->len);
	add_part(elog, ELOG_SECTION_header, 0, ELOG_HEADER_LEN);
	return 0;
}

static int scan_main(struct papr_elog *elog, struct elog_fault *fault)
{
	const uint8_t *p = elog->bytes + ELOG_HEADER_LEN;

	if (elog->len < ELOG_HEADER_LEN + ELOG_MAIN_LEN) {
		fault_set(fault, "header", 4, "the extended part has less "
			  "than the %d bytes of its header", ELOG_MAIN_LEN);
		return -EINVAL;
	}
	if (!elog_value_name(ELOG_LIST_format,
			     elog_get(p, ELOG_main_format))) {
		fault_set(fault, "main", ELOG_HEADER_LEN + 2, "format %u is "
			  "not that of platform events, 14", p[2] & 0xf);
		return -EINVAL;
	}
	if (memcmp(p + elog_rows[ELOG_main_company].offset, company,
		   sizeof(company))) {
		fault_set(fault, "main", ELOG_HEADER_LEN +
			  elog_rows[ELOG_main_company].offset,
			  "the company is not IBM, so the format of the "
			  "sections is not known");
		return -EINVAL;
	}
	add_part(elog, ELOG_SECTION_main, ELOG_HEADER_LEN, ELOG_MAIN_LEN);
	return 0;
}

/* The section at @offset; its length. */
static int scan_section(struct papr_elog *elog, size_t offset,
			struct elog_fault *fault)
{
	const uint8_t *p = elog->bytes + offset;
	size_t len, left = elog->len - offset;
	char name[8];

	if (left < ELOG_SECTION_MIN) {
		fault_set(fault, "main", offset, "%zu bytes are too few for a "
			  "section", left);
		return -EINVAL;
	}
	id_name(p, name);
	len = elog_get(p, ELOG_section_length);
	if (len < ELOG_SECTION_MIN) {
		fault_set(fault, name, offset + 2, "the length of the section "
			  "is %zu%s", len, len ? ", less than its header" :
			  "; Linux would never get past it");
		return -EINVAL;
	}
	if (len > left) {
		fault_set(fault, name, offset + 2, "the length of the section "
			  "is %zu, and the log ends after %zu", len, left);
		return -EINVAL;
	}
	add_part(elog, elog_section_by_id(p), offset, len);
	return len;
}

int elog_scan(struct papr_elog *elog, const uint8_t *bytes, size_t len,
	      struct elog_fault *fault)
{
	size_t offset = ELOG_HEADER_LEN + ELOG_MAIN_LEN;
	int r;

	r = scan_header(elog, bytes, len, fault);
	if (r || !elog_get(bytes, ELOG_header_extended))
		return r;
	r = scan_main(elog, fault);
	while (!r && offset < elog->len) {
		int section = scan_section(elog, offset, fault);

		if (section < 0)
			return section;
		offset += section;
	}
	return r;
}

int papr_elog_decode(const void *bytes, size_t len, struct papr_elog **out,
		     struct papr_error *error)
{
	struct papr_elog *elog = calloc(1, sizeof(*elog));
	struct elog_fault fault;

	if (!elog)
		return error_set(error, -ENOMEM, "out of memory");
	if (elog_scan(elog, bytes, len, &fault)) {
		free(elog);
		return error_set(error, -EINVAL, "byte %zu, %s: %s",
				 fault.offset, fault.part, fault.text);
	}
	*out = elog;
	return 0;
}

struct papr_elog *papr_elog_new(uint32_t flags)
{
	struct papr_elog *elog;

	if (flags & ~PAPR_ELOG_ZERO_LENGTH)
		return NULL;
	elog = calloc(1, sizeof(*elog));
	if (!elog)
		return NULL;
	elog->flags = flags;
	elog->len = ELOG_HEADER_LEN;
	elog_put(elog->bytes, ELOG_header_version,
		 elog_sections[ELOG_SECTION_header].version);
	add_part(elog, ELOG_SECTION_header, 0, ELOG_HEADER_LEN);
	return elog;
}

void papr_elog_free(struct papr_elog *elog)
{
	free(elog);
}

int papr_elog_encode(const struct papr_elog *elog, void *buf, size_t len)
{
	if (len < elog->len)
		return -ENOSPC;
	if (buf)
		memcpy(buf, elog->bytes, elog->len);
	return elog->len;
}

void elog_part_name(const struct papr_elog *elog, unsigned int index,
		    char name[8])
{
	const struct elog_part *part = &elog->parts[index];

	if (part->section == ELOG_SECTION_header ||
	    part->section == ELOG_SECTION_main)
		snprintf(name, 8, "%s", elog_sections[part->section].name);
	else
		id_name(elog->bytes + part->offset, name);
}

int papr_elog_part(const struct papr_elog *elog, unsigned int index,
		   struct papr_elog_part *part)
{
	const struct elog_part *p = &elog->parts[index];
	char name[8];

	if (index >= elog->n_parts)
		return -ENOENT;
	memset(part, 0, sizeof(*part));
	elog_part_name(elog, index, part->name);
	for (unsigned int i = 0; i < index; i++) {
		elog_part_name(elog, i, name);
		part->number += !strcmp(name, part->name);
	}
	part->offset = p->offset;
	part->len = p->len;
	if (p->section != ELOG_SECTION_section)
		part->title = elog_sections[p->section].title;
	return 0;
}

/* The id of a section from its name. */
static int id_parse(const char *name, uint8_t id[2])
{
	if (strlen(name) == 2 && is_alnum(name[0]) && is_alnum(name[1])) {
		memcpy(id, name, 2);
		return 0;
	}
	if (strlen(name) == 6 && !strncmp(name, "0x", 2) &&
	    elog_hex_parse(name + 2, id, 2) == 2)
		return 0;
	return -EINVAL;
}

static void init_main(uint8_t *p)
{
	elog_put(p, ELOG_main_valid, 1);
	elog_put(p, ELOG_main_new, 1);
	elog_put(p, ELOG_main_big_endian, 1);
	elog_put(p, ELOG_main_powerpc, 1);
	elog_put(p, ELOG_main_format, 14);
	memcpy(p + elog_rows[ELOG_main_company].offset, company,
	       sizeof(company));
}

static void init_section(uint8_t *p, const uint8_t id[2],
			 const struct elog_section_info *info)
{
	memcpy(p, id, 2);
	elog_put(p, ELOG_section_length, info->len);
	elog_put(p, ELOG_section_section_version, info->version);
}

int papr_elog_add(struct papr_elog *elog, const char *name,
		  struct papr_error *error)
{
	enum elog_section section = elog_section_by_name(name);
	const struct elog_section_info *info;
	uint8_t *p = elog->bytes + elog->len, id[2];
	bool is_main = section == ELOG_SECTION_main;

	if (!is_main && id_parse(name, id))
		return error_set(error, -EINVAL, "%.20s is no section: two "
				 "letters or digits are, or 0x and four "
				 "digits", name);
	if (is_main != (elog->n_parts == 1))
		return error_set(error, -EINVAL, is_main ?
				 "main comes once, after the header" :
				 "before any section main must come");
	if (!is_main)
		section = elog_section_by_id(id);
	info = &elog_sections[section];
	if (info->len > PAPR_ELOG_MAX - elog->len)
		return error_set(error, -ENOSPC, "a log has at most %d bytes",
				 PAPR_ELOG_MAX);

	memset(p, 0, info->len);
	if (is_main)
		init_main(p);
	else
		init_section(p, id, info);
	add_part(elog, section, elog->len, info->len);
	elog->len += info->len;
	elog_put(elog->bytes, ELOG_header_extended, 1);
	elog_put(elog->bytes, ELOG_header_extended_length,
		 elog->len - ELOG_HEADER_LEN);
	return 0;
}
