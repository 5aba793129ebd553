/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and its NUMA nodes, LoPAR "associativity".  It is told in form 1:
 * where client architecture support chooses form 2, tree_associativity() has
 * the node alone, and tree_numa() tables of distances.
 */
#include "config.h"

#include <stdio.h>

#include "spapr/fdt.h"
#include "spapr/util.h"

void tree_associativity(struct tree *t, const struct papr_vm *vm,
			uint32_t node, const uint32_t *id)
{
	uint32_t cells[1 + NUMA_LEVELS + 1];
	uint32_t n = NUMA_LEVELS;

	memcpy(cells + 1, vm->numa.domain[node], NUMA_LEVELS * 4);
	if (id)
		cells[1 + n++] = *id;
	cells[0] = n;
	tree_cells(t, "ibm,associativity", cells, 1 + n);
}

void tree_numa(struct tree *t, const struct papr_vm *vm)
{
	uint32_t points[NUMA_LEVELS], most[1 + NUMA_LEVELS] = { NUMA_LEVELS };

	/* The node itself matters most. */
	for (uint32_t i = 0; i < NUMA_LEVELS; i++) {
		points[i] = NUMA_LEVELS - i;
		most[1 + i] = vm->numa.nodes;
	}
	tree_cells(t, "ibm,associativity-reference-points", points,
		   NUMA_LEVELS);
	tree_cells(t, "ibm,max-associativity-domains", most, 1 + NUMA_LEVELS);
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
