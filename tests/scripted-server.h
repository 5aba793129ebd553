/* SPDX-License-Identifier: BSD-2-Clause */
/* A control socket whose other side says what a test wrote down. */
#ifndef TESTS_SCRIPTED_SERVER_H
#define TESTS_SCRIPTED_SERVER_H

#include <stdbool.h>

#include <jansson.h>
#include <pthread.h>

#define SERVER_MAX_HEARD 64
#define SERVER_MAX_STEPS 64

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"
#define DONE "{\"return\": {}}\r\n"

/* Steps that are no words. */
#define HEAR "<hear>"		/* wait for a command */
#define HANG_UP "<hang up>"
#define FOR_EVER_SAY "<for ever>"	/* the next words, until it is gone */

#define HELLO_STEPS GREETING, HEAR, DONE

struct server {
	char dir[40];
	char path[64];
	int listener;
	pthread_t thread;
	const char *script[SERVER_MAX_STEPS + 1];
	json_t *heard[SERVER_MAX_HEARD];
	unsigned int count;
};

/*
 * Takes one client, whom it tells the words of @script, up to NULL, and then
 * waits for it to go.  NULL if there is no socket to be had.
 */
struct server *server_start(const char *const *script);

/* Once the client is gone; @heard is what it had commanded. */
void server_finish(struct server *server);
void server_free(struct server *server);

#endif
