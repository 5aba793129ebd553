/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A survey of guests that are this program: started as papr run, it speaks
 * QMP, beats, and does what its policy says of two calls that it would make:
 * H_RANDOM with each heartbeat, H_SET_MODE once at boot.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/self-guest.h"
#include "tools/survey-run.h"
#include "vmm/util.h"

#define BEAT_MS 5
#define ME "/proc/self/exe"
#define TIME "[    1.234567] "

/* --- the guest */

struct guest {
	char policy[1024];
	int random, random_failed, modes, modes_failed;
	const char *stats;
	bool mute;
};

static json_t *call_stats(const char *name, int calls, int failed)
{
	return json_pack("{s:s, s:s, s:i, s:i}", "name", name, "effective",
			 "user", "user", calls, "on-purpose", failed);
}

static json_t *stats(const struct guest *g)
{
	return json_pack("{s:[o, o, {s:s, s:s, s:s}], s:[]}", "hcalls",
			 call_stats("H_RANDOM", g->random, g->random_failed),
			 call_stats("H_SET_MODE", g->modes, g->modes_failed),
			 "name", "H_CEDE", "effective", "kernel", "reason",
			 "never leaves", "rtas");
}

static json_t *routes(void)
{
	return json_pack("[{s:s, s:s, s:s}]", "name", "H_PROD", "accepted",
			 "off", "effective", "nobody");
}

static void leave(const struct guest *g, int status)
{
	json_t *left = stats(g);

	json_dump_file(left, g->stats, 0);
	json_decref(left);
	fflush(stdout);
	exit(status);
}

/* "H_RANDOM" and "H_BUSY": does it fail so? */
static bool fails(const struct guest *g, const char *call, const char *how)
{
	const char *at = strstr(g->policy, call);

	return at && strstr(at, how);
}

/* Busy is repeated; an error is told, and at last too much. */
static void make_random(struct guest *g)
{
	g->random++;
	if (fails(g, "H_RANDOM", "H_BUSY")) {
		g->random += 10;
		g->random_failed += 10;
	}
	if (!fails(g, "H_RANDOM", "H_HARDWARE"))
		return;
	if (g->random_failed && fails(g, "H_RANDOM", "times: 1"))
		return;
	g->random_failed++;
	printf(TIME "rng: no entropy %d\n", g->random);
	g->mute = !fails(g, "H_RANDOM", "times: 1");
}

/* Busy is not understood, an error is the end. */
static void set_mode(struct guest *g)
{
	g->modes = 1;
	g->modes_failed = strstr(g->policy, "H_SET_MODE") != NULL;
	if (fails(g, "H_SET_MODE", "H_BUSY"))
		g->mute = true;
	if (!fails(g, "H_SET_MODE", "H_HARDWARE"))
		return;
	printf(TIME "Kernel panic - not syncing: no mode\n");
	leave(g, 6);
}

static void answer(int fd, json_t *object)
{
	guest_say(fd, json_pack("{s:o}", "return", object));
}

/* What was busy at boot does not come back; all else works again. */
static void take_policy(struct guest *g, const json_t *command)
{
	json_t *args = json_object_get(command, "arguments");

	snprintf(g->policy, sizeof(g->policy), "%s",
		 json_string_value(json_object_get(args, "policy")));
	g->mute &= g->modes_failed;
}

static void take_command(struct guest *g, int fd, const json_t *command)
{
	const char *name = json_string_value(json_object_get(command,
							     "execute"));

	if (!strcmp(name, "papr-policy-apply"))
		take_policy(g, command);
	if (!strcmp(name, "papr-routes"))
		answer(fd, routes());
	else if (!strcmp(name, "papr-stats"))
		answer(fd, stats(g));
	else
		answer(fd, json_object());
}

static void beat(struct guest *g)
{
	if (!g->mute)
		make_random(g);
	if (!g->mute)
		printf(TIME "load: alive\n");
}

static void read_policy(struct guest *g, const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f || !fread(g->policy, 1, sizeof(g->policy) - 1, f))
		exit(2);
	fclose(f);
}

