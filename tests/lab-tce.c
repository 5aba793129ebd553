/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of DMA windows on real KVM: a guest makes the four calls that fill
 * them, answered by the kernel and by the library, and by both in turn.  What
 * it gets and what is in the tables then must not depend on who it was.
 */
#include "config.h"

#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "tests/lab-guest.h"

#define CODE	0x1000ull
#define ROWS	0x10000ull	/* a list of calls for each vCPU */
#define ROWS_LEN 0x10000ull
#define LIST	0x100000ull	/* for H_PUT_TCE_INDIRECT */
#define POISON	0x101000ull	/* the third entry is no RAM, without access */
#define BAD	0x102000ull	/* ... and with it */

/*
 * The first window's table ends within a page of the host's, where KVM does no
 * harm when it writes behind it.  The third cannot be the kernel's.
 */
#define A	0x80000001u
#define A_BUS	0x800000ull
#define A_PAGES	1000ull
#define A_END	(A_BUS + A_PAGES * 4096)
#define B	0x80000002u
#define B_PAGES	16ull		/* of 64 KiB */
#define C	0x80000003u
#define C_BUS	0xfffffffffffff000ull
#define NONE	0x77777777u

#define RW	3ull
#define BEYOND	(1ull << 40)	/* no RAM */
#define SWITCHES 1000

struct window {
	uint32_t liobn, page_shift;
	uint64_t bus, pages;
};

static const struct window windows[] = {
	{ A, 12, A_BUS, A_PAGES }, { B, 16, 0, B_PAGES }, { C, 12, C_BUS, 1 },
};

/* As the guest has it, big-endian.  One without a number ends the list. */
struct row {
	uint64_t nr, args[PAPR_HCALL_ARGS];
	uint64_t ret, rets[PAPR_HCALL_ARGS];
	uint64_t want_ret, want_r4;
};

#define END_ROUNDS args[0]	/* how often the guest was here */
#define END_NEXT args[1]	/* where it goes on */
#define END_WRONG args[2]	/* how many answers were not what was wanted */

_Static_assert(sizeof(struct row) == 176, "as the guest's program has it");

#define R20(op, reg, at) ((op) | (reg) << 21 | 20u << 16 | (at))
#define LD(reg, at) R20(0xe8000000, reg, at)
#define STD(reg, at) R20(0xf8000000, reg, at)

static const uint32_t program[] = {
	0x7c741b78,	/* mr	r20,r3: a row */
	0x3ae00000,	/* li	r23,0: wrong answers */
	LD(3, 0),
	0x2c230000,	/* cmpdi r3,0 */
	0x41820078,	/* beq	to the end of the list */
	LD(4, 8), LD(5, 16), LD(6, 24), LD(7, 32), LD(8, 40),
	LD(9, 48), LD(10, 56), LD(11, 64), LD(12, 72),
	0x44000022,	/* sc	1 */
	STD(3, 80), STD(4, 88), STD(5, 96), STD(6, 104), STD(7, 112),
	STD(8, 120), STD(9, 128), STD(10, 136), STD(11, 144), STD(12, 152),
	LD(22, 160),
	0x7c23b000,	/* cmpd	r3,r22 */
	0x40820010,	/* bne	.+16 */
	LD(22, 168),
	0x7c24b000,	/* cmpd	r4,r22 */
	0x41820008,	/* beq	.+8 */
	0x3af70001,	/* addi	r23,r23,1 */
	0x3a9400b0,	/* addi	r20,r20,176 */
	0x4bffff84,	/* b	to the next row */
	LD(3, 8),	/* the end */
	0x38630001,	/* addi	r3,r3,1 */
	STD(23, 24),
	STD(3, 8),
	LD(20, 16),
	0x4bffff6c,	/* b	to a row */
};

static const char kernel_routes[] = "hcalls: { H_GET_TCE: kernel!, "
	"H_PUT_TCE: kernel!, H_STUFF_TCE: kernel!, "
	"H_PUT_TCE_INDIRECT: kernel! }";
static const char user_routes[] =
	"sets: { hcall-tce: user, hcall-multi-tce: user }";

/* A call, what it answers, and whether KVM leaves it to the library. */
#define KEPT(what, nr, ret, ...) { what, nr, { __VA_ARGS__ }, ret, false, 0 }
#define LEFT(what, nr, ret, ...) { what, nr, { __VA_ARGS__ }, ret, true, 0 }

