/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Indicators and sensors by where they are: LoPAR, ibm,get-indices,
 * ibm,set-dynamic-indicator and ibm,get-dynamic-sensor-state.  Of each kind
 * there is one, where the partition is.
 */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/indicator.h"
#include "rtas/status.h"
#include "rtas/vpd.h"
#include "spapr/util.h"

#define FIRST 1		/* number of the first to return */

/* The indicator of a kind that is told of so, or NULL. */
static const struct indicator *find_located(uint32_t token, bool sensor)
{
	const struct indicator *i = indicator_find(token, 0, sensor);

	return i && i->located ? i : NULL;
}

/* How many follow; of each its index, and the location padded to cells. */
static size_t put_list(uint8_t *list, const char *location)
{
	size_t len = (strlen(location) + 4) / 4 * 4;

	store_be32(list, 1);
	store_be32(list + 4, 0);
	store_be32(list + 8, len);
	memset(list + 12, 0, len);
	memcpy(list + 12, location, strlen(location));
	return 12 + len;
}

static int32_t ibm_get_indices(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct RTAS_ibm_get_indices_in *in = args;
	struct RTAS_ibm_get_indices_out *out = rets;
	char location[LOCATION_MAX];
	uint8_t list[12 + LOCATION_MAX];
	size_t len;
	void *area;

	if (in->is_sensor > 1 || in->start != FIRST ||
	    !find_located(in->type, in->is_sensor))
		return RTAS_PARAMETER_ERROR;
	vpd_location(vcpu->vm, location);
	len = put_list(list, location);
	if (in->work_area_size < len)
		return RTAS_PARAMETER_ERROR;
	area = ram_get(vcpu->vm, in->work_area, len, RAM_WRITE);
	if (!area)
		return RTAS_PARAMETER_ERROR;
	memcpy(area, list, len);
	out->next_start = FIRST;
	return RTAS_SUCCESS;
}

/* At @gpa are a length and a string: is that where the partition is? */
static bool is_here(struct papr_vm *vm, uint64_t gpa)
{
	char here[LOCATION_MAX], location[LOCATION_MAX];
	const uint8_t *len = ram_get(vm, gpa, 4, RAM_READ);

	if (!len || !vpd_read_location(vm, gpa + 4, location))
		return false;
	vpd_location(vm, here);
	return load_be32(len) > strlen(here) && !strcmp(location, here);
}

static int32_t ibm_set_dynamic_indicator(struct papr_vcpu *vcpu,
					 const void *args, void *rets)
{
	const struct RTAS_ibm_set_dynamic_indicator_in *in = args;
	const struct indicator *i = find_located(in->indicator, false);

	(void)rets;
	if (!i || !is_here(vcpu->vm, in->location_code))
		return RTAS_PARAMETER_ERROR;
	return i->set(vcpu, 0, in->state);
}

static int32_t ibm_get_dynamic_sensor_state(struct papr_vcpu *vcpu,
					    const void *args, void *rets)
{
	const struct RTAS_ibm_get_dynamic_sensor_state_in *in = args;
	struct RTAS_ibm_get_dynamic_sensor_state_out *out = rets;
	const struct indicator *i = find_located(in->sensor, true);

	if (!i || !is_here(vcpu->vm, in->location_code))
		return RTAS_PARAMETER_ERROR;
	return i->get(vcpu, 0, &out->state);
}

const struct rtas_impl rtas_indices[] = {
	{ RTAS_TOKEN_ibm_get_indices, ibm_get_indices },
	{ RTAS_TOKEN_ibm_set_dynamic_indicator, ibm_set_dynamic_indicator },
	{ RTAS_TOKEN_ibm_get_dynamic_sensor_state,
	  ibm_get_dynamic_sensor_state },
	{ 0, NULL }
};
