/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results for people.  A file of them may have been written by anybody:
 * what is missing or of another type is 0 or "".
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "tools/survey.h"
#include "vmm/stats.h"
#include "vmm/util.h"

const char *survey_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key)) ?: "";
}

static void put_text(const json_t *object, const char *key, FILE *f)
{
	char text[512];

	fputs(stats_string(object, key, text, sizeof(text)), f);
}

/* Of the guest's words: nothing of it may be taken for markup. */
static void put_quote(const char *text, FILE *f)
{
	for (; *text; text++)
		fputc(*text < ' ' || *text > '~' ? '?' :
		      *text == '`' || *text == '|' ? '\'' : *text, f);
}

static const char *words(const json_t *cell)
{
	return survey_outcome_words(survey_text(cell, "outcome")) ?: "-";
}

/* --- text */

static void put_lines(const json_t *cell, FILE *f)
{
	const json_t *lines = json_object_get(cell, "lines"), *line;
	const char *between = ": ";
	size_t i;

	if (*survey_text(cell, "end")) {
		fputs(between, f);
		put_quote(survey_text(cell, "end"), f);
		between = "; ";
	}
	json_array_foreach(lines, i, line) {
		fputs(between, f);
		put_quote(json_string_value(line) ?: "", f);
		between = "; ";
	}
}

void survey_show_cell(const json_t *cell, FILE *f)
{
	put_text(cell, "moment", f);
	fputc(' ', f);
	put_text(cell, "call", f);
	fputc(' ', f);
	put_text(cell, "fault", f);
	fprintf(f, ": %s%s (%" PRIu64 " of %" PRIu64 " calls failed, %"
		PRIu64 " are usual)", words(cell),
		json_is_true(json_object_get(cell, "lasting")) ?
		", is not as before" : "", stats_number(cell, "failed"),
		stats_number(cell, "calls"), stats_number(cell, "normal"));
	put_lines(cell, f);
	fputc('\n', f);
}

static void put_kernel_call(const json_t *call, FILE *f)
{
	put_text(call, "name", f);
	if (json_object_get(call, "count"))
		fprintf(f, ", made %" PRIu64 " times",
			stats_number(call, "count"));
	fputs(": ", f);
	put_text(call, "reason", f);
	fputc('\n', f);
}

void survey_show(const json_t *survey, FILE *f)
{
	const json_t *list = json_object_get(survey, "cells"), *one;
	size_t i;

	json_array_foreach(list, i, one)
		survey_show_cell(one, f);
	list = json_object_get(survey, "kernel");
	if (json_array_size(list))
		fputs("\nThe kernel answers, and cannot be made to fail:\n", f);
	json_array_foreach(list, i, one)
		put_kernel_call(one, f);
}

/* --- Markdown */

struct column {
	const char *moment;
	const char *fault;
};

static const json_t *find_cell(const json_t *survey, const json_t *call,
			       const struct column *c)
{
	const json_t *cells = json_object_get(survey, "cells"), *cell;
	size_t i;

	json_array_foreach(cells, i, cell)
		if (!strcmp(survey_text(cell, "call"),
			    survey_text(call, "name")) &&
		    json_is_true(json_object_get(cell, "rtas")) ==
		    json_is_true(json_object_get(call, "rtas")) &&
		    !strcmp(survey_text(cell, "moment"), c->moment) &&
		    !strcmp(survey_text(cell, "fault"), c->fault))
			return cell;
	return NULL;
}

static bool has_column(const json_t *survey, const struct column *c)
{
	const json_t *calls = json_object_get(survey, "calls"), *call;
	size_t i;

	json_array_foreach(calls, i, call)
		if (find_cell(survey, call, c))
			return true;
	return false;
}

static void put_cell(const json_t *cell, FILE *f)
{
	if (!cell) {
		fputs(" |", f);
		return;
	}
	fprintf(f, " %s%s", words(cell),
		json_is_true(json_object_get(cell, "lasting")) ?
		", is not as before" : "");
	if (stats_number(cell, "failed"))
		fprintf(f, " (%" PRIu64 "/%" PRIu64 ")",
			stats_number(cell, "failed"),
			stats_number(cell, "calls"));
	fputs(" |", f);
}

static void put_row(const json_t *survey, const json_t *call,
		    const char *moment, FILE *f)
{
	struct column c = { moment, NULL };

	if (!stats_number(call, moment))
		return;
	fputs("| `", f);
	put_text(call, "name", f);
	fprintf(f, "` | %" PRIu64 " |", stats_number(call, moment));
	for (size_t i = 0; (c.fault = survey_fault_name(i)); i++)
		if (has_column(survey, &c))
			put_cell(find_cell(survey, call, &c), f);
	fputc('\n', f);
}

static void put_table(const json_t *survey, const char *title,
		      const char *moment, FILE *f)
{
	const json_t *calls = json_object_get(survey, "calls"), *call;
	struct column c = { moment, NULL };
	size_t i, columns = 0;

	fprintf(f, "\n### %s\n\n| call | usual |", title);
	for (i = 0; (c.fault = survey_fault_name(i)); i++)
		if (has_column(survey, &c)) {
			fprintf(f, " %s |", c.fault);
			columns++;
		}
	fputs("\n| --- | --- |", f);
	while (columns--)
		fputs(" --- |", f);
	fputc('\n', f);
	json_array_foreach(calls, i, call)
		put_row(survey, call, moment, f);
}

/* The first line, and how many more; text and JSON have some of those. */
static void put_words(const json_t *cell, FILE *f)
{
	const json_t *lines = json_object_get(cell, "lines");
	const char *first = json_string_value(json_array_get(lines, 0));
	const char *end = survey_text(cell, "end");
	uint64_t all = stats_number(cell, "unknown");

	if (!*end && !first)
		return;
	fputs("- `", f);
	put_text(cell, "call", f);
	fputs("`, ", f);
	put_text(cell, "fault", f);
	fputs(", ", f);
	put_text(cell, "moment", f);
	fputs(": `", f);
	put_quote(first ?: end, f);
	fputs("`", f);
	if (first && all > 1)
		fprintf(f, " and %" PRIu64 " more", all - 1);
	if (first && *end) {
		fputs(", at last `", f);
		put_quote(end, f);
		fputs("`", f);
	}
	fputc('\n', f);
}

static void put_member(const json_t *survey, const char *title,
		       const char *key, FILE *f)
{
	fprintf(f, "- %s: `", title);
	put_quote(survey_text(survey, key), f);
	fputs("`\n", f);
}

void survey_markdown(const json_t *survey, FILE *f)
{
	const json_t *list = json_object_get(survey, "kernel"), *one;
	size_t i;

	fputs("<!-- papr survey: begin -->\n", f);
	put_member(survey, "guest", "guest", f);
	put_member(survey, "host", "host", f);
	put_member(survey, "command", "command", f);
	put_table(survey, "At boot", SURVEY_BOOT, f);
	put_table(survey, "At run time", SURVEY_RUN, f);
	fputs("\n### Calls that stay in the kernel\n\n", f);
	json_array_foreach(list, i, one) {
		fputs("- ", f);
		put_kernel_call(one, f);
	}
	fputs("\n### What the guest says\n\n", f);
	list = json_object_get(survey, "cells");
	json_array_foreach(list, i, one)
		put_words(one, f);
	fputs("<!-- papr survey: end -->\n", f);
}
