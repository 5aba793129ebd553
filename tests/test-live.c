/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes of a sealed VM that change: what is refused, what is taken back. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "spapr/routing.h"
#include "tests/partition.h"

/* All that a change could change. */
struct snapshot {
	struct papr_route_report routes[HCALL_ROWS];
	bool kernel[HCALL_ROWS];
	struct routing *routing;
	struct hcall_route hcall[HCALL_ROWS];
	struct rtas_route rtas[RTAS_ROWS];
};

static struct snapshot *look(struct partition *p)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	for (size_t i = 0; i < HCALL_ROWS; i++) {
		papr_vm_route(p->vm, i, &s->routes[i]);
		s->kernel[i] = fake_host_hcall_enabled(p->fake,
						hcall_table[i].number);
	}
	s->routing = routing_now(p->vm);
	memcpy(s->hcall, s->routing->hcall, sizeof(s->hcall));
	memcpy(s->rtas, s->routing->rtas, sizeof(s->rtas));
	return s;
}

static void assert_nothing_changed(struct partition *p, struct snapshot *was)
{
	struct snapshot *is = look(p);

	assert_memory_equal(is->kernel, was->kernel, sizeof(is->kernel));
	assert_ptr_equal(is->routing, was->routing);
	assert_memory_equal(is->hcall, was->hcall, sizeof(is->hcall));
	assert_memory_equal(is->rtas, was->rtas, sizeof(is->rtas));
	for (size_t i = 0; i < HCALL_ROWS; i++) {
		assert_int_equal(is->routes[i].requested,
				 was->routes[i].requested);
		assert_int_equal(is->routes[i].accepted,
				 was->routes[i].accepted);
		assert_int_equal(is->routes[i].effective,
				 was->routes[i].effective);
	}
	free(is);
	free(was);
}

/* What the routes say of a call whose answer hangs on nested KVM-HV. */
static const char *reason_of_nesting(struct partition *p)
{
	struct papr_route_report report;

	papr_vm_route(p->vm, HCALL_ROW_H_ENTER_NESTED, &report);
	assert_int_equal(report.effective, PAPR_EFFECTIVE_KERNEL);
	return report.reason;
}

static void nested_hv_that_is_off_is_told_of_before_and_after(void **state)
{
	static const char off[] =
		"nested KVM-HV is off, so the kernel answers H_FUNCTION";
	static const struct {
		enum papr_switch nested_hv;
		const char *reason;
	} rows[] = { { PAPR_SWITCH_ON, "" }, { PAPR_SWITCH_OFF, off } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.config = { .nested_hv = rows[i].nested_hv } });

		assert_string_equal(reason_of_nesting(p), rows[i].reason);
		must_reroute(p, "hcalls: { H_RANDOM: user }");
		assert_string_equal(reason_of_nesting(p), rows[i].reason);
		partition_free(p);
	}
}

static enum papr_effective effective(struct partition *p, size_t row)
{
	struct papr_route_report report;

	assert_int_equal(papr_vm_route(p->vm, row, &report), 0);
	return report.effective;
}

static void the_new_policy_answers(void **state)
{
	struct partition *p = *state;

	p->vmm_ret = 77;
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_SUCCESS);
	must_reroute(p, "hcalls: { H_SET_SPRG0: vmm }");
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), 77);
	assert_int_equal(effective(p, HCALL_ROW_H_SET_SPRG0),
			 PAPR_EFFECTIVE_VMM);
	must_reroute(p, "hcalls: { H_SET_SPRG0: deny }");
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_FUNCTION);
	must_reroute(p, "hcalls: { H_SET_SPRG0: { fail: H_BUSY } }");
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_BUSY);
	must_reroute(p, "{}");
	assert_int_equal(HCALL(p, H_SET_SPRG0, 1), H_SUCCESS);
}

static void an_rtas_call_changes_too(void **state)
{
	struct partition *p = *state;

	must_reroute(p, "rtas: { power-off: deny }");
	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0), -3);
	assert_int_equal(p->events, 0);
	must_reroute(p, "{}");
	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0), 0);
	assert_int_equal(p->events, 1);
}

