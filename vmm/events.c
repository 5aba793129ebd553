/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <papr/fwnmi.h>

#include "vmm/events.h"
#include "vmm/qmp-plug.h"

int events_open(struct events *events)
{
	pthread_mutex_init(&events->lock, NULL);
	events->n = 0;
	events->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return events->fd < 0 ? -errno : 0;
}

void events_close(struct events *events)
{
	close(events->fd);
	pthread_mutex_destroy(&events->lock);
}

void events_put(struct events *events, const struct event *event)
{
	pthread_mutex_lock(&events->lock);
	if (events->n < EVENTS_MAX)
		events->event[events->n++] = *event;
	pthread_mutex_unlock(&events->lock);
	eventfd_write(events->fd, 1);
}

static void tell(const struct event *event, struct control *control)
{
	const struct papr_injected *injected = &event->injected;
	char pc[24], msr[24];

	if (event->connector) {
		control_event(control, "PAPR_CONNECTOR",
			      qmp_connector_json(&event->connected));
		return;
	}
	if (event->interlock) {
		control_event(control, "PAPR_NMI_INTERLOCK",
			      json_pack("{s:I}", "cpu-index",
					(json_int_t)event->cpu));
		return;
	}
	snprintf(pc, sizeof(pc), "0x%" PRIx64, injected->pc);
	snprintf(msr, sizeof(msr), "0x%" PRIx64, injected->msr);
	control_event(control, "PAPR_INJECTION",
		      json_pack("{s:I, s:I, s:s, s:s, s:s}",
				"id", (json_int_t)injected->id,
				"cpu-index", (json_int_t)event->cpu,
				"outcome",
				papr_outcome_name(injected->outcome),
				"pc", pc, "msr", msr));
}

/* The lock is not kept over what takes time. */
void events_tell(struct events *events, struct control *control)
{
	struct event event[EVENTS_MAX];
	eventfd_t ignored;
	uint32_t i, n;

	eventfd_read(events->fd, &ignored);
	pthread_mutex_lock(&events->lock);
	n = events->n;
	memcpy(event, events->event, n * sizeof(event[0]));
	events->n = 0;
	pthread_mutex_unlock(&events->lock);
	for (i = 0; i < n; i++)
		tell(&event[i], control);
}
