/* SPDX-License-Identifier: BSD-2-Clause */
/* Clients that mean no good: none of them is felt by another one. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/control-fixture.h"

#define QUERY "{\"execute\": \"query-status\"}\n"

/* Somebody who has been there all the time still gets an answer. */
static void assert_served(struct fixture *f, int fd)
{
	say(f, fd, QUERY);
	assert_hears(fd, "return", "status", "running");
	close(fd);
}

/* @len bytes, as fast as they are taken; false if we are hung up on. */
static bool pour(struct fixture *f, int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			return false;
		serve(f);
		if (n > 0) {
			bytes += n;
			len -= n;
		}
	}
	return true;
}

/* A command of @len bytes, most of it blanks. */
static char *long_command(size_t len)
{
	static const char begin[] = "{\"execute\":", end[] = "\"query-kvm\"}";
	char *text = malloc(len + 1);

	memset(text, ' ', len);
	memcpy(text, begin, strlen(begin));
	strcpy(text + len - strlen(end), end);
	return text;
}

static void a_command_of_one_mebibyte_is_taken(void **state)
{
	struct fixture *f = *state;
	char *text = long_command(FRAME_MAX);
	int fd = client(f);

	assert_true(pour(f, fd, text, FRAME_MAX));
	assert_hears_return(fd);
	free(text);
	close(fd);
}

static void a_longer_one_is_refused_and_hung_up_on(void **state)
{
	struct fixture *f = *state;
	char *text = long_command(FRAME_MAX + 1);
	int fd = client(f), other = client(f);

	pour(f, fd, text, FRAME_MAX + 1);
	assert_hears(fd, "error", "desc",
		     "more than 1048576 bytes are no command");
	assert_hung_up(fd);
	assert_served(f, other);
	free(text);
}

/* Whether @depth arrays within arguments are taken as JSON. */
static bool takes_depth(struct fixture *f, int fd, size_t depth)
{
	char *text = calloc(2 * depth + 1, 1);
	json_t *said;
	bool taken;

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	assert_true(pour(f, fd, text, 2 * depth));
	said = hear(fd);
	assert_string_equal(text_of(said, "error", "class"), "GenericError");
	taken = !strstr(text_of(said, "error", "desc"), "nested deeper");
	json_decref(said);
	free(text);
	return taken;
}

static void deep_nesting_is_refused(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	assert_true(takes_depth(f, fd, FRAME_MAX_DEPTH));
	assert_false(takes_depth(f, fd, FRAME_MAX_DEPTH + 1));
	assert_false(takes_depth(f, fd, FRAME_MAX / 2));
	assert_served(f, fd);
}

static void half_a_command_harms_nobody(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), other = client(f);

	say(f, fd, "{\"execute\": \"st");
	assert_served(f, other);
	close(fd);
	serve(f);
	assert_served(f, client(f));
	assert_false(f->paused);
}

static void a_client_may_leave_before_its_answer(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), other = client(f);

	assert_true(send(fd, QUERY, strlen(QUERY), MSG_NOSIGNAL) > 0);
	close(fd);
	serve(f);
	assert_served(f, other);
}

static void what_was_said_before_the_end_is_answered(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	assert_true(send(fd, QUERY, strlen(QUERY), MSG_NOSIGNAL) > 0);
	shutdown(fd, SHUT_WR);
	serve(f);
	assert_hears(fd, "return", "status", "running");
	assert_hung_up(fd);
}

/* Big answers to small questions, and nobody reads them. */
static void answers_nobody_reads_are_bounded(void **state)
{
	static const char words[] = "{\"execute\": \"papr-stats\"}";
	struct fixture *f = *state;
	char big[100000] = "";
	int fd = client(f), other = client(f);
	ssize_t n = 1;

	memset(big, 'x', sizeof(big) - 1);
	f->stats = json_pack("{s:s}", "big", big);
	for (int i = 0; i < 100000 && n > 0; i++) {
		n = send(fd, words, strlen(words), MSG_NOSIGNAL);
		serve(f);
	}
	/* Either it cannot say more, or it has been hung up on. */
	assert_int_equal(n, -1);
	assert_served(f, other);
	close(fd);
}

