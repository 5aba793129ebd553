/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM from the inside; only spapr/kvm*.c include <linux/kvm.h>.
 *
 * A vCPU's registers can be read and set only while its thread is not in
 * KVM_RUN.  kvm_cpu_hold() sees to that from any thread: while it lasts the
 * vCPU does not enter the guest.  A thread that answers a call of its guest
 * is not in KVM_RUN, and holds one vCPU at a time, so that two vCPUs may
 * change each other at once.  Only spapr/traps.c holds all, in one thread at a
 * time: whom that waits for waits for nobody.
 */
#ifndef SPAPR_KVM_H
#define SPAPR_KVM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <linux/kvm.h>

#include <papr/kvm.h>
#include <papr/vm.h>
#include <papr/xive.h>

struct kvm_fresh;
struct kvm_slot;
struct kvm_tce;
struct kvm_xive;

struct kvm_cpu {
	struct papr_kvm *kvm;
	struct papr_vcpu *vcpu;
	struct kvm_cpu *next;
	int fd;
	struct kvm_run *run;
	struct kvm_fresh *fresh;	/* its registers, before it ran */

	pthread_mutex_t lock;		/* of what follows; taken last */
	pthread_cond_t changed;
	pthread_t thread;		/* while in_kernel */
	bool in_kernel;
	bool held;
	bool kicked;
	bool raised;			/* its external interrupt is up */
	_Atomic bool woken;		/* ask papr_vcpu_take_interrupt() */
	bool later;			/* ... soon; the thread's own */
	uint32_t tick_seed;		/* likewise */
	unsigned int holders;		/* who hold it or wait to */
};

struct papr_kvm {
	int kvm_fd;
	int vm_fd;
	int irqs_fd;			/* -1: no interrupt controller */
	int hpt_fd;			/* -1: the page table is the kernel's */
	struct kvm_tce *tces;		/* tables of DMA windows */
	struct papr_host info;

	/* What the interrupt controller was made for. */
	uint32_t servers;
	uint32_t *irqs;
	size_t n_irqs;
	struct kvm_xive *xive;		/* NULL: it is a XICS */

	pthread_mutex_t slots_lock;	/* of these two; taken last */
	struct kvm_slot *slots;
	bool logs_dirty;

	pthread_mutex_t lock;		/* of what follows */
	struct kvm_cpu *cpus;
	uint64_t tb_offset;		/* of them, and of those that come */
	bool traps_tried;
	int traps_error;		/* why there are no breakpoints, or 0 */
};

/* ioctl(), but returns a negative errno value. */
int kvm_ioctl(int fd, unsigned long request, void *arg);

/* KVM_ENABLE_CAP with up to two arguments. */
int kvm_enable_cap(int fd, uint32_t cap, uint64_t arg0, uint64_t arg1);

int kvm_get_one_reg(int fd, uint64_t id, void *value);
int kvm_set_one_reg(int fd, uint64_t id, void *value);

/* A vCPU's registers that are not read one by one. */
int kvm_get_structures(int fd, struct kvm_regs *regs, struct kvm_sregs *sregs);

/* Keeps a vCPU out of the guest, and lets it in again. */
void kvm_cpu_hold(struct kvm_cpu *cpu);
void kvm_cpu_release(struct kvm_cpu *cpu);

/* KVM_RUN for any vCPU, with this thread's own registers kept. */
int kvm_run_guarded(int cpu_fd);

/*
 * One KVM_RUN.  True if it came out by itself, and @r is its result; else @r
 * is an enum papr_run.
 */
bool kvm_cpu_run(struct kvm_cpu *cpu, int *r);

/*
 * The next KVM_RUN writes the results of a hypercall into registers: lets one
 * that does not enter the guest do that now.  While the vCPU is held.
 */
int kvm_cpu_finish_call(struct kvm_cpu *cpu);

/*
 * Takes interrupts, and sleeps while it must not run.  Returns
 * PAPR_RUN_AGAIN, PAPR_RUN_INTERRUPTED or an error.
 */
int kvm_cpu_interrupt(struct kvm_cpu *cpu);

/*
 * The vCPU sleeps in H_CEDE or H_JOIN until it is to run, or must take
 * interrupts, PAPR_RUN_AGAIN; or for now only, PAPR_RUN_INTERRUPTED.
 */
int kvm_cpu_rest(struct kvm_cpu *cpu);

/* The guest's time base. */
int kvm_cpu_timebase(const struct kvm_cpu *cpu, uint64_t *value);

/* A new vCPU gets that of a partition that was loaded. */
int kvm_cpu_take_timebase(const struct kvm_cpu *cpu);

