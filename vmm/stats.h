/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of each call, as JSON, which papr-run(1) describes, and as
 * tables for people.
 */
#ifndef VMM_STATS_H
#define VMM_STATS_H

#include <stdio.h>

#include <jansson.h>
#include <papr/vm.h>

#include "vmm/kernel-counts.h"
#include "vmm/stats-base.h"

/*
 * Of one vCPU, or with NULL of all; @counts are of the same, and @base is
 * taken away.  NULL without memory.
 */
json_t *stats_json(const struct papr_vm *vm, const struct papr_vcpu *vcpu,
		   const struct kernel_counts *counts,
		   const struct stats_base *base);

/*
 * The tables of what stats_json() returned, perhaps in another program: what
 * is missing or of another type is 0 or "".  Write errors are left to the
 * stream.
 */
void stats_text(FILE *to, const json_t *stats);

/* "64 ns", "1.5 us" and so on. */
void stats_time(uint64_t ns, char *to, size_t size);

/* A member that is text, without what a terminal might obey; "" if none. */
const char *stats_string(const json_t *object, const char *key, char *to,
			 size_t size);

/* A member that is a number; 0 if none. */
uint64_t stats_number(const json_t *object, const char *key);

#endif
