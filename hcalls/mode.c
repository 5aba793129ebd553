/* SPDX-License-Identifier: BSD-2-Clause */
/* Processor modes: endianness, interrupt location, MMU, registers. */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/hpt.h"
#include "spapr/state.h"
#include "spapr/util.h"

enum set_mode_resource {
	SET_CIABR = 1,
	SET_DAWR0 = 2,
	SET_ADDR_TRANS = 3,
	SET_LE = 4,
	SET_DAWR1 = 5,
};

#define AIL_NONE 0
#define AIL_MODE_3 3

static int64_t update_lpcr(struct papr_vm *vm, uint64_t mask, uint64_t value)
{
	return vm_update_lpcr(vm, mask, value) ? H_HARDWARE : H_SUCCESS;
}

static int64_t set_endian(struct papr_vm *vm, const struct H_SET_MODE_in *in)
{
	if (in->value1)
		return H_P3;
	if (in->value2)
		return H_P4;
	if (in->mflags > 1)
		return H_UNSUPPORTED_FLAG;
	return update_lpcr(vm, LPCR_ILE, in->mflags ? LPCR_ILE : 0);
}

/*
 * KVM drops modes 1 and 2 always, and mode 3 where KVM_CAP_PPC_AIL_MODE_3 is
 * 0, without a word: a guest that was told of success dies at its first scv.
 */
static int64_t set_addr_trans(struct papr_vm *vm,
			      const struct H_SET_MODE_in *in)
{
	if (vm->info.isa < 207)
		return H_P2;
	if (in->value1)
		return H_P3;
	if (in->value2)
		return H_P4;
	if (in->mflags != AIL_NONE && in->mflags != AIL_MODE_3)
		return H_UNSUPPORTED_FLAG;
	if (in->mflags == AIL_MODE_3 &&
	    vm->info.cap[PAPR_CAP_AIL_MODE_3] <= 0)
		return H_UNSUPPORTED_FLAG;
	return update_lpcr(vm, LPCR_AIL, in->mflags << LPCR_AIL_SHIFT);
}

/*
 * Breakpoints and watchpoints.  All answers are KVM's: it has DAWR on every
 * processor from ISA 2.07 on but POWER9, which stops on cache-inhibited
 * accesses that match.
 */
#define CIABR_PRIVILEGE		3ull	/* all of it: the hypervisor's */
#define DAWRX_HYPERVISOR	4ull
#define DAWRX_WT		(1ull << 4)
#define DAWRX_ACCESS_SHIFT	5

#define DABR_READ_WRITE		3ull
#define DABR_TRANSLATION	4ull
#define DABR_FLAGS		7ull
#define DABRX_USER_KERNEL	3ull
#define DABRX_TAKEN		0xbull	/* and whatever the translation */

static bool has_dawr(const struct papr_vm *vm)
{
	return vm->info.isa >= 207 && vm->info.isa != 300;
}

static int64_t set_reg(struct papr_vcpu *vcpu, enum papr_reg reg,
		       uint64_t value)
{
	switch (vcpu->vm->host_ops.update_reg(vcpu->host, reg, ~0ull, value)) {
	case 0:
		return H_SUCCESS;
	case -EINVAL:
		return H_P2;	/* there is no such resource */
	default:
		return H_HARDWARE;
	}
}

static int64_t set_breakpoint(struct papr_vcpu *vcpu,
			      const struct H_SET_MODE_in *in)
{
	if (vcpu->vm->info.isa < 207)
		return H_P2;
	if (in->value2)
		return H_P4;
	if (in->mflags)
		return H_UNSUPPORTED_FLAG;
	if ((in->value1 & CIABR_PRIVILEGE) == CIABR_PRIVILEGE)
		return H_P3;
	return set_reg(vcpu, PAPR_REG_CIABR, in->value1);
}

static int64_t set_dawr(struct papr_vcpu *vcpu, uint64_t dawr, uint64_t dawrx)
{
	int64_t status = set_reg(vcpu, PAPR_REG_DAWR0, dawr);

	return status ? status : set_reg(vcpu, PAPR_REG_DAWRX0, dawrx);
}

static int64_t set_watchpoint(struct papr_vcpu *vcpu,
			      const struct H_SET_MODE_in *in)
{
	if (!has_dawr(vcpu->vm))
		return H_P2;
	if (in->mflags)
		return H_UNSUPPORTED_FLAG;
	if (in->value2 & DAWRX_HYPERVISOR)
		return H_P4;
	return set_dawr(vcpu, in->value1, in->value2);
}

/* KVM has the second only once KVM_CAP_PPC_DAWR1 is enabled; it never is. */
static int64_t set_second_watchpoint(const struct papr_vm *vm)
{
	if (!has_dawr(vm) || vm->info.cap[PAPR_CAP_DAWR1] <= 0)
		return H_P2;
	return H_FUNCTION;
}

