/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often the kernel saw each hypercall, from its kvm_hcall_enter
 * tracepoint: the only way to learn what it answers itself.
 */
#ifndef VMM_KERNEL_COUNTS_H
#define VMM_KERNEL_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kernel_list {
	struct kernel_count {
		pid_t tid;	/* 0: of all that were asked for */
		uint64_t number;
		uint64_t count;
	} *at;
	size_t n;
};

struct kernel_counts {
	char instance[64];	/* tracefs directory of our own, "" for none */
	bool known;
	char why_not[160];
	struct kernel_list sums;
	struct kernel_list base;	/* what counts no more */
};

/* Begins to count if this machine lets us; says why not in @why_not. */
void kernel_counts_start(struct kernel_counts *counts);

/* What threads @tids have called until now, instead of what was read before. */
void kernel_counts_read(struct kernel_counts *counts, const pid_t *tids,
			size_t n);

/* The same for the last time; leaves no trace behind. */
void kernel_counts_stop(struct kernel_counts *counts, const pid_t *tids,
			size_t n);

/* Threads @tids, which are all there are, have called nothing until now. */
void kernel_counts_restart(struct kernel_counts *counts, const pid_t *tids,
			   size_t n);

/* Calls of @number, those that went on to userspace included. */
uint64_t kernel_counts_get(const struct kernel_counts *counts,
			   uint64_t number);

void kernel_counts_free(struct kernel_counts *counts);

#endif
