/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is saved to a file or a socket and goes on from there: RAM and
 * what libpapr knows, in libpapr's format.  Places are those of place.h.
 */
#ifndef VMM_SAVE_H
#define VMM_SAVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>
#include <papr/error.h>

struct vmm;

enum saved_state {
	SAVED_NONE,
	SAVED_ACTIVE,
	SAVED_DONE,		/* and the guest stands since */
	SAVED_FAILED,
	SAVED_CANCELLED,
};

/* Of the last time, for query-migrate. */
struct saved {
	enum saved_state state;
	struct papr_error why;
	uint64_t pages;		/* that were written */
	uint64_t zero_pages;	/* that were not, or shortly */
	uint64_t left;		/* that are still to be */
	uint64_t rounds;
	uint64_t dirty_rate;	/* pages that the guest has changed a second */
	uint64_t rate;		/* bytes that are sent a second, just now */
	uint64_t bytes;		/* of all, */
	uint64_t last_bytes;	/* and while the guest stood, */
	uint64_t ms;		/* which was so long, */
	uint64_t total_ms;	/* of this */
};

/* Milliseconds of a clock that only goes on. */
uint64_t save_clock_ms(void);

/* As QEMU calls it. */
const char *save_status(enum saved_state state);

/*
 * Stops the guest and saves it; the main thread.  It stands afterwards.  0, or
 * -errno and a sentence, and then it goes on if it ran.  precopy.h has the
 * other way.
 */
int save_guest(struct vmm *vmm, const char *place, struct papr_error *error);

/* As QEMU's query-migrate, of a guest with so much RAM. */
json_t *save_report(const struct saved *saved, uint64_t ram);

/* Fills a partition that is ready to run; 0 or a status. */
int restore_guest(struct vmm *vmm, const char *place);

/* The same of what can be read; 0 or -errno and a sentence. */
int restore_stream(struct vmm *vmm, FILE *stream, struct papr_error *error);

#endif
