/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library relies on in a host, run against real KVM where there is
 * one, and otherwise against the fake host in the shape of each model: so the
 * fake is what KVM is.
 *
 *	contract [--kvm] [--model NAME]
 *
 * With --kvm it fails where there is no POWER KVM; with --model the live host
 * must be that model, capability by capability.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "spapr/vm.h"
#include "tests/contract.h"

#define TABLE_RADIX (1ull << 63)

static bool is_hv(const struct papr_host *info)
{
	return info->flavour != PAPR_FLAVOUR_PR;
}

bool contract_is_switchable(const struct papr_host *info, uint32_t number)
{
	const struct papr_call_info *call = papr_hcall_by_number(number);
	enum papr_kernel kernel = !call ? PAPR_KERNEL_NONE :
		is_hv(info) ? papr_hcall_kernel_hv(call) :
			      papr_hcall_kernel_pr(call);

	return kernel == PAPR_KERNEL_ON || kernel == PAPR_KERNEL_OFF;
}

static bool smt_is_legal(const struct papr_host *info, uint32_t mode)
{
	return is_hv(info) && IS_POWER_OF_2(mode) && mode <= 8 &&
	       (info->isa >= 300 || mode <= info->threads);
}

static void smt_modes_are_powers_of_two_that_the_host_has(void **state)
{
	struct subject *s = *state;

	for (uint32_t mode = 0; mode <= 16; mode++) {
		int want = smt_is_legal(&s->info, mode) ? 0 : -EINVAL;
		int got = s->ops->set_smt(s->host, mode);

		if (got != want)
			fail_msg("mode %u: %d, not %d", mode, got, want);
	}
}

static void smt_possible_has_a_bit_for_each_mode(void **state)
{
	struct subject *s = *state;
	uint32_t possible = s->info.cap[PAPR_CAP_SMT_POSSIBLE];

	if (!is_hv(&s->info))
		possible = 0;	/* it says 1, and refuses all */
	for (uint32_t n = 0; n < 8; n++)
		assert_int_equal(!s->ops->set_smt(s->host, 1u << n),
				 possible >> n & 1);
}

static void smt_mode_is_busy_once_there_is_a_vcpu(void **state)
{
	struct subject *s = *state;
	int fd = subject_add_vcpu(s, 0);

	for (uint32_t mode = 0; mode <= 16; mode++) {
		int want = smt_is_legal(&s->info, mode) ? -EBUSY : -EINVAL;
		int got = s->ops->set_smt(s->host, mode);

		if (got != want)
			fail_msg("mode %u: %d, not %d", mode, got, want);
	}
	if (!s->fake)
		close(fd);
}

static void check_switches(struct subject *s, uint32_t from, uint32_t to)
{
	for (uint32_t number = from; number <= to; number++) {
		bool can = contract_is_switchable(&s->info, number);
		int want = can ? 0 : -EINVAL;
		int off = s->ops->enable_hcall(s->host, number, false);
		int on = s->ops->enable_hcall(s->host, number, true);

		if (off != want || on != want)
			fail_msg("0x%x: off %d, on %d, not %d", number, off,
				 on, want);
	}
}

static void the_calls_with_a_switch_are_those_of_the_table(void **state)
{
	check_switches(*state, 0, 0x500);
}

static void calls_with_high_numbers_have_no_switch(void **state)
{
	check_switches(*state, 0xef00, 0xf100);
	check_switches(*state, 0xf800, 0xf810);
}

static int nested_result(const struct papr_host *info)
{
	if (!is_hv(info))
		return -EINVAL;
	if (!info->nested_param)
		return -EPERM;
	return info->isa < 300 || !info->cap[PAPR_CAP_MMU_RADIX] ? -ENODEV : 0;
}

static void nested_hv_is_refused_for_the_documented_reason(void **state)
{
	struct subject *s = *state;

	assert_int_equal(s->ops->enable_nested(s->host),
			 nested_result(&s->info));
}

