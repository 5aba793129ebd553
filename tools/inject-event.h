/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for a guest, as papr inject has them on its command line. */
#ifndef TOOLS_INJECT_EVENT_H
#define TOOLS_INJECT_EVENT_H

#include <stdbool.h>

#include <jansson.h>
#include <papr/error.h>

/* Whether "epow:system-shutdown" or the like is one, and no machine check. */
bool inject_event_is(const char *what);

/*
 * The arguments of papr-event for it and @n fields, as "modifier=temperature";
 * NULL and a sentence.
 */
json_t *inject_event_args(const char *what, const char *const *fields, int n,
			  struct papr_error *error);

#endif