/* papr run --control S --policy P --stats F WORD [--paused] */
static int be_a_guest(int argc, char **argv)
{
	struct guest g = { .stats = argv[7] };
	struct pollfd polls[] = {
		{ .fd = guest_listen(argv[3]), .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	bool paused = argc > 9;
	json_t *command;

	setvbuf(stdout, NULL, _IOLBF, 0);
	read_policy(&g, argv[5]);
	if (!strcmp(argv[8], "no-host")) {
		printf("papr run: /dev/kvm: no POWER KVM\n");
		return 3;
	}
	if (!paused) {
		printf(TIME "Linux version 7.0 (me) #1 of May\n");
		set_mode(&g);
	}
	for (;;) {
		if (!poll(polls, 2, BEAT_MS) && !paused)
			beat(&g);
		if (polls[0].revents) {
			polls[1].fd = accept(polls[0].fd, NULL, NULL);
			dprintf(polls[1].fd, "{\"QMP\": {}}\r\n");
		}
		if (!polls[1].revents)
			continue;
		command = json_loadfd(polls[1].fd, JSON_DISABLE_EOF_CHECK,
				      NULL);
		if (!command)
			return 9;
		take_command(&g, polls[1].fd, command);
		json_decref(command);
	}
}

/* --- the tests */

struct fixture {
	struct survey_how how;
	struct papr_error error;
	regex_t alive;
	json_t *survey;
	char word[16];
	char *run[2];
	int status, saved;
	char *out;
	size_t out_len;
};

static int save(void *arg, const json_t *survey, struct papr_error *error)
{
	struct fixture *f = arg;

	(void)survey;
	(void)error;
	f->saved++;
	return 0;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || regcomp(&f->alive, "load: alive", REG_NOSUB))
		return -1;
	strcpy(f->word, "usual");
	f->run[0] = f->word;
	f->survey = json_object();
	f->how = (struct survey_how){
		.program = ME, .run = f->run, .alive = &f->alive,
		.timeout_s = 60, .save = save, .arg = f,
		.out = open_memstream(&f->out, &f->out_len),
		.signal_fd = user_is_silent(),
	};
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	close(f->how.signal_fd);
	fclose(f->how.out);
	free(f->out);
	json_decref(f->survey);
	regfree(&f->alive);
	free(f);
	return 0;
}

static int survey(struct fixture *f, const char *calls, const char *faults,
		  const char *moments)
{
	skip_if_wrapped();
	f->how.wish = (struct survey_wish){ calls, faults, moments };
	return survey_run(f->survey, &f->how, &f->status, &f->error);
}

static const json_t *cell(const struct fixture *f, size_t i)
{
	return json_array_get(json_object_get(f->survey, "cells"), i);
}

static json_int_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void assert_text(const json_t *object, const char *key,
			const char *wanted)
{
	assert_string_equal(survey_text(object, key), wanted);
}

static void a_guest_is_asked_what_it_calls(void **state)
{
	struct fixture *f = *state;
	const json_t *calls, *kernel;

	assert_int_equal(survey(f, "none", NULL, NULL), 0);
	calls = json_object_get(f->survey, "calls");
	assert_int_equal(json_array_size(calls), 2);
	assert_int_equal(number(json_array_get(calls, 1), "boot"), 1);
	assert_int_equal(number(json_array_get(calls, 1), "run"), 0);
	kernel = json_array_get(json_object_get(f->survey, "kernel"), 0);
	assert_text(kernel, "name", "H_CEDE");
	assert_text(f->survey, "guest", "Linux version 7.0 #1 of May");
	assert_int_equal(json_array_size(json_object_get(f->survey,
							 "cells")), 0);
}

static void a_call_that_is_repeated_is_seen(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(survey(f, "H_RANDOM", "busy", "run"), 0);
	assert_text(cell(f, 0), "outcome", "retries");
	assert_in_range(number(cell(f, 0), "failed"), 10, 10000);
	assert_int_equal(f->saved, 1);
	assert_non_null(strstr(f->out, "1/1 run H_RANDOM busy: retries ("));
}

static void a_line_is_a_complaint(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(survey(f, "H_RANDOM", "hardware-once", "run"), 0);
	assert_text(cell(f, 0), "outcome", "complains");
	assert_int_equal(number(cell(f, 0), "failed"), 1);
	assert_int_equal(number(cell(f, 0), "unknown"), 1);
}

static void who_goes_on_once_it_works_has_waited(void **state)
{
	struct fixture *f = *state;

	f->how.timeout_s = 2;
	assert_int_equal(survey(f, "H_RANDOM", "hardware", "run"), 0);
	assert_text(cell(f, 0), "outcome", "waits");
}

static void a_panic_at_boot_leaves_its_counts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(survey(f, "H_SET_MODE", "hardware", NULL), 0);
	assert_text(cell(f, 0), "outcome", "panic");
	assert_text(cell(f, 0), "moment", "boot");
	assert_text(cell(f, 0), "end", "Kernel panic - not syncing: no mode");
	assert_int_equal(number(cell(f, 0), "failed"), 1);
}

static void a_guest_that_never_comes_back_hangs(void **state)
{
	struct fixture *f = *state;

	f->how.timeout_s = 2;
	assert_int_equal(survey(f, "H_SET_MODE", "busy", NULL), 0);
	assert_text(cell(f, 0), "outcome", "hang");
}

static void a_guest_that_cannot_start_has_its_own_status(void **state)
{
	struct fixture *f = *state;

	strcpy(f->word, "no-host");
	assert_int_equal(survey(f, NULL, NULL, NULL), -ECHILD);
	assert_int_equal(f->status, 3);
	assert_non_null(strstr(f->error.text, "first heartbeat: papr run: "
			       "/dev/kvm: no POWER KVM"));
}

static void a_program_that_is_not_there_is_named(void **state)
{
	struct fixture *f = *state;

	f->how.program = "/no/such/program";
	assert_int_equal(survey(f, NULL, NULL, NULL), -ECHILD);
	assert_non_null(strstr(f->error.text, "/no/such/program: No such"));
}

/* A signal that is there before it begins ends it as well. */
static void the_user_ends_a_survey(void **state)
{
	struct fixture *f = *state;

	skip_if_wrapped();
	close(f->how.signal_fd);
	f->how.signal_fd = user_wants_an_end();
	assert_int_equal(survey(f, NULL, NULL, NULL), -EINTR);
	assert_int_equal(f->status, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_guest_is_asked_what_it_calls),
		TEST(a_call_that_is_repeated_is_seen),
		TEST(a_line_is_a_complaint),
		TEST(who_goes_on_once_it_works_has_waited),
		TEST(a_panic_at_boot_leaves_its_counts),
		TEST(a_guest_that_never_comes_back_hangs),
		TEST(a_guest_that_cannot_start_has_its_own_status),
		TEST(a_program_that_is_not_there_is_named),
		TEST(the_user_ends_a_survey),
	};

	if (argc > 8 && !strcmp(argv[1], "run"))
		return be_a_guest(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
