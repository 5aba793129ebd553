/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime of the bare-metal programs: no library below it, no interrupts,
 * no translation. Lines for the tests begin with "GUEST ".
 *
 * Programs are position independent and nobody relocates them, so that data
 * must not hold addresses: names in tables are arrays.
 */
#ifndef TESTS_GUEST_GUEST_H
#define TESTS_GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>

/* Nothing is in another module: addresses are relative to the TOC. */
#pragma GCC visibility push(hidden)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The programs are run with --mem 64M and use what is free from 16M on. */
#define RAM_END		0x4000000ull
#define SCRATCH		0x1000000ull

#define HCALL_REGS	9

/* The call names, as numbers; for RTAS the tokens. */
enum {
#define HCALL(name, number, set, in, out) name = number,
#define HCALL_COLLIDES(name, number, set, in, out)
#include "hcalls/hcalls.def"
};

enum {
#define RTAS(id, name, token, in, out) RTAS_##id = token,
#include "rtas/rtas.def"
};

/* Where the device tree is, and the value of a property of any node. */
extern uint64_t device_tree;
uint64_t find_property(const char *name);	/* 0: there is none */

/* A program; when it returns the machine is powered off. */
void guest_main(void);

/*
 * What is in r3 after the call; @regs are r4 to r12, in and out.  The second
 * makes it in little-endian mode.
 */
int64_t hcall(uint64_t nr, uint64_t regs[HCALL_REGS]);
int64_t hcall_little(uint64_t nr, uint64_t regs[HCALL_REGS]);

#define HCALL_OF(nr, ...) hcall(nr, (uint64_t[HCALL_REGS]){ __VA_ARGS__ })

/* Calls RTAS with a block that is already there. */
int64_t rtas(uint64_t block);

/* With a block at SCRATCH: the status, or another result. */
int32_t rtas_call(uint32_t token, uint32_t nargs, uint32_t nrets,
		  const uint32_t *args, unsigned int result);

/* H_CEDE turns them on. */
#define MSR_EE 0x8000ull
void interrupts_off(void);

/* Code for an interrupt vector; and what r13 of a vCPU is for the others. */
void copy_code(uint64_t to, const uint32_t *code, const uint32_t *end);
void vector_entry(void);

/* Console. */
void put(const char *text);
void put_hex(uint64_t value);
void put_number(int64_t value);
void put_call(uint32_t number);
void put_rtas_name(uint32_t token);
void put_return(int64_t ret);	/* " ret=H_SUCCESS" */

/* Memory that the compiler knows nothing of. */
static inline uint64_t load64(uint64_t gpa)
{
	return *(volatile uint64_t *)gpa;
}

static inline void store64(uint64_t gpa, uint64_t value)
{
	*(volatile uint64_t *)gpa = value;
}

/* 32 bits at any alignment. */
static inline uint32_t load32(uint64_t gpa)
{
	const volatile uint8_t *p = (const volatile uint8_t *)gpa;

	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

static inline void store32(uint64_t gpa, uint32_t value)
{
	volatile uint8_t *p = (volatile uint8_t *)gpa;

	for (int i = 0; i < 4; i++)
		p[i] = value >> (24 - 8 * i);
}

#endif
