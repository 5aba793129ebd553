/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of a XIVE, LoPAR "hcall-int-exploitation": only its configuration
 * has calls, the rest the guest does by itself.
 *
 * KVM has neither the pages by which a guest could hold back notifications of
 * its queues nor reporting lines, so that a guest gets none.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/xive.h"

#define NOTHING UINT64_MAX

/* H_INT_SET_SOURCE_CONFIG, H_INT_SET_QUEUE_CONFIG and others */
#define SET_EISN	2u
#define MASK		1u
#define NOTIFY		1u
#define GENERATION	2u
#define DEBUG		1u
#define STORE		1u

#define CACHE_LINE	128u

/* What each call verifies first. */
static int64_t check(const struct papr_vcpu *vcpu, uint64_t flags,
		     uint64_t known)
{
	if (flags & ~known)
		return H_PARAMETER;
	return xive_is_resetting(vcpu->vm) ? H_STATE : H_SUCCESS;
}

/* The same, and then the source. */
static int64_t check_lisn(const struct papr_vcpu *vcpu, uint64_t flags,
			  uint64_t known, uint64_t lisn)
{
	int64_t r = check(vcpu, flags, known);

	if (r)
		return r;
	return xive_has(vcpu->vm, lisn) ? H_SUCCESS : H_P2;
}

static struct papr_vcpu *target_of(const struct papr_vcpu *vcpu, uint64_t id)
{
	struct papr_vcpu *target = vm_vcpu_by_id(vcpu->vm, id);

	return target && target->host ? target : NULL;
}

/* Or the queue. */
static int64_t check_queue(const struct papr_vcpu *vcpu, uint64_t flags,
			   uint64_t known, uint64_t target, uint64_t priority)
{
	int64_t r = check(vcpu, flags, known);

	if (r)
		return r;
	if (!target_of(vcpu, target))
		return H_P2;
	return priority < XIVE_PRIORITIES ? H_SUCCESS : H_P3;
}

static int64_t h_int_get_source_info(struct papr_vcpu *vcpu, const void *args,
				     void *rets)
{
	const struct H_INT_GET_SOURCE_INFO_in *in = args;
	struct H_INT_GET_SOURCE_INFO_out *out = rets;
	int64_t r = check_lisn(vcpu, in->flags, 0, in->lisn);

	if (r)
		return r;
	out->flags = 0;
	out->trigger_page = XIVE_ESB + 2 * in->lisn * XIVE_PAGE;
	out->esb_page = out->trigger_page + XIVE_PAGE;
	out->page_shift = XIVE_PAGE_SHIFT;
	return H_SUCCESS;
}

static int64_t check_target(const struct papr_vcpu *vcpu,
			    const struct H_INT_SET_SOURCE_CONFIG_in *in)
{
	if (in->priority == PAPR_XIVE_OFF)
		return H_SUCCESS;
	if (!target_of(vcpu, in->target))
		return H_P3;
	return in->priority < XIVE_PRIORITIES ? H_SUCCESS : H_P4;
}

static int64_t h_int_set_source_config(struct papr_vcpu *vcpu,
				       const void *args, void *rets)
{
	const struct H_INT_SET_SOURCE_CONFIG_in *in = args;
	struct papr_xive_target target = {
		.priority = PAPR_XIVE_OFF, .eisn = in->lisn,
	};
	int64_t r = check_lisn(vcpu, in->flags, SET_EISN | MASK, in->lisn);

	(void)rets;
	if (!r)
		r = check_target(vcpu, in);
	if (r)
		return r;
	if (in->priority != PAPR_XIVE_OFF) {
		target.server = in->target;
		target.priority = in->priority;
		target.eisn = in->flags & SET_EISN ? in->eisn & XIVE_EISN :
			xive_get_target(vcpu->vm, in->lisn).eisn;
	}
	return xive_set_target(vcpu->vm, in->lisn, &target,
			       in->flags & MASK) ? H_HARDWARE : H_SUCCESS;
}

static int64_t h_int_get_source_config(struct papr_vcpu *vcpu,
				       const void *args, void *rets)
{
	const struct H_INT_GET_SOURCE_CONFIG_in *in = args;
	struct H_INT_GET_SOURCE_CONFIG_out *out = rets;
	struct papr_xive_target target;
	int64_t r = check_lisn(vcpu, in->flags, 0, in->lisn);

	if (r)
		return r;
	target = xive_get_target(vcpu->vm, in->lisn);
	out->target = target.server;
	out->priority = target.priority;
	out->eisn = target.eisn;
	return H_SUCCESS;
}

static int64_t h_int_get_queue_info(struct papr_vcpu *vcpu, const void *args,
				    void *rets)
{
	const struct H_INT_GET_QUEUE_INFO_in *in = args;
	struct H_INT_GET_QUEUE_INFO_out *out = rets;
	int64_t r = check_queue(vcpu, in->flags, 0, in->target, in->priority);

	if (r)
		return r;
	out->esn_page = NOTHING;
	out->page_shift = 0;
	return H_SUCCESS;
}

/* LoPAR has the size before the address. */
static int64_t check_memory(const struct papr_vcpu *vcpu, uint64_t gpa,
			    uint64_t order)
{
	if (!order)
		return H_SUCCESS;
	if (order != XIVE_QUEUE_SHIFT)
		return H_P5;
	if (gpa % XIVE_PAGE || !ram_get(vcpu->vm, gpa, XIVE_PAGE, RAM_WRITE))
		return H_P4;
	return H_SUCCESS;
}

