/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of RAM that are still to be written, and how they are: in sections of
 * libpapr's format.
 *
 *	ram		an address, and the pages from there on
 *	ram-zero	an address, and how many bytes from there on are zero
 *
 * A page may come more than once, and then the last one counts; one that never
 * comes is zero.
 */
#ifndef VMM_PAGES_H
#define VMM_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/save.h>

#define RAM_SECTION "ram"
#define RAM_VERSION 1u
#define RAM_HEAD 8u
#define RAM_PAGE 4096u
#define RAM_RUN (1u << 20)	/* the most bytes that a section tells of */

#define ZERO_SECTION "ram-zero"
#define ZERO_VERSION 1u
#define ZERO_LEN 16u

/* @fresh: who reads has no page yet, so that those of zeroes are left out. */
struct pages {
	const uint8_t *ram;
	uint64_t n;		/* of RAM, with what may be plugged in */
	uint64_t *todo;		/* a bit for each */
	uint64_t left;		/* how many of them are set */
	uint64_t at;		/* where to look next */
	bool fresh;
	uint8_t *run;
	uint64_t written;
	uint64_t zero;		/* so many were left out, or short */
};

/* All of @len bytes are to be written; 0 or -ENOMEM and a sentence. */
int pages_init(struct pages *pages, const uint8_t *ram, uint64_t len,
	       struct papr_error *error);
void pages_free(struct pages *pages);

/* These are to be written, once more perhaps; 0, for papr_vm_read_dirty(). */
int pages_mark(void *pages, uint64_t gpa, uint64_t len);

/*
 * Writes a section, or leaves zeroes out, of what is left, which is something;
 * 0 or -errno and a sentence.
 */
int pages_put(struct pages *pages, struct papr_saver *saver,
	      struct papr_error *error);

/* All that is left. */
int pages_put_all(struct pages *pages, struct papr_saver *saver,
		  struct papr_error *error);

#endif
