/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that is ready to be stopped: LoPAR, ibm,suspend-me.  All its other
 * vCPUs sleep in H_JOIN or are stopped.
 */
#include "config.h"

#include <errno.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/rest.h"

static int32_t ibm_suspend_me(struct papr_vcpu *vcpu, const void *args,
			      void *rets)
{
	struct papr_vm *vm = vcpu->vm;
	bool last;

	(void)args;
	(void)rets;
	pthread_mutex_lock(&vm->join_lock);
	last = rest_is_last(vcpu);
	pthread_mutex_unlock(&vm->join_lock);
	if (!last)
		return RTAS_MULTIPLE_ACTIVE;
	switch (vm->vmm_ops.suspend ? vm->vmm_ops.suspend(vm->vmm, vcpu) : 0) {
	case 0:
		vasi_done(vm);
		return RTAS_SUCCESS;
	case -ECANCELED:
		return RTAS_SUSPENSION_ABORTED;
	default:
		return RTAS_NOT_SUSPENDABLE;
	}
}

const struct rtas_impl rtas_suspend[] = {
	{ RTAS_TOKEN_ibm_suspend_me, ibm_suspend_me },
	{ 0, NULL }
};
