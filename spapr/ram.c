/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "spapr/util.h"
#include "spapr/vm.h"

static bool overlaps(const struct ram_region *r, uint64_t gpa, uint64_t len)
{
	return gpa < r->gpa + r->len && r->gpa < gpa + len;
}

int ram_add(struct papr_vm *vm, uint64_t gpa, uint64_t len, void *mem,
	    uint32_t flags)
{
	struct papr_error *error = &vm->error;

	if (vm->stage != VM_SETUP)
		return error_set(error, -EBUSY,
				 "RAM can be added before the VM is sealed");
	if (!mem || !len || gpa % PAGE_4K || len % PAGE_4K)
		return error_set(error, -EINVAL, "RAM at 0x%llx, 0x%llx bytes: "
				 "both must be multiples of 4096",
				 (unsigned long long)gpa,
				 (unsigned long long)len);
	if (gpa + len < gpa)
		return error_set(error, -EINVAL, "RAM at 0x%llx, 0x%llx bytes "
				 "goes beyond the address space",
				 (unsigned long long)gpa,
				 (unsigned long long)len);
	if (flags & ~PAPR_RAM_READONLY)
		return error_set(error, -EINVAL, "RAM flags 0x%x are unknown",
				 flags & ~PAPR_RAM_READONLY);
	if (vm->n_ram == RAM_REGIONS)
		return error_set(error, -ENOSPC,
				 "there are %d regions of RAM already",
				 RAM_REGIONS);

	if (vm->drcs.area.len && gpa < vm->drcs.area.gpa +
				       vm->drcs.area.len &&
	    vm->drcs.area.gpa < gpa + len)
		return error_set(error, -EEXIST, "RAM at 0x%llx overlaps "
				 "pluggable memory", (unsigned long long)gpa);
	for (size_t i = 0; i < vm->n_ram; i++)
		if (overlaps(&vm->ram[i], gpa, len))
			return error_set(error, -EEXIST,
					 "RAM at 0x%llx overlaps RAM at 0x%llx",
					 (unsigned long long)gpa,
					 (unsigned long long)vm->ram[i].gpa);

	vm->ram[vm->n_ram++] = (struct ram_region){ gpa, len, mem, flags };
	return 0;
}

int papr_vm_add_ram(struct papr_vm *vm, uint64_t gpa, uint64_t len, void *mem,
		    uint32_t flags)
{
	return ram_add(vm, gpa, len, mem, flags);
}

static uint8_t *find(struct papr_vm *vm, uint64_t gpa, uint64_t len,
		     enum ram_access access)
{
	for (size_t i = 0; i < vm->n_ram; i++) {
		const struct ram_region *r = &vm->ram[i];

		/* Differences, not sums: nothing the guest says can wrap. */
		if (gpa < r->gpa || gpa - r->gpa >= r->len ||
		    len > r->len - (gpa - r->gpa))
			continue;
		if (access == RAM_WRITE && r->flags & PAPR_RAM_READONLY)
			return NULL;
		return r->mem + (gpa - r->gpa);
	}
	return lmb_get(&vm->drcs.area, gpa, len);
}

void *ram_get(struct papr_vm *vm, uint64_t gpa, uint64_t len,
	      enum ram_access access)
{
	uint8_t *mem = find(vm, gpa, len, access);

	if (!mem || access != RAM_WRITE || !len)
		return mem;
	if (vm->dirty.maps)
		dirty_mark(vm, gpa, len);
	if (vm->vmm_ops.dirty)
		vm->vmm_ops.dirty(vm->vmm, gpa, len);
	return mem;
}

void *ram_page(struct papr_vm *vm, uint64_t gpa, enum ram_access access)
{
	if (gpa % PAGE_4K)
		return NULL;
	return ram_get(vm, gpa, PAGE_4K, access);
}
