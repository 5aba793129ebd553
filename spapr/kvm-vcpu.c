/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: its vCPUs and their threads. */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <talloc.h>

#include <papr/fwnmi.h>

#include "hcalls/catalogue.h"
#include "spapr/cpu-level.h"
#include "spapr/kvm.h"
#include "spapr/util.h"

#define MSR_SF 0x8000000000000000ull
#define MSR_ME 0x0000000000001000ull

/* struct papr_hcall is a part of struct kvm_run, by another name. */
#define SAME_PLACE(member) \
	(offsetof(struct kvm_run, papr_hcall.member) - \
	 offsetof(struct kvm_run, papr_hcall) == \
	 offsetof(struct papr_hcall, member))
_Static_assert(SAME_PLACE(nr) && SAME_PLACE(ret) && SAME_PLACE(args) &&
	       sizeof(((struct kvm_run *)0)->papr_hcall) ==
	       sizeof(struct papr_hcall),
	       "struct papr_hcall is not laid out as in struct kvm_run");

int kvm_cpu_enable_fwnmi(void *arg)
{
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = kvm_enable_cap(cpu->fd, KVM_CAP_PPC_FWNMI, 0, 0);
	kvm_cpu_release(cpu);
	return r;
}

/* KVM rounds the offset up: it is asked for. */
int kvm_cpu_timebase(const struct kvm_cpu *cpu, uint64_t *value)
{
	uint64_t offset;
	int r = kvm_get_one_reg(cpu->fd, KVM_REG_PPC_TB_OFFSET, &offset);

	if (r < 0)
		return r;
	*value = __builtin_ppc_get_timebase() + offset;
	return 0;
}

/* KVM's names of those that it has one for. */
static const uint64_t reg_ids[PAPR_REGS] = {
	[PAPR_REG_LPCR] = KVM_REG_PPC_LPCR_64,
	[PAPR_REG_PURR] = KVM_REG_PPC_PURR,
	[PAPR_REG_CIABR] = KVM_REG_PPC_CIABR,
	[PAPR_REG_DAWR0] = KVM_REG_PPC_DAWR,
	[PAPR_REG_DAWRX0] = KVM_REG_PPC_DAWRX,
};

static int read_reg(struct kvm_cpu *cpu, enum papr_reg reg, uint64_t *value)
{
	struct kvm_regs regs;
	int r;

	if (reg >= PAPR_REGS)
		return -EINVAL;
	if (reg_ids[reg])
		return kvm_get_one_reg(cpu->fd, reg_ids[reg], value);
	if (reg == PAPR_REG_ARCH_COMPAT) {
		uint32_t version = 0;	/* the only one of 32 bits */

		r = kvm_get_one_reg(cpu->fd, KVM_REG_PPC_ARCH_COMPAT,
				    &version);
		*value = version;
		return r;
	}
	if (reg == PAPR_REG_TB)
		return kvm_cpu_timebase(cpu, value);
	r = kvm_ioctl(cpu->fd, KVM_GET_REGS, &regs);
	*value = reg == PAPR_REG_MSR ? regs.msr : regs.sprg0;
	return r;
}

static int write_reg(struct kvm_cpu *cpu, enum papr_reg reg, uint64_t value)
{
	struct kvm_regs regs;
	int r;

	if (reg_ids[reg])
		return kvm_set_one_reg(cpu->fd, reg_ids[reg], &value);
	if (reg == PAPR_REG_ARCH_COMPAT) {
		uint32_t version = value;

		return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_ARCH_COMPAT,
				       &version);
	}
	if (reg == PAPR_REG_TB)
		return -EINVAL;
	r = kvm_ioctl(cpu->fd, KVM_GET_REGS, &regs);
	if (r < 0)
		return r;
	if (reg == PAPR_REG_MSR)
		regs.msr = value;
	else
		regs.sprg0 = value;
	return kvm_ioctl(cpu->fd, KVM_SET_REGS, &regs);
}

int kvm_cpu_get_reg(void *arg, enum papr_reg reg, uint64_t *value)
{
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = read_reg(cpu, reg, value);
	kvm_cpu_release(cpu);
	return r;
}

/*
 * KVM drops LPCR bits that it does not let a guest have, and says nothing:
 * look, and if so leave all as it was.
 */
