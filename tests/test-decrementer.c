/* SPDX-License-Identifier: BSD-2-Clause */
/* The large decrementer. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/cas-fixture.h"
#include "tests/save-fixture.h"
#include "tests/tree.h"

static const struct papr_vm_config large = {
	.cores = 2, .max_cores = 3, .vsmt = 1, .large_decr = true,
};

static bool is_large(struct partition *p, uint32_t i)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, i)),
			    PAPR_REG_LPCR) & LPCR_LD;
}

/* Of both cores, and what their guest is told. */
static void assert_large(struct partition *p, bool yes)
{
	static const char *const cores[] = {
		"/cpus/PowerPC,POWER10@0", "/cpus/PowerPC,POWER10@1",
	};
	void *tree = tree_of(p, NULL);

	for (uint32_t i = 0; i < ARRAY_SIZE(cores); i++) {
		assert_int_equal(is_large(p, i), yes);
		if (yes)
			assert_tree_cell(tree, cores[i], "ibm,dec-bits", 56);
		else
			assert_false(tree_has(tree, cores[i], "ibm,dec-bits"));
	}
	free(tree);
}

static void it_is_there_where_it_was_asked_for(void **state)
{
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){ .config = large });
	assert_large(p, true);
	partition_free(p);
	p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 1 } });
	assert_large(p, false);
	partition_free(p);
}

static void a_core_that_comes_has_it(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = large });

	(void)state;
	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_CORE, 2, NULL), 0);
	assert_true(is_large(p, 2));
	partition_free(p);
}

static void no_bits(struct partition *p, struct papr_host_ops *host_ops,
		    struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->dec_bits = NULL;
}

static int as_ever(void *host)
{
	(void)host;
	return 32;
}

static int too_long(void *host)
{
	(void)host;
	return 65;
}

static void bits_as_ever(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->dec_bits = as_ever;
}

static void bits_too_long(struct partition *p, struct papr_host_ops *host_ops,
			  struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->dec_bits = too_long;
}

static void a_host_without_it_is_refused(void **state)
{
	static const struct partition_setup setups[] = {
		{ .host = "power8", .config = { .large_decr = true } },
		{ .host = "pr", .config = { .large_decr = true } },
		{ .config = { .large_decr = true }, .tweak = no_bits },
		{ .config = { .large_decr = true }, .tweak = bits_as_ever },
		{ .config = { .large_decr = true }, .tweak = bits_too_long },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(setups); i++) {
		struct partition *p = NULL;
		struct papr_error error;

		if (partition_make(&setups[i], &p, &error) != -EOPNOTSUPP)
			fail_msg("row %zu", i);
		assert_string_equal(error.text,
				    "this host has no large decrementer");
	}
}

/* It would take 0xffffffff for a long time, and not for one that is over. */
static void a_client_of_an_older_level_has_32_bits(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){
		.config = large });
	struct client old = { .logical = { P2_07 } };
	struct papr_error error;

	(void)state;
	assert_int_equal(cas(p, &old), H_SUCCESS);
	assert_large(p, false);
	assert_false(tree_has(cas_given(p), "/cpus/PowerPC,POWER10@0",
			      "ibm,dec-bits"));
	assert_int_equal(cas(p, &cas_radix), H_SUCCESS);
	assert_large(p, true);
	assert_int_equal(cas(p, &old), H_SUCCESS);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_large(p, true);
	partition_free(p);
}

static void a_host_that_does_not_give_it_is_told(void **state)
{
	struct partition *p = NULL;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = large }, &p, NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	fake_host_fail(p->fake, FAKE_UPDATE_REG, 1, EIO);
	assert_int_equal(papr_vcpu_attach(papr_vm_vcpu(p->vm, 0),
					  fake_cpu_new(p->fake, 0)), -EIO);
	assert_non_null(strstr(papr_vm_error(p->vm),
			       "vCPU 0 does not take the large decrementer"));
	partition_free(p);
}

/* Attached and not started. */
static struct partition *fresh(bool is_large)
{
	struct partition *p = NULL;
	struct papr_vm_config config = large;

	config.large_decr = is_large;
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = config }, &p, NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	partition_attach(p, 1);
	return p;
}

static void it_is_saved_with_the_level(void **state)
{
	struct partition *p = cas_partition(&(struct partition_setup){
		.config = large });
	struct client old = { .logical = { P2_07 } };
	struct partition *q = fresh(true);
	struct file *file;

	(void)state;
	assert_int_equal(cas(p, &old), H_SUCCESS);
	file = save_to_file(p);
	assert_true(is_large(q, 0));
	load_from_file(q, file);
	assert_large(q, false);
	partition_free(q);
	q = fresh(false);
	load_must_fail(q, file, -EINVAL,
		       "bits of a large decrementer: 56 there, 0 here");
	partition_free(q);
	partition_free(p);
	file_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_there_where_it_was_asked_for),
		cmocka_unit_test(a_core_that_comes_has_it),
		cmocka_unit_test(a_host_without_it_is_refused),
		cmocka_unit_test(a_client_of_an_older_level_has_32_bits),
		cmocka_unit_test(a_host_that_does_not_give_it_is_told),
		cmocka_unit_test(it_is_saved_with_the_level),
	};

	return cmocka_run_group_tests_name("decrementer", tests, NULL, NULL);
}
