/* SPDX-License-Identifier: BSD-2-Clause */
/* Time and virtual processors, of which the host has the registers. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/rest.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/*
 * The timebase goes on where it was, for all vCPUs alike; the time of day goes
 * on with the program's clock.
 */
static int save_time(struct papr_vm *vm, struct state_out *out,
		     struct papr_error *error)
{
	uint64_t tb;
	int r = vm->host_ops.get_reg(vm->vcpus[0]->host, PAPR_REG_TB, &tb);

	if (r)
		return error_set(error, r, "the host does not tell the time "
				 "base: %s", strerror(-r));
	state_put_u64(out, tb);
	state_put_u64(out, atomic_load(&vm->clock_offset_ns));
	return 0;
}

static int load_time(struct papr_vm *vm, struct state_in *in,
		     struct papr_error *error)
{
	uint64_t tb = state_get_u64(in), offset_ns = state_get_u64(in);

	if (in->failed)
		return 0;
	atomic_store(&vm->clock_offset_ns, offset_ns);
	vm->loaded_tb = tb;
	return time_go(vm, error);
}

int time_go(struct papr_vm *vm, struct papr_error *error)
{
	int r = vm->host_ops.set_timebase(vm->host, vm->loaded_tb);

	return r ? error_set(error, r, "the host does not set the time base: "
			     "%s", strerror(-r)) : 0;
}

const struct state_module time_state = { "time", 1, save_time, load_time };

/* --- a section for each vCPU */

static void put_entry(struct state_out *out, const struct papr_entry *entry)
{
	state_put_u64(out, entry->pc);
	state_put_u64(out, entry->r3);
	state_put_u64(out, entry->r4);
	state_put_u64(out, entry->r5);
	state_put_u64(out, entry->r1);
}

static void get_entry(struct state_in *in, struct papr_entry *entry)
{
	entry->pc = state_get_u64(in);
	entry->r3 = state_get_u64(in);
	entry->r4 = state_get_u64(in);
	entry->r5 = state_get_u64(in);
	entry->r1 = state_get_u64(in);
}

static int save_cpu(struct papr_vcpu *vcpu, struct papr_saved_reg *regs,
		    struct state_out *out, struct papr_error *error)
{
	int n = vcpu->vm->host_ops.get_state(vcpu->host, regs,
					     PAPR_SAVED_REGS);

	if (n < 0)
		return error_set(error, n, "the host does not tell the "
				 "registers of vCPU %u: %s", vcpu->id,
				 strerror(-n));
	state_put_u32(out, vcpu->index);
	state_put_u8(out, papr_vcpu_state(vcpu));
	state_put_u8(out, rest_get(vcpu));
	put_entry(out, &vcpu->entry);
	for (int i = 0; i < n; i++) {
		state_put_u64(out, regs[i].id);
		state_put_u8(out, regs[i].len);
		state_put_bytes(out, regs[i].bytes, regs[i].len);
	}
	return state_next(out, error);
}

static int save_cpus(struct papr_vm *vm, struct state_out *out,
		     struct papr_error *error)
{
	struct papr_saved_reg *regs = talloc_array(NULL, struct papr_saved_reg,
						   PAPR_SAVED_REGS);
	int r = 0;

	if (!regs)
		return error_set(error, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++)
		if (papr_vcpu_is_there(vm->vcpus[i]))
			r = save_cpu(vm->vcpus[i], regs, out, error);
	talloc_free(regs);
	return r;
}

static size_t get_regs(struct state_in *in, struct papr_saved_reg *regs)
{
	size_t n = 0;

	for (; in->left && !in->failed && n < PAPR_SAVED_REGS; n++) {
		regs[n] = (struct papr_saved_reg){ .id = state_get_u64(in) };
		regs[n].len = state_get_u8(in);
		if (!regs[n].len || regs[n].len > sizeof(regs[n].bytes))
			in->failed = true;
		else
			state_get_bytes(in, regs[n].bytes, regs[n].len);
	}
	return n;
}

static int set_regs(struct papr_vcpu *vcpu, const struct papr_saved_reg *regs,
		    size_t n, struct papr_error *error)
{
	uint64_t culprit = 0;
	int r = vcpu->vm->host_ops.set_state(vcpu->host, regs, n, &culprit);

	if (!r)
		return 0;
	return error_set(error, r, "the host does not take register 0x%llx of "
			 "vCPU %u: %s", (unsigned long long)culprit, vcpu->id,
			 strerror(-r));
}

static int load_cpu(struct papr_vm *vm, struct state_in *in,
		    struct papr_saved_reg *regs, struct papr_error *error)
{
	uint32_t index = state_get_u32(in);
	uint8_t state = state_get_u8(in), rest = state_get_u8(in);
	struct papr_entry entry;
	struct papr_vcpu *vcpu;
	size_t n;

	get_entry(in, &entry);
	n = get_regs(in, regs);
	if (in->failed || in->left)
		return 0;
	if (index >= vm->n_vcpus || !papr_vcpu_is_there(vm->vcpus[index]) ||
	    state > PAPR_CPU_RUNNING || !rest_is(rest))
		return error_set(error, -EINVAL, "vCPU %u of %u cannot be in "
				 "state %u and rest %u", index, vm->n_vcpus,
				 state, rest);
	vcpu = vm->vcpus[index];
	vcpu->entry = entry;
	atomic_store(&vcpu->state, state);
	rest_set(vcpu, rest);
	return set_regs(vcpu, regs, n, error);
}

static int load_cpus(struct papr_vm *vm, struct state_in *in,
		     struct papr_error *error)
{
	struct papr_saved_reg *regs = talloc_array(NULL, struct papr_saved_reg,
						   PAPR_SAVED_REGS);
	int r;

	if (!regs)
		return error_set(error, -ENOMEM, "out of memory");
	r = load_cpu(vm, in, regs, error);
	talloc_free(regs);
	return r;
}

const struct state_module vcpu_state = { "vcpu", 1, save_cpus, load_cpus };
