/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine checks and system resets on their way to the guest: firmware-assisted
 * NMI, LoPAR 7.3.14.
 *
 * What is to interrupt a vCPU waits until its thread asks for it before it
 * enters the guest; papr_kvm_vcpu_run() does.  A program with a host of its
 * own does it so:
 *
 *	switch (papr_vcpu_take_interrupt(vcpu)) {
 *	case PAPR_INTERRUPT_NONE:	enter the guest
 *	case PAPR_INTERRUPT_LATER:	enter it, and leave it soon
 *	case PAPR_INTERRUPT_WAIT:	sleep until papr_host_ops.wake
 *	}
 *
 * Before it enters it asks papr_vcpu_rest(), too.
 */
#ifndef PAPR_FWNMI_H
#define PAPR_FWNMI_H

#include <stdbool.h>

#include <papr/elog.h>
#include <papr/error.h>
#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * papr_vcpu_machine_check - the host took a machine check of the guest
 * @recovered: the host says that it has repaired it
 *
 * In the vCPU's thread, after KVM_EXIT_NMI; papr_kvm_exit() calls it.  SRR1,
 * DSISR and DAR say what it was.  What KVM inside a partition says of
 * recovery is not believed: it never knows.
 *
 * Returns: 0, or what papr_host_ops.get_regs returned.
 */
int papr_vcpu_machine_check(struct papr_vcpu *vcpu, bool recovered);

/**
 * papr_vcpu_inject - let a vCPU have a machine check that did not happen
 * @info: what it is to be.  @size, @type and @subtype and what else the guest
 *	is to be told; @processor_id, @log_id and @time_s are filled in
 *
 * Any thread.  It comes as a real one would, with SRR1 and DSISR as the
 * host's processors have them, as soon as the guest can take it: outside of
 * RTAS, and with MSR[RI] set.
 *
 * Returns: 0; -EINVAL for a machine check that no log can tell of; -EBUSY
 * while another one that was injected waits; -EAGAIN if the vCPU does not
 * run; -EOPNOTSUPP if its host cannot.
 */
int papr_vcpu_inject(struct papr_vcpu *vcpu, const struct papr_mc_info *info,
		     struct papr_error *error);

/**
 * enum papr_context - what the vCPU is doing, by MSR[PR]
 * @PAPR_CONTEXT_ANY: no matter
 * @PAPR_CONTEXT_USER: a program of the guest, MSR[PR] is 1
 * @PAPR_CONTEXT_KERNEL: the guest's kernel, MSR[PR] is 0
 */
enum papr_context {
	PAPR_CONTEXT_ANY,
	PAPR_CONTEXT_USER,
	PAPR_CONTEXT_KERNEL,
};

/**
 * enum papr_trigger - when it is time for an injection
 * @PAPR_TRIGGER_NOW: at once
 * @PAPR_TRIGGER_HCALL: when the vCPU's @count-th call of number @hcall has
 *	been answered.  Only calls that come to userspace count: those that the
 *	kernel answers are not seen here
 * @PAPR_TRIGGER_PC: when the vCPU is about to execute an instruction from
 *	@first to @last, in its context and where it can take a machine check:
 *	it is interrupted there, or goes on and is waited for again.
 *	Breakpoints are planted in guest memory until then.  A guest that reads
 *	its own code sees them.  While another vCPU passes over one, for some
 *	milliseconds, they are lifted, and this one may pass unseen
 */
enum papr_trigger {
	PAPR_TRIGGER_NOW,
	PAPR_TRIGGER_HCALL,
	PAPR_TRIGGER_PC,
};

/** The most instructions from @first to @last. */
#define PAPR_TRIGGER_PC_MAX 4096

/**
 * struct papr_injection - a machine check that is to come, and when
 * @size: sizeof(struct papr_injection)
 * @info: as for papr_vcpu_inject()
 * @context: it waits until the vCPU is in it
 * @trigger: and before that for this
 * @hcall: of PAPR_TRIGGER_HCALL: the number of a hypercall, 0 for any
 * @count: likewise, 0 for 1
 * @first, @last: of PAPR_TRIGGER_PC: the addresses of the first and the last
 *	instruction, both in the kernel's linear mapping, 0xc000000000000000
 *	and on, or both real ones; @last 0 for @first
 */
struct papr_injection {
	size_t size;
	const struct papr_mc_info *info;
	enum papr_context context;
	enum papr_trigger trigger;
	uint64_t hcall;
	uint64_t count;
	uint64_t first;
	uint64_t last;
};

