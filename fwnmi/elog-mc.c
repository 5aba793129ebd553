/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of a machine check, from its meaning. */
#include <errno.h>

#include "fwnmi/elog-table.h"
#include "spapr/util.h"

/* A reference code must be there; nobody has defined one for us. */
#define REFCODE "B7000000                        "

#define DAY_S 86400u
#define LAST_S UINT64_C(253402300799)	/* of the year 9999 */

/* Where a log of each layout has what; 0 is no field of MC. */
static const struct {
	enum elog_row_id effective_valid;
	enum elog_row_id logical_valid;
	enum elog_row_id transient;
	enum elog_row_id subtype;
} mc_rows[] = {
	[ELOG_LAYOUT_ue] = {
		ELOG_MC_ue_effective_valid, ELOG_MC_ue_logical_valid,
		ELOG_MC_ue_transient, ELOG_MC_ue_subtype
	},
	[ELOG_LAYOUT_slb] = {
		ELOG_MC_slb_effective_valid, 0, 0, ELOG_MC_slb_subtype
	},
	[ELOG_LAYOUT_erat] = {
		ELOG_MC_erat_effective_valid, 0, 0, ELOG_MC_erat_subtype
	},
	[ELOG_LAYOUT_ra] = {
		ELOG_MC_ra_effective_valid, 0, 0, ELOG_MC_ra_subtype
	},
	[ELOG_LAYOUT_plain] = { 0, 0, 0, ELOG_MC_plain_subtype },
};

struct build {
	uint8_t *bytes;
	size_t len;
};

static int check_value(enum elog_row_id id, uint64_t value,
		       struct papr_error *error)
{
	if (value <= elog_row_max(&elog_rows[id]))
		return 0;
	return error_set(error, -EINVAL, "%s %u does not fit the log",
			 elog_rows[id].name, (unsigned int)value);
}

/* What the log can say of this type of machine check. */
static int check_mc(const struct papr_mc_info *info, struct papr_error *error)
{
	enum elog_layout layout = elog_mc_layout(info->type);
	const char *name = elog_value_name(ELOG_LIST_mc_type, info->type);
	const char *what = NULL;

	if (info->effective_valid && !mc_rows[layout].effective_valid)
		what = "an effective address";
	else if (info->logical_valid && !mc_rows[layout].logical_valid)
		what = "a logical address";
	else if (info->transient && !mc_rows[layout].transient)
		what = "that it is transient";
	if (what)
		return error_set(error, -EINVAL, "the log of a machine check "
				 "of type %s cannot give %s",
				 name ? name : "unknown", what);
	return check_value(mc_rows[layout].subtype, info->subtype, error);
}

static int check_info(const struct papr_mc_info *info,
		      struct papr_error *error)
{
	if (info->flags & ~(PAPR_MC_BARE | PAPR_MC_ZERO_LENGTH))
		return error_set(error, -EINVAL, "unknown flags 0x%x",
				 info->flags);
	if (check_value(ELOG_header_severity, info->severity, error) ||
	    check_value(ELOG_header_disposition, info->disposition, error) ||
	    check_value(ELOG_header_initiator, info->initiator, error))
		return -EINVAL;
	if (info->severity == PAPR_ELOG_FATAL &&
	    info->disposition == PAPR_ELOG_FULLY_RECOVERED)
		return error_set(error, -EINVAL, "an error that is fully "
				 "recovered is not fatal");
	if (info->time_s > LAST_S)
		return error_set(error, -EINVAL, "the log has no room for a "
				 "year after 9999");
	return check_mc(info, error);
}

/* Zeros, but for what every section begins with. */
static uint8_t *append(struct build *b, enum elog_section section)
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

static bool is_recovered(const struct papr_mc_info *info)
{
	return info->disposition != PAPR_ELOG_NOT_RECOVERED;
}

static void build_headers(struct build *b, const struct papr_mc_info *info)
{
	uint8_t *p = append(b, ELOG_SECTION_header);

	elog_put(p, ELOG_header_version,
		 elog_sections[ELOG_SECTION_header].version);
	elog_put(p, ELOG_header_severity, info->severity);
	elog_put(p, ELOG_header_disposition, info->disposition);
	elog_put(p, ELOG_header_extended, 1);
	elog_put(p, ELOG_header_initiator, info->initiator);
	elog_put(p, ELOG_header_type, PAPR_ELOG_PLATFORM_ERROR);

	p = append(b, ELOG_SECTION_main);
	elog_put(p, ELOG_main_valid, 1);
	elog_put(p, ELOG_main_unrecoverable, !is_recovered(info));
	elog_put(p, ELOG_main_recoverable, is_recovered(info));
	elog_put(p, ELOG_main_new, 1);
	elog_put(p, ELOG_main_big_endian, 1);
	elog_put(p, ELOG_main_powerpc, 1);
	elog_put(p, ELOG_main_format, 14);
	memcpy(p + elog_rows[ELOG_main_company].offset, "IBM", 4);
}