static int change_reg(struct kvm_cpu *cpu, enum papr_reg reg, uint64_t mask,
		      uint64_t value)
{
	uint64_t old, new, got;
	int r = read_reg(cpu, reg, &old);

	if (r < 0)
		return r;
	new = (old & ~mask) | (value & mask);
	r = write_reg(cpu, reg, new);
	if (r < 0 || reg != PAPR_REG_LPCR)
		return r;
	r = read_reg(cpu, reg, &got);
	if (r < 0)
		return r;
	if (!((got ^ new) & mask))
		return 0;
	r = write_reg(cpu, reg, old);
	return r < 0 ? r : -EOPNOTSUPP;
}

int kvm_cpu_update_reg(void *arg, enum papr_reg reg, uint64_t mask,
		       uint64_t value)
{
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = change_reg(cpu, reg, mask, value);
	kvm_cpu_release(cpu);
	return r;
}

/*
 * Results of a hypercall are written by the next KVM_RUN, which must not be
 * over what is set here.
 */
static int read_regs(struct kvm_cpu *cpu, struct kvm_regs *regs)
{
	int r = kvm_cpu_finish_call(cpu);

	return r < 0 ? r : kvm_ioctl(cpu->fd, KVM_GET_REGS, regs);
}

int kvm_cpu_get_regs(void *arg, struct papr_regs *to)
{
	struct kvm_cpu *cpu = arg;
	struct kvm_regs regs;
	int r;

	kvm_cpu_hold(cpu);
	r = read_regs(cpu, &regs);
	if (!r)
		r = kvm_get_one_reg(cpu->fd, KVM_REG_PPC_DAR, &to->dar);
	if (!r)
		r = kvm_get_one_reg(cpu->fd, KVM_REG_PPC_DSISR, &to->dsisr);
	kvm_cpu_release(cpu);
	if (r < 0)
		return r;
	to->pc = regs.pc;
	to->msr = regs.msr;
	to->r3 = regs.gpr[3];
	to->srr0 = regs.srr0;
	to->srr1 = regs.srr1;
	return 0;
}

int kvm_cpu_set_regs(void *arg, const struct papr_regs *from)
{
	struct kvm_cpu *cpu = arg;
	struct papr_regs new = *from;
	struct kvm_regs regs;
	int r;

	kvm_cpu_hold(cpu);
	r = read_regs(cpu, &regs);
	regs.pc = new.pc;
	regs.msr = new.msr;
	regs.gpr[3] = new.r3;
	regs.srr0 = new.srr0;
	regs.srr1 = new.srr1;
	if (!r)
		r = kvm_ioctl(cpu->fd, KVM_SET_REGS, &regs);
	if (!r)
		r = kvm_set_one_reg(cpu->fd, KVM_REG_PPC_DAR, &new.dar);
	if (!r)
		r = kvm_set_one_reg(cpu->fd, KVM_REG_PPC_DSISR, &new.dsisr);
	kvm_cpu_release(cpu);
	return r;
}

/*
 * The one vCPU ioctl that does not wait while the vCPU runs, and wakes it.
 * The kernel keeps it raised until it is told otherwise.  What sleeps in
 * userspace is woken here.
 */
int kvm_cpu_raise(void *arg, bool raise)
{
	struct kvm_cpu *cpu = arg;
	struct kvm_interrupt irq = {
		.irq = raise ? KVM_INTERRUPT_SET_LEVEL : KVM_INTERRUPT_UNSET,
	};
	int r = kvm_ioctl(cpu->fd, KVM_INTERRUPT, &irq);

	if (r < 0)
		return r;
	pthread_mutex_lock(&cpu->lock);
	cpu->raised = raise;
	pthread_cond_broadcast(&cpu->changed);
	pthread_mutex_unlock(&cpu->lock);
	return 0;
}

int papr_kvm_vcpu_pc(struct papr_vcpu *vcpu, uint64_t *pc, uint64_t *msr)
{
	struct kvm_cpu *cpu = papr_vcpu_host(vcpu);
	struct kvm_regs regs;
	int r;

	if (!cpu)
		return -EINVAL;
	kvm_cpu_hold(cpu);
	r = kvm_ioctl(cpu->fd, KVM_GET_REGS, &regs);
	kvm_cpu_release(cpu);
	if (r < 0)
		return r;
	*pc = regs.pc;
	*msr = regs.msr;
	return 0;
}

/*
 * A new start.  The call in which the vCPU stopped itself may still be
 * pending: its results would go over the argument in r3.
 */
