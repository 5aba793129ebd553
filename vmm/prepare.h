/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and memory: all that can be checked without KVM. */
#ifndef VMM_PREPARE_H
#define VMM_PREPARE_H

#include "vmm/vmm.h"

/*
 * Reads the policy, loads kernel and initrd into new guest RAM, and opens the
 * files to be written.  Returns 0 or an exit status, with a sentence.
 */
int prepare(struct vmm *vmm, struct papr_error *error);

/* Writes a device tree to a file, without the room it has to grow. */
int dump_fdt(const char *path, void *fdt, struct papr_error *error);

#endif
