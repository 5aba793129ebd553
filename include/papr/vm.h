/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partition and its virtual processors.
 *
 * Life: papr_vm_new(), then papr_vm_add_ram() and papr_vm_set_policy(), then
 * papr_vm_seal(), then the host attaches each vCPU and they run, then
 * papr_vm_free().  A call out of this order returns -EBUSY or -EINVAL.
 *
 * Threads: one thread until the VM is sealed.  After that each vCPU is used by
 * one thread at a time, all vCPUs concurrently; a function that may be called
 * from any thread says so.
 */
#ifndef PAPR_VM_H
#define PAPR_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/catalogue.h>
#include <papr/connector.h>
#include <papr/error.h>
#include <papr/host.h>
#include <papr/numa.h>
#include <papr/ops.h>
#include <papr/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The most vCPUs of a partition, cores times threads. */
#define PAPR_MAX_VCPUS 256

/** The longest name of a partition, without its NUL, and bytes of a UUID. */
#define PAPR_NAME_MAX 255u
#define PAPR_UUID_LEN 16u

/** enum papr_mmu - how the guest translates addresses */
enum papr_mmu {
	PAPR_MMU_AUTO,
	PAPR_MMU_RADIX,
	PAPR_MMU_HASH,
};

/** enum papr_switch - off, on, or on where the host can */
enum papr_switch {
	PAPR_SWITCH_AUTO,
	PAPR_SWITCH_ON,
	PAPR_SWITCH_OFF,
};

/**
 * enum papr_interrupts - the guest's interrupt controller
 * @PAPR_INTERRUPTS_XICS: that of all guests, with calls
 * @PAPR_INTERRUPTS_XIVE: that of POWER9 and newer in its native mode, which the
 *	guest works without calls; it is always the host's
 * @PAPR_INTERRUPTS_AUTO: a XIVE where the host has it
 * @PAPR_INTERRUPTS_DUAL: a XICS, until the client asks firmware for a XIVE
 */
enum papr_interrupts {
	PAPR_INTERRUPTS_XICS,
	PAPR_INTERRUPTS_XIVE,
	PAPR_INTERRUPTS_AUTO,
	PAPR_INTERRUPTS_DUAL,
};

/**
 * struct papr_vm_config - a partition before it is made
 * @size: sizeof(struct papr_vm_config)
 * @cores, @threads: at least 1 each; @threads a power of two up to 8; at most
 *	PAPR_MAX_VCPUS together
 * @vsmt: distance of the vCPU ids of two cores: 0 to choose, else a power of
 *	two, at least @threads and at most 8
 * @mmu: radix or hash; automatic is radix where the host can, until the client
 *	asks firmware for hash
 * @nested_hv, @fwnmi: may the guest use these
 * @rtas_base: where the RTAS blob goes, a multiple of 64 KiB in RAM below
 *	2 GiB; papr_rtas_size() bytes
 * @name: of the partition, for people, at most PAPR_NAME_MAX bytes; NULL: none
 * @uuid: PAPR_UUID_LEN bytes, the first of the text first; NULL: none
 * @numa: NULL for one node
 * @max_cores: 0, or how many cores there may be, those that are plugged in
 *	later by papr_vm_plug() with the first @cores
 * @interrupts: XICS, XIVE, automatic or either.  A XIVE has pages between
 *	0x0006010000000000 and 0x00060302031c0000, where there must be no RAM
 * @gtse: may a radix guest invalidate translations by itself; else it calls
 *	H_RPT_INVALIDATE, which somebody must answer.  Automatic is on
 * @kernel_dump: the guest may ask for dumps of its kernel, see kernel-dump.h
 * @large_decr: the guest's decrementer is the host's large one, which it is
 *	told by ibm,dec-bits; else it has 32 bits
 * @host_model, @host_serial: what the guest is told of the machine it is on, as
 *	@name; NULL: nothing
 *
 * What is pointed to is copied.
 */
struct papr_vm_config {
	size_t size;
	uint32_t cores;
	uint32_t threads;
	uint32_t vsmt;
	enum papr_mmu mmu;
	enum papr_switch nested_hv;
	enum papr_switch fwnmi;
	uint64_t rtas_base;
	const char *name;
	const uint8_t *uuid;
	const struct papr_numa *numa;
	uint32_t max_cores;
	enum papr_interrupts interrupts;
	enum papr_switch gtse;
	bool kernel_dump;
	bool large_decr;
	const char *host_model;
	const char *host_serial;
};

