/* SPDX-License-Identifier: BSD-2-Clause */
/* A XIVE that keeps what it is given, and sends nothing. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "fuzz/small-xive.h"
#include "spapr/util.h"
#include "spapr/xive.h"

#define SERVERS 2
#define SOURCES 16

static struct {
	size_t n;
	uint32_t lisn[SOURCES];
	uint32_t pq[SOURCES];
	struct papr_xive_queue queue[SERVERS][XIVE_PRIORITIES];
	uint64_t vp[2];
} xive;

int small_xive_reset(void *host)
{
	(void)host;
	for (size_t i = 0; i < xive.n; i++)
		xive.pq[i] = PQ_OFF;
	memset(xive.queue, 0, sizeof(xive.queue));
	memset(xive.vp, 0, sizeof(xive.vp));
	return 0;
}

static int setup(void *host, const struct papr_xive_layout *layout)
{
	if (layout->n > SOURCES || layout->servers > SERVERS)
		return -ENOSPC;
	xive.n = layout->n;
	memcpy(xive.lisn, layout->lisns, xive.n * sizeof(xive.lisn[0]));
	return small_xive_reset(host);
}

static int target(void *host, uint32_t lisn, const struct papr_xive_target *t)
{
	(void)host, (void)lisn, (void)t;
	return 0;
}

static int ok(void *host, uint32_t lisn)
{
	(void)host, (void)lisn;
	return 0;
}

static int sync_all(void *host)
{
	(void)host;
	return 0;
}

/* Loads that set event state are all that is needed. */
static int esb(void *host, uint32_t lisn, uint32_t offset, bool store,
	       uint64_t *value)
{
	(void)host, (void)store;
	for (size_t i = 0; i < xive.n; i++) {
		if (xive.lisn[i] != lisn)
			continue;
		*value = xive.pq[i];
		xive.pq[i] = offset >> 8 & PQ_QUEUED;
		return 0;
	}
	return -ENOENT;
}

static int set_queue(void *host, uint32_t server, uint32_t priority,
		     const struct papr_xive_queue *queue)
{
	(void)host;
	xive.queue[server][priority] = *queue;
	return queue->notify ? 0 : -EINVAL;
}

static int get_queue(void *host, uint32_t server, uint32_t priority,
		     struct papr_xive_queue *queue)
{
	(void)host;
	*queue = xive.queue[server][priority];
	return 0;
}

static int get_vp(void *cpu, uint64_t state[2])
{
	(void)cpu;
	memcpy(state, xive.vp, sizeof(xive.vp));
	return 0;
}

static int set_vp(void *cpu, const uint64_t state[2])
{
	(void)cpu;
	memcpy(xive.vp, state, sizeof(xive.vp));
	return 0;
}

const struct papr_xive_ops small_xive_ops = {
	.size = sizeof(small_xive_ops), .setup = setup, .target = target,
	.sync = ok, .sync_all = sync_all, .forget = sync_all, .esb = esb,
	.trigger = ok, .set_queue = set_queue, .get_queue = get_queue,
	.get_vp = get_vp, .set_vp = set_vp,
};
