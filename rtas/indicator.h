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
	 * Those there are, from index 0 on.  0: their indices are told
	 * elsewhere, and get and set look at them.
	 */
	uint32_t count;
	/* Each returns the call's status; NULL: no such sensor, indicator. */
	int32_t (*get)(struct papr_vcpu *vcpu, uint32_t index,
		       uint32_t *state);
	int32_t (*set)(struct papr_vcpu *vcpu, uint32_t index, uint32_t state);
	/* There is one, where the partition is: ibm,get-indices tells of it. */
	bool located;
};

extern const struct indicator drc_indicators[];

/* NULL if there is none. */
const struct indicator *indicator_find(uint32_t token, uint32_t index,
				       bool sensor);

/* "rtas-indicators" and "rtas-sensors", and the kinds of ibm,get-indices. */
void indicator_tree(struct tree *t);

#endif
