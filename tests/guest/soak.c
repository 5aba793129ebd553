/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the calls that its host has written down for it (tests/soak-map.h),
 * one after the other and from the beginning again, whatever comes of them and
 * whatever interrupts it, in either byte order.  Run by tests/lab-soak.
 */
#include "tests/guest/guest.h"
#include "tests/soak-map.h"

extern const uint32_t soak_vector[], soak_vector_end[];
extern const uint32_t soak_loop[], soak_loop_end[];

#define STRING(x) #x
#define VALUE(x) STRING(x)

/*
 * To SOAK_LOOP from any vector.  The first word is a trap that never happens,
 * and read in the other byte order a branch to the third; the rest is then
 * read in that order, too, and returns to this one.
 */
asm(".text\n"
    "soak_vector:\n"
    "	.long	0x08000048\n"	/* tdi 0,r0,72, or b .+8 */
    "	.long	0x48000002 | " VALUE(SOAK_LOOP) "\n"	/* ba SOAK_LOOP */
    "	.long	0xa600407d\n"	/* mfmsr r10 */
    "	.long	0x01004a69\n"	/* xori r10,r10,1 */
    "	.long	0xa6035b7d\n"	/* mtsrr1 r10 */
    "	.long	0x08304039\n"	/* li r10,SOAK_LOOP */
    "	.long	0xa6035a7d\n"	/* mtsrr0 r10 */
    "	.long	0x2400004c\n"	/* rfid */
    "soak_vector_end:\n");

/* At SOAK_CODE.  SPRG2 is the vCPU's index; r31 is kept by no call. */
asm(".text\n"
    "soak_loop:\n"
    "	clrldi	3, 3, 62\n"
    "	mtsprg	2, 3\n"
    /* SOAK_LOOP: */
    "1:	li	10, 2\n"		/* MSR[RI] on, MSR[EE] off */
    "	mtmsrd	10, 1\n"
    "	mfsprg	31, 2\n"
    "	sldi	31, 31, 20\n"		/* SOAK_SCRIPT_LEN */
    "	oris	31, 31, " VALUE(SOAK_SCRIPTS) " >> 16\n"
    "	ld	8, 0(31)\n"
    "	ld	7, 8(31)\n"
    "	cmpld	8, 7\n"
    "	blt	2f\n"
    "	li	8, 0\n"
    "2:	addi	6, 8, 1\n"
    "	std	6, 0(31)\n"
    "	ld	5, 16(31)\n"
    "	addi	5, 5, 1\n"
    "	std	5, 16(31)\n"
    "	mulli	8, 8, " VALUE(SOAK_CALL_LEN) "\n"
    "	add	31, 31, 8\n"
    "	addi	31, 31, " VALUE(SOAK_CALLS) "\n"
    "	lis	10, 0x10\n"		/* it wakes from H_CEDE */
    "	mtdec	10\n"
    "	ld	3, 0(31)\n"
    "	ld	4, 8(31)\n"
    "	ld	5, 16(31)\n"
    "	ld	6, 24(31)\n"
    "	ld	7, 32(31)\n"
    "	ld	8, 40(31)\n"
    "	ld	9, 48(31)\n"
    "	ld	10, 56(31)\n"
    "	ld	11, 64(31)\n"
    "	ld	12, 72(31)\n"
    "	sc	1\n"
    "	b	1b\n"
    "soak_loop_end:\n");

void guest_main(void)
{
	for (uint64_t at = 0x100; at < 0x1000; at += 0x20)
		copy_code(at, soak_vector, soak_vector_end);
	copy_code(SOAK_HANDLERS, soak_vector, soak_vector_end);
	copy_code(SOAK_CODE, soak_loop, soak_loop_end);
	asm volatile("li 3, 0; ba " VALUE(SOAK_CODE));
	__builtin_unreachable();
}
