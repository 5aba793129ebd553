/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a POWER machine's Linux has no KVM that makes a VM. */
#ifndef SPAPR_KVM_ABSENT_H
#define SPAPR_KVM_ABSENT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <papr/error.h>

/* What KVM-HV looks at when it is loaded. */
struct kvm_place {
	bool partition;			/* under a hypervisor */
	bool hash;			/* its own MMU mode */
	uint32_t isa;			/* the level that it uses */
};

/* Fills all but @isa from what Linux says in /proc/cpuinfo. */
void kvm_place_read(struct kvm_place *place, FILE *cpuinfo);

/*
 * Writes the sentence for a /dev/kvm that could not be opened, @err being the
 * errno value, or, 0, that makes no VM.  Returns -ENODEV.
 */
int kvm_absent(const struct kvm_place *place, int err,
	       struct papr_error *error);

#endif
