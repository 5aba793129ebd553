/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of a cell: from counts, and from what the guest says. */
#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tools/survey.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

static const struct {
	const char *name, *words;
} outcomes[] = {
	{ "not-made", "does not make it" },
	{ "refused", "cannot be failed" },
	{ "retries", "retries" },
	{ "silent", "goes on" },
	{ "complains", "complains, goes on" },
	{ "waits", "waits until it works" },
	{ "bug", "oops" },
	{ "panic", "panics" },
	{ "ended", "ends" },
	{ "hang", "hangs" },
};

const char *survey_outcome_words(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		if (!strcmp(outcomes[i].name, name))
			return outcomes[i].words;
	return NULL;
}

/* --- lines */

/*
 * What follows the kernel's time, "[    1.234567] ", or NULL: what programs
 * say, and the display of RTAS, comes in between in pieces.
 */
static const char *after_time(const char *line)
{
	const char *at, *c;

	for (at = strchr(line, '['); at; at = strchr(at + 1, '[')) {
		c = at + 1 + strspn(at + 1, " ");
		if (!isdigit((unsigned char)*c))
			continue;
		c += strspn(c, "0123456789");
		if (*c == '.' && strspn(c + 1, "0123456789") == 6 &&
		    c[7] == ']')
			return c + 8 + strspn(c + 8, " ");
	}
	return NULL;
}

/* Words with digits are other ones each time. */
static void normalise(const char *from, char *to, size_t size)
{
	size_t n = 0, len;

	for (; *from && n + 1 < size; from += len) {
		for (len = 0; isalnum((unsigned char)from[len]); len++)
			;
		if (strcspn(from, "0123456789") < len) {
			to[n++] = '#';
			continue;
		}
		len += !len;
		for (size_t i = 0; i < len && n + 1 < size; i++)
			to[n++] = from[i];
	}
	to[n] = '\0';
}

static bool has(char *const *lines, size_t n, const char *line)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(lines[i], line))
			return true;
	return false;
}

void survey_known_add(struct survey_known *k, const char *line)
{
	const char *said = after_time(line);
	char text[SURVEY_TEXT], **lines;

	if (!said)
		return;
	normalise(said, text, sizeof(text));
	if (has(k->lines, k->n, text))
		return;
	lines = realloc(k->lines, (k->n + 1) * sizeof(*lines));
	if (!lines)
		return;
	k->lines = lines;
	lines[k->n] = strdup(text);
	k->n += lines[k->n] != NULL;
}

void survey_known_free(struct survey_known *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->lines[i]);
	free(k->lines);
	*k = (struct survey_known){ 0 };
}

/* As it may be shown anywhere. */
static void keep(char *to, const char *from)
{
	size_t i;

	for (i = 0; from[i] && i < SURVEY_TEXT - 1; i++)
		to[i] = from[i] < ' ' || from[i] > '~' ? '?' : from[i];
	to[i] = '\0';
}

static bool was_said(const struct survey_watch *w, const char *text)
{
	char other[SURVEY_TEXT];

	for (size_t i = 0; i < w->n; i++) {
		normalise(w->lines[i], other, sizeof(other));
		if (!strcmp(other, text))
			return true;
	}
	return false;
}

/* A busy or emulated host makes Linux say this at any time. */
static bool is_slowness(const char *said)
{
	return strstr(said, "hrtimer: interrupt took ");
}

static void take_unknown(struct survey_watch *w, const char *said)
{
	char text[SURVEY_TEXT];

	normalise(said, text, sizeof(text));
	if (has(w->known->lines, w->known->n, text) || !*text ||
	    is_slowness(said))
		return;
	w->unknown++;
	if (w->n < SURVEY_LINES && !was_said(w, text))
		keep(w->lines[w->n++], said);
}

static bool is_bug(const char *said)
{
	return strstr(said, "Oops: ") || strstr(said, "BUG: ") ||
	       strstr(said, "kernel BUG at ");
}

void survey_watch_line(struct survey_watch *w, const char *line)
{
	const char *said = after_time(line) ?: line;
	const char *panic = strstr(line, "Kernel panic - not syncing");

	if (!regexec(w->alive, line, 0, NULL, 0)) {
		w->beats++;
		return;
	}
	if (panic && !w->panic)
		keep(w->end, panic);
	else if (is_bug(said) && !w->bug && !w->panic)
		keep(w->end, said);
	else if (after_time(line))
		take_unknown(w, said);
	w->panic |= panic != NULL;
	w->bug |= is_bug(said);
}

/* Its own words may follow those of the guest in one line. */
void survey_watch_end(struct survey_watch *w, int status, const char *said)
{
	said = strstr(said, "papr run: ") ?: said;
	w->ended = true;
	w->panic |= status == RUN_OS_TERM;
	if (!*w->end)
		keep(w->end, said);
}

/* --- the verdict */

static bool is_busy(const json_t *cell)
{
	const struct survey_fault *fault =
		survey_fault(survey_text(cell, "fault"));

	return fault && strstr(fault->option, "retries");
}

/*
 * A call is answered after ten repetitions that are the same, and not before:
 * were half of them repeated so?
 */
static bool was_repeated(const struct survey_counts *counts)
{
	return counts->calls > counts->failed &&
	       (counts->calls - counts->failed) * 20 >= counts->failed;
}

/* The first that is true. */
static const char *outcome_of(const struct survey_watch *w,
			      const struct survey_counts *counts, bool busy)
{
	if (w->panic)
		return "panic";
	if (w->ended)
		return "ended";
	if (w->hang)
		return "hang";
	if (w->bug)
		return "bug";
	if (!counts->failed)
		return "not-made";
	if (w->waited)
		return "waits";
	if (busy && was_repeated(counts))
		return "retries";
	return w->unknown ? "complains" : "silent";
}

void survey_judge(const struct survey_watch *w,
		  const struct survey_counts *counts, json_t *cell)
{
	json_t *lines = json_array();

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(lines, json_string(w->lines[i]));
	json_object_set_new(cell, "outcome", json_string(
		outcome_of(w, counts, is_busy(cell))));
	json_object_set_new(cell, "calls", json_integer(counts->calls));
	json_object_set_new(cell, "failed", json_integer(counts->failed));
	json_object_set_new(cell, "lasting", json_boolean(w->lasting));
	json_object_set_new(cell, "lines", lines);
	json_object_set_new(cell, "unknown", json_integer(w->unknown));
	json_object_set_new(cell, "end", json_string(w->end));
}
