/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "hcalls/handlers.h"
#include "rtas/handlers.h"
#include "spapr/fault.h"
#include "spapr/routes.h"
#include "spapr/routing.h"

/* Calls that the configuration switches off have no handler. */
static bool is_off(const struct papr_vm *vm, int row, bool own_xics)
{
	switch (row) {
	case RTAS_ROW_ibm_nmi_register:
	case RTAS_ROW_ibm_nmi_interlock:
	case RTAS_ROW_ibm_open_errinjct:
	case RTAS_ROW_ibm_errinjct:
	case RTAS_ROW_ibm_close_errinjct:
		return !vm->fwnmi;
	case RTAS_ROW_ibm_set_xive:
	case RTAS_ROW_ibm_get_xive:
	case RTAS_ROW_ibm_int_off:
	case RTAS_ROW_ibm_int_on:
		return !own_xics;
	case RTAS_ROW_nvram_fetch:
	case RTAS_ROW_nvram_store:
		return !vm->nvram;
	case RTAS_ROW_ibm_configure_kernel_dump:
		return !vm->config.kernel_dump;
	case RTAS_ROW_set_time_for_power_on:
		return !vm->vmm_ops.power_on_at;
	default:
		return pci_lacks(vm, row);
	}
}

static bool is_kernels(enum papr_effective by)
{
	return by == PAPR_EFFECTIVE_KERNEL || by == PAPR_EFFECTIVE_KERNEL_USER;
}

static bool comes_here(enum papr_effective by)
{
	return by == PAPR_EFFECTIVE_USER || by == PAPR_EFFECTIVE_KERNEL_USER;
}

/*
 * They act on state that is here only if they are routed here, or cannot be
 * answered on each host.
 */
static bool must_be_routed(int row)
{
	return hcall_is_hpt(row) || hcall_is_xive(row) ||
		row == HCALL_ROW_H_CEDE ||
		row == HCALL_ROW_H_PROD || row == HCALL_ROW_H_JOIN ||
		row == HCALL_ROW_H_RPT_INVALIDATE;
}

static void fill_hcall(struct hcall_route *route, int row, bool own_xics,
		       const struct papr_route_report *report,
		       const struct hcall_route *old)
{
	/*
	 * Interrupt calls are for the controller that is there, page-table
	 * calls for a table that was opened at the seal, a prod for those who
	 * sleep here, and H_RPT_INVALIDATE for hosts that do as they are told.
	 */
	if (must_be_routed(row) ? comes_here(report->effective) :
				!hcall_is_xics(row) || own_xics)
		route->fn = hcalls_handler(row);
	route->by = report->effective;
	/*
	 * A call can have left the kernel just before that was to answer it:
	 * who had it before answers it still.
	 */
	if (!is_kernels(route->by) || route->fn || !old)
		return;
	route->fn = old->fn;
	if (old->by == PAPR_EFFECTIVE_VMM)
		route->by = PAPR_EFFECTIVE_VMM;
}

/* Those that have none keep NULL; false without memory. */
static bool make_fault(const struct papr_vm *vm, struct fault **fault,
		       const struct papr_policy *policy,
		       const struct papr_call_info *call, struct fault *old)
{
	const struct papr_fault *config = papr_policy_fault(policy, call);

	if (!config)
		return true;
	*fault = fault_share(old, config);
	if (!*fault)
		*fault = fault_new(config, call, vm->n_vcpus);
	return *fault;
}

static bool fill_hcalls(const struct papr_vm *vm, struct routing *routing,
			const struct papr_policy *policy,
			const struct papr_route_report *report,
			const struct routing *old)
{
	bool own_xics = routes_own_xics(report);

	for (int row = 0; row < HCALL_ROWS; row++) {
		struct hcall_route *route = &routing->hcall[row];

		fill_hcall(route, row, own_xics, &report[row],
			   old ? &old->hcall[row] : NULL);
		route->logged = papr_policy_logged(policy, &hcall_table[row]);
		if (!make_fault(vm, &route->fault, policy, &hcall_table[row],
				old ? old->hcall[row].fault : NULL))
			return false;
	}
	return true;
}

/* One that left the kernel before is made once more, if it has it again. */
static bool is_again_kernels(const struct papr_vm *vm, enum papr_route to,
			     const struct rtas_route *old)
{
	return to == PAPR_ROUTE_KERNEL && old && old->fn &&
	       vm->host_ops.define_rtas;
}

static bool fill_rtas(const struct papr_vm *vm, struct routing *routing,
		      const struct papr_policy *policy,
		      const struct papr_route_report *report,
		      const struct routing *old)
{
	bool own_xics = routes_own_xics(report);

	for (int row = 0; row < RTAS_ROWS; row++) {
		const struct papr_call_info *call = &rtas_table[row];
		struct rtas_route *route = &routing->rtas[row];

		enum papr_route to = papr_policy_rtas_route(policy, call);

		if (to != PAPR_ROUTE_DENY &&
		    (!is_off(vm, row, own_xics) ||
		     is_again_kernels(vm, to, old ? &old->rtas[row] : NULL)))
			route->fn = rtas_handler(row);
		route->logged = papr_policy_logged(policy, call);
		if (!make_fault(vm, &route->fault, policy, call,
				old ? old->rtas[row].fault : NULL))
			return false;
	}
	return true;
}

struct routing *routing_new(const struct papr_vm *vm,
			    const struct papr_policy *policy,
			    const struct papr_route_report *report,
			    const struct routing *old)
{
	struct routing *routing = calloc(1, sizeof(*routing));

	if (routing && fill_hcalls(vm, routing, policy, report, old) &&
	    fill_rtas(vm, routing, policy, report, old))
		return routing;
	routing_free(routing);
	return NULL;
}

void routing_free(struct routing *routing)
{
	if (!routing)
		return;
	for (int row = 0; row < HCALL_ROWS; row++)
		fault_release(routing->hcall[row].fault);
	for (int row = 0; row < RTAS_ROWS; row++)
		fault_release(routing->rtas[row].fault);
	free(routing);
}

static bool is_held(const struct papr_vm *vm, const struct routing *routing)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++)
		if (atomic_load(&vm->vcpus[i]->routing) == routing)
			return true;
	return false;
}

static void sweep(struct papr_vm *vm)
{
	struct routing **at = &vm->retired, *routing;

	while ((routing = *at)) {
		if (is_held(vm, routing)) {
			at = &routing->next;
			continue;
		}
		*at = routing->next;
		routing_free(routing);
	}
}

void routing_retire(struct papr_vm *vm, struct routing *routing)
{
	routing->next = vm->retired;
	vm->retired = routing;
	sweep(vm);
}

void routing_end(struct papr_vm *vm)
{
	struct routing *routing;

	while ((routing = vm->retired)) {
		vm->retired = routing->next;
		routing_free(routing);
	}
	routing_free(routing_now(vm));
}
