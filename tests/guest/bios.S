/* SPDX-License-Identifier: BSD-2-Clause */
/* A firmware that says so and goes on to the program that was loaded. */
	.text
	.globl	_start
_start:
	.org	0x100
	mr	%r31, %r3		/* the device tree */
	li	%r3, 0x58		/* H_PUT_TERM_CHAR */
	lis	%r4, 0x7100
	li	%r5, 6
	ld	%r6, line@l(0)
	sc	1
	mr	%r3, %r31
	lis	%r9, 0x40		/* 4 MiB, as from QEMU */
	mtctr	%r9
	bctr

	.balign	8
line:
	.ascii	"BIOS\r\n\0\0"
