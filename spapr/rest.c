/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/rest.h"
#include "spapr/vm.h"

/* Values of papr_vcpu.rest are those of enum papr_rest, and this. */
#define PRODDED (PAPR_REST_JOIN + 1)

enum papr_rest papr_vcpu_rest(const struct papr_vcpu *vcpu)
{
	int rest = atomic_load(&vcpu->rest);

	return rest == PRODDED ? PAPR_REST_NONE : rest;
}

/* Whoever comes second sees what the first has left: no prod is lost. */
void rest_begin(struct papr_vcpu *vcpu, enum papr_rest how)
{
	int rest = atomic_load(&vcpu->rest);

	while (!atomic_compare_exchange_weak(&vcpu->rest, &rest,
					     rest == PRODDED ? PAPR_REST_NONE :
							       how))
		;
}

void papr_vcpu_rouse(struct papr_vcpu *vcpu)
{
	int rest = atomic_load(&vcpu->rest);

	while (rest != PRODDED &&
	       !atomic_compare_exchange_weak(&vcpu->rest, &rest,
					     PAPR_REST_NONE))
		;
}

void rest_prod(struct papr_vcpu *vcpu)
{
	const struct papr_host_ops *ops = &vcpu->vm->host_ops;
	int rest = atomic_load(&vcpu->rest);
	bool sleeps;

	do {
		sleeps = rest == PAPR_REST_CEDE || rest == PAPR_REST_JOIN;
	} while (!atomic_compare_exchange_weak(&vcpu->rest, &rest,
					       sleeps ? PAPR_REST_NONE :
							PRODDED));
	if (sleeps && ops->wake)
		ops->wake(vcpu->host);
}

static bool is_active(const struct papr_vcpu *vcpu)
{
	enum papr_cpu_state state = papr_vcpu_state(vcpu);

	return (state == PAPR_CPU_RUNNING || state == PAPR_CPU_STARTING) &&
	       papr_vcpu_rest(vcpu) != PAPR_REST_JOIN;
}

bool rest_is_last(const struct papr_vcpu *vcpu)
{
	const struct papr_vm *vm = vcpu->vm;

	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i] != vcpu && is_active(vm->vcpus[i]))
			return false;
	return true;
}

void rest_reset(struct papr_vcpu *vcpu)
{
	atomic_store(&vcpu->rest, PAPR_REST_NONE);
}

uint8_t rest_get(const struct papr_vcpu *vcpu)
{
	int rest = atomic_load(&vcpu->rest);

	/* What the kernel has kept is not saved. */
	return rest == PAPR_REST_NONE && vcpu->vm->prods.in_kernel ? PRODDED :
								     rest;
}

bool rest_is(uint8_t rest)
{
	return rest <= PRODDED;
}

void rest_set(struct papr_vcpu *vcpu, uint8_t rest)
{
	atomic_store(&vcpu->rest, rest);
}