static void nested_hv_is_offered_where_it_can_be_had(void **state)
{
	struct subject *s = *state;

	assert_int_equal(s->info.cap[PAPR_CAP_NESTED_HV],
			 !s->ops->enable_nested(s->host));
}

static const struct mmu_case {
	const char *what;
	uint64_t flags;
	uint64_t table;
} mmu_cases[] = {
	{ "radix", 1, TABLE_RADIX | 0xc },
	{ "radix with GTSE", 3, TABLE_RADIX | 0x1e00000c },
	{ "radix, no table yet", 3, TABLE_RADIX },
	{ "largest table", 3, TABLE_RADIX | 24 },
	{ "table too large", 3, TABLE_RADIX | 25 },
	{ "unknown flag", 4, 0 },
	{ "unknown flag with radix", 5, TABLE_RADIX },
	{ "radix flag, hash table", 3, 0 },
	{ "hash flag, radix table", 0, TABLE_RADIX },
	{ "hash", 0, 0 },
};

static int mmu_result(const struct papr_host *info, const struct mmu_case *c)
{
	bool radix = c->flags & 1;

	if (info->isa < 300)
		return -ENODEV;
	if (!is_hv(info))
		return c->flags || c->table ? -EINVAL : 0;
	if (c->flags & ~3ull || radix != (c->table >> 63) ||
	    (c->table & 0x1f) > 24)
		return -EINVAL;
	if (radix)
		return info->cap[PAPR_CAP_MMU_RADIX] ? 0 : -EINVAL;
	return info->flavour == PAPR_FLAVOUR_NESTED ? -EINVAL : 0;
}

static void configure_mmu_checks_its_arguments(void **state)
{
	struct subject *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(mmu_cases); i++) {
		const struct mmu_case *c = &mmu_cases[i];
		int want = mmu_result(&s->info, c);
		int got = s->ops->configure_mmu(s->host, c->flags, c->table);

		if (got != want)
			fail_msg("%s: %d, not %d", c->what, got, want);
	}
}

static int hpt_result(const struct papr_host *info, uint32_t order)
{
	if (!is_hv(info))
		return -ENOTTY;
	if (info->flavour == PAPR_FLAVOUR_NESTED)
		return -EOPNOTSUPP;
	return order < 18 || order > 46 ? -EINVAL : 0;
}

static void a_page_table_has_an_order_from_18_to_46(void **state)
{
	static const uint32_t orders[] = { 0, 17, 18, 20, 24, 47, 64 };
	struct subject *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		int want = hpt_result(&s->info, orders[i]);
		int got = s->ops->setup_hpt(s->host, orders[i]);

		if (got != want)
			fail_msg("order %u: %d, not %d", orders[i], got, want);
	}
}

static void the_mmu_modes_described_are_those_of_the_host(void **state)
{
	struct subject *s = *state;
	struct papr_host_mmu mmu;

	assert_int_equal(s->ops->describe_mmu(s->host, &mmu), 0);
	assert_int_equal(mmu.radix_aps > 0, s->info.cap[PAPR_CAP_MMU_RADIX]);
	assert_int_equal(mmu.hash_sizes > 0,
			 s->info.flavour != PAPR_FLAVOUR_NESTED);
}

static void hash_pages_are_no_larger_than_the_hosts(void **state)
{
	struct subject *s = *state;
	uint64_t backing = s->fake ? 65536 : sysconf(_SC_PAGESIZE);
	struct papr_host_mmu mmu;

	assert_int_equal(s->ops->describe_mmu(s->host, &mmu), 0);
	for (uint32_t i = 0; i < mmu.hash_sizes; i++) {
		assert_true(1ull << mmu.hash[i].shift <= backing);
		for (uint32_t j = 0; j < mmu.hash[i].pages; j++)
			assert_true(1ull << mmu.hash[i].page[j].shift <=
				    backing);
	}
}

static void interrupts_need_a_controller(void **state)
{
	struct subject *s = *state;

	assert_int_equal(s->ops->irq_line(s->host, 0x1000, true), -ENXIO);
}

