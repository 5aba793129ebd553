/* SPDX-License-Identifier: BSD-2-Clause */
/* The buckets in which times are counted: four to each power of two. */
#include "config.h"

#include "spapr/call-stats.h"

/* Times below 2^FIRST_EXPONENT are one bucket. */
#define FIRST_EXPONENT	6
#define LAST		(PAPR_TIME_BUCKETS - 1)
#define LAST_EXPONENT	(FIRST_EXPONENT + (LAST - 1) / 4)

size_t papr_time_bucket(uint64_t ns)
{
	unsigned int exponent;

	if (!(ns >> FIRST_EXPONENT))
		return 0;
	if (ns >> LAST_EXPONENT)
		return LAST;
	exponent = 63 - __builtin_clzll(ns);
	/* The two bits after the first say which quarter. */
	return 1 + (exponent - FIRST_EXPONENT) * 4 +
	       ((ns >> (exponent - 2)) & 3);
}

uint64_t papr_time_bucket_start(size_t index)
{
	if (!index)
		return 0;
	if (index > LAST)
		return UINT64_MAX;
	index--;
	return (uint64_t)(4 + index % 4) << (FIRST_EXPONENT - 2 + index / 4);
}

uint64_t papr_call_percentile(const struct papr_call_detail *detail,
			      unsigned int per_mille)
{
	unsigned int rest = per_mille < 1000 ? 1000 - per_mille : 0;
	uint64_t all = 0, seen = 0, wanted, end;
	size_t i;

	for (i = 0; i < PAPR_TIME_BUCKETS; i++)
		all += detail->bucket[i];
	if (!all)
		return 0;
	/* Rounded up, and without an overflow. */
	wanted = all - all / 1000 * rest - all % 1000 * rest / 1000;
	for (i = 0; i < LAST; i++) {
		seen += detail->bucket[i];
		if (seen && seen >= wanted)
			break;
	}
	end = papr_time_bucket_start(i + 1) - 1;
	return end < detail->max_ns ? end : detail->max_ns;
}
