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
#include "spapr/handover.h"
#include "spapr/irqs.h"
#include "spapr/routes.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vio.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

#define IRQS (VIO_DEVICES + PAPR_EVENT_CLASSES)

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

/* All sources, of events and of devices, in rising order; how many. */
static size_t list_irqs(const struct papr_vm *vm, uint32_t irqs[IRQS])
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
	size_t n = list_irqs(vm, irqs);

	for (size_t i = 0; i < n; i++)
		lines[i].irq = irqs[i];
	return xics_new(vm, lines, n);
}

static int make_hosts(struct papr_vm *vm, struct papr_error *error)
{
	uint32_t servers = vm->vcpus[vm->n_vcpus - 1]->id + 1;
	uint32_t irqs[IRQS];
	size_t n = list_irqs(vm, irqs);
	int r;

	r = vm->host_ops.setup_irqs(vm->host, servers, irqs, n);
	if (r)
		return error_set(error, r, "no interrupt controller for %u "
				 "servers: %s", servers, strerror(-r));
	return 0;
}

int irqs_setup(struct papr_vm *vm)
{
	bool own = routes_own_xics(vm->routes);

	if (vm_has_xive(vm)) {
		uint32_t irqs[IRQS];

		return xive_setup(vm, irqs, list_irqs(vm, irqs));
	}
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

	if (vm_has_xive(vm))
		return xive_trigger(vm, irq);
	pthread_mutex_lock(&vm->irqs_lock);
	r = irqs_are_here(vm) ? xics_set_line(vm->xics, irq, true) :
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
	size_t n = list_irqs(vm, irqs);
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
	size_t n = list_irqs(vm, irqs);
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

/* --- saved and loaded, whoever has them */

enum kind { ICP, SOURCE };

/* Sources that are not shown any more. */
struct hidden {
	uint32_t irq[PAPR_MAX_VCPUS];
	size_t n;
};

/*
 * A guest that misuses H_EOI or H_IPI is still shown what is not favoured
 * enough, or an IPI that nobody asks for so.  No controller takes such a state:
 * it is saved as H_CPPR would have left it, an interrupt of a source waits.
 */
static uint64_t hide(uint64_t state, struct hidden *hidden)
{
	uint8_t cppr = state >> ICP_CPPR_SHIFT, mfrr = state >> ICP_MFRR_SHIFT;
	uint8_t pending = state >> ICP_PPRI_SHIFT;
	uint32_t xisr = state >> ICP_XISR_SHIFT & XICS_XISR;

	if (xisr == XICS_IPI && mfrr < cppr)
		return (state & ~(0xffull << ICP_PPRI_SHIFT)) |
		       (uint64_t)mfrr << ICP_PPRI_SHIFT;
	if (!xisr || (xisr != XICS_IPI && pending < cppr))
		return state;
	if (xisr != XICS_IPI)
		hidden->irq[hidden->n++] = xisr;
	return (state & ~((uint64_t)XICS_XISR << ICP_XISR_SHIFT)) |
	       (uint64_t)XICS_MASKED << ICP_PPRI_SHIFT;
}

static bool is_hidden(const struct hidden *hidden, uint32_t irq)
{
	for (size_t i = 0; i < hidden->n; i++)
		if (hidden->irq[i] == irq)
			return true;
	return false;
}

static int get_word(struct papr_vm *vm, enum kind kind, uint32_t n,
		    uint64_t *state)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	bool here = irqs_are_here(vm);

	if (kind == SOURCE)
		return here ? xics_get_source(vm->xics, n, state) :
			      ops->get_source(vm->host, n, state);
	if (!here)
		return ops->get_icp(vm->vcpus[n]->host, state);
	*state = xics_get_icp(vm->xics, vm->vcpus[n]);
	return 0;
}

static int set_word(struct papr_vm *vm, enum kind kind, uint32_t n,
		    uint64_t state)
{
	const struct papr_host_ops *ops = &vm->host_ops;
	bool here = irqs_are_here(vm);

	if (kind == SOURCE)
		return here ? xics_set_source(vm->xics, n, state) :
			      ops->set_source(vm->host, n, state);
	if (kind > SOURCE || n >= vm->n_vcpus ||
	    !papr_vcpu_is_there(vm->vcpus[n]))
		return -ENOENT;
	return here ? xics_set_icp(vm->xics, vm->vcpus[n], state) :
		      ops->set_icp(vm->vcpus[n]->host, state);
}

static int put_word(struct papr_vm *vm, enum kind kind, uint32_t n,
		    struct hidden *hidden, struct state_out *out,
		    struct papr_error *error)
{
	uint64_t state;
	int r = get_word(vm, kind, n, &state);

	if (r)
		return error_set(error, r, "the host does not tell the state "
				 "of %s 0x%x: %s", kind == ICP ? "vCPU" :
				 "interrupt source", n, strerror(-r));
	if (kind == ICP)
		state = hide(state, hidden);
	else if (is_hidden(hidden, n))
		state |= SOURCE_PENDING;
	state_put_u8(out, kind);
	state_put_u32(out, n);
	state_put_u64(out, state);
	return 0;
}

static int save_words(struct papr_vm *vm, struct state_out *out,
		      struct papr_error *error)
{
	struct hidden hidden = { .n = 0 };
	uint32_t irqs[IRQS];
	size_t n = list_irqs(vm, irqs);
	int r = 0;

	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++)
		if (papr_vcpu_is_there(vm->vcpus[i]))
			r = put_word(vm, ICP, i, &hidden, out, error);
	for (size_t i = 0; i < n && !r; i++)
		r = put_word(vm, SOURCE, irqs[i], &hidden, out, error);
	return r;
}

static int load_words(struct papr_vm *vm, struct state_in *in,
		      struct papr_error *error)
{
	while (in->left && !in->failed) {
		enum kind kind = state_get_u8(in);
		uint32_t n = state_get_u32(in);
		uint64_t state = state_get_u64(in);
		int r = in->failed ? 0 : set_word(vm, kind, n, state);

		if (r)
			return error_set(error, r, "the state 0x%llx of %s "
					 "0x%x is not taken: %s",
					 (unsigned long long)state,
					 kind == ICP ? "vCPU" :
					 "interrupt source", n, strerror(-r));
	}
	return 0;
}

/* As when they change hands, which also says whether the host can. */
static int begin(struct papr_vm *vm, struct papr_error *error)
{
	const char *why = irqs_are_here(vm) ? NULL : irqs_why_not(vm);

	if (why)
		return error_set(error, -EOPNOTSUPP, "the state of interrupts "
				 "cannot be saved or loaded: %s", why);
	handover_begin(vm);
	return 0;
}

static int save_irqs(struct papr_vm *vm, struct state_out *out,
		     struct papr_error *error)
{
	int r;

	if (vm_has_xive(vm))
		return 0;
	r = begin(vm, error);
	if (r)
		return r;
	r = save_words(vm, out, error);
	handover_end(vm);
	return r;
}

static int load_irqs(struct papr_vm *vm, struct state_in *in,
		     struct papr_error *error)
{
	int r;

	if (vm_has_xive(vm))
		return error_set(error, -EINVAL, "the saved partition has a "
				 "XICS, and this one has not");
	r = begin(vm, error);
	if (r)
		return r;
	r = load_words(vm, in, error);
	handover_end(vm);
	return r;
}

const struct state_module irqs_state = { "irqs", 1, save_irqs, load_irqs };
