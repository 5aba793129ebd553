/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/stats-source.h"
#include "tools/survey-guest.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

#define EXIT_FAILED 1

/* Who talks without end, and never comes to a heartbeat, hangs too. */
#define TALK 5

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- listening */

static void note_kernel(struct survey_guest *g, const char *line)
{
	const char *name = strstr(line, "Linux version ");
	const char *build = strrchr(line, '#');

	if (name && !json_object_get(g->about, "guest"))
		json_object_set_new(g->about, "guest", json_sprintf(
			"%.*s%.60s", (int)strcspn(name, "("), name,
			build ? build : ""));
}

static void take_line(void *arg, const char *line)
{
	struct survey_guest *g = arg;
	unsigned int beats = g->watch.beats;

	if (g->learning) {
		note_kernel(g, line);
		survey_known_add(&g->known, line);
	}
	survey_watch_line(&g->watch, line);
	if (g->watch.beats != beats || !g->alive)
		g->heard_ms = now_ms();
	g->alive |= g->watch.beats != beats;
}

/* A guest that begins anew in the same partition has come to its end. */
static void take_event(void *arg, const char *name, const json_t *data)
{
	struct survey_guest *g = arg;

	(void)data;
	if (!strcmp(name, "RESET"))
		g->watch.ended = true;
	if (!strcmp(name, "GUEST_PANICKED"))
		g->watch.panic = true;
}

void survey_guest_watch(struct survey_guest *g)
{
	g->watch = (struct survey_watch){
		.known = &g->known, .alive = g->how->alive,
	};
}

void survey_guest_stop(struct survey_guest *g)
{
	if (g->started)
		g->status = sweep_guest_end(&g->papr);
	g->started = false;
}

static void note_end(struct survey_guest *g)
{
	survey_guest_stop(g);
	survey_watch_end(&g->watch, g->status, g->papr.said);
}

enum sweep_heard survey_guest_beats(struct survey_guest *g, unsigned int n)
{
	int64_t limit = g->how->timeout_s * INT64_C(1000), left;
	int64_t begun = now_ms();
	enum sweep_heard heard = HEARD_SOMETHING;

	g->heard_ms = begun;
	n += g->watch.beats;
	while (heard == HEARD_SOMETHING && g->watch.beats < n &&
	       !g->watch.ended) {
		left = g->heard_ms + limit - now_ms();
		if (left <= 0 || now_ms() - begun > TALK * limit)
			return HEARD_NOTHING;
		heard = sweep_guest_hear(&g->papr, left);
	}
	if (heard == HEARD_USER)
		g->interrupted = true;
	if (heard == HEARD_END)
		note_end(g);
	return g->watch.ended ? HEARD_END : heard;
}

/* --- the control socket */

json_t *survey_guest_ask(struct survey_guest *g, const char *command,
			 json_t *args, struct papr_error *error)
{
	if (g->started && g->papr.client)
		return qmp_client_execute(g->papr.client, command, args,
					  error);
	json_decref(args);
	refuse(error, -EPIPE, "the control socket was closed");
	return NULL;
}

int survey_guest_apply(struct survey_guest *g, const char *policy,
		       struct papr_error *error)
{
	json_t *args = json_pack("{s:s}", "policy", policy);
	json_t *answer = survey_guest_ask(g, "papr-policy-apply", args,
					  error);

	json_decref(answer);
	return answer ? 0 : -EINVAL;
}

json_t *survey_guest_stats(struct survey_guest *g)
{
	struct papr_error error;
	json_t *stats = survey_guest_ask(g, "papr-stats", NULL, &error);

	return stats ? stats : stats_get(g->stats, STATS_ALL_CPUS, &error);
}

/* --- guests */

static int write_policy(struct survey_guest *g, const char *text,
			struct papr_error *error)
{
	FILE *f = fopen(g->policy, "we");

	if (!f || fputs(text, f) < 0 || fclose(f))
		return refuse(error, -errno, "%s: %s", g->policy,
			      strerror(errno));
	return 0;
}

