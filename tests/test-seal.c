/* SPDX-License-Identifier: BSD-2-Clause */
/* Sealing: what the host is told, in which order, and each thing failing. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#include "spapr/vm.h"
#include "tests/partition.h"

static struct partition *make(const struct partition_setup *setup)
{
	struct partition *p = NULL;
	struct papr_error error;

	if (partition_make(setup, &p, &error))
		fail_msg("%s", error.text);
	return p;
}

static void host_is_set_up_in_order(void **state)
{
	static const char *const order[] = {
		"set_smt 2\n", "enable_nested\n", "enable_hcall 0x4 ",
		"setup_irqs 4: 0x1000 0x1001 0x1002 0x1003 0x1100\n",
		"define_rtas ibm,set-xive 0x200a\n",
		"define_rtas ibm,get-xive 0x200b\n",
		"define_rtas ibm,int-off 0x200c\n",
		"define_rtas ibm,int-on 0x200d\n",
	};
	struct partition *p = make(&(struct partition_setup){
		.config = { .cores = 2, .threads = 2 } });
	const char *at;

	(void)state;
	assert_int_equal(papr_vm_seal(p->vm), 0);
	at = fake_host_log(p->fake);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		at = strstr(at, order[i]);
		if (!at)
			fail_msg("%s in %s", order[i], fake_host_log(p->fake));
	}
	partition_free(p);
}

static void hash_guest_gets_a_page_table_of_a_128th(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *log;
	} sizes[] = {
		{ 0x1000000, "setup_hpt 18" },
		{ 0x2000000, "setup_hpt 18" },
		{ 0x2001000, "setup_hpt 19" },
		{ 0x20000000, "setup_hpt 22" },
		{ 1ull << 53, "setup_hpt 46" },
		{ 1ull << 60, "setup_hpt 46" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct papr_vm_config config = {
			.size = sizeof(config), .cores = 1, .threads = 1,
			.mmu = PAPR_MMU_HASH, .rtas_base = RTAS_BASE,
		};
		struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
		struct fake_host *fake = fake_host_new(NULL, "power10");
		uint8_t *ram = malloc(RAM_SIZE), page[1];
		struct papr_vm *vm;

		assert_int_equal(papr_vm_new(&config, fake_host_ops(), fake,
					     &vmm, NULL, &vm, NULL), 0);
		papr_vm_add_ram(vm, 0, RAM_SIZE, ram, 0);
		/* Far away: it is bytes that count, not addresses. */
		papr_vm_add_ram(vm, 1ull << 62, sizes[i].bytes - RAM_SIZE,
				page, 0);
		assert_int_equal(papr_vm_seal(vm), 0);
		if (!fake_host_logged(fake, sizes[i].log))
			fail_msg("%s", fake_host_log(fake));
		papr_vm_free(vm);
		free(ram);
		talloc_free(fake);
	}
}

static void radix_guest_gets_no_page_table(void **state)
{
	struct partition *p = make(&(struct partition_setup){ 0 });

	(void)state;
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_null(strstr(fake_host_log(p->fake), "setup_hpt"));
	partition_free(p);
}

static void rtas_blob_calls_the_hypervisor(void **state)
{
	/* H_RTAS, and KVMPPC_H_VOF_CLIENT of the client interface. */
	static const uint8_t stub[] = {
		0x7c, 0x64, 0x1b, 0x78,	0x38, 0x60, 0x00, 0x00,
		0x60, 0x63, 0xf0, 0x00,	0x44, 0x00, 0x00, 0x22,
		0x4e, 0x80, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00,
		0x7c, 0x64, 0x1b, 0x78,	0x38, 0x60, 0x00, 0x00,
		0x60, 0x63, 0xf0, 0x05,	0x44, 0x00, 0x00, 0x22,
		0x4e, 0x80, 0x00, 0x20,
	};
	struct partition *p = make(&(struct partition_setup){ 0 });
	uint8_t before = p->ram[RTAS_BASE - 1];

	(void)state;
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_memory_equal(p->ram + RTAS_BASE, stub, sizeof(stub));
	for (size_t i = sizeof(stub); i < 0x10000; i++)
		assert_int_equal(p->ram[RTAS_BASE + i], 0);
	assert_int_equal(p->ram[RTAS_BASE - 1], before);
	assert_int_equal(p->ram[RTAS_BASE + 0x10000], before);
	assert_dirty(p, RTAS_BASE, 0x10000);
	partition_free(p);
}

static void rtas_blob_needs_ram_under_it(void **state)
{
	static const uint64_t bases[] = {
		RAM_SIZE, ROM_BASE, 0x7fff0000
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		struct partition *p = make(&(struct partition_setup){
			.config = { .rtas_base = bases[i] } });

		assert_int_equal(papr_vm_seal(p->vm), -EINVAL);
		assert_non_null(strstr(papr_vm_error(p->vm), "0x10000 bytes "
				       "of writable RAM"));
		partition_free(p);
	}
}