struct call {
	const char *what;
	uint64_t nr, args[4];
	int64_t ret;
	bool left;
	int64_t user_ret;	/* of known differences */
};

static const struct call equal[] = {
	KEPT("an entry", H_PUT_TCE, H_SUCCESS, A, A_BUS, 0x7000 | RW),
	KEPT("read only", H_PUT_TCE, H_SUCCESS, A, A_BUS + 0x1000, 0x8000 | 1),
	KEPT("write only", H_PUT_TCE, H_SUCCESS, A, A_BUS + 0x2000, 0x9000 | 2),
	KEPT("no access", H_PUT_TCE, H_SUCCESS, A, A_BUS + 0x3000, 0x9000),
	KEPT("no access, no RAM", H_PUT_TCE, H_SUCCESS,
	     A, A_BUS + 0x4000, BEYOND),
	KEPT("no access, odd", H_PUT_TCE, H_SUCCESS, A, A_BUS + 0x5000, 0x9abc),
	KEPT("last of the window", H_PUT_TCE, H_SUCCESS,
	     A, A_END - 4096, 0x7000 | RW),
	KEPT("last page of RAM", H_PUT_TCE, H_SUCCESS,
	     A, A_BUS + 0x6000, (GUEST_RAM - 4096) | RW),
	LEFT("no RAM", H_PUT_TCE, H_PARAMETER, A, A_BUS, GUEST_RAM | RW),
	LEFT("no RAM far", H_PUT_TCE, H_PARAMETER, A, A_BUS, BEYOND | RW),
	LEFT("odd page", H_PUT_TCE, H_SUCCESS, A, A_BUS + 0x7000, 0x7ff8 | RW),
	KEPT("odd address", H_PUT_TCE, H_PARAMETER, A, A_BUS + 1, 0x7000 | RW),
	KEPT("half a page", H_PUT_TCE, H_PARAMETER, A, A_BUS + 0x800, 0),
	KEPT("before", H_PUT_TCE, H_PARAMETER, A, A_BUS - 4096, 0x7000 | RW),
	KEPT("behind", H_PUT_TCE, H_PARAMETER, A, A_END, 0x7000 | RW),
	KEPT("far behind", H_PUT_TCE, H_PARAMETER, A, ~0xfffull, 0),
	LEFT("no window", H_PUT_TCE, H_PARAMETER, NONE, 0, 0),
	LEFT("no window, high", H_PUT_TCE, H_PARAMETER,
	     1ull << 32 | A, A_BUS, 0),
	KEPT("64 KiB", H_PUT_TCE, H_SUCCESS, B, 0, 0x10000 | RW),
	LEFT("64 KiB, odd page", H_PUT_TCE, H_SUCCESS,
	     B, 0x10000, 0x11000 | RW),
	KEPT("64 KiB, odd address", H_PUT_TCE, H_PARAMETER, B, 0x1000, 0),
	KEPT("64 KiB, behind", H_PUT_TCE, H_PARAMETER, B, B_PAGES << 16, 0),
	LEFT("library's table", H_PUT_TCE, H_SUCCESS, C, C_BUS, 0x7000 | RW),
	LEFT("library's", H_GET_TCE, H_SUCCESS, C, C_BUS),
	KEPT("an entry", H_GET_TCE, H_SUCCESS, A, A_BUS),
	KEPT("no access", H_GET_TCE, H_SUCCESS, A, A_BUS + 0x4000),
	KEPT("an empty one", H_GET_TCE, H_SUCCESS, A, A_BUS + 0x300000),
	KEPT("last", H_GET_TCE, H_SUCCESS, A, A_END - 4096),
	KEPT("odd address", H_GET_TCE, H_PARAMETER, A, A_BUS + 0x10),
	KEPT("before", H_GET_TCE, H_PARAMETER, A, 0),
	KEPT("behind", H_GET_TCE, H_PARAMETER, A, A_END),
	LEFT("no window", H_GET_TCE, H_PARAMETER, NONE, 0),
	KEPT("zeroes", H_STUFF_TCE, H_SUCCESS, A, A_BUS + 0x1000, 0, 3),
	KEPT("no access", H_STUFF_TCE, H_SUCCESS,
	     A, A_BUS + 0x10000, 0x123000, 5),
	KEPT("none", H_STUFF_TCE, H_SUCCESS, A, A_BUS, 0x5000, 0),
	KEPT("odd address", H_STUFF_TCE, H_PARAMETER, A, A_BUS + 4, 0, 1),
	KEPT("before", H_STUFF_TCE, H_PARAMETER, A, A_BUS - 4096, 0, 2),
	KEPT("behind", H_STUFF_TCE, H_PARAMETER, A, A_END, 0, 1),
	LEFT("no window", H_STUFF_TCE, H_PARAMETER, NONE, 0, 0, 1),
	KEPT("64 KiB, all", H_STUFF_TCE, H_SUCCESS, B, 0, 0x50000, B_PAGES),
	KEPT("four", H_PUT_TCE_INDIRECT, H_SUCCESS,
	     A, A_BUS + 0x20000, LIST, 4),
	KEPT("512", H_PUT_TCE_INDIRECT, H_SUCCESS,
	     A, A_BUS + 0x100000, LIST, 512),
	KEPT("513", H_PUT_TCE_INDIRECT, H_PARAMETER, A, A_BUS, LIST, 513),
	KEPT("none", H_PUT_TCE_INDIRECT, H_SUCCESS, A, A_BUS, LIST, 0),
	KEPT("odd list", H_PUT_TCE_INDIRECT, H_PARAMETER,
	     A, A_BUS, LIST + 8, 1),
	LEFT("list no RAM", H_PUT_TCE_INDIRECT, H_PARAMETER,
	     A, A_BUS, GUEST_RAM, 1),
	LEFT("none, list no RAM", H_PUT_TCE_INDIRECT, H_PARAMETER,
	     A, A_BUS, BEYOND, 0),
	KEPT("odd address", H_PUT_TCE_INDIRECT, H_PARAMETER,
	     A, A_BUS + 8, LIST, 1),
	KEPT("before", H_PUT_TCE_INDIRECT, H_PARAMETER, A, 0, LIST, 1),
	KEPT("behind", H_PUT_TCE_INDIRECT, H_PARAMETER, A, A_END, LIST, 1),
	LEFT("no window", H_PUT_TCE_INDIRECT, H_PARAMETER, NONE, 0, LIST, 1),
	LEFT("third no RAM", H_PUT_TCE_INDIRECT, H_PARAMETER,
	     A, A_BUS + 0x30000, BAD, 4),
};

