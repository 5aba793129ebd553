/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy's YAML, event by event: nothing is built of a document that is no
 * policy, and every complaint knows its place.
 *
 * Functions return 0; -ENOMEM; or -EINVAL with a sentence that begins with
 * "NAME:LINE:COLUMN: ".
 */
#ifndef SPAPR_POLICY_YAML_H
#define SPAPR_POLICY_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include <papr/error.h>

struct papr_policy;

struct reader {
	yaml_parser_t yaml;
	yaml_event_t event;	/* the one to look at */
	const char *text;
	size_t len;
	const char *name;
	struct papr_policy *policy;
	struct papr_error *error;
};

/* A scalar that is a name, cut to what is longer than any, and printable. */
struct word {
	char text[72];
	yaml_mark_t mark;
};

int reader_fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The next event; what no policy has is refused here for all places. */
int reader_next(struct reader *r);

/* The event must be a scalar; @what says what should be here. */
int reader_word(struct reader *r, const char *what, struct word *word);

/* "true" or "false" */
int reader_bool(struct reader *r, bool *value);

/*
 * Takes the value of a key, whose first event is there, and leaves its last
 * one behind.  @to is what the mapping is read into.
 */
typedef int take_fn(struct reader *r, const struct word *key, void *to);

/* The event must begin a mapping, in which no key comes twice. */
int reader_mapping(struct reader *r, const char *what, take_fn *take,
		   void *to);

#endif
