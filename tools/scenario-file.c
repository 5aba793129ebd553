/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a scenario: papr-scenario(5) is the format. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/scenario-yaml.h"
#include "tools/scenario.h"
#include "vmm/file.h"
#include "vmm/util.h"

/* @doc comes first, so that what reads the document gives it back. */
struct reader {
	struct doc doc;
	struct scenario *scenario;
	struct symbols *symbols;
	struct injection defaults;
	int within_ms;
};

static struct reader *reader_of(struct doc *doc)
{
	return (struct reader *)doc;
}

static int take_duration(struct doc *doc, const yaml_node_t *value, int *ms)
{
	struct papr_error why;
	struct word word;
	int err = doc_word(doc, value, "a time, such as 30s", &word);

	if (!err && injection_duration(word.text, ms, &why))
		return doc_fail(doc, value, "%s", why.text);
	return err;
}

static int take_cpu(struct doc *doc, const yaml_node_t *value, int *cpu)
{
	struct word word;
	uint64_t index;
	int err = doc_word(doc, value, "the number of a vCPU", &word);

	if (!err && (number_parse(word.text, &index, NULL) ||
		     index > INJECTION_MAX_CPU))
		return doc_fail(doc, value, "%.64s is no vCPU, a number "
			    "up to %d", word.text, INJECTION_MAX_CPU);
	*cpu = err ? CPU_OF_LAST : (int)index;
	return err;
}

/* --- steps */

static int take_setting(struct doc *doc, const yaml_node_t *at,
			const char *key, const yaml_node_t *value, void *to)
{
	struct papr_error why;
	struct word word;
	int err = doc_word(doc, value, "a value", &word);

	if (err)
		return err;
	err = injection_set(to, key, word.text, &why);
	if (err == -ENOENT)
		return doc_fail(doc, at, "%s", why.text);
	return err ? doc_fail(doc, value, "%s", why.text) : 0;
}

/* How long each of a series may last is said beside the injection. */
static int take_inject_setting(struct doc *doc, const yaml_node_t *at,
			       const char *key, const yaml_node_t *value,
			       void *to)
{
	struct step *step = to;

	if (!strcmp(key, "within"))
		return take_duration(doc, value, &step->ms);
	return take_setting(doc, at, key, value, &step->injection);
}

static int take_inject(struct doc *doc, const yaml_node_t *value,
		       struct step *step)
{
	struct injection *injection = &step->injection;
	struct papr_error why;
	struct word word;
	int err;

	if (injection_copy(injection, &reader_of(doc)->defaults))
		return -ENOMEM;
	if (value->type == YAML_SCALAR_NODE) {
		err = doc_word(doc, value, "an error, such as slb:multihit",
				&word);
		if (!err && injection_set(injection, "error", word.text, &why))
			err = doc_fail(doc, value, "%s", why.text);
	} else {
		err = doc_mapping(doc, value, "an injection, such as { error: "
				   "slb:multihit, cpu: 1 }",
				   take_inject_setting, step);
	}
	if (!err &&
	    injection_complete(injection, reader_of(doc)->symbols, &why))
		err = doc_fail(doc, value, "%s", why.text);
	return err;
}

static int take_outcome(struct doc *doc, const yaml_node_t *value,
			struct step *step)
{
	struct word word;
	size_t i;
	int err = doc_word(doc, value, "an outcome, such as delivered", &word);

	for (i = 0; !err && i < OUTCOME_COUNT; i++)
		if (!strcmp(word.text, outcome_names[i])) {
			step->outcomes = OUTCOME_BIT(i);
			return 0;
		}
	return err ? err :
	       doc_fail(doc, value, "%.64s is none of delivered, "
		    "architected, dropped, checkstop, cancelled", word.text);
}

static int take_wait_for(struct doc *doc, const yaml_node_t *value,
			 struct step *step)
{
	struct word word;
	int err = doc_word(doc, value, "what to wait for", &word);

	if (err)
		return err;
	step->outcomes = OUTCOME_ANY;
	if (!strcmp(word.text, "outcome"))
		step->kind = STEP_OUTCOME;
	else if (!strcmp(word.text, "release"))
		step->kind = STEP_RELEASE;
	else if (!strcmp(word.text, "end"))
		step->kind = STEP_END;
	else
		return doc_fail(doc, value, "%.64s is none of outcome, "
			    "release, end", word.text);
	return 0;
}

