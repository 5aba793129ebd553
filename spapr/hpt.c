/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "spapr/hpt.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define SHIFT_4K	12u
#define LP_SHIFT	12u
#define LP_BITS		8u

bool hpt_can(const struct papr_host_ops *ops)
{
	return ops->hold && ops->open_hpt && ops->read_hpt && ops->write_hpt;
}

int hpt_open(struct papr_vm *vm, struct papr_error *error)
{
	int r;

	if (vm->hpt_open || vm->mmu != PAPR_MMU_HASH || !hpt_can(&vm->host_ops))
		return 0;
	r = vm->host_ops.open_hpt(vm->host);
	if (r)
		return error_set(error, r, "the host does not open its page "
				 "table, whose calls are routed to user: %s",
				 strerror(-r));
	vm->hpt_open = true;
	return 0;
}

uint64_t hpt_entries(const struct papr_vm *vm)
{
	return vm->hpt_order ? (1ull << vm->hpt_order) / 16 : 0;
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
