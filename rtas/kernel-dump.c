/* SPDX-License-Identifier: BSD-2-Clause */
/* ibm,configure-kernel-dump: LoPAR 7.3.30; see spapr/kernel-dump.h. */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/kernel-dump.h"
#include "spapr/util.h"

enum { REGISTER = 1, UNREGISTER = 2, INVALIDATE = 3 };

/* A copy is judged: the guest's can change meanwhile. */
static int32_t set(struct papr_vm *vm, uint64_t gpa, uint32_t len)
{
	struct kernel_dump *dump = &vm->dump;
	uint8_t bytes[KDUMP_MAX];
	const uint8_t *from;

	if (len > sizeof(bytes))
		return RTAS_PARAMETER_ERROR;
	from = ram_get(vm, gpa, len, RAM_READ);
	if (!from)
		return RTAS_PARAMETER_ERROR;
	memcpy(bytes, from, len);
	if (!kdump_is_good(bytes, len))
		return RTAS_PARAMETER_ERROR;
	memcpy(dump->bytes, bytes, len);
	dump->len = len;
	dump->state = KDUMP_REGISTERED;
	return RTAS_SUCCESS;
}

static int32_t invalidate(struct kernel_dump *dump)
{
	if (dump->state != KDUMP_ACTIVE)
		return RTAS_PARAMETER_ERROR;
	dump->state = KDUMP_NONE;
	return RTAS_SUCCESS;
}

static int32_t configure(struct papr_vm *vm,
			 const struct RTAS_ibm_configure_kernel_dump_in *in)
{
	struct kernel_dump *dump = &vm->dump;

	if (in->command == INVALIDATE)
		return invalidate(dump);
	if (in->command != REGISTER && in->command != UNREGISTER)
		return RTAS_PARAMETER_ERROR;
	if (dump->state == KDUMP_ACTIVE)
		return RTAS_DUMP_ACTIVE;
	if (in->command == UNREGISTER) {
		dump->state = KDUMP_NONE;
		return RTAS_SUCCESS;
	}
	if (dump->state != KDUMP_NONE)
		return RTAS_DUMP_REGISTERED;
	return set(vm, in->work_buffer, in->work_buffer_length);
}

static int32_t ibm_configure_kernel_dump(struct papr_vcpu *vcpu,
					 const void *args, void *rets)
{
	struct papr_vm *vm = vcpu->vm;
	int32_t status;

	(void)rets;
	pthread_mutex_lock(&vm->dump.lock);
	status = configure(vm, args);
	pthread_mutex_unlock(&vm->dump.lock);
	return status;
}

const struct rtas_impl rtas_kernel_dump[] = {
	{ RTAS_TOKEN_ibm_configure_kernel_dump, ibm_configure_kernel_dump },
	{ 0, NULL }
};