static void rtas_blob_may_be_the_end_of_ram(void **state)
{
	struct partition *p = make(&(struct partition_setup){
		.config = { .rtas_base = RAM_SIZE - 0x10000 } });

	(void)state;
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_free(p);
}

static void there_must_be_ram_at_0(void **state)
{
	struct papr_vm_config config = {
		.size = sizeof(config), .cores = 1, .threads = 1,
	};
	struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	struct fake_host *fake = fake_host_new(NULL, "power10");
	struct papr_vm *vm;
	uint8_t page[1];

	(void)state;
	papr_vm_new(&config, fake_host_ops(), fake, &vmm, NULL, &vm, NULL);
	assert_int_equal(papr_vm_seal(vm), -EINVAL);
	assert_string_equal(papr_vm_error(vm),
			    "a partition needs RAM at address 0");
	papr_vm_add_ram(vm, 4096, 4096, page, 0);
	assert_int_equal(papr_vm_seal(vm), -EINVAL);
	papr_vm_free(vm);
	talloc_free(fake);
}

static void vm_is_sealed_once(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_seal(p->vm), -EBUSY);
	assert_string_equal(papr_vm_error(p->vm), "the VM is sealed already");
}

/* Nested HV is on request: "auto" goes without it. */
static const struct failure {
	enum fake_op op;
	unsigned int nth;
	enum papr_mmu mmu;
	const char *says;
} failures[] = {
	{ FAKE_SET_SMT, 1, PAPR_MMU_AUTO, "refused virtual SMT mode 4: " },
	{ FAKE_ENABLE_NESTED, 1, PAPR_MMU_AUTO, "nested KVM-HV: " },
	{ FAKE_SETUP_IRQS, 1, PAPR_MMU_AUTO,
	  "no interrupt controller for 2 servers: " },
	{ FAKE_DEFINE_RTAS, 1, PAPR_MMU_AUTO,
	  "the kernel does not answer ibm,set-xive: " },
	{ FAKE_DEFINE_RTAS, 4, PAPR_MMU_AUTO,
	  "the kernel does not answer ibm,int-on: " },
	{ FAKE_DESCRIBE_MMU, 1, PAPR_MMU_AUTO,
	  "the host does not describe its MMU: " },
	{ FAKE_SETUP_HPT, 1, PAPR_MMU_HASH,
	  "no hashed page table of 2^18 bytes: " },
};

static void every_failure_has_its_sentence_and_is_final(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
		const struct failure *f = &failures[i];
		bool hash = f->mmu == PAPR_MMU_HASH;
		struct partition *p = make(&(struct partition_setup){
			.config = { .threads = 2, .vsmt = 4, .mmu = f->mmu,
				    .nested_hv = hash ? PAPR_SWITCH_OFF :
							PAPR_SWITCH_ON } });
		uint8_t page[1];

		fake_host_fail(p->fake, f->op, f->nth, EIO);
		if (papr_vm_seal(p->vm) != -EIO ||
		    !strstr(papr_vm_error(p->vm), f->says) ||
		    !strstr(papr_vm_error(p->vm), "Input/output error"))
			fail_msg("%s: %s", f->says, papr_vm_error(p->vm));
		assert_int_equal(p->vm->stage, VM_FAILED);
		assert_int_equal(papr_vm_seal(p->vm), -EBUSY);
		assert_int_equal(papr_vm_add_ram(p->vm, 0x300000, 4096, page,
						 0), -EBUSY);
		assert_int_equal(papr_vcpu_attach(papr_vm_vcpu(p->vm, 0),
						  page), -EBUSY);
		partition_free(p);
	}
}

/* Which of the calls of enable_hcall it is that a log shows. */
static unsigned int nth_enable(const char *log, const char *line)
{
	const char *end = strstr(log, line);
	unsigned int n = 1;

	assert_non_null(end);
	for (log = strstr(log, "enable_hcall"); log < end;
	     log = strstr(log + 1, "enable_hcall"))
		n++;
	return n;
}

static void refused_kernel_route_fails_the_seal(void **state)
{
	const struct partition_setup setup = {
		.policy = "hcalls: { H_PAGE_INIT: kernel! }"
	};
	struct partition *p = make(&setup);
	unsigned int nth;

	(void)state;
	assert_int_equal(papr_vm_seal(p->vm), 0);
	nth = nth_enable(fake_host_log(p->fake), "enable_hcall 0x2c on");
	partition_free(p);

	p = make(&setup);
	fake_host_fail(p->fake, FAKE_ENABLE_HCALL, nth, EINVAL);
	assert_int_equal(papr_vm_seal(p->vm), -EOPNOTSUPP);
	assert_non_null(strstr(papr_vm_error(p->vm), "H_PAGE_INIT"));
	assert_int_equal(p->vm->stage, VM_FAILED);
	assert_false(fake_host_hcall_enabled(p->fake, H_PAGE_INIT));
	partition_free(p);
}

