/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A firmware that notes what it was started with, for platform.c, and goes on
 * to the program that was loaded.  Behind all vectors is where a second
 * processor begins, which notes the same and stops itself.  Each of them may
 * end its life in what leaves traces in all registers, for the next one.
 */
#include "tests/guest/state.h"

	.text
	.globl	_start
_start:
	.org	0x100
	SAVE_STATE(BOOT_STATE)
	li	%r9, 1			/* 64-bit mode: QEMU's begins without */
	sldi	%r9, %r9, 63
	mfmsr	%r10
	or	%r9, %r9, %r10
	mtmsrd	%r9
	isync
	lis	%r9, 0x40		/* 4 MiB, as from QEMU */
	mtctr	%r9
	bctr

	.org	SECOND_START
	SAVE_STATE(SECOND_STATE)
	addi	%r4, %r31, STOP_SELF
	li	%r3, 0
	ori	%r3, %r3, 0xf000	/* H_RTAS */
	sc	1
	b	.

	.org	LEAVE_TRACES
	li	%r9, TRACE
	WRITABLE_SPRS(TRACE_SPR)
	mtcr	%r9
	.irp	n, 0, 1, 2, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, \
		19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	mr	\n, %r9
	.endr
	mr.	%r4, %r3
	std	%r9, TRACES_LEFT(0)
	beq	.
	li	%r3, 0
	ori	%r3, %r3, 0xf000	/* H_RTAS */
	sc	1
	b	.
