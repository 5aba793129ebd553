/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest is told of a hardware error that a call has had: LoPAR 7.3.3. */
#include "config.h"

#include <errno.h>

#include "fwnmi/elog.h"
#include "fwnmi/event.h"
#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/state.h"
#include "spapr/util.h"

/* It is told once; a buffer that cannot take it leaves it for another call. */
static int32_t rtas_last_error_call(struct papr_vcpu *vcpu, const void *args,
				    void *rets)
{
	const struct RTAS_rtas_last_error_in *in = args;
	uint8_t log[PAPR_ELOG_MAX], cut[PAPR_ELOG_MAX];
	struct papr_vm *vm = vcpu->vm;
	uint32_t token = atomic_load(&vm->last_error);
	size_t len;
	void *to;

	(void)rets;
	if (!token)
		return RTAS_NO_EVENT;
	if (in->length < ELOG_HEADER_LEN ||
	    !ram_get(vm, in->buffer, ELOG_HEADER_LEN, RAM_READ))
		return RTAS_PARAMETER_ERROR;
	len = event_log_of_call(vm, token, log);
	len = elog_cut(log, len, cut, in->length);
	to = ram_get(vm, in->buffer, len, RAM_WRITE);
	if (!to)
		return RTAS_PARAMETER_ERROR;
	memcpy(to, cut, len);
	atomic_compare_exchange_strong(&vm->last_error, &token, 0);
	return RTAS_SUCCESS;
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	uint32_t token = atomic_load(&vm->last_error);

	(void)error;
	if (token)
		state_put_u32(out, token);
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	uint32_t token = state_get_u32(in);

	if (!in->failed && rtas_row(token) < 0)
		return error_set(error, -EINVAL, "0x%x is the token of no "
				 "RTAS call", token);
	atomic_store(&vm->last_error, token);
	return 0;
}

const struct state_module last_error_state = { "last-error", 1, save, load };

const struct rtas_impl rtas_last_error[] = {
	{ RTAS_TOKEN_rtas_last_error, rtas_last_error_call },
	{ 0, NULL }
};
