/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * papr sweep: many machine checks over a running guest.
 *
 *	sweep-plan.c	what is to be injected, drawn by a seed
 *	sweep-file.c	plans and verdicts as JSON, to read and to write
 *	sweep-verdict.c	what became of one, from events and console lines
 *	sweep-guest.c	papr run as a child: its console and control socket
 *	sweep-run.c	one injection after the other
 *	sweep-show.c	progress bar and summary
 *	sweep-html.c	the picture
 *	sweep.c		options, and the order of things
 *
 * Plans, verdicts and reports know nothing of processes and clocks.
 */
#ifndef TOOLS_SWEEP_H
#define TOOLS_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>
#include <papr/papr.h>

/* Refused beyond: a slip in a range, rather than a sweep of weeks. */
#define SWEEP_MAX 1000000

/* --- plans */

/*
 * A type and subtype as papr-elog(1) names them, with what Linux prints of it.
 * @has_address: the log can give an effective address without doing harm
 * @repaired: Linux repairs it though it was not recovered
 * @fixed_up: Linux makes a failed access of it, and logs nothing, if it comes
 *	at an instruction of the kernel that may fail, such as one that copies
 *	from a program's memory (__ex_table)
 */
struct sweep_kind {
	const char *name;
	const char *type;
	const char *subtype;	/* NULL: the type has none */
	const char *printed;
	bool has_address;
	bool repaired;
	bool fixed_up;
};

extern const struct sweep_kind sweep_kinds[];
extern const char *const sweep_dispositions[];
extern const char *const sweep_contexts[];

/* NULL from their number on. */
const char *sweep_kind_name(size_t i);
const char *sweep_disposition_name(size_t i);
const char *sweep_context_name(size_t i);

enum { SWEEP_KINDS = 20, SWEEP_DISPOSITIONS = 3, SWEEP_CONTEXTS = 3 };

struct sweep_injection {
	uint8_t kind;		/* index of sweep_kinds, and so on */
	uint8_t disposition;
	uint8_t context;
	bool at_pc;
	uint32_t cpu;
	uint64_t pc;
};

/*
 * What a plan is made from; the arrays hold indices in the order wanted.
 * @count: how many are drawn; 0 for one of each, or for each pc
 */
struct sweep_space {
	uint8_t kinds[SWEEP_KINDS], dispositions[SWEEP_DISPOSITIONS];
	uint8_t contexts[SWEEP_CONTEXTS];
	uint32_t cpus[PAPR_MAX_VCPUS];
	uint32_t n_kinds, n_dispositions, n_contexts, n_cpus;
	bool by_pc;
	uint64_t pc_first, pc_last, pc_step;
	uint64_t seed;
	uint32_t count;
};

/* Sets the list that @what names, "kinds" and so on, from names and commas. */
int sweep_space_list(struct sweep_space *space, const char *what,
		     const char *text, struct papr_error *error);

/* "0-3,7"; each must be below @n_cpus. */
int sweep_space_cpus(struct sweep_space *space, const char *text,
		     uint32_t n_cpus, struct papr_error *error);

/* "FIRST-LAST", or a single address. */
int sweep_space_pc(struct sweep_space *space, const char *text,
		   struct papr_error *error);

/*
 * Makes the plan, the same for the same space; the caller frees it.  0, or
 * -errno and a sentence.
 */
int sweep_plan(const struct sweep_space *space, struct sweep_injection **plan,
	       size_t *n, struct papr_error *error);

/* The address that injection @i tells of, so that its line is known again. */
uint64_t sweep_address(size_t i);

/* --- verdicts */

enum sweep_outcome {
	SWEEP_NOT_DONE,
	SWEEP_SURVIVED,
	SWEEP_SIGNAL,
	SWEEP_OOPS,
	SWEEP_PANIC,
	SWEEP_CHECKSTOP,
	SWEEP_ENDED,
	SWEEP_HANG,
	SWEEP_SILENT,
	SWEEP_NOT_DELIVERED,
	SWEEP_OUTCOMES
};

