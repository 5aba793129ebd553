/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine check from its cause to the guest's handler: LoPAR 7.3.14.
 *
 *	real	  papr_vcpu_machine_check(): SRR1, DSISR, DAR are classified
 *	injected  trigger.c says when; SRR1, DSISR, DAR are made up
 *	both	  deliver(): the log, the registers
 *
 * A real one has the guest's SRR0 and SRR1 overwritten, so it goes to the
 * guest even if MSR[RI] says that these were in use; the guest sees that it
 * cannot go on.
 */
#include "config.h"

#include <errno.h>

#include "fwnmi/elog-table.h"
#include "fwnmi/fwnmi.h"
#include "fwnmi/mce.h"
#include "spapr/fdt.h"
#include "spapr/probes.h"
#include "spapr/util.h"

#define VECTOR 0x200
#define NS_PER_S INT64_C(1000000000)

static const char *type_name(const struct papr_mc_info *info)
{
	const char *name = elog_value_name(ELOG_LIST_mc_type, info->type);

	return name ? name : "reserved";
}

static int checkstop(struct papr_vcpu *vcpu, const struct papr_mc_info *info,
		     const char *why)
{
	struct papr_vm *vm = vcpu->vm;
	struct papr_error text;

	error_set(&text, 0, "vCPU %u has a machine check (%s) and %s", vcpu->id,
		  type_name(info), why);
	atomic_fetch_or(&vcpu->nmi.pending, NMI_CHECKSTOP);
	injection_end(vcpu, PAPR_OUTCOME_CHECKSTOP);
	if (vm->vmm_ops.event)
		vm->vmm_ops.event(vm->vmm, PAPR_EVENT_CHECKSTOP, text.text);
	else
		vm_log(vm, PAPR_LOG_ERROR, "%s", text.text);
	return PAPR_INTERRUPT_WAIT;
}

static int enter(struct papr_vcpu *vcpu, const struct papr_mc_info *info,
		 const struct papr_regs *regs, enum papr_outcome outcome)
{
	int r = vcpu->vm->host_ops.set_regs(vcpu->host, regs);

	if (r)
		return r;
	PROBE5(mce, vcpu->id, info->type, info->severity, info->disposition,
	       info->effective_address);
	injection_end(vcpu, outcome);
	return PAPR_INTERRUPT_NONE;
}

/* What only the moment of delivery knows. */
static struct papr_mc_info complete(struct papr_vcpu *vcpu,
				    const struct papr_mc_info *from)
{
	struct papr_vm *vm = vcpu->vm;
	struct papr_mc_info info = *from;
	int64_t now_s = (vm_clock_ns(vm) +
			 atomic_load(&vm->clock_offset_ns)) / NS_PER_S;

	info.processor_id = vcpu->id;
	info.log_id = atomic_fetch_add(&vm->nmi_log_id, 1) + 1;
	info.time_s = now_s > 0 ? now_s : 0;
	return info;
}

/* The guest's r3, and the log behind it. */
static bool write_log(struct papr_vcpu *vcpu, const struct papr_mc_info *from,
		      uint64_t r3)
{
	struct papr_vm *vm = vcpu->vm;
	struct papr_mc_info info = complete(vcpu, from);
	uint8_t log[PAPR_ELOG_MAX], *p;
	int len = papr_elog_build_mc(log, sizeof(log), &info, NULL);

	if (len < 0)
		return false;
	p = ram_get(vm, vm->rtas_base + RTAS_BLOB_LOG, 8 + len,
		    RAM_WRITE);
	if (!p)
		return false;
	store_be64(p, r3);
	memcpy(p + 8, log, len);
	return true;
}

/* As the processor itself does it: the guest has no handler. */
static int deliver_architected(struct papr_vcpu *vcpu,
			       const struct papr_mc_info *info,
			       uint64_t srr1, struct papr_regs *regs)
{
	if (!(regs->msr & MSR_ME))
		return checkstop(vcpu, info, "MSR[ME] is 0");
	fwnmi_interrupt(vcpu->vm, regs, VECTOR, srr1, 0);
	return enter(vcpu, info, regs, PAPR_OUTCOME_ARCHITECTED);
}

