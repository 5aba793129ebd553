/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RTAS calls.  This is the only code that touches the guest's argument block:
 *
 *	cells of 32 bits, big-endian, at any alignment:
 *	token, number of arguments, number of results, arguments, results
 *
 * LoPAR 7.2.7; the hypercall that passes its address is KVM's and QEMU's.
 */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/fault.h"
#include "spapr/probes.h"
#include "spapr/routing.h"
#include "spapr/util.h"

#define HEADER_CELLS 3
/* As many as struct rtas_args of every known caller has. */
#define MAX_CELLS 16

/* Before it reads the device tree, Linux prints with this token. */
#define EARLY_DISPLAY_CHARACTER 0x0a

struct block {
	uint64_t gpa;
	uint32_t token;
	uint32_t nargs;
	uint32_t nrets;
	uint32_t cells[MAX_CELLS];	/* arguments, then results */
};

static bool block_load(struct papr_vm *vm, uint64_t gpa, struct block *b)
{
	const uint8_t *p = ram_get(vm, gpa, HEADER_CELLS * 4, RAM_READ);

	if (!p)
		return false;
	b->gpa = gpa;
	b->token = load_be32(p);
	b->nargs = load_be32(p + 4);
	b->nrets = load_be32(p + 8);
	/* A call without results has nowhere to put its status. */
	if (b->nargs > MAX_CELLS || b->nrets > MAX_CELLS - b->nargs ||
	    !b->nrets)
		return false;
	p = ram_get(vm, gpa, (HEADER_CELLS + b->nargs + b->nrets) * 4,
		    RAM_READ);
	if (!p)
		return false;
	memset(b->cells, 0, sizeof(b->cells));
	for (uint32_t i = 0; i < b->nargs + b->nrets; i++)
		b->cells[i] = load_be32(p + (HEADER_CELLS + i) * 4);
	return true;
}

static bool block_store(struct papr_vm *vm, const struct block *b)
{
	uint8_t *p = ram_get(vm, b->gpa + (HEADER_CELLS + b->nargs) * 4,
			     b->nrets * 4, RAM_WRITE);

	if (!p)
		return false;
	for (uint32_t i = 0; i < b->nrets; i++)
		store_be32(p + i * 4, b->cells[b->nargs + i]);
	return true;
}

static bool good_counts(const struct papr_call_info *call,
			const struct block *b)
{
	return b->nargs >= call->in_min && b->nargs <= call->in_count &&
	       b->nrets >= call->out_min && b->nrets <= call->out_count;
}

/* True if it fails on purpose. */
static bool fails(struct papr_vcpu *vcpu, struct fault *fault,
		  const uint32_t *cells, int32_t *status)
{
	uint64_t args[HCALL_REGS], none[HCALL_REGS];
	int64_t wanted;

	if (!fault)
		return false;
	for (int i = 0; i < HCALL_REGS; i++)
		args[i] = cells[i];
	if (!fault_strikes(fault, vcpu, args, none, &wanted))
		return false;
	*status = wanted;
	return true;
}

/*
 * KVM reads and writes so many bytes of each block, and hands over those that
 * are not all memory: made again, such a call would only come here once more.
 * The block itself is in one region.
 */
#define KVM_BLOCK 88u

static bool kernel_takes(struct papr_vm *vm, uint64_t gpa)
{
	return gpa <= UINT64_MAX - KVM_BLOCK &&
	       ram_get(vm, gpa, 1, RAM_WRITE) &&
	       ram_get(vm, gpa + KVM_BLOCK - 1, 1, RAM_WRITE);
}

/*
 * Handlers see arguments and results without the status among them.  A call
 * that is refused leaves all other results as they are.
 */
