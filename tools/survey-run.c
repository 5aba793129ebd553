/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/survey-guest.h"
#include "vmm/util.h"

#define EXIT_FAILED 1

/*
 * In the first of two heartbeats some work may have been done before; the
 * second comes after all of it.
 */
#define ENOUGH_BEATS 2

/* After so many, it ought to say nothing new any more. */
#define CALM_BEATS 5

/* --- what there is to fail */

/* Its calls at boot, and around as much as a fault will be watched for. */
static int learn(struct survey_guest *g, struct papr_error *error)
{
	json_t *boot = survey_guest_stats(g), *after, *calls;
	enum sweep_heard heard;

	g->learning = true;
	heard = survey_guest_beats(g, ENOUGH_BEATS);
	after = survey_guest_stats(g);
	if (heard == HEARD_SOMETHING)
		heard = survey_guest_beats(g, ENOUGH_BEATS);
	g->learning = false;
	calls = survey_calls(boot, after);
	json_object_set_new(g->about, "kernel",
			    survey_kernel_calls(g->kept, after));
	json_object_set_new(g->about, "cells",
			    survey_cells(calls, &g->how->wish, g->how->known));
	json_object_set_new(g->about, "calls", calls);
	json_decref(boot);
	json_decref(after);
	return heard == HEARD_SOMETHING ? 0 :
		survey_guest_not_alive(g, heard, error);
}

static int find_calls(struct survey_guest *g, struct papr_error *error)
{
	json_t *routes = NULL;
	int ret = survey_guest_routes(g, &routes, error);

	if (ret)
		return ret;
	g->kept = survey_kept(routes);
	json_decref(routes);
	ret = survey_guest_start_well(g, error);
	return ret ? ret : learn(g, error);
}

/* --- one cell */

/*
 * @call: what policies and counts know it by
 * @before: counts before it could fail, @since: once it could
 */
struct cell {
	json_t *json, *call;
	const struct survey_fault *fault;
	struct survey_counts before, since;
};

static struct survey_counts count_now(struct survey_guest *g,
				      const struct cell *c)
{
	json_t *stats = survey_guest_stats(g);
	struct survey_counts now = survey_count(stats, c->call, c->fault);

	json_decref(stats);
	return now;
}

/*
 * Calls in between were answered before the fault: they are not taken for
 * calls that were repeated until they were answered.
 */
static struct survey_counts difference(const struct cell *c,
				       struct survey_counts now)
{
	uint64_t answered = now.calls - c->since.calls -
			    (now.failed - c->since.failed);
	uint64_t failed = now.failed - c->before.failed;

	if (answered > now.calls)	/* counted between the two numbers */
		answered = 0;
	return (struct survey_counts){ failed + answered, failed };
}

/*
 * The call works again: does the guest?  What it had to say may be on its way
 * still.
 */
static void lift(struct survey_guest *g, bool hung)
{
	char *policy = survey_policy(g->kept, NULL, NULL);
	unsigned int left = CALM_BEATS;
	struct papr_error error;
	enum sweep_heard heard;
	size_t unknown;

	if (!g->papr.client)
		sweep_guest_connect(&g->papr, NULL);
	survey_guest_apply(g, policy, &error);
	free(policy);
	heard = survey_guest_beats(g, 1);
	do {
		unknown = g->watch.unknown;
		if (heard == HEARD_SOMETHING)
			heard = survey_guest_beats(g, 1);
	} while (g->watch.unknown != unknown && --left);
	g->watch.lasting = !left;
	g->watch.waited = hung && heard == HEARD_SOMETHING;
	g->watch.hang = heard == HEARD_NOTHING;
}

static void judge(struct survey_guest *g, struct cell *c,
		  struct survey_counts now)
{
	struct survey_counts counts = difference(c, now);

	if (!g->interrupted)
		survey_judge(&g->watch, &counts, c->json);
}

/* The guest is fit for another if it is alive and says nothing new. */
static int at_run_time(struct survey_guest *g, struct cell *c,
		       const char *policy, struct papr_error *error)
{
	struct survey_counts now;
	enum sweep_heard heard;
	int ret = g->started ? 0 : survey_guest_start_well(g, error);

	if (ret)
		return ret;
	survey_guest_watch(g);
	c->before = count_now(g, c);
	if (survey_guest_apply(g, policy, error)) {
		json_object_set_new(c->json, "outcome",
				    json_string("refused"));
		json_object_set_new(c->json, "end", json_string(error->text));
		return 0;
	}
	c->since = count_now(g, c);
	heard = survey_guest_beats(g, ENOUGH_BEATS);
	now = count_now(g, c);
	if (heard == HEARD_SOMETHING || heard == HEARD_NOTHING)
		lift(g, heard == HEARD_NOTHING);
	judge(g, c, now);
	if (g->watch.hang || g->watch.ended || g->watch.bug ||
	    g->watch.lasting || !g->papr.client)
		survey_guest_stop(g);
	return 0;
}

static int at_boot(struct survey_guest *g, struct cell *c,
		   const char *policy, struct papr_error *error)
{
	struct survey_counts now;
	enum sweep_heard heard;
	int ret;

	survey_guest_stop(g);
	ret = survey_guest_start(g, policy, false, error);
	if (ret)
		return ret;
	heard = survey_guest_beats(g, 1);
	if (g->started)
		sweep_guest_connect(&g->papr, NULL);
	now = count_now(g, c);
	if (heard == HEARD_NOTHING)
		lift(g, true);
	judge(g, c, now);
	survey_guest_stop(g);
	return 0;
}

static int fill_in(struct survey_guest *g, json_t *json,
		   struct papr_error *error)
{
	struct cell c = {
		.json = json,
		.call = json_pack("{s:s, s:O}", "name",
				  survey_text(json, "call"), "rtas",
				  json_object_get(json, "rtas")),
		.fault = survey_fault(survey_text(json, "fault")),
	};
	char *policy = survey_policy(g->kept, c.call, c.fault);
	int ret;

	if (!strcmp(survey_text(json, "moment"), SURVEY_BOOT))
		ret = at_boot(g, &c, policy, error);
	else
		ret = at_run_time(g, &c, policy, error);
	free(policy);
	json_decref(c.call);
	return ret ? ret : g->interrupted ?
		refuse(error, -EINTR, "interrupted") : 0;
}

/* --- all of them */

static int fill_all(struct survey_guest *g, struct papr_error *error)
{
	json_t *cells = json_object_get(g->about, "cells"), *cell;
	size_t i;
	int ret = 0;

	json_array_foreach(cells, i, cell) {
		if (survey_is_done(cell))
			continue;
		ret = fill_in(g, cell, error);
		if (ret)
			return ret;
		fprintf(g->how->out, "%zu/%zu ", i + 1,
			json_array_size(cells));
		survey_show_cell(cell, g->how->out);
		fflush(g->how->out);
		ret = g->how->save(g->how->arg, g->about, error);
		if (ret)
			return ret;
	}
	return 0;
}

int survey_run(json_t *survey, const struct survey_how *how, int *status,
	       struct papr_error *error)
{
	struct survey_guest g;
	int ret = survey_guest_init(&g, how, survey, error);

	*status = EXIT_FAILED;
	if (ret)
		return ret;
	ret = find_calls(&g, error);
	if (ret == -ECHILD)
		*status = g.status;
	if (!ret)
		ret = fill_all(&g, error);
	survey_guest_finish(&g);
	return ret;
}
