/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "spapr/util.h"
#include "spapr/vm.h"

/* --- the vCPU's thread */

uint64_t stats_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

void times_count(struct call_times *times, uint64_t start_ns)
{
	uint64_t ns = stats_now_ns() - start_ns;

	count_more(&times->total_ns, ns);
	/* Before the bucket: a reader that sees the call sees its time. */
	if (ns > atomic_load_explicit(&times->max_ns, memory_order_relaxed))
		atomic_store_explicit(&times->max_ns, ns,
				      memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	count_one(&times->bucket[papr_time_bucket(ns)]);
}

void results_count(struct call_results *results, int64_t code)
{
	size_t i;

	for (i = 0; i < RESULT_SLOTS; i++) {
		int64_t slot = atomic_load_explicit(&results->code[i],
						    memory_order_relaxed);

		/* No slot has 0, so one that does is free. */
		if (!slot)
			atomic_store_explicit(&results->code[i], code,
					      memory_order_relaxed);
		if (!slot || slot == code)
			break;
	}
	count_one(&results->count[i]);
}

/* --- switching */

/* Pages of it that no call touches take no memory, so not talloc's. */
static int make_times(struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		struct vcpu_stats *stats = &vm->vcpus[i]->stats;
		struct vcpu_times *times;

		if (atomic_load(&stats->times))
			continue;
		times = calloc(1, sizeof(*times));
		if (!times)
			return -ENOMEM;
		atomic_store(&stats->times, times);
	}
	return 0;
}

int papr_vm_set_timing(struct papr_vm *vm, bool on)
{
	int r = on ? make_times(vm) : 0;

	if (r)
		return r;
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		atomic_store_explicit(&vm->vcpus[i]->stats.timing, on,
				      memory_order_release);
	return 0;
}

bool papr_vm_timing(const struct papr_vm *vm)
{
	return atomic_load(&vm->vcpus[0]->stats.timing);
}

/* --- readers */

static void add_counts(struct papr_call_detail *d,
		       const struct papr_vcpu *vcpu, size_t index, bool rtas)
{
	struct papr_hcall_stats s;

	if (rtas) {
		d->calls += atomic_load(&vcpu->rtas[index].calls);
		d->errors += atomic_load(&vcpu->rtas[index].errors);
		return;
	}
	papr_vcpu_stats(vcpu, index, &s);
	d->calls += s.user + s.vmm + s.denied + s.nobody;
	d->errors += s.errors;
}

static void add_result(struct papr_call_detail *d, int64_t code, uint64_t count)
{
	size_t i;

	for (i = 0; i < d->n_results && d->result[i].code != code; i++)
		;
	if (i == PAPR_RESULT_CODES) {
		d->other_results += count;
		return;
	}
	if (i == d->n_results)
		d->result[d->n_results++].code = code;
	d->result[i].count += count;
}

static void add_results(struct papr_call_detail *d,
			const struct call_results *from)
{
	for (size_t i = 0; i < RESULT_SLOTS; i++) {
		uint64_t count = atomic_load(&from->count[i]);
		int64_t code = atomic_load(&from->code[i]);

		if (count)
			add_result(d, code, count);
	}
	d->other_results += atomic_load(&from->count[RESULT_SLOTS]);
}

static void add_times(struct papr_call_detail *d, struct call_times *from)
{
	uint64_t max_ns;

	for (size_t i = 0; i < PAPR_TIME_BUCKETS; i++) {
		uint64_t n = atomic_load(&from->bucket[i]);

		d->bucket[i] += n;
		d->timed += n;
	}
	max_ns = atomic_load(&from->max_ns);
	if (max_ns > d->max_ns)
		d->max_ns = max_ns;
	d->total_ns += atomic_load(&from->total_ns);
}

static void add_vcpu(struct papr_call_detail *d, const struct papr_vcpu *vcpu,
		     size_t index, bool rtas)
{
	struct vcpu_times *times = atomic_load(&vcpu->stats.times);

	add_counts(d, vcpu, index, rtas);
	add_results(d, rtas ? &vcpu->stats.rtas[index] :
			      &vcpu->stats.hcalls[index]);
	if (times)
		add_times(d, rtas ? &times->rtas[index] :
				    &times->hcalls[index]);
}

static int detail(const struct papr_vm *vm, const struct papr_vcpu *vcpu,
		  size_t index, bool rtas, struct papr_call_detail *out)
{
	struct papr_call_detail d = { .size = sizeof(d) };

	if (index >= (rtas ? (size_t)RTAS_ROWS : (size_t)HCALL_ROWS))
		return -EINVAL;
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (!vcpu || vcpu == vm->vcpus[i])
			add_vcpu(&d, vm->vcpus[i], index, rtas);
	return sized_fill(out, &d, sizeof(d));
}

int papr_vm_hcall_detail(const struct papr_vm *vm,
			 const struct papr_vcpu *vcpu, size_t index,
			 struct papr_call_detail *out)
{
	return detail(vm, vcpu, index, false, out);
}

int papr_vm_rtas_detail(const struct papr_vm *vm,
			const struct papr_vcpu *vcpu, size_t index,
			struct papr_call_detail *out)
{
	return detail(vm, vcpu, index, true, out);
}
