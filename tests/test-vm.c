/* SPDX-License-Identifier: BSD-2-Clause */
/* Making a partition: configurations, structures with a size, choices. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <talloc.h>

#include "spapr/vm.h"
#include "tests/partition.h"

static void config_no_host_could_satisfy_is_refused(void **state)
{
	static const struct {
		struct papr_vm_config config;
		const char *says;
	} wrong[] = {
		{ { .cores = 257, .threads = 1 }, "more than 256 vCPUs" },
		{ { .cores = 33, .threads = 8 }, "33 cores of 8 threads" },
		{ { .cores = UINT32_MAX, .threads = 8 }, "more than 256" },
		{ { .cores = 1u << 31, .threads = 2 }, "more than 256" },
		{ { .threads = 3 }, "1, 2, 4 or 8 threads" },
		{ { .threads = 16 }, "1, 2, 4 or 8 threads" },
		{ { .rtas_base = 0x18000 }, "a multiple of 64 KiB" },
		{ { .rtas_base = 0x80000000 }, "below 2 GiB" },
		{ { .rtas_base = 1ull << 40 }, "below 2 GiB" },
		{ { .mmu = PAPR_MMU_HASH + 1 }, "no such value" },
		{ { .nested_hv = PAPR_SWITCH_OFF + 1 }, "no such value" },
		{ { .fwnmi = PAPR_SWITCH_OFF + 1 }, "no such value" },
	};
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (partition_make(&(struct partition_setup){
			.config = wrong[i].config }, &p, &error) != -EINVAL ||
		    !strstr(error.text, wrong[i].says))
			fail_msg("row %zu: %s", i, error.text);
	assert_null(p);
}

static void there_must_be_a_core(void **state)
{
	struct papr_vm_config config = { .size = sizeof(config), .threads = 1 };
	struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	struct fake_host *fake = fake_host_new(NULL, "power10");
	struct papr_vm *vm;

	(void)state;
	assert_int_equal(papr_vm_new(&config, fake_host_ops(), fake, &vmm,
				     NULL, &vm, NULL), -EINVAL);
	config.cores = 1;
	config.threads = 0;
	assert_int_equal(papr_vm_new(&config, fake_host_ops(), fake, &vmm,
				     NULL, &vm, NULL), -EINVAL);
	talloc_free(fake);
}

static void the_most_vcpus_are_taken(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 32, .threads = 8 } });

	(void)state;
	assert_int_equal(papr_vm_vcpus(p->vm), PAPR_MAX_VCPUS);
	partition_free(p);
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	papr_vm_free(NULL);
}

enum { CONFIG, HOST_OPS, VMM_OPS, STRUCTS };

/* papr_vm_new() with one structure @size bytes long, its tail @tail. */
static int new_sized(int which, size_t size, uint8_t tail)
{
	struct papr_vm_config config = {
		.size = sizeof(config), .cores = 1, .threads = 1,
	};
	struct papr_vmm_ops vmm = { .size = sizeof(vmm) };
	const void *own[STRUCTS] = { &config, fake_host_ops(), &vmm };
	const size_t sizes[STRUCTS] = {
		sizeof(config), sizeof(struct papr_host_ops), sizeof(vmm)
	};
	const void *in[STRUCTS] = { own[0], own[1], own[2] };
	struct fake_host *fake = fake_host_new(NULL, "power10");
	uint8_t *copy = calloc(1, size + sizes[which]);
	struct papr_vm *vm = NULL;
	struct papr_error error = { "" };
	int r;

	memcpy(copy, own[which], sizes[which]);
	if (size > sizes[which])
		copy[size - 1] = tail;
	memcpy(copy, &size, sizeof(size));
	in[which] = copy;
	r = papr_vm_new(in[CONFIG], in[HOST_OPS], fake, in[VMM_OPS], NULL,
			&vm, &error);
	assert_int_equal(!r, vm != NULL);
	assert_int_equal(!r, !error.text[0]);
	papr_vm_free(vm);
	free(copy);
	talloc_free(fake);
	return r;
}

static void longer_structure_is_taken_if_its_tail_is_zero(void **state)
{
	static const size_t sizes[STRUCTS] = {
		sizeof(struct papr_vm_config), sizeof(struct papr_host_ops),
		sizeof(struct papr_vmm_ops)
	};

	(void)state;
	for (int i = 0; i < STRUCTS; i++) {
		assert_int_equal(new_sized(i, sizes[i] + 1, 0), 0);
		assert_int_equal(new_sized(i, sizes[i] + 64, 0), 0);
		assert_int_equal(new_sized(i, sizes[i] + 1, 1), -E2BIG);
		assert_int_equal(new_sized(i, sizes[i] + 64, 0x80), -E2BIG);
	}
}

static void structure_without_a_size_is_refused(void **state)
{
	(void)state;
	for (int i = 0; i < STRUCTS; i++)
		for (size_t size = 0; size < sizeof(size_t); size++)
			assert_int_equal(new_sized(i, size, 0), -E2BIG);
}

