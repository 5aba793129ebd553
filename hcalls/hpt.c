/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hashed page table, LoPAR "hcall-pft" and "hcall-bulk".  Where LoPAR
 * leaves a choice, the answer is that of Linux's KVM, so that it does not
 * matter who gives it; docs/route-equality.md lists what is left.
 *
 * Flags that are not named here are hints or of options that a partition here
 * does not have; KVM takes no notice of them either.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/hpt.h"
#include "spapr/util.h"

#define FLAG(bit)		(1ull << (63 - (bit)))
#define H_EXACT			FLAG(24)
#define H_READ_4		FLAG(26)
#define H_AVPN			FLAG(32)
#define H_ANDCOND		FLAG(33)
#define H_ICACHE_INVALIDATE	FLAG(40)
#define H_ICACHE_SYNCHRONIZE	FLAG(41)
#define H_ZERO_PAGE		FLAG(48)

/* The protection as H_PROTECT has it, and in an entry. */
#define PROTECT_PP0_SHIFT	55
#define PROTECT_KEY_HI_SHIFT	48
#define PROTECT_LOW		(HPTE_R_KEY_LO | HPTE_R_N | HPTE_R_PP)
#define PROTECT_MASK		(HPTE_R_PP0 | HPTE_R_KEY_HI | PROTECT_LOW)

#define WIMG			(HPTE_R_W | HPTE_R_I | HPTE_R_M | HPTE_R_G)
#define STRONG_ACCESS		(HPTE_R_W | HPTE_R_I | HPTE_R_M)

/* The largest page that is cleared on the way. */
#define CLEARED_SHIFT		16

/* The table's part of an interface whose indexes the guest chooses. */
static int64_t check_index(const struct papr_vm *vm, uint64_t index)
{
	if (vm->mmu != PAPR_MMU_HASH)
		return H_FUNCTION;
	return index < hpt_entries(vm) ? H_SUCCESS : H_PARAMETER;
}

static int64_t write_entry(struct papr_vm *vm, uint64_t index,
			   const struct papr_hpte *entry)
{
	int r = hpt_write(vm, index, entry);

	return !r ? H_SUCCESS : r == -EINVAL ? H_PARAMETER : H_HARDWARE;
}

static bool matches(const struct papr_hpte *entry, uint64_t flags,
		    uint64_t avpn)
{
	if (!(entry->pteh & HPTE_V_VALID))
		return false;
	if (flags & H_AVPN && (entry->pteh & ~HPTE_V_FLAGS) != avpn)
		return false;
	return !(flags & H_ANDCOND) || !(entry->pteh & avpn);
}

/*
 * Replaces the valid entry at @index, if it is the one that is meant, by what
 * @change makes of it.  @old is what it was.
 */
static int64_t change_entry(struct papr_vcpu *vcpu, uint64_t flags,
			    uint64_t index, uint64_t avpn,
			    void (*change)(struct papr_hpte *entry,
					   uint64_t flags),
			    struct papr_hpte *old)
{
	struct papr_vm *vm = vcpu->vm;
	int64_t ret = check_index(vm, index);
	struct papr_hpte new;

	if (ret)
		return ret;
	hpt_lock(vm);
	if (hpt_read(vm, index, old, 1)) {
		ret = H_HARDWARE;
	} else if (!matches(old, flags, avpn)) {
		ret = H_NOT_FOUND;
	} else {
		new = *old;
		change(&new, flags);
		if (new.pteh != old->pteh || new.ptel != old->ptel)
			ret = write_entry(vm, index, &new);
	}
	hpt_unlock(vm);
	return ret;
}

static void make_empty(struct papr_hpte *entry, uint64_t flags)
{
	(void)flags;
	*entry = (struct papr_hpte){ 0 };
}

static int64_t h_remove(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_REMOVE_in *in = args;
	struct H_REMOVE_out *out = rets;
	struct papr_hpte old;
	int64_t ret = change_entry(vcpu, in->flags, in->pte_index, in->avpn,
				   make_empty, &old);

	if (ret)
		return ret;
	out->pteh = old.pteh;
	out->ptel = old.ptel;
	return H_SUCCESS;
}

/* The referenced bit stays, as with KVM: it may say too much. */
static void protect(struct papr_hpte *entry, uint64_t flags)
{
	entry->ptel &= ~PROTECT_MASK;
	entry->ptel |= (flags & PROTECT_LOW) |
		       (flags << PROTECT_PP0_SHIFT & HPTE_R_PP0) |
		       (flags << PROTECT_KEY_HI_SHIFT & HPTE_R_KEY_HI);
}

