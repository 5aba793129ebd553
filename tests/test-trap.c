/* SPDX-License-Identifier: BSD-2-Clause */
/* Machine checks that wait for an instruction, and their breakpoints. */
#include "config.h"

#include <errno.h>

#include "tests/interrupts.h"

#define LINEAR	0xc000000000000000ull
#define PLACE	0x10000ull	/* where breakpoints go */

static const struct papr_mc_info multihit = {
	.size = sizeof(multihit),
	.type = PAPR_MC_SLB,
	.subtype = PAPR_MC_SLB_MULTIHIT,
	.severity = PAPR_ELOG_ERROR_SYNC,
};

/* Every word of RAM is told from its neighbours. */
static int start(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 8 } });

	interrupts_register(p);
	for (uint64_t at = PLACE; at < PLACE + 0x8000; at += 4)
		store_be32(p->ram + at, 0x60000000 + at);
	*state = p;
	return 0;
}

static int try(struct partition *p, unsigned int on, uint64_t first,
	       uint64_t last, enum papr_context context,
	       struct papr_error *error)
{
	const struct papr_injection what = {
		.size = sizeof(what),
		.info = &multihit,
		.context = context,
		.trigger = PAPR_TRIGGER_PC,
		.first = first,
		.last = last,
	};
	uint64_t id;
	int r = papr_vcpu_inject_when(papr_vm_vcpu(p->vm, on), &what, &id,
				      error);

	p->n_dirty = 0;
	return r ? r : (int)id;
}

static int inject(struct partition *p, unsigned int on, uint64_t first,
		  uint64_t last)
{
	return try(p, on, first, last, PAPR_CONTEXT_ANY, NULL);
}

/* Are exactly the @n words from @gpa on breakpoints? */
static void assert_planted(struct partition *p, uint64_t gpa, uint32_t n)
{
	for (uint64_t at = PLACE; at < PLACE + 0x8000; at += 4) {
		bool there = at - gpa < 4ull * n;

		if (load_be32(p->ram + at) !=
		    (there ? FAKE_TRAP_WORD : 0x60000000 + at))
			fail_msg("0x%llx is 0x%x", (unsigned long long)at,
				 load_be32(p->ram + at));
	}
}

/* What the host was told last. */
static bool host_traps(struct partition *p, unsigned int on)
{
	bool second = papr_vm_vcpu(p->vm, on)->id;

	return fake_host_count(p->fake, second ? "cpu 8: trap on" :
						 "cpu 0: trap on") >
	       fake_host_count(p->fake, second ? "cpu 8: trap off" :
						 "cpu 0: trap off");
}

/* vCPU @on is at @pc, where it was stopped. */
static int trapped(struct partition *p, unsigned int on, uint64_t pc)
{
	interrupts_regs(p, on)->pc = pc;
	assert_int_equal(papr_vcpu_trapped(papr_vm_vcpu(p->vm, on)), 0);
	return interrupts_take(p, on);
}

static bool is_hit(struct partition *p, unsigned int on)
{
	return interrupts_regs(p, on)->pc == MACHINE_CHECK;
}

