/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a partition begins with, and its client may have otherwise: MMU and
 * interrupt controller.  It says so in client architecture support, before it
 * has used either, and on one vCPU; both are changed in place.  A reset goes
 * back to the beginning.
 */
#ifndef SPAPR_CHOICE_H
#define SPAPR_CHOICE_H

#include <stdbool.h>

#include <papr/error.h>
#include <papr/vm.h>

struct papr_vm;

/* Fixed by papr_vm_new(). */
struct client_choice {
	bool mmu, irqs;			/* whether it may choose */
	enum papr_mmu first_mmu;
	enum papr_interrupts first_irqs;
};

/* What may be chosen from now on; vm->mmu and vm->interrupts are known. */
int choice_begin(struct papr_vm *vm, struct papr_error *error);

/*
 * No other vCPU runs.  On failure, -errno, all is as it was, or the sentence
 * says that it is not.
 */
int choice_take(struct papr_vm *vm, enum papr_mmu mmu,
		enum papr_interrupts irqs, struct papr_error *error);

/* Back to what the partition began with. */
int choice_reset(struct papr_vm *vm, struct papr_error *error);

#endif
