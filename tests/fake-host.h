/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host in memory: the rules of Linux KVM without the machine.
 *
 *	struct fake_host *fake = fake_host_new(NULL, "power9");
 *	papr_vm_new(&config, fake_host_ops(), fake, ..., &vm, &error);
 *	papr_vm_seal(vm);
 *	cpu = fake_cpu_new(fake, papr_vcpu_id(vcpu));
 *	papr_vcpu_attach(vcpu, cpu);
 *	assert_true(fake_host_logged(fake, "set_smt 8"));
 *	talloc_free(fake);
 *
 * tests/contract.c holds it to what a real KVM does.  All functions may be
 * called from any thread.
 */
#ifndef TESTS_FAKE_HOST_H
#define TESTS_FAKE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include <papr/host.h>
#include <papr/vm.h>

struct fake_host;
struct fake_cpu;

/* The operations, in the order of struct papr_host_ops. */
enum fake_op {
	FAKE_DESCRIBE,
	FAKE_DESCRIBE_MMU,
	FAKE_ENABLE_HCALL,
	FAKE_SET_SMT,
	FAKE_ENABLE_NESTED,
	FAKE_SETUP_IRQS,
	FAKE_DEFINE_RTAS,
	FAKE_SETUP_HPT,
	FAKE_CONFIGURE_MMU,
	FAKE_IRQ_LINE,
	FAKE_ENABLE_FWNMI,
	FAKE_GET_REG,
	FAKE_UPDATE_REG,
	FAKE_GET_REGS,
	FAKE_SET_REGS,
	FAKE_RESET_CPU,
	FAKE_RESET_IRQS,
	FAKE_INTERRUPT,
	FAKE_TRAP,
	FAKE_OPEN_HPT,
	FAKE_READ_HPT,
	FAKE_WRITE_HPT,
	FAKE_GET_AREA,
	FAKE_SET_AREA,
	FAKE_MAKE_TCE,
	FAKE_USE_HPT,
	FAKE_DROP_IRQS,
	FAKE_GET_ICP,
	FAKE_SET_ICP,
	FAKE_GET_SOURCE,
	FAKE_SET_SOURCE,
	FAKE_GET_STATE,
	FAKE_SET_STATE,
	FAKE_SET_TIMEBASE,
	FAKE_LOG_DIRTY,
	FAKE_READ_DIRTY,
	FAKE_XIVE_SETUP,
	FAKE_XIVE_TARGET,
	FAKE_XIVE_SYNC,
	FAKE_XIVE_SYNC_ALL,
	FAKE_XIVE_FORGET,
	FAKE_XIVE_ESB,
	FAKE_XIVE_TRIGGER,
	FAKE_XIVE_SET_QUEUE,
	FAKE_XIVE_GET_QUEUE,
	FAKE_XIVE_GET_VP,
	FAKE_XIVE_SET_VP,
	FAKE_NAME_REGS,
	FAKE_DROP_TCE,
	FAKE_OPS,
};

/* A host of a model of papr_host_model(); fails the test if there is none. */
struct fake_host *fake_host_new(const void *owner, const char *model);

/* For papr_vm_new(), with the fake host as @host. */
const struct papr_host_ops *fake_host_ops(void);

/* What it says of itself; a test may change it before papr_vm_new(). */
struct papr_host *fake_host_info(struct fake_host *fake);

/*
 * Lets the @nth call of @op from now on fail with -@err and change nothing:
 * 1 is the next.  One such order is kept for each operation; 0 takes it back.
 */
void fake_host_fail(struct fake_host *fake, enum fake_op op, unsigned int nth,
		    int err);

/*
 * The calls so far, a line each, with those that failed:
 *
 *	enable_hcall 0x300 off
 *	set_smt 8
 *	enable_nested = -1
 *	setup_irqs 16: 0x1000 0x1001
 *	define_rtas ibm,set-xive 0x2001
 *	setup_hpt 24
 *	configure_mmu 0x3 0x800000001e00000c
 *	irq_line 0x1000 1
 *	cpu 8: enable_fwnmi
 *	cpu 8: update_reg LPCR 0x2000000 0x2000000
 *	cpu 8: set_regs
 *	cpu 8: wake
 *	cpu 8: reset
 *	reset_irqs
 *	cpu 8: interrupt 1
 *	cpu 8: hold on
 *	cpu 8: trap on
 *	cpu 8: set_area 0 0x10000 640
 *	make_tce 0x80000001
 *	drop_tce 0x80000001
 *	cpu 0: use_hpt 18
 *	drop_irqs
 *	cpu 8: set_icp 0xff000000ffff0000
 *	set_source 0x1000 0x500000000
 *	cpu 8: set_state
 *	set_timebase 0x1000
 *	xive_setup 9: 3 sources, 0x6010000000000 0x60302031a0000
 *	xive_target 0x1100 8 6 0x10
 *	xive_sync 0x1100
 *	xive_sync_all
 *	xive_forget
 *	xive_trigger 0x1100
 *	xive_set_queue 8 6 0x10000 16 1+0
 *	cpu 8: xive_set_vp 0xff000000 0
 *
 * describe, describe_mmu and all that get something change nothing and are
 * not logged.  The text lasts until the next call of the host.
 */
const char *fake_host_log(struct fake_host *fake);
void fake_host_clear_log(struct fake_host *fake);

/* Is there such a line; how many. */
bool fake_host_logged(struct fake_host *fake, const char *line);
unsigned int fake_host_count(struct fake_host *fake, const char *line);

/* Would the kernel answer the call itself now? */
bool fake_host_hcall_enabled(struct fake_host *fake, uint32_t number);

/* How often a source was raised, and whether it is up. */
unsigned int fake_host_raised(struct fake_host *fake, uint32_t irq);
bool fake_host_irq_level(struct fake_host *fake, uint32_t irq);

/* The entries of a hash guest's page table, to look and to prepare. */
struct papr_hpte *fake_host_hpt(struct fake_host *fake);

/* The table of a DMA window, which the kernel writes too; NULL: none. */
uint64_t *fake_host_tce(struct fake_host *fake, uint32_t liobn);

/* The guest writes into the page at @gpa: what read_dirty is to find. */
void fake_host_wrote(struct fake_host *fake, uint64_t gpa);

/* As KVM_CREATE_VCPU; lives as long as its host.  Set SMT before. */
struct fake_cpu *fake_cpu_new(struct fake_host *fake, uint32_t id);

/* A register past all rules, to look and to prepare. */
uint64_t fake_cpu_reg(struct fake_cpu *cpu, enum papr_reg reg);
void fake_cpu_set_reg(struct fake_cpu *cpu, enum papr_reg reg,
		      uint64_t value);

/* What makes a CPU leave the guest. */
#define FAKE_TRAP_WORD 0x00dddd00u

/* Those of get_regs and set_regs, to look and to prepare. */
struct papr_regs *fake_cpu_regs(struct fake_cpu *cpu);

/*
 * An entry of the table that a vCPU of KVM-PR uses, as the vCPU knows it: one
 * that is valid it keeps as it was when it first looked.
 */
struct papr_hpte fake_cpu_entry(struct fake_cpu *cpu, uint64_t index);

/* Is its external interrupt up? */
bool fake_cpu_raised(struct fake_cpu *cpu);

#endif
