/* SPDX-License-Identifier: BSD-2-Clause */
/* Partitions whose vCPUs are somewhere in a guest, to be interrupted. */
#ifndef TESTS_INTERRUPTS_H
#define TESTS_INTERRUPTS_H

#include "fwnmi/fwnmi.h"
#include "tests/partition.h"

#define SYSTEM_RESET	0x1920u
#define MACHINE_CHECK	0x1990u
#define LOG		(RTAS_BASE + 0x30)
#define SAVE		(LOG + 8 + 2048)	/* 16 bytes for each vCPU */

/* Where all vCPUs are; r3 of each is by its index more. */
#define GUEST_PC	0xc0000000000e1130ull
#define GUEST_MSR	0x800000000280b033ull
#define GUEST_R3	0x1122334455667700ull

/* All vCPUs run. */
struct partition *interrupts_new(const struct partition_setup *setup);

/* As Linux does, by vCPU @p->on. */
void interrupts_register(struct partition *p);

struct papr_regs *interrupts_regs(struct partition *p, unsigned int on);

/* Back to the guest. */
void interrupts_reset_regs(struct partition *p);

/* papr_vcpu_take_interrupt() */
int interrupts_take(struct partition *p, unsigned int on);

#endif
