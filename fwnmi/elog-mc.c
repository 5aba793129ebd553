/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of a machine check, from its meaning. */
#include <errno.h>

#include "fwnmi/elog-build.h"
#include "spapr/util.h"

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
	return elog_check_value(mc_rows[layout].subtype, info->subtype, error);
}

static int check_info(const struct papr_mc_info *info,
		      struct papr_error *error)
{
	if (info->flags & ~(PAPR_MC_BARE | PAPR_MC_ZERO_LENGTH))
		return error_set(error, -EINVAL, "unknown flags 0x%x",
				 info->flags);
	if (elog_check_value(ELOG_header_severity, info->severity, error) ||
	    elog_check_value(ELOG_header_disposition, info->disposition,
			     error) ||
	    elog_check_value(ELOG_header_initiator, info->initiator, error))
		return -EINVAL;
	if (info->severity == PAPR_ELOG_FATAL &&
	    info->disposition == PAPR_ELOG_FULLY_RECOVERED)
		return error_set(error, -EINVAL, "an error that is fully "
				 "recovered is not fatal");
	if (info->time_s > ELOG_LAST_S)
		return error_set(error, -EINVAL, "the log has no room for a "
				 "year after 9999");
	return check_mc(info, error);
}

static bool is_recovered(const struct papr_mc_info *info)
{
	return info->disposition != PAPR_ELOG_NOT_RECOVERED;
}

static void build_headers(struct elog_build *b,
			  const struct papr_mc_info *info)
{
	uint8_t *p = elog_append_header(b);

	elog_put(p, ELOG_header_severity, info->severity);
	elog_put(p, ELOG_header_disposition, info->disposition);
	elog_put(p, ELOG_header_initiator, info->initiator);
	elog_put(p, ELOG_header_type, PAPR_ELOG_PLATFORM_ERROR);

	p = elog_append_main(b);
	elog_put(p, ELOG_main_unrecoverable, !is_recovered(info));
	elog_put(p, ELOG_main_recoverable, is_recovered(info));
}

/* What librtasevent and LoPAR want in front of MC. */
static void build_event(struct elog_build *b, const struct papr_mc_info *info)
{
	const struct elog_stamp stamp = { info->log_id, info->time_s };
	uint8_t *p;

	elog_append_ph(b, &stamp, 4);	/* PH, UH, PS, MC */
	p = elog_append(b, ELOG_SECTION_UH);
	elog_put(p, ELOG_UH_subsystem, info->type == PAPR_MC_UE ? 0x20 : 0x10);
	elog_put(p, ELOG_UH_severity, is_recovered(info) ? 0x10 : 0x40);
	elog_append_ps(b, ELOG_REFCODE);
}

static void build_mc(struct elog_build *b, const struct papr_mc_info *info)
{
	enum elog_layout layout = elog_mc_layout(info->type);
	uint8_t *p = elog_append(b, ELOG_SECTION_MC);

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
	struct elog_build b = { .bytes = buf };
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
	elog_finish(&b);
	if (info.flags & PAPR_MC_ZERO_LENGTH)
		elog_put(first, ELOG_section_length, 0);
	return b.len;
}
