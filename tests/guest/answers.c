/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that both KVM and this library answer, with good and bad arguments.
 * What comes back, in registers and in memory, must not depend on who it was:
 *
 *	GUEST answer=H_PAGE_INIT/zero ret=0 memory=7c2a...
 *	GUEST answer=H_LOGICAL_CI_LOAD/size-2 ret=0 r4=203 memory=...
 */
#include "tests/guest/guest.h"

#define PAGE		0x1000ull
#define AREA		SCRATCH			/* what is compared: */
#define AREA_END	(AREA + 4 * PAGE)
#define DST		(AREA + PAGE)
#define SRC		(AREA + 2 * PAGE)
#define LAST_PAGE	(RAM_END - PAGE)

#define ZERO		(1ull << (63 - 48))
#define COPY		(1ull << (63 - 49))
#define INVALIDATE	(1ull << (63 - 40))
#define SYNCHRONIZE	(1ull << (63 - 41))

#define FILLER		0x5a5a000000000000ull

/* A number in the name follows from the row that has it. */
struct test {
	uint32_t number;
	char name[20];
	uint64_t args[4];
};

static const struct test page_init[] = {
	{ H_PAGE_INIT, "nothing", { 0, DST, SRC } },
	{ H_PAGE_INIT, "zero", { ZERO, DST, SRC } },
	{ H_PAGE_INIT, "copy", { COPY, DST, SRC } },
	{ H_PAGE_INIT, "zero-and-copy", { ZERO | COPY, DST, SRC } },
	{ H_PAGE_INIT, "invalidate", { INVALIDATE, DST, SRC } },
	{ H_PAGE_INIT, "all-flags",
	  { ZERO | COPY | INVALIDATE | SYNCHRONIZE, DST, SRC } },
	{ H_PAGE_INIT, "copy-to-itself", { COPY, DST, DST } },
	{ H_PAGE_INIT, "copy-next", { COPY, DST, DST - PAGE } },
	{ H_PAGE_INIT, "last-page", { ZERO, LAST_PAGE, 0 } },
	{ H_PAGE_INIT, "from-last-page", { COPY, DST, LAST_PAGE } },
	{ H_PAGE_INIT, "dst-1", { ZERO, DST + 1, SRC } },
	{ H_PAGE_INIT, "dst-8", { ZERO, DST + 8, SRC } },
	{ H_PAGE_INIT, "dst-half", { ZERO, DST + PAGE / 2, SRC } },
	{ H_PAGE_INIT, "dst-1-no-flag", { 0, DST + 1, SRC } },
	{ H_PAGE_INIT, "src-1", { COPY, DST, SRC + 1 } },
	{ H_PAGE_INIT, "src-half", { COPY, DST, SRC + PAGE / 2 } },
	{ H_PAGE_INIT, "src-1-not-used", { ZERO, DST, SRC + 1 } },
	{ H_PAGE_INIT, "dst-beyond", { ZERO, RAM_END, SRC } },
	{ H_PAGE_INIT, "dst-far-beyond", { ZERO, 1ull << 48, SRC } },
	{ H_PAGE_INIT, "dst-wrap", { ZERO, ~(PAGE - 1), SRC } },
	{ H_PAGE_INIT, "dst-beyond-no-flag", { 0, RAM_END, SRC } },
	{ H_PAGE_INIT, "src-beyond", { COPY, DST, RAM_END } },
	{ H_PAGE_INIT, "src-wrap", { COPY, DST, ~(PAGE - 1) } },
	{ H_PAGE_INIT, "src-beyond-not-used", { ZERO, DST, RAM_END } },
	{ H_PAGE_INIT, "dst-effective", { ZERO, 0xc000000000000000ull | DST } },
};

static const struct test ci[] = {
	{ H_LOGICAL_CI_LOAD, "misaligned-2", { 2, DST + 1 } },
	{ H_LOGICAL_CI_LOAD, "misaligned-4", { 4, DST + 2 } },
	{ H_LOGICAL_CI_LOAD, "misaligned-8", { 8, DST + 4 } },
	{ H_LOGICAL_CI_LOAD, "last", { 8, RAM_END - 8 } },
	{ H_LOGICAL_CI_LOAD, "beyond", { 8, RAM_END } },
	{ H_LOGICAL_CI_LOAD, "wrap", { 8, ~7ull } },
	{ H_LOGICAL_CI_STORE, "misaligned-2", { 2, DST + 1, 0x1234 } },
	{ H_LOGICAL_CI_STORE, "misaligned-4", { 4, DST + 2, 0x1234 } },
	{ H_LOGICAL_CI_STORE, "misaligned-8", { 8, DST + 4, 0x1234 } },
	{ H_LOGICAL_CI_STORE, "beyond", { 8, RAM_END, 0x1234 } },
	{ H_LOGICAL_CI_STORE, "wrap", { 8, ~7ull, 0x1234 } },
};

