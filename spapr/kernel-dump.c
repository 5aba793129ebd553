/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a kernel dump: whether it can be, its life, its file. */
#include "config.h"

#include <errno.h>

#include <papr/kernel-dump.h>

#include "spapr/fdt.h"
#include "spapr/kernel-dump.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define FORMAT		1u
#define MAX_SECTIONS	10u
#define TO_MEMORY	1u	/* the request that a section makes */

static bool is_zero(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

/*
 * Without a disk, on which no dump goes here, all sections are copied in
 * memory.  Nor is there a dump when a guest does not answer to an interrupt.
 */
bool kdump_is_good(const uint8_t *bytes, uint32_t len)
{
	uint32_t first, n;

	if (len < KDUMP_HEADER_SIZE || len > KDUMP_MAX ||
	    load_be32(bytes + KDUMP_VERSION) != FORMAT ||
	    !is_zero(bytes + KDUMP_DISK, KDUMP_HEADER_SIZE - KDUMP_DISK))
		return false;
	first = load_be32(bytes + KDUMP_FIRST);
	n = load_be16(bytes + KDUMP_SECTIONS);
	if (!n || n > MAX_SECTIONS || first < KDUMP_HEADER_SIZE ||
	    first > len || n * KDS_SIZE > len - first)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (load_be32(bytes + first + i * KDS_SIZE + KDS_FLAGS) !=
		    TO_MEMORY)
			return false;
	return true;
}

unsigned int kdump_sections(const struct kernel_dump *dump)
{
	return load_be16(dump->bytes + KDUMP_SECTIONS);
}

uint8_t *kdump_section(struct kernel_dump *dump, unsigned int i)
{
	return dump->bytes + load_be32(dump->bytes + KDUMP_FIRST) +
	       i * KDS_SIZE;
}

bool kdump_want(struct papr_vm *vm)
{
	struct kernel_dump *dump = &vm->dump;
	bool wanted;

	pthread_mutex_lock(&dump->lock);
	wanted = dump->state == KDUMP_REGISTERED ||
		 dump->state == KDUMP_WANTED;
	if (wanted)
		dump->state = KDUMP_WANTED;
	pthread_mutex_unlock(&dump->lock);
	return wanted;
}

void kdump_reset(struct papr_vm *vm)
{
	if (vm->dump.state != KDUMP_ACTIVE)
		vm->dump.state = KDUMP_NONE;
}

int papr_vm_dump(struct papr_vm *vm, struct papr_error *error)
{
	struct kernel_dump *dump = &vm->dump;
	int r = 0;

	pthread_mutex_lock(&dump->lock);
	if (dump->state == KDUMP_WANTED)
		r = kdump_take(vm, error);
	if (!r)
		r = dump->state == KDUMP_ACTIVE;
	pthread_mutex_unlock(&dump->lock);
	return r;
}

/* Sizes of the sections that are the platform's: no page table is kept. */
void tree_kernel_dump(struct tree *t, const struct papr_vm *vm)
{
	const struct kernel_dump *dump = &vm->dump;
	uint64_t size = kdump_cpu_size(vm);
	const uint32_t sizes[] = {
		KDS_CPU_STATE, size >> 32, size, KDS_HPT, 0, 0
	};
	const uint8_t versions[] = { 0, 1, 0, FORMAT };	/* how many */

	tree_cells(t, "ibm,configure-kernel-dump-sizes", sizes,
		   ARRAY_SIZE(sizes));
	tree_bytes(t, "ibm,configure-kernel-dump-version", versions,
		   sizeof(versions));
	if (dump->state == KDUMP_ACTIVE)
		tree_bytes(t, "ibm,kernel-dump", dump->bytes, dump->len);
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	const struct kernel_dump *dump = &vm->dump;

	(void)error;
	if (dump->state == KDUMP_NONE)
		return 0;
	state_put_u8(out, dump->state);
	state_put_u32(out, dump->len);
	state_put_bytes(out, dump->bytes, dump->len);
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	uint8_t state = state_get_u8(in), bytes[KDUMP_MAX];
	uint32_t len = state_get_u32(in);

	if (len > sizeof(bytes)) {
		in->failed = true;
		return 0;
	}
	state_get_bytes(in, bytes, len);
	if (in->failed)
		return 0;
	if (!vm->config.kernel_dump || state == KDUMP_NONE ||
	    state > KDUMP_ACTIVE || !kdump_is_good(bytes, len))
		return error_set(error, -EINVAL, "a kernel dump of %u bytes "
				 "cannot be in state %u", len, state);
	vm->dump.state = state;
	vm->dump.len = len;
	memcpy(vm->dump.bytes, bytes, len);
	return 0;
}

const struct state_module kernel_dump_state = {
	"kernel-dump", 1, save, load
};
