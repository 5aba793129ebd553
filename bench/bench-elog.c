/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to build and to read the log of a machine check, against
 * clearing and copying as many bytes. The best of many runs counts, all in
 * turn, each shorter than a time slice of the scheduler.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <papr/elog.h>

#define RUNS	300
#define CALLS	1000u

static uint8_t log_bytes[PAPR_ELOG_MAX], room[PAPR_ELOG_MAX];
static int log_len;

static const struct papr_mc_info info = {
	.size = sizeof(info),
	.type = PAPR_MC_SLB,
	.subtype = PAPR_MC_SLB_MULTIHIT,
	.severity = PAPR_ELOG_ERROR_SYNC,
	.disposition = PAPR_ELOG_NOT_RECOVERED,
	.initiator = PAPR_ELOG_CPU,
	.effective_valid = true,
	.effective_address = 0xc000000000001000,
	.time_s = 1795389763,
};

static void clear(void)
{
	memset(room, 0, log_len);
}

static void copy(void)
{
	memcpy(room, log_bytes, log_len);
}

static void build(void)
{
	papr_elog_build_mc(room, sizeof(room), &info, NULL);
}

static void decode(void)
{
	struct papr_elog *elog;

	if (!papr_elog_decode(log_bytes, log_len, &elog, NULL))
		papr_elog_free(elog);
}

static void validate(void)
{
	papr_elog_validate(log_bytes, log_len, NULL, NULL);
}

static struct subject {
	const char *what;
	void (*fn)(void);
	uint64_t best_ps;
} subjects[] = {
	{ "memset", clear, 0 },
	{ "memcpy", copy, 0 },
	{ "papr_elog_build_mc", build, 0 },
	{ "papr_elog_decode and free", decode, 0 },
	{ "papr_elog_validate", validate, 0 },
};

#define SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t run(const struct subject *subject)
{
	void (*volatile fn)(void) = subject->fn;
	uint64_t start = now_ns();

	for (unsigned int i = 0; i < CALLS; i++) {
		fn();
		asm volatile("" : : : "memory");
	}
	return (now_ns() - start) * 1000 / CALLS;
}

int main(void)
{
	log_len = papr_elog_build_mc(log_bytes, sizeof(log_bytes), &info,
				     NULL);
	if (log_len < 0)
		return 1;
	for (unsigned int r = 0; r < RUNS; r++)
		for (unsigned int i = 0; i < SUBJECTS; i++) {
			uint64_t ps = run(&subjects[i]);

			if (!r || ps < subjects[i].best_ps)
				subjects[i].best_ps = ps;
		}
	printf("a log of %d bytes\n", log_len);
	for (unsigned int i = 0; i < SUBJECTS; i++)
		printf("  %-34s %8.1f ns  ratio to memcpy %7.1f\n",
		       subjects[i].what, subjects[i].best_ps / 1e3,
		       (double)subjects[i].best_ps / subjects[1].best_ps);
	return 0;
}
