/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose the guest's interrupt controller is, the host's or this library's
 * (spapr/xics.h): from the seal on, and when it changes hands.
 */
#ifndef SPAPR_IRQS_H
#define SPAPR_IRQS_H

#include <papr/vm.h>

#include "spapr/event-queue.h"
#include "spapr/vio.h"

#define IRQS (VIO_DEVICES + PAPR_EVENT_CLASSES)

/* All sources, of events and of devices, in rising order; how many. */
size_t irqs_list(const struct papr_vm *vm, uint32_t irqs[IRQS]);

/* Steps of the seal: the controller, and the RTAS calls of its sources. */
int irqs_setup(struct papr_vm *vm);
int irqs_setup_rtas(struct papr_vm *vm);

/*
 * While all vCPUs are held, and under irqs_lock: there is none any more, and
 * there is one as new, by vm->interrupts and the routes.  0 or -errno.
 */
int irqs_end(struct papr_vm *vm, struct papr_error *error);
int irqs_begin(struct papr_vm *vm, struct papr_error *error);

/* As after the seal, with the controller that there is; 0 or -errno. */
int irqs_reset(struct papr_vm *vm);

/* A device's edge, to whose the controller is; any thread.  0 or -errno. */
int irqs_edge(struct papr_vm *vm, uint32_t irq);

/* Whether it is this library's. */
bool irqs_are_here(const struct papr_vm *vm);

/* Why it cannot change hands; NULL if it can. */
const char *irqs_why_not(const struct papr_vm *vm);

/*
 * While all vCPUs are held, and under irqs_lock: takes the state from the
 * host's controller, which is no more; or gives it to one made anew, with the
 * RTAS calls that @policy routes to it.  On failure it is where it was.
 */
int irqs_take(struct papr_vm *vm, const struct papr_policy *policy,
	      struct papr_error *error);
int irqs_give(struct papr_vm *vm, const struct papr_policy *policy,
	      struct papr_error *error);

#endif
