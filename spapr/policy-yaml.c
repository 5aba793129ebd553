/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>

#include "spapr/policy-yaml.h"
#include "spapr/util.h"

/* A key that was there already. */
struct seen {
	struct seen *next;
	struct word key;
};

int reader_fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
{
	char sentence[sizeof(r->error->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sentence, sizeof(sentence), fmt, ap);
	va_end(ap);
	return error_set(r->error, -EINVAL, "%.128s:%zu:%zu: %s", r->name,
			 mark->line + 1, mark->column + 1, sentence);
}

/* Where a byte is: for what is not even UTF-8 the parser has no mark. */
static yaml_mark_t mark_of_byte(const struct reader *r, size_t offset)
{
	yaml_mark_t mark = { 0, 0, 0 };
	size_t i;

	for (i = 0; i < offset && i < r->len; i++) {
		if (r->text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if (((unsigned char)r->text[i] & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static int not_yaml(struct reader *r)
{
	const yaml_parser_t *yaml = &r->yaml;
	yaml_mark_t mark = yaml->problem_mark;

	if (yaml->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	if (yaml->error == YAML_READER_ERROR)
		mark = mark_of_byte(r, yaml->problem_offset);
	return reader_fail(r, &mark, "not YAML: %s%s%s", yaml->problem,
			   yaml->context ? " " : "",
			   yaml->context ? yaml->context : "");
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static const yaml_char_t *tag_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag;
	default:
		return NULL;
	}
}

int reader_next(struct reader *r)
{
	const yaml_mark_t *mark = &r->event.start_mark;

	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return not_yaml(r);
	if (r->event.type == YAML_ALIAS_EVENT || anchor_of(&r->event))
		return reader_fail(r, mark, "anchors and aliases have no place "
				   "in a policy: write each route out");
	if (tag_of(&r->event))
		return reader_fail(r, mark, "tags have no place in a policy: "
				   "write the plain word");
	if (r->event.type == YAML_SEQUENCE_START_EVENT)
		return reader_fail(r, mark, "lists have no place in a policy: "
				   "write \"name: route\" on lines of their "
				   "own");
	return 0;
}

int reader_word(struct reader *r, const char *what, struct word *word)
{
	const yaml_event_t *event = &r->event;
	const unsigned char *value = event->data.scalar.value;
	size_t i, len;

	if (event->type != YAML_SCALAR_EVENT)
		return reader_fail(r, &event->start_mark, "here should be %s",
				   what);
	len = event->data.scalar.length;
	if (!len)
		return reader_fail(r, &event->start_mark, "here should be %s, "
				   "and there is nothing", what);
	for (i = 0; i < len && i < sizeof(word->text) - 1; i++)
		word->text[i] = value[i] < ' ' || value[i] > '~' ?
			'?' : value[i];
	word->text[i] = '\0';
	word->mark = event->start_mark;
	return 0;
}

static int check_key(struct reader *r, void *ctx, const struct word *key,
		     struct seen **seen)
{
	struct seen *s;

	if (!strcmp(key->text, "<<"))
		return reader_fail(r, &key->mark, "merges have no place in a "
				   "policy: write each route out");
	for (s = *seen; s; s = s->next)
		if (!strcmp(s->key.text, key->text))
			return reader_fail(r, &key->mark, "%s is here a second "
					   "time, the first is in line %zu",
					   key->text, s->key.mark.line + 1);
	s = talloc(ctx, struct seen);
	if (!s)
		return -ENOMEM;
	s->key = *key;
	s->next = *seen;
	*seen = s;
	return 0;
}

static int take_pairs(struct reader *r, void *ctx, take_fn *take, void *to)
{
	struct seen *seen = NULL;
	struct word key;
	int err;

	for (;;) {
		err = reader_next(r);
		if (err || r->event.type == YAML_MAPPING_END_EVENT)
			return err;
		err = reader_word(r, "a name", &key);
		if (!err)
			err = check_key(r, ctx, &key, &seen);
		if (!err)
			err = reader_next(r);
		if (!err)
			err = take(r, &key, to);
		if (err)
			return err;
	}
}

int reader_mapping(struct reader *r, const char *what, take_fn *take,
			void *to)
{
	void *ctx;
	int err;

	if (r->event.type != YAML_MAPPING_START_EVENT)
		return reader_fail(r, &r->event.start_mark, "here should be %s",
				   what);
	ctx = talloc_new(NULL);
	if (!ctx)
		return -ENOMEM;
	err = take_pairs(r, ctx, take, to);
	talloc_free(ctx);
	return err;
}

int reader_bool(struct reader *r, bool *value)
{
	struct word word;
	int err = reader_word(r, "true or false", &word);

	if (err)
		return err;
	*value = !strcmp(word.text, "true");
	if (!*value && strcmp(word.text, "false"))
		return reader_fail(r, &word.mark, "%s is neither true nor "
				   "false", word.text);
	return 0;
}
