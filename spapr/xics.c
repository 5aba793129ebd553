/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controller: who is shown what.
 *
 * A source is in one of four places: idle; shown, in some XISR; accepted,
 * until its EOI; or waiting, at its server or for its mask.  What changes
 * the state of a vCPU so that something that waits could be shown delivers
 * it anew: nothing looks at them without such a reason.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <talloc.h>

#include "spapr/vm.h"
#include "spapr/xics-state.h"

static int compare_irq(const void *key, const void *element)
{
	const uint32_t *irq = key;
	const struct source *source = element;

	return *irq < source->irq ? -1 : *irq > source->irq;
}

struct source *xics_source(struct xics *xics, uint32_t irq)
{
	return bsearch(&irq, xics->source, xics->n_sources,
		       sizeof(*xics->source), compare_irq);
}

struct icp *xics_icp(struct xics *xics, const struct papr_vcpu *vcpu)
{
	return &xics->icp[vcpu->index];
}

bool xics_is_shown(const struct xics *xics, uint32_t irq)
{
	for (uint32_t i = 0; i < xics->vm->n_vcpus; i++)
		if (xics->icp[i].xisr == irq)
			return true;
	return false;
}

bool xics_lock(struct xics *xics)
{
	bool here;

	pthread_mutex_lock(&xics->lock);
	here = !xics->away;
	if (!here)
		pthread_mutex_unlock(&xics->lock);
	return here;
}

static struct icp *server_icp(struct xics *xics, uint32_t server)
{
	struct papr_vcpu *vcpu = vm_vcpu_by_id(xics->vm, server);

	return vcpu ? xics_icp(xics, vcpu) : NULL;
}

/*
 * A vCPU that has no host side yet is told when it gets one, and one that the
 * host could not tell with the next change.
 */
void xics_update(struct xics *xics, struct icp *icp)
{
	struct papr_vm *vm = xics->vm;
	void *cpu = vm->vcpus[icp - xics->icp]->host;
	bool raise = icp->xisr && icp->pending < icp->cppr;

	if (xics->away)
		return;
	if (raise != icp->raised && cpu && !vm->host_ops.interrupt(cpu, raise))
		icp->raised = raise;
}

static void show(struct icp *icp, uint32_t xisr, uint8_t priority)
{
	icp->xisr = xisr;
	icp->pending = priority;
}

/*
 * Equal priority is not enough.  The MFRR need not be looked at: if an IPI is
 * asked for that could be shown, it is, or something more favoured.
 */
static bool can_show(const struct icp *icp, uint8_t priority)
{
	return priority < icp->cppr && priority < icp->pending;
}

/* What is displaced is less favoured each time: this ends. */
void xics_deliver(struct xics *xics, struct source *source)
{
	while (source) {
		struct icp *icp = server_icp(xics, source->server);
		uint32_t displaced;

		source->resend = source->masked = source->sent = false;
		if (source->lsi && !source->present)
			return;
		if (source->priority == XICS_MASKED || !icp) {
			source->masked = true;
			return;
		}
		if (!can_show(icp, source->priority)) {
			source->resend = icp->need_resend = true;
			return;
		}
		displaced = icp->xisr;
		show(icp, source->irq, source->priority);
		source->sent = source->lsi;
		xics_update(xics, icp);
		source = xics_source(xics, displaced);
	}
}

void xics_resend(struct xics *xics, struct icp *icp)
{
	if (!icp->need_resend)
		return;
	icp->need_resend = false;
	/* Those that wait elsewhere wait on. */
	for (size_t i = 0; i < xics->n_sources; i++)
		if (xics->source[i].resend)
			xics_deliver(xics, &xics->source[i]);
}

/* Takes back what is shown; a source is delivered anew, an IPI stays asked. */
static void reject(struct xics *xics, struct icp *icp)
{
	struct source *source = xics_source(xics, icp->xisr);

	show(icp, 0, XICS_MASKED);
	xics_deliver(xics, source);
}

/* Shows an IPI that is asked for, if it is now as favoured as what is shown. */
static void check_ipi(struct xics *xics, struct icp *icp)
{
	struct source *displaced;

	if (icp->mfrr >= icp->cppr || icp->mfrr > icp->pending)
		return;
	displaced = xics_source(xics, icp->xisr);
	show(icp, XICS_IPI, icp->mfrr);
	xics_deliver(xics, displaced);
}

