/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --control: a Unix socket whose clients speak QMP.
 *
 * Everything happens in the thread that calls these functions.  None of them
 * waits for a client: one that does not read is disconnected when more than
 * CONTROL_OUT_MAX bytes wait for it.
 */
#ifndef VMM_CONTROL_H
#define VMM_CONTROL_H

#include <jansson.h>
#include <papr/error.h>

#include "vmm/qmp.h"

#define CONTROL_MAX_CLIENTS 100
#define CONTROL_OUT_MAX (2 * 1024 * 1024)

struct control;

/*
 * Makes the socket, for this user alone.  One that nobody listens to any more
 * is replaced.  Returns 0, or -errno and a sentence with the name in it.
 */
int control_open(const char *path, const struct qmp_ops *ops, void *machine,
		 struct control **control, struct papr_error *error);

/* Disconnects all and removes the socket; NULL is allowed. */
void control_close(struct control *control);

/* What to poll for input; -1 of NULL. */
int control_fd(const struct control *control);

/* Does one thing that there is to do. */
void control_serve(struct control *control);

/* Tells all clients; @data is NULL or stolen, @control may be NULL. */
void control_event(struct control *control, const char *name, json_t *data);

#endif