static void only_calls_that_change_hands_are_switched(void **state)
{
	struct partition *p = *state;

	must_reroute(p, "hcalls: { H_PAGE_INIT: user, H_SET_SPRG0: vmm }");
	assert_string_equal(fake_host_log(p->fake), "enable_hcall 0x2c off\n");
	fake_host_clear_log(p->fake);
	must_reroute(p, "hcalls: { H_PAGE_INIT: deny }");
	assert_string_equal(fake_host_log(p->fake), "");
	must_reroute(p, "{}");
	assert_string_equal(fake_host_log(p->fake), "enable_hcall 0x2c on\n");
}

/* What the kernel once refused it is not asked for again. */
static void a_kernel_that_refused_keeps_its_answer(void **state)
{
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_PAGE_INIT: user }" });
	fake_host_fail(p->fake, FAKE_ENABLE_HCALL, 1, EINVAL);
	must_reroute(p, "{}");
	assert_int_equal(effective(p, HCALL_ROW_H_PAGE_INIT),
			 PAPR_EFFECTIVE_USER);
	fake_host_clear_log(p->fake);
	must_reroute(p, "hcalls: { H_SET_SPRG0: vmm }");
	assert_string_equal(fake_host_log(p->fake), "");
	assert_int_equal(effective(p, HCALL_ROW_H_PAGE_INIT),
			 PAPR_EFFECTIVE_USER);
	partition_free(p);
}

static const struct refused {
	const char *host;
	const char *policy;
	int err;
	const char *sentence;
} refused[] = {
	{ "power8", "hcalls: { H_CEDE: deny, H_PROD: deny, H_CONFER: deny, "
	  "H_REGISTER_VPA: deny }", -EBUSY,
	  "H_CEDE would change from kernel to denied: the state of virtual "
	  "processors does not change hands while the guest runs" },
	{ "power10", "rtas: { 'ibm,set-xive': deny }", -EBUSY,
	  "ibm,set-xive would change from kernel to nobody: the state of "
	  "interrupt sources does not change hands while the guest runs" },
	{ "power8", "hcalls: { H_RANDOM: kernel! }", -EOPNOTSUPP,
	  "H_RANDOM is routed to kernel!, which is not possible" },
	{ "power9", "hcalls: { H_CPPR: user }", -EINVAL,
	  "H_CPPR is routed to user and " },
};

static void a_refused_change_leaves_all_as_it_was(void **state)
{
	struct snapshot *before;
	struct papr_error error;
	struct partition *p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		p = partition_new(&(struct partition_setup){
			.host = refused[i].host });
		before = look(p);
		assert_int_equal(reroute(p, refused[i].policy, &error),
				 refused[i].err);
		if (strncmp(error.text, refused[i].sentence,
			    strlen(refused[i].sentence)))
			fail_msg("%s", error.text);
		assert_string_equal(fake_host_log(p->fake), "");
		assert_nothing_changed(p, before);
		partition_free(p);
	}
}

/* The same effective routes: H_CEDE does not leave a POWER9 KVM anyhow. */
static void a_group_that_stays_where_it_is_may_be_routed(void **state)
{
	struct partition *p = *state;

	must_reroute(p, "hcalls: { H_CEDE: deny }");
	assert_int_equal(effective(p, HCALL_ROW_H_CEDE), PAPR_EFFECTIVE_KERNEL);
}

/* It is the host's, whoever answers. */
static void a_page_table_changes_hands(void **state)
{
	static const char user[] =
		"sets: { hcall-pft: user, hcall-bulk: user }";
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){ .host = "power8" });
	must_reroute(p, user);
	assert_int_equal(HCALL(p, H_ENTER, 0, 0, 0x1001, 0x1192), H_SUCCESS);
	/* One that has left the kernel before that answers again. */
	must_reroute(p, "{}");
	assert_int_equal(effective(p, HCALL_ROW_H_ENTER),
			 PAPR_EFFECTIVE_KERNEL);
	assert_int_equal(HCALL(p, H_REMOVE, 0, 0), H_SUCCESS);
	/* It is open. */
	fake_host_fail(p->fake, FAKE_OPEN_HPT, 1, EMFILE);
	must_reroute(p, user);
	partition_free(p);
}

