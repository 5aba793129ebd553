/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vmm/numa.h"
#include "vmm/util.h"

#define NEAR 10
#define USUAL 20

/* "0-3" or "2". */
static int take_cpus(struct numa_options *numa, uint32_t node,
		     const char *text, struct papr_error *error)
{
	const char *rest;
	uint64_t first, last;

	if (number_parse(text, &first, &rest))
		return refuse(error, -EINVAL, "cpus=%s: not a number or a "
			      "range such as 0-3", text);
	last = first;
	if (*rest && (*rest != '-' || number_parse(rest + 1, &last, NULL)))
		return refuse(error, -EINVAL, "cpus=%s: not a number or a "
			      "range such as 0-3", text);
	if (last < first || last >= PAPR_MAX_VCPUS)
		return refuse(error, -EINVAL, "cpus=%s: there are no such "
			      "CPUs", text);
	for (uint64_t i = first; i <= last; i++) {
		if (numa->cpu_given[i])
			return refuse(error, -EINVAL, "CPU %" PRIu64 " is in "
				      "node %u already", i, numa->cpu_node[i]);
		numa->cpu_given[i] = true;
		numa->cpu_node[i] = node;
	}
	return 0;
}

static int take_size(const char *key, const char *text, uint64_t *size,
		     struct papr_error *error)
{
	if (*size)
		return refuse(error, -EINVAL, "%s is given twice", key);
	if (size_parse(text, MIB, size) || !*size)
		return refuse(error, -EINVAL, "%s=%s: not a size such as "
			      "512M or 2G", key, text);
	return 0;
}

static int node_item(char *item, struct numa_options *numa,
		     struct papr_error *error)
{
	uint32_t node = numa->nodes - 1;

	if (!strncmp(item, "mem=", 4))
		return take_size("mem", item + 4, &numa->mem[node], error);
	if (!strncmp(item, "max=", 4)) {
		numa->has_max = true;
		return take_size("max", item + 4, &numa->max[node], error);
	}
	if (!strncmp(item, "cpus=", 5))
		return take_cpus(numa, node, item + 5, error);
	return refuse(error, -EINVAL, "'%s' is not mem=SIZE, max=SIZE or "
		      "cpus=RANGE", item);
}

static int node_parse(char *rest, struct numa_options *numa,
		      struct papr_error *error)
{
	char *item;
	int ret = 0;

	if (numa->nodes == PAPR_NUMA_NODES)
		return refuse(error, -EINVAL, "more than %u nodes",
			      PAPR_NUMA_NODES);
	numa->nodes++;
	while (!ret && (item = strsep(&rest, ",")))
		ret = node_item(item, numa, error);
	return ret;
}

enum dist_key { DIST_SRC, DIST_DST, DIST_VAL, DIST_KEYS };

static int dist_item(const char *item, uint64_t *values, bool *given,
		     struct papr_error *error)
{
	static const char *const keys[DIST_KEYS] = { "src=", "dst=", "val=" };
	int i;

	for (i = 0; i < DIST_KEYS && strncmp(keys[i], item, 4); i++)
		;
	if (i == DIST_KEYS || given[i] ||
	    number_parse(item + 4, &values[i], NULL) || values[i] > UINT8_MAX)
		return refuse(error, -EINVAL, "a distance is said as "
			      "dist,src=NODE,dst=NODE,val=NUMBER");
	given[i] = true;
	return 0;
}

/* Which nodes there are is known later. */
static int dist_parse(char *rest, struct numa_options *numa,
		      struct papr_error *error)
{
	uint64_t v[DIST_KEYS] = { 0 };
	bool given[DIST_KEYS] = { false };
	char *item;
	int ret = 0;

	while (!ret && (item = strsep(&rest, ",")))
		ret = dist_item(item, v, given, error);
	if (ret)
		return ret;
	if (!given[DIST_SRC] || !given[DIST_DST] || !given[DIST_VAL])
		return refuse(error, -EINVAL, "src, dst or val is missing");
	if (v[DIST_SRC] >= PAPR_NUMA_NODES || v[DIST_DST] >= PAPR_NUMA_NODES ||
	    v[DIST_SRC] == v[DIST_DST] || !v[DIST_VAL])
		return refuse(error, -EINVAL, "no distance between two nodes");
	numa->distance[v[DIST_SRC]][v[DIST_DST]] = v[DIST_VAL];
	return 0;
}

static int form_parse(const char *text, struct numa_options *numa,
		      struct papr_error *error)
{
	static const char *const forms[] = {
		[PAPR_NUMA_AUTO] = "auto",
		[PAPR_NUMA_FORM1] = "1",
		[PAPR_NUMA_FORM2] = "2",
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!strcmp(text, forms[i])) {
			numa->form = i;
			return 0;
		}
	return refuse(error, -EINVAL, "form is auto, 1 or 2");
}

int numa_parse(const char *text, struct numa_options *numa,
	       struct papr_error *error)
{
	char copy[256], place[80], *rest = copy, *kind;
	int ret;

	if (strlen(text) >= sizeof(copy))
		return refuse(error, -EINVAL, "--numa: the value is too long");
	strcpy(copy, text);
	kind = strsep(&rest, ",");
	if (!strcmp(kind, "node"))
		ret = node_parse(rest, numa, error);
	else if (!strcmp(kind, "dist"))
		ret = dist_parse(rest, numa, error);
	else if (!strncmp(kind, "form=", 5) && !rest)
		ret = form_parse(kind + 5, numa, error);
	else
		ret = refuse(error, -EINVAL, "must be node, dist or form");
	if (!ret)
		return 0;
	snprintf(place, sizeof(place), "--numa %.70s", text);
	return refuse_at(error, ret, place);
}

