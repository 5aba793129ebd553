/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's non-volatile memory: LoPAR 8, RTAS nvram-fetch and nvram-store.
 *
 * It is a row of partitions of 16-byte blocks.  Each begins with a header:
 * a signature, a checksum of the header, a length in blocks, and a name of 12
 * bytes.  The guest makes and deletes them; the library only hands out bytes.
 */
#ifndef PAPR_NVRAM_H
#define PAPR_NVRAM_H

#include <stddef.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes that an NVRAM has; QEMU's limits. */
#define PAPR_NVRAM_MIN 8192u
#define PAPR_NVRAM_MAX (1024u * 1024u)

/**
 * papr_vm_add_nvram - give the partition its NVRAM; without one it has none
 * @bytes: what is in it, copied
 * @size: PAPR_NVRAM_MIN to PAPR_NVRAM_MAX, a multiple of 16
 *
 * What the guest writes is told to papr_vmm_ops.nvram_store, and kept until
 * the VM is freed.  A reset does not change it.
 *
 * Returns: 0; -EINVAL for such a size; -EEXIST if there is one; -EBUSY if
 * sealed; -ENOMEM.
 */
int papr_vm_add_nvram(struct papr_vm *vm, const void *bytes, size_t size);

/**
 * papr_nvram_format - what is in a new NVRAM
 * @size: as in papr_vm_add_nvram(), or -EINVAL
 *
 * A partition "common" of 4 KiB for the guest's configuration, and free space.
 */
int papr_nvram_format(void *bytes, size_t size);

/**
 * papr_nvram_check - are these partitions, up to the last byte?
 *
 * A guest that was interrupted may have left them damaged, and can repair
 * them: for a message, not a reason to refuse.
 *
 * Returns: 0; -EINVAL for a @size there cannot be; -EBADMSG and the place.
 */
int papr_nvram_check(const void *bytes, size_t size, struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
