/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Breakpoints: words in guest memory that make a vCPU leave the guest.
 *
 * Each vCPU has one range of them at most, but all vCPUs run into all.  They
 * are in memory only while somebody waits for one and nobody passes over one:
 * a vCPU that does lifts all until it is asked again.
 *
 * Everything here is under papr_vm.inject_lock.
 */
#ifndef SPAPR_TRAPS_H
#define SPAPR_TRAPS_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/error.h>

#define TRAPS_MAX 4096u

struct papr_vcpu;
struct papr_vm;

/* Of one vCPU; @old is NULL if it has none. */
struct traps {
	uint64_t gpa;
	uint32_t n;
	uint32_t *old;			/* what was there */
	bool passes;
};

/* @n words from @gpa on, up to TRAPS_MAX.  0, or -errno and a sentence. */
int traps_add(struct papr_vcpu *vcpu, uint64_t gpa, uint32_t n,
	      struct papr_error *error);

/* Nothing if it has none. */
void traps_remove(struct papr_vcpu *vcpu);

/* Whether the vCPU passes over a trap now. */
void traps_pass(struct papr_vcpu *vcpu, bool passes);

/* Before a vCPU enters the guest for the first time: 0 or -errno. */
int traps_attach(struct papr_vcpu *vcpu, void *cpu);

#endif
