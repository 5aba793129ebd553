/* SPDX-License-Identifier: BSD-2-Clause */
/* Machine checks: registration, the way to the guest, the interlock. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/interrupts.h"
#include "tests/tree.h"

/* vCPUs 0 and 8. */
#define CONFIG	{ .cores = 2, .vsmt = 8, .fwnmi = PAPR_SWITCH_ON }
#define PLAIN	{ .config = CONFIG }
#define NESTED	{ .host = "nested", .config = CONFIG }

#define EA	0xc000000012340000ull

/* SRR1 and DSISR of an SLB multihit of a load. */
#define SRR1_DATA	0x200000ull
#define DSISR_SLB	0x80u

/* The partition's vCPUs run, nothing is registered. */
static int bare(void **state)
{
	*state = interrupts_new(&(struct partition_setup)PLAIN);
	return 0;
}

static int registered(void **state)
{
	bare(state);
	interrupts_register(*state);
	return 0;
}

/* What KVM leaves after a machine check of a load at @regs->pc. */
static void check_happens(struct partition *p, unsigned int on, bool recovered)
{
	struct papr_regs *regs = interrupts_regs(p, on);

	regs->srr0 = regs->pc;
	regs->srr1 = regs->msr | SRR1_DATA;
	regs->msr |= SRR1_DATA;
	regs->dar = EA;
	regs->dsisr = DSISR_SLB;
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, on),
						 recovered), 0);
}

static int32_t nmi_interlock(struct partition *p, unsigned int on)
{
	int32_t status;

	p->on = on;
	status = RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	p->on = 0;
	return status;
}

/* The handler is to run with the log, not the guest of before. */
static void assert_delivered(struct partition *p, unsigned int on)
{
	struct papr_regs *regs = interrupts_regs(p, on);

	assert_int_equal(regs->pc, MACHINE_CHECK);
	assert_int_equal(regs->r3, LOG);
	assert_int_equal(load_be64(p->ram + LOG), GUEST_R3 + on);
}

/* A field of the log in the guest's memory. */
static const char *log_field(struct partition *p, const char *path)
{
	static char text[2 * PAPR_ELOG_MAX];
	struct papr_elog *elog;
	struct papr_error error;

	if (papr_elog_decode(p->ram + LOG + 8, PAPR_ELOG_MAX, &elog, &error) ||
	    papr_elog_get(elog, path, text, sizeof(text), &error))
		fail_msg("%s", error.text);
	papr_elog_free(elog);
	return text;
}

static void both_handlers_must_be_instructions_in_ram_below_32_mib(void **state)
{
	static const struct {
		const char *what;
		uint32_t address;
		int32_t status;
	} rows[] = {
		{ "first word", 0, RTAS_SUCCESS },
		{ "Linux's", 0x1990, RTAS_SUCCESS },
		{ "last word of RAM", RAM_SIZE - 4, RTAS_SUCCESS },
		{ "not in RAM", RAM_SIZE, RTAS_PARAMETER_ERROR },
		{ "not aligned", 0x1992, RTAS_PARAMETER_ERROR },
		{ "after a hole", ROM_BASE, RTAS_PARAMETER_ERROR },
		{ "32 MiB", 32 << 20, RTAS_PARAMETER_ERROR },
		{ "the last", UINT32_MAX, RTAS_PARAMETER_ERROR },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int32_t a = RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1,
				 rows[i].address, 0x100);
		int32_t b = RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1,
				 0x100, rows[i].address);

		if (a != rows[i].status || b != rows[i].status)
			fail_msg("%s: %d, %d", rows[i].what, a, b);
	}
}

static void kernel_hands_over_machine_checks_from_registration_on(void **state)
{
	struct partition *p = *state;

	assert_false(fake_host_logged(p->fake, "cpu 8: enable_fwnmi"));
	p->on = 1;
	interrupts_register(p);
	assert_true(fake_host_logged(p->fake, "cpu 8: enable_fwnmi"));
	/* And with each, as a guest is saved without it. */
	interrupts_register(p);
	assert_int_equal(fake_host_count(p->fake, "cpu 8: enable_fwnmi"), 2);
}

