/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and its NUMA nodes, LoPAR "associativity". */
#include "config.h"

#include <stdio.h>

#include "spapr/fdt.h"
#include "spapr/util.h"

void tree_associativity(struct tree *t, const struct papr_vm *vm,
			uint32_t node, const uint32_t *id)
{
	uint32_t cells[1 + NUMA_LEVELS + 1];
	uint32_t n = numa_domains(vm, node, cells + 1);

	if (id)
		cells[1 + n++] = *id;
	cells[0] = n;
	tree_cells(t, "ibm,associativity", cells, 1 + n);
}

/* Form 2: the nodes, and from each of them how far it is to each. */
static void write_distances(struct tree *t, const struct numa *numa)
{
	uint32_t nodes[1 + PAPR_NUMA_NODES] = { numa->nodes };
	uint8_t table[4 + PAPR_NUMA_NODES * PAPR_NUMA_NODES], *to = table + 4;

	store_be32(table, numa->nodes * numa->nodes);
	for (uint32_t i = 0; i < numa->nodes; i++) {
		nodes[1 + i] = i;
		memcpy(to, numa->distance[i], numa->nodes);
		to += numa->nodes;
	}
	tree_cells(t, "ibm,numa-lookup-index-table", nodes, 1 + numa->nodes);
	tree_bytes(t, "ibm,numa-distance-table", table, to - table);
}

void tree_numa(struct tree *t, const struct papr_vm *vm)
{
	bool form2 = numa_is_form2(vm);
	uint32_t levels = form2 ? 1 : NUMA_LEVELS;
	uint32_t points[NUMA_LEVELS], most[1 + NUMA_LEVELS] = { levels };

	/* The node itself matters most. */
	for (uint32_t i = 0; i < levels; i++) {
		points[i] = levels - i;
		most[1 + i] = vm->numa.nodes;
	}
	tree_cells(t, "ibm,associativity-reference-points", points, levels);
	tree_cells(t, "ibm,max-associativity-domains", most, 1 + levels);
	if (form2)
		write_distances(t, &vm->numa);
}

static void write_piece(struct tree *t, const struct papr_vm *vm, uint64_t gpa,
			uint64_t len, uint32_t node)
{
	const uint32_t reg[] = { gpa >> 32, gpa, len >> 32, len };
	char name[32];

	snprintf(name, sizeof(name), "memory@%llx", (unsigned long long)gpa);
	tree_begin(t, name);
	tree_string(t, "device_type", "memory");
	tree_cells(t, "reg", reg, ARRAY_SIZE(reg));
	tree_associativity(t, vm, node, NULL);
	tree_end(t);
}

/* A region of RAM may be in more than one node. */
static void write_region(struct tree *t, const struct papr_vm *vm,
			 const struct ram_region *r)
{
	uint64_t gpa = r->gpa, left = r->len;

	while (left) {
		uint64_t end, len = left;
		uint32_t node = numa_node_at(&vm->numa, gpa, &end);

		if (len > end - gpa)
			len = end - gpa;
		write_piece(t, vm, gpa, len, node);
		gpa += len;
		left -= len;
	}
}

void tree_memory(struct tree *t, const struct papr_vm *vm)
{
	for (size_t i = 0; i < vm->n_ram; i++)
		if (!(vm->ram[i].flags & PAPR_RAM_READONLY))
			write_region(t, vm, &vm->ram[i]);
}
