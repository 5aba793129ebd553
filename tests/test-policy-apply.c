/* SPDX-License-Identifier: BSD-2-Clause */
/* papr policy apply, to servers that follow a script. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/scripted-server.h"
#include "tools/papr.h"
#include "tools/policy.h"

#define TEXT "hcalls:\n  H_RANDOM: user\n"

/* What it printed, of both streams. */
static char printed[400];

static char path[] = "/tmp/papr-policy-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0 || write(fd, TEXT, strlen(TEXT)) != (ssize_t)strlen(TEXT))
		return -1;
	return close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* policy_apply() with its output in @printed. */
static int apply(const char *control)
{
	struct job job = { .path = path, .control = control };
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), status;
	FILE *to = tmpfile();
	size_t len;

	assert_non_null(to);
	fflush(stdout);
	dup2(fileno(to), STDOUT_FILENO);
	dup2(fileno(to), STDERR_FILENO);
	status = policy_apply(&job);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	rewind(to);
	len = fread(printed, 1, sizeof(printed) - 1, to);
	printed[len] = '\0';
	fclose(to);
	return status;
}

static const struct {
	const char *answer;
	int status;
	const char *printed;
} answers[] = {
	{ "{\"return\": [{\"name\": \"H_RANDOM\", \"number\": 768, "
	  "\"before\": \"kernel\", \"after\": \"user\", "
	  "\"reason\": \"\"}]}\r\n", 0,
	  "H_RANDOM                     kernel -> user\n" },
	{ "{\"return\": [{\"name\": \"H_X\", \"number\": 768, "
	  "\"before\": \"vmm\", \"after\": \"nobody\", "
	  "\"reason\": \"why\"}]}\r\n", 0,
	  "H_X                          vmm -> nobody: why\n" },
	{ "{\"return\": []}\r\n", 0,
	  "every hypercall is answered by whom it was before\n" },
	{ "{\"error\": {\"class\": \"GenericError\", "
	  "\"desc\": \"H_EOI would change\"}}\r\n", 1,
	  "socket: H_EOI would change\n" },
};

static void the_text_is_sent_and_the_answer_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct server *server = server_start((const char *const []){
			HELLO_STEPS, HEAR, answers[i].answer, NULL });
		const json_t *args;

		assert_non_null(server);
		assert_int_equal(apply(server->path), answers[i].status);
		if (!strstr(printed, answers[i].printed))
			fail_msg("%s", printed);
		server_finish(server);
		args = json_object_get(server->heard[1], "arguments");
		assert_string_equal(json_string_value(json_object_get(
			server->heard[1], "execute")), "papr-policy-apply");
		assert_string_equal(json_string_value(json_object_get(args,
							"policy")), TEXT);
		server_free(server);
	}
}

static void where_nobody_listens_nothing_is_applied(void **state)
{
	(void)state;
	assert_int_equal(apply("/nowhere/socket"), 1);
	assert_string_equal(printed, "papr policy: /nowhere/socket: No such "
			    "file or directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_sent_and_the_answer_told),
		cmocka_unit_test(where_nobody_listens_nothing_is_applied),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
