/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt sources, LoPAR 7.3.10, on the controller in userspace: these are
 * asked only if the VM has one.  While the host has its state, the guest asks
 * again.
 */
#include "config.h"

#include <errno.h>

#include "rtas/handlers.h"
#include "rtas/status.h"

static int32_t status(int err)
{
	switch (err) {
	case 0:
		return RTAS_SUCCESS;
	case -EAGAIN:
		return RTAS_AGAIN;
	default:
		return RTAS_PARAMETER_ERROR;
	}
}

static int32_t ibm_set_xive(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	const struct RTAS_ibm_set_xive_in *in = args;

	(void)rets;
	return status(xics_set_xive(vcpu->vm->xics, in->interrupt, in->server,
				    in->priority));
}

static int32_t ibm_get_xive(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	const struct RTAS_ibm_get_xive_in *in = args;
	struct RTAS_ibm_get_xive_out *out = rets;

	return status(xics_get_xive(vcpu->vm->xics, in->interrupt,
				    &out->server, &out->priority));
}

static int32_t ibm_int_off(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct RTAS_ibm_int_off_in *in = args;

	(void)rets;
	return status(xics_int_off(vcpu->vm->xics, in->interrupt));
}

static int32_t ibm_int_on(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct RTAS_ibm_int_on_in *in = args;

	(void)rets;
	return status(xics_int_on(vcpu->vm->xics, in->interrupt));
}

const struct rtas_impl rtas_xics[] = {
	{ RTAS_TOKEN_ibm_set_xive, ibm_set_xive },
	{ RTAS_TOKEN_ibm_get_xive, ibm_get_xive },
	{ RTAS_TOKEN_ibm_int_off, ibm_int_off },
	{ RTAS_TOKEN_ibm_int_on, ibm_int_on },
	{ 0, NULL }
};
