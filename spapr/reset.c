/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Back to what papr_vm_seal() has left: the host first, whose vCPUs must be out
 * of the guest, then what this library knows of the guest.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "rtas/handlers.h"
#include "spapr/event-queue.h"
#include "spapr/irqs.h"
#include "spapr/util.h"
#include "spapr/vm.h"

static int reset_cpu(struct papr_vcpu *vcpu, struct papr_error *error)
{
	int r = vcpu->host ? vcpu->vm->host_ops.reset_cpu(vcpu->host) : 0;

	if (r == -EBUSY)
		return error_set(error, r, "vCPU %u is in the guest, which "
				 "can be reset only when all are out",
				 vcpu->id);
	if (r)
		return error_set(error, r, "the host does not reset vCPU %u: "
				 "%s", vcpu->id, strerror(-r));
	vcpu->entry = (struct papr_entry){ 0 };
	atomic_store(&vcpu->state, PAPR_CPU_STOPPED);
	return 0;
}

/* Together: an event that comes meanwhile has its interrupt, or is gone. */
static int reset_irqs(struct papr_vm *vm, struct papr_error *error)
{
	int r;

	pthread_mutex_lock(&vm->events->lock);
	r = irqs_reset(vm);
	if (!r)
		event_queue_clear(vm->events);
	pthread_mutex_unlock(&vm->events->lock);
	if (r)
		return error_set(error, r, "the host does not reset the "
				 "interrupt controller: %s", strerror(-r));
	return 0;
}

int papr_vm_reset(struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	int r = 0;

	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "a VM is reset after it is "
				 "sealed");
	if (!ops->reset_cpu)
		return error_set(error, -EOPNOTSUPP, "the host cannot reset "
				 "vCPUs");
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		r = reset_cpu(vm->vcpus[i], error);
		if (r)
			return r;
	}
	drcs_reset(vm);
	hcalls_reset_vio(vm);
	r = choice_reset(vm, error);
	if (r)
		return r;
	r = reset_irqs(vm, error);
	if (r)
		return r;
	r = tce_reset(vm, error);
	if (r)
		return r;
	r = hcalls_reset(vm);
	if (r)
		return error_set(error, r, "the host does not reset the MMU: "
				 "%s", strerror(-r));
	rtas_reset(vm);
	kdump_reset(vm);
	firmware_reset(&vm->firmware);
	atomic_store(&vm->rtas_base, vm->config.rtas_base);
	return vm_place_rtas(vm, error);
}