/* If it is less favoured than it was, what waits may be shown now. */
static void change_cppr(struct xics *xics, struct icp *icp, uint8_t cppr)
{
	icp->cppr = cppr;
	check_ipi(xics, icp);
	xics_resend(xics, icp);
}

int64_t xics_accept(struct xics *xics, struct papr_vcpu *vcpu)
{
	struct icp *icp = xics_icp(xics, vcpu);
	uint32_t xirr;

	if (!xics_lock(xics))
		return -EAGAIN;
	xirr = (uint32_t)icp->cppr << 24 | icp->xisr;
	if (icp->xisr) {
		uint8_t before = icp->cppr;

		icp->cppr = icp->pending;
		show(icp, 0, XICS_MASKED);
		/* After a misused H_EOI something may wait for this. */
		if (icp->cppr > before)
			change_cppr(xics, icp, icp->cppr);
		xics_update(xics, icp);
	}
	pthread_mutex_unlock(&xics->lock);
	return xirr;
}

int xics_poll(struct xics *xics, struct papr_vcpu *vcpu, uint32_t *xirr,
	      uint8_t *mfrr)
{
	const struct icp *icp = xics_icp(xics, vcpu);

	if (!xics_lock(xics))
		return -EAGAIN;
	*xirr = (uint32_t)icp->cppr << 24 | icp->xisr;
	*mfrr = icp->mfrr;
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

int xics_set_cppr(struct xics *xics, struct papr_vcpu *vcpu, uint8_t cppr)
{
	struct icp *icp = xics_icp(xics, vcpu);

	if (!xics_lock(xics))
		return -EAGAIN;
	icp->cppr = cppr;
	if (cppr <= icp->pending)
		reject(xics, icp);
	change_cppr(xics, icp, cppr);
	xics_update(xics, icp);
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

int xics_set_mfrr(struct xics *xics, struct papr_vcpu *vcpu, uint8_t mfrr)
{
	struct icp *icp = xics_icp(xics, vcpu);

	if (!xics_lock(xics))
		return -EAGAIN;
	icp->mfrr = mfrr;
	check_ipi(xics, icp);
	xics_update(xics, icp);
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

/* An LSI comes again while it is up, an MSI if there was another edge. */
static void end_of_interrupt(struct xics *xics, struct source *source)
{
	if (!source->lsi) {
		source->present = source->queued;
		source->queued = false;
	}
	source->sent = false;
	if (source->present && !source->resend)
		xics_deliver(xics, source);
}

/*
 * A CPPR more favoured than it was does not take back what is shown, as in
 * KVM: that is what H_CPPR is for.
 */
int xics_eoi(struct xics *xics, struct papr_vcpu *vcpu, uint32_t xirr)
{
	struct icp *icp = xics_icp(xics, vcpu);
	uint32_t irq = xirr & XICS_XISR;
	struct source *source;

	if (!xics_lock(xics))
		return -EAGAIN;
	change_cppr(xics, icp, xirr >> 24);
	source = xics_source(xics, irq);
	if (source)
		end_of_interrupt(xics, source);
	xics_update(xics, icp);
	pthread_mutex_unlock(&xics->lock);
	return source || irq == XICS_IPI ? 0 : -ENOENT;
}

uint64_t xics_get_icp(struct xics *xics, struct papr_vcpu *vcpu)
{
	const struct icp *icp = xics_icp(xics, vcpu);
	uint64_t state;

	pthread_mutex_lock(&xics->lock);
	state = (uint64_t)icp->cppr << ICP_CPPR_SHIFT |
		(uint64_t)icp->xisr << ICP_XISR_SHIFT |
		(uint64_t)icp->mfrr << ICP_MFRR_SHIFT |
		(uint64_t)icp->pending << ICP_PPRI_SHIFT;
	pthread_mutex_unlock(&xics->lock);
	return state;
}

/* Each interrupt has its own reason not to be shown. */
static bool can_be(struct xics *xics, const struct icp *icp)
{
	switch (icp->xisr) {
	case 0:
		return icp->pending == XICS_MASKED;
	case XICS_IPI:
		/* It is shown still if the asking was taken back. */
		return icp->pending <= icp->mfrr && icp->pending < icp->cppr;
	default:
		return icp->pending < icp->mfrr && icp->pending < icp->cppr &&
		       xics_source(xics, icp->xisr);
	}
}

int xics_set_icp(struct xics *xics, struct papr_vcpu *vcpu, uint64_t state)
{
	struct icp *icp = xics_icp(xics, vcpu);
	const struct icp new = {
		.cppr = state >> ICP_CPPR_SHIFT,
		.xisr = state >> ICP_XISR_SHIFT & XICS_XISR,
		.mfrr = state >> ICP_MFRR_SHIFT,
		.pending = state >> ICP_PPRI_SHIFT,
	};
	struct source *source;

	if (state & ((1ull << ICP_PPRI_SHIFT) - 1) || !can_be(xics, &new))
		return -EINVAL;
	pthread_mutex_lock(&xics->lock);
	icp->mfrr = new.mfrr;
	show(icp, new.xisr, new.pending);
	source = xics_source(xics, new.xisr);
	if (source && source->lsi) {
		source->sent = true;
		source->resend = false;
	}
	change_cppr(xics, icp, new.cppr);
	xics_update(xics, icp);
	pthread_mutex_unlock(&xics->lock);
	return 0;
}

static void reset_icp(struct xics *xics, struct icp *icp)
{
	icp->cppr = 0;
	icp->mfrr = XICS_MASKED;
	show(icp, 0, XICS_MASKED);
	icp->need_resend = false;
	xics_update(xics, icp);
}

void xics_reset(struct xics *xics)
{
	pthread_mutex_lock(&xics->lock);
	for (size_t i = 0; i < xics->n_sources; i++) {
		struct source *s = &xics->source[i];

		*s = (struct source){
			.irq = s->irq, .lsi = s->lsi,
			.priority = XICS_MASKED, .saved = XICS_MASKED,
			/* A device does not hear of it and keeps its line. */
			.present = s->lsi && s->present,
			.masked = s->lsi && s->present,
		};
	}
	for (uint32_t i = 0; i < xics->vm->n_vcpus; i++)
		reset_icp(xics, &xics->icp[i]);
	pthread_mutex_unlock(&xics->lock);
}

void xics_leave(struct xics *xics)
{
	pthread_mutex_lock(&xics->lock);
	xics->away = true;
	pthread_mutex_unlock(&xics->lock);
}

/* What the host was told last was told by somebody else. */
void xics_return(struct xics *xics)
{
	pthread_mutex_lock(&xics->lock);
	xics->away = false;
	for (uint32_t i = 0; i < xics->vm->n_vcpus; i++) {
		struct icp *icp = &xics->icp[i];

		icp->raised = !(icp->xisr && icp->pending < icp->cppr);
		xics_update(xics, icp);
	}
	pthread_mutex_unlock(&xics->lock);
}

bool xics_is_here(struct xics *xics)
{
	if (!xics_lock(xics))
		return false;
	pthread_mutex_unlock(&xics->lock);
	return true;
}

void xics_attach(struct xics *xics, struct papr_vcpu *vcpu)
{
	pthread_mutex_lock(&xics->lock);
	xics_update(xics, xics_icp(xics, vcpu));
	pthread_mutex_unlock(&xics->lock);
}

static int xics_destroy(struct xics *xics)
{
	pthread_mutex_destroy(&xics->lock);
	return 0;
}

static bool are_good(const struct xics_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lines[i].irq < XICS_FIRST || lines[i].irq > XICS_XISR ||
		    (i && lines[i].irq <= lines[i - 1].irq))
			return false;
	return true;
}

struct xics *xics_new(struct papr_vm *vm, const struct xics_line *lines,
		      size_t n)
{
	struct xics *xics = talloc_zero(vm, struct xics);

	if (!xics || !are_good(lines, n))
		goto failed;
	xics->vm = vm;
	xics->icp = talloc_zero_array(xics, struct icp, vm->n_vcpus);
	xics->source = talloc_zero_array(xics, struct source, n);
	if (!xics->icp || !xics->source)
		goto failed;
	for (; xics->n_sources < n; xics->n_sources++) {
		xics->source[xics->n_sources].irq = lines[xics->n_sources].irq;
		xics->source[xics->n_sources].lsi = lines[xics->n_sources].lsi;
	}
	pthread_mutex_init(&xics->lock, NULL);
	talloc_set_destructor(xics, xics_destroy);
	xics_reset(xics);
	return xics;
failed:
	talloc_free(xics);
	return NULL;
}
