/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "fwnmi/elog-build.h"
#include "spapr/date.h"
#include "spapr/util.h"

#define DAY_S 86400u

int elog_check_value(enum elog_row_id id, uint64_t value,
		     struct papr_error *error)
{
	if (value <= elog_row_max(&elog_rows[id]))
		return 0;
	return error_set(error, -EINVAL, "%s %u does not fit the log",
			 elog_rows[id].name, (unsigned int)value);
}

uint8_t *elog_append(struct elog_build *b, enum elog_section section)
{
	const struct elog_section_info *info = &elog_sections[section];
	uint8_t *p = b->bytes + b->len;

	memset(p, 0, info->len);
	b->len += info->len;
	if (section == ELOG_SECTION_header || section == ELOG_SECTION_main)
		return p;
	memcpy(p, info->name, 2);
	elog_put(p, ELOG_section_length, info->len);
	elog_put(p, ELOG_section_section_version, info->version);
	return p;
}

uint8_t *elog_append_header(struct elog_build *b)
{
	uint8_t *p = elog_append(b, ELOG_SECTION_header);

	elog_put(p, ELOG_header_version,
		 elog_sections[ELOG_SECTION_header].version);
	elog_put(p, ELOG_header_extended, 1);
	return p;
}

uint8_t *elog_append_main(struct elog_build *b)
{
	uint8_t *p = elog_append(b, ELOG_SECTION_main);

	elog_put(p, ELOG_main_valid, 1);
	elog_put(p, ELOG_main_new, 1);
	elog_put(p, ELOG_main_big_endian, 1);
	elog_put(p, ELOG_main_powerpc, 1);
	elog_put(p, ELOG_main_format, 14);
	memcpy(p + elog_rows[ELOG_main_company].offset, "IBM", 4);
	return p;
}

static unsigned int bcd(unsigned int n)
{
	return n / 10 % 10 << 4 | n % 10;
}

static unsigned int bcd_date(uint64_t days)
{
	struct date date = date_of_days(days);

	return bcd(date.year / 100) << 24 | bcd(date.year) << 16 |
	       bcd(date.month) << 8 | bcd(date.day);
}

static void put_time(uint8_t *ph, uint64_t time_s)
{
	unsigned int s = time_s % DAY_S;

	if (!time_s)
		return;
	elog_put(ph, ELOG_PH_date, bcd_date(time_s / DAY_S));
	elog_put(ph, ELOG_PH_time, bcd(s / 3600) << 24 |
		 bcd(s / 60 % 60) << 16 | bcd(s % 60) << 8);
}

void elog_append_ph(struct elog_build *b, const struct elog_stamp *stamp,
		    unsigned int sections)
{
	uint8_t *p = elog_append(b, ELOG_SECTION_PH);

	elog_put(p, ELOG_PH_creator, 'H');
	elog_put(p, ELOG_PH_platform_log_id, stamp->log_id);
	elog_put(p, ELOG_PH_log_entry_id, stamp->log_id);
	elog_put(p, ELOG_PH_section_count, sections);
	put_time(p, stamp->time_s);
}

uint8_t *elog_append_ps(struct elog_build *b, const char *refcode)
{
	uint8_t *p = elog_append(b, ELOG_SECTION_PS);

	elog_put(p, ELOG_PS_src_version, 2);
	memcpy(p + elog_rows[ELOG_PS_refcode].offset, refcode,
	       elog_rows[ELOG_PS_refcode].size);
	return p;
}

void elog_finish(struct elog_build *b)
{
	elog_put(b->bytes, ELOG_header_extended_length,
		 b->len - elog_sections[ELOG_SECTION_header].len);
}
