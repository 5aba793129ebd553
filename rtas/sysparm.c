/* SPDX-License-Identifier: BSD-2-Clause */
/* System parameters: LoPAR 7.3.16. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include <talloc.h>

#include <papr/sysparm.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "rtas/sysparm.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define HMC_PARAMETERS 16	/* from 0 on: no guest sets them */
#define SET_MAX 1024		/* LoPAR's limit for what a guest sets */
#define LENGTH 2		/* bytes of it before a value */

/* What the parameters without a value of the program's have. */
typedef size_t value_fn(const struct papr_vm *vm, uint8_t *value);

static uint64_t ram_mib(const struct papr_vm *vm)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < vm->n_ram; i++)
		bytes += vm->ram[i].len;
	return bytes >> 20;
}

/* Capacity is in hundredths of a processor, and cores may be plugged in. */
static size_t splpar(const struct papr_vm *vm, uint8_t *value)
{
	return snprintf((char *)value, PAPR_SYSPARM_MAX,
			"MaxEntCap=%u,DesMem=%llu,DesProcs=%u,MaxPlatProcs=%u",
			vm->config.max_cores * 100,
			(unsigned long long)ram_mib(vm), vm->config.cores,
			vm->config.max_cores) + 1;
}

static size_t zero_byte(const struct papr_vm *vm, uint8_t *value)
{
	(void)vm;
	value[0] = 0;
	return 1;
}

/* What LoPAR wants of an option that is not enabled. */
static size_t zero_bytes(const struct papr_vm *vm, uint8_t *value)
{
	(void)vm;
	value[0] = value[1] = 0;
	return 2;
}

/* One type of module, one socket, one chip in it, and its cores. */
static size_t modules(const struct papr_vm *vm, uint8_t *value)
{
	store_be32(value, 1 << 16 | 1);
	store_be32(value + 4, 1 << 16 | vm->config.cores);
	return 8;
}

static size_t uuid(const struct papr_vm *vm, uint8_t *value)
{
	if (!vm->config.uuid)
		return 0;
	memcpy(value, vm->config.uuid, PAPR_UUID_LEN);
	return PAPR_UUID_LEN;
}

static size_t lpar_name(const struct papr_vm *vm, uint8_t *value)
{
	return stpcpy((char *)value, vm->config.name) - (char *)value + 1;
}

enum access { GET, SET };
enum form { ONE, MANY, STRING };

#define NONE NULL
#define BYTE(least, most) ONE, least, most
#define BYTES(least, most) MANY, least, most
#define TEXT STRING, 1, PAPR_SYSPARM_MAX

static const struct parameter {
	uint32_t number;
	const char *name;
	enum access access;
	enum form form;
	uint32_t least, most;
	value_fn *value;
} parameters[SYSPARMS] = {
#define SYSPARM(number, name, access, form, value) \
	{ number, name, access, form, value },
#include "rtas/sysparm.def"
};

/* Its place, or -1. */
static int find(uint32_t number)
{
	for (int i = 0; i < SYSPARMS; i++)
		if (parameters[i].number == number)
			return i;
	return -1;
}

static bool is_good(const struct parameter *p, const uint8_t *value,
		    size_t len)
{
	switch (p->form) {
	case ONE:
		return len == 1 && value[0] >= p->least && value[0] <= p->most;
	case STRING:
		return len && len <= p->most &&
		       strnlen((const char *)value, len) == len - 1;
	case MANY:
		return len >= p->least && len <= p->most;
	}
	return false;
}

static bool has_value(const struct papr_vm *vm, int i)
{
	if (vm->sysparm[i].bytes)
		return true;
	return parameters[i].value &&
	       (parameters[i].value != lpar_name || vm->config.name);
}

/* Copies it; returns its length. */
static size_t value_of(struct papr_vm *vm, int i, uint8_t *value)
{
	const struct sysparm *s = &vm->sysparm[i];
	size_t len;

	pthread_mutex_lock(&vm->sysparm_lock);
	if (s->bytes) {
		len = s->len;
		memcpy(value, s->bytes, len);
	} else {
		len = parameters[i].value(vm, value);
	}
	pthread_mutex_unlock(&vm->sysparm_lock);
	return len;
}

/*
 * The buffer gets a length of two bytes and as much of the value as fits; a
 * guest with a buffer of no length asks whether the parameter is supported.
 */
static int32_t ibm_get_system_parameter(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_get_system_parameter_in *in = args;
	int i = find(in->parameter);
	uint8_t value[PAPR_SYSPARM_MAX];
	size_t len, n;
	uint8_t *p;

	(void)rets;
	if (i < 0 || !has_value(vcpu->vm, i))
		return RTAS_PARAMETER_ERROR;
	if (!in->length)
		return RTAS_SUCCESS;
	if (in->length < LENGTH)
		return RTAS_SYSPARM_PARAM_ERROR;
	len = value_of(vcpu->vm, i, value);
	n = len < in->length - LENGTH ? len : in->length - LENGTH;
	p = ram_get(vcpu->vm, in->buffer, n + LENGTH, RAM_WRITE);
	if (!p)
		return RTAS_SYSPARM_PARAM_ERROR;
	p[0] = len >> 8;
	p[1] = len & 0xff;
	memcpy(p + LENGTH, value, n);
	return RTAS_SUCCESS;
}

