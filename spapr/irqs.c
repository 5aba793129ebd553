/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's interrupt controller, and who has it.
 *
 * A controller of the host that hands its state over is closed, and made anew
 * when it gets the state back: nothing is left in it that could raise a vCPU's
 * interrupt, and a KVM that answers the calls of its controller whatever its
 * switches say has none.  A call that comes here while the host has the state
 * is made once more: HCALL_AGAIN.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/catalogue.h"
#include "spapr/event-queue.h"
#include "spapr/irqs.h"
#include "spapr/routes.h"
#include "spapr/util.h"
#include "spapr/vio.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

static const enum rtas_row rtas_rows[] = {
	RTAS_ROW_ibm_set_xive, RTAS_ROW_ibm_get_xive,
	RTAS_ROW_ibm_int_off, RTAS_ROW_ibm_int_on,
};

bool irqs_are_here(const struct papr_vm *vm)
{
	return vm->xics && xics_is_here(vm->xics);
}

const char *irqs_why_not(const struct papr_vm *vm)
{
	const struct papr_host_ops *ops = &vm->host_ops;

	if (vm_has_xive(vm))
		return "the guest's interrupt controller is a XIVE";
	if (!ops->setup_irqs || !vm->info.cap[PAPR_CAP_IRQ_XICS])
		return "the kernel has no interrupt controller";
	if (!ops->drop_irqs || !ops->get_icp || !ops->set_icp ||
	    !ops->get_source || !ops->set_source || !ops->interrupt)
		return "the program's host operations have no state of "
		       "interrupts";
	if (!ops->hold || !ops->get_regs || !ops->set_regs || !ops->wake)
		return "the program's host operations cannot stop vCPUs";
	return NULL;
}

static int compare_irqs(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

size_t irqs_list(const struct papr_vm *vm, uint32_t irqs[IRQS])
{
	size_t n = 0;

	for (size_t i = 0; i < PAPR_EVENT_CLASSES; i++)
		irqs[n++] = event_sources[i].irq;
	for (size_t i = 0; i < vm->n_vio; i++)
		if (vm->vio[i]->config.irq)
			irqs[n++] = vm->vio[i]->config.irq;
	qsort(irqs, n, sizeof(*irqs), compare_irqs);
	return n;
}

static struct xics *make_own(struct papr_vm *vm)
{
	struct xics_line lines[IRQS] = { 0 };
	uint32_t irqs[IRQS];
	size_t n = irqs_list(vm, irqs);

	for (size_t i = 0; i < n; i++)
		lines[i].irq = irqs[i];
	return xics_new(vm, lines, n);
}

static int make_hosts(struct papr_vm *vm, struct papr_error *error)
{
	uint32_t servers = vm->vcpus[vm->n_vcpus - 1]->id + 1;
	uint32_t irqs[IRQS];
	size_t n = irqs_list(vm, irqs);
	int r;

	r = vm->host_ops.setup_irqs(vm->host, servers, irqs, n);
	if (r)
		return error_set(error, r, "no interrupt controller for %u "
				 "servers: %s", servers, strerror(-r));
	return 0;
}

/* Also if it is not the one to begin with. */
static int setup_xive(struct papr_vm *vm)
{
	uint32_t irqs[IRQS];

	return vm_has_xive(vm) || vm->choice.irqs ?
	       xive_setup(vm, irqs, irqs_list(vm, irqs)) : 0;
}

int irqs_setup(struct papr_vm *vm)
{
	bool own = routes_own_xics(vm->routes);
	int r = setup_xive(vm);

	if (r)
		return r;
	if (vm_has_xive(vm))
		return xive_make(vm, &vm->error);
	if (own || !irqs_why_not(vm)) {
		vm->xics = make_own(vm);
		if (!vm->xics)
			return error_set(&vm->error, -ENOMEM, "out of memory");
	}
	if (own || !vm->host_ops.setup_irqs)
		return 0;
	if (vm->xics)
		xics_leave(vm->xics);
	return make_hosts(vm, &vm->error);
}

/* The host forgets them; it knew them, so that nothing can go wrong. */
static void undefine_rtas(struct papr_vm *vm)
{
	for (size_t i = 0; i < ARRAY_SIZE(rtas_rows); i++) {
		if (!vm->rtas_in_kernel[rtas_rows[i]])
			continue;
		vm->host_ops.define_rtas(vm->host,
					 rtas_table[rtas_rows[i]].name, 0);
		vm->rtas_in_kernel[rtas_rows[i]] = false;
	}
}

/* The RTAS calls that drive the host's interrupt sources. */
static int define_rtas(struct papr_vm *vm, const struct papr_policy *policy,
		       struct papr_error *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(rtas_rows); i++) {
		const struct papr_call_info *call = &rtas_table[rtas_rows[i]];
		int r;

		if (papr_policy_rtas_route(policy, call) != PAPR_ROUTE_KERNEL)
			continue;
		r = vm->host_ops.define_rtas(vm->host, call->name,
					     call->number);
		if (r)
			return error_set(error, r, "the kernel does not "
					 "answer %s: %s", call->name,
					 strerror(-r));
		vm->rtas_in_kernel[rtas_rows[i]] = true;
	}
	return 0;
}

int irqs_setup_rtas(struct papr_vm *vm)
{
	if (!vm->host_ops.define_rtas || irqs_are_here(vm) || vm_has_xive(vm))
		return 0;
	return define_rtas(vm, vm->policy, &vm->error);
}

