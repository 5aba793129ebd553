/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPUs that sleep until somebody prods them, in H_CEDE and H_JOIN.
 *
 * One atomic word says of each whether it sleeps and whether a prod is kept
 * for the next time: LoPAR's "prod" bit.  The host does the sleeping.
 */
#ifndef SPAPR_REST_H
#define SPAPR_REST_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/vm.h>

/* @how the vCPU sleeps from now on; but a prod that was kept is used up. */
void rest_begin(struct papr_vcpu *vcpu, enum papr_rest how);

/* H_PROD: it wakes, or will not sleep the next time; any thread. */
void rest_prod(struct papr_vcpu *vcpu);

/* Whether all others sleep in H_JOIN or are stopped; under join_lock. */
bool rest_is_last(const struct papr_vcpu *vcpu);

/* As new. */
void rest_reset(struct papr_vcpu *vcpu);

/* The word as a number to be saved, and back if it is one that can be. */
uint8_t rest_get(const struct papr_vcpu *vcpu);
bool rest_is(uint8_t rest);
void rest_set(struct papr_vcpu *vcpu, uint8_t rest);

#endif
