/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include <papr/connector.h>

#include "spapr/numa.h"
#include "spapr/util.h"
#include "spapr/vector5.h"
#include "spapr/vm.h"

/* The smallest piece of memory that Linux knows a node of. */
#define PIECE 0x1000000u

#define NEAR 10u	/* the distance of a node from itself */
#define FARTHEST 254u

/* What two nodes are apart that share the domains from this level on up. */
static uint32_t distance_at(unsigned int level)
{
	return NEAR << (NUMA_LEVELS - 1 - level);
}

/* The larger way: whoever is told of one must not take it for too near. */
static uint32_t larger_way(const struct numa *numa, uint32_t a, uint32_t b)
{
	uint32_t one = numa->distance[a][b], other = numa->distance[b][a];

	return one > other ? one : other;
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

static int take_plug_memory(struct numa *numa, const struct papr_numa *c,
			    struct papr_error *error)
{
	uint64_t end = 0;

	numa->plug_end[c->nodes - 1] = UINT64_MAX;
	for (uint32_t i = 0; c->plug_mem && i < c->nodes; i++) {
		if (c->plug_mem[i] % PAPR_LMB_SIZE)
			return error_set(error, -EINVAL, "NUMA node %u has "
					 "0x%llx bytes of pluggable memory, "
					 "no multiple of 256 MiB", i,
					 (unsigned long long)c->plug_mem[i]);
		if (c->plug_mem[i] > UINT64_MAX - end)
			return error_set(error, -EINVAL, "NUMA node %u has "
					 "pluggable memory beyond all "
					 "addresses", i);
		end += c->plug_mem[i];
		numa->plug_end[i] = end;
	}
	return 0;
}

static int take_cores(struct numa *numa, const struct papr_numa *c,
		      uint32_t cores, uint32_t max_cores,
		      struct papr_error *error)
{
	for (uint32_t i = 0; i < max_cores; i++) {
		uint32_t node = i < cores ? c->core_node[i] :
				c->plug_core_node ?
				c->plug_core_node[i - cores] : 0;

		if (node >= c->nodes)
			return error_set(error, -EINVAL, "core %u is in NUMA "
					 "node %u, and there are %u", i, node,
					 c->nodes);
		numa->node_of_core[i] = node;
	}
	return 0;
}

/* What there is, or may be. */
static int check_used(const struct numa *numa, const struct papr_numa *c,
		      uint32_t max_cores, struct papr_error *error)
{
	bool used[PAPR_NUMA_NODES] = { false };

	for (uint32_t i = 0; i < max_cores; i++)
		used[numa->node_of_core[i]] = true;
	for (uint32_t i = 0; i < c->nodes; i++)
		if (!used[i] && !c->mem[i] && !(c->plug_mem && c->plug_mem[i]))
			return error_set(error, -EINVAL, "NUMA node %u has "
					 "neither memory nor cores", i);
	return 0;
}

static int take_distance(struct numa *numa, const struct papr_numa *c,
			 uint32_t a, uint32_t b, struct papr_error *error)
{
	uint32_t d = c->distance ? c->distance[a * c->nodes + b] :
		     a == b ? NEAR : 2 * NEAR;

	if (a == b ? d != NEAR : d <= NEAR || d > FARTHEST)
		return error_set(error, -EINVAL, "NUMA nodes %u and %u: a "
				 "distance of %u; it is 10 within a node, else "
				 "11 to 254", a, b, d);
	numa->distance[a][b] = d;
	return 0;
}

static int take_distances(struct numa *numa, const struct papr_numa *c,
			  struct papr_error *error)
{
	int r = 0;

	for (uint32_t a = 0; a < c->nodes && !r; a++)
		for (uint32_t b = 0; b < c->nodes && !r; b++)
			r = take_distance(numa, c, a, b, error);
	return r;
}

/* Puts near nodes into one domain; false if all are. */
static bool join(struct numa *numa, uint32_t a, uint32_t b, unsigned int level)
{
	uint32_t *one = &numa->domain[a][level];
	uint32_t *other = &numa->domain[b][level];

	if (*one == *other || larger_way(numa, a, b) > distance_at(level))
		return false;
	*one = *other = *one < *other ? *one : *other;
	return true;
}

/* A domain has the number of its first node. */
static void take_domains(struct numa *numa, unsigned int level)
{
	bool more = true;

	for (uint32_t a = 0; a < numa->nodes; a++)
		numa->domain[a][level] = a;
	while (more) {
		more = false;
		for (uint32_t a = 0; a < numa->nodes; a++)
			for (uint32_t b = 0; b < a; b++)
				more |= join(numa, a, b, level);
	}
}

/* What a guest makes of their domains. */
static uint32_t told(const struct numa *numa, uint32_t a, uint32_t b)
{
	unsigned int level = NUMA_LEVELS;

	while (level &&
	       numa->domain[a][level - 1] != numa->domain[b][level - 1])
		level--;
	return level ? distance_at(level - 1) : NEAR << NUMA_LEVELS;
}

/* Whether form 1 tells all distances. */
static bool is_told(const struct numa *numa, struct papr_error *error)
{
	for (uint32_t a = 0; a < numa->nodes; a++)
		for (uint32_t b = 0; b < numa->nodes; b++) {
			uint32_t d = numa->distance[a][b];

			if (d == told(numa, a, b))
				continue;
			error_set(error, -EINVAL, "NUMA nodes %u and %u: a "
				  "distance of %u cannot be told in form 1, "
				  "where it becomes %u", a, b, d,
				  told(numa, a, b));
			return false;
		}
	return true;
}

static int take_form(struct numa *numa, const struct papr_numa *c,
		     struct papr_error *error)
{
	bool is_exact = is_told(numa, error);

	if (c->form > PAPR_NUMA_FORM2)
		return error_set(error, -EINVAL, "NUMA: there is no such form "
				 "of associativity, %u", c->form);
	if (c->form == PAPR_NUMA_FORM1)
		return is_exact ? 0 : -EINVAL;
	numa->offers_form2 = true;
	numa->first_form2 = c->form == PAPR_NUMA_FORM2 || !is_exact;
	return 0;
}

static int take_nodes(struct numa *numa, const struct papr_numa *c,
		      uint32_t cores, uint32_t max_cores,
		      struct papr_error *error)
{
	int r;

	if (!c->nodes || c->nodes > PAPR_NUMA_NODES || !c->mem ||
	    !c->core_node)
		return error_set(error, -EINVAL, "%u NUMA nodes: there must "
				 "be 1 to %d, with their memory and each "
				 "core's node", c->nodes, PAPR_NUMA_NODES);
	numa->nodes = c->nodes;
	r = take_distances(numa, c, error);
	if (r)
		return r;
	for (unsigned int level = 0; level < NUMA_LEVELS; level++)
		take_domains(numa, level);
	r = take_form(numa, c, error);
	if (!r)
		r = take_memory(numa, c, error);
	if (!r)
		r = take_plug_memory(numa, c, error);
	if (!r)
		r = take_cores(numa, c, cores, max_cores, error);
	return r ? r : check_used(numa, c, max_cores, error);
}

int numa_init(struct numa *numa, const struct papr_numa *config,
	      uint32_t cores, uint32_t max_cores, struct papr_error *error)
{
	struct papr_numa c;

	if (!config) {
		numa->nodes = 1;
		numa->distance[0][0] = NEAR;
		numa->offers_form2 = true;
		numa->end[0] = UINT64_MAX;
		numa->plug_end[0] = UINT64_MAX;
		return 0;
	}
	if (sized_copy(&c, sizeof(c), config))
		return error_set(error, -E2BIG, "the NUMA nodes have no size, "
				 "or members this library does not know");
	return take_nodes(numa, &c, cores, max_cores, error);
}

bool numa_is_form2(const struct papr_vm *vm)
{
	const struct agreed *agreed = &vm->firmware.agreed;

	return agreed->any ? vector5_has_form2(agreed->vector5) :
			     vm->numa.first_form2;
}

uint32_t numa_domains(const struct papr_vm *vm, uint32_t node,
		      uint32_t domains[NUMA_LEVELS])
{
	if (numa_is_form2(vm)) {
		domains[0] = node;
		return 1;
	}
	memcpy(domains, vm->numa.domain[node], sizeof(vm->numa.domain[node]));
	return NUMA_LEVELS;
}

uint32_t numa_node_at(const struct numa *numa, uint64_t gpa, uint64_t *end)
{
	uint32_t node = 0;

	while (node < numa->nodes - 1 && gpa >= numa->end[node])
		node++;
	*end = node < numa->nodes - 1 ? numa->end[node] : UINT64_MAX;
	return node;
}

uint32_t numa_node_of_plug(const struct numa *numa, uint64_t offset)
{
	uint32_t node = 0;

	while (node < numa->nodes - 1 && offset >= numa->plug_end[node])
		node++;
	return node;
}
