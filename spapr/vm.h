/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partition from the inside.
 *
 * Locks: none on the call path but those of struct xics, of the page table, of
 * the watchdogs, of events, of VIO devices with their interrupts, of DMA
 * windows, which is read, of NVRAM, of system parameters, of connectors, of
 * kernel dumps and of firmware, in their calls, of the process table, and of
 * H_JOIN.  What else handlers share is either fixed once the VM is sealed or
 * atomic; each says so.  Routes are read through an atomic pointer: routing.h.
 * Injections have a lock, which is taken on the call path only while one of the
 * vCPU's waits for a call.
 */
#ifndef SPAPR_VM_H
#define SPAPR_VM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <papr/elog.h>
#include <papr/fwnmi.h>
#include <papr/host.h>
#include <papr/pci.h>
#include <papr/vio.h>
#include <papr/vm.h>
#include <papr/xive.h>

#include "hcalls/catalogue.h"
#include "hcalls/vasi.h"
#include "rtas/catalogue.h"
#include "rtas/sysparm.h"
#include "rtas/vpd.h"
#include "spapr/call-stats.h"
#include "spapr/choice.h"
#include "spapr/dirty.h"
#include "spapr/drc.h"
#include "spapr/firmware.h"
#include "spapr/kernel-dump.h"
#include "spapr/numa.h"
#include "spapr/prods.h"
#include "spapr/ram.h"
#include "spapr/tce.h"
#include "spapr/traps.h"
#include "spapr/xics.h"

/*
 * Answers a hypercall.  @args points to r4..r12 as the guest passed them, a
 * copy, to be read through the call's struct H_..._in; @rets to the registers
 * that go back, for its struct H_..._out: what is not written there the guest
 * keeps.  Returns what r3 becomes.
 */
typedef int64_t hcall_fn(struct papr_vcpu *vcpu, const void *args, void *rets);

/*
 * In place of an answer: somebody else has the state that the call is about.
 * The guest makes the call once more and finds who has it.
 */
#define HCALL_AGAIN INT64_MIN
#define RTAS_AGAIN INT32_MIN

struct hcall_impl {
	uint32_t number;
	hcall_fn *fn;
};

/*
 * Answers an RTAS call.  @args is the call's struct RTAS_..._in, optional
 * cells that were left out are zero; @rets its struct RTAS_..._out.  Returns
 * the status word.
 */
typedef int32_t rtas_fn(struct papr_vcpu *vcpu, const void *args, void *rets);

struct rtas_impl {
	uint32_t token;
	rtas_fn *fn;
};

/* Only the vCPU's own thread counts: see count_one(). */
struct rtas_stats {
	_Atomic uint64_t calls;
	_Atomic uint64_t errors;
};

struct hcall_stats {
	_Atomic uint64_t calls;
	_Atomic uint64_t errors;
};

#define UNKNOWN_HCALLS 16

/* What waits for a vCPU, bits of struct nmi_state.pending. */
#define NMI_CHECK	1u	/* the host took a machine check of it */
#define NMI_RESET	2u	/* somebody resets it */
#define NMI_INJECTED	4u	/* its injection is due */
#define NMI_AT_HCALL	8u	/* its injection waits for a hypercall */
#define NMI_CHECKSTOP	16u	/* it runs no more */
#define NMI_AT_PC	32u	/* its injection waits for a breakpoint */
#define NMI_TRAPPED	64u	/* it has come to one */
#define NMI_PASSES	128u	/* it passes over one */
#define NMI_AGAIN	256u	/* it makes its last call once more */

/* A machine check that is to come: fwnmi/trigger.c; papr_vm.inject_lock. */
struct injection {
	uint64_t id;			/* 0: there is none */
	bool taken;			/* its vCPU's thread delivers it now */
	struct papr_mc_info info;
	enum papr_context context;
	uint64_t hcall;			/* 0: any */
	uint64_t count;			/* until it is due */
	uint64_t first, last;		/* real addresses */
	uint64_t pc, msr;		/* once taken: of the guest */
};

/* On the way to the guest: fwnmi/deliver.c. */
struct nmi_state {
	_Atomic uint32_t pending;
	_Atomic bool waits;		/* for another's nmi-interlock */

	struct injection injection;

	/* Of its own thread. */
	struct papr_mc_info check;
	uint64_t srr1, dar;
	uint32_t dsisr;
	bool again;			/* it came while it was put off */
	uint32_t reset_tries;
};