static void shorter_structure_leaves_members_unset(void **state)
{
	(void)state;
	/* Up to the number of threads, and no operations at all. */
	assert_int_equal(new_sized(CONFIG,
				   offsetof(struct papr_vm_config, vsmt), 0),
			 0);
	assert_int_equal(new_sized(CONFIG,
				   offsetof(struct papr_vm_config, threads),
				   0), -EINVAL);
	assert_int_equal(new_sized(VMM_OPS, sizeof(size_t), 0), 0);
	assert_int_equal(new_sized(HOST_OPS,
				   offsetof(struct papr_host_ops, update_reg),
				   0), -EINVAL);
}

static void members_not_given_are_zero(void **state)
{
	const size_t given[2] = { sizeof(given[0]), 42 };
	size_t copy[3] = { 7, 7, 7 };

	(void)state;
	assert_int_equal(sized_copy(copy, sizeof(copy), given), 0);
	assert_int_equal(copy[0], sizeof(given[0]));
	assert_int_equal(copy[1], 0);
	assert_int_equal(copy[2], 0);
}

static void (*drop)(struct papr_host_ops *ops);

static void tweak_drop(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	drop(host_ops);
}

static void drop_describe(struct papr_host_ops *ops)
{
	ops->describe = NULL;
}

static void drop_get_reg(struct papr_host_ops *ops)
{
	ops->get_reg = NULL;
}

static void drop_update_reg(struct papr_host_ops *ops)
{
	ops->update_reg = NULL;
}

static void host_needs_three_operations(void **state)
{
	static void (*const drops[])(struct papr_host_ops *) = {
		drop_describe, drop_get_reg, drop_update_reg,
	};
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(drops); i++) {
		drop = drops[i];
		assert_int_equal(partition_make(&(struct partition_setup){
			.tweak = tweak_drop }, &p, &error), -EINVAL);
		assert_string_equal(error.text, "a host needs describe, "
				    "get_reg and update_reg");
	}
}

static void fail_describe(struct partition *p, struct papr_host_ops *host_ops,
			  struct papr_vmm_ops *vmm_ops)
{
	(void)host_ops;
	(void)vmm_ops;
	fake_host_fail(p->fake, FAKE_DESCRIBE, 1, EPERM);
}

static void host_that_does_not_describe_itself_is_no_host(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.tweak = fail_describe }, &p, &error), -EPERM);
	assert_string_equal(error.text, "the host does not describe itself: "
			    "Operation not permitted");
}

struct choice {
	const char *host;
	struct papr_vm_config config;
	enum papr_mmu mmu;
	bool nested_hv, fwnmi;
	const char *says;	/* if it is refused */
};

#define AUTO PAPR_SWITCH_AUTO
#define ON PAPR_SWITCH_ON
#define OFF PAPR_SWITCH_OFF

static const struct choice choices[] = {
	{ "power10", { .mmu = PAPR_MMU_AUTO }, PAPR_MMU_RADIX, true, true,
	  NULL },
	{ "power10", { .mmu = PAPR_MMU_HASH }, PAPR_MMU_HASH, false, true,
	  NULL },
	{ "power9", { .mmu = PAPR_MMU_RADIX }, PAPR_MMU_RADIX, true, true,
	  NULL },
	{ "power8", { .mmu = PAPR_MMU_AUTO }, PAPR_MMU_HASH, false, true,
	  NULL },
	{ "nested", { .mmu = PAPR_MMU_AUTO }, PAPR_MMU_RADIX, true, true,
	  NULL },
	{ "power8", { .mmu = PAPR_MMU_RADIX }, 0, false, false,
	  "no radix MMU, as POWER8 has none" },
	{ "nested", { .mmu = PAPR_MMU_HASH }, 0, false, false,
	  "inside a partition" },
	{ "power9", { .mmu = PAPR_MMU_HASH }, 0, false, false,
	  "KVM_CAP_PPC_MMU_HASH_V3 is 0" },
	{ "pr", { .mmu = PAPR_MMU_AUTO }, PAPR_MMU_HASH, false, false, NULL },
	{ "pr", { .nested_hv = ON }, 0, false, false, "only KVM-HV can nest" },
	{ "pr", { .fwnmi = ON }, 0, false, false, "" },
	{ "power10", { .nested_hv = OFF }, PAPR_MMU_RADIX, false, true, NULL },
	{ "power10", { .nested_hv = ON }, PAPR_MMU_RADIX, true, true, NULL },
	{ "power10", { .nested_hv = ON, .mmu = PAPR_MMU_HASH }, 0, false,
	  false, "nested KVM-HV: the guest must use the radix MMU" },
	{ "power8", { .nested_hv = ON }, 0, false, false, "(ENODEV)" },
	{ "power10", { .gtse = OFF }, PAPR_MMU_RADIX, true, true, NULL },
	{ "power10", { .gtse = ON }, PAPR_MMU_RADIX, true, true, NULL },
	{ "power8", { .gtse = ON }, 0, false, false,
	  "GTSE: the guest must use the radix MMU" },
	{ "power10", { .fwnmi = OFF }, PAPR_MMU_RADIX, true, false, NULL },
	{ "power10", { .fwnmi = ON }, PAPR_MMU_RADIX, true, true, NULL },
};

