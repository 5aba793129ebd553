/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel finds that Open Firmware has loaded: LoPAR B.2. */
#include "config.h"

#include <errno.h>

#include <libfdt.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

/* What a caller may write above its stack pointer. */
#define STACK_FRAME 512u

/*
 * The flat tree is copied, and what is left of its place is the stack.  What
 * is in memory is taken: nobody may claim it.
 */
static int reserve(struct vmm *vmm)
{
	void *fdt = vmm->ram + vmm->layout.fdt;
	const struct image *image = &vmm->image;
	int err;

	err = fdt_add_mem_rsv(fdt, image->start, image->end - image->start);
	if (!err)
		err = fdt_add_mem_rsv(fdt, vmm->layout.fdt, LAYOUT_FDT_SIZE);
	if (!err && vmm->initrd_size)
		err = fdt_add_mem_rsv(fdt, vmm->layout.initrd,
				      vmm->initrd_size);
	return err;
}

int firmware_client(struct vmm *vmm, struct papr_entry *entry,
		    struct papr_error *error)
{
	int err = reserve(vmm);

	if (err)
		return refuse(error, -ENOSPC, "the device tree does not take "
			      "what is in memory: %s", fdt_strerror(err));
	entry->r1 = vmm->layout.fdt + LAYOUT_FDT_SIZE - STACK_FRAME;
	entry->r3 = vmm->layout.initrd;
	entry->r4 = vmm->initrd_size;
	entry->r5 = papr_vm_client_entry(vmm->vm);
	return papr_vm_set_tree(vmm->vm, vmm->ram + vmm->layout.fdt, error);
}
