/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM's software breakpoints.
 *
 * KVM-HV tells them from other illegal instructions by HEIR, which holds the
 * instruction.  POWER9s and later that are emulated may leave it empty, and so
 * may a hypervisor below: then the guest gets a program interrupt.  No
 * capability says so.  A small guest is run to find out.
 */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "spapr/kvm.h"

#define RAM_LEN (16u << 20)
#define CODE 0x1000u
#define PROGRAM_INTERRUPT 0x700u
#define SC_1 0x44000022u
#define NO_CALL 0x7abcu		/* no hypercall, so that userspace gets it */
#define MSR_SF 0x8000000000000000ull
#define TRIES 1000		/* signals take the vCPU out */

struct trial {
	int vm_fd, cpu_fd;
	size_t run_len;
	struct kvm_run *run;
	uint32_t *ram;
};

static void *map(size_t len, int flags, int fd)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Whatever there is, in the reverse order. */
static void trial_close(struct trial *t)
{
	if (t->run)
		munmap(t->run, t->run_len);
	if (t->cpu_fd >= 0)
		close(t->cpu_fd);
	if (t->vm_fd >= 0)
		close(t->vm_fd);
	if (t->ram)
		munmap(t->ram, RAM_LEN);
}

static int trial_open(struct trial *t, int kvm_fd)
{
	struct kvm_userspace_memory_region slot = { .memory_size = RAM_LEN };
	int r;

	t->cpu_fd = -1;
	t->vm_fd = ioctl(kvm_fd, KVM_CREATE_VM, 0);
	t->ram = map(RAM_LEN, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (t->vm_fd < 0 || !t->ram)
		return -ENOMEM;
	slot.userspace_addr = (uintptr_t)t->ram;
	r = kvm_ioctl(t->vm_fd, KVM_SET_USER_MEMORY_REGION, &slot);
	if (r)
		return r;
	t->cpu_fd = ioctl(t->vm_fd, KVM_CREATE_VCPU, 0);
	if (t->cpu_fd < 0)
		return -errno;
	t->run_len = ioctl(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	t->run = map(t->run_len, MAP_SHARED, t->cpu_fd);
	if (!t->run)
		return -ENOMEM;
	return kvm_enable_cap(t->cpu_fd, KVM_CAP_PPC_PAPR, 0, 0);
}

static int set_debug(int cpu_fd, bool enable)
{
	struct kvm_guest_debug debug = {
		.control = enable ? KVM_GUESTDBG_ENABLE |
				    KVM_GUESTDBG_USE_SW_BP : 0,
	};

	return kvm_ioctl(cpu_fd, KVM_SET_GUEST_DEBUG, &debug);
}

/* A breakpoint, and a hypercall where its interrupt would go. */
static int trial_run(struct trial *t, uint32_t word)
{
	struct kvm_regs regs = {
		.pc = CODE, .msr = MSR_SF, .gpr[3] = NO_CALL,
	};
	int r = set_debug(t->cpu_fd, true);

	t->ram[CODE / 4] = word;
	t->ram[PROGRAM_INTERRUPT / 4] = htobe32(SC_1);
	if (!r)
		r = kvm_ioctl(t->cpu_fd, KVM_SET_REGS, &regs);
	for (int i = 0; !r && i < TRIES; i++) {
		r = kvm_run_guarded(t->cpu_fd);
		if (!r && t->run->exit_reason == KVM_EXIT_DEBUG)
			return 0;
		if (!r && t->run->exit_reason == KVM_EXIT_PAPR_HCALL)
			return -EOPNOTSUPP;
		if (r == -EINTR)
			r = 0;
	}
	return r ? r : -EOPNOTSUPP;
}

static int try_traps(int kvm_fd, uint32_t word)
{
	struct trial t = { 0 };
	int r = trial_open(&t, kvm_fd);

	if (!r)
		r = trial_run(&t, word);
	trial_close(&t);
	return r;
}

/* Once is enough. */
static int check_traps(struct papr_kvm *kvm, uint32_t word)
{
	int r;

	pthread_mutex_lock(&kvm->lock);
	if (!kvm->traps_tried)
		kvm->traps_error = try_traps(kvm->kvm_fd, word);
	kvm->traps_tried = true;
	r = kvm->traps_error;
	pthread_mutex_unlock(&kvm->lock);
	return r;
}

static int set_trap(struct kvm_cpu *cpu, bool enable, uint32_t *word)
{
	int r = kvm_get_one_reg(cpu->fd, KVM_REG_PPC_DEBUG_INST, word);

	if (!r && *word != __builtin_bswap32(*word))
		r = -EOPNOTSUPP;
	return r ? r : set_debug(cpu->fd, enable);
}

int kvm_cpu_trap(void *arg, bool enable, uint32_t *word)
{
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = set_trap(cpu, enable, word);
	kvm_cpu_release(cpu);
	if (r || !enable)
		return r;
	r = check_traps(cpu->kvm, *word);
	if (r)
		kvm_cpu_trap(cpu, false, word);
	return r;
}
