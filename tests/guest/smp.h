/* SPDX-License-Identifier: BSD-2-Clause */
/* A second processor. Included by the one file of a guest program. */
#ifndef TESTS_GUEST_SMP_H
#define TESTS_GUEST_SMP_H

#include "tests/guest/counts.h"
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

static inline uint64_t timebase(void)
{
	uint64_t now;

	asm volatile("mftb %0" : "=r"(now));
	return now;
}

#endif
