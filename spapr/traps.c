/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <talloc.h>

#include "spapr/traps.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* --- in memory */

/* NULL if there is not only RAM that can be written. */
static uint32_t *words_of(struct papr_vm *vm, uint64_t gpa, uint32_t n)
{
	void *p = ram_get(vm, gpa, 4ull * n, RAM_WRITE);

	return (uintptr_t)p % 4 ? NULL : p;
}

/* For the instruction caches; every word was written as a whole. */
static void flush(uint32_t *words, uint32_t n)
{
	__builtin___clear_cache((char *)words, (char *)(words + n));
}

static void plant(struct papr_vcpu *vcpu)
{
	struct traps *traps = &vcpu->traps;
	volatile uint32_t *words;

	if (!traps->old)
		return;
	words = words_of(vcpu->vm, traps->gpa, traps->n);
	for (uint32_t i = 0; i < traps->n; i++) {
		traps->old[i] = words[i];
		words[i] = vcpu->vm->trap_word;
	}
	flush((uint32_t *)words, traps->n);
}

/* What the guest has written over a trap is the guest's. */
static void lift(struct papr_vcpu *vcpu)
{
	struct traps *traps = &vcpu->traps;
	volatile uint32_t *words;

	if (!traps->old)
		return;
	words = words_of(vcpu->vm, traps->gpa, traps->n);
	for (uint32_t i = 0; i < traps->n; i++)
		if (words[i] == vcpu->vm->trap_word)
			words[i] = traps->old[i];
	flush((uint32_t *)words, traps->n);
}

static bool somebody_passes(const struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i]->traps.passes)
			return true;
	return false;
}

/*
 * Between these two there are no traps in memory, and no vCPU is in the guest:
 * KVM may look once more at the instruction that has stopped one, and a POWER
 * that is emulated may go on with instructions that were changed while it ran
 * into them.
 */
static void begin_change(struct papr_vm *vm)
{
	vm_hold_all(vm, true);
	dirty_begin(vm);
	/* Ranges may overlap: last in, first out. */
	for (uint32_t i = vm->n_vcpus; vm->traps_planted && i-- > 0; )
		lift(vm->vcpus[i]);
	vm->traps_planted = false;
}

static void end_change(struct papr_vm *vm)
{
	vm->traps_planted = vm->n_traps && !somebody_passes(vm);
	for (uint32_t i = 0; vm->traps_planted && i < vm->n_vcpus; i++)
		plant(vm->vcpus[i]);
	dirty_end(vm);
	vm_hold_all(vm, false);
}

/* --- at the host */

/* Those attached; the first @n of them. */
static int tell_host(struct papr_vm *vm, uint32_t n, bool on,
		     struct papr_error *error)
{
	for (uint32_t i = 0; i < n; i++) {
		void *cpu = vm->vcpus[i]->host;
		int r = cpu ? vm->host_ops.trap(cpu, on, &vm->trap_word) : 0;

		if (!r)
			continue;
		if (on)
			tell_host(vm, i, false, NULL);
		return error_set(error, r, "the host gives vCPU %u no "
				 "breakpoints: %s", vm->vcpus[i]->id,
				 r == -EOPNOTSUPP ? "it takes them for illegal "
				 "instructions" : strerror(-r));
	}
	return 0;
}

int traps_attach(struct papr_vcpu *vcpu, void *cpu)
{
	struct papr_vm *vm = vcpu->vm;

	return vm->n_traps ? vm->host_ops.trap(cpu, true, &vm->trap_word) : 0;
}

/* --- together */

int traps_add(struct papr_vcpu *vcpu, uint64_t gpa, uint32_t n,
	      struct papr_error *error)
{
	struct papr_vm *vm = vcpu->vm;
	uint32_t *old;
	int r = 0;

	if (!vm->host_ops.trap || !vm->host_ops.hold)
		return error_set(error, -EOPNOTSUPP, "the host has no "
				 "breakpoints");
	if (!words_of(vm, gpa, n))
		return error_set(error, -EINVAL, "0x%llx to 0x%llx is not RAM "
				 "that the guest can write",
				 (unsigned long long)gpa,
				 (unsigned long long)gpa + 4ull * n - 1);
	if (!vm->n_traps)
		r = tell_host(vm, vm->n_vcpus, true, error);
	if (r)
		return r;
	/* No parent: threads of other vCPUs come here. */
	old = talloc_array(NULL, uint32_t, n);
	if (!old) {
		if (!vm->n_traps)
			tell_host(vm, vm->n_vcpus, false, NULL);
		return error_set(error, -ENOMEM, "out of memory");
	}
	begin_change(vm);
	vcpu->traps.old = old;
	vcpu->traps.gpa = gpa;
	vcpu->traps.n = n;
	vm->n_traps++;
	atomic_store(&vm->traps_used, true);
	end_change(vm);
	return 0;
}

void traps_remove(struct papr_vcpu *vcpu)
{
	struct papr_vm *vm = vcpu->vm;

	if (!vcpu->traps.old)
		return;
	begin_change(vm);
	TALLOC_FREE(vcpu->traps.old);
	vm->n_traps--;
	end_change(vm);
	if (!vm->n_traps)
		tell_host(vm, vm->n_vcpus, false, NULL);
}

/* What is no trap of ours is the guest's own business meanwhile. */
void traps_pass(struct papr_vcpu *vcpu, bool passes)
{
	struct papr_vm *vm = vcpu->vm;

	if (vcpu->traps.passes == passes)
		return;
	vcpu->traps.passes = passes;
	if (!vm->n_traps)
		return;
	if (!passes)
		vm->host_ops.trap(vcpu->host, true, &vm->trap_word);
	begin_change(vm);
	end_change(vm);
	if (passes)
		vm->host_ops.trap(vcpu->host, false, &vm->trap_word);
}
