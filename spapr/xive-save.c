/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a XIVE must not lose.
 *
 * Events go on while vCPUs are held, and into guest memory.  So all sources
 * are stopped first: one that is on is set as if an event of it were not over
 * yet, so that the hardware keeps what comes; and what is on its way then is
 * waited for.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive-state.h"
#include "spapr/xive.h"

/* Sets P and Q, and returns what they were. */
static int swap_pq(struct papr_vm *vm, uint32_t lisn, uint32_t pq,
		   uint32_t *old)
{
	uint64_t value;
	int r = vm->xive_ops.esb(vm->host, lisn, ESB_SET(pq), false, &value);

	*old = value & PQ_QUEUED;
	return r;
}

int xive_stop(struct papr_vm *vm, struct papr_error *error)
{
	struct xive *xive = vm->xive;
	uint32_t off;
	int r = 0;

	for (size_t i = 0; i < xive->n && !r; i++) {
		struct xive_source *s = &xive->source[i];

		r = swap_pq(vm, s->lisn, PQ_OFF, &s->pq);
		if (!r && s->pq != PQ_OFF)
			r = swap_pq(vm, s->lisn, PQ_PENDING, &off);
	}
	if (!r)
		r = vm->xive_ops.sync_all(vm->host);
	if (r)
		return error_set(error, r, "the host does not stop interrupt "
				 "sources: %s", strerror(-r));
	return 0;
}

/* What has come meanwhile is one more event. */
static void go(struct papr_vm *vm, const struct xive_source *s)
{
	uint32_t now;

	if (s->pq == PQ_OFF || swap_pq(vm, s->lisn, s->pq, &now) ||
	    now != PQ_QUEUED)
		return;
	if (s->pq == PQ_PENDING)
		swap_pq(vm, s->lisn, PQ_QUEUED, &now);
	else if (s->pq == PQ_RESET)
		vm->xive_ops.trigger(vm->host, s->lisn);
}

void xive_go(struct papr_vm *vm)
{
	for (size_t i = 0; i < vm->xive->n; i++)
		go(vm, &vm->xive->source[i]);
}

static int get_queues(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		      struct xive_state *state)
{
	for (uint32_t p = 0; p < XIVE_PRIORITIES; p++) {
		struct xive_queue_state *q = &state->queue[state->n_queues];
		int r;

		if (!*xive_queued(vm, vcpu, p))
			continue;
		q->server = vcpu->id;
		q->priority = p;
		r = vm->xive_ops.get_queue(vm->host, vcpu->id, p, &q->queue);
		if (r)
			return r;
		state->n_queues++;
	}
	return 0;
}

static int get_vcpus(struct papr_vm *vm, struct xive_state *state)
{
	int r = 0;

	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++) {
		const struct papr_vcpu *vcpu = vm->vcpus[i];
		struct xive_vp_state *vp = &state->vp[state->n_vps];

		if (!vcpu->host)
			continue;
		vp->server = vcpu->id;
		r = vm->xive_ops.get_vp(vcpu->host, vp->word);
		if (!r)
			r = get_queues(vm, vcpu, state);
		state->n_vps++;
	}
	return r;
}

int xive_get_state(struct papr_vm *vm, const void *owner,
		   struct xive_state **out, struct papr_error *error)
{
	const struct xive *xive = vm->xive;
	struct xive_state *s = talloc_zero(owner, struct xive_state);
	int r = -ENOMEM;

	if (s) {
		s->n_sources = xive->n;
		s->source = talloc_memdup(s, xive->source,
					  xive->n * sizeof(*s->source));
		s->queue = talloc_array(s, struct xive_queue_state,
					vm->n_vcpus * XIVE_PRIORITIES);
		s->vp = talloc_array(s, struct xive_vp_state, vm->n_vcpus);
		if (s->source && s->queue && s->vp)
			r = get_vcpus(vm, s);
	}
	if (!r) {
		*out = s;
		return 0;
	}
	talloc_free(s);
	return error_set(error, r, "the state of interrupts cannot be read: "
			 "%s", strerror(-r));
}

/* --- back again; what comes from outside may be anything */

static struct papr_vcpu *server(struct papr_vm *vm, uint32_t id)
{
	struct papr_vcpu *vcpu = vm_vcpu_by_id(vm, id);

	return vcpu && vcpu->host ? vcpu : NULL;
}

static int set_queue(struct papr_vm *vm, const struct xive_queue_state *s)
{
	const struct papr_xive_queue *q = &s->queue;
	const struct papr_vcpu *vcpu = server(vm, s->server);

	if (!vcpu || s->priority >= XIVE_PRIORITIES || !q->notify ||
	    q->order != XIVE_QUEUE_SHIFT || q->generation > 1 ||
	    q->offset >= (1u << XIVE_QUEUE_SHIFT) / 4 ||
	    q->gpa % XIVE_PAGE || !ram_get(vm, q->gpa, XIVE_PAGE, RAM_WRITE))
		return -EINVAL;
	return xive_set_queue(vm, vcpu, s->priority, q);
}

static int set_target(struct papr_vm *vm, const struct xive_source *s)
{
	const struct papr_xive_target *t = &s->target;

	if (!xive_has(vm, s->lisn) || s->pq > PQ_QUEUED ||
	    t->eisn > XIVE_EISN || (t->priority != PAPR_XIVE_OFF &&
	    (t->priority >= XIVE_PRIORITIES || !server(vm, t->server))))
		return -EINVAL;
	return xive_set_target(vm, s->lisn, t, false);
}

static int set_vp(struct papr_vm *vm, const struct xive_vp_state *s)
{
	const struct papr_vcpu *vcpu = server(vm, s->server);

	return vcpu ? vm->xive_ops.set_vp(vcpu->host, s->word) : -EINVAL;
}

/* Targets need queues; and when a source goes on all must be there. */
int xive_set_state(struct papr_vm *vm, const struct xive_state *state,
		   struct papr_error *error)
{
	uint32_t old;
	int r = 0;

	for (size_t i = 0; i < state->n_queues && !r; i++)
		r = set_queue(vm, &state->queue[i]);
	for (size_t i = 0; i < state->n_sources && !r; i++)
		r = set_target(vm, &state->source[i]);
	for (size_t i = 0; i < state->n_vps && !r; i++)
		r = set_vp(vm, &state->vp[i]);
	for (size_t i = 0; i < state->n_sources && !r; i++)
		r = swap_pq(vm, state->source[i].lisn, state->source[i].pq,
			    &old);
	if (r)
		return error_set(error, r, "the state of interrupts cannot be "
				 "set: %s", r == -EINVAL ?
				 "it is none of this partition" :
				 strerror(-r));
	return 0;
}
