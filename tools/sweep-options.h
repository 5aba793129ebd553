/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user asks of papr sweep. */
#ifndef TOOLS_SWEEP_OPTIONS_H
#define TOOLS_SWEEP_OPTIONS_H

#include "tools/sweep.h"
#include "vmm/options.h"

/* Text is NULL where nothing was asked for. */
struct sweep_options {
	struct sweep_space space;
	const char *kinds, *dispositions, *contexts, *cpus;
	const char *pc, *symbol, *symbols;
	const char *replay, *console, *json, *html, *alive, *signal;
	uint64_t count, step, only, patience, timeout, restarts;
	bool has_count, has_step, has_seed, has_only;
	bool all, dry_run, verbose;
	bool help;		/* nothing else was looked at */
	char **run;		/* the arguments of papr run, then NULL */
};

/* All but the names of the kinds. */
extern const char sweep_help[];

/* What papr run makes of its arguments; 0, or -errno and a sentence. */
int sweep_run_options(char **run, struct run_options *options,
		      struct papr_error *error);

/* Both return 0, or -errno and a sentence. */
int sweep_options_parse(int argc, char **argv, struct sweep_options *options,
			struct papr_error *error);

/* The plan and room for its verdicts; sweep_free() releases them. */
int sweep_options_plan(struct sweep_options *options, struct sweep *sweep,
		       struct papr_error *error);

#endif
