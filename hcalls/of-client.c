/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into the client interface: cells of 32 bits, big-endian,
 *
 *	name of the service, number of arguments, number of results,
 *	arguments, results
 *
 * LoPAR B.3; the hypercall that passes their address is QEMU's.
 */
#include "config.h"

#include <libfdt.h>

#include "hcalls/handlers.h"
#include "hcalls/of.h"
#include "spapr/util.h"

#define HEADER_CELLS 3

bool of_string(struct papr_vm *vm, uint64_t gpa, char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char *p = ram_get(vm, gpa + i, 1, RAM_READ);

		if (!p)
			return false;
		text[i] = *p;
		if (!text[i])
			return true;
	}
	return false;
}

bool of_write(struct papr_vm *vm, uint64_t gpa, uint32_t room,
	      const void *bytes, size_t len)
{
	void *p;

	if (len > room)
		len = room;
	if (!len)
		return true;
	p = ram_get(vm, gpa, len, RAM_WRITE);
	if (p)
		memcpy(p, bytes, len);
	return p;
}

/* 0 if there is no such service, or not with so many arguments. */
static const struct of_service *find(const char *name, uint32_t n_args)
{
	static const struct of_service *const families[] = {
		of_tree_services, of_memory_services, of_device_services,
	};

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (const struct of_service *s = families[i]; s->fn; s++)
			if (!strcmp(s->name, name) &&
			    (n_args == s->n_args ||
			     (s->more_args && n_args > s->n_args)))
				return s;
	return NULL;
}

static bool load(struct of_call *call, uint64_t gpa, char *name, size_t size)
{
	const uint8_t *p = ram_get(call->vm, gpa, HEADER_CELLS * 4, RAM_READ);
	uint32_t service;

	if (!p)
		return false;
	service = load_be32(p);
	call->n_args = load_be32(p + 4);
	call->n_rets = load_be32(p + 8);
	if (call->n_args > OF_CELLS || call->n_rets > OF_CELLS - call->n_args)
		return false;
	p = ram_get(call->vm, gpa, (HEADER_CELLS + call->n_args +
				    call->n_rets) * 4, RAM_READ);
	if (!p)
		return false;
	for (uint32_t i = 0; i < call->n_args; i++)
		call->args[i] = load_be32(p + (HEADER_CELLS + i) * 4);
	return of_string(call->vm, service, name, size);
}

static bool store(const struct of_call *call, uint64_t gpa)
{
	uint8_t *p;

	if (!call->n_rets)
		return true;
	p = ram_get(call->vm, gpa + (HEADER_CELLS + call->n_args) * 4,
		    call->n_rets * 4, RAM_WRITE);
	for (uint32_t i = 0; p && i < call->n_rets; i++)
		store_be32(p + i * 4, call->rets[i]);
	return p;
}

static bool serve(struct of_call *call, const struct of_service *service)
{
	pthread_mutex_lock(&call->fw->lock);
	if (call->fw->tree && !firmware_begin_client(call->fw))
		service->fn(call);
	else
		service = NULL;
	pthread_mutex_unlock(&call->fw->lock);
	if (call->after)
		call->after(call);
	return service;
}

static int64_t kvmppc_h_vof_client(struct papr_vcpu *vcpu, const void *args,
				   void *rets)
{
	const struct KVMPPC_H_VOF_CLIENT_in *in = args;
	struct of_call call = {
		.vcpu = vcpu, .vm = vcpu->vm, .fw = &vcpu->vm->firmware,
	};
	const struct of_service *service;
	char name[OF_NAME];

	(void)rets;
	if (!load(&call, in->args, name, sizeof(name)))
		return H_PARAMETER;
	service = find(name, call.n_args);
	if (!service)
		return H_PARAMETER;
	if (!serve(&call, service))
		return H_FUNCTION;
	return store(&call, in->args) ? H_SUCCESS : H_PARAMETER;
}

const struct hcall_impl hcalls_of[] = {
	{ KVMPPC_H_VOF_CLIENT, kvmppc_h_vof_client },
	{ 0, NULL }
};
