/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controller in userspace: what its calls refuse, when there is
 * one, and what the host is told.
 */
#include "config.h"

#include <errno.h>

#include "tests/xics-fixture.h"

#define XIRR(cppr, xisr) ((uint32_t)(cppr) << 24 | (xisr))

static const struct {
	uint32_t nr;
	uint64_t args[2];
	int64_t ret;
} calls[] = {
	{ H_EOI, { XIRR(0xff, MSI_A) }, H_SUCCESS },
	{ H_EOI, { XIRR(0xff, XICS_IPI) }, H_SUCCESS },
	{ H_EOI, { XIRR(0xff, LSI_B) }, H_SUCCESS },
	{ H_EOI, { XIRR(0, MSI_A) }, H_SUCCESS },
	{ H_EOI, { ~0ull << 32 | XIRR(0xff, MSI_A) }, H_SUCCESS },
	{ H_EOI, { XIRR(0xff, 0) }, H_PARAMETER },
	{ H_EOI, { XIRR(0xff, 1) }, H_PARAMETER },
	{ H_EOI, { XIRR(0xff, 3) }, H_PARAMETER },
	{ H_EOI, { XIRR(0xff, MSI_A - 1) }, H_PARAMETER },
	{ H_EOI, { XIRR(0xff, LSI_B - 1) }, H_PARAMETER },
	{ H_CPPR, { 0 }, H_SUCCESS },
	{ H_CPPR, { 0xff }, H_SUCCESS },
	{ H_CPPR, { ~0ull }, H_SUCCESS },
	{ H_IPI, { SERVER_0, 0xff }, H_SUCCESS },
	{ H_IPI, { SERVER_1, 0xff }, H_SUCCESS },
	{ H_IPI, { SERVER_1, ~0ull }, H_SUCCESS },
	{ H_IPI, { 1, 0xff }, H_PARAMETER },
	{ H_IPI, { 7, 0xff }, H_PARAMETER },
	{ H_IPI, { 16, 0xff }, H_PARAMETER },
	{ H_IPI, { 1ull << 32, 0xff }, H_PARAMETER },
	{ H_IPI, { ~0ull, 0xff }, H_PARAMETER },
	{ H_IPOLL, { SERVER_0 }, H_SUCCESS },
	{ H_IPOLL, { SERVER_1 }, H_SUCCESS },
	{ H_IPOLL, { 1 }, H_PARAMETER },
	{ H_IPOLL, { 16 }, H_PARAMETER },
	{ H_IPOLL, { 1ull << 32 | SERVER_1 }, H_PARAMETER },
	{ H_IPOLL, { ~0ull }, H_PARAMETER },
	{ H_XIRR, { 0 }, H_SUCCESS },
	{ H_XIRR_X, { 0 }, H_SUCCESS },
	{ H_XIRR_X, { ~0ull }, H_SUCCESS },
};

static void each_call_checks_its_arguments(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		for (p->on = 0; p->on < 2; p->on++)
			if (HCALL(p, calls[i].nr, calls[i].args[0],
				  calls[i].args[1]) != calls[i].ret)
				fail_msg("row %zu on vCPU %u", i, p->on);
}

static void an_end_of_nothing_changes_the_cppr_all_the_same(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_EOI, XIRR(7, 1)), H_PARAMETER);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(7, 0));
	assert_int_equal(xirr_of(p, SERVER_1), XIRR(0xff, 0));
}

static void only_the_low_byte_of_a_priority_counts(void **state)
{
	struct partition *p = *state;

	assert_int_equal(HCALL(p, H_CPPR, 0x105), H_SUCCESS);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, 0));
	assert_int_equal(HCALL(p, H_IPI, SERVER_0, 0x104), H_SUCCESS);
	assert_int_equal(mfrr_of(p, SERVER_0), 4);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(5, XICS_IPI));
}

static void xirr_x_returns_the_time_base_too(void **state)
{
	struct partition *p = *state;
	uint64_t args[PAPR_HCALL_ARGS] = { 0 };

	fake_cpu_set_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 1)), PAPR_REG_TB,
			 0x123456789abcdef0);
	send_ipi(p, SERVER_1, 4);
	p->on = 1;
	assert_int_equal(partition_hcall(p, H_XIRR_X, args), H_SUCCESS);
	assert_int_equal(args[0], XIRR(0xff, XICS_IPI));
	assert_int_equal(args[1], 0x123456789abcdef0);
}

static void without_a_time_base_xirr_x_accepts_nothing(void **state)
{
	struct partition *p = *state;

	send_ipi(p, SERVER_0, 4);
	fake_host_fail(p->fake, FAKE_GET_REG, 1, EIO);
	assert_int_equal(HCALL(p, H_XIRR_X, 0), H_HARDWARE);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, XICS_IPI));
}

