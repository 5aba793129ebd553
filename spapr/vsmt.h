/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual SMT: how far apart the ids of two cores' vCPUs are.  The id of a
 * vCPU is core * vsmt + thread, and it is everything to the guest: server
 * number, RTAS CPU number, target of H_PROD.
 */
#ifndef SPAPR_VSMT_H
#define SPAPR_VSMT_H

#include <papr/vm.h>

/* The mode for @config, or -EINVAL or -EOPNOTSUPP with a sentence. */
int vsmt_choose(const struct papr_vm_config *config,
		const struct papr_host *info, struct papr_error *error);

/*
 * Sets the mode unless the host has it already.  A refusal is tolerated where
 * ids spaced by @vsmt work all the same; @error then says so, and 0 is
 * returned.
 */
int vsmt_apply(const struct papr_host_ops *ops, void *host,
	       const struct papr_host *info, uint32_t threads, uint32_t vsmt,
	       struct papr_error *error);

static inline uint32_t vsmt_vcpu_id(uint32_t index, uint32_t threads,
				    uint32_t vsmt)
{
	return index / threads * vsmt + index % threads;
}

#endif
