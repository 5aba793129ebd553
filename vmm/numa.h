/* SPDX-License-Identifier: BSD-2-Clause */
/* --numa: which memory and which vCPUs are a node. */
#ifndef VMM_NUMA_H
#define VMM_NUMA_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/error.h>
#include <papr/vm.h>

struct numa_options {
	uint32_t nodes;		/* 0: nothing was asked for */
	uint64_t mem[PAPR_NUMA_NODES];
	uint64_t max[PAPR_NUMA_NODES];	/* 0: no more than that */
	uint64_t plug_mem[PAPR_NUMA_NODES];	/* once it was checked */
	bool has_max;
	enum papr_numa_form form;
	uint32_t cores;		/* of the beginning, once it was checked */
	bool cpu_given[PAPR_MAX_VCPUS];
	uint32_t cpu_node[PAPR_MAX_VCPUS];
	uint32_t core_node[PAPR_MAX_VCPUS];	/* once it was checked */
	uint8_t distance[PAPR_NUMA_NODES][PAPR_NUMA_NODES];	/* 0: unsaid */
	uint8_t matrix[PAPR_NUMA_NODES * PAPR_NUMA_NODES];
};

/*
 * One "node,mem=1G,cpus=0-1", "dist,src=0,dst=1,val=40" or "form=2".
 *
 * Returns 0, or -EINVAL and a sentence.
 */
int numa_parse(const char *text, struct numa_options *numa,
	       struct papr_error *error);

/* What is shared out among the nodes. */
struct numa_room {
	uint64_t mem, max_mem;
	uint32_t cores, max_cores, threads;
};

/* What must fit together once all is known; the same. */
int numa_check(struct numa_options *numa, const struct numa_room *room,
	       struct papr_error *error);

/* As libpapr wants it, of a checked one; false: one node. */
bool numa_config(const struct numa_options *numa, struct papr_numa *config);

#endif