/* The handler runs on this vCPU: its log would be overwritten. */
static int deliver_nested(struct papr_vcpu *vcpu,
			  const struct papr_mc_info *info)
{
	if (info->disposition == PAPR_ELOG_NOT_RECOVERED)
		return checkstop(vcpu, info, "is still in its handler of "
				 "another");
	vm_log(vcpu->vm, PAPR_LOG_WARNING, "vCPU %u: a machine check (%s) that "
	       "is recovered came while its handler ran, and is dropped",
	       vcpu->id, type_name(info));
	injection_end(vcpu, PAPR_OUTCOME_DROPPED);
	return PAPR_INTERRUPT_NONE;
}

/* @regs has DSISR and DAR already. */
static int deliver(struct papr_vcpu *vcpu, const struct papr_mc_info *info,
		   uint64_t srr1, struct papr_regs *regs)
{
	struct papr_vm *vm = vcpu->vm;
	uint64_t handler = atomic_load(&vm->nmi_machine_check);

	if (handler == NMI_UNREGISTERED)
		return deliver_architected(vcpu, info, srr1, regs);
	if (atomic_load(&vm->nmi_holder) == (int64_t)vcpu->index)
		return deliver_nested(vcpu, info);
	if (!fwnmi_take_interlock(vcpu))
		return PAPR_INTERRUPT_WAIT;
	if (!write_log(vcpu, info, regs->r3)) {
		fwnmi_release_interlock(vcpu);
		return checkstop(vcpu, info, "no log can be written for it");
	}
	fwnmi_interrupt(vm, regs, handler, srr1, 0);
	regs->msr |= MSR_ME;
	regs->r3 = vm->rtas_base + RTAS_BLOB_LOG;
	return enter(vcpu, info, regs, PAPR_OUTCOME_DELIVERED);
}

/*
 * One that comes again and again while it is put off is not to be put off: it
 * keeps the guest from leaving RTAS.  While it waits for the interlock it is
 * still pending.
 */
int fwnmi_take_check(struct papr_vcpu *vcpu, struct papr_regs *regs)
{
	struct nmi_state *nmi = &vcpu->nmi;
	int r;

	if (fwnmi_in_rtas(vcpu->vm, regs) && !nmi->again)
		return PAPR_INTERRUPT_LATER;
	regs->dar = nmi->dar;
	regs->dsisr = nmi->dsisr;
	r = deliver(vcpu, &nmi->check, nmi->srr1, regs);
	if (r != PAPR_INTERRUPT_WAIT ||
	    atomic_load(&nmi->pending) & NMI_CHECKSTOP)
		atomic_fetch_and(&nmi->pending, ~NMI_CHECK);
	return r;
}

int fwnmi_take_injected(struct papr_vcpu *vcpu, struct papr_regs *regs)
{
	struct papr_mc_info info;
	uint64_t srr1;
	int r = injection_take(vcpu, regs, &info);

	if (r)
		return r < 0 ? PAPR_INTERRUPT_NONE : r;
	/* What these processors cannot say has no bits, but a log. */
	mce_encode(vcpu->vm->info.isa, &info, &srr1, &regs->dsisr);
	if (info.effective_valid)
		regs->dar = info.effective_address;
	r = deliver(vcpu, &info, srr1, regs);
	injection_put_back(vcpu);
	return r;
}

/* A store that has failed is lost, and a nested host's word counts nothing. */
static uint8_t disposition(const struct papr_vm *vm,
			   const struct papr_mc_info *info, bool recovered)
{
	if (!recovered || info->severity == PAPR_ELOG_FATAL ||
	    vm->info.flavour == PAPR_FLAVOUR_NESTED)
		return PAPR_ELOG_NOT_RECOVERED;
	return PAPR_ELOG_FULLY_RECOVERED;
}

int papr_vcpu_machine_check(struct papr_vcpu *vcpu, bool recovered)
{
	struct papr_vm *vm = vcpu->vm;
	struct nmi_state *nmi = &vcpu->nmi;
	struct papr_regs regs;
	int r;

	if (!fwnmi_is_possible(vcpu))
		return -EOPNOTSUPP;
	r = vm->host_ops.get_regs(vcpu->host, &regs);
	if (r)
		return r;
	nmi->again = atomic_load(&nmi->pending) & NMI_CHECK;
	nmi->check = (struct papr_mc_info){ .size = sizeof(nmi->check) };
	mce_classify(vm->info.isa, regs.srr1, regs.dsisr, regs.dar, regs.pc,
		     &nmi->check);
	nmi->check.disposition = disposition(vm, &nmi->check, recovered);
	nmi->srr1 = regs.srr1;
	nmi->dar = regs.dar;
	nmi->dsisr = regs.dsisr;
	fwnmi_post(vcpu, NMI_CHECK);
	return 0;
}
