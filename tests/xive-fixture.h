/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition of two vCPUs with a XIVE; the second is not started. */
#ifndef TESTS_XIVE_FIXTURE_H
#define TESTS_XIVE_FIXTURE_H

#include "tests/partition.h"

#define SERVER_0 0u
#define SERVER_1 8u
#define VTY_LISN 0x1100u
#define QUEUE 0x40000ull

struct partition *xive_partition(void);

/* Nor is the first: as a saved partition is loaded into. */
struct partition *xive_blank(void);

int xive_start(void **state);
#define xive_test(f) \
	cmocka_unit_test_setup_teardown(f, xive_start, partition_end)

/* The flag of a reset that has not ended. */
_Atomic bool *xive_resets(struct partition *p);

/* As a guest does it; the last is both and lets the source's events through. */
void make_queue(struct partition *p, uint32_t server, uint32_t priority);
void send_to(struct partition *p, uint32_t lisn, uint32_t server,
	     uint32_t priority);
void listen_to(struct partition *p, uint32_t lisn, uint32_t server,
	       uint32_t priority);

/* Queues, targets, an event, and what the hardware makes of more of them. */
void xive_work(struct partition *p);

/* That was loaded into @q, and nothing else. */
void assert_xive_worked(struct partition *q);

/* What the calls say of a source. */
void assert_config(struct partition *p, uint32_t lisn, uint32_t server,
		   uint32_t priority, uint32_t eisn);
uint32_t pq_of(struct partition *p, uint32_t lisn);
void set_pq(struct partition *p, uint32_t lisn, uint32_t pq);

#endif
