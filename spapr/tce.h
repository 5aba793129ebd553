/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA windows: which there are.  What their tables hold hcalls/tce.c knows.
 *
 * Windows of papr_vm_add_tce() have the first slots, and those that are made
 * later any of the others.  A slot without entries has none, be it that its
 * window was removed or that there never was one.
 */
#ifndef SPAPR_TCE_H
#define SPAPR_TCE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/tce.h>

#define TCE_WINDOWS 64

/* vCPUs, devices and maybe the kernel share the entries. */
struct tce_window {
	uint32_t liobn;
	uint32_t page_shift;
	uint64_t bus;
	uint64_t pages;
	_Atomic uint64_t *entries;
	bool in_kernel;
};

/*
 * Who changes the windows has @change, under which the host and the program's
 * log are called, and for the moment in which slots change @lock too.  Who uses
 * a window reads @lock, and calls nobody.
 */
struct tce_locks {
	pthread_mutex_t change;
	pthread_rwlock_t lock;
};

void tce_begin(struct tce_locks *locks);

/* Frees the tables that are the library's. */
void tce_end(struct papr_vm *vm);

/*
 * The window with a number, or NULL; in either case it and all others stay
 * until tce_done().  Not twice in one thread.
 */
const struct tce_window *tce_use(const struct papr_vm *vm, uint64_t liobn);
void tce_done(const struct papr_vm *vm);

/* The same for those who know that no window changes meanwhile. */
const struct tce_window *tce_find(const struct papr_vm *vm, uint64_t liobn);

/* Those of VIO devices may not. */
bool tce_may_go(const struct papr_vm *vm, uint32_t liobn);

/* As after the seal: those windows, and they are empty. */
int tce_reset(struct papr_vm *vm, struct papr_error *error);

#endif
