/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "spapr/cpu-level.h"
#include "spapr/decrementer.h"
#include "spapr/fdt.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define ISA_3_0 300u

int dec_choose(struct papr_vm *vm, struct papr_error *error)
{
	int bits;

	if (!vm->config.large_decr)
		return 0;
	bits = vm->info.isa >= ISA_3_0 && vm->host_ops.dec_bits ?
	       vm->host_ops.dec_bits(vm->host) : 0;
	if (bits <= 32 || bits > 64)
		return error_set(error, -EOPNOTSUPP, "this host has no large "
				 "decrementer");
	vm->dec_bits = bits;
	return 0;
}

uint32_t dec_bits_now(const struct papr_vm *vm)
{
	return cpu_level_now(vm)->isa >= ISA_3_0 ? vm->dec_bits : 0;
}

int dec_set(const struct papr_vm *vm, void *cpu)
{
	if (!vm->dec_bits)
		return 0;
	return vm->host_ops.update_reg(cpu, PAPR_REG_LPCR, LPCR_LD,
				       dec_bits_now(vm) ? LPCR_LD : 0);
}

int dec_set_all(const struct papr_vm *vm)
{
	int r = 0;

	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++)
		if (vm->vcpus[i]->host)
			r = dec_set(vm, vm->vcpus[i]->host);
	return r;
}
