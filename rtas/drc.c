/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest does with its connectors: LoPAR 13.5.3. */
#include "config.h"

#include <libfdt.h>

#include "rtas/handlers.h"
#include "rtas/indicator.h"
#include "rtas/status.h"
#include "spapr/drc.h"
#include "spapr/ram.h"
#include "spapr/util.h"

/* Tokens of indicators and of a sensor. */
enum {
	ISOLATION_STATE = 9001,
	DR_INDICATOR = 9002,
	ALLOCATION_STATE = 9003,
	ENTITY_SENSE = 9003,
};

/* What ibm,configure-connector has for the guest. */
enum { COMPLETE, NEXT_SIBLING, NEXT_CHILD, NEXT_PROPERTY };

#define WORK_AREA PAGE_4K

/* Its cells. */
enum { CELL_INDEX, CELL_STEP, CELL_NAME, CELL_LENGTH, CELL_VALUE, CELLS };

#define DATA (4u * CELLS)	/* where names and values begin */

static const int32_t status_of[] = {
	[DRC_OK] = RTAS_SUCCESS,
	[DRC_NONE] = RTAS_PARAMETER_ERROR,
	[DRC_UNUSABLE] = RTAS_NOT_CONFIGURABLE,
	[DRC_IN_USE] = RTAS_HARDWARE_ERROR,
};

/* --- set-indicator, get-sensor-state */

static int32_t set_isolation(struct papr_vcpu *vcpu, uint32_t index,
			     uint32_t state)
{
	static const enum drc_event events[] = { DRC_ISOLATE, DRC_UNISOLATE };

	if (state >= ARRAY_SIZE(events))
		return RTAS_PARAMETER_ERROR;
	return status_of[drc_move(vcpu->vm, index, events[state])];
}

/* Nothing is to be exchanged or recovered. */
static int32_t set_allocation(struct papr_vcpu *vcpu, uint32_t index,
			      uint32_t state)
{
	static const enum drc_event events[] = {
		DRC_SET_UNUSABLE, DRC_SET_USABLE
	};

	if (state >= ARRAY_SIZE(events))
		return RTAS_PARAMETER_ERROR;
	return status_of[drc_move(vcpu->vm, index, events[state])];
}

static int32_t set_dr_indicator(struct papr_vcpu *vcpu, uint32_t index,
				uint32_t state)
{
	enum { INACTIVE, ACTIVE, IDENTIFY, ACTION };

	if (state > ACTION)
		return RTAS_PARAMETER_ERROR;
	return status_of[drc_indicate(vcpu->vm, index, state)];
}

static int32_t get_entity_sense(struct papr_vcpu *vcpu, uint32_t index,
				uint32_t *state)
{
	enum { EMPTY, PRESENT, UNUSABLE };

	if (!drc_find(vcpu->vm, index))
		return RTAS_PARAMETER_ERROR;
	*state = drc_is_allocated(vcpu->vm, index) ? PRESENT : UNUSABLE;
	return RTAS_SUCCESS;
}

/* Sensor and indicator 9003 are two things. */
const struct indicator drc_indicators[] = {
	{ ISOLATION_STATE, 0, NULL, set_isolation, false },
	{ DR_INDICATOR, 0, NULL, set_dr_indicator, false },
	{ ALLOCATION_STATE, 0, NULL, set_allocation, false },
	{ ENTITY_SENSE, 0, get_entity_sense, NULL, false },
	{ 0, 0, NULL, NULL, false }
};

/* --- ibm,configure-connector */

/* A string; false if the area is full. */
static bool put(uint8_t *area, size_t *used, const void *data, size_t len)
{
	if (len > WORK_AREA - *used)
		return false;
	memcpy(area + *used, data, len);
	*used += len;
	return true;
}

static int32_t put_node(uint8_t *area, const void *fdt, int node)
{
	size_t used = DATA;
	int len;
	const char *name = fdt_get_name(fdt, node, &len);

	store_be32(area + 4 * CELL_NAME, used);
	return name && put(area, &used, name, (size_t)len + 1) ?
	       NEXT_CHILD : RTAS_HARDWARE_ERROR;
}

static int32_t put_property(uint8_t *area, const void *fdt, int property)
{
	const char *name;
	size_t used = DATA;
	int len;
	const void *value = fdt_getprop_by_offset(fdt, property, &name, &len);

	store_be32(area + 4 * CELL_NAME, used);
	if (!value || !put(area, &used, name, strlen(name) + 1))
		return RTAS_HARDWARE_ERROR;
	store_be32(area + 4 * CELL_LENGTH, len);
	store_be32(area + 4 * CELL_VALUE, used);
	return put(area, &used, value, len) ? NEXT_PROPERTY :
					      RTAS_HARDWARE_ERROR;
}

/*
 * Step 0 is the node, the next ones its properties, and then it is complete.
 * What is behind that is as complete: a guest may begin anew at any time, as
 * nothing has changed before.
 */
static int32_t take_step(struct papr_vm *vm, const struct drc *drc,
			 uint8_t *area)
{
	_Alignas(8) uint8_t fdt[DRC_TREE_MAX];
	uint32_t step = load_be32(area + 4 * CELL_STEP);
	int node, property;

	if (drc_tree(vm, drc, fdt))
		return RTAS_HARDWARE_ERROR;
	store_be32(area + 4 * CELL_STEP, step + 1);
	node = fdt_first_subnode(fdt, 0);
	if (!step)
		return put_node(area, fdt, node);
	property = fdt_first_property_offset(fdt, node);
	while (--step && property >= 0)
		property = fdt_next_property_offset(fdt, property);
	if (property >= 0)
		return put_property(area, fdt, property);
	return status_of[drc_move(vm, drc->index, DRC_CONFIGURE)];
}

/*
 * The work area holds all that is to be known from one call to the next, as
 * LoPAR wants it: the connector, and in the next cell, 0 at first, the step.
 */
static int32_t ibm_configure_connector(struct papr_vcpu *vcpu,
				       const void *args, void *rets)
{
	const struct RTAS_ibm_configure_connector_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	const uint8_t *seen = ram_page(vm, in->work_area, RAM_READ);
	enum drc_answer answer;
	uint32_t index;
	uint8_t *area;

	(void)rets;
	if (!seen)
		return RTAS_PARAMETER_ERROR;
	index = load_be32(seen + 4 * CELL_INDEX);
	answer = drc_may_configure(vm, index);
	if (answer != DRC_OK)
		return status_of[answer];
	area = ram_page(vm, in->work_area, RAM_WRITE);
	return area ? take_step(vm, drc_find(vm, index), area) :
		      RTAS_PARAMETER_ERROR;
}

const struct rtas_impl rtas_drc[] = {
	{ RTAS_TOKEN_ibm_configure_connector, ibm_configure_connector },
	{ 0, NULL }
};
