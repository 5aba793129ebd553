/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's terminal, on pipes and on a terminal of our own. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/console.h"

/* Standard input and output are replaced, and @near is our end of them. */
struct fixture {
	struct console console;
	int saved_in;
	int saved_out;
	int near_in;
	int near_out;
};

static int begin(void **state, const int in[2], const int out[2])
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->saved_in = dup(STDIN_FILENO);
	f->saved_out = dup(STDOUT_FILENO);
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	close(in[0]);
	f->near_in = in[1];
	f->near_out = out[0];
	if (out[1] != in[0])
		close(out[1]);
	*state = f;
	return console_open(&f->console);
}

static int on_pipes(void **state)
{
	int in[2], out[2];

	signal(SIGPIPE, SIG_IGN);
	return pipe(in) || pipe(out) || begin(state, in, out);
}

static int on_terminal(void **state)
{
	int near = posix_openpt(O_RDWR | O_NOCTTY);
	int far;

	if (near < 0 || grantpt(near) || unlockpt(near))
		return -1;
	far = open(ptsname(near), O_RDWR | O_NOCTTY);
	return begin(state, (int[]) { far, near }, (int[]) { near, far });
}

static int end(void **state)
{
	struct fixture *f = *state;

	console_close(&f->console);
	dup2(f->saved_in, STDIN_FILENO);
	dup2(f->saved_out, STDOUT_FILENO);
	close(f->saved_in);
	close(f->saved_out);
	close(f->near_in);
	if (f->near_out != f->near_in)
		close(f->near_out);
	free(f);
	return 0;
}

static void type(struct fixture *f, const void *keys, size_t len)
{
	assert_int_equal(write(f->near_in, keys, len), len);
}

static void assert_guest_reads(struct fixture *f, const char *text)
{
	char data[32] = "";

	console_take(&f->console, data, sizeof(data) - 1);
	assert_string_equal(data, text);
}

static void a_pipe_passes_every_byte(void **state)
{
	struct fixture *f = *state;

	type(f, "\001x\001\001", 4);
	assert_int_equal(console_fill(&f->console), CONSOLE_INPUT);
	assert_guest_reads(f, "\001x\001\001");
}

static void a_guest_that_reads_too_early_gets_nothing(void **state)
{
	assert_guest_reads(*state, "");
}

static void the_end_of_input_is_not_waited_for_again(void **state)
{
	struct fixture *f = *state;

	close(f->near_in);
	f->near_in = -1;
	assert_true(console_wants_input(&f->console));
	assert_int_equal(console_fill(&f->console), CONSOLE_NOTHING);
	assert_false(console_wants_input(&f->console));
}

static void bytes_stay_in_order_around_the_ring(void **state)
{
	struct fixture *f = *state;
	uint8_t sent = 0, got, chunk[100];

	for (int turn = 0; turn < 200; turn++) {
		for (size_t i = 0; i < sizeof(chunk); i++)
			chunk[i] = sent++;
		type(f, chunk, sizeof(chunk));
		console_fill(&f->console);
		got = chunk[0];
		assert_int_equal(console_take(&f->console, chunk,
					      sizeof(chunk)), sizeof(chunk));
		for (size_t i = 0; i < sizeof(chunk); i++)
			assert_int_equal(chunk[i], got++);
	}
}

static void a_full_ring_waits_until_the_guest_reads(void **state)
{
	static const uint8_t much[CONSOLE_RING + 1] = { 'a' };
	struct fixture *f = *state;
	eventfd_t events;
	uint8_t byte;

	type(f, much, sizeof(much));
	assert_int_equal(console_fill(&f->console), CONSOLE_INPUT);
	assert_false(console_wants_input(&f->console));
	assert_int_equal(eventfd_read(f->console.space_fd, &events), -1);

	assert_int_equal(console_take(&f->console, &byte, 1), 1);
	assert_int_equal(eventfd_read(f->console.space_fd, &events), 0);
	assert_true(console_wants_input(&f->console));
	assert_int_equal(console_fill(&f->console), CONSOLE_INPUT);
}

static void output_goes_out(void **state)
{
	struct fixture *f = *state;
	char data[8] = "";

	assert_int_equal(console_put(&f->console, "hello", 5), 5);
	assert_int_equal(read(f->near_out, data, sizeof(data)), 5);
	assert_string_equal(data, "hello");
}

