/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts that are counted. Included by the one file of a guest program. */
#ifndef TESTS_GUEST_COUNTS_H
#define TESTS_GUEST_COUNTS_H

#include <stdint.h>

#define EXTERNAL	0x500

/*
 * Code for a vector, from name to name_end: executes @more, counts in SPRG2
 * with @count, an instruction on r3, and returns with MSR[EE] off.
 */
#define COUNTS(name, count, more) \
	asm(".text\n" \
	    ".globl " #name ", " #name "_end\n" \
	    #name ":\n" \
	    "	mtsprg	1, 3\n" \
	    more \
	    "	mfsprg	3, 2\n" \
	    "	" count "\n" \
	    "	mtsprg	2, 3\n" \
	    "	mfspr	3, 27\n" \
	    "	rldicl	3, 3, 48, 1\n" \
	    "	rotldi	3, 3, 16\n" \
	    "	mtspr	27, 3\n" \
	    "	mfsprg	3, 1\n" \
	    "	rfid\n" \
	    #name "_end:\n"); \
	extern const uint32_t name[], name##_end[]

/* What SPRG2 has counted. */
static inline uint64_t interrupts_taken(void)
{
	uint64_t n;

	asm volatile("mfsprg %0, 2" : "=r"(n));
	return n;
}

#endif