static const struct test tce[] = {
	{ H_GET_TCE, "no-window", { 0x77777777, 0 } },
	{ H_PUT_TCE, "no-window", { 0x77777777, 0, DST | 3 } },
	{ H_STUFF_TCE, "no-window", { 0x77777777, 0, DST | 3, 1 } },
	{ H_STUFF_TCE, "no-window-513", { 0x77777777, 0, DST | 3, 513 } },
	{ H_PUT_TCE_INDIRECT, "no-window", { 0x77777777, 0, DST, 1 } },
	{ H_PUT_TCE_INDIRECT, "no-window-odd", { 0x77777777, 0, DST + 1, 1 } },
};

static const struct test set_mode[] = {
	{ H_SET_MODE, "resource-0", { 0, 0, 0, 0 } },
	{ H_SET_MODE, "resource-6", { 0, 6, 0, 0 } },
	{ H_SET_MODE, "ciabr", { 0, 1, 0, 0 } },
	{ H_SET_MODE, "ciabr-flags", { 1, 1, 0, 0 } },
	{ H_SET_MODE, "ciabr-hypervisor", { 0, 1, 3, 0 } },
	{ H_SET_MODE, "ciabr-value2", { 0, 1, 0, 1 } },
	{ H_SET_MODE, "dawr0", { 0, 2, 0, 0 } },
	{ H_SET_MODE, "dawr0-flags", { 1, 2, 0, 0 } },
	{ H_SET_MODE, "dawr0-hypervisor", { 0, 2, 0, 4 } },
	{ H_SET_MODE, "dawr0-flags-hyp", { 1, 2, 0, 4 } },
	{ H_SET_MODE, "ciabr-flags-value2", { 1, 1, 3, 1 } },
	{ H_SET_MODE, "dawr1", { 0, 5, 0, 0 } },
	{ H_SET_MODE, "ail-value1", { 0, 3, 1, 0 } },
	{ H_SET_MODE, "ail-value2", { 0, 3, 0, 1 } },
	{ H_SET_MODE, "ail-1", { 1, 3, 0, 0 } },
	{ H_SET_MODE, "ail-2", { 2, 3, 0, 0 } },
	{ H_SET_MODE, "ail-3", { 3, 3, 0, 0 } },
	{ H_SET_MODE, "ail-4", { 4, 3, 0, 0 } },
	{ H_SET_MODE, "ail-0", { 0, 3, 0, 0 } },
	{ H_SET_MODE, "endian-2", { 2, 4, 0, 0 } },
	{ H_SET_MODE, "endian-value1", { 0, 4, 1, 0 } },
	{ H_SET_MODE, "endian-value2", { 0, 4, 0, 1 } },
	{ H_SET_MODE, "endian-big", { 0, 4, 0, 0 } },
	{ H_SET_MODE, "dawr1-flags", { 1, 5, 0, 0 } },
};

/*
 * Behind what is compared, as the kernel writes there when it likes.  r7, which
 * the call does not take, is what is put where an area tells its length.
 */
#define VPA		AREA_END
#define DTL		(AREA_END + PAGE)
#define FUNCTION(n)	((uint64_t)(n) << 45)
#define LENGTH(n)	((uint64_t)(n) << 16)	/* of a VPA: 2 bytes */

static const struct test areas[] = {
	{ H_REGISTER_VPA, "dereg-none", { FUNCTION(5), 0, 0 } },
	{ H_REGISTER_VPA, "dtl-without-vpa", { FUNCTION(2), 0, DTL, 4096 } },
	{ H_REGISTER_VPA, "slb-without-vpa", { FUNCTION(3), 0, DTL, 128 } },
	{ H_REGISTER_VPA, "function-0", { FUNCTION(0), 0, VPA } },
	{ H_REGISTER_VPA, "function-4", { FUNCTION(4), 0, VPA } },
	{ H_REGISTER_VPA, "nobody", { FUNCTION(1), 77, VPA, LENGTH(640) } },
	{ H_REGISTER_VPA, "at-0", { FUNCTION(1), 0, 0 } },
	{ H_REGISTER_VPA, "odd", { FUNCTION(1), 0, VPA + 64, LENGTH(640) } },
	{ H_REGISTER_VPA, "beyond", { FUNCTION(1), 0, RAM_END } },
	{ H_REGISTER_VPA, "short", { FUNCTION(1), 0, VPA, LENGTH(639) } },
	{ H_REGISTER_VPA, "vpa", { FUNCTION(1), 0, VPA, LENGTH(640) } },
	{ H_REGISTER_VPA, "dtl-short", { FUNCTION(2), 0, DTL, 47 } },
	{ H_REGISTER_VPA, "dtl-long", { FUNCTION(2), 0, DTL, 0x10000 } },
	{ H_REGISTER_VPA, "slb-short", { FUNCTION(3), 0, DTL, 7 } },
	{ H_REGISTER_VPA, "crosses", { FUNCTION(3), 0, DTL, 4097 } },
	{ H_REGISTER_VPA, "dtl", { FUNCTION(2), 0, DTL, 4096 } },
	{ H_REGISTER_VPA, "dereg-needed", { FUNCTION(5), 0, 0 } },
	{ H_REGISTER_VPA, "dereg-dtl", { FUNCTION(6), 0, 0 } },
	{ H_REGISTER_VPA, "dereg-slb", { FUNCTION(7), 0, 0 } },
	{ H_REGISTER_VPA, "dereg-vpa", { FUNCTION(5), 0, 0 } },
	{ H_CONFER, "all", { ~0ull, 0 } },
	{ H_CONFER, "self", { 0, 1 } },
	{ H_CONFER, "nobody", { 77, 0 } },
};