static void each_word_of_the_range_is_a_breakpoint(void **state)
{
	static const struct {
		uint64_t first, last, gpa;
		uint32_t n;
	} rows[] = {
		{ PLACE, 0, PLACE, 1 },
		{ PLACE + 4, PLACE + 4, PLACE + 4, 1 },
		{ PLACE, PLACE + 4, PLACE, 2 },
		{ LINEAR + PLACE + 8, LINEAR + PLACE + 0x20, PLACE + 8, 7 },
		{ PLACE, PLACE + 0x3ffc, PLACE, 4096 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int id = inject(p, 0, rows[i].first, rows[i].last);

		assert_true(id > 0);
		assert_planted(p, rows[i].gpa, rows[i].n);
		assert_true(host_traps(p, 0) && host_traps(p, 1));
		papr_vm_cancel_injection(p->vm, id, NULL);
		assert_planted(p, 0, 0);
		assert_false(host_traps(p, 0) || host_traps(p, 1));
	}
}

static void wrong_ranges_are_refused_in_words(void **state)
{
	static const struct {
		uint64_t first, last;
		const char *words;
	} rows[] = {
		{ PLACE + 2, 0, "not addresses of instructions" },
		{ PLACE, PLACE + 6, "not addresses of instructions" },
		{ PLACE + 4, PLACE, "not addresses of instructions" },
		{ PLACE, PLACE + 0x4000, "more than 4096 instructions" },
		{ PLACE, LINEAR + PLACE, "neither in the kernel's linear" },
		{ LINEAR + PLACE, PLACE, "neither in the kernel's linear" },
		{ 0xd000000000000000, 0, "neither in the kernel's linear" },
		{ 0xfffffffffffffffc, 0, "neither in the kernel's linear" },
		{ 0x1000000000000000, 0, "neither in the kernel's linear" },
		{ RAM_SIZE, 0, "not RAM" },
		{ RAM_SIZE - 4, RAM_SIZE, "not RAM" },
		{ LINEAR + RAM_SIZE, 0, "not RAM" },
		{ ROM_BASE, 0, "not RAM" },
		{ 0x0ffffffffffffffc, 0, "not RAM" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_error error = { "" };

		assert_int_equal(try(p, 0, rows[i].first, rows[i].last, 0,
				     &error), -EINVAL);
		if (!strstr(error.text, rows[i].words))
			fail_msg("%s: %s", rows[i].words, error.text);
	}
	assert_planted(p, 0, 0);
	assert_false(fake_host_logged(p->fake, "cpu 0: trap on"));
	assert_int_equal(inject(p, 0, RAM_SIZE - 4, 0), 1);
}

static void it_hits_where_it_was_aimed(void **state)
{
	struct partition *p = *state;

	inject(p, 0, LINEAR + PLACE, LINEAR + PLACE + 8);
	interrupts_regs(p, 0)->msr |= MSR_IR;
	assert_int_equal(trapped(p, 0, LINEAR + PLACE + 4),
			 PAPR_INTERRUPT_NONE);
	assert_true(is_hit(p, 0));
	assert_int_equal(interrupts_regs(p, 0)->srr0, LINEAR + PLACE + 4);
	assert_int_equal(p->injected.outcome, PAPR_OUTCOME_DELIVERED);
	assert_int_equal(p->injected.pc, LINEAR + PLACE + 4);
	assert_planted(p, 0, 0);
	assert_false(host_traps(p, 0) || host_traps(p, 1));
}

/* What is no hit is passed over, and waited for again. */
static void it_hits_only_where_and_when_it_may(void **state)
{
	static const struct {
		uint64_t pc, msr;
		enum papr_context context;
		bool hit;
	} rows[] = {
		{ PLACE, MSR_SF | MSR_RI, 0, true },
		{ LINEAR + PLACE, MSR_SF | MSR_RI, 0, true },
		{ LINEAR + PLACE, MSR_SF | MSR_RI | MSR_IR, 0, true },
		{ PLACE + 8, MSR_SF | MSR_RI, 0, true },
		{ PLACE, MSR_SF | MSR_RI | MSR_IR, 0, false },
		{ PLACE - 4, MSR_SF | MSR_RI, 0, false },
		{ PLACE + 12, MSR_SF | MSR_RI, 0, false },
		{ PLACE, MSR_SF, 0, false },
		{ PLACE, MSR_RI, 0, false },
		{ PLACE, MSR_SF | MSR_RI, PAPR_CONTEXT_USER, false },
		{ PLACE, MSR_SF | MSR_RI | MSR_PR, PAPR_CONTEXT_USER, true },
		{ PLACE, MSR_SF | MSR_RI | MSR_PR, PAPR_CONTEXT_KERNEL,
		  false },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int id = try(p, 0, PLACE, PLACE + 8, rows[i].context, NULL);

		interrupts_regs(p, 0)->msr = rows[i].msr;
		assert_int_equal(trapped(p, 0, rows[i].pc), rows[i].hit ?
				 PAPR_INTERRUPT_NONE : PAPR_INTERRUPT_LATER);
		assert_int_equal(is_hit(p, 0), rows[i].hit);
		if (!rows[i].hit) {
			assert_planted(p, 0, 0);
			assert_int_equal(interrupts_take(p, 0),
					 PAPR_INTERRUPT_NONE);
			assert_planted(p, PLACE, 3);
			papr_vm_cancel_injection(p->vm, id, NULL);
		}
		RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
		interrupts_reset_regs(p);
		p->n_dirty = 0;
	}
}

static void other_vcpu_passes_over_it(void **state)
{
	struct partition *p = *state;

	inject(p, 0, PLACE, 0);
	assert_int_equal(trapped(p, 1, LINEAR + PLACE), PAPR_INTERRUPT_LATER);
	assert_int_equal(interrupts_regs(p, 1)->pc, LINEAR + PLACE);
	assert_planted(p, 0, 0);
	/* Were it an instruction of the guest, KVM would see to it now. */
	assert_true(host_traps(p, 0) && !host_traps(p, 1));
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_planted(p, PLACE, 1);
	assert_true(host_traps(p, 0) && host_traps(p, 1));
	assert_int_equal(trapped(p, 0, LINEAR + PLACE), PAPR_INTERRUPT_NONE);
	assert_true(is_hit(p, 0));
}

/* Both came to it before either was asked. */
static void hit_counts_although_another_passes(void **state)
{
	struct partition *p = *state;

	inject(p, 0, PLACE, 0);
	trapped(p, 1, LINEAR + PLACE);
	assert_int_equal(trapped(p, 0, LINEAR + PLACE), PAPR_INTERRUPT_NONE);
	assert_true(is_hit(p, 0));
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_planted(p, 0, 0);
	assert_false(host_traps(p, 0) || host_traps(p, 1));
}

static void vcpu_that_stops_while_it_passes_lets_them_be_planted(void **state)
{
	struct partition *p = *state;

	inject(p, 0, PLACE, 0);
	trapped(p, 1, LINEAR + PLACE);
	p->on = 1;
	RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
	assert_planted(p, PLACE, 1);
}

static void ranges_may_overlap(void **state)
{
	struct partition *p = *state;

	inject(p, 0, PLACE, PLACE + 8);
	inject(p, 1, PLACE + 4, PLACE + 12);
	assert_planted(p, PLACE, 4);
	assert_int_equal(trapped(p, 0, LINEAR + PLACE + 4),
			 PAPR_INTERRUPT_NONE);
	assert_true(is_hit(p, 0));
	assert_planted(p, PLACE + 4, 3);
	assert_true(host_traps(p, 0));
	papr_vm_cancel_injection(p->vm, 2, NULL);
	assert_planted(p, 0, 0);
}

static void what_the_guest_writes_over_one_stays(void **state)
{
	struct partition *p = *state;
	int id = inject(p, 0, PLACE, PLACE + 8);

	store_be32(p->ram + PLACE + 4, 0x4e800020);
	papr_vm_cancel_injection(p->vm, id, NULL);
	assert_int_equal(load_be32(p->ram + PLACE + 4), 0x4e800020);
	store_be32(p->ram + PLACE + 4, 0x60000000 + PLACE + 4);
	assert_planted(p, 0, 0);
}

/* It goes where that one sends it, and comes back. */
static void real_machine_check_comes_first(void **state)
{
	struct partition *p = *state;

	inject(p, 0, PLACE, 0);
	papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), true);
	trapped(p, 0, LINEAR + PLACE);
	assert_true(is_hit(p, 0));
	assert_int_equal(p->n_injected, 0);
	interrupts_take(p, 0);
	assert_planted(p, PLACE, 1);
}

