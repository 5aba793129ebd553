/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of a XIVE, good and bad, with what must come back, and between
 * them an interrupt: triggered by a store, told by the event queue, accepted
 * and ended by loads.  All of it with calls of either byte order, with two
 * processors of which the second does nothing:
 *
 *	GUEST interrupt ack=8006 entry=80000042 pq=2
 *	GUEST calls=big rows=61 bad=0
 */
#include "tests/guest/counts.h"
#include "tests/guest/guest.h"

enum {
#define HRET(name, value, meaning) name = value,
#include "hcalls/returns.def"
};

#define ESB		0x0006010000000000ull
#define TIMA_OS		0x00060302031a0000ull
#define PAGE		0x10000ull
#define TRIGGER(lisn)	(ESB + 2 * (lisn) * PAGE)
#define MANAGE(lisn)	(TRIGGER(lisn) + PAGE)

/* Of a management page: an event ends; P and Q, and what sets them. */
#define ESB_EOI		0x000
#define ESB_GET		0x800
#define ESB_RESET	0xc00
#define ESB_OFF		0xd00

/* Of the page of interrupt management. */
#define OS_CPPR		0x11
#define OS_ACK		0x810

#define OFF		0xffull
#define NOTHING		(~0ull)
#define EISN		0x42
#define VTY		0x1100
#define NO_LISN		2
#define QUEUE		(SCRATCH + 0x100000)
#define FILLER		0x5a5a000000000000ull

#define ARGS 5
#define OUTS 4

struct row {
	uint32_t number;
	char name[16];
	uint64_t args[ARGS];
	int64_t ret;
	uint64_t outs[OUTS];
	uint32_t n;
};

#define ROW(number, name, ret, ...) \
	{ number, name, { __VA_ARGS__ }, ret, { 0 }, 0 }
#define GET(number, name, args, n, ...) \
	{ number, name, { args }, H_SUCCESS, { __VA_ARGS__ }, n }
#define LIST(...) __VA_ARGS__

