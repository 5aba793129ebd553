/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * papr survey: what a guest does with calls that fail.
 *
 *	survey-plan.c	which calls are failed how, and the policies for it
 *	survey-watch.c	what became of one, from counts and console lines
 *	survey-guest.c	one guest after the other
 *	survey-run.c	one cell after the other
 *	survey-show.c	the results as text and as Markdown
 *	survey.c	options, and the order of things
 *
 * A survey is one JSON object, which papr-survey(1) describes: what is written
 * to a file is what is worked with.  Only survey-guest.c knows of processes
 * and clocks.
 */
#ifndef TOOLS_SURVEY_H
#define TOOLS_SURVEY_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>
#include <papr/error.h>

/* --- plans */

/*
 * A way to fail.
 * @hcall, @rtas: what the call returns, as policies name it
 * @status: that of RTAS as a number, as statistics have it
 * @option: of the policy, or ""
 */
struct survey_fault {
	const char *name;
	const char *hcall;
	const char *rtas;
	int status;
	const char *option;
};

extern const struct survey_fault survey_faults[];

/* NULL if there is none of the name, or from their number on. */
const struct survey_fault *survey_fault(const char *name);
const char *survey_fault_name(size_t i);

/* From the first call on, or from when the guest has booted. */
#define SURVEY_BOOT "boot"
#define SURVEY_RUN "run"

/*
 * What is wanted of a survey, lists of names with commas; NULL is all, for
 * @faults those that are done unless others are asked for.
 */
struct survey_wish {
	const char *calls;
	const char *faults;
	const char *moments;
};

/* 0, or -EINVAL and a sentence; what calls there are is known later. */
int survey_wish_check(const struct survey_wish *wish,
		      struct papr_error *error);

/*
 * From what papr-routes answered when everything was routed to userspace:
 * an array of what has to stay in the kernel, with the reasons.
 */
json_t *survey_kept(const json_t *routes);

/*
 * The policy with which all calls but those come to userspace; with one more
 * @call, NULL for none, failing by @fault.  To be freed.
 */
char *survey_policy(const json_t *kept, const json_t *call,
		    const struct survey_fault *fault);

/* How often a call has come to userspace, and failed as @fault wants it. */
struct survey_counts {
	uint64_t calls;
	uint64_t failed;
};

struct survey_counts survey_count(const json_t *stats, const json_t *call,
				  const struct survey_fault *fault);

/*
 * The calls of a guest that worked, from its statistics when it had booted,
 * and after as much work as a fault is watched for.
 */
json_t *survey_calls(const json_t *boot, const json_t *after);

/* Those that the kernel answers, whose counts may not be known. */
json_t *survey_kernel_calls(const json_t *kept, const json_t *stats);

/* The cells to be filled in; those that @known has are taken from there. */
json_t *survey_cells(const json_t *calls, const struct survey_wish *wish,
		     const json_t *known);

/* Whether one is filled in. */
bool survey_is_done(const json_t *cell);

/* --- what the guest says */

#define SURVEY_LINES 3
#define SURVEY_TEXT 160

/*
 * Lines that are no surprise, without the kernel's time, and with # for all
 * words that have digits.
 */
struct survey_known {
	char **lines;
	size_t n;
};

void survey_known_add(struct survey_known *known, const char *line);
void survey_known_free(struct survey_known *known);

/*
 * One cell while it is looked at.
 * @lines: what was not known, the first @n of @unknown
 * @end: the panic, the oops, or how the run ended
 * @beats: heartbeats
 */
struct survey_watch {
	const struct survey_known *known;
	const regex_t *alive;
	char lines[SURVEY_LINES][SURVEY_TEXT];
	char end[SURVEY_TEXT];
	size_t n, unknown;
	unsigned int beats;
	bool panic, bug, ended, hang, waited, lasting;
};

void survey_watch_line(struct survey_watch *watch, const char *line);

/* papr run has ended so, and said that last. */
void survey_watch_end(struct survey_watch *watch, int status,
		      const char *said);

/* Fills in the cell. */
void survey_judge(const struct survey_watch *watch,
		  const struct survey_counts *counts, json_t *cell);

/* The words for an outcome, to be shown; NULL for a name that is none. */
const char *survey_outcome_words(const char *name);

/* --- results */

/* A member that is text, or "". */
const char *survey_text(const json_t *object, const char *key);

/* One line, after "3/40 ". */
void survey_show_cell(const json_t *cell, FILE *f);
void survey_show(const json_t *survey, FILE *f);
void survey_markdown(const json_t *survey, FILE *f);

#endif