static void interrupt_sources_can_be_raised_and_lowered(void **state)
{
	static const uint32_t irqs[] = { 0x1000, 0x1001 };
	struct subject *s = *state;

	assert_int_equal(s->ops->setup_irqs(s->host, 1, irqs, 2), 0);
	assert_int_equal(s->ops->irq_line(s->host, 0x1000, true), 0);
	assert_int_equal(s->ops->irq_line(s->host, 0x1001, false), 0);
	/* KVM does not tell. */
	assert_int_equal(s->ops->irq_line(s->host, 0x2000, true), 0);
}

static void there_is_one_interrupt_controller(void **state)
{
	static const uint32_t irqs[] = { 0x1000 };
	struct subject *s = *state;

	assert_int_equal(s->ops->setup_irqs(s->host, 1, irqs, 1), 0);
	assert_int_equal(s->ops->setup_irqs(s->host, 1, irqs, 1), -EEXIST);
}

static void interrupt_sources_below_16_are_none(void **state)
{
	static const uint32_t irqs[] = { 15 };
	struct subject *s = *state;

	assert_int_equal(s->ops->setup_irqs(s->host, 1, irqs, 1), -ENOENT);
}

static void the_kernel_knows_four_rtas_calls(void **state)
{
	struct subject *s = *state;
	unsigned int known = 0;

	for (size_t i = 0; i < papr_rtas_count(); i++) {
		const struct papr_call_info *call = papr_rtas_at(i);
		int want = papr_rtas_in_kernel(call) ? 0 : -ENOENT;
		int got = s->ops->define_rtas(s->host, call->name,
					      call->number);

		if (got != want)
			fail_msg("%s: %d, not %d", call->name, got, want);
		known += !got;
	}
	assert_int_equal(known, 4);
}

static void an_rtas_token_has_one_call(void **state)
{
	struct subject *s = *state;

	assert_int_equal(s->ops->define_rtas(s->host, "ibm,int-on", 7), 0);
	assert_int_equal(s->ops->define_rtas(s->host, "ibm,int-off", 7),
			 -EEXIST);
}

static void fwnmi_can_be_enabled_twice(void **state)
{
	struct machine *m = *state;
	int want = is_hv(&m->subject->info) ? 0 : -EINVAL;

	assert_int_equal(m->subject->ops->enable_fwnmi(m->cpu), want);
	assert_int_equal(m->subject->ops->enable_fwnmi(m->cpu), want);
}

static void what_an_interrupt_sets_is_read_back(void **state)
{
	static const struct papr_regs new = {
		.pc = 0x1990, .msr = 0x8000000000001000, .r3 = 0x100030,
		.srr0 = 0xc0000000000e1130, .srr1 = 0x800000000280b033,
		.dar = 0xc000000012340000, .dsisr = 0x80,
	};
	struct machine *m = *state;
	const struct papr_host_ops *ops = m->subject->ops;
	struct papr_regs got = { 0 };

	assert_int_equal(ops->set_regs(m->cpu, &new), 0);
	ops->wake(m->cpu);	/* of one that does not run: no harm */
	assert_int_equal(ops->get_regs(m->cpu, &got), 0);
	assert_int_equal(got.pc, new.pc);
	assert_int_equal(got.msr, new.msr);
	assert_int_equal(got.r3, new.r3);
	assert_int_equal(got.srr0, new.srr0);
	assert_int_equal(got.srr1, new.srr1);
	assert_int_equal(got.dar, new.dar);
	assert_int_equal(got.dsisr, new.dsisr);
}

static uint64_t get(struct machine *m, enum papr_reg reg)
{
	uint64_t value;

	assert_int_equal(m->subject->ops->get_reg(m->cpu, reg, &value), 0);
	return value;
}

static int update(struct machine *m, enum papr_reg reg, uint64_t mask,
		  uint64_t value)
{
	return m->subject->ops->update_reg(m->cpu, reg, mask, value);
}

