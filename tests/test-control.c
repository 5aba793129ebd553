/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: the file, the protocol, the machine's state. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/control-fixture.h"

/* --- the socket */

static void only_its_user_may_enter(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0600);
}

static void the_socket_is_removed_at_the_end(void **state)
{
	struct fixture *f = *state;

	control_close(f->control);
	f->control = NULL;
	assert_int_equal(access(f->path, F_OK), -1);
}

static void what_took_its_place_is_not_removed(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	close(open(f->path, O_CREAT | O_WRONLY, 0600));
	control_close(f->control);
	f->control = NULL;
	assert_int_equal(access(f->path, F_OK), 0);
}

static void a_live_socket_is_not_stolen(void **state)
{
	struct fixture *f = *state;
	struct control *other = NULL;
	struct papr_error error;
	int fd;

	assert_int_equal(control_open(f->path, &fixture_ops, f, &other, &error),
			 -EADDRINUSE);
	assert_non_null(strstr(error.text, f->path));
	assert_non_null(strstr(error.text, "another program listens"));
	fd = client(f);
	close(fd);
}

static void a_stale_socket_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct papr_error error;

	strcpy(address.sun_path, f->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	close(fd);
	assert_int_equal(control_open(f->path, &fixture_ops, f, &f->control,
				      &error), 0);
	close(client(f));
}

