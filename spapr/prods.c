/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/prods.h"
#include "spapr/rest.h"
#include "spapr/util.h"
#include "spapr/vm.h"

static int set_switch(const struct papr_vm *vm, bool on)
{
	return vm->host_ops.enable_hcall(vm->host, H_PROD, on);
}

int prods_settle(struct papr_vm *vm, struct papr_error *error)
{
	struct prods *prods = &vm->prods;
	int r = 0;

	prods->shared = vm->routes[HCALL_ROW_H_PROD].effective ==
			PAPR_EFFECTIVE_KERNEL_USER;
	if (prods->shared && !prods->in_kernel)
		r = set_switch(vm, false);
	if (r)
		return error_set(error, r, "the kernel did not let go of "
				 "H_PROD: %s", strerror(-r));
	return 0;
}

int prods_take(struct papr_vm *vm)
{
	int r;

	if (!vm->prods.in_kernel)
		return 0;
	r = set_switch(vm, false);
	if (r)
		return r;
	vm->prods.in_kernel = false;
	/* One that the kernel has begun to answer is over when all are out. */
	vm_hold_all(vm, true);
	vm_hold_all(vm, false);
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		rest_prod(vm->vcpus[i]);
	return 0;
}

int prods_give(struct papr_vm *vm)
{
	int r;

	if (vm->prods.in_kernel)
		return 0;
	r = set_switch(vm, true);
	if (r)
		return r;
	vm->prods.in_kernel = true;
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (papr_vcpu_rest(vm->vcpus[i]) == PAPR_REST_JOIN)
			rest_prod(vm->vcpus[i]);
	return 0;
}

void prods_reset(struct papr_vm *vm)
{
	if (vm->prods.in_kernel && !set_switch(vm, false))
		vm->prods.in_kernel = false;
}