static void a_bit_can_be_changed_alone(void **state)
{
	static const struct {
		enum papr_reg reg;
		uint64_t bit;
	} rows[] = { { PAPR_REG_LPCR, LPCR_ILE }, { PAPR_REG_MSR, 0x8000 } };
	struct machine *m = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bit = rows[i].bit, old = get(m, rows[i].reg) & ~bit;

		assert_int_equal(update(m, rows[i].reg, bit, ~0ull), 0);
		assert_int_equal(get(m, rows[i].reg), old | bit);
		assert_int_equal(update(m, rows[i].reg, bit, 0), 0);
		assert_int_equal(get(m, rows[i].reg), old);
	}
}

static void lpcr_ail_3_is_taken_where_the_capability_says_so(void **state)
{
	struct machine *m = *state;
	bool can = m->subject->info.cap[PAPR_CAP_AIL_MODE_3];
	uint64_t old = get(m, PAPR_REG_LPCR);

	assert_int_equal(update(m, PAPR_REG_LPCR, LPCR_AIL, LPCR_AIL),
			 can ? 0 : -EOPNOTSUPP);
	assert_int_equal(get(m, PAPR_REG_LPCR), can ? old | LPCR_AIL : old);
}

static void lpcr_ld_is_taken_where_the_decrementer_is_large(void **state)
{
	struct machine *m = *state;
	bool can = m->subject->info.isa >= 300;
	uint64_t old = get(m, PAPR_REG_LPCR);

	assert_int_equal(m->subject->ops->dec_bits(m->subject->host) > 32, can);
	assert_int_equal(update(m, PAPR_REG_LPCR, LPCR_LD, LPCR_LD),
			 can ? 0 : -EOPNOTSUPP);
	assert_int_equal(get(m, PAPR_REG_LPCR), can ? old | LPCR_LD : old);
}

static void lpcr_ail_1_and_2_are_refused_and_change_nothing(void **state)
{
	struct machine *m = *state;

	for (uint64_t ail = 1; ail <= 2; ail++) {
		uint64_t old = get(m, PAPR_REG_LPCR);

		assert_int_equal(update(m, PAPR_REG_LPCR, LPCR_AIL,
					ail << LPCR_AIL_SHIFT), -EOPNOTSUPP);
		assert_int_equal(get(m, PAPR_REG_LPCR), old);
	}
}

static void lpcr_bits_of_the_host_are_refused(void **state)
{
	struct machine *m = *state;
	uint64_t old = get(m, PAPR_REG_LPCR);

	/* LPES, which the guest must not choose. */
	assert_int_equal(update(m, PAPR_REG_LPCR, 8, ~old), -EOPNOTSUPP);
	assert_int_equal(get(m, PAPR_REG_LPCR), old);
}

static void sprg0_takes_the_bits_of_the_mask(void **state)
{
	struct machine *m = *state;

	assert_int_equal(update(m, PAPR_REG_SPRG0, ~0ull,
				0x0123456789abcdef), 0);
	assert_int_equal(update(m, PAPR_REG_SPRG0, 0xffff, 0x1111222233334444),
			 0);
	assert_int_equal(get(m, PAPR_REG_SPRG0), 0x0123456789ab4444);
}

static void purr_can_be_read(void **state)
{
	struct machine *m = *state;
	uint64_t first = get(m, PAPR_REG_PURR);

	assert_true(get(m, PAPR_REG_PURR) >= first);
}

static void the_time_base_can_be_read_and_not_set(void **state)
{
	struct machine *m = *state;
	uint64_t first = get(m, PAPR_REG_TB);

	assert_true(get(m, PAPR_REG_TB) >= first);
	assert_int_equal(update(m, PAPR_REG_TB, ~0ull, 0), -EINVAL);
}

/* Those KVM would not give back are not tried: the library asks for none. */
static void debug_registers_keep_what_they_are_given(void **state)
{
	static const struct {
		enum papr_reg reg;
		uint64_t value;
	} given[] = {
		{ PAPR_REG_CIABR, 0xc000000000001001 },
		{ PAPR_REG_DAWR0, 0xc000000000002008 },
		{ PAPR_REG_DAWRX0, 0x73 },
	};
	struct machine *m = *state;

	for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
		int r = update(m, given[i].reg, ~0ull, given[i].value);

		assert_int_equal(r, is_hv(&m->subject->info) ? 0 : -EINVAL);
		if (!r)
			assert_true(get(m, given[i].reg) == given[i].value);
	}
}

