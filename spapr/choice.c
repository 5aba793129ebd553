/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/choice.h"
#include "spapr/handover.h"
#include "spapr/hpt.h"
#include "spapr/irqs.h"
#include "spapr/routes.h"
#include "spapr/routing.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* Inside a partition there are no hash guests, KVM-PR has no others. */
static bool has_both_mmus(const struct papr_vm *vm)
{
	return vm->mmu == PAPR_MMU_RADIX &&
	       vm->info.flavour == PAPR_FLAVOUR_HV &&
	       vm->info.cap[PAPR_CAP_MMU_HASH_V3] > 0 &&
	       vm->host_ops.setup_hpt && vm->host_ops.configure_mmu;
}

int choice_begin(struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	struct client_choice *choice = &vm->choice;

	choice->first_mmu = vm->mmu;
	choice->first_irqs = vm->interrupts;
	choice->mmu = vm->config.mmu == PAPR_MMU_AUTO && has_both_mmus(vm);
	choice->irqs = vm->config.interrupts == PAPR_INTERRUPTS_DUAL;
	if (choice->irqs && (!ops->hold || !ops->setup_irqs || !ops->drop_irqs))
		return error_set(error, -EOPNOTSUPP, "a choice of interrupt "
				 "controllers: the program's host operations "
				 "cannot change the controller");
	return 0;
}

static int move_mmu(struct papr_vm *vm, enum papr_mmu mmu)
{
	vm->mmu = mmu;
	return hcalls_reset_mmu(vm);
}

static int take_mmu(struct papr_vm *vm, enum papr_mmu mmu,
		    struct papr_error *error)
{
	enum papr_mmu was = vm->mmu;
	int r;

	if (mmu == was)
		return 0;
	r = move_mmu(vm, mmu);
	if (!r)
		return routes_own_hpt(vm->routes) ? hpt_open(vm, error) : 0;
	error_set(error, r, "the host does not give the guest the other MMU: "
		  "%s", strerror(-r));
	if (move_mmu(vm, was))
		error_set(error, r, "the host gives the guest neither MMU: %s",
			  strerror(-r));
	return r;
}

/* What the calls do follows from the controller. */
static int make_irqs(struct papr_vm *vm, enum papr_interrupts irqs,
		     struct papr_error *error)
{
	int r;

	vm->interrupts = irqs;
	r = routing_renew(vm, error);
	return r ? r : irqs_begin(vm, error);
}

static int change_irqs(struct papr_vm *vm, enum papr_interrupts irqs,
		       struct papr_error *error)
{
	enum papr_interrupts was = vm->interrupts;
	struct papr_error second;
	int r = irqs_end(vm, error);

	if (r)
		return r;
	r = make_irqs(vm, irqs, error);
	if (r && make_irqs(vm, was, &second))
		error_set(error, r, "the guest has no interrupt controller: "
			  "%s", second.text);
	return r;
}

static int take_irqs(struct papr_vm *vm, enum papr_interrupts irqs,
		     struct papr_error *error)
{
	int r;

	if (irqs == vm->interrupts)
		return 0;
	pthread_mutex_lock(&vm->routes_lock);
	handover_begin(vm);
	r = change_irqs(vm, irqs, error);
	handover_end(vm);
	pthread_mutex_unlock(&vm->routes_lock);
	return r;
}

int choice_take(struct papr_vm *vm, enum papr_mmu mmu,
		enum papr_interrupts irqs, struct papr_error *error)
{
	enum papr_mmu was = vm->mmu;
	int r = take_mmu(vm, mmu, error);

	if (r)
		return r;
	r = take_irqs(vm, irqs, error);
	if (r)
		take_mmu(vm, was, NULL);
	return r;
}

int choice_reset(struct papr_vm *vm, struct papr_error *error)
{
	/* The reset of the MMU itself is to follow. */
	vm->mmu = vm->choice.first_mmu;
	return take_irqs(vm, vm->choice.first_irqs, error);
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	const struct client_choice *choice = &vm->choice;

	(void)error;
	if (vm->mmu == choice->first_mmu &&
	    vm->interrupts == choice->first_irqs)
		return 0;
	state_put_u8(out, vm->mmu);
	state_put_u8(out, vm->interrupts);
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	uint8_t mmu = state_get_u8(in), irqs = state_get_u8(in);
	const struct client_choice *choice = &vm->choice;

	if (in->failed)
		return 0;
	if (mmu != choice->first_mmu &&
	    (!choice->mmu || mmu != PAPR_MMU_HASH))
		return error_set(error, -EINVAL, "its guest has chosen an MMU "
				 "that this partition does not offer");
	if (irqs != choice->first_irqs &&
	    (!choice->irqs || irqs != PAPR_INTERRUPTS_XIVE))
		return error_set(error, -EINVAL, "its guest has chosen an "
				 "interrupt controller that this partition "
				 "does not offer");
	return choice_take(vm, mmu, irqs, error);
}

const struct state_module choice_state = { "choice", 1, save, load };
