/* SPDX-License-Identifier: BSD-2-Clause */
/* Registration and interlock of a partition that is saved and goes on. */
#include "config.h"

#include <errno.h>

#include "fwnmi/fwnmi.h"
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
