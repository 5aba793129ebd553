/* SPDX-License-Identifier: BSD-2-Clause */
/* Between xive.c, which configures, and xive-save.c. */
#ifndef SPAPR_XIVE_STATE_H
#define SPAPR_XIVE_STATE_H

#include <pthread.h>

#include "spapr/xive.h"

/*
 * The lock is for what follows, and that the host is told in the same order;
 * only functions of the host are called under it.
 */
struct xive {
	_Atomic bool resetting;
	size_t n;
	size_t stopped;			/* so many of the first ones are */
	struct xive_source *source;	/* their numbers are fixed */
	pthread_mutex_t lock;
	bool *queued;			/* by vCPU and priority */
};

struct xive_source *xive_find(const struct xive *xive, uint64_t lisn);

/* Whether a vCPU has a queue of that priority. */
bool *xive_queued(const struct papr_vm *vm, const struct papr_vcpu *vcpu,
		  uint32_t priority);

#endif
