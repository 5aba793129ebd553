/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls about a machine that a partition has in name only: power domains,
 * LoPAR 7.3.6, its firmware, 7.3.7, and code of the hypervisor, which is in a
 * section of its own, ibm,lpar-perftools.
 */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/util.h"

/* Of what is plugged in with its power on, as QEMU has it. */
#define LIVE_INSERTION UINT32_MAX
#define OFF 0
#define FULL 100

static int32_t set_power_level(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct RTAS_set_power_level_in *in = args;
	struct RTAS_set_power_level_out *out = rets;

	(void)vcpu;
	if (in->power_domain != LIVE_INSERTION ||
	    (in->level != OFF && in->level != FULL))
		return RTAS_PARAMETER_ERROR;
	out->actual_level = FULL;
	return RTAS_SUCCESS;
}

static int32_t get_power_level(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct RTAS_get_power_level_in *in = args;
	struct RTAS_get_power_level_out *out = rets;

	(void)vcpu;
	if (in->power_domain != LIVE_INSERTION)
		return RTAS_PARAMETER_ERROR;
	out->level = FULL;
	return RTAS_SUCCESS;
}

static int32_t ibm_activate_firmware(struct papr_vcpu *vcpu, const void *args,
				     void *rets)
{
	(void)vcpu;
	(void)args;
	(void)rets;
	return RTAS_NO_FIRMWARE;
}

#define IAR_TO_NAME 1
#define FIRST 1			/* of a sequence that is over at once */

/* Not one address is known: an offset of 0 and words that say so. */
static int32_t ibm_lpar_perftools(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	static const char answer[] = "\0\0\0\0\0\0\0\0not a known address";
	const struct RTAS_ibm_lpar_perftools_in *in = args;
	struct RTAS_ibm_lpar_perftools_out *out = rets;
	uint64_t gpa = (uint64_t)in->work_area_hi << 32 | in->work_area_lo;
	void *area;

	if (in->subfunction != IAR_TO_NAME || in->sequence != FIRST ||
	    !ram_get(vcpu->vm, gpa, 8, RAM_READ))
		return RTAS_PARAMETER_ERROR;
	if (in->work_area_size < sizeof(answer))
		return RTAS_TOO_SMALL;
	area = ram_get(vcpu->vm, gpa, sizeof(answer), RAM_WRITE);
	if (!area)
		return RTAS_PARAMETER_ERROR;
	memcpy(area, answer, sizeof(answer));
	out->next_sequence = FIRST;
	return RTAS_SUCCESS;
}

const struct rtas_impl rtas_machine[] = {
	{ RTAS_TOKEN_set_power_level, set_power_level },
	{ RTAS_TOKEN_get_power_level, get_power_level },
	{ RTAS_TOKEN_ibm_activate_firmware, ibm_activate_firmware },
	{ RTAS_TOKEN_ibm_lpar_perftools, ibm_lpar_perftools },
	{ 0, NULL }
};
