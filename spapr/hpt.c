/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>

#include <talloc.h>

#include "spapr/hpt.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define SHIFT_4K	12u
#define LP_SHIFT	12u
#define LP_BITS		8u

bool hpt_can(const struct papr_host_ops *ops, enum papr_flavour flavour)
{
	if (flavour == PAPR_FLAVOUR_PR)
		return ops->hold && ops->use_hpt;
	return ops->hold && ops->open_hpt && ops->read_hpt && ops->write_hpt;
}

int hpt_open(struct papr_vm *vm, struct papr_error *error)
{
	int r;

	if (vm->hpt_open || vm->mmu != PAPR_MMU_HASH || vm->hpt_table ||
	    !hpt_can(&vm->host_ops, vm->info.flavour))
		return 0;
	r = vm->host_ops.open_hpt(vm->host);
	if (r)
		return error_set(error, r, "the host does not open its page "
				 "table, whose calls are routed to user: %s",
				 strerror(-r));
	vm->hpt_open = true;
	return 0;
}

/*
 * The host puts the address of an entry together from bits, so that the table
 * must begin where its size says.
 */
static int make_table(struct papr_vm *vm)
{
	size_t size = 1ull << vm->hpt_order;

	if (vm->hpt_order > HPT_PR_MAX_ORDER)
		return -EOVERFLOW;
	vm->hpt_table = aligned_alloc(size, size);
	if (!vm->hpt_table)
		return -ENOMEM;
	memset((void *)vm->hpt_table, 0, size);
	return 0;
}

int hpt_setup(struct papr_vm *vm)
{
	if (vm->info.flavour == PAPR_FLAVOUR_PR)
		return make_table(vm);
	return vm->host_ops.setup_hpt(vm->host, vm->hpt_order);
}

int hpt_attach(struct papr_vm *vm, void *cpu)
{
	if (!vm->hpt_table)
		return 0;
	return vm->host_ops.use_hpt(cpu, (void *)vm->hpt_table, vm->hpt_order);
}

/* All vCPUs forget what they know of the table. */
static int forget(struct papr_vm *vm)
{
	int r = 0;

	for (uint32_t i = 0; i < vm->n_vcpus && !r; i++)
		if (vm->vcpus[i]->host)
			r = hpt_attach(vm, vm->vcpus[i]->host);
	return r;
}

int hpt_reset(struct papr_vm *vm)
{
	if (!vm->hpt_table)
		return vm->host_ops.setup_hpt ? hpt_setup(vm) : 0;
	memset((void *)vm->hpt_table, 0, 1ull << vm->hpt_order);
	return forget(vm);
}

int hpt_read(struct papr_vm *vm, uint64_t index, struct papr_hpte *entry,
	     uint32_t n)
{
	const _Atomic uint64_t *word = vm->hpt_table;

	if (!word)
		return vm->host_ops.read_hpt(vm->host, index, entry, n);
	word += 2 * index;
	for (uint32_t i = 0; i < n; i++, word += 2) {
		entry[i].pteh = be64toh(atomic_load(word));
		entry[i].ptel = be64toh(atomic_load(word + 1));
		if (!(entry[i].pteh & HPTE_V_VALID))
			entry[i] = (struct papr_hpte){ 0 };
	}
	return 0;
}

/* Of an entry that was not valid nobody knows anything. */
int hpt_write(struct papr_vm *vm, uint64_t index, const struct papr_hpte *entry)
{
	bool valid = entry->pteh & HPTE_V_VALID;
	_Atomic uint64_t *word = vm->hpt_table;
	uint64_t old;

	if (!word)
		return vm->host_ops.write_hpt(vm->host, index, entry);
	word += 2 * index;
	old = be64toh(atomic_load(word));
	atomic_store(word, htobe64(valid ? entry->pteh : 0));
	atomic_store(word + 1, htobe64(valid ? entry->ptel : 0));
	return old & HPTE_V_VALID ? forget(vm) : 0;
}

uint64_t hpt_entries(const struct papr_vm *vm)
{
	if (vm->mmu != PAPR_MMU_HASH || !vm->hpt_order)
		return 0;
	return (1ull << vm->hpt_order) / 16;
}

/* The page number begins where the encoding of the page's size ends. */
static bool is_encoded(uint64_t ptel, uint32_t shift, uint32_t encoding)
{
	uint32_t bits = shift - LP_SHIFT < LP_BITS ? shift - LP_SHIFT :
						     LP_BITS;

	return ((ptel >> LP_SHIFT ^ encoding) & ((1u << bits) - 1)) == 0;
}

