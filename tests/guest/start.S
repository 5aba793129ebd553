/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a bare-metal program begins: linked to 0, loaded at 0x400000, in
 * 64-bit big-endian real mode, r3 = device tree. Position independent.
 */
	.abiversion 2
	.section .head, "ax"
	.globl	_start
_start:
	bcl	20, 31, 1f
1:	mflr	%r12
	addis	%r2, %r12, (.TOC. - 1b)@ha
	addi	%r2, %r2, (.TOC. - 1b)@l
	addis	%r1, %r2, stack_end@toc@ha
	addi	%r1, %r1, stack_end@toc@l - 128
	li	%r0, 0
	std	%r0, 0(%r1)
	bl	start_c		/* r3 is as it was */
	nop
	b	.

/*
 * uint64_t hcall(uint64_t nr, uint64_t regs[9]): regs are r4 to r12, before
 * and after. The function keeps nothing in a register the call could change.
 */
	.macro	hcall_function name, call:vararg
	.text
	.globl	\name
	.type	\name, @function
\name:
	mflr	%r0
	std	%r0, 16(%r1)
	stdu	%r1, -80(%r1)
	std	%r4, 48(%r1)
	std	%r31, 64(%r1)
	mr	%r11, %r4
	ld	%r4, 0(%r11)
	ld	%r5, 8(%r11)
	ld	%r6, 16(%r11)
	ld	%r7, 24(%r11)
	ld	%r8, 32(%r11)
	ld	%r9, 40(%r11)
	ld	%r10, 48(%r11)
	ld	%r12, 64(%r11)
	ld	%r11, 56(%r11)
	\call
	ld	%r0, 48(%r1)
	std	%r11, 56(%r1)
	mr	%r11, %r0
	std	%r4, 0(%r11)
	std	%r5, 8(%r11)
	std	%r6, 16(%r11)
	std	%r7, 24(%r11)
	std	%r8, 32(%r11)
	std	%r9, 40(%r11)
	std	%r10, 48(%r11)
	std	%r12, 64(%r11)
	ld	%r12, 56(%r1)
	std	%r12, 56(%r11)
	ld	%r31, 64(%r1)
	addi	%r1, %r1, 80
	ld	%r0, 16(%r1)
	mtlr	%r0
	blr
	.size	\name, . - \name
	.endm

	hcall_function hcall, sc 1

/* The same in little-endian mode, and with what it is to return to in r31. */
	.macro	sc_little
	bcl	20, 31, 1f
1:	mflr	%r31
	addi	%r31, %r31, 2f - 1b
	mtsrr0	%r31
	addi	%r31, %r31, 3f - 2f
	mfmsr	%r0
	ori	%r0, %r0, 1
	mtsrr1	%r0
	rfid
2:	.long	0x22000044		/* sc 1 */
	.long	0xa600007c		/* mfmsr r0 */
	.long	0x01000068		/* xori r0, r0, 1 */
	.long	0xa6031b7c		/* mtsrr1 r0, below */
	.long	0xa603fa7f		/* mtsrr0 r31 */
	.long	0x2400004c		/* rfid */
3:
	.endm
	hcall_function hcall_little, sc_little

/*
 * Copied to each interrupt vector: says so and ends the program. r13 holds
 * the address of vector_c and is used for nothing else.
 */
	.globl	vector_code, vector_code_end
vector_code:
	bcl	20, 31, 1f
1:	mflr	%r3
	mtctr	%r13
	bctr
vector_code_end:

	.globl	vector_entry
vector_entry:
	bcl	20, 31, 1f
1:	mflr	%r12
	addis	%r2, %r12, (.TOC. - 1b)@ha
	addi	%r2, %r2, (.TOC. - 1b)@l
	addis	%r1, %r2, stack_end@toc@ha
	addi	%r1, %r1, stack_end@toc@l - 128
	mfspr	%r4, 26
	b	vector_c

/* The decrementer's: not before another few seconds, and back. */
	.globl	decrementer_code, decrementer_code_end
decrementer_code:
	mtsprg	1, %r3
	lis	%r3, 0x7fff
	mtdec	%r3
	mfsprg	%r3, 1
	rfid
decrementer_code_end:

	.section .bss
	.balign	16
	.space	16384
stack_end:
