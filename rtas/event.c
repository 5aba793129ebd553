/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events that a guest asks for: LoPAR 7.3.3.  What an interrupt has told of is
 * handed out by check-exception, all else by event-scan.
 */
#include "config.h"

#include "fwnmi/elog.h"
#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/event-queue.h"
#include "spapr/util.h"

/*
 * An event that the guest has no room for stays.  What lies behind the log in
 * the guest's buffer is left alone.
 */
static int32_t hand_out(struct papr_vm *vm, struct event *event,
			uint32_t buffer, size_t room)
{
	uint8_t log[PAPR_ELOG_MAX];
	size_t len;
	void *p;

	if (!event)
		return RTAS_NO_EVENT;
	if (room < ELOG_HEADER_LEN)
		return RTAS_PARAMETER_ERROR;
	len = elog_cut(event->log, event->len, log, room);
	p = ram_get(vm, buffer, len, RAM_WRITE);
	if (!p)
		return RTAS_PARAMETER_ERROR;
	memcpy(p, log, len);
	event_queue_remove(vm, event);
	return RTAS_SUCCESS;
}

/*
 * The mask says it all: vector and additional information are the guest's word
 * of an interrupt that is known here.  A critical call gets the sections too,
 * which are made already: Linux acts on nothing else.
 */
static int32_t check_exception(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct RTAS_check_exception_in *in = args;
	struct event_queue *queue = vcpu->vm->events;
	int32_t status;

	(void)rets;
	pthread_mutex_lock(&queue->lock);
	status = hand_out(vcpu->vm, event_queue_first(queue, in->event_mask,
						      false),
			  in->buffer, in->length);
	pthread_mutex_unlock(&queue->lock);
	return status;
}

/*
 * Guests scan until there is no event; LoPAR allows one for each such sequence,
 * so that a scan takes no longer when there are many.  A critical scan gets the
 * fixed part alone.
 */
static int32_t event_scan(struct papr_vcpu *vcpu, const void *args,
			  void *rets)
{
	const struct RTAS_event_scan_in *in = args;
	struct event_queue *queue = vcpu->vm->events;
	struct event_state *state = &queue->state;
	size_t room = in->length;
	int32_t status = RTAS_NO_EVENT;

	(void)rets;
	if (in->critical && room > ELOG_HEADER_LEN)
		room = ELOG_HEADER_LEN;
	pthread_mutex_lock(&queue->lock);
	if (state->scans)
		status = hand_out(vcpu->vm, event_queue_first(
					  queue, in->event_mask, true),
				  in->buffer, room);
	if (status == RTAS_SUCCESS)
		state->scans--;
	else
		state->scans = 1;
	pthread_mutex_unlock(&queue->lock);
	return status;
}

const struct rtas_impl rtas_event[] = {
	{ RTAS_TOKEN_check_exception, check_exception },
	{ RTAS_TOKEN_event_scan, event_scan },
	{ 0, NULL }
};
