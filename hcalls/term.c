/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual terminals, LoPAR "hcall-term". */
#include "config.h"

#include "hcalls/handlers.h"
#include "spapr/fdt.h"
#include "spapr/util.h"

#define TERM_CHARS 16

/* Firmware, and early in its boot Linux, call the first terminal 0. */
static bool is_terminal(uint64_t termno)
{
	return termno == VTY_UNIT || !termno;
}

static int64_t h_put_term_char(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct H_PUT_TERM_CHAR_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	uint8_t chars[TERM_CHARS];

	(void)rets;
	if (!is_terminal(in->termno) || in->len > TERM_CHARS ||
	    !vm->vmm_ops.console_write)
		return H_PARAMETER;
	store_be64(chars, in->char0_7);
	store_be64(chars + 8, in->char8_15);

	/*
	 * All or nothing: on H_BUSY the guest sends the same characters
	 * again.  An empty write is asked about too, it may well be busy.
	 */
	if (in->len && !vm->vmm_ops.console_write(vm->vmm, VTY_UNIT, chars,
						  in->len))
		return H_BUSY;
	return H_SUCCESS;
}

static int64_t h_get_term_char(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct H_GET_TERM_CHAR_in *in = args;
	struct H_GET_TERM_CHAR_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	uint8_t chars[TERM_CHARS] = { 0 };
	size_t len;

	if (!is_terminal(in->termno) || !vm->vmm_ops.console_read)
		return H_PARAMETER;
	len = vm->vmm_ops.console_read(vm->vmm, VTY_UNIT, chars,
				       sizeof(chars));
	out->len = len < sizeof(chars) ? len : sizeof(chars);
	out->char0_7 = load_be64(chars);
	out->char8_15 = load_be64(chars + 8);
	return H_SUCCESS;
}

const struct hcall_impl hcalls_term[] = {
	{ H_PUT_TERM_CHAR, h_put_term_char },
	{ H_GET_TERM_CHAR, h_get_term_char },
	{ 0, NULL }
};
