/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest for minimal-vmm: writes a line to the terminal and powers off.
 *
 *	powerpc64le-linux-gnu-gcc -mbig-endian -nostdlib -static \
 *	    -Wl,-Ttext=0,--build-id=none,--oformat=binary -o hello.bin hello.S
 */
	.text
	.globl	_start
_start:
	li	3, 0x58			/* H_PUT_TERM_CHAR */
	lis	4, 0x7100		/* the terminal's unit address */
	li	5, 14			/* bytes, in two registers */
	ld	6, line@l(0)
	ld	7, line@l + 8(0)
	sc	1

	li	3, 0
	ori	3, 3, 0xf000		/* H_RTAS */
	li	4, power_off@l
	sc	1
	b	.

	.balign	8
line:
	.ascii	"Hello, PAPR!\r\n\0\0"
power_off:
	.long	0x2003, 2, 1		/* token, arguments, results */
	.long	0, 0, 0			/* the masks, the status */
