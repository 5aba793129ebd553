/* SPDX-License-Identifier: BSD-2-Clause */
/* NUMA nodes: which there can be, and what the guest is told of them. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "spapr/vm.h"
#include "tests/machines.h"
#include "tests/save-fixture.h"
#include "tests/tree.h"

#define NUMA(...) &(struct papr_numa){ .size = sizeof(struct papr_numa), \
				       __VA_ARGS__ }
#define MEM(...) .mem = (uint64_t[]){ __VA_ARGS__ }
#define CORES(...) .core_node = (uint32_t[]){ __VA_ARGS__ }
#define DISTANCE(...) .distance = (uint8_t[]){ __VA_ARGS__ }

static void nodes_that_do_not_add_up_are_refused(void **state)
{
	const struct {
		const struct papr_numa *numa;
		int ret;
		const char *says;
	} wrong[] = {
		{ NUMA(.nodes = 0, MEM(0), CORES(0, 0)), -EINVAL,
		  "0 NUMA nodes" },
		{ NUMA(.nodes = 33, MEM(0), CORES(0, 0)), -EINVAL,
		  "1 to 32" },
		{ NUMA(.nodes = 1, CORES(0, 0)), -EINVAL, "their memory" },
		{ NUMA(.nodes = 1, MEM(GIB)), -EINVAL, "each core's node" },
		{ &(struct papr_numa){ .nodes = 1 }, -E2BIG, "no size" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 2)), -EINVAL,
		  "core 1 is in NUMA node 2, and there are 2" },
		{ NUMA(.nodes = 2, MEM(GIB + MIB, GIB), CORES(0, 1)), -EINVAL,
		  "node 1 begins at 0x40100000, which is no multiple" },
		{ NUMA(.nodes = 2, MEM(GIB, UINT64_MAX), CORES(0, 1)),
		  -EINVAL, "node 1 ends beyond" },
		{ NUMA(.nodes = 3, MEM(GIB, 0, GIB), CORES(0, 2)), -EINVAL,
		  "node 1 has neither memory nor cores" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 1),
		       DISTANCE(20, 20, 20, 10)), -EINVAL,
		  "nodes 0 and 0: a distance of 20" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 1),
		       DISTANCE(10, 10, 10, 10)), -EINVAL,
		  "nodes 0 and 1: a distance of 10" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 1),
		       DISTANCE(10, 20, 255, 10)), -EINVAL,
		  "nodes 1 and 0: a distance of 255" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 1),
		       DISTANCE(10, 30, 30, 10), .form = PAPR_NUMA_FORM1),
		  -EINVAL, "nodes 0 and 1: a distance of 30 cannot be told in "
		  "form 1, where it becomes 40" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 1),
		       DISTANCE(10, 20, 40, 10), .form = PAPR_NUMA_FORM1),
		  -EINVAL, "nodes 0 and 1: a distance of 20 cannot" },
		{ NUMA(.nodes = 3, MEM(GIB, GIB, GIB), CORES(0, 1),
		       DISTANCE(10, 20, 40, 20, 10, 20, 40, 20, 10),
		       .form = PAPR_NUMA_FORM1), -EINVAL,
		  "nodes 0 and 2: a distance of 40 cannot be told in form 1, "
		  "where it becomes 20" },
		{ NUMA(.nodes = 2, MEM(GIB, GIB), CORES(0, 1),
		       .form = PAPR_NUMA_FORM2 + 1), -EINVAL,
		  "no such form of associativity, 3" },
	};
	struct partition *p = NULL;
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (partition_make(&(struct partition_setup){
			.config = { .cores = 2, .numa = wrong[i].numa } },
			&p, &error) != wrong[i].ret ||
		    !strstr(error.text, wrong[i].says))
			fail_msg("row %zu: %s", i, error.text);
	assert_null(p);
}

static void memory_must_be_what_ram_there_is(void **state)
{
	static const uint64_t sizes[] = {
		512 * MIB, GIB - MIB, GIB + 4096, 2 * GIB
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct partition *p = NULL;

		partition_make(&(struct partition_setup){
			.mem = GIB,
			.config.numa = NUMA(.nodes = 1, MEM(sizes[i]),
					    CORES(0)) }, &p, NULL);
		assert_int_equal(papr_vm_seal(p->vm), -EINVAL);
		assert_non_null(strstr(papr_vm_error(p->vm),
				       "RAM ends at 0x40000000"));
		partition_free(p);
	}
}

/* The list of a node in the tree: 4 domains, of a processor its id too. */
static void assert_list(const void *fdt, const char *node,
			const uint32_t *domain, const uint32_t *id)
{
	uint32_t cells[6] = { id ? 5 : 4 };

	memcpy(cells + 1, domain, 16);
	if (id)
		cells[5] = *id;
	assert_tree_cells(fdt, node, "ibm,associativity", cells, id ? 6 : 5);
}

