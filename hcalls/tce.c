/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translation control entries, LoPAR "hcall-tce" and "hcall-multi-tce": the
 * guest says which of its pages a DMA window shows to a device.  Which windows
 * there are spapr/tce.c knows.
 *
 * A table may be the kernel's too, which writes it at the same time as others
 * do: each entry is read and written at once.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define TCE_LIST_MAX 512u	/* entries of a 4 KiB list */

/* Access bits of an entry; the address of the page is above them. */
#define TCE_READ_WRITE 0x3ull

/* The entries for @count pages from the one of a bus address on, or NULL. */
static _Atomic uint64_t *entries(const struct tce_window *w, uint64_t bus,
				 uint64_t count)
{
	uint64_t first;

	if (bus < w->bus)
		return NULL;
	first = (bus - w->bus) >> w->page_shift;
	if (first >= w->pages || count > w->pages - first)
		return NULL;
	return w->entries + first;
}

int papr_vm_get_tce(const struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint64_t *tce)
{
	const struct tce_window *w = tce_use(vm, liobn);
	_Atomic uint64_t *entry = w ? entries(w, bus, 1) : NULL;

	if (entry)
		*tce = atomic_load(entry);
	tce_done(vm);
	return entry ? 0 : w ? -EINVAL : -ENOENT;
}

/* For a call: the address must be a page's, as KVM wants it. */
static _Atomic uint64_t *guest_entries(const struct tce_window *w,
				       uint64_t ioba, uint64_t count)
{
	if (!w || ioba % (1ull << w->page_shift))
		return NULL;
	return entries(w, ioba, count);
}

/* An entry that gives access must name a whole page of RAM. */
static bool good_tce(struct papr_vm *vm, const struct tce_window *w,
		     uint64_t tce)
{
	uint64_t size = 1ull << w->page_shift;

	if (!(tce & TCE_READ_WRITE))
		return true;
	return ram_get(vm, tce & ~(size - 1), size, RAM_READ);
}

static int64_t put(struct papr_vm *vm, const struct tce_window *w,
		   uint64_t ioba, uint64_t tce, uint64_t count)
{
	_Atomic uint64_t *entry = guest_entries(w, ioba, count);

	if (!entry || !good_tce(vm, w, tce))
		return H_PARAMETER;
	for (uint64_t i = 0; i < count; i++)
		atomic_store(&entry[i], tce);
	return H_SUCCESS;
}

static int64_t h_put_tce(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_PUT_TCE_in *in = args;
	const struct tce_window *w = tce_use(vcpu->vm, in->liobn);
	int64_t r = put(vcpu->vm, w, in->ioba, in->tce, 1);

	(void)rets;
	tce_done(vcpu->vm);
	return r;
}

static int64_t h_get_tce(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_GET_TCE_in *in = args;
	struct H_GET_TCE_out *out = rets;
	const struct tce_window *w = tce_use(vcpu->vm, in->liobn);
	_Atomic uint64_t *entry = guest_entries(w, in->ioba, 1);

	if (entry)
		out->tce = atomic_load(entry);
	tce_done(vcpu->vm);
	return entry ? H_SUCCESS : H_PARAMETER;
}

static int64_t h_stuff_tce(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct H_STUFF_TCE_in *in = args;
	const struct tce_window *w = tce_use(vcpu->vm, in->liobn);
	int64_t r = put(vcpu->vm, w, in->ioba, in->tce, in->count);

	(void)rets;
	tce_done(vcpu->vm);
	return r;
}

static int64_t put_list(struct papr_vm *vm, const struct tce_window *w,
			const struct H_PUT_TCE_INDIRECT_in *in)
{
	_Atomic uint64_t *entry = guest_entries(w, in->ioba, in->count);
	const uint8_t *list = ram_page(vm, in->tce, RAM_READ);

	if (!entry || !list || in->count > TCE_LIST_MAX)
		return H_PARAMETER;
	/* The list is the guest's and may change while it is read. */
	for (uint64_t i = 0; i < in->count; i++) {
		uint64_t tce = load_be64(list + 8 * i);

		if (!good_tce(vm, w, tce))
			return H_PARAMETER;
		atomic_store(&entry[i], tce);
	}
	return H_SUCCESS;
}

static int64_t h_put_tce_indirect(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	const struct H_PUT_TCE_INDIRECT_in *in = args;
	const struct tce_window *w = tce_use(vcpu->vm, in->liobn);
	int64_t r = put_list(vcpu->vm, w, in);

	(void)rets;
	tce_done(vcpu->vm);
	return r;
}

/* So many to a section at most, with their numbers. */
#define TCE_SECTION (1u << 20)

static int save_window(const struct tce_window *w, struct state_out *out,
		       struct papr_error *error)
{
	uint32_t n = 0;
	int r = 0;

	for (uint64_t page = 0; page < w->pages && !r; page++) {
		uint64_t tce = atomic_load(&w->entries[page]);

		if (!tce)
			continue;
		if (!n++)
			state_put_u32(out, w->liobn);
		state_put_u32(out, page);
		state_put_u64(out, tce);
		if (n % TCE_SECTION == 0) {
			r = state_next(out, error);
			n = 0;
		}
	}
	return r ? r : state_next(out, error);
}

static int save_tce(struct papr_vm *vm, struct state_out *out,
		    struct papr_error *error)
{
	int r = 0;

	for (size_t i = 0; i < vm->tce_slots && !r; i++)
		if (vm->tce[i].entries)
			r = save_window(&vm->tce[i], out, error);
	return r;
}

static int load_tce(struct papr_vm *vm, struct state_in *in,
		    struct papr_error *error)
{
	uint32_t liobn = state_get_u32(in);
	const struct tce_window *w = tce_find(vm, liobn);

	if (!w)
		return error_set(error, -EINVAL, "there is no DMA window 0x%x",
				 liobn);
	while (in->left && !in->failed) {
		uint32_t page = state_get_u32(in);
		uint64_t tce = state_get_u64(in);

		if (page >= w->pages || !good_tce(vm, w, tce))
			return error_set(error, -EINVAL, "DMA window 0x%x "
					 "cannot map page %u with 0x%llx",
					 liobn, page, (unsigned long long)tce);
		atomic_store(&w->entries[page], tce);
	}
	return 0;
}

const struct state_module tce_state = { "tce", 1, save_tce, load_tce };

const struct hcall_impl hcalls_tce[] = {
	{ H_PUT_TCE, h_put_tce },
	{ H_GET_TCE, h_get_tce },
	{ H_STUFF_TCE, h_stuff_tce },
	{ H_PUT_TCE_INDIRECT, h_put_tce_indirect },
	{ 0, NULL }
};
