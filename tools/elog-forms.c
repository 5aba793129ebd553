/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error logs as text and as JSON.  Names and values of fields are the
 * library's; here is only what goes around them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tools/elog-forms.h"

/* Text is longer than the log it describes, but not by so much. */
#define FILE_MAX (64 * PAPR_ELOG_MAX)

static int complain(const char *path, const char *sentence)
{
	fprintf(stderr, "%s: %s\n", path, sentence);
	return -1;
}

char *elog_read_file(const char *path, size_t *len)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	char *bytes = malloc(FILE_MAX + 1);
	const char *wrong = NULL;

	if (!f || !bytes) {
		wrong = strerror(errno);
	} else {
		*len = fread(bytes, 1, FILE_MAX + 1, f);
		if (ferror(f))
			wrong = strerror(errno);
		else if (*len > FILE_MAX)
			wrong = "it is too long for an error log";
		else
			bytes[*len] = '\0';
	}
	if (f && f != stdin)
		fclose(f);
	if (!wrong)
		return bytes;
	complain(path, wrong);
	free(bytes);
	return NULL;
}

int elog_read(const char *path, struct papr_elog **elog)
{
	struct papr_error error;
	size_t len;
	char *bytes = elog_read_file(path, &len);
	int r = 0;

	if (!bytes)
		return -1;
	if (papr_elog_decode(bytes, len, elog, &error))
		r = complain(path, error.text);
	free(bytes);
	return r;
}

/* "[MC]" begins a part; the header is there from the beginning. */
static int begin_part(struct papr_elog *elog, const char *name,
		      struct papr_error *error)
{
	struct papr_elog_part part;

	if (!strcmp(name, "header") &&
	    papr_elog_part(elog, 1, &part) == -ENOENT)
		return 0;
	return papr_elog_add(elog, name, error);
}

static int set_field(struct papr_elog *elog, const char *name,
		     const char *value, struct papr_error *error)
{
	char path[64];

	snprintf(path, sizeof(path), ".%s", name);
	return papr_elog_set(elog, path, value, error);
}

static int refuse(struct papr_error *error, const char *why)
{
	snprintf(error->text, sizeof(error->text), "%s", why);
	return -EINVAL;
}

/* Cuts blanks off both ends. */
static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t\r");
	len = strlen(s);
	while (len && strchr(" \t\r", s[len - 1]))
		s[--len] = '\0';
	return s;
}

/* Only what is in quotes may have a # in it. */
static char *text_value(char *s)
{
	char *end;

	if (*s == '"') {
		end = strchr(s + 1, '"');
		if (!end || !strchr("#", *trim(end + 1)))
			return NULL;
		*end = '\0';
		return s + 1;
	}
	s[strcspn(s, "#")] = '\0';
	return trim(s);
}

static int parse_line(struct papr_elog *elog, char *line,
		      struct papr_error *error)
{
	char *s = trim(line), *end, *value;

	if (!*s || *s == '#')
		return 0;
	if (*s == '[') {
		end = strchr(s, ']');
		if (!end || !strchr("#", *trim(end + 1)))
			return refuse(error, "a part is a name in brackets");
		*end = '\0';
		return begin_part(elog, s + 1, error);
	}
	end = strchr(s, '=');
	if (!end)
		return refuse(error, "here should be \"name = value\", or a "
			      "part in brackets");
	*end = '\0';
	value = text_value(trim(end + 1));
	if (!value)
		return refuse(error, "the value has only one quote, or "
			      "something behind the second");
	return set_field(elog, trim(s), value, error);
}

static int parse_text(struct papr_elog *elog, const char *path, char *text)
{
	struct papr_error error;
	unsigned int number = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		number++;
		if (!parse_line(elog, line, &error))
			continue;
		fprintf(stderr, "%s:%u: %s\n", path, number, error.text);
		return -1;
	}
	return 0;
}

static int set_json(struct papr_elog *elog, const char *name, json_t *json,
		    struct papr_error *error)
{
	char number[32];