/* Hash guests have nothing of the kind. */
static void without_gtse_somebody_must_answer_the_call(void **state)
{
	static const struct {
		enum papr_mmu mmu;
		const char *route;
		const char *says;
	} rows[] = {
		{ PAPR_MMU_RADIX, "user", NULL },
		{ PAPR_MMU_RADIX, "kernel", NULL },
		{ PAPR_MMU_RADIX, "deny", "H_RPT_INVALIDATE, which nobody" },
		{ PAPR_MMU_HASH, "deny", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char policy[64];
		struct partition *p;

		snprintf(policy, sizeof(policy),
			 "hcalls: { H_RPT_INVALIDATE: %s }", rows[i].route);
		p = make(&(struct partition_setup){
			.policy = policy, .config = { .mmu = rows[i].mmu,
				.gtse = PAPR_SWITCH_OFF } });
		assert_int_equal(papr_vm_seal(p->vm),
				 rows[i].says ? -EOPNOTSUPP : 0);
		if (rows[i].says)
			assert_non_null(strstr(papr_vm_error(p->vm),
					       rows[i].says));
		partition_free(p);
	}
}

static void automatic_nesting_goes_without_it(void **state)
{
	struct partition *p = make(&(struct partition_setup){ 0 });

	(void)state;
	fake_host_fail(p->fake, FAKE_ENABLE_NESTED, 1, EPERM);
	assert_true(papr_vm_nested_hv(p->vm));
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_false(papr_vm_nested_hv(p->vm));
	assert_true(p->logs > 0);
	assert_non_null(strstr(p->log, "refused nested KVM-HV"));
	partition_free(p);
}

static void bare_host(struct partition *p, struct papr_host_ops *host_ops,
		      struct papr_vmm_ops *vmm_ops)
{
	static const struct papr_host_ops none;

	(void)p;
	(void)vmm_ops;
	host_ops->describe_mmu = none.describe_mmu;
	host_ops->setup_irqs = none.setup_irqs;
	host_ops->define_rtas = none.define_rtas;
	host_ops->setup_hpt = none.setup_hpt;
	host_ops->enable_hcall = none.enable_hcall;
	host_ops->enable_nested = none.enable_nested;
	host_ops->irq_line = none.irq_line;
}

static void host_may_leave_operations_out(void **state)
{
	struct partition *p = make(&(struct partition_setup){
		.tweak = bare_host, .config = { .mmu = PAPR_MMU_HASH } });

	(void)state;
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_string_equal(fake_host_log(p->fake), "");
	partition_free(p);
}

static void policy_is_chosen_before_the_seal(void **state)
{
	struct partition *p = *state;
	struct papr_policy *policy;

	assert_int_equal(papr_policy_new(&policy), 0);
	assert_int_equal(papr_vm_set_policy(p->vm, policy), -EBUSY);
	papr_policy_free(policy);
}

static void routes_are_reported_after_the_seal(void **state)
{
	struct partition *p = *state;
	struct papr_route_report r;

	for (size_t i = 0; i < papr_hcall_count(); i++) {
		assert_int_equal(papr_vm_route(p->vm, i, &r), 0);
		assert_ptr_equal(r.call, papr_hcall_at(i));
	}
	assert_int_equal(papr_vm_route(p->vm, papr_hcall_count(), &r),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_is_set_up_in_order),
		cmocka_unit_test(hash_guest_gets_a_page_table_of_a_128th),
		cmocka_unit_test(radix_guest_gets_no_page_table),
		cmocka_unit_test(rtas_blob_calls_the_hypervisor),
		cmocka_unit_test(rtas_blob_needs_ram_under_it),
		cmocka_unit_test(rtas_blob_may_be_the_end_of_ram),
		cmocka_unit_test(there_must_be_ram_at_0),
		partition_test(vm_is_sealed_once),
		cmocka_unit_test(every_failure_has_its_sentence_and_is_final),
		cmocka_unit_test(refused_kernel_route_fails_the_seal),
		cmocka_unit_test(without_gtse_somebody_must_answer_the_call),
		cmocka_unit_test(automatic_nesting_goes_without_it),
		cmocka_unit_test(host_may_leave_operations_out),
		partition_test(policy_is_chosen_before_the_seal),
		partition_test(routes_are_reported_after_the_seal),
	};

	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
