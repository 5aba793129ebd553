/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a processor is started with: memory in which it is noted, of nobody
 * else, and how.  r3 is kept, and r31 ends as the place.
 */
#ifndef TESTS_GUEST_STATE_H
#define TESTS_GUEST_STATE_H

#define BOOT_STATE	0xf0		/* in 64 KiB */
#define SECOND_STATE	0xf1
#define STOP_SELF	0x1000		/* behind it, a block for RTAS */

#define SECOND_START	0x1100

/*
 * Code that leaves traces in all registers, says so here, and makes the RTAS
 * call whose block is in r3, or stays.
 */
#define LEAVE_TRACES	0x1400
#define TRACES_LEFT	0x5ff0
#define TRACE		0x5452

/*
 * r0 to r31, these by number, MSR and CR.  Not EBBHR and the like: KVM loads
 * them for who uses them, and QEMU's processors, the lab's, do not tell it.
 */
#define STATE_SPRS(SPR) \
	WRITABLE_SPRS(SPR) SPR(CTRL, 136)
#define WRITABLE_SPRS(SPR) \
	SPR(XER, 1) SPR(DSCR, 17) SPR(LR, 8) SPR(CTR, 9) SPR(DSISR, 18) \
	SPR(DAR, 19) SPR(SRR0, 26) SPR(SRR1, 27) SPR(AMR, 29) SPR(IAMR, 61) \
	SPR(FSCR, 153) SPR(UAMOR, 157) SPR(PSPB, 159) SPR(VRSAVE, 256) \
	SPR(SPRG0, 272) SPR(SPRG1, 273) SPR(SPRG2, 274) SPR(SPRG3, 275) \
	SPR(TAR, 815) SPR(PPR, 896)

#ifdef __ASSEMBLER__
	.macro	save_state place
	std	%r31, 0x5ff8(0)
	lis	%r31, \place
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	std	\n, 8 * \n(%r31)
	.endr
	ld	%r30, 0x5ff8(0)
	std	%r30, 8 * 31(%r31)
	.set	at, 8 * 32
	.endm
	.macro	save_r30
	std	%r30, at(%r31)
	.set	at, at + 8
	.endm
#define TRACE_SPR(name, n) mtspr n, %r9;
#define SAVE_SPR(name, n) mfspr %r30, n; save_r30;
#define SAVE_STATE(place) \
	save_state place; STATE_SPRS(SAVE_SPR) \
	mfmsr %r30; save_r30; mfcr %r30; save_r30
#endif
#endif
