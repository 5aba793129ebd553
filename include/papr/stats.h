/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What calls that came to userspace returned, and how long they took.
 *
 * Each vCPU counts for itself, without a lock and without a cache line that
 * another one writes; readers add up.  So a reader may find a call that is
 * being counted in one number and not yet in the next.
 */
#ifndef PAPR_STATS_H
#define PAPR_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Times are counted in buckets, four to each power of two: the first is all
 * below 64 ns, the last all from 2^35 ns (34 s) on.  So a time that is read
 * from the buckets is at most a quarter longer than it was, and never shorter.
 */
#define PAPR_TIME_BUCKETS 118

/** How many results other than 0 a struct papr_call_detail tells apart. */
#define PAPR_RESULT_CODES 16

/**
 * struct papr_result_count - how often a call returned something
 * @code: r3, or the status of an RTAS call; never 0
 */
struct papr_result_count {
	int64_t code;
	uint64_t count;
};

/**
 * struct papr_call_detail - one call that came to userspace
 * @size: sizeof(struct papr_call_detail)
 * @calls: how often, whoever answered
 * @errors: as in struct papr_hcall_stats; of RTAS, those with a status below 0
 * @other_results: how often the result was not 0 and is not in @result: a
 *	vCPU tells the first 6 results of a call apart
 * @n_results, @result: the others
 * @timed: how many calls were measured; see papr_vm_set_timing()
 * @total_ns, @max_ns: how long they took, all of them and the longest
 * @bucket: how many took how long
 */
struct papr_call_detail {
	size_t size;
	uint64_t calls;
	uint64_t errors;
	uint64_t other_results;
	size_t n_results;
	struct papr_result_count result[PAPR_RESULT_CODES];
	uint64_t timed;
	uint64_t total_ns;
	uint64_t max_ns;
	uint64_t bucket[PAPR_TIME_BUCKETS];
};

/**
 * papr_vm_set_timing - measure how long calls take, or no more
 *
 * Off at first, as reading the clock twice takes longer than a call.  What was
 * measured stays.  One thread at a time, while vCPUs run or not.
 *
 * Returns: 0, or -ENOMEM.
 */
int papr_vm_set_timing(struct papr_vm *vm, bool on);

/** papr_vm_timing - whether calls are measured; any thread */
bool papr_vm_timing(const struct papr_vm *vm);

/**
 * papr_vcpu_stats - as papr_vm_stats(), of one vCPU; any thread
 */
int papr_vcpu_stats(const struct papr_vcpu *vcpu, size_t index,
		    struct papr_hcall_stats *stats);

/**
 * papr_vm_hcall_detail, papr_vm_rtas_detail - results and times of a call
 * @vcpu: of this vCPU only; NULL for all of @vm
 * @index: place in the catalogue
 *
 * Any thread.  The time of H_RTAS is that of the RTAS calls in it, and what
 * H_RTAS does itself.
 *
 * Returns: 0, or -EINVAL if there is no such index or @detail has no size.
 */
int papr_vm_hcall_detail(const struct papr_vm *vm,
			 const struct papr_vcpu *vcpu, size_t index,
			 struct papr_call_detail *detail);
int papr_vm_rtas_detail(const struct papr_vm *vm,
			const struct papr_vcpu *vcpu, size_t index,
			struct papr_call_detail *detail);

/** papr_time_bucket - which bucket counts a time */
size_t papr_time_bucket(uint64_t ns);

/**
 * papr_time_bucket_start - the shortest time that bucket @index counts
 *
 * It counts all below that of the next.  UINT64_MAX from PAPR_TIME_BUCKETS on.
 */
uint64_t papr_time_bucket_start(size_t index);

/**
 * papr_call_percentile - a time that so many of the measured calls kept to
 * @per_mille: 500 for the median, 990 for all but one in a hundred
 *
 * Returns: the end of the bucket, at most a quarter more than the exact time
 * if that is 64 ns or more, and never more than @max_ns; 0 if none was
 * measured.
 */
uint64_t papr_call_percentile(const struct papr_call_detail *detail,
			      unsigned int per_mille);

#ifdef __cplusplus
}
#endif
#endif