static int take_limit(struct doc *doc, const yaml_node_t *at,
		      const char *key, const yaml_node_t *value,
		      const char *names, struct step *step)
{
	if (!strcmp(key, "within"))
		return take_duration(doc, value, &step->ms);
	if (!strcmp(key, "cpu"))
		return take_cpu(doc, value, &step->cpu);
	return doc_fail(doc, at, "%.64s is unknown here; there are %s",
		    key, names);
}

static int take_expect_part(struct doc *doc, const yaml_node_t *at,
			    const char *key, const yaml_node_t *value,
			    void *to)
{
	if (!strcmp(key, "outcome"))
		return take_outcome(doc, value, to);
	return take_limit(doc, at, key, value, "outcome, cpu and within", to);
}

static int take_expect(struct doc *doc, const yaml_node_t *value,
		       struct step *step)
{
	int err;

	if (value->type == YAML_SCALAR_NODE)
		return take_outcome(doc, value, step);
	err = doc_mapping(doc, value, "an outcome, such as delivered",
			   take_expect_part, step);
	if (!err && !step->outcomes)
		err = doc_fail(doc, value, "which outcome is not said");
	return err;
}

static int take_wait_part(struct doc *doc, const yaml_node_t *at,
			  const char *key, const yaml_node_t *value, void *to)
{
	if (!strcmp(key, "for"))
		return take_wait_for(doc, value, to);
	return take_limit(doc, at, key, value, "for, cpu and within", to);
}

static int take_wait(struct doc *doc, const yaml_node_t *value,
		     struct step *step)
{
	int err;

	if (value->type == YAML_SCALAR_NODE)
		return take_wait_for(doc, value, step);
	err = doc_mapping(doc, value, "what to wait for: outcome, release or "
			   "end", take_wait_part, step);
	if (!err && !step->outcomes)
		err = doc_fail(doc, value, "what to wait for is not "
			   "said");
	return err;
}

static int take_pause(struct doc *doc, const yaml_node_t *value,
		      struct step *step)
{
	return take_duration(doc, value, &step->ms);
}

static const struct {
	const char *name;
	enum step_kind kind;
	int (*take)(struct doc *doc, const yaml_node_t *value,
		    struct step *step);
	const char *command;	/* of a step that is one word */
} kinds[] = {
	{ "inject", STEP_INJECT, take_inject, NULL },
	{ "expect", STEP_OUTCOME, take_expect, NULL },
	{ "wait", STEP_OUTCOME, take_wait, NULL },
	{ "pause", STEP_PAUSE, take_pause, NULL },
	{ "nmi", STEP_COMMAND, NULL, "inject-nmi" },
	{ "stop", STEP_COMMAND, NULL, "stop" },
	{ "cont", STEP_COMMAND, NULL, "cont" },
	{ "quit", STEP_COMMAND, NULL, "quit" },
};