int irqs_end(struct papr_vm *vm, struct papr_error *error)
{
	bool here = irqs_are_here(vm);
	int r;

	if (vm_has_xive(vm))
		xive_note_queues(vm);
	r = here || vm->host_ops.drop_irqs == NULL ? 0 :
	    vm->host_ops.drop_irqs(vm->host);
	if (r)
		return error_set(error, r, "the host keeps its interrupt "
				 "controller: %s", strerror(-r));
	undefine_rtas(vm);
	if (here)
		xics_leave(vm->xics);
	return 0;
}

/* The library's or the host's. */
static int begin_xics(struct papr_vm *vm, struct papr_error *error)
{
	int r;

	if (routes_own_xics(vm->routes)) {
		xics_reset(vm->xics);
		xics_return(vm->xics);
		return 0;
	}
	r = make_hosts(vm, error);
	if (r || !vm->host_ops.define_rtas)
		return r;
	r = define_rtas(vm, vm->policy, error);
	if (r)
		irqs_end(vm, NULL);
	return r;
}

int irqs_begin(struct papr_vm *vm, struct papr_error *error)
{
	return vm_has_xive(vm) ? xive_make(vm, error) : begin_xics(vm, error);
}

int irqs_reset(struct papr_vm *vm)
{
	if (vm_has_xive(vm))
		return xive_reset(vm);
	if (irqs_are_here(vm))
		xics_reset(vm->xics);
	else if (vm->host_ops.reset_irqs)
		return vm->host_ops.reset_irqs(vm->host);
	return 0;
}

static int hosts_edge(struct papr_vm *vm, uint32_t irq)
{
	int r;

	if (!vm->host_ops.irq_line)
		return -EBUSY;
	r = vm->host_ops.irq_line(vm->host, irq, true);
	return r ? r : vm->host_ops.irq_line(vm->host, irq, false);
}

int irqs_edge(struct papr_vm *vm, uint32_t irq)
{
	int r;

	pthread_mutex_lock(&vm->irqs_lock);
	r = vm_has_xive(vm) ? xive_trigger(vm, irq) :
	    irqs_are_here(vm) ? xics_set_line(vm->xics, irq, true) :
				hosts_edge(vm, irq);
	pthread_mutex_unlock(&vm->irqs_lock);
	return r;
}

/*
 * All sources are read in any case: a XICS made of a XIVE stops them when the
 * first is read, and lets them go on after the last.
 */
static int load(struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	uint32_t irqs[IRQS];
	size_t n = irqs_list(vm, irqs);
	uint64_t state;
	int r = 0, err;

	xics_reset(vm->xics);
	for (size_t i = 0; i < n; i++) {
		err = ops->get_source(vm->host, irqs[i], &state);
		if (!err)
			err = xics_set_source(vm->xics, irqs[i], state);
		if (err && !r)
			r = error_set(error, err, "the kernel does not hand "
				      "over interrupt source 0x%x: %s",
				      irqs[i], strerror(-err));
	}
	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++) {
		struct papr_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu->host)
			continue;
		r = ops->get_icp(vcpu->host, &state);
		if (!r)
			r = xics_set_icp(vm->xics, vcpu, state);
		if (r)
			error_set(error, r, "the kernel does not hand over "
				  "what vCPU %u is shown: %s", vcpu->id,
				  strerror(-r));
	}
	return r;
}

int irqs_take(struct papr_vm *vm, const struct papr_policy *policy,
	      struct papr_error *error)
{
	int r = load(vm, error);

	(void)policy;
	if (r)
		return r;
	r = vm->host_ops.drop_irqs(vm->host);
	if (r)
		return error_set(error, r, "the kernel keeps its interrupt "
				 "controller: %s", strerror(-r));
	undefine_rtas(vm);
	xics_return(vm->xics);
	return 0;
}

/*
 * vCPUs first: a source that waits is delivered when it is set, and must find
 * its server as it will be.
 */
static int store(struct papr_vm *vm, struct papr_error *error)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	uint32_t irqs[IRQS];
	size_t n = irqs_list(vm, irqs);
	uint64_t state;
	int r;

	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		struct papr_vcpu *vcpu = vm->vcpus[i];

		if (!vcpu->host)
			continue;
		ops->interrupt(vcpu->host, false);
		r = ops->set_icp(vcpu->host, xics_get_icp(vm->xics, vcpu));
		if (r)
			return error_set(error, r, "the kernel does not take "
					 "what vCPU %u is shown: %s", vcpu->id,
					 r == -EINVAL ? "its controller is "
					 "never in such a state" :
					 strerror(-r));
	}
	for (size_t i = 0; i < n; i++) {
		xics_get_source(vm->xics, irqs[i], &state);
		r = ops->set_source(vm->host, irqs[i], state);
		if (r)
			return error_set(error, r, "the kernel does not take "
					 "interrupt source 0x%x: %s", irqs[i],
					 strerror(-r));
	}
	return 0;
}

/* Who sleeps in userspace hears nothing of the host's interrupts. */
static void wake_all(struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->n_vcpus; i++) {
		struct papr_vcpu *vcpu = vm->vcpus[i];

		if (papr_vcpu_rest(vcpu) != PAPR_REST_CEDE)
			continue;
		papr_vcpu_rouse(vcpu);
		vm->host_ops.wake(vcpu->host);
	}
}

int irqs_give(struct papr_vm *vm, const struct papr_policy *policy,
	      struct papr_error *error)
{
	int r;

	xics_leave(vm->xics);
	r = make_hosts(vm, error);
	if (!r) {
		r = store(vm, error);
		if (!r && vm->host_ops.define_rtas)
			r = define_rtas(vm, policy, error);
		if (r) {
			undefine_rtas(vm);
			vm->host_ops.drop_irqs(vm->host);
		}
	}
	if (r)
		xics_return(vm->xics);
	else
		wake_all(vm);
	return r;
}
