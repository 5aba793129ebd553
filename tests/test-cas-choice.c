/* SPDX-License-Identifier: BSD-2-Clause */
/* The MMU and the interrupt controller that a client chooses. */
#include "config.h"

#include <errno.h>

#include <libfdt.h>

#include "spapr/fdt.h"
#include "spapr/vm.h"
#include "tests/cas-fixture.h"
#include "tests/save-fixture.h"

#define CPU	"/cpus/PowerPC,POWER10@0"
#define XIVE	"/interrupt-controller@60302031b0000"

static struct partition *dual(void)
{
	return cas_partition(&(struct partition_setup){
		.host = "power10", .config = {
			.cores = 2, .interrupts = PAPR_INTERRUPTS_DUAL } });
}

static struct client wants(uint8_t mmu, uint8_t irqs)
{
	struct client c = cas_radix;

	c.mmu = mmu;
	c.irqs = irqs;
	return c;
}

static bool has_string(const void *tree, const char *path, const char *name,
		       const char *text)
{
	return fdt_stringlist_search(tree, fdt_path_offset(tree, path), name,
				     text) >= 0;
}

static bool has(const void *tree, const char *path, const char *name)
{
	int node = fdt_path_offset(tree, path);

	return node >= 0 && (!name || fdt_getprop(tree, node, name, NULL));
}

static void check_mmu(const void *tree, bool hash)
{
	assert_int_equal(cas_vector_5(tree)[24], hash ? 0x00 : 0x40);
	assert_int_equal(cas_vector_5(tree)[26], hash ? 0x00 : 0x40);
	assert_int_equal(has(tree, CPU, "ibm,slb-size"), hash);
	assert_int_equal(has(tree, CPU, "ibm,processor-radix-AP-encodings"),
			 !hash);
	assert_int_equal(has_string(tree, "/rtas", "ibm,hypertas-functions",
				    "hcall-pft"), hash);
}

/* How many nodes have the controller's phandle, by which guests walk. */
static int controllers(const void *tree)
{
	int n = 0;

	for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL))
		n += fdt_get_phandle(tree, node) == XICS_PHANDLE;
	return n;
}

static void check_irqs(const void *tree, bool xive)
{
	assert_int_equal(controllers(tree), 1);
	assert_int_equal(cas_vector_5(tree)[23], xive ? 0x40 : 0x00);
	assert_int_equal(has(tree, XIVE, NULL), xive);
	assert_int_equal(has(tree, "/interrupt-controller",
			     "ibm,interrupt-server-ranges"), !xive);
	assert_int_equal(has(tree, "/", "ibm,plat-res-int-priorities"), xive);
	assert_int_equal(has(tree, "/rtas", "ibm,set-xive"), !xive);
}

static void what_both_have_is_offered(void **state)
{
	static const uint8_t pairs[] = { 23, 0x80, 24, 0x80, 25, 0, 26, 0x40 };
	struct partition *p = dual();
	struct client c = wants(0x40, 0x00);
	int len;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_memory_equal(tree_property(cas_given(p), "/chosen",
					  "ibm,arch-vec-5-platform-support",
					  &len), pairs, sizeof(pairs));
	partition_free(p);
}

static void a_client_gets_what_it_chooses(void **state)
{
	static const struct {
		uint8_t mmu, irqs;
		const char *log;	/* the host's deeds in their order */
	} rows[] = {
		{ 0x40, 0x00, "" },
		{ 0x00, 0x00, "setup_hpt 18\nconfigure_mmu 0x0 0x0\n" },
		{ 0x40, 0x40, "drop_irqs\n|xive_setup 2: 7 sources" },
		{ 0x00, 0x40, "setup_hpt 18\n|drop_irqs\n|xive_setup 2: 7 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = dual();
		struct client c = wants(rows[i].mmu, rows[i].irqs);
		char log[128], *rest = log, *part;
		const char *at;

		fake_host_clear_log(p->fake);
		assert_int_equal(cas(p, &c), H_SUCCESS);
		at = fake_host_log(p->fake);
		strcpy(log, rows[i].log);
		while ((part = strsep(&rest, "|"))) {
			at = strstr(at, part);
			if (!at)
				fail_msg("row %zu: %s, in %s", i, part,
					 fake_host_log(p->fake));
		}
		check_mmu(cas_given(p), !rows[i].mmu);
		check_irqs(cas_given(p), rows[i].irqs);
		assert_int_equal(papr_vm_mmu(p->vm) == PAPR_MMU_HASH,
				 !rows[i].mmu);
		assert_int_equal(papr_vm_interrupts(p->vm) ==
				 PAPR_INTERRUPTS_XIVE, rows[i].irqs == 0x40);
		partition_free(p);
	}
}

/* As often as it likes: what is no more is taken out of the tree again. */
static void it_may_choose_once_more(void **state)
{
	static const uint8_t irqs[] = { 0x40, 0x00, 0x40, 0x00 };
	static const uint8_t mmu[] = { 0x00, 0x00, 0x40, 0x00 };
	struct partition *p = dual();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(irqs); i++) {
		struct client c = wants(mmu[i], irqs[i]);

		assert_int_equal(cas(p, &c), H_SUCCESS);
		check_mmu(cas_given(p), !mmu[i]);
		check_irqs(cas_given(p), irqs[i]);
	}
	partition_free(p);
}

