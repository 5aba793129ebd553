/* SPDX-License-Identifier: BSD-2-Clause */
/* papr run as a child, whose console is read and whose socket is used. */
#ifndef TOOLS_SWEEP_GUEST_H
#define TOOLS_SWEEP_GUEST_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>
#include <papr/error.h>

#include "tools/qmp-client.h"

/* Longer lines are taken in pieces. */
#define GUEST_LINE 1024

/* What it tells; @arg is whatever the caller likes. */
struct sweep_listener {
	void (*line)(void *arg, const char *line);
	void (*event)(void *arg, const char *name, const json_t *data);
	void *arg;
};

/*
 * @log: where all that comes from the console is copied, or NULL
 * @signal_fd: becomes readable when the user wants an end
 */
struct sweep_guest {
	const struct sweep_listener *listener;
	FILE *log;
	int signal_fd;
	pid_t pid;
	int console_fd;
	struct qmp_client *client;
	char dir[64], socket[80];
	char line[GUEST_LINE];
	size_t len;
	char said[200];		/* its last line */
};

enum sweep_heard {
	HEARD_NOTHING,		/* in the time given */
	HEARD_SOMETHING,	/* the listener was called, or may have been */
	HEARD_END,		/* the console was closed */
	HEARD_USER,
};

/*
 * Starts @program with "run", a control socket and @run, which ends with NULL.
 * 0 or -errno and a sentence.
 */
int sweep_guest_start(struct sweep_guest *guest, const char *program,
		      char *const *run, struct papr_error *error);

/*
 * What the guest's @signal_fd can be: Ctrl-C ends the guest, and what is known
 * so far is still told.  -1 if there are no descriptors.
 */
int sweep_guest_signals(void);

/* To its control socket, which is there before the guest's first line. */
int sweep_guest_connect(struct sweep_guest *guest, struct papr_error *error);

/* Waits and tells the listener. */
enum sweep_heard sweep_guest_hear(struct sweep_guest *guest, int timeout_ms);

/* Tells the listener what events there are already. */
void sweep_guest_drain(struct sweep_guest *guest);

/* Ends it unless it has, cleans up; the exit status, 128 + N by signal N. */
int sweep_guest_end(struct sweep_guest *guest);

#endif
