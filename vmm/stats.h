/* SPDX-License-Identifier: BSD-2-Clause */
/* --stats: the tables printed when the run has ended. */
#ifndef VMM_STATS_H
#define VMM_STATS_H

#include <stdio.h>

#include <papr/vm.h>

#include "vmm/kernel-counts.h"

/* Write errors are left to the stream. */
void stats_print(FILE *to, const struct papr_vm *vm,
		 const struct kernel_counts *counts);

#endif
