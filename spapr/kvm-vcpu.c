/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: its vCPUs and their threads. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <talloc.h>

#include "hcalls/catalogue.h"
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

int kvm_get_one_reg(int fd, uint64_t id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return kvm_ioctl(fd, KVM_GET_ONE_REG, &reg);
}

int kvm_set_one_reg(int fd, uint64_t id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };

	return kvm_ioctl(fd, KVM_SET_ONE_REG, &reg);
}

/*
 * KVM_RUN, with the registers kept that Linux 6.1 may return with the guest's
 * values in, after a context switch: floating point, vectors and their status.
 * Nothing may live in them across the call.  Naming those that a function
 * must preserve makes the compiler save them here; the others are its
 * callers' to give up.  The status goes through memory.
 */
__attribute__((noinline, target("altivec,vsx")))
static int run_guarded(int fd)
{
	uint32_t vscr[4] __attribute__((aligned(16)));
	uint64_t fpscr;
	int r;

	asm volatile("mffs 0\n\tstfd 0,0(%0)\n\tmfvscr 0\n\tstvx 0,0,%1"
		     : : "b"(&fpscr), "r"(vscr) : "fr0", "v0", "memory");
	r = kvm_ioctl(fd, KVM_RUN, NULL);
	asm volatile("lfd 0,0(%0)\n\tmtfsf 255,0,1,0\n\t"
		     "lvx 0,0,%1\n\tmtvscr 0"
		     : : "b"(&fpscr), "r"(vscr)
		     : "memory", "fr0", "fr14", "fr15", "fr16", "fr17", "fr18",
		       "fr19", "fr20", "fr21", "fr22", "fr23", "fr24", "fr25",
		       "fr26", "fr27", "fr28", "fr29", "fr30", "fr31", "v0",
		       "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27",
		       "v28", "v29", "v30", "v31");
	return r;
}

/*
 * The vCPU's thread goes into KVM_RUN and comes out.  Somebody who wants it
 * out sets immediate_exit, which counts if it is not in yet, and signals the
 * thread, which counts if it is.  The lock makes it one of the two.
 */
static bool enter_kernel(struct kvm_cpu *cpu, bool completing)
{
	bool kicked;

	pthread_mutex_lock(&cpu->lock);
	while (cpu->holders)
		pthread_cond_wait(&cpu->changed, &cpu->lock);
	kicked = cpu->kicked && !completing;
	if (kicked) {
		cpu->kicked = false;
	} else {
		cpu->run->immediate_exit = completing;
		cpu->thread = pthread_self();
		cpu->in_kernel = true;
	}
	pthread_mutex_unlock(&cpu->lock);
	return !kicked;
}

/* Returns true if nothing but a holder can be why the thread came out. */
static bool leave_kernel(struct kvm_cpu *cpu, bool interrupted)
{
	bool held;

	pthread_mutex_lock(&cpu->lock);
	cpu->in_kernel = false;
	held = cpu->holders && !cpu->kicked;
	if (interrupted)
		cpu->kicked = false;
	if (cpu->holders)
		pthread_cond_broadcast(&cpu->changed);
	pthread_mutex_unlock(&cpu->lock);
	return held;
}

static void pull_out(struct kvm_cpu *cpu)
{
	cpu->run->immediate_exit = 1;
	pthread_kill(cpu->thread, SIGUSR1);
}

void kvm_cpu_hold(struct kvm_cpu *cpu)
{
	pthread_mutex_lock(&cpu->lock);
	cpu->holders++;
	if (cpu->in_kernel)
		pull_out(cpu);
	while (cpu->in_kernel || cpu->held)
		pthread_cond_wait(&cpu->changed, &cpu->lock);
	cpu->held = true;
	pthread_mutex_unlock(&cpu->lock);
}

void kvm_cpu_release(struct kvm_cpu *cpu)
{
	pthread_mutex_lock(&cpu->lock);
	cpu->held = false;
	cpu->holders--;
	pthread_cond_broadcast(&cpu->changed);
	pthread_mutex_unlock(&cpu->lock);
}

void papr_kvm_kick(struct papr_vcpu *vcpu)
{
	struct kvm_cpu *cpu = papr_vcpu_host(vcpu);

	if (!cpu)
		return;
	pthread_mutex_lock(&cpu->lock);
	cpu->kicked = true;
	if (cpu->in_kernel)
		pull_out(cpu);
	pthread_mutex_unlock(&cpu->lock);
}

