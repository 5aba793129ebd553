/* SPDX-License-Identifier: BSD-2-Clause */
/* An event for the guest as a client of the control socket asks for it. */
#ifndef VMM_QMP_EVENT_H
#define VMM_QMP_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <papr/elog.h>
#include <papr/error.h>
#include <papr/events.h>

#include "vmm/qmp.h"

enum qmp_event_kind {
	QMP_EVENT_EPOW,
	QMP_EVENT_HOT_PLUG,
	QMP_EVENT_IO,
	QMP_EVENT_INTERNAL_ERROR,
	QMP_EVENT_LOG,
};

/* Texts in it are those of the arguments, and live as long. */
struct qmp_event {
	enum qmp_event_kind kind;
	union {
		struct papr_epow epow;
		struct papr_hotplug hotplug;
		struct papr_io io;
		struct papr_internal_error internal;
		bool scan;		/* of a log */
	} what;
	uint8_t bytes[PAPR_ELOG_MAX];	/* a log, or the data of I/O */
	size_t len;
};

/* From the arguments of papr-event; 0 or -EINVAL and a sentence. */
int qmp_event_parse(const json_t *args, struct qmp_event *event,
		    struct papr_error *error);

/* As the functions of papr/events.h. */
int qmp_event_put(struct papr_vm *vm, const struct qmp_event *event,
		  struct papr_error *error);

/* What became of the events of each class; NULL without memory. */
json_t *qmp_event_counts(struct papr_vm *vm);

/* The commands. */
json_t *qmp_papr_event(struct qmp *qmp, const json_t *args,
		       struct papr_error *error);
json_t *qmp_papr_query_events(struct qmp *qmp, const json_t *args,
			      struct papr_error *error);
json_t *qmp_system_powerdown(struct qmp *qmp, const json_t *args,
			     struct papr_error *error);

#endif
