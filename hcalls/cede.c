/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPUs that give their processor away until they are needed, LoPAR
 * "hcall-splpar" and "hcall-join".  These calls say who sleeps; the host does
 * it when they have returned, before it enters the guest: spapr/rest.h.
 */
#include "config.h"

#include "hcalls/handlers.h"
#include "spapr/rest.h"

#define MSR_EE 0x8000ull

/* It may be called with interrupts off, and is woken by them all the same. */
static int64_t h_cede(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	(void)args;
	(void)rets;
	if (vcpu->vm->host_ops.update_reg(vcpu->host, PAPR_REG_MSR, MSR_EE,
					  MSR_EE))
		return H_HARDWARE;
	rest_begin(vcpu, PAPR_REST_CEDE);
	return H_SUCCESS;
}

static int64_t h_prod(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_PROD_in *in = args;
	struct papr_vcpu *target = vm_vcpu_by_id(vcpu->vm, in->proc);

	(void)rets;
	if (!target)
		return H_PARAMETER;
	rest_prod(target);
	return H_SUCCESS;
}

/* Of two that come at once one must be told that it is the last. */
static int64_t h_join(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct papr_vm *vm = vcpu->vm;
	uint64_t msr;
	bool last;

	(void)args;
	(void)rets;
	if (vm->host_ops.get_reg(vcpu->host, PAPR_REG_MSR, &msr))
		return H_HARDWARE;
	if (msr & MSR_EE)
		return H_BAD_MODE;
	pthread_mutex_lock(&vm->join_lock);
	last = rest_is_last(vcpu);
	if (!last)
		rest_begin(vcpu, PAPR_REST_JOIN);
	pthread_mutex_unlock(&vm->join_lock);
	return last ? H_CONTINUE : H_SUCCESS;
}

void hcalls_reset_cede(struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		rest_reset(vm->vcpus[i]);
}

const struct hcall_impl hcalls_cede[] = {
	{ H_CEDE, h_cede },
	{ H_PROD, h_prod },
	{ H_JOIN, h_join },
	{ 0, NULL }
};
