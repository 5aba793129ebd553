/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive.h"
#include "spapr/xive-state.h"

bool vm_has_xive(const struct papr_vm *vm)
{
	return vm->interrupts == PAPR_INTERRUPTS_XIVE;
}

static const char *refusal(const struct papr_vm *vm)
{
	const struct papr_host *info = &vm->info;

	if (info->cap[PAPR_CAP_IRQ_XIVE] > 0)
		return vm->xive_ops.setup && vm->host_ops.reset_irqs ? NULL :
			"the program's host operations have none";
	if (info->flavour == PAPR_FLAVOUR_NESTED)
		return "KVM inside a partition has none";
	if (info->isa < 300)
		return "it needs POWER9 or newer";
	return "this host's KVM does not have KVM_CAP_PPC_IRQ_XIVE";
}

int xive_choose(struct papr_vm *vm, struct papr_error *error)
{
	const char *why = refusal(vm);

	vm->interrupts = vm->config.interrupts;
	if (vm->interrupts == PAPR_INTERRUPTS_AUTO)
		vm->interrupts = why ? PAPR_INTERRUPTS_XICS :
				       PAPR_INTERRUPTS_XIVE;
	if ((vm->interrupts == PAPR_INTERRUPTS_XIVE ||
	     vm->interrupts == PAPR_INTERRUPTS_DUAL) && why)
		return error_set(error, -EOPNOTSUPP, "a XIVE interrupt "
				 "controller: %s", why);
	if (vm->interrupts == PAPR_INTERRUPTS_DUAL)
		vm->interrupts = PAPR_INTERRUPTS_XICS;
	return 0;
}

bool *xive_queued(const struct papr_vm *vm, const struct papr_vcpu *vcpu,
		  uint32_t priority)
{
	return &vm->xive->queued[vcpu->index * XIVE_PRIORITIES + priority];
}

/*
 * What is in the pages of queues the host notes when it is asked to, of those
 * that are there: one that goes is noted before, in the call that ends it.
 */
static void note_queue(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		       uint32_t priority)
{
	struct papr_xive_queue q;

	if (*xive_queued(vm, vcpu, priority) &&
	    !vm->xive_ops.get_queue(vm->host, vcpu->id, priority, &q))
		dirty_mark(vm, q.gpa, XIVE_PAGE);
}

void xive_note_queues(struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		for (uint32_t p = 0; p < XIVE_PRIORITIES; p++)
			note_queue(vm, vm->vcpus[i], p);
}

static int destroy(struct xive *xive)
{
	pthread_mutex_destroy(&xive->lock);
	return 0;
}

/* Nothing was configured yet. */
static void clear(struct papr_vm *vm)
{
	struct xive *xive = vm->xive;

	for (size_t i = 0; i < xive->n; i++) {
		xive->source[i].target = (struct papr_xive_target){
			.priority = PAPR_XIVE_OFF,
			.eisn = xive->source[i].lisn,
		};
		xive->source[i].pq = PQ_OFF;
	}
	xive->stopped = 0;
	memset(xive->queued, 0,
	       vm->n_vcpus * XIVE_PRIORITIES * sizeof(*xive->queued));
}

static struct xive *xive_new(struct papr_vm *vm, size_t n)
{
	struct xive *xive = talloc_zero(vm, struct xive);

	if (!xive)
		return NULL;
	pthread_mutex_init(&xive->lock, NULL);
	talloc_set_destructor(xive, destroy);
	xive->n = n;
	xive->source = talloc_zero_array(xive, struct xive_source, n);
	xive->queued = talloc_zero_array(xive, bool,
					 vm->n_vcpus * XIVE_PRIORITIES);
	if (xive->source && xive->queued)
		return xive;
	talloc_free(xive);
	return NULL;
}

static int make_hosts(struct papr_vm *vm, const uint32_t *lisns,
		      struct papr_error *error)
{
	const struct papr_xive_layout layout = {
		.servers = vm->vcpus[vm->n_vcpus - 1]->id + 1,
		.lisns = lisns,
		.n = vm->xive->n,
		.esb = XIVE_ESB,
		.os = XIVE_TIMA_OS,
	};
	int r = vm->xive_ops.setup(vm->host, &layout);

	if (r)
		return error_set(error, r, "no XIVE interrupt controller "
				 "for %u servers: %s", layout.servers,
				 r == -EOPNOTSUPP ? "the host's pages are not "
				 "of 64 KiB" : strerror(-r));
	return 0;
}

int xive_make(struct papr_vm *vm, struct papr_error *error)
{
	struct xive *xive = vm->xive;
	uint32_t *lisns = talloc_array(xive, uint32_t, xive->n);
	int r;

	if (!lisns)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < xive->n; i++)
		lisns[i] = xive->source[i].lisn;
	clear(vm);
	r = make_hosts(vm, lisns, error);
	talloc_free(lisns);
	return r;
}