static const struct row before[] = {
	GET(H_INT_GET_SOURCE_INFO, "ipi", LIST(0, 1), 4,
	    0, MANAGE(1), TRIGGER(1), 16),
	GET(H_INT_GET_SOURCE_INFO, "device", LIST(0, VTY), 4,
	    0, MANAGE(VTY), TRIGGER(VTY), 16),
	ROW(H_INT_GET_SOURCE_INFO, "flags", H_PARAMETER, 1, 1),
	ROW(H_INT_GET_SOURCE_INFO, "no-source", H_P2, 0, NO_LISN),
	ROW(H_INT_GET_SOURCE_INFO, "33-bits", H_P2, 0, 1ull << 32),

	GET(H_INT_GET_QUEUE_CONFIG, "none", LIST(0, 0, 6), 4, 0, NOTHING),
	ROW(H_INT_SET_QUEUE_CONFIG, "flags", H_PARAMETER, 3, 0, 6, QUEUE, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "no-server", H_P2, 1, 2, 6, QUEUE, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "priority", H_P3, 1, 0, 7, QUEUE, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "alignment", H_P4, 1, 0, 6, QUEUE + 8, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "no-ram", H_P4, 1, 0, 6, RAM_END, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "size", H_P5, 1, 0, 6, QUEUE, 12),
	ROW(H_INT_SET_QUEUE_CONFIG, "silent", H_HARDWARE, 0, 0, 6, QUEUE, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "good", H_SUCCESS, 1, 0, 6, QUEUE, 16),
	ROW(H_INT_SET_QUEUE_CONFIG, "second", H_HARDWARE, 1, 0, 5, QUEUE, 16),
	GET(H_INT_GET_QUEUE_CONFIG, "good", LIST(0, 0, 6), 4, 1, QUEUE, 16, 0),
	GET(H_INT_GET_QUEUE_CONFIG, "debug", LIST(1, 0, 6), 4, 3, QUEUE, 16, 0),
	ROW(H_INT_GET_QUEUE_CONFIG, "flags", H_PARAMETER, 2, 0, 6),
	ROW(H_INT_GET_QUEUE_CONFIG, "no-server", H_P2, 0, 2, 6),
	ROW(H_INT_GET_QUEUE_CONFIG, "priority", H_P3, 0, 0, 7),

	GET(H_INT_GET_QUEUE_INFO, "good", LIST(0, 0, 6), 2, NOTHING, 0),
	ROW(H_INT_GET_QUEUE_INFO, "flags", H_PARAMETER, 1, 0, 6),
	ROW(H_INT_GET_QUEUE_INFO, "no-server", H_P2, 0, 2, 6),
	ROW(H_INT_GET_QUEUE_INFO, "priority", H_P3, 0, 0, 7),

	GET(H_INT_GET_SOURCE_CONFIG, "new", LIST(0, 0), 3, 0, OFF, 0),
	ROW(H_INT_SET_SOURCE_CONFIG, "flags", H_PARAMETER, 4, 0, 0, 6, EISN),
	ROW(H_INT_SET_SOURCE_CONFIG, "no-source", H_P2, 2, NO_LISN, 0, 6, EISN),
	ROW(H_INT_SET_SOURCE_CONFIG, "no-server", H_P3, 2, 0, 2, 6, EISN),
	ROW(H_INT_SET_SOURCE_CONFIG, "priority", H_P4, 2, 0, 0, 7, EISN),
	ROW(H_INT_SET_SOURCE_CONFIG, "no-queue", H_HARDWARE, 2, 0, 1, 6, EISN),
	ROW(H_INT_SET_SOURCE_CONFIG, "good", H_SUCCESS, 2, 0, 0, 6, EISN),
	GET(H_INT_GET_SOURCE_CONFIG, "good", LIST(0, 0), 3, 0, 6, EISN),
	ROW(H_INT_GET_SOURCE_CONFIG, "flags", H_PARAMETER, 1, 0),
	ROW(H_INT_GET_SOURCE_CONFIG, "no-source", H_P2, 0, NO_LISN),

	GET(H_INT_GET_OS_REPORTING_LINE, "none", LIST(0, 0), 1, NOTHING),
	ROW(H_INT_GET_OS_REPORTING_LINE, "flags", H_PARAMETER, 1, 0),
	ROW(H_INT_GET_OS_REPORTING_LINE, "no-server", H_P2, 0, 2),
	ROW(H_INT_GET_OS_REPORTING_LINE, "stopped", H_NOT_AVAILABLE, 0, 1),
	ROW(H_INT_SET_OS_REPORTING_LINE, "none", H_SUCCESS, 0, NOTHING),
	ROW(H_INT_SET_OS_REPORTING_LINE, "flags", H_PARAMETER, 1, NOTHING),
	ROW(H_INT_SET_OS_REPORTING_LINE, "alignment", H_P2, 0, SCRATCH + 64),
	ROW(H_INT_SET_OS_REPORTING_LINE, "good", H_FUNCTION, 0, SCRATCH),

	GET(H_INT_ESB, "off", LIST(0, 0, ESB_GET), 1, 1),
	GET(H_INT_ESB, "on", LIST(0, 0, ESB_RESET), 1, 1),
	GET(H_INT_ESB, "is-on", LIST(0, 0, ESB_GET), 1, 0),
	ROW(H_INT_ESB, "flags", H_PARAMETER, 2, 0, ESB_GET),
	ROW(H_INT_ESB, "no-source", H_P2, 0, NO_LISN, ESB_GET),
	ROW(H_INT_ESB, "offset", H_P3, 0, 0, 0x1000),
	ROW(H_INT_ESB, "alignment", H_P3, 0, 0, 4),
	ROW(H_INT_SYNC, "good", H_SUCCESS, 0, 0),
	ROW(H_INT_SYNC, "flags", H_PARAMETER, 1, 0),
	ROW(H_INT_SYNC, "no-source", H_P2, 0, NO_LISN),
};

