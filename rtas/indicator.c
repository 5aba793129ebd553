/* SPDX-License-Identifier: BSD-2-Clause */
/* Indicators and sensors: LoPAR 7.3.5. */
#include "config.h"

#include <errno.h>

#include "rtas/handlers.h"
#include "rtas/indicator.h"
#include "rtas/status.h"
#include "spapr/event-queue.h"
#include "spapr/state.h"
#include "spapr/util.h"

#define EPOW 9

#define VOLUME_MAX 100

static void tell(struct papr_vcpu *vcpu, enum papr_indicator indicator,
		 uint32_t state)
{
	if (vcpu->vm->vmm_ops.indicator)
		vcpu->vm->vmm_ops.indicator(vcpu->vm->vmm, indicator, state);
}

static int32_t set_frequency(struct papr_vcpu *vcpu, uint32_t index,
			     uint32_t hertz)
{
	(void)index;
	tell(vcpu, PAPR_INDICATOR_TONE_FREQUENCY, hertz);
	return RTAS_SUCCESS;
}

static int32_t set_volume(struct papr_vcpu *vcpu, uint32_t index,
			  uint32_t percent)
{
	(void)index;
	if (percent > VOLUME_MAX)
		return RTAS_PARAMETER_ERROR;
	tell(vcpu, PAPR_INDICATOR_TONE_VOLUME, percent);
	return RTAS_SUCCESS;
}

static int32_t get_epow(struct papr_vcpu *vcpu, uint32_t index,
			uint32_t *state)
{
	(void)index;
	*state = event_queue_epow_sensor(vcpu->vm);
	return RTAS_SUCCESS;
}

static int32_t set_lamp(struct papr_vcpu *vcpu, enum lamp lamp,
			enum papr_indicator indicator, uint32_t state)
{
	if (state > 1)
		return RTAS_PARAMETER_ERROR;
	atomic_store(&vcpu->vm->lamps[lamp], state);
	tell(vcpu, indicator, state);
	return RTAS_SUCCESS;
}

static int32_t set_fault(struct papr_vcpu *vcpu, uint32_t index,
			 uint32_t state)
{
	(void)index;
	return set_lamp(vcpu, LAMP_FAULT, PAPR_INDICATOR_FAULT, state);
}

static int32_t get_fault(struct papr_vcpu *vcpu, uint32_t index,
			 uint32_t *state)
{
	(void)index;
	*state = atomic_load(&vcpu->vm->lamps[LAMP_FAULT]);
	return RTAS_SUCCESS;
}

static int32_t set_identify(struct papr_vcpu *vcpu, uint32_t index,
			    uint32_t state)
{
	(void)index;
	return set_lamp(vcpu, LAMP_IDENTIFY, PAPR_INDICATOR_IDENTIFY, state);
}

static int32_t get_identify(struct papr_vcpu *vcpu, uint32_t index,
			    uint32_t *state)
{
	(void)index;
	*state = atomic_load(&vcpu->vm->lamps[LAMP_IDENTIFY]);
	return RTAS_SUCCESS;
}

static const struct indicator plain[] = {
	{ PAPR_INDICATOR_TONE_FREQUENCY, 1, NULL, set_frequency, false },
	{ PAPR_INDICATOR_TONE_VOLUME, 1, NULL, set_volume, false },
	{ EPOW, 1, get_epow, NULL, false },
	{ PAPR_INDICATOR_FAULT, 1, get_fault, set_fault, true },
	{ PAPR_INDICATOR_IDENTIFY, 1, get_identify, set_identify, true },
	{ 0, 0, NULL, NULL, false }
};

static const struct indicator *const topics[] = { plain, drc_indicators };

static bool has(const struct indicator *i, bool sensor)
{
	return sensor ? i->get != NULL : i->set != NULL;
}

/* The same token may be of an indicator here and of another sensor there. */
const struct indicator *indicator_find(uint32_t token, uint32_t index,
				       bool sensor)
{
	for (size_t n = 0; n < ARRAY_SIZE(topics); n++)
		for (const struct indicator *i = topics[n]; i->token; i++)
			if (i->token == token && has(i, sensor) &&
			    (!i->count || index < i->count))
				return i;
	return NULL;
}

static int32_t set_indicator(struct papr_vcpu *vcpu, const void *args,
			     void *rets)
{
	const struct RTAS_set_indicator_in *in = args;
	const struct indicator *i = indicator_find(in->indicator,
						   in->indicator_index, false);

	(void)rets;
	return i ? i->set(vcpu, in->indicator_index, in->state) :
		   RTAS_PARAMETER_ERROR;
}

static int32_t get_sensor_state(struct papr_vcpu *vcpu, const void *args,
				void *rets)
{
	const struct RTAS_get_sensor_state_in *in = args;
	struct RTAS_get_sensor_state_out *out = rets;
	const struct indicator *i = indicator_find(in->sensor,
						   in->sensor_index, true);

	return i ? i->get(vcpu, in->sensor_index, &out->state) :
		   RTAS_PARAMETER_ERROR;
}

/* Pairs of a token and the highest index. */
static void write_kinds(struct tree *t, const char *name, bool sensor,
			bool located)
{
	uint32_t cells[2 * ARRAY_SIZE(plain)];
	size_t n = 0;

	for (const struct indicator *i = plain; i->token; i++) {
		if (i->located != located || !has(i, sensor))
			continue;
		cells[n++] = i->token;
		cells[n++] = i->count - 1;
	}
	tree_cells(t, name, cells, n);
}

void indicator_tree(struct tree *t)
{
	write_kinds(t, "rtas-indicators", false, false);
	write_kinds(t, "rtas-sensors", true, false);
	write_kinds(t, "ibm,get-indicator-indices-types", false, true);
	write_kinds(t, "ibm,get-sensor-indices-types", true, true);
}

/* --- lamps that are lit are saved */

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	(void)error;
	for (uint8_t lamp = 0; lamp < LAMPS; lamp++)
		if (atomic_load(&vm->lamps[lamp]))
			state_put_u8(out, lamp);
	return 0;
}

/* The program, which shows them, is told. */
static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	static const enum papr_indicator indicators[LAMPS] = {
		[LAMP_FAULT] = PAPR_INDICATOR_FAULT,
		[LAMP_IDENTIFY] = PAPR_INDICATOR_IDENTIFY,
	};

	while (in->left && !in->failed) {
		uint8_t lamp = state_get_u8(in);

		if (lamp >= LAMPS)
			return error_set(error, -EINVAL, "there is no lamp %u",
					 lamp);
		atomic_store(&vm->lamps[lamp], 1);
		if (vm->vmm_ops.indicator)
			vm->vmm_ops.indicator(vm->vmm, indicators[lamp], 1);
	}
	return 0;
}

const struct state_module lamps_state = { "lamps", 1, save, load };

const struct rtas_impl rtas_indicator[] = {
	{ RTAS_TOKEN_set_indicator, set_indicator },
	{ RTAS_TOKEN_get_sensor_state, get_sensor_state },
	{ 0, NULL }
};
