/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux guest of papr run, in the lab, whose only program is
 * tests/guest-linux/mce-guest.c: a conversation with both.
 */
#ifndef TESTS_LINUX_GUEST_H
#define TESTS_LINUX_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>

struct qmp_client;

#define GUEST_PATIENCE_MS 60000

struct linux_guest {
	pid_t pid;
	int commands;		/* to the guest's console */
	int console;		/* from it */
	char text[16384];	/* from there, no line yet */
	size_t len;
	FILE *log;		/* of all lines, mce.console */
	struct qmp_client *client;
};

/*
 * Starts papr run with two vCPUs and this program; @errors takes what papr run
 * says.  Fails the test if that does not go.
 */
void linux_guest_start(struct linux_guest *guest, const char *append,
		       const char *errors);

/* The status of papr run, which ends by itself. */
int linux_guest_wait(struct linux_guest *guest);

/* Ends it if it runs. */
void linux_guest_end(struct linux_guest *guest);

/* A command to the program in the guest. */
void linux_guest_tell(struct linux_guest *guest, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The next line of the console, or NULL after @timeout_ms or at the end. */
const char *linux_guest_line(struct linux_guest *guest, int timeout_ms);

/* The first that begins so, and what comes after that. */
const char *linux_guest_expect(struct linux_guest *guest, const char *begin);

/* A QMP command that must succeed; @args is NULL or stolen. */
void linux_guest_execute(struct linux_guest *guest, const char *command,
			 json_t *args);

#endif