static void events_nobody_reads_are_bounded(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), other = client(f);
	char event[4096], big[10000] = "";

	memset(big, 'x', sizeof(big) - 1);
	for (int i = 0; i < 300; i++) {
		control_event(f->control, "STOP",
			      json_pack("{s:s}", "big", big));
		while (recv(other, event, sizeof(event), 0) > 0)
			;
		serve(f);
	}
	serve(f);
	while (recv(other, event, sizeof(event), 0) > 0)
		serve(f);
	assert_served(f, other);
	while (recv(fd, event, sizeof(event), 0) > 0)
		;
	assert_hung_up(fd);
}

static void a_slow_reader_misses_nothing(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), heard = 0;
	json_t *said;

	for (int i = 0; i < 3000; i++)
		control_event(f->control, "STOP", NULL);
	for (said = hear(fd); said; said = hear(fd)) {
		json_decref(said);
		heard++;
		serve(f);
	}
	assert_int_equal(heard, 3000);
	assert_served(f, fd);
}

static void garbage_without_end_is_answered_or_hung_up_on(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), other = client(f);
	char bytes[4096];
	unsigned int seed = 1;

	for (int turn = 0; turn < 100; turn++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = rand_r(&seed);
		if (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) < 0 &&
		    errno != EAGAIN)
			break;
		serve(f);
		while (recv(fd, bytes, sizeof(bytes), 0) > 0)
			;
	}
	assert_served(f, other);
	close(fd);
}

static void the_hundred_and_first_client_is_sent_away(void **state)
{
	struct fixture *f = *state;
	int fds[CONTROL_MAX_CLIENTS], one_more;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = client(f);
	one_more = connect_only(f);
	serve(f);
	assert_hears(one_more, "error", "desc", "too many clients");
	assert_hung_up(one_more);

	close(fds[0]);
	serve(f);
	assert_served(f, client(f));
	for (i = 1; i < ARRAY_SIZE(fds); i++)
		assert_served(f, fds[i]);
}

/* valgrind keeps the limit itself, and a connection is lost by that. */
static bool under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

static void without_descriptors_a_client_is_sent_away(void **state)
{
	struct fixture *f = *state;
	struct rlimit limit, none;
	int fd, one_more;

	if (under_valgrind())
		skip();
	fd = client(f);
	one_more = connect_only(f);
	getrlimit(RLIMIT_NOFILE, &limit);
	none = limit;
	none.rlim_cur = one_more + 1;
	setrlimit(RLIMIT_NOFILE, &none);
	serve(f);
	setrlimit(RLIMIT_NOFILE, &limit);

	assert_hears(one_more, "error", "desc", "no descriptors left");
	assert_hung_up(one_more);
	assert_served(f, fd);
	assert_served(f, client(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(a_command_of_one_mebibyte_is_taken),
		LISTENING(a_longer_one_is_refused_and_hung_up_on),
		LISTENING(deep_nesting_is_refused),
		LISTENING(half_a_command_harms_nobody),
		LISTENING(a_client_may_leave_before_its_answer),
		LISTENING(what_was_said_before_the_end_is_answered),
		LISTENING(answers_nobody_reads_are_bounded),
		LISTENING(events_nobody_reads_are_bounded),
		LISTENING(a_slow_reader_misses_nothing),
		LISTENING(garbage_without_end_is_answered_or_hung_up_on),
		LISTENING(the_hundred_and_first_client_is_sent_away),
		LISTENING(without_descriptors_a_client_is_sent_away),
	};

	return cmocka_run_group_tests_name("hostile clients", tests, NULL,
					   NULL);
}
