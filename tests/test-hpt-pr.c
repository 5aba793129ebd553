/* SPDX-License-Identifier: BSD-2-Clause */
/* The page table in the library's memory, which KVM-PR uses. */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>

#include "spapr/hpt.h"
#include "tests/fake-host-state.h"
#include "tests/partition.h"

#define V	HPTE_V_VALID
#define M	HPTE_R_M
#define AVPN	0x4000123456789a00ull
#define PAGE	0x5000ull
#define INDEX	0x108ull

static const char all_user[] = "sets: { hcall-pft: user, hcall-bulk: user }";

static int start(void **state)
{
	*state = partition_new(&(struct partition_setup){
		.host = "pr", .policy = all_user, .config.cores = 2 });
	return 0;
}

#define pr_test(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

static struct fake_cpu *cpu_of(struct partition *p, uint32_t i)
{
	return papr_vcpu_host(papr_vm_vcpu(p->vm, i));
}

static int64_t enter(struct partition *p, uint64_t index)
{
	return HCALL(p, H_ENTER, 0, index, AVPN, PAGE | M);
}

static uint64_t word(struct partition *p, uint64_t index, unsigned int half)
{
	return be64toh(cpu_of(p, 0)->hpt[2 * index + half]);
}

static void set_word(struct partition *p, uint64_t index, unsigned int half,
		     uint64_t value)
{
	uint64_t *table = (uint64_t *)cpu_of(p, 0)->hpt;

	table[2 * index + half] = htobe64(value);
}

static void vcpus_use_one_table_from_when_they_are_attached(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){
		.host = "pr", .config.cores = 2 }, &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_null(strstr(fake_host_log(p->fake), "_hpt"));
	partition_attach(p, 1);
	assert_true(fake_host_logged(p->fake, "cpu 1: use_hpt 18"));
	partition_attach(p, 0);
	assert_non_null(cpu_of(p, 0)->hpt);
	assert_ptr_equal(cpu_of(p, 0)->hpt, cpu_of(p, 1)->hpt);
	partition_free(p);
}

static void the_table_is_empty_at_first(void **state)
{
	struct partition *p = *state;

	for (uint64_t i = 0; i < 16384; i++)
		assert_true(!word(p, i, 0) && !word(p, i, 1));
}

static void an_entry_is_big_endian_in_its_place(void **state)
{
	static const uint8_t bytes[] = {
		0x40, 0x00, 0x12, 0x34, 0x56, 0x78, 0x9a, 0x01,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x50, 0x10,
	};
	struct partition *p = *state;

	assert_int_equal(enter(p, INDEX), H_SUCCESS);
	assert_memory_equal(cpu_of(p, 0)->hpt + 2 * INDEX, bytes,
			    sizeof(bytes));
}

/* Of what was not valid nobody has kept anything. */
static void a_new_entry_needs_nobody_to_forget(void **state)
{
	struct partition *p = *state;

	assert_int_equal(enter(p, INDEX), H_SUCCESS);
	assert_null(strstr(fake_host_log(p->fake), "use_hpt"));
	assert_int_equal(fake_cpu_entry(cpu_of(p, 1), INDEX).pteh, AVPN | V);
}

static void every_vcpu_forgets_an_entry_that_is_removed(void **state)
{
	struct partition *p = *state;

	enter(p, INDEX);
	for (uint32_t i = 0; i < 2; i++)
		fake_cpu_entry(cpu_of(p, i), INDEX);
	assert_int_equal(HCALL(p, H_REMOVE, 0, INDEX, 0), H_SUCCESS);
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(fake_cpu_entry(cpu_of(p, i), INDEX).pteh, 0);
}

static const struct change {
	uint64_t nr, arg[3];
	uint64_t ptel;
} changes[] = {
	{ H_PROTECT, { 1, INDEX, 0 }, PAGE | M | HPTE_R_R | HPTE_R_C | 1 },
	{ H_CLEAR_REF, { 0, INDEX, 0 }, PAGE | M | HPTE_R_C },
	{ H_CLEAR_MOD, { 0, INDEX, 0 }, PAGE | M | HPTE_R_R },
};

static void every_vcpu_forgets_an_entry_that_changes(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const struct change *c = &changes[i];

		set_word(p, INDEX, 0, AVPN | V);
		set_word(p, INDEX, 1, PAGE | M | HPTE_R_R | HPTE_R_C);
		for (uint32_t j = 0; j < 2; j++)
			fake_cpu_entry(cpu_of(p, j), INDEX);
		assert_int_equal(HCALL(p, c->nr, c->arg[0], c->arg[1],
				       c->arg[2]), H_SUCCESS);
		for (uint32_t j = 0; j < 2; j++)
			assert_int_equal(fake_cpu_entry(cpu_of(p, j),
							INDEX).ptel, c->ptel);
		HCALL(p, H_REMOVE, 0, INDEX, 0);
	}
}

