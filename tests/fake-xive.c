/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fake host: a XIVE, by the rules of the hardware for events and by those
 * of Linux's KVM for the rest.  An event is counted and has a place in its
 * queue; no memory is written.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <talloc.h>

#include "spapr/util.h"
#include "spapr/xive.h"
#include "tests/fake-host-state.h"

#define MAX_SERVERS	64
#define QUEUE_ENTRIES	((1u << XIVE_QUEUE_SHIFT) / 4)
#define VP_PENDING(priority) (0x800000000000ull >> (priority))

struct fake_queue {
	uint32_t server;
	uint32_t priority;
	struct papr_xive_queue queue;
};

struct fake_xive {
	unsigned int n_queues;
	struct fake_queue queue[MAX_SOURCES];
	uint8_t queued[MAX_SERVERS];	/* 1 << priority, or 0 */
};

static void forget_queues(struct fake_host *fake)
{
	fake->xive->n_queues = 0;
	memset(fake->xive->queued, 0, sizeof(fake->xive->queued));
}

/* A vCPU is connected anew to each controller. */
void fake_xive_make(struct fake_host *fake)
{
	forget_queues(fake);
	for (struct fake_cpu *cpu = fake->first; cpu; cpu = cpu->next) {
		cpu->vp[0] = FAKE_NEW_VP;
		cpu->vp[1] = 0;
	}
	for (uint32_t i = 0; i < fake->n_sources; i++)
		fake->source[i] = (struct source){
			.irq = fake->source[i].irq, .pq = PQ_OFF,
			.target = { .priority = PAPR_XIVE_OFF },
		};
}

static int make(struct fake_host *fake, const struct papr_xive_layout *l)
{
	assert_true(l->n <= MAX_SOURCES && l->servers <= MAX_SERVERS);
	if (fake->has_irqs)
		return -EEXIST;
	if (!fake->info.cap[PAPR_CAP_IRQ_XIVE])
		return -ENODEV;
	for (size_t i = 0; i < l->n; i++) {
		if (l->lisns[i] >= XIVE_LISNS)
			return -E2BIG;
		fake->source[i].irq = l->lisns[i];
	}
	fake->n_sources = l->n;
	fake->xive = talloc_zero(fake, struct fake_xive);
	fake->has_irqs = true;
	fake_xive_make(fake);
	return 0;
}

static int setup(void *host, const struct papr_xive_layout *l)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_SETUP);

	if (!err)
		err = make(fake, l);
	return fake_host_leave(fake, err, "xive_setup %u: %zu sources, 0x%"
			       PRIx64 " 0x%" PRIx64, l->servers, l->n, l->esb,
			       l->os);
}

static struct fake_cpu *find_cpu(struct fake_host *fake, uint32_t server)
{
	struct fake_cpu *cpu = fake->first;

	while (cpu && cpu->id != server)
		cpu = cpu->next;
	return cpu;
}

static struct fake_queue *find(struct fake_host *fake, uint32_t server,
			       uint32_t priority)
{
	for (unsigned int i = 0; i < fake->xive->n_queues; i++) {
		struct fake_queue *q = &fake->xive->queue[i];

		if (q->server == server && q->priority == priority)
			return q;
	}
	return NULL;
}

/* No vCPU is in the guest, so that it waits in the state of one. */
static void enqueue(struct fake_host *fake, struct fake_queue *q)
{
	q->queue.offset = (q->queue.offset + 1) % QUEUE_ENTRIES;
	q->queue.generation ^= !q->queue.offset;
	find_cpu(fake, q->server)->vp[0] |= VP_PENDING(q->priority);
}

/* As the hardware: Q is what came while P. */
static void send(struct fake_host *fake, struct source *s)
{
	struct fake_queue *q = find(fake, s->target.server,
				    s->target.priority);

	if (s->pq == PQ_PENDING || s->pq == PQ_QUEUED)
		s->pq = PQ_QUEUED;
	if (s->pq != PQ_RESET)
		return;
	s->pq = PQ_PENDING;
	if (q) {
		s->raised++;
		enqueue(fake, q);
	}
}

static int target(void *host, uint32_t lisn, const struct papr_xive_target *t)
{
	struct fake_host *fake = host;
	struct source *s = fake_source(fake, lisn);
	int err = fake_host_enter(fake, FAKE_XIVE_TARGET);

	if (!err)
		err = !s ? -ENOENT :
		      t->priority == PAPR_XIVE_OFF ? 0 :
		      t->priority >= XIVE_PRIORITIES ||
		      !find_cpu(fake, t->server) ? -EINVAL :
		      !find(fake, t->server, t->priority) ? -EBUSY : 0;
	if (!err)
		s->target = *t;
	return fake_host_leave(fake, err, "xive_target 0x%x %u %u 0x%x", lisn,
			       t->server, t->priority, t->eisn);
}

static int sync(void *host, uint32_t lisn)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_SYNC);

	if (!err && !fake_source(fake, lisn))
		err = -ENOENT;
	return fake_host_leave(fake, err, "xive_sync 0x%x", lisn);
}

