/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual SMT: which modes on which hosts, and what the kernel is told. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "tests/partition.h"

/* A POWER8 with all eight threads of its cores in one subcore. */
static uint32_t power8_threads;

static void whole_core(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	struct papr_host *info = fake_host_info(p->fake);

	(void)host_ops;
	(void)vmm_ops;
	if (strcmp(info->name, "power8") || !power8_threads)
		return;
	info->threads = power8_threads;
	info->cap[PAPR_CAP_SMT] = power8_threads;
	info->cap[PAPR_CAP_SMT_POSSIBLE] = 2 * power8_threads - 1;
}

struct row {
	const char *host;
	uint32_t p8;			/* threads per subcore, if POWER8 */
	uint32_t threads, vsmt;		/* asked for */
	int err;
	uint32_t chosen;
	const char *log;		/* of the host, "" for nothing */
	const char *says;		/* in the error */
};

static const struct row rows[] = {
	/* Automatic is the number of threads; the kernel's default is 1. */
	{ "power10", 0, 1, 0, 0, 1, "", NULL },
	{ "power10", 0, 2, 0, 0, 2, "set_smt 2\n", NULL },
	{ "power10", 0, 4, 0, 0, 4, "set_smt 4\n", NULL },
	{ "power10", 0, 8, 0, 0, 8, "set_smt 8\n", NULL },
	{ "power9", 0, 1, 1, 0, 1, "", NULL },
	{ "power9", 0, 1, 2, 0, 2, "set_smt 2\n", NULL },
	{ "power9", 0, 1, 8, 0, 8, "set_smt 8\n", NULL },
	{ "power9", 0, 2, 4, 0, 4, "set_smt 4\n", NULL },
	{ "power9", 0, 8, 8, 0, 8, "set_smt 8\n", NULL },
	{ "nested", 0, 4, 8, 0, 8, "set_smt 8\n", NULL },
	/* POWER8: threads of a subcore, or ids spaced out. */
	{ "power8", 0, 1, 0, 0, 1, "", NULL },
	{ "power8", 8, 1, 0, 0, 1, "set_smt 1\n", NULL },
	{ "power8", 8, 8, 0, 0, 8, "", NULL },
	{ "power8", 8, 4, 8, 0, 8, "", NULL },
	{ "power8", 8, 2, 2, 0, 2, "set_smt 2\n", NULL },
	{ "power8", 2, 2, 8, 0, 8, "set_smt 8 = -22\n", NULL },
	{ "power8", 0, 1, 8, 0, 8, "set_smt 8 = -22\n", NULL },
	{ "power8", 0, 2, 0, -EOPNOTSUPP, 0, NULL, "subcore, here 1" },
	{ "power8", 0, 8, 8, -EOPNOTSUPP, 0, NULL, "mode 8: before POWER9" },
	{ "power8", 2, 4, 0, -EOPNOTSUPP, 0, NULL, "subcore, here 2" },
	{ "power8", 4, 8, 8, -EOPNOTSUPP, 0, NULL, "subcore, here 4" },
	/* On no host. */
	{ "power10", 0, 1, 3, -EINVAL, 0, NULL, "mode 3: it is a power" },
	{ "power10", 0, 1, 6, -EINVAL, 0, NULL, "power of two" },
	{ "power10", 0, 1, 16, -EINVAL, 0, NULL, "from 1 to 8" },
	{ "power10", 0, 1, UINT32_MAX, -EINVAL, 0, NULL, "power of two" },
	{ "power10", 0, 2, 1, -EINVAL, 0, NULL, "less than the 2 threads" },
	{ "power10", 0, 8, 4, -EINVAL, 0, NULL, "less than the 8 threads" },
	{ "power10", 0, 3, 0, -EINVAL, 0, NULL, "1 cores of 3 threads" },
	{ "power10", 0, 16, 0, -EINVAL, 0, NULL, "1, 2, 4 or 8" },
};

/* The host's log up to the interrupt controller, which comes after. */
static bool told(struct partition *p, const char *log)
{
	size_t len = strlen(log);

	if (!*log)
		return !strstr(fake_host_log(p->fake), "set_smt");
	return !strncmp(fake_host_log(p->fake), log, len);
}

static void try_row(const struct row *row)
{
	struct partition *p = NULL;
	struct papr_error error = { "" };
	int r;

	power8_threads = row->p8;
	r = partition_make(&(struct partition_setup){
		.host = row->host, .tweak = whole_core,
		.config = { .threads = row->threads, .vsmt = row->vsmt } },
		&p, &error);
	if (r != row->err || (row->says && !strstr(error.text, row->says)))
		fail_msg("%s, %u threads, vsmt %u: %d, %s", row->host,
			 row->threads, row->vsmt, r, error.text);
	if (r) {
		assert_true(error.text[0]);
		return;
	}
	r = papr_vm_seal(p->vm);
	if (r || papr_vm_vsmt(p->vm) != row->chosen || !told(p, row->log))
		fail_msg("%s, %u threads, vsmt %u: %d, %u, %s", row->host,
			 row->threads, row->vsmt, r, papr_vm_vsmt(p->vm),
			 fake_host_log(p->fake));
	assert_int_equal(p->logs, strstr(row->log, "= -") != NULL);
	partition_free(p);
}

