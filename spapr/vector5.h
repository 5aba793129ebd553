/* SPDX-License-Identifier: BSD-2-Clause */
/* Option vector 5: what a partition has, LoPAR B.6.2.3. */
#ifndef SPAPR_VECTOR5_H
#define SPAPR_VECTOR5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>

struct papr_vm;

/* As in the device tree: its length less one, then bytes 1 to 26. */
#define VECTOR5_BYTES 27

/*
 * All that this partition has; of the forms of associativity that which the
 * guest is told in as long as no client has asked for one.
 */
void vector5_offer(const struct papr_vm *vm, uint8_t v[VECTOR5_BYTES]);

/*
 * What a client wants that asks for @n bytes, byte 1 first.  NULL, or what this
 * partition does not have, in words.
 */
const char *vector5_choose(const struct papr_vm *vm, const uint8_t *asked,
			   size_t n, enum papr_mmu *mmu,
			   enum papr_interrupts *irqs);

/* What both sides have, once the partition has what was chosen. */
void vector5_agree(const struct papr_vm *vm, const uint8_t *asked, size_t n,
		   uint8_t v[VECTOR5_BYTES]);

/* Of what was agreed on: whether associativity is in form 2. */
bool vector5_has_form2(const uint8_t v[VECTOR5_BYTES]);

/* Of what was agreed on: whether hot-plug events have their own interrupt. */
bool vector5_has_hotplug(const uint8_t v[VECTOR5_BYTES]);

/* Pairs of byte number and what is to be had there. */
#define VECTOR5_SUPPORT_BYTES 8
void vector5_support(const struct papr_vm *vm,
		     uint8_t pairs[VECTOR5_SUPPORT_BYTES]);

#endif
