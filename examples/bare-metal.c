/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program without an operating system for papr run: looks into its device
 * tree and ends with the status that --append says, as kvm-unit-tests do, or
 * without one.
 *
 *	powerpc64le-linux-gnu-gcc -mbig-endian -mabi=elfv2 -O2 -ffreestanding \
 *	    -fno-stack-protector -msoft-float -mno-altivec -mno-vsx -static \
 *	    -nostdlib -o bare-metal bare-metal.c
 *	papr run --kernel bare-metal --guest-status --append 5
 *
 * -mlittle-endian and -mabi=elfv1 do as well.
 */
#include <stdint.h>

#define H_PUT_TERM_CHAR	0x58
#define H_RTAS		0xf000
#define H_BUSY		1
#define TERMINAL	0x71000000	/* its unit address */
#define POWER_OFF	0x2003		/* its token */

asm(
#if _CALL_ELF == 1
/* An entry point of this ABI may be a descriptor, as of any function. */
"	.section .opd, \"aw\"\n"
"	.balign	8\n"
"	.globl	_start\n"
"_start: .quad	start, .TOC.@tocbase, 0\n"
#else
"	.set	_start, start\n"
"	.globl	_start\n"
#endif
/* For linker scripts that want the first instruction first. */
"	.section .head, \"ax\"\n"
"start:\n"
#ifdef __LITTLE_ENDIAN__
/* It is entered big-endian.  These are instructions the other way round, and
 * go on behind themselves with MSR[LE] set. */
"	.long	0x05009f42\n"		/*	bcl	20, 31, 1f */
"	.long	0xa602487d\n"		/* 1:	mflr	r10 */
"	.long	0x1c004a39\n"		/*	addi	r10, r10, 2f - 1b */
"	.long	0xa6035a7d\n"		/*	mtsrr0	r10 */
"	.long	0xa600607d\n"		/*	mfmsr	r11 */
"	.long	0x01006b61\n"		/*	ori	r11, r11, 1 */
"	.long	0xa6037b7d\n"		/*	mtsrr1	r11 */
"	.long	0x2400004c\n"		/*	rfid */
#endif					/* 2: */
"	bcl	20, 31, 1f\n"
"1:	mflr	12\n"
"	addis	2, 12, (.TOC. - 1b)@ha\n"
"	addi	2, 2, (.TOC. - 1b)@l\n"
"	addis	1, 2, stack_end@toc@ha\n"
"	addi	1, 1, stack_end@toc@l - 128\n"
"	bl	program\n"
"	nop\n"
"	.section .bss\n"
"	.balign	16\n"
"	.space	4096\n"
"stack_end:\n"
"	.text\n");

void program(const uint8_t *tree);

static int64_t hcall(uint64_t number, uint64_t a, uint64_t b, uint64_t c,
		     uint64_t d)
{
	register uint64_t r3 asm("r3") = number;
	register uint64_t r4 asm("r4") = a;
	register uint64_t r5 asm("r5") = b;
	register uint64_t r6 asm("r6") = c;
	register uint64_t r7 asm("r7") = d;

	asm volatile("sc 1" : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7)
		     : : "r0", "r8", "r9", "r10", "r11", "r12", "ctr", "xer",
		     "cr0", "cr1", "cr5", "cr6", "cr7", "memory");
	return r3;
}

/* The tree and what RTAS takes are big-endian. */
static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static void store_be32(volatile uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = value >> (24 - 8 * i);
}

static void put_char(char c)
{
	while (hcall(H_PUT_TERM_CHAR, TERMINAL, 1, (uint64_t)c << 56, 0) ==
	       H_BUSY)
		;
}

static void put(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_number(uint32_t number)
{
	if (number >= 10)
		put_number(number / 10);
	put_char('0' + number % 10);
}

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* The first property of this name in any node, or NULL. */
static const char *property(const uint8_t *tree, const char *name)
{
	const uint8_t *p = tree + load_be32(tree + 8);
	const char *names = (const char *)tree + load_be32(tree + 12);

	for (;;) {
		switch (load_be32(p)) {
		case 1:		/* a node, and its name */
			for (p += 4; *p; p++)
				;
			p = (const uint8_t *)(((uintptr_t)p + 4) & ~3ul);
			break;
		case 3:		/* a property's length, name and bytes */
			if (is_same(names + load_be32(p + 8), name))
				return (const char *)p + 12;
			p += 12 + ((load_be32(p + 4) + 3) & ~3u);
			break;
		case 9:		/* the end */
			return 0;
		default:	/* of a node, or nothing */
			p += 4;
		}
	}
}

static void power_off(void)
{
	static const uint32_t cells[] = { POWER_OFF, 2, 1, 0, 0, 0 };
	static uint8_t block[sizeof(cells)];

	for (unsigned int i = 0; i < sizeof(cells) / 4; i++)
		store_be32(block + 4 * i, cells[i]);
	hcall(H_RTAS, (uintptr_t)block, 0, 0, 0);
	for (;;)
		;
}

static void say_status(const char *text)
{
	uint32_t status = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		status = status * 10 + (*text - '0');
	put("EXIT: STATUS=");
	put_number(2 * status + 1);
	put("\n");
}

void program(const uint8_t *tree)
{
	const char *status = property(tree, "bootargs");

	put("Hello from a ");
	put(property(tree, "compatible"));
	put("\n");
	if (status && *status)
		say_status(status);
	power_off();
}