uint32_t hpt_page_shift(const struct papr_vm *vm, const struct papr_hpte *entry)
{
	const struct papr_host_mmu *mmu = &vm->host_mmu;

	if (!(entry->pteh & HPTE_V_LARGE))
		return SHIFT_4K;
	for (uint32_t i = 0; i < mmu->hash_sizes; i++)
		for (uint32_t j = 0; j < mmu->hash[i].pages; j++) {
			uint32_t shift = mmu->hash[i].page[j].shift;

			if (shift > SHIFT_4K &&
			    is_encoded(entry->ptel, shift,
				       mmu->hash[i].page[j].pte_encoding))
				return shift;
		}
	return 0;
}

void hpt_lock(struct papr_vm *vm)
{
	pthread_mutex_lock(&vm->hpt_lock);
	vm_hold_all(vm, true);
}

void hpt_unlock(struct papr_vm *vm)
{
	vm_hold_all(vm, false);
	pthread_mutex_unlock(&vm->hpt_lock);
}

/* --- saved and loaded */

#define HPT_SECTION 0x10000u	/* so many valid entries to a section */

/*
 * Read at once: KVM looks at up to so many entries without one that is valid,
 * however few are asked for.
 */
#define HPT_PIECE 0x10000u

static uint32_t save_piece(uint64_t index, const struct papr_hpte *entry,
			   uint32_t n, struct state_out *out)
{
	uint32_t valid = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (!(entry[i].pteh & HPTE_V_VALID))
			continue;
		state_put_u64(out, index + i);
		state_put_u64(out, entry[i].pteh);
		state_put_u64(out, entry[i].ptel);
		valid++;
	}
	return valid;
}

static int save_pieces(struct papr_vm *vm, struct papr_hpte *entry,
		       struct state_out *out, struct papr_error *error)
{
	uint64_t all = hpt_entries(vm);
	uint32_t piece = all < HPT_PIECE ? all : HPT_PIECE, valid = 0;
	int r = 0;

	for (uint64_t index = 0; index < all && !r; index += piece) {
		r = hpt_read(vm, index, entry, piece);
		if (r)
			return error_set(error, r, "the host does not hand out "
					 "its page table: %s", strerror(-r));
		valid += save_piece(index, entry, piece, out);
		if (valid < HPT_SECTION)
			continue;
		r = state_next(out, error);
		valid = 0;
	}
	return r;
}

static int save_entries(struct papr_vm *vm, struct state_out *out,
			struct papr_error *error)
{
	struct papr_hpte *entry = talloc_array(NULL, struct papr_hpte,
					       HPT_PIECE);
	int r;

	if (!entry)
		return error_set(error, -ENOMEM, "out of memory");
	r = save_pieces(vm, entry, out, error);
	talloc_free(entry);
	return r;
}

static int check_host(struct papr_vm *vm, struct papr_error *error)
{
	if (!hpt_can(&vm->host_ops, vm->info.flavour))
		return error_set(error, -EOPNOTSUPP, "the program's host "
				 "operations do not hand out the page table");
	return hpt_open(vm, error);
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	int r;

	if (!hpt_entries(vm))
		return 0;
	r = check_host(vm, error);
	if (r)
		return r;
	hpt_lock(vm);
	r = save_entries(vm, out, error);
	hpt_unlock(vm);
	return r;
}

static int load_entries(struct papr_vm *vm, struct state_in *in,
			struct papr_error *error)
{
	while (in->left && !in->failed) {
		uint64_t index = state_get_u64(in);
		struct papr_hpte entry = { .pteh = state_get_u64(in) };
		int r = -EINVAL;

		entry.ptel = state_get_u64(in);
		if (index < hpt_entries(vm) && entry.pteh & HPTE_V_VALID)
			r = hpt_write(vm, index, &entry);
		if (r)
			return error_set(error, r, "the page table does not "
					 "take 0x%llx 0x%llx as entry %llu: %s",
					 (unsigned long long)entry.pteh,
					 (unsigned long long)entry.ptel,
					 (unsigned long long)index,
					 strerror(-r));
	}
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	int r = check_host(vm, error);

	if (r)
		return r;
	hpt_lock(vm);
	r = load_entries(vm, in, error);
	hpt_unlock(vm);
	return r;
}

const struct state_module hpt_state = { "hpt", 1, save, load };
