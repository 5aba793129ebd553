/* SPDX-License-Identifier: BSD-2-Clause */
/* When a machine check comes that did not happen, and what became of it. */
#include "config.h"

#include <errno.h>

#include "tests/interrupts.h"

static int start(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 8 } });

	interrupts_register(p);
	*state = p;
	return 0;
}

static const struct papr_mc_info multihit = {
	.size = sizeof(multihit),
	.type = PAPR_MC_SLB,
	.subtype = PAPR_MC_SLB_MULTIHIT,
	.severity = PAPR_ELOG_ERROR_SYNC,
};

static const struct papr_mc_info lost = {
	.size = sizeof(lost),
	.type = PAPR_MC_UE,
	.severity = PAPR_ELOG_ERROR_SYNC,
	.disposition = PAPR_ELOG_NOT_RECOVERED,
};

/* The id, or a negative errno value. */
static int inject(struct partition *p, unsigned int on,
		  struct papr_injection what)
{
	struct papr_error error;
	uint64_t id = 0;
	int r;

	what.size = sizeof(what);
	if (!what.info)
		what.info = &multihit;
	r = papr_vcpu_inject_when(papr_vm_vcpu(p->vm, on), &what, &id, &error);
	return r ? r : (int)id;
}

static void assert_ended(struct partition *p, uint64_t id,
			 enum papr_outcome outcome, uint64_t pc, uint64_t msr)
{
	assert_int_equal(p->n_injected, 1);
	assert_int_equal(p->injected.id, id);
	assert_int_equal(p->injected.outcome, outcome);
	assert_int_equal(p->injected.pc, pc);
	assert_int_equal(p->injected.msr, msr);
	p->n_injected = 0;
}

static bool is_hit(struct partition *p, unsigned int on)
{
	return interrupts_regs(p, on)->pc == MACHINE_CHECK;
}

/* --- context */

static void it_waits_until_the_guest_is_in_its_context(void **state)
{
	static const struct {
		enum papr_context context;
		bool user, taken;
	} rows[] = {
		{ PAPR_CONTEXT_ANY, false, true },
		{ PAPR_CONTEXT_ANY, true, true },
		{ PAPR_CONTEXT_USER, false, false },
		{ PAPR_CONTEXT_USER, true, true },
		{ PAPR_CONTEXT_KERNEL, false, true },
		{ PAPR_CONTEXT_KERNEL, true, false },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t msr = GUEST_MSR | (rows[i].user ? MSR_PR : 0);
		int id = inject(p, 0, (struct papr_injection){
			.context = rows[i].context });

		assert_int_equal(id, i + 1);
		interrupts_regs(p, 0)->msr = msr;
		assert_int_equal(interrupts_take(p, 0), rows[i].taken ?
				 PAPR_INTERRUPT_NONE : PAPR_INTERRUPT_LATER);
		assert_int_equal(is_hit(p, 0), rows[i].taken);
		if (!rows[i].taken) {
			assert_int_equal(p->n_injected, 0);
			interrupts_regs(p, 0)->msr = msr ^= MSR_PR;
			interrupts_take(p, 0);
		}
		assert_ended(p, id, PAPR_OUTCOME_DELIVERED, GUEST_PC, msr);
		RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
		interrupts_reset_regs(p);
	}
}

/* --- hypercalls */

static void it_comes_after_the_call_it_waits_for(void **state)
{
	static const struct {
		uint64_t hcall, count;
		unsigned int after;	/* of the calls that are made here */
	} rows[] = {
		{ 0, 0, 1 },
		{ 0, 1, 1 },
		{ 0, 4, 4 },
		{ H_SET_SPRG0, 0, 1 },
		{ H_SET_SPRG0, 2, 3 },
		{ H_RANDOM, 1, 2 },
		{ H_RANDOM, 2, 4 },
		{ 0xabcd, 1, 6 },
	};
	static const uint64_t calls[] = {
		H_SET_SPRG0, H_RANDOM, H_SET_SPRG0, H_RANDOM, H_SET_SPRG0,
		0xabcd,
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		inject(p, 0, (struct papr_injection){
			.trigger = PAPR_TRIGGER_HCALL,
			.hcall = rows[i].hcall, .count = rows[i].count });
		for (unsigned int n = 1; n <= rows[i].after; n++) {
			assert_int_equal(interrupts_take(p, 0),
					 PAPR_INTERRUPT_NONE);
			assert_false(is_hit(p, 0));
			fake_host_clear_log(p->fake);
			HCALL(p, calls[n - 1]);
			assert_int_equal(fake_host_logged(p->fake,
							  "cpu 0: wake"),
					 n == rows[i].after);
		}
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
		assert_true(is_hit(p, 0));
		RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
		interrupts_reset_regs(p);
	}
}

