/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ready host on top of Linux KVM.
 *
 * The program keeps KVM: it opens /dev/kvm, creates the VM, its memory slots
 * and vCPUs, and owns the threads.  The pages of a XIVE are added by the
 * library, in the last memory slots that KVM has.  On a machine that is not
 * POWER these functions are there and return -ENODEV.
 *
 *	papr_kvm_new(kvm_fd, vm_fd, &kvm, &error);
 *	papr_vm_new(&config, papr_kvm_host_ops(), kvm, &ops, me, &vm, &error);
 *	papr_vm_add_ram(vm, 0, len, mem, 0);
 *	papr_vm_seal(vm);
 *	for (i = 0; i < papr_vm_vcpus(vm); i++) {
 *		vcpu = papr_vm_vcpu(vm, i);
 *		fd = ioctl(vm_fd, KVM_CREATE_VCPU, papr_vcpu_id(vcpu));
 *		run = mmap(..., fd, 0);
 *		papr_kvm_vcpu_attach(kvm, vcpu, fd, run, &error);
 *	}
 *	... and in the thread of each vCPU:
 *	while (papr_kvm_vcpu_run(vcpu, &error) == PAPR_RUN_AGAIN)
 *		;
 */
#ifndef PAPR_KVM_H
#define PAPR_KVM_H

#include <papr/error.h>
#include <papr/host.h>
#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kvm_run;
struct papr_kvm;

/**
 * papr_kvm_probe - what this machine's KVM can do
 * @kvm_fd: an open /dev/kvm, or the negative errno value of trying to open it
 * @vm_fd: a VM made with it, or -1 to ask with one made for the moment
 *
 * Returns: 0; -ENODEV with the reason where there is no POWER KVM.
 */
int papr_kvm_probe(int kvm_fd, int vm_fd, struct papr_host *host,
		   struct papr_error *error);

/**
 * papr_kvm_probe_hcalls - which calls the kernel lets itself be asked about
 * @switchable: papr_hcall_count() elements: true where
 *	KVM_CAP_PPC_ENABLE_HCALL takes the call
 *
 * Tries the ioctl on a VM made for the moment, for every call of the
 * catalogue: there is no other way to ask.
 */
int papr_kvm_probe_hcalls(int kvm_fd, bool *switchable,
			  struct papr_error *error);

/**
 * papr_kvm_new - a host on an open /dev/kvm and a VM without vCPUs
 *
 * Both stay the caller's and must outlive it.
 *
 * Returns: 0; -ENODEV; -ENOMEM.
 */
int papr_kvm_new(int kvm_fd, int vm_fd, struct papr_kvm **kvm,
		 struct papr_error *error);

/** papr_kvm_free - after the VM was freed and all threads have ended */
void papr_kvm_free(struct papr_kvm *kvm);

/**
 * papr_kvm_set_memory - a memory slot of the VM, and its end
 * @slot: its number
 * @gpa, @len: where it is in the guest; @len 0 ends the slot
 * @mem: its memory, all three of them in pages of the host's
 *
 * KVM_SET_USER_MEMORY_REGION.  A program may make its slots by that itself, but
 * then papr_vm_log_dirty() does not know what changes in them.
 *
 * Returns: 0; -EEXIST or -ENOENT for a slot that is there or not; -ENODEV
 * where there is no POWER KVM; -ENOMEM; the ioctl's error.
 */
int papr_kvm_set_memory(struct papr_kvm *kvm, uint32_t slot, uint64_t gpa,
			uint64_t len, void *mem);

/** papr_kvm_host_ops - for papr_vm_new(), with a struct papr_kvm as @host */
const struct papr_host_ops *papr_kvm_host_ops(void);