	if (json_is_string(json))
		return set_field(elog, name, json_string_value(json), error);
	if (json_is_boolean(json))
		return set_field(elog, name, json_is_true(json) ? "true" :
				 "false", error);
	if (!json_is_integer(json))
		return refuse(error, "a value is a string, an integer, true "
			      "or false");
	snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
		 json_integer_value(json));
	return set_field(elog, name, number, error);
}

/* The fields of an object in their order, after the part they are of. */
static int parse_part(struct papr_elog *elog, json_t *object,
		      struct papr_error *error)
{
	const char *part = json_string_value(json_object_get(object, "part"));
	const char *name;
	json_t *value;
	int r;

	if (!part)
		return refuse(error, "it has no \"part\" that is a name");
	r = begin_part(elog, part, error);
	json_object_foreach(object, name, value) {
		if (!r && strcmp(name, "part"))
			r = set_json(elog, name, value, error);
	}
	return r;
}

static int parse_json(struct papr_elog *elog, const char *path,
		      const char *text, size_t len)
{
	json_error_t why;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	json_t *parts = json_object_get(json, "parts"), *part;
	struct papr_error error;
	size_t i;
	int r = 0;

	if (!json)
		fprintf(stderr, "%s:%d:%d: %s\n", path, why.line, why.column,
			why.text);
	else if (!json_is_array(parts))
		complain(path, "there is no \"parts\" that is an array");
	json_array_foreach(parts, i, part) {
		r = parse_part(elog, part, &error);
		if (!r)
			continue;
		fprintf(stderr, "%s: parts[%zu]: %s\n", path, i, error.text);
		break;
	}
	r = r || !json_is_array(parts) ? -1 : 0;
	json_decref(json);
	return r;
}

int elog_parse(const char *path, uint32_t flags, struct papr_elog **elog)
{
	size_t len;
	char *text = elog_read_file(path, &len);
	int r;

	if (!text)
		return -1;
	*elog = papr_elog_new(flags);
	if (!*elog)
		r = complain(path, "out of memory");
	else if (text[strspn(text, " \t\r\n")] == '{')
		r = parse_json(*elog, path, text, len);
	else if (strlen(text) != len)
		r = complain(path, "this is no text; papr elog decode reads "
			     "binary logs");
	else
		r = parse_text(*elog, path, text);
	free(text);
	if (r) {
		papr_elog_free(*elog);
		*elog = NULL;
	}
	return r;
}

static int print_field(const struct papr_elog_field *field, void *f)
{
	const char *quote = field->format == PAPR_ELOG_TEXT ? "\"" : "";

	fprintf(f, "%s = %s%s%s\n", field->name, quote, field->text, quote);
	return 0;
}

void elog_print_text(const struct papr_elog *elog, FILE *f)
{
	struct papr_elog_part part;

	for (unsigned int i = 0; !papr_elog_part(elog, i, &part); i++) {
		fprintf(f, "%s[%s]\t# byte %zu, %zu bytes%s%s\n",
			i ? "\n" : "", part.name, part.offset, part.len,
			part.title ? ": " : "", part.title ? part.title : "");
		papr_elog_fields(elog, i, print_field, f);
	}
}

static int add_json(const struct papr_elog_field *field, void *object)
{
	json_t *json;

	switch (field->format) {
	case PAPR_ELOG_NUMBER:
		json = json_integer(field->value);
		break;
	case PAPR_ELOG_FLAG:
		json = json_boolean(field->value);
		break;
	default:
		json = json_string(field->text);
		break;
	}
	return json_object_set_new(object, field->name, json);
}

int elog_print_json(const struct papr_elog *elog, FILE *f)
{
	json_t *parts = json_array(), *json;
	struct papr_elog_part part;
	int r = 0;

	for (unsigned int i = 0; !papr_elog_part(elog, i, &part); i++) {
		json_t *object = json_pack("{s:s}", "part", part.name);

		r |= papr_elog_fields(elog, i, add_json, object);
		r |= json_array_append_new(parts, object);
	}
	json = json_pack("{s:o}", "parts", parts);
	r |= json_dumpf(json, f, JSON_INDENT(2));
	fputc('\n', f);
	json_decref(json);
	return r ? complain("papr elog", "cannot print JSON") : 0;
}
