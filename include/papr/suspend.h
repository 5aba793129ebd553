/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is asked to suspend itself.  Nothing tells it: its user does,
 * with a number by which the guest asks the partition whether that is true,
 * H_VASI_STATE.  In Linux:
 *
 *	echo 1267 >/sys/devices/system/power/hibernate
 *
 * for the number 4711, in hexadecimal digits.  What it does then is RTAS
 * ibm,suspend-me, papr_vmm_ops.suspend, which a guest may call without being
 * asked, too.
 */
#ifndef PAPR_SUSPEND_H
#define PAPR_SUSPEND_H

#include <stdint.h>

#include <papr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct papr_vm;

/**
 * papr_vm_offer_suspend - the guest is to be suspended
 * @stream: the number of this suspension, not 0
 *
 * It is completed when the guest was suspended the next time, and aborted if
 * the guest says so.  Another offer takes its place, and a reset takes it back.
 * Any thread, while the guest runs.
 *
 * Returns: 0; -EINVAL; -EBUSY before the seal; with a sentence.
 */
int papr_vm_offer_suspend(struct papr_vm *vm, uint64_t stream,
			  struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