static int check_mem(const struct numa_options *numa, uint64_t mem,
		     struct papr_error *error)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < numa->nodes; i++) {
		if (numa->mem[i] > mem - sum)
			return refuse(error, -EINVAL, "--numa: the nodes have "
				      "more memory than the %" PRIu64 " MiB "
				      "of --mem", mem / MIB);
		sum += numa->mem[i];
	}
	if (sum != mem)
		return refuse(error, -EINVAL, "--numa: the nodes have %" PRIu64
			      " MiB of memory, and --mem %" PRIu64 " MiB",
			      sum / MIB, mem / MIB);
	return 0;
}

/* Without a max of any node what may be plugged in is the last one's. */
static int check_max(struct numa_options *numa, uint64_t may_come,
		     struct papr_error *error)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; numa->has_max && i < numa->nodes; i++) {
		uint64_t max = numa->max[i] ? numa->max[i] : numa->mem[i];

		if (max < numa->mem[i])
			return refuse(error, -EINVAL, "--numa: node %u has "
				      "more memory than its max", i);
		numa->plug_mem[i] = max - numa->mem[i];
		if (numa->plug_mem[i] > may_come - sum)
			return refuse(error, -EINVAL, "--numa: the nodes may "
				      "get more memory than --mem has room "
				      "for, %" PRIu64 " MiB", may_come / MIB);
		sum += numa->plug_mem[i];
	}
	if (numa->has_max && sum != may_come)
		return refuse(error, -EINVAL, "--numa: the nodes may get %"
			      PRIu64 " MiB of memory, and --mem has room for "
			      "%" PRIu64 " MiB", sum / MIB, may_come / MIB);
	return 0;
}

/* The threads of a core are together. */
static int check_siblings(const struct numa_options *numa, uint32_t first,
			  uint32_t threads, struct papr_error *error)
{
	for (uint32_t i = first + 1; i < first + threads; i++) {
		if (numa->cpu_given[i] != numa->cpu_given[first])
			return refuse(error, -EINVAL, "--numa: CPU %u is in "
				      "no node", numa->cpu_given[i] ? first :
						 i);
		if (numa->cpu_node[i] != numa->cpu_node[first])
			return refuse(error, -EINVAL, "--numa: CPU %u is in "
				      "node %u, and the others of its core in "
				      "node %u", i, numa->cpu_node[i],
				      numa->cpu_node[first]);
	}
	return 0;
}

/* Those that may come are in node 0 if nothing is said of them. */
static int check_cpus(struct numa_options *numa, const struct numa_room *room,
		      struct papr_error *error)
{
	for (uint32_t core = 0; core < room->max_cores; core++) {
		uint32_t cpu = core * room->threads;
		int ret = check_siblings(numa, cpu, room->threads, error);

		if (ret)
			return ret;
		if (!numa->cpu_given[cpu] && core < room->cores)
			return refuse(error, -EINVAL, "--numa: CPU %u is in "
				      "no node", cpu);
		numa->core_node[core] = numa->cpu_node[cpu];
	}
	numa->cores = room->cores;
	for (uint32_t i = room->max_cores * room->threads; i < PAPR_MAX_VCPUS;
	     i++)
		if (numa->cpu_given[i])
			return refuse(error, -EINVAL, "--numa: there is no "
				      "CPU %u", i);
	return 0;
}

static int check_distances(struct numa_options *numa,
			   struct papr_error *error)
{
	for (uint32_t a = 0; a < PAPR_NUMA_NODES; a++)
		for (uint32_t b = 0; b < PAPR_NUMA_NODES; b++) {
			uint8_t d = numa->distance[a][b];
			uint8_t back = numa->distance[b][a];

			if (d && (a >= numa->nodes || b >= numa->nodes))
				return refuse(error, -EINVAL, "--numa dist: "
					      "there is no node %u",
					      a >= numa->nodes ? a : b);
			if (a < numa->nodes && b < numa->nodes)
				numa->matrix[a * numa->nodes + b] =
					a == b ? NEAR : d ? d : back ? back :
					USUAL;
		}
	return 0;
}

int numa_check(struct numa_options *numa, const struct numa_room *room,
	       struct papr_error *error)
{
	int ret = check_distances(numa, error);

	if (!ret && !numa->nodes && numa->form)
		return refuse(error, -EINVAL, "--numa form: there are no "
			      "nodes");
	if (ret || !numa->nodes)
		return ret;
	ret = check_mem(numa, room->mem, error);
	if (!ret)
		ret = check_max(numa, room->max_mem - room->mem, error);
	return ret ? ret : check_cpus(numa, room, error);
}

bool numa_config(const struct numa_options *numa, struct papr_numa *config)
{
	*config = (struct papr_numa) {
		.size = sizeof(*config),
		.nodes = numa->nodes,
		.mem = numa->mem,
		.core_node = numa->core_node,
		.distance = numa->matrix,
		.form = numa->form,
		.plug_core_node = numa->core_node + numa->cores,
		.plug_mem = numa->has_max ? numa->plug_mem : NULL,
	};
	return numa->nodes;
}
