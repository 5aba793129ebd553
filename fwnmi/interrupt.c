/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What waits for a vCPU, and when it is taken.  Any thread may post; only the
 * vCPU's own takes, and changes registers.
 */
#include "config.h"

#include "fwnmi/fwnmi.h"
#include "spapr/fdt.h"

#define WAITING (NMI_CHECK | NMI_RESET | NMI_INJECTED | NMI_AGAIN)
#define INSTRUCTION 4
#define TRAPS (NMI_TRAPPED | NMI_PASSES)

bool fwnmi_is_possible(const struct papr_vcpu *vcpu)
{
	const struct papr_host_ops *ops = &vcpu->vm->host_ops;

	return vcpu->host && ops->get_regs && ops->set_regs && ops->wake;
}

void fwnmi_post(struct papr_vcpu *vcpu, uint32_t what)
{
	atomic_fetch_or(&vcpu->nmi.pending, what);
	vcpu->vm->host_ops.wake(vcpu->host);
}

bool fwnmi_in_rtas(const struct papr_vm *vm, const struct papr_regs *regs)
{
	return regs->pc - vm->rtas_base < RTAS_BLOB_LOG ||
	       !(regs->msr & (MSR_SF | MSR_PR));
}

void fwnmi_interrupt(struct papr_vm *vm, struct papr_regs *regs, uint64_t pc,
		     uint64_t cause, uint64_t keep)
{
	bool le = atomic_load(&vm->lpcr_value) & LPCR_ILE;

	regs->srr0 = regs->pc;
	regs->srr1 = (regs->msr & ~SRR1_CAUSE) | (cause & SRR1_CAUSE);
	regs->pc = pc;
	regs->msr = (regs->msr & keep) | MSR_SF | (le ? MSR_LE : 0);
}

/* Back to the hypercall, whose registers are as they were. */
static int take_again(struct papr_vcpu *vcpu, struct papr_regs *regs)
{
	int r;

	regs->pc -= INSTRUCTION;
	r = vcpu->vm->host_ops.set_regs(vcpu->host, regs);
	if (!r)
		atomic_fetch_and(&vcpu->nmi.pending, ~NMI_AGAIN);
	return r;
}

static int take(struct papr_vcpu *vcpu, struct papr_regs *regs)
{
	_Atomic uint32_t *pending = &vcpu->nmi.pending;
	int r = 0;

	/* First: an interrupt finds the guest before the call. */
	if (atomic_load(pending) & NMI_AGAIN)
		r = take_again(vcpu, regs);
	if (r)
		return r;
	if (atomic_load(pending) & TRAPS)
		injection_pass(vcpu, regs);
	if (atomic_load(pending) & NMI_CHECK)
		return fwnmi_take_check(vcpu, regs);
	if (atomic_load(pending) & NMI_RESET)
		return fwnmi_take_reset(vcpu, regs);
	if (atomic_load(pending) & NMI_INJECTED)
		return fwnmi_take_injected(vcpu, regs);
	return PAPR_INTERRUPT_NONE;
}

int papr_vcpu_take_interrupt(struct papr_vcpu *vcpu)
{
	uint32_t pending = atomic_load(&vcpu->nmi.pending);
	struct papr_regs regs;
	int r;

	if (pending & NMI_CHECKSTOP)
		return PAPR_INTERRUPT_WAIT;
	if (!(pending & (WAITING | TRAPS)))
		return PAPR_INTERRUPT_NONE;
	r = vcpu->vm->host_ops.get_regs(vcpu->host, &regs);
	if (r)
		return r;
	dirty_begin(vcpu->vm);
	r = take(vcpu, &regs);
	dirty_end(vcpu->vm);
	if (r != PAPR_INTERRUPT_WAIT)
		papr_vcpu_rouse(vcpu);
	/* One at a time: the handler must have saved SRR0 and SRR1. */
	if (r == PAPR_INTERRUPT_NONE &&
	    atomic_load(&vcpu->nmi.pending) & (WAITING | TRAPS))
		return PAPR_INTERRUPT_LATER;
	return r;
}
