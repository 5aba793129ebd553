/* SPDX-License-Identifier: BSD-2-Clause */
/* Characters for an operator panel: LoPAR 7.3.5. */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/fdt.h"

static int32_t display_character(struct papr_vcpu *vcpu, const void *args,
				 void *rets)
{
	const struct RTAS_display_character_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	uint8_t c = in->value;

	(void)rets;
	if (!vm->vmm_ops.console_write)
		return RTAS_HARDWARE_ERROR;
	return vm->vmm_ops.console_write(vm->vmm, VTY_UNIT, &c, 1) ?
	       RTAS_SUCCESS : RTAS_BUSY;
}

const struct rtas_impl rtas_display[] = {
	{ RTAS_TOKEN_display_character, display_character },
	{ 0, NULL }
};
