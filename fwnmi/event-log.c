/* SPDX-License-Identifier: BSD-2-Clause */
/* Events whose logs the program has made itself. */
#include "config.h"

#include <errno.h>

#include "fwnmi/elog.h"
#include "fwnmi/event.h"
#include "spapr/event-queue.h"
#include "spapr/util.h"

static enum papr_event_class class_of(uint8_t type)
{
	switch (type) {
	case PAPR_ELOG_EPOW:
		return PAPR_EVENT_CLASS_EPOW;
	case PAPR_ELOG_HOTPLUG:
		return PAPR_EVENT_CLASS_HOT_PLUG;
	case PAPR_ELOG_IO_EVENT:
		return PAPR_EVENT_CLASS_IO;
	default:
		return PAPR_EVENT_CLASS_INTERNAL_ERROR;
	}
}

/* An EPOW without its section has no action, and none is what 0 says. */
static uint8_t action_of(const struct papr_elog *elog)
{
	for (unsigned int i = 0; i < elog->n_parts; i++)
		if (elog->parts[i].section == ELOG_SECTION_EP &&
		    elog_part_has(elog, i, &elog_rows[ELOG_EP_action]))
			return elog_get(elog_part_bytes(elog, i),
					ELOG_EP_action);
	return PAPR_EPOW_RESET;
}

int event_of_log(struct event *event, uint32_t flags, const void *log,
		 size_t len, struct papr_error *error)
{
	struct papr_elog elog = { .flags = 0 };
	struct elog_fault fault;
	uint8_t severity;

	*event = (struct event){ .scan = flags & PAPR_EVENT_LOG_SCAN };
	if (flags & ~PAPR_EVENT_LOG_SCAN)
		return error_set(error, -EINVAL, "unknown flags 0x%x", flags);
	if (elog_scan(&elog, log, len, &fault))
		return error_set(error, -EINVAL, "byte %zu, %s: %s",
				 fault.offset, fault.part, fault.text);
	if (elog.len != len)
		return error_set(error, -EINVAL, "the log has %zu bytes, and "
				 "%zu were given", elog.len, len);
	severity = elog_get(log, ELOG_header_severity);
	if (event_check_scan(event->scan, severity, error))
		return -EINVAL;
	event->class = class_of(elog_get(log, ELOG_header_type));
	event->rank = severity;
	if (event->class == PAPR_EVENT_CLASS_EPOW) {
		event->epow_action = action_of(&elog);
		event->rank = event_epow_rank(event->epow_action);
	}
	event->len = len;
	memcpy(event->log, log, len);
	return 0;
}

int papr_vm_event_log(struct papr_vm *vm, uint32_t flags, const void *log,
		      size_t len, struct papr_error *error)
{
	struct event event;
	int r = event_of_log(&event, flags, log, len, error);

	return r ? r : event_queue_put(vm, &event, error);
}