/**
 * papr_vm_new - make a partition
 * @host_ops, @host: the hypervisor below; copied, @host is kept
 * @vmm_ops, @vmm: the program around; copied, @vmm is kept
 *
 * Returns: 0; -EINVAL for a @config no host could satisfy; -EOPNOTSUPP for
 * one that this host cannot; -E2BIG; -ENOMEM; or what @describe returned.
 */
int papr_vm_new(const struct papr_vm_config *config,
		const struct papr_host_ops *host_ops, void *host,
		const struct papr_vmm_ops *vmm_ops, void *vmm,
		struct papr_vm **vm, struct papr_error *error);

/** papr_vm_free - end a partition, no vCPU of which runs; NULL is allowed */
void papr_vm_free(struct papr_vm *vm);

/**
 * papr_vm_error - why the last function on @vm failed, one sentence
 *
 * For setup functions only, which one thread calls.  Valid until the next one.
 */
const char *papr_vm_error(const struct papr_vm *vm);

/** papr_vm_host - what the VM knows of its host */
const struct papr_host *papr_vm_host(const struct papr_vm *vm);

#define PAPR_RAM_READONLY 1u	/**< the guest's calls must not write it */

/**
 * papr_vm_add_ram - tell of guest memory
 * @gpa: guest real address of the first byte, a multiple of 4096
 * @len: bytes, a multiple of 4096, not 0
 * @mem: where they are in this process; they must stay there
 * @flags: PAPR_RAM_READONLY or 0
 *
 * Returns: 0; -EINVAL if misaligned, if it wraps, or for an unknown flag;
 * -EEXIST if it overlaps, pluggable memory too; -ENOSPC beyond 64 regions;
 * -EBUSY if sealed.
 */
int papr_vm_add_ram(struct papr_vm *vm, uint64_t gpa, uint64_t len, void *mem,
		    uint32_t flags);

/**
 * papr_vm_set_policy - choose who answers each call
 *
 * Before the VM is sealed it only takes note.  Without a policy every call is
 * routed PAPR_ROUTE_KERNEL.
 *
 * Returns: 0; -EINVAL or -EOPNOTSUPP as papr_route_predict(), and then the
 * old policy is still in force; -EBUSY if sealed; -ENOMEM.
 */
int papr_vm_set_policy(struct papr_vm *vm, const struct papr_policy *policy);

/**
 * papr_vm_change_policy - let others answer the calls of a sealed VM
 * @error: gets the sentence; papr_vm_error() is not changed
 *
 * Any thread, while vCPUs run, but none is attached meanwhile.  The change is
 * whole or not at all: a call is answered by the policy before or by this one,
 * each in all it says of it, and after the return by this one.  Faults that
 * both have alike go on counting.
 *
 * vCPUs are stopped only if interrupt presentation goes from kernel to user or
 * back, with its RTAS calls: their state is handed over, for which the host
 * needs drop_irqs and what comes with it.  H_CEDE and H_PROD cannot get another
 * effective route, nor can interrupts one in the program.  What the device tree
 * has promised is not taken back.
 *
 * Returns: 0; -EINVAL or -EOPNOTSUPP as papr_route_predict(); -EBUSY if state
 * would have to change hands that cannot, or if not sealed; -EINVAL too if the
 * kernel cannot be in the state that interrupts are in now; the host's error;
 * -ENOMEM.
 */
int papr_vm_change_policy(struct papr_vm *vm, const struct papr_policy *policy,
			  struct papr_error *error);

/**
 * papr_vm_seal - fix the configuration and apply it to the host
 *
 * Sets virtual SMT, nested HV, the routes, interrupt controller and page
 * table, and writes the RTAS blob into RAM.  Routes are applied whole or not
 * at all.
 *
 * Returns: 0; -EINVAL (no RAM at 0, no RAM under the RTAS blob, RAM that is not
 * what NUMA nodes have, nor pluggable memory);
 * -EOPNOTSUPP or the host's error, always with a sentence; -EBUSY if it is
 * already.  A VM that failed to seal can only be freed.
 */
int papr_vm_seal(struct papr_vm *vm);

/**
 * papr_vm_reset - what the guest has done is undone, as after papr_vm_seal()
 *
 * All vCPUs are stopped; the boot vCPU is to be started again.  No vCPU may be
 * in the guest or in a function of this library, and none may enter it
 * meanwhile: the program sees to that, as far as it can be seen here it is
 * checked.
 *
 * VIO devices have no queues any more, of which they are told here.
 *
 * RAM is the program's: before the call it writes there what a new guest is to
 * find.  The RTAS area is written here.  Kept are the configuration, the
 * routes, all counts, and the time of day that the guest has set, which on a
 * machine outlives it too.
 *
 * Returns: 0; -EBUSY if not sealed or if a vCPU is in the guest; -EOPNOTSUPP
 * for a host without reset; the host's error.  @vm can be reset again then, or
 * freed, but must not run.
 */
