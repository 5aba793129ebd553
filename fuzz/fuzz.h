/* SPDX-License-Identifier: BSD-2-Clause */
/* VMs to call into, and what must be true of every call. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <papr/papr.h>

/* RAM at 0; the RTAS blob is in its second half. */
#define FUZZ_RAM 0x20000

struct fuzz_vm;

/* One of a few VMs, made when it is first asked for and kept. */
struct fuzz_vm *fuzz_vm_get(uint8_t choice);
uint8_t *fuzz_vm_ram(struct fuzz_vm *vm);
struct papr_vm *fuzz_vm_partition(struct fuzz_vm *vm);

/*
 * RAM, vCPU states and entries as they were: inputs must not add up.  Error
 * injection is open, with token 1.
 */
void fuzz_vm_reset(struct fuzz_vm *vm);

/* Calls, and aborts if a register changed that is no result. */
void fuzz_hcall(struct fuzz_vm *vm, struct papr_hcall *hcall);

/* The same with the argument block at @gpa. */
void fuzz_rtas(struct fuzz_vm *vm, uint64_t gpa);

#endif