/* Of nothing the program reads, writes or executes; taken back at the end. */
static const struct test debug[] = {
	{ H_SET_DABR, "all", { LAST_PAGE | 7 } },
	{ H_SET_DABR, "write", { LAST_PAGE | 2 } },
	{ H_SET_XDABR, "nobody", { LAST_PAGE, 0 } },
	{ H_SET_XDABR, "user", { LAST_PAGE | 7, 1 } },
	{ H_SET_XDABR, "kernel", { LAST_PAGE | 7, 2 } },
	{ H_SET_XDABR, "hypervisor", { LAST_PAGE | 7, 4 } },
	{ H_SET_XDABR, "with-hypervisor", { LAST_PAGE | 7, 7 } },
	{ H_SET_XDABR, "any-translation", { LAST_PAGE | 7, 0xb } },
	{ H_SET_XDABR, "translation-alone", { LAST_PAGE | 7, 8 } },
	{ H_SET_XDABR, "reserved", { LAST_PAGE | 7, 0x13 } },
	{ H_SET_XDABR, "reserved-high", { LAST_PAGE | 7, 1ull << 32 | 3 } },
	{ H_SET_DABR, "none", { 0 } },
	{ H_SET_MODE, "dawr0-none", { 0, 2, 0, 0 } },
};

/* Each byte of the area tells where it is. */
static void fill_area(void)
{
	for (uint64_t at = AREA; at < AREA_END; at += 8)
		store64(at, at * 0x0123456789abcdefull + 0x0102030405060708ull);
}

static uint64_t area_sum(void)
{
	uint64_t sum = 0xcbf29ce484222325ull;

	for (uint64_t at = AREA; at < AREA_END; at += 8)
		sum = (sum ^ load64(at)) * 0x100000001b3ull;
	return sum;
}

static void put_registers(const uint64_t *regs, const uint64_t *args,
			  bool values)
{
	for (unsigned int i = 0; i < HCALL_REGS; i++) {
		if (regs[i] == args[i])
			continue;
		put(" r");
		put_number(i + 4);
		if (values) {
			put("=");
			put_hex(regs[i]);
		}
	}
}

/* @number follows the name unless it is negative. */
static void run(const char *call, const struct test *test, int number)
{
	uint64_t regs[HCALL_REGS], args[HCALL_REGS];
	int64_t ret;

	for (unsigned int i = 0; i < HCALL_REGS; i++)
		regs[i] = args[i] = i < 4 ? test->args[i] : FILLER + i;
	fill_area();
	if (test->number == H_REGISTER_VPA && test->args[3])
		store32(test->args[2] + 4, test->args[3]);
	ret = hcall(test->number, regs);
	put("GUEST answer=");
	put(call);
	put("/");
	put(test->name);
	if (number >= 0)
		put_number(number);
	put(" ret=");
	put_number(ret);
	put_registers(regs, args, test->number != H_RANDOM);
	put(" memory=");
	put_hex(area_sum());
	put("\n");
}

static const char *name_of(uint32_t number)
{
	switch (number) {
#define HCALL(name, number, set, in, out) case number: return #name;
#define HCALL_COLLIDES(name, number, set, in, out)
#include "hcalls/hcalls.def"
	}
	return "?";
}

static void run_all(const struct test *tests, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		run(name_of(tests[i].number), &tests[i], -1);
}

static void page_init_flags(void)
{
	struct test test = { H_PAGE_INIT, "flag-", { 0, DST, SRC } };

	for (int bit = 0; bit < 64; bit++) {
		test.args[0] = 1ull << (63 - bit);
		run("H_PAGE_INIT", &test, bit);
	}
}

static void ci_sizes(void)
{
	static const uint8_t sizes[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16 };
	struct test load = { H_LOGICAL_CI_LOAD, "size-", { 0, DST } };
	struct test store = {
		H_LOGICAL_CI_STORE, "size-", { 0, DST, 0xf1f2f3f4f5f6f7f8ull }
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		load.args[0] = store.args[0] = sizes[i];
		run("H_LOGICAL_CI_LOAD", &load, sizes[i]);
		run("H_LOGICAL_CI_STORE", &store, sizes[i]);
	}
}

void guest_main(void)
{
	static const struct test random = { H_RANDOM, "form", { 0 } };

	page_init_flags();
	run_all(page_init, ARRAY_SIZE(page_init));
	ci_sizes();
	run_all(ci, ARRAY_SIZE(ci));
	run("H_RANDOM", &random, -1);
	run_all(tce, ARRAY_SIZE(tce));
	run_all(set_mode, ARRAY_SIZE(set_mode));
	run_all(debug, ARRAY_SIZE(debug));
	run_all(areas, ARRAY_SIZE(areas));
}
