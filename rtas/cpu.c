/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting and stopping processors: LoPAR 7.3.12. */
#include "config.h"

#include "fwnmi/fwnmi.h"
#include "rtas/handlers.h"
#include "rtas/status.h"

/* Results of query-cpu-stopped-state. */
enum { CPU_IS_STOPPED, CPU_IS_STOPPING, CPU_IS_RUNNING };

static int32_t query_cpu_stopped_state(struct papr_vcpu *vcpu, const void *args,
				       void *rets)
{
	const struct RTAS_query_cpu_stopped_state_in *in = args;
	struct RTAS_query_cpu_stopped_state_out *out = rets;
	struct papr_vcpu *target = vm_vcpu_by_id(vcpu->vm, in->thread);

	if (!target)
		return RTAS_PARAMETER_ERROR;
	switch (papr_vcpu_state(target)) {
	case PAPR_CPU_STOPPED:
		out->cpu_status = CPU_IS_STOPPED;
		break;
	case PAPR_CPU_STOPPING:
		out->cpu_status = CPU_IS_STOPPING;
		break;
	default:
		out->cpu_status = CPU_IS_RUNNING;
	}
	return RTAS_SUCCESS;
}

static int32_t start_cpu(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct RTAS_start_cpu_in *in = args;
	const struct papr_entry entry = {
		.pc = in->start_location, .r3 = in->r3,
	};
	struct papr_vm *vm = vcpu->vm;
	struct papr_vcpu *target = vm_vcpu_by_id(vm, in->thread);

	(void)rets;
	if (!target || !target->host)
		return RTAS_PARAMETER_ERROR;
	if (papr_vcpu_start(target, &entry))
		return RTAS_HARDWARE_ERROR;
	if (vm->vmm_ops.start_cpu)
		vm->vmm_ops.start_cpu(vm->vmm, target);
	return RTAS_SUCCESS;
}

/* It does not return: the vCPU's thread finds it stopping. */
static int32_t stop_self(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	(void)args;
	(void)rets;
	/* First: nothing is injected into a vCPU that stops. */
	atomic_store(&vcpu->state, PAPR_CPU_STOPPING);
	fwnmi_forget(vcpu);
	return RTAS_SUCCESS;
}

const struct rtas_impl rtas_cpu[] = {
	{ RTAS_TOKEN_query_cpu_stopped_state, query_cpu_stopped_state },
	{ RTAS_TOKEN_start_cpu, start_cpu },
	{ RTAS_TOKEN_stop_self, stop_self },
	{ 0, NULL }
};