static void calls_of_another_vcpu_do_not_count(void **state)
{
	struct partition *p = *state;

	inject(p, 1, (struct papr_injection){
		.trigger = PAPR_TRIGGER_HCALL });
	HCALL(p, H_SET_SPRG0);
	interrupts_take(p, 0);
	interrupts_take(p, 1);
	assert_int_equal(p->n_injected, 0);
	p->on = 1;
	HCALL(p, H_SET_SPRG0);
	interrupts_take(p, 1);
	assert_true(is_hit(p, 1));
	assert_int_equal(p->injected_index, 1);
}

static void after_the_call_its_context_is_waited_for(void **state)
{
	struct partition *p = *state;

	inject(p, 0, (struct papr_injection){
		.trigger = PAPR_TRIGGER_HCALL, .context = PAPR_CONTEXT_USER });
	interrupts_regs(p, 0)->msr |= MSR_PR;
	interrupts_take(p, 0);
	assert_false(is_hit(p, 0));
	HCALL(p, H_SET_SPRG0);
	interrupts_regs(p, 0)->msr = GUEST_MSR;
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
	interrupts_regs(p, 0)->msr |= MSR_PR;
	interrupts_take(p, 0);
	assert_true(is_hit(p, 0));
}

/* --- what became of it */

static void it_is_architected_without_a_handler(void **state)
{
	struct partition *p = *state;

	fwnmi_reset(p->vm);
	inject(p, 0, (struct papr_injection){ 0 });
	interrupts_take(p, 0);
	assert_ended(p, 1, PAPR_OUTCOME_ARCHITECTED, GUEST_PC, GUEST_MSR);
}

/* To vCPU 0, which is in its handler. */
static void inject_nested(struct partition *p, const struct papr_mc_info *info)
{
	inject(p, 0, (struct papr_injection){ 0 });
	interrupts_take(p, 0);
	p->n_injected = 0;
	interrupts_reset_regs(p);
	inject(p, 0, (struct papr_injection){ .info = info });
	interrupts_take(p, 0);
}

static void a_recovered_one_in_the_handler_is_dropped(void **state)
{
	struct partition *p = *state;

	inject_nested(p, &multihit);
	assert_ended(p, 2, PAPR_OUTCOME_DROPPED, GUEST_PC, GUEST_MSR);
	assert_int_equal(p->events, 0);
}

static void any_other_in_the_handler_is_a_checkstop(void **state)
{
	struct partition *p = *state;

	inject_nested(p, &lost);
	assert_ended(p, 2, PAPR_OUTCOME_CHECKSTOP, GUEST_PC, GUEST_MSR);
	assert_int_equal(p->events, 1);
	assert_int_equal(p->event, PAPR_EVENT_CHECKSTOP);
}

static void one_that_waits_for_the_interlock_has_not_ended(void **state)
{
	struct partition *p = *state;

	inject(p, 0, (struct papr_injection){ 0 });
	inject(p, 1, (struct papr_injection){ 0 });
	interrupts_take(p, 0);
	assert_ended(p, 1, PAPR_OUTCOME_DELIVERED, GUEST_PC, GUEST_MSR);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_WAIT);
	assert_int_equal(p->n_injected, 0);
	RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_ended(p, 2, PAPR_OUTCOME_DELIVERED, GUEST_PC, GUEST_MSR);
}

static void real_machine_check_ends_no_injection(void **state)
{
	struct partition *p = *state;

	inject(p, 0, (struct papr_injection){
		.trigger = PAPR_TRIGGER_HCALL });
	papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), true);
	interrupts_take(p, 0);
	assert_true(is_hit(p, 0));
	assert_int_equal(p->n_injected, 0);
}