int papr_vm_reset(struct papr_vm *vm, struct papr_error *error);

/** papr_vm_route - the three columns for hypercall @index of the catalogue */
int papr_vm_route(const struct papr_vm *vm, size_t index,
		  struct papr_route_report *report);

/** papr_vm_mmu - the MMU the guest is to use; never PAPR_MMU_AUTO */
enum papr_mmu papr_vm_mmu(const struct papr_vm *vm);

/** papr_vm_interrupts - the guest's controller; never PAPR_INTERRUPTS_AUTO */
enum papr_interrupts papr_vm_interrupts(const struct papr_vm *vm);

/** papr_vm_vsmt - the distance of vCPU ids between cores, as chosen */
uint32_t papr_vm_vsmt(const struct papr_vm *vm);

/** papr_vm_nested_hv, papr_vm_fwnmi - what "auto" has become */
bool papr_vm_nested_hv(const struct papr_vm *vm);
bool papr_vm_fwnmi(const struct papr_vm *vm);

/**
 * papr_rtas_size - bytes of the RTAS area of a partition of @vcpus vCPUs
 *
 * Stub, room for one machine-check log of 2048 bytes, and a save area for
 * each vCPU, as a multiple of 64 KiB.
 */
uint64_t papr_rtas_size(uint32_t vcpus);

/**
 * papr_vm_vcpus - how many there may be: the most cores times threads
 *
 * Those of cores that are not there yet come last; they are attached when
 * papr_vmm_ops.plug says so.
 */
uint32_t papr_vm_vcpus(const struct papr_vm *vm);

/** papr_vm_vcpu - vCPU @index below papr_vm_vcpus(), else NULL */
struct papr_vcpu *papr_vm_vcpu(struct papr_vm *vm, uint32_t index);

/**
 * papr_vm_console_input - there is something to read on the first terminal
 *
 * Raises the terminal's interrupt.  Any thread.
 */
int papr_vm_console_input(struct papr_vm *vm);

/**
 * papr_vm_watchdogs - let those watchdogs bite that are due; any thread
 *
 * A guest has four of them, of H_WATCHDOG, which it must start anew before
 * they expire.  Call this when papr_vmm_ops.watchdog says so, and again after
 * the time that it returns; too early does no harm.  What one of them does is
 * papr_vmm_ops.event, in this thread.
 *
 * Returns: nanoseconds of papr_vmm_ops.uptime_ns until the next is due;
 * UINT64_MAX if none runs.
 */
uint64_t papr_vm_watchdogs(struct papr_vm *vm);

/**
 * papr_vcpu_is_there - whether the guest has it, so that it can be started
 *
 * It has not if its core is not plugged in, or not taken.  Any thread.
 */
bool papr_vcpu_is_there(const struct papr_vcpu *vcpu);

/** papr_vcpu_id - what to pass to KVM_CREATE_VCPU: core * vsmt + thread */
uint32_t papr_vcpu_id(const struct papr_vcpu *vcpu);

uint32_t papr_vcpu_index(const struct papr_vcpu *vcpu);
struct papr_vm *papr_vcpu_vm(const struct papr_vcpu *vcpu);

/**
 * papr_vcpu_attach - give a vCPU of a sealed VM its host side
 * @cpu: passed to the host operations, not NULL
 *
 * Sets what has been set on the other vCPUs.  papr_kvm_vcpu_attach() calls
 * it; a program needs it only for a host of its own.
 *
 * Returns: 0; -EBUSY if not sealed or attached already; the host's error.
 */
int papr_vcpu_attach(struct papr_vcpu *vcpu, void *cpu);

/** papr_vcpu_host - what papr_vcpu_attach() was given */
void *papr_vcpu_host(const struct papr_vcpu *vcpu);

/**
 * enum papr_cpu_state - as query-cpu-stopped-state sees a vCPU
 * @PAPR_CPU_STOPPED: waits for start-cpu
 * @PAPR_CPU_STOPPING: has called stop-self, its thread has not noticed
 * @PAPR_CPU_STARTING: has an entry point that its thread has not taken
 * @PAPR_CPU_RUNNING: runs guest code
 */
enum papr_cpu_state {
	PAPR_CPU_STOPPED,
	PAPR_CPU_STOPPING,
	PAPR_CPU_STARTING,
	PAPR_CPU_RUNNING,
};