static void what_a_program_says_of_its_end_is_known(void **state)
{
	struct fixture *f = *state;
	uint64_t status;

	assert_false(console_said(&f->console, &status));
	console_put(&f->console, "EXIT: STA", 9);
	console_put(&f->console, "TUS=5\r\n", 8);
	assert_true(console_said(&f->console, &status));
	assert_int_equal(status, 2);
	console_forget(&f->console);
	assert_false(console_said(&f->console, &status));
}

static void output_that_nobody_reads_is_to_be_tried_again(void **state)
{
	static const char block[1024];
	struct fixture *f = *state;
	ssize_t n = 1;

	for (int i = 0; n > 0 && i < 10000; i++)
		n = console_put(&f->console, block, sizeof(block));
	assert_int_equal(n, 0);
}

static void output_that_nobody_can_read_is_an_error(void **state)
{
	struct fixture *f = *state;

	close(f->near_out);
	f->near_out = -1;
	assert_int_equal(console_put(&f->console, "x", 1), -EPIPE);
}

static void a_terminal_is_raw_and_given_back(void **state)
{
	struct fixture *f = *state;
	struct termios before, during, after;

	tcgetattr(STDIN_FILENO, &during);
	assert_false(during.c_lflag & (ICANON | ECHO | ISIG));
	assert_true(during.c_oflag & OPOST);

	console_close(&f->console);
	tcgetattr(STDIN_FILENO, &before);
	assert_true(before.c_lflag & ICANON);
	assert_int_equal(console_open(&f->console), 0);
	console_close(&f->console);
	tcgetattr(STDIN_FILENO, &after);
	assert_int_equal(after.c_lflag, before.c_lflag);
	assert_int_equal(after.c_iflag, before.c_iflag);
	assert_int_equal(console_open(&f->console), 0);
}

static void ctrl_c_is_the_guests(void **state)
{
	struct fixture *f = *state;

	type(f, "\003", 1);
	assert_int_equal(console_fill(&f->console), CONSOLE_INPUT);
	assert_guest_reads(f, "\003");
}

static void ctrl_a_x_quits(void **state)
{
	struct fixture *f = *state;

	type(f, "ls\001x", 4);
	assert_int_equal(console_fill(&f->console), CONSOLE_QUIT);
}

static void ctrl_a_and_x_may_come_one_by_one(void **state)
{
	struct fixture *f = *state;

	type(f, "\001", 1);
	assert_int_equal(console_fill(&f->console), CONSOLE_NOTHING);
	type(f, "x", 1);
	assert_int_equal(console_fill(&f->console), CONSOLE_QUIT);
}

static void ctrl_a_twice_is_one(void **state)
{
	struct fixture *f = *state;

	type(f, "\001\001x", 3);
	assert_int_equal(console_fill(&f->console), CONSOLE_INPUT);
	assert_guest_reads(f, "\001x");
}

#define ON_PIPES(test) cmocka_unit_test_setup_teardown(test, on_pipes, end)
#define ON_TERMINAL(test) \
	cmocka_unit_test_setup_teardown(test, on_terminal, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_PIPES(a_pipe_passes_every_byte),
		ON_PIPES(a_guest_that_reads_too_early_gets_nothing),
		ON_PIPES(the_end_of_input_is_not_waited_for_again),
		ON_PIPES(bytes_stay_in_order_around_the_ring),
		ON_PIPES(a_full_ring_waits_until_the_guest_reads),
		ON_PIPES(output_goes_out),
		ON_PIPES(what_a_program_says_of_its_end_is_known),
		ON_PIPES(output_that_nobody_reads_is_to_be_tried_again),
		ON_PIPES(output_that_nobody_can_read_is_an_error),
		ON_TERMINAL(a_terminal_is_raw_and_given_back),
		ON_TERMINAL(ctrl_c_is_the_guests),
		ON_TERMINAL(ctrl_a_x_quits),
		ON_TERMINAL(ctrl_a_and_x_may_come_one_by_one),
		ON_TERMINAL(ctrl_a_twice_is_one),
	};

	return cmocka_run_group_tests_name("console of papr run", tests, NULL,
					   NULL);
}