/* What a watchdog does, in the numbers of H_WATCHDOG. */
enum watchdog_action {
	WATCHDOG_POWER_OFF = 1,
	WATCHDOG_RESTART = 2,
	WATCHDOG_DUMP = 3,
};

#define WATCHDOGS 4

struct watchdog {
	bool runs;
	bool leaves_others;		/* when it bites, others run on */
	enum watchdog_action action;
	uint64_t due_ns;		/* of the program's uptime_ns */
};

/* Under its lock only uptime_ns is called. */
struct watchdogs {
	pthread_mutex_t lock;
	struct watchdog dog[WATCHDOGS];
	uint64_t told_ns;		/* when the program will ask */
};

#define VIO_DEVICES (PAPR_VIO_DEVICES + 1)

struct event_queue;
struct routing;

/* What people see of the partition. */
enum lamp { LAMP_FAULT, LAMP_IDENTIFY, LAMPS };

struct papr_vcpu {
	struct papr_vm *vm;
	uint32_t index;
	uint32_t id;
	void *host;

	_Atomic int state;		/* enum papr_cpu_state */
	_Atomic int rest;		/* whether it sleeps: spapr/rest.h */
	struct papr_entry entry;	/* while STARTING */
	struct nmi_state nmi;
	struct traps traps;

	_Atomic(struct routing *) routing;	/* of the call it is in */
	struct hcall_stats hcalls[HCALL_ROWS][PAPR_EFFECTIVE_NOBODY + 1];
	_Atomic uint64_t on_purpose[HCALL_ROWS];
	struct rtas_stats rtas[RTAS_ROWS];
	uint32_t rtas_nrets;		/* of the RTAS call it is in */
	_Atomic uint64_t unknown_nr[UNKNOWN_HCALLS];
	_Atomic uint64_t unknown_count[UNKNOWN_HCALLS + 1];
	struct vcpu_stats stats;	/* last: it ends with a gap */
};

#define NMI_UNREGISTERED UINT64_MAX
#define NMI_FREE (-1)

enum vm_stage { VM_SETUP, VM_SEALED, VM_FAILED };

struct papr_vm {
	struct papr_vm_config config;
	struct papr_host info;
	struct papr_host_ops host_ops;
	struct papr_xive_ops xive_ops;	/* all NULL: there are none */
	void *host;
	struct papr_vmm_ops vmm_ops;
	void *vmm;

	/* Fixed once sealed. */
	enum vm_stage stage;
	enum papr_mmu mmu;		/* these two until the client ... */
	enum papr_interrupts interrupts;	/* ... chooses: choice.h */
	struct client_choice choice;
	uint32_t vsmt;
	bool nested_hv;
	bool fwnmi;
	uint32_t dec_bits;		/* 0: it is not large */
	bool gtse;			/* of a radix guest: it may use tlbie */
	uint32_t hpt_order;		/* also of one that may be chosen */
	_Atomic uint64_t *hpt_table;	/* big-endian; NULL: it is the host's */
	struct papr_host_mmu host_mmu;
	struct ram_region ram[RAM_REGIONS];
	size_t n_ram;
	struct drcs drcs;		/* has a lock of its own */
	size_t n_tce;			/* of papr_vm_add_tce() */
	struct papr_vio *vio[VIO_DEVICES];	/* the first: the terminal */
	size_t n_vio;
	struct papr_vcpu **vcpus;
	uint32_t n_vcpus;
	struct numa numa;
	struct xics *xics;		/* NULL: interrupts are never here */
	struct xive *xive;		/* NULL: it is never a XIVE */
	size_t nvram_size;
	struct event_queue *events;
	struct papr_pci_ops pci_ops;	/* all NULL: there is no bus */
	void *pci;
	struct vpd *vpd;
	size_t n_vpd;

	/* Changed while vCPUs run, under routes_lock: live.c. */
	struct papr_policy *policy;	/* a talloc context of its own */
	struct papr_route_report routes[HCALL_ROWS];
	bool rtas_in_kernel[RTAS_ROWS];
	bool hpt_open;			/* the host has opened its table */
	struct routing *retired;	/* tables that a vCPU may still hold */
	pthread_mutex_t routes_lock;