static void release_of_the_interlock_is_told(void **state)
{
	struct partition *p = *state;

	RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	assert_int_equal(p->interlocks, 0);	/* nothing was held */
	inject(p, 1, (struct papr_injection){ 0 });
	interrupts_take(p, 1);
	assert_int_equal(p->interlocks, 0);
	p->on = 1;
	RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	assert_int_equal(p->interlocks, 1);
	assert_int_equal(p->interlock_index, 1);
}

/* --- taken back */

static const struct papr_injection whens[] = {
	{ .trigger = PAPR_TRIGGER_NOW },
	{ .trigger = PAPR_TRIGGER_NOW, .context = PAPR_CONTEXT_USER },
	{ .trigger = PAPR_TRIGGER_HCALL },
	{ .trigger = PAPR_TRIGGER_PC, .first = 0x1000 },
};

static void cancelled_one_does_not_come(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(whens); i++) {
		int id = inject(p, 0, whens[i]);

		assert_int_equal(papr_vm_cancel_injection(p->vm, id, NULL), 0);
		assert_ended(p, id, PAPR_OUTCOME_CANCELLED, 0, 0);
		HCALL(p, H_SET_SPRG0);
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
		assert_false(is_hit(p, 0));
	}
}

static void one_that_waits_for_the_interlock_can_be_cancelled(void **state)
{
	struct partition *p = *state;

	inject(p, 0, (struct papr_injection){ 0 });
	inject(p, 1, (struct papr_injection){ 0 });
	interrupts_take(p, 0);
	interrupts_take(p, 1);
	p->n_injected = 0;
	assert_int_equal(papr_vm_cancel_injection(p->vm, 2, NULL), 0);
	assert_ended(p, 2, PAPR_OUTCOME_CANCELLED, 0, 0);
	RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_false(is_hit(p, 1));
}

static void what_does_not_wait_cannot_be_cancelled(void **state)
{
	struct partition *p = *state;
	struct papr_error error = { "" };

	inject(p, 0, (struct papr_injection){ 0 });
	interrupts_take(p, 0);
	for (uint64_t id = 0; id < 3; id++) {
		assert_int_equal(papr_vm_cancel_injection(p->vm, id, &error),
				 -ENOENT);
		assert_non_null(strstr(error.text, "no injection"));
	}
}

static void try_to_cancel(void *vmm, uint64_t gpa, uint64_t len)
{
	struct partition *p = vmm;

	(void)gpa;
	(void)len;
	p->vmm_ret = papr_vm_cancel_injection(p->vm, 1, NULL);
}

static void cancel_meanwhile(struct partition *p,
			     struct papr_host_ops *host_ops,
			     struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->dirty = try_to_cancel;
}

/* Its log is being written. */
static void one_on_its_way_cannot_be_cancelled(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.tweak = cancel_meanwhile });

	(void)state;
	atomic_store(&p->vm->nmi_machine_check, MACHINE_CHECK);
	assert_int_equal(inject(p, 0, (struct papr_injection){ 0 }), 1);
	interrupts_take(p, 0);
	assert_int_equal(p->vmm_ret, -EBUSY);
	assert_ended(p, 1, PAPR_OUTCOME_DELIVERED, GUEST_PC, GUEST_MSR);
	partition_free(p);
}

static void what_waits_is_gone_when_its_vcpu_stops(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(whens); i++) {
		int id = inject(p, 1, whens[i]);
		struct papr_entry entry = { 0 };

		p->on = 1;
		RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
		assert_ended(p, id, PAPR_OUTCOME_CANCELLED, 0, 0);
		assert_int_equal(inject(p, 1, whens[i]), -EAGAIN);
		papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 1), &entry);
		papr_vcpu_start(papr_vm_vcpu(p->vm, 1), &entry);
		papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 1), &entry);
	}
}

static void what_waits_is_gone_after_a_reset(void **state)
{
	struct partition *p = *state;

	inject(p, 0, whens[0]);
	inject(p, 1, whens[2]);
	fwnmi_reset(p->vm);
	assert_int_equal(p->n_injected, 2);
	assert_int_equal(p->injected.outcome, PAPR_OUTCOME_CANCELLED);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_false(is_hit(p, 0));
}

/* --- asked for */