/* docs/route-equality.md has the reasons. */
static const struct call different[] = {
	{ .what = "with access", .nr = H_STUFF_TCE,
	  .args = { A, A_BUS, 0x7000 | RW, 1 },
	  .ret = H_PARAMETER, .user_ret = H_SUCCESS },
	{ .what = "beyond the end", .nr = H_STUFF_TCE,
	  .args = { A, A_END - 4096, 0, 2 },
	  .ret = H_SUCCESS, .user_ret = H_PARAMETER },
	{ .what = "list beyond the end", .nr = H_PUT_TCE_INDIRECT,
	  .args = { A, A_END - 4096, LIST, 2 },
	  .ret = H_SUCCESS, .user_ret = H_PARAMETER },
	{ .what = "third no RAM, no access", .nr = H_PUT_TCE_INDIRECT,
	  .args = { A, A_BUS + 0x40000, POISON, 4 },
	  .ret = H_PARAMETER, .user_ret = H_SUCCESS },
};

static void put64(struct guest *g, uint64_t gpa, uint64_t value)
{
	store_be64(g->ram + gpa, value);
}

static struct papr_policy *policy_of(const char *text)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "test", &policy, &error))
		fail_msg("%s", error.text);
	return policy;
}

static void use_routes(struct guest *g, const char *text)
{
	struct papr_policy *policy = policy_of(text);
	struct papr_error error;

	if (papr_vm_change_policy(g->vm, policy, &error))
		fail_msg("%s", error.text);
	papr_policy_free(policy);
}

static void add_windows(struct papr_vm *vm)
{
	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		const struct window *w = &windows[i];

		if (papr_vm_add_tce(vm, w->liobn, w->bus, w->page_shift,
				    w->pages))
			fail_msg("%s", papr_vm_error(vm));
	}
	assert_int_equal(papr_vm_tce_in_kernel(vm, A), 1);
	assert_int_equal(papr_vm_tce_in_kernel(vm, B), 1);
	assert_int_equal(papr_vm_tce_in_kernel(vm, C), 0);
}

