/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-volatile memory: LoPAR 7.3.5 for the calls, 8 for what is in it. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include <papr/nvram.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define BLOCK		16u
#define SIGNATURE	0	/* offsets in a header */
#define CHECKSUM	1
#define LENGTH		2
#define NAME		4
#define NAME_LEN	12

#define SYSTEM		0x70	/* signatures */
#define FREE_SPACE	0x7f
#define COMMON_SIZE	4096u

static uint8_t checksum(const uint8_t *header)
{
	unsigned int sum = header[SIGNATURE];

	for (unsigned int i = LENGTH; i < BLOCK; i++) {
		sum += header[i];
		sum = (sum & 0xff) + (sum >> 8);
	}
	return sum;
}

static void put_header(uint8_t *header, uint8_t signature, size_t size,
		       const char *name)
{
	header[SIGNATURE] = signature;
	header[LENGTH] = size / BLOCK >> 8;
	header[LENGTH + 1] = size / BLOCK & 0xff;
	memcpy(header + NAME, name, NAME_LEN);
	header[CHECKSUM] = checksum(header);
}

static int check_size(size_t size, struct papr_error *error)
{
	if (size >= PAPR_NVRAM_MIN && size <= PAPR_NVRAM_MAX &&
	    size % BLOCK == 0)
		return 0;
	return error_set(error, -EINVAL, "%zu bytes are no NVRAM: it has 8 KiB "
			 "to 1 MiB, a multiple of 16", size);
}

/* Its length has 16 bits, so the largest NVRAM has two of them. */
static void put_free_space(uint8_t *at, size_t size)
{
	static const size_t most = UINT16_MAX * BLOCK;
	size_t n;

	for (; size; at += n, size -= n) {
		n = size < most ? size : most;
		put_header(at, FREE_SPACE, n, "wwwwwwwwwwww");
	}
}

int papr_nvram_format(void *bytes, size_t size)
{
	uint8_t *at = bytes;

	if (check_size(size, NULL))
		return -EINVAL;
	memset(at, 0, size);
	put_header(at, SYSTEM, COMMON_SIZE, "common\0\0\0\0\0");
	put_free_space(at + COMMON_SIZE, size - COMMON_SIZE);
	return 0;
}

int papr_nvram_check(const void *bytes, size_t size, struct papr_error *error)
{
	const uint8_t *header;
	size_t at, n;

	if (check_size(size, error))
		return -EINVAL;
	for (at = 0; at < size; at += n) {
		header = (const uint8_t *)bytes + at;
		n = (header[LENGTH] << 8 | header[LENGTH + 1]) * BLOCK;
		if (header[CHECKSUM] != checksum(header))
			return error_set(error, -EBADMSG, "the partition at "
					 "0x%zx has checksum 0x%02x, and "
					 "should have 0x%02x", at,
					 header[CHECKSUM], checksum(header));
		if (!n || n > size - at)
			return error_set(error, -EBADMSG, "the partition at "
					 "0x%zx has %zu bytes, and there are "
					 "%zu", at, n, size - at);
	}
	return 0;
}

int papr_vm_add_nvram(struct papr_vm *vm, const void *bytes, size_t size)
{
	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "NVRAM is added before "
				 "the VM is sealed");
	if (vm->nvram)
		return error_set(&vm->error, -EEXIST,
				 "the VM has an NVRAM already");
	if (check_size(size, &vm->error))
		return -EINVAL;
	vm->nvram = talloc_size(vm, 2 * size);
	if (!vm->nvram)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	memcpy(vm->nvram, bytes, size);
	vm->nvram_size = size;
	return 0;
}

/* The bytes that the guest names, or NULL. */
static uint8_t *bytes_at(const struct papr_vm *vm, uint32_t index, uint32_t len)
{
	if (index > vm->nvram_size || len > vm->nvram_size - index)
		return NULL;
	return vm->nvram + index;
}

static int32_t nvram_fetch(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct RTAS_nvram_fetch_in *in = args;
	struct RTAS_nvram_fetch_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	const uint8_t *from = bytes_at(vm, in->index, in->length);
	void *to = from ? ram_get(vm, in->buffer, in->length, RAM_WRITE) : NULL;

	if (!to)
		return RTAS_PARAMETER_ERROR;
	pthread_mutex_lock(&vm->nvram_lock);
	memcpy(to, from, in->length);
	pthread_mutex_unlock(&vm->nvram_lock);
	out->num = in->length;
	return RTAS_SUCCESS;
}

/*
 * What the program could not keep is not there.  It gets a copy behind the
 * NVRAM: another vCPU may go on writing to @from.
 */
static int32_t store(struct papr_vm *vm, uint8_t *to, const void *from,
		     uint32_t len)
{
	uint8_t *copy = vm->nvram + vm->nvram_size;

	memcpy(copy, from, len);
	if (vm->vmm_ops.nvram_store &&
	    vm->vmm_ops.nvram_store(vm->vmm, to - vm->nvram, copy, len))
		return RTAS_HARDWARE_ERROR;
	memcpy(to, copy, len);
	return RTAS_SUCCESS;
}

static int32_t nvram_store(struct papr_vcpu *vcpu, const void *args,
			   void *rets)
{
	const struct RTAS_nvram_store_in *in = args;
	struct RTAS_nvram_store_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	uint8_t *to = bytes_at(vm, in->index, in->length);
	const void *from = to ? ram_get(vm, in->buffer, in->length, RAM_READ) :
				NULL;
	int32_t status;

	if (!from)
		return RTAS_PARAMETER_ERROR;
	pthread_mutex_lock(&vm->nvram_lock);
	status = store(vm, to, from, in->length);
	pthread_mutex_unlock(&vm->nvram_lock);
	if (status == RTAS_SUCCESS)
		out->num = in->length;
	return status;
}

static int save_nvram(struct papr_vm *vm, struct state_out *out,
		      struct papr_error *error)
{
	(void)error;
	state_put_bytes(out, vm->nvram, vm->nvram_size);
	return 0;
}

/* The program, too, is to have the bytes that the guest remembers. */
static int load_nvram(struct papr_vm *vm, struct state_in *in,
		      struct papr_error *error)
{
	if (in->left != vm->nvram_size) {
		in->failed = true;
		return 0;
	}
	if (!memcmp(vm->nvram, in->bytes, in->left)) {
		in->left = 0;
		return 0;
	}
	state_get_bytes(in, vm->nvram + vm->nvram_size, vm->nvram_size);
	if (store(vm, vm->nvram, vm->nvram + vm->nvram_size,
		  vm->nvram_size))
		return error_set(error, -EIO, "the program does not keep the "
				 "NVRAM");
	return 0;
}

const struct state_module nvram_state = { "nvram", 1, save_nvram, load_nvram };

const struct rtas_impl rtas_nvram[] = {
	{ RTAS_TOKEN_nvram_fetch, nvram_fetch },
	{ RTAS_TOKEN_nvram_store, nvram_store },
	{ 0, NULL }
};
