/* SPDX-License-Identifier: BSD-2-Clause */
/* Registration and interlock of a partition that is saved and goes on. */
#include "config.h"

#include <errno.h>

#include "fwnmi/fwnmi.h"
#include "spapr/state.h"
#include "spapr/util.h"

int papr_vm_get_fwnmi(const struct papr_vm *vm, struct papr_fwnmi_state *state,
		      struct papr_error *error)
{
	uint64_t handler = atomic_load(&vm->nmi_machine_check);
	int64_t holder = atomic_load(&vm->nmi_holder);
	struct papr_fwnmi_state now = {
		.registered = handler != NMI_UNREGISTERED,
		.held = holder != NMI_FREE,
		.log_id = atomic_load(&vm->nmi_log_id),
	};

	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (atomic_load(&vm->vcpus[i]->nmi.pending))
			return error_set(error, -EAGAIN, "vCPU %u has not "
					 "taken a machine check or system "
					 "reset yet", vm->vcpus[i]->id);
	if (now.registered) {
		now.system_reset = atomic_load(&vm->nmi_system_reset);
		now.machine_check = handler;
	}
	if (now.held)
		now.holder = holder;
	if (sized_fill(state, &now, sizeof(now)))
		return error_set(error, -E2BIG, "the state of FWNMI has no "
				 "size, or members this library does not know");
	return 0;
}

static int check_handler(struct papr_vm *vm, const char *what, uint32_t gpa,
			 struct papr_error *error)
{
	if (fwnmi_is_handler(vm, gpa))
		return 0;
	return error_set(error, -EINVAL, "the %s handler at 0x%x: it must be "
			 "a multiple of 4 in RAM below 32 MiB", what, gpa);
}

static int check_state(struct papr_vm *vm,
		       const struct papr_fwnmi_state *state,
		       struct papr_error *error)
{
	int r;

	if (state->held && !state->registered)
		return error_set(error, -EINVAL, "a vCPU is in the machine "
				 "check handler, of which there is none");
	if (state->held && state->holder >= vm->n_vcpus)
		return error_set(error, -EINVAL, "vCPU index %u is in the "
				 "machine check handler; there are %u vCPUs",
				 state->holder, vm->n_vcpus);
	if (!state->registered)
		return 0;
	if (!vm->fwnmi)
		return error_set(error, -EOPNOTSUPP, "this partition has no "
				 "FWNMI, which the saved one used");
	r = check_handler(vm, "system reset", state->system_reset, error);
	if (!r)
		r = check_handler(vm, "machine check", state->machine_check,
				  error);
	return r;
}

static int enable(struct papr_vm *vm, struct papr_error *error)
{
	int r;

	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		if (!vm->vcpus[i]->host)
			continue;
		r = vm->host_ops.enable_fwnmi(vm->vcpus[i]->host);
		if (!r)
			return 0;
		return error_set(error, r, "the host does not hand over "
				 "machine checks: %s", strerror(-r));
	}
	return error_set(error, -EBUSY, "FWNMI is restored after a vCPU is "
			 "attached");
}

int papr_vm_set_fwnmi(struct papr_vm *vm, const struct papr_fwnmi_state *from,
		      struct papr_error *error)
{
	struct papr_fwnmi_state state;
	int r;

	if (sized_copy(&state, sizeof(state), from))
		return error_set(error, -E2BIG, "the state of FWNMI has no "
				 "size, or members this library does not know");
	r = check_state(vm, &state, error);
	if (!r && state.registered)
		r = enable(vm, error);
	if (r)
		return r;
	fwnmi_reset(vm);
	if (state.registered) {
		atomic_store(&vm->nmi_system_reset, state.system_reset);
		atomic_store(&vm->nmi_machine_check, state.machine_check);
	}
	if (state.held)
		atomic_store(&vm->nmi_holder, state.holder);
	atomic_store(&vm->nmi_log_id, state.log_id);
	return 0;
}

/* --- saved and loaded, with what waits for the vCPUs */

/* A breakpoint is a word in guest memory, which another process has not. */
#define BREAKPOINTS (NMI_AT_PC | NMI_TRAPPED | NMI_PASSES)
#define INJECTION (NMI_INJECTED | NMI_AT_HCALL)
#define PENDING (NMI_CHECK | NMI_RESET | INJECTION | NMI_CHECKSTOP | NMI_AGAIN)

static void put_info(struct state_out *out, const struct papr_mc_info *info)
{
	state_put_u32(out, info->flags);
	state_put_u8(out, info->type);
	state_put_u8(out, info->subtype);
	state_put_u8(out, info->severity);
	state_put_u8(out, info->disposition);
	state_put_u8(out, info->initiator);
	state_put_u8(out, info->effective_valid);
	state_put_u8(out, info->logical_valid);
	state_put_u8(out, info->transient);
	state_put_u64(out, info->effective_address);
	state_put_u64(out, info->logical_address);
}

/* What a log cannot say is found out when it is delivered. */
static struct papr_mc_info get_info(struct state_in *in)
{
	struct papr_mc_info info = { .size = sizeof(info) };

