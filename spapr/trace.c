/* SPDX-License-Identifier: BSD-2-Clause */
/* One line per call, with the names of the catalogue. */
#include "config.h"

#include <inttypes.h>

#include "spapr/util.h"
#include "spapr/vm.h"

static void add_value(struct line *l, const struct papr_arg *arg,
		      const char *comma, uint64_t value)
{
	if (arg->kind == PAPR_ARG_KEEP)
		return;
	line_add(l, "%s%s=", comma, arg->name);
	if (arg->kind == PAPR_ARG_LEN || arg->kind == PAPR_ARG_CPU)
		line_add(l, "%" PRIu64, value);
	else
		line_add(l, "0x%" PRIx64, value);
}

static void add_status(struct line *l, uint64_t ret)
{
	const char *name = hcall_status_name((int64_t)ret);

	if (name)
		line_add(l, ") = %s", name);
	else
		line_add(l, ") = %" PRId64, (int64_t)ret);
}

static void add_hcall(struct line *l, const struct papr_trace *t)
{
	int row = hcall_row(t->hcall->nr);
	const struct papr_call_info *call = row < 0 ? NULL : &hcall_table[row];

	if (call)
		line_add(l, "%s(", call->name);
	else
		line_add(l, "hcall 0x%" PRIx64 "(", t->hcall->nr);
	if (!call || call->in_unspecified)
		for (int i = 0; i < PAPR_HCALL_ARGS; i++)
			line_add(l, "%s0x%" PRIx64, i ? ", " : "", t->args[i]);
	else
		for (unsigned int i = 0; i < call->in_count; i++)
			add_value(l, &call->in[i], i ? ", " : "", t->args[i]);
	add_status(l, t->hcall->ret);
	if (call && (int64_t)t->hcall->ret >= 0)
		for (unsigned int i = 0; i < call->out_count; i++)
			add_value(l, &call->out[i], " ", t->hcall->args[i]);
}

/* The name of a cell; cells beyond the table have only their place. */
static void add_cell(struct line *l, const struct papr_arg *args,
		     unsigned int known, uint32_t i, const char *comma,
		     uint32_t value)
{
	if (i < known)
		add_value(l, &args[i], comma, value);
	else
		line_add(l, "%s0x%" PRIx32, comma, value);
}

static void add_rtas(struct line *l, const struct papr_trace *t)
{
	int row = rtas_row(t->token);
	const struct papr_call_info *call = row < 0 ? NULL : &rtas_table[row];
	const uint32_t *rets = t->rtas_args + t->nargs;
	uint32_t status = call ? call->out_status : 0;

	if (call)
		line_add(l, "%s(", call->name);
	else
		line_add(l, "rtas 0x%" PRIx32 "(", t->token);
	for (uint32_t i = 0; i < t->nargs; i++)
		add_cell(l, call ? call->in : NULL, call ? call->in_count : 0,
			 i, i ? ", " : "", t->rtas_args[i]);
	if (!t->nrets) {
		add_status(l, t->hcall->ret);
		return;
	}
	if (status >= t->nrets)
		status = 0;
	line_add(l, ") = %" PRId32, (int32_t)rets[status]);
	for (uint32_t i = 0; i < t->nrets; i++)
		if (i != status)
			add_cell(l, call ? call->out : NULL,
				 call ? call->out_count : 0, i, " ", rets[i]);
}

void vm_trace(struct papr_vm *vm, const struct papr_trace *trace, bool logged)
{
	char text[512];

	if (vm->vmm_ops.trace)
		vm->vmm_ops.trace(vm->vmm, trace);
	if (!logged)
		return;
	papr_trace_format(trace, text, sizeof(text));
	vm_log(vm, PAPR_LOG_INFO, "%s", text);
}

size_t papr_trace_format(const struct papr_trace *trace, char *text,
			 size_t size)
{
	struct line l = { text, size, 0 };

	line_add(&l, "cpu %" PRIu32 " ", trace->vcpu_id);
	if (trace->rtas)
		add_rtas(&l, trace);
	else
		add_hcall(&l, trace);
	return l.len;
}
