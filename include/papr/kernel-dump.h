/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dumps of a guest's kernel that the platform takes, RTAS
 * ibm,configure-kernel-dump, which Linux calls fadump.  They are offered if
 * papr_vm_config.kernel_dump is set, for which the host needs name_regs and
 * reset_cpu.
 */
#ifndef PAPR_KERNEL_DUMP_H
#define PAPR_KERNEL_DUMP_H

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * papr_vm_dump - take the dump that the guest has asked for, if it has
 *
 * Call it before each papr_vm_reset() of a partition with kernel dumps, in the
 * same state of its vCPUs.  A guest that has registered a dump and gives up,
 * PAPR_EVENT_DUMP, has parts of its memory copied, and the registers of all
 * vCPUs written, into other parts of its memory; the next one finds in the
 * device tree where.
 *
 * Returns: 1 if there is a dump for the next guest, of now or of before: its
 * memory must stay as it is over the reset, but where the kernel and what it is
 * started with are put; 0 if there is none; the host's error, or -ENOMEM, if it
 * could not be taken.
 */
int papr_vm_dump(struct papr_vm *vm, struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