static unsigned int bcd(unsigned int n)
{
	return n / 10 % 10 << 4 | n % 10;
}

/* The C library's gmtime_r() takes a lock and may allocate. */
static unsigned int bcd_date(uint64_t days)
{
	/* Years begin in March here, so that the leap day is the last. */
	unsigned int since = days + 719468, era = since % 146097;
	unsigned int year = (era - era / 1460 + era / 36524 - era / 146096) /
			    365;
	unsigned int day = era - (365 * year + year / 4 - year / 100);
	unsigned int month = (5 * day + 2) / 153;

	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	year += since / 146097 * 400 + (month <= 2);
	return bcd(year / 100) << 24 | bcd(year) << 16 | bcd(month) << 8 |
	       bcd(day + 1);
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

/* What librtasevent and LoPAR want in front of MC. */
static void build_event(struct build *b, const struct papr_mc_info *info)
{
	uint8_t *p = append(b, ELOG_SECTION_PH);

	elog_put(p, ELOG_PH_creator, 'H');
	elog_put(p, ELOG_PH_platform_log_id, info->log_id);
	elog_put(p, ELOG_PH_log_entry_id, info->log_id);
	elog_put(p, ELOG_PH_section_count, 4);	/* PH, UH, PS, MC */
	put_time(p, info->time_s);

	p = append(b, ELOG_SECTION_UH);
	elog_put(p, ELOG_UH_subsystem, info->type == PAPR_MC_UE ? 0x20 : 0x10);
	elog_put(p, ELOG_UH_severity, is_recovered(info) ? 0x10 : 0x40);

	p = append(b, ELOG_SECTION_PS);
	elog_put(p, ELOG_PS_src_version, 2);
	memcpy(p + elog_rows[ELOG_PS_refcode].offset, REFCODE,
	       elog_rows[ELOG_PS_refcode].size);
}

static void build_mc(struct build *b, const struct papr_mc_info *info)
{
	enum elog_layout layout = elog_mc_layout(info->type);
	uint8_t *p = append(b, ELOG_SECTION_MC);

	elog_put(p, ELOG_MC_processor_id, info->processor_id);
	elog_put(p, ELOG_MC_type, info->type);
	elog_put(p, mc_rows[layout].subtype, info->subtype);
	if (info->transient)
		elog_put(p, mc_rows[layout].transient, 1);
	if (info->effective_valid) {
		elog_put(p, mc_rows[layout].effective_valid, 1);
		elog_put(p, ELOG_MC_effective_address,
			 info->effective_address);
	}
	if (info->logical_valid) {
		elog_put(p, mc_rows[layout].logical_valid, 1);
		elog_put(p, ELOG_MC_logical_address, info->logical_address);
	}
}

static size_t size_of(const struct papr_mc_info *info)
{
	size_t size = elog_sections[ELOG_SECTION_header].len +
		      elog_sections[ELOG_SECTION_main].len +
		      elog_sections[ELOG_SECTION_MC].len;

	if (!(info->flags & PAPR_MC_BARE))
		size += elog_sections[ELOG_SECTION_PH].len +
			elog_sections[ELOG_SECTION_UH].len +
			elog_sections[ELOG_SECTION_PS].len;
	return size;
}

int papr_elog_build_mc(void *buf, size_t len, const struct papr_mc_info *from,
		       struct papr_error *error)
{
	struct build b = { .bytes = buf };
	struct papr_mc_info info;
	uint8_t *first;
	int r = sized_copy(&info, sizeof(info), from);

	if (r)
		return error_set(error, r, "struct papr_mc_info has a size "
				 "this library does not know");
	r = check_info(&info, error);
	if (r)
		return r;
	if (len < size_of(&info))
		return error_set(error, -ENOSPC, "the log needs %zu bytes, "
				 "and there is room for %zu", size_of(&info),
				 len);

	build_headers(&b, &info);
	first = b.bytes + b.len;
	if (!(info.flags & PAPR_MC_BARE))
		build_event(&b, &info);
	build_mc(&b, &info);
	elog_put(b.bytes, ELOG_header_extended_length,
		 b.len - elog_sections[ELOG_SECTION_header].len);
	if (info.flags & PAPR_MC_ZERO_LENGTH)
		elog_put(first, ELOG_section_length, 0);
	return b.len;
}
