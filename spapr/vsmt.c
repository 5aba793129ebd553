/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "spapr/util.h"
#include "spapr/vsmt.h"

#define VSMT_MAX 8

static bool host_has_mode(const struct papr_host *info, uint32_t mode)
{
	/* The bit with value 2^N is mode 2^N. */
	return info->cap[PAPR_CAP_SMT_POSSIBLE] & mode;
}

/* What the kernel uses if it is told nothing; 0 means it knows no SMT. */
static uint32_t host_mode(const struct papr_host *info)
{
	return info->cap[PAPR_CAP_SMT] > 0 ? info->cap[PAPR_CAP_SMT] : 1;
}

/* Spacing the ids out is enough where each thread has a core to itself. */
static bool spacing_is_enough(const struct papr_host *info, uint32_t threads,
			      uint32_t vsmt)
{
	return host_mode(info) >= threads && vsmt % host_mode(info) == 0;
}

int vsmt_choose(const struct papr_vm_config *config,
		const struct papr_host *info, struct papr_error *error)
{
	uint32_t vsmt = config->vsmt ? config->vsmt : config->threads;

	if (!IS_POWER_OF_2(vsmt) || vsmt > VSMT_MAX)
		return error_set(error, -EINVAL, "virtual SMT mode %u: it is "
				 "a power of two from 1 to %d", vsmt, VSMT_MAX);
	if (vsmt < config->threads)
		return error_set(error, -EINVAL, "virtual SMT mode %u is less "
				 "than the %u threads of a core", vsmt,
				 config->threads);
	if (host_has_mode(info, vsmt) || vsmt == host_mode(info) ||
	    spacing_is_enough(info, config->threads, vsmt))
		return vsmt;

	if (info->flavour == PAPR_FLAVOUR_PR)
		return error_set(error, -EOPNOTSUPP, "virtual SMT mode %u: "
				 "KVM-PR has one thread per core", vsmt);
	if (info->isa < 300)
		return error_set(error, -EOPNOTSUPP, "virtual SMT mode %u: "
				 "before POWER9 a guest core has at most the "
				 "threads of the host's subcore, here %u",
				 vsmt, info->threads);
	return error_set(error, -EOPNOTSUPP, "virtual SMT mode %u: the kernel "
			 "offers the modes in mask 0x%x", vsmt,
			 info->cap[PAPR_CAP_SMT_POSSIBLE]);
}

static const char *refusal(int err)
{
	switch (err) {
	case -EBUSY:
		return "a vCPU was created already";
	case -EINVAL:
		return "it does not offer this mode";
	default:
		return strerror(-err);
	}
}

int vsmt_apply(const struct papr_host_ops *ops, void *host,
	       const struct papr_host *info, uint32_t threads, uint32_t vsmt,
	       struct papr_error *error)
{
	int r;

	if (vsmt == host_mode(info))
		return 0;
	r = ops->set_smt ? ops->set_smt(host, vsmt) : -EINVAL;
	if (!r)
		return 0;
	if (spacing_is_enough(info, threads, vsmt))
		return error_set(error, 0, "the kernel refused virtual SMT "
				 "mode %u (%s); vCPU ids are spaced out "
				 "without it", vsmt, refusal(r));
	return error_set(error, r, "the kernel refused virtual SMT mode %u: %s",
			 vsmt, refusal(r));
}