static void every_mode_is_taken_or_refused_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		try_row(&rows[i]);
}

static void refusal_that_does_no_harm_is_a_warning(void **state)
{
	struct partition *p = NULL;

	(void)state;
	power8_threads = 2;
	partition_make(&(struct partition_setup){ .host = "power8",
		.tweak = whole_core,
		.config = { .cores = 2, .threads = 2, .vsmt = 8 } }, &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_string_equal(p->log, "the kernel refused virtual SMT mode 8 "
			    "(it does not offer this mode); vCPU ids are "
			    "spaced out without it");
	assert_int_equal(papr_vcpu_id(papr_vm_vcpu(p->vm, 3)), 9);
	partition_free(p);
}

static void drop_set_smt(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->set_smt = NULL;
}

static void refusal_that_matters_fails_the_seal(void **state)
{
	static const struct {
		int err;
		const char *says;
	} errors[] = {
		{ EBUSY, "mode 4: a vCPU was created already" },
		{ EINVAL, "mode 4: it does not offer this mode" },
		{ EPERM, "mode 4: Operation not permitted" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct partition *p = NULL;

		partition_make(&(struct partition_setup){
			.config = { .threads = 4 } }, &p, NULL);
		fake_host_fail(p->fake, FAKE_SET_SMT, 1, errors[i].err);
		assert_int_equal(papr_vm_seal(p->vm), -errors[i].err);
		if (!strstr(papr_vm_error(p->vm), errors[i].says))
			fail_msg("%s", papr_vm_error(p->vm));
		partition_free(p);
	}
}

static void host_without_the_operation_offers_no_mode(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){ .tweak = drop_set_smt,
		.config = { .threads = 2 } }, &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), -EINVAL);
	assert_non_null(strstr(papr_vm_error(p->vm), "does not offer"));
	partition_free(p);
}

/* KVM-PR as it is gives no partition at all: it has neither MMU. */
static void pr_radix(struct partition *p, struct papr_host_ops *host_ops,
		     struct papr_vmm_ops *vmm_ops)
{
	(void)host_ops;
	(void)vmm_ops;
	fake_host_info(p->fake)->cap[PAPR_CAP_MMU_RADIX] = 1;
}

static void two_modes(struct partition *p, struct papr_host_ops *host_ops,
		      struct papr_vmm_ops *vmm_ops)
{
	(void)host_ops;
	(void)vmm_ops;
	fake_host_info(p->fake)->cap[PAPR_CAP_SMT_POSSIBLE] = 3;
}

static void host_with_few_modes_names_its_mask(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.tweak = two_modes, .config = { .threads = 4 } }, &p, &error),
		-EOPNOTSUPP);
	assert_string_equal(error.text, "virtual SMT mode 4: the kernel "
			    "offers the modes in mask 0x3");
}

static void only_mode_8(struct partition *p, struct papr_host_ops *host_ops,
			struct papr_vmm_ops *vmm_ops)
{
	(void)host_ops;
	(void)vmm_ops;
	fake_host_info(p->fake)->cap[PAPR_CAP_SMT] = 8;
	fake_host_info(p->fake)->cap[PAPR_CAP_SMT_POSSIBLE] = 8;
}

/* With ids closer than the host's mode, two cores would share one of it. */
static void ids_are_spaced_out_but_not_packed(void **state)
{
	struct partition *p = NULL;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.host = "power8", .tweak = only_mode_8,
		.config = { .vsmt = 2 } }, &p, NULL), -EOPNOTSUPP);
	assert_int_equal(partition_make(&(struct partition_setup){
		.host = "power8", .tweak = only_mode_8,
		.config = { .vsmt = 8 } }, &p, NULL), 0);
	partition_free(p);
}

static void kvm_pr_has_one_thread_per_core(void **state)
{
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
		.host = "pr", .tweak = pr_radix,
		.config = { .threads = 2 } }, &p, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "virtual SMT mode 2: KVM-PR has one "
			    "thread per core");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mode_is_taken_or_refused_in_words),
		cmocka_unit_test(refusal_that_does_no_harm_is_a_warning),
		cmocka_unit_test(refusal_that_matters_fails_the_seal),
		cmocka_unit_test(host_without_the_operation_offers_no_mode),
		cmocka_unit_test(host_with_few_modes_names_its_mask),
		cmocka_unit_test(ids_are_spaced_out_but_not_packed),
		cmocka_unit_test(kvm_pr_has_one_thread_per_core),
	};

	return cmocka_run_group_tests_name("virtual SMT", tests, NULL, NULL);
}
