/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/event-queue.h"
#include "spapr/util.h"

const struct event_source event_sources[PAPR_EVENT_CLASSES] = {
	[PAPR_EVENT_CLASS_INTERNAL_ERROR] =
		{ "internal-errors", 0x1002, 0x80000000 },
	[PAPR_EVENT_CLASS_EPOW] = { "epow-events", 0x1000, 0x40000000 },
	[PAPR_EVENT_CLASS_HOT_PLUG] =
		{ "hot-plug-events", 0x1001, 0x10000000 },
	[PAPR_EVENT_CLASS_IO] = { "ibm,io-events", 0x1003, 0x08000000 },
};

/* Whose interrupt and mask it is that a class is told by. */
static const struct event_source *source_of(const struct event_queue *queue,
					    unsigned int class)
{
	if (class == PAPR_EVENT_CLASS_HOT_PLUG && queue->no_hotplug)
		class = PAPR_EVENT_CLASS_EPOW;
	return &event_sources[class];
}

void event_queue_agree(struct papr_vm *vm, bool hotplug)
{
	pthread_mutex_lock(&vm->events->lock);
	vm->events->no_hotplug = !hotplug;
	pthread_mutex_unlock(&vm->events->lock);
}

static int destroy(struct event_queue *queue)
{
	pthread_mutex_destroy(&queue->lock);
	return 0;
}

struct event_queue *event_queue_new(struct papr_vm *vm)
{
	struct event_queue *queue = talloc_zero(vm, struct event_queue);

	if (!queue)
		return NULL;
	pthread_mutex_init(&queue->lock, NULL);
	talloc_set_destructor(queue, destroy);
	queue->state.scans = EVENT_FIRST_SCANS;
	return queue;
}

static void set_sensor(struct event_state *state, const struct event *event)
{
	if (event->class != PAPR_EVENT_CLASS_EPOW)
		return;
	if (event->epow_action == PAPR_EPOW_RESET ||
	    event->epow_action > state->epow_sensor)
		state->epow_sensor = event->epow_action;
}

/* Only what the guest is told of is kept. */
static int put(struct papr_vm *vm, const struct event *event)
{
	struct event_queue *queue = vm->events;
	struct event_state *state = &queue->state;
	int r = 0;

	if (state->n == PAPR_EVENTS_WAITING) {
		queue->counts[event->class].refused++;
		return -ENOSPC;
	}
	if (!event->scan)
		r = vm_pulse(vm, source_of(queue, event->class)->irq);
	if (r)
		return r;
	state->event[state->n++] = *event;
	set_sensor(state, event);
	queue->counts[event->class].queued++;
	queue->told_full = false;
	return 0;
}

int event_queue_put(struct papr_vm *vm, const struct event *event,
		    struct papr_error *error)
{
	const char *class = event_sources[event->class].node;
	struct event_queue *queue = vm->events;
	bool tell;
	int r;

	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "there are events after the "
				 "VM is sealed");
	pthread_mutex_lock(&queue->lock);
	r = put(vm, event);
	tell = r == -ENOSPC && !queue->told_full;
	queue->told_full |= tell;
	pthread_mutex_unlock(&queue->lock);
	if (tell)
		vm_log(vm, PAPR_LOG_WARNING, "the guest does not take its "
		       "events: there is no room for one of %s, and maybe "
		       "more", class);
	if (r == -ENOSPC)
		return error_set(error, r, "%d events wait for the guest, and "
				 "there is no room for more",
				 PAPR_EVENTS_WAITING);
	if (r)
		return error_set(error, r, "the interrupt of %s cannot be "
				 "raised: %s", class, strerror(-r));
	return 0;
}

struct event *event_queue_first(struct event_queue *queue, uint32_t mask,
				bool scan)
{
	struct event_state *state = &queue->state;
	struct event *first = NULL;

	for (uint32_t i = 0; i < state->n; i++) {
		struct event *e = &state->event[i];

		if (!((event_sources[e->class].mask |
		       source_of(queue, e->class)->mask) & mask) ||
		    e->scan != scan)
			continue;
		if (!first || e->class < first->class ||
		    (e->class == first->class && e->rank > first->rank))
			first = e;
	}
	return first;
}

void event_queue_remove(struct papr_vm *vm, struct event *event)
{
	struct event_queue *queue = vm->events;
	struct event_state *state = &queue->state;
	const struct event_source *source = source_of(queue, event->class);
	bool scan = event->scan;

	queue->counts[event->class].delivered++;
	state->n--;
	memmove(event, event + 1,
		(char *)&state->event[state->n] - (char *)event);
	if (!scan && event_queue_first(queue, source->mask, false))
		vm_pulse(vm, source->irq);
}

uint32_t event_queue_epow_sensor(struct papr_vm *vm)
{
	uint32_t action;

	pthread_mutex_lock(&vm->events->lock);
	action = vm->events->state.epow_sensor;
	pthread_mutex_unlock(&vm->events->lock);
	return action;
}

void event_queue_clear(struct event_queue *queue)
{
	for (uint32_t i = 0; i < queue->state.n; i++)
		queue->counts[queue->state.event[i].class].dropped++;
	memset(&queue->state, 0, sizeof(queue->state));
	queue->state.scans = EVENT_FIRST_SCANS;
}

int papr_vm_event_counts(struct papr_vm *vm, enum papr_event_class which,
			 struct papr_event_counts *counts)
{
	struct event_queue *queue = vm->events;
	struct papr_event_counts now;

	if (which >= PAPR_EVENT_CLASSES)
		return -EINVAL;
	pthread_mutex_lock(&queue->lock);
	now = queue->counts[which];
	for (uint32_t i = 0; i < queue->state.n; i++)
		now.waiting += queue->state.event[i].class == which;
	pthread_mutex_unlock(&queue->lock);
	return sized_fill(counts, &now, sizeof(now)) ? -E2BIG : 0;
}

const char *papr_event_class_name(enum papr_event_class which)
{
	return which < PAPR_EVENT_CLASSES ? event_sources[which].node : NULL;
}
