/* SPDX-License-Identifier: BSD-2-Clause */
/* A sweep as JSON: written as a report, read to be repeated. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sweep.h"
#include "vmm/util.h"

void sweep_free(struct sweep *s)
{
	for (size_t i = 0; s->run && s->run[i]; i++)
		free(s->run[i]);
	free(s->run);
	free(s->plan);
	free(s->verdicts);
	*s = (struct sweep){ 0 };
}

/* --- writing */

/* Text of the guest need not be UTF-8, which JSON is. */
static json_t *any_text(const char *text)
{
	char clean[sizeof(((struct sweep_verdict *)0)->text)];
	size_t i;

	for (i = 0; text[i] && i < sizeof(clean) - 1; i++)
		clean[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
	clean[i] = '\0';
	return json_string(clean);
}

/* JSON's numbers do not hold 64 bits. */
static json_t *address(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

static json_t *injection_to_json(const struct sweep_injection *in)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:i}",
		"kind", sweep_kinds[in->kind].name,
		"disposition", sweep_dispositions[in->disposition],
		"context", sweep_contexts[in->context],
		"cpu-index", (int)in->cpu);

	if (in->at_pc)
		json_object_set_new(json, "at-pc", address(in->pc));
	return json;
}

static json_t *verdict_to_json(const struct sweep_verdict *v)
{
	json_t *json = json_pack("{s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:o}",
		"outcome", sweep_outcomes[v->outcome].name,
		"expected", v->expected, "delivered", v->delivered,
		"released", v->released, "logged", v->line,
		"signal", v->signal, "alive", v->alive,
		"text", any_text(v->text));

	if (v->delivered) {
		json_object_set_new(json, "pc", address(v->pc));
		json_object_set_new(json, "msr", address(v->msr));
	}
	return json;
}

json_t *sweep_to_json(const struct sweep *s, bool with_verdicts)
{
	json_t *run = json_array(), *list = json_array(), *one;
	size_t i;

	for (i = 0; s->run && s->run[i]; i++)
		json_array_append_new(run, json_string(s->run[i]));
	for (i = 0; i < s->n; i++) {
		one = injection_to_json(&s->plan[i]);
		if (with_verdicts)
			json_object_set_new(one, "verdict",
				verdict_to_json(&s->verdicts[i]));
		json_array_append_new(list, one);
	}
	return json_pack("{s:i, s:o, s:o, s:o}", "papr-sweep", 1,
			 "seed", address(s->seed), "run", run,
			 "injections", list);
}

/* --- reading */

static int read_address(const json_t *json, const char *key, uint64_t *value,
			struct papr_error *error)
{
	const char *text = json_string_value(json_object_get(json, key));
	char *end = NULL;

	errno = 0;
	if (text && !strncmp(text, "0x", 2) && text[2])
		*value = strtoull(text + 2, &end, 16);
	if (!end || *end || errno)
		return refuse(error, -EINVAL, "'%s' is no number as text, "
			      "such as \"0x1000\"", key);
	return 0;
}

static int read_name(const json_t *json, const char *key,
		     const char *(*name_of)(size_t), uint8_t *value,
		     struct papr_error *error)
{
	const char *name = json_string_value(json_object_get(json, key));

	for (size_t i = 0; name && name_of(i); i++) {
		if (!strcmp(name_of(i), name)) {
			*value = i;
			return 0;
		}
	}
	return refuse(error, -EINVAL, "'%s' is not one of its names", key);
}

static int read_injection(const json_t *json, struct sweep_injection *in,
			  struct papr_error *error)
{
	const json_t *cpu = json_object_get(json, "cpu-index");
	json_int_t index = json_integer_value(cpu);
	int ret;

	if (!json_is_integer(cpu) || index < 0 || index >= PAPR_MAX_VCPUS)
		return refuse(error, -EINVAL, "'cpu-index' is no number of a "
			      "vCPU");
	in->cpu = index;
	in->at_pc = json_object_get(json, "at-pc");
	ret = in->at_pc ? read_address(json, "at-pc", &in->pc, error) : 0;
	if (!ret)
		ret = read_name(json, "kind", sweep_kind_name, &in->kind,
				error);
	if (!ret)
		ret = read_name(json, "disposition", sweep_disposition_name,
				&in->disposition, error);
	if (!ret)
		ret = read_name(json, "context", sweep_context_name,
				&in->context, error);
	return ret;
}

static int read_plan(const json_t *list, struct sweep *s,
		     struct papr_error *error)
{
	char place[40];
	int ret;

	s->n = json_array_size(list);
	if (!s->n || s->n > SWEEP_MAX)
		return refuse(error, -EINVAL, "'injections' is no list of at "
			      "least 1 and at most %d", SWEEP_MAX);
	s->plan = calloc(s->n, sizeof(*s->plan));
	if (!s->plan)
		return refuse(error, -ENOMEM, "no memory");
	for (size_t i = 0; i < s->n; i++) {
		ret = read_injection(json_array_get(list, i), &s->plan[i],
				     error);
		snprintf(place, sizeof(place), "injection %zu", i);
		if (ret)
			return refuse_at(error, ret, place);
	}
	return 0;
}

static int read_run(const json_t *run, struct sweep *s,
		    struct papr_error *error)
{
	size_t n = json_array_size(run), i;
	const char *arg;

	s->run = calloc(n + 1, sizeof(*s->run));
	for (i = 0; s->run && i < n; i++) {
		arg = json_string_value(json_array_get(run, i));
		if (!arg)
			return refuse(error, -EINVAL, "'run' is no list of "
				      "arguments");
		s->run[i] = strdup(arg);
	}
	return s->run ? 0 : refuse(error, -ENOMEM, "no memory");
}

int sweep_from_json(const json_t *json, struct sweep *s,
		    struct papr_error *error)
{
	int ret;

	*s = (struct sweep){ 0 };
	if (json_integer_value(json_object_get(json, "papr-sweep")) != 1)
		return refuse(error, -EINVAL, "this is no report of papr "
			      "sweep");
	ret = read_address(json, "seed", &s->seed, error);
	if (!ret)
		ret = read_run(json_object_get(json, "run"), s, error);
	if (!ret)
		ret = read_plan(json_object_get(json, "injections"), s, error);
	if (ret)
		sweep_free(s);
	return ret;
}

int sweep_load(const char *path, struct sweep *s, struct papr_error *error)
{
	json_error_t where;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
	int ret;

	if (!json)
		return refuse(error, -EINVAL, "%s: line %d: %s", path,
			      where.line, where.text);
	ret = sweep_from_json(json, s, error);
	json_decref(json);
	return ret ? refuse_at(error, ret, path) : 0;
}