/* Four nodes: two near ones, one at 40 from these, and one at 160. */
static const uint32_t four[][4] = {
	{ 0, 0, 0, 0 }, { 0, 0, 0, 1 }, { 0, 0, 2, 2 }, { 3, 3, 3, 3 },
};

static struct partition *four_nodes(void)
{
	return partition_new(&(struct partition_setup){
		.mem = GIB,
		.config = { .cores = 4, .threads = 2, .vsmt = 8,
			.numa = NUMA(.nodes = 4,
				MEM(256 * MIB, 512 * MIB, 0, 256 * MIB),
				CORES(1, 0, 2, 1),
				DISTANCE(10, 20, 40, 160, 20, 10, 40, 160,
					 40, 40, 10, 160, 160, 160, 160, 10)),
		} });
}

static void memory_is_a_piece_in_each_node(void **state)
{
	struct partition *p = four_nodes();
	void *fdt = tree_of(p, NULL);
	const uint32_t reg[] = { 0, 0x10000000, 0, 0x20000000 };

	(void)state;
	assert_list(fdt, "/memory@0", four[0], NULL);
	assert_list(fdt, "/memory@10000000", four[1], NULL);
	assert_list(fdt, "/memory@30000000", four[3], NULL);
	assert_tree_cells(fdt, "/memory@10000000", "reg", reg, 4);
	free(fdt);
	partition_free(p);
}

static void cores_are_in_their_nodes(void **state)
{
	static const unsigned int node[] = { 1, 0, 2, 1 };
	struct partition *p = four_nodes();
	void *fdt = tree_of(p, NULL);

	(void)state;
	for (uint32_t core = 0; core < 4; core++) {
		const uint32_t id = 8 * core;
		char path[40];

		snprintf(path, sizeof(path), "/cpus/PowerPC,POWER10@%x", id);
		assert_list(fdt, path, four[node[core]], &id);
	}
	free(fdt);
	partition_free(p);
}

static void levels_go_from_the_node_to_the_widest(void **state)
{
	static const uint32_t points[] = { 4, 3, 2, 1 };
	static const uint32_t most[] = { 4, 4, 4, 4, 4 };
	struct partition *p = four_nodes();
	void *fdt = tree_of(p, NULL);
	const uint8_t *v;

	(void)state;
	assert_tree_cells(fdt, "/rtas", "ibm,associativity-reference-points",
			  points, 4);
	assert_tree_cells(fdt, "/rtas", "ibm,max-associativity-domains", most,
			  5);
	v = tree_property(fdt, "/chosen", "ibm,architecture-vec-5", NULL);
	assert_int_equal(v[5], 0x80);	/* form 1 */
	free(fdt);
	partition_free(p);
}

/* Unpacks what Linux would: 2 bytes with the top bit, until all ones. */
static size_t unpack(const uint64_t *r, uint32_t *out)
{
	size_t n = 0;

	for (unsigned int i = 0; i < 24; i++) {
		uint16_t field = r[i / 4] >> (48 - 16 * (i % 4));

		if (field == 0xffff)
			break;
		assert_true(field & 0x8000);
		out[n++] = field & 0x7fff;
	}
	return n;
}

static void home_of_a_vcpu_is_its_cores(void **state)
{
	static const unsigned int node[] = { 1, 1, 0, 0, 2, 2, 1, 1 };
	struct partition *p = four_nodes();

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		uint32_t id = papr_vcpu_id(papr_vm_vcpu(p->vm, i)), list[24];
		uint64_t r[PAPR_HCALL_ARGS] = { 1, id };

		assert_int_equal(partition_hcall(p, H_HOME_NODE_ASSOCIATIVITY,
						 r), H_SUCCESS);
		assert_int_equal(unpack(r, list), 5);
		assert_memory_equal(list, four[node[i]], 16);
		assert_int_equal(list[4], id);
	}
	partition_free(p);
}

