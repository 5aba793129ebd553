/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <papr/papr.h>

#include "vmm/stats-base.h"

struct call_base {
	struct papr_hcall_stats stats;	/* of a hypercall */
	struct papr_call_detail detail;
};

uint64_t stats_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* --- taking it */

static int keep(struct call_base **to, const struct call_base *from)
{
	if (!from->detail.calls)
		return 0;
	*to = malloc(sizeof(**to));
	if (!*to)
		return -ENOMEM;
	**to = *from;
	return 0;
}

static int keep_cpu(struct stats_base *base, struct papr_vm *vm, uint32_t cpu)
{
	const struct papr_vcpu *vcpu = papr_vm_vcpu(vm, cpu);
	struct call_base **hcalls = base->hcalls + cpu * papr_hcall_count();
	struct call_base **rtas = base->rtas + cpu * papr_rtas_count();
	struct call_base now = { .detail.size = sizeof(now.detail) };
	size_t i;

	for (i = 0; i < papr_hcall_count(); i++)
		if (papr_vcpu_stats(vcpu, i, &now.stats) ||
		    papr_vm_hcall_detail(vm, vcpu, i, &now.detail) ||
		    keep(&hcalls[i], &now))
			return -ENOMEM;
	for (i = 0; i < papr_rtas_count(); i++)
		if (papr_vm_rtas_detail(vm, vcpu, i, &now.detail) ||
		    keep(&rtas[i], &now))
			return -ENOMEM;
	return 0;
}

static int keep_all(struct stats_base *base, struct papr_vm *vm)
{
	uint32_t cpu;

	base->n_cpus = papr_vm_vcpus(vm);
	base->hcalls = calloc(base->n_cpus * papr_hcall_count(),
			      sizeof(struct call_base *));
	base->rtas = calloc(base->n_cpus * papr_rtas_count(),
			    sizeof(struct call_base *));
	if (!base->hcalls || !base->rtas)
		return -ENOMEM;
	for (cpu = 0; cpu < base->n_cpus; cpu++)
		if (keep_cpu(base, vm, cpu))
			return -ENOMEM;
	base->n_unknown = papr_vm_unknown_hcalls(vm, base->unknown,
						 base->unknown_count,
						 STATS_MAX_UNKNOWN);
	if (base->n_unknown > STATS_MAX_UNKNOWN)
		base->n_unknown = STATS_MAX_UNKNOWN;
	return 0;
}

int stats_base_take(struct stats_base *base, struct papr_vm *vm)
{
	struct stats_base next = { .since_ns = stats_clock_ns() };

	if (keep_all(&next, vm)) {
		stats_base_free(&next);
		return -ENOMEM;
	}
	stats_base_free(base);
	*base = next;
	return 0;
}

static void free_calls(struct call_base **calls, size_t n)
{
	size_t i;

	for (i = 0; calls && i < n; i++)
		free(calls[i]);
	free(calls);
}

void stats_base_free(struct stats_base *base)
{
	free_calls(base->hcalls, base->n_cpus * papr_hcall_count());
	free_calls(base->rtas, base->n_cpus * papr_rtas_count());
	*base = (struct stats_base){ .since_ns = base->since_ns };
}

/* --- taking it away */

/* What was read of a vCPU while it counts may be older than its base. */
static void less(uint64_t *n, uint64_t base)
{
	*n -= base < *n ? base : *n;
}

static void less_results(struct papr_call_detail *d,
			 const struct papr_call_detail *base)
{
	size_t i, j, left = 0;

	for (i = 0; i < d->n_results; i++) {
		for (j = 0; j < base->n_results; j++)
			if (base->result[j].code == d->result[i].code)
				less(&d->result[i].count,
				     base->result[j].count);
		if (d->result[i].count)
			d->result[left++] = d->result[i];
	}
	d->n_results = left;
	less(&d->other_results, base->other_results);
}

/* The longest of all may have been before: its bucket tells the rest. */
static void cut_longest(struct papr_call_detail *d)
{
	size_t end = PAPR_TIME_BUCKETS;
	uint64_t most;

	while (end && !d->bucket[end - 1])
		end--;
	most = end ? papr_time_bucket_start(end) - 1 : 0;
	if (d->max_ns > most)
		d->max_ns = most;
}

static void less_detail(struct papr_call_detail *d,
			const struct papr_call_detail *base)
{
	size_t i;

	less(&d->calls, base->calls);
	less(&d->errors, base->errors);
	less_results(d, base);
	less(&d->timed, base->timed);
	less(&d->total_ns, base->total_ns);
	for (i = 0; i < PAPR_TIME_BUCKETS; i++)
		less(&d->bucket[i], base->bucket[i]);
	cut_longest(d);
}

static void less_stats(struct papr_hcall_stats *s,
		       const struct papr_hcall_stats *base)
{
	less(&s->user, base->user);
	less(&s->vmm, base->vmm);
	less(&s->denied, base->denied);
	less(&s->nobody, base->nobody);
	less(&s->errors, base->errors);
	less(&s->on_purpose, base->on_purpose);
}

static bool is_of(uint32_t cpu, const struct papr_vcpu *vcpu)
{
	return !vcpu || papr_vcpu_index(vcpu) == cpu;
}

void stats_base_hcall(const struct stats_base *base,
		      const struct papr_vcpu *vcpu, size_t index,
		      struct papr_hcall_stats *stats,
		      struct papr_call_detail *detail)
{
	const struct call_base *call;
	uint32_t cpu;

	for (cpu = 0; cpu < base->n_cpus; cpu++) {
		call = base->hcalls[cpu * papr_hcall_count() + index];
		if (!call || !is_of(cpu, vcpu))
			continue;
		less_stats(stats, &call->stats);
		less_detail(detail, &call->detail);
	}
}

void stats_base_rtas(const struct stats_base *base,
		     const struct papr_vcpu *vcpu, size_t index,
		     struct papr_call_detail *detail)
{
	const struct call_base *call;
	uint32_t cpu;

	for (cpu = 0; cpu < base->n_cpus; cpu++) {
		call = base->rtas[cpu * papr_rtas_count() + index];
		if (call && is_of(cpu, vcpu))
			less_detail(detail, &call->detail);
	}
}

/* Two vCPUs may have a number each: the sums are what counts. */
void stats_base_unknown(const struct stats_base *base,
			const uint64_t *numbers, uint64_t *counts, size_t n)
{
	uint64_t left, taken;
	size_t i, j;

	for (i = 0; i < base->n_unknown; i++) {
		left = base->unknown_count[i];
		for (j = 0; j < n && left; j++) {
			if (numbers[j] != base->unknown[i])
				continue;
			taken = counts[j] < left ? counts[j] : left;
			counts[j] -= taken;
			left -= taken;
		}
	}
}
