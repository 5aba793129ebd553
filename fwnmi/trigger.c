/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine checks that did not happen: asked for, waiting for their moment,
 * taken back.  Each vCPU has one at most.
 *
 *	waits for a call	NMI_AT_HCALL	spapr/dispatch.c counts
 *	waits for an address	NMI_AT_PC	spapr/traps.c has breakpoints
 *	is due			NMI_INJECTED	fwnmi/interrupt.c asks for it
 *	is taken		the vCPU's thread delivers it: deliver.c
 */
#include "config.h"

#include <errno.h>

#include "fwnmi/fwnmi.h"
#include "spapr/util.h"

/* Effective addresses of 0xc... are real ones with other bits on top. */
#define LINEAR 0xc
#define LINEAR_SHIFT 60
#define REAL_MASK ((UINT64_C(1) << LINEAR_SHIFT) - 1)

static const char *const outcome_names[] = {
	[PAPR_OUTCOME_DELIVERED] = "delivered",
	[PAPR_OUTCOME_ARCHITECTED] = "architected",
	[PAPR_OUTCOME_DROPPED] = "dropped",
	[PAPR_OUTCOME_CHECKSTOP] = "checkstop",
	[PAPR_OUTCOME_CANCELLED] = "cancelled",
};

const char *papr_outcome_name(enum papr_outcome outcome)
{
	return (unsigned int)outcome < ARRAY_SIZE(outcome_names) ?
	       outcome_names[outcome] : NULL;
}

/* --- asked for */

static int check_info(const struct papr_mc_info *info, struct papr_error *error)
{
	uint8_t log[PAPR_ELOG_MAX];
	int r;

	if (!info)
		return error_set(error, -EINVAL, "an injection needs a machine "
				 "check");
	r = papr_elog_build_mc(log, sizeof(log), info, error);
	return r < 0 ? r : 0;
}

static int check(const struct papr_vcpu *vcpu,
		 const struct papr_injection *what, struct papr_error *error)
{
	if (!fwnmi_is_possible(vcpu))
		return error_set(error, -EOPNOTSUPP, "the host cannot "
				 "interrupt vCPU %u", vcpu->id);
	if (what->context > PAPR_CONTEXT_KERNEL)
		return error_set(error, -EINVAL, "%d is no context of an "
				 "injection", (int)what->context);
	if (what->trigger > PAPR_TRIGGER_PC)
		return error_set(error, -EINVAL, "%d is no trigger of an "
				 "injection", (int)what->trigger);
	if (what->trigger != PAPR_TRIGGER_HCALL && (what->hcall || what->count))
		return error_set(error, -EINVAL, "calls are counted only if "
				 "they are the trigger");
	if (what->trigger != PAPR_TRIGGER_PC && (what->first || what->last))
		return error_set(error, -EINVAL, "addresses matter only if "
				 "they are the trigger");
	return check_info(what->info, error);
}

/* The linear mapping and real addresses differ in the top four bits. */
static int check_range(const struct papr_injection *what,
		       struct injection *injection, struct papr_error *error)
{
	uint64_t first = what->first, last = what->last ? what->last : first;
	uint64_t part = first >> LINEAR_SHIFT;

	if ((part && part != LINEAR) || last >> LINEAR_SHIFT != part)
		return error_set(error, -EINVAL, "0x%llx to 0x%llx is neither "
				 "in the kernel's linear mapping (0xc...) nor "
				 "real addresses", (unsigned long long)first,
				 (unsigned long long)last);
	if (first % 4 || last % 4 || last < first)
		return error_set(error, -EINVAL, "0x%llx to 0x%llx are not "
				 "addresses of instructions, first and last",
				 (unsigned long long)first,
				 (unsigned long long)last);
	if ((last - first) / 4 >= PAPR_TRIGGER_PC_MAX)
		return error_set(error, -EINVAL, "0x%llx to 0x%llx are more "
				 "than %d instructions",
				 (unsigned long long)first,
				 (unsigned long long)last, PAPR_TRIGGER_PC_MAX);
	injection->first = first & REAL_MASK;
	injection->last = last & REAL_MASK;
	return 0;
}

/* What makes it due. */
static int arm(struct papr_vcpu *vcpu, const struct papr_injection *what,
	       struct injection *injection, struct papr_error *error)
{
	uint32_t bit = NMI_INJECTED;
	int r;

	if (what->trigger == PAPR_TRIGGER_PC) {
		r = check_range(what, injection, error);
		if (!r)
			r = traps_add(vcpu, injection->first,
				      (injection->last - injection->first) / 4
				      + 1, error);
		if (r)
			return r;
		bit = NMI_AT_PC;
	} else if (what->trigger == PAPR_TRIGGER_HCALL) {
		bit = NMI_AT_HCALL;
	}
	atomic_fetch_or(&vcpu->nmi.pending, bit);
	return 0;
}

