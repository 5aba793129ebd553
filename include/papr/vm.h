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
#include <papr/error.h>
#include <papr/host.h>
#include <papr/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

struct papr_vm;
struct papr_vcpu;

/** The most vCPUs of a partition, cores times threads. */
#define PAPR_MAX_VCPUS 256

/** The hypercall arguments, r4 to r12. */
#define PAPR_HCALL_ARGS 9

/**
 * struct papr_hcall - one hypercall, laid out as in struct kvm_run
 * @nr: r3 of the guest
 * @ret: what r3 becomes
 * @args: r4 to r12; all nine go back to the guest, so a call leaves alone
 *	what it does not return
 */
struct papr_hcall {
	uint64_t nr;
	uint64_t ret;
	uint64_t args[PAPR_HCALL_ARGS];
};

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

/** enum papr_reg - registers the library changes through the host */
enum papr_reg {
	PAPR_REG_LPCR,
	PAPR_REG_SPRG0,
	PAPR_REG_PURR,
};

/**
 * struct papr_host_mmu - what the host's MMU offers a guest
 * @radix_ap: encodings for ibm,processor-radix-AP-encodings, @radix_aps of
 *	them
 * @hash: page size of @hash_sizes segment base sizes: shift, SLB encoding, and
 *	@pages pairs of actual shift and PTE encoding
 * @slb: SLB entries of hash guests
 * @segment_1t: hash guests may use 1 TiB segments
 */
struct papr_host_mmu {
	uint32_t radix_aps;
	uint32_t radix_ap[8];
	uint32_t slb;
	bool segment_1t;
	uint32_t hash_sizes;
	struct {
		uint32_t shift;
		uint32_t slb_encoding;
		uint32_t pages;
		struct {
			uint32_t shift;
			uint32_t pte_encoding;
		} page[8];
	} hash[8];
};

/**
 * struct papr_host_ops - what the library needs from the hypervisor below
 *
 * papr_kvm_host_ops() is such a table for Linux KVM.  A member may be NULL
 * where its comment says so.  @host is what papr_vm_new() was given; @cpu
 * what papr_vcpu_attach() was given.  All return 0 or a negative errno value.
 *
 * @describe: fill @info; called once, by papr_vm_new()
 * @describe_mmu: fill @mmu; called once, when the VM is sealed
 * @describe_cpu: what KVM_PPC_GET_CPU_CHAR says, the two results of
 *	H_GET_CPU_CHARACTERISTICS.  NULL: H_FUNCTION, on which a guest keeps
 *	all its mitigations
 * @enable_hcall: KVM_CAP_PPC_ENABLE_HCALL; may be called from any thread
 * @set_smt: KVM_CAP_PPC_SMT; before the first vCPU
 * @enable_nested: KVM_CAP_PPC_NESTED_HV
 * @setup_irqs: create the interrupt controller of a partition: presentation
 *	for server numbers below @servers, and the @n sources in @irqs.
 *	NULL: none, interrupt calls are left to userspace
 * @define_rtas: let the kernel answer an RTAS call; NULL: never
 * @setup_hpt: give a hash guest a page table of 2^@order bytes; NULL: never
 * @configure_mmu: KVM_PPC_CONFIGURE_V3_MMU, in a vCPU's hypercall; NULL where
 *	guests have no such choice
 * @irq_line: raise or lower a source; any thread
 * @enable_fwnmi: KVM_CAP_PPC_FWNMI, in a hypercall of @cpu
 * @get_reg, @update_reg: read a register; change the bits of @mask to those of
 *	@value in one step.  From any vCPU's thread and for any vCPU, one that
 *	runs too: the host stops it meanwhile
 */
