/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: the registers of a vCPU by the names that LoPAR has for them,
 * appendix "Firmware Assisted Dump Data Format".
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spapr/kvm.h"
#include "spapr/util.h"

/* Of up to 64 bits; those that KVM or the processor has not are left out. */
static const struct {
	char name[9];
	uint64_t id;
} registers[] = {
	{ "ACOP", KVM_REG_PPC_ACOP }, { "AMR", KVM_REG_PPC_AMR },
	{ "BESCR", KVM_REG_PPC_BESCR }, { "CIABR", KVM_REG_PPC_CIABR },
	{ "DABR", KVM_REG_PPC_DABR }, { "DABRX", KVM_REG_PPC_DABRX },
	{ "DAR", KVM_REG_PPC_DAR }, { "DAWR0", KVM_REG_PPC_DAWR },
	{ "DAWRX0", KVM_REG_PPC_DAWRX }, { "DPDES", KVM_REG_PPC_DPDES },
	{ "DSCR", KVM_REG_PPC_DSCR }, { "DSISR", KVM_REG_PPC_DSISR },
	{ "EBBHR", KVM_REG_PPC_EBBHR }, { "EBBRR", KVM_REG_PPC_EBBRR },
	{ "FPSCR", KVM_REG_PPC_FPSCR }, { "FSCR", KVM_REG_PPC_FSCR },
	{ "IAMR", KVM_REG_PPC_IAMR }, { "IC", KVM_REG_PPC_IC },
	{ "MMCR0", KVM_REG_PPC_MMCR0 }, { "MMCR1", KVM_REG_PPC_MMCR1 },
	{ "MMCR2", KVM_REG_PPC_MMCR2 }, { "MMCRA", KVM_REG_PPC_MMCRA },
	{ "PMC1", KVM_REG_PPC_PMC1 }, { "PMC2", KVM_REG_PPC_PMC2 },
	{ "PMC3", KVM_REG_PPC_PMC3 }, { "PMC4", KVM_REG_PPC_PMC4 },
	{ "PMC5", KVM_REG_PPC_PMC5 }, { "PMC6", KVM_REG_PPC_PMC6 },
	{ "PSPB", KVM_REG_PPC_PSPB }, { "PURR", KVM_REG_PPC_PURR },
	{ "SDAR", KVM_REG_PPC_SDAR }, { "SIAR", KVM_REG_PPC_SIAR },
	{ "SPURR", KVM_REG_PPC_SPURR }, { "TAR", KVM_REG_PPC_TAR },
	{ "TEXASR", KVM_REG_PPC_TEXASR }, { "TFHAR", KVM_REG_PPC_TFHAR },
	{ "TFIAR", KVM_REG_PPC_TFIAR }, { "UAMOR", KVM_REG_PPC_UAMOR },
	{ "VRSAVE", KVM_REG_PPC_VRSAVE }, { "VSCR", KVM_REG_PPC_VSCR },
	{ "VTB", KVM_REG_PPC_VTB }, { "WORT", KVM_REG_PPC_WORT },
};

struct list {
	struct papr_named_reg *reg;
	size_t n, room;
};

static void add(struct list *list, const char *name, uint64_t value)
{
	if (list->n < list->room) {
		struct papr_named_reg *reg = &list->reg[list->n];

		memset(reg->name, 0, sizeof(reg->name));
		memcpy(reg->name, name, strnlen(name, sizeof(reg->name)));
		reg->value = value;
	}
	list->n++;
}

/* "GPR00" and so on. */
static void add_row(struct list *list, const char *kind, unsigned int i,
		    const char *half, uint64_t value)
{
	char name[16];

	snprintf(name, sizeof(name), "%s%02u%s", kind, i % 100, half);
	add(list, name, value);
}

static int add_general(struct list *list, const struct kvm_cpu *cpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	int r = kvm_get_structures(cpu->fd, &regs, &sregs);

	if (r)
		return r;
	for (unsigned int i = 0; i < ARRAY_SIZE(regs.gpr); i++)
		add_row(list, "GPR", i, "", regs.gpr[i]);
	add(list, "CR", regs.cr);
	add(list, "CTR", regs.ctr);
	add(list, "LR", regs.lr);
	add(list, "MSR", regs.msr);
	add(list, "NIA", regs.pc);
	add(list, "PID", regs.pid);
	add(list, "PVR", sregs.pvr);
	add(list, "SPRG0", regs.sprg0);
	add(list, "SPRG1", regs.sprg1);
	add(list, "SPRG2", regs.sprg2);
	add(list, "SPRG3", regs.sprg3);
	add(list, "SRR0", regs.srr0);
	add(list, "SRR1", regs.srr1);
	add(list, "XER", regs.xer);
	return 0;
}

static void add_special(struct list *list, const struct kvm_cpu *cpu)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		uint64_t id = registers[i].id, value;
		uint32_t word;
		bool is_word = (id & KVM_REG_SIZE_MASK) == KVM_REG_SIZE_U32;
		int r = kvm_get_one_reg(cpu->fd, id,
					is_word ? (void *)&word : &value);

		if (r >= 0)
			add(list, registers[i].name, is_word ? word : value);
	}
}

/* Which of two words in the host's byte order is the high one. */
#define HIGH (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

/* The first of the two words of a VSR is the floating-point register. */
static void add_vectors(struct list *list, const struct kvm_cpu *cpu)
{
	uint64_t word[2];

	for (unsigned int i = 0; i < 32; i++)
		if (kvm_get_one_reg(cpu->fd, KVM_REG_PPC_VSR(i), word) >= 0 ||
		    kvm_get_one_reg(cpu->fd, KVM_REG_PPC_FPR(i), word) >= 0)
			add_row(list, "FPR", i, "", word[0]);
	for (unsigned int i = 0; i < 32; i++)
		if (kvm_get_one_reg(cpu->fd, KVM_REG_PPC_VR(i), word) >= 0) {
			add_row(list, "VR", i, "_HI", word[HIGH]);
			add_row(list, "VR", i, "_LO", word[!HIGH]);
		}
	for (unsigned int i = 0; i < 32; i++)
		if (kvm_get_one_reg(cpu->fd, KVM_REG_PPC_VSR(i), word) >= 0) {
			add_row(list, "VSR", i, "_HI", word[0]);
			add_row(list, "VSR", i, "_LO", word[1]);
		}
}

int kvm_cpu_name_regs(void *arg, struct papr_named_reg *regs, size_t n)
{
	struct list list = { .reg = regs, .room = n };
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = kvm_cpu_finish_call(cpu);
	if (!r)
		r = add_general(&list, cpu);
	if (!r) {
		add_special(&list, cpu);
		add_vectors(&list, cpu);
	}
	kvm_cpu_release(cpu);
	if (r)
		return r;
	return list.n <= list.room ? (int)list.n : -ENOSPC;
}
