/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "tools/papr.h"
#include "tools/sweep-guest.h"
#include "tools/sweep-run.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

#define EXIT_FAILED 1

/*
 * @alive: a heartbeat came since the guest was started
 * @heard_ms: when the guest last gave a sign of life: any line before the
 *	first heartbeat, heartbeats from then on
 */
struct run {
	struct sweep *sweep;
	const struct sweep_how *how;
	struct sweep_listener listener;
	struct sweep_guest guest;
	struct sweep_watch watch;
	bool started, alive, watching, interrupted;
	int64_t begun_ms, heard_ms;
	int status;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- listening */

static void take_line(void *arg, const char *line)
{
	struct run *r = arg;
	bool beat = sweep_is_alive(r->how->patterns, line);

	if (beat || !r->alive)
		r->heard_ms = now_ms();
	r->alive |= beat;
	if (r->watching)
		sweep_watch_line(&r->watch, line);
}

static void take_event(void *arg, const char *name, const json_t *data)
{
	struct run *r = arg;

	if (r->watching)
		sweep_watch_event(&r->watch, name, data);
}

/* Waits for the guest to say something; HEARD_NOTHING: too long. */
static enum sweep_heard hear(struct run *r)
{
	int64_t left = r->heard_ms + r->how->timeout_s * INT64_C(1000) -
		       now_ms();
	enum sweep_heard heard;

