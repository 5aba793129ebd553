/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library needs from below, the hypervisor, and from around it, the
 * program; and what it tells the program of each call.
 */
#ifndef PAPR_OPS_H
#define PAPR_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/host.h>

#ifdef __cplusplus
extern "C" {
#endif

struct papr_connector;
struct papr_vm;
struct papr_vcpu;
struct papr_xive_ops;

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

/** enum papr_reg - registers the library changes through the host */
enum papr_reg {
	PAPR_REG_LPCR,
	PAPR_REG_SPRG0,
	PAPR_REG_PURR,
	PAPR_REG_TB,	/**< the guest's time base; read only */
	PAPR_REG_CIABR,		/**< the breakpoint, */
	PAPR_REG_DAWR0,		/**< the watchpoint, */
	PAPR_REG_DAWRX0,	/**< and what it watches for */
	PAPR_REG_MSR,
	PAPR_REG_ARCH_COMPAT,	/**< the logical PVR, 0 for the real one */
	PAPR_REGS,
};

/** enum papr_area - guest memory in which KVM speaks with a vCPU's guest */
enum papr_area {
	PAPR_AREA_VPA,	/**< virtual processor area */
	PAPR_AREA_DTL,	/**< dispatch trace log */
	PAPR_AREA_SLB,	/**< SLB shadow buffer */
};

/**
 * struct papr_regs - what an interrupt changes, and says of its cause
 * @pc, @msr, @r3: where the guest is
 * @srr0, @srr1: where it was before the last interrupt
 * @dar, @dsisr: of the last storage interrupt or machine check
 */
struct papr_regs {
	uint64_t pc;
	uint64_t msr;
	uint64_t r3;
	uint64_t srr0;
	uint64_t srr1;
	uint64_t dar;
	uint32_t dsisr;
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
 * struct papr_hpte - an entry of a guest's hashed page table, as the guest
 *	sees it: with its own real addresses, in the format of ISA 2.07
 * @pteh: virtual page number and flags
 * @ptel: real page number, protection, referenced and changed bit
 */
struct papr_hpte {
	uint64_t pteh;
	uint64_t ptel;
};

/** The most registers of a vCPU. */
#define PAPR_SAVED_REGS 1024

/**
 * struct papr_saved_reg - a register of a vCPU that is saved
 * @id: a number that the host has for it, in all its versions
 * @len: bytes, 1 to 16
 * @bytes: big-endian
 */
struct papr_saved_reg {
	uint64_t id;
	uint32_t len;
	uint8_t bytes[16];
};

/** The most registers that a vCPU has by name. */
#define PAPR_NAMED_REGS 320

/**
 * struct papr_named_reg - a register of a vCPU, for people and their tools
 * @name: as LoPAR writes it, in "Firmware Assisted Dump Data Format": "GPR00",
 *	"VR31_HI"; without a NUL if it has 8 letters
 */
struct papr_named_reg {
	char name[8];
	uint64_t value;
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
 *	for server numbers below @servers, and the @n sources in @irqs.  Not
 *	called when interrupt calls are routed to userspace.  NULL: none, they
 *	always are
 * @define_rtas: let the kernel answer an RTAS call; NULL: never
 * @setup_hpt: give a hash guest a page table of 2^@order bytes; NULL: never
 * @configure_mmu: KVM_PPC_CONFIGURE_V3_MMU, in a vCPU's hypercall; NULL where
 *	guests have no such choice
 * @irq_line: raise or lower a source; any thread
 * @enable_fwnmi: KVM_CAP_PPC_FWNMI, in a hypercall of @cpu
 * @get_reg, @update_reg: read a register; change the bits of @mask to those of
 *	@value in one step; -EINVAL if there is no such register.  From any
 *	vCPU's thread and for any vCPU, one that runs too: the host stops it
 *	meanwhile
 * @get_regs, @set_regs: in the thread of @cpu, which is not in the guest; a
 *	hypercall that is still pending in the host is finished first
 * @wake: let the thread of @cpu leave the guest, or its sleep, and call
 *	papr_vcpu_take_interrupt() and papr_vcpu_rest(); any thread.  Without
 *	these three there is no FWNMI and no system reset
 * @reset_cpu: a vCPU as it was when it was attached: what the guest has left in
 *	its registers, registered areas and pending calls is gone; -EBUSY while
 *	it is in the guest.  NULL: the VM cannot be reset
 * @reset_irqs: the interrupt controller as @setup_irqs or @xive has made it,
 *	after all vCPUs were reset; NULL where there is neither
 * @interrupt: raise or lower the external interrupt of a vCPU, which takes it
 *	while it is up and MSR[EE] is set, and wakes from H_CEDE, be that in
 *	the kernel or, by papr_vcpu_rest(), in the host; any thread, also for a
 *	vCPU that runs.  The library calls it under a lock of its
 *	own: it must neither wait for a vCPU nor call the library.  NULL: no
 *	interrupt controller in userspace
 * @hold: keep @cpu out of the guest, and with @hold false no more.  On return
 *	from the first it is out, and all that has taken it out is done with.
 *	From any thread; meanwhile no other function is called for it but those
 *	that say so
 * @trap: let @cpu leave the guest before it executes the instruction *@word,
 *	which this sets, the same in both byte orders; papr_vcpu_trapped() is
 *	to be called then.  With @enable false it is an instruction like any
 *	other.  From any thread and for any vCPU, one that runs too.  Without
 *	these two there are no breakpoints
 * @open_hpt: a hash guest's page-table calls are answered in userspace; called
 *	once, when the VM is sealed, after @setup_hpt, or when it runs and its
 *	routes change
 * @read_hpt: @n entries of the page table from @index on; one that is not
 *	valid reads as 0.  From any thread
 * @write_hpt: replace an entry; one without the valid bit is removed.
 *	Afterwards no processor uses what it was.  All vCPUs are held.  -EINVAL
 *	for one that the host cannot map.  Without @hold and these three no
 *	page-table call is answered in userspace
 * @drop_irqs: the interrupt controller is no more; another @setup_irqs makes a
 *	new one, to which the vCPUs are connected that are attached.  With the
 *	next four interrupts change hands while the guest runs; all vCPUs are
 *	held then, and @interrupt may be called as well.  Without them they stay
 *	where they are
 * @get_icp, @set_icp: what a vCPU is shown, KVM_REG_PPC_ICP_STATE; -EINVAL for
 *	a state that cannot be
 * @get_source, @set_source: an interrupt source, KVM_DEV_XICS_GRP_SOURCES
 * @xive: another interrupt controller in place of that of @setup_irqs, see
 *	xive.h.  NULL: none
 * @get_area, @set_area: where an area is, 0 for nowhere; to register one, and
 *	with 0 to deregister it.  The library has checked it; -EINVAL if an area
 *	lacks its VPA, or a VPA is still needed.  From any vCPU's thread and for
 *	any vCPU.  NULL: H_FUNCTION, where the kernel does not answer
 * @make_tce: let the kernel answer for a DMA window, see papr_vm_add_tce(), by
 *	a table that is shared with it: *@table, an entry for each page in the
 *	host's byte order, all 0.  It lasts as long as the host.  -EBUSY if
 *	there is one for @liobn.  NULL: the library has all tables
 * @drop_tce: no more for @liobn; nobody uses the table that there was.  Like
 *	@make_tce in any thread, but one at a time.  NULL: the library has the
 *	tables that are made after the seal, and those of before cannot go
 * @use_hpt: on KVM-PR, in place of @setup_hpt and what opens, reads and writes:
 *	the page table is the library's memory, 2^@order bytes that begin at a
 *	multiple of that, with big-endian entries.  @cpu is to use it, and no
 *	more what it has kept of entries that were there.  When a vCPU is
 *	attached or reset, and while all are held.  NULL: no partition on KVM-PR
 * @get_state: all registers of @cpu that a guest can change, and the areas that
 *	it has registered; at most @n, returns how many.  A hypercall that is
 *	still pending in the host is finished first.  @cpu is not in the guest
 * @set_state: the same back, in the same order; one that this host lacks must
 *	be 0.  Any error comes with the @culprit's number
 * @set_timebase: the guest's time base is @tb now or a little later, the same
 *	on all vCPUs, and on those attached afterwards; before @set_state, and
 *	again when all is loaded: decrementers have the same time left then as
 *	they had at @tb.  Without these three nothing is saved
 * @log_dirty: begin, or with @on false end, to note which pages of RAM the
 *	guest has written, and the host for it; no vCPU is in the guest
 * @read_dirty: a region of RAM, or all memory that may be plugged in: set bit
 *	n % 64 of @bitmap[n / 64] if page n of 4096 bytes, from @gpa on, was
 *	written since the last time.  Others stay.  Any thread, while vCPUs run.
 *	Without these two papr_vm_log_dirty() fails
 * @name_regs: what the guest has in the registers of @cpu, those of a kind
 *	together and in order; at most @n, returns how many.  A hypercall that
 *	is still pending in the host is finished first.  @cpu is not in the
 *	guest.
 *	NULL: there are no kernel dumps
 * @dec_bits: how long the processors' decrementer is where it is large.  NULL:
 *	32 bits
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
	int (*get_regs)(void *cpu, struct papr_regs *regs);
	int (*set_regs)(void *cpu, const struct papr_regs *regs);
	void (*wake)(void *cpu);
	int (*reset_cpu)(void *cpu);
	int (*reset_irqs)(void *host);
	int (*interrupt)(void *cpu, bool raise);
	void (*hold)(void *cpu, bool hold);
	int (*trap)(void *cpu, bool enable, uint32_t *word);
	int (*open_hpt)(void *host);
	int (*read_hpt)(void *host, uint64_t index, struct papr_hpte *entry,
			uint32_t n);
	int (*write_hpt)(void *host, uint64_t index,
			 const struct papr_hpte *entry);
	int (*get_area)(void *cpu, enum papr_area area, uint64_t *gpa);
	int (*set_area)(void *cpu, enum papr_area area, uint64_t gpa,
			uint32_t len);
	int (*make_tce)(void *host, uint32_t liobn, uint32_t page_shift,
			uint64_t bus, uint64_t pages, uint64_t **table);
	int (*use_hpt)(void *cpu, void *table, uint32_t order);
	int (*drop_irqs)(void *host);
	int (*get_icp)(void *cpu, uint64_t *state);
	int (*set_icp)(void *cpu, uint64_t state);
	int (*get_source)(void *host, uint32_t irq, uint64_t *state);
	int (*set_source)(void *host, uint32_t irq, uint64_t state);
	int (*get_state)(void *cpu, struct papr_saved_reg *regs, size_t n);
	int (*set_state)(void *cpu, const struct papr_saved_reg *regs,
			 size_t n, uint64_t *culprit);
	int (*set_timebase)(void *host, uint64_t tb);
	const struct papr_xive_ops *xive;
	int (*log_dirty)(void *host, bool on);
	int (*read_dirty)(void *host, uint64_t gpa, uint64_t len,
			  uint64_t *bitmap);
	int (*name_regs)(void *cpu, struct papr_named_reg *regs, size_t n);
	void (*drop_tce)(void *host, uint32_t liobn);
	int (*dec_bits)(void *host);
};

/** enum papr_event - the end of a guest, and what it asks of the machine */
enum papr_event {
	/** RTAS power-off; with the text "ups" until there is power again */
	PAPR_EVENT_POWER_OFF,
	PAPR_EVENT_REBOOT,	/**< RTAS system-reboot */
	PAPR_EVENT_OS_TERM,	/**< RTAS ibm,os-term: the guest has panicked */
	PAPR_EVENT_CHECKSTOP,	/**< a machine check it cannot be told of */
	/* A watchdog of the guest has expired, and it is to be */
	PAPR_EVENT_WATCHDOG_OFF,	/**< powered off */
	PAPR_EVENT_WATCHDOG_RESTART,	/**< reset */
	PAPR_EVENT_WATCHDOG_DUMP,	/**< told: a system reset, all vCPUs */
	PAPR_EVENT_DUMP,	/**< as PAPR_EVENT_OS_TERM, and there is a dump
				 * to be taken: papr_vm_dump() and a reset */
};

/**
 * enum papr_outcome - what became of an injected machine check
 * @PAPR_OUTCOME_DELIVERED: the guest's handler was called
 * @PAPR_OUTCOME_ARCHITECTED: the guest has none: its vector was called
 * @PAPR_OUTCOME_DROPPED: it was recovered, and came while the handler ran
 * @PAPR_OUTCOME_CHECKSTOP: the guest could not be told, and is over
 * @PAPR_OUTCOME_CANCELLED: it was taken back, or its vCPU stopped
 */
enum papr_outcome {
	PAPR_OUTCOME_DELIVERED,
	PAPR_OUTCOME_ARCHITECTED,
	PAPR_OUTCOME_DROPPED,
	PAPR_OUTCOME_CHECKSTOP,
	PAPR_OUTCOME_CANCELLED,
};

/**
 * struct papr_injected - the end of an injection
 * @id: of papr_vcpu_inject_when()
 * @pc, @msr: where it interrupted the guest; 0 if it was cancelled
 */
struct papr_injected {
	uint64_t id;
	enum papr_outcome outcome;
	uint64_t pc;
	uint64_t msr;
};

/** enum papr_indicator - what people may see or hear, by LoPAR's tokens */
enum papr_indicator {
	PAPR_INDICATOR_TONE_FREQUENCY = 1,	/**< in Hz */
	PAPR_INDICATOR_TONE_VOLUME = 2,		/**< 0, off, to 100 */
	PAPR_INDICATOR_FAULT = 9006,		/**< 1: look at the guest */
	PAPR_INDICATOR_IDENTIFY = 9007,		/**< 1: this is the one */
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
 * vCPUs, with no lock of the library held, unless its comment says otherwise.
 *
 * @console_write: take all @len bytes, at most 16, for a virtual terminal and
 *	return @len, or none and return 0 to be asked again.  NULL: H_PARAMETER
 * @console_read: return up to @len bytes typed, without waiting
 * @clock_ns: nanoseconds since 1970, UTC.  NULL: the host's clock
 * @random: fill @data with random bytes, 0 or a negative errno value.
 *	NULL: H_HARDWARE
 * @start_cpu: a vCPU is to run; wake its thread
 * @event: power-off, reboot and os-term; @text is the guest's message or "".
 *	After a checkstop, of which @text is the reason, the vCPU runs no more.
 *	A watchdog's, with its name, come from papr_vm_watchdogs(); the system
 *	resets are sent by the library after the event
 * @hcall: answer a call that the policy routes to the program, in @hcall->ret
 *	and @hcall->args.  NULL: H_FUNCTION
 * @mmio: load or store that is not RAM, @data in the host's byte order as a
 *	number of @len bytes; 0 or a negative errno value.  NULL: H_PARAMETER
 * @dirty: the library has written guest RAM.  From here nothing can be
 *	injected, cancelled or asked of injections
 * @log: something a user should see, a line without newline
 * @trace: see struct papr_trace; NULL costs nothing
 * @injected: the end of an injection; a cancelled one's from the thread that
 *	cancelled it
 * @interlock: the vCPU has released the machine check interlock
 * @watchdog: call papr_vm_watchdogs() soon, but not from here.  NULL: the guest
 *	has no watchdogs, and H_WATCHDOG answers H_FUNCTION
 * @uptime_ns: nanoseconds in which the guest could run; they never go back, and
 *	stand still while the program keeps it from running.  Called under a
 *	lock: it must not call the library.  NULL: CLOCK_MONOTONIC
 * @nvram_store: keep @len bytes of the NVRAM from @offset on; on return they
 *	must outlive the machine.  One call at a time, under a lock that the
 *	NVRAM's RTAS calls take.  0, or anything else and the guest is told of
 *	an error and finds what was there before.  NULL: they end with the VM
 * @sysparm_store: the guest has set a system parameter; on return its value
 *	must outlive the machine.  One call at a time, under a lock that the
 *	calls of these parameters take.  0, or anything else as above
 * @plug: make what papr_vm_plug() is asked for: the vCPUs of a core, to be
 *	attached, but those that were attached before; or let the host map the
 *	memory of an LMB, which is to be zero.  0 or a negative errno value.
 *	NULL: nothing can be plugged in
 * @connector: the guest has come further with a connector, or keeps what it was
 *	asked for.  If it is empty, its memory may go; vCPUs stay attached, as
 *	KVM lets none go, and never run again unless they are plugged in anew.
 *	This and @plug are called under a lock: no function for connectors may
 *	be called from them
 * @power_on_at: if the machine is off at that time of @clock_ns, the guest is
 *	to be started again.  0, or anything else and the guest is told of an
 *	error.  NULL: the guest cannot ask for it
 * @indicator: the guest has set one, to the state that LoPAR has for it
 * @suspend: the guest is ready to be stopped, moved or saved, with this vCPU
 *	the only one that is not asleep in H_JOIN or stopped; then it goes on.
 *	0; -ECANCELED, and the guest knows that nothing has happened; anything
 *	else, and it is told that it cannot be suspended.  NULL: the suspension
 *	is over at once
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
	void (*injected)(void *vmm, struct papr_vcpu *vcpu,
			 const struct papr_injected *injected);
	void (*interlock)(void *vmm, struct papr_vcpu *vcpu);
	void (*watchdog)(void *vmm);
	uint64_t (*uptime_ns)(void *vmm);
	int (*nvram_store)(void *vmm, size_t offset, const void *bytes,
			   size_t len);
	int (*sysparm_store)(void *vmm, uint32_t number, const void *value,
			     size_t len);
	int (*plug)(void *vmm, const struct papr_connector *connector);
	void (*connector)(void *vmm, const struct papr_connector *connector);
	int (*power_on_at)(void *vmm, uint64_t clock_ns);
	void (*indicator)(void *vmm, enum papr_indicator indicator,
			  uint32_t state);
	int (*suspend)(void *vmm, struct papr_vcpu *vcpu);
};

#ifdef __cplusplus
}
#endif
#endif
