/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a vCPU counts of each call.  Only its own thread writes, so counting
 * needs no lock and no atomic addition; any thread reads.
 */
#ifndef SPAPR_CALL_STATS_H
#define SPAPR_CALL_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <papr/stats.h>

#include "hcalls/catalogue.h"
#include "rtas/catalogue.h"

/* With one writer this needs no atomic addition, which is many times dearer. */
static inline void count_more(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
			      atomic_load_explicit(counter,
						   memory_order_relaxed) + n,
			      memory_order_relaxed);
}

static inline void count_one(_Atomic uint64_t *counter)
{
	count_more(counter, 1);
}

/* Between what two vCPUs write, for processors that fetch lines in pairs. */
#define CACHE_LINES 128

#define RESULT_SLOTS 6

/* Results other than 0; the last count is of those that found no slot. */
struct call_results {
	_Atomic int64_t code[RESULT_SLOTS];
	_Atomic uint64_t count[RESULT_SLOTS + 1];
};

struct call_times {
	_Atomic uint64_t total_ns;
	_Atomic uint64_t max_ns;
	_Atomic uint64_t bucket[PAPR_TIME_BUCKETS];
};

/* Large, so there is none until times are measured. */
struct vcpu_times {
	struct call_times hcalls[HCALL_ROWS];
	struct call_times rtas[RTAS_ROWS];
	uint8_t apart[CACHE_LINES];
};

/* In struct papr_vcpu. */
struct vcpu_stats {
	_Atomic bool timing;
	struct vcpu_times *_Atomic times;	/* once made it stays */
	struct call_results hcalls[HCALL_ROWS];
	struct call_results rtas[RTAS_ROWS];
	uint8_t apart[CACHE_LINES];
};

/* The times to add to when the call has been answered, or NULL. */
static inline struct vcpu_times *stats_timing(const struct vcpu_stats *stats)
{
	/* Pairs with papr_vm_set_timing(). */
	if (__builtin_expect(!atomic_load_explicit(&stats->timing,
						   memory_order_acquire), 1))
		return NULL;
	return atomic_load_explicit(&stats->times, memory_order_relaxed);
}

uint64_t stats_now_ns(void);

/* A call that began at @start_ns has been answered. */
void times_count(struct call_times *times, uint64_t start_ns);

/* @code is not 0. */
void results_count(struct call_results *results, int64_t code);

#endif