static void what_waits_is_listed(void **state)
{
	struct partition *p = *state;
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 1);
	struct papr_mc_info info = { .size = sizeof(info) };
	struct papr_mc_info none = { 0 };
	uint64_t id = 0;

	assert_int_equal(papr_vcpu_injection(vcpu, &id, &info), -ENOENT);
	inject(p, 1, (struct papr_injection){ .info = &lost });
	assert_int_equal(papr_vcpu_injection(vcpu, &id, &info), 0);
	assert_int_equal(id, 1);
	assert_int_equal(info.type, PAPR_MC_UE);
	assert_int_equal(papr_vcpu_injection(vcpu, &id, &none), -EINVAL);
	interrupts_take(p, 1);
	assert_int_equal(papr_vcpu_injection(vcpu, &id, &info), -ENOENT);
}

static void one_waits_at_a_time_whatever_for(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(whens); i++) {
		int id = inject(p, 0, whens[i]);

		for (size_t j = 0; j < ARRAY_SIZE(whens); j++)
			assert_int_equal(inject(p, 0, whens[j]), -EBUSY);
		assert_int_equal(id, i + 1);
		papr_vm_cancel_injection(p->vm, id, NULL);
	}
}

static void wrong_ones_are_refused_in_words(void **state)
{
	static const struct {
		struct papr_injection what;
		int r;
		const char *words;
	} rows[] = {
		{ { .size = 0 }, -EINVAL, "no size" },
		{ { .size = sizeof(struct papr_injection) }, -EINVAL,
		  "needs a machine check" },
		{ { .size = sizeof(struct papr_injection), .info = &multihit,
		    .context = 3 }, -EINVAL, "3 is no context" },
		{ { .size = sizeof(struct papr_injection), .info = &multihit,
		    .trigger = 3 }, -EINVAL, "3 is no trigger" },
		{ { .size = sizeof(struct papr_injection), .info = &multihit,
		    .count = 1 }, -EINVAL, "calls are counted only" },
		{ { .size = sizeof(struct papr_injection), .info = &multihit,
		    .hcall = 4 }, -EINVAL, "calls are counted only" },
		{ { .size = sizeof(struct papr_injection), .info = &multihit,
		    .first = 4 }, -EINVAL, "addresses matter only" },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_error error = { "" };

		assert_int_equal(papr_vcpu_inject_when(
			papr_vm_vcpu(p->vm, 0), &rows[i].what, NULL, &error),
			rows[i].r);
		if (!strstr(error.text, rows[i].words))
			fail_msg("%s: %s", rows[i].words, error.text);
	}
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(inject(p, 0, whens[0]), 1);
}

static void outcomes_have_names(void **state)
{
	(void)state;
	assert_string_equal(papr_outcome_name(PAPR_OUTCOME_DELIVERED),
			    "delivered");
	assert_string_equal(papr_outcome_name(PAPR_OUTCOME_CANCELLED),
			    "cancelled");
	assert_null(papr_outcome_name(PAPR_OUTCOME_CANCELLED + 1));
	assert_null(papr_outcome_name(-1));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(it_waits_until_the_guest_is_in_its_context),
		TEST(it_comes_after_the_call_it_waits_for),
		TEST(calls_of_another_vcpu_do_not_count),
		TEST(after_the_call_its_context_is_waited_for),
		TEST(it_is_architected_without_a_handler),
		TEST(a_recovered_one_in_the_handler_is_dropped),
		TEST(any_other_in_the_handler_is_a_checkstop),
		TEST(one_that_waits_for_the_interlock_has_not_ended),
		TEST(real_machine_check_ends_no_injection),
		TEST(release_of_the_interlock_is_told),
		TEST(cancelled_one_does_not_come),
		TEST(one_that_waits_for_the_interlock_can_be_cancelled),
		TEST(what_does_not_wait_cannot_be_cancelled),
		cmocka_unit_test(one_on_its_way_cannot_be_cancelled),
		TEST(what_waits_is_gone_when_its_vcpu_stops),
		TEST(what_waits_is_gone_after_a_reset),
		TEST(what_waits_is_listed),
		TEST(one_waits_at_a_time_whatever_for),
		TEST(wrong_ones_are_refused_in_words),
		cmocka_unit_test(outcomes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