static int64_t h_protect(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_PROTECT_in *in = args;
	struct papr_hpte old;

	(void)rets;
	return change_entry(vcpu, in->flags & ~H_ANDCOND, in->pte_index,
			    in->avpn, protect, &old);
}

static void clear_mod(struct papr_hpte *entry, uint64_t flags)
{
	(void)flags;
	entry->ptel &= ~HPTE_R_C;
}

static int64_t h_clear_mod(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_CLEAR_MOD_in *in = args;
	struct H_CLEAR_MOD_out *out = rets;
	struct papr_hpte old;
	int64_t ret = change_entry(vcpu, 0, in->pte_index, 0, clear_mod, &old);

	if (!ret)
		out->ptel = old.ptel;
	return ret;
}

static void clear_ref(struct papr_hpte *entry, uint64_t flags)
{
	(void)flags;
	entry->ptel &= ~HPTE_R_R;
}

static int64_t h_clear_ref(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_CLEAR_REF_in *in = args;
	struct H_CLEAR_REF_out *out = rets;
	struct papr_hpte old;
	int64_t ret = change_entry(vcpu, 0, in->pte_index, 0, clear_ref, &old);

	if (!ret)
		out->ptel = old.ptel;
	return ret;
}

static int64_t h_read(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_READ_in *in = args;
	struct H_READ_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	struct papr_hpte entry[4];
	bool four = in->flags & H_READ_4;
	uint64_t index = four ? in->pte_index & ~3ull : in->pte_index;
	int64_t ret = check_index(vm, index);
	int r;

	if (ret)
		return ret;
	pthread_mutex_lock(&vm->hpt_lock);
	r = hpt_read(vm, index, entry, four ? 4 : 1);
	pthread_mutex_unlock(&vm->hpt_lock);
	if (r)
		return H_HARDWARE;
	out->pteh0 = entry[0].pteh;
	out->ptel0 = entry[0].ptel;
	if (!four)
		return H_SUCCESS;
	out->pteh1 = entry[1].pteh;
	out->ptel1 = entry[1].ptel;
	out->pteh2 = entry[2].pteh;
	out->ptel2 = entry[2].ptel;
	out->pteh3 = entry[3].pteh;
	out->ptel3 = entry[3].ptel;
	return H_SUCCESS;
}

/* Strong access order went with ISA 3.1. */
static bool good_wimg(const struct papr_vm *vm, uint64_t wimg, bool ram)
{
	if (ram)
		return wimg == HPTE_R_M ||
		       (wimg == STRONG_ACCESS && vm->info.isa < 310);
	return (wimg & (HPTE_R_W | HPTE_R_I)) == HPTE_R_I;
}

/* What is not RAM is a device's: KVM lets the program emulate it. */
static int64_t check_page(struct papr_vm *vm, const struct papr_hpte *entry,
			  uint64_t flags)
{
	uint64_t prepare = flags & (H_ZERO_PAGE | H_ICACHE_INVALIDATE |
				    H_ICACHE_SYNCHRONIZE);
	uint32_t shift = hpt_page_shift(vm, entry);
	uint64_t size = 1ull << shift;
	uint64_t gpa = entry->ptel & HPTE_R_RPN & ~(size - 1);
	bool ram = ram_get(vm, gpa, 1, RAM_READ);
	void *page;

	if (!shift || (ram && !ram_get(vm, gpa, size, RAM_READ)) ||
	    !good_wimg(vm, entry->ptel & WIMG, ram))
		return H_PARAMETER;
	if (prepare && shift > CLEARED_SHIFT)
		return H_TOO_BIG;
	if (!ram || !(flags & H_ZERO_PAGE))
		return H_SUCCESS;
	page = ram_get(vm, gpa, size, RAM_WRITE);
	if (!page)
		return H_PARAMETER;
	memset(page, 0, size);
	return H_SUCCESS;
}

/* Into the first free one of @n entries; @index becomes which that is. */
static int64_t enter(struct papr_vm *vm, uint64_t *index, uint32_t n,
		     const struct papr_hpte *entry)
{
	struct papr_hpte group[HPT_GROUP];
	int64_t ret = H_PTEG_FULL;
	uint32_t i = 0;

	hpt_lock(vm);
	if (hpt_read(vm, *index, group, n))
		ret = H_HARDWARE;
	else
		while (i < n && group[i].pteh & HPTE_V_VALID)
			i++;
	*index += i;
	if (ret == H_PTEG_FULL && i < n)
		ret = write_entry(vm, *index, entry);
	hpt_unlock(vm);
	return ret;
}

