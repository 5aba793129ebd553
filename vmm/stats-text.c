/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "vmm/stats.h"
#include "vmm/util.h"

#define NAME_SIZE 64
#define SENTENCE_SIZE 256
#define TIME_SIZE 24

uint64_t stats_number(const json_t *object, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(object, key));

	return n < 0 ? 0 : n;
}

const char *stats_string(const json_t *object, const char *key, char *to,
			 size_t size)
{
	const char *from = json_string_value(json_object_get(object, key));
	char *at;

	snprintf(to, size, "%s", from ? from : "");
	for (at = to; *at; at++)
		if ((unsigned char)*at < ' ' || (unsigned char)*at >= 0x7f)
			*at = '?';
	return to;
}

void stats_time(uint64_t ns, char *to, size_t size)
{
	static const char *const units[] = { "us", "ms", "s" };
	double value = ns / 1e3;
	size_t i;

	if (ns < 1000) {
		snprintf(to, size, "%" PRIu64 " ns", ns);
		return;
	}
	/* As it is printed, 999.95 is 1000.0. */
	for (i = 0; i + 1 < COUNT_OF(units) && value >= 999.95; i++)
		value /= 1e3;
	snprintf(to, size, "%.1f %s", value, units[i]);
}

static void hcall_print(FILE *to, const json_t *call)
{
	char name[NAME_SIZE], requested[NAME_SIZE], accepted[NAME_SIZE];
	char effective[NAME_SIZE], reason[SENTENCE_SIZE], kernel[24] = "?";
	uint64_t on_purpose = stats_number(call, "on-purpose");

	if (json_object_get(call, "kernel"))
		snprintf(kernel, sizeof(kernel), "%" PRIu64,
			 stats_number(call, "kernel"));
	fprintf(to, "%-28s %#6" PRIx64 " %-9s %-8s %-11s %8s %8" PRIu64
		" %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64,
		stats_string(call, "name", name, sizeof(name)),
		stats_number(call, "number"),
		stats_string(call, "requested", requested, sizeof(requested)),
		stats_string(call, "accepted", accepted, sizeof(accepted)),
		stats_string(call, "effective", effective, sizeof(effective)),
		kernel, stats_number(call, "user"), stats_number(call, "vmm"),
		stats_number(call, "denied"), stats_number(call, "nobody"),
		stats_number(call, "errors"));
	if (*stats_string(call, "reason", reason, sizeof(reason)))
		fprintf(to, "  %s", reason);
	if (on_purpose)
		fprintf(to, "  %" PRIu64 " failed on purpose", on_purpose);
	fputc('\n', to);
}

static void hcalls_print(FILE *to, const json_t *stats)
{
	const json_t *calls = json_object_get(stats, "hcalls"), *call;
	uint64_t all = stats_number(stats, "catalogue");
	size_t i, shown = json_array_size(calls);
	char sentence[SENTENCE_SIZE];
	bool doubt = false;

	fprintf(to, "%-28s %6s %-9s %-8s %-11s %8s %8s %8s %8s %8s %8s\n",
		"hypercall", "number", "requested", "accepted", "effective",
		"kernel", "user", "vmm", "denied", "nobody", "errors");
	json_array_foreach(calls, i, call) {
		hcall_print(to, call);
		doubt |= !json_object_get(call, "kernel");
	}
	fprintf(to, "%" PRIu64 " more hypercalls were not seen\n",
		all > shown ? all - shown : 0);
	if (doubt)
		fprintf(to, "?: not known, %s\n",
			stats_string(stats, "kernel-unknown", sentence,
				     sizeof(sentence)));
}

static void unknown_print(FILE *to, const json_t *stats)
{
	const json_t *list = json_object_get(stats, "unknown"), *row;
	char number[NAME_SIZE];
	size_t i;

	json_array_foreach(list, i, row) {
		stats_string(row, "number", number, sizeof(number));
		if (!strcmp(number, "others"))
			fprintf(to, "unknown hypercalls of other numbers");
		else
			fprintf(to, "unknown hypercall %s", number);
		fprintf(to, ": %" PRIu64 "\n", stats_number(row, "nobody"));
	}
}

