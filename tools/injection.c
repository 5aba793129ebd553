/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <papr/catalogue.h>

#include "tools/injection.h"
#include "vmm/util.h"

#define MAX_REPEAT 1000000
#define DAY_MS (24 * 60 * 60 * 1000)

static int no_memory(struct papr_error *error)
{
	return refuse(error, -ENOMEM, "no memory");
}

static int say(struct injection *injection, const char *argument,
	       json_t *value, struct papr_error *error)
{
	if (json_object_set_new(injection->args, argument, value))
		return no_memory(error);
	return 0;
}

/* --- values */

/* 12 or 0x1c, as papr-elog(1) takes them. */
static bool parse_number(const char *text, uint64_t *value, const char **rest)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	if (!hex)
		return !number_parse(text, value, rest);
	if (!strchr("0123456789abcdefABCDEF", text[2]) || !text[2])
		return false;
	errno = 0;
	*value = strtoull(text, &end, 16);
	*rest = end;
	return !errno;
}

static int take_number(const char *text, uint64_t max, const char *what,
		       uint64_t *value, struct papr_error *error)
{
	const char *rest;

	if (parse_number(text, value, &rest) && !*rest && *value <= max)
		return 0;
	return refuse(error, -EINVAL, "%.64s is no %s, a number up to %" PRIu64,
		      text, what, max);
}

static int take_address(const char *text, uint64_t *value,
			struct papr_error *error)
{
	const char *rest;

	if (parse_number(text, value, &rest) && !*rest)
		return 0;
	return refuse(error, -EINVAL, "%.64s is no address, such as "
		      "0xc000000000001000", text);
}

/* Addresses go as text: JSON's numbers are too small. */
static json_t *address_json(uint64_t address)
{
	return json_sprintf("0x%" PRIx64, address);
}

static int take_name(struct injection *injection, const char *argument,
		     const char *field, const char *name, uint8_t *value,
		     struct papr_error *error)
{
	int r = papr_elog_value(field, name, error);

	if (r < 0)
		return r;
	*value = r;
	return say(injection, argument, json_string(name), error);
}

/* --- settings */

static int set_subtype(struct injection *injection, const char *type,
		       const char *both, struct papr_error *error)
{
	uint8_t *subtype = &injection->info.subtype;
	int r = papr_elog_value("MC.subtype", both, error);

	if (r < 0)
		return r;
	*subtype = r;
	return say(injection, "subtype", json_string(both + strlen(type) + 1),
		   error);
}

/* slb or slb:multihit */
static int set_error(struct injection *injection, const char *value,
		     struct papr_error *error)
{
	const char *colon = strchrnul(value, ':');
	char type[32];
	int r;

	snprintf(type, sizeof(type), "%.*s", (int)(colon - value), value);
	injection->info.subtype = 0;
	json_object_del(injection->args, "subtype");
	r = take_name(injection, "type", "MC.type", type,
		      &injection->info.type, error);
	return r || !*colon ? r : set_subtype(injection, type, value, error);
}

static int set_ea(struct injection *injection, const char *value,
		  struct papr_error *error)
{
	uint64_t *address = &injection->info.effective_address;
	int r = take_address(value, address, error);

	injection->info.effective_valid = true;
	return r ? r : say(injection, "effective-address",
			   address_json(*address), error);
}

static int set_logical(struct injection *injection, const char *value,
		       struct papr_error *error)
{
	uint64_t *address = &injection->info.logical_address;
	int r = take_address(value, address, error);

	injection->info.logical_valid = true;
	return r ? r : say(injection, "logical-address",
			   address_json(*address), error);
}

static int set_severity(struct injection *injection, const char *value,
			struct papr_error *error)
{
	return take_name(injection, "severity", "header.severity", value,
			 &injection->info.severity, error);
}

static int set_disposition(struct injection *injection, const char *value,
			   struct papr_error *error)
{
	return take_name(injection, "disposition", "header.disposition", value,
			 &injection->info.disposition, error);
}