/* DAWR takes the place of DABR from ISA 2.07 on. */
static int64_t set_dabr(struct papr_vcpu *vcpu, uint64_t dabr, uint64_t dabrx)
{
	uint64_t dawrx = dabrx | (dabr & DABR_READ_WRITE) << DAWRX_ACCESS_SHIFT;

	if (dabr & DABR_TRANSLATION)
		dawrx |= DAWRX_WT;
	if (!has_dawr(vcpu->vm) || set_dawr(vcpu, dabr & ~DABR_FLAGS, dawrx))
		return H_HARDWARE;
	return H_SUCCESS;
}

static int64_t h_set_dabr(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_SET_DABR_in *in = args;

	(void)rets;
	return set_dabr(vcpu, in->value, DABRX_USER_KERNEL);
}

static int64_t h_set_xdabr(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct H_SET_XDABR_in *in = args;

	(void)rets;
	if (in->extended & ~DABRX_TAKEN ||
	    !(in->extended & DABRX_USER_KERNEL))
		return H_PARAMETER;
	return set_dabr(vcpu, in->value, in->extended);
}

/* The kernel answers for CIABR and DAWR itself where it is asked first. */
static int64_t h_set_mode(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_SET_MODE_in *in = args;

	(void)rets;
	switch (in->resource) {
	case SET_CIABR:
		return set_breakpoint(vcpu, in);
	case SET_DAWR0:
		return set_watchpoint(vcpu, in);
	case SET_DAWR1:
		return set_second_watchpoint(vcpu->vm);
	case SET_LE:
		return set_endian(vcpu->vm, in);
	case SET_ADDR_TRANS:
		return set_addr_trans(vcpu->vm, in);
	default:
		return H_P2;
	}
}

#define PROC_TBL_MODIFY		0x10ull
#define PROC_TBL_REGISTER	0x08ull
#define PROC_TBL_RADIX		0x04ull
#define PROC_TBL_HASH_SEGMENTS	0x02ull
#define PROC_TBL_GTSE		0x01ull
#define PROC_TBL_FLAGS		0x1full

/* Arguments of KVM_PPC_CONFIGURE_V3_MMU; GR says the table is radix. */
#define MMU_RADIX		1ull
#define MMU_GTSE		2ull
#define PATB_GR			(1ull << 63)
#define PROC_TBL_SIZE_MAX	24

static int64_t radix_table(const struct H_REGISTER_PROC_TBL_in *in,
			   uint64_t *table)
{
	if (in->base & 0xfff || in->base >> 60)
		return H_P2;
	if (in->page_size)
		return H_P3;
	if (in->table_size > PROC_TBL_SIZE_MAX)
		return H_P4;
	*table = PATB_GR | in->base | in->table_size;
	return H_SUCCESS;
}

static int64_t hash_table(const struct H_REGISTER_PROC_TBL_in *in,
			  uint64_t *table)
{
	if (in->flags & PROC_TBL_HASH_SEGMENTS)
		return H_PARAMETER;
	if (in->base >> 38)
		return H_P2;
	if (in->page_size & ~7ull)
		return H_P3;
	if (in->table_size > PROC_TBL_SIZE_MAX)
		return H_P4;
	*table = in->base << 25 | in->page_size << 5 | in->table_size;
	return H_SUCCESS;
}

/* What the host has, H_RPT_INVALIDATE tells it once more. */
static int tell_host(struct papr_vm *vm, uint64_t flags, uint64_t table)
{
	int r;

	pthread_mutex_lock(&vm->mmu_lock);
	r = vm->host_ops.configure_mmu(vm->host, flags, table);
	if (!r) {
		vm->mmu_flags = flags;
		vm->mmu_table = table;
	}
	pthread_mutex_unlock(&vm->mmu_lock);
	return r;
}

static int64_t configure_mmu(struct papr_vm *vm, uint64_t flags, uint64_t table)
{
	switch (tell_host(vm, flags, table)) {
	case 0:
		return H_SUCCESS;
	case -EINVAL:
		return H_PARAMETER;
	case -ENODEV:
		return H_NOT_AVAILABLE;
	default:
		return H_HARDWARE;
	}
}

static int64_t h_register_proc_tbl(struct papr_vcpu *vcpu, const void *args,
				   void *rets)
{
	const struct H_REGISTER_PROC_TBL_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	bool radix = in->flags & PROC_TBL_RADIX;
	uint64_t table = radix ? PATB_GR : 0, flags = 0;
	int64_t status = H_SUCCESS;

	(void)rets;
	if (!vm->host_ops.configure_mmu)
		return H_FUNCTION;
	if (in->flags & ~PROC_TBL_FLAGS)
		return H_PARAMETER;
	/* The MMU was chosen with the partition; the guest cannot change it. */
	if (radix != (vm->mmu == PAPR_MMU_RADIX))
		return H_PARAMETER;
	if (radix && in->flags & PROC_TBL_GTSE && !vm->gtse)
		return H_PARAMETER;
	if (in->flags & PROC_TBL_REGISTER)
		status = radix ? radix_table(in, &table) :
				 hash_table(in, &table);
	if (status)
		return status;
	if (radix)
		flags = MMU_RADIX | (in->flags & PROC_TBL_GTSE ? MMU_GTSE : 0);
	return configure_mmu(vm, flags, table);
}

