/* SPDX-License-Identifier: BSD-2-Clause */
/* The client of control sockets, and servers of all kinds. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scripted-server.h"
#include "tools/qmp-client.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SCRIPT(...) (const char *const []){ __VA_ARGS__, NULL }
#define EVENT(name) "{\"event\": \"" name "\"}\r\n"

static struct server *server;
static struct qmp_client *client;

static void begin(const char *const *script)
{
	struct papr_error error;

	server = server_start(script);
	assert_non_null(server);
	if (qmp_client_open(server->path, &client, &error))
		fail_msg("%s", error.text);
}

static int end(void **state)
{
	(void)state;
	qmp_client_close(client);
	client = NULL;
	if (server) {
		server_finish(server);
		server_free(server);
	}
	server = NULL;
	return 0;
}

/* --- opening */

static void nobody_at_the_path_is_an_error(void **state)
{
	struct papr_error error;

	(void)state;
	assert_int_equal(qmp_client_open("/nowhere/socket", &client, &error),
			 -ENOENT);
	assert_string_equal(error.text,
			    "/nowhere/socket: No such file or directory");
}

static void a_path_too_long_for_a_socket_is_refused(void **state)
{
	struct papr_error error;
	char path[200];

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(qmp_client_open(path, &client, &error),
			 -ENAMETOOLONG);
}

static void opening_negotiates(void **state)
{
	(void)state;
	begin(SCRIPT(HELLO_STEPS));
	qmp_client_close(client);
	client = NULL;
	server_finish(server);
	assert_int_equal(server->count, 1);
	assert_string_equal(json_string_value(json_object_get(
		server->heard[0], "execute")), "qmp_capabilities");
	server_free(server);
	server = NULL;
}

/* Who is no good server, and what is said of that. */
static const struct {
	const char *name;
	const char *script[5];
	const char *sentence;
} bad_greetings[] = {
	{ "none", { HANG_UP }, "the connection has ended" },
	{ "half", { "{\"QMP\": {", HANG_UP }, "the connection has ended" },
	{ "garbage", { "220 mail.example ESMTP\r\n" },
	  "what listens there does not speak QMP" },
	{ "binary", { "\x80\x01\xff\xfe" },
	  "what listens there does not speak QMP" },
	{ "no object", { "[1, 2]" }, "what listens there does not speak QMP" },
	{ "another object", { "{\"hello\": 1}" },
	  "what listens there does not speak QMP" },
	{ "an answer", { DONE }, "what listens there does not speak QMP" },
	{ "a line without end", { FOR_EVER_SAY, "aaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	  "what it says has no end" },
	{ "an object without end", { "{", FOR_EVER_SAY, "\"aaaaaaaaaaa\", " },
	  "what it says has no end" },
	{ "events without end", { FOR_EVER_SAY, EVENT("E") },
	  "its events have no end" },
	{ "sent away",
	  { "{\"error\": {\"class\": \"C\", \"desc\": \"too\\nmany\"}}",
	    HANG_UP }, "too?many" },
	{ "an error without words", { "{\"error\": {}}" },
	  "this is not an answer" },
	{ "no negotiation",
	  { GREETING, HEAR, "{\"error\": {\"desc\": \"not you\"}}" },
	  "not you" },
	{ "gone while negotiating", { GREETING, HEAR, HANG_UP },
	  "the connection has ended" },
};

static void no_qmp_is_told_in_words(void **state)
{
	struct papr_error error;
	size_t i, path;

	for (i = 0; i < ARRAY_SIZE(bad_greetings); i++) {
		server = server_start(bad_greetings[i].script);
		assert_non_null(server);
		assert_int_equal(qmp_client_open(server->path, &client,
						 &error), -EPROTO);
		path = strlen(server->path);
		assert_memory_equal(error.text, server->path, path);
		assert_memory_equal(error.text + path, ": ", 2);
		if (strcmp(error.text + path + 2, bad_greetings[i].sentence))
			fail_msg("%s: %s", bad_greetings[i].name, error.text);
		end(state);
	}
}

/* Of the right form but for its depth, which a parser pays for. */
static void deep_nesting_is_no_qmp(void **state)
{
	static char deep[1000] = "{\"QMP\": ";
	struct papr_error error;

	(void)state;
	memset(deep + 8, '[', 400);
	memset(deep + 408, ']', 400);
	deep[808] = '}';
	server = server_start(SCRIPT(deep, HEAR, DONE));
	assert_int_equal(qmp_client_open(server->path, &client, &error),
			 -EPROTO);
	assert_non_null(strstr(error.text, "does not speak QMP"));
}

/* --- commands */

static void a_command_has_its_arguments_and_its_result(void **state)
{
	struct papr_error error;
	json_t *result, *heard;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR, "{\"return\": {\"id\": 7}}"));
	result = qmp_client_execute(client, "papr-inject",
				    json_pack("{s:s}", "type", "slb"), &error);
	assert_int_equal(json_integer_value(json_object_get(result, "id")), 7);
	json_decref(result);
	qmp_client_close(client);
	client = NULL;
	server_finish(server);
	heard = json_pack("{s:s, s:{s:s}}", "execute", "papr-inject",
			  "arguments", "type", "slb");
	assert_true(json_equal(server->heard[1], heard));
	json_decref(heard);
	server_free(server);
	server = NULL;
}

