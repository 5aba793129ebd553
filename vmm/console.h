/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's terminal on standard input and output.
 *
 * One thread calls console_fill(), every vCPU's thread the other two.
 */
#ifndef VMM_CONSOLE_H
#define VMM_CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "vmm/said.h"

#define CONSOLE_RING 4096

/*
 * @lock guards the ring and nothing else, @out_lock the order of writes;
 * neither is taken within the other.
 */
struct console {
	bool raw;		/* a terminal, with the escape character */
	bool eof;
	bool escape;		/* the last byte was one */
	bool mid_line;		/* of output; under @out_lock */
	struct said said;	/* likewise */
	int space_fd;		/* eventfd: the full ring has room again */
	pthread_mutex_t lock;
	pthread_mutex_t out_lock;
	size_t head;
	size_t len;
	uint8_t ring[CONSOLE_RING];
};

int console_open(struct console *console);

/* Gives the terminal back as it was. */
void console_close(struct console *console);

/* Whether standard input is worth waiting for. */
bool console_wants_input(struct console *console);

enum console_input {
	CONSOLE_NOTHING,
	CONSOLE_INPUT,		/* there is something for the guest */
	CONSOLE_QUIT,		/* the user typed the escape to quit */
};

/* Takes what has arrived; call it when standard input is readable. */
enum console_input console_fill(struct console *console);

/* For the guest: up to @len bytes, without waiting. */
size_t console_take(struct console *console, void *data, size_t len);

/*
 * From the guest: how many bytes were written, 0 if it should try again, or
 * -errno if nothing will ever be.  Waits some milliseconds at most.
 */
ssize_t console_put(struct console *console, const void *data, size_t len);

/* Whether the guest's program has said how it ends, and how. */
bool console_said(struct console *console, uint64_t *status);

/* One that begins anew has not. */
void console_forget(struct console *console);

#endif
