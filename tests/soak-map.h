/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the soak's guest has what; included by the guest program, too. */
#ifndef TESTS_SOAK_MAP_H
#define TESTS_SOAK_MAP_H

#define SOAK_RAM	0x4000000
#define SOAK_LMBS	0x10000000	/* what may be plugged in */
#define SOAK_RTAS	0x3800000

/* Handlers that a guest may register; and what each vCPU runs, r3 its index. */
#define SOAK_HANDLERS	0x2000
#define SOAK_CODE	0x3000
#define SOAK_LOOP	0x3008

/*
 * A vCPU's script: which call is next, how many there are, how many were made,
 * and from SOAK_CALLS on r3 to r12 of each.  Argument blocks follow.
 */
#define SOAK_SCRIPTS	0x1000000
#define SOAK_SCRIPT_LEN	0x100000
#define SOAK_CALLS	32
#define SOAK_CALL_LEN	80
#define SOAK_BLOCKS	0x80000
#define SOAK_BLOCK_LEN	0x100

/* What calls may write to; the rest of RAM they hardly ever are given. */
#define SOAK_SCRATCH	0x2000000
#define SOAK_SCRATCH_LEN 0x100000

#endif
