/* SPDX-License-Identifier: BSD-2-Clause */
/* Connectors when the VM is sealed and when it is reset; where LMBs may be. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/drc.h"
#include "spapr/ram.h"
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

static void setup_core(struct papr_vm *vm, struct drc *drc, uint32_t core)
{
	*drc = (struct drc){
		.kind = PAPR_CONNECTOR_CORE,
		.number = core,
		.index = DRC_CORE | vm->vcpus[core * vm->config.threads]->id,
		.state = core < vm->config.cores ? PAPR_CONNECTOR_CONFIGURED :
						   PAPR_CONNECTOR_EMPTY,
	};
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
		setup_core(vm, &drcs->drc[i], i);
	for (uint32_t i = 0; i < lmbs; i++)
		drcs->drc[drcs->n_cores + i] = (struct drc){
			.kind = PAPR_CONNECTOR_LMB,
			.number = first + i,
			.index = DRC_LMB | (first + i),
			.state = PAPR_CONNECTOR_EMPTY,
		};
	drcs->n = drcs->n_cores + lmbs;
	return 0;
}