static int32_t run(struct papr_vcpu *vcpu, int row, struct block *b)
{
	const struct rtas_route *route = &routing_held(vcpu)->rtas[row];
	const struct papr_call_info *call = &rtas_table[row];
	uint32_t args[MAX_CELLS] = { 0 }, rets[MAX_CELLS] = { 0 };
	uint32_t *result = b->cells + b->nargs;
	int32_t status;

	if (!route->fn || !good_counts(call, b))
		return RTAS_PARAMETER_ERROR;
	memcpy(args, b->cells, b->nargs * sizeof(args[0]));
	vcpu->rtas_nrets = b->nrets;
	if (!fails(vcpu, route->fault, args, &status))
		status = route->fn(vcpu, args, rets);
	if (status == RTAS_AGAIN && !kernel_takes(vcpu->vm, b->gpa))
		status = RTAS_PARAMETER_ERROR;
	if (status == RTAS_PARAMETER_ERROR)
		return status;
	for (uint32_t i = 0, n = 0; i < b->nrets; i++)
		if (i != call->out_status)
			result[i] = rets[n++];
	return status;
}

static void count(struct papr_vcpu *vcpu, int row, int32_t status)
{
	struct rtas_stats *s = &vcpu->rtas[row];

	count_one(&s->calls);
	if (status < 0)
		count_one(&s->errors);
	if (status)
		results_count(&vcpu->stats.rtas[row], status);
}

static int32_t run_counted(struct papr_vcpu *vcpu, int row, struct block *b)
{
	struct vcpu_times *times = stats_timing(&vcpu->stats);
	uint64_t start_ns = times ? stats_now_ns() : 0;
	int32_t status;

	PROBE4(rtas_enter, vcpu->id, b->token, b->nargs, b->cells);
	status = run(vcpu, row, b);
	PROBE3(rtas_return, vcpu->id, b->token, status);
	if (status == RTAS_AGAIN)
		return status;
	if (status == RTAS_HARDWARE_ERROR)
		atomic_store(&vcpu->vm->last_error, b->token);
	if (times)
		times_count(&times->rtas[row], start_ns);
	count(vcpu, row, status);
	return status;
}

static void trace(struct papr_vcpu *vcpu, const struct block *b, int64_t ret)
{
	struct papr_vm *vm = vcpu->vm;
	int row = rtas_row(b->token);
	bool logged = row >= 0 && routing_held(vcpu)->rtas[row].logged;
	struct papr_hcall hcall = {
		.nr = H_RTAS, .ret = (uint64_t)ret, .args = { b->gpa }
	};

	if (!vm->vmm_ops.trace && !logged)
		return;
	vm_trace(vm, &(struct papr_trace){
		.vcpu_id = vcpu->id, .hcall = &hcall, .args = hcall.args,
		.rtas = true, .token = b->token, .nargs = b->nargs,
		.nrets = b->nrets, .rtas_args = b->cells,
	}, logged);
}

/* An unknown token: the hypercall fails too, as QEMU's does. */
static int64_t answer(struct papr_vcpu *vcpu, struct block *b)
{
	int row = b->token == EARLY_DISPLAY_CHARACTER ?
		  RTAS_ROW_display_character : rtas_row(b->token);
	int32_t status = RTAS_PARAMETER_ERROR;
	uint32_t place = 0;

	if (row >= 0) {
		status = run_counted(vcpu, row, b);
		if (status == RTAS_AGAIN)
			return HCALL_AGAIN;
		if (rtas_table[row].out_status < b->nrets)
			place = rtas_table[row].out_status;
	}
	b->cells[b->nargs + place] = (uint32_t)status;
	if (!block_store(vcpu->vm, b) || row < 0)
		return H_PARAMETER;
	return H_SUCCESS;
}

int64_t rtas_dispatch(struct papr_vcpu *vcpu, uint64_t gpa)
{
	struct block b;
	int64_t ret;

	if (!block_load(vcpu->vm, gpa, &b)) {
		b = (struct block){ .gpa = gpa };
		ret = H_PARAMETER;
	} else {
		ret = answer(vcpu, &b);
	}
	if (ret != HCALL_AGAIN)
		trace(vcpu, &b, ret);
	return ret;
}