static int64_t h_enter(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_ENTER_in *in = args;
	struct H_ENTER_out *out = rets;
	bool exact = in->flags & H_EXACT;
	uint64_t index = in->pte_index;
	struct papr_hpte entry = {
		(in->pteh & ~HPTE_V_HYPERVISOR) | HPTE_V_VALID,
		in->ptel & ~HPTE_R_RESERVED,
	};
	int64_t ret = check_index(vcpu->vm, index);

	if (!ret)
		ret = check_page(vcpu->vm, &entry, in->flags);
	if (ret)
		return ret;
	if (!exact)
		index -= index % HPT_GROUP;
	ret = enter(vcpu->vm, &index, exact ? 1 : HPT_GROUP, &entry);
	if (!ret)
		out->pte_index = index;
	return ret;
}

/* The first byte of the high half of a translation specifier. */
#define TSH_TYPE		0xc0u
#define TSH_REQUEST		0x40u
#define TSH_END			0xc0u
#define TSH_RESPONSE		0x80u
#define TSH_NOT_FOUND		0x10u
#define TSH_PARM		0x20u
#define TSH_HW			0x30u
#define TSH_HOW			0x03u
#define TSH_ANDCOND		0x01u
#define TSH_AVPN		0x02u
#define TSH_BYTE_SHIFT		56
#define TSH_INDEX		0x00ffffffffffffffull
#define TSH_RC_SHIFT		51

/* Removes one; @tsh becomes the response. */
static int64_t bulk_remove(struct papr_vcpu *vcpu, uint64_t *tsh, uint64_t tsl)
{
	uint64_t byte = *tsh >> TSH_BYTE_SHIFT;
	uint64_t index = *tsh & TSH_INDEX;
	uint64_t how = byte & TSH_HOW;
	uint64_t status = 0;
	uint64_t flags = (how & TSH_ANDCOND ? H_ANDCOND : 0) |
			 (how & TSH_AVPN ? H_AVPN : 0);
	struct papr_hpte old = { 0 };
	int64_t ret = H_PARAMETER;

	if ((byte & TSH_TYPE) == TSH_REQUEST && how != TSH_HOW)
		ret = change_entry(vcpu, flags, index, tsl, make_empty, &old);
	switch (ret) {
	case H_SUCCESS:
		break;
	case H_NOT_FOUND:
		status = TSH_NOT_FOUND;
		old.ptel = 0;
		break;
	default:
		status = ret == H_PARAMETER ? TSH_PARM : TSH_HW;
	}
	*tsh = (TSH_RESPONSE | status | how) << TSH_BYTE_SHIFT | index |
	       (old.ptel & (HPTE_R_R | HPTE_R_C)) << TSH_RC_SHIFT;
	return ret == H_NOT_FOUND ? H_SUCCESS : ret;
}

static int64_t h_bulk_remove(struct papr_vcpu *vcpu, const void *args,
			     void *rets)
{
	const struct H_BULK_REMOVE_in *in = args;
	struct H_BULK_REMOVE_out *out = rets;
	const uint64_t tsh[] = { in->tsh1, in->tsh2, in->tsh3, in->tsh4 };
	const uint64_t tsl[] = { in->tsl1, in->tsl2, in->tsl3, in->tsl4 };
	uint64_t *const answer[] = {
		&out->tsh1, &out->tsh2, &out->tsh3, &out->tsh4
	};
	int64_t ret = H_SUCCESS;

	if (vcpu->vm->mmu != PAPR_MMU_HASH)
		return H_FUNCTION;
	for (size_t i = 0; i < ARRAY_SIZE(tsh) && !ret; i++) {
		uint64_t ts = tsh[i];

		if ((ts >> TSH_BYTE_SHIFT & TSH_TYPE) == TSH_END)
			break;
		ret = bulk_remove(vcpu, &ts, tsl[i]);
		*answer[i] = ts;
	}
	return ret;
}

const struct hcall_impl hcalls_hpt[] = {
	{ H_REMOVE, h_remove },
	{ H_ENTER, h_enter },
	{ H_READ, h_read },
	{ H_CLEAR_MOD, h_clear_mod },
	{ H_CLEAR_REF, h_clear_ref },
	{ H_PROTECT, h_protect },
	{ H_BULK_REMOVE, h_bulk_remove },
	{ 0, NULL }
};
