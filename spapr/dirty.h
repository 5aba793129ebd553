/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of RAM that have changed: include/papr/dirty.h.
 *
 * ram_get() notes a page before it is written.  Who reads the notes meanwhile
 * may look at the page too early, so what was noted is told once more as long
 * as somebody may still be about to write: a vCPU in a call, or one of those
 * between dirty_begin() and dirty_end().  That is seen for certain because all
 * of it is in one order: a writer first says that it is there and then notes;
 * who reads first takes the notes and then looks who is there.
 */
#ifndef SPAPR_DIRTY_H
#define SPAPR_DIRTY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

struct papr_vm;
struct dirty_map;

struct dirty {
	pthread_mutex_t lock;		/* of who reads */
	struct dirty_map *maps;		/* NULL: it is off */
	_Atomic uint32_t writers;
};

void dirty_mark(struct papr_vm *vm, uint64_t gpa, uint64_t len);

/* Around what writes RAM, but is no call of a vCPU. */
void dirty_begin(struct papr_vm *vm);
void dirty_end(struct papr_vm *vm);

#endif