static const struct row after[] = {
	GET(H_INT_GET_QUEUE_CONFIG, "debug", LIST(1, 0, 6), 4, 3, QUEUE, 16, 1),
	ROW(H_INT_SET_SOURCE_CONFIG, "masked", H_SUCCESS, 3, 0, 0, 6, EISN),
	GET(H_INT_GET_SOURCE_CONFIG, "masked", LIST(0, 0), 3, 0, OFF, EISN),
	ROW(H_INT_RESET, "flags", H_PARAMETER, 1),
	GET(H_INT_GET_QUEUE_CONFIG, "still", LIST(0, 0, 6), 4, 1, QUEUE, 16, 0),
	ROW(H_INT_RESET, "good", H_SUCCESS, 0),
	GET(H_INT_GET_QUEUE_CONFIG, "gone", LIST(0, 0, 6), 4, 0, NOTHING),
	GET(H_INT_GET_SOURCE_CONFIG, "gone", LIST(0, 0), 3, 0, OFF, 0),
	GET(H_INT_ESB, "gone", LIST(0, 0, ESB_GET), 1, 1),
};

COUNTS(external_code, "addi 3, 3, 1", "");

typedef int64_t call_fn(uint64_t nr, uint64_t regs[HCALL_REGS]);

static bool is_right(const struct row *row, const uint64_t *regs, int64_t ret)
{
	bool right = ret == row->ret;

	for (uint32_t i = 0; i < HCALL_REGS; i++) {
		uint64_t was = i < ARGS ? row->args[i] : FILLER + i;

		right &= regs[i] == (i < row->n ? row->outs[i] : was);
	}
	return right;
}

static unsigned int run(call_fn *call, const struct row *rows, unsigned int n)
{
	uint64_t regs[HCALL_REGS];
	unsigned int bad = 0;
	int64_t ret;

	for (const struct row *row = rows; row < rows + n; row++) {
		for (uint32_t i = 0; i < HCALL_REGS; i++)
			regs[i] = i < ARGS ? row->args[i] : FILLER + i;
		ret = call(row->number, regs);
		if (is_right(row, regs, ret))
			continue;
		bad++;
		put("GUEST wrong=");
		put_call(row->number);
		put("/");
		put(row->name);
		put_return(ret);
		for (uint32_t i = 0; i < OUTS; i++) {
			put(" ");
			put_hex(regs[i]);
		}
		put("\n");
	}
	return bad;
}

/* Of one that came to the first processor; there is no other. */
static void take_interrupt(void)
{
	volatile uint8_t *os = (volatile uint8_t *)TIMA_OS;
	uint64_t msr, seen = interrupts_taken(), pq;

	store32(QUEUE, 0);
	os[OS_CPPR] = OFF;
	store64(TRIGGER(0), 0);
	asm volatile("mfmsr %0" : "=r"(msr));
	asm volatile("mtmsrd %0, 1" : : "r"(msr | MSR_EE) : "memory");
	while (interrupts_taken() == seen)
		;
	interrupts_off();
	put("GUEST interrupt ack=");
	put_hex(*(volatile uint16_t *)(os + OS_ACK));
	pq = load64(MANAGE(0) + ESB_GET);
	put(" entry=");
	put_hex(load32(QUEUE));
	put(" pq=");
	put_hex(pq);
	put("\n");
	load64(MANAGE(0) + ESB_EOI);
	os[OS_CPPR] = OFF;
}

static void run_all(call_fn *call, const char *name)
{
	unsigned int bad = run(call, before, ARRAY_SIZE(before));

	take_interrupt();
	bad += run(call, after, ARRAY_SIZE(after));
	put("GUEST calls=");
	put(name);
	put(" rows=");
	put_number(ARRAY_SIZE(before) + ARRAY_SIZE(after));
	put(" bad=");
	put_number(bad);
	put("\n");
}

void guest_main(void)
{
	copy_code(EXTERNAL, external_code, external_code_end);
	interrupts_off();
	run_all(hcall, "big");
	run_all(hcall_little, "little");
}