/*
 * A host may read the instruction that has stopped a vCPU once more, and one
 * that is emulated may go on with those that were changed under its feet.
 */
static void they_change_while_no_vcpu_runs(void **state)
{
	static const char log[] = "cpu 0: hold on\ncpu 8: hold on\n"
				  "cpu 0: hold off\ncpu 8: hold off\n";
	struct partition *p = *state;
	int id = inject(p, 0, PLACE, 0);

	p->held_when_dirty = "cpu 8: hold on";
	p->n_dirty = 0;
	trapped(p, 1, LINEAR + PLACE);
	assert_int_equal(p->n_dirty, 1);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_int_equal(p->n_dirty, 2);
	fake_host_clear_log(p->fake);
	papr_vm_cancel_injection(p->vm, id, NULL);
	assert_int_equal(p->n_dirty, 3);
	assert_memory_equal(fake_host_log(p->fake), log, strlen(log));
}

static void they_are_gone_with_the_vm(void **state)
{
	struct partition *p = *state;

	inject(p, 0, PLACE, PLACE + 8);
	inject(p, 1, PLACE, PLACE + 8);
	fwnmi_reset(p->vm);
	assert_planted(p, 0, 0);
	inject(p, 0, PLACE, PLACE + 8);
	assert_planted(p, PLACE, 3);
	/* partition_end() has the sanitizer look for the rest. */
}

