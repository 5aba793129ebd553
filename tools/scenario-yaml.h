/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A YAML document whose every complaint has its place.
 *
 * What is read has a fixed depth, so aliases do no harm.
 */
#ifndef TOOLS_SCENARIO_YAML_H
#define TOOLS_SCENARIO_YAML_H

#include <stddef.h>

#include <papr/error.h>
#include <yaml.h>

/* The longest names are those of symbols in the kernel. */
#define DOC_MAX_WORD 1024

struct doc {
	yaml_document_t yaml;
	const char *text;
	size_t len;
	const char *name;
	struct papr_error *error;
};

/* A scalar: UTF-8, not empty, one line. */
struct word {
	char text[DOC_MAX_WORD];
};

/*
 * @text, @len, @name and @error are filled in: gives the only document to
 * @take.  0; -ENOMEM without a sentence; -EINVAL and one, which begins with
 * "NAME:LINE:COLUMN: ".
 */
int doc_read(struct doc *doc, int (*take)(struct doc *doc,
					  const yaml_node_t *root));

/* Returns -EINVAL. */
int doc_fail(struct doc *doc, const yaml_node_t *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* @what says what should be here. */
int doc_word(struct doc *doc, const yaml_node_t *node, const char *what,
	     struct word *word);

/* @at is where the key is; no key comes twice. */
typedef int doc_pair_fn(struct doc *doc, const yaml_node_t *at,
			const char *key, const yaml_node_t *value, void *to);

int doc_mapping(struct doc *doc, const yaml_node_t *node, const char *what,
		doc_pair_fn *take, void *to);

/* For each item of a sequence. */
int doc_list(struct doc *doc, const yaml_node_t *node, const char *what,
	     int (*take)(struct doc *doc, const yaml_node_t *node));

#endif