static void a_page_table_that_is_not_opened_stays(void **state)
{
	struct snapshot *before;
	struct papr_error error;
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){ .host = "power8" });
	before = look(p);
	fake_host_fail(p->fake, FAKE_OPEN_HPT, 1, EMFILE);
	assert_int_equal(reroute(p, "sets: { hcall-pft: user, "
				 "hcall-bulk: user }", &error), -EMFILE);
	assert_string_equal(error.text, "the host does not open its page "
			    "table, whose calls are routed to user: Too many "
			    "open files");
	assert_nothing_changed(p, before);
	partition_free(p);
}

/* What the guest has registered with one it finds with the other. */
static void registered_areas_change_hands(void **state)
{
	const uint64_t vpa = 1ull << 45, dtl = 2ull << 45;
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){ .host = "power8" });
	must_reroute(p, "{ hcalls: { H_REGISTER_VPA: user, H_CONFER: user }, "
		     "force: true }");
	store_be32(p->ram + 0x10004, 640 << 16);	/* the length */
	assert_int_equal(HCALL(p, H_REGISTER_VPA, vpa, 0, 0x10000), H_SUCCESS);
	must_reroute(p, "{}");
	store_be32(p->ram + 0x12004, 4096);
	assert_int_equal(HCALL(p, H_REGISTER_VPA, dtl, 0, 0x12000), H_SUCCESS);
	partition_free(p);
}

static const char first[] =
	"hcalls: { H_RANDOM: user, H_SET_MODE: user, H_SET_XDABR: vmm }";
static const char second[] =
	"hcalls: { H_PAGE_INIT: vmm, H_LOGICAL_CI_LOAD: vmm, H_GET_TCE: vmm }";

/* Three calls go into the kernel, then three leave it: the last can fail. */
static void a_kernel_that_keeps_a_call_gets_the_old_routes_back(void **state)
{
	struct snapshot *before;
	struct papr_error error;
	struct partition *p;

	(void)state;
	for (unsigned int k = 4; k <= 6; k++) {
		p = partition_new(&(struct partition_setup){
			.policy = first });
		before = look(p);
		fake_host_fail(p->fake, FAKE_ENABLE_HCALL, k, EIO);
		assert_int_equal(reroute(p, second, &error), -EIO);
		assert_non_null(strstr(error.text, "the kernel did not let go "
				       "of H_"));
		assert_nothing_changed(p, before);
		fake_host_fail(p->fake, FAKE_ENABLE_HCALL, 0, 0);
		must_reroute(p, second);
		partition_free(p);
	}
}

static void a_demand_the_kernel_refuses_gets_the_old_routes_back(void **state)
{
	struct snapshot *before;
	struct papr_error error;
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){ .policy = first });
	before = look(p);
	fake_host_fail(p->fake, FAKE_ENABLE_HCALL, 2, EINVAL);
	assert_int_equal(reroute(p, "{ hcalls: { H_RANDOM: kernel!, "
				 "H_SET_MODE: kernel!, H_SET_XDABR: kernel!, "
				"H_PAGE_INIT: vmm } }", &error), -EOPNOTSUPP);
	assert_nothing_changed(p, before);
	partition_free(p);
}

static void a_fault_that_stays_goes_on_counting(void **state)
{
	static const char *const policies[] = {
		"hcalls: { H_SET_SPRG0: { fail: H_BUSY, every: 3 } }",
		"hcalls: { H_SET_SPRG0: { fail: H_BUSY, every: 3 }, "
		"H_PAGE_INIT: user }",
	};
	struct partition *p = *state;
	struct papr_hcall_stats stats;

	for (unsigned int i = 0; i < 12; i++) {
		must_reroute(p, policies[i % 2]);
		assert_int_equal(HCALL(p, H_SET_SPRG0, i),
				 i % 3 == 2 ? H_BUSY : H_SUCCESS);
	}
	must_reroute(p, "{}");
	papr_vm_stats(p->vm, HCALL_ROW_H_SET_SPRG0, &stats);
	assert_int_equal(stats.on_purpose, 4);
}

static void another_fault_begins_anew(void **state)
{
	struct partition *p = *state;

	must_reroute(p, "hcalls: { H_SET_SPRG0: { fail: H_BUSY, times: 1 } }");
	assert_int_equal(HCALL(p, H_SET_SPRG0, 0), H_BUSY);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 0), H_SUCCESS);
	must_reroute(p, "hcalls: { H_SET_SPRG0: { fail: H_BUSY, times: 2 } }");
	assert_int_equal(HCALL(p, H_SET_SPRG0, 0), H_BUSY);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 0), H_BUSY);
	assert_int_equal(HCALL(p, H_SET_SPRG0, 0), H_SUCCESS);
}