static int64_t h_int_set_queue_config(struct papr_vcpu *vcpu, const void *args,
				      void *rets)
{
	const struct H_INT_SET_QUEUE_CONFIG_in *in = args;
	struct papr_xive_queue queue = {
		.gpa = in->event_queue_size ? in->event_queue : 0,
		.order = in->event_queue_size,
		.notify = in->flags & NOTIFY,
		.generation = 1,
	};
	int64_t r = check_queue(vcpu, in->flags, NOTIFY, in->target,
				in->priority);

	(void)rets;
	if (!r)
		r = check_memory(vcpu, in->event_queue, in->event_queue_size);
	if (r)
		return r;
	return xive_set_queue(vcpu->vm, target_of(vcpu, in->target),
			      in->priority, &queue) ? H_HARDWARE : H_SUCCESS;
}

static int64_t h_int_get_queue_config(struct papr_vcpu *vcpu, const void *args,
				      void *rets)
{
	const struct H_INT_GET_QUEUE_CONFIG_in *in = args;
	struct H_INT_GET_QUEUE_CONFIG_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	struct papr_xive_queue queue;
	int64_t r = check_queue(vcpu, in->flags, DEBUG, in->target,
				in->priority);

	if (r)
		return r;
	if (vm->xive_ops.get_queue(vm->host, in->target, in->priority, &queue))
		return H_HARDWARE;
	out->flags = queue.notify ? NOTIFY : 0;
	out->event_queue = queue.order ? queue.gpa : NOTHING;
	out->event_queue_size = queue.order;
	out->offset = 0;
	if (in->flags & DEBUG) {
		out->flags |= queue.generation ? GENERATION : 0;
		out->offset = queue.offset;
	}
	return H_SUCCESS;
}

static int64_t h_int_set_os_reporting_line(struct papr_vcpu *vcpu,
					   const void *args, void *rets)
{
	const struct H_INT_SET_OS_REPORTING_LINE_in *in = args;
	int64_t r = check(vcpu, in->flags, 0);

	(void)rets;
	if (r || in->reporting_line == NOTHING)
		return r;
	if (in->reporting_line % CACHE_LINE ||
	    !ram_get(vcpu->vm, in->reporting_line, 2 * CACHE_LINE, RAM_READ))
		return H_P2;
	return H_FUNCTION;
}

static int64_t h_int_get_os_reporting_line(struct papr_vcpu *vcpu,
					   const void *args, void *rets)
{
	const struct H_INT_GET_OS_REPORTING_LINE_in *in = args;
	struct H_INT_GET_OS_REPORTING_LINE_out *out = rets;
	struct papr_vcpu *target = target_of(vcpu, in->target);
	int64_t r = check(vcpu, in->flags, 0);

	if (r)
		return r;
	if (!target)
		return H_P2;
	if (papr_vcpu_state(target) != PAPR_CPU_RUNNING)
		return H_NOT_AVAILABLE;
	out->reporting_line = NOTHING;
	return H_SUCCESS;
}

static int64_t h_int_esb(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_INT_ESB_in *in = args;
	struct H_INT_ESB_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	bool store = in->flags & STORE;
	uint64_t value = in->store_data;
	int64_t r = check_lisn(vcpu, in->flags, STORE, in->lisn);

	if (r)
		return r;
	if (in->esb_offset >= ESB_REGS || in->esb_offset % sizeof(value))
		return H_P3;
	if (vm->xive_ops.esb(vm->host, in->lisn, in->esb_offset, store, &value))
		return H_HARDWARE;
	out->value = store ? NOTHING : value;
	return H_SUCCESS;
}

static int64_t h_int_sync(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_INT_SYNC_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	int64_t r = check_lisn(vcpu, in->flags, 0, in->lisn);

	(void)rets;
	if (r)
		return r;
	return vm->xive_ops.sync(vm->host, in->lisn) ? H_HARDWARE : H_SUCCESS;
}

static int64_t h_int_reset(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_INT_RESET_in *in = args;
	int64_t r = check(vcpu, in->flags, 0);

	(void)rets;
	if (r)
		return r;
	switch (xive_forget(vcpu->vm)) {
	case 0:
		return H_SUCCESS;
	case -EAGAIN:
		return H_STATE;
	default:
		return H_HARDWARE;
	}
}

const struct hcall_impl hcalls_xive[] = {
	{ H_INT_GET_SOURCE_INFO, h_int_get_source_info },
	{ H_INT_SET_SOURCE_CONFIG, h_int_set_source_config },
	{ H_INT_GET_SOURCE_CONFIG, h_int_get_source_config },
	{ H_INT_GET_QUEUE_INFO, h_int_get_queue_info },
	{ H_INT_SET_QUEUE_CONFIG, h_int_set_queue_config },
	{ H_INT_GET_QUEUE_CONFIG, h_int_get_queue_config },
	{ H_INT_SET_OS_REPORTING_LINE, h_int_set_os_reporting_line },
	{ H_INT_GET_OS_REPORTING_LINE, h_int_get_os_reporting_line },
	{ H_INT_ESB, h_int_esb },
	{ H_INT_SYNC, h_int_sync },
	{ H_INT_RESET, h_int_reset },
	{ 0, NULL }
};