static int start(struct kvm_cpu *cpu, const struct papr_entry *entry)
{
	struct kvm_regs regs = {
		.pc = entry->pc,
		.msr = MSR_SF | MSR_ME,
		.gpr[1] = entry->r1,
		.gpr[3] = entry->r3,
		.gpr[4] = entry->r4,
		.gpr[5] = entry->r5,
	};
	int r;

	kvm_cpu_hold(cpu);
	r = kvm_cpu_finish_call(cpu);
	if (!r)
		r = kvm_ioctl(cpu->fd, KVM_SET_REGS, &regs);
	kvm_cpu_release(cpu);
	return r;
}

/* The limited recovery that there is a value for is none. */
static bool is_recovered(const struct kvm_run *run)
{
	return (run->flags & KVM_RUN_PPC_NMI_DISP_MASK) ==
	       KVM_RUN_PPC_NMI_DISP_FULLY_RECOV;
}

int papr_kvm_exit(struct papr_vcpu *vcpu, struct kvm_run *run)
{
	struct papr_entry entry;

	if (run->exit_reason == KVM_EXIT_NMI &&
	    !papr_vcpu_machine_check(vcpu, is_recovered(run)))
		return PAPR_RUN_AGAIN;
	if (run->exit_reason == KVM_EXIT_DEBUG && !papr_vcpu_trapped(vcpu))
		return PAPR_RUN_AGAIN;
	if (run->exit_reason != KVM_EXIT_PAPR_HCALL)
		return PAPR_RUN_EXIT;
	papr_vcpu_hcall(vcpu, (struct papr_hcall *)&run->papr_hcall);
	if (papr_vcpu_state(vcpu) != PAPR_CPU_STOPPING)
		return PAPR_RUN_AGAIN;
	papr_vcpu_take_entry(vcpu, &entry);
	return PAPR_RUN_STOPPED;
}

/*
 * With RTAS calls of its own KVM_RUN fails when a block has too many arguments
 * or one of 88 bytes would not all be in RAM.  The call is still pending, and
 * the block may be a good one for all that: RTAS looks at it here.
 */
static bool is_refused_rtas(const struct kvm_run *run, int err)
{
	return (err == -EFAULT || err == -EINVAL) &&
	       run->exit_reason == KVM_EXIT_PAPR_HCALL &&
	       run->papr_hcall.nr == H_RTAS;
}

static int explain_run(struct papr_vcpu *vcpu, int err,
		       struct papr_error *error)
{
	const char *why = strerror(-err);

	if (err == -EINVAL)
		why = "it is not set up: there must be RAM at 0, and on a "
		      "hash host a page table";
	else if (err == -ENOMEM)
		why = "the kernel has no memory for it";
	else if (err == -EIO)
		why = "its VM belongs to another process";
	return error_set(error, err, "KVM cannot run vCPU %u: %s",
			 papr_vcpu_id(vcpu), why);
}

int papr_kvm_enter(struct papr_vcpu *vcpu, struct papr_error *error)
{
	struct kvm_cpu *cpu = papr_vcpu_host(vcpu);
	struct papr_entry entry;
	int r = 0;

	if (!cpu)
		return error_set(error, -EINVAL, "vCPU %u has no KVM vCPU",
				 papr_vcpu_id(vcpu));
	switch (papr_vcpu_take_entry(vcpu, &entry)) {
	case PAPR_CPU_STARTING:
		r = start(cpu, &entry);
		break;
	case PAPR_CPU_RUNNING:
		break;
	default:
		return PAPR_RUN_STOPPED;
	}
	if (!r)
		r = kvm_cpu_interrupt(cpu);
	return r < 0 ? explain_run(vcpu, r, error) : r;
}

int papr_kvm_vcpu_run(struct papr_vcpu *vcpu, struct papr_error *error)
{
	struct kvm_cpu *cpu = papr_vcpu_host(vcpu);
	int r = papr_kvm_enter(vcpu, error);

	if (r != PAPR_RUN_AGAIN || !kvm_cpu_run(cpu, &r))
		return r;
	if (r < 0 && !is_refused_rtas(cpu->run, r))
		return explain_run(vcpu, r, error);
	return papr_kvm_exit(vcpu, cpu->run);
}

static int set_arch_compat(const struct kvm_cpu *cpu)
{
	const struct papr_host *info = &cpu->kvm->info;
	uint32_t version = cpu_level_of(info->isa)->logical_pvr;

	if (info->flavour == PAPR_FLAVOUR_PR)
		return 0;
	return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_ARCH_COMPAT, &version);
}

