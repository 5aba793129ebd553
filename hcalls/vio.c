/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual I/O devices, the guest's side: LoPAR "Reliable Command/Response
 * Transport Option", sets "hcall-crq" and "hcall-vio".
 */
#include "config.h"

#include <errno.h>

#include "hcalls/handlers.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vio.h"

/* First bytes of a message that a guest may send. */
#define HEADER_VALID	0x80u
#define HEADER_EVENT	0xffu

static int64_t code_of(enum papr_vio_answer answer)
{
	switch (answer) {
	case PAPR_VIO_SUCCESS:
		return H_SUCCESS;
	case PAPR_VIO_CLOSED:
		return H_CLOSED;
	case PAPR_VIO_DROPPED:
		return H_DROPPED;
	case PAPR_VIO_NOT_FOUND:
		return H_NOT_FOUND;
	case PAPR_VIO_RESOURCE:
		return H_RESOURCE;
	default:
		return H_HARDWARE;
	}
}

/* Whole pages, all of which the device can reach. */
static bool is_queue(struct papr_vio *vio, uint64_t queue, uint64_t len)
{
	if (!vio_window(vio) || queue % PAGE_4K || !len || len % PAGE_4K)
		return false;
	for (uint64_t at = 0; at < len; at += PAGE_4K)
		if (!vio_memory(vio, queue + at, PAGE_4K, RAM_READ))
			return false;
	return true;
}

static void set_queue(struct papr_vio *vio, uint64_t queue, uint64_t len)
{
	pthread_mutex_lock(&vio->lock);
	vio->queue = queue;
	vio->len = len;
	vio->next = 0;
	vio->suspended = false;
	vio->signal = 0;
	pthread_mutex_unlock(&vio->lock);
}

/* The device may put something into the queue before it has answered. */
static int64_t open_queue(struct papr_vio *vio, uint64_t queue, uint64_t len)
{
	int64_t ret = H_SUCCESS;

	if (vio->len)
		return H_RESOURCE;
	set_queue(vio, queue, len);
	if (vio->ops.registered)
		ret = code_of(vio->ops.registered(vio->device));
	if (ret != H_SUCCESS && ret != H_CLOSED)
		set_queue(vio, 0, 0);
	return ret;
}

static int64_t h_reg_crq(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_REG_CRQ_in *in = args;
	struct papr_vio *vio = vio_find(vcpu->vm, in->unit_address);
	int64_t ret;

	(void)rets;
	if (!vio || !is_queue(vio, in->queue, in->len))
		return H_PARAMETER;
	if (!vio->ops.send)
		return H_NOT_FOUND;
	pthread_mutex_lock(&vio->order);
	ret = open_queue(vio, in->queue, in->len);
	pthread_mutex_unlock(&vio->order);
	return ret;
}

static int64_t h_free_crq(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_FREE_CRQ_in *in = args;
	struct papr_vio *vio = vio_find(vcpu->vm, in->unit_address);

	(void)rets;
	if (!vio)
		return H_PARAMETER;
	vio_free_queue(vio);
	return H_SUCCESS;
}

static int64_t h_send_crq(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_SEND_CRQ_in *in = args;
	struct papr_vio *vio = vio_find(vcpu->vm, in->unit_address);
	uint8_t header = in->msg_high >> 56;
	bool open;

	(void)rets;
	if (!vio || !(header & HEADER_VALID) || header == HEADER_EVENT)
		return H_PARAMETER;
	pthread_mutex_lock(&vio->lock);
	open = vio->len && !vio->suspended;
	pthread_mutex_unlock(&vio->lock);
	if (!open)
		return H_CLOSED;
	return code_of(vio->ops.send(vio->device, in->msg_high, in->msg_low));
}

/* All pages of a window are always there: nobody has to wait. */
static int64_t h_enable_crq(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	const struct H_ENABLE_CRQ_in *in = args;
	struct papr_vio *vio = vio_find(vcpu->vm, in->unit_address);

	(void)rets;
	if (!vio)
		return H_PARAMETER;
	pthread_mutex_lock(&vio->lock);
	vio->suspended = false;
	pthread_mutex_unlock(&vio->lock);
	return H_SUCCESS;
}

static int64_t h_vio_signal(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	const struct H_VIO_SIGNAL_in *in = args;
	struct papr_vio *vio = vio_find(vcpu->vm, in->unit_address);

	(void)rets;
	if (!vio || in->mode & ~vio->signals)
		return H_PARAMETER;
	pthread_mutex_lock(&vio->lock);
	vio->signal = in->mode;
	pthread_mutex_unlock(&vio->lock);
	return H_SUCCESS;
}

/* With the queue goes what the guest has enabled. */
void hcalls_reset_vio(struct papr_vm *vm)
{
	for (size_t i = 0; i < vm->n_vio; i++)
		vio_free_queue(vm->vio[i]);
}

/* Of devices that have a queue, or may interrupt. */
static int save_vio(struct papr_vm *vm, struct state_out *out,
		    struct papr_error *error)
{
	(void)error;
	for (size_t i = 0; i < vm->n_vio; i++) {
		const struct papr_vio *vio = vm->vio[i];

		if (!vio->len && !vio->signal)
			continue;
		state_put_u32(out, vio->config.unit);
		state_put_u64(out, vio->queue);
		state_put_u64(out, vio->len);
		state_put_u64(out, vio->next);
		state_put_u8(out, vio->suspended);
		state_put_u64(out, vio->signal);
	}
	return 0;
}

static int load_vio(struct papr_vm *vm, struct state_in *in,
		    struct papr_error *error)
{
	while (in->left && !in->failed) {
		uint32_t unit = state_get_u32(in);
		struct papr_vio *vio = vio_find(vm, unit);
		uint64_t queue = state_get_u64(in), len = state_get_u64(in);
		uint64_t next = state_get_u64(in);
		bool suspended = state_get_bool(in);
		uint64_t signal = state_get_u64(in);

		if (!vio || signal & ~vio->signals || next % VIO_ENTRY ||
		    (len && (!vio->ops.send || next >= len ||
			     !is_queue(vio, queue, len))))
			return error_set(error, -EINVAL, "VIO device 0x%x "
					 "cannot have such a queue", unit);
		set_queue(vio, queue, len);
		vio->next = next;
		vio->suspended = suspended;
		vio->signal = signal;
	}
	return 0;
}

const struct state_module vio_state = { "vio", 1, save_vio, load_vio };

const struct hcall_impl hcalls_vio[] = {
	{ H_REG_CRQ, h_reg_crq },
	{ H_FREE_CRQ, h_free_crq },
	{ H_SEND_CRQ, h_send_crq },
	{ H_ENABLE_CRQ, h_enable_crq },
	{ H_VIO_SIGNAL, h_vio_signal },
	{ 0, NULL }
};
