/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System resets.  A registered handler finds the address of a save area of
 * the vCPU's own in r3, as after a machine check; LoPAR is silent about it,
 * Linux and other firmware are not.
 */
#include "config.h"

#include <errno.h>

#include "fwnmi/fwnmi.h"
#include "hcalls/handlers.h"
#include "spapr/fdt.h"
#include "spapr/util.h"

#define VECTOR 0x100

/*
 * A guest that does not set MSR[RI] for so long, or does not come out of
 * RTAS, hangs: it is reset all the same.
 */
#define TRIES 100

/* Targets of H_SIGNAL_SYS_RESET that are no server numbers. */
#define ALL UINT64_MAX
#define ALL_OTHERS (UINT64_MAX - 1)

static bool to_handler(struct papr_vcpu *vcpu, struct papr_regs *regs)
{
	struct papr_vm *vm = vcpu->vm;
	uint64_t handler = atomic_load(&vm->nmi_system_reset);
	uint64_t save = vm->rtas_base + RTAS_BLOB_SAVE +
			vcpu->index * RTAS_SAVE_SIZE;
	uint8_t *p;

	if (handler == NMI_UNREGISTERED)
		return false;
	p = ram_get(vm, save, RTAS_SAVE_SIZE, RAM_WRITE);
	if (!p)
		return false;
	store_be64(p, regs->r3);
	store_be64(p + 8, 0);
	fwnmi_interrupt(vm, regs, handler, 0, MSR_ME);
	regs->r3 = save;
	return true;
}

int fwnmi_take_reset(struct papr_vcpu *vcpu, struct papr_regs *regs)
{
	struct nmi_state *nmi = &vcpu->nmi;
	int r;

	if ((fwnmi_in_rtas(vcpu->vm, regs) || !(regs->msr & MSR_RI)) &&
	    ++nmi->reset_tries < TRIES)
		return PAPR_INTERRUPT_LATER;
	nmi->reset_tries = 0;
	atomic_fetch_and(&nmi->pending, ~NMI_RESET);
	if (!to_handler(vcpu, regs))
		fwnmi_interrupt(vcpu->vm, regs, VECTOR, 0, MSR_ME);
	r = vcpu->vm->host_ops.set_regs(vcpu->host, regs);
	return r ? r : PAPR_INTERRUPT_NONE;
}

int papr_vcpu_system_reset(struct papr_vcpu *vcpu)
{
	enum papr_cpu_state state = papr_vcpu_state(vcpu);

	if (!fwnmi_is_possible(vcpu))
		return -EOPNOTSUPP;
	if (state != PAPR_CPU_RUNNING && state != PAPR_CPU_STARTING)
		return -EAGAIN;
	fwnmi_post(vcpu, NMI_RESET);
	return 0;
}

/* One that is stopped has nothing to be reset. */
static int64_t h_signal_sys_reset(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	const struct H_SIGNAL_SYS_RESET_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	struct papr_vcpu *target = vm_vcpu_by_id(vm, in->target);

	(void)rets;
	if (!fwnmi_is_possible(vcpu))
		return H_FUNCTION;
	if (in->target != ALL && in->target != ALL_OTHERS) {
		if (!target)
			return H_PARAMETER;
		papr_vcpu_system_reset(target);
		return H_SUCCESS;
	}
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (in->target == ALL || vm->vcpus[i] != vcpu)
			papr_vcpu_system_reset(vm->vcpus[i]);
	return H_SUCCESS;
}

const struct hcall_impl fwnmi_hcalls[] = {
	{ H_SIGNAL_SYS_RESET, h_signal_sys_reset },
	{ 0, NULL }
};
