/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a XICS, saved and loaded, whoever has it. */
#include "config.h"

#include <errno.h>

#include "spapr/handover.h"
#include "spapr/irqs.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

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
	size_t n = irqs_list(vm, irqs);
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
