/* SPDX-License-Identifier: BSD-2-Clause */
/* The NUMA node of what is plugged in later. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/machines.h"
#include "tests/save-fixture.h"
#include "tests/tree.h"

#define AREA 0x8000u
#define NEXT_PROPERTY 3
#define DYNAMIC "/ibm,dynamic-reconfiguration-memory"

#define MEM(...) (const uint64_t[]){ __VA_ARGS__ }
#define NODES(...) (const uint32_t[]){ __VA_ARGS__ }

/* One core of three; what may come is two LMBs in node 0 and one in node 2. */
static const struct papr_numa three = {
	.size = sizeof(three),
	.nodes = 3,
	.mem = MEM(LMB_BASE / 2, LMB_BASE / 2, 0),
	.core_node = NODES(0),
	.plug_core_node = NODES(2, 1),
	.plug_mem = MEM(2 * PAPR_LMB_SIZE, 0, PAPR_LMB_SIZE),
};

static int make(const struct papr_numa *numa, struct partition **p,
		struct papr_error *error)
{
	return partition_make(&(struct partition_setup){
		.mem = LMB_BASE, .lmbs = 3,
		.config = { .cores = 1, .max_cores = 3, .vsmt = 1,
			    .numa = numa } }, p, error);
}

/* Attached and not started. */
static struct partition *fresh(const struct papr_numa *numa)
{
	struct partition *p = NULL;

	assert_int_equal(make(numa, &p, NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	return p;
}

static uint32_t cell(struct partition *p, uint32_t i)
{
	return load_be32(p->ram + AREA + 4 * i);
}

/* Takes all of a connector's tree; the node it says, the 4th of its domains. */
static uint32_t configure(struct partition *p, uint32_t index)
{
	uint32_t node = UINT32_MAX;
	int32_t status;

	p->n_dirty = 0;
	memset(p->ram + AREA, 0, 4096);
	store_be32(p->ram + AREA, index);
	while ((status = RTAS(p, RTAS_TOKEN_ibm_configure_connector, 2, 1,
			      AREA, 0)) > 0)
		if (status == NEXT_PROPERTY &&
		    !strcmp((char *)p->ram + AREA + cell(p, 2),
			    "ibm,associativity"))
			node = load_be32(p->ram + AREA + cell(p, 4) + 16);
	assert_int_equal(status, 0);
	return node;
}

static uint32_t core_comes(struct partition *p, uint32_t core)
{
	partition_plug(p, PAPR_CONNECTOR_CORE, core, DRC_CORE | core);
	return configure(p, DRC_CORE | core);
}

static uint32_t lmb_comes(struct partition *p, uint32_t i)
{
	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST + i,
		       DRC_LMB | (LMB_FIRST + i));
	return configure(p, DRC_LMB | (LMB_FIRST + i));
}

static void cores_come_into_their_nodes(void **state)
{
	struct partition *p = fresh(&three);

	(void)state;
	assert_int_equal(core_comes(p, 1), 2);
	assert_int_equal(core_comes(p, 2), 1);
	partition_free(p);
}

static void lmbs_come_into_their_nodes(void **state)
{
	static const uint32_t nodes[] = { 0, 0, 2 };
	struct partition *p = fresh(&three);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(nodes); i++)
		assert_int_equal(lmb_comes(p, i), nodes[i]);
	partition_free(p);
}

static void home_of_a_core_that_came_is_its_node(void **state)
{
	struct partition *p = fresh(&three);
	uint64_t r[PAPR_HCALL_ARGS] = { 1, 2 };

	(void)state;
	core_comes(p, 2);
	assert_int_equal(partition_hcall(p, H_HOME_NODE_ASSOCIATIVITY, r),
			 H_SUCCESS);
	assert_int_equal(r[0] & 0x7fff, 1);
	partition_free(p);
}

static void assert_dynamic(struct partition *p, const uint32_t *sets, size_t n)
{
	void *fdt = tree_of(p, NULL);

	assert_tree_cells(fdt, DYNAMIC, "ibm,dynamic-memory-v2", sets, n);
	free(fdt);
}

/* Each that is there has the array of its node, also after a reset. */
static void tree_has_the_node_of_each_lmb(void **state)
{
	static const uint32_t lookup[] = {
		3, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2
	};
	static const uint32_t sets[] = { 4,
		2, 0, 0, 0, 0xffffffff, 0xa0,
		1, 0, 0x20000000, 0x80000002, 0, 0x108,
		1, 0, 0x30000000, 0x80000003, 0xffffffff, 0,
		1, 0, 0x40000000, 0x80000004, 2, 0x108,
	};
	struct partition *p = fresh(&three);
	struct papr_error error;
	void *fdt;

	(void)state;
	lmb_comes(p, 0);
	lmb_comes(p, 2);
	fdt = tree_of(p, NULL);
	assert_tree_cells(fdt, DYNAMIC, "ibm,associativity-lookup-arrays",
			  lookup, ARRAY_SIZE(lookup));
	free(fdt);
	assert_dynamic(p, sets, ARRAY_SIZE(sets));
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_dynamic(p, sets, ARRAY_SIZE(sets));
	partition_free(p);
}