/**
 * papr_vcpu_inject_when - let a vCPU have a machine check some time
 * @id: becomes its number, from 1 on, for this VM; may be NULL
 *
 * Any thread.  First its trigger, then its context is waited for, and then,
 * as by papr_vcpu_inject(), until the guest can take it.  A context that does
 * not hold is looked for again after some milliseconds, never the same.
 * papr_vmm_ops.injected is told what became of it.
 *
 * Returns: as papr_vcpu_inject(); -EINVAL for what is no context, trigger or
 * address; -EOPNOTSUPP or what the host said if it has no breakpoints; -E2BIG
 * for a structure that this library does not know.
 */
int papr_vcpu_inject_when(struct papr_vcpu *vcpu,
			  const struct papr_injection *injection, uint64_t *id,
			  struct papr_error *error);

/**
 * papr_vm_cancel_injection - take an injection back that waits; any thread
 *
 * Returns: 0; -ENOENT if none with this number waits; -EBUSY if it is on its
 * way into the guest at this moment.
 */
int papr_vm_cancel_injection(struct papr_vm *vm, uint64_t id,
			     struct papr_error *error);

/**
 * papr_vcpu_injection - what waits for a vCPU; any thread
 * @info: what it will be; its @size must be set
 *
 * Returns: 0; -ENOENT if nothing does; -EINVAL for an @info without a size.
 */
int papr_vcpu_injection(struct papr_vcpu *vcpu, uint64_t *id,
			struct papr_mc_info *info);

/** papr_outcome_name - "delivered" and so on, NULL for what is none */
const char *papr_outcome_name(enum papr_outcome outcome);

/**
 * papr_vcpu_trapped - the vCPU has come to a breakpoint
 *
 * In the vCPU's thread, after the exit that papr_host_ops.trap has asked for;
 * papr_kvm_exit() calls it.  The guest is to be entered again.
 *
 * Returns: 0; -ENOENT if there never were any: the exit is not the library's.
 */
int papr_vcpu_trapped(struct papr_vcpu *vcpu);

/**
 * papr_vcpu_system_reset - send a vCPU to its system reset handler; any thread
 *
 * Returns: 0; -EAGAIN if it does not run; -EOPNOTSUPP if its host cannot.
 */
int papr_vcpu_system_reset(struct papr_vcpu *vcpu);

/**
 * struct papr_fwnmi_state - what a saved partition is to go on with
 * @size: sizeof(struct papr_fwnmi_state)
 * @registered: there are handlers
 * @held: a vCPU is in its machine check handler
 * @system_reset, @machine_check: the handlers, if @registered
 * @holder: index of that vCPU, if @held
 * @log_id: number of the last log
 */
struct papr_fwnmi_state {
	size_t size;
	bool registered;
	bool held;
	uint32_t system_reset;
	uint32_t machine_check;
	uint32_t holder;
	uint32_t log_id;
};

/**
 * papr_vm_get_fwnmi - what to save of a partition that no thread uses
 *
 * Returns: 0; -EAGAIN while a vCPU has a machine check or a system reset to
 * take, which is not part of it: let it run, and ask again; -E2BIG.
 */
int papr_vm_get_fwnmi(const struct papr_vm *vm, struct papr_fwnmi_state *state,
		      struct papr_error *error);

/**
 * papr_vm_set_fwnmi - go on with what was saved
 *
 * When all of RAM and the vCPUs are there and no thread uses them yet.  The
 * host hands over machine checks from now on, if @state has handlers: the
 * guest will not register again.
 *
 * Returns: 0; -EINVAL for a handler where there can be none, or a vCPU that
 * does not exist; -EBUSY before a vCPU is attached; -EOPNOTSUPP without FWNMI;
 * -E2BIG; the host's error.  All is as before then.
 */
int papr_vm_set_fwnmi(struct papr_vm *vm, const struct papr_fwnmi_state *state,
		      struct papr_error *error);

/**
 * enum papr_interrupt - what to do with a vCPU
 * @PAPR_INTERRUPT_NONE: enter the guest
 * @PAPR_INTERRUPT_LATER: enter it, but the guest cannot take what waits now:
 *	leave it and ask again after some milliseconds
 * @PAPR_INTERRUPT_WAIT: do not enter it until papr_host_ops.wake, and ask
 *	again: another vCPU is in its machine check handler
 */
enum papr_interrupt {
	PAPR_INTERRUPT_NONE,
	PAPR_INTERRUPT_LATER,
	PAPR_INTERRUPT_WAIT,
};

/**
 * papr_vcpu_take_interrupt - interrupt the vCPU if it must be
 *
 * In the vCPU's thread, before it enters the guest, whenever papr_host_ops.wake
 * was called since the last time.  Changes the registers through
 * papr_host_ops.
 *
 * Returns: enum papr_interrupt, or the host's error.
 */
int papr_vcpu_take_interrupt(struct papr_vcpu *vcpu);

#ifdef __cplusplus
}
#endif
#endif
