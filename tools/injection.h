/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine check as a tester asks for it, by the same words on the command
 * line and in a scenario.
 */
#ifndef TOOLS_INJECTION_H
#define TOOLS_INJECTION_H

#include <stdint.h>

#include <jansson.h>
#include <papr/elog.h>
#include <papr/error.h>

#include "tools/symbols.h"

#define INJECTION_MAX_CPU 2047

struct injection {
	json_t *args;		/* of the command papr-inject */
	struct papr_mc_info info;
	unsigned int said;	/* the settings that are there, a bit each */
	uint64_t repeat;
	char function[520];	/* a place that is to be looked up, or "" */
	uint64_t offset;	/* in it, if @exact */
	bool exact;
	bool whole;
	char note[200];		/* where it turned out to be, or "" */
};

/* 0 or -ENOMEM. */
int injection_init(struct injection *injection);

/* With all that @from says, each of which may be said anew. */
int injection_copy(struct injection *injection, const struct injection *from);

void injection_free(struct injection *injection);

/*
 * "ea" to "0xc000000000001000": 0; -ENOENT if there is no such setting;
 * -EINVAL for a value that is none, or said twice; and a sentence.
 */
int injection_set(struct injection *injection, const char *key,
		  const char *value, struct papr_error *error);

/* Instructions at addresses that are known to be some; 0 or -ENOMEM. */
int injection_at_pc(struct injection *injection, uint64_t first,
		    uint64_t last, struct papr_error *error);

/* All is said: looks up its place and checks the whole; as injection_set(). */
int injection_complete(struct injection *injection,
		       const struct symbols *symbols,
		       struct papr_error *error);

/* "5", "5s" or "500ms", up to a day; 0 or -EINVAL and a sentence. */
int injection_duration(const char *text, int *ms, struct papr_error *error);

#endif