/* Two sets in one state are told apart by their nodes. */
static void lmbs_of_two_nodes_are_two_sets(void **state)
{
	static const uint32_t sets[] = { 3,
		2, 0, 0, 0, 0xffffffff, 0xa0,
		2, 0, 0x20000000, 0x80000002, 0, 0x108,
		1, 0, 0x40000000, 0x80000004, 2, 0x108,
	};
	struct partition *p = fresh(&three);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		lmb_comes(p, i);
	assert_dynamic(p, sets, ARRAY_SIZE(sets));
	partition_free(p);
}

static void what_nobody_said_is_in_the_first_and_the_last(void **state)
{
	struct papr_numa numa = three;
	struct partition *p;

	(void)state;
	numa.nodes = 2;
	numa.plug_core_node = NULL;
	numa.plug_mem = NULL;
	p = fresh(&numa);
	assert_int_equal(core_comes(p, 1), 0);
	assert_int_equal(lmb_comes(p, 0), 1);
	partition_free(p);
}

static void nodes_that_do_not_fit_are_refused(void **state)
{
	const struct {
		const uint32_t *core_node;
		const uint64_t *mem;
		const char *says;
	} rows[] = {
		{ NODES(3, 0), three.plug_mem,
		  "core 1 is in NUMA node 3, and there are 3" },
		{ three.plug_core_node, MEM(PAPR_LMB_SIZE, MIB, 0),
		  "node 1 has 0x100000 bytes of pluggable memory, no "
		  "multiple" },
		{ three.plug_core_node, MEM(PAPR_LMB_SIZE, -PAPR_LMB_SIZE, 0),
		  "node 1 has pluggable memory beyond" },
		{ NODES(0, 1), MEM(3 * PAPR_LMB_SIZE, 0, 0),
		  "node 2 has neither memory nor cores" },
	};
	struct partition *p = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_numa numa = three;
		struct papr_error error;

		numa.plug_core_node = rows[i].core_node;
		numa.plug_mem = rows[i].mem;
		if (make(&numa, &p, &error) != -EINVAL ||
		    !strstr(error.text, rows[i].says))
			fail_msg("row %zu: %s", i, error.text);
	}
}

static void nodes_have_all_pluggable_memory(void **state)
{
	static const uint64_t sizes[] = { 2, 4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct papr_numa numa = three;
		struct partition *p = NULL;

		numa.plug_mem = MEM(sizes[i] * PAPR_LMB_SIZE, 0, 0);
		assert_int_equal(make(&numa, &p, NULL), 0);
		assert_int_equal(papr_vm_seal(p->vm), -EINVAL);
		assert_non_null(strstr(papr_vm_error(p->vm),
				       "and there are 0x30000000"));
		partition_free(p);
	}
}

static void a_saved_partition_has_its_slots_in_the_same_nodes(void **state)
{
	const struct {
		const uint32_t *core_node;
		const uint64_t *mem;
		const char *says;
	} rows[] = {
		{ NODES(1, 2), three.plug_mem,
		  "NUMA node of a core that may come: 2 there, 1 here" },
		{ three.plug_core_node,
		  MEM(PAPR_LMB_SIZE, 0, 2 * PAPR_LMB_SIZE),
		  "end of a NUMA node's pluggable memory: 0x20000000 there, "
		  "0x10000000 here" },
	};
	struct partition *p = fresh(&three), *q;
	struct file *file;

	(void)state;
	core_comes(p, 1);
	lmb_comes(p, 2);
	file = save_to_file(p);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_numa numa = three;

		numa.plug_core_node = rows[i].core_node;
		numa.plug_mem = rows[i].mem;
		q = fresh(&numa);
		load_must_fail(q, file, -EINVAL, rows[i].says);
		partition_free(q);
	}
	q = fresh(&three);
	load_from_file(q, file);
	assert_same_file(p, q);
	partition_free(q);
	partition_free(p);
	file_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cores_come_into_their_nodes),
		cmocka_unit_test(lmbs_come_into_their_nodes),
		cmocka_unit_test(home_of_a_core_that_came_is_its_node),
		cmocka_unit_test(tree_has_the_node_of_each_lmb),
		cmocka_unit_test(lmbs_of_two_nodes_are_two_sets),
		cmocka_unit_test(what_nobody_said_is_in_the_first_and_the_last),
		cmocka_unit_test(nodes_that_do_not_fit_are_refused),
		cmocka_unit_test(nodes_have_all_pluggable_memory),
		cmocka_unit_test(
			a_saved_partition_has_its_slots_in_the_same_nodes),
	};

	return cmocka_run_group_tests_name("NUMA plug", tests, NULL, NULL);
}
