/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NUMA nodes: who belongs to which, and how a guest is told how far they are
 * from each other.  In LoPAR's form 1 of associativity each node is in
 * NUMA_LEVELS domains, from the widest to the node itself, and two nodes are
 * the nearer the more of them they share.  In form 2 there is the node alone,
 * and a table of distances.
 */
#ifndef SPAPR_NUMA_H
#define SPAPR_NUMA_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/vm.h>

#define NUMA_LEVELS 4

struct papr_vm;

/* Fixed once papr_vm_new() has returned. */
struct numa {
	uint32_t nodes;
	uint64_t end[PAPR_NUMA_NODES];		/* where its memory ends */
	uint64_t plug_end[PAPR_NUMA_NODES];	/* of what is pluggable */
	uint8_t node_of_core[PAPR_MAX_VCPUS];
	uint32_t domain[PAPR_NUMA_NODES][NUMA_LEVELS];
	uint8_t distance[PAPR_NUMA_NODES][PAPR_NUMA_NODES];
	bool offers_form2;	/* a client may have it */
	bool first_form2;	/* it is so until a client says otherwise */
};

/*
 * @config is NULL for one node with all there is; @cores there are at first,
 * and at most @max_cores.
 */
int numa_init(struct numa *numa, const struct papr_numa *config,
	      uint32_t cores, uint32_t max_cores, struct papr_error *error);

/* Whether the guest is told in form 2 now. */
bool numa_is_form2(const struct papr_vm *vm);

/*
 * The domains of a node as the guest is told now, the widest first, the node
 * last; returns how many.
 */
uint32_t numa_domains(const struct papr_vm *vm, uint32_t node,
		      uint32_t domains[NUMA_LEVELS]);

/* The node of an address, the last one beyond all, and where it ends. */
uint32_t numa_node_at(const struct numa *numa, uint64_t gpa, uint64_t *end);

/* The node of what is @offset bytes into pluggable memory. */
uint32_t numa_node_of_plug(const struct numa *numa, uint64_t offset);

#endif
