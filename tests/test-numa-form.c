/* SPDX-License-Identifier: BSD-2-Clause */
/* The form in which a guest is told of NUMA nodes: 1 or 2. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libfdt.h>

#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/cas-fixture.h"
#include "tests/save-fixture.h"
#include "tests/tree.h"

#define CPU "/cpus/PowerPC,POWER10@1"
#define DYNAMIC "/ibm,dynamic-reconfiguration-memory"

static const uint64_t mem[] = { LMB_BASE / 2, LMB_BASE / 2, 0 };
static const uint32_t core_node[] = { 0, 1, 2 };

/* Form 1 tells the first, and makes of the second 20, 40 and 40. */
static const uint8_t powers[] = { 10, 20, 40, 20, 10, 40, 40, 40, 10 };
static const uint8_t others[] = { 10, 12, 33, 15, 10, 254, 33, 200, 10 };

static struct papr_vm_config config_of(const uint8_t *distance,
				       enum papr_numa_form form,
				       struct papr_numa *numa)
{
	*numa = (struct papr_numa){
		.size = sizeof(*numa), .nodes = 3, .mem = mem,
		.core_node = core_node, .distance = distance, .form = form,
	};
	return (struct papr_vm_config){
		.cores = 3, .max_cores = 4, .vsmt = 1, .numa = numa,
	};
}

/* With firmware. */
static struct partition *with(const uint8_t *distance, enum papr_numa_form form)
{
	struct papr_numa numa;

	return cas_partition(&(struct partition_setup){
		.mem = LMB_BASE, .lmbs = 1,
		.config = config_of(distance, form, &numa) });
}

static struct client asks(uint8_t form)
{
	struct client c = cas_radix;

	c.form = form;
	return c;
}

static void assert_form1(const void *tree)
{
	static const uint32_t points[] = { 4, 3, 2, 1 };
	static const uint32_t most[] = { 4, 3, 3, 3, 3 };
	static const uint32_t node1[] = { 4, 0, 0, 0, 1 };
	static const uint32_t cpu1[] = { 5, 0, 0, 0, 1, 1 };
	static const uint32_t lookup[] = {
		3, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 2,
	};

	assert_tree_cells(tree, "/rtas", "ibm,associativity-reference-points",
			  points, 4);
	assert_tree_cells(tree, "/rtas", "ibm,max-associativity-domains", most,
			  5);
	assert_false(tree_has(tree, "/rtas", "ibm,numa-lookup-index-table"));
	assert_false(tree_has(tree, "/rtas", "ibm,numa-distance-table"));
	assert_tree_cells(tree, "/memory@10000000", "ibm,associativity", node1,
			  5);
	assert_tree_cells(tree, CPU, "ibm,associativity", cpu1, 6);
	assert_tree_cells(tree, DYNAMIC, "ibm,associativity-lookup-arrays",
			  lookup, ARRAY_SIZE(lookup));
}

static void assert_form2(const void *tree, const uint8_t *distance)
{
	static const uint32_t point[] = { 1 }, most[] = { 1, 3 };
	static const uint32_t node1[] = { 1, 1 }, cpu1[] = { 2, 1, 1 };
	static const uint32_t nodes[] = { 3, 0, 1, 2 };
	static const uint32_t lookup[] = { 3, 1, 0, 1, 2 };
	const uint8_t *table;
	int len;

	assert_tree_cells(tree, "/rtas", "ibm,associativity-reference-points",
			  point, 1);
	assert_tree_cells(tree, "/rtas", "ibm,max-associativity-domains", most,
			  2);
	assert_tree_cells(tree, "/rtas", "ibm,numa-lookup-index-table", nodes,
			  4);
	table = tree_property(tree, "/rtas", "ibm,numa-distance-table", &len);
	assert_int_equal(len, 4 + 9);
	assert_int_equal(load_be32(table), 9);
	assert_memory_equal(table + 4, distance, 9);
	assert_tree_cells(tree, "/memory@10000000", "ibm,associativity", node1,
			  2);
	assert_tree_cells(tree, CPU, "ibm,associativity", cpu1, 3);
	assert_tree_cells(tree, DYNAMIC, "ibm,associativity-lookup-arrays",
			  lookup, ARRAY_SIZE(lookup));
}

