/* SPDX-License-Identifier: BSD-2-Clause */
/* System parameters: LoPAR 7.3.16. */
#include "config.h"

#include <stdio.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/util.h"

enum sysparm {
	SPLPAR_CHARACTERISTICS = 20,
	DIAGNOSTICS_RUN_MODE = 42,
};

#define DIAGNOSTICS_DISABLED 0
#define VALUE_MAX 256

static uint64_t ram_mib(const struct papr_vm *vm)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < vm->n_ram; i++)
		bytes += vm->ram[i].len;
	return bytes >> 20;
}

/* The value of a parameter; returns its length, 0 if there is none such. */
static size_t value_of(const struct papr_vm *vm, uint32_t parameter,
		       char *value)
{
	switch (parameter) {
	case SPLPAR_CHARACTERISTICS:
		return snprintf(value, VALUE_MAX, "MaxEntCap=%u,DesMem=%llu,"
				"DesProcs=%u,MaxPlatProcs=%u",
				vm->config.cores * 100,
				(unsigned long long)ram_mib(vm),
				vm->config.cores, vm->config.cores) + 1;
	case DIAGNOSTICS_RUN_MODE:
		value[0] = DIAGNOSTICS_DISABLED;
		return 1;
	default:
		return 0;
	}
}

/*
 * The buffer gets a length of two bytes and as much of the value as fits; a
 * guest that asks for less than the length alone asks for nothing.
 */
static int32_t ibm_get_system_parameter(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_get_system_parameter_in *in = args;
	char value[VALUE_MAX];
	size_t len = value_of(vcpu->vm, in->parameter, value), n;
	uint8_t *p;

	(void)rets;
	if (!len)
		return RTAS_PARAMETER_ERROR;
	if (in->length < 2)
		return RTAS_SYSPARM_PARAM_ERROR;
	n = len < in->length - 2 ? len : in->length - 2;
	p = ram_get(vcpu->vm, in->buffer, n + 2, RAM_WRITE);
	if (!p)
		return RTAS_PARAMETER_ERROR;
	p[0] = len >> 8;
	p[1] = len & 0xff;
	memcpy(p + 2, value, n);
	return RTAS_SUCCESS;
}

static int32_t ibm_set_system_parameter(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_set_system_parameter_in *in = args;
	char value[VALUE_MAX];

	(void)rets;
	return value_of(vcpu->vm, in->parameter, value) ?
	       RTAS_NOT_AUTHORIZED : RTAS_PARAMETER_ERROR;
}

const struct rtas_impl rtas_sysparm[] = {
	{ RTAS_TOKEN_ibm_get_system_parameter, ibm_get_system_parameter },
	{ RTAS_TOKEN_ibm_set_system_parameter, ibm_set_system_parameter },
	{ 0, NULL }
};
