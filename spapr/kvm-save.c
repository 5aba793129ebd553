/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: the registers of a vCPU that is saved.
 *
 * Their numbers in a file are KVM's, which never change; those that KVM hands
 * out in structures have numbers of our own.  KVM gives up to 128 bits in the
 * host's byte order: a number, or two of 64 bits.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "spapr/kvm.h"
#include "spapr/util.h"

/* What KVM's numbers never begin with. */
#define OUR_REGS	0xf100000000000000ull	/* words of struct kvm_regs */
#define OUR_SLB		0xf200000000000000ull	/* words of the SLB */
#define OUR_PLACE	0xff00000000000000ull

#define REGS_WORDS	(sizeof(struct kvm_regs) / 8)
#define SLB_WORDS	128
#define SLB_VALID	0x0000000008000000ull

_Static_assert(sizeof(struct kvm_regs) % 8 == 0, "a register is no word");

/* The areas are first: KVM wants the VPA before the others. */
static const uint64_t areas[] = {
	KVM_REG_PPC_VPA_ADDR, KVM_REG_PPC_VPA_SLB, KVM_REG_PPC_VPA_DTL,
};

/* A new vCPU has these as it should, and a reset need not change them. */
static const uint64_t more[] = {
	KVM_REG_PPC_DEC_EXPIRY, KVM_REG_PPC_TM_CR, KVM_REG_PPC_TM_LR,
	KVM_REG_PPC_TM_CTR, KVM_REG_PPC_TM_FPSCR, KVM_REG_PPC_TM_AMR,
	KVM_REG_PPC_TM_PPR, KVM_REG_PPC_TM_VRSAVE, KVM_REG_PPC_TM_VSCR,
	KVM_REG_PPC_TM_DSCR, KVM_REG_PPC_TM_TAR, KVM_REG_PPC_TM_XER,
};

/* Many of a kind. */
static const struct {
	uint64_t first;
	uint32_t n;
} rows[] = {
	{ KVM_REG_PPC_VSR(0), 32 }, { KVM_REG_PPC_VR(0), 32 },
	{ KVM_REG_PPC_TM_GPR(0), 32 }, { KVM_REG_PPC_TM_VSR(0), 64 },
};

/* --- one register, in the file's byte order and in KVM's */

