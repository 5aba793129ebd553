/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr survey makes of counts and of what a guest says. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/survey.h"
#include "vmm/util.h"

#define TIME "[    9.123456] "
#define USUAL TIME "tcp: 512 of 0x1000 hashed"

static regex_t alive;
static struct survey_known known;

static struct survey_watch a_watch(void)
{
	return (struct survey_watch){ .known = &known, .alive = &alive };
}

/*
 * A script of what is heard: '.' a heartbeat, 'u' the usual, 'n' news, 'o' an
 * oops, 'p' a panic, 's' that the host is slow, 'x' a program without the
 * kernel's time, digits an end with that status, 'h', 'w' and 'l' what only
 * who waits can tell.
 */
static void hear(struct survey_watch *w, char what)
{
	switch (what) {
	case '.':
		survey_watch_line(w, TIME "load: alive 3");
		break;
	case 'u':
		survey_watch_line(w, TIME "tcp: 1024 of 0x2a00 hashed");
		break;
	case 'n':
		survey_watch_line(w, TIME "rng: error -5");
		break;
	case 'o':
		survey_watch_line(w, TIME "Oops: Exception in kernel mode");
		break;
	case 'p':
		survey_watch_line(w, TIME
				  "Kernel panic - not syncing: it is over");
		break;
	case 's':
		survey_watch_line(w, TIME "hrtimer: interrupt took 99 ns");
		break;
	case 'x':
		survey_watch_line(w, "hello from a program");
		break;
	case 'h':
		w->hang = true;
		break;
	case 'w':
		w->waited = true;
		break;
	case 'l':
		w->lasting = true;
		break;
	default:
		survey_watch_end(w, what - '0', "half a papr run: the end");
	}
}

static const struct row {
	const char *what, *fault;
	uint64_t calls, failed;
	const char *heard, *outcome, *end;
} rows[] = {
	{ "no call", "busy", 0, 0, "..", "not-made", "" },
	{ "calls before the fault", "hardware", 3, 0, "..", "not-made", "" },
	{ "repeated until answered", "busy", 11, 10, "..", "retries", "" },
	{ "... with a line", "busy", 11, 10, ".n.", "retries", "" },
	{ "... again and again", "long-busy-10ms", 33, 30, "..", "retries",
	  "" },
	{ "given up at once", "busy", 1, 1, "..", "silent", "" },
	{ "given up after the third", "busy", 3, 3, ".n", "complains", "" },
	{ "repeated by chance", "busy", 41, 40, "..", "silent", "" },
	{ "an error cannot be retried", "hardware-once", 2, 1, "..",
	  "silent", "" },
	{ "an error and a line", "hardware", 2, 2, ".n.", "complains", "" },
	{ "nothing but the usual", "hardware", 2, 2, ".u.", "silent", "" },
	{ "a slow host", "hardware", 2, 2, ".s.", "silent", "" },
	{ "a program is not the kernel", "hardware", 2, 2, ".x.", "silent",
	  "" },
	{ "it waits", "hardware", 2, 2, "nw", "waits", "" },
	{ "an oops", "hardware", 2, 2, "no..", "bug",
	  "Oops: Exception in kernel mode" },
	{ "a panic", "hardware", 2, 2, "nop6", "panic",
	  "Kernel panic - not syncing: it is over" },
	{ "a panic nobody saw", "hardware", 2, 2, "6", "panic",
	  "papr run: the end" },
	{ "a panic that never ends", "hardware", 2, 2, "ph", "panic",
	  "Kernel panic - not syncing: it is over" },
	{ "an end", "hardware", 2, 2, "n0", "ended", "papr run: the end" },
	{ "a hang", "hardware", 2, 2, "nh", "hang", "" },
	{ "a hang before the call", "hardware", 0, 0, "h", "hang", "" },
};

static json_t *judged(const struct row *row)
{
	struct survey_counts counts = { row->calls, row->failed };
	json_t *cell = json_pack("{s:s}", "fault", row->fault);
	struct survey_watch w = a_watch();

	for (const char *c = row->heard; *c; c++)
		hear(&w, *c);
	survey_judge(&w, &counts, cell);
	return cell;
}

static void each_cell_has_its_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		json_t *cell = judged(&rows[i]);

		if (strcmp(survey_text(cell, "outcome"), rows[i].outcome) ||
		    strcmp(survey_text(cell, "end"), rows[i].end))
			fail_msg("%s: %s, %s", rows[i].what,
				 survey_text(cell, "outcome"),
				 survey_text(cell, "end"));
		assert_true(survey_is_done(cell));
		json_decref(cell);
	}
}

static void each_outcome_has_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_non_null(survey_outcome_words(rows[i].outcome));
	assert_null(survey_outcome_words("good"));
}

static void the_same_line_is_kept_once(void **state)
{
	struct survey_watch w = a_watch();

	(void)state;
	survey_watch_line(&w, TIME "cpu 1: stuck for 22s");
	survey_watch_line(&w, TIME "cpu 0: stuck for 4s");
	survey_watch_line(&w, "hello" TIME "another\x1b[2J");
	assert_int_equal(w.n, 2);
	assert_int_equal(w.unknown, 3);
	assert_string_equal(w.lines[0], "cpu 1: stuck for 22s");
	assert_string_equal(w.lines[1], "another?[2J");
}

static void more_lines_than_are_kept_are_counted(void **state)
{
	struct survey_watch w = a_watch();

	(void)state;
	survey_watch_line(&w, TIME "a");
	survey_watch_line(&w, TIME "b");
	survey_watch_line(&w, TIME "c");
	survey_watch_line(&w, TIME "d");
	assert_int_equal(w.n, SURVEY_LINES);
	assert_int_equal(w.unknown, 4);
}

static void a_heartbeat_is_no_news(void **state)
{
	struct survey_watch w = a_watch();

	(void)state;
	hear(&w, '.');
	assert_int_equal(w.beats, 1);
	assert_int_equal(w.unknown, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_has_its_outcome),
		cmocka_unit_test(each_outcome_has_words),
		cmocka_unit_test(the_same_line_is_kept_once),
		cmocka_unit_test(more_lines_than_are_kept_are_counted),
		cmocka_unit_test(a_heartbeat_is_no_news),
	};
	int failed;

	if (regcomp(&alive, "load: alive", REG_EXTENDED | REG_NOSUB))
		return 1;
	survey_known_add(&known, USUAL);
	survey_known_add(&known, USUAL);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	survey_known_free(&known);
	regfree(&alive);
	return failed;
}
