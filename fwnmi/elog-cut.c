/* SPDX-License-Identifier: BSD-2-Clause */
/* A log for a buffer that has no room for all of it. */
#include "fwnmi/elog.h"
#include "spapr/util.h"

static bool is_required(enum elog_section section)
{
	return section == ELOG_SECTION_PH || section == ELOG_SECTION_UH;
}

/* Appends what fits of the sections; 0 if a required one does not. */
static size_t keep_sections(const uint8_t *log, size_t len, uint8_t *out,
			    size_t room)
{
	size_t kept = ELOG_HEADER_LEN + ELOG_MAIN_LEN, size, n = 0;
	uint8_t *ph = NULL;

	for (size_t at = kept; at < len; at += size) {
		enum elog_section section = elog_section_by_id(log + at);

		size = elog_get(log + at, ELOG_section_length);
		if (size > room - kept) {
			if (is_required(section))
				return 0;
			continue;
		}
		memcpy(out + kept, log + at, size);
		if (section == ELOG_SECTION_PH)
			ph = out + kept;
		kept += size;
		n++;
	}
	if (ph)
		elog_put(ph, ELOG_PH_section_count, n);
	return kept;
}

size_t elog_cut(const uint8_t *log, size_t len, uint8_t *out, size_t room)
{
	size_t kept = 0;

	if (len <= room) {
		memcpy(out, log, len);
		return len;
	}
	if (room >= ELOG_HEADER_LEN + ELOG_MAIN_LEN) {
		memcpy(out, log, ELOG_HEADER_LEN + ELOG_MAIN_LEN);
		kept = keep_sections(log, len, out, room);
	}
	if (!kept) {
		memcpy(out, log, ELOG_HEADER_LEN);
		elog_put(out, ELOG_header_extended, 0);
		kept = ELOG_HEADER_LEN;
	}
	elog_put(out, ELOG_header_extended_length, kept - ELOG_HEADER_LEN);
	return kept;
}
