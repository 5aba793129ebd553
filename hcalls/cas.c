/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a partition and its client agree on.  A client that needs what the
 * partition was not made with, nor offers, is refused, in words.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "hcalls/cas.h"
#include "hcalls/handlers.h"
#include "spapr/decrementer.h"
#include "spapr/event-queue.h"
#include "spapr/fdt.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define ISA_3_0 300u

/* As much as there is: it may end with RAM. */
static size_t read_guest(struct papr_vm *vm, uint64_t gpa,
			 uint8_t bytes[CAS_BYTES])
{
	size_t len;

	for (len = 0; len < CAS_BYTES; len++) {
		const uint8_t *p = ram_get(vm, gpa + len, 1, RAM_READ);

		if (!p)
			break;
		bytes[len] = *p;
	}
	return len;
}

static bool is_alone(const struct papr_vcpu *vcpu)
{
	const struct papr_vm *vm = vcpu->vm;

	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i] != vcpu &&
		    papr_vcpu_state(vm->vcpus[i]) != PAPR_CPU_STOPPED)
			return false;
	return true;
}

/* The best level that the host has too, or NULL. */
static const struct cpu_level *best_level(const struct cas_request *request,
					  uint32_t isa)
{
	const struct cpu_level *best = NULL;

	for (size_t i = 0; i < request->n_pvrs; i++) {
		uint32_t mask = request->pvrs[i].mask;
		const struct cpu_level *l = mask == ~0u ?
			cpu_level_by_pvr(request->pvrs[i].pvr) : NULL;

		if (l && l->isa <= isa && (!best || l->isa > best->isa))
			best = l;
	}
	return best;
}

static bool knows_processor(const struct cas_request *request, uint32_t pvr)
{
	for (size_t i = 0; i < request->n_pvrs; i++)
		if ((pvr & request->pvrs[i].mask) == request->pvrs[i].pvr)
			return true;
	return false;
}

static int set_level(struct papr_vm *vm, uint32_t pvr)
{
	int r = 0;

	if (vm->info.flavour == PAPR_FLAVOUR_PR)
		return 0;
	for (uint32_t i = 0; !r && i < vm->n_vcpus; i++)
		if (vm->vcpus[i]->host)
			r = vm->host_ops.update_reg(vm->vcpus[i]->host,
						    PAPR_REG_ARCH_COMPAT, ~0u,
						    pvr);
	return r;
}

static int64_t refuse(struct papr_vm *vm, const char *what)
{
	vm_log(vm, PAPR_LOG_WARNING, "client architecture support: the guest "
	       "and this partition have no %s in common", what);
	return H_HARDWARE;
}

/* What the client wants to have. */
struct wishes {
	const struct cpu_level *level;	/* NULL: the processor's own */
	enum papr_mmu mmu;
	enum papr_interrupts irqs;
};

/* Nothing is changed yet. */
static int64_t understand(struct papr_vm *vm, const struct cas_request *request,
			  struct wishes *wishes)
{
	const struct cpu_level *level = best_level(request, vm->info.isa);
	const char *without;

	if (!level && !knows_processor(request, vm->info.pvr))
		return refuse(vm, "processor");
	if (!request->vectors[0].len || !request->vectors[4].len)
		return H_PARAMETER;
	without = vector5_choose(vm, request->vectors[4].bytes,
				 request->vectors[4].len, &wishes->mmu,
				 &wishes->irqs);
	if (without)
		return refuse(vm, without);
	if (wishes->mmu == PAPR_MMU_RADIX && level && level->isa < ISA_3_0)
		return refuse(vm, "processor with the radix MMU");
	wishes->level = level;
	return H_SUCCESS;
}

static int64_t grant(struct papr_vm *vm, const struct cas_request *request,
		     const struct wishes *wishes)
{
	struct agreed agreed = {
		.any = true,
		.pvr = wishes->level ? wishes->level->logical_pvr : 0,
	};
	struct papr_error error;

	if (choice_take(vm, wishes->mmu, wishes->irqs, &error)) {
		vm_log(vm, PAPR_LOG_WARNING, "client architecture support: %s",
		       error.text);
		return H_HARDWARE;
	}
	vector5_agree(vm, request->vectors[4].bytes, request->vectors[4].len,
		      agreed.vector5);
	if (set_level(vm, agreed.pvr))
		return H_HARDWARE;
	vm->firmware.agreed = agreed;
	if (dec_set_all(vm))
		return H_HARDWARE;
	event_queue_agree(vm, vector5_has_hotplug(agreed.vector5));
	return H_SUCCESS;
}

int64_t cas_negotiate(struct papr_vcpu *vcpu, uint64_t gpa)
{
	struct papr_vm *vm = vcpu->vm;
	struct cas_request request;
	struct wishes wishes;
	uint8_t bytes[CAS_BYTES];
	void *before;
	int64_t ret;

	if (!is_alone(vcpu))
		return H_MULTI_THREADS_ACTIVE;
	if (cas_parse(bytes, read_guest(vm, gpa, bytes), &request))
		return H_PARAMETER;
	ret = understand(vm, &request, &wishes);
	if (ret)
		return ret;
	before = fdt_now(vm);
	if (!before)
		return H_HARDWARE;
	ret = grant(vm, &request, &wishes);
	if (!ret && fdt_agree(vm, before, vm->firmware.tree))
		ret = H_HARDWARE;
	free(before);
	return ret;
}

int hcalls_reset_cas(struct papr_vm *vm)
{
	bool any = vm->firmware.agreed.any;
	int r = 0;

	vm->firmware.agreed = (struct agreed){ .any = false };
	event_queue_agree(vm, true);
	if (any)
		r = set_level(vm, cpu_level_of(vm->info.isa)->logical_pvr);
	return any && !r ? dec_set_all(vm) : r;
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	const struct agreed *agreed = &vm->firmware.agreed;

	(void)error;
	if (!agreed->any)
		return 0;
	state_put_u32(out, agreed->pvr);
	state_put_bytes(out, agreed->vector5, sizeof(agreed->vector5));
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	struct agreed agreed = { .any = true };
	int r;

	agreed.pvr = state_get_u32(in);
	state_get_bytes(in, agreed.vector5, sizeof(agreed.vector5));
	if (in->failed)
		return 0;
	if (agreed.pvr && !cpu_level_by_pvr(agreed.pvr))
		return error_set(error, -EINVAL, "0x%x is no processor level",
				 agreed.pvr);
	if (vector5_has_form2(agreed.vector5) && !vm->numa.offers_form2)
		return error_set(error, -EINVAL, "its guest knows NUMA nodes "
				 "by form 2, which this partition does not "
				 "offer");
	r = set_level(vm, agreed.pvr);
	if (r)
		return error_set(error, r, "the host does not take processor "
				 "level 0x%x: %s", agreed.pvr, strerror(-r));
	vm->firmware.agreed = agreed;
	r = dec_set_all(vm);
	if (r)
		return error_set(error, r, "the host does not take the "
				 "decrementer of that level: %s", strerror(-r));
	event_queue_agree(vm, vector5_has_hotplug(agreed.vector5));
	return 0;
}

const struct state_module agreed_state = { "agreed", 1, save, load };
