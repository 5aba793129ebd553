/* SPDX-License-Identifier: BSD-2-Clause */
/* The markers on the lab's serial line, whatever the bytes around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/lab-console.h"

#define NONCE	"0123456789abcdef0123456789abcdef"
#define START	"\036" NONCE " start\n"
#define END(n)	"\036" NONCE " exit " #n "\n"

struct seen {
	struct lab_console console;
	char boot[4096];
	size_t boot_len;
	char output[4096];
	size_t output_len;
};

static void record(void *opaque, enum lab_phase phase, const char *bytes,
		   size_t len)
{
	struct seen *s = opaque;
	char *to = phase == LAB_BOOTING ? s->boot : s->output;
	size_t *to_len = phase == LAB_BOOTING ? &s->boot_len : &s->output_len;

	assert_true(*to_len + len <= sizeof(s->boot));
	memcpy(to + *to_len, bytes, len);
	*to_len += len;
}

static struct seen *see(const char *bytes, size_t len, size_t step)
{
	struct seen *s = calloc(1, sizeof(*s));
	size_t at, n;

	assert_non_null(s);
	lab_console_init(&s->console, NONCE, record, s);
	for (at = 0; at < len; at += n) {
		n = len - at < step ? len - at : step;
		lab_console_feed(&s->console, bytes + at, n);
	}
	return s;
}

static void assert_output(const struct seen *s, const char *want, size_t len)
{
	assert_int_equal(s->output_len, len);
	assert_memory_equal(s->output, want, len);
}

struct stream {
	const char *bytes;
	size_t len;
	const char *output;
	size_t output_len;
	int status;		/* -1: the end marker is not seen */
};

#define STREAM(in, out, st) { in, sizeof(in) - 1, out, sizeof(out) - 1, st }

static const struct stream streams[] = {
	STREAM("boot\r\n" START "hello\n" END(0), "hello\n", 0),
	STREAM(START END(7), "", 7),
	STREAM(START "x" END(143) "late", "x", 143),
	STREAM(START "\0\r\n\036\377" END(1), "\0\r\n\036\377", 1),
	STREAM(START "\036\036" END(255), "\036\036", 255),
	STREAM(START "\036" NONCE " exit \n" END(2),
	       "\036" NONCE " exit \n", 2),
	STREAM(START "\036" NONCE " exit 1234\n" END(3),
	       "\036" NONCE " exit 1234\n", 3),
	STREAM(START "\036" NONCE " exit 1x" END(4),
	       "\036" NONCE " exit 1x", 4),
	STREAM(START START END(5), START, 5),
	STREAM(START "ab[   14.406441265,5] OPAL: Shutdown\r\ncd\n" END(6),
	       "abcd\n", 6),
	STREAM(START "[12345.123456789,3] SBE\n[    1.000000000,0] x\n" END(8),
	       "", 8),
	STREAM(START "[   14.406441265,5]x[1] [  1 [[   14.40644126,5] " END(9),
	       "[   14.406441265,5]x[1] [  1 [[   14.40644126,5] ", 9),
	STREAM(START "[   14.\036" END(10), "[   14.\036", 10),
	STREAM(START "\036" "0123" END(6), "\036" "0123", 6),
	STREAM(END(0) START "y", "y", -1),
	STREAM("\036" "0" START "z" "\036" "1" NONCE " exit 0\n",
	       "z" "\036" "1" NONCE " exit 0\n", -1),
};

#define N_STREAMS (sizeof(streams) / sizeof(streams[0]))

static void check_streams(size_t step)
{
	const struct stream *t;
	struct seen *s;

	for (t = streams; t < streams + N_STREAMS; t++) {
		s = see(t->bytes, t->len, step);
		assert_output(s, t->output, t->output_len);
		assert_int_equal(s->console.phase == LAB_ENDED,
				 t->status >= 0);
		if (t->status >= 0)
			assert_int_equal(s->console.status, t->status);
		free(s);
	}
}

static void output_and_status_come_through_in_one_piece(void **state)
{
	(void)state;
	check_streams(SIZE_MAX);
}

