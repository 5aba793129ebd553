/* SPDX-License-Identifier: BSD-2-Clause */
/* Registration and interlock: LoPAR 7.3.14. */
#include "config.h"

#include "fwnmi/fwnmi.h"
#include "rtas/handlers.h"
#include "rtas/status.h"

#define HANDLER_LIMIT (32u << 20)

/* The memory that real mode reaches has no hole. */
bool fwnmi_is_handler(struct papr_vm *vm, uint32_t gpa)
{
	return gpa < HANDLER_LIMIT && !(gpa & 3) &&
	       ram_get(vm, 0, (uint64_t)gpa + 4, RAM_READ);
}

/*
 * The capability is enabled only now: from then on the kernel repairs nothing
 * by itself.  It outlives a reset of the guest, but not every way of saving
 * one, so each registration enables it.
 */
static int32_t ibm_nmi_register(struct papr_vcpu *vcpu, const void *args,
				void *rets)
{
	const struct RTAS_ibm_nmi_register_in *in = args;
	struct papr_vm *vm = vcpu->vm;

	(void)rets;
	if (!fwnmi_is_handler(vm, in->system_reset) ||
	    !fwnmi_is_handler(vm, in->machine_check))
		return RTAS_PARAMETER_ERROR;
	if (vm->host_ops.enable_fwnmi(vcpu->host))
		return RTAS_HARDWARE_ERROR;
	atomic_store(&vm->nmi_system_reset, in->system_reset);
	atomic_store(&vm->nmi_machine_check, in->machine_check);
	return RTAS_SUCCESS;
}

/*
 * One that holds nothing succeeds too: Linux calls it at the end of a system
 * reset as well.
 */
static int32_t ibm_nmi_interlock(struct papr_vcpu *vcpu, const void *args,
				 void *rets)
{
	struct papr_vm *vm = vcpu->vm;

	(void)args;
	(void)rets;
	if (atomic_load(&vm->nmi_machine_check) == NMI_UNREGISTERED)
		return RTAS_PARAMETER_ERROR;
	/* Before another vCPU takes it, and its machine check is told of. */
	if (atomic_load(&vm->nmi_holder) == (int64_t)vcpu->index &&
	    vm->vmm_ops.interlock)
		vm->vmm_ops.interlock(vm->vmm, vcpu);
	fwnmi_release_interlock(vcpu);
	return RTAS_SUCCESS;
}

static bool try_interlock(struct papr_vcpu *vcpu)
{
	int64_t none = NMI_FREE;

	return atomic_compare_exchange_strong(&vcpu->vm->nmi_holder, &none,
					      (int64_t)vcpu->index);
}

/* After it has said that it waits, it looks again: nobody may have seen it. */
bool fwnmi_take_interlock(struct papr_vcpu *vcpu)
{
	if (try_interlock(vcpu))
		return true;
	atomic_store(&vcpu->nmi.waits, true);
	return try_interlock(vcpu);
}

static void wake_waiters(struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (atomic_exchange(&vm->vcpus[i]->nmi.waits, false))
			vm->host_ops.wake(vm->vcpus[i]->host);
}

void fwnmi_release_interlock(struct papr_vcpu *vcpu)
{
	int64_t mine = vcpu->index;

	if (atomic_compare_exchange_strong(&vcpu->vm->nmi_holder, &mine,
					   NMI_FREE))
		wake_waiters(vcpu->vm);
}

void fwnmi_forget(struct papr_vcpu *vcpu)
{
	injection_drop(vcpu);
	atomic_fetch_and(&vcpu->nmi.pending,
			 ~(NMI_CHECK | NMI_RESET | NMI_AGAIN));
	vcpu->nmi.again = false;
	vcpu->nmi.reset_tries = 0;
	fwnmi_release_interlock(vcpu);
}

void fwnmi_reset(struct papr_vm *vm)
{
	atomic_store(&vm->nmi_system_reset, NMI_UNREGISTERED);
	atomic_store(&vm->nmi_machine_check, NMI_UNREGISTERED);
	atomic_store(&vm->nmi_log_id, 0);
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		atomic_fetch_and(&vm->vcpus[i]->nmi.pending, ~NMI_CHECKSTOP);
		atomic_store(&vm->vcpus[i]->nmi.waits, false);
		fwnmi_forget(vm->vcpus[i]);
	}
}

const struct rtas_impl fwnmi_rtas[] = {
	{ RTAS_TOKEN_ibm_nmi_register, ibm_nmi_register },
	{ RTAS_TOKEN_ibm_nmi_interlock, ibm_nmi_interlock },
	{ 0, NULL }
};
