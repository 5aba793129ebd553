/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared processors, LoPAR "hcall-splpar": what userspace knows of them.  A
 * partition here is capped at a whole processor per vCPU.
 */
#include "config.h"

#include "hcalls/handlers.h"

#define PER_PROCESSOR 100u	/* entitlement is in hundredths */

/* Fields of the results of H_GET_PPP, from the most significant byte. */
#define PPP_CAPPED(x)		((uint64_t)(x) << 48)
#define PPP_POOL_CPUS(x)	((uint64_t)(x) << 16)
#define PPP_SYSTEM_CPUS(x)	((uint64_t)(x))

static int64_t h_get_ppp(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct H_GET_PPP_out *out = rets;
	uint64_t cores = vcpu->vm->config.cores;

	(void)args;
	out->entitled = cores * PER_PROCESSOR;
	out->unallocated = 0;
	out->aggregation = 0;
	out->resources = PPP_CAPPED(1) | PPP_POOL_CPUS(cores) |
			 PPP_SYSTEM_CPUS(cores);
	out->allocations = 0;
	return H_SUCCESS;
}

/* Nothing can be changed: the nearest values are those in force. */
static int64_t h_set_ppp(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_SET_PPP_in *in = args;

	(void)rets;
	if (in->entitled == vcpu->vm->config.cores * PER_PROCESSOR &&
	    !in->variable)
		return H_SUCCESS;
	return H_CONSTRAINED;
}

static int64_t h_purr(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct H_PURR_out *out = rets;
	uint64_t purr;

	(void)args;
	if (vcpu->vm->host_ops.get_reg(vcpu->host, PAPR_REG_PURR, &purr))
		return H_HARDWARE;
	out->purr = purr;
	return H_SUCCESS;
}

const struct hcall_impl hcalls_splpar[] = {
	{ H_GET_PPP, h_get_ppp },
	{ H_SET_PPP, h_set_ppp },
	{ H_PURR, h_purr },
	{ 0, NULL }
};
