/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of each class, and the guest that asks for them. */
#ifndef TESTS_EVENT_FIXTURE_H
#define TESTS_EVENT_FIXTURE_H

#include "tests/partition.h"

/* Where the guest wants the log, and all bits of the mask. */
#define BUF		0x9000u
#define ALL		0xffffffffu

#define INTERNAL	0x80000000u
#define EPOW		0x40000000u
#define HOT_PLUG	0x10000000u
#define IO		0x08000000u

void event_epow(struct partition *p, uint8_t action);
void event_hotplug(struct partition *p, uint32_t index);
int event_try_hotplug(struct partition *p, uint32_t index,
		      struct papr_error *error);
void event_io(struct partition *p);
void event_internal(struct partition *p, uint8_t severity, bool scan);

/* The calls, with a buffer for any log; their status. */
int32_t event_check(struct partition *p, uint32_t mask);
int32_t event_scan(struct partition *p, uint32_t mask);

#endif
