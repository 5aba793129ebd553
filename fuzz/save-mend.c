/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "fuzz/save-mend.h"
#include "spapr/state.h"
#include "spapr/util.h"

void save_mend(uint8_t *bytes, size_t len)
{
	size_t at = SAVE_HEAD_SIZE;

	if (len < at)
		return;
	store_be32(bytes + 12, save_sum(bytes, 12));
	while (len - at >= SAVE_SECTION_SIZE) {
		uint8_t *head = bytes + at;
		uint64_t n = load_be64(head + SECTION_LEN);

		at += SAVE_SECTION_SIZE;
		if (n > len - at)
			n = len - at;
		store_be32(head + SECTION_SUM, save_sum(bytes + at, n));
		store_be32(head + SECTION_HEAD_SUM,
			   save_sum(head, SECTION_HEAD_SUM));
		at += n;
	}
}