static void a_file_is_not_replaced(void **state)
{
	struct fixture *f = *state;
	struct papr_error error;

	close(open(f->path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(control_open(f->path, &fixture_ops, f, &f->control,
				      &error), -EEXIST);
	assert_non_null(strstr(error.text, "no socket is in the way"));
	assert_int_equal(access(f->path, F_OK), 0);
}

static void a_name_that_is_too_long_is_refused(void **state)
{
	struct fixture *f = *state;
	struct papr_error error;
	char path[200];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(control_open(path, &fixture_ops, f, &f->control,
				      &error), -ENAMETOOLONG);
	assert_non_null(strstr(error.text, "107 bytes"));
}

static void a_folder_that_is_not_there_is_named(void **state)
{
	struct fixture *f = *state;
	struct papr_error error;

	assert_int_equal(control_open("/nowhere/socket", &fixture_ops, f,
				      &f->control, &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nowhere/socket: "));
}

/* --- the protocol */

static void a_client_is_greeted(void **state)
{
	struct fixture *f = *state;
	int fd = connect_only(f);
	json_t *said, *qmp;

	serve(f);
	said = hear(fd);
	qmp = json_object_get(said, "QMP");
	assert_true(json_is_integer(json_object_get(json_object_get(
		json_object_get(qmp, "version"), "qemu"), "major")));
	assert_true(json_is_array(json_object_get(qmp, "capabilities")));
	json_decref(said);
	close(fd);
}

static void commands_need_negotiation(void **state)
{
	struct fixture *f = *state;
	int fd = connect_only(f);

	serve(f);
	json_decref(hear(fd));
	say(f, fd, "{\"execute\": \"stop\"}");
	assert_hears(fd, "error", "class", "CommandNotFound");
	assert_false(f->paused);
	close(fd);
}

/* What is answered with an error, and its words. */
static const struct {
	const char *words;
	const char *class;
	const char *desc;
} refusals[] = {
	{ HELLO, "CommandNotFound", "already complete" },
	{ "{\"execute\": \"dance\"}", "CommandNotFound",
	  "command dance has not been found" },
	{ "{\"execute\": \"stop\", \"arguments\": {\"now\": true}}",
	  "GenericError", "Parameter 'now' is unexpected" },
	{ "{\"execute\": \"stop\", \"arguments\": []}", "GenericError",
	  "'arguments' must be an object" },
	{ "{\"execute\": 1}", "GenericError", "'execute' must be a string" },
	{ "{\"arguments\": {}}", "GenericError", "lacks member 'execute'" },
	{ "{}", "GenericError", "lacks member 'execute'" },
	{ "{\"exec-oob\": \"stop\"}", "GenericError",
	  "member 'exec-oob' is unexpected" },
	{ "[]", "GenericError", "must be a JSON object" },
	{ "hello world\n", "GenericError", "JSON parse error" },
	{ "}]\n", "GenericError", "JSON parse error" },
	{ "{\"execute\": \"stop]\n", "GenericError", "JSON parse error" },
	{ "{\"execute\": \377", "GenericError", "JSON parse error" },
	{ "{\"execute\" \"stop\"}", "GenericError", "JSON parse error" },
	{ "{\"id\": 1, \"id\": 2}", "GenericError", "JSON parse error" },
	{ "{\"execute\": \"\303\251\"}", "CommandNotFound",
	  "command ?? has not" },
};

static void wrong_input_is_answered_in_words(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	json_t *said;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		say(f, fd, refusals[i].words);
		said = hear(fd);
		if (!said)
			fail_msg("no answer to %s", refusals[i].words);
		assert_string_equal(text_of(said, "error", "class"),
				    refusals[i].class);
		if (!strstr(text_of(said, "error", "desc"), refusals[i].desc))
			fail_msg("%s: %s", refusals[i].words,
				 text_of(said, "error", "desc"));
		json_decref(said);
	}
	assert_false(f->paused);
	say(f, fd, "{\"execute\": \"query-status\"}");
	assert_hears(fd, "return", "status", "running");
	close(fd);
}

static void system_reset_is_answered_once_it_is_done(void **state)
{
	struct fixture *f = *state;
	int one = client(f), other = client(f);

	say(f, one, "{\"execute\": \"system_reset\"}");
	assert_int_equal(f->resets, 1);
	assert_hears(one, "data", "reason", "host-qmp-system-reset");
	assert_hears_return(one);
	assert_hears(other, "data", "reason", "host-qmp-system-reset");
	f->stuck = true;
	say(f, one, "{\"execute\": \"system_reset\"}");
	assert_int_equal(f->resets, 1);
	assert_hears(one, "error", "desc", "a vCPU is stuck");
	assert_silent(other);
	close(one);
	close(other);
}

static void inject_nmi_resets_the_vcpus(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, "{\"execute\": \"inject-nmi\"}");
	assert_hears_return(fd);
	assert_int_equal(f->cpu_resets, 1);
	f->stuck = true;
	say(f, fd, "{\"execute\": \"inject-nmi\"}");
	assert_hears(fd, "error", "desc", "no system reset");
	close(fd);
}

static void capabilities_there_are_none(void **state)
{
	struct fixture *f = *state;
	int fd = connect_only(f);

	serve(f);
	json_decref(hear(fd));
	say(f, fd, "{\"execute\": \"qmp_capabilities\", "
	    "\"arguments\": {\"enable\": [\"oob\"]}}");
	assert_hears(fd, "error", "desc",
		     "there are no capabilities to enable");
	say(f, fd, "{\"execute\": \"qmp_capabilities\", "
	    "\"arguments\": {\"enable\": []}}");
	assert_hears_return(fd);
	close(fd);
}

/* Any value is an id, with answers and with errors. */
static void the_id_comes_back(void **state)
{
	static const char *const ids[] = {
		"7", "\"a\"", "null", "{\"a\": [1, 2.5]}", "[]",
	};
	struct fixture *f = *state;
	int fd = client(f);
	json_t *said, *id;
	char words[100];

	for (size_t i = 0; i < 2 * ARRAY_SIZE(ids); i++) {
		snprintf(words, sizeof(words), "{\"execute\": \"%s\", "
			 "\"id\": %s}", i % 2 ? "query-status" : "dance",
			 ids[i / 2]);
		say(f, fd, words);
		said = hear(fd);
		id = json_loads(ids[i / 2], JSON_DECODE_ANY, NULL);
		assert_true(json_equal(json_object_get(said, "id"), id));
		json_decref(id);
		json_decref(said);
	}
	close(fd);
}

static void commands_may_come_in_pieces_and_together(void **state)
{
	static const char words[] = "{\"execute\": \"query-status\"}"
				    "\r\n {\"execute\": \"query-kvm\"}{";
	struct fixture *f = *state;
	char piece[2] = "";
	int fd = client(f);

	for (const char *at = words; *at; at++) {
		piece[0] = *at;
		say(f, fd, piece);
	}
	assert_hears(fd, "return", "status", "running");
	assert_hears_return(fd);
	assert_silent(fd);

	say(f, fd, "}");
	assert_hears(fd, "error", "class", "GenericError");
	say(f, fd, words);
	assert_hears(fd, "return", "status", "running");
	assert_hears_return(fd);
	close(fd);
}

static void each_listed_command_is_known(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	json_t *list, *said, *entry;
	char words[100];
	size_t i;

	say(f, fd, "{\"execute\": \"query-commands\"}");
	list = hear(fd);
	assert_true(json_array_size(json_object_get(list, "return")) > 10);
	json_array_foreach(json_object_get(list, "return"), i, entry) {
		snprintf(words, sizeof(words), "{\"execute\": \"%s\"}",
			 text_of(entry, "name", NULL));
		say(f, fd, words);
		do
			said = hear(fd);
		while (json_object_get(said, "event") &&
		       (json_decref(said), true));
		assert_non_null(said);
		if (!strstr(words, "qmp_capabilities"))
			assert_string_not_equal(text_of(said, "error",
							"class"),
						"CommandNotFound");
		json_decref(said);
	}
	json_decref(list);
	close(fd);
}

/* --- the machine's state */

static void stop_and_cont_are_told_to_all(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), other = client(f);

	say(f, fd, "{\"execute\": \"stop\"}");
	assert_true(f->paused);
	assert_hears(fd, "event", NULL, "STOP");
	assert_hears_return(fd);
	assert_hears(other, "event", NULL, "STOP");
	say(f, other, "{\"execute\": \"query-status\"}");
	assert_hears(other, "return", "status", "paused");

	say(f, other, "{\"execute\": \"cont\"}");
	assert_false(f->paused);
	assert_hears(fd, "event", NULL, "RESUME");
	assert_hears(other, "event", NULL, "RESUME");
	assert_hears_return(other);
	close(fd);
	close(other);
}

static void stopping_twice_is_one_event(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	f->paused = true;
	say(f, fd, "{\"execute\": \"stop\"}");
	assert_hears_return(fd);
	say(f, fd, "{\"execute\": \"cont\"}{\"execute\": \"cont\"}");
	assert_hears(fd, "event", NULL, "RESUME");
	assert_hears_return(fd);
	assert_hears_return(fd);
	assert_silent(fd);
	close(fd);
}

static void a_machine_that_does_not_stop_says_so(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	f->stuck = true;
	say(f, fd, "{\"execute\": \"stop\"}");
	assert_hears(fd, "error", "desc", "a vCPU is held up");
	assert_silent(fd);
	close(fd);
}

static void quit_is_answered(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, "{\"execute\": \"quit\"}");
	assert_true(f->ended);
	assert_hears_return(fd);
	close(fd);
}

