/* SPDX-License-Identifier: BSD-2-Clause */
/* What a vCPU's registers are set to, all at once, is what is read back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/contract.h"

#define ROUNDS 50

/* KVM's numbers, which no fake host has, and those of spapr/kvm-save.c. */
#define U32(n)	(0x1020000000000000ull | (n))
#define U64(n)	(0x1030000000000000ull | (n))
#define U128(n)	(0x1040000000000000ull | (n))
#define REGS(n)	(0xf100000000000000ull | (n))
#define SLB(n)	(0xf200000000000000ull | (n))

struct state {
	size_t n;
	struct papr_saved_reg reg[PAPR_SAVED_REGS];
};

/* Of the others all bits are the guest's. */
static const struct {
	uint64_t id;
	uint64_t bits;		/* that a guest can set, or KVM keeps */
} limits[] = {
	{ REGS(1), 0xffffffff },		/* CR */
	{ REGS(5), 0x800000000280ef33 },	/* MSR: neither HV nor TS */
	{ REGS(8), 0 },				/* PID, which has a number */
	{ U64(0xa9), 1 },			/* DPDES */
	{ U64(0xab), ~4ull },			/* DAWRX: not HYP */
	{ U64(0xc5), ~4ull },			/* DAWRX1 */
	{ U64(0xac), ~1ull },			/* CIABR: not hypervisor */
	{ U64(0xb2), 0xffffffff },		/* PID */
	{ U64(0xb5), 0x02000000 },		/* LPCR: ILE */
	{ U32(0xb8), ~4ull },			/* DABRX: not HYP */
	{ U64(0xbd), 0xf0000000000003ff },	/* PSSCR */
	{ U32(0xbf), 1 },			/* ONLINE */
	{ U64(0xc0), 0 },			/* PTCR: of nested guests */
	{ U64(0xc1), 0 },			/* MMCR3: not by Linux 6.1 */
};

/* A VPA before the others, and lengths that KVM does not round down. */
static const struct {
	uint64_t id, gpa, len;
} areas[] = {
	{ U64(0x82), 0x10000, 0 },
	{ U128(0x83), 0x11000, 0x100 },
	{ U128(0x84), 0x12000, 100 * 48 },
};

static uint64_t any(void)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed >> 32;
}

static void get(struct machine *m, struct state *state)
{
	int n = m->subject->ops->get_state(m->cpu, state->reg,
					   PAPR_SAVED_REGS);

	assert_in_range(n, 1, PAPR_SAVED_REGS);
	state->n = n;
}

static uint64_t bits_of(const struct papr_saved_reg *reg)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].id == reg->id)
			return limits[i].bits;
	return UINT64_MAX;
}

static bool set_area(struct papr_saved_reg *reg)
{
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		if (areas[i].id != reg->id)
			continue;
		store_be64(reg->bytes, areas[i].gpa);
		if (reg->len == 16)
			store_be64(reg->bytes + 8, areas[i].len);
		return true;
	}
	return false;
}

static void change(struct papr_saved_reg *reg)
{
	uint64_t bits = bits_of(reg);

	if (set_area(reg))
		return;
	for (uint32_t i = 0; i < reg->len; i++) {
		uint8_t mask = bits >> 8 * ((reg->len - 1 - i) % 8);

		reg->bytes[i] = (reg->bytes[i] & ~mask) | (any() & mask);
	}
}

/* The first entry of the SLB, which a vCPU that is new has not. */
static void add_slb(struct machine *m, struct state *state)
{
	const uint64_t words[] = { 0xc000000008000000ull, 0x4080ull };

	if (m->subject->fake || papr_vm_mmu(m->vm) != PAPR_MMU_HASH)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct papr_saved_reg *reg = &state->reg[state->n++];

		*reg = (struct papr_saved_reg){ .id = SLB(i), .len = 8 };
		store_be64(reg->bytes, words[i]);
	}
}

static const struct papr_saved_reg *find(const struct state *state, uint64_t id)
{
	for (size_t i = 0; i < state->n; i++)
		if (state->reg[i].id == id)
			return &state->reg[i];
	fail_msg("register 0x%llx is not there any more",
		 (unsigned long long)id);
	return NULL;
}

/* KVM_GET_REGS shows the PID as well, which is not set by it. */
static void compare(const struct state *set, const struct state *got)
{
	assert_int_equal(set->n, got->n);
	for (size_t i = 0; i < set->n; i++) {
		const struct papr_saved_reg *a = &set->reg[i];
		const struct papr_saved_reg *b = find(got, a->id);

		if (a->id != REGS(8) &&
		    (a->len != b->len || memcmp(a->bytes, b->bytes, a->len)))
			fail_msg("register 0x%llx: 0x%llx was set, 0x%llx is "
				 "there", (unsigned long long)a->id,
				 (unsigned long long)load_be64(a->bytes),
				 (unsigned long long)load_be64(b->bytes));
	}
}

static void registers_that_are_loaded_are_saved(void **state)
{
	static struct state set, got;
	struct machine *m = *state;

	get(m, &set);
	add_slb(m, &set);
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t culprit = 0;
		int r;

		for (size_t i = 0; i < set.n; i++)
			if (set.reg[i].id >> 56 != SLB(0) >> 56)
				change(&set.reg[i]);
		r = m->subject->ops->set_state(m->cpu, set.reg, set.n,
					       &culprit);
		if (r)
			fail_msg("register 0x%llx: %d",
				 (unsigned long long)culprit, r);
		get(m, &got);
		compare(&set, &got);
	}
}

static uint64_t timebase(const struct machine *m, void *cpu)
{
	uint64_t tb;

	assert_int_equal(m->subject->ops->get_reg(cpu, PAPR_REG_TB, &tb), 0);
	return tb;
}

/* A year behind, which nothing but the offset can make it. */
static void a_vcpu_that_comes_later_has_the_same_time_base(void **state)
{
	struct machine *m = *state;
	uint64_t there = timebase(m, m->cpu) - (1ull << 54), before, later;
	void *cpu;

	assert_int_equal(m->subject->ops->set_timebase(m->subject->host,
						       there), 0);
	cpu = machine_attach(m, 1);
	before = timebase(m, m->cpu);
	later = timebase(m, cpu);
	assert_true(before >= there && later >= before);
	assert_true(timebase(m, m->cpu) >= later);
}

int contract_run_save(void)
{
	const struct CMUnitTest tests[] = {
		CPU_TEST(registers_that_are_loaded_are_saved),
		CPU_TEST(a_vcpu_that_comes_later_has_the_same_time_base),
	};

	return cmocka_run_group_tests_name(contract_name, tests, NULL, NULL);
}