static void output_and_status_come_through_byte_by_byte(void **state)
{
	(void)state;
	check_streams(1);
}

static void output_and_status_come_through_in_any_pieces(void **state)
{
	size_t step;

	(void)state;
	for (step = 2; step < 50; step++)
		check_streams(step);
}

static void what_looks_like_firmware_is_kept_for_who_types(void **state)
{
	static const char text[] = "[   14.406441265,5] \n";
	struct seen *s = see(START, sizeof(START) - 1, 1);

	(void)state;
	s->console.keep_stamps = true;
	lab_console_feed(&s->console, text, 1);
	assert_output(s, text, 1);
	lab_console_feed(&s->console, text + 1, sizeof(text) - 2);
	assert_output(s, text, sizeof(text) - 1);
	free(s);
}

static void output_is_passed_on_before_the_end(void **state)
{
	static const char bytes[] = START "progress 10%";
	struct seen *s = see(bytes, sizeof(bytes) - 1, SIZE_MAX);

	(void)state;
	assert_output(s, "progress 10%", 12);
	free(s);
}

static void an_unfinished_marker_is_output_when_the_line_ends(void **state)
{
	static const char bytes[] = START "a\036" "0123";
	struct seen *s = see(bytes, sizeof(bytes) - 1, 1);

	(void)state;
	assert_output(s, "a", 1);
	lab_console_finish(&s->console);
	assert_output(s, "a\036" "0123", 6);
	free(s);
}

static void boot_messages_are_no_output(void **state)
{
	static const char bytes[] = "firmware\nkernel\n" START "out";
	struct seen *s = see(bytes, sizeof(bytes) - 1, 3);

	(void)state;
	assert_int_equal(s->boot_len, 16);
	assert_memory_equal(s->boot, "firmware\nkernel\n", 16);
	assert_output(s, "out", 3);
	free(s);
}

static void assert_tail(const char *boot, unsigned int lines, const char *want)
{
	struct seen *s = see(boot, strlen(boot), SIZE_MAX);
	const char *tail;
	size_t len;

	tail = lab_console_boot_tail(&s->console, lines, &len);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(tail, want, len);
	free(s);
}

static void the_boot_tail_has_at_most_the_lines_asked_for(void **state)
{
	(void)state;
	assert_tail("one\ntwo\nthree\n", 2, "two\nthree\n");
	assert_tail("one\ntwo\nthree", 2, "two\nthree");
	assert_tail("one\ntwo\n", 3, "one\ntwo\n");
	assert_tail("", 3, "");
}

static void ignore(void *opaque, enum lab_phase phase, const char *bytes,
		   size_t len)
{
	(void)opaque;
	(void)phase;
	(void)bytes;
	(void)len;
}

static void only_the_newest_boot_messages_are_kept(void **state)
{
	static struct lab_console c;
	char line[100];
	const char *tail;
	size_t i, len;

	(void)state;
	lab_console_init(&c, NONCE, ignore, NULL);
	for (i = 0; i < 1000; i++) {
		memset(line, 'a' + (int)(i % 26), sizeof(line));
		lab_console_feed(&c, line, sizeof(line));
	}
	tail = lab_console_boot_tail(&c, 40, &len);
	assert_int_equal(len, LAB_BOOT_KEEP);
	assert_memory_equal(tail + len - sizeof(line), line, sizeof(line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_come_through_in_one_piece),
		cmocka_unit_test(output_and_status_come_through_byte_by_byte),
		cmocka_unit_test(output_and_status_come_through_in_any_pieces),
		cmocka_unit_test(
			what_looks_like_firmware_is_kept_for_who_types),
		cmocka_unit_test(output_is_passed_on_before_the_end),
		cmocka_unit_test(
			an_unfinished_marker_is_output_when_the_line_ends),
		cmocka_unit_test(boot_messages_are_no_output),
		cmocka_unit_test(the_boot_tail_has_at_most_the_lines_asked_for),
		cmocka_unit_test(only_the_newest_boot_messages_are_kept),
	};

	return cmocka_run_group_tests_name("lab console", tests, NULL, NULL);
}
