/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy that is in force, which may not be the one that the partition
 * began with: what it says of all calls, and of each of which it says more.
 * Calls that are to fail begin to count anew.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/policy.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

enum subject { ALL, HCALL, RTAS };

static void put_fault(struct state_out *out, const struct papr_fault *f)
{
	state_put_u8(out, f->fails);
	state_put_u8(out, f->one_vcpu);
	state_put_u64(out, f->status);
	state_put_u32(out, f->retries);
	state_put_u32(out, f->delay_us);
	state_put_u32(out, f->vcpu_id);
	state_put_u32(out, f->n_args);
	for (size_t i = 0; i < PAPR_FAULT_ARGS; i++) {
		state_put_u32(out, f->arg[i].index);
		state_put_u64(out, f->arg[i].value);
		state_put_u64(out, f->arg[i].mask);
	}
	state_put_u64(out, f->after);
	state_put_u64(out, f->every);
	state_put_u64(out, f->times);
	state_put_u32(out, f->chance);
	state_put_u32(out, f->chances);
	state_put_u64(out, f->seed);
}

static void get_fault(struct state_in *in, struct papr_fault *f)
{
	f->size = sizeof(*f);
	f->fails = state_get_bool(in);
	f->one_vcpu = state_get_bool(in);
	f->status = state_get_u64(in);
	f->retries = state_get_u32(in);
	f->delay_us = state_get_u32(in);
	f->vcpu_id = state_get_u32(in);
	f->n_args = state_get_u32(in);
	for (size_t i = 0; i < PAPR_FAULT_ARGS; i++) {
		f->arg[i].index = state_get_u32(in);
		f->arg[i].value = state_get_u64(in);
		f->arg[i].mask = state_get_u64(in);
	}
	f->after = state_get_u64(in);
	f->every = state_get_u64(in);
	f->times = state_get_u64(in);
	f->chance = state_get_u32(in);
	f->chances = state_get_u32(in);
	f->seed = state_get_u64(in);
}

static void put_statement(struct state_out *out, enum subject subject,
			  uint32_t number, const struct statement *st)
{
	if (!st->said)
		return;
	state_put_u8(out, subject);
	state_put_u32(out, number);
	state_put_u8(out, st->route);
	state_put_u8(out, st->log);
	state_put_u8(out, st->fault_said);
	if (st->fault_said)
		put_fault(out, &st->fault);
}

/* Sets are told call by call: another library may have others in them. */
static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	const struct papr_policy *p = vm->policy;

	(void)error;
	state_put_u8(out, p->force);
	put_statement(out, ALL, 0, &p->all);
	for (int row = 0; row < HCALL_ROWS; row++)
		put_statement(out, HCALL, hcall_table[row].number,
			      p->by_call[row].said ? &p->by_call[row] :
						     &p->by_set[row]);
	for (int row = 0; row < RTAS_ROWS; row++)
		put_statement(out, RTAS, rtas_table[row].number,
			      &p->rtas[row]);
	return 0;
}

static int say(struct papr_policy *p, enum subject subject, uint32_t number,
	       const struct statement *st, struct papr_error *error)
{
	int row = subject == HCALL ? hcall_row(number) : rtas_row(number);

	if (subject == ALL)
		return policy_set_default(p, st, error);
	if (subject > RTAS || row < 0)
		return error_set(error, -EINVAL, "call 0x%x is not known",
				 number);
	if (subject == HCALL)
		return policy_set_hcall(p, hcall_table[row].name, st, error);
	return policy_set_rtas(p, rtas_table[row].name, st, error);
}

static int read_policy(struct papr_policy *p, struct state_in *in,
		       struct papr_error *error)
{
	int r = 0;

	p->force = state_get_bool(in);
	while (!r && in->left && !in->failed) {
		struct statement st = { .said = true };
		enum subject subject = state_get_u8(in);
		uint32_t number = state_get_u32(in);

		st.route = state_get_u8(in);
		st.log = state_get_bool(in);
		st.fault_said = state_get_bool(in);
		if (st.fault_said)
			get_fault(in, &st.fault);
		if (!in->failed)
			r = say(p, subject, number, &st, error);
	}
	return r;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	struct papr_policy *policy;
	int r = papr_policy_new(&policy);

	if (r)
		return error_set(error, r, "out of memory");
	r = read_policy(policy, in, error);
	if (!r && !in->failed)
		r = papr_vm_change_policy(vm, policy, error);
	papr_policy_free(policy);
	return r;
}

const struct state_module routes_state = { "routes", 1, save, load };
