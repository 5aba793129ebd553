/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a suspension is that the program has offered.  The set "hcall-vasi" is
 * not promised, as nobody answers H_DONOR_OPERATION; Linux calls without
 * looking.
 */
#include "config.h"

#include <errno.h>

#include <papr/suspend.h>

#include "hcalls/handlers.h"
#include "hcalls/vasi.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define ABORTED		2
#define SUSPENDING	3
#define COMPLETED	6

#define SIGNAL_CANCEL	1

int papr_vm_offer_suspend(struct papr_vm *vm, uint64_t stream,
			  struct papr_error *error)
{
	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "a guest is offered to be "
				 "suspended after the VM is sealed");
	if (!stream)
		return error_set(error, -EINVAL, "0 is the number of no "
				 "suspension");
	pthread_mutex_lock(&vm->join_lock);
	vm->vasi = (struct vasi){ stream, SUSPENDING };
	pthread_mutex_unlock(&vm->join_lock);
	return 0;
}

void vasi_done(struct papr_vm *vm)
{
	pthread_mutex_lock(&vm->join_lock);
	if (vm->vasi.state == SUSPENDING)
		vm->vasi.state = COMPLETED;
	pthread_mutex_unlock(&vm->join_lock);
}

static struct vasi offer(struct papr_vm *vm)
{
	struct vasi vasi;

	pthread_mutex_lock(&vm->join_lock);
	vasi = vm->vasi;
	pthread_mutex_unlock(&vm->join_lock);
	return vasi;
}

static int64_t cancel(struct papr_vm *vm, uint64_t stream)
{
	bool known;

	pthread_mutex_lock(&vm->join_lock);
	known = vm->vasi.stream == stream;
	if (known && vm->vasi.state == SUSPENDING)
		vm->vasi.state = ABORTED;
	pthread_mutex_unlock(&vm->join_lock);
	return known ? H_SUCCESS : H_PARAMETER;
}

static int64_t h_vasi_signal(struct papr_vcpu *vcpu, const void *args,
			     void *rets)
{
	const struct H_VASI_SIGNAL_in *in = args;

	(void)rets;
	if (!in->handle)
		return H_PARAMETER;
	if (in->signal_code != SIGNAL_CANCEL)
		return H_P2;
	return cancel(vcpu->vm, in->handle);
}

static int64_t h_vasi_state(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	const struct H_VASI_STATE_in *in = args;
	struct H_VASI_STATE_out *out = rets;
	struct vasi vasi = offer(vcpu->vm);

	if (!in->handle || in->handle != vasi.stream)
		return H_PARAMETER;
	out->state = vasi.state;
	return H_SUCCESS;
}

void hcalls_reset_vasi(struct papr_vm *vm)
{
	vm->vasi = (struct vasi){ 0 };
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	(void)error;
	if (!vm->vasi.stream)
		return 0;
	state_put_u64(out, vm->vasi.stream);
	state_put_u8(out, vm->vasi.state);
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	struct vasi vasi = { .stream = state_get_u64(in) };

	vasi.state = state_get_u8(in);
	if (!in->failed &&
	    (!vasi.stream || (vasi.state != ABORTED &&
			      vasi.state != SUSPENDING &&
			      vasi.state != COMPLETED)))
		return error_set(error, -EINVAL, "%u is no state of a "
				 "suspension", vasi.state);
	vm->vasi = vasi;
	return 0;
}

const struct state_module vasi_state = { "suspension", 1, save, load };

const struct hcall_impl hcalls_vasi[] = {
	{ H_VASI_SIGNAL, h_vasi_signal },
	{ H_VASI_STATE, h_vasi_state },
	{ 0, NULL }
};