	info.flags = state_get_u32(in);
	info.type = state_get_u8(in);
	info.subtype = state_get_u8(in);
	info.severity = state_get_u8(in);
	info.disposition = state_get_u8(in);
	info.initiator = state_get_u8(in);
	info.effective_valid = state_get_bool(in);
	info.logical_valid = state_get_bool(in);
	info.transient = state_get_bool(in);
	info.effective_address = state_get_u64(in);
	info.logical_address = state_get_u64(in);
	return info;
}

static void put_nmi(struct state_out *out, const struct papr_vcpu *vcpu)
{
	const struct nmi_state *nmi = &vcpu->nmi;
	const struct injection *injection = &nmi->injection;

	state_put_u32(out, vcpu->index);
	state_put_u32(out, atomic_load(&nmi->pending));
	put_info(out, &nmi->check);
	state_put_u64(out, nmi->srr1);
	state_put_u64(out, nmi->dar);
	state_put_u32(out, nmi->dsisr);
	state_put_u8(out, nmi->again);
	state_put_u32(out, nmi->reset_tries);
	state_put_u64(out, injection->id);
	put_info(out, &injection->info);
	state_put_u8(out, injection->context);
	state_put_u64(out, injection->hcall);
	state_put_u64(out, injection->count);
}

static uint32_t get_nmi(struct state_in *in, struct nmi_state *nmi)
{
	struct injection *injection = &nmi->injection;
	uint32_t pending = state_get_u32(in);

	nmi->check = get_info(in);
	nmi->srr1 = state_get_u64(in);
	nmi->dar = state_get_u64(in);
	nmi->dsisr = state_get_u32(in);
	nmi->again = state_get_bool(in);
	nmi->reset_tries = state_get_u32(in);
	injection->id = state_get_u64(in);
	injection->info = get_info(in);
	injection->context = state_get_u8(in);
	injection->hcall = state_get_u64(in);
	injection->count = state_get_u64(in);
	return pending;
}

static bool waits_for_nothing(const struct nmi_state *nmi)
{
	return !atomic_load(&nmi->pending);
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	uint64_t handler = atomic_load(&vm->nmi_machine_check);
	bool registered = handler != NMI_UNREGISTERED;
	int64_t holder = atomic_load(&vm->nmi_holder);

	state_put_u8(out, registered);
	state_put_u32(out, registered ? atomic_load(&vm->nmi_system_reset) : 0);
	state_put_u32(out, registered ? handler : 0);
	state_put_u8(out, holder != NMI_FREE);
	state_put_u32(out, holder != NMI_FREE ? holder : 0);
	state_put_u32(out, atomic_load(&vm->nmi_log_id));
	state_put_u64(out, vm->inject_id);
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		const struct papr_vcpu *vcpu = vm->vcpus[i];

		if (atomic_load(&vcpu->nmi.pending) & BREAKPOINTS)
			return error_set(error, -EBUSY, "vCPU %u has a "
					 "breakpoint of an injection: it must "
					 "be cancelled first", vcpu->id);
		if (!waits_for_nothing(&vcpu->nmi))
			put_nmi(out, vcpu);
	}
	return 0;
}

static int load_registration(struct papr_vm *vm, struct state_in *in,
			     struct papr_error *error)
{
	struct papr_fwnmi_state state = { .size = sizeof(state) };
	uint64_t inject_id;

	state.registered = state_get_bool(in);
	state.system_reset = state_get_u32(in);
	state.machine_check = state_get_u32(in);
	state.held = state_get_bool(in);
	state.holder = state_get_u32(in);
	state.log_id = state_get_u32(in);
	inject_id = state_get_u64(in);
	if (in->failed)
		return 0;
	vm->inject_id = inject_id;
	return papr_vm_set_fwnmi(vm, &state, error);
}

static bool can_wait(const struct papr_vcpu *vcpu, uint32_t pending,
		     const struct injection *injection)
{
	uint32_t what = pending & INJECTION;

	return fwnmi_is_possible(vcpu) && pending && !(pending & ~PENDING) &&
	       what != INJECTION && !what == !injection->id &&
	       injection->context <= PAPR_CONTEXT_KERNEL;
}

static int load_nmi(struct papr_vm *vm, struct state_in *in,
		    struct papr_error *error)
{
	uint32_t index = state_get_u32(in);
	struct nmi_state nmi = { .pending = 0 };
	uint32_t pending = get_nmi(in, &nmi);
	struct papr_vcpu *vcpu;

	if (in->failed)
		return 0;
	vcpu = papr_vm_vcpu(vm, index);
	if (!vcpu || !can_wait(vcpu, pending, &nmi.injection))
		return error_set(error, -EINVAL, "what is to interrupt vCPU "
				 "%u, 0x%x, cannot be", index, pending);
	vcpu->nmi = nmi;
	fwnmi_post(vcpu, pending);
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	int r = load_registration(vm, in, error);

	while (!r && in->left && !in->failed)
		r = load_nmi(vm, in, error);
	return r;
}

const struct state_module fwnmi_state = { "fwnmi", 1, save, load };
