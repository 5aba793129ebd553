/* SPDX-License-Identifier: BSD-2-Clause */
/* The guests of a survey, one at a time: their life, words and counts. */
#ifndef TOOLS_SURVEY_GUEST_H
#define TOOLS_SURVEY_GUEST_H

#include "tools/survey-run.h"
#include "tools/sweep-guest.h"

/*
 * @how: of the survey
 * @learning: what the guest says is no surprise
 * @about: where the name of its kernel is noted
 * @kept: calls that are left to the kernel
 * @heard_ms: its last sign of life: any line before the first heartbeat,
 *	heartbeats from then on
 * @dir: where policies and statistics are handed over
 */
struct survey_guest {
	const struct survey_how *how;
	json_t *about, *kept;
	struct sweep_listener listener;
	struct sweep_guest papr;
	struct survey_known known;
	struct survey_watch watch;
	bool started, alive, learning, interrupted;
	int64_t heard_ms;
	int status;
	char dir[64], policy[80], stats[80];
};

/* What a survey begins and ends with; @about is its JSON. */
int survey_guest_init(struct survey_guest *guest, const struct survey_how *how,
		      json_t *about, struct papr_error *error);
void survey_guest_finish(struct survey_guest *guest);

/* With a policy, which is freed by the caller; not connected yet. */
int survey_guest_start(struct survey_guest *guest, const char *policy,
		       bool paused, struct papr_error *error);

/*
 * One that works, with nothing failed, at its first heartbeat and connected:
 * what it has said is no surprise.
 */
int survey_guest_start_well(struct survey_guest *guest,
			    struct papr_error *error);

/*
 * What papr-routes says when all is routed to userspace: of a machine that
 * waits, has its socket, and says nothing.
 */
int survey_guest_routes(struct survey_guest *guest, json_t **routes,
			struct papr_error *error);

/* Ends it; the sentence why that was too early, by what was heard last. */
void survey_guest_stop(struct survey_guest *guest);
int survey_guest_not_alive(struct survey_guest *guest, enum sweep_heard heard,
			   struct papr_error *error);

/* Begins to watch anew. */
void survey_guest_watch(struct survey_guest *guest);

/*
 * So many heartbeats from now on: HEARD_SOMETHING, or why there are no more.
 */
enum sweep_heard survey_guest_beats(struct survey_guest *guest,
				    unsigned int n);

/* NULL and a sentence, without a guest too. */
json_t *survey_guest_ask(struct survey_guest *guest, const char *command,
			 json_t *args, struct papr_error *error);
int survey_guest_apply(struct survey_guest *guest, const char *policy,
		       struct papr_error *error);

/* Its statistics; of a guest that has ended, what it left. */
json_t *survey_guest_stats(struct survey_guest *guest);

#endif
