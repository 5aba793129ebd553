/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on memory: LoPAR "hcall-copy", "hcall-debug", QEMU's "memop1". */
#include "config.h"

#include "hcalls/handlers.h"
#include "spapr/util.h"

#define H_ZERO_PAGE			(1ull << (63 - 48))
#define H_COPY_PAGE			(1ull << (63 - 49))
#define H_ICACHE_INVALIDATE		(1ull << (63 - 40))
#define H_ICACHE_SYNCHRONIZE		(1ull << (63 - 41))
#define H_PAGE_INIT_FLAGS		(H_ZERO_PAGE | H_COPY_PAGE | \
					 H_ICACHE_INVALIDATE | \
					 H_ICACHE_SYNCHRONIZE)

static int64_t h_page_init(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_PAGE_INIT_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	bool copy = in->flags & H_COPY_PAGE;	/* wins when both are set */
	bool write = in->flags & (H_COPY_PAGE | H_ZERO_PAGE);
	const void *src = NULL;
	void *dst;

	(void)rets;
	if (in->flags & ~H_PAGE_INIT_FLAGS)
		return H_PARAMETER;

	/* First, as a page that is asked for to be written counts as dirty. */
	if (copy)
		src = ram_page(vm, in->src, RAM_READ);
	if (copy && !src)
		return H_PARAMETER;
	dst = ram_page(vm, in->dst, write ? RAM_WRITE : RAM_READ);
	if (!dst)
		return H_PARAMETER;

	if (copy)
		memmove(dst, src, PAGE_4K);
	else if (write)
		memset(dst, 0, PAGE_4K);
	return H_SUCCESS;
}

/* Guest memory holds numbers of 1, 2, 4 or 8 bytes, big-endian. */
static uint64_t load_number(const void *p, uint64_t size)
{
	uint64_t v = 0;

	memcpy((uint8_t *)&v + sizeof(v) - size, p, size);
	return be64toh(v);
}

static void store_number(void *p, uint64_t size, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, (uint8_t *)&v + sizeof(v) - size, size);
}

static bool good_access(uint64_t addr, uint64_t size)
{
	return IS_POWER_OF_2(size) && size <= 8 && addr % size == 0;
}

/* The number is cut to its size on the way in and on the way out. */
static int64_t device_access(struct papr_vm *vm, uint64_t addr, uint64_t size,
			     uint64_t *value, bool write)
{
	uint64_t mask = ~0ull >> (64 - 8 * size);

	*value &= mask;
	if (!vm->vmm_ops.mmio ||
	    vm->vmm_ops.mmio(vm->vmm, addr, value, size, write))
		return H_PARAMETER;
	*value &= mask;
	return H_SUCCESS;
}

static int64_t load_any(struct papr_vm *vm, uint64_t addr, uint64_t size,
			uint64_t *value)
{
	const void *p = ram_get(vm, addr, size, RAM_READ);

	if (!p)
		return device_access(vm, addr, size, value, false);
	*value = load_number(p, size);
	return H_SUCCESS;
}

static int64_t store_any(struct papr_vm *vm, uint64_t addr, uint64_t size,
			 uint64_t value)
{
	void *p = ram_get(vm, addr, size, RAM_WRITE);

	if (!p)
		return device_access(vm, addr, size, &value, true);
	store_number(p, size, value);
	return H_SUCCESS;
}

static int64_t load(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_LOGICAL_CI_LOAD_in *in = args;
	struct H_LOGICAL_CI_LOAD_out *out = rets;
	uint64_t value = 0;

	if (!good_access(in->addr, in->size) ||
	    load_any(vcpu->vm, in->addr, in->size, &value))
		return H_PARAMETER;
	out->value = value;
	return H_SUCCESS;
}

static int64_t store(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	const struct H_LOGICAL_CI_STORE_in *in = args;

	(void)rets;
	if (!good_access(in->addr, in->size))
		return H_PARAMETER;
	return store_any(vcpu->vm, in->addr, in->size, in->value);
}

enum memop { MEMOP_COPY, MEMOP_INVERT };

#define MEMOP_MAX_SHIFT		3
#define MEMOP_MAX_COUNT		0x80000000ull
/* A screen, and not so many that the vCPU could not be stopped meanwhile. */
#define MEMOP_MAX_DEVICE	(1ull << 21)

/* True if both are RAM; to invert bytes is to invert the elements. */
static bool ram_operation(struct papr_vm *vm,
			  const struct H_LOGICAL_MEMOP_in *in, uint64_t len)
{
	const void *src = ram_get(vm, in->src, len, RAM_READ);
	uint8_t *dst = src ? ram_get(vm, in->dst, len, RAM_WRITE) : NULL;

	if (!dst)
		return false;
	memmove(dst, src, len);
	for (uint64_t i = 0; in->operation == MEMOP_INVERT && i < len; i++)
		dst[i] = ~dst[i];
	return true;
}

/* Backwards where the source would be overwritten before it was read. */
static int64_t device_operation(struct papr_vm *vm,
				const struct H_LOGICAL_MEMOP_in *in,
				uint64_t size)
{
	bool back = in->dst > in->src &&
		    in->dst - in->src < in->count * size;
	int64_t status = H_SUCCESS;

	for (uint64_t i = 0; i < in->count && !status; i++) {
		uint64_t at = (back ? in->count - 1 - i : i) * size;
		uint64_t value = 0;

		status = load_any(vm, in->src + at, size, &value);
		if (in->operation == MEMOP_INVERT)
			value = ~value;
		if (!status)
			status = store_any(vm, in->dst + at, size, value);
	}
	return status;
}

/* Of QEMU, for its firmware: LoPAR has no such call. */
static int64_t h_logical_memop(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct H_LOGICAL_MEMOP_in *in = args;
	uint64_t size, len;

	(void)rets;
	if (in->operation > MEMOP_INVERT ||
	    in->element_shift > MEMOP_MAX_SHIFT || in->count > MEMOP_MAX_COUNT)
		return H_PARAMETER;
	size = 1ull << in->element_shift;
	len = in->count * size;
	if (in->dst % size || in->src % size)
		return H_PARAMETER;
	if (!len)
		return H_SUCCESS;
	if (len - 1 > ~in->dst || len - 1 > ~in->src)
		return H_PARAMETER;
	if (ram_operation(vcpu->vm, in, len))
		return H_SUCCESS;
	if (in->count > MEMOP_MAX_DEVICE)
		return H_PARAMETER;
	return device_operation(vcpu->vm, in, size);
}

/* The host's caches are coherent: nothing to do. */
static int64_t no_operation(struct papr_vcpu *vcpu, const void *args,
			    void *rets)
{
	(void)vcpu;
	(void)args;
	(void)rets;
	return H_SUCCESS;
}

const struct hcall_impl hcalls_mem[] = {
	{ H_PAGE_INIT, h_page_init },
	{ H_LOGICAL_CI_LOAD, load },
	{ H_LOGICAL_CI_STORE, store },
	{ H_LOGICAL_CACHE_LOAD, load },
	{ H_LOGICAL_CACHE_STORE, store },
	{ H_LOGICAL_ICBI, no_operation },
	{ H_LOGICAL_DCBF, no_operation },
	{ H_LOGICAL_MEMOP, h_logical_memop },
	{ 0, NULL }
};