struct papr_host_ops {
	size_t size;
	int (*describe)(void *host, struct papr_host *info);
	int (*describe_mmu)(void *host, struct papr_host_mmu *mmu);
	int (*describe_cpu)(void *host, uint64_t *character,
			    uint64_t *behaviour);
	int (*enable_hcall)(void *host, uint32_t number, bool enable);
	int (*set_smt)(void *host, uint32_t mode);
	int (*enable_nested)(void *host);
	int (*setup_irqs)(void *host, uint32_t servers, const uint32_t *irqs,
			  size_t n);
	int (*define_rtas)(void *host, const char *name, uint32_t token);
	int (*setup_hpt)(void *host, uint32_t order);
	int (*configure_mmu)(void *host, uint64_t flags, uint64_t table);
	int (*irq_line)(void *host, uint32_t irq, bool level);
	int (*enable_fwnmi)(void *cpu);
	int (*get_reg)(void *cpu, enum papr_reg reg, uint64_t *value);
	int (*update_reg)(void *cpu, enum papr_reg reg, uint64_t mask,
			  uint64_t value);
};

/** enum papr_event - what a guest asks of the machine around it */
enum papr_event {
	PAPR_EVENT_POWER_OFF,	/**< RTAS power-off */
	PAPR_EVENT_REBOOT,	/**< RTAS system-reboot */
	PAPR_EVENT_OS_TERM,	/**< RTAS ibm,os-term: the guest has panicked */
};

/** enum papr_log - how bad it is */
enum papr_log {
	PAPR_LOG_ERROR,
	PAPR_LOG_WARNING,
	PAPR_LOG_INFO,
};

/**
 * struct papr_trace - one call that came to userspace, after it was answered
 * @vcpu_id: who called
 * @hcall: the hypercall; for an RTAS call the H_RTAS that carries it
 * @args: r4 to r12 as the guest passed them
 * @rtas: NULL, or the RTAS call
 * @token, @nargs, @nrets: of the RTAS call
 * @rtas_args: its @nargs arguments and then its @nrets results, in the host's
 *	byte order
 */
struct papr_trace {
	uint32_t vcpu_id;
	const struct papr_hcall *hcall;
	const uint64_t *args;
	bool rtas;
	uint32_t token;
	uint32_t nargs;
	uint32_t nrets;
	const uint32_t *rtas_args;
};

/**
 * papr_trace_format - a line of text for a call, without a newline
 *
 * Names and arguments come from the catalogue; calls that nobody handles, or
 * that are not in the catalogue, are shown as well.
 *
 * Returns: the length the line needs, as snprintf() does.
 */
size_t papr_trace_format(const struct papr_trace *trace, char *line,
			 size_t size);

/**
 * struct papr_vmm_ops - what the library needs from the program around it
 *
 * Each member may be NULL: then the call that needs it answers what its
 * comment says.  @vmm is what papr_vm_new() was given.  All are called from
 * the thread of the vCPU that made the call, several at once for several
 * vCPUs, with no lock of the library held.
 *
 * @console_write: take all @len bytes, at most 16, for a virtual terminal and
 *	return @len, or none and return 0 to be asked again.  NULL: H_PARAMETER
 * @console_read: return up to @len bytes typed, without waiting
 * @clock_ns: nanoseconds since 1970, UTC.  NULL: the host's clock
 * @random: fill @data with random bytes, 0 or a negative errno value.
 *	NULL: H_HARDWARE
 * @start_cpu: a vCPU is to run; wake its thread
 * @event: power-off, reboot and os-term; @text is the guest's message or ""
 * @hcall: answer a call that the policy routes to the program, in @hcall->ret
 *	and @hcall->args.  NULL: H_FUNCTION
 * @mmio: load or store that is not RAM, @data in the host's byte order as a
 *	number of @len bytes; 0 or a negative errno value.  NULL: H_PARAMETER
 * @dirty: the library has written guest RAM
 * @log: something a user should see, a line without newline
 * @trace: see struct papr_trace; NULL costs nothing
 */
