/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Translation control entries, LoPAR "hcall-tce" and "hcall-multi-tce": the
 * guest says which of its pages a DMA window shows to a device.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "hcalls/handlers.h"
#include "spapr/util.h"

#define TCE_PAGES_MAX (1u << 24)
#define TCE_LIST_MAX 512u	/* entries of a 4 KiB list */

/* Access bits of an entry; the address of the page is above them. */
#define TCE_READ_WRITE 0x3ull

static const struct tce_window *find(const struct papr_vm *vm, uint64_t liobn)
{
	for (size_t i = 0; i < vm->n_tce; i++)
		if (vm->tce[i].liobn == liobn)
			return &vm->tce[i];
	return NULL;
}

int papr_vm_add_tce(struct papr_vm *vm, uint32_t liobn, uint64_t bus,
		    uint32_t page_shift, uint64_t pages)
{
	struct papr_error *error = &vm->error;
	_Atomic uint64_t *entries;

	if (vm->stage != VM_SETUP)
		return error_set(error, -EBUSY, "DMA windows can be added "
				 "before the VM is sealed");
	if (page_shift < 12 || page_shift > 34 || !pages ||
	    pages > TCE_PAGES_MAX || bus % (1ull << page_shift) ||
	    bus + (pages << page_shift) - 1 < bus)
		return error_set(error, -EINVAL, "DMA window 0x%x: %llu pages "
				 "of 2^%u bytes at 0x%llx", liobn,
				 (unsigned long long)pages, page_shift,
				 (unsigned long long)bus);
	if (find(vm, liobn))
		return error_set(error, -EEXIST, "there is a DMA window 0x%x",
				 liobn);
	if (vm->n_tce == TCE_WINDOWS)
		return error_set(error, -ENOSPC, "there are %d DMA windows "
				 "already", TCE_WINDOWS);
	entries = talloc_zero_array(vm, _Atomic uint64_t, pages);
	if (!entries)
		return error_set(error, -ENOMEM, "out of memory");
	vm->tce[vm->n_tce++] = (struct tce_window){
		liobn, page_shift, bus, pages, entries
	};
	return 0;
}

/* The entries for @count pages from a bus address on, or NULL. */
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
	const struct tce_window *w = find(vm, liobn);
	_Atomic uint64_t *entry;

	if (!w)
		return -ENOENT;
	entry = entries(w, bus, 1);
	if (!entry)
		return -EINVAL;
	*tce = atomic_load(entry);
	return 0;
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

static int64_t h_put_tce(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_PUT_TCE_in *in = args;
	const struct tce_window *w = find(vcpu->vm, in->liobn);
	_Atomic uint64_t *entry = w ? entries(w, in->ioba, 1) : NULL;

	(void)rets;
	if (!entry || !good_tce(vcpu->vm, w, in->tce))
		return H_PARAMETER;
	atomic_store(entry, in->tce);
	return H_SUCCESS;
}

static int64_t h_get_tce(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_GET_TCE_in *in = args;
	struct H_GET_TCE_out *out = rets;
	const struct tce_window *w = find(vcpu->vm, in->liobn);
	_Atomic uint64_t *entry = w ? entries(w, in->ioba, 1) : NULL;

	if (!entry)
		return H_PARAMETER;
	out->tce = atomic_load(entry);
	return H_SUCCESS;
}

static int64_t h_stuff_tce(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct H_STUFF_TCE_in *in = args;
	const struct tce_window *w = find(vcpu->vm, in->liobn);
	_Atomic uint64_t *entry = w ? entries(w, in->ioba, in->count) : NULL;

	(void)rets;
	if (!entry || !good_tce(vcpu->vm, w, in->tce))
		return H_PARAMETER;
	for (uint64_t i = 0; i < in->count; i++)
		atomic_store(&entry[i], in->tce);
	return H_SUCCESS;
}

static int64_t h_put_tce_indirect(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	const struct H_PUT_TCE_INDIRECT_in *in = args;
	const struct tce_window *w = find(vcpu->vm, in->liobn);
	_Atomic uint64_t *entry = w ? entries(w, in->ioba, in->count) : NULL;
	const uint8_t *list = ram_page(vcpu->vm, in->tce, RAM_READ);

	(void)rets;
	if (!entry || !list || in->count > TCE_LIST_MAX)
		return H_PARAMETER;
	/* The list is the guest's and may change while it is read. */
	for (uint64_t i = 0; i < in->count; i++) {
		uint64_t tce = load_be64(list + 8 * i);

		if (!good_tce(vcpu->vm, w, tce))
			return H_PARAMETER;
		atomic_store(&entry[i], tce);
	}
	return H_SUCCESS;
}

void hcalls_reset_tce(struct papr_vm *vm)
{
	for (size_t i = 0; i < vm->n_tce; i++)
		for (uint64_t page = 0; page < vm->tce[i].pages; page++)
			atomic_store(&vm->tce[i].entries[page], 0);
}

const struct hcall_impl hcalls_tce[] = {
	{ H_PUT_TCE, h_put_tce },
	{ H_GET_TCE, h_get_tce },
	{ H_STUFF_TCE, h_stuff_tce },
	{ H_PUT_TCE_INDIRECT, h_put_tce_indirect },
	{ 0, NULL }
};