static int set_cpu(struct injection *injection, const char *value,
		   struct papr_error *error)
{
	uint64_t cpu;
	int r = take_number(value, INJECTION_MAX_CPU, "vCPU", &cpu, error);

	return r ? r : say(injection, "cpu-index", json_integer(cpu), error);
}

static int set_context(struct injection *injection, const char *value,
		       struct papr_error *error)
{
	if (strcmp(value, "any") && strcmp(value, "user") &&
	    strcmp(value, "kernel"))
		return refuse(error, -EINVAL,
			      "%.64s is none of any, user, kernel", value);
	return say(injection, "context", json_string(value), error);
}

static int set_repeat(struct injection *injection, const char *value,
		      struct papr_error *error)
{
	int r = take_number(value, MAX_REPEAT, "count", &injection->repeat,
			    error);

	if (!r && !injection->repeat)
		return refuse(error, -EINVAL, "0 times is nothing");
	return r;
}

/* --- when: one of these, and the last word counts */

static void forget_when(struct injection *injection)
{
	json_object_del(injection->args, "at-hypercall");
	json_object_del(injection->args, "at-pc");
	injection->function[0] = '\0';
	injection->exact = injection->whole = false;
	injection->note[0] = '\0';
}

static int check_hcall(const char *name, struct papr_error *error)
{
	const char *nearest;

	if (!strcmp(name, "any") || papr_hcall_by_name(name))
		return 0;
	nearest = papr_hcall_nearest(name);
	return refuse(error, -EINVAL, "%.64s is no hypercall%s%s%s", name,
		      nearest ? "; is " : "", nearest ? nearest : "",
		      nearest ? " meant?" : "");
}

/* H_PUT_TERM_CHAR, H_PUT_TERM_CHAR:3 or any:3 */
static int set_at_hypercall(struct injection *injection, const char *value,
			    struct papr_error *error)
{
	const char *colon = strchrnul(value, ':');
	uint64_t count = 1;
	char name[64];
	json_t *when;
	int r;

	snprintf(name, sizeof(name), "%.*s", (int)(colon - value), value);
	r = check_hcall(name, error);
	if (!r && *colon)
		r = take_number(colon + 1, UINT32_MAX, "count", &count, error);
	if (!r && !count)
		r = refuse(error, -EINVAL, "calls are counted from 1 on");
	if (r)
		return r;
	when = json_pack("{s:I}", "count", (json_int_t)count);
	if (strcmp(name, "any"))
		json_object_set_new(when, "name", json_string(name));
	return say(injection, "at-hypercall", when, error);
}

int injection_at_pc(struct injection *injection, uint64_t first,
		    uint64_t last, struct papr_error *error)
{
	return say(injection, "at-pc", json_pack("{s:o, s:o}", "first",
		   address_json(first), "last", address_json(last)), error);
}

/* ADDRESS or FIRST-LAST */
static int set_at_pc(struct injection *injection, const char *value,
		     struct papr_error *error)
{
	uint64_t first, last;
	const char *rest;
	int r = 0;

	if (!parse_number(value, &first, &rest) || (*rest && *rest != '-'))
		return take_address(value, &first, error);
	last = first;
	if (*rest)
		r = take_address(rest + 1, &last, error);
	if (r)
		return r;
	if (first % 4 || last % 4)
		return refuse(error, -EINVAL, "0x%" PRIx64 " is the address of "
			      "no instruction, which is a multiple of 4",
			      first % 4 ? first : last);
	if (last < first)
		return refuse(error, -EINVAL, "%.64s ends before it begins",
			      value);
	return injection_at_pc(injection, first, last, error);
}

static int name_function(struct injection *injection, const char *name,
			 size_t len, struct papr_error *error)
{
	if (!len || len >= sizeof(injection->function))
		return refuse(error, -EINVAL, "here should be the name of a "
			      "function");
	memcpy(injection->function, name, len);
	injection->function[len] = '\0';
	return 0;
}