struct papr_vmm_ops {
	size_t size;
	size_t (*console_write)(void *vmm, uint32_t unit, const void *data,
				size_t len);
	size_t (*console_read)(void *vmm, uint32_t unit, void *data,
			       size_t len);
	uint64_t (*clock_ns)(void *vmm);
	int (*random)(void *vmm, void *data, size_t len);
	void (*start_cpu)(void *vmm, struct papr_vcpu *vcpu);
	void (*event)(void *vmm, enum papr_event event, const char *text);
	void (*hcall)(void *vmm, struct papr_vcpu *vcpu,
		      struct papr_hcall *hcall);
	int (*mmio)(void *vmm, uint64_t gpa, uint64_t *data, uint32_t len,
		    bool write);
	void (*dirty)(void *vmm, uint64_t gpa, uint64_t len);
	void (*log)(void *vmm, enum papr_log level, const char *line);
	void (*trace)(void *vmm, const struct papr_trace *trace);
};

/**
 * struct papr_vm_config - a partition before it is made
 * @size: sizeof(struct papr_vm_config)
 * @cores, @threads: at least 1 each; @threads a power of two up to 8; at most
 *	PAPR_MAX_VCPUS together
 * @vsmt: distance of the vCPU ids of two cores: 0 to choose, else a power of
 *	two, at least @threads and at most 8
 * @mmu: radix or hash; automatic is radix where the host can
 * @nested_hv, @fwnmi: may the guest use these
 * @rtas_base: where the RTAS blob goes, a multiple of 64 KiB in RAM below
 *	2 GiB; papr_rtas_size() bytes
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
 * -EEXIST if it overlaps; -ENOSPC beyond 64 regions; -EBUSY if sealed.
 */
int papr_vm_add_ram(struct papr_vm *vm, uint64_t gpa, uint64_t len, void *mem,
		    uint32_t flags);

/**
 * papr_vm_add_tce - make a DMA window whose translations the guest writes
 * @liobn: logical I/O bus number, what the guest calls it
 * @bus: first bus address
 * @page_shift: log2 of the page size, 12 to 34
 * @pages: how many, at most 2^24
 *
 * The window's table is answered in userspace by H_PUT_TCE and the others of
 * its family.
 *
 * Returns: 0; -EINVAL; -EEXIST if @liobn is taken; -ENOSPC beyond 64 windows;
 * -EBUSY if sealed; -ENOMEM.
 */
int papr_vm_add_tce(struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint32_t page_shift, uint64_t pages);

/**
 * papr_vm_get_tce - the translation of a bus address; any thread
 *
 * Returns: 0; -ENOENT for an unknown window; -EINVAL outside of it.
 */
int papr_vm_get_tce(const struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint64_t *tce);

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
 * papr_vm_seal - fix the configuration and apply it to the host
 *
 * Sets virtual SMT, nested HV, the routes, interrupt controller and page
 * table, and writes the RTAS blob into RAM.  Routes are applied whole or not
 * at all.
 *
 * Returns: 0; -EINVAL (no RAM at 0, no RAM under the RTAS blob);
 * -EOPNOTSUPP or the host's error, always with a sentence; -EBUSY if it is
 * already.  A VM that failed to seal can only be freed.
 */
int papr_vm_seal(struct papr_vm *vm);

/** papr_vm_route - the three columns for hypercall @index of the catalogue */
int papr_vm_route(const struct papr_vm *vm, size_t index,
		  struct papr_route_report *report);

/** papr_vm_mmu - the MMU the guest is to use; never PAPR_MMU_AUTO */
enum papr_mmu papr_vm_mmu(const struct papr_vm *vm);

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

/** papr_vm_vcpus - how many there are: cores times threads */
uint32_t papr_vm_vcpus(const struct papr_vm *vm);

/** papr_vm_vcpu - vCPU @index below papr_vm_vcpus(), else NULL */
struct papr_vcpu *papr_vm_vcpu(struct papr_vm *vm, uint32_t index);

/**
 * papr_vm_console_input - there is something to read on the first terminal
 *
 * Raises the terminal's interrupt.  Any thread.
 */
int papr_vm_console_input(struct papr_vm *vm);

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
 * @r3: the argument; all other general registers become 0
 */
struct papr_entry {
	uint64_t pc;
	uint64_t r3;
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
 */
struct papr_hcall_stats {
	uint64_t user;
	uint64_t vmm;
	uint64_t denied;
	uint64_t nobody;
	uint64_t errors;
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
 * @numbers, @counts: up to @n of them, most vCPUs' first
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
