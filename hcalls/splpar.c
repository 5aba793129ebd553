/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared processors, LoPAR "hcall-splpar": what userspace knows of them.  A
 * partition here is capped at a whole processor per vCPU.
 */
#include "config.h"

#include <sched.h>

#include "hcalls/handlers.h"
#include "spapr/util.h"

#define ALL_PROCESSORS UINT64_MAX

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

/*
 * The processor's time goes to whom the host has next; who that is, is not
 * this library's to say.  Nobody waits, as nobody does with KVM.
 */
static int64_t h_confer(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_CONFER_in *in = args;

	(void)rets;
	if (in->proc != ALL_PROCESSORS && !vm_vcpu_by_id(vcpu->vm, in->proc))
		return H_PARAMETER;
	sched_yield();
	return H_SUCCESS;
}

#define HOME_OF_SERVER	1	/* flags: id is a server number */

/* Fields of 2 bytes: the top bit says that the number is complete. */
#define DOMAIN(x) (0x8000u | (x))
#define NO_MORE 0xffffu

static uint64_t four_fields(const uint16_t *f)
{
	return (uint64_t)f[0] << 48 | (uint64_t)f[1] << 32 |
	       (uint64_t)f[2] << 16 | f[3];
}

/*
 * The same list as the device tree's ibm,associativity of the core, with this
 * vCPU at its end.  It never changes, so neither do the counters in the VPA.
 */
static int64_t h_home_node_associativity(struct papr_vcpu *vcpu,
					 const void *args, void *rets)
{
	const struct H_HOME_NODE_ASSOCIATIVITY_in *in = args;
	struct H_HOME_NODE_ASSOCIATIVITY_out *out = rets;
	const struct papr_vm *vm = vcpu->vm;
	const struct papr_vcpu *whose;
	uint32_t d[NUMA_LEVELS + 1], core, n;
	uint16_t field[8];

	if (in->flags != HOME_OF_SERVER)
		return H_PARAMETER;
	whose = vm_vcpu_by_id(vcpu->vm, in->id);
	if (!whose)
		return H_P2;
	core = whose->index / vm->config.threads;
	n = numa_domains(vm, vm->numa.node_of_core[core], d);
	d[n++] = whose->id;
	for (uint32_t i = 0; i < ARRAY_SIZE(field); i++)
		field[i] = i < n ? DOMAIN(d[i]) : NO_MORE;
	out->domains0 = four_fields(field);
	out->domains1 = four_fields(field + 4);
	out->domains2 = UINT64_MAX;
	out->domains3 = UINT64_MAX;
	out->domains4 = UINT64_MAX;
	out->domains5 = UINT64_MAX;
	return H_SUCCESS;
}

const struct hcall_impl hcalls_splpar[] = {
	{ H_CONFER, h_confer },
	{ H_HOME_NODE_ASSOCIATIVITY, h_home_node_associativity },
	{ H_GET_PPP, h_get_ppp },
	{ H_SET_PPP, h_set_ppp },
	{ H_PURR, h_purr },
	{ 0, NULL }
};