static void an_answer_may_come_in_pieces(void **state)
{
	json_t *result;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR, "{\"ret", "urn\"", ": {\"a\"", ": 1",
		     "}}\r", "\n"));
	result = qmp_client_execute(client, "x", NULL, NULL);
	assert_int_equal(json_object_size(result), 1);
	json_decref(result);
}

static void a_refusal_is_told_and_the_conversation_goes_on(void **state)
{
	struct papr_error error;
	json_t *result;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR,
		     "{\"error\": {\"class\": \"GenericError\", "
		     "\"desc\": \"no such vCPU\"}}", HEAR, DONE));
	assert_null(qmp_client_execute(client, "x", NULL, &error));
	assert_string_equal(error.text + strlen(server->path),
			    ": no such vCPU");
	result = qmp_client_execute(client, "x", NULL, &error);
	assert_non_null(result);
	json_decref(result);
}

static void without_an_answer_the_conversation_ends(void **state)
{
	struct papr_error error;
	bool gone;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR, "{\"return\": "));
	qmp_client_limit(client, 1);
	assert_null(qmp_client_execute(client, "x", NULL, &error));
	assert_string_equal(error.text + strlen(server->path),
			    ": there is no answer");
	assert_null(qmp_client_execute(client, "y", json_object(), &error));
	assert_string_equal(error.text + strlen(server->path),
			    ": there is no answer");
	assert_null(qmp_client_event(client, -1, &gone));
	assert_true(gone);
}

static void hanging_up_in_an_answer_ends_the_conversation(void **state)
{
	struct papr_error error;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR, "{\"return\"", HANG_UP));
	assert_null(qmp_client_execute(client, "x", NULL, &error));
	assert_non_null(strstr(error.text, "the connection has ended"));
}

static void neither_result_nor_error_is_no_answer(void **state)
{
	struct papr_error error;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR, "{\"hello\": 1}"));
	assert_null(qmp_client_execute(client, "x", NULL, &error));
	assert_non_null(strstr(error.text, "this is not an answer"));
}

/* --- events */

static void assert_event(const char *name)
{
	bool gone;
	json_t *event = qmp_client_event(client, -1, &gone);

	assert_string_equal(json_string_value(json_object_get(event,
							      "event")), name);
	assert_false(gone);
	json_decref(event);
}

static void events_before_an_answer_wait_in_order(void **state)
{
	bool gone;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, HEAR, EVENT("A") EVENT("B") DONE EVENT("C")));
	json_decref(qmp_client_execute(client, "x", NULL, NULL));
	assert_event("A");
	assert_event("B");
	assert_event("C");
	assert_null(qmp_client_event(client, 0, &gone));
	assert_false(gone);
}

static void events_are_read_to_the_end(void **state)
{
	bool gone;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, EVENT("A"), HANG_UP));
	assert_event("A");
	assert_null(qmp_client_event(client, -1, &gone));
	assert_true(gone);
}

static void half_an_event_does_not_hold_up(void **state)
{
	bool gone;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, "{\"event\": ", HEAR, "\"A\"}" DONE));
	assert_null(qmp_client_event(client, 1, &gone));
	assert_false(gone);
	json_decref(qmp_client_execute(client, "x", NULL, NULL));
	assert_event("A");
}

static void an_answer_that_nobody_asked_for_ends_it(void **state)
{
	bool gone;

	(void)state;
	begin(SCRIPT(HELLO_STEPS, DONE));
	assert_null(qmp_client_event(client, -1, &gone));
	assert_true(gone);
}

#define ENDING(test) cmocka_unit_test_teardown(test, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ENDING(nobody_at_the_path_is_an_error),
		ENDING(a_path_too_long_for_a_socket_is_refused),
		ENDING(opening_negotiates),
		ENDING(no_qmp_is_told_in_words),
		ENDING(deep_nesting_is_no_qmp),
		ENDING(a_command_has_its_arguments_and_its_result),
		ENDING(an_answer_may_come_in_pieces),
		ENDING(a_refusal_is_told_and_the_conversation_goes_on),
		ENDING(without_an_answer_the_conversation_ends),
		ENDING(hanging_up_in_an_answer_ends_the_conversation),
		ENDING(neither_result_nor_error_is_no_answer),
		ENDING(events_before_an_answer_wait_in_order),
		ENDING(events_are_read_to_the_end),
		ENDING(half_an_event_does_not_hold_up),
		ENDING(an_answer_that_nobody_asked_for_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
