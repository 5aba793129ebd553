/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a policy: papr-policy(5) is the format. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <talloc.h>
#include <unistd.h>

#include "spapr/fault.h"
#include "spapr/policy-yaml.h"
#include "spapr/policy.h"
#include "spapr/util.h"

#define POLICY_MAX_LEN (1024 * 1024)

/* What is being said, and of which call; NULL for a set and the default. */
struct subject {
	const struct papr_call_info *call;
	struct statement st;
};

static int take_route(struct reader *r, struct statement *st)
{
	struct word word;
	int err = reader_word(r, "a route", &word);

	if (err)
		return err;
	if (policy_route_by_name(word.text, &st->route))
		return reader_fail(r, &word.mark, "%s is no route; there are "
				   "kernel, kernel!, user, vmm and deny",
				   word.text);
	st->said = true;
	return 0;
}

/* An argument of the call and its value, within "when". */
static int take_argument(struct reader *r, const struct word *key, void *to)
{
	struct subject *subject = to;
	struct papr_error error;
	struct word word;
	int err = reader_word(r, "a value", &word);

	if (err)
		return err;
	if (fault_set_when(&subject->st.fault, subject->call, key->text,
			   word.text, &error))
		return reader_fail(r, &key->mark, "%s", error.text);
	return 0;
}

static int take_when(struct reader *r, const struct word *key,
		     struct subject *subject)
{
	if (!subject->call)
		return reader_fail(r, &key->mark, "arguments are those of a "
				   "single call");
	subject->st.fault_said = true;
	return reader_mapping(r, "arguments and their values", take_argument,
			    subject);
}

static int take_fault(struct reader *r, const struct word *key,
		      struct subject *subject)
{
	bool rtas = subject->call && !subject->call->set;
	struct papr_error error;
	struct word word;
	int err = reader_word(r, "a value", &word);

	if (err)
		return err;
	err = fault_set_option(&subject->st.fault, rtas, key->text, word.text,
			       &error);
	if (err == -ENOENT)
		return reader_fail(r, &key->mark, "%s is unknown here; there "
				   "are route, log, fail, delay, retries, "
				   "after, every, chance, seed, times, vcpu "
				   "and when", key->text);
	if (err)
		return reader_fail(r, &word.mark, "%s", error.text);
	subject->st.fault_said = true;
	return 0;
}

static int take_option(struct reader *r, const struct word *key, void *to)
{
	struct subject *subject = to;

	if (!strcmp(key->text, "route"))
		return take_route(r, &subject->st);
	if (!strcmp(key->text, "log"))
		return reader_bool(r, &subject->st.log);
	if (!strcmp(key->text, "when"))
		return take_when(r, key, subject);
	return take_fault(r, key, subject);
}

/* "user" or "{ route: user, log: true }" */
static int take_statement(struct reader *r, const struct word *key,
			  struct subject *subject)
{
	struct statement *st = &subject->st;
	int err;

	st->line = key->mark.line + 1;
	st->fault.size = sizeof(st->fault);
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return take_route(r, st);
	err = reader_mapping(r, "a route", take_option, subject);
	if (!err && !st->said && st->fault_said) {
		st->said = true;
		st->route = PAPR_ROUTE_USER;
	}
	if (!err && !st->said)
		err = reader_fail(r, &key->mark, "%s has no route", key->text);
	return err;
}

typedef int set_fn(struct papr_policy *policy, const char *name,
		   const struct statement *st, struct papr_error *error);

/* @call is NULL for what is no single call, or none that exists. */
static int take_named(struct reader *r, const struct word *key,
		      const struct papr_call_info *call, set_fn *set)
{
	struct subject subject = { .call = call };
	struct papr_error error;
	int err = take_statement(r, key, &subject);

	if (err)
		return err;
	if (set(r->policy, key->text, &subject.st, &error))
		return reader_fail(r, &key->mark, "%s", error.text);
	return 0;
}

static int take_set(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	return take_named(r, key, NULL, policy_set_set);
}

/* Names first: without a call nobody knows what its options mean. */
static int take_call(struct reader *r, const struct word *key,
		     const struct papr_call_info *call, set_fn *set)
{
	static const struct statement any;
	struct papr_error error;

	if (call)
		return take_named(r, key, call, set);
	set(r->policy, key->text, &any, &error);
	return reader_fail(r, &key->mark, "%s", error.text);
}

static int take_hcall(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	return take_call(r, key, papr_hcall_by_name(key->text),
			 policy_set_hcall);
}

static int take_rtas(struct reader *r, const struct word *key, void *to)
{
	(void)to;
	return take_call(r, key, papr_rtas_by_name(key->text),
			 policy_set_rtas);
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
		return take_named(r, key, NULL, set_default);
	if (!strcmp(key->text, "force"))
		return reader_bool(r, &r->policy->force);
	if (!strcmp(key->text, "sets"))
		return reader_mapping(r, "function sets and their routes",
				    take_set, NULL);
	if (!strcmp(key->text, "hcalls"))
		return reader_mapping(r, "hypercalls and their routes",
				    take_hcall, NULL);
	if (!strcmp(key->text, "rtas"))
		return reader_mapping(r, "RTAS calls and their routes",
				    take_rtas, NULL);
	return reader_fail(r, &key->mark, "%s is unknown here; there are "
			   "default, sets, hcalls, rtas and force", key->text);
}

static int nothing_there(struct reader *r)
{
	return reader_fail(r, &r->event.start_mark, "there is no policy in it; "
			   "\"default: kernel\" is one that changes nothing");
}

static int take_document(struct reader *r)
{
	int err = reader_next(r);

	if (err)
		return err;
	if (r->event.type == YAML_SCALAR_EVENT && !r->event.data.scalar.length)
		return nothing_there(r);
	return reader_mapping(r, "a policy, such as \"default: kernel\"",
			    take_part, NULL);
}

static int take_stream(struct reader *r)
{
	int err;

	err = reader_next(r);		/* the start of the stream */
	if (!err)
		err = reader_next(r);
	if (err)
		return err;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return nothing_there(r);
	err = take_document(r);
	if (!err)
		err = reader_next(r);	/* the end of the document */
	if (!err)
		err = reader_next(r);
	if (!err && r->event.type != YAML_STREAM_END_EVENT)
		err = reader_fail(r, &r->event.start_mark, "a second document; "
				  "a policy is one");
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
