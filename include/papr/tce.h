/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA windows: what a device sees of the guest's memory, page by page, as the
 * guest says with H_PUT_TCE and its kin.
 */
#ifndef PAPR_TCE_H
#define PAPR_TCE_H

#include <stdint.h>

#include <papr/error.h>
#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * papr_vm_add_tce - make a DMA window whose translations the guest writes
 * @liobn: logical I/O bus number, what the guest calls it
 * @bus: first bus address
 * @page_shift: log2 of the page size, 12 to 34
 * @pages: how many, at most 2^24
 *
 * Its table is shared with the kernel where that can be had, so that H_PUT_TCE
 * and the others of its family work on the same entries whoever answers them,
 * and may be routed elsewhere while the guest runs.  Else it is the library's,
 * the kernel leaves all these calls to userspace, and the program's log gets
 * the reason: a host without such tables, RLIMIT_MEMLOCK, or a window that
 * ends with the last bus address.
 *
 * Returns: 0; -EINVAL; -EEXIST if @liobn is taken; -ENOSPC beyond 64 windows;
 * -EBUSY if sealed, or if the program has made a table for @liobn in the
 * kernel; -ENOMEM.
 */
int papr_vm_add_tce(struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint32_t page_shift, uint64_t pages);

/**
 * papr_vm_create_tce - make one after the seal, while the guest runs
 *
 * As above, in any thread, but for papr_vmm_ops.log, which may be called
 * meanwhile.  The calls work on it when this returns.  Such windows have 2^24
 * pages together at most.  A reset takes them away; a saved partition has them.
 *
 * Returns: as above; -ENOSPC also beyond these pages; -EBUSY if not sealed.
 */
int papr_vm_create_tce(struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		       uint32_t page_shift, uint64_t pages,
		       struct papr_error *error);

/**
 * papr_vm_remove_tce - take a window away, of either kind, after the seal
 *
 * In any thread, as above.  When this returns nobody finds it, and nobody is at
 * work on it.  One of papr_vm_add_tce() is back after a reset; until then its
 * number is free for another.
 *
 * Returns: 0; -ENOENT if there is none; -EBUSY if not sealed, or if it is that
 * of a VIO device; -EOPNOTSUPP if the host has its table for ever.
 */
int papr_vm_remove_tce(struct papr_vm *vm, uint32_t liobn,
		       struct papr_error *error);

/**
 * papr_vm_get_tce - the translation of a bus address; any thread
 *
 * Returns: 0; -ENOENT for an unknown window; -EINVAL outside of it.
 */
int papr_vm_get_tce(const struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint64_t *tce);

/**
 * papr_vm_tce_in_kernel - whether the kernel has the table; any thread
 *
 * Returns: 1 if it shares it, 0 if it does not, -ENOENT for an unknown window.
 */
int papr_vm_tce_in_kernel(const struct papr_vm *vm, uint32_t liobn);

#ifdef __cplusplus
}
#endif
#endif