/* Calls of the controller that there is, and only they, are answered. */
static void calls_follow_the_controller(void **state)
{
	struct partition *p = dual();
	struct client c = wants(0x40, 0x40);

	(void)state;
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_FUNCTION);
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_SUCCESS);
	assert_int_equal(HCALL(p, H_XIRR, 0), H_FUNCTION);
	c.irqs = 0;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_FUNCTION);
	partition_free(p);
}

static void a_reset_goes_back_to_the_beginning(void **state)
{
	struct partition *p = dual();
	struct client c = wants(0x00, 0x40);
	struct papr_error error;
	void *tree;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(papr_vm_mmu(p->vm), PAPR_MMU_RADIX);
	assert_int_equal(papr_vm_interrupts(p->vm), PAPR_INTERRUPTS_XICS);
	tree = tree_of(p, NULL);
	check_mmu(tree, false);
	check_irqs(tree, false);
	free(tree);
	partition_free(p);
}

/* Then all is as it was, and the user is told why. */
static void what_the_host_does_not_give_is_refused(void **state)
{
	static const struct {
		uint8_t mmu, irqs;
		int op;
		const char *words;
	} rows[] = {
		{ 0x00, 0x40, FAKE_SETUP_HPT, "the other MMU" },
		{ 0x00, 0x40, FAKE_DROP_IRQS, "keeps its interrupt" },
		{ 0x00, 0x40, FAKE_XIVE_SETUP, "no XIVE interrupt" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = dual();
		struct client c = wants(rows[i].mmu, rows[i].irqs);

		fake_host_fail(p->fake, rows[i].op, 1, EIO);
		assert_int_equal(cas(p, &c), H_HARDWARE);
		if (!strstr(p->log, rows[i].words))
			fail_msg("row %zu: %s", i, p->log);
		assert_int_equal(papr_vm_mmu(p->vm), PAPR_MMU_RADIX);
		assert_int_equal(papr_vm_interrupts(p->vm),
				 PAPR_INTERRUPTS_XICS);
		c = wants(0x40, 0x00);
		assert_int_equal(cas(p, &c), H_SUCCESS);
		check_irqs(cas_given(p), false);
		partition_free(p);
	}
}

/* What was asked for by name, or there is none of, is not to be chosen. */
static void a_choice_that_is_none_is_not_offered(void **state)
{
	static const struct {
		const char *host;
		struct papr_vm_config config;
		struct client client;
		const char *words;
	} rows[] = {
		{ "power10", { .mmu = PAPR_MMU_RADIX },
		  { .logical = { P3_1 }, .mmu = 0x00 }, "MMU" },
		{ "power10", { .mmu = PAPR_MMU_HASH },
		  { .logical = { P3_1 }, .mmu = 0x40 }, "MMU" },
		{ "power9", { .mmu = PAPR_MMU_AUTO },
		  { .logical = { P3_00 }, .mmu = 0x00 }, "MMU" },
		{ "nested", { .mmu = PAPR_MMU_AUTO },
		  { .logical = { P3_00 }, .mmu = 0x00 }, "MMU" },
		{ "power10", { .interrupts = PAPR_INTERRUPTS_XICS },
		  { .logical = { P3_1 }, .mmu = 0x40, .irqs = 0x40 },
		  "interrupt controller" },
		{ "power10", { .interrupts = PAPR_INTERRUPTS_XIVE },
		  { .logical = { P3_1 }, .mmu = 0x40 },
		  "interrupt controller" },
		{ "power10", { .interrupts = PAPR_INTERRUPTS_DUAL },
		  { .logical = { P3_1 }, .mmu = 0x40, .irqs = 0x80 },
		  "interrupt controller" },
		{ "power10", { .mmu = PAPR_MMU_AUTO },
		  { .logical = { P3_1 }, .mmu = 0x80 }, "MMU" },
		{ "power10", { .mmu = PAPR_MMU_AUTO },
		  { .logical = { P2_07 }, .mmu = 0x40 }, "radix MMU" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = cas_partition(&(struct partition_setup){
			.host = rows[i].host, .config = rows[i].config });

		assert_int_equal(cas(p, &rows[i].client), H_HARDWARE);
		if (!strstr(p->log, rows[i].words))
			fail_msg("row %zu: %s", i, p->log);
		partition_free(p);
	}
}

/* It asks for neither byte, which is hash. */
static void an_old_client_gets_the_mmu_that_it_knows(void **state)
{
	struct partition *p = dual();
	struct client c = { .logical = { P2_07 } };

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	check_mmu(cas_given(p), true);
	partition_free(p);
}

static struct partition *new_with(enum papr_mmu mmu, enum papr_interrupts irqs)
{
	struct papr_error error;
	struct partition *p;

	if (partition_make(&(struct partition_setup){
			.host = "power10", .config = {
				.cores = 2, .mmu = mmu, .interrupts = irqs } },
			   &p, &error) || papr_vm_seal(p->vm))
		fail_msg("%s", error.text);
	partition_attach(p, 0);
	partition_attach(p, 1);
	return p;
}

static void a_choice_is_saved(void **state)
{
	struct partition *p = dual(), *q;
	struct client c = wants(0x00, 0x40);
	struct file *file;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	file = save_to_file(p);
	q = new_with(PAPR_MMU_AUTO, PAPR_INTERRUPTS_DUAL);
	load_from_file(q, file);
	assert_int_equal(papr_vm_mmu(q->vm), PAPR_MMU_HASH);
	assert_int_equal(papr_vm_interrupts(q->vm), PAPR_INTERRUPTS_XIVE);
	file_free(file);
	partition_free(p);
	partition_free(q);
}

/* One that would not have let the guest choose is another partition. */
static void a_choice_is_loaded_where_it_is_one(void **state)
{
	static const struct {
		enum papr_mmu mmu;
		enum papr_interrupts irqs;
		const char *words;
	} rows[] = {
		{ PAPR_MMU_RADIX, PAPR_INTERRUPTS_DUAL,
		  "its guest has chosen an MMU that this partition does not "
		  "offer" },
		{ PAPR_MMU_AUTO, PAPR_INTERRUPTS_XICS,
		  "its guest has chosen an interrupt controller that this "
		  "partition does not offer" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = dual();
		struct partition *q = new_with(rows[i].mmu, rows[i].irqs);
		struct client c = wants(0x00, 0x40);
		struct file *file;

		assert_int_equal(cas(p, &c), H_SUCCESS);
		file = save_to_file(p);
		load_must_fail(q, file, -EINVAL, rows[i].words);
		file_free(file);
		partition_free(p);
		partition_free(q);
	}
}

static void a_xive_to_choose_must_be_there(void **state)
{
	static const struct {
		const char *host, *words;
	} rows[] = {
		{ "power8", "POWER9 or newer" },
		{ "nested", "inside a partition" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = NULL;
		struct papr_error error;

		assert_int_equal(partition_make(&(struct partition_setup){
			.host = rows[i].host, .config = {
				.interrupts = PAPR_INTERRUPTS_DUAL } }, &p,
			&error), -EOPNOTSUPP);
		assert_non_null(strstr(error.text, rows[i].words));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_both_have_is_offered),
		cmocka_unit_test(a_client_gets_what_it_chooses),
		cmocka_unit_test(it_may_choose_once_more),
		cmocka_unit_test(calls_follow_the_controller),
		cmocka_unit_test(a_reset_goes_back_to_the_beginning),
		cmocka_unit_test(what_the_host_does_not_give_is_refused),
		cmocka_unit_test(a_choice_that_is_none_is_not_offered),
		cmocka_unit_test(an_old_client_gets_the_mmu_that_it_knows),
		cmocka_unit_test(a_choice_is_saved),
		cmocka_unit_test(a_choice_is_loaded_where_it_is_one),
		cmocka_unit_test(a_xive_to_choose_must_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