/* Operations of papr_host_ops that act on a vCPU. */
int kvm_cpu_enable_fwnmi(void *cpu);
int kvm_cpu_get_reg(void *cpu, enum papr_reg reg, uint64_t *value);
int kvm_cpu_update_reg(void *cpu, enum papr_reg reg, uint64_t mask,
		       uint64_t value);
int kvm_cpu_get_area(void *cpu, enum papr_area area, uint64_t *gpa);
int kvm_cpu_set_area(void *cpu, enum papr_area area, uint64_t gpa,
		     uint32_t len);
int kvm_cpu_get_regs(void *cpu, struct papr_regs *regs);
int kvm_cpu_set_regs(void *cpu, const struct papr_regs *regs);
void kvm_cpu_wake(void *cpu);
int kvm_cpu_trap(void *cpu, bool enable, uint32_t *word);
int kvm_cpu_reset(void *cpu);

/* Registers that KVM_SET_REGS leaves alone; the first three are the areas. */
extern const uint64_t kvm_reset_ids[];
extern const size_t kvm_reset_ids_n;

/* Operations that save and load. */
int kvm_cpu_get_state(void *cpu, struct papr_saved_reg *regs, size_t n);
int kvm_cpu_set_state(void *cpu, const struct papr_saved_reg *regs, size_t n,
		      uint64_t *culprit);
int kvm_set_timebase(void *host, uint64_t tb);

/* Memory slots, and what has changed in them. */
int kvm_log_dirty(void *host, bool on);
int kvm_read_dirty(void *host, uint64_t gpa, uint64_t len, uint64_t *bitmap);
void kvm_memory_free(struct papr_kvm *kvm);

/* How long the decrementer of the host's processors is; 0 if it is not told. */
int kvm_probe_dec_bits(void *host);

/* All that a guest can see of a vCPU, for its dump. */
int kvm_cpu_name_regs(void *cpu, struct papr_named_reg *regs, size_t n);

/* Operations on the interrupt controller. */
int kvm_irqs_setup(void *host, uint32_t servers, const uint32_t *irqs,
		   size_t n);
int kvm_irqs_reset(void *host);
int kvm_irqs_line(void *host, uint32_t irq, bool level);
int kvm_irqs_drop(void *host);
int kvm_irqs_make(struct papr_kvm *kvm);
int kvm_cpu_get_icp(void *cpu, uint64_t *state);
int kvm_cpu_set_icp(void *cpu, uint64_t state);
int kvm_irqs_get_source(void *host, uint32_t irq, uint64_t *state);
int kvm_irqs_set_source(void *host, uint32_t irq, uint64_t state);

/* Numbers of servers for a controller, if its attribute @id is there. */
int kvm_irqs_set_servers(int fd, uint32_t group, uint64_t id,
			 uint32_t servers);

/*
 * The native mode of a XIVE: makes one as kvm->xive says, without vCPUs; takes
 * its pages from the guest, which finds others there after the next is made;
 * ends its memory slots.
 */
extern const struct papr_xive_ops kvm_xive_ops;
int kvm_xive_make(struct papr_kvm *kvm);
void kvm_xive_unmap(struct papr_kvm *kvm);
void kvm_xive_free(struct papr_kvm *kvm);

/* Operations on the page table. */
int kvm_hpt_open(void *host);
int kvm_hpt_read(void *host, uint64_t index, struct papr_hpte *entry,
		 uint32_t n);
int kvm_hpt_write(void *host, uint64_t index, const struct papr_hpte *entry);

/* The page table that KVM-PR uses. */
int kvm_cpu_use_hpt(void *cpu, void *table, uint32_t order);

/* Tables of DMA windows; the second closes all of them. */
int kvm_tce_make(void *host, uint32_t liobn, uint32_t page_shift, uint64_t bus,
		 uint64_t pages, uint64_t **table);
void kvm_tce_drop(void *host, uint32_t liobn);
void kvm_tce_free(struct papr_kvm *kvm);

/* Notes down the registers of a new vCPU, for kvm_cpu_reset(). */
int kvm_cpu_remember(struct kvm_cpu *cpu);

/* Makes a vCPU one of those that the interrupt controller serves. */
int kvm_cpu_connect(const struct kvm_cpu *cpu);

/*
 * Takes a vCPU that is not in the guest for good: nothing is asked of its
 * thread any more.  False if it is in the guest.
 */
bool kvm_cpu_forget(struct kvm_cpu *cpu);
int kvm_cpu_raise(void *cpu, bool raise);

void kvm_cpu_free(struct kvm_cpu *cpu);

#endif