static void events_have_data_and_a_time(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), early = connect_only(f);
	json_t *said, *time;

	serve(f);
	json_decref(hear(early));
	control_event(f->control, "SHUTDOWN",
		      json_pack("{s:s}", "reason", "guest-shutdown"));
	said = hear(fd);
	assert_string_equal(text_of(said, "event", NULL), "SHUTDOWN");
	assert_string_equal(text_of(said, "data", "reason"), "guest-shutdown");
	time = json_object_get(said, "timestamp");
	assert_true(json_integer_value(json_object_get(time, "seconds")) >
		    1500000000);
	assert_in_range(json_integer_value(json_object_get(time,
		"microseconds")), 0, 999999);
	json_decref(said);
	/* One that has not said what it can understand gets none. */
	assert_silent(early);
	close(fd);
	close(early);
}

/* --- numbers */

static void numbers_are_of_all_cpus_or_of_one(void **state)
{
	static const struct {
		const char *args;
		uint32_t cpu;
	} asked[] = {
		{ "{}", QMP_ALL_CPUS },
		{ "{\"cpu-index\": 0}", 0 },
		{ "{\"cpu-index\": 1}", 1 },
	};
	struct fixture *f = *state;
	char words[120];
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		snprintf(words, sizeof(words), "{\"execute\": \"papr-stats\", "
			 "\"arguments\": %s}", asked[i].args);
		say(f, fd, words);
		assert_hears_return(fd);
		assert_int_equal(f->stats_cpu, asked[i].cpu);
	}
	close(fd);
}

