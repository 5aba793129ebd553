/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a device tree when client and platform have agreed. */
#include "config.h"

#include <libfdt.h>

#include "spapr/fdt.h"
#include "spapr/util.h"

static int write_level(const struct papr_vm *vm, void *fdt, int node)
{
	uint8_t features[PA_FEATURES_MAX];
	size_t len = cpu_features(vm, cpu_level_now(vm), features);
	int r = fdt_setprop(fdt, node, "ibm,pa-features", features, len);

	return r ? r : fdt_setprop_u32(fdt, node, "cpu-version",
				       cpu_version_now(vm));
}

static int next_cpu(const void *fdt, int node)
{
	return fdt_node_offset_by_prop_value(fdt, node, "device_type", "cpu",
					     sizeof("cpu"));
}

int fdt_agree(const struct papr_vm *vm, void *fdt)
{
	int chosen = fdt_path_offset(fdt, "/chosen"), r = 0;

	if (chosen >= 0)
		r = fdt_setprop(fdt, chosen, "ibm,architecture-vec-5",
				vm->firmware.agreed.vector5, VECTOR5_BYTES);
	for (int cpu = next_cpu(fdt, -1); !r && cpu >= 0;
	     cpu = next_cpu(fdt, cpu))
		r = write_level(vm, fdt, cpu);
	return r;
}
