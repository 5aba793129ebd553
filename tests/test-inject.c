/* SPDX-License-Identifier: BSD-2-Clause */
/* Machine checks that did not happen. */
#include "config.h"

#include <errno.h>

#include "tests/interrupts.h"

#define EA	0xc000000012340000ull

static int start(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 8 } });

	interrupts_register(p);
	*state = p;
	return 0;
}

static struct papr_mc_info slb_multihit(void)
{
	return (struct papr_mc_info){
		.size = sizeof(struct papr_mc_info),
		.type = PAPR_MC_SLB,
		.subtype = PAPR_MC_SLB_MULTIHIT,
		.severity = PAPR_ELOG_ERROR_SYNC,
		.initiator = PAPR_ELOG_CPU,
		.effective_valid = true,
		.effective_address = EA,
	};
}

static int inject(struct partition *p, unsigned int on,
		  const struct papr_mc_info *info)
{
	struct papr_error error;

	return papr_vcpu_inject(papr_vm_vcpu(p->vm, on), info, &error);
}

static void injected_one_looks_as_if_it_had_happened(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();
	struct papr_regs *regs = interrupts_regs(p, 1);

	assert_int_equal(inject(p, 1, &info), 0);
	assert_true(fake_host_logged(p->fake, "cpu 8: wake"));
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_int_equal(regs->pc, MACHINE_CHECK);
	assert_int_equal(regs->msr, MSR_SF | MSR_ME);
	assert_int_equal(regs->r3, LOG);
	assert_int_equal(regs->srr0, GUEST_PC);
	assert_int_equal(regs->srr1, GUEST_MSR | 0x200000);
	assert_int_equal(regs->dsisr, 0x80);
	assert_int_equal(regs->dar, EA);
	assert_int_equal(load_be64(p->ram + LOG), GUEST_R3 + 1);
}

static void log_is_what_was_asked_for_with_the_rest_filled_in(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();
	uint8_t expected[PAPR_ELOG_MAX];
	int len;

	p->clock_ns = 86400ull * 1000000000;
	info.disposition = PAPR_ELOG_LIMITED_RECOVERY;
	inject(p, 1, &info);
	interrupts_take(p, 1);
	info.processor_id = 8;
	info.log_id = 1;
	info.time_s = 86400;
	len = papr_elog_build_mc(expected, sizeof(expected), &info, NULL);
	assert_true(len > 0);
	assert_memory_equal(p->ram + LOG + 8, expected, len);
	assert_dirty(p, LOG, 8 + len);
}

static void kinds_no_processor_reports_come_without_a_cause(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();

	info.type = PAPR_MC_D_CACHE;
	info.subtype = 0;
	info.effective_valid = false;
	interrupts_regs(p, 0)->dar = 7;
	assert_int_equal(inject(p, 0, &info), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->pc, MACHINE_CHECK);
	assert_int_equal(interrupts_regs(p, 0)->srr1, GUEST_MSR);
	assert_int_equal(interrupts_regs(p, 0)->dsisr, 0);
	assert_int_equal(interrupts_regs(p, 0)->dar, 7);
}

static void it_waits_until_the_guest_can_take_it(void **state)
{
	static const struct papr_regs busy[] = {
		{ .pc = RTAS_BASE + 0x10, .msr = MSR_ME | MSR_RI },
		{ .pc = GUEST_PC, .msr = GUEST_MSR & ~MSR_RI },
	};
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();

	for (size_t i = 0; i < ARRAY_SIZE(busy); i++) {
		*interrupts_regs(p, 0) = busy[i];
		assert_int_equal(inject(p, 0, &info), 0);
		for (unsigned int n = 0; n < 1000; n++)
			assert_int_equal(interrupts_take(p, 0),
					 PAPR_INTERRUPT_LATER);
		assert_int_equal(interrupts_regs(p, 0)->pc, busy[i].pc);
		interrupts_reset_regs(p);
		assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
		assert_int_equal(interrupts_regs(p, 0)->pc, MACHINE_CHECK);
		RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1);
	}
}

static void a_user_program_in_32_bits_can_be_hit(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();

	interrupts_regs(p, 0)->msr = (GUEST_MSR & ~MSR_SF) | MSR_PR;
	inject(p, 0, &info);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->pc, MACHINE_CHECK);
	assert_int_equal(interrupts_regs(p, 0)->msr, MSR_SF | MSR_ME);
}

static void one_waits_at_a_time_for_each_vcpu(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();

	assert_int_equal(inject(p, 0, &info), 0);
	assert_int_equal(inject(p, 0, &info), -EBUSY);
	assert_int_equal(inject(p, 1, &info), 0);
	interrupts_take(p, 0);
	assert_int_equal(inject(p, 0, &info), 0);
	/* That of vCPU 1 waits for the interlock, and is still the same one. */
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_WAIT);
	assert_int_equal(inject(p, 1, &info), -EBUSY);
}

static void what_no_log_can_tell_is_refused(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();
	struct papr_error error = { "" };

	info.logical_valid = true;
	assert_int_equal(papr_vcpu_inject(papr_vm_vcpu(p->vm, 0), &info,
					  &error), -EINVAL);
	assert_non_null(strstr(error.text, "logical address"));
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->pc, GUEST_PC);
}

static void vcpu_that_does_not_run_is_refused(void **state)
{
	struct partition *p = *state;
	struct papr_mc_info info = slb_multihit();

	inject(p, 0, &info);
	RTAS(p, RTAS_TOKEN_stop_self, 0, 1);
	assert_int_equal(inject(p, 0, &info), -EAGAIN);
	/* What waited is gone with it. */
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
}

static void take_regs(struct partition *p, struct papr_host_ops *host_ops,
		      struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->set_regs = NULL;
}

static void host_without_registers_has_neither_fwnmi_nor_injection(void **state)
{
	struct partition *p = interrupts_new(&(struct partition_setup){
		.tweak = take_regs });
	struct papr_mc_info info = slb_multihit();

	(void)state;
	assert_false(papr_vm_fwnmi(p->vm));
	assert_int_equal(inject(p, 0, &info), -EOPNOTSUPP);
	assert_int_equal(papr_vcpu_machine_check(papr_vm_vcpu(p->vm, 0), true),
			 -EOPNOTSUPP);
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(injected_one_looks_as_if_it_had_happened),
		TEST(log_is_what_was_asked_for_with_the_rest_filled_in),
		TEST(kinds_no_processor_reports_come_without_a_cause),
		TEST(it_waits_until_the_guest_can_take_it),
		TEST(a_user_program_in_32_bits_can_be_hit),
		TEST(one_waits_at_a_time_for_each_vcpu),
		TEST(what_no_log_can_tell_is_refused),
		TEST(vcpu_that_does_not_run_is_refused),
		cmocka_unit_test(
			host_without_registers_has_neither_fwnmi_nor_injection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
