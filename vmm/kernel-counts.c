/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmm/kernel-counts.h"

#define INSTANCES "/sys/kernel/tracing/instances"
#define EVENT "events/kvm_hv/kvm_hcall_enter"
/* One entry for each call of each vCPU. */
#define TRIGGER "hist:keys=common_pid,req:size=8192"

static void not_known(struct kernel_counts *counts, const char *what)
{
	counts->known = false;
	snprintf(counts->why_not, sizeof(counts->why_not), "%s: %s", what,
		 strerror(errno));
}

static FILE *event_open(const struct kernel_counts *counts, const char *file,
			const char *mode)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/" EVENT "/%s", counts->instance,
		 file);
	return fopen(path, mode);
}

static int trigger_write(const struct kernel_counts *counts, const char *text)
{
	FILE *file = event_open(counts, "trigger", "w");

	if (!file)
		return -1;
	fputs(text, file);
	return fclose(file);
}

void kernel_counts_start(struct kernel_counts *counts)
{
	/* An instance of our own: others may be tracing too. */
	snprintf(counts->instance, sizeof(counts->instance),
		 INSTANCES "/papr-run-%ld", (long)getpid());
	if (mkdir(counts->instance, 0700)) {
		not_known(counts, INSTANCES);
		counts->instance[0] = '\0';
		return;
	}
	counts->known = true;
	if (trigger_write(counts, TRIGGER)) {
		not_known(counts, EVENT);
		rmdir(counts->instance);
		counts->instance[0] = '\0';
	}
}

static bool is_ours(pid_t tid, const pid_t *tids, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (tids[i] == tid)
			return true;
	return false;
}

/* @tid is 0 for a sum. */
static int list_add(struct kernel_list *list, pid_t tid, uint64_t number,
		    uint64_t count)
{
	struct kernel_count *more;
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (list->at[i].number == number && list->at[i].tid == tid) {
			list->at[i].count += count;
			return 0;
		}
	}
	more = reallocarray(list->at, list->n + 1, sizeof(*more));
	if (!more)
		return -1;
	more[list->n++] = (struct kernel_count) { tid, number, count };
	list->at = more;
	return 0;
}

static uint64_t list_get(const struct kernel_list *list, pid_t tid,
			 uint64_t number)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->at[i].tid == tid && list->at[i].number == number)
			return list->at[i].count;
	return 0;
}

/* "{ common_pid: 123, req: 220 } hitcount: 5", and totals at the end. */
static void line_take(struct kernel_counts *counts, const char *line,
		      const pid_t *tids, size_t n, struct kernel_list *list)
{
	uint64_t number, count, dropped;
	int tid;

	if (sscanf(line, "{ common_pid: %d , req: %" SCNu64
		   " } hitcount: %" SCNu64, &tid, &number, &count) == 3) {
		if (is_ours(tid, tids, n) && list_add(list, tid, number, count))
			not_known(counts, "counting");
	} else if (sscanf(line, " Dropped: %" SCNu64, &dropped) == 1 &&
		   dropped) {
		errno = ENOSPC;
		not_known(counts, "the kernel's histogram");
	}
}

/* Since the kernel began to count. */
static void hist_read(struct kernel_counts *counts, const pid_t *tids, size_t n,
		      struct kernel_list *list)
{
	FILE *hist = event_open(counts, "hist", "r");
	char line[256];

	if (!hist) {
		not_known(counts, EVENT);
		return;
	}
	while (fgets(line, sizeof(line), hist))
		line_take(counts, line, tids, n, list);
	fclose(hist);
}

void kernel_counts_read(struct kernel_counts *counts, const pid_t *tids,
			size_t n)
{
	struct kernel_list now = { NULL, 0 };
	const struct kernel_count *c;

	if (!counts->instance[0])
		return;
	counts->sums.n = 0;
	hist_read(counts, tids, n, &now);
	for (c = now.at; c < now.at + now.n; c++)
		if (list_add(&counts->sums, 0, c->number, c->count -
			     list_get(&counts->base, c->tid, c->number)))
			not_known(counts, "counting");
	free(now.at);
}

void kernel_counts_restart(struct kernel_counts *counts, const pid_t *tids,
			   size_t n)
{
	if (!counts->instance[0])
		return;
	free(counts->base.at);
	counts->base = (struct kernel_list){ NULL, 0 };
	hist_read(counts, tids, n, &counts->base);
}

void kernel_counts_stop(struct kernel_counts *counts, const pid_t *tids,
			size_t n)
{
	if (!counts->instance[0])
		return;
	kernel_counts_read(counts, tids, n);
	trigger_write(counts, "!" TRIGGER);
	rmdir(counts->instance);
	counts->instance[0] = '\0';
}

uint64_t kernel_counts_get(const struct kernel_counts *counts, uint64_t number)
{
	return list_get(&counts->sums, 0, number);
}

void kernel_counts_free(struct kernel_counts *counts)
{
	free(counts->sums.at);
	free(counts->base.at);
}
