/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is saved to a file or a socket and goes on from there: RAM and
 * what libpapr knows, in libpapr's format.
 *
 * Places are a file name, or "unix:" and the name of a socket: who saves
 * connects to it, who restores makes it and waits.
 */
#ifndef VMM_SAVE_H
#define VMM_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <papr/error.h>

struct vmm;

/* Of the last time, for query-migrate. */
struct saved {
	bool done;		/* and the guest stands since */
	bool failed;
	char why[512];
	uint64_t pages;		/* that were written */
	uint64_t zero_pages;	/* that were not */
	uint64_t bytes;		/* of all */
	uint64_t ms;		/* for which the guest stood */
};

/*
 * Stops the guest and saves it; the main thread.  It stands afterwards.  0, or
 * -errno and a sentence, and then it goes on if it ran.
 */
int save_guest(struct vmm *vmm, const char *place, struct papr_error *error);

/* As QEMU's query-migrate. */
json_t *save_report(const struct saved *saved, uint64_t ram);

/* Fills a partition that is ready to run; 0 or a status. */
int restore_guest(struct vmm *vmm, const char *place);

#endif