#define RPTI_TYPE_NESTED 1ull

/*
 * Forgets more than it is asked to: KVM has nothing finer for userspace than
 * to be told of a process table, on which it invalidates all that processors
 * have cached of the guest's.
 */
static int64_t h_rpt_invalidate(struct papr_vcpu *vcpu, const void *args,
				void *rets)
{
	const struct H_RPT_INVALIDATE_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	int r = 0;

	(void)rets;
	if (vm->mmu != PAPR_MMU_RADIX)
		return H_UNSUPPORTED;
	if (in->end < in->start)
		return H_P5;
	/* The tables of a guest's guest are the kernel's alone. */
	if (in->type & RPTI_TYPE_NESTED || !vm->host_ops.configure_mmu)
		return H_FUNCTION;
	pthread_mutex_lock(&vm->mmu_lock);
	if (vm->mmu_table)
		r = vm->host_ops.configure_mmu(vm->host, vm->mmu_flags,
					       vm->mmu_table);
	pthread_mutex_unlock(&vm->mmu_lock);
	return r ? H_HARDWARE : H_SUCCESS;
}

static int64_t h_get_cpu_characteristics(struct papr_vcpu *vcpu,
					 const void *args, void *rets)
{
	struct H_GET_CPU_CHARACTERISTICS_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	uint64_t character, behaviour;

	(void)args;
	if (!vm->host_ops.describe_cpu ||
	    vm->host_ops.describe_cpu(vm->host, &character, &behaviour))
		return H_FUNCTION;
	out->character = character;
	out->behaviour = behaviour;
	return H_SUCCESS;
}

static int64_t h_set_sprg0(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct H_SET_SPRG0_in *in = args;

	(void)rets;
	if (vcpu->vm->host_ops.update_reg(vcpu->host, PAPR_REG_SPRG0, ~0ull,
					  in->value))
		return H_HARDWARE;
	return H_SUCCESS;
}

static int64_t h_random(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct H_RANDOM_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	uint64_t random;

	(void)args;
	if (!vm->vmm_ops.random ||
	    vm->vmm_ops.random(vm->vmm, &random, sizeof(random)))
		return H_HARDWARE;
	out->random = random;
	return H_SUCCESS;
}

int hcalls_reset_mmu(struct papr_vm *vm)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	bool radix = vm->mmu == PAPR_MMU_RADIX;
	uint64_t gtse = vm->gtse ? MMU_GTSE : 0;
	int r = radix ? 0 : hpt_reset(vm);

	if (r || vm->info.isa < 300 || !ops->configure_mmu)
		return r;
	return tell_host(vm, radix ? MMU_RADIX | gtse : 0,
			 radix ? PATB_GR : 0);
}

/* LPCR itself is reset with the other registers of each vCPU. */
int hcalls_reset_mode(struct papr_vm *vm)
{
	atomic_store(&vm->lpcr_mask, 0);
	atomic_store(&vm->lpcr_value, 0);
	return hcalls_reset_mmu(vm);
}

/* LPCR itself is saved with the other registers of each vCPU. */
static int save_mmu(struct papr_vm *vm, struct state_out *out,
		    struct papr_error *error)
{
	(void)error;
	state_put_u64(out, atomic_load(&vm->lpcr_mask));
	state_put_u64(out, atomic_load(&vm->lpcr_value));
	state_put_u64(out, vm->mmu_flags);
	state_put_u64(out, vm->mmu_table);
	return 0;
}

static int load_mmu(struct papr_vm *vm, struct state_in *in,
		    struct papr_error *error)
{
	uint64_t mask = state_get_u64(in), value = state_get_u64(in);
	uint64_t flags = state_get_u64(in), table = state_get_u64(in);
	int r = 0;

	if (in->failed)
		return 0;
	if ((mask | value) & ~(LPCR_AIL | LPCR_ILE))
		return error_set(error, -EINVAL, "a guest cannot have set "
				 "LPCR bits 0x%llx",
				 (unsigned long long)(mask | value));
	if (flags || table)
		r = vm->host_ops.configure_mmu ?
		    tell_host(vm, flags, table) : -EOPNOTSUPP;
	if (r)
		return error_set(error, r, "the host does not take the process "
				 "table 0x%llx: %s", (unsigned long long)table,
				 strerror(-r));
	atomic_store(&vm->lpcr_mask, mask);
	atomic_store(&vm->lpcr_value, value);
	return 0;
}

const struct state_module mmu_state = { "mmu", 1, save_mmu, load_mmu };

const struct hcall_impl hcalls_mode[] = {
	{ H_SET_DABR, h_set_dabr },
	{ H_SET_XDABR, h_set_xdabr },
	{ H_SET_MODE, h_set_mode },
	{ H_REGISTER_PROC_TBL, h_register_proc_tbl },
	{ H_RPT_INVALIDATE, h_rpt_invalidate },
	{ H_GET_CPU_CHARACTERISTICS, h_get_cpu_characteristics },
	{ H_SET_SPRG0, h_set_sprg0 },
	{ H_RANDOM, h_random },
	{ 0, NULL }
};