/* Its own thread is not needed, nor the vCPU's being out of the guest. */
static void the_external_interrupt_can_be_raised_and_lowered(void **state)
{
	const struct machine *m = *state;

	for (int i = 0; i < 4; i++)
		assert_int_equal(m->subject->ops->interrupt(m->cpu, i < 2), 0);
}

static const struct CMUnitTest tests[] = {
	VM_TEST(smt_modes_are_powers_of_two_that_the_host_has),
	VM_TEST(smt_possible_has_a_bit_for_each_mode),
	VM_TEST(smt_mode_is_busy_once_there_is_a_vcpu),
	VM_TEST(the_calls_with_a_switch_are_those_of_the_table),
	VM_TEST(calls_with_high_numbers_have_no_switch),
	VM_TEST(nested_hv_is_refused_for_the_documented_reason),
	VM_TEST(nested_hv_is_offered_where_it_can_be_had),
	VM_TEST(configure_mmu_checks_its_arguments),
	VM_TEST(a_page_table_has_an_order_from_18_to_46),
	VM_TEST(the_mmu_modes_described_are_those_of_the_host),
	VM_TEST(hash_pages_are_no_larger_than_the_hosts),
	VM_TEST(interrupts_need_a_controller),
	VM_TEST(interrupt_sources_can_be_raised_and_lowered),
	VM_TEST(there_is_one_interrupt_controller),
	VM_TEST(interrupt_sources_below_16_are_none),
	VM_TEST(the_kernel_knows_four_rtas_calls),
	VM_TEST(an_rtas_token_has_one_call),
};

static const struct CMUnitTest cpu_tests[] = {
	CPU_TEST(fwnmi_can_be_enabled_twice),
	CPU_TEST(a_bit_can_be_changed_alone),
	CPU_TEST(lpcr_ail_3_is_taken_where_the_capability_says_so),
	CPU_TEST(lpcr_ld_is_taken_where_the_decrementer_is_large),
	CPU_TEST(lpcr_ail_1_and_2_are_refused_and_change_nothing),
	CPU_TEST(lpcr_bits_of_the_host_are_refused),
	CPU_TEST(sprg0_takes_the_bits_of_the_mask),
	CPU_TEST(purr_can_be_read),
	CPU_TEST(the_time_base_can_be_read_and_not_set),
	CPU_TEST(debug_registers_keep_what_they_are_given),
	CPU_TEST(the_external_interrupt_can_be_raised_and_lowered),
	CPU_TEST(what_an_interrupt_sets_is_read_back),
};

static int run_cpu(void)
{
	return cmocka_run_group_tests_name(contract_name, cpu_tests, NULL,
					   NULL) +
	       contract_run_traps() + contract_run_save() +
	       contract_run_xive();
}

static int run_fakes(void)
{
	int failed = 0;

	for (unsigned int i = 0; papr_host_model_name(i); i++) {
		contract_name = papr_host_model_name(i);
		failed += cmocka_run_group_tests_name(contract_name, tests,
						      NULL, NULL) +
			  contract_run_tables();
		failed += run_cpu();
	}
	return failed;
}

static int run_live(void)
{
	contract_name = LIVE;
	return cmocka_run_group_tests_name(LIVE, tests, NULL, NULL) +
	       contract_run_tables() + run_cpu() + contract_run_live();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kvm", no_argument, NULL, 'k' },
		{ "model", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 }
	};
	bool live = contract_is_live(), must = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return 2;
		must = true;
		if (c == 'm')
			contract_model = optarg;
	}
	if (must && !live) {
		fprintf(stderr, "contract: there is no POWER KVM here\n");
		return 1;
	}
	return (live ? run_live() : run_fakes()) ? 1 : 0;
}