	heard = left > 0 ? sweep_guest_hear(&r->guest, left) : HEARD_NOTHING;
	if (heard == HEARD_USER)
		r->interrupted = true;
	return heard;
}

/* --- the guest's life */

static void stop_guest(struct run *r)
{
	if (r->started)
		r->status = sweep_guest_end(&r->guest);
	r->started = false;
}

/* Its own statuses for what cannot run at all are ours as well. */
static int not_alive(struct run *r, enum sweep_heard heard,
		     struct papr_error *error)
{
	stop_guest(r);
	if (r->interrupted)
		return refuse(error, -EINTR, "interrupted");
	if (heard == HEARD_NOTHING)
		return refuse(error, -ETIMEDOUT, "the guest gives no sign of "
			      "life for %u seconds; it said last: %s",
			      r->how->timeout_s, r->guest.said);
	if (r->status != RUN_BAD_INPUT && r->status != RUN_NO_HOST &&
	    r->status != RUN_REFUSED)
		r->status = EXIT_FAILED;
	return refuse(error, -ECHILD, "the guest ended before its first "
		      "heartbeat: %s", r->guest.said);
}

static int start_guest(struct run *r, struct papr_error *error)
{
	enum sweep_heard heard = HEARD_SOMETHING;
	int ret;

	r->guest = (struct sweep_guest){
		.listener = &r->listener, .log = r->how->console,
		.signal_fd = r->how->signal_fd, .console_fd = -1,
	};
	ret = sweep_guest_start(&r->guest, r->how->program, r->sweep->run,
				error);
	if (ret)
		return ret;
	r->started = true;
	r->alive = false;
	r->heard_ms = now_ms();
	while (!r->alive && heard == HEARD_SOMETHING)
		heard = hear(r);
	if (!r->alive)
		return not_alive(r, heard, error);
	ret = sweep_guest_connect(&r->guest, error);
	if (ret)
		stop_guest(r);
	return ret;
}

/* --- one injection */

static json_t *address(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

static json_t *arguments(const struct sweep_injection *in, size_t i)
{
	const struct sweep_kind *kind = &sweep_kinds[in->kind];
	json_t *args = json_pack("{s:s, s:s, s:s, s:i}", "type", kind->type,
				 "disposition",
				 sweep_dispositions[in->disposition],
				 "context", sweep_contexts[in->context],
				 "cpu-index", (int)in->cpu);

	if (kind->subtype)
		json_object_set_new(args, "subtype",
				    json_string(kind->subtype));
	if (kind->has_address)
		json_object_set_new(args, "effective-address",
				    address(sweep_address(i)));
	if (in->at_pc)
		json_object_set_new(args, "at-pc",
				    json_pack("{s:o}", "first",
					      address(in->pc)));
	return args;
}

/* What is refused was not delivered, and the sentence is the verdict's. */
static bool send(struct run *r)
{
	struct sweep_watch *w = &r->watch;
	struct papr_error error;
	json_t *result = NULL;

	if (r->guest.client)
		result = qmp_client_execute(r->guest.client, "papr-inject",
					    arguments(w->injection, w->index),
					    &error);
	else
		refuse(&error, 0, "the control socket was closed");
	if (!result) {
		snprintf(w->v.text, sizeof(w->v.text), "%.199s", error.text);
		w->refused = true;
		return false;
	}
	w->id = json_integer_value(json_object_get(result, "id"));
	json_decref(result);
	return true;
}

/* So that the next one finds nothing in its way. */
static void cancel(struct run *r)
{
	struct papr_error error;

	if (!r->guest.client)
		return;
	json_decref(qmp_client_execute(r->guest.client,
				       "papr-cancel-injection",
				       json_pack("{s:I}", "id", r->watch.id),
				       &error));
	sweep_guest_drain(&r->guest);
}

static void watch(struct run *r)
{
	struct sweep_watch *w = &r->watch;
	enum sweep_heard heard = HEARD_SOMETHING;

	r->heard_ms = now_ms();
	while (heard == HEARD_SOMETHING &&
	       !sweep_watch_done(w, r->how->patience))
		heard = hear(r);
	sweep_guest_drain(&r->guest);
	w->hang = heard == HEARD_NOTHING;
	if (heard == HEARD_SOMETHING && !w->v.delivered && !w->lost)
		cancel(r);
	if (heard == HEARD_END) {
		stop_guest(r);
		sweep_watch_end(w, r->status, r->guest.said);
	}
}

/* Whether the guest is fit for another. */
static bool is_fit(const struct run *r)
{
	switch (r->watch.v.outcome) {
	case SWEEP_SURVIVED:
	case SWEEP_SIGNAL:
	case SWEEP_SILENT:
	case SWEEP_NOT_DELIVERED:
		return r->started && r->guest.client;
	default:
		return false;
	}
}

static void inject(struct run *r, size_t i)
{
	r->watch = (struct sweep_watch){
		.patterns = r->how->patterns, .index = i,
		.injection = &r->sweep->plan[i],
	};
	r->watching = true;
	if (send(r))
		watch(r);
	r->watching = false;
	if (r->interrupted)
		return;
	sweep_watch_judge(&r->watch);
	r->sweep->verdicts[i] = r->watch.v;
	if (!is_fit(r))
		stop_guest(r);
}

/* --- all of them */

/* Not on a terminal: a line for each tenth. */
static void show(struct run *r, size_t done)
{
	size_t all = r->sweep->to - r->sweep->from;

	if (r->how->verbose && done) {
		if (r->how->terminal)
			fputs("\r\033[K", stderr);
		sweep_show_one(r->sweep, r->sweep->from + done - 1, stdout);
		fflush(stdout);
	}
	if (r->how->terminal || (done && done * 10 / all !=
				 (done - 1) * 10 / all))
		sweep_show_progress(r->sweep, done, now_ms() - r->begun_ms,
				    r->how->terminal, stderr);
}

static int ensure_guest(struct run *r, bool first, struct papr_error *error)
{
	if (r->started)
		return 0;
	if (!first && r->sweep->restarts == r->how->restarts)
		return refuse(error, -ECHILD, "the guest was started anew %u "
			      "times, which is the limit",
			      r->how->restarts);
	r->sweep->restarts += !first;
	return start_guest(r, error);
}

int sweep_run(struct sweep *s, const struct sweep_how *how, int *status,
	      struct papr_error *error)
{
	struct run r = {
		.sweep = s, .how = how, .status = EXIT_FAILED,
		.listener = { take_line, take_event, NULL },
	};
	int ret = 0;

	r.listener.arg = &r;
	for (size_t i = s->from; i < s->to && !ret; i++) {
		ret = ensure_guest(&r, i == s->from, error);
		if (ret)
			break;
		if (i == s->from) {
			r.begun_ms = now_ms();
			show(&r, 0);
		}
		inject(&r, i);
		if (r.interrupted)
			ret = refuse(error, -EINTR, "interrupted");
		else
			show(&r, i - s->from + 1);
	}
	if (how->terminal)
		fputc('\n', stderr);
	*status = ret == -ECHILD && !s->restarts ? r.status : EXIT_FAILED;
	stop_guest(&r);
	return ret;
}
