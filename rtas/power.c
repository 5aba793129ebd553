/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a guest: LoPAR 7.3.6, 7.3.7 and 7.3.9. */
#include "config.h"

#include <stdio.h>

#include "rtas/handlers.h"
#include "rtas/status.h"

/* Longer messages are cut; Linux writes at most 512 bytes. */
#define OS_TERM_MAX 512

static void event(struct papr_vcpu *vcpu, enum papr_event e, const char *text)
{
	if (vcpu->vm->vmm_ops.event)
		vcpu->vm->vmm_ops.event(vcpu->vm->vmm, e, text);
}

static int32_t power_off(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	(void)args;
	(void)rets;
	event(vcpu, PAPR_EVENT_POWER_OFF, "");
	return RTAS_SUCCESS;
}

/* When there is power again, the guest is to be, too. */
static int32_t ibm_power_off_ups(struct papr_vcpu *vcpu, const void *args,
				 void *rets)
{
	(void)args;
	(void)rets;
	event(vcpu, PAPR_EVENT_POWER_OFF, "ups");
	return RTAS_SUCCESS;
}

static int32_t system_reboot(struct papr_vcpu *vcpu, const void *args,
			     void *rets)
{
	(void)args;
	(void)rets;
	event(vcpu, PAPR_EVENT_REBOOT, "");
	return RTAS_SUCCESS;
}

/* As much of the guest's string as there is; what is not text becomes a dot. */
static void read_string(struct papr_vm *vm, uint64_t gpa, char *text)
{
	size_t n;

	for (n = 0; n < OS_TERM_MAX - 1; n++) {
		const char *c = ram_get(vm, gpa + n, 1, RAM_READ);

		if (!c || !*c)
			break;
		text[n] = *c >= ' ' && *c <= '~' ? *c : '.';
	}
	text[n] = '\0';
}

static int32_t ibm_os_term(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct RTAS_ibm_os_term_in *in = args;
	char text[OS_TERM_MAX];

	(void)rets;
	read_string(vcpu->vm, in->string, text);
	event(vcpu, kdump_want(vcpu->vm) ? PAPR_EVENT_DUMP :
					   PAPR_EVENT_OS_TERM, text);
	return RTAS_SUCCESS;
}

const struct rtas_impl rtas_power[] = {
	{ RTAS_TOKEN_power_off, power_off },
	{ RTAS_TOKEN_ibm_power_off_ups, ibm_power_off_ups },
	{ RTAS_TOKEN_system_reboot, system_reboot },
	{ RTAS_TOKEN_ibm_os_term, ibm_os_term },
	{ 0, NULL }
};
