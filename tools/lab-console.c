/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lab-console.h"

#define RECORD_SEPARATOR '\036'

static void await_marker(struct lab_console *c, const char *word)
{
	c->marker_len = 1 + LAB_NONCE_LEN + strlen(word);
	memcpy(c->marker + 1 + LAB_NONCE_LEN, word, strlen(word));
}

void lab_console_init(struct lab_console *c, const char *nonce,
		      lab_sink *sink, void *opaque)
{
	memset(c, 0, sizeof(*c));
	c->sink = sink;
	c->opaque = opaque;
	c->marker[0] = RECORD_SEPARATOR;
	memcpy(c->marker + 1, nonce, LAB_NONCE_LEN);
	await_marker(c, " start\n");
}

/* Remember the newest LAB_BOOT_KEEP bytes. */
static void keep_boot(struct lab_console *c, const char *bytes, size_t len)
{
	size_t drop;

	if (len > LAB_BOOT_KEEP) {
		bytes += len - LAB_BOOT_KEEP;
		len = LAB_BOOT_KEEP;
	}
	if (c->boot_len + len > LAB_BOOT_KEEP) {
		drop = c->boot_len + len - LAB_BOOT_KEEP;
		memmove(c->boot, c->boot + drop, c->boot_len - drop);
		c->boot_len -= drop;
	}
	memcpy(c->boot + c->boot_len, bytes, len);
	c->boot_len += len;
}

static void emit(struct lab_console *c, const char *bytes, size_t len)
{
	if (!len || c->phase == LAB_ENDED)
		return;
	if (c->phase == LAB_BOOTING)
		keep_boot(c, bytes, len);
	c->sink(c->opaque, c->phase, bytes, len);
}

/* A time stamp of firmware: # is a digit, of which blanks may come first. */
static const char stamp[] = "[#####.#########,#] ";
#define STAMP_LEN (sizeof(stamp) - 1)
#define STAMP_BLANKS 5

static bool continues_stamp(const struct lab_console *c, char byte)
{
	size_t at = c->held_len;

	if (stamp[at] != '#')
		return byte == stamp[at];
	return isdigit((unsigned char)byte) ||
	       (byte == ' ' && at < STAMP_BLANKS);
}

/* Whether the held bytes and byte are still the beginning of the marker. */
static bool continues_marker(const struct lab_console *c, char byte)
{
	size_t digits;

	if (c->held[0] == stamp[0])
		return continues_stamp(c, byte);
	if (c->held_len < c->marker_len)
		return byte == c->marker[c->held_len];
	digits = c->held_len - c->marker_len;	/* of the exit status */
	return byte == '\n' ? digits > 0
		: digits < 3 && isdigit((unsigned char)byte);
}

static void hold(struct lab_console *c, char byte)
{
	c->held[c->held_len++] = byte;
	if (c->held[0] == stamp[0]) {
		c->dropping = c->held_len == STAMP_LEN;
		if (c->dropping)
			c->held_len = 0;
		return;
	}
	if (byte != '\n')
		return;
	c->held[c->held_len] = '\0';
	if (c->phase == LAB_BOOTING) {
		c->phase = LAB_RUNNING;
		await_marker(c, " exit ");
	} else {
		c->phase = LAB_ENDED;
		c->status = atoi(c->held + c->marker_len);
	}
	c->held_len = 0;
}

/* What the boot says is kept with all that firmware says. */
static bool may_begin(const struct lab_console *c, char byte)
{
	return byte == RECORD_SEPARATOR ||
	       (byte == stamp[0] && c->phase == LAB_RUNNING &&
		!c->keep_stamps);
}

static void release(struct lab_console *c)
{
	emit(c, c->held, c->held_len);
	c->held_len = 0;
}

void lab_console_feed(struct lab_console *c, const char *bytes, size_t len)
{
	size_t from = 0, i;	/* bytes from..i are output not yet passed on */

	for (i = 0; i < len; i++) {
		if (c->dropping) {
			c->dropping = bytes[i] != '\n';
			from = i + 1;
			continue;
		}
		/* A marker's first byte does not occur again inside it. */
		if (c->held_len && !continues_marker(c, bytes[i])) {
			release(c);
			from = i;
		}
		if (!c->held_len) {
			if (!may_begin(c, bytes[i]))
				continue;
			emit(c, bytes + from, i - from);
		}
		hold(c, bytes[i]);
		from = i + 1;
	}
	emit(c, bytes + from, len - from);
}

void lab_console_finish(struct lab_console *c)
{
	release(c);
}

const char *lab_console_boot_tail(const struct lab_console *c,
				  unsigned int lines, size_t *len)
{
	size_t from = c->boot_len;

	while (from > 0) {
		/* The newline that ends the text does not begin a line. */
		if (c->boot[from - 1] == '\n' && from < c->boot_len &&
		    --lines == 0)
			break;
		from--;
	}
	*len = c->boot_len - from;
	return c->boot + from;
}