static void registration_that_the_kernel_refuses_is_none(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_ENABLE_FWNMI, 1, EINVAL);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1,
			      SYSTEM_RESET, MACHINE_CHECK),
			 RTAS_HARDWARE_ERROR);
	assert_int_equal(nmi_interlock(p, 0), RTAS_PARAMETER_ERROR);
}

static void interlock_needs_registration_but_not_to_be_held(void **state)
{
	struct partition *p = *state;

	assert_int_equal(nmi_interlock(p, 0), RTAS_PARAMETER_ERROR);
	interrupts_register(p);
	assert_int_equal(nmi_interlock(p, 0), RTAS_SUCCESS);
	assert_int_equal(nmi_interlock(p, 1), RTAS_SUCCESS);
}

static bool tree_has_call(struct partition *p, const char *name)
{
	void *fdt = tree_of(p, NULL);
	bool has = tree_has(fdt, "/rtas", name);

	free(fdt);
	return has;
}

static void without_fwnmi_there_are_no_such_calls(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .fwnmi = PAPR_SWITCH_OFF } });

	(void)state;
	assert_false(tree_has_call(p, "ibm,nmi-register"));
	assert_false(tree_has_call(p, "ibm,nmi-interlock"));
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_nmi_register, 2, 1, 0x100,
			      0x200), RTAS_PARAMETER_ERROR);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1),
			 RTAS_PARAMETER_ERROR);
	assert_false(fake_host_logged(p->fake, "cpu 0: enable_fwnmi"));
	partition_free(p);
}

static void with_fwnmi_the_device_tree_has_both_calls(void **state)
{
	assert_true(tree_has_call(*state, "ibm,nmi-register"));
	assert_true(tree_has_call(*state, "ibm,nmi-interlock"));
}

static void machine_check_runs_the_handler_as_lopar_has_it(void **state)
{
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 1);

	check_happens(p, 1, false);
	assert_true(fake_host_logged(p->fake, "cpu 8: wake"));
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 1);
	assert_int_equal(regs->msr, MSR_SF | MSR_ME);
	assert_int_equal(regs->srr0, GUEST_PC);
	assert_int_equal(regs->srr1, GUEST_MSR | SRR1_DATA);
	assert_int_equal(regs->dar, EA);
	assert_int_equal(regs->dsisr, DSISR_SLB);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
}

static void handler_runs_in_the_byte_order_the_guest_has_chosen(void **state)
{
	struct partition *p = *state;

	HCALL(p, H_SET_MODE, 1, 4, 0, 0);
	check_happens(p, 0, false);
	interrupts_take(p, 0);
	assert_int_equal(interrupts_regs(p, 0)->msr, MSR_SF | MSR_ME | MSR_LE);
}

static void log_says_what_it_was(void **state)
{
	static const struct {
		const char *path, *text;
	} fields[] = {
		{ "header.severity", "error-sync" },
		{ "header.disposition", "not-recovered" },
		{ "header.initiator", "cpu" },
		{ "MC.type", "slb" },
		{ "MC.subtype", "multihit" },
		{ "MC.effective_address", "0xc000000012340000" },
		{ "MC.processor_id", "0x00000008" },
		{ "PH.platform_log_id", "1" },
		{ "PH.date", "20010909" },
	};
	struct partition *p = *state;

	p->clock_ns = 1000000000ull * 1000000000;
	check_happens(p, 1, false);
	interrupts_take(p, 1);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strstr(log_field(p, fields[i].path), fields[i].text))
			fail_msg("%s is %s", fields[i].path,
				 log_field(p, fields[i].path));
	assert_int_equal(papr_elog_validate(p->ram + LOG + 8, 8 +
					    load_be32(p->ram + LOG + 12),
					    NULL, NULL), 0);
}

static void recovery_is_believed_of_bare_metal_alone(void **state)
{
	static const struct {
		struct partition_setup setup;
		bool recovered;
		const char *disposition;
	} rows[] = {
		{ PLAIN, true, "fully-recovered" },
		{ PLAIN, false, "not-recovered" },
		{ NESTED, true, "not-recovered" },
		{ NESTED, false, "not-recovered" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = interrupts_new(&rows[i].setup);

		interrupts_register(p);
		check_happens(p, 0, rows[i].recovered);
		interrupts_take(p, 0);
		assert_string_equal(log_field(p, "header.disposition"),
				    rows[i].disposition);
		partition_free(p);
	}
}

static void late_store_error_is_never_recovered(void **state)
{
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 0);

	regs->srr1 = GUEST_MSR | 0x08340000;
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), true),
			 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 0);
	assert_string_equal(log_field(p, "header.severity"), "fatal");
	assert_string_equal(log_field(p, "header.disposition"),
			    "not-recovered");
}