int kvm_cpu_enable_fwnmi(void *arg)
{
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = kvm_enable_cap(cpu->fd, KVM_CAP_PPC_FWNMI, 0, 0);
	kvm_cpu_release(cpu);
	return r;
}

static int read_reg(struct kvm_cpu *cpu, enum papr_reg reg, uint64_t *value)
{
	struct kvm_regs regs;
	int r;

	switch (reg) {
	case PAPR_REG_LPCR:
		return kvm_get_one_reg(cpu->fd, KVM_REG_PPC_LPCR_64, value);
	case PAPR_REG_PURR:
		return kvm_get_one_reg(cpu->fd, KVM_REG_PPC_PURR, value);
	case PAPR_REG_SPRG0:
		r = kvm_ioctl(cpu->fd, KVM_GET_REGS, &regs);
		*value = regs.sprg0;
		return r;
	}
	return -EINVAL;
}

static int write_reg(struct kvm_cpu *cpu, enum papr_reg reg, uint64_t value)
{
	struct kvm_regs regs;
	int r;

	switch (reg) {
	case PAPR_REG_LPCR:
		return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_LPCR_64, &value);
	case PAPR_REG_PURR:
		return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_PURR, &value);
	case PAPR_REG_SPRG0:
		r = kvm_ioctl(cpu->fd, KVM_GET_REGS, &regs);
		if (r < 0)
			return r;
		regs.sprg0 = value;
		return kvm_ioctl(cpu->fd, KVM_SET_REGS, &regs);
	}
	return -EINVAL;
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
 * A new start.  The call in which the vCPU stopped itself is still pending,
 * and the next KVM_RUN would write its results over r3 to r12: let one that
 * does not enter the guest do that first.
 */
static int start(struct kvm_cpu *cpu, const struct papr_entry *entry)
{
	struct kvm_regs regs = {
		.pc = entry->pc,
		.msr = MSR_SF | MSR_ME,
		.gpr[3] = entry->r3,
	};
	int r;

	enter_kernel(cpu, true);
	r = run_guarded(cpu->fd);
	leave_kernel(cpu, false);
	if (r != -EINTR)
		return r < 0 ? r : -EIO;
	kvm_cpu_hold(cpu);
	r = kvm_ioctl(cpu->fd, KVM_SET_REGS, &regs);
	kvm_cpu_release(cpu);
	return r;
}

int papr_kvm_exit(struct papr_vcpu *vcpu, struct kvm_run *run)
{
	struct papr_entry entry;

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

int papr_kvm_vcpu_run(struct papr_vcpu *vcpu, struct papr_error *error)
{
	struct kvm_cpu *cpu = papr_vcpu_host(vcpu);
	struct papr_entry entry;
	bool held;
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
	if (r < 0)
		return explain_run(vcpu, r, error);
	if (!enter_kernel(cpu, false))
		return PAPR_RUN_INTERRUPTED;

	/* A KVM_RUN that fails leaves the reason of the one before. */
	cpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	r = run_guarded(cpu->fd);
	held = leave_kernel(cpu, r == -EINTR);
	if (r == -EINTR)
		return held ? PAPR_RUN_AGAIN : PAPR_RUN_INTERRUPTED;
	if (r < 0 && !is_refused_rtas(cpu->run, r))
		return explain_run(vcpu, r, error);
	return papr_kvm_exit(vcpu, cpu->run);
}

static int set_arch_compat(const struct kvm_cpu *cpu)
{
	const struct papr_host *info = &cpu->kvm->info;
	uint32_t version = info->isa >= 310 ? 0x0f000006 :
			   info->isa >= 300 ? 0x0f000005 :
			   info->isa >= 207 ? 0x0f000004 : 0x0f000003;

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

/*
 * PAPR first: on a vCPU without it every other capability fails with EINVAL,
 * and takes effect all the same.
 */
static int setup(const struct kvm_cpu *cpu, uint32_t id,
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
	if (cpu->kvm->irqs_fd < 0)
		return 0;
	r = kvm_enable_cap(cpu->fd, KVM_CAP_IRQ_XICS, cpu->kvm->irqs_fd, id);
	if (r < 0)
		return error_set(error, r, "vCPU %u cannot be connected to "
				 "the interrupt controller: %s", id,
				 explain_irq(r));
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
