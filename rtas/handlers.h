/* SPDX-License-Identifier: BSD-2-Clause */
/* Which RTAS calls this library answers. */
#ifndef RTAS_HANDLERS_H
#define RTAS_HANDLERS_H

#include "spapr/vm.h"

/* One array per topic, each at the end of its file, ended by a NULL fn. */
extern const struct rtas_impl fwnmi_rtas[];
extern const struct rtas_impl rtas_clock[];
extern const struct rtas_impl rtas_cpu[];
extern const struct rtas_impl rtas_display[];
extern const struct rtas_impl rtas_drc[];
extern const struct rtas_impl rtas_dma[];
extern const struct rtas_impl rtas_eeh[];
extern const struct rtas_impl rtas_errinjct[];
extern const struct rtas_impl rtas_event[];
extern const struct rtas_impl rtas_indicator[];
extern const struct rtas_impl rtas_indices[];
extern const struct rtas_impl rtas_kernel_dump[];
extern const struct rtas_impl rtas_last_error[];
extern const struct rtas_impl rtas_machine[];
extern const struct rtas_impl rtas_nvram[];
extern const struct rtas_impl rtas_pci[];
extern const struct rtas_impl rtas_power[];
extern const struct rtas_impl rtas_suspend[];
extern const struct rtas_impl rtas_sysparm[];
extern const struct rtas_impl rtas_vpd[];
extern const struct rtas_impl rtas_xics[];

/* What the guest's calls have set, as before the first; no vCPU runs. */
void rtas_reset(struct papr_vm *vm);
void rtas_reset_errinjct(struct papr_vm *vm);

/* Whether a call is about PCI, and the program cannot do it. */
bool pci_lacks(const struct papr_vm *vm, int row);

rtas_fn *rtas_handler(int row);
bool rtas_has_handler(int row);

/*
 * The H_RTAS hypercall: reads the argument block at guest address @gpa, calls
 * the handler, writes the results back.  No other code touches that block.
 */
int64_t rtas_dispatch(struct papr_vcpu *vcpu, uint64_t gpa);

#endif
