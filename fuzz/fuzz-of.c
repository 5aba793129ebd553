/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client and SLOF ask of firmware.  Input: a byte that chooses the host,
 * a byte that says where the argument array is in what follows, and the
 * contents of guest memory at address 0.  The tree stays one.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "fuzz/fuzz.h"
#include "hcalls/catalogue.h"
#include "spapr/util.h"

#define TREE_ROOM 0x10000u
#define NAME (FUZZ_RAM - 64)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const services[] = {
	"finddevice", "peer", "child", "parent", "getprop", "getproplen",
	"nextprop", "setprop", "package-to-path", "instance-to-path",
	"instance-to-package", "canon", "claim", "release", "open", "close",
	"write", "read", "call-method", "interpret", "milliseconds", "quiesce",
};

static uint64_t tree[2 * TREE_ROOM / 8];

static void check(int ok)
{
	if (!ok)
		abort();
}

static void set_tree(struct papr_vm *vm)
{
	static const struct papr_fdt_config config = {
		.size = sizeof(config),
	};

	check(papr_vm_fdt(vm, &config, tree, TREE_ROOM) > 0);
	check(!papr_vm_set_tree(vm, tree, NULL));
}

static void check_tree(struct papr_vm *vm)
{
	int size = papr_vm_get_tree(vm, tree, sizeof(tree));

	check(size > 0 && (size_t)size <= sizeof(tree));
	check(!fdt_check_full(tree, size));
}

static void call(struct fuzz_vm *vm, uint64_t nr, uint64_t arg)
{
	struct papr_hcall hcall = {
		.nr = nr, .args = { arg, FUZZ_RAM / 2, FUZZ_RAM / 4 },
	};

	fuzz_hcall(vm, &hcall);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_vm *vm;
	uint8_t *ram;

	if (len < 2)
		return 0;
	vm = fuzz_vm_get(data[0]);
	ram = fuzz_vm_ram(vm);
	set_tree(fuzz_vm_partition(vm));
	memcpy(ram, data + 2, len - 2 < FUZZ_RAM / 2 ? len - 2 : FUZZ_RAM / 2);
	call(vm, H_CAS, data[1]);
	call(vm, KVMPPC_H_VOF_CLIENT, data[1]);
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		strcpy((char *)ram + NAME, services[i]);
		store_be32(ram + data[1], NAME);
		call(vm, KVMPPC_H_VOF_CLIENT, data[1]);
	}
	check_tree(fuzz_vm_partition(vm));
	call(vm, H_UPDATE_DT, data[1]);
	check_tree(fuzz_vm_partition(vm));
	fuzz_vm_reset(vm);
	return 0;
}