static void put_lists(struct guest *g)
{
	static const uint64_t lists[] = { LIST, POISON, BAD };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (uint64_t j = 0; j < 512; j++)
			put64(g, lists[i] + 8 * j, (j + 1) << 12 | RW);
	put64(g, POISON + 16, BEYOND);
	put64(g, BAD + 16, BEYOND | RW);
}

static int start(void **state)
{
	struct guest *g;

	guest_setup_with(state, add_windows);
	g = *state;
	guest_put(g, CODE, program, ARRAY_SIZE(program));
	put_lists(g);
	return 0;
}

/* A call, and what the guest is to see of it; returns the row behind it. */
static uint64_t put_call(struct guest *g, uint64_t at, const struct call *c,
			 int64_t ret, uint64_t r4)
{
	memset(g->ram + at, 0, sizeof(struct row));
	put64(g, at, c->nr);
	for (unsigned int i = 0; i < PAPR_HCALL_ARGS; i++)
		put64(g, at + 8 + 8 * i, i < 4 ? c->args[i] :
		      0x5a00000000000000ull + i);
	put64(g, at + offsetof(struct row, want_ret), (uint64_t)ret);
	put64(g, at + offsetof(struct row, want_r4), r4);
	return at + sizeof(struct row);
}

static void put_end(struct guest *g, uint64_t at, uint64_t next)
{
	memset(g->ram + at, 0, sizeof(struct row));
	put64(g, at + offsetof(struct row, END_NEXT), next);
}

static uint64_t get_end(struct guest *g, uint64_t at, size_t member)
{
	volatile uint64_t *word = (volatile uint64_t *)(g->ram + at + member);

	return be64toh(*word);
}

#define ROUNDS(g, end) get_end(g, end, offsetof(struct row, END_ROUNDS))
#define WRONG(g, end) get_end(g, end, offsetof(struct row, END_WRONG))

static uint64_t answered_here(struct guest *g)
{
	static const int rows[] = {
		HCALL_ROW_H_PUT_TCE, HCALL_ROW_H_GET_TCE,
		HCALL_ROW_H_STUFF_TCE, HCALL_ROW_H_PUT_TCE_INDIRECT,
	};
	struct papr_hcall_stats stats;
	uint64_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		papr_vm_stats(g->vm, rows[i], &stats);
		n += stats.user;
	}
	return n;
}

/* Lets the guest make the calls once; it then turns round at the end. */
static void make_calls(struct guest *g, const struct call *calls, size_t n)
{
	uint64_t at = ROWS;

	assert_true((n + 1) * sizeof(struct row) <= ROWS_LEN);
	for (size_t i = 0; i < n; i++)
		at = put_call(g, at, &calls[i], calls[i].ret, 0);
	put_end(g, at, at);
	guest_start(g, 0, CODE, ROWS);
	guest_run_thread(g, 0);
	while (!ROUNDS(g, at) && !guest_has_ended(g, 0))
		usleep(1000);
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
}

static int64_t answer(struct guest *g, size_t i)
{
	return guest_load64(g, ROWS + i * sizeof(struct row) +
			    offsetof(struct row, ret));
}

/* All there is in the tables. */
static uint64_t *read_tables(struct guest *g, size_t *n)
{
	uint64_t *all = calloc(A_PAGES + B_PAGES + 1, sizeof(*all));

	assert_non_null(all);
	*n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(windows); i++) {
		const struct window *w = &windows[i];

		for (uint64_t page = 0; page < w->pages; page++)
			assert_int_equal(papr_vm_get_tce(g->vm, w->liobn,
				w->bus + (page << w->page_shift),
				&all[(*n)++]), 0);
	}
	return all;
}

struct outcome {
	uint8_t rows[ROWS_LEN];
	uint64_t *tables;
	size_t entries;
	uint64_t here;
};

/* From empty tables, the calls by such routes. */
static struct outcome *run_calls(struct guest *g, const char *routes)
{
	struct outcome *o = calloc(1, sizeof(*o));
	struct papr_error error;

