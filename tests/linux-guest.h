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

#include "tests/patience.h"

struct qmp_client;

struct linux_guest {
	pid_t pid;
	int commands;		/* to the guest's console */
	int console;		/* from it */
	char text[16384];	/* from there, no line yet */
	size_t len;
	bool stuck;		/* has kept somebody waiting: not again */
	FILE *log;		/* of all lines, mce.console */
	struct qmp_client *client;
};

/*
 * Starts papr run with two vCPUs and this program, and waits until it is
 * ready.  The kernel says nothing on the console.
 */
void linux_guest_start(struct linux_guest *guest);

/*
 * Starts papr run with these arguments, and a socket: any guest, with which
 * the rest of this speaks alike.
 */
void linux_guest_spawn(struct linux_guest *guest, const char *const *args);

/* The status of papr run, which ends by itself. */
int linux_guest_wait(struct linux_guest *guest);

/* From now on it says what is bad, and the program does not repeat it. */
void linux_guest_let_kernel_speak(struct linux_guest *guest);

/* Until it has said that, after what has been heard already. */
void linux_guest_hear(struct linux_guest *guest, const char *text);

/* It must have panicked, and its last words are these. */
void linux_guest_assert_panic(struct linux_guest *guest, const char *words);

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

/* The data of the next event of that name, to be released. */
json_t *linux_guest_event(struct linux_guest *guest, const char *name);

#endif
