/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tools/top-rows.h"
#include "vmm/stats.h"

#define NS_PER_S 1e9
#define LINE_SIZE 160

/* Counts do not go back; where one seems to, nothing happened. */
static uint64_t more(const json_t *before, const json_t *now, const char *key)
{
	uint64_t a = stats_number(before, key), b = stats_number(now, key);

	return b > a ? b - a : 0;
}

static const json_t *named(const json_t *calls, const json_t *like)
{
	const json_t *name = json_object_get(like, "name"), *call;
	size_t i;

	for (i = 0; i < TOP_MAX; i++) {
		call = json_array_get(calls, i);
		if (!call ||
		    json_equal(json_object_get(call, "name"), name))
			return call;
	}
	return NULL;
}

static void take_times(struct top_row *row, const json_t *before,
		       const json_t *now, double seconds)
{
	const json_t *a = json_object_get(before, "time");
	const json_t *b = json_object_get(now, "time");
	uint64_t calls = more(a, b, "calls"), ns = more(a, b, "total-ns");

	row->timed = calls;
	row->busy_ns = ns / seconds;
	row->mean_ns = calls ? ns / calls : 0;
	row->p99_ns = stats_number(b, "p99-ns");
}

/* True if it was called. */
static bool take_row(struct top_row *row, const json_t *before,
		     const json_t *now, double seconds)
{
	static const char *const came[] = {
		"user", "vmm", "denied", "nobody", "calls"	/* of RTAS */
	};
	uint64_t user = 0;
	size_t i;

	memset(row, 0, sizeof(*row));
	stats_string(now, "name", row->name, sizeof(row->name));
	for (i = 0; i < sizeof(came) / sizeof(came[0]); i++)
		user += more(before, now, came[i]);
	row->user = user / seconds;
	row->kernel = more(before, now, "kernel") / seconds;
	row->kernel_known = json_object_get(now, "kernel");
	row->errors = more(before, now, "errors") / seconds;
	take_times(row, before, now, seconds);
	return user || row->kernel > 0;
}

static int descending(double a, double b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_calls(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;
	int r = descending(x->user + x->kernel, y->user + y->kernel);

	return r ? r : strcmp(x->name, y->name);
}

static int compare_times(const void *a, const void *b)
{
	const struct top_row *x = a, *y = b;
	int r = descending(x->busy_ns, y->busy_ns);

	return r ? r : compare_calls(a, b);
}

size_t top_rows(const json_t *before, const json_t *now, enum top_order order,
		struct top_row *rows)
{
	static const char *const lists[] = { "hcalls", "rtas" };
	double seconds = before ? more(before, now, "clock-ns") / NS_PER_S : 0;
	const json_t *earlier, *calls, *call;
	size_t i, j, n = 0;

	for (i = 0; seconds > 0 && i < 2; i++) {
		earlier = json_object_get(before, lists[i]);
		calls = json_object_get(now, lists[i]);
		json_array_foreach(calls, j, call) {
			if (n == TOP_MAX)
				break;
			n += take_row(&rows[n], named(earlier, call), call,
				      seconds);
		}
	}
	qsort(rows, n, sizeof(*rows),
	      order == TOP_BY_TIME ? compare_times : compare_calls);
	return n;
}

static void put_line(FILE *to, const char *line, unsigned int columns,
		     const char *end)
{
	if (columns)
		fprintf(to, "%.*s%s", (int)columns, line, end);
	else
		fprintf(to, "%s%s", line, end);
}

static void row_text(const struct top_row *row, char *line, size_t size)
{
	char kernel[24] = "?", mean[24] = "-", p99[24] = "-", busy[24] = "-";

	if (row->kernel_known)
		snprintf(kernel, sizeof(kernel), "%.1f", row->kernel);
	if (row->timed) {
		stats_time(row->mean_ns, mean, sizeof(mean));
		stats_time(row->p99_ns, p99, sizeof(p99));
		snprintf(busy, sizeof(busy), "%.2f",
			 row->busy_ns * 100 / NS_PER_S);
	}
	snprintf(line, size, "%-28.28s %10.1f %10s %10.1f %10s %10s %8s",
		 row->name, row->user, kernel, row->errors, mean, p99, busy);
}

void top_print(FILE *to, const struct top_row *rows, size_t n,
	       unsigned int lines, unsigned int columns, const char *end)
{
	char line[LINE_SIZE];
	size_t i;

	snprintf(line, sizeof(line), "%-28s %10s %10s %10s %10s %10s %8s",
		 "call", "user/s", "kernel/s", "errors/s", "mean", "99 %",
		 "% CPU");
	put_line(to, line, columns, end);
	for (i = 0; i < n && (!lines || i + 1 < lines); i++) {
		row_text(&rows[i], line, sizeof(line));
		put_line(to, line, columns, end);
	}
}
