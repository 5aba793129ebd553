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

static int count_add(struct kernel_counts *counts, uint64_t number,
		     uint64_t count)
{
	struct kernel_count *more;
	size_t i;

	for (i = 0; i < counts->n; i++) {
		if (counts->count[i].number == number) {
			counts->count[i].count += count;
			return 0;
		}
	}
	more = reallocarray(counts->count, counts->n + 1, sizeof(*more));
	if (!more)
		return -1;
	more[counts->n++] = (struct kernel_count) { number, count };
	counts->count = more;
	return 0;
}

/* "{ common_pid: 123, req: 220 } hitcount: 5", and totals at the end. */
static void line_take(struct kernel_counts *counts, const char *line,
		      const pid_t *tids, size_t n)
{
	uint64_t number, count, dropped;
	int tid;

	if (sscanf(line, "{ common_pid: %d , req: %" SCNu64
		   " } hitcount: %" SCNu64, &tid, &number, &count) == 3) {
		if (is_ours(tid, tids, n) && count_add(counts, number, count))
			not_known(counts, "counting");
	} else if (sscanf(line, " Dropped: %" SCNu64, &dropped) == 1 &&
		   dropped) {
		errno = ENOSPC;
		not_known(counts, "the kernel's histogram");
	}
}

void kernel_counts_read(struct kernel_counts *counts, const pid_t *tids,
			size_t n)
{
	char line[256];
	FILE *hist;

	if (!counts->instance[0])
		return;
	counts->n = 0;
	hist = event_open(counts, "hist", "r");
	if (!hist) {
		not_known(counts, EVENT);
		return;
	}
	while (fgets(line, sizeof(line), hist))
		line_take(counts, line, tids, n);
	fclose(hist);
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
	size_t i;

	for (i = 0; i < counts->n; i++)
		if (counts->count[i].number == number)
			return counts->count[i].count;
	return 0;
}

void kernel_counts_free(struct kernel_counts *counts)
{
	free(counts->count);
}