static void one_node_has_what_nobody_divided(void **state)
{
	static const uint32_t most[] = { 4, 1, 1, 1, 1 }, id = 0;
	void *fdt = tree_of(*state, NULL);

	assert_list(fdt, "/memory@0", four[0], NULL);
	assert_list(fdt, "/memory@fffffffffffe0000", four[0], NULL);
	assert_list(fdt, "/cpus/PowerPC,POWER10@0", four[0], &id);
	assert_tree_cells(fdt, "/rtas", "ibm,max-associativity-domains", most,
			  5);
	free(fdt);
}

static void most_nodes_are_taken(void **state)
{
	uint64_t mem[PAPR_NUMA_NODES];
	uint32_t core_node[PAPR_NUMA_NODES];
	struct partition *p;
	void *fdt;

	(void)state;
	for (uint32_t i = 0; i < PAPR_NUMA_NODES; i++) {
		mem[i] = 32 * MIB;
		core_node[i] = i;
	}
	p = partition_new(&(struct partition_setup){
		.mem = GIB,
		.config = { .cores = 32, .numa = NUMA(.nodes = 32, .mem = mem,
						      .core_node = core_node) }
	});
	fdt = tree_of(p, NULL);
	assert_list(fdt, "/memory@3e000000", (uint32_t[]){ 0, 0, 0, 31 },
		    NULL);
	free(fdt);
	partition_free(p);
}

/* Attached and not started. */
static struct partition *new_nodes(const struct papr_numa *numa)
{
	struct partition *p = NULL;

	assert_int_equal(partition_make(&(struct partition_setup){
		.mem = GIB, .config = { .cores = 2, .numa = numa } }, &p,
		NULL), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	partition_attach(p, 1);
	return p;
}

static void saved_partition_has_the_same_nodes(void **state)
{
	static const struct {
		uint64_t mem[2];
		uint32_t core_node[2];
		uint8_t distance[4];
		const char *says;
	} rows[] = {
		{ { 512 * MIB, 512 * MIB }, { 1, 0 }, { 10, 20, 20, 10 },
		  "NUMA node of a core: 0 there, 1 here" },
		{ { 256 * MIB, 768 * MIB }, { 0, 1 }, { 10, 20, 20, 10 },
		  "end of a NUMA node: 0x20000000 there, 0x10000000 here" },
		{ { 512 * MIB, 512 * MIB }, { 0, 1 }, { 10, 40, 40, 10 },
		  "domain of a NUMA node: 0 there, 1 here" },
	};
	struct partition *p = new_nodes(NUMA(.nodes = 2,
		MEM(512 * MIB, 512 * MIB), CORES(0, 1)));
	struct file *file = save_to_file(p);

	(void)state;
	partition_free(p);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p = new_nodes(NUMA(.nodes = 2, .mem = rows[i].mem,
				     .core_node = rows[i].core_node,
				     .distance = rows[i].distance));
		load_must_fail(p, file, -EINVAL, rows[i].says);
		partition_free(p);
	}
	p = new_nodes(NULL);
	load_must_fail(p, file, -EINVAL,
		       "number of NUMA nodes: 2 there, 1 here");
	partition_free(p);
	file_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_that_do_not_add_up_are_refused),
		cmocka_unit_test(memory_must_be_what_ram_there_is),
		cmocka_unit_test(memory_is_a_piece_in_each_node),
		cmocka_unit_test(cores_are_in_their_nodes),
		cmocka_unit_test(levels_go_from_the_node_to_the_widest),
		cmocka_unit_test(home_of_a_vcpu_is_its_cores),
		partition_test(one_node_has_what_nobody_divided),
		cmocka_unit_test(most_nodes_are_taken),
		cmocka_unit_test(saved_partition_has_the_same_nodes),
	};

	return cmocka_run_group_tests_name("NUMA", tests, NULL, NULL);
}
