/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: a guest that moves. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/control-fixture.h"

static void a_guest_that_moves_is_stopped(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, "{\"execute\": \"query-migrate\"}");
	assert_hears_return(fd);
	say(f, fd, "{\"execute\": \"migrate\", \"arguments\": "
	    "{\"uri\": \"file:/there\"}}");
	assert_string_equal(f->policy, "/there");
	assert_hears(fd, "event", NULL, "STOP");
	assert_hears_return(fd);
	say(f, fd, "{\"execute\": \"query-migrate\"}");
	assert_hears(fd, "return", "status", "completed");
	close(fd);
}

static void a_move_that_fails_is_told(void **state)
{
	static const char *const nowhere[] = {
		"{}", "{\"uri\": 1}", "{\"uri\": \"file:\"}",
		"{\"uri\": \"tcp:there\"}",
	};
	struct fixture *f = *state;
	int fd = client(f);
	char line[100];

	for (size_t i = 0; i < ARRAY_SIZE(nowhere); i++) {
		snprintf(line, sizeof(line), "{\"execute\": \"migrate\", "
			 "\"arguments\": %s}", nowhere[i]);
		say(f, fd, line);
		assert_hears(fd, "error", "desc", "Parameter 'uri' must be "
			     "file:NAME or unix:SOCKET");
	}
	f->stuck = true;
	say(f, fd, "{\"execute\": \"migrate\", \"arguments\": "
	    "{\"uri\": \"unix:there\"}}");
	assert_hears(fd, "error", "desc", "nobody is there");
	assert_silent(fd);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(a_guest_that_moves_is_stopped),
		LISTENING(a_move_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