static void vcpus_are_out_of_the_guest_while_an_entry_changes(void **state)
{
	struct partition *p = *state;

	enter(p, INDEX);
	fake_host_clear_log(p->fake);
	HCALL(p, H_REMOVE, 0, INDEX, 0);
	assert_string_equal(fake_host_log(p->fake),
			    "cpu 0: hold on\ncpu 1: hold on\n"
			    "cpu 0: use_hpt 18\ncpu 1: use_hpt 18\n"
			    "cpu 0: hold off\ncpu 1: hold off\n");
}

/* KVM-PR clears no more than the valid bit of an entry that it removes. */
static void what_the_kernel_wrote_is_read(void **state)
{
	struct partition *p = *state;
	uint64_t args[PAPR_HCALL_ARGS] = { 0, INDEX };

	set_word(p, INDEX, 0, AVPN | V);
	set_word(p, INDEX, 1, PAGE | M | HPTE_R_R);
	assert_int_equal(partition_hcall(p, H_READ, args), H_SUCCESS);
	assert_int_equal(args[0], AVPN | V);
	assert_int_equal(args[1], PAGE | M | HPTE_R_R);
	set_word(p, INDEX, 0, 0);
	args[0] = 0;
	args[1] = INDEX;
	assert_int_equal(partition_hcall(p, H_READ, args), H_SUCCESS);
	assert_int_equal(args[0], 0);
	assert_int_equal(args[1], 0);
}

static void a_vcpu_that_does_not_forget_is_a_hardware_error(void **state)
{
	struct partition *p = *state;

	enter(p, INDEX);
	fake_host_fail(p->fake, FAKE_USE_HPT, 2, EIO);
	assert_int_equal(HCALL(p, H_REMOVE, 0, INDEX, 0), H_HARDWARE);
	assert_int_equal(p->fake->held, 0);
}

static void a_vcpu_that_does_not_use_the_table_is_not_attached(void **state)
{
	struct partition *p = NULL;
	struct fake_cpu *cpu;

	(void)state;
	partition_make(&(struct partition_setup){ .host = "pr" }, &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	cpu = fake_cpu_new(p->fake, 0);
	fake_host_fail(p->fake, FAKE_USE_HPT, 1, EINVAL);
	assert_int_equal(papr_vcpu_attach(papr_vm_vcpu(p->vm, 0), cpu),
			 -EINVAL);
	assert_string_equal(papr_vm_error(p->vm), "vCPU 0 does not use the "
			    "partition's page table: Invalid argument");
	assert_int_equal(papr_vcpu_attach(papr_vm_vcpu(p->vm, 0), cpu), 0);
	partition_free(p);
}

static void a_reset_empties_the_table_and_tells_all(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	enter(p, INDEX);
	for (uint32_t i = 0; i < 2; i++)
		fake_cpu_entry(cpu_of(p, i), INDEX);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	for (uint32_t i = 0; i < 2; i++) {
		assert_non_null(cpu_of(p, i)->hpt);
		assert_int_equal(fake_cpu_entry(cpu_of(p, i), INDEX).pteh, 0);
	}
	assert_true(!word(p, INDEX, 1));
}

#define GROUPS 64

/* Fills what is free of each group; how many entries that were is returned. */
static void *fill_groups(void *vcpu)
{
	uintptr_t entered = 0;

	for (uint64_t i = 0; i < 8 * GROUPS; i++) {
		struct papr_hcall call = {
			.nr = H_ENTER,
			.args = { 0, i % GROUPS * 8, AVPN, PAGE | M },
		};

		papr_vcpu_hcall(vcpu, &call);
		entered += call.ret == H_SUCCESS;
	}
	return (void *)entered;
}

static void two_vcpus_never_enter_into_one_place(void **state)
{
	struct partition *p = *state;
	pthread_t thread[2];
	uintptr_t entered = 0;
	void *n;

	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, fill_groups,
						papr_vm_vcpu(p->vm, i)), 0);
	for (uint32_t i = 0; i < 2; i++) {
		pthread_join(thread[i], &n);
		entered += (uintptr_t)n;
	}
	assert_int_equal(entered, 8 * GROUPS);
	for (uint64_t i = 0; i < 8 * GROUPS; i++)
		assert_int_equal(word(p, i, 0), AVPN | V);
}

