/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: a guest that sleeps. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/control-fixture.h"

static void guest_that_sleeps_is_woken_and_does_not_go_on(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	f->suspended = true;
	say(f, fd, "{\"execute\": \"query-status\"}");
	assert_hears(fd, "return", "status", "suspended");
	say(f, fd, "{\"execute\": \"cont\"}");
	assert_hears_return(fd);
	say(f, fd, "{\"execute\": \"system_wakeup\"}");
	assert_hears_return(fd);
	assert_false(f->suspended);
	say(f, fd, "{\"execute\": \"system_wakeup\"}");
	assert_hears(fd, "error", "desc", "it is awake");
	assert_silent(fd);
	close(fd);
}

#define OFFER(args) \
	"{\"execute\": \"papr-offer-suspend\", \"arguments\": {" args "}}"

static void guest_is_offered_to_be_suspended(void **state)
{
	static const char *const wrong[] = {
		OFFER(""), OFFER("\"stream\": 0"), OFFER("\"stream\": -1"),
		OFFER("\"stream\": \"1\""), OFFER("\"stream\": 1.5"),
	};
	struct fixture *f = *state;
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		say(f, fd, wrong[i]);
		assert_hears(fd, "error", "desc", "Parameter 'stream' must be "
			     "a number, and not 0");
	}
	assert_int_equal(f->stream, 0);
	say(f, fd, OFFER("\"stream\": 9223372036854775807"));
	assert_hears_return(fd);
	assert_int_equal(f->stream, INT64_MAX);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(guest_that_sleeps_is_woken_and_does_not_go_on),
		LISTENING(guest_is_offered_to_be_suspended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