static void second_vcpu_waits_until_the_first_has_read_its_log(void **state)
{
	struct partition *p = *state;
	struct papr_regs before;

	check_happens(p, 0, false);
	check_happens(p, 1, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	before = *interrupts_regs(p, 1);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_WAIT);
	assert_memory_equal(interrupts_regs(p, 1), &before, sizeof(before));
	assert_delivered(p, 0);

	fake_host_clear_log(p->fake);
	assert_int_equal(nmi_interlock(p, 0), RTAS_SUCCESS);
	assert_string_equal(fake_host_log(p->fake), "cpu 8: wake\n");
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 1);
}

static void interlock_of_another_is_not_released(void **state)
{
	struct partition *p = *state;

	check_happens(p, 0, false);
	interrupts_take(p, 0);
	assert_int_equal(nmi_interlock(p, 1), RTAS_SUCCESS);
	check_happens(p, 1, false);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_WAIT);
}

static void machine_check_in_the_handler_is_dropped_if_recovered(void **state)
{
	struct partition *p = *state;

	check_happens(p, 0, false);
	interrupts_take(p, 0);
	interrupts_regs(p, 0)->r3 = 1;
	check_happens(p, 0, true);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(p->events, 0);
	assert_int_equal(p->logs, 1);
	assert_non_null(strstr(p->log, "slb"));
	assert_int_equal(load_be64(p->ram + LOG), GUEST_R3);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
}

static void machine_check_in_the_handler_is_the_end_if_not(void **state)
{
	struct partition *p = *state;

	check_happens(p, 0, false);
	interrupts_take(p, 0);
	check_happens(p, 0, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_WAIT);
	assert_int_equal(p->events, 1);
	assert_int_equal(p->event, PAPR_EVENT_CHECKSTOP);
	assert_non_null(strstr(p->event_text, "still in its handler"));
	/* It never runs again, and it is said once. */
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_WAIT);
	assert_int_equal(p->events, 1);
}

static void next_machine_check_after_the_interlock_is_delivered(void **state)
{
	struct partition *p = *state;

	for (unsigned int i = 0; i < 3; i++) {
		interrupts_reset_regs(p);
		check_happens(p, 0, false);
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
		assert_delivered(p, 0);
		nmi_interlock(p, 0);
	}
	assert_string_equal(log_field(p, "PH.platform_log_id") + 9, "3");
}

static void without_a_handler_it_is_the_processors_interrupt(void **state)
{
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 0);

	check_happens(p, 0, true);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(regs->pc, 0x200);
	assert_int_equal(regs->msr, MSR_SF);
	assert_int_equal(regs->srr0, GUEST_PC);
	assert_int_equal(regs->srr1, GUEST_MSR | SRR1_DATA);
	assert_int_equal(regs->r3, GUEST_R3);
	assert_clean(p);
}

static void without_a_handler_and_msr_me_it_is_the_end(void **state)
{
	struct partition *p = *state;

	interrupts_regs(p, 0)->msr &= ~MSR_ME;
	check_happens(p, 0, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_WAIT);
	assert_int_equal(p->event, PAPR_EVENT_CHECKSTOP);
	assert_non_null(strstr(p->event_text, "MSR[ME]"));
}

static void machine_check_in_rtas_comes_when_the_guest_is_out(void **state)
{
	static const struct {
		uint64_t pc, msr;
	} rows[] = {
		{ RTAS_BASE, GUEST_MSR },
		{ RTAS_BASE + 0x10, MSR_ME | MSR_RI },
		{ 0x1234, MSR_ME | MSR_RI },	/* 32 bits, on the way back */
	};
	struct partition *p = *state;
	struct papr_regs *regs = interrupts_regs(p, 0);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		interrupts_reset_regs(p);
		regs->pc = rows[i].pc;
		regs->msr = rows[i].msr;
		check_happens(p, 0, false);
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
		assert_int_equal(regs->pc, rows[i].pc);

		interrupts_reset_regs(p);
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
		assert_delivered(p, 0);
		assert_int_equal(regs->srr0, GUEST_PC);
		assert_int_equal(regs->srr1, GUEST_MSR | SRR1_DATA);
		assert_int_equal(regs->dar, EA);
		nmi_interlock(p, 0);
	}
}

