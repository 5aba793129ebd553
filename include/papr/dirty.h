/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages of RAM have changed: what a program needs that copies a guest
 * while it runs.
 *
 * The guest's own stores, and what the kernel writes for it, the host knows;
 * what the library writes it adds itself.  What the program writes into RAM it
 * must know, and so must a program that moves pages.
 */
#ifndef PAPR_DIRTY_H
#define PAPR_DIRTY_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * papr_vm_log_dirty - begin or end to note which pages change
 *
 * At the beginning none has; to begin again while it is on is to forget what
 * was noted.  The VM is sealed, no vCPU is in the guest or in a function of
 * this library, and none enters it meanwhile.
 *
 * Returns: 0; -EBUSY if not sealed; -EOPNOTSUPP if the host cannot; what the
 * host returned; -ENOMEM.
 */
int papr_vm_log_dirty(struct papr_vm *vm, bool on, struct papr_error *error);

/**
 * papr_vm_read_dirty - the pages that have changed since the last time
 * @changed: called for each range of them, with multiples of 4096, by rising
 *	addresses; 0, or a negative errno value that ends it.  It must not call
 *	these two functions
 * @arg: passed to @changed
 *
 * Any thread, while vCPUs run.  A page is told if what is in it differs from
 * what anybody could have read in it when the last call began, or when
 * papr_vm_log_dirty() was called; once it is told, what is read there is new
 * enough, or the page is told again.  Pages that have not changed may be told,
 * too: a host has pages of its own size.  An LMB that was plugged in or taken
 * away has changed as a whole.
 *
 * If it fails, nothing is lost: what was to be told is told by the next call.
 *
 * Returns: 0; -EINVAL if nothing is noted; what @changed or the host returned.
 */
int papr_vm_read_dirty(struct papr_vm *vm,
		       int (*changed)(void *arg, uint64_t gpa, uint64_t len),
		       void *arg, struct papr_error *error);

#ifdef __cplusplus
}
#endif
#endif
