/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RTAS argument blocks.  Input: a byte that chooses the host, a byte that
 * says where the call's block is in what follows, and the contents of guest
 * memory at address 0.
 */
#include "config.h"

#include <string.h>

#include "fuzz/fuzz.h"
#include "spapr/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_vm *vm;
	uint8_t *ram;

	if (len < 2)
		return 0;
	vm = fuzz_vm_get(data[0]);
	ram = fuzz_vm_ram(vm);
	memcpy(ram, data + 2, len - 2 < FUZZ_RAM ? len - 2 : FUZZ_RAM);

	/* As it is, then at the end of RAM, then with every token there is. */
	fuzz_rtas(vm, data[1]);
	fuzz_rtas(vm, FUZZ_RAM - data[1]);
	for (size_t i = 0; i < papr_rtas_count(); i++) {
		store_be32(ram + data[1], papr_rtas_at(i)->number);
		fuzz_rtas(vm, data[1]);
	}
	fuzz_vm_reset(vm);
	return 0;
}
