/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A XIVE that is saved and loaded.
 *
 * Its events go on while no vCPU runs, and into guest memory.  So all sources
 * are stopped first: one that is on is set as if an event of it were not over
 * yet, so that the hardware keeps what comes; and what is on its way then is
 * waited for.  They go on when guest memory has been saved, or loaded, too.
 */
#include "config.h"

#include <errno.h>

#include "spapr/handover.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive-state.h"
#include "spapr/xive.h"

/* Sets P and Q, and returns what they were. */
static int swap_pq(struct papr_vm *vm, uint32_t lisn, uint32_t pq,
		   uint32_t *old)
{
	uint64_t value = 0;
	int r = vm->xive_ops.esb(vm->host, lisn, ESB_SET(pq), false, &value);

	*old = value & PQ_QUEUED;
	return r;
}

/* One that is off stays so.  At no time between is an event lost. */
static int stop(struct papr_vm *vm, struct xive_source *s)
{
	uint32_t now;
	int r = swap_pq(vm, s->lisn, PQ_PENDING, &s->pq);

	return r || s->pq != PQ_OFF ? r : swap_pq(vm, s->lisn, PQ_OFF, &now);
}

int xive_stop(struct papr_vm *vm, struct papr_error *error)
{
	struct xive *xive = vm->xive;
	int r = 0;

	for (size_t i = 0; i < xive->n && !r; i++) {
		r = stop(vm, &xive->source[i]);
		xive->stopped += !r;
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
	for (size_t i = 0; i < vm->xive->stopped; i++)
		go(vm, &vm->xive->source[i]);
	vm->xive->stopped = 0;
}

/*
 * --- saved, and what comes back from outside may be anything
 *
 * In this order: targets need queues.
 */

enum kind { QUEUE, SOURCE, VP, KINDS };

#define NOTIFY		1u
#define GENERATION	2u

static void put_head(struct state_out *out, enum kind kind, uint32_t n)
{
	state_put_u8(out, kind);
	state_put_u32(out, n);
}

static int put_queue(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		     uint32_t priority, struct state_out *out)
{
	struct papr_xive_queue q;
	int r = vm->xive_ops.get_queue(vm->host, vcpu->id, priority, &q);

	if (r)
		return r;
	put_head(out, QUEUE, vcpu->id);
	state_put_u8(out, priority);
	state_put_u64(out, q.gpa);
	state_put_u8(out, (q.notify ? NOTIFY : 0) |
		     (q.generation ? GENERATION : 0));
	state_put_u32(out, q.offset);
	return 0;
}

static int get_queue(struct papr_vm *vm, uint32_t id, struct state_in *in)
{
	const struct papr_vcpu *vcpu = vm_vcpu_by_id(vm, id);
	uint32_t priority = state_get_u8(in), flags;
	struct papr_xive_queue q = {
		.gpa = state_get_u64(in), .order = XIVE_QUEUE_SHIFT,
	};

	flags = state_get_u8(in);
	q.notify = flags & NOTIFY;
	q.generation = !!(flags & GENERATION);
	q.offset = state_get_u32(in);
	if (in->failed)
		return 0;
	if (!vcpu)
		return -ENOENT;
	if (priority >= XIVE_PRIORITIES || flags > (NOTIFY | GENERATION) ||
	    q.offset >= (1u << XIVE_QUEUE_SHIFT) / 4 ||
	    q.gpa % XIVE_PAGE || !ram_get(vm, q.gpa, XIVE_PAGE, RAM_WRITE))
		return -EINVAL;
	return xive_set_queue(vm, vcpu, priority, &q);
}

/* Events to a vCPU that is gone would go nowhere. */
static void put_source(struct papr_vm *vm, const struct xive_source *s,
		       struct state_out *out)
{
	const struct papr_xive_target *t = &s->target;

	put_head(out, SOURCE, s->lisn);
	state_put_u32(out, t->server);
	state_put_u8(out, vm_vcpu_by_id(vm, t->server) ? t->priority :
		     PAPR_XIVE_OFF);
	state_put_u32(out, t->eisn);
	state_put_u8(out, s->pq);
}

static int get_source(struct papr_vm *vm, uint32_t lisn, struct state_in *in)
{
	struct xive_source *s = xive_find(vm->xive, lisn);
	struct papr_xive_target t = { .server = state_get_u32(in) };
	uint32_t pq;
	int r;

	t.priority = state_get_u8(in);
	t.eisn = state_get_u32(in);
	pq = state_get_u8(in);
	if (in->failed)
		return 0;
	if (!s)
		return -ENOENT;
	if (pq > PQ_QUEUED || t.eisn > XIVE_EISN ||
	    (t.priority != PAPR_XIVE_OFF &&
	     (t.priority >= XIVE_PRIORITIES ||
	      !vm_vcpu_by_id(vm, t.server))))
		return -EINVAL;
	r = xive_set_target(vm, lisn, &t, false);
	s->pq = pq;
	return r || pq == PQ_OFF ? r : swap_pq(vm, lisn, PQ_PENDING, &pq);
}

static int put_vp(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		  struct state_out *out)
{
	uint64_t word[2];
	int r = vm->xive_ops.get_vp(vcpu->host, word);

	if (r)
		return r;
	put_head(out, VP, vcpu->id);
	state_put_u64(out, word[0]);
	state_put_u64(out, word[1]);
	return 0;
}

static int get_vp(struct papr_vm *vm, uint32_t id, struct state_in *in)
{
	const struct papr_vcpu *vcpu = vm_vcpu_by_id(vm, id);
	uint64_t word[2];

	word[0] = state_get_u64(in);
	word[1] = state_get_u64(in);
	if (in->failed)
		return 0;
	return vcpu ? vm->xive_ops.set_vp(vcpu->host, word) : -ENOENT;
}

/* --- the module */

static int put_cpu(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		   enum kind kind, struct state_out *out)
{
	int r = 0;

	if (kind == VP)
		return put_vp(vm, vcpu, out);
	for (uint32_t p = 0; p < XIVE_PRIORITIES && !r; p++)
		if (*xive_queued(vm, vcpu, p))
			r = put_queue(vm, vcpu, p, out);
	return r;
}

static int put_cpus(struct papr_vm *vm, enum kind kind, struct state_out *out,
		    struct papr_error *error)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		const struct papr_vcpu *vcpu = vm->vcpus[i];
		int r = papr_vcpu_is_there(vcpu) ?
			put_cpu(vm, vcpu, kind, out) : 0;

		if (r)
			return error_set(error, r, "the host does not tell %s "
					 "vCPU %u: %s", kind == VP ?
					 "what interrupts" : "the queues of",
					 vcpu->id, strerror(-r));
	}
	return 0;
}