	assert_non_null(o);
	assert_int_equal(papr_vm_reset(g->vm, &error), 0);
	use_routes(g, routes);
	o->here = answered_here(g);
	make_calls(g, equal, ARRAY_SIZE(equal));
	o->here = answered_here(g) - o->here;
	memcpy(o->rows, g->ram + ROWS, ARRAY_SIZE(equal) * sizeof(struct row));
	o->tables = read_tables(g, &o->entries);
	for (size_t i = 0; i < ARRAY_SIZE(equal); i++)
		if (answer(g, i) != equal[i].ret)
			fail_msg("0x%x, %s: %d, not %d by %s",
				 (unsigned int)equal[i].nr, equal[i].what,
				 (int)answer(g, i), (int)equal[i].ret, routes);
	return o;
}

static void free_outcome(struct outcome *o)
{
	free(o->tables);
	free(o);
}

static void registers_and_tables_do_not_depend_on_who_answers(void **state)
{
	struct guest *g = *state;
	struct outcome *kernel = run_calls(g, kernel_routes);
	struct outcome *user = run_calls(g, user_routes);

	assert_memory_equal(kernel->rows, user->rows, sizeof(user->rows));
	assert_memory_equal(kernel->tables, user->tables,
			    user->entries * sizeof(*user->tables));
	free_outcome(kernel);
	free_outcome(user);
}

static void calls_leave_the_kernel_that_are_known_to(void **state)
{
	struct guest *g = *state;
	struct outcome *kernel = run_calls(g, kernel_routes);
	struct outcome *user = run_calls(g, user_routes);
	size_t left = 0;

	for (size_t i = 0; i < ARRAY_SIZE(equal); i++)
		left += equal[i].left;
	assert_int_equal(kernel->here, left);
	assert_int_equal(user->here, ARRAY_SIZE(equal));
	free_outcome(kernel);
	free_outcome(user);
}

static void known_differences_are_these(void **state)
{
	struct guest *g = *state;
	struct papr_error error;

	use_routes(g, kernel_routes);
	make_calls(g, different, ARRAY_SIZE(different));
	for (size_t i = 0; i < ARRAY_SIZE(different); i++)
		if (answer(g, i) != different[i].ret)
			fail_msg("%s: kernel %d", different[i].what,
				 (int)answer(g, i));
	assert_int_equal(answered_here(g), 0);
	assert_int_equal(papr_vm_reset(g->vm, &error), 0);
	use_routes(g, user_routes);
	make_calls(g, different, ARRAY_SIZE(different));
	for (size_t i = 0; i < ARRAY_SIZE(different); i++)
		if (answer(g, i) != different[i].user_ret)
			fail_msg("%s: library %d", different[i].what,
				 (int)answer(g, i));
}

static void wait_for_round(struct guest *g, unsigned int i, uint64_t end)
{
	/* One may have begun before. */
	uint64_t round = ROUNDS(g, end) + 2;

	while (ROUNDS(g, end) < round && !guest_has_ended(g, i))
		usleep(1000);
}

/* An entry is written by the one, and then read by both in turn. */
static void read_by_both(struct guest *g, const char *first,
			 const char *second)
{
	const struct call put = {
		.nr = H_PUT_TCE, .args = { A, A_BUS, 0x7000 | RW },
	}, get = { .nr = H_GET_TCE, .args = { A, A_BUS } };
	const uint64_t end = put_call(g, ROWS, &put, H_SUCCESS, A);
	const uint64_t again = end + sizeof(struct row);
	const uint64_t last = put_call(g, again, &get, H_SUCCESS, 0x7000 | RW);
	struct papr_error error;
	uint64_t tce;

	assert_int_equal(papr_vm_reset(g->vm, &error), 0);
	use_routes(g, first);
	put_end(g, end, again);
	put_end(g, last, again);
	guest_start(g, 0, CODE, ROWS);
	guest_run_thread(g, 0);
	for (unsigned int i = 0; i < 3; i++) {
		wait_for_round(g, 0, last);
		assert_int_equal(papr_vm_get_tce(g->vm, A, A_BUS, &tce), 0);
		assert_true(tce == put.args[2]);
		use_routes(g, i % 2 ? first : second);
	}
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
	assert_int_equal(WRONG(g, last), 0);
}

static void a_table_is_the_same_after_a_switch(void **state)
{
	read_by_both(*state, kernel_routes, user_routes);
	read_by_both(*state, user_routes, kernel_routes);
}

#define NEW	0x80000009u
#define NEW_BUS	0x800000000000000ull
#define NEW_TCE	(0x7000ull | RW)

