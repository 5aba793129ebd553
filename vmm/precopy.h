/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is copied to a socket while it runs: all its pages, then those
 * that it has written meanwhile, round after round.  When those that are left
 * take no longer than it may stand it is stopped, and they follow.
 *
 * All of it is in the main thread: it writes when the socket has room, and
 * waits only once the guest stands.
 */
#ifndef VMM_PRECOPY_H
#define VMM_PRECOPY_H

#include <papr/error.h>

struct vmm;
struct precopy;

/* Connects and begins; 0, or -errno and a sentence. */
int precopy_start(struct vmm *vmm, const char *place,
		  struct papr_error *error);

/*
 * What to poll for room; -1 if nothing is under way, or nothing is to be done
 * for @wait_ms, which is -1 otherwise.
 */
int precopy_fd(const struct vmm *vmm, int *wait_ms);

/* Does a part of it; what becomes of it all is in vmm->saved. */
void precopy_serve(struct vmm *vmm);

/* Ends it, and the guest runs on; does nothing if nothing is under way. */
void precopy_cancel(struct vmm *vmm);

/* All of RAM is another one, which the library does not know of. */
void precopy_renew(struct vmm *vmm);

/* When the run is over: no vCPU runs. */
void precopy_free(struct vmm *vmm);

#endif