/* What the program could not keep is not set. */
static int32_t set_value(struct papr_vm *vm, int i, const uint8_t *value,
			 size_t len)
{
	struct sysparm *s = &vm->sysparm[i];
	int r = 0;

	pthread_mutex_lock(&vm->sysparm_lock);
	if (vm->vmm_ops.sysparm_store)
		r = vm->vmm_ops.sysparm_store(vm->vmm, parameters[i].number,
					      value, len);
	if (!r) {
		memcpy(s->bytes, value, len);
		s->len = len;
	}
	pthread_mutex_unlock(&vm->sysparm_lock);
	return r ? RTAS_HARDWARE_ERROR : RTAS_SUCCESS;
}

static int32_t ibm_set_system_parameter(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_set_system_parameter_in *in = args;
	int i = find(in->parameter);
	uint8_t value[SET_MAX];
	const uint8_t *p;
	size_t len;

	(void)rets;
	if (in->parameter < HMC_PARAMETERS)
		return RTAS_NOT_AUTHORIZED;
	if (i < 0 || !has_value(vcpu->vm, i))
		return RTAS_PARAMETER_ERROR;
	if (parameters[i].access != SET)
		return RTAS_NOT_AUTHORIZED;
	p = ram_get(vcpu->vm, in->buffer, LENGTH, RAM_READ);
	if (!p)
		return RTAS_SYSPARM_PARAM_ERROR;
	len = p[0] << 8 | p[1];
	if (!len)
		return RTAS_SUCCESS;
	p = ram_get(vcpu->vm, in->buffer, len + LENGTH, RAM_READ);
	if (len > SET_MAX || !p)
		return RTAS_SYSPARM_PARAM_ERROR;
	/* Another vCPU may go on writing there. */
	memcpy(value, p + LENGTH, len);
	if (!is_good(&parameters[i], value, len))
		return RTAS_SYSPARM_PARAM_ERROR;
	return set_value(vcpu->vm, i, value, len);
}

/* Guests set values: then there is room for the longest. */
static int give_room(struct papr_vm *vm, int i, size_t len)
{
	struct sysparm *s = &vm->sysparm[i];
	size_t room = parameters[i].access == SET && len < SET_MAX ? SET_MAX :
								     len;
	uint8_t *bytes = talloc_realloc_size(vm, s->bytes, room ? room : 1);

	if (!bytes)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	s->bytes = bytes;
	s->len = len;
	return 0;
}

int papr_vm_set_sysparm(struct papr_vm *vm, uint32_t number, const void *value,
			size_t len)
{
	int i = find(number), r;

	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "system parameters are "
				 "given before the VM is sealed");
	if (i < 0)
		return error_set(&vm->error, -ENOENT, "system parameter %u "
				 "is not known", number);
	if (!is_good(&parameters[i], value, len))
		return error_set(&vm->error, -EINVAL, "system parameter %u, "
				 "%s, cannot have this value of %zu bytes",
				 number, parameters[i].name, len);
	r = give_room(vm, i, len);
	if (!r)
		memcpy(vm->sysparm[i].bytes, value, len);
	return r;
}

int papr_vm_get_sysparm(struct papr_vm *vm, uint32_t number, void *value,
			size_t size)
{
	uint8_t bytes[PAPR_SYSPARM_MAX];
	int i = find(number);
	size_t len;

	if (i < 0 || !has_value(vm, i))
		return -ENOENT;
	len = value_of(vm, i, bytes);
	memcpy(value, bytes, len < size ? len : size);
	return len;
}

/* Those that a guest may set have a value of their own from the beginning. */
int sysparm_setup(struct papr_vm *vm)
{
	uint8_t value[PAPR_SYSPARM_MAX];

	for (int i = 0; i < SYSPARMS; i++) {
		const struct parameter *p = &parameters[i];
		size_t len;

		if (p->access != SET || !p->value)
			continue;
		len = p->value(vm, value);
		if (give_room(vm, i, len))
			return -ENOMEM;
		memcpy(vm->sysparm[i].bytes, value, len);
	}
	return 0;
}

/* Those that a guest may set. */
static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	(void)error;
	for (int i = 0; i < SYSPARMS; i++) {
		const struct sysparm *s = &vm->sysparm[i];

		if (parameters[i].access != SET || !s->bytes)
			continue;
		state_put_u32(out, parameters[i].number);
		state_put_u32(out, s->len);
		state_put_bytes(out, s->bytes, s->len);
	}
	return 0;
}

static int load_one(struct papr_vm *vm, uint32_t number, const uint8_t *value,
		    uint32_t len, struct papr_error *error)
{
	int i = find(number);
	const struct sysparm *s = i < 0 ? NULL : &vm->sysparm[i];

	if (!s || parameters[i].access != SET || !s->bytes ||
	    !is_good(&parameters[i], value, len))
		return error_set(error, -EINVAL, "system parameter %u cannot "
				 "have this value of %u bytes", number, len);
	/* The program, too, is to have what the guest remembers. */
	if ((len != s->len || memcmp(s->bytes, value, len)) &&
	    set_value(vm, i, value, len))
		return error_set(error, -EIO, "the program does not keep "
				 "system parameter %u", number);
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	uint8_t value[SET_MAX];
	int r = 0;

	while (!r && in->left && !in->failed) {
		uint32_t number = state_get_u32(in);
		uint32_t len = state_get_u32(in);

		if (len > sizeof(value))
			in->failed = true;
		else
			state_get_bytes(in, value, len);
		if (!in->failed)
			r = load_one(vm, number, value, len, error);
	}
	return r;
}

const struct state_module sysparm_state = { "sysparm", 1, save, load };

const struct rtas_impl rtas_sysparm[] = {
	{ RTAS_TOKEN_ibm_get_system_parameter, ibm_get_system_parameter },
	{ RTAS_TOKEN_ibm_set_system_parameter, ibm_set_system_parameter },
	{ 0, NULL }
};
