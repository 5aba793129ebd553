/* SPDX-License-Identifier: BSD-2-Clause */
/* Levels of the architecture that a processor can be told to have. */
#ifndef SPAPR_CPU_LEVEL_H
#define SPAPR_CPU_LEVEL_H

#include <stddef.h>
#include <stdint.h>

#define PA_FEATURES_MAX 68

struct cpu_level {
	uint32_t isa;
	const char *name;		/* of the processor that had it first */
	uint32_t logical_pvr;
	const uint8_t *pa_features;	/* what is in ibm,pa-features */
	size_t pa_features_len;
};

/* The highest that a host of this @isa has. */
const struct cpu_level *cpu_level_of(uint32_t isa);

/* The one with a logical PVR, or NULL. */
const struct cpu_level *cpu_level_by_pvr(uint32_t pvr);

#endif
