/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest finds instead of a flat device tree: the client interface of
 * Open Firmware, IEEE 1275 and LoPAR appendix B, as far as kernels use it.
 */
#ifndef PAPR_FIRMWARE_H
#define PAPR_FIRMWARE_H

#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * papr_vm_set_tree - the device tree that firmware has
 * @fdt: from papr_vm_fdt(), maybe with more in it; copied
 *
 * From now on the library answers for firmware, until the VM is reset.  What
 * the tree's reserve map names is taken, and what the guest claims is not
 * there.  The boot vCPU does not run yet.
 *
 * Returns: 0; -EINVAL for what is not a whole tree; -EBUSY if not sealed;
 * -ENOMEM.
 */
int papr_vm_set_tree(struct papr_vm *vm, const void *fdt,
		     struct papr_error *error);

/**
 * papr_vm_get_tree - the tree as it is now; any thread
 *
 * With all that the guest has changed in it so far.
 *
 * Returns: its size, also if @len is too small and nothing was written;
 * -ENOENT if there is none.
 */
int papr_vm_get_tree(struct papr_vm *vm, void *buf, size_t len);

/**
 * papr_vm_client_entry - where the guest enters the client interface
 *
 * What r5 of the boot vCPU is to be, with a stack in r1, and for Linux its
 * initial RAM disk in r3 and the size of that in r4.  It is in the RTAS area.
 */
uint64_t papr_vm_client_entry(const struct papr_vm *vm);

#ifdef __cplusplus
}
#endif
#endif
