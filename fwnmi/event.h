/* SPDX-License-Identifier: BSD-2-Clause */
/* What events that are built and logs that are given have in common. */
#ifndef FWNMI_EVENT_H
#define FWNMI_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/vm.h>

struct event;

/* Which EPOW is first: LoPAR gives all of them one severity. */
uint8_t event_epow_rank(uint8_t action);

/* -EINVAL for a severity that event-scan is not to tell of. */
int event_check_scan(bool scan, uint8_t severity, struct papr_error *error);

/* As papr_vm_event_log(), but it is not put into the queue. */
int event_of_log(struct event *event, uint32_t flags, const void *log,
		 size_t len, struct papr_error *error);

/*
 * The log of an RTAS call that has ended in a hardware error, which its token
 * names in the reference code; @log has room for PAPR_ELOG_MAX.  Its length.
 */
size_t event_log_of_call(struct papr_vm *vm, uint32_t token, uint8_t *log);

#endif
