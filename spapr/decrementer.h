/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The large decrementer of POWER9 and newer: it counts longer than 32 bits,
 * and the guest is told how long by ibm,dec-bits.  A guest that runs at an
 * older level does not know of it, and has 32 bits.
 */
#ifndef SPAPR_DECREMENTER_H
#define SPAPR_DECREMENTER_H

#include <stdint.h>

#include <papr/error.h>

struct papr_vm;

/* Whether it is as asked for: papr_vm.dec_bits. */
int dec_choose(struct papr_vm *vm, struct papr_error *error);

/* How long it is now, of a large one; else 0. */
uint32_t dec_bits_now(const struct papr_vm *vm);

/* A vCPU of the host, or all that are attached, get what is so now; -errno. */
int dec_set(const struct papr_vm *vm, void *cpu);
int dec_set_all(const struct papr_vm *vm);

#endif
