/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's interrupt controller in its native mode.  It is always the
 * host's, and the guest works it without calls; the library keeps what was
 * configured, as the host does not tell, and answers the calls that do that.
 */
#ifndef SPAPR_XIVE_H
#define SPAPR_XIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/xive.h>

struct papr_vm;
struct papr_vcpu;

/* Where the guest finds the pages, as on QEMU's pseries machine. */
#define XIVE_ESB	0x0006010000000000ull
#define XIVE_TIMA	0x0006030203180000ull
#define XIVE_TIMA_OS	(XIVE_TIMA + 2 * XIVE_PAGE)
#define XIVE_TIMA_USER	(XIVE_TIMA + 3 * XIVE_PAGE)
#define XIVE_PAGE_SHIFT	16
#define XIVE_PAGE	(1ull << XIVE_PAGE_SHIFT)

#define XIVE_LISNS	0x100000u	/* numbers of sources are below it */
#define XIVE_PRIORITIES	7u		/* the host uses the last, 7 */
#define XIVE_QUEUE_SHIFT 16		/* the one size of queues */
#define XIVE_EISN	0x7fffffffu

/* Loads from a management page that return P and Q and then change them. */
#define ESB_GET		0x800u
#define ESB_SET(pq)	(0xc00u + ((pq) << 8))
#define ESB_REGS	0x1000u		/* the registers end there */

/* P: an event was sent on and has not ended.  Q: another has come. */
#define PQ_RESET	0u
#define PQ_OFF		1u
#define PQ_PENDING	2u
#define PQ_QUEUED	3u

struct xive_source {
	uint32_t lisn;
	struct papr_xive_target target;	/* as the guest was told */
	uint32_t pq;			/* while stopped: as it will be */
};

/* Whether the guest has one. */
bool vm_has_xive(const struct papr_vm *vm);

/* What "auto" becomes, or why there is none. */
int xive_choose(struct papr_vm *vm, struct papr_error *error);

/*
 * A part of the seal: the first numbers are for interrupts between vCPUs, one
 * each, and then come the @n devices' in @irqs, in rising order.
 */
int xive_setup(struct papr_vm *vm, const uint32_t *irqs, size_t n);

/* The host's, as new. */
int xive_make(struct papr_vm *vm, struct papr_error *error);

/* As after the seal; all vCPUs were reset.  0 or the host's error. */
int xive_reset(struct papr_vm *vm);

/* A device's message; any thread.  -ENOENT for no such source. */
int xive_trigger(struct papr_vm *vm, uint32_t lisn);

/* The numbers of devices' sources and those between vCPUs. */
bool xive_has(const struct papr_vm *vm, uint64_t lisn);

/* While one vCPU resets it all, the calls of the others fail. */
bool xive_is_resetting(const struct papr_vm *vm);

/*
 * What the calls do, with what was checked before; the host's error, or -EBUSY
 * if the target has no queue.  With @mask the source is off, and yet is told
 * what it was given.
 */
int xive_set_target(struct papr_vm *vm, uint32_t lisn,
		    const struct papr_xive_target *target, bool mask);
struct papr_xive_target xive_get_target(struct papr_vm *vm, uint32_t lisn);
int xive_set_queue(struct papr_vm *vm, const struct papr_vcpu *vcpu,
		   uint32_t priority, const struct papr_xive_queue *queue);

/* All sources off and all queues gone; -EAGAIN while another does it. */
int xive_forget(struct papr_vm *vm);

/* The pages of all queues have changed (include/papr/dirty.h). */
void xive_note_queues(struct papr_vm *vm);

/*
 * While no vCPU is in the guest: from the one to the other no event goes into
 * a queue, and what devices send is kept for later.  The state of sources is
 * read (spapr/xive-save.c) and guest memory is as it will stay.  Those that
 * are stopped go on, also if the first has failed.
 */
int xive_stop(struct papr_vm *vm, struct papr_error *error);
void xive_go(struct papr_vm *vm);

#endif
