/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events on their way from the vCPUs' threads to the control socket, which
 * belongs to the main thread.
 */
#ifndef VMM_EVENTS_H
#define VMM_EVENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <papr/connector.h>
#include <papr/ops.h>

#include "vmm/control.h"

/* A guest that makes more of them at once loses the last. */
#define EVENTS_MAX 1024

struct event {
	uint32_t cpu;			/* its index */
	bool interlock;			/* released; else what is injected */
	bool connector;			/* one has changed */
	struct papr_injected injected;
	struct papr_connector connected;
};

struct events {
	int fd;				/* eventfd: there are some */
	pthread_mutex_t lock;
	uint32_t n;
	struct event event[EVENTS_MAX];
};

/* 0 or -errno. */
int events_open(struct events *events);
void events_close(struct events *events);

/* From any thread. */
void events_put(struct events *events, const struct event *event);

/* Tells all clients what has come since the last time. */
void events_tell(struct events *events, struct control *control);

#endif