/* KVM-PR has no code for these three, and its routes are not split by that. */
static void the_kernel_has_four_of_the_calls(void **state)
{
	static const struct {
		uint64_t nr;
		enum papr_effective effective;
	} calls[] = {
		{ HCALL_ROW_H_ENTER, PAPR_EFFECTIVE_KERNEL },
		{ HCALL_ROW_H_REMOVE, PAPR_EFFECTIVE_KERNEL },
		{ HCALL_ROW_H_PROTECT, PAPR_EFFECTIVE_KERNEL },
		{ HCALL_ROW_H_BULK_REMOVE, PAPR_EFFECTIVE_KERNEL },
		{ HCALL_ROW_H_READ, PAPR_EFFECTIVE_USER },
		{ HCALL_ROW_H_CLEAR_REF, PAPR_EFFECTIVE_USER },
		{ HCALL_ROW_H_CLEAR_MOD, PAPR_EFFECTIVE_USER },
	};
	struct partition *p;
	struct papr_route_report report;

	(void)state;
	p = partition_new(&(struct partition_setup){ .host = "pr" });
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		papr_vm_route(p->vm, calls[i].nr, &report);
		if (report.effective != calls[i].effective)
			fail_msg("%s", report.call->name);
	}
	set_word(p, INDEX, 0, AVPN | V);
	set_word(p, INDEX, 1, PAGE | M | HPTE_R_R);
	assert_int_equal(HCALL(p, H_CLEAR_REF, 0, INDEX), H_SUCCESS);
	assert_int_equal(word(p, INDEX, 1), PAGE | M);
	partition_free(p);
}

static void these_calls_change_hands_while_the_guest_runs(void **state)
{
	struct partition *p = *state;
	struct papr_policy *policy;
	struct papr_error error;

	enter(p, INDEX);
	assert_int_equal(papr_policy_parse("{}", 2, "test", &policy, &error),
			 0);
	if (papr_vm_change_policy(p->vm, policy, &error))
		fail_msg("%s", error.text);
	papr_policy_free(policy);
	assert_true(fake_host_hcall_enabled(p->fake, H_ENTER));
	assert_int_equal(word(p, INDEX, 0), AVPN | V);
}

static void no_use_hpt(struct partition *p, struct papr_host_ops *host,
		       struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->use_hpt = NULL;
}

static void no_hold(struct partition *p, struct papr_host_ops *host,
		    struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->hold = NULL;
}

static void a_host_that_uses_no_such_table_is_refused(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.host = "pr", .tweak = no_use_hpt }, &p, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "hash guests of KVM-PR need a page "
			    "table in userspace, which the program's host "
			    "operations do not use");
}

static void without_hold_the_calls_are_nobodys(void **state)
{
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){
		.host = "pr", .policy = all_user, .tweak = no_hold });
	assert_int_equal(HCALL(p, H_READ, 0, 0), H_FUNCTION);
	partition_free(p);
}

static void a_table_that_is_too_large_for_kvm_pr_is_refused(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){ .host = "pr" }, &p, NULL);
	assert_int_equal(papr_vm_add_ram(p->vm, 1ull << 40, 1ull << 60, p->ram,
					 0), 0);
	assert_int_equal(papr_vm_seal(p->vm), -EOVERFLOW);
	assert_string_equal(papr_vm_error(p->vm), "no hashed page table of "
			    "2^46 bytes: Value too large for defined data "
			    "type");
	partition_free(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			vcpus_use_one_table_from_when_they_are_attached),
		pr_test(the_table_is_empty_at_first),
		pr_test(an_entry_is_big_endian_in_its_place),
		pr_test(a_new_entry_needs_nobody_to_forget),
		pr_test(every_vcpu_forgets_an_entry_that_is_removed),
		pr_test(every_vcpu_forgets_an_entry_that_changes),
		pr_test(vcpus_are_out_of_the_guest_while_an_entry_changes),
		pr_test(what_the_kernel_wrote_is_read),
		pr_test(a_vcpu_that_does_not_forget_is_a_hardware_error),
		cmocka_unit_test(
			a_vcpu_that_does_not_use_the_table_is_not_attached),
		pr_test(a_reset_empties_the_table_and_tells_all),
		pr_test(two_vcpus_never_enter_into_one_place),
		cmocka_unit_test(the_kernel_has_four_of_the_calls),
		pr_test(these_calls_change_hands_while_the_guest_runs),
		cmocka_unit_test(a_host_that_uses_no_such_table_is_refused),
		cmocka_unit_test(without_hold_the_calls_are_nobodys),
		cmocka_unit_test(
			a_table_that_is_too_large_for_kvm_pr_is_refused),
	};

	return cmocka_run_group_tests_name("page table of KVM-PR", tests, NULL,
					   NULL);
}
