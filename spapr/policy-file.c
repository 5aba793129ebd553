/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a policy: papr-policy(5) is the format.
 *
 * The parser's events are taken one by one, so that nothing is built of a
 * document that is no policy, and every complaint knows its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>
#include <yaml.h>

#include "spapr/policy.h"
#include "spapr/util.h"

#define POLICY_MAX_LEN (1024 * 1024)

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

/* A key that was there already. */
struct seen {
	struct seen *next;
	struct word key;
};

static int fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
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
	return fail(r, &mark, "not YAML: %s%s%s", yaml->problem,
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

/* The next event; what no policy has is refused here for all places. */
static int next(struct reader *r)
{
	const yaml_mark_t *mark = &r->event.start_mark;

	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return not_yaml(r);
	if (r->event.type == YAML_ALIAS_EVENT || anchor_of(&r->event))
		return fail(r, mark, "anchors and aliases have no place in a "
			    "policy: write each route out");
	if (tag_of(&r->event))
		return fail(r, mark, "tags have no place in a policy: write "
			    "the plain word");
	if (r->event.type == YAML_SEQUENCE_START_EVENT)
		return fail(r, mark, "lists have no place in a policy: write "
			    "\"name: route\" on lines of their own");
	return 0;
}

/* @what says what should be here. */
static int take_word(struct reader *r, const char *what, struct word *word)
{
	const yaml_event_t *event = &r->event;
	const unsigned char *value = event->data.scalar.value;
	size_t i, len;

	if (event->type != YAML_SCALAR_EVENT)
		return fail(r, &event->start_mark, "here should be %s", what);
	len = event->data.scalar.length;
	if (!len)
		return fail(r, &event->start_mark, "here should be %s, and "
			    "there is nothing", what);
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
		return fail(r, &key->mark, "merges have no place in a policy: "
			    "write each route out");
	for (s = *seen; s; s = s->next)
		if (!strcmp(s->key.text, key->text))
			return fail(r, &key->mark, "%s is here a second time, "
				    "the first is in line %zu", key->text,
				    s->key.mark.line + 1);
	s = talloc(ctx, struct seen);
	if (!s)
		return -ENOMEM;
	s->key = *key;
	s->next = *seen;
	*seen = s;
	return 0;
}

/*
 * Takes the value of a key, whose first event is there, and leaves its last
 * one behind.  @to is what the mapping is read into.
 */
typedef int take_fn(struct reader *r, const struct word *key, void *to);

static int take_pairs(struct reader *r, void *ctx, take_fn *take, void *to)
{
	struct seen *seen = NULL;
	struct word key;
	int err;

	for (;;) {
		err = next(r);
		if (err || r->event.type == YAML_MAPPING_END_EVENT)
			return err;
		err = take_word(r, "a name", &key);
		if (!err)
			err = check_key(r, ctx, &key, &seen);
		if (!err)
			err = next(r);
		if (!err)
			err = take(r, &key, to);
		if (err)
			return err;
	}
}

static int take_mapping(struct reader *r, const char *what, take_fn *take,
			void *to)
{
	void *ctx;
	int err;

	if (r->event.type != YAML_MAPPING_START_EVENT)
		return fail(r, &r->event.start_mark, "here should be %s",
			    what);
	ctx = talloc_new(NULL);
	if (!ctx)
		return -ENOMEM;
	err = take_pairs(r, ctx, take, to);
	talloc_free(ctx);
	return err;
}

static int take_bool(struct reader *r, bool *value)
{
	struct word word;
	int err = take_word(r, "true or false", &word);

	if (err)
		return err;
	*value = !strcmp(word.text, "true");
	if (!*value && strcmp(word.text, "false"))
		return fail(r, &word.mark, "%s is neither true nor false",
			    word.text);
	return 0;
}

static int take_route(struct reader *r, struct statement *st)
{
	struct word word;
	int err = take_word(r, "a route", &word);

	if (err)
		return err;
	if (policy_route_by_name(word.text, &st->route))
		return fail(r, &word.mark, "%s is no route; there are kernel, "
			    "kernel!, user, vmm and deny", word.text);
	st->said = true;
	return 0;
}

static int take_option(struct reader *r, const struct word *key, void *to)
{
	struct statement *st = to;

	if (!strcmp(key->text, "route"))
		return take_route(r, st);
	if (!strcmp(key->text, "log"))
		return take_bool(r, &st->log);
	return fail(r, &key->mark, "%s is unknown here; there are route and "
		    "log", key->text);
}

/* "user" or "{ route: user, log: true }" */
static int take_statement(struct reader *r, const struct word *key,
			  struct statement *st)
{
	int err;

	memset(st, 0, sizeof(*st));
	st->line = key->mark.line + 1;
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return take_route(r, st);
	err = take_mapping(r, "a route", take_option, st);
	if (!err && !st->said)
		err = fail(r, &key->mark, "%s has no route", key->text);
	return err;
}

typedef int set_fn(struct papr_policy *policy, const char *name,
		   const struct statement *st, struct papr_error *error);

static int take_named(struct reader *r, const struct word *key, set_fn *set)
{
	struct papr_error error;
	struct statement st;
	int err = take_statement(r, key, &st);

	if (err)
		return err;
	if (set(r->policy, key->text, &st, &error))
		return fail(r, &key->mark, "%s", error.text);
	return 0;
}

static int take_set(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	return take_named(r, key, policy_set_set);
}

static int take_hcall(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	return take_named(r, key, policy_set_hcall);
}

static int take_rtas(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	return take_named(r, key, policy_set_rtas);
}

static int set_default(struct papr_policy *policy, const char *name,
		       const struct statement *st, struct papr_error *error)
{
	(void)name;
	return policy_set_default(policy, st, error);
}

static int take_part(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	if (!strcmp(key->text, "default"))
		return take_named(r, key, set_default);
	if (!strcmp(key->text, "force"))
		return take_bool(r, &r->policy->force);
	if (!strcmp(key->text, "sets"))
		return take_mapping(r, "function sets and their routes",
				    take_set, NULL);
	if (!strcmp(key->text, "hcalls"))
		return take_mapping(r, "hypercalls and their routes",
				    take_hcall, NULL);
	if (!strcmp(key->text, "rtas"))
		return take_mapping(r, "RTAS calls and their routes",
				    take_rtas, NULL);
	return fail(r, &key->mark, "%s is unknown here; there are default, "
		    "sets, hcalls, rtas and force", key->text);
}

static int nothing_there(struct reader *r)
{
	return fail(r, &r->event.start_mark, "there is no policy in it; "
		    "\"default: kernel\" is one that changes nothing");
}

static int take_document(struct reader *r)
{
	int err = next(r);

	if (err)
		return err;
	if (r->event.type == YAML_SCALAR_EVENT && !r->event.data.scalar.length)
		return nothing_there(r);
	return take_mapping(r, "a policy, such as \"default: kernel\"",
			    take_part, NULL);
}

static int take_stream(struct reader *r)
{
	int err;

	err = next(r);		/* the start of the stream */
	if (!err)
		err = next(r);
	if (err)
		return err;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return nothing_there(r);
	err = take_document(r);
	if (!err)
		err = next(r);	/* the end of the document */
	if (!err)
		err = next(r);
	if (!err && r->event.type != YAML_STREAM_END_EVENT)
		err = fail(r, &r->event.start_mark, "a second document; a "
			   "policy is one");
	return err;
}

static int read_policy(struct reader *r)
{
	int err;

	if (r->len > POLICY_MAX_LEN)
		return error_set(r->error, -EFBIG, "%.128s: longer than any "
				 "policy, 1 MiB at most", r->name);
	if (!yaml_parser_initialize(&r->yaml))
		return -ENOMEM;
	yaml_parser_set_encoding(&r->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->yaml, (const unsigned char *)r->text,
				     r->len);
	err = take_stream(r);
	yaml_event_delete(&r->event);
	yaml_parser_delete(&r->yaml);
	return err;
}

int papr_policy_parse(const char *text, size_t len, const char *name,
		      struct papr_policy **policy, struct papr_error *error)
{
	struct reader r = {
		.text = text, .len = len, .name = name, .error = error,
	};
	int err = papr_policy_new(&r.policy);

	if (!err)
		err = read_policy(&r);
	if (err == -ENOMEM)
		error_set(error, err, "%.128s: out of memory", name);
	if (err)
		papr_policy_free(r.policy);
	else
		*policy = r.policy;
	return err;
}

/* Up to one byte more than allowed, so that a longer file is noticed. */
static ssize_t read_file(int fd, char *text)
{
	size_t len = 0;
	ssize_t n;

	while (len <= POLICY_MAX_LEN) {
		n = read(fd, text + len, POLICY_MAX_LEN + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += n;
	}
	return len;
}

int papr_policy_load(const char *path, struct papr_policy **policy,
		     struct papr_error *error)
{
	ssize_t len;
	char *text;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(error, -errno, "%.128s: %m", path);
	text = talloc_size(NULL, POLICY_MAX_LEN + 1);
	len = text ? read_file(fd, text) : -ENOMEM;
	close(fd);
	if (len < 0)
		error_set(error, len, "%.128s: %s", path, strerror(-len));
	else
		len = papr_policy_parse(text, len, path, policy, error);
	talloc_free(text);
	return len;
}