static const struct {
	uint32_t token;
	uint32_t nargs, nrets;
	uint32_t args[3];
	int32_t status;
} rtas_calls[] = {
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, SERVER_1, 0xff }, 0 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, SERVER_0, 0 }, 0 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, SERVER_0, 0x100 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, SERVER_0, ~0u }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, 1, 5 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, 16, 5 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A, ~0u, 5 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { MSI_A - 1, SERVER_0, 5 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { XICS_IPI, SERVER_0, 5 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 3, 1, { ~0u, SERVER_0, 5 }, -3 },
	{ RTAS_TOKEN_ibm_set_xive, 2, 1, { MSI_A, SERVER_0 }, -3 },
	{ RTAS_TOKEN_ibm_get_xive, 1, 3, { MSI_A }, 0 },
	{ RTAS_TOKEN_ibm_get_xive, 1, 3, { 0 }, -3 },
	{ RTAS_TOKEN_ibm_get_xive, 1, 3, { XICS_IPI }, -3 },
	{ RTAS_TOKEN_ibm_get_xive, 1, 3, { LSI_B + 1 }, -3 },
	{ RTAS_TOKEN_ibm_get_xive, 1, 1, { MSI_A }, -3 },
	{ RTAS_TOKEN_ibm_int_off, 1, 1, { LSI_A }, 0 },
	{ RTAS_TOKEN_ibm_int_off, 1, 1, { LSI_A + 1 }, -3 },
	{ RTAS_TOKEN_ibm_int_off, 1, 1, { XICS_IPI }, -3 },
	{ RTAS_TOKEN_ibm_int_off, 2, 1, { LSI_A, 0 }, -3 },
	{ RTAS_TOKEN_ibm_int_on, 1, 1, { LSI_A }, 0 },
	{ RTAS_TOKEN_ibm_int_on, 1, 1, { 0 }, -3 },
	{ RTAS_TOKEN_ibm_int_on, 1, 1, { ~0u }, -3 },
};

static void each_rtas_call_checks_its_arguments(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rtas_calls); i++)
		if (RTAS(p, rtas_calls[i].token, rtas_calls[i].nargs,
			 rtas_calls[i].nrets, rtas_calls[i].args[0],
			 rtas_calls[i].args[1], rtas_calls[i].args[2]) !=
		    rtas_calls[i].status)
			fail_msg("row %zu", i);
}

static void assert_xive(struct partition *p, uint32_t server,
			uint32_t priority)
{
	uint32_t cells[RTAS_CELLS] = { MSI_A };

	assert_int_equal(partition_rtas_status(p, RTAS_TOKEN_ibm_get_xive, 1,
					       3, cells), 0);
	assert_int_equal(cells[2], server);
	assert_int_equal(cells[3], priority);
}

static void get_xive_says_where_a_source_goes(void **state)
{
	struct partition *p = *state;

	assert_xive(p, SERVER_0, 0xff);
	set_xive(p, MSI_A, SERVER_1, 5);
	assert_xive(p, SERVER_1, 5);
	int_off(p, MSI_A);
	assert_xive(p, SERVER_1, 0xff);
	int_on(p, MSI_A);
	assert_xive(p, SERVER_1, 5);
	int_off(p, MSI_A);
	int_off(p, MSI_A);
	int_on(p, MSI_A);
	assert_xive(p, SERVER_1, 0xff);
	RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, MSI_A, 3, 5);
	assert_xive(p, SERVER_1, 0xff);
}

/* Routed where, and what then answers. */
static const struct placement {
	const char *policy;
	bool own;
} placements[] = {
	{ "default: kernel", false },
	{ "sets: { hcall-interrupt: user }", true },
	{ "default: user", true },
	{ "sets: { hcall-interrupt: vmm }", false },
	{ "sets: { hcall-interrupt: deny }", false },
	{ "{ sets: { hcall-interrupt: user }, hcalls: { H_IPOLL: deny } }",
	  true },
	{ "{ force: true, hcalls: { H_IPI: user } }", false },
	{ "{ force: true, rtas: { 'ibm,int-on': user } }", false },
};

static void there_is_one_controller(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(placements); i++) {
		const struct placement *l = &placements[i];
		struct partition *p = NULL;
		struct papr_error error;

		partition_make(&(struct partition_setup){
			.host = "nested", .policy = l->policy }, &p, &error);
		assert_int_equal(papr_vm_seal(p->vm), 0);
		if ((p->vm->xics && xics_is_here(p->vm->xics)) != l->own ||
		    fake_host_logged(p->fake, "setup_irqs 1: 0x1000 0x1001 "
				     "0x1002 0x1003 0x1100") == l->own)
			fail_msg("%s", l->policy);
		assert_false(l->own && strstr(fake_host_log(p->fake),
					      "define_rtas"));
		partition_free(p);
	}
}

static void calls_of_the_kernels_controller_are_not_answered_here(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "{ force: true, hcalls: { H_IPI: user } }" });

	(void)state;
	assert_int_equal(HCALL(p, H_IPI, 0, 0xff), H_FUNCTION);
	assert_int_equal(HCALL(p, H_XIRR), H_FUNCTION);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, MSI_A, 0, 5),
			 -3);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_int_on, 1, 1, MSI_A), -3);
	partition_free(p);
}

