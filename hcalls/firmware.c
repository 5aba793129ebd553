/* SPDX-License-Identifier: BSD-2-Clause */
/* What SLOF, a firmware in the guest, asks of the platform; QEMU's calls. */
#include "config.h"

#include <stddef.h>

#include <libfdt.h>

#include "hcalls/cas.h"
#include "hcalls/handlers.h"
#include "spapr/util.h"

/* Before the tree in the buffer that KVMPPC_H_CAS fills. */
#define CAS_VERSION 1u
#define CAS_HEADER 4u

/* The tree as it has become, without the room in it. */
static int64_t give_tree(struct papr_vm *vm, uint64_t gpa, uint64_t room)
{
	struct firmware *fw = &vm->firmware;
	uint8_t *to;
	uint32_t size;

	if (fdt_move(fw->tree, fw->spare, fw->room) || fdt_pack(fw->spare))
		return H_HARDWARE;
	size = fdt_totalsize(fw->spare);
	if (room < CAS_HEADER || room - CAS_HEADER < size)
		return H_PARAMETER;
	to = ram_get(vm, gpa, CAS_HEADER + size, RAM_WRITE);
	if (!to)
		return H_PARAMETER;
	store_be32(to, CAS_VERSION);
	memcpy(to + CAS_HEADER, fw->spare, size);
	return H_SUCCESS;
}

static int64_t h_cas(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_CAS_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	int64_t ret = H_FUNCTION;

	(void)rets;
	pthread_mutex_lock(&vm->firmware.lock);
	if (vm->firmware.tree)
		ret = cas_negotiate(vcpu, in->vector);
	if (!ret)
		ret = give_tree(vm, in->fdt, in->fdt_size);
	pthread_mutex_unlock(&vm->firmware.lock);
	return ret;
}

/*
 * Firmware in the guest has put RTAS where the guest wants it; what machine
 * checks and system resets are told by goes there too, if there is room.
 */
static void follow_rtas(struct papr_vm *vm, const void *tree)
{
	int len, rtas = fdt_path_offset(tree, "/rtas");
	const void *base = rtas < 0 ? NULL :
			   fdt_getprop(tree, rtas, "linux,rtas-base", &len);

	if (base && len == 4 && ram_get(vm, load_be32(base),
					papr_rtas_size(vm->n_vcpus), RAM_READ))
		atomic_store(&vm->rtas_base, load_be32(base));
}

/*
 * The guest's tree takes the place of what firmware had.  It is checked in a
 * copy, which the guest cannot change any more.
 */
static int64_t take_tree(struct papr_vm *vm, uint64_t gpa)
{
	struct firmware *fw = &vm->firmware;
	const uint8_t *from = ram_get(vm, gpa, FDT_V17_SIZE, RAM_READ);
	uint32_t size;
	uint8_t *was;

	if (!from)
		return H_PARAMETER;
	size = load_be32(from + offsetof(struct fdt_header, totalsize));
	if (size < FDT_V17_SIZE || size > fw->room)
		return H_PARAMETER;
	from = ram_get(vm, gpa, size, RAM_READ);
	if (!from)
		return H_PARAMETER;
	memcpy(fw->spare, from, size);
	fdt_set_totalsize(fw->spare, size);
	if (fdt_check_full(fw->spare, size) ||
	    fdt_open_into(fw->spare, fw->spare, fw->room))
		return H_PARAMETER;
	was = fw->tree;
	fw->tree = fw->spare;
	fw->spare = was;
	fw->has_client = false;
	memset(fw->instances, 0, sizeof(fw->instances));
	follow_rtas(vm, fw->tree);
	return H_SUCCESS;
}

static int64_t h_update_dt(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct H_UPDATE_DT_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	int64_t ret = H_FUNCTION;

	(void)rets;
	pthread_mutex_lock(&vm->firmware.lock);
	if (vm->firmware.tree)
		ret = take_tree(vm, in->fdt);
	pthread_mutex_unlock(&vm->firmware.lock);
	return ret;
}

const struct hcall_impl hcalls_firmware[] = {
	{ H_CAS, h_cas },
	{ H_UPDATE_DT, h_update_dt },
	{ 0, NULL }
};
