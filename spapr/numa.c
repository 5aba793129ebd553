/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "spapr/numa.h"
#include "spapr/util.h"

/* The smallest piece of memory that Linux knows a node of. */
#define PIECE 0x1000000u

#define NEAR 10u	/* the distance of a node from itself */

/* What two nodes are apart that share the domains from this level on up. */
static uint32_t distance_at(unsigned int level)
{
	return NEAR << (NUMA_LEVELS - 1 - level);
}

static uint32_t distance(const struct papr_numa *c, uint32_t a, uint32_t b)
{
	if (c->distance)
		return c->distance[a * c->nodes + b];
	return a == b ? NEAR : 2 * NEAR;
}

static int take_memory(struct numa *numa, const struct papr_numa *c,
		       struct papr_error *error)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < c->nodes; i++) {
		if (c->mem[i] && end % PIECE)
			return error_set(error, -EINVAL, "NUMA node %u begins "
					 "at 0x%llx, which is no multiple of "
					 "16 MiB", i, (unsigned long long)end);
		if (c->mem[i] > UINT64_MAX - end)
			return error_set(error, -EINVAL, "NUMA node %u ends "
					 "beyond all addresses", i);
		end += c->mem[i];
		numa->end[i] = end;
	}
	return 0;
}

static int take_cores(struct numa *numa, const struct papr_numa *c,
		      uint32_t cores, struct papr_error *error)
{
	bool used[PAPR_NUMA_NODES] = { false };

	for (uint32_t i = 0; i < cores; i++) {
		if (c->core_node[i] >= c->nodes)
			return error_set(error, -EINVAL, "core %u is in NUMA "
					 "node %u, and there are %u", i,
					 c->core_node[i], c->nodes);
		numa->node_of_core[i] = c->core_node[i];
		used[c->core_node[i]] = true;
	}
	for (uint32_t i = 0; i < c->nodes; i++)
		if (!used[i] && !c->mem[i])
			return error_set(error, -EINVAL, "NUMA node %u has "
					 "neither memory nor cores", i);
	return 0;
}

static int check_distance(const struct papr_numa *c, uint32_t a, uint32_t b,
			  struct papr_error *error)
{
	uint32_t d = distance(c, a, b);

	if (a == b ? d != NEAR : d != 20 && d != 40 && d != 80 && d != 160)
		return error_set(error, -EINVAL, "NUMA nodes %u and %u: a "
				 "distance of %u; it is 10 within a node, else "
				 "20, 40, 80 or 160", a, b, d);
	if (d != distance(c, b, a))
		return error_set(error, -EINVAL, "NUMA nodes %u and %u: the "
				 "distance is %u one way and %u the other", a,
				 b, d, distance(c, b, a));
	for (uint32_t m = 0; m < c->nodes; m++)
		if (distance(c, a, m) < d && distance(c, m, b) < d)
			return error_set(error, -EINVAL, "NUMA nodes %u and "
					 "%u: a distance of %u cannot be told, "
					 "as both are nearer to node %u", a, b,
					 d, m);
	return 0;
}

/* A domain has the number of its first node. */
static void take_domains(struct numa *numa, const struct papr_numa *c)
{
	for (uint32_t i = 0; i < c->nodes; i++)
		for (unsigned int level = 0; level < NUMA_LEVELS; level++) {
			uint32_t first = 0;

			while (distance(c, i, first) > distance_at(level))
				first++;
			numa->domain[i][level] = first;
		}
}

static int take_nodes(struct numa *numa, const struct papr_numa *c,
		      uint32_t cores, struct papr_error *error)
{
	int r;

	if (!c->nodes || c->nodes > PAPR_NUMA_NODES || !c->mem ||
	    !c->core_node)
		return error_set(error, -EINVAL, "%u NUMA nodes: there must "
				 "be 1 to %d, with their memory and each "
				 "core's node", c->nodes, PAPR_NUMA_NODES);
	for (uint32_t a = 0; a < c->nodes; a++)
		for (uint32_t b = 0; b < c->nodes; b++) {
			r = check_distance(c, a, b, error);
			if (r)
				return r;
		}
	numa->nodes = c->nodes;
	take_domains(numa, c);
	r = take_memory(numa, c, error);
	return r ? r : take_cores(numa, c, cores, error);
}

int numa_init(struct numa *numa, const struct papr_numa *config,
	      uint32_t cores, struct papr_error *error)
{
	struct papr_numa c;

	if (!config) {
		numa->nodes = 1;
		numa->end[0] = UINT64_MAX;
		return 0;
	}
	if (sized_copy(&c, sizeof(c), config))
		return error_set(error, -E2BIG, "the NUMA nodes have no size, "
				 "or members this library does not know");
	return take_nodes(numa, &c, cores, error);
}

uint32_t numa_node_at(const struct numa *numa, uint64_t gpa, uint64_t *end)
{
	uint32_t node = 0;

	while (node < numa->nodes - 1 && gpa >= numa->end[node])
		node++;
	*end = node < numa->nodes - 1 ? numa->end[node] : UINT64_MAX;
	return node;
}
