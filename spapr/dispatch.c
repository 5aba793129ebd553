/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hypercall that has left the kernel: one look-up, one handler, counted.
 * No lock, no allocation.
 */
#include "config.h"

#include <errno.h>

#include "spapr/util.h"
#include "spapr/vm.h"

/* The row of calls with a number that is in no catalogue. */
#define UNKNOWN (-1)

/* Only the vCPU's own thread counts, so this needs no atomic addition. */
static void count(_Atomic uint64_t *counter)
{
	atomic_store_explicit(counter,
			      atomic_load_explicit(counter,
						   memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

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
	count(&vcpu->unknown_count[i]);
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

static void answer(struct papr_vcpu *vcpu, const struct hcall_route *route,
		   enum papr_effective by, const uint64_t *args,
		   struct papr_hcall *hcall)
{
	struct papr_vm *vm = vcpu->vm;

	hcall->ret = (uint64_t)H_FUNCTION;
	if (by == PAPR_EFFECTIVE_USER)
		hcall->ret = (uint64_t)route->fn(vcpu, args, hcall->args);
	else if (by == PAPR_EFFECTIVE_VMM && vm->vmm_ops.hcall)
		vm->vmm_ops.hcall(vm->vmm, vcpu, hcall);
}

void papr_vcpu_hcall(struct papr_vcpu *vcpu, struct papr_hcall *hcall)
{
	static const struct hcall_route nobody = {
		NULL, PAPR_EFFECTIVE_NOBODY
	};
	struct papr_vm *vm = vcpu->vm;
	int row = hcall_row(hcall->nr);
	const struct hcall_route *route =
		row == UNKNOWN ? &nobody : &vm->route[row];
	enum papr_effective by = answered_by(route);
	uint64_t args[PAPR_HCALL_ARGS];

	/* A snapshot: results written early cannot change later arguments. */
	memcpy(args, hcall->args, sizeof(args));
	answer(vcpu, route, by, args, hcall);

	if (row == UNKNOWN) {
		count_unknown(vcpu, hcall->nr);
	} else {
		count(&vcpu->hcalls[row][by].calls);
		if ((int64_t)hcall->ret < 0)
			count(&vcpu->hcalls[row][by].errors);
	}
	if (vm->vmm_ops.trace && hcall->nr != H_RTAS)
		vm->vmm_ops.trace(vm->vmm, &(struct papr_trace){
			.vcpu_id = vcpu->id, .hcall = hcall, .args = args });
}

static uint64_t sum(const struct papr_vm *vm, size_t row,
		    enum papr_effective by)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		n += atomic_load(&vm->vcpus[i]->hcalls[row][by].calls);
	return n;
}

static uint64_t sum_errors(const struct papr_vm *vm, size_t row,
			   enum papr_effective by)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		n += atomic_load(&vm->vcpus[i]->hcalls[row][by].errors);
	return n;
}

int papr_vm_stats(const struct papr_vm *vm, size_t index,
		  struct papr_hcall_stats *stats)
{
	if (index >= HCALL_ROWS)
		return -EINVAL;
	*stats = (struct papr_hcall_stats){
		.user = sum(vm, index, PAPR_EFFECTIVE_USER),
		.vmm = sum(vm, index, PAPR_EFFECTIVE_VMM),
		.denied = sum(vm, index, PAPR_EFFECTIVE_DENIED),
		.nobody = sum(vm, index, PAPR_EFFECTIVE_NOBODY),
		.errors = sum_errors(vm, index, PAPR_EFFECTIVE_USER) +
			  sum_errors(vm, index, PAPR_EFFECTIVE_VMM),
	};
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

struct unknowns {
	uint64_t *numbers;
	uint64_t *counts;
	size_t room;
	size_t n;
};

static void add_unknown(struct unknowns *u, uint64_t nr, uint64_t calls)
{
	size_t i;

	for (i = 0; i < u->n && i < u->room; i++)
		if (u->numbers[i] == nr)
			break;
	if (i == u->n) {
		u->n++;
		if (i < u->room) {
			u->numbers[i] = nr;
			u->counts[i] = 0;
		}
	}
	if (i < u->room)
		u->counts[i] += calls;
}

size_t papr_vm_unknown_hcalls(const struct papr_vm *vm, uint64_t *numbers,
			      uint64_t *counts, size_t n)
{
	struct unknowns u = { numbers, counts, n, 0 };

	for (uint32_t v = 0; v < vm->n_vcpus; v++) {
		const struct papr_vcpu *vcpu = vm->vcpus[v];

		for (size_t i = 0; i <= UNKNOWN_HCALLS; i++) {
			uint64_t calls = atomic_load(&vcpu->unknown_count[i]);
			uint64_t nr = i < UNKNOWN_HCALLS ?
				      atomic_load(&vcpu->unknown_nr[i]) :
				      UINT64_MAX;

			if (calls)
				add_unknown(&u, nr, calls);
		}
	}
	return u.n;
}
