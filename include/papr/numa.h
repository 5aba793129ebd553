/* SPDX-License-Identifier: BSD-2-Clause */
/* NUMA nodes: which memory and which cores are near to each other. */
#ifndef PAPR_NUMA_H
#define PAPR_NUMA_H

#include <stddef.h>
#include <stdint.h>

/** The most NUMA nodes of a partition. */
#define PAPR_NUMA_NODES 32

/**
 * enum papr_numa_form - how a guest is told what nodes are apart
 * @PAPR_NUMA_AUTO: by numbers, LoPAR's form 2, where its client asks firmware
 *	for it; a kernel without firmware in form 1, unless that cannot tell it
 * @PAPR_NUMA_FORM1: by domains, form 1, always
 * @PAPR_NUMA_FORM2: as automatic, but form 2 for a kernel without firmware
 */
enum papr_numa_form {
	PAPR_NUMA_AUTO,
	PAPR_NUMA_FORM1,
	PAPR_NUMA_FORM2,
};

/**
 * struct papr_numa - the NUMA nodes of a partition
 * @size: sizeof(struct papr_numa)
 * @nodes: how many, 1 to PAPR_NUMA_NODES
 * @mem: for each node the bytes of its memory: that of the first begins at
 *	address 0, that of the next where it ends, at a multiple of 16 MiB.
 *	Together they end where RAM does; 0 for a node of cores alone
 * @core_node: for each core its node
 * @distance: @nodes times @nodes of them, each row from one node: 10 within a
 *	node, else 11 to 254.  Form 1 tells 20, 40, 80 and 160, the same both
 *	ways, and two nodes are not further from each other than both from a
 *	third one.  A guest that has to have form 1 is told of others the larger
 *	way, made the next of these numbers, or what it is by way of nearer
 *	nodes; with PAPR_NUMA_FORM1 they are refused.  NULL: all 20
 * @plug_core_node: for each core that may be plugged in later, the first of
 *	them first, its node.  NULL: all in node 0
 * @plug_mem: for each node the bytes of memory that may be plugged in, a
 *	multiple of PAPR_LMB_SIZE: that of the first node begins where pluggable
 *	memory does, that of the next where it ends.  Together they are all of
 *	it.  NULL: all in the last node
 * @form: how the guest is told
 */
struct papr_numa {
	size_t size;
	uint32_t nodes;
	const uint64_t *mem;
	const uint32_t *core_node;
	const uint8_t *distance;
	const uint32_t *plug_core_node;
	const uint64_t *plug_mem;
	enum papr_numa_form form;
};

#endif
