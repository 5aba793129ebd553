/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/advise.h"
#include "vmm/util.h"

/* More of anything in one run is no count: sums and products stay exact. */
#define MOST (UINT64_C(1) << 40)
/* An hour, in ns: no call takes longer, none is paid more for. */
#define MOST_NS (UINT64_C(3600) * 1000000000)

/* A member, or 0 if there is none; -EINVAL and a sentence. */
static int take(const json_t *object, const char *key, uint64_t most,
		const char *where, uint64_t *to, struct papr_error *error)
{
	const json_t *member = json_object_get(object, key);
	json_int_t n = json_integer_value(member);

	*to = 0;
	if (!member)
		return 0;
	if (!json_is_integer(member) || n < 0 || (uint64_t)n > most)
		return refuse(error, -EINVAL, "%.64s: \"%s\" is no number from "
			      "0 to %llu", where, key,
			      (unsigned long long)most);
	*to = n;
	return 0;
}

/* The place of a member's value among names; -EINVAL and a sentence. */
static int take_name(const json_t *object, const char *key, const char *where,
		     const char *const *names, size_t n, unsigned int *to,
		     struct papr_error *error)
{
	const char *name = json_string_value(json_object_get(object, key));
	size_t i;

	for (i = 0; name && i < n; i++) {
		if (!strcmp(names[i], name)) {
			*to = i;
			return 0;
		}
	}
	return refuse(error, -EINVAL, "%.64s: \"%s\" is none that is known",
		      where, key);
}

static int take_route(const json_t *row, const char *where,
		      struct advise_call *call, struct papr_error *error)
{
	const char *routes[PAPR_ROUTE_DENY + 1];
	const char *effective[PAPR_EFFECTIVE_NOBODY + 1];
	unsigned int i, route = 0, by = 0;
	int ret;

	for (i = 0; i < COUNT_OF(routes); i++)
		routes[i] = papr_route_name(i);
	for (i = 0; i < COUNT_OF(effective); i++)
		effective[i] = papr_effective_name(i);
	ret = take_name(row, "requested", where, routes, COUNT_OF(routes),
			&route, error);
	if (!ret)
		ret = take_name(row, "effective", where, effective,
				COUNT_OF(effective), &by, error);
	call->requested = route;
	call->effective = by;
	return ret;
}

static int take_counts(const json_t *row, const char *where,
		       struct advise_call *call, struct papr_error *error)
{
	const json_t *time = json_object_get(row, "time");
	const struct {
		const json_t *object;
		const char *key;
		uint64_t *to;
		uint64_t most;
	} members[] = {
		{ row, "user", &call->user, MOST },
		{ row, "vmm", &call->vmm, MOST },
		{ row, "denied", &call->denied, MOST },
		{ row, "nobody", &call->nobody, MOST },
		{ row, "on-purpose", &call->on_purpose, MOST },
		{ row, "kernel", &call->kernel, MOST },
		{ time, "calls", &call->timed, MOST },
		{ time, "total-ns", &call->total_ns, INT64_MAX },
	};
	size_t i;
	int ret;

	for (i = 0; i < COUNT_OF(members); i++) {
		ret = take(members[i].object, members[i].key, members[i].most,
			   where, members[i].to, error);
		if (ret)
			return ret;
	}
	call->kernel_known = json_object_get(row, "kernel");
	return 0;
}

/* The call that a row is about; NULL and a sentence. */
static const struct papr_call_info *named(const json_t *row, size_t i,
					  struct papr_error *error)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	const struct papr_call_info *info;

	if (!name) {
		refuse(error, -EINVAL, "call %zu has no name", i + 1);
		return NULL;
	}
	info = papr_hcall_by_name(name);
	if (!info)
		refuse(error, -EINVAL, "call %zu: its name is that of no "
		       "hypercall", i + 1);
	return info;
}

static int take_row(const json_t *row, size_t i, struct recording *r,
		    struct papr_error *error)
{
	const struct papr_call_info *info = named(row, i, error);
	struct advise_call *call;
	int ret;

	if (!info)
		return -EINVAL;
	call = &r->call[info->index];
	if (call->seen)
		return refuse(error, -EINVAL, "%s is there twice", info->name);
	call->seen = true;
	ret = take_route(row, info->name, call, error);
	return ret ? ret : take_counts(row, info->name, call, error);
}

