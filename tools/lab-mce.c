/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "tools/lab-mce.h"

#define MSR_HV	(1ull << 60)
#define MSR_EE	(1ull << 15)
#define MSR_PR	(1ull << 14)
#define MSR_ME	(1ull << 12)
#define MSR_IR	(1ull << 5)
#define MSR_DR	(1ull << 4)
#define MSR_RI	(1ull << 1)

#define VECTOR	0x200

/* QEMU 7.2 gives no special registers of the others. */
#define FIRST_CPU 1

/* The bits of SRR1 that are a cause, not a copy of the MSR. */
#define SRR1_CAUSE 0x083c0000ull

/* Where the interrupt comes with the MMU off, and with it on. */
static const uint64_t hypervisor_decrementer[] = {
	0x980, 0xc000000000004980
};

static int set_armed(struct lab_mce *mce, bool armed)
{
	if (mce->armed == armed)
		return 0;
	mce->armed = armed;
	for (size_t i = 0; i < 2; i++)
		if (lab_gdb_set_break(&mce->gdb, hypervisor_decrementer[i],
				      armed))
			return -1;
	return 0;
}

static int get(struct lab_mce *mce, const enum lab_gdb_register *regs,
	       size_t n, uint64_t *values)
{
	for (size_t i = 0; i < n; i++)
		if (lab_gdb_get(&mce->gdb, regs[i], &values[i]))
			return -1;
	return 0;
}

struct setting {
	enum lab_gdb_register reg;
	uint64_t value;
};

static int put(struct lab_mce *mce, const struct setting *settings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lab_gdb_put(&mce->gdb, settings[i].reg, settings[i].value))
			return -1;
	return 0;
}

/* The vCPU's registers are what the processor leaves behind. */
static int make_machine_check(struct lab_mce *mce, uint64_t msr, uint64_t pc,
			      uint64_t guest_msr)
{
	const struct setting state[] = {
		{ LAB_GDB_srr0, pc },
		{ LAB_GDB_srr1, (guest_msr & ~SRR1_CAUSE) | mce->srr1 },
		{ LAB_GDB_dsisr, mce->dsisr },
		{ LAB_GDB_dar, mce->dar },
		{ LAB_GDB_msr, msr & ~(MSR_EE | MSR_PR | MSR_ME | MSR_IR |
				       MSR_DR | MSR_RI) },
		{ LAB_GDB_pc, VECTOR },
	};

	if (put(mce, state, sizeof(state) / sizeof(state[0])) ||
	    set_armed(mce, false))
		return -1;
	mce->done++;
	return lab_gdb_go(&mce->gdb);
}

/* What is not the machine check that was asked for goes on as it was. */
static int pass(struct lab_mce *mce, unsigned int cpu)
{
	if (lab_gdb_step(&mce->gdb, cpu))
		return -1;
	return lab_gdb_go(&mce->gdb);
}

static int interrupted(struct lab_mce *mce, unsigned int cpu, uint64_t msr)
{
	static const enum lab_gdb_register regs[] = {
		LAB_GDB_hsrr0, LAB_GDB_hsrr1
	};
	uint64_t from[2];

	if (!mce->armed || cpu != FIRST_CPU || !(msr & MSR_HV))
		return pass(mce, cpu);
	if (get(mce, regs, 2, from))
		return -1;
	if (from[1] & MSR_HV || (from[1] & mce->msr_mask) != mce->msr)
		return pass(mce, cpu);
	return make_machine_check(mce, msr, from[0], from[1]);
}

static int arm(struct lab_mce *mce)
{
	static const enum lab_gdb_register regs[] = {
		LAB_GDB_r4, LAB_GDB_r5, LAB_GDB_r6, LAB_GDB_r7, LAB_GDB_r8
	};
	uint64_t values[5];

	if (get(mce, regs, 5, values))
		return -1;
	mce->srr1 = values[0] & SRR1_CAUSE;
	mce->dsisr = values[1];
	mce->dar = values[2];
	mce->msr_mask = values[3];
	mce->msr = values[4];
	return set_armed(mce, true);
}

/* A program in the lab calls; a guest's program has MSR[HV] 0. */
static int called(struct lab_mce *mce, unsigned int cpu, uint64_t msr)
{
	static const enum lab_gdb_register regs[] = { LAB_GDB_r3, LAB_GDB_lr };
	uint64_t values[2];
	int err = 0;

	if (!(msr & MSR_HV))
		return pass(mce, cpu);
	if (get(mce, regs, 2, values))
		return -1;
	if (values[0] == LAB_MCE_ARM)
		err = arm(mce);
	else if (values[0] == LAB_MCE_CANCEL)
		err = set_armed(mce, false);
	if (err || put(mce, (struct setting[]){ { LAB_GDB_r3, mce->done },
						{ LAB_GDB_pc, values[1] } }, 2))
		return -1;
	return lab_gdb_go(&mce->gdb);
}

/*
 * Two CPUs may get to their breakpoints at once. Both then stop, one of them
 * is reported, and the other gets there again, or is reported late.
 */
static int stopped(struct lab_mce *mce)
{
	static const enum lab_gdb_register regs[] = {
		LAB_GDB_pc, LAB_GDB_msr
	};
	uint64_t values[2];
	unsigned int cpu;

	if (lab_gdb_wait(&mce->gdb, &cpu) || lab_gdb_select(&mce->gdb, cpu) ||
	    get(mce, regs, 2, values))
		return -1;
	if (values[0] == LAB_MCE_CALL)
		return called(mce, cpu, values[1]);
	if (values[0] == hypervisor_decrementer[0] ||
	    values[0] == hypervisor_decrementer[1])
		return interrupted(mce, cpu, values[1]);
	return lab_gdb_go(&mce->gdb);
}

int lab_mce_stopped(struct lab_mce *mce)
{
	do
		if (stopped(mce))
			return -1;
	while (lab_gdb_has_more(&mce->gdb));
	return 0;
}

int lab_mce_open(struct lab_mce *mce, int fd)
{
	memset(mce, 0, sizeof(*mce));
	if (lab_gdb_open(&mce->gdb, fd) ||
	    lab_gdb_set_break(&mce->gdb, LAB_MCE_CALL, true))
		return -1;
	if (lab_gdb_go(&mce->gdb))
		return -1;
	return lab_gdb_has_more(&mce->gdb) ? lab_mce_stopped(mce) : 0;
}
