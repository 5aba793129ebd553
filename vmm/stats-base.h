/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What had been counted when somebody began to count anew.  The counters
 * themselves belong to the vCPUs' threads and only grow: it is subtracted when
 * they are read.
 */
#ifndef VMM_STATS_BASE_H
#define VMM_STATS_BASE_H

#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>
#include <papr/stats.h>

/* More numbers than these are one number, see papr_vm_unknown_hcalls(). */
#define STATS_MAX_UNKNOWN 64

struct call_base;

/* All zero but @since_ns: from the beginning.  One thread at a time. */
struct stats_base {
	uint64_t since_ns;	/* of stats_clock_ns() */
	uint32_t n_cpus;
	/* Of each vCPU each call; NULL where there was none. */
	struct call_base **hcalls;
	struct call_base **rtas;
	size_t n_unknown;
	uint64_t unknown[STATS_MAX_UNKNOWN];
	uint64_t unknown_count[STATS_MAX_UNKNOWN];
};

/* A clock that runs evenly. */
uint64_t stats_clock_ns(void);

/* From now on; -ENOMEM if not, and then it is as it was. */
int stats_base_take(struct stats_base *base, struct papr_vm *vm);

/* Takes it away from what was counted on @vcpu, or with NULL on all. */
void stats_base_hcall(const struct stats_base *base,
		      const struct papr_vcpu *vcpu, size_t index,
		      struct papr_hcall_stats *stats,
		      struct papr_call_detail *detail);
void stats_base_rtas(const struct stats_base *base,
		     const struct papr_vcpu *vcpu, size_t index,
		     struct papr_call_detail *detail);

/* The same of papr_vm_unknown_hcalls(). */
void stats_base_unknown(const struct stats_base *base,
			const uint64_t *numbers, uint64_t *counts, size_t n);

void stats_base_free(struct stats_base *base);

#endif
