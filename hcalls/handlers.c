/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "hcalls/handlers.h"
#include "spapr/util.h"

static const struct hcall_impl *const topics[] = {
	fwnmi_hcalls, hcalls_cede, hcalls_firmware, hcalls_hpt, hcalls_mem,
	hcalls_mode, hcalls_of, hcalls_rtas, hcalls_splpar, hcalls_tce,
	hcalls_term, hcalls_vasi, hcalls_vio, hcalls_vpa, hcalls_watchdog,
	hcalls_xics, hcalls_xive,
};

int hcalls_reset(struct papr_vm *vm)
{
	int r;

	hcalls_reset_cede(vm);
	hcalls_reset_vasi(vm);
	hcalls_reset_watchdogs(vm);
	r = hcalls_reset_cas(vm);
	return r ? r : hcalls_reset_mode(vm);
}

hcall_fn *hcalls_handler(int row)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		for (const struct hcall_impl *h = topics[i]; h->fn; h++)
			if (hcall_row(h->number) == row)
				return h->fn;
	return NULL;
}

bool hcalls_has_handler(int row)
{
	return hcalls_handler(row);
}
