/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/survey.h"
#include "vmm/stats.h"
#include "vmm/util.h"

/*
 * Busy is each call, until it was repeated ten times: more often than one that
 * comes by itself is repeated while it is looked at.
 */
#define TEN ", retries: 10"

const struct survey_fault survey_faults[] = {
	{ "busy", "H_BUSY", "busy", -2, TEN },
	{ "long-busy-1ms", "H_LONG_BUSY_ORDER_1_MSEC", "extended-delay-1ms",
	  9900, TEN },
	{ "long-busy-10ms", "H_LONG_BUSY_ORDER_10_MSEC",
	  "extended-delay-10ms", 9901, TEN },
	{ "long-busy-100ms", "H_LONG_BUSY_ORDER_100_MSEC",
	  "extended-delay-100ms", 9902, TEN },
	{ "long-busy-1s", "H_LONG_BUSY_ORDER_1_SEC", "extended-delay-1s",
	  9903, TEN },
	{ "hardware-once", "H_HARDWARE", "hardware-error", -1, ", times: 1" },
	{ "hardware", "H_HARDWARE", "hardware-error", -1, "" },
};

#define DEFAULT_FAULTS "busy,long-busy-10ms,hardware-once,hardware"

const struct survey_fault *survey_fault(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(survey_faults); i++)
		if (!strcmp(survey_faults[i].name, name))
			return &survey_faults[i];
	return NULL;
}

const char *survey_fault_name(size_t i)
{
	return i < COUNT_OF(survey_faults) ? survey_faults[i].name : NULL;
}

/* --- what is wanted */

/* Whether @list, in which NULL is everything, has @name. */
static bool wants(const char *list, const char *name)
{
	size_t len = strlen(name);

	if (!list)
		return true;
	for (; *list; list += list[strcspn(list, ",")] ? 1 : 0) {
		if (!strncmp(list, name, len) &&
		    (!list[len] || list[len] == ','))
			return true;
		list += strcspn(list, ",");
	}
	return false;
}

static const char *moment_name(size_t i)
{
	static const char *const names[] = { SURVEY_BOOT, SURVEY_RUN };

	return i < COUNT_OF(names) ? names[i] : NULL;
}

static bool is_name(const char *(*name)(size_t i), const char *text,
		    size_t len)
{
	for (size_t i = 0; name(i); i++)
		if (strlen(name(i)) == len && !strncmp(name(i), text, len))
			return true;
	return false;
}

static int check_list(const char *option, const char *list,
		      const char *(*name)(size_t i), struct papr_error *error)
{
	while (list) {
		size_t len = strcspn(list, ",");

		if (!is_name(name, list, len))
			return refuse(error, -EINVAL, "%s: '%.*s' is none",
				      option, (int)len, list);
		list = list[len] ? list + len + 1 : NULL;
	}
	return 0;
}

int survey_wish_check(const struct survey_wish *w, struct papr_error *error)
{
	int ret = check_list("--faults", w->faults, survey_fault_name, error);

	return ret ? ret : check_list("--moments", w->moments, moment_name,
				      error);
}

/* --- policies */

/*
 * Nobody answers it now, and the kernel would: the guest needs that.  What
 * nobody has, with or without the kernel, can be failed.
 */
static bool must_stay(const json_t *route)
{
	const char *accepted = survey_text(route, "accepted");

	return !strcmp(survey_text(route, "effective"), "nobody") &&
	       (!strcmp(accepted, "on") || !strcmp(accepted, "off"));
}

json_t *survey_kept(const json_t *routes)
{
	json_t *kept = json_array(), *route;
	size_t i;

	json_array_foreach(routes, i, route)
		if (must_stay(route))
			json_array_append_new(kept, json_pack("{s:s, s:s}",
				"name", survey_text(route, "name"),
				"reason", "only the kernel answers it: "
				"libpapr does not"));
	return kept;
}

static bool is_rtas(const json_t *call)
{
	return json_is_true(json_object_get(call, "rtas"));
}

char *survey_policy(const json_t *kept, const json_t *call,
		    const struct survey_fault *fault)
{
	const json_t *one;
	char *text = NULL;
	size_t i, len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	fputs("default: user\nforce: true\n", f);
	if (json_array_size(kept) || (call && !is_rtas(call)))
		fputs("hcalls:\n", f);
	json_array_foreach(kept, i, one)
		fprintf(f, "  %s: kernel\n", survey_text(one, "name"));
	if (call)
		fprintf(f, "%s  '%s': { route: user, fail: %s%s }\n",
			is_rtas(call) ? "rtas:\n" : "",
			survey_text(call, "name"),
			is_rtas(call) ? fault->rtas : fault->hcall,
			fault->option);
	fclose(f);
	return text;
}

/* --- counts */

static const json_t *find(const json_t *list, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!strcmp(survey_text(one, "name"), name))
			return one;
	return NULL;
}