static void what_is_no_cpu_has_no_numbers(void **state)
{
	static const struct {
		const char *index, *sentence;
	} wrong[] = {
		{ "2", "no such vCPU" },
		{ "-1", "Parameter 'cpu-index' must be the number of a vCPU" },
		{ "4294967295",
		  "Parameter 'cpu-index' must be the number of a vCPU" },
		{ "\"0\"",
		  "Parameter 'cpu-index' must be the number of a vCPU" },
	};
	struct fixture *f = *state;
	char words[120];
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(words, sizeof(words), "{\"execute\": \"papr-stats\", "
			 "\"arguments\": {\"cpu-index\": %s}}",
			 wrong[i].index);
		say(f, fd, words);
		assert_hears(fd, "error", "desc", wrong[i].sentence);
	}
	close(fd);
}

#define SET_TIMING(args) \
	"{\"execute\": \"papr-set-timing\", \"arguments\": " args "}"

static void measuring_is_switched_on_and_off(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, SET_TIMING("{\"enabled\": true}"));
	assert_hears_return(fd);
	assert_true(f->timing);
	say(f, fd, SET_TIMING("{\"enabled\": false}"));
	assert_hears_return(fd);
	assert_false(f->timing);
	say(f, fd, SET_TIMING("{}"));
	assert_hears(fd, "error", "desc",
		     "Parameter 'enabled' must be true or false");
	f->stuck = true;
	say(f, fd, SET_TIMING("{\"enabled\": true}"));
	assert_hears(fd, "error", "desc", "no memory");
	close(fd);
}

static void counting_begins_anew(void **state)
{
	static const char words[] = "{\"execute\": \"papr-reset-stats\"}";
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, words);
	assert_hears_return(fd);
	assert_int_equal(f->stats_resets, 1);
	f->stuck = true;
	say(f, fd, words);
	assert_hears(fd, "error", "desc", "no memory");
	close(fd);
}

#define APPLY(args) "{\"execute\": \"papr-policy-apply\", " \
	"\"arguments\": " args "}"

static void a_policy_is_applied_or_refused(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, APPLY("{\"policy\": \"default: user\\n\"}"));
	assert_hears_return(fd);
	assert_string_equal(f->policy, "default: user\n");
	say(f, fd, APPLY("{\"policy\": {\"default\": \"user\"}}"));
	assert_hears(fd, "error", "desc",
		     "Parameter 'policy' must be the text of a policy");
	f->stuck = true;
	say(f, fd, APPLY("{\"policy\": \"default: vmm\"}"));
	assert_hears(fd, "error", "desc", "no such call");
	assert_string_equal(f->policy, "default: user\n");
	close(fd);
}

static void without_a_socket_there_is_nothing_to_do(void **state)
{
	(void)state;
	assert_int_equal(control_fd(NULL), -1);
	control_event(NULL, "STOP", json_object());
	control_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(only_its_user_may_enter),
		LISTENING(a_policy_is_applied_or_refused),
		LISTENING(the_socket_is_removed_at_the_end),
		LISTENING(what_took_its_place_is_not_removed),
		LISTENING(a_live_socket_is_not_stolen),
		IN_A_FOLDER(a_stale_socket_is_replaced),
		IN_A_FOLDER(a_file_is_not_replaced),
		IN_A_FOLDER(a_name_that_is_too_long_is_refused),
		IN_A_FOLDER(a_folder_that_is_not_there_is_named),
		LISTENING(a_client_is_greeted),
		LISTENING(commands_need_negotiation),
		LISTENING(wrong_input_is_answered_in_words),
		LISTENING(system_reset_is_answered_once_it_is_done),
		LISTENING(inject_nmi_resets_the_vcpus),
		LISTENING(capabilities_there_are_none),
		LISTENING(the_id_comes_back),
		LISTENING(commands_may_come_in_pieces_and_together),
		LISTENING(each_listed_command_is_known),
		LISTENING(stop_and_cont_are_told_to_all),
		LISTENING(stopping_twice_is_one_event),
		LISTENING(a_machine_that_does_not_stop_says_so),
		LISTENING(quit_is_answered),
		LISTENING(events_have_data_and_a_time),
		LISTENING(numbers_are_of_all_cpus_or_of_one),
		LISTENING(what_is_no_cpu_has_no_numbers),
		LISTENING(measuring_is_switched_on_and_off),
		LISTENING(counting_begins_anew),
		cmocka_unit_test(without_a_socket_there_is_nothing_to_do),
	};

	return cmocka_run_group_tests_name("control socket", tests, NULL,
					   NULL);
}
