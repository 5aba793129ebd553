/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <papr/elog.h>

#include "tools/inject-event.h"
#include "vmm/util.h"

/* Each class, and the argument that follows it behind a colon. */
static const struct class {
	const char *name;
	const char *first;
} classes[] = {
	{ "epow", "action" },
	{ "hot-plug", "type" },
	{ "io", "type" },
	{ "internal-error", "severity" },
	{ "log", "log" },
};

static const struct class *find(const char *what)
{
	size_t len = strcspn(what, ":");

	for (size_t i = 0; i < COUNT_OF(classes); i++)
		if (strlen(classes[i].name) == len &&
		    !strncmp(classes[i].name, what, len))
			return &classes[i];
	return NULL;
}

bool inject_event_is(const char *what)
{
	return find(what);
}

/* The digits of a file's bytes. */
static json_t *read_log(const char *path, struct papr_error *error)
{
	char bytes[PAPR_ELOG_MAX + 1], text[2 * PAPR_ELOG_MAX + 1] = "";
	FILE *file = fopen(path, "r");
	size_t len;

	if (!file) {
		refuse(error, -errno, "%s: %s", path, strerror(errno));
		return NULL;
	}
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	if (!len || len > PAPR_ELOG_MAX) {
		refuse(error, -EINVAL, "%s: a log has 8 to %d bytes", path,
		       PAPR_ELOG_MAX);
		return NULL;
	}
	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", (unsigned char)bytes[i]);
	return json_string(text);
}

static bool is_one_of(const char *key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

/* What the machine takes as a number or truth, the rest is text. */
static json_t *value_of(const char *key, const char *text)
{
	static const char *const numbers[] = { "count", "drc-index", "index" };
	static const char *const truths[] = { "scan" };
	char *end;
	unsigned long long number = strtoull(text, &end, 0);

	if (is_one_of(key, numbers, COUNT_OF(numbers)) && *text && !*end &&
	    *text != '-' && number <= UINT32_MAX)
		return json_integer(number);
	if (is_one_of(key, truths, COUNT_OF(truths)) &&
	    (!strcmp(text, "true") || !strcmp(text, "false")))
		return json_boolean(*text == 't');
	return json_string(text);
}

static int add(json_t *args, const char *key, json_t *value,
	       struct papr_error *error)
{
	if (json_object_get(args, key)) {
		json_decref(value);
		return refuse(error, -EINVAL, "%s: it is said twice", key);
	}
	if (json_object_set_new(args, key, value))
		return refuse(error, -EINVAL, "%s: this is no text", key);
	return 0;
}

static int add_field(json_t *args, const char *field, struct papr_error *error)
{
	const char *equals = strchr(field, '=');
	char key[40];

	if (!equals || equals == field ||
	    (size_t)(equals - field) >= sizeof(key))
		return refuse(error, -EINVAL, "%.40s: an event has fields, "
			      "such as modifier=temperature", field);
	snprintf(key, sizeof(key), "%.*s", (int)(equals - field), field);
	return add(args, key, value_of(key, equals + 1), error);
}

static int add_first(json_t *args, const struct class *class,
		     const char *what, struct papr_error *error)
{
	const char *colon = strchr(what, ':');
	json_t *value;

	if (!colon)
		return 0;
	if (strcmp(class->name, "log"))
		return add(args, class->first, json_string(colon + 1), error);
	value = read_log(colon + 1, error);
	return value ? add(args, class->first, value, error) : -EINVAL;
}

json_t *inject_event_args(const char *what, const char *const *fields, int n,
			  struct papr_error *error)
{
	const struct class *class = find(what);
	json_t *args = json_pack("{s:s}", "class", class->name);
	int r = add_first(args, class, what, error);

	for (int i = 0; !r && i < n; i++)
		r = add_field(args, fields[i], error);
	if (!r)
		return args;
	json_decref(args);
	return NULL;
}