static const char *explain_irq(int err)
{
	switch (err) {
	case -EBUSY:
		return "it is connected to one already";
	case -EEXIST:
		return "another vCPU has its server number";
	case -EINVAL:
		return "its number is beyond those the controller was set "
		       "up for";
	case -EPERM:
		return "the controller belongs to another VM";
	case -ENOSPC:
		return "the host has no interrupt queues left";
	default:
		return strerror(-err);
	}
}

int kvm_cpu_connect(const struct kvm_cpu *cpu)
{
	const struct papr_kvm *kvm = cpu->kvm;

	if (kvm->irqs_fd < 0)
		return 0;
	return kvm_enable_cap(cpu->fd, kvm->xive ? KVM_CAP_PPC_IRQ_XIVE :
			      KVM_CAP_IRQ_XICS, kvm->irqs_fd,
			      papr_vcpu_id(cpu->vcpu));
}

/*
 * PAPR first: on a vCPU without it every other capability fails with EINVAL,
 * and takes effect all the same.
 */
static int setup(struct kvm_cpu *cpu, uint32_t id,
		 struct papr_error *error)
{
	int r = kvm_enable_cap(cpu->fd, KVM_CAP_PPC_PAPR, 0, 0);

	if (r < 0)
		return error_set(error, r, "vCPU %u cannot be a partition's "
				 "(KVM_CAP_PPC_PAPR): %s", id,
				 r == -EINVAL ? "KVM does not take this file "
				 "for a vCPU that can be one" : strerror(-r));
	r = set_arch_compat(cpu);
	if (r < 0)
		return error_set(error, r, "vCPU %u cannot be of this host's "
				 "compatibility level: %s", id, r == -EINVAL ?
				 "KVM does not know it" : strerror(-r));
	r = kvm_cpu_connect(cpu);
	if (r < 0)
		return error_set(error, r, "vCPU %u cannot be connected to "
				 "the interrupt controller: %s", id,
				 explain_irq(r));
	r = kvm_cpu_take_timebase(cpu);
	if (r < 0)
		return error_set(error, r, "vCPU %u does not take the time "
				 "base of the others: %s", id, strerror(-r));
	r = kvm_cpu_remember(cpu);
	if (r < 0)
		return error_set(error, r, "the registers of vCPU %u cannot "
				 "be read: %s", id, strerror(-r));
	return 0;
}

static struct kvm_cpu *cpu_new(struct papr_kvm *kvm, struct papr_vcpu *vcpu,
			       int fd, struct kvm_run *run)
{
	/* No parent: vCPUs may be attached by their threads. */
	struct kvm_cpu *cpu = talloc_zero(NULL, struct kvm_cpu);

	if (!cpu)
		return NULL;
	cpu->kvm = kvm;
	cpu->vcpu = vcpu;
	cpu->fd = fd;
	cpu->run = run;
	pthread_mutex_init(&cpu->lock, NULL);
	pthread_cond_init(&cpu->changed, NULL);
	return cpu;
}

void kvm_cpu_free(struct kvm_cpu *cpu)
{
	pthread_cond_destroy(&cpu->changed);
	pthread_mutex_destroy(&cpu->lock);
	talloc_free(cpu);
}

int papr_kvm_vcpu_attach(struct papr_kvm *kvm, struct papr_vcpu *vcpu, int fd,
			 struct kvm_run *run, struct papr_error *error)
{
	struct kvm_cpu *cpu;
	int r;

	if (fd < 0 || !run)
		return error_set(error, -EINVAL, "vCPU %u needs a KVM vCPU and "
				 "its mapped struct kvm_run",
				 papr_vcpu_id(vcpu));
	cpu = cpu_new(kvm, vcpu, fd, run);
	if (!cpu)
		return error_set(error, -ENOMEM, "out of memory");
	r = setup(cpu, papr_vcpu_id(vcpu), error);
	if (!r) {
		r = papr_vcpu_attach(vcpu, cpu);
		if (r < 0)
			error_set(error, r, "%s",
				  papr_vm_error(papr_vcpu_vm(vcpu)));
	}
	if (r < 0) {
		kvm_cpu_free(cpu);
		return r;
	}
	pthread_mutex_lock(&kvm->lock);
	cpu->next = kvm->cpus;
	kvm->cpus = cpu;
	pthread_mutex_unlock(&kvm->lock);
	return 0;
}
