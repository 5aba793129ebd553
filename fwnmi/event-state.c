/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that wait, of a partition that is saved and goes on. */
#include "config.h"

#include <errno.h>

#include "fwnmi/event.h"
#include "spapr/event-queue.h"
#include "spapr/state.h"
#include "spapr/util.h"

static int save_events(struct papr_vm *vm, struct state_out *out,
		       struct papr_error *error)
{
	const struct event_state *state = &vm->events->state;

	(void)error;
	if (!state->n && !state->epow_sensor &&
	    state->scans == EVENT_FIRST_SCANS)
		return 0;
	state_put_u8(out, state->epow_sensor);
	state_put_u8(out, state->scans);
	for (uint32_t i = 0; i < state->n; i++) {
		state_put_u8(out, state->event[i].scan);
		state_put_u32(out, state->event[i].len);
		state_put_bytes(out, state->event[i].log, state->event[i].len);
	}
	return 0;
}

/* Class and rank follow from the log. */
static int load_event(struct state_in *in, struct event *event,
		      struct papr_error *error)
{
	uint32_t flags = state_get_bool(in) ? PAPR_EVENT_LOG_SCAN : 0;
	uint32_t len = state_get_u32(in);
	uint8_t log[PAPR_ELOG_MAX];

	if (len > sizeof(log))
		return error_set(error, -EINVAL, "no event has a log of %u "
				 "bytes", len);
	state_get_bytes(in, log, len);
	return in->failed ? 0 : event_of_log(event, flags, log, len, error);
}

/* Their interrupts are the controller's, and wait there. */
static int load_events(struct papr_vm *vm, struct state_in *in,
		       struct papr_error *error)
{
	struct event_state *state = &vm->events->state;
	int r = 0;

	state->epow_sensor = state_get_u8(in);
	state->scans = state_get_u8(in);
	if (state->epow_sensor > PAPR_EPOW_POWER_OFF ||
	    state->scans > EVENT_FIRST_SCANS)
		return error_set(error, -EINVAL, "the EPOW sensor cannot be "
				 "%u, with %u scans", state->epow_sensor,
				 state->scans);
	while (!r && in->left && !in->failed) {
		if (state->n == PAPR_EVENTS_WAITING)
			return error_set(error, -EINVAL, "more than %d events "
					 "wait", PAPR_EVENTS_WAITING);
		r = load_event(in, &state->event[state->n], error);
		state->n += !r && !in->failed;
	}
	return r;
}

const struct state_module events_state = {
	"events", 1, save_events, load_events
};