static uint64_t in_userspace(const json_t *row)
{
	return stats_number(row, "user") + stats_number(row, "vmm") +
	       stats_number(row, "denied") + stats_number(row, "nobody");
}

static uint64_t results(const json_t *row, int status)
{
	const json_t *list = json_object_get(row, "results"), *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (json_integer_value(json_object_get(one, "code")) == status)
			return stats_number(one, "count");
	return 0;
}

struct survey_counts survey_count(const json_t *stats, const json_t *call,
				  const struct survey_fault *fault)
{
	bool rtas = is_rtas(call);
	const json_t *row = find(json_object_get(stats, rtas ? "rtas" :
						 "hcalls"),
				 survey_text(call, "name"));

	if (rtas)
		return (struct survey_counts){
			stats_number(row, "calls"),
			fault ? results(row, fault->status) : 0,
		};
	return (struct survey_counts){
		in_userspace(row), stats_number(row, "on-purpose")
	};
}

static void add_calls(json_t *calls, bool rtas, const json_t *boot,
		      const json_t *after)
{
	const json_t *rows = json_object_get(after, rtas ? "rtas" : "hcalls");
	uint64_t then, now;
	const json_t *row;
	json_t *call;
	size_t i;

	json_array_foreach(rows, i, row) {
		call = json_pack("{s:s, s:b}", "name",
				 survey_text(row, "name"), "rtas", rtas);
		then = survey_count(boot, call, NULL).calls;
		now = survey_count(after, call, NULL).calls;
		json_object_set_new(call, "boot", json_integer(then));
		json_object_set_new(call, "run", json_integer(now - then));
		if (now)
			json_array_append(calls, call);
		json_decref(call);
	}
}

json_t *survey_calls(const json_t *boot, const json_t *after)
{
	json_t *calls = json_array();

	add_calls(calls, false, boot, after);
	add_calls(calls, true, boot, after);
	return calls;
}

json_t *survey_kernel_calls(const json_t *kept, const json_t *stats)
{
	const json_t *rows = json_object_get(stats, "hcalls"), *row, *count;
	json_t *calls = json_array(), *call;
	size_t i;

	json_array_foreach(rows, i, row) {
		count = json_object_get(row, "kernel");
		if (strcmp(survey_text(row, "effective"), "kernel") ||
		    (count && !json_integer_value(count)))
			continue;
		call = json_copy((json_t *)find(kept, survey_text(row,
								  "name")));
		if (!call)
			call = json_pack("{s:s, s:s}", "name",
					 survey_text(row, "name"), "reason",
					 survey_text(row, "reason"));
		if (count)
			json_object_set(call, "count", (json_t *)count);
		json_array_append_new(calls, call);
	}
	return calls;
}

/* --- cells */

bool survey_is_done(const json_t *cell)
{
	return *survey_text(cell, "outcome");
}

static bool same_cell(const json_t *a, const json_t *b)
{
	static const char *const keys[] = { "call", "fault", "moment" };

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (strcmp(survey_text(a, keys[i]), survey_text(b, keys[i])))
			return false;
	return is_rtas(a) == is_rtas(b);
}

static json_t *find_done(const json_t *cells, const json_t *cell)
{
	json_t *one;
	size_t i;

	json_array_foreach(cells, i, one)
		if (same_cell(one, cell) && survey_is_done(one))
			return one;
	return NULL;
}

static void add_cell(json_t *cells, const json_t *call, const char *moment,
		     const char *fault, const json_t *known)
{
	json_t *cell = json_pack("{s:s, s:b, s:s, s:s, s:O}", "call",
				 survey_text(call, "name"), "rtas",
				 is_rtas(call), "fault", fault, "moment",
				 moment, "normal",
				 json_object_get(call, moment));
	json_t *old = find_done(known, cell);

	json_array_append(cells, old ?: cell);
	json_decref(cell);
}

/* What is known and not asked for is not lost. */
static void add_known(json_t *cells, const json_t *known)
{
	json_t *old;
	size_t i;

	json_array_foreach(known, i, old)
		if (survey_is_done(old) && !find_done(cells, old))
			json_array_append(cells, old);
}

/* The guest that runs is used first: its boots tell what is no surprise. */
json_t *survey_cells(const json_t *calls, const struct survey_wish *wish,
		     const json_t *known)
{
	static const char *const moments[] = { SURVEY_RUN, SURVEY_BOOT };
	const char *faults = wish->faults ?: DEFAULT_FAULTS;
	json_t *cells = json_array(), *call;
	size_t m, i, k;

	for (m = 0; m < COUNT_OF(moments); m++)
		json_array_foreach(calls, i, call)
			for (k = 0; k < COUNT_OF(survey_faults); k++)
				if (wants(wish->moments, moments[m]) &&
				    wants(wish->calls,
					  survey_text(call, "name")) &&
				    wants(faults, survey_faults[k].name) &&
				    stats_number(call, moments[m]))
					add_cell(cells, call, moments[m],
						 survey_faults[k].name, known);
	add_known(cells, known);
	return cells;
}
