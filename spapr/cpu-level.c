/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/cpu-level.h"
#include "spapr/util.h"

/*
 * ibm,pa-features: a length, 0, then bits from the most significant of byte
 * 0 on.  A bit that is there and 0 takes the feature away from Linux.
 */
static const uint8_t pa_features_206[] = {
	6, 0,
	0xf6, 0x1f, 0xc7, 0x00, 0x80, 0xc0,			/* 0 - 5 */
};

static const uint8_t pa_features_207[] = {
	24, 0,
	0xf6, 0x1f, 0xc7, 0xc0, 0x80, 0xf0, 0x80, 0x00,	/* 0 - 7 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,	/* 8 - 15 */
	0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x00, 0x00,	/* 16 - 23 */
};

static const uint8_t pa_features_300[] = {
	66, 0,
	0xf6, 0x1f, 0xc7, 0xc0, 0x00, 0xf0, 0x80, 0x00,	/* 0 - 7 */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,	/* 8 - 15 */
	0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x00, 0x00,	/* 16 - 23 */
	0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x00, 0x00,	/* 24 - 31 */
	0x80, 0x00, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00,	/* 32 - 39 */
	0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00,	/* 40 - 47 */
	0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00,	/* 48 - 55 */
	0x80, 0x00, 0x80, 0x00, 0x80, 0x00, 0x80, 0x00,	/* 56 - 63 */
	0x00, 0x00,						/* 64 - 65 */
};

static const struct cpu_level levels[] = {
	{ 310, "PowerPC,POWER10", 0x0f000006,
	  pa_features_300, sizeof(pa_features_300) },
	{ 300, "PowerPC,POWER9", 0x0f000005,
	  pa_features_300, sizeof(pa_features_300) },
	{ 207, "PowerPC,POWER8", 0x0f000004,
	  pa_features_207, sizeof(pa_features_207) },
	{ 206, "PowerPC,POWER7", 0x0f000003,
	  pa_features_206, sizeof(pa_features_206) },
};

_Static_assert(sizeof(pa_features_300) <= PA_FEATURES_MAX,
	       "ibm,pa-features is longer than there is room for");

const struct cpu_level *cpu_level_of(uint32_t isa)
{
	const struct cpu_level *l = levels;

	while (isa < l->isa && l < &levels[ARRAY_SIZE(levels) - 1])
		l++;
	return l;
}

const struct cpu_level *cpu_level_by_pvr(uint32_t pvr)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (levels[i].logical_pvr == pvr)
			return &levels[i];
	return NULL;
}