static void rtas_print(FILE *to, const json_t *stats)
{
	const json_t *list = json_object_get(stats, "rtas"), *row;
	char name[NAME_SIZE];
	size_t i;

	fprintf(to, "\n%-28s %6s %8s %8s\n", "RTAS call in userspace", "token",
		"calls", "errors");
	json_array_foreach(list, i, row)
		fprintf(to, "%-28s %#6" PRIx64 " %8" PRIu64 " %8" PRIu64 "\n",
			stats_string(row, "name", name, sizeof(name)),
			stats_number(row, "token"),
			stats_number(row, "calls"),
			stats_number(row, "errors"));
}

/* What one call returned other than 0. */
static void results_print(FILE *to, const json_t *call)
{
	const json_t *results = json_object_get(call, "results"), *result;
	uint64_t others = stats_number(call, "other-results");
	char name[NAME_SIZE], code[NAME_SIZE];
	size_t i;

	stats_string(call, "name", name, sizeof(name));
	json_array_foreach(results, i, result)
		fprintf(to, "%-28s %-28s %6lld %8" PRIu64 "\n", name,
			stats_string(result, "name", code, sizeof(code)),
			(long long)json_integer_value(
				json_object_get(result, "code")),
			stats_number(result, "count"));
	if (others)
		fprintf(to, "%-28s %-28s %6s %8" PRIu64 "\n", name, "others",
			"", others);
}

static void times_print(FILE *to, const json_t *call)
{
	static const char *const columns[] = {
		"total-ns", "p50-ns", "p90-ns", "p99-ns", "max-ns"
	};
	const json_t *time = json_object_get(call, "time");
	uint64_t calls = stats_number(time, "calls");
	char name[NAME_SIZE], text[TIME_SIZE];
	size_t i;

	if (!calls)
		return;
	fprintf(to, "%-28s %8" PRIu64,
		stats_string(call, "name", name, sizeof(name)), calls);
	stats_time(stats_number(time, "total-ns") / calls, text, sizeof(text));
	fprintf(to, " %10s", text);
	for (i = 0; i < COUNT_OF(columns); i++) {
		stats_time(stats_number(time, columns[i]), text, sizeof(text));
		fprintf(to, " %10s", text);
	}
	fputc('\n', to);
}

static bool has_times(const json_t *stats, const char *list)
{
	const json_t *calls = json_object_get(stats, list), *call;
	size_t i;

	json_array_foreach(calls, i, call)
		if (json_object_get(call, "time"))
			return true;
	return false;
}

/* @print for hypercalls, then for RTAS calls. */
static void each_call(FILE *to, const json_t *stats,
		      void (*print)(FILE *to, const json_t *call))
{
	static const char *const lists[] = { "hcalls", "rtas" };
	const json_t *list, *call;
	size_t i, j;

	for (i = 0; i < COUNT_OF(lists); i++) {
		list = json_object_get(stats, lists[i]);
		json_array_foreach(list, j, call)
			print(to, call);
	}
}

void stats_text(FILE *to, const json_t *stats)
{
	hcalls_print(to, stats);
	unknown_print(to, stats);
	rtas_print(to, stats);
	fprintf(to, "\n%-28s %-28s %6s %8s\n", "call",
		"result other than 0", "code", "count");
	each_call(to, stats, results_print);
	if (!has_times(stats, "hcalls") && !has_times(stats, "rtas"))
		return;
	fprintf(to, "\n%-28s %8s %10s %10s %10s %10s %10s %10s\n",
		"time in userspace", "calls", "mean", "total", "half within",
		"90 %", "99 %", "longest");
	each_call(to, stats, times_print);
}
