/* SPDX-License-Identifier: BSD-2-Clause */
/* Fills in the cells of a survey, one after the other. */
#ifndef TOOLS_SURVEY_RUN_H
#define TOOLS_SURVEY_RUN_H

#include "tools/survey.h"

/*
 * @program: papr
 * @run: the arguments of papr run, NULL at the end
 * @known: cells of a survey before, or NULL
 * @console: where all that the guests print is copied, or NULL
 * @out: where each cell is shown as soon as it is filled in
 * @save: is called whenever there is more to keep
 * @signal_fd: becomes readable when the user wants an end
 */
struct survey_how {
	const char *program;
	char *const *run;
	struct survey_wish wish;
	const regex_t *alive;
	uint32_t timeout_s;
	const json_t *known;
	FILE *console, *out;
	int signal_fd;
	int (*save)(void *arg, const json_t *survey, struct papr_error *error);
	void *arg;
};

/*
 * Adds to @survey what was found.  0, or -errno and a sentence: @status is the
 * one to end with then.
 */
int survey_run(json_t *survey, const struct survey_how *how, int *status,
	       struct papr_error *error);

#endif
