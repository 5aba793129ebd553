/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hypercall that has left the kernel: one look-up, one handler, counted.
 * No lock, no allocation.
 */
#include "config.h"

#include <errno.h>

#include "spapr/fault.h"
#include "spapr/probes.h"
#include "spapr/routing.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* The row of calls with a number that is in no catalogue. */
#define UNKNOWN (-1)

static void count_unknown(struct papr_vcpu *vcpu, uint64_t nr)
{
	size_t i;

	for (i = 0; i < UNKNOWN_HCALLS; i++) {
		uint64_t used = atomic_load(&vcpu->unknown_count[i]);

		if (!used)
			atomic_store(&vcpu->unknown_nr[i], nr);
		if (!used || atomic_load(&vcpu->unknown_nr[i]) == nr)
			break;
	}
	/* After the number: a reader that sees the count sees it too. */
	atomic_fetch_add(&vcpu->unknown_count[i], 1);
}

/* What is counted: calls the kernel hands over are this library's. */
static enum papr_effective answered_by(const struct hcall_route *route)
{
	switch (route->by) {
	case PAPR_EFFECTIVE_VMM:
	case PAPR_EFFECTIVE_DENIED:
		return route->by;
	default:
		return route->fn ? PAPR_EFFECTIVE_USER : PAPR_EFFECTIVE_NOBODY;
	}
}

/* True if it failed on purpose. */
static bool fails(struct papr_vcpu *vcpu, const struct hcall_route *route,
		  uint64_t *args, struct papr_hcall *hcall)
{
	int64_t status;

	if (!route->fault ||
	    !fault_strikes(route->fault, vcpu, args, hcall->args, &status))
		return false;
	hcall->ret = (uint64_t)status;
	return true;
}

/* A fault may have changed the arguments. */
static void ask_vmm(struct papr_vcpu *vcpu, const struct hcall_route *route,
		    const uint64_t *args, struct papr_hcall *hcall)
{
	struct papr_vm *vm = vcpu->vm;

	if (route->fault)
		memcpy(hcall->args, args, sizeof(hcall->args));
	vm->vmm_ops.hcall(vm->vmm, vcpu, hcall);
}

static void answer(struct papr_vcpu *vcpu, const struct hcall_route *route,
		   enum papr_effective by, uint64_t *args,
		   struct papr_hcall *hcall)
{
	struct papr_vm *vm = vcpu->vm;

	if (fails(vcpu, route, args, hcall)) {
		count_one(&vcpu->on_purpose[hcall_row(hcall->nr)]);
		return;
	}
	hcall->ret = (uint64_t)H_FUNCTION;
	if (by == PAPR_EFFECTIVE_USER)
		hcall->ret = (uint64_t)route->fn(vcpu, args, hcall->args);
	else if (by == PAPR_EFFECTIVE_VMM && vm->vmm_ops.hcall)
		ask_vmm(vcpu, route, args, hcall);
}

/* Somebody waits for the call with an injection: fwnmi/trigger.c. */
static void count_down(struct papr_vcpu *vcpu, uint64_t nr)
{
	struct injection *injection = &vcpu->nmi.injection;
	struct papr_vm *vm = vcpu->vm;
	bool due;

	pthread_mutex_lock(&vm->inject_lock);
	due = atomic_load(&vcpu->nmi.pending) & NMI_AT_HCALL &&
	      (!injection->hcall || injection->hcall == nr) &&
	      !--injection->count;
	if (due) {
		atomic_fetch_and(&vcpu->nmi.pending, ~NMI_AT_HCALL);
		atomic_fetch_or(&vcpu->nmi.pending, NMI_INJECTED);
	}
	pthread_mutex_unlock(&vm->inject_lock);
	if (due)
		vm->host_ops.wake(vcpu->host);
}

static void count(struct papr_vcpu *vcpu, int row, enum papr_effective by,
		  const struct papr_hcall *hcall)
{
	if (row == UNKNOWN) {
		count_unknown(vcpu, hcall->nr);
		return;
	}
	count_one(&vcpu->hcalls[row][by].calls);
	if ((int64_t)hcall->ret < 0)
		count_one(&vcpu->hcalls[row][by].errors);
	if (hcall->ret)
		results_count(&vcpu->stats.hcalls[row], (int64_t)hcall->ret);
}

/*
 * What the call found is somebody else's.  Its registers go back as they came,
 * and before the vCPU enters the guest it is taken to the call once more.  The
 * call was not answered, so it does not count.
 */
static void make_again(struct papr_vcpu *vcpu, const uint64_t *args,
		       struct papr_hcall *hcall)
{
	memcpy(hcall->args, args, sizeof(hcall->args));
	hcall->ret = hcall->nr;
	atomic_fetch_or(&vcpu->nmi.pending, NMI_AGAIN);
	vcpu->vm->host_ops.wake(vcpu->host);
}

static void hcall_by(struct papr_vcpu *vcpu, const struct routing *routing,
		     struct papr_hcall *hcall)
{
	static const struct hcall_route nobody = {
		.by = PAPR_EFFECTIVE_NOBODY
	};
	struct papr_vm *vm = vcpu->vm;
	int row = hcall_row(hcall->nr);
	const struct hcall_route *route =
		row == UNKNOWN ? &nobody : &routing->hcall[row];
	enum papr_effective by = answered_by(route);
	struct vcpu_times *times = stats_timing(&vcpu->stats);
	uint64_t start_ns = times ? stats_now_ns() : 0;
	uint64_t args[PAPR_HCALL_ARGS];

