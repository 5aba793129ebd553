/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypercall behind the RTAS stub; KVM's and QEMU's, not PAPR's. */
#include "config.h"

#include "hcalls/handlers.h"
#include "rtas/handlers.h"

static int64_t h_rtas(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_RTAS_in *in = args;

	(void)rets;
	return rtas_dispatch(vcpu, in->args);
}

const struct hcall_impl hcalls_rtas[] = {
	{ H_RTAS, h_rtas },
	{ 0, NULL }
};