static uint32_t size_of(uint64_t id)
{
	return 1u << ((id & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT);
}

static bool is_pair(uint64_t id)
{
	return (id >= KVM_REG_PPC_VSR(0) && id <= KVM_REG_PPC_VSR(31)) ||
	       (id >= KVM_REG_PPC_TM_VSR(0) && id <= KVM_REG_PPC_TM_VSR(31)) ||
	       id == KVM_REG_PPC_VPA_SLB || id == KVM_REG_PPC_VPA_DTL;
}

static void turn(uint8_t *bytes, size_t len)
{
	if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
		return;
	for (size_t i = 0; i < len / 2; i++) {
		uint8_t byte = bytes[i];

		bytes[i] = bytes[len - 1 - i];
		bytes[len - 1 - i] = byte;
	}
}

/* The same there and back. */
static void swap(struct papr_saved_reg *reg)
{
	if (is_pair(reg->id)) {
		turn(reg->bytes, 8);
		turn(reg->bytes + 8, 8);
	} else {
		turn(reg->bytes, reg->len);
	}
}

/* --- taken out */

struct list {
	struct papr_saved_reg *reg;
	size_t n, room;
};

static void add(struct list *list, uint64_t id, const void *value,
		uint32_t len)
{
	struct papr_saved_reg reg = { .id = id, .len = len };

	memcpy(reg.bytes, value, len);
	swap(&reg);
	if (list->n < list->room)
		list->reg[list->n] = reg;
	list->n++;
}

/* One that this kernel or processor has not is left out. */
static void add_one(struct list *list, const struct kvm_cpu *cpu, uint64_t id)
{
	uint8_t value[16];

	if (kvm_get_one_reg(cpu->fd, id, value) >= 0)
		add(list, id, value, size_of(id));
}

static void add_ids(struct list *list, const struct kvm_cpu *cpu,
		    const uint64_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_one(list, cpu, ids[i]);
}

static void add_words(struct list *list, uint64_t first, const void *words,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(list, first + i, (const uint8_t *)words + 8 * i, 8);
}

static int read_structures(struct list *list, const struct kvm_cpu *cpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	int r = kvm_get_structures(cpu->fd, &regs, &sregs);

	if (r)
		return r;
	add_words(list, OUR_REGS, &regs, REGS_WORDS);
	for (size_t i = 0; i < SLB_WORDS / 2; i++)
		if (sregs.u.s.ppc64.slb[i].slbe & SLB_VALID)
			add_words(list, OUR_SLB + 2 * i,
				  &sregs.u.s.ppc64.slb[i], 2);
	return 0;
}

static int read_all(struct kvm_cpu *cpu, struct list *list)
{
	int r = kvm_cpu_finish_call(cpu);

	if (!r)
		r = read_structures(list, cpu);
	if (r)
		return r;
	add_ids(list, cpu, areas, ARRAY_SIZE(areas));
	add_ids(list, cpu, kvm_reset_ids + ARRAY_SIZE(areas),
		kvm_reset_ids_n - ARRAY_SIZE(areas));
	add_ids(list, cpu, more, ARRAY_SIZE(more));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (uint32_t n = 0; n < rows[i].n; n++)
			add_one(list, cpu, rows[i].first + n);
	return list->n <= list->room ? (int)list->n : -ENOSPC;
}

int kvm_cpu_get_state(void *arg, struct papr_saved_reg *regs, size_t n)
{
	struct list list = { .reg = regs, .room = n };
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = read_all(cpu, &list);
	kvm_cpu_release(cpu);
	return r;
}

/* --- put back */

struct structures {
	struct kvm_regs regs;
	struct kvm_sregs sregs;
};

static bool is_zero(const struct papr_saved_reg *reg)
{
	static const uint8_t zero[sizeof(reg->bytes)];

	return !memcmp(reg->bytes, zero, reg->len);
}

static int set_word(void *words, size_t n, size_t i,
		    const struct papr_saved_reg *reg)
{
	if (i >= n || reg->len != 8)
		return -EINVAL;
	memcpy((uint8_t *)words + 8 * i, reg->bytes, 8);
	return 0;
}

static int set_one(struct kvm_cpu *cpu, struct structures *all,
		   const struct papr_saved_reg *from)
{
	struct papr_saved_reg reg = *from;
	int r;

	swap(&reg);
	switch (reg.id & OUR_PLACE) {
	case OUR_REGS:
		return set_word(&all->regs, REGS_WORDS, reg.id & ~OUR_PLACE,
				&reg);
	case OUR_SLB:
		return set_word(all->sregs.u.s.ppc64.slb, SLB_WORDS,
				reg.id & ~OUR_PLACE, &reg);
	default:
		if (reg.len != size_of(reg.id))
			return -EINVAL;
		r = kvm_set_one_reg(cpu->fd, reg.id, reg.bytes);
		return r == -EINVAL && is_zero(&reg) ? 0 : r;
	}
}

static int set_all(struct kvm_cpu *cpu, const struct papr_saved_reg *regs,
		   size_t n, uint64_t *culprit)
{
	struct structures all = { .regs = { 0 } };
	int r = kvm_ioctl(cpu->fd, KVM_GET_SREGS, &all.sregs);

	memset(all.sregs.u.s.ppc64.slb, 0, sizeof(all.sregs.u.s.ppc64.slb));
	for (size_t i = 0; i < n && !r; i++) {
		*culprit = regs[i].id;
		r = set_one(cpu, &all, &regs[i]);
	}
	if (r)
		return r;
	*culprit = OUR_SLB;
	r = kvm_ioctl(cpu->fd, KVM_SET_SREGS, &all.sregs);
	if (r)
		return r;
	*culprit = OUR_REGS;
	return kvm_ioctl(cpu->fd, KVM_SET_REGS, &all.regs);
}

int kvm_cpu_set_state(void *arg, const struct papr_saved_reg *regs, size_t n,
		      uint64_t *culprit)
{
	struct kvm_cpu *cpu = arg;
	int r;

	kvm_cpu_hold(cpu);
	r = set_all(cpu, regs, n, culprit);
	kvm_cpu_release(cpu);
	return r;
}

/* KVM rounds an offset up: one for all is rounded alike. */
static int set_offset(const struct kvm_cpu *cpu)
{
	uint64_t offset = cpu->kvm->tb_offset;

	return kvm_set_one_reg(cpu->fd, KVM_REG_PPC_TB_OFFSET, &offset);
}

int kvm_cpu_take_timebase(const struct kvm_cpu *cpu)
{
	struct papr_kvm *kvm = cpu->kvm;
	int r = 0;

	pthread_mutex_lock(&kvm->lock);
	if (kvm->tb_offset)
		r = set_offset(cpu);
	pthread_mutex_unlock(&kvm->lock);
	return r;
}

int kvm_set_timebase(void *host, uint64_t tb)
{
	struct papr_kvm *kvm = host;
	int r = 0;

	pthread_mutex_lock(&kvm->lock);
	kvm->tb_offset = tb - __builtin_ppc_get_timebase();
	for (struct kvm_cpu *cpu = kvm->cpus; cpu && !r; cpu = cpu->next)
		r = set_offset(cpu);
	pthread_mutex_unlock(&kvm->lock);
	return r;
}
