/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt controller: sources, where they go and when they come. */
#include "config.h"

#include <errno.h>

#include "spapr/vm.h"
#include "spapr/xics-state.h"

/* Finds the source and locks; not locked if it is not 0. */
static int source_lock(struct xics *xics, uint32_t irq, struct source **source)
{
	/* Which sources there are is fixed. */
	*source = xics_source(xics, irq);
	if (!*source)
		return -ENOENT;
	return xics_lock(xics) ? 0 : -EAGAIN;
}

/* What is shown already is not taken back; what waits is delivered anew. */
static void set_priority(struct xics *xics, struct source *source,
			 uint8_t priority)
{
	source->priority = priority;
	if ((source->masked || source->resend) && priority != XICS_MASKED)
		xics_deliver(xics, source);
}

int xics_set_xive(struct xics *xics, uint32_t irq, uint32_t server,
		  uint32_t priority)
{
	struct source *source;
	int r = source_lock(xics, irq, &source);

	if (r)
		return r;
	if (!vm_vcpu_by_id(xics->vm, server) || priority > XICS_MASKED) {
		r = -EINVAL;
	} else {
		source->server = server;
		source->saved = priority;
		set_priority(xics, source, priority);
	}
	pthread_mutex_unlock(&xics->lock);
	return r;
}

int xics_get_xive(struct xics *xics, uint32_t irq, uint32_t *server,
		  uint32_t *priority)
{
	struct source *source;
	int r = source_lock(xics, irq, &source);

	if (r)
		return r;
	*server = source->server;
	*priority = source->priority;
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

/* A second one in a row saves that it is off, as in KVM. */
int xics_int_off(struct xics *xics, uint32_t irq)
{
	struct source *source;
	int r = source_lock(xics, irq, &source);

	if (r)
		return r;
	source->saved = source->priority;
	set_priority(xics, source, XICS_MASKED);
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

int xics_int_on(struct xics *xics, uint32_t irq)
{
	struct source *source;
	int r = source_lock(xics, irq, &source);

	if (r)
		return r;
	if (vm_vcpu_by_id(xics->vm, source->server))
		set_priority(xics, source, source->saved);
	else
		r = -EINVAL;
	pthread_mutex_unlock(&xics->lock);
	return r;
}

static void set_level(struct xics *xics, struct source *source, bool level)
{
	bool rises = level && !source->present;

	source->present = level;
	if (rises && !source->sent)
		xics_deliver(xics, source);
	else if (!level)
		source->resend = source->masked = false;
}

/* One edge more is kept until the EOI, not two. */
static void take_edge(struct xics *xics, struct source *source)
{
	if (source->present) {
		source->queued = true;
		return;
	}
	source->present = true;
	xics_deliver(xics, source);
}

int xics_set_line(struct xics *xics, uint32_t irq, bool level)
{
	struct source *source;
	int r = source_lock(xics, irq, &source);

	if (r)
		return r;
	if (source->lsi)
		set_level(xics, source, level);
	else if (level)
		take_edge(xics, source);
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

int xics_get_source(struct xics *xics, uint32_t irq, uint64_t *state)
{
	const struct source *source = xics_source(xics, irq);
	uint64_t priority, flags = 0;

	if (!source)
		return -ENOENT;
	pthread_mutex_lock(&xics->lock);
	priority = source->priority;
	if (priority == XICS_MASKED) {
		flags |= SOURCE_MASKED;
		priority = source->saved;
	}
	if (source->lsi)
		flags |= SOURCE_LEVEL;
	if (source->lsi ? source->present : source->resend || source->masked)
		flags |= SOURCE_PENDING;
	if (source->present)
		flags |= SOURCE_PRESENTED;
	if (source->queued)
		flags |= SOURCE_QUEUED;
	*state = source->server | priority << SOURCE_PRIORITY_SHIFT | flags;
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

#define SOURCE_FLAGS (SOURCE_LEVEL | SOURCE_MASKED | SOURCE_PENDING | \
		      SOURCE_PRESENTED | SOURCE_QUEUED)

/* Old kernels have no PRESENTED: what is PENDING is that too. */
static bool is_present(uint64_t state)
{
	return state & (SOURCE_PENDING | SOURCE_PRESENTED);
}

static bool can_be(const struct xics *xics, const struct source *source,
		   uint64_t state)
{
	const uint64_t known = SOURCE_SERVER | SOURCE_FLAGS |
			       0xffull << SOURCE_PRIORITY_SHIFT;

	if (state & ~known || source->lsi != !!(state & SOURCE_LEVEL))
		return false;
	if (state & SOURCE_QUEUED && (source->lsi || !is_present(state)))
		return false;
	return state & SOURCE_MASKED ||
	       vm_vcpu_by_id(xics->vm, state & SOURCE_SERVER);
}

int xics_set_source(struct xics *xics, uint32_t irq, uint64_t state)
{
	struct source *source = xics_source(xics, irq);
	int r = -EINVAL;

	if (!source)
		return -ENOENT;
	pthread_mutex_lock(&xics->lock);
	if (can_be(xics, source, state)) {
		source->server = state & SOURCE_SERVER;
		source->saved = state >> SOURCE_PRIORITY_SHIFT;
		source->priority = state & SOURCE_MASKED ? XICS_MASKED :
				   source->saved;
		source->resend = source->masked = false;
		source->present = is_present(state);
		source->queued = state & SOURCE_QUEUED;
		source->sent = source->lsi && xics_is_shown(xics, irq);
		if (state & SOURCE_PENDING && !source->sent)
			xics_deliver(xics, source);
		r = 0;
	}
	pthread_mutex_unlock(&xics->lock);
	return r;
}