static void writes_are_reported(void **state)
{
	struct partition *p = *state;
	const struct papr_injection what = {
		.size = sizeof(what), .info = &multihit,
		.trigger = PAPR_TRIGGER_PC, .first = PLACE, .last = PLACE + 8,
	};
	uint64_t id;

	assert_int_equal(papr_vcpu_inject_when(papr_vm_vcpu(p->vm, 0), &what,
					       &id, NULL), 0);
	for (size_t i = 0; i < p->n_dirty; i++) {
		assert_int_equal(p->dirty[i].gpa, PLACE);
		assert_int_equal(p->dirty[i].len, 12);
	}
	assert_true(p->n_dirty > 0);
	p->n_dirty = 0;
	papr_vm_cancel_injection(p->vm, id, NULL);
	assert_dirty(p, PLACE, 12);
}

static void host_that_refuses_one_vcpu_has_none(void **state)
{
	struct partition *p = *state;
	struct papr_error error = { "" };

	fake_host_fail(p->fake, FAKE_TRAP, 2, EOPNOTSUPP);
	assert_int_equal(try(p, 0, PLACE, 0, 0, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "the host gives vCPU 8 no "
			    "breakpoints: it takes them for illegal "
			    "instructions");
	assert_planted(p, 0, 0);
	assert_false(host_traps(p, 0) || host_traps(p, 1));
	assert_int_equal(inject(p, 0, PLACE, 0), 1);
}

static void exit_without_breakpoints_is_the_programs(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vcpu_trapped(papr_vm_vcpu(p->vm, 0)), -ENOENT);
	papr_vm_cancel_injection(p->vm, inject(p, 0, PLACE, 0), NULL);
	/* One may come late. */
	assert_int_equal(trapped(p, 1, LINEAR + PLACE), PAPR_INTERRUPT_LATER);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
}

static void take_traps(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->trap = NULL;
}

static void host_without_breakpoints_says_so(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.tweak = take_traps });
	struct papr_error error = { "" };

	(void)state;
	assert_int_equal(try(p, 0, PLACE, 0, 0, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "the host has no breakpoints");
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(each_word_of_the_range_is_a_breakpoint),
		TEST(wrong_ranges_are_refused_in_words),
		TEST(it_hits_where_it_was_aimed),
		TEST(it_hits_only_where_and_when_it_may),
		TEST(other_vcpu_passes_over_it),
		TEST(hit_counts_although_another_passes),
		TEST(vcpu_that_stops_while_it_passes_lets_them_be_planted),
		TEST(ranges_may_overlap),
		TEST(what_the_guest_writes_over_one_stays),
		TEST(real_machine_check_comes_first),
		TEST(they_change_while_no_vcpu_runs),
		TEST(they_are_gone_with_the_vm),
		TEST(writes_are_reported),
		TEST(host_that_refuses_one_vcpu_has_none),
		TEST(exit_without_breakpoints_is_the_programs),
		cmocka_unit_test(host_without_breakpoints_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