static void no_setup_irqs(struct partition *p, struct papr_host_ops *host_ops,
			  struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->setup_irqs = NULL;
}

static void a_host_without_one_gets_one(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = no_setup_irqs });

	(void)state;
	assert_int_equal(HCALL(p, H_CPPR, 0xff), H_SUCCESS);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, VTY, 0, 5),
			 -3);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, MSI_A, 0, 5),
			 0);
	partition_free(p);
}

static void no_interrupt(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->interrupt = NULL;
}

static void a_host_that_cannot_interrupt_gets_none(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "nested", .tweak = no_interrupt,
		.policy = "sets: { hcall-interrupt: user }" });
	struct papr_route_report r;

	(void)state;
	assert_null(p->vm->xics);
	assert_int_equal(HCALL(p, H_CPPR, 0xff), H_FUNCTION);
	papr_vm_route(p->vm, papr_hcall_by_number(H_CPPR)->index, &r);
	assert_int_equal(r.effective, PAPR_EFFECTIVE_NOBODY);
	assert_string_equal(r.reason, "the interrupt controller of the guest "
			    "is the kernel's");
	partition_free(p);
}

static void console_input_is_an_edge(void **state)
{
	struct partition *p = *state;

	set_xive(p, MSI_A, SERVER_0, 5);
	fake_host_clear_log(p->fake);
	assert_int_equal(papr_vm_console_input(p->vm), 0);
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, MSI_A));
	assert_string_equal(fake_host_log(p->fake), "cpu 0: interrupt 1\n");
	assert_int_equal(accept_on(p, 0), XIRR(0xff, MSI_A));
	end_on(p, 0, XIRR(0xff, MSI_A));
	assert_int_equal(xirr_of(p, SERVER_0), XIRR(0xff, 0));
}

static void the_host_is_told_of_changes_alone(void **state)
{
	struct partition *p = *state;

	fake_host_clear_log(p->fake);
	send_ipi(p, SERVER_1, 5);
	send_ipi(p, SERVER_1, 4);
	send_ipi(p, SERVER_1, 4);
	set_cppr(p, 1, 4);
	set_cppr(p, 1, 3);
	set_cppr(p, 1, 5);
	accept_on(p, 1);
	assert_string_equal(fake_host_log(p->fake),
			    "cpu 8: interrupt 1\n" "cpu 8: interrupt 0\n"
			    "cpu 8: interrupt 1\n" "cpu 8: interrupt 0\n");
}

static void a_host_that_was_not_told_is_told_with_the_next_change(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_INTERRUPT, 1, EIO);
	send_ipi(p, SERVER_0, 5);
	assert_false(raised_on(p, 0));
	send_ipi(p, SERVER_0, 4);
	assert_true(raised_on(p, 0));
}

static void a_vcpu_is_told_when_it_is_attached(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;
	struct papr_vcpu *vcpu;

	(void)state;
	partition_make(&(struct partition_setup){
		.policy = "sets: { hcall-interrupt: user }" }, &p, &error);
	papr_vm_seal(p->vm);
	vcpu = papr_vm_vcpu(p->vm, 0);
	xics_set_cppr(p->vm->xics, vcpu, 0xff);
	xics_set_mfrr(p->vm->xics, vcpu, 4);
	assert_true(fake_cpu_raised(partition_attach(p, 0)));
	partition_free(p);
}

static void a_reset_of_the_vm_is_one_of_interrupts(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	set_xive(p, MSI_A, SERVER_0, 5);
	set_line(p, MSI_A, true);
	fake_host_clear_log(p->fake);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_false(raised_on(p, 0));
	assert_int_equal(xirr_of(p, SERVER_0), 0);
	assert_xive(p, SERVER_0, 0xff);
	assert_false(fake_host_logged(p->fake, "reset_irqs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		xics_test(each_call_checks_its_arguments),
		xics_test(an_end_of_nothing_changes_the_cppr_all_the_same),
		xics_test(only_the_low_byte_of_a_priority_counts),
		xics_test(xirr_x_returns_the_time_base_too),
		xics_test(without_a_time_base_xirr_x_accepts_nothing),
		xics_test(each_rtas_call_checks_its_arguments),
		xics_test(get_xive_says_where_a_source_goes),
		cmocka_unit_test(there_is_one_controller),
		cmocka_unit_test(
			calls_of_the_kernels_controller_are_not_answered_here),
		cmocka_unit_test(a_host_without_one_gets_one),
		cmocka_unit_test(a_host_that_cannot_interrupt_gets_none),
		xics_test(console_input_is_an_edge),
		xics_test(the_host_is_told_of_changes_alone),
		xics_test(
			a_host_that_was_not_told_is_told_with_the_next_change),
		cmocka_unit_test(a_vcpu_is_told_when_it_is_attached),
		xics_test(a_reset_of_the_vm_is_one_of_interrupts),
	};

	return cmocka_run_group_tests_name("XICS calls", tests, NULL, NULL);
}
