/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree of a partition with a XIVE; as QEMU writes it. */
#include "config.h"

#include <stdio.h>

#include "spapr/fdt.h"
#include "spapr/util.h"
#include "spapr/xive.h"

/* The platform keeps this priority and all after it, of a byte. */
void tree_xive_root(struct tree *t)
{
	const uint32_t reserved[] = { XIVE_PRIORITIES, 0xff - XIVE_PRIORITIES };

	tree_cells(t, "ibm,plat-res-int-priorities", reserved,
		   ARRAY_SIZE(reserved));
}

void tree_xive(struct tree *t, const struct papr_vm *vm, uint32_t phandle)
{
	const uint32_t reg[] = {
		XIVE_TIMA_USER >> 32, (uint32_t)XIVE_TIMA_USER, 0, XIVE_PAGE,
		XIVE_TIMA_OS >> 32, (uint32_t)XIVE_TIMA_OS, 0, XIVE_PAGE,
	};
	const uint32_t ranges[] = { 0, vm->n_vcpus };
	char name[64];

	snprintf(name, sizeof(name), "interrupt-controller@%llx",
		 XIVE_TIMA_USER);
	tree_begin(t, name);
	tree_string(t, "device_type", "power-ivpe");
	tree_string(t, "compatible", "ibm,power-ivpe");
	tree_cells(t, "reg", reg, ARRAY_SIZE(reg));
	tree_u32(t, "ibm,xive-eq-sizes", XIVE_QUEUE_SHIFT);
	tree_cells(t, "ibm,xive-lisn-ranges", ranges, ARRAY_SIZE(ranges));
	tree_empty(t, "interrupt-controller");
	tree_u32(t, "#address-cells", 0);
	tree_u32(t, "#interrupt-cells", 2);
	tree_u32(t, "phandle", phandle);
	tree_u32(t, "linux,phandle", phandle);
	tree_end(t);
}