	/* A snapshot: results written early cannot change later arguments. */
	memcpy(args, hcall->args, sizeof(args));
	PROBE3(hcall_enter, vcpu->id, hcall->nr, args);
	answer(vcpu, route, by, args, hcall);
	PROBE4(hcall_return, vcpu->id, hcall->nr, (int64_t)hcall->ret,
	       hcall->args);
	if (by == PAPR_EFFECTIVE_USER && (int64_t)hcall->ret == HCALL_AGAIN) {
		make_again(vcpu, args, hcall);
		return;
	}

	if (times && row != UNKNOWN)
		times_count(&times->hcalls[row], start_ns);
	count(vcpu, row, by, hcall);
	/* RTAS calls are traced with what is in their argument block. */
	if ((vm->vmm_ops.trace || route->logged) &&
	    !(hcall->nr == H_RTAS && by == PAPR_EFFECTIVE_USER))
		vm_trace(vm, &(struct papr_trace){
			.vcpu_id = vcpu->id, .hcall = hcall, .args = args,
		}, route->logged);
	if (atomic_load_explicit(&vcpu->nmi.pending, memory_order_relaxed) &
	    NMI_AT_HCALL)
		count_down(vcpu, hcall->nr);
}

void papr_vcpu_hcall(struct papr_vcpu *vcpu, struct papr_hcall *hcall)
{
	const struct routing *outer = routing_held(vcpu);

	/* A program may make a call from within one. */
	if (outer) {
		hcall_by(vcpu, outer, hcall);
		return;
	}
	hcall_by(vcpu, routing_hold(vcpu), hcall);
	routing_drop(vcpu);
}

static void add(const struct papr_vcpu *vcpu, size_t row,
		struct papr_hcall_stats *to)
{
	const struct hcall_stats *by = vcpu->hcalls[row];

	to->user += atomic_load(&by[PAPR_EFFECTIVE_USER].calls);
	to->vmm += atomic_load(&by[PAPR_EFFECTIVE_VMM].calls);
	to->denied += atomic_load(&by[PAPR_EFFECTIVE_DENIED].calls);
	to->nobody += atomic_load(&by[PAPR_EFFECTIVE_NOBODY].calls);
	to->on_purpose += atomic_load(&vcpu->on_purpose[row]);
	/* Not those that policy or lack of a handler has refused. */
	to->errors += atomic_load(&by[PAPR_EFFECTIVE_USER].errors) +
		      atomic_load(&by[PAPR_EFFECTIVE_VMM].errors);
}

int papr_vcpu_stats(const struct papr_vcpu *vcpu, size_t index,
		    struct papr_hcall_stats *stats)
{
	if (index >= HCALL_ROWS)
		return -EINVAL;
	*stats = (struct papr_hcall_stats){ 0 };
	add(vcpu, index, stats);
	return 0;
}

int papr_vm_stats(const struct papr_vm *vm, size_t index,
		  struct papr_hcall_stats *stats)
{
	if (index >= HCALL_ROWS)
		return -EINVAL;
	*stats = (struct papr_hcall_stats){ 0 };
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		add(vm->vcpus[i], index, stats);
	return 0;
}

int papr_vm_rtas_stats(const struct papr_vm *vm, size_t index,
		       uint64_t *calls, uint64_t *errors)
{
	if (index >= RTAS_ROWS)
		return -EINVAL;
	*calls = *errors = 0;
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		*calls += atomic_load(&vm->vcpus[i]->rtas[index].calls);
		*errors += atomic_load(&vm->vcpus[i]->rtas[index].errors);
	}
	return 0;
}

/* The slots of all vCPUs in a row; the last of each has no number. */
#define SLOTS (UNKNOWN_HCALLS + 1)

static uint64_t slot_calls(const struct papr_vm *vm, size_t slot)
{
	return atomic_load(&vm->vcpus[slot / SLOTS]->
			   unknown_count[slot % SLOTS]);
}

static uint64_t slot_number(const struct papr_vm *vm, size_t slot)
{
	if (slot % SLOTS == UNKNOWN_HCALLS)
		return UINT64_MAX;
	return atomic_load(&vm->vcpus[slot / SLOTS]->unknown_nr[slot % SLOTS]);
}

/* The calls with a number from @slot on; 0 if an earlier slot has it too. */
static uint64_t sum_unknown(const struct papr_vm *vm, size_t slot, size_t slots)
{
	uint64_t nr = slot_number(vm, slot), n = slot_calls(vm, slot);

	for (size_t i = 0; i < slots && n; i++) {
		if (i == slot || slot_number(vm, i) != nr || !slot_calls(vm, i))
			continue;
		if (i < slot)
			return 0;
		n += slot_calls(vm, i);
	}
	return n;
}

size_t papr_vm_unknown_hcalls(const struct papr_vm *vm, uint64_t *numbers,
			      uint64_t *counts, size_t n)
{
	size_t slots = (size_t)vm->n_vcpus * SLOTS, found = 0;

	for (size_t i = 0; i < slots; i++) {
		uint64_t calls = sum_unknown(vm, i, slots);

		if (!calls)
			continue;
		if (found < n) {
			numbers[found] = slot_number(vm, i);
			counts[found] = calls;
		}
		found++;
	}
	return found;
}
