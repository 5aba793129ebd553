/* SPDX-License-Identifier: BSD-2-Clause */
/* What spapr/xics*.c share. */
#ifndef SPAPR_XICS_STATE_H
#define SPAPR_XICS_STATE_H

#include <pthread.h>

#include "spapr/xics.h"

/* Presentation: one for each vCPU. */
struct icp {
	uint8_t cppr;
	uint8_t mfrr;
	uint8_t pending;	/* priority of what is shown, or XICS_MASKED */
	uint32_t xisr;		/* what is shown, or 0 */
	bool need_resend;	/* a source waits for a better moment */
	bool raised;		/* what the host was told last */
};

struct source {
	uint32_t irq;
	bool lsi;
	uint32_t server;
	uint8_t priority;
	uint8_t saved;		/* by int-off for int-on */
	bool present;		/* an MSI on its way to its EOI; an LSI that
				 * is up */
	bool queued;		/* another edge of an MSI meanwhile */
	bool sent;		/* an LSI that is shown or accepted */
	bool resend;		/* not taken: waits at its server */
	bool masked;		/* came while the priority was XICS_MASKED */
};

struct xics {
	pthread_mutex_t lock;	/* of all that follows */
	bool away;		/* the host has the state */
	struct papr_vm *vm;
	struct icp *icp;	/* by vCPU index */
	struct source *source;	/* by number */
	size_t n_sources;
};

/* Locks; false, and then it is not locked, while the state is away. */
bool xics_lock(struct xics *xics);

/* All under the lock. */
struct icp *xics_icp(struct xics *xics, const struct papr_vcpu *vcpu);
struct source *xics_source(struct xics *xics, uint32_t irq);

/* Whether any vCPU is shown it. */
bool xics_is_shown(const struct xics *xics, uint32_t irq);

/* Tells the host if a vCPU's external interrupt has changed. */
void xics_update(struct xics *xics, struct icp *icp);

/* Shows a source at its server, or notes that it waits. */
void xics_deliver(struct xics *xics, struct source *source);

/* Delivers what waits for a vCPU. */
void xics_resend(struct xics *xics, struct icp *icp);

#endif
