/* SPDX-License-Identifier: BSD-2-Clause */
/* Which hypercalls this library answers. */
#ifndef HCALLS_HANDLERS_H
#define HCALLS_HANDLERS_H

#include "spapr/vm.h"

/* One array per topic, each at the end of its file, ended by a NULL fn. */
extern const struct hcall_impl fwnmi_hcalls[];
extern const struct hcall_impl hcalls_cede[];
extern const struct hcall_impl hcalls_firmware[];
extern const struct hcall_impl hcalls_hpt[];
extern const struct hcall_impl hcalls_mem[];
extern const struct hcall_impl hcalls_mode[];
extern const struct hcall_impl hcalls_of[];
extern const struct hcall_impl hcalls_splpar[];
extern const struct hcall_impl hcalls_term[];
extern const struct hcall_impl hcalls_tce[];
extern const struct hcall_impl hcalls_rtas[];
extern const struct hcall_impl hcalls_vasi[];
extern const struct hcall_impl hcalls_vio[];
extern const struct hcall_impl hcalls_vpa[];
extern const struct hcall_impl hcalls_watchdog[];
extern const struct hcall_impl hcalls_xics[];
extern const struct hcall_impl hcalls_xive[];

/*
 * What the guest's calls have set, as before the first of them; no vCPU runs.
 * 0 or the host's error.
 */
int hcalls_reset(struct papr_vm *vm);
int hcalls_reset_mode(struct papr_vm *vm);
int hcalls_reset_mmu(struct papr_vm *vm);
int hcalls_reset_cas(struct papr_vm *vm);
void hcalls_reset_cede(struct papr_vm *vm);
void hcalls_reset_vasi(struct papr_vm *vm);
void hcalls_reset_watchdogs(struct papr_vm *vm);

/* Before the interrupt controller is reset, which devices then leave alone. */
void hcalls_reset_vio(struct papr_vm *vm);

/* The handler of a row of the catalogue, or NULL. */
hcall_fn *hcalls_handler(int row);

/* The same as a question. */
bool hcalls_has_handler(int row);

#endif