static void create_new(struct guest *g)
{
	assert_int_equal(papr_vm_create_tce(g->vm, NEW, NEW_BUS, 12, 512,
					    NULL), 0);
	assert_int_equal(papr_vm_tce_in_kernel(g->vm, NEW), 1);
}

static void wait_for_entry(struct guest *g)
{
	uint64_t tce = 0;

	while (tce != NEW_TCE && !guest_has_ended(g, 0)) {
		usleep(1000);
		assert_int_equal(papr_vm_get_tce(g->vm, NEW, NEW_BUS, &tce),
				 0);
	}
}

/* The kernel knows it at once, and so it does when it is gone. */
static void a_window_comes_and_goes_while_a_guest_fills_it(void **state)
{
	const struct call put = {
		.nr = H_PUT_TCE, .args = { NEW, NEW_BUS, NEW_TCE },
	};
	struct guest *g = *state;
	const uint64_t end = put_call(g, ROWS, &put, H_SUCCESS, NEW);
	uint64_t wrong;

	put_end(g, end, ROWS);
	use_routes(g, kernel_routes);
	create_new(g);
	guest_start(g, 0, CODE, ROWS);
	guest_run_thread(g, 0);
	wait_for_entry(g);
	assert_int_equal(answered_here(g), 0);
	for (unsigned int i = 0; i < 10; i++) {
		wait_for_entry(g);
		wrong = WRONG(g, end);
		assert_int_equal(papr_vm_remove_tce(g->vm, NEW, NULL), 0);
		while (WRONG(g, end) == wrong && !guest_has_ended(g, 0))
			usleep(1000);
		create_new(g);
	}
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
}

/* For each vCPU some pages of its own: filled, read, emptied and read again. */
static uint64_t put_storm(struct guest *g, uint64_t at, uint64_t bus)
{
	const uint64_t first = at, tce = bus;
	const struct call calls[] = {
		{ .nr = H_PUT_TCE, .args = { A, bus, tce | RW } },
		{ .nr = H_GET_TCE, .args = { A, bus } },
		{ .nr = H_PUT_TCE_INDIRECT, .args = { A, bus, LIST, 8 } },
		{ .nr = H_GET_TCE, .args = { A, bus + 7 * 4096 } },
		{ .nr = H_STUFF_TCE, .args = { A, bus, 0x5000, 8 } },
		{ .nr = H_GET_TCE, .args = { A, bus } },
		{ .nr = H_PUT_TCE, .args = { A, A_END, 0 },
		  .ret = H_PARAMETER },
	};
	const uint64_t r4[] = {
		A, tce | RW, A, 8 << 12 | RW, A, 0x5000, A
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		at = put_call(g, at, &calls[i], calls[i].ret, r4[i]);
	put_end(g, at, first);
	return at;
}

static void no_answer_is_wrong_while_routes_change(void **state)
{
	struct guest *g = *state;
	uint64_t end[GUEST_CPUS], here, all = 0;

	use_routes(g, user_routes);
	for (unsigned int i = 0; i < GUEST_CPUS; i++) {
		end[i] = put_storm(g, ROWS + i * ROWS_LEN,
				   A_BUS + i * 8 * 4096);
		guest_start(g, i, CODE, ROWS + i * ROWS_LEN);
		guest_run_thread(g, i);
	}
	for (unsigned int n = 0; n < SWITCHES; n++)
		use_routes(g, n % 2 ? user_routes : kernel_routes);
	for (unsigned int i = 0; i < GUEST_CPUS; i++) {
		wait_for_round(g, i, end[i]);
		papr_kvm_kick(g->cpu[i].vcpu);
		assert_int_equal(guest_wait(g, i), PAPR_RUN_INTERRUPTED);
		assert_int_equal(WRONG(g, end[i]), 0);
		all += ROUNDS(g, end[i]) * 7;
	}
	here = answered_here(g);
	print_message("# %d switches: %llu calls, %llu of them answered by "
		      "the library\n", SWITCHES, (unsigned long long)all,
		      (unsigned long long)here);
	assert_true(here > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, guest_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(registers_and_tables_do_not_depend_on_who_answers),
		TEST(calls_leave_the_kernel_that_are_known_to),
		TEST(known_differences_are_these),
		TEST(a_table_is_the_same_after_a_switch),
		TEST(a_window_comes_and_goes_while_a_guest_fills_it),
		TEST(no_answer_is_wrong_while_routes_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
