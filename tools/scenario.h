/* SPDX-License-Identifier: BSD-2-Clause */
/* What a tester wants done to a guest, step by step: papr-scenario(5). */
#ifndef TOOLS_SCENARIO_H
#define TOOLS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "tools/injection.h"
#include "tools/qmp-client.h"

/* What can become of an injection, each with a name of the control socket. */
enum outcome {
	OUTCOME_DELIVERED,
	OUTCOME_ARCHITECTED,
	OUTCOME_DROPPED,
	OUTCOME_CHECKSTOP,
	OUTCOME_CANCELLED,
	OUTCOME_COUNT,
};

#define OUTCOME_BIT(outcome) (1u << (outcome))
#define OUTCOME_ANY (OUTCOME_BIT(OUTCOME_COUNT) - 1)

extern const char *const outcome_names[OUTCOME_COUNT];

enum step_kind {
	STEP_INJECT,
	STEP_OUTCOME,		/* wait for one of @outcomes */
	STEP_RELEASE,		/* wait until the guest has let go */
	STEP_END,		/* wait until the guest has ended */
	STEP_PAUSE,
	STEP_COMMAND,		/* a QMP command without arguments */
};

#define CPU_OF_LAST -1

struct step {
	enum step_kind kind;
	size_t line;		/* in its file; 0 if there is none */
	int ms;			/* the pause, or how long to wait */
	int cpu;		/* whose last injection, or CPU_OF_LAST */
	unsigned int outcomes;	/* a set of OUTCOME_BIT() */
	const char *command;
	struct injection injection;
};

/* All zero is an empty one. */
struct scenario {
	const char *name;	/* of its file; NULL if there is none */
	struct step *steps;
	size_t count;
};

#define SCENARIO_MAX_LEN (1024 * 1024)

/* How long is waited unless something else is said. */
#define SCENARIO_WITHIN_MS 30000

/* A zeroed step at the end, or NULL without memory. */
struct step *scenario_add(struct scenario *scenario, enum step_kind kind);

/* 0, or -errno and a sentence "FILE:LINE:COLUMN: ..."; @path must stay. */
int scenario_load(const char *path, struct scenario *scenario,
		  struct papr_error *error);
int scenario_parse(const char *text, size_t len, const char *name,
		   struct scenario *scenario, struct papr_error *error);

void scenario_free(struct scenario *scenario);

/*
 * Takes all steps; what becomes of injections is told to @out as it is heard,
 * a line each, as JSON if @json.  0, or -1 and a sentence about the step that
 * went wrong.
 */
int scenario_run(struct qmp_client *client, const struct scenario *scenario,
		 FILE *out, bool json, struct papr_error *error);

#endif
