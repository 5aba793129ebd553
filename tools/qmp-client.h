/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of a machine's control socket, which speaks QMP.
 *
 * Whoever listens there may say anything: what is no QMP ends the
 * conversation, with a sentence, and nothing waits for ever unless asked to.
 */
#ifndef TOOLS_QMP_CLIENT_H
#define TOOLS_QMP_CLIENT_H

#include <stdbool.h>

#include <jansson.h>
#include <papr/error.h>

struct qmp_client;

/* Connected, greeted and negotiated; 0 or -errno and a sentence. */
int qmp_client_open(const char *path, struct qmp_client **client,
		    struct papr_error *error);

/* NULL is allowed. */
void qmp_client_close(struct qmp_client *client);

/*
 * To wait for input with others in poll(); then call qmp_client_event() with
 * no time until it returns NULL, as it may have more than one event.
 */
int qmp_client_fd(const struct qmp_client *client);

/*
 * What the command returned, to be released, or NULL and a sentence: it was
 * refused, or there was no answer within 30 seconds, which ends the
 * conversation.  @args is NULL or stolen.  Events that come meanwhile wait for
 * qmp_client_event().
 */
json_t *qmp_client_execute(struct qmp_client *client, const char *command,
			   json_t *args, struct papr_error *error);

/* How long to wait for an answer from now on. */
void qmp_client_limit(struct qmp_client *client, int answer_ms);

/*
 * The next event, to be released, or NULL if none came in @timeout_ms, of
 * which a negative one is for ever.  @gone tells whether one can still come.
 */
json_t *qmp_client_event(struct qmp_client *client, int timeout_ms,
			 bool *gone);

#endif