/* @value is NULL for a step that is one word. */
static int take_kind(struct doc *doc, const yaml_node_t *at, const char *name,
		     const yaml_node_t *value)
{
	struct step *step;
	size_t i;

	for (i = 0; i < COUNT_OF(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			break;
	if (i == COUNT_OF(kinds))
		return doc_fail(doc, at, "%.64s is no step; there are "
			    "inject, expect, wait, pause, nmi, stop, cont and "
			    "quit", name);
	if (!kinds[i].take != !value)
		return doc_fail(doc, at, value ? "%s stands alone" :
			    "%s what is not said", name);
	step = scenario_add(reader_of(doc)->scenario, kinds[i].kind);
	if (!step)
		return -ENOMEM;
	step->line = at->start_mark.line + 1;
	step->ms = reader_of(doc)->within_ms;
	step->command = kinds[i].command;
	return value ? kinds[i].take(doc, value, step) : 0;
}

static int take_pair(struct doc *doc, const yaml_node_t *at, const char *key,
		     const yaml_node_t *value, void *to)
{
	bool *taken = to;

	if (*taken)
		return doc_fail(doc, at, "a step is one thing: begin "
			    "the next with \"- \"");
	*taken = true;
	return take_kind(doc, at, key, value);
}

static int take_step(struct doc *doc, const yaml_node_t *node)
{
	static const char what[] = "a step, such as \"- inject: slb:multihit\"";
	struct word word;
	bool taken = false;
	int err;

	if (node->type != YAML_SCALAR_NODE) {
		err = doc_mapping(doc, node, what, take_pair, &taken);
		return err || taken ? err :
		       doc_fail(doc, node, "here should be %s", what);
	}
	err = doc_word(doc, node, what, &word);
	return err ? err : take_kind(doc, node, word.text, NULL);
}

/* --- the whole */

/* A path beside the scenario's own. */
static int load_symbols(struct doc *doc, const yaml_node_t *node)
{
	const char *slash = strrchr(doc->name, '/');
	struct papr_error why;
	struct word word;
	char *path;
	int err = doc_word(doc, node, "the name of a symbol file", &word);

	if (err)
		return err;
	if (word.text[0] == '/' || !slash)
		path = strdup(word.text);
	else if (asprintf(&path, "%.*s/%s", (int)(slash - doc->name), doc->name,
			  word.text) < 0)
		path = NULL;
	if (!path)
		return -ENOMEM;
	if (symbols_load(path, &reader_of(doc)->symbols, &why))
		err = doc_fail(doc, node, "%s", why.text);
	free(path);
	return err;
}

static int take_default(struct doc *doc, const yaml_node_t *at,
			const char *key, const yaml_node_t *value, void *to)
{
	if (!strcmp(key, "within"))
		return take_duration(doc, value, &reader_of(doc)->within_ms);
	return take_setting(doc, at, key, value, to);
}

/* What steps need comes before them, whatever the order in the file. */
struct parts {
	const yaml_node_t *symbols;
	const yaml_node_t *defaults;
	const yaml_node_t *steps;
};

static int take_part(struct doc *doc, const yaml_node_t *at, const char *key,
		     const yaml_node_t *value, void *to)
{
	struct parts *parts = to;
	const yaml_node_t **part;

	if (!strcmp(key, "symbols"))
		part = &parts->symbols;
	else if (!strcmp(key, "defaults"))
		part = &parts->defaults;
	else if (!strcmp(key, "steps"))
		part = &parts->steps;
	else
		return doc_fail(doc, at, "%.64s is unknown here; there "
			    "are symbols, defaults and steps", key);
	*part = value;
	return 0;
}

static int take_document(struct doc *doc, const yaml_node_t *root)
{
	struct parts parts = { 0 };
	int err = doc_mapping(doc, root, "a scenario, with \"steps:\"",
			       take_part, &parts);

	if (!err && parts.symbols)
		err = load_symbols(doc, parts.symbols);
	if (!err && parts.defaults)
		err = doc_mapping(doc, parts.defaults, "settings of injections",
				   take_default, &reader_of(doc)->defaults);
	if (err)
		return err;
	if (parts.steps)
		err = doc_list(doc, parts.steps, "a list of steps, each on "
			       "lines that begin with \"- \"", take_step);
	if (!err && !reader_of(doc)->scenario->count)
		err = doc_fail(doc, root, "there are no steps in it");
	return err;
}

int scenario_parse(const char *text, size_t len, const char *name,
		   struct scenario *scenario, struct papr_error *error)
{
	struct reader r = {
		.doc = {
			.text = text, .len = len, .name = name,
			.error = error,
		},
		.scenario = scenario, .within_ms = SCENARIO_WITHIN_MS,
	};
	int err = injection_init(&r.defaults);

	*scenario = (struct scenario){ .name = name };
	if (!err)
		err = doc_read(&r.doc, take_document);
	if (err == -ENOMEM)
		refuse(error, err, "%.128s: no memory", name);
	if (err)
		scenario_free(scenario);
	injection_free(&r.defaults);
	symbols_free(r.symbols);
	return err;
}

int scenario_load(const char *path, struct scenario *scenario,
		  struct papr_error *error)
{
	uint64_t size;
	int fd = file_open(path, SCENARIO_MAX_LEN, &size, error), err;
	char *text;

	if (fd < 0)
		return fd;
	text = malloc(size);
	err = text ? file_read(fd, path, text, size, error) :
		     refuse(error, -ENOMEM, "%.128s: no memory", path);
	close(fd);
	if (!err)
		err = scenario_parse(text, size, path, scenario, error);
	free(text);
	return err;
}
