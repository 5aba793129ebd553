/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vital product data: what a guest's tools say of the machine they are on,
 * RTAS ibm,get-vpd.  A partition whose program gives none has a stanza "System
 * VPD" with its type, a serial number from its UUID, and its location code.
 */
#ifndef PAPR_VPD_H
#define PAPR_VPD_H

#include <stddef.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * papr_vm_add_vpd - the data of things, in place of the partition's own
 * @stanzas: one or more, one behind the other as ibm,get-vpd hands them out.
 *	Each has four bytes of length, big-endian, of all that follows; a
 *	resource 0x82 with a name; a resource 0x84 with keywords, two letters, a
 *	byte of length and the value; 0x78 or 0x79.  The keyword YL is its
 *	location code
 *
 * Copied; they are handed out in the order in which they came.
 *
 * Returns: 0; -EINVAL if these are no stanzas, with a sentence that has the
 * place, and none is taken; -EBUSY if sealed; -ENOMEM.
 */
int papr_vm_add_vpd(struct papr_vm *vm, const void *stanzas, size_t len);

#ifdef __cplusplus
}
#endif
#endif
