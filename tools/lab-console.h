/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lab has one serial line. On it come, in this order: what firmware and
 * kernel say, a start marker, the command's output byte for byte, and an end
 * marker with the exit status. A marker begins with a record separator and a
 * random nonce, so no output can be taken for one.
 *
 * The firmware of bare-metal hosts may put in a line at any time; it begins
 * with a time stamp, "[   14.406441265,5] ", and is taken out again.
 */
#ifndef TOOLS_LAB_CONSOLE_H
#define TOOLS_LAB_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define LAB_NONCE_LEN	32	/* hexadecimal digits */
#define LAB_BOOT_KEEP	8192	/* bytes of boot messages remembered */
#define LAB_MARKER_MAX	(1 + LAB_NONCE_LEN + sizeof(" exit 999\n"))

enum lab_phase { LAB_BOOTING, LAB_RUNNING, LAB_ENDED };

/* Called with bytes as they come; phase says whose they are. */
typedef void lab_sink(void *opaque, enum lab_phase phase,
		      const char *bytes, size_t len);

struct lab_console {
	enum lab_phase phase;
	int status;		/* of the command, once LAB_ENDED */
	char boot[LAB_BOOT_KEEP];
	size_t boot_len;
	char marker[LAB_MARKER_MAX];	/* the fixed part of the one awaited */
	size_t marker_len;
	char held[LAB_MARKER_MAX];	/* what may become that marker */
	size_t held_len;		/* ... or firmware's time stamp */
	bool dropping;			/* the rest of firmware's line */
	bool keep_stamps;		/* somebody types and waits for it */
	lab_sink *sink;
	void *opaque;
};

/* nonce has LAB_NONCE_LEN characters. */
void lab_console_init(struct lab_console *c, const char *nonce,
		      lab_sink *sink, void *opaque);
void lab_console_feed(struct lab_console *c, const char *bytes, size_t len);

/* No more bytes will come: pass on what was held back. */
void lab_console_finish(struct lab_console *c);

/* The last lines of the boot messages, at most lines of them. */
const char *lab_console_boot_tail(const struct lab_console *c,
				  unsigned int lines, size_t *len);

#endif
