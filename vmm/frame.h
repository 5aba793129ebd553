/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One JSON value after another out of a stream of bytes.
 *
 * Nothing is parsed here: a frame is what a parser should look at next.  Words
 * outside of any object are a frame up to the end of their line, so that
 * garbage costs its sender one complaint and no more.
 */
#ifndef VMM_FRAME_H
#define VMM_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#define FRAME_MAX (1024 * 1024)
#define FRAME_MAX_DEPTH 64

/* All zero is an empty one. */
struct frame {
	char *bytes;
	size_t len;
	size_t room;
	size_t depth;
	bool in_string;
	bool escaped;
	bool words;		/* begins with neither { nor [ */
	bool deep;		/* nested deeper than FRAME_MAX_DEPTH */
};

enum frame_result {
	FRAME_MORE,		/* all taken, the frame goes on */
	FRAME_WHOLE,
	FRAME_TOO_LONG,		/* or there is no memory; give the stream up */
};

/*
 * Takes bytes until there is a whole frame: call frame_reset() when it has
 * been looked at, and then this again for the rest.  @taken is how many.
 */
enum frame_result frame_feed(struct frame *frame, const char *data, size_t len,
			     size_t *taken);

/* Forgets the frame, and gives back its memory. */
void frame_reset(struct frame *frame);

#endif