/* Sanitizers see whether what the call uses is still there. */
static void change_within(void *vmm, struct papr_vcpu *vcpu,
			  struct papr_hcall *call)
{
	struct partition *p = vmm;

	(void)vcpu;
	for (int i = 0; i < 5; i++)
		must_reroute(p, i % 2 ? "{}" :
			     "hcalls: { H_SET_SPRG0: deny, H_RANDOM: user }");
	call->ret = 5;
}

static void use_change_within(struct partition *p, struct papr_host_ops *host,
			      struct papr_vmm_ops *vmm)
{
	(void)p, (void)host;
	vmm->hcall = change_within;
}

static void a_call_ends_by_the_routes_it_began_with(void **state)
{
	struct papr_hcall hcall = { .nr = H_SET_SPRG0 };
	struct papr_hcall_stats stats;
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){
		.policy = "hcalls: { H_SET_SPRG0: { route: vmm, log: true } }",
		.tweak = use_change_within });
	papr_vcpu_hcall(papr_vm_vcpu(p->vm, 0), &hcall);
	assert_int_equal(hcall.ret, 5);
	assert_int_equal(p->logs, 1);
	papr_vm_stats(p->vm, HCALL_ROW_H_SET_SPRG0, &stats);
	assert_int_equal(stats.vmm, 1);
	partition_free(p);
}

/* Calls that leave the kernel at the worst moment. */
static struct partition *switched;

static int switch_and_call(void *host, uint32_t number, bool enable)
{
	struct papr_hcall hcall = { .nr = number };
	int r;

	/* It still answers, and the next moment it does not. */
	r = fake_host_ops()->enable_hcall(host, number, enable);
	if (switched && switched->vm) {
		papr_vcpu_hcall(papr_vm_vcpu(switched->vm, 0), &hcall);
		assert_int_equal((int64_t)hcall.ret, 77);
	}
	return r;
}

static void use_switch_and_call(struct partition *p, struct papr_host_ops *host,
				struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->enable_hcall = switch_and_call;
}

static void a_call_finds_its_answer_while_the_kernel_is_switched(void **state)
{
	static const char vmm[] = "hcalls: { H_RANDOM: vmm, H_SET_DABR: vmm, "
		"H_GET_TCE: vmm, H_SET_XDABR: vmm }";
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){
		.tweak = use_switch_and_call });
	p->vmm_ret = 77;
	switched = p;
	must_reroute(p, vmm);
	assert_int_equal(p->vmm_calls, 4);
	must_reroute(p, "{}");
	assert_int_equal(p->vmm_calls, 8);
	switched = NULL;
	partition_free(p);
}

static void before_the_seal_a_policy_is_set_and_not_changed(void **state)
{
	struct partition *p;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	assert_int_equal(reroute(p, "{}", &error), -EBUSY);
	assert_string_equal(error.text, "a policy is changed after the VM is "
			    "sealed");
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(the_new_policy_answers),
		partition_test(an_rtas_call_changes_too),
		partition_test(only_calls_that_change_hands_are_switched),
		cmocka_unit_test(a_kernel_that_refused_keeps_its_answer),
		cmocka_unit_test(a_refused_change_leaves_all_as_it_was),
		partition_test(a_group_that_stays_where_it_is_may_be_routed),
		cmocka_unit_test(a_page_table_changes_hands),
		cmocka_unit_test(a_page_table_that_is_not_opened_stays),
		cmocka_unit_test(registered_areas_change_hands),
		cmocka_unit_test(
			a_kernel_that_keeps_a_call_gets_the_old_routes_back),
		cmocka_unit_test(
			a_demand_the_kernel_refuses_gets_the_old_routes_back),
		partition_test(a_fault_that_stays_goes_on_counting),
		partition_test(another_fault_begins_anew),
		cmocka_unit_test(a_call_ends_by_the_routes_it_began_with),
		cmocka_unit_test(
			a_call_finds_its_answer_while_the_kernel_is_switched),
		cmocka_unit_test(
			before_the_seal_a_policy_is_set_and_not_changed),
		cmocka_unit_test(
			nested_hv_that_is_off_is_told_of_before_and_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
