/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel dumps.  Input: a byte that chooses the host, a byte for the length
 * that the guest says its structure has, and the structure.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <papr/kernel-dump.h>

#include "fuzz/fuzz.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define BLOCK		0x100
#define STRUCTURE	0x1000

enum { REGISTER = 1, INVALIDATE = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void call(struct fuzz_vm *vm, uint32_t token, uint32_t nargs,
		 uint32_t first, uint32_t structure_len)
{
	const uint32_t cells[] = {
		token, nargs, 1, first, STRUCTURE, structure_len
	};

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		store_be32(fuzz_vm_ram(vm) + BLOCK + 4 * i, cells[i]);
	fuzz_rtas(vm, BLOCK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_vm *vm;
	struct papr_vm *partition;
	bool registered;

	if (len < 2 || len - 2 > KDUMP_MAX)
		return 0;
	vm = fuzz_vm_get(data[0]);
	partition = fuzz_vm_partition(vm);
	memcpy(fuzz_vm_ram(vm) + STRUCTURE, data + 2, len - 2);
	call(vm, RTAS_TOKEN_ibm_configure_kernel_dump, 3, REGISTER,
	     data[1] * 4u);
	registered = partition->dump.state == KDUMP_REGISTERED;
	call(vm, RTAS_TOKEN_ibm_os_term, 1, STRUCTURE, 0);
	if (papr_vm_dump(partition, NULL) != registered)
		abort();
	call(vm, RTAS_TOKEN_ibm_configure_kernel_dump, 3, INVALIDATE, 0);
	if (partition->dump.state != KDUMP_NONE)
		abort();
	fuzz_vm_reset(vm);
	return 0;
}
