/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "fwnmi/fwnmi.h"
#include "rtas/handlers.h"
#include "spapr/util.h"

static const struct rtas_impl *const topics[] = {
	fwnmi_rtas, rtas_clock, rtas_cpu, rtas_display, rtas_dma, rtas_drc,
	rtas_eeh, rtas_errinjct, rtas_event, rtas_indicator, rtas_indices,
	rtas_kernel_dump, rtas_last_error, rtas_machine, rtas_nvram, rtas_pci,
	rtas_power, rtas_suspend, rtas_sysparm, rtas_vpd, rtas_xics,
};

void rtas_reset(struct papr_vm *vm)
{
	rtas_reset_errinjct(vm);
	atomic_store(&vm->last_error, 0);
	fwnmi_reset(vm);
}

rtas_fn *rtas_handler(int row)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		for (const struct rtas_impl *h = topics[i]; h->fn; h++)
			if (rtas_row(h->token) == row)
				return h->fn;
	return NULL;
}

bool rtas_has_handler(int row)
{
	return rtas_handler(row);
}