static void machine_check_that_comes_again_in_rtas_is_not_put_off(void **state)
{
	struct partition *p = *state;

	interrupts_regs(p, 0)->pc = RTAS_BASE;
	check_happens(p, 0, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_LATER);
	check_happens(p, 0, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 0);
}

static void real_machine_check_does_not_wait_for_msr_ri(void **state)
{
	struct partition *p = *state;

	interrupts_regs(p, 0)->msr &= ~MSR_RI;
	check_happens(p, 0, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 0);
	assert_false(interrupts_regs(p, 0)->srr1 & MSR_RI);
}

static void host_that_fails_is_an_error_and_nothing_is_lost(void **state)
{
	struct partition *p = *state;

	check_happens(p, 0, false);
	fake_host_fail(p->fake, FAKE_GET_REGS, 1, EIO);
	assert_int_equal(interrupts_take(p, 0), -EIO);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 0);
	fake_host_fail(p->fake, FAKE_GET_REGS, 1, EIO);
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), 0),
			 -EIO);
}

static void vcpu_that_stops_leaves_its_interlock_to_others(void **state)
{
	struct partition *p = *state;

	check_happens(p, 1, false);
	interrupts_take(p, 1);
	check_happens(p, 0, false);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_WAIT);
	p->on = 1;
	RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
	assert_true(fake_host_logged(p->fake, "cpu 0: wake"));
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_delivered(p, 0);
}

static void reset_of_the_guest_abandons_all_of_it(void **state)
{
	struct partition *p = *state;

	check_happens(p, 0, false);
	interrupts_take(p, 0);
	check_happens(p, 1, false);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_WAIT);
	fwnmi_reset(p->vm);
	assert_true(fake_host_logged(p->fake, "cpu 8: wake"));
	interrupts_reset_regs(p);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 1)->pc, GUEST_PC);
	assert_int_equal(nmi_interlock(p, 0), RTAS_PARAMETER_ERROR);
	check_happens(p, 1, false);
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 1)->pc, 0x200);
}

#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(both_handlers_must_be_instructions_in_ram_below_32_mib,
		     bare),
		TEST(kernel_hands_over_machine_checks_from_registration_on,
		     bare),
		TEST(registration_that_the_kernel_refuses_is_none, bare),
		TEST(interlock_needs_registration_but_not_to_be_held, bare),
		cmocka_unit_test(without_fwnmi_there_are_no_such_calls),
		TEST(with_fwnmi_the_device_tree_has_both_calls, bare),
		TEST(machine_check_runs_the_handler_as_lopar_has_it,
		     registered),
		TEST(handler_runs_in_the_byte_order_the_guest_has_chosen,
		     registered),
		TEST(log_says_what_it_was, registered),
		cmocka_unit_test(recovery_is_believed_of_bare_metal_alone),
		TEST(late_store_error_is_never_recovered, registered),
		TEST(second_vcpu_waits_until_the_first_has_read_its_log,
		     registered),
		TEST(interlock_of_another_is_not_released, registered),
		TEST(machine_check_in_the_handler_is_dropped_if_recovered,
		     registered),
		TEST(machine_check_in_the_handler_is_the_end_if_not,
		     registered),
		TEST(next_machine_check_after_the_interlock_is_delivered,
		     registered),
		TEST(without_a_handler_it_is_the_processors_interrupt, bare),
		TEST(without_a_handler_and_msr_me_it_is_the_end, bare),
		TEST(machine_check_in_rtas_comes_when_the_guest_is_out,
		     registered),
		TEST(machine_check_that_comes_again_in_rtas_is_not_put_off,
		     registered),
		TEST(real_machine_check_does_not_wait_for_msr_ri, registered),
		TEST(host_that_fails_is_an_error_and_nothing_is_lost,
		     registered),
		TEST(vcpu_that_stops_leaves_its_interlock_to_others,
		     registered),
		TEST(reset_of_the_guest_abandons_all_of_it, registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
