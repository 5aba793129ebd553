/* SPDX-License-Identifier: BSD-2-Clause */
/* The suspension that the program offers, by the number that both sides use. */
#ifndef HCALLS_VASI_H
#define HCALLS_VASI_H

#include <stdint.h>

struct papr_vm;

/* Under join_lock. */
struct vasi {
	uint64_t stream;	/* 0: there is none */
	uint8_t state;		/* as H_VASI_STATE has it */
};

/* The guest was suspended, for whatever it was offered. */
void vasi_done(struct papr_vm *vm);

#endif
