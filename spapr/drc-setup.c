/* SPDX-License-Identifier: BSD-2-Clause */
/* Connectors when the VM is sealed, saved and loaded; where LMBs may be. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/drc.h"
#include "spapr/ram.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define AREA_MAX (1ull << 40)

static bool overlaps_ram(const struct papr_vm *vm, uint64_t gpa, uint64_t len)
{
	for (size_t i = 0; i < vm->n_ram; i++)
		if (gpa < vm->ram[i].gpa + vm->ram[i].len &&
		    vm->ram[i].gpa < gpa + len)
			return true;
	return false;
}

int papr_vm_add_pluggable_ram(struct papr_vm *vm, uint64_t gpa, uint64_t len,
			      void *mem)
{
	struct lmb_area *area = &vm->drcs.area;

	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "pluggable memory can be "
				 "added before the VM is sealed");
	if (!mem || !len || gpa % PAPR_LMB_SIZE || len % PAPR_LMB_SIZE)
		return error_set(&vm->error, -EINVAL, "pluggable memory at "
				 "0x%llx, 0x%llx bytes: both must be multiples "
				 "of 256 MiB", (unsigned long long)gpa,
				 (unsigned long long)len);
	if (len > AREA_MAX || gpa > AREA_MAX)
		return error_set(&vm->error, -E2BIG, "pluggable memory at "
				 "0x%llx, 0x%llx bytes: it begins within "
				 "1 TiB and is not larger",
				 (unsigned long long)gpa,
				 (unsigned long long)len);
	if (area->len || overlaps_ram(vm, gpa, len))
		return error_set(&vm->error, -EEXIST, "pluggable memory at "
				 "0x%llx overlaps RAM, or is not the first",
				 (unsigned long long)gpa);
	area->there = talloc_zero_array(vm, _Atomic bool, len / PAPR_LMB_SIZE);
	if (!area->there)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	area->gpa = gpa;
	area->len = len;
	area->mem = mem;
	return 0;
}

uint8_t *lmb_get(const struct lmb_area *area, uint64_t gpa, uint64_t len)
{
	uint64_t offset = gpa - area->gpa;

	/* Differences, not sums: nothing the guest says can wrap. */
	if (gpa < area->gpa || offset >= area->len || len > area->len - offset)
		return NULL;
	for (uint64_t i = offset / PAPR_LMB_SIZE;
	     i <= (offset + (len ? len - 1 : 0)) / PAPR_LMB_SIZE; i++)
		if (!atomic_load(&area->there[i]))
			return NULL;
	return area->mem + offset;
}

/* As it is when the VM is sealed. */
static uint8_t first_state(const struct papr_vm *vm, const struct drc *drc)
{
	return drc->kind == PAPR_CONNECTOR_CORE &&
	       drc->number < vm->config.cores ? PAPR_CONNECTOR_CONFIGURED :
						PAPR_CONNECTOR_EMPTY;
}

static void setup(struct papr_vm *vm, struct drc *drc,
		  enum papr_connector_kind kind, uint32_t number)
{
	drc->kind = kind;
	drc->number = number;
	drc->index = kind == PAPR_CONNECTOR_LMB ? DRC_LMB | number :
		     DRC_CORE | vm->vcpus[number * vm->config.threads]->id;
	drc->state = first_state(vm, drc);
}

/* Cores have connectors if there may be more than there are. */
int drcs_setup(struct papr_vm *vm)
{
	struct drcs *drcs = &vm->drcs;
	uint32_t lmbs = drcs->area.len / PAPR_LMB_SIZE;
	uint32_t first = drcs->area.gpa / PAPR_LMB_SIZE;

	if (vm->config.max_cores > vm->config.cores)
		drcs->n_cores = vm->config.max_cores;
	drcs->drc = talloc_zero_array(vm, struct drc, drcs->n_cores + lmbs);
	if (!drcs->drc)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < drcs->n_cores; i++)
		setup(vm, &drcs->drc[i], PAPR_CONNECTOR_CORE, i);
	for (uint32_t i = 0; i < lmbs; i++)
		setup(vm, &drcs->drc[drcs->n_cores + i], PAPR_CONNECTOR_LMB,
		      first + i);
	drcs->n = drcs->n_cores + lmbs;
	return 0;
}

/* --- saved is what is not as it was at first */

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	(void)error;
	for (uint32_t i = 0; i < vm->drcs.n; i++) {
		const struct drc *drc = &vm->drcs.drc[i];

		if (drc->state == first_state(vm, drc) && !drc->leaving &&
		    !drc->indicator)
			continue;
		state_put_u32(out, drc->index);
		state_put_u8(out, drc->state);
		state_put_u8(out, drc->leaving);
		state_put_u8(out, drc->indicator);
	}
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	int r = 0;

	while (in->left && !in->failed && !r) {
		uint32_t index = state_get_u32(in);
		struct drc *drc = drc_find(vm, index);
		struct drc saved = { .state = state_get_u8(in) };

		saved.leaving = state_get_bool(in);
		saved.indicator = state_get_u8(in);
		if (!drc)
			return error_set(error, -EINVAL, "there is no "
					 "connector 0x%x", index);
		if (!in->failed)
			r = drc_restore(vm, drc, &saved, error);
	}
	return r;
}

const struct state_module drc_state = { "connectors", 1, save, load };
