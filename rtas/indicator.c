/* SPDX-License-Identifier: BSD-2-Clause */
/* Indicators and sensors: LoPAR 7.3.7.3 and 7.3.7.4. */
#include "config.h"

#include "rtas/handlers.h"
#include "rtas/indicator.h"
#include "rtas/status.h"
#include "spapr/event-queue.h"
#include "spapr/util.h"

enum {
	TONE_FREQUENCY = 1,
	TONE_VOLUME = 2,
	EPOW = 9,
};

#define VOLUME_MAX 100

/* Nobody hears a tone.  It has to be there, and takes what a tone can be. */
static int32_t set_frequency(struct papr_vcpu *vcpu, uint32_t index,
			     uint32_t hertz)
{
	(void)vcpu;
	(void)index;
	(void)hertz;
	return RTAS_SUCCESS;
}

static int32_t set_volume(struct papr_vcpu *vcpu, uint32_t index,
			  uint32_t percent)
{
	(void)vcpu;
	(void)index;
	return percent <= VOLUME_MAX ? RTAS_SUCCESS : RTAS_PARAMETER_ERROR;
}

static int32_t get_epow(struct papr_vcpu *vcpu, uint32_t index,
			uint32_t *state)
{
	(void)index;
	*state = event_queue_epow_sensor(vcpu->vm);
	return RTAS_SUCCESS;
}

static const struct indicator plain[] = {
	{ TONE_FREQUENCY, 1, NULL, set_frequency },
	{ TONE_VOLUME, 1, NULL, set_volume },
	{ EPOW, 1, get_epow, NULL },
	{ 0, 0, NULL, NULL }
};

static const struct indicator *const topics[] = { plain, drc_indicators };

static bool has(const struct indicator *i, bool sensor)
{
	return sensor ? i->get != NULL : i->set != NULL;
}

/* The same token may be of an indicator here and of another sensor there. */
static const struct indicator *find(uint32_t token, uint32_t index,
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
	const struct indicator *i = find(in->indicator, in->indicator_index,
					 false);

	(void)rets;
	return i ? i->set(vcpu, in->indicator_index, in->state) :
		   RTAS_PARAMETER_ERROR;
}

static int32_t get_sensor_state(struct papr_vcpu *vcpu, const void *args,
				void *rets)
{
	const struct RTAS_get_sensor_state_in *in = args;
	struct RTAS_get_sensor_state_out *out = rets;
	const struct indicator *i = find(in->sensor, in->sensor_index, true);

	return i ? i->get(vcpu, in->sensor_index, &out->state) :
		   RTAS_PARAMETER_ERROR;
}

/* Pairs of a token and the highest index. */
static void write_kinds(struct tree *t, const char *name, bool sensor)
{
	uint32_t cells[2 * ARRAY_SIZE(plain)];
	size_t n = 0;

	for (const struct indicator *i = plain; i->token; i++) {
		if (!i->count || !has(i, sensor))
			continue;
		cells[n++] = i->token;
		cells[n++] = i->count - 1;
	}
	tree_cells(t, name, cells, n);
}

void indicator_tree(struct tree *t)
{
	write_kinds(t, "rtas-indicators", false);
	write_kinds(t, "rtas-sensors", true);
}

const struct rtas_impl rtas_indicator[] = {
	{ RTAS_TOKEN_set_indicator, set_indicator },
	{ RTAS_TOKEN_get_sensor_state, get_sensor_state },
	{ 0, NULL }
};