/* do_idle or do_idle+0x10 */
static int set_at_symbol(struct injection *injection, const char *value,
			 struct papr_error *error)
{
	const char *plus = strchrnul(value, '+');
	int r = name_function(injection, value, plus - value, error);

	if (r || !*plus)
		return r;
	injection->exact = true;
	r = take_number(plus + 1, INT32_MAX, "offset", &injection->offset,
			error);
	if (!r && injection->offset % 4)
		return refuse(error, -EINVAL, "%.64s is no offset of an "
			      "instruction, which is a multiple of 4",
			      plus + 1);
	return r;
}

static int set_at_function(struct injection *injection, const char *value,
			   struct papr_error *error)
{
	injection->whole = true;
	return name_function(injection, value, strlen(value), error);
}

/* --- all of them */

#define WHEN 0x80000000u

static const struct setting {
	const char *key;
	int (*set)(struct injection *injection, const char *value,
		   struct papr_error *error);
	unsigned int group;	/* of which one can be said */
} settings[] = {
	{ "error", set_error, 0 },
	{ "ea", set_ea, 0 },
	{ "logical", set_logical, 0 },
	{ "severity", set_severity, 0 },
	{ "disposition", set_disposition, 0 },
	{ "cpu", set_cpu, 0 },
	{ "context", set_context, 0 },
	{ "repeat", set_repeat, 0 },
	{ "at-hypercall", set_at_hypercall, WHEN },
	{ "at-pc", set_at_pc, WHEN },
	{ "at-symbol", set_at_symbol, WHEN },
	{ "at-function", set_at_function, WHEN },
};

static int refuse_key(const char *key, struct papr_error *error)
{
	return refuse(error, -ENOENT, "%.64s is unknown here; there are error, "
		      "ea, logical, severity, disposition, cpu, context, "
		      "repeat, at-hypercall, at-pc, at-symbol and at-function",
		      key);
}

int injection_set(struct injection *injection, const char *key,
		  const char *value, struct papr_error *error)
{
	const struct setting *s = NULL;
	unsigned int bit;
	size_t i;
	int r;

	for (i = 0; i < COUNT_OF(settings); i++)
		if (!strcmp(settings[i].key, key))
			s = &settings[i];
	if (!s)
		return refuse_key(key, error);
	bit = s->group ? s->group : 1u << (s - settings);
	if (s->group)
		forget_when(injection);
	if (injection->said & bit)
		r = refuse(error, -EINVAL, s->group ? "only one of "
			   "at-hypercall, at-pc, at-symbol and at-function "
			   "can be said" : "it is said twice");
	else
		r = s->set(injection, value, error);
	injection->said |= bit;
	return r ? refuse_at(error, r, key) : 0;
}

int injection_init(struct injection *injection)
{
	*injection = (struct injection){
		.args = json_object(),
		.info = {
			.size = sizeof(injection->info),
			.severity = PAPR_ELOG_ERROR_SYNC,
			.disposition = PAPR_ELOG_FULLY_RECOVERED,
			.initiator = PAPR_ELOG_CPU,
		},
		.repeat = 1,
	};
	return injection->args ? 0 : -ENOMEM;
}

int injection_copy(struct injection *injection, const struct injection *from)
{
	*injection = *from;
	injection->said = 0;
	injection->args = json_copy(from->args);
	return injection->args ? 0 : -ENOMEM;
}

void injection_free(struct injection *injection)
{
	json_decref(injection->args);
	injection->args = NULL;
}

int injection_duration(const char *text, int *ms, struct papr_error *error)
{
	uint64_t value, unit = 0;
	const char *rest;

	if (number_parse(text, &value, &rest))
		rest = "?";
	if (!*rest || !strcmp(rest, "s"))
		unit = 1000;
	else if (!strcmp(rest, "ms"))
		unit = 1;
	if (!unit || value > DAY_MS / unit)
		return refuse(error, -EINVAL, "%.64s is no time up to a day, "
			      "such as 30, 30s or 500ms", text);
	*ms = value * unit;
	return 0;
}
