/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hashed page table of a guest: its entries, and the way to change one.
 * KVM-HV keeps it; KVM-PR uses one in this library's memory.
 *
 * A processor sets the referenced and the changed bit of an entry by itself.
 * So an entry is read and written while no vCPU is in the guest; the host has
 * no other way to do both in one.
 */
#ifndef SPAPR_HPT_H
#define SPAPR_HPT_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/ops.h>

#define HPT_GROUP		8u	/* entries where a hash may be */

/* KVM-PR reckons with the number of groups in 32 bits. */
#define HPT_MIN_ORDER		18u
#define HPT_PR_MAX_ORDER	37u

#define HPTE_V_LARGE		0x0000000000000004ull
#define HPTE_V_VALID		0x0000000000000001ull
#define HPTE_V_FLAGS		0x000000000000007full	/* no page number */
#define HPTE_V_HYPERVISOR	0x0000000000000060ull	/* not the guest's */

#define HPTE_R_PP0		0x8000000000000000ull
#define HPTE_R_RESERVED		0x4000000000000000ull
#define HPTE_R_KEY_HI		0x3000000000000000ull
#define HPTE_R_RPN		0x0ffffffffffff000ull
#define HPTE_R_KEY_LO		0x0000000000000e00ull
#define HPTE_R_R		0x0000000000000100ull
#define HPTE_R_C		0x0000000000000080ull
#define HPTE_R_W		0x0000000000000040ull
#define HPTE_R_I		0x0000000000000020ull
#define HPTE_R_M		0x0000000000000010ull
#define HPTE_R_G		0x0000000000000008ull
#define HPTE_R_N		0x0000000000000004ull
#define HPTE_R_PP		0x0000000000000003ull

/* Whether userspace gets at the page table of a host. */
bool hpt_can(const struct papr_host_ops *ops, enum papr_flavour flavour);

/* An empty table of 2^vm->hpt_order bytes, here or in the host. */
int hpt_setup(struct papr_vm *vm);

/* Empties it, after vCPUs were reset. */
int hpt_reset(struct papr_vm *vm);

/* Lets a vCPU of the host use it. */
int hpt_attach(struct papr_vm *vm, void *cpu);

/* As in struct papr_host_ops. */
int hpt_read(struct papr_vm *vm, uint64_t index, struct papr_hpte *entry,
	     uint32_t n);
int hpt_write(struct papr_vm *vm, uint64_t index,
	      const struct papr_hpte *entry);

/* Before the first call that is answered here; nothing if it is open. */
int hpt_open(struct papr_vm *vm, struct papr_error *error);

/* The number of entries; 0 if there is no page table. */
uint64_t hpt_entries(const struct papr_vm *vm);

/*
 * The shift of the page that an entry maps, by the encodings of the host's
 * MMU; 0 if it has no such page.
 */
uint32_t hpt_page_shift(const struct papr_vm *vm,
			const struct papr_hpte *entry);

/*
 * Until hpt_unlock() the table is the caller's, a vCPU's thread in a call of
 * its guest: no other call changes it, and no vCPU is in the guest.
 */
void hpt_lock(struct papr_vm *vm);
void hpt_unlock(struct papr_vm *vm);

#endif
