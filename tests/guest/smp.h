/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second processor, and interrupts that are counted. Included by the one
 * file of a guest program, as it has code in it.
 */
#ifndef TESTS_GUEST_SMP_H
#define TESTS_GUEST_SMP_H

#include "tests/guest/guest.h"

/* Where start-cpu is to begin, with the end of a stack in r3. */
extern const uint32_t start_second[];

/* What the program does there. */
void second_c(void);

asm(".text\n"
    ".globl start_second\n"
    "start_second:\n"
    "	bcl	20, 31, 1f\n"
    "1:	mflr	12\n"
    "	addis	2, 12, (.TOC. - 1b)@ha\n"
    "	addi	2, 2, (.TOC. - 1b)@l\n"
    "	addi	1, 3, -128\n"
    "	li	0, 0\n"
    "	std	0, 0(1)\n"
    "	bl	second_c\n"
    "	nop\n"
    "	b	.\n");

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

static inline uint64_t timebase(void)
{
	uint64_t now;

	asm volatile("mftb %0" : "=r"(now));
	return now;
}

/* What SPRG2 has counted. */
static inline uint64_t interrupts_taken(void)
{
	uint64_t n;

	asm volatile("mfsprg %0, 2" : "=r"(n));
	return n;
}

#endif