static void automatic_choices_follow_the_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		const struct choice *c = &choices[i];
		struct papr_error error = { "" };
		struct partition *p = NULL;
		int r = partition_make(&(struct partition_setup){
			.host = c->host, .config = c->config }, &p, &error);

		if (c->says) {
			if (r != -EOPNOTSUPP || !strstr(error.text, c->says))
				fail_msg("row %zu: %d, %s", i, r, error.text);
			continue;
		}
		assert_int_equal(r, 0);
		if (papr_vm_mmu(p->vm) != c->mmu ||
		    papr_vm_nested_hv(p->vm) != c->nested_hv ||
		    papr_vm_fwnmi(p->vm) != c->fwnmi)
			fail_msg("row %zu", i);
		assert_string_equal(papr_vm_host(p->vm)->name, c->host);
		partition_free(p);
	}
}

static const struct refusal {
	const char *host;
	enum papr_cap cap;		/* to take away */
	bool parameter_off;
	const char *says;
} refusals[] = {
	{ "power10", PAPR_CAP_NESTED_HV, true, "kvm_hv.nested (EPERM)" },
	{ "power10", PAPR_CAP_NESTED_HV, false, "the kernel does not offer" },
	{ "power8", PAPR_CAP_NESTED_HV, false, "POWER9 or newer (ENODEV)" },
	{ "power8", PAPR_CAP_NESTED_HV, true, "kvm_hv.nested (EPERM)" },
};

static const struct refusal *refusal;

static void take_cap(struct partition *p, struct papr_host_ops *host_ops,
		     struct papr_vmm_ops *vmm_ops)
{
	struct papr_host *info = fake_host_info(p->fake);

	(void)host_ops;
	(void)vmm_ops;
	info->cap[refusal->cap] = 0;
	if (refusal->parameter_off)
		info->nested_param = 0;
}

static void impossible_nesting_is_refused_with_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct partition *p = NULL;
		struct papr_error error = { "" };

		refusal = &refusals[i];
		if (partition_make(&(struct partition_setup){
			.host = refusal->host, .tweak = take_cap,
			.config = { .nested_hv = ON } }, &p, &error) !=
		    -EOPNOTSUPP || !strstr(error.text, refusal->says))
			fail_msg("row %zu: %s", i, error.text);
	}
}

static void fwnmi_needs_the_cap_and_the_operation(void **state)
{
	static const struct refusal no_fwnmi = {
		"power10", PAPR_CAP_FWNMI, false, NULL
	};
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	refusal = &no_fwnmi;
	assert_int_equal(partition_make(&(struct partition_setup){
		.tweak = take_cap, .config = { .fwnmi = ON } }, &p, &error),
		-EOPNOTSUPP);
	assert_non_null(strstr(error.text, "KVM_CAP_PPC_FWNMI"));
	assert_int_equal(partition_make(&(struct partition_setup){
		.tweak = take_cap }, &p, &error), 0);
	assert_false(papr_vm_fwnmi(p->vm));
	partition_free(p);
}

static void rtas_area_grows_by_64_kib(void **state)
{
	(void)state;
	assert_int_equal(papr_rtas_size(1), 0x10000);
	assert_int_equal(papr_rtas_size(PAPR_MAX_VCPUS), 0x10000);
	/* 0x30 for the stub, 2048 for the log, 16 a CPU, 8 of slack. */
	assert_int_equal(papr_rtas_size(3964), 0x10000);
	assert_int_equal(papr_rtas_size(3965), 0x20000);
	assert_true(papr_rtas_size(UINT32_MAX) >= 16ull * UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_no_host_could_satisfy_is_refused),
		cmocka_unit_test(there_must_be_a_core),
		cmocka_unit_test(the_most_vcpus_are_taken),
		cmocka_unit_test(freeing_nothing_is_allowed),
		cmocka_unit_test(longer_structure_is_taken_if_its_tail_is_zero),
		cmocka_unit_test(structure_without_a_size_is_refused),
		cmocka_unit_test(shorter_structure_leaves_members_unset),
		cmocka_unit_test(members_not_given_are_zero),
		cmocka_unit_test(host_needs_three_operations),
		cmocka_unit_test(host_that_does_not_describe_itself_is_no_host),
		cmocka_unit_test(automatic_choices_follow_the_host),
		cmocka_unit_test(impossible_nesting_is_refused_with_reason),
		cmocka_unit_test(fwnmi_needs_the_cap_and_the_operation),
		cmocka_unit_test(rtas_area_grows_by_64_kib),
	};

	return cmocka_run_group_tests_name("VM", tests, NULL, NULL);
}