	/* Shared by running vCPUs. */
	_Atomic(struct routing *) routing;	/* the table: routing.h */
	_Atomic uint64_t lpcr_mask;	/* bits the guest has chosen ... */
	_Atomic uint64_t lpcr_value;	/* ... and their values */
	_Atomic int64_t clock_offset_ns;
	uint64_t loaded_tb;		/* the guest's time base, in a load */
	_Atomic uint64_t rtas_base;	/* config's, or where firmware put it */
	_Atomic uint64_t nmi_system_reset;	/* or NMI_UNREGISTERED */
	_Atomic uint64_t nmi_machine_check;
	_Atomic int64_t nmi_holder;	/* vCPU index, or NMI_FREE */
	_Atomic uint32_t nmi_log_id;	/* of the last log */
	_Atomic uint32_t last_error;	/* token of the call it is of, or 0 */
	_Atomic uint32_t lamps[LAMPS];	/* rtas/indicator.c; over a reset */
	_Atomic uint32_t errinjct_open;	/* the open token, or 0 */
	_Atomic uint32_t errinjct_opens;	/* how many there were */

	pthread_mutex_t irqs_lock;	/* who has the interrupts: irqs.h */
	pthread_mutex_t hpt_lock;	/* of the page table: spapr/hpt.h */
	struct watchdogs watchdogs;
	pthread_mutex_t join_lock;	/* H_JOIN: who is the last; of vasi */
	struct vasi vasi;
	struct prods prods;		/* under join_lock */

	pthread_mutex_t mmu_lock;	/* of the two, and of what is told */
	uint64_t mmu_flags;		/* of the process table that the host */
	uint64_t mmu_table;		/* was told of; 0: none yet */

	struct tce_window tce[TCE_WINDOWS];	/* under tce_locks: tce.h */
	size_t tce_slots;		/* none beyond has a window */
	struct tce_locks tce_locks;

	struct firmware firmware;
	struct dirty dirty;
	struct kernel_dump dump;	/* has a lock of its own */

	pthread_mutex_t nvram_lock;	/* the program is called under it */
	uint8_t *nvram;			/* twice its size; NULL: none */

	pthread_mutex_t sysparm_lock;	/* the program is called under it */
	struct sysparm sysparm[SYSPARMS];

	/*
	 * Of what follows, and every vCPU's injection and traps.  Taken before
	 * those of the host; of the program only dirty is called under it.
	 */
	pthread_mutex_t inject_lock;
	uint64_t inject_id;		/* of the last one */
	uint32_t n_traps;		/* vCPUs that have some */
	uint32_t trap_word;		/* what the host wants them to be */
	bool traps_planted;
	_Atomic bool traps_used;	/* once there were some */

	struct papr_error error;
};

/* LPCR bits that H_SET_MODE owns. */
#define LPCR_AIL	0x0000000001800000ull
#define LPCR_AIL_SHIFT	23
#define LPCR_ILE	0x0000000002000000ull
/* The large decrementer's. */
#define LPCR_LD		0x0000000000020000ull

/* The vCPU with a server number, or NULL. */
struct papr_vcpu *vm_vcpu_by_id(struct papr_vm *vm, uint64_t id);

/*
 * Takes a stopped vCPU away, so that nobody can start or find it, or brings it
 * back; false if it is neither.
 */
bool vcpu_set_absent(struct papr_vcpu *vcpu, bool absent);

/* One that was there before is as one that is attached; it is absent. */
int vcpu_renew(struct papr_vcpu *vcpu, struct papr_error *error);

/* Writes the RTAS area. */
int vm_place_rtas(struct papr_vm *vm, struct papr_error *error);

/* The host for this VM's routes: what was not switched on it does not have. */
struct papr_host vm_host_granted(const struct papr_vm *vm);

/* Changes LPCR bits of all vCPUs, of those attached later too. */
int vm_update_lpcr(struct papr_vm *vm, uint64_t mask, uint64_t value);

/*
 * Keeps all vCPUs out of the guest, or lets them go; the host has "hold".
 * Whoever holds more than one does it so: in one order, two of them do not
 * wait for each other.
 */
void vm_hold_all(struct papr_vm *vm, bool hold);

/* Raises and lowers an interrupt source, an edge; any thread. */
int vm_pulse(struct papr_vm *vm, uint32_t irq);

/* The program's clock, or the host's. */
int64_t vm_clock_ns(struct papr_vm *vm);

/* Tells the program of a call, and the user too if the policy wants that. */
void vm_trace(struct papr_vm *vm, const struct papr_trace *trace, bool logged);

/* A line for the user, through the program. */
void vm_log(struct papr_vm *vm, enum papr_log level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
