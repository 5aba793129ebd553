/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel finds that Open Firmware has loaded: LoPAR B.2. */
#include "config.h"

#include <errno.h>

#include <libfdt.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

#define NVRAM_UNIT 0x71000001u
#define NVRAM_UNIT_TEXT "71000001"

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

/* Where an initrd is firmware is told in single cells. */
static int tell_initrd(struct vmm *vmm, void *fdt, int chosen)
{
	uint64_t start = vmm->layout.initrd;
	int err;

	if (!vmm->initrd_size)
		return 0;
	err = fdt_setprop_u32(fdt, chosen, "linux,initrd-start", start);
	if (!err)
		err = fdt_setprop_u32(fdt, chosen, "linux,initrd-end",
				      start + vmm->initrd_size);
	return err ? err : fdt_add_mem_rsv(fdt, start, vmm->initrd_size);
}

/* What SLOF is to start, by QEMU's names. */
static int tell_kernel(struct vmm *vmm, void *fdt)
{
	uint64_t start = vmm->kernel.start, size = vmm->kernel.end - start;
	int chosen = fdt_path_offset(fdt, "/chosen"), err;

	if (chosen < 0 || !size)
		return chosen < 0 ? chosen : 0;
	err = fdt_setprop_u64(fdt, chosen, "qemu,boot-kernel", start);
	if (!err)
		err = fdt_appendprop_u64(fdt, chosen, "qemu,boot-kernel",
					 size);
	if (!err)
		err = fdt_add_mem_rsv(fdt, start, size);
	return err ? err : tell_initrd(vmm, fdt, chosen);
}

/* SLOF looks for NVRAM on the bus of virtual devices, as QEMU has it. */
static int move_nvram(struct vmm *vmm, void *fdt)
{
	int was = fdt_path_offset(fdt, "/nvram"), bus, node, err;

	if (was < 0)
		return was;
	err = fdt_del_node(fdt, was);
	bus = fdt_path_offset(fdt, "/vdevice");
	node = bus < 0 ? bus :
	       fdt_add_subnode(fdt, bus, "nvram@" NVRAM_UNIT_TEXT);
	if (err || node < 0)
		return err ? err : node;
	err = fdt_setprop_u32(fdt, node, "reg", NVRAM_UNIT);
	if (!err)
		err = fdt_setprop_string(fdt, node, "device_type", "nvram");
	if (!err)
		err = fdt_setprop_string(fdt, node, "compatible",
					 "qemu,spapr-nvram");
	return err ? err : fdt_setprop_u32(fdt, node, "#bytes",
					   vmm->nvram.size);
}

/* The tree that it gets has what papr_vm_set_tree() adds. */
int firmware_file(struct vmm *vmm, struct papr_entry *entry,
		  struct papr_error *error)
{
	void *fdt = vmm->ram + vmm->layout.fdt;
	int err = tell_kernel(vmm, fdt);

	if (!err)
		err = move_nvram(vmm, fdt);
	if (err)
		return refuse(error, -ENOSPC, "the device tree does not take "
			      "what is in memory: %s", fdt_strerror(err));
	err = papr_vm_set_tree(vmm->vm, fdt, error);
	if (err)
		return err;
	if (papr_vm_get_tree(vmm->vm, fdt, LAYOUT_FDT_SIZE) > LAYOUT_FDT_SIZE)
		return refuse(error, -ENOSPC, "the device tree is too long");
	entry->r3 = vmm->layout.fdt;
	return 0;
}
