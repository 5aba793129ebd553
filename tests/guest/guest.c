/* SPDX-License-Identifier: BSD-2-Clause */
/* What every bare-metal program needs: a console, a way out, vectors. */
#include "tests/guest/guest.h"

#define VTY		0x71000000ull
#define FIRST_VECTOR	0x100
#define DECREMENTER	0x900
#define LAST_VECTOR	0x1000
#define VECTOR_STEP	0x20

/* Lines are sent whole: a call for each 16 characters is much faster. */
static char line[256];
static unsigned int used;

extern const uint32_t vector_code[], vector_code_end[];
extern const uint32_t decrementer_code[], decrementer_code_end[];
void *memset(void *to, int value, unsigned long len);
void start_c(uint64_t fdt);
void vector_c(uint64_t vector, uint64_t pc);

static void flush(void)
{
	for (unsigned int at = 0; at < used; at += 16) {
		unsigned int n = used - at < 16 ? used - at : 16;
		uint64_t chars[2] = { 0, 0 };

		for (unsigned int i = 0; i < n; i++)
			chars[i / 8] |= (uint64_t)(uint8_t)line[at + i] <<
					(56 - i % 8 * 8);
		while (HCALL_OF(H_PUT_TERM_CHAR, VTY, n, chars[0],
				chars[1]) == 1)
			;	/* H_BUSY */
	}
	used = 0;
}

void put(const char *text)
{
	for (; *text; text++) {
		line[used++] = *text;
		if (*text == '\n' || used == sizeof(line))
			flush();
	}
}

void put_hex(uint64_t value)
{
	char text[17];
	int at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	put(text + at);
}

void put_number(int64_t value)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char text[21];
	int at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = '0' + rest % 10;
		rest /= 10;
	} while (rest);
	if (value < 0)
		put("-");
	put(text + at);
}

void put_call(uint32_t number)
{
	switch (number) {
#define HCALL(name, number, set, in, out) case number: put(#name); return;
#define HCALL_COLLIDES(name, number, set, in, out)
#include "hcalls/hcalls.def"
	}
	put("0x");
	put_hex(number);
}

void put_rtas_name(uint32_t token)
{
	switch (token) {
#define RTAS(id, name, token, in, out) case token: put(name); return;
#include "rtas/rtas.def"
	}
	put("0x");
	put_hex(token);
}

void put_return(int64_t ret)
{
	put(" ret=");
	switch (ret) {
#define HRET(name, value, meaning) case value: put(#name); return;
#include "hcalls/returns.def"
	}
	put_number(ret);
}

/* The compiler's; volatile, or it would call itself. */
void *memset(void *to, int value, unsigned long len)
{
	volatile uint8_t *p = to;

	while (len--)
		*p++ = value;
	return to;
}

int64_t rtas(uint64_t block)
{
	return HCALL_OF(H_RTAS, block);
}

int32_t rtas_call(uint32_t token, uint32_t nargs, uint32_t nrets,
		  const uint32_t *args, unsigned int result)
{
	store32(SCRATCH, token);
	store32(SCRATCH + 4, nargs);
	store32(SCRATCH + 8, nrets);
	for (uint32_t i = 0; i < nargs; i++)
		store32(SCRATCH + 12 + 4 * i, args[i]);
	rtas(SCRATCH);
	return load32(SCRATCH + 12 + 4 * (nargs + result));
}

void interrupts_off(void)
{
	uint64_t msr;

	asm volatile("mfmsr %0" : "=r"(msr));
	asm volatile("mtmsrd %0" : : "r"(msr & ~MSR_EE) : "memory");
}

static void power_off(void)
{
	static const uint32_t args[2];

	rtas_call(RTAS_power_off, 2, 1, args, 0);
	for (;;)
		;
}

/* Nothing here expects an interrupt. */
void vector_c(uint64_t vector, uint64_t pc)
{
	used = 0;
	put("\nGUEST interrupt=");
	put_hex(vector & ~(uint64_t)(VECTOR_STEP - 1));
	put(" pc=");
	put_hex(pc);
	put("\n");
	power_off();
}

void copy_code(uint64_t to, const uint32_t *code, const uint32_t *end)
{
	for (; code < end; code++, to += 4) {
		*(volatile uint32_t *)to = *code;
		asm volatile("dcbst 0,%0; sync; icbi 0,%0; isync" : : "r"(to)
			     : "memory");
	}
}

static void set_vectors(void)
{
	for (uint64_t v = FIRST_VECTOR; v < LAST_VECTOR; v += VECTOR_STEP)
		copy_code(v, vector_code, vector_code_end);
	copy_code(DECREMENTER, decrementer_code, decrementer_code_end);
	asm volatile("mr 13,%0" : : "r"(vector_entry));
}

/* --- the device tree: a structure of marks, and names apart from it */

enum {
	FDT_STRUCT = 8, FDT_STRINGS = 12,
	FDT_BEGIN = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4,
};

uint64_t device_tree;

static bool is_string(uint64_t gpa, const char *text)
{
	const volatile char *at = (const volatile char *)gpa;

	while (*text && *at == *text) {
		at++;
		text++;
	}
	return *at == *text;
}

uint64_t find_property(const char *name)
{
	uint64_t names = device_tree + load32(device_tree + FDT_STRINGS);
	uint64_t at = device_tree + load32(device_tree + FDT_STRUCT);

	for (;;) {
		uint32_t mark = load32(at);

		at += 4;
		if (mark == FDT_PROP) {
			if (is_string(names + load32(at + 4), name))
				return at + 8;
			at += 8 + ((load32(at) + 3) & ~3u);
		} else if (mark == FDT_BEGIN) {
			while (load32(at) & 0xff)
				at += 4;
			at += 4;
		} else if (mark != FDT_END_NODE && mark != FDT_NOP) {
			return 0;
		}
	}
}

void start_c(uint64_t fdt)
{
	device_tree = fdt;
	set_vectors();
	guest_main();
	put("GUEST end=ok\n");
	power_off();
}