/**
 * papr_kvm_vcpu_attach - make a KVM vCPU one of the partition's
 * @fd: from KVM_CREATE_VCPU with papr_vcpu_id(vcpu)
 * @run: its mapped struct kvm_run
 *
 * Enables KVM_CAP_PPC_PAPR first, sets the compatibility level, connects the
 * interrupt controller, and passes the vCPU on to papr_vcpu_attach().
 *
 * Returns: 0; -EINVAL; the ioctl's error, with a sentence.
 */
int papr_kvm_vcpu_attach(struct papr_kvm *kvm, struct papr_vcpu *vcpu, int fd,
			 struct kvm_run *run, struct papr_error *error);

/**
 * enum papr_run - what came of one turn of a vCPU
 * @PAPR_RUN_AGAIN: handled, run it again
 * @PAPR_RUN_STOPPED: the vCPU is stopped; wait until papr_vmm_ops.start_cpu
 *	names it, or end
 * @PAPR_RUN_EXIT: an exit that is not the library's; look at the struct
 *	kvm_run, then run it again
 * @PAPR_RUN_INTERRUPTED: a signal or papr_kvm_kick(); decide, run it again
 */
enum papr_run {
	PAPR_RUN_AGAIN,
	PAPR_RUN_STOPPED,
	PAPR_RUN_EXIT,
	PAPR_RUN_INTERRUPTED,
};

/**
 * papr_kvm_vcpu_run - one KVM_RUN, and the exit handled
 *
 * In the vCPU's own thread.  Floating-point and vector registers of the
 * caller survive, which KVM_RUN alone does not promise (Linux 6.1 returns
 * with the guest's at times).  The thread must not block SIGUSR1, and the
 * program must have a handler without SA_RESTART for it, which may be empty:
 * the library stops a running vCPU with it.
 *
 * PAPR_RUN_AGAIN may be due to a signal: a loop tests its own flags in each
 * turn.
 *
 * Returns: enum papr_run; a negative errno value if the vCPU cannot go on,
 * @error says why.
 */
int papr_kvm_vcpu_run(struct papr_vcpu *vcpu, struct papr_error *error);

/**
 * papr_kvm_enter - make a vCPU ready for a KVM_RUN that the caller makes itself
 *
 * Starts it, if it is to start, and interrupts it for a machine check or a
 * system reset.  What the guest cannot take now is tried again at the next
 * call.  A vCPU whose machine check must wait for that of another one, or that
 * is in H_CEDE or H_JOIN, sleeps here, at most until papr_kvm_kick(); called
 * again, it sleeps on.  papr_kvm_vcpu_run() calls it.
 *
 * Returns: PAPR_RUN_AGAIN: KVM_RUN it; PAPR_RUN_STOPPED or
 * PAPR_RUN_INTERRUPTED: not now; or a negative errno value.
 */
int papr_kvm_enter(struct papr_vcpu *vcpu, struct papr_error *error);

/**
 * papr_kvm_exit - handle an exit of a KVM_RUN that the caller made itself
 *
 * For programs with a run loop of their own; papr_kvm_vcpu_run() calls it.  A
 * machine check is noted down, for papr_kvm_enter().
 * A vCPU that is in a KVM_RUN of such a loop cannot be stopped by the library:
 * a call of another vCPU that changes its registers waits for its next exit.
 *
 * Returns: PAPR_RUN_AGAIN, PAPR_RUN_STOPPED or PAPR_RUN_EXIT.
 */
int papr_kvm_exit(struct papr_vcpu *vcpu, struct kvm_run *run);

/**
 * papr_kvm_kick - make papr_kvm_vcpu_run() of a vCPU return soon; any thread
 *
 * It returns PAPR_RUN_INTERRUPTED then, or before the next KVM_RUN if the
 * vCPU is not in one.
 */
void papr_kvm_kick(struct papr_vcpu *vcpu);

/**
 * papr_kvm_vcpu_pc - where a vCPU is, for messages; stops it for a moment
 */
int papr_kvm_vcpu_pc(struct papr_vcpu *vcpu, uint64_t *pc, uint64_t *msr);

#ifdef __cplusplus
}
#endif
#endif