static int save_stopped(struct papr_vm *vm, struct state_out *out,
			struct papr_error *error)
{
	int r = put_cpus(vm, QUEUE, out, error);

	if (r)
		return r;
	for (size_t i = 0; i < vm->xive->n; i++)
		put_source(vm, &vm->xive->source[i], out);
	return put_cpus(vm, VP, out, error);
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	int r;

	if (!vm_has_xive(vm))
		return 0;
	handover_begin(vm);
	r = xive_stop(vm, error);
	if (!r)
		r = save_stopped(vm, out, error);
	handover_end(vm);
	return r;
}

static int load_one(struct papr_vm *vm, struct state_in *in,
		    struct papr_error *error)
{
	static const struct {
		const char *what;
		int (*get)(struct papr_vm *vm, uint32_t n,
			   struct state_in *in);
	} kinds[KINDS] = {
		[QUEUE] = { "a queue of vCPU", get_queue },
		[SOURCE] = { "interrupt source", get_source },
		[VP] = { "vCPU", get_vp },
	};
	uint8_t kind = state_get_u8(in);
	uint32_t n = state_get_u32(in);
	int r;

	if (kind >= KINDS) {
		in->failed = true;
		return 0;
	}
	r = kinds[kind].get(vm, n, in);
	if (r)
		return error_set(error, r, "the state of %s 0x%x is not "
				 "taken: %s", kinds[kind].what, n,
				 strerror(-r));
	return 0;
}

/* The sources go on when all is loaded. */
static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	int r = 0;

	if (!vm_has_xive(vm))
		return error_set(error, -EINVAL, "the saved partition has a "
				 "XIVE, and this one has not");
	handover_begin(vm);
	while (in->left && !in->failed && !r)
		r = load_one(vm, in, error);
	handover_end(vm);
	vm->xive->stopped = vm->xive->n;
	return r;
}

const struct state_module xive_state = { "xive", 1, save, load };
