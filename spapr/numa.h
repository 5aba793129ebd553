/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NUMA nodes: who belongs to which, and how a guest is told how far they are
 * from each other.  That is LoPAR's form 1 of associativity: each node is in
 * NUMA_LEVELS domains, from the widest to the node itself, and two nodes are
 * the nearer the more of them they share.
 */
#ifndef SPAPR_NUMA_H
#define SPAPR_NUMA_H

#include <stdint.h>

#include <papr/vm.h>

#define NUMA_LEVELS 4

/* Fixed once papr_vm_new() has returned. */
struct numa {
	uint32_t nodes;
	uint64_t end[PAPR_NUMA_NODES];		/* where its memory ends */
	uint8_t node_of_core[PAPR_MAX_VCPUS];
	uint32_t domain[PAPR_NUMA_NODES][NUMA_LEVELS];
};

/* @config is NULL for one node with all there is. */
int numa_init(struct numa *numa, const struct papr_numa *config,
	      uint32_t cores, struct papr_error *error);

/* The node of an address, the last one beyond all, and where it ends. */
uint32_t numa_node_at(const struct numa *numa, uint64_t gpa, uint64_t *end);

#endif
