/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA windows that have gone and come since the seal.  Those of before are of
 * the configuration, and what is in all of them is a section of its own.
 */
#include "config.h"

#include "spapr/state.h"
#include "spapr/vm.h"

static void save_removed(const struct papr_vm *vm, struct state_out *out,
			 uint32_t n)
{
	state_put_u32(out, n);
	for (size_t i = 0; i < vm->n_tce; i++)
		if (!vm->tce[i].entries)
			state_put_u32(out, vm->tce[i].liobn);
}

static void save_made(const struct papr_vm *vm, struct state_out *out)
{
	for (size_t i = vm->n_tce; i < vm->tce_slots; i++) {
		const struct tce_window *w = &vm->tce[i];

		if (!w->entries)
			continue;
		state_put_u32(out, w->liobn);
		state_put_u32(out, w->page_shift);
		state_put_u64(out, w->bus);
		state_put_u64(out, w->pages);
	}
}

static int save_windows(struct papr_vm *vm, struct state_out *out,
			struct papr_error *error)
{
	uint32_t removed = 0;

	(void)error;
	for (size_t i = 0; i < vm->n_tce; i++)
		removed += !vm->tce[i].entries;
	if (!removed && vm->tce_slots == vm->n_tce)
		return 0;
	save_removed(vm, out, removed);
	save_made(vm, out);
	return 0;
}

static int load_windows(struct papr_vm *vm, struct state_in *in,
			struct papr_error *error)
{
	uint32_t removed = state_get_u32(in);
	int r = 0;

	while (removed-- && !in->failed && !r) {
		uint32_t liobn = state_get_u32(in);

		if (!in->failed)
			r = papr_vm_remove_tce(vm, liobn, error);
	}
	while (in->left && !in->failed && !r) {
		uint32_t liobn = state_get_u32(in);
		uint32_t page_shift = state_get_u32(in);
		uint64_t bus = state_get_u64(in);
		uint64_t pages = state_get_u64(in);

		if (!in->failed)
			r = papr_vm_create_tce(vm, liobn, bus, page_shift,
					       pages, error);
	}
	return r;
}

const struct state_module windows_state = {
	"tce-windows", 1, save_windows, load_windows
};