/* @letter and @colour are for the picture. */
struct sweep_outcome_info {
	const char *name;
	char letter;
	const char *colour;
	const char *meaning;
};

extern const struct sweep_outcome_info sweep_outcomes[SWEEP_OUTCOMES];

/*
 * @line: the guest printed what was injected, on the right CPU
 * @signal: a process was ended by it
 * @alive: heartbeats came after it
 * @msr: of what was interrupted, once @delivered
 * @text: that line, or how the guest ended
 */
struct sweep_verdict {
	enum sweep_outcome outcome;
	bool expected;
	bool delivered, released, line, recovered, signal, oops, alive;
	uint64_t pc, msr;
	char text[200];
};

/* How the guest is watched; see papr-sweep(1). */
struct sweep_patterns;
int sweep_patterns_new(const char *alive, const char *signal,
		       struct sweep_patterns **patterns,
		       struct papr_error *error);
void sweep_patterns_free(struct sweep_patterns *patterns);

/*
 * Watches one injection.  @beats counts heartbeats since it was sent, then
 * since it was delivered, then since its line was seen.
 */
struct sweep_watch {
	const struct sweep_patterns *patterns;
	const struct sweep_injection *injection;
	size_t index;
	json_int_t id;		/* 0: not known yet */
	struct sweep_verdict v;
	uint32_t beats;
	bool panic, checkstop, lost, ended, hang, refused;
};

/* What the next line of the console, without its end, tells. */
bool sweep_is_alive(const struct sweep_patterns *patterns, const char *line);
void sweep_watch_line(struct sweep_watch *watch, const char *line);

/* An event of the control socket that is about this injection. */
void sweep_watch_event(struct sweep_watch *watch, const char *name,
		       const json_t *data);

/* papr run has ended so, and said that last. */
void sweep_watch_end(struct sweep_watch *watch, int status, const char *said);

/*
 * Whether enough was seen.  @patience is for how many heartbeats one waits for
 * what may not come.
 */
bool sweep_watch_done(const struct sweep_watch *watch, uint32_t patience);

/* Settles @watch->v. */
void sweep_watch_judge(struct sweep_watch *watch);

/* --- a sweep and its reports */

/*
 * @run: the arguments of papr run, NULL at the end
 * @from, @to: what is done of the plan, usually all
 */
struct sweep {
	uint64_t seed;
	char **run;
	size_t n;
	struct sweep_injection *plan;
	struct sweep_verdict *verdicts;
	size_t from, to;
	uint32_t restarts;
};

struct sweep_sums {
	size_t outcomes[SWEEP_OUTCOMES];
	size_t delivered, unexpected;
};

void sweep_count(const struct sweep *sweep, struct sweep_sums *sums);

void sweep_free(struct sweep *sweep);

/* What is read is checked; what is missing or too much is refused. */
int sweep_from_json(const json_t *json, struct sweep *sweep,
		    struct papr_error *error);
int sweep_load(const char *path, struct sweep *sweep,
	       struct papr_error *error);
json_t *sweep_to_json(const struct sweep *sweep, bool with_verdicts);

/* "slb:multihit not-recovered", or the address where it is at one. */
void sweep_row_name(const struct sweep_injection *injection, char *name,
		    size_t len);

/* One line; on a @terminal in place of the one before. */
void sweep_show_progress(const struct sweep *sweep, size_t done,
			 uint64_t elapsed_ms, bool terminal, FILE *f);
void sweep_show_summary(const struct sweep *sweep, FILE *f);
void sweep_show_one(const struct sweep *sweep, size_t i, FILE *f);

/* A page that needs nothing else; 0 or -errno. */
int sweep_html(const struct sweep *sweep, FILE *f);

/* All injections have a verdict, all are as expected, one was delivered. */
bool sweep_is_good(const struct sweep *sweep);

#endif
