/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that papr run copies while it runs: who reads is another one. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/fake-host-state.h"
#include "tests/vmm-fixture.h"
#include "vmm/pages.h"
#include "vmm/util.h"

#define PAGES (RAM_SIZE / RAM_PAGE)

static uint64_t now_ms;

static uint64_t clock_ms(void)
{
	return now_ms;
}

/* A machine that moves, and what its reader has got. */
struct move {
	struct machine *m;
	char dir[32];
	char name[64];
	char place[80];
	int listen_fd;
	int fd;
	struct file got;
};

static int setup(void **state)
{
	struct move *move = calloc(1, sizeof(*move));
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	assert_non_null(move);
	strcpy(move->dir, "/tmp/papr-test-XXXXXX");
	assert_non_null(mkdtemp(move->dir));
	snprintf(move->name, sizeof(move->name), "%s/socket", move->dir);
	snprintf(move->place, sizeof(move->place), "unix:%s", move->name);
	strcpy(address.sun_path, move->name);
	move->listen_fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(move->listen_fd, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	assert_int_equal(listen(move->listen_fd, 1), 0);
	move->m = machine_new();
	move->m->vmm.clock_ms = clock_ms;
	move->fd = -1;
	*state = move;
	return 0;
}

static int teardown(void **state)
{
	struct move *move = *state;

	precopy_free(&move->m->vmm);
	machine_free(move->m);
	if (move->fd >= 0)
		close(move->fd);
	close(move->listen_fd);
	unlink(move->name);
	rmdir(move->dir);
	free(move->got.bytes);
	free(move);
	return 0;
}

/* --- the reader */

/* All that has been sent by now; false at the end. */
static bool read_some(struct move *move)
{
	static uint8_t bytes[0x10000];
	ssize_t n;

	do {
		n = recv(move->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n > 0)
			file_save.write(&move->got, bytes, n);
	} while (n > 0);
	return n < 0;
}

static void *read_all(void *arg)
{
	static uint8_t bytes[0x10000];
	struct move *move = arg;
	ssize_t n;

	while ((n = read(move->fd, bytes, sizeof(bytes))) > 0)
		file_save.write(&move->got, bytes, n);
	return NULL;
}

/* --- the guest that moves */

/* A guest's store into a page. */
static void store(struct move *move, uint64_t gpa, uint8_t value)
{
	move->m->vmm.ram[gpa] = value;
	fake_host_wrote(move->m->p->fake, gpa);
}

static void begin(struct move *move)
{
	struct papr_error error;

	if (precopy_start(&move->m->vmm, move->place, &error))
		fail_msg("%s", error.text);
	move->fd = accept(move->listen_fd, NULL, NULL);
	assert_true(move->fd >= 0);
	assert_int_equal(move->m->vmm.saved.state, SAVED_ACTIVE);
}

/* With no page that is zero. */
static void begin_full(struct move *move)
{
	memset(move->m->vmm.ram, 1, RAM_SIZE);
	begin(move);
}

/* Stores into so many pages, the first ones. */
static void store_pages(struct move *move, uint64_t n, uint8_t value)
{
	for (uint64_t i = 0; i < n; i++)
		store(move, i * RAM_PAGE, value);
}

/* Once in each window. */
static void serve(struct move *move)
{
	now_ms += PACE_WINDOW_MS;
	precopy_serve(&move->m->vmm);
}

/* As often in one as there is something to do. */
static void serve_window(struct move *move)
{
	int wait_ms;

	while (precopy_fd(&move->m->vmm, &wait_ms) >= 0) {
		precopy_serve(&move->m->vmm);
		read_some(move);
	}
}

/* Until the round that follows this one, and no further. */
static void serve_round(struct move *move)
{
	uint64_t round = move->m->vmm.saved.rounds;

	while (move->m->vmm.precopy && move->m->vmm.saved.rounds == round) {
		serve(move);
		read_some(move);
	}
}

/* It is never short enough, but for a guest that stands still. */
static void begin_endless(struct move *move)
{
	move->m->vmm.migrate.downtime_limit = 0;
	begin_full(move);
}

/* To the end, which waits for a reader. */
static void serve_all(struct move *move)
{
	pthread_t reader;

	read_some(move);
	assert_int_equal(pthread_create(&reader, NULL, read_all, move), 0);
	while (move->m->vmm.precopy)
		serve(move);
	pthread_join(reader, NULL);
}

/* What was sent makes another machine whose memory is the same. */
static void assert_moved(struct move *move)
{
	struct machine *there = machine_new();
	struct papr_error error;

	assert_int_equal(move->m->vmm.saved.state, SAVED_DONE);
	memset(there->vmm.ram, 0xff, RAM_SIZE);
	if (machine_restore(there, &move->got, &error))
		fail_msg("%s", error.text);
	assert_memory_equal(there->vmm.ram, move->m->vmm.ram, RAM_SIZE);
	assert_same_file(there->p, move->m->p);
	machine_free(there);
}

static bool is_logged(const struct move *move)
{
	return move->m->p->fake->logs_dirty;
}

/* --- tests */

static void a_guest_that_stands_still_moves_in_one_round(void **state)
{
	struct move *move = *state;

	store(move, 0x3000, 1);
	store(move, RAM_SIZE - 1, 2);
	begin(move);
	assert_true(is_logged(move));
	assert_int_equal(move->m->vmm.saved.left, PAGES);
	serve_all(move);
	assert_moved(move);
	assert_int_equal(move->m->vmm.saved.pages, 2);
	assert_int_equal(move->m->vmm.saved.zero_pages, PAGES - 2);
	assert_int_equal(move->m->vmm.saved.left, 0);
	assert_true(move->m->vmm.paused);
	assert_false(is_logged(move));
}

static void what_changes_meanwhile_comes_again(void **state)
{
	struct move *move = *state;

	begin_endless(move);
	store_pages(move, 300, 2);
	serve_round(move);
	assert_int_equal(move->m->vmm.saved.left, 300);
	assert_false(move->m->vmm.paused);
	for (uint64_t i = 0; i < 260; i++)
		store(move, (PAGES - 1 - i) * RAM_PAGE, 3);
	serve_round(move);
	assert_int_equal(move->m->vmm.saved.left, 260);
	assert_false(move->m->vmm.paused);
	store(move, 0x5000, 4);
	serve_all(move);
	assert_moved(move);
	assert_int_equal(move->m->vmm.saved.pages, PAGES + 300 + 260 + 1);
	assert_true(move->m->vmm.saved.last_bytes < 0x10000);
}

static void pages_that_become_zero_do_so_there(void **state)
{
	struct move *move = *state;

	begin_endless(move);
	store_pages(move, 300, 2);
	serve_round(move);
	/* All are there now, and those are to be sent again. */
	memset(move->m->vmm.ram, 0, 300 * RAM_PAGE);
	serve_all(move);
	assert_moved(move);
	assert_int_equal(move->m->vmm.saved.zero_pages, 300);
}

/* At 512,000 bytes a second 37.5 pages take 300 ms. */
static void copies_slowly(struct move *move)
{
	move->m->vmm.migrate.max_bandwidth = 512000;
	begin_full(move);
}

static void a_guest_runs_while_too_much_is_left(void **state)
{
	struct move *move = *state;

	copies_slowly(move);
	store_pages(move, 38, 2);
	serve_round(move);
	assert_int_equal(move->m->vmm.saved.rate, 512000);
	assert_int_equal(move->m->vmm.saved.left, 38);
	assert_false(move->m->vmm.paused);
	store_pages(move, 37, 3);
	serve_all(move);
	assert_moved(move);
	assert_int_equal(move->m->vmm.saved.rounds, 3);
}

/* It would never end by itself. */
static void a_guest_that_writes_much_runs_until_it_may_stand_longer(
	void **state)
{
	struct move *move = *state;

	begin_endless(move);
	while (move->m->vmm.saved.rounds < 100) {
		store_pages(move, 400, move->m->vmm.saved.rounds);
		serve_round(move);
		assert_false(move->m->vmm.paused);
	}
	move->m->vmm.migrate.downtime_limit = DOWNTIME_LIMIT_MAX;
	store_pages(move, 400, 100);
	serve_all(move);
	assert_moved(move);
	assert_int_equal(move->m->vmm.saved.rounds, 101);
	assert_true(move->m->vmm.saved.last_bytes > 400 * RAM_PAGE);
}

static void assert_waits_ms(const struct move *move, int ms)
{
	int wait_ms;

	assert_int_equal(precopy_fd(&move->m->vmm, &wait_ms), -1);
	assert_int_equal(wait_ms, ms);
}

static void no_more_is_sent_than_may_be(void **state)
{
	struct move *move = *state;

	copies_slowly(move);
	serve_window(move);
	assert_int_equal(move->got.len, 51200);
	assert_waits_ms(move, 100);
	now_ms += 99;
	assert_waits_ms(move, 1);
	now_ms++;
	serve_window(move);
	assert_int_equal(move->got.len, 2 * 51200);
	/* The last pages do not wait for time. */
	move->m->vmm.migrate.downtime_limit = DOWNTIME_LIMIT_MAX;
	serve_all(move);
	assert_moved(move);
}

static void another_bandwidth_counts_at_once(void **state)
{
	struct move *move = *state;

	copies_slowly(move);
	serve_window(move);
	move->m->vmm.migrate.max_bandwidth = 1024000;
	serve_window(move);
	assert_int_equal(move->got.len, 102400);
	move->m->vmm.migrate.max_bandwidth = 0;
	serve_window(move);
	assert_true(move->got.len > RAM_SIZE);
}

/* Each time the guest is slower for a while. */
static void dirty_pages_are_read_once_in_a_window(void **state)
{
	struct move *move = *state;

	begin_endless(move);
	store(move, 0x3000, 2);
	serve_window(move);
	assert_int_equal(move->m->vmm.saved.rounds, 2);
	assert_int_equal(move->m->vmm.saved.left, 0);
	assert_waits_ms(move, 100);
	/* Whoever asks all the same. */
	precopy_serve(&move->m->vmm);
	assert_int_equal(move->m->vmm.saved.rounds, 2);
}

static void how_fast_a_guest_writes_is_told(void **state)
{
	struct move *move = *state;
	uint64_t since_ms;

	begin_endless(move);
	store(move, 0x3000, 2);
	serve_round(move);
	since_ms = now_ms;
	store_pages(move, 100, 3);
	serve_round(move);
	assert_int_equal(move->m->vmm.saved.dirty_rate,
			 100 * 1000 / (now_ms - since_ms));
}

static void who_does_not_read_stops_nobody(void **state)
{
	struct move *move = *state;
	uint64_t left;

	begin_full(move);
	for (int i = 0; i < 100; i++)
		precopy_serve(&move->m->vmm);
	left = move->m->vmm.saved.left;
	assert_true(left > 0);
	precopy_serve(&move->m->vmm);
	assert_int_equal(move->m->vmm.saved.left, left);
	assert_int_equal(move->m->vmm.saved.state, SAVED_ACTIVE);
	serve_all(move);
	assert_moved(move);
}

/* It runs, nothing is noted, and nothing is open. */
static void assert_given_up(struct move *move, enum saved_state as)
{
	int wait_ms;

	assert_int_equal(move->m->vmm.saved.state, as);
	assert_null(move->m->vmm.precopy);
	assert_int_equal(precopy_fd(&move->m->vmm, &wait_ms), -1);
	assert_int_equal(wait_ms, -1);
	assert_false(move->m->vmm.paused);
	assert_false(move->m->vmm.resetting);
	assert_false(is_logged(move));
}

static void a_move_that_is_cancelled_leaves_nothing(void **state)
{
	struct move *move = *state;
	char byte;

	begin_full(move);
	precopy_serve(&move->m->vmm);
	precopy_cancel(&move->m->vmm);
	assert_given_up(move, SAVED_CANCELLED);
	while (recv(move->fd, &byte, 1, 0) > 0)
		;
	precopy_cancel(&move->m->vmm);
	assert_given_up(move, SAVED_CANCELLED);
}

static void a_reader_that_hangs_up_is_told_of(void **state)
{
	struct move *move = *state;

	begin_full(move);
	close(move->fd);
	move->fd = -1;
	signal(SIGPIPE, SIG_IGN);
	while (move->m->vmm.precopy)
		serve(move);
	assert_given_up(move, SAVED_FAILED);
	assert_string_equal(move->m->vmm.saved.why.text,
			    "it cannot be written: Broken pipe");
}

static void a_state_that_cannot_be_saved_lets_the_guest_go_on(void **state)
{
	struct move *move = *state;

	begin(move);
	fake_host_fail(move->m->p->fake, FAKE_GET_STATE, 1, EIO);
	serve_all(move);
	assert_given_up(move, SAVED_FAILED);
}

static void a_host_that_does_not_tell_ends_it(void **state)
{
	struct move *move = *state;

	begin(move);
	fake_host_fail(move->m->p->fake, FAKE_READ_DIRTY, 1, EIO);
	serve_all(move);
	assert_given_up(move, SAVED_FAILED);
}

static void a_guest_that_has_ended_does_not_move(void **state)
{
	struct move *move = *state;

	begin(move);
	move->m->vmm.ended = true;
	serve_all(move);
	assert_int_equal(move->m->vmm.saved.state, SAVED_FAILED);
	assert_string_equal(move->m->vmm.saved.why.text,
			    "the guest has ended");
}

static void a_guest_that_is_switched_off_stays_here(void **state)
{
	struct move *move = *state;

	begin(move);
	move->m->vmm.power.state = POWER_OFF;
	serve_all(move);
	assert_given_up(move, SAVED_FAILED);
	assert_string_equal(move->m->vmm.saved.why.text,
			    "the guest is switched off");
}

static void the_time_to_be_switched_on_moves_along(void **state)
{
	struct move *move = *state;
	struct machine *there = machine_new();
	struct papr_error error;

	power_on_at(&move->m->vmm, 42);
	begin(move);
	serve_all(move);
	if (machine_restore(there, &move->got, &error))
		fail_msg("%s", error.text);
	assert_int_equal(there->vmm.power.on_at_ns, 42);
	machine_free(there);
}

static void a_guest_that_stood_before_stays_so(void **state)
{
	struct move *move = *state;

	move->m->vmm.paused = true;
	begin(move);
	fake_host_fail(move->m->p->fake, FAKE_GET_STATE, 1, EIO);
	serve_all(move);
	assert_int_equal(move->m->vmm.saved.state, SAVED_FAILED);
	assert_true(move->m->vmm.paused);
}

/* Its memory changes without anybody who notes it. */
static void a_reset_in_the_middle_is_sent(void **state)
{
	struct move *move = *state;

	begin_full(move);
	precopy_serve(&move->m->vmm);
	precopy_serve(&move->m->vmm);
	memset(move->m->vmm.ram, 0, RAM_SIZE);
	move->m->vmm.ram[0x7000] = 1;
	precopy_renew(&move->m->vmm);
	assert_int_equal(move->m->vmm.paused, false);
	serve_all(move);
	assert_moved(move);
}

static void a_guest_that_wants_a_reset_has_it_first(void **state)
{
	struct move *move = *state;

	begin(move);
	move->m->vmm.wants_reset = "guest-reset";
	for (int i = 0; i < 10; i++)
		precopy_serve(&move->m->vmm);
	assert_int_equal(move->m->vmm.saved.state, SAVED_ACTIVE);
	assert_false(move->m->vmm.paused);
	move->m->vmm.wants_reset = NULL;
	serve_all(move);
	assert_moved(move);
}

static void nobody_there_is_told_at_once(void **state)
{
	struct move *move = *state;
	struct papr_error error = { "" };

	assert_int_equal(precopy_start(&move->m->vmm, "unix:/not/there",
				       &error), -ENOTCONN);
	assert_string_equal(error.text, "/not/there: No such file or "
			    "directory");
	assert_given_up(move, SAVED_FAILED);
}

static void a_host_without_notes_is_told_at_once(void **state)
{
	struct move *move = *state;
	struct papr_error error = { "" };

	fake_host_fail(move->m->p->fake, FAKE_LOG_DIRTY, 1, EIO);
	assert_int_equal(precopy_start(&move->m->vmm, move->place, &error),
			 -EIO);
	assert_string_equal(error.text, "the host does not note which pages "
			    "change: Input/output error");
	assert_given_up(move, SAVED_FAILED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_guest_that_stands_still_moves_in_one_round),
		TEST(what_changes_meanwhile_comes_again),
		TEST(pages_that_become_zero_do_so_there),
		TEST(a_guest_runs_while_too_much_is_left),
		TEST(a_guest_that_writes_much_runs_until_it_may_stand_longer),
		TEST(no_more_is_sent_than_may_be),
		TEST(another_bandwidth_counts_at_once),
		TEST(dirty_pages_are_read_once_in_a_window),
		TEST(how_fast_a_guest_writes_is_told),
		TEST(who_does_not_read_stops_nobody),
		TEST(a_move_that_is_cancelled_leaves_nothing),
		TEST(a_reader_that_hangs_up_is_told_of),
		TEST(a_state_that_cannot_be_saved_lets_the_guest_go_on),
		TEST(a_host_that_does_not_tell_ends_it),
		TEST(a_guest_that_has_ended_does_not_move),
		TEST(a_guest_that_is_switched_off_stays_here),
		TEST(the_time_to_be_switched_on_moves_along),
		TEST(a_guest_that_stood_before_stays_so),
		TEST(a_reset_in_the_middle_is_sent),
		TEST(a_guest_that_wants_a_reset_has_it_first),
		TEST(nobody_there_is_told_at_once),
		TEST(a_host_without_notes_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
