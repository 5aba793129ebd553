/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual processors: starting, stopping, and registers all of them share. */
#include "config.h"

#include <errno.h>

#include "spapr/decrementer.h"
#include "spapr/fdt.h"
#include "spapr/hpt.h"
#include "spapr/irqs.h"
#include "spapr/rest.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* Somebody starts it and is writing the entry point. */
#define CPU_CLAIMED (PAPR_CPU_RUNNING + 1)

/* It is not there, or the guest has isolated it: as stopped, but for ever. */
#define CPU_ABSENT (PAPR_CPU_RUNNING + 2)

uint32_t papr_vcpu_id(const struct papr_vcpu *vcpu)
{
	return vcpu->id;
}

uint32_t papr_vcpu_index(const struct papr_vcpu *vcpu)
{
	return vcpu->index;
}

struct papr_vm *papr_vcpu_vm(const struct papr_vcpu *vcpu)
{
	return vcpu->vm;
}

void *papr_vcpu_host(const struct papr_vcpu *vcpu)
{
	return vcpu->host;
}

enum papr_cpu_state papr_vcpu_state(const struct papr_vcpu *vcpu)
{
	int state = atomic_load(&vcpu->state);

	if (state == CPU_ABSENT)
		return PAPR_CPU_STOPPED;
	return state == CPU_CLAIMED ? PAPR_CPU_STARTING : state;
}

bool papr_vcpu_is_there(const struct papr_vcpu *vcpu)
{
	return atomic_load(&vcpu->state) != CPU_ABSENT;
}

bool vcpu_set_absent(struct papr_vcpu *vcpu, bool absent)
{
	int from = absent ? PAPR_CPU_STOPPED : CPU_ABSENT;

	return atomic_compare_exchange_strong(&vcpu->state, &from,
					      absent ? CPU_ABSENT :
						       PAPR_CPU_STOPPED);
}

struct papr_vcpu *vm_vcpu_by_id(struct papr_vm *vm, uint64_t id)
{
	uint64_t core = id / vm->vsmt, thread = id % vm->vsmt;
	struct papr_vcpu *vcpu;

	if (core >= vm->config.max_cores || thread >= vm->config.threads)
		return NULL;
	vcpu = vm->vcpus[core * vm->config.threads + thread];
	return atomic_load(&vcpu->state) == CPU_ABSENT ? NULL : vcpu;
}

/* What all vCPUs of the partition have. */
static int join_partition(struct papr_vcpu *vcpu, void *cpu,
			  struct papr_error *error)
{
	struct papr_vm *vm = vcpu->vm;
	uint64_t mask = atomic_load(&vm->lpcr_mask);
	int r = 0;

	if (mask)
		r = vm->host_ops.update_reg(cpu, PAPR_REG_LPCR, mask,
					    atomic_load(&vm->lpcr_value));
	if (r)
		return error_set(error, r, "vCPU %u does not take the "
				 "partition's LPCR: %s", vcpu->id,
				 strerror(-r));
	if (vm->firmware.agreed.any)
		r = vm->host_ops.update_reg(cpu, PAPR_REG_ARCH_COMPAT, ~0u,
					    vm->firmware.agreed.pvr);
	if (r)
		return error_set(error, r, "vCPU %u does not take the level "
				 "that the guest has agreed on: %s", vcpu->id,
				 strerror(-r));
	r = dec_set(vm, cpu);
	if (r)
		return error_set(error, r, "vCPU %u does not take the large "
				 "decrementer: %s", vcpu->id, strerror(-r));
	r = hpt_attach(vm, cpu);
	if (r)
		return error_set(error, r, "vCPU %u does not use the "
				 "partition's page table: %s", vcpu->id,
				 strerror(-r));
	return 0;
}

int vcpu_renew(struct papr_vcpu *vcpu, struct papr_error *error)
{
	int (*reset_cpu)(void *cpu) = vcpu->vm->host_ops.reset_cpu;
	int r = reset_cpu ? reset_cpu(vcpu->host) : -EOPNOTSUPP;

	if (r)
		return error_set(error, r, "the host does not reset vCPU %u: "
				 "%s", vcpu->id, strerror(-r));
	rest_reset(vcpu);
	return join_partition(vcpu, vcpu->host, error);
}

int papr_vcpu_attach(struct papr_vcpu *vcpu, void *cpu)
{
	struct papr_vm *vm = vcpu->vm;
	int r;

	if (vm->stage != VM_SEALED)
		return error_set(&vm->error, -EBUSY, "vCPUs are attached after "
				 "the VM is sealed");
	if (vcpu->host || !cpu)
		return error_set(&vm->error, -EBUSY,
				 "vCPU %u is attached already", vcpu->id);
	r = join_partition(vcpu, cpu, &vm->error);
	if (r)
		return r;
	pthread_mutex_lock(&vm->inject_lock);
	r = traps_attach(vcpu, cpu);
	if (!r)
		vcpu->host = cpu;
	pthread_mutex_unlock(&vm->inject_lock);
	if (r)
		return error_set(&vm->error, r, "vCPU %u does not take the "
				 "partition's breakpoints: %s", vcpu->id,
				 strerror(-r));
	if (vm->xics)
		xics_attach(vm->xics, vcpu);
	return 0;
}

void vm_hold_all(struct papr_vm *vm, bool hold)
{
	for (uint32_t i = 0; i < vm->n_vcpus && vm->host_ops.hold; i++)
		if (vm->vcpus[i]->host)
			vm->host_ops.hold(vm->vcpus[i]->host, hold);
}

int vm_update_lpcr(struct papr_vm *vm, uint64_t mask, uint64_t value)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		void *cpu = vm->vcpus[i]->host;
		int r = 0;

		if (cpu)
			r = vm->host_ops.update_reg(cpu, PAPR_REG_LPCR, mask,
						    value);
		if (r)
			return r;
	}
	atomic_fetch_and(&vm->lpcr_value, ~mask);
	atomic_fetch_or(&vm->lpcr_value, value & mask);
	atomic_fetch_or(&vm->lpcr_mask, mask);
	return 0;
}

int papr_vcpu_start(struct papr_vcpu *vcpu, const struct papr_entry *entry)
{
	int stopped = PAPR_CPU_STOPPED;

	if (!atomic_compare_exchange_strong(&vcpu->state, &stopped,
					    CPU_CLAIMED))
		return -EBUSY;
	vcpu->entry = *entry;
	atomic_store(&vcpu->state, PAPR_CPU_STARTING);
	return 0;
}

enum papr_cpu_state papr_vcpu_take_entry(struct papr_vcpu *vcpu,
					 struct papr_entry *entry)
{
	int state = atomic_load(&vcpu->state);

	if (state == PAPR_CPU_STARTING) {
		*entry = vcpu->entry;
		atomic_store(&vcpu->state, PAPR_CPU_RUNNING);
	} else if (state == PAPR_CPU_STOPPING) {
		atomic_store(&vcpu->state, PAPR_CPU_STOPPED);
	}
	return state == CPU_CLAIMED || state == CPU_ABSENT ?
	       PAPR_CPU_STOPPED : state;
}

int vm_pulse(struct papr_vm *vm, uint32_t irq)
{
	return vm->stage == VM_SEALED ? irqs_edge(vm, irq) : -EBUSY;
}

int papr_vm_console_input(struct papr_vm *vm)
{
	return vm_pulse(vm, VTY_IRQ);
}
