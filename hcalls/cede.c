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

/* All but who sleeps in H_JOIN the kernel prods: it makes the call again. */
static int64_t prod_shared(struct papr_vm *vm, struct papr_vcpu *target)
{
	int64_t ret = H_SUCCESS;

	pthread_mutex_lock(&vm->join_lock);
	if (target && papr_vcpu_rest(target) == PAPR_REST_JOIN)
		rest_prod(target);
	else
		ret = prods_give(vm) ? H_HARDWARE : HCALL_AGAIN;
	pthread_mutex_unlock(&vm->join_lock);
	return ret;
}

static int64_t h_prod(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_PROD_in *in = args;
	struct papr_vcpu *target = vm_vcpu_by_id(vcpu->vm, in->proc);

	(void)rets;
	if (vcpu->vm->prods.shared)
		return prod_shared(vcpu->vm, target);
	if (!target)
		return H_PARAMETER;
	rest_prod(target);
	return H_SUCCESS;
}

/* Under join_lock: of two that come at once one is told that it is the last. */
static int64_t join(struct papr_vcpu *vcpu)
{
	if (rest_is_last(vcpu))
		return H_CONTINUE;
	if (prods_take(vcpu->vm))
		return H_HARDWARE;
	rest_begin(vcpu, PAPR_REST_JOIN);
	return H_SUCCESS;
}

static int64_t h_join(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct papr_vm *vm = vcpu->vm;
	uint64_t msr;
	int64_t ret;

	(void)args;
	(void)rets;
	if (vm->host_ops.get_reg(vcpu->host, PAPR_REG_MSR, &msr))
		return H_HARDWARE;
	if (msr & MSR_EE)
		return H_BAD_MODE;
	pthread_mutex_lock(&vm->join_lock);
	ret = join(vcpu);
	pthread_mutex_unlock(&vm->join_lock);
	return ret;
}

void hcalls_reset_cede(struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		rest_reset(vm->vcpus[i]);
	prods_reset(vm);
}

const struct hcall_impl hcalls_cede[] = {
	{ H_CEDE, h_cede },
	{ H_PROD, h_prod },
	{ H_JOIN, h_join },
	{ 0, NULL }
};