/* --policy and --stats, what the user has, and perhaps --paused. */
static char **arguments(struct survey_guest *g, bool paused)
{
	static char policy[] = "--policy", stats[] = "--stats";
	static char pause[] = "--paused";
	char *const *user = g->how->run;
	size_t n, at = 0;
	char **run;

	for (n = 0; user[n]; n++)
		;
	run = calloc(n + 6, sizeof(*run));
	if (!run)
		return NULL;
	run[at++] = policy;
	run[at++] = g->policy;
	run[at++] = stats;
	run[at++] = g->stats;
	for (n = 0; user[n]; n++)
		run[at++] = user[n];
	if (paused)
		run[at] = pause;
	return run;
}

int survey_guest_start(struct survey_guest *g, const char *policy, bool paused,
		       struct papr_error *error)
{
	char **run = arguments(g, paused);
	int ret = run ? write_policy(g, policy, error) : -ENOMEM;

	g->papr = (struct sweep_guest){
		.listener = &g->listener, .log = g->how->console,
		.signal_fd = g->how->signal_fd, .console_fd = -1,
	};
	unlink(g->stats);
	survey_guest_watch(g);
	g->alive = false;
	if (!ret)
		ret = sweep_guest_start(&g->papr, g->how->program, run,
					error);
	free(run);
	g->started = !ret;
	return ret;
}

/* Its own statuses for what cannot run at all are ours as well. */
int survey_guest_not_alive(struct survey_guest *g, enum sweep_heard heard,
			   struct papr_error *error)
{
	survey_guest_stop(g);
	if (heard == HEARD_USER)
		return refuse(error, -EINTR, "interrupted");
	if (heard == HEARD_NOTHING)
		return refuse(error, -ETIMEDOUT, "the guest gives no sign of "
			      "life for %u seconds; it said last: %s",
			      g->how->timeout_s, g->papr.said);
	if (g->status != RUN_BAD_INPUT && g->status != RUN_NO_HOST &&
	    g->status != RUN_REFUSED)
		g->status = EXIT_FAILED;
	return refuse(error, -ECHILD, "the guest ended before its first "
		      "heartbeat: %s", g->papr.said);
}

int survey_guest_start_well(struct survey_guest *g,
			    struct papr_error *error)
{
	char *policy = survey_policy(g->kept, NULL, NULL);
	enum sweep_heard heard;
	int ret = survey_guest_start(g, policy, false, error);

	free(policy);
	if (ret)
		return ret;
	g->learning = true;
	heard = survey_guest_beats(g, 1);
	g->learning = false;
	if (heard != HEARD_SOMETHING)
		return survey_guest_not_alive(g, heard, error);
	ret = sweep_guest_connect(&g->papr, error);
	if (ret)
		survey_guest_stop(g);
	return ret;
}

int survey_guest_routes(struct survey_guest *g, json_t **routes,
			struct papr_error *error)
{
	int64_t limit = now_ms() + g->how->timeout_s * INT64_C(1000);
	enum sweep_heard heard = HEARD_NOTHING;
	char *policy = survey_policy(NULL, NULL, NULL);
	int ret = survey_guest_start(g, policy, true, error);

	free(policy);
	if (ret)
		return ret;
	while (heard != HEARD_END && heard != HEARD_USER && now_ms() < limit &&
	       sweep_guest_connect(&g->papr, NULL))
		heard = sweep_guest_hear(&g->papr, 20);
	*routes = survey_guest_ask(g, "papr-routes", NULL, error);
	if (!*routes)
		return survey_guest_not_alive(g, heard, error);
	survey_guest_stop(g);
	return 0;
}

int survey_guest_init(struct survey_guest *g, const struct survey_how *how,
		      json_t *about, struct papr_error *error)
{
	const char *tmp = getenv("TMPDIR");

	*g = (struct survey_guest){
		.how = how, .about = about, .status = EXIT_FAILED,
		.listener = { take_line, take_event, g },
	};
	if (!tmp || strlen(tmp) > 30)
		tmp = "/tmp";
	snprintf(g->dir, sizeof(g->dir), "%s/papr-survey.XXXXXX", tmp);
	if (!mkdtemp(g->dir))
		return refuse(error, -errno, "%s: %s", g->dir,
			      strerror(errno));
	snprintf(g->policy, sizeof(g->policy), "%s/policy", g->dir);
	snprintf(g->stats, sizeof(g->stats), "%s/stats.json", g->dir);
	return 0;
}

void survey_guest_finish(struct survey_guest *g)
{
	survey_guest_stop(g);
	unlink(g->policy);
	unlink(g->stats);
	rmdir(g->dir);
	survey_known_free(&g->known);
	json_decref(g->kept);
}