static int sync_all(void *host)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_SYNC_ALL);

	return fake_host_leave(fake, err, "xive_sync_all");
}

/* KVM leaves alone what goes nowhere. */
static int forget(void *host)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_FORGET);

	for (uint32_t i = 0; i < fake->n_sources && !err; i++) {
		struct source *s = &fake->source[i];

		if (s->target.priority == PAPR_XIVE_OFF)
			continue;
		s->target.priority = PAPR_XIVE_OFF;
		s->pq = PQ_OFF;
	}
	if (!err)
		forget_queues(fake);
	return fake_host_leave(fake, err, "xive_forget");
}

static void store(struct fake_host *fake, struct source *s, uint32_t offset)
{
	bool again = s->pq == PQ_QUEUED;

	if (offset < 0x400) {
		send(fake, s);
	} else if (offset < ESB_GET && s->pq != PQ_OFF) {
		s->pq = PQ_RESET;
		if (again)
			send(fake, s);
	}
}

static int esb(void *host, uint32_t lisn, uint32_t offset, bool is_store,
	       uint64_t *value)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_ESB);
	struct source *s = fake_source(fake, lisn);

	assert_true(s && offset < ESB_REGS && !(offset % 8));
	if (!err && is_store) {
		store(fake, s, offset);
	} else if (!err) {
		*value = offset < 0x400 ? s->pq == PQ_QUEUED : s->pq;
		if (offset < 0x400)
			store(fake, s, 0x400);
		else if (offset >= ESB_SET(0))
			s->pq = offset >> 8 & PQ_QUEUED;
	}
	pthread_mutex_unlock(&fake->lock);
	return err;
}

static int trigger(void *host, uint32_t lisn)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_TRIGGER);
	struct source *s = fake_source(fake, lisn);

	assert_non_null(s);
	if (!err)
		send(fake, s);
	return fake_host_leave(fake, err, "xive_trigger 0x%x", lisn);
}

static int check_queue(struct fake_host *fake, uint32_t server,
		       uint32_t priority, const struct papr_xive_queue *q)
{
	if (!find_cpu(fake, server))
		return -ENOENT;
	if (priority >= XIVE_PRIORITIES)
		return -EINVAL;
	if (!q || !q->order)
		return 0;
	if (q->order != XIVE_QUEUE_SHIFT || !q->notify || q->gpa % XIVE_PAGE)
		return -EINVAL;
	return fake->xive->queued[server] & ~(1u << priority) ? -EBUSY : 0;
}

static int set_queue(void *host, uint32_t server, uint32_t priority,
		     const struct papr_xive_queue *q)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_SET_QUEUE);
	struct fake_queue *old;

	if (!err)
		err = check_queue(fake, server, priority, q);
	old = find(fake, server, priority);
	if (!err && old)
		*old = fake->xive->queue[--fake->xive->n_queues];
	if (!err && q->order) {
		fake->xive->queue[fake->xive->n_queues++] =
			(struct fake_queue){ server, priority, *q };
		fake->xive->queued[server] = 1u << priority;
	}
	return fake_host_leave(fake, err, "xive_set_queue %u %u 0x%" PRIx64
			       " %u %u+%u", server, priority, q->gpa, q->order,
			       q->generation, q->offset);
}

static int get_queue(void *host, uint32_t server, uint32_t priority,
		     struct papr_xive_queue *q)
{
	struct fake_host *fake = host;
	int err = fake_host_enter(fake, FAKE_XIVE_GET_QUEUE);
	const struct fake_queue *is;

	if (!err)
		err = check_queue(fake, server, priority, NULL);
	is = find(fake, server, priority);
	if (!err)
		*q = is ? is->queue : (struct papr_xive_queue){ 0 };
	pthread_mutex_unlock(&fake->lock);
	return err;
}

static int get_vp(void *arg, uint64_t state[2])
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_XIVE_GET_VP);

	assert_int_equal(cpu->fake->held, cpu->fake->cpus);
	if (!err)
		memcpy(state, cpu->vp, sizeof(cpu->vp));
	pthread_mutex_unlock(&cpu->fake->lock);
	return err;
}

static int set_vp(void *arg, const uint64_t state[2])
{
	struct fake_cpu *cpu = arg;
	int err = fake_host_enter(cpu->fake, FAKE_XIVE_SET_VP);

	assert_int_equal(cpu->fake->held, cpu->fake->cpus);
	if (!err)
		memcpy(cpu->vp, state, sizeof(cpu->vp));
	return fake_host_leave(cpu->fake, err, "cpu %u: xive_set_vp 0x%" PRIx64
			       " %" PRIu64, cpu->id, state[0], state[1]);
}

const struct papr_xive_ops fake_xive_ops = {
	.size = sizeof(fake_xive_ops),
	.setup = setup,
	.target = target,
	.sync = sync,
	.sync_all = sync_all,
	.forget = forget,
	.esb = esb,
	.trigger = trigger,
	.set_queue = set_queue,
	.get_queue = get_queue,
	.get_vp = get_vp,
	.set_vp = set_vp,
};