/** papr_vcpu_state - any thread */
enum papr_cpu_state papr_vcpu_state(const struct papr_vcpu *vcpu);

/**
 * struct papr_entry - how a vCPU starts
 * @pc: where
 * @r3: the argument
 * @r4, @r5: what else a boot vCPU is told
 * @r1: its stack; all other general registers become 0
 */
struct papr_entry {
	uint64_t pc;
	uint64_t r3;
	uint64_t r4;
	uint64_t r5;
	uint64_t r1;
};

/**
 * papr_vcpu_start - let a stopped vCPU start; any thread
 *
 * For the boot vCPU the program calls it; for the others RTAS start-cpu does,
 * and then papr_vmm_ops.start_cpu is called.
 *
 * Returns: 0; -EBUSY if it is not stopped.
 */
int papr_vcpu_start(struct papr_vcpu *vcpu, const struct papr_entry *entry);

/**
 * papr_vcpu_take_entry - the vCPU's thread takes note of a start or a stop
 *
 * STARTING becomes RUNNING and @entry is filled: set the registers, after
 * finishing any hypercall that is still pending in the host.  STOPPING becomes
 * STOPPED.  papr_kvm_vcpu_run() calls it.
 *
 * Returns: the state the vCPU was found in.
 */
enum papr_cpu_state papr_vcpu_take_entry(struct papr_vcpu *vcpu,
					 struct papr_entry *entry);

/**
 * enum papr_rest - what a vCPU does instead of running
 * @PAPR_REST_NONE: nothing, it runs
 * @PAPR_REST_CEDE: it sleeps in H_CEDE until its decrementer is negative, its
 *	external interrupt is up, or papr_host_ops.wake
 * @PAPR_REST_JOIN: it sleeps in H_JOIN until papr_host_ops.wake
 */
enum papr_rest {
	PAPR_REST_NONE,
	PAPR_REST_CEDE,
	PAPR_REST_JOIN,
};

/**
 * papr_vcpu_rest - whether a vCPU sleeps; any thread
 *
 * H_CEDE and H_JOIN return at once, as any hypercall does.  A host asks in the
 * vCPU's thread before it enters the guest, after papr_vcpu_take_interrupt(),
 * and lets it sleep if it is to.  Once woken it asks both again.  It may also
 * end the sleep when it likes.  papr_kvm_vcpu_run() does all that.
 */
enum papr_rest papr_vcpu_rest(const struct papr_vcpu *vcpu);

/** papr_vcpu_rouse - the host ends the sleep of a vCPU; any thread */
void papr_vcpu_rouse(struct papr_vcpu *vcpu);

/**
 * papr_vcpu_hcall - answer a hypercall that has left the kernel
 *
 * In the vCPU's thread.  Never fails: the guest gets the result in
 * @hcall->ret and @hcall->args.
 */
void papr_vcpu_hcall(struct papr_vcpu *vcpu, struct papr_hcall *hcall);

/**
 * struct papr_hcall_stats - how often a call came to userspace
 * @user, @vmm, @denied: by who answered it
 * @nobody: answered H_FUNCTION as there is no handler
 * @errors: of @user and @vmm, those with a negative result
 * @on_purpose: of @user, @vmm and @nobody, those that failed as the policy
 *	wants it
 */
struct papr_hcall_stats {
	uint64_t user;
	uint64_t vmm;
	uint64_t denied;
	uint64_t nobody;
	uint64_t errors;
	uint64_t on_purpose;
};

/**
 * papr_vm_stats - counts of hypercall @index, over all vCPUs; any thread
 *
 * Returns: 0, or -EINVAL if @index is not below papr_hcall_count().
 */
int papr_vm_stats(const struct papr_vm *vm, size_t index,
		  struct papr_hcall_stats *stats);

/**
 * papr_vm_rtas_stats - calls and those that failed of RTAS call @index
 */
int papr_vm_rtas_stats(const struct papr_vm *vm, size_t index,
		       uint64_t *calls, uint64_t *errors);

/**
 * papr_vm_unknown_hcalls - calls with numbers that are in no catalogue
 * @numbers, @counts: up to @n of them, those of the first vCPU first
 *
 * Returns: how many there are in all; the first 16 numbers of each vCPU are
 * told apart, the rest is added under number UINT64_MAX.
 */
size_t papr_vm_unknown_hcalls(const struct papr_vm *vm, uint64_t *numbers,
			      uint64_t *counts, size_t n);

#ifdef __cplusplus
}
#endif
#endif
