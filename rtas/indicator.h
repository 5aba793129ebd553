/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of indicators and sensors: what set-indicator and get-sensor-state
 * find by their token.  A topic has an array of them, which ends with a token
 * of 0, in topics[] of indicator.c.
 */
#ifndef RTAS_INDICATOR_H
#define RTAS_INDICATOR_H

#include "spapr/fdt.h"

struct indicator {
	uint32_t token;
	/*
	 * Those there are, from index 0 on, as the device tree has it.  0: it
	 * does not, and get and set look at the index themselves.
	 */
	uint32_t count;
	/* Each returns the call's status; NULL: no such sensor, indicator. */
	int32_t (*get)(struct papr_vcpu *vcpu, uint32_t index,
		       uint32_t *state);
	int32_t (*set)(struct papr_vcpu *vcpu, uint32_t index, uint32_t state);
};

extern const struct indicator drc_indicators[];

/* "rtas-indicators" and "rtas-sensors". */
void indicator_tree(struct tree *t);

#endif