static int take_host(const json_t *json, const char *where,
		     enum papr_flavour *to_flavour, uint32_t *to_isa,
		     struct papr_error *error)
{
	const char *flavours[PAPR_FLAVOUR_PR + 1];
	unsigned int i, flavour = 0;
	uint64_t isa;
	int ret = take(json, "isa", 1000, where, &isa, error);

	for (i = 0; i < COUNT_OF(flavours); i++)
		flavours[i] = papr_flavour_name(i);
	if (!ret && json_object_get(json, "flavour"))
		ret = take_name(json, "flavour", where, flavours,
				COUNT_OF(flavours), &flavour, error);
	*to_flavour = flavour;
	*to_isa = isa;
	return ret;
}

int recording_read(const json_t *json, struct recording *recording,
		   struct papr_error *error)
{
	struct recording r = { 0 };
	const json_t *rows = json_object_get(json, "hcalls"), *row;
	size_t i;
	int ret;

	if (!json_is_array(rows))
		return refuse(error, -EINVAL, "these are no statistics of "
			      "papr run");
	r.call = calloc(papr_hcall_count(), sizeof(*r.call));
	if (!r.call)
		return refuse(error, -ENOMEM, "no memory");
	ret = take_host(json, "the run", &r.flavour, &r.isa, error);
	if (!ret)
		ret = take(json, "elapsed-ns", INT64_MAX, "the run",
			   &r.elapsed_ns, error);
	if (!ret)
		ret = take(json, "cpus", PAPR_MAX_VCPUS, "the run", &r.cpus,
			   error);
	json_array_foreach(rows, i, row)
		if (!ret)
			ret = take_row(row, i, &r, error);
	if (ret)
		recording_free(&r);
	else
		*recording = r;
	return ret;
}

void recording_free(struct recording *recording)
{
	free(recording->call);
}

int recording_host(const struct recording *recording, struct papr_host *host,
		   struct papr_error *error)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = papr_host_model_name(i)); i++) {
		host->size = sizeof(*host);
		if (papr_host_model(name, host, error) ||
		    host->flavour != recording->flavour)
			continue;
		if (host->flavour == PAPR_FLAVOUR_HV &&
		    host->isa != recording->isa)
			continue;
		host->isa = recording->isa;
		return 0;
	}
	return refuse(error, -EINVAL, "it does not say on which host, so "
		      "--host has to");
}

static int take_cost(const json_t *row, size_t i, struct costs *costs,
		     struct papr_error *error)
{
	const struct papr_call_info *info = named(row, i, error);
	struct call_costs *call;
	int ret;

	if (!info)
		return -EINVAL;
	call = &costs->call[info->index];
	if (call->user_ns || call->kernel_ns)
		return refuse(error, -EINVAL, "%s is there twice", info->name);
	ret = take(row, "user-ns", MOST_NS, info->name, &call->user_ns, error);
	return ret ? ret : take(row, "kernel-ns", MOST_NS, info->name,
				&call->kernel_ns, error);
}

static int take_costs(const json_t *json, struct costs *c,
		      struct papr_error *error)
{
	const json_t *rows = json_object_get(json, "calls"), *row;
	size_t i;
	int ret;

	if (!json_is_array(rows))
		return refuse(error, -EINVAL, "these are no costs of calls");
	ret = take_host(json, "costs", &c->flavour, &c->isa, error);
	if (!ret)
		ret = take(json, "exit-ns", MOST_NS, "costs", &c->exit_ns,
			   error);
	if (!ret)
		ret = take(json, "user-ns", MOST_NS, "costs", &c->user_ns,
			   error);
	if (!ret)
		ret = take(json, "kernel-ns", MOST_NS, "costs", &c->kernel_ns,
			   error);
	if (!ret && !(c->exit_ns && c->user_ns && c->kernel_ns))
		ret = refuse(error, -EINVAL, "costs: \"exit-ns\", \"user-ns\" "
			     "and \"kernel-ns\" are needed, above 0");
	json_array_foreach(rows, i, row)
		if (!ret)
			ret = take_cost(row, i, c, error);
	return ret;
}

int costs_read(const json_t *json, struct costs *costs,
	       struct papr_error *error)
{
	struct costs c = { 0 };
	int ret;

	c.call = calloc(papr_hcall_count(), sizeof(*c.call));
	if (!c.call)
		return refuse(error, -ENOMEM, "no memory");
	ret = take_costs(json, &c, error);
	if (ret)
		costs_free(&c);
	else
		*costs = c;
	return ret;
}

void costs_free(struct costs *costs)
{
	free(costs->call);
}