/* Under the lock, so that one that stops now forgets it. */
static int fill(struct papr_vcpu *vcpu, const struct papr_injection *what,
		struct papr_error *error)
{
	struct injection injection = {
		.id = vcpu->vm->inject_id + 1,
		.context = what->context,
		.hcall = what->hcall,
		.count = what->count ? what->count : 1,
	};
	int r;

	if (papr_vcpu_state(vcpu) != PAPR_CPU_RUNNING)
		return error_set(error, -EAGAIN, "vCPU %u does not run",
				 vcpu->id);
	if (vcpu->nmi.injection.id)
		return error_set(error, -EBUSY, "vCPU %u has not taken the "
				 "last machine check yet", vcpu->id);
	sized_copy(&injection.info, sizeof(injection.info), what->info);
	injection.info.size = sizeof(injection.info);
	r = arm(vcpu, what, &injection, error);
	if (r)
		return r;
	vcpu->nmi.injection = injection;
	vcpu->vm->inject_id++;
	return 0;
}

int papr_vcpu_inject_when(struct papr_vcpu *vcpu,
			  const struct papr_injection *injection, uint64_t *id,
			  struct papr_error *error)
{
	struct papr_vm *vm = vcpu->vm;
	struct papr_injection what;
	int r = sized_copy(&what, sizeof(what), injection);

	if (r)
		return error_set(error, r, "a structure has no size, or uses "
				 "members this library does not know");
	r = check(vcpu, &what, error);
	if (r)
		return r;
	pthread_mutex_lock(&vm->inject_lock);
	r = fill(vcpu, &what, error);
	if (!r && id)
		*id = vcpu->nmi.injection.id;
	pthread_mutex_unlock(&vm->inject_lock);
	if (!r && what.trigger == PAPR_TRIGGER_NOW)
		vm->host_ops.wake(vcpu->host);
	return r;
}

int papr_vcpu_inject(struct papr_vcpu *vcpu, const struct papr_mc_info *info,
		     struct papr_error *error)
{
	const struct papr_injection now = {
		.size = sizeof(now),
		.info = info,
	};

	return papr_vcpu_inject_when(vcpu, &now, NULL, error);
}

/* --- waiting */

int papr_vcpu_injection(struct papr_vcpu *vcpu, uint64_t *id,
			struct papr_mc_info *info)
{
	const struct injection *injection = &vcpu->nmi.injection;
	int r = -ENOENT;

	pthread_mutex_lock(&vcpu->vm->inject_lock);
	if (injection->id) {
		*id = injection->id;
		r = sized_fill(info, &injection->info,
			       sizeof(injection->info));
	}
	pthread_mutex_unlock(&vcpu->vm->inject_lock);
	return r;
}

static bool is_context(enum papr_context context, uint64_t msr)
{
	switch (context) {
	case PAPR_CONTEXT_USER:
		return msr & MSR_PR;
	case PAPR_CONTEXT_KERNEL:
		return !(msr & MSR_PR);
	default:
		return true;
	}
}

static bool can_take(struct papr_vcpu *vcpu, const struct papr_regs *regs)
{
	return !fwnmi_in_rtas(vcpu->vm, regs) && regs->msr & MSR_RI &&
	       is_context(vcpu->nmi.injection.context, regs->msr);
}

static int take(struct papr_vcpu *vcpu, const struct papr_regs *regs,
		struct papr_mc_info *info)
{
	struct injection *injection = &vcpu->nmi.injection;

	if (!(atomic_load(&vcpu->nmi.pending) & NMI_INJECTED))
		return -ENOENT;
	if (!can_take(vcpu, regs))
		return PAPR_INTERRUPT_LATER;
	injection->taken = true;
	injection->pc = regs->pc;
	injection->msr = regs->msr;
	*info = injection->info;
	return 0;
}

int injection_take(struct papr_vcpu *vcpu, const struct papr_regs *regs,
		   struct papr_mc_info *info)
{
	int r;

	pthread_mutex_lock(&vcpu->vm->inject_lock);
	r = take(vcpu, regs, info);
	pthread_mutex_unlock(&vcpu->vm->inject_lock);
	return r;
}

/* Only a program of the guest has the same address for something else. */
static bool is_at(const struct injection *injection,
		  const struct papr_regs *regs)
{
	uint64_t real = regs->pc & REAL_MASK;

	if (regs->msr & MSR_IR && regs->pc >> LINEAR_SHIFT != LINEAR)
		return false;
	return real >= injection->first && real <= injection->last;
}