static int check_irqs(struct papr_vm *vm, const uint32_t *irqs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (irqs[i] < vm->n_vcpus || irqs[i] >= XIVE_LISNS)
			return error_set(&vm->error, -EINVAL, "interrupt 0x%x: "
					 "with a XIVE and %u vCPUs the number "
					 "of a source is 0x%x to 0x%x", irqs[i],
					 vm->n_vcpus, vm->n_vcpus,
					 XIVE_LISNS - 1);
	return 0;
}

/* The pages are mapped before it is known whether anything is there. */
static int check_ram(struct papr_vm *vm)
{
	uint64_t end = XIVE_TIMA_USER + XIVE_PAGE;

	for (size_t i = 0; i < vm->n_ram; i++) {
		const struct ram_region *r = &vm->ram[i];

		if (r->gpa < end && r->gpa + (r->len - 1) >= XIVE_ESB)
			return error_set(&vm->error, -EINVAL,
					 "RAM at 0x%llx is where a XIVE has "
					 "its pages",
					 (unsigned long long)r->gpa);
	}
	return 0;
}

int xive_setup(struct papr_vm *vm, const uint32_t *irqs, size_t n)
{
	size_t all = vm->n_vcpus + n;
	int r = check_irqs(vm, irqs, n);

	if (!r)
		r = check_ram(vm);
	if (r)
		return r;
	vm->xive = xive_new(vm, all);
	if (!vm->xive)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < all; i++)
		vm->xive->source[i].lisn = i < vm->n_vcpus ? i :
					   irqs[i - vm->n_vcpus];
	return 0;
}

int xive_reset(struct papr_vm *vm)
{
	xive_note_queues(vm);
	clear(vm);
	return vm->host_ops.reset_irqs(vm->host);
}

struct xive_source *xive_find(const struct xive *xive, uint64_t lisn)
{
	for (size_t i = 0; i < xive->n; i++)
		if (xive->source[i].lisn == lisn)
			return &xive->source[i];
	return NULL;
}

bool xive_has(const struct papr_vm *vm, uint64_t lisn)
{
	return xive_find(vm->xive, lisn);
}

int xive_trigger(struct papr_vm *vm, uint32_t lisn)
{
	if (!xive_has(vm, lisn))
		return -ENOENT;
	return vm->xive_ops.trigger(vm->host, lisn);
}

bool xive_is_resetting(const struct papr_vm *vm)
{
	return atomic_load(&vm->xive->resetting);
}

/* Linux's KVM warns of a target that has no queue, each time. */
static int retarget(struct papr_vm *vm, struct xive_source *source,
		    const struct papr_xive_target *target, bool mask)
{
	struct papr_xive_target off = source->target;
	const struct papr_vcpu *vcpu;

	off.priority = PAPR_XIVE_OFF;
	if (mask || target->priority == PAPR_XIVE_OFF)
		return vm->xive_ops.target(vm->host, source->lisn, &off);
	vcpu = vm_vcpu_by_id(vm, target->server);
	if (!*xive_queued(vm, vcpu, target->priority))
		return -EBUSY;
	return vm->xive_ops.target(vm->host, source->lisn, target);
}

int xive_set_target(struct papr_vm *vm, uint32_t lisn,
		    const struct papr_xive_target *target, bool mask)
{
	struct xive_source *source = xive_find(vm->xive, lisn);
	int r;

	pthread_mutex_lock(&vm->xive->lock);
	r = retarget(vm, source, target, mask);
	if (!r) {
		source->target = *target;
		if (mask)
			source->target.priority = PAPR_XIVE_OFF;
	}
	pthread_mutex_unlock(&vm->xive->lock);
	return r;
}

struct papr_xive_target xive_get_target(struct papr_vm *vm, uint32_t lisn)
{
	struct papr_xive_target target;

	pthread_mutex_lock(&vm->xive->lock);
	target = xive_find(vm->xive, lisn)->target;
	pthread_mutex_unlock(&vm->xive->lock);
	return target;
}

int xive_set_queue(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		   uint32_t priority, const struct papr_xive_queue *queue)
{
	int r;

	pthread_mutex_lock(&vm->xive->lock);
	note_queue(vm, vcpu, priority);
	r = vm->xive_ops.set_queue(vm->host, vcpu->id, priority, queue);
	if (!r)
		*xive_queued(vm, vcpu, priority) = queue->order;
	pthread_mutex_unlock(&vm->xive->lock);
	return r;
}

/* KVM leaves the pages alone of a source that goes nowhere. */
static int forget(struct papr_vm *vm)
{
	uint64_t old;
	int r;

	xive_note_queues(vm);
	r = vm->xive_ops.forget(vm->host);
	for (size_t i = 0; i < vm->xive->n && !r; i++)
		r = vm->xive_ops.esb(vm->host, vm->xive->source[i].lisn,
				     ESB_SET(PQ_OFF), false, &old);
	if (!r)
		clear(vm);
	return r;
}

int xive_forget(struct papr_vm *vm)
{
	int r;

	if (atomic_exchange(&vm->xive->resetting, true))
		return -EAGAIN;
	pthread_mutex_lock(&vm->xive->lock);
	r = forget(vm);
	pthread_mutex_unlock(&vm->xive->lock);
	atomic_store(&vm->xive->resetting, false);
	return r;
}
