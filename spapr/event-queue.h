/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events that wait for the guest to ask: LoPAR, "RTAS Error and Event Classes".
 *
 * Each event that is put into the queue raises the interrupt of its class, an
 * edge, and so does each that is taken while others of its class are left.
 * Both happen under the lock: Linux asks once for each interrupt, and trusts
 * that there is an event.
 */
#ifndef SPAPR_EVENT_QUEUE_H
#define SPAPR_EVENT_QUEUE_H

#include <papr/events.h>

#include "spapr/vm.h"

struct event_source {
	const char *node;
	uint32_t irq;	/* QEMU's, where it has it */
	uint32_t mask;	/* in RTAS calls */
};

extern const struct event_source event_sources[PAPR_EVENT_CLASSES];

/* LoPAR: so many logs in the first sequence of event-scans, then one. */
#define EVENT_FIRST_SCANS 2

struct event {
	uint8_t class;		/* enum papr_event_class */
	uint8_t rank;		/* within its class the highest is first */
	bool scan;		/* for event-scan, without an interrupt */
	uint8_t epow_action;	/* of that class only */
	uint16_t len;
	uint8_t log[PAPR_ELOG_MAX];
};

/* What a saved partition is to go on with. */
struct event_state {
	uint32_t n;
	struct event event[PAPR_EVENTS_WAITING];	/* as they came */
	uint8_t epow_sensor;
	uint8_t scans;		/* that may still find one before one fails */
};

struct event_queue {
	pthread_mutex_t lock;	/* of all; irqs_lock is taken under it */
	struct event_state state;
	struct papr_event_counts counts[PAPR_EVENT_CLASSES];
	bool told_full;		/* the user was, since there was room */
	bool no_hotplug;	/* the client has not asked for the class */
};

/* Owned by @vm; NULL if out of memory. */
struct event_queue *event_queue_new(struct papr_vm *vm);

/*
 * A client that did not ask for hot-plug events in client architecture support
 * hears of them as of EPOWs.
 */
void event_queue_agree(struct papr_vm *vm, bool hotplug);

/* 0; -EBUSY, -ENOSPC, or the host's error. */
int event_queue_put(struct papr_vm *vm, const struct event *event,
		    struct papr_error *error);

/*
 * Under the lock: the one that comes first of those in the classes of @mask,
 * or NULL; and when it has been handed out.
 */
struct event *event_queue_first(struct event_queue *queue, uint32_t mask,
				bool scan);
void event_queue_remove(struct papr_vm *vm, struct event *event);

/* What get-sensor-state shows for the EPOW sensor. */
uint32_t event_queue_epow_sensor(struct papr_vm *vm);

/* Under the lock: empty, as new; what was counted stays. */
void event_queue_clear(struct event_queue *queue);

#endif