/* What comes first takes the vCPU elsewhere: it will be here again. */
static bool is_due(struct papr_vcpu *vcpu, const struct papr_regs *regs)
{
	uint32_t pending = atomic_load(&vcpu->nmi.pending);

	return pending & NMI_AT_PC && !(pending & (NMI_CHECK | NMI_RESET)) &&
	       is_at(&vcpu->nmi.injection, regs) && can_take(vcpu, regs);
}

void injection_pass(struct papr_vcpu *vcpu, const struct papr_regs *regs)
{
	_Atomic uint32_t *pending = &vcpu->nmi.pending;
	bool trapped;

	pthread_mutex_lock(&vcpu->vm->inject_lock);
	trapped = atomic_fetch_and(pending, ~(NMI_TRAPPED | NMI_PASSES)) &
		  NMI_TRAPPED;
	if (trapped && is_due(vcpu, regs)) {
		atomic_fetch_and(pending, ~NMI_AT_PC);
		atomic_fetch_or(pending, NMI_INJECTED);
		traps_remove(vcpu);
		trapped = false;
	}
	if (trapped)
		atomic_fetch_or(pending, NMI_PASSES);
	traps_pass(vcpu, trapped);
	pthread_mutex_unlock(&vcpu->vm->inject_lock);
}

int papr_vcpu_trapped(struct papr_vcpu *vcpu)
{
	if (!atomic_load(&vcpu->vm->traps_used))
		return -ENOENT;
	fwnmi_post(vcpu, NMI_TRAPPED);
	return 0;
}

void injection_put_back(struct papr_vcpu *vcpu)
{
	pthread_mutex_lock(&vcpu->vm->inject_lock);
	vcpu->nmi.injection.taken = false;
	vcpu->nmi.injection.pc = 0;
	vcpu->nmi.injection.msr = 0;
	pthread_mutex_unlock(&vcpu->vm->inject_lock);
}

/* --- over */

/* Under the lock, which it gives up to tell the program. */
static void end(struct papr_vcpu *vcpu, enum papr_outcome outcome)
{
	struct injection *injection = &vcpu->nmi.injection;
	struct papr_vm *vm = vcpu->vm;
	const struct papr_injected injected = {
		.id = injection->id,
		.outcome = outcome,
		.pc = injection->pc,
		.msr = injection->msr,
	};

	traps_remove(vcpu);
	*injection = (struct injection){ 0 };
	atomic_fetch_and(&vcpu->nmi.pending,
			 ~(NMI_INJECTED | NMI_AT_HCALL | NMI_AT_PC));
	pthread_mutex_unlock(&vm->inject_lock);
	if (vm->vmm_ops.injected)
		vm->vmm_ops.injected(vm->vmm, vcpu, &injected);
}

void injection_end(struct papr_vcpu *vcpu, enum papr_outcome outcome)
{
	pthread_mutex_lock(&vcpu->vm->inject_lock);
	if (vcpu->nmi.injection.taken)
		end(vcpu, outcome);
	else
		pthread_mutex_unlock(&vcpu->vm->inject_lock);
}

void injection_drop(struct papr_vcpu *vcpu)
{
	pthread_mutex_lock(&vcpu->vm->inject_lock);
	atomic_fetch_and(&vcpu->nmi.pending, ~(NMI_TRAPPED | NMI_PASSES));
	traps_pass(vcpu, false);
	if (vcpu->nmi.injection.id && !vcpu->nmi.injection.taken)
		end(vcpu, PAPR_OUTCOME_CANCELLED);
	else
		pthread_mutex_unlock(&vcpu->vm->inject_lock);
}

/* The vCPU for which @id waits; under the lock. */
static struct papr_vcpu *find(struct papr_vm *vm, uint64_t id)
{
	for (uint32_t i = 0; id && i < vm->n_vcpus; i++)
		if (vm->vcpus[i]->nmi.injection.id == id)
			return vm->vcpus[i];
	return NULL;
}

int papr_vm_cancel_injection(struct papr_vm *vm, uint64_t id,
			     struct papr_error *error)
{
	struct papr_vcpu *vcpu;

	pthread_mutex_lock(&vm->inject_lock);
	vcpu = find(vm, id);
	if (vcpu && !vcpu->nmi.injection.taken) {
		end(vcpu, PAPR_OUTCOME_CANCELLED);
		return 0;
	}
	pthread_mutex_unlock(&vm->inject_lock);
	if (!vcpu)
		return error_set(error, -ENOENT, "no injection %llu waits",
				 (unsigned long long)id);
	return error_set(error, -EBUSY, "injection %llu is on its way into the "
			 "guest", (unsigned long long)id);
}