/* As a kernel finds it that no firmware begins. */
static void assert_first_form(struct partition *p, const uint8_t *distance,
			      bool form2)
{
	void *tree = tree_of(p, NULL);

	assert_int_equal(cas_vector_5(tree)[5], form2 ? 0xa0 : 0x80);
	if (form2)
		assert_form2(tree, distance);
	else
		assert_form1(tree);
	free(tree);
}

static void without_firmware_form_1_is_the_first_that_can_do(void **state)
{
	static const struct {
		const uint8_t *distance;
		enum papr_numa_form form;
		bool form2;
	} rows[] = {
		{ powers, PAPR_NUMA_AUTO, false },
		{ powers, PAPR_NUMA_FORM1, false },
		{ powers, PAPR_NUMA_FORM2, true },
		{ others, PAPR_NUMA_AUTO, true },
		{ others, PAPR_NUMA_FORM2, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = with(rows[i].distance, rows[i].form);

		assert_first_form(p, rows[i].distance, rows[i].form2);
		partition_free(p);
	}
}

static void client_gets_form_2_if_it_asks_and_there_is_one(void **state)
{
	static const struct {
		const uint8_t *distance;
		enum papr_numa_form form;
		uint8_t asked, agreed;
	} rows[] = {
		{ powers, PAPR_NUMA_AUTO, 0xa0, 0xa0 },
		{ powers, PAPR_NUMA_AUTO, 0x80, 0x80 },
		{ powers, PAPR_NUMA_FORM1, 0xa0, 0x80 },
		{ powers, PAPR_NUMA_FORM2, 0xff, 0xa0 },
		{ powers, PAPR_NUMA_FORM2, 0x80, 0x80 },
		{ others, PAPR_NUMA_AUTO, 0x20, 0x20 },
		{ others, PAPR_NUMA_AUTO, 0x80, 0x80 },
		{ others, PAPR_NUMA_FORM2, 0x00, 0x00 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = with(rows[i].distance, rows[i].form);
		struct client c = asks(rows[i].asked);
		const void *tree;

		assert_int_equal(cas(p, &c), H_SUCCESS);
		tree = cas_given(p);
		assert_int_equal(cas_vector_5(tree)[5], rows[i].agreed);
		if (rows[i].agreed & 0x20)
			assert_form2(tree, rows[i].distance);
		else
			assert_form1(tree);
		partition_free(p);
	}
}

static void client_may_ask_again(void **state)
{
	static const uint8_t forms[] = { 0xa0, 0x80, 0xa0 };
	struct partition *p = with(others, PAPR_NUMA_AUTO);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct client c = asks(forms[i]);

		assert_int_equal(cas(p, &c), H_SUCCESS);
		if (forms[i] & 0x20)
			assert_form2(cas_given(p), others);
		else
			assert_form1(cas_given(p));
	}
	partition_free(p);
}

static void assert_home(struct partition *p, bool form2)
{
	uint64_t r[PAPR_HCALL_ARGS] = { 1, 1 };

	assert_int_equal(partition_hcall(p, H_HOME_NODE_ASSOCIATIVITY, r),
			 H_SUCCESS);
	assert_int_equal(r[0], form2 ? 0x80018001ffffffff : 0x8000800080008001);
	assert_int_equal(r[1], form2 ? UINT64_MAX : 0x8001ffffffffffff);
	for (unsigned int i = 2; i < 6; i++)
		assert_int_equal(r[i], UINT64_MAX);
}

static void home_of_a_vcpu_is_told_in_the_same_form(void **state)
{
	struct partition *p = with(powers, PAPR_NUMA_AUTO);
	struct client c = asks(0xa0);

	(void)state;
	assert_home(p, false);
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_home(p, true);
	partition_free(p);
}

/* An LMB that comes says what the lookup arrays say. */
static void what_comes_is_told_in_the_same_form(void **state)
{
	struct partition *p = with(powers, PAPR_NUMA_AUTO);
	uint64_t tree[DRC_TREE_MAX / 8];
	struct client c = asks(0xa0);
	const uint32_t list[] = { 1, 2 };

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_int_equal(drc_tree(p->vm, drc_find(p->vm, DRC_LMB | LMB_FIRST),
				  tree), 0);
	assert_tree_cells(tree, "/memory@20000000", "ibm,associativity", list,
			  2);
	partition_free(p);
}

static void reset_goes_back_to_the_first_form(void **state)
{
	struct partition *p = with(powers, PAPR_NUMA_AUTO);
	struct client c = asks(0xa0);
	struct papr_error error;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_first_form(p, powers, false);
	partition_free(p);
}

/* Attached and not started. */
static struct partition *fresh(const uint8_t *distance,
			       enum papr_numa_form form)
{
	struct partition *p = NULL;
	struct papr_numa numa;

	assert_int_equal(partition_make(&(struct partition_setup){
		.mem = LMB_BASE, .lmbs = 1,
		.config = config_of(distance, form, &numa) }, &p, NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	for (uint32_t i = 0; i < 3; i++)
		partition_attach(p, i);
	return p;
}

static void form_is_saved(void **state)
{
	struct partition *p = with(powers, PAPR_NUMA_AUTO), *q;
	struct client c = asks(0xa0);
	struct file *file;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	file = save_to_file(p);
	q = fresh(powers, PAPR_NUMA_AUTO);
	load_from_file(q, file);
	assert_home(q, true);
	partition_free(q);
	partition_free(p);
	file_free(file);
}

static void saved_guest_is_loaded_where_its_form_is(void **state)
{
	static const struct {
		const uint8_t *distance;
		enum papr_numa_form form;
		const char *says;
	} rows[] = {
		{ powers, PAPR_NUMA_FORM1, "its guest knows NUMA nodes by "
		  "form 2, which this partition does not offer" },
		{ powers, PAPR_NUMA_FORM2,
		  "form of NUMA distances at first: 1 there, 2 here" },
	};
	struct partition *p = with(powers, PAPR_NUMA_AUTO);
	struct client c = asks(0xa0);
	struct file *file;

	(void)state;
	assert_int_equal(cas(p, &c), H_SUCCESS);
	file = save_to_file(p);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *q = fresh(rows[i].distance, rows[i].form);

		load_must_fail(q, file, -EINVAL, rows[i].says);
		partition_free(q);
	}
	partition_free(p);
	file_free(file);
}

/* Where form 1 would tell the same. */
static void saved_distances_are_compared(void **state)
{
	static const uint8_t nearer[] = {
		10, 11, 33, 15, 10, 254, 33, 200, 10
	};
	struct partition *p = fresh(others, PAPR_NUMA_AUTO);
	struct partition *q = fresh(nearer, PAPR_NUMA_AUTO);
	struct file *file = save_to_file(p);

	(void)state;
	load_must_fail(q, file, -EINVAL,
		       "distance of two NUMA nodes: 12 there, 11 here");
	partition_free(q);
	partition_free(p);
	file_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			without_firmware_form_1_is_the_first_that_can_do),
		cmocka_unit_test(
			client_gets_form_2_if_it_asks_and_there_is_one),
		cmocka_unit_test(client_may_ask_again),
		cmocka_unit_test(home_of_a_vcpu_is_told_in_the_same_form),
		cmocka_unit_test(what_comes_is_told_in_the_same_form),
		cmocka_unit_test(reset_goes_back_to_the_first_form),
		cmocka_unit_test(form_is_saved),
		cmocka_unit_test(saved_guest_is_loaded_where_its_form_is),
		cmocka_unit_test(saved_distances_are_compared),
	};

	return cmocka_run_group_tests_name("NUMA form", tests, NULL, NULL);
}
