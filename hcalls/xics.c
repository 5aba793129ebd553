/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt presentation, LoPAR "hcall-interrupt", on the controller in
 * userspace: these are asked only if the VM has one.  While the host has its
 * state, the guest asks again.
 *
 * Of CPPR, MFRR and XIRR the low byte, or the low four, count.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"

static int64_t h_eoi(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_EOI_in *in = args;

	(void)rets;
	switch (xics_eoi(vcpu->vm->xics, vcpu, (uint32_t)in->xirr)) {
	case 0:
		return H_SUCCESS;
	case -EAGAIN:
		return HCALL_AGAIN;
	default:
		return H_PARAMETER;
	}
}

static int64_t h_cppr(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_CPPR_in *in = args;

	(void)rets;
	return xics_set_cppr(vcpu->vm->xics, vcpu, (uint8_t)in->cppr) ?
	       HCALL_AGAIN : H_SUCCESS;
}

static int64_t h_ipi(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_IPI_in *in = args;
	struct papr_vcpu *target = vm_vcpu_by_id(vcpu->vm, in->server);

	(void)rets;
	if (!target)
		return H_PARAMETER;
	return xics_set_mfrr(vcpu->vm->xics, target, (uint8_t)in->mfrr) ?
	       HCALL_AGAIN : H_SUCCESS;
}

static int64_t h_ipoll(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_IPOLL_in *in = args;
	struct papr_vcpu *target = vm_vcpu_by_id(vcpu->vm, in->server);
	struct H_IPOLL_out *out = rets;
	uint32_t xirr;
	uint8_t mfrr;

	if (!target)
		return H_PARAMETER;
	if (xics_poll(vcpu->vm->xics, target, &xirr, &mfrr))
		return HCALL_AGAIN;
	out->xirr = xirr;
	out->mfrr = mfrr;
	return H_SUCCESS;
}

static int64_t h_xirr(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct H_XIRR_out *out = rets;
	int64_t xirr = xics_accept(vcpu->vm->xics, vcpu);

	(void)args;
	if (xirr < 0)
		return HCALL_AGAIN;
	out->xirr = xirr;
	return H_SUCCESS;
}

/*
 * The time is that of this call, as in KVM: nothing notes when an interrupt
 * came.  Without a time nothing is accepted.
 */
static int64_t h_xirr_x(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	struct H_XIRR_X_out *out = rets;
	uint64_t now;
	int64_t xirr;

	(void)args;
	if (vcpu->vm->host_ops.get_reg(vcpu->host, PAPR_REG_TB, &now))
		return H_HARDWARE;
	xirr = xics_accept(vcpu->vm->xics, vcpu);
	if (xirr < 0)
		return HCALL_AGAIN;
	out->xirr = xirr;
	out->timestamp = now;
	return H_SUCCESS;
}

const struct hcall_impl hcalls_xics[] = {
	{ H_EOI, h_eoi },
	{ H_CPPR, h_cppr },
	{ H_IPI, h_ipi },
	{ H_IPOLL, h_ipoll },
	{ H_XIRR, h_xirr },
	{ H_XIRR_X, h_xirr_x },
	{ 0, NULL }
};
