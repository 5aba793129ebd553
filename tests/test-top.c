/* SPDX-License-Identifier: BSD-2-Clause */
/* papr top and papr stats against a machine that says what a test wrote. */
#include "config.h"

#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/scripted-server.h"
#include "tools/stats-source.h"
#include "tools/top-rows.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define HCALL(name, user, kernel, more) \
	"{\"name\": \"" name "\", \"user\": " user ", \"kernel\": " kernel \
	more "}"
#define TIME(calls, total, p99) \
	", \"time\": {\"calls\": " calls ", \"total-ns\": " total \
	", \"p99-ns\": " p99 "}"
#define STATS(clock, hcalls) \
	"{\"clock-ns\": " clock ", \"timing\": true, \"hcalls\": [" hcalls "]}"
#define ANSWER(stats) "{\"return\": " stats "}\r\n"

/* Two seconds lie between them. */
#define BEFORE STATS("1000000000", \
	HCALL("H_RANDOM", "10", "0", TIME("10", "1000", "79")) ", " \
	HCALL("H_CEDE", "0", "500", ""))
#define NOW STATS("3000000000", \
	HCALL("H_CEDE", "0", "700", "") ", " \
	HCALL("H_PUT_TERM_CHAR", "4", "0", ", \"errors\": 2" \
	      TIME("4", "40000000", "20000000")) ", " \
	HCALL("H_PAGE_INIT", "0", "0", "") ", " \
	HCALL("H_RANDOM", "16", "0", TIME("16", "7000", "1279")))

static size_t rows_of(const char *before, const char *now,
		      enum top_order order, struct top_row *rows)
{
	json_t *a = before ? json_loads(before, 0, NULL) : NULL;
	json_t *b = json_loads(now, 0, NULL);
	size_t n;

	assert_non_null(b);
	n = top_rows(a, b, order, rows);
	json_decref(a);
	json_decref(b);
	return n;
}

static void rates_are_of_the_time_in_between(void **state)
{
	struct top_row rows[TOP_MAX];

	(void)state;
	assert_int_equal(rows_of(BEFORE, NOW, TOP_BY_CALLS, rows), 3);
	assert_string_equal(rows[0].name, "H_CEDE");
	assert_true(rows[0].kernel == 100 && rows[0].user == 0);
	assert_false(rows[0].timed);
	assert_string_equal(rows[1].name, "H_RANDOM");
	assert_true(rows[1].user == 3);
	assert_int_equal(rows[1].mean_ns, 1000);
	assert_int_equal(rows[1].p99_ns, 1279);
	assert_true(rows[1].busy_ns == 3000);
	assert_string_equal(rows[2].name, "H_PUT_TERM_CHAR");
	assert_true(rows[2].errors == 1);
}

static void what_took_longest_may_be_first(void **state)
{
	static const char *const order[] = {
		"H_PUT_TERM_CHAR", "H_RANDOM", "H_CEDE"
	};
	struct top_row rows[TOP_MAX];

	(void)state;
	assert_int_equal(rows_of(BEFORE, NOW, TOP_BY_TIME, rows), 3);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		assert_string_equal(rows[i].name, order[i]);
}

static void rtas_calls_are_rows_too(void **state)
{
	struct top_row rows[TOP_MAX];

	(void)state;
	assert_int_equal(rows_of("{\"clock-ns\": 0}",
				 "{\"clock-ns\": 500000000, \"rtas\": "
				 "[{\"name\": \"power-off\", \"calls\": 5}]}",
				 TOP_BY_CALLS, rows), 1);
	assert_string_equal(rows[0].name, "power-off");
	assert_true(rows[0].user == 10);
}

static void there_are_no_rows_without_time_or_sense(void **state)
{
	static const char *const nonsense[][2] = {
		{ NULL, NOW },
		{ NOW, NOW },
		{ NOW, BEFORE },
		{ "{}", "{\"clock-ns\": 5, \"hcalls\": 7, \"rtas\": {}}" },
		{ "[]", "{\"clock-ns\": -5, \"hcalls\": [1, [], null]}" },
		{ "{}", "{\"clock-ns\": 5, \"hcalls\": [1, [], null]}" },
	};
	struct top_row rows[TOP_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++)
		assert_int_equal(rows_of(nonsense[i][0], nonsense[i][1],
					 TOP_BY_CALLS, rows), 0);
}

static void more_rows_than_calls_there_are_are_cut(void **state)
{
	json_t *before = json_pack("{s:i}", "clock-ns", 0);
	json_t *now = json_pack("{s:i, s:[]}", "clock-ns", 9, "hcalls");
	static struct top_row rows[TOP_MAX];

	(void)state;
	for (int i = 0; i < TOP_MAX + 9; i++)
		json_array_append_new(json_object_get(now, "hcalls"),
				      json_pack("{s:i}", "user", 1));
	assert_int_equal(top_rows(before, now, TOP_BY_CALLS, rows), TOP_MAX);
	json_decref(before);
	json_decref(now);
}

static void rows_fit_into_the_screen(void **state)
{
	struct top_row rows[TOP_MAX];
	size_t len, n = rows_of(BEFORE, NOW, TOP_BY_CALLS, rows);
	char *text = NULL;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	top_print(to, rows, n, 3, 40, "|");
	fclose(to);
	assert_string_equal(text,
		"call                             user/s |"
		"H_CEDE                              0.0 |"
		"H_RANDOM                            3.0 |");
	free(text);
}

/* --- the commands */

/* What ./papr prints, on standard error too, and its exit status. */
static int papr(const char *args, char *out, size_t size)
{
	const char *wrapper = getenv("TEST_WRAPPER");
	char command[300];
	size_t len;
	FILE *from;
	int status;

	snprintf(command, sizeof(command), "%s ./papr %s 2>&1",
		 wrapper ? wrapper : "", args);
	from = popen(command, "r");
	assert_non_null(from);
	len = fread(out, 1, size - 1, from);
	out[len] = '\0';
	status = pclose(from);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_batch_prints_the_table_for_each_look(void **state)
{
	struct server *server = server_start((const char *[]){
		HELLO_STEPS, HEAR, ANSWER(BEFORE), HEAR, ANSWER(NOW), NULL });
	char args[120], out[4000];

	(void)state;
	assert_non_null(server);
	snprintf(args, sizeof(args), "top -b -n 1 -d 0.1 --cpu 3 %s",
		 server->path);
	assert_int_equal(papr(args, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "most calls first\n\ncall "));
	assert_non_null(strstr(out,
		"\nH_RANDOM                            3.0        0.0"
		"        0.0     1.0 us     1.3 us     0.00\n"));
	server_finish(server);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(
		server->heard[1], "arguments"), "cpu-index")), 3);
	server_free(server);
}

static void a_machine_that_ends_is_the_end(void **state)
{
	struct server *server = server_start((const char *[]){
		HELLO_STEPS, HEAR, ANSWER(BEFORE), HANG_UP, NULL });
	char args[120], out[4000], wanted[200];

	(void)state;
	assert_non_null(server);
	snprintf(args, sizeof(args), "top -b -d 0.1 %s", server->path);
	assert_int_equal(papr(args, out, sizeof(out)), 1);
	snprintf(wanted, sizeof(wanted),
		 "papr top: %s: the connection has ended\n", server->path);
	assert_string_equal(out, wanted);
	server_finish(server);
	server_free(server);
}

static void stats_of_a_socket_are_tables(void **state)
{
	struct server *server = server_start((const char *[]){
		HELLO_STEPS, HEAR, ANSWER(NOW), NULL });
	char args[120], out[4000];

	(void)state;
	assert_non_null(server);
	snprintf(args, sizeof(args), "stats %s", server->path);
	assert_int_equal(papr(args, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "\nH_RANDOM "));
	assert_non_null(strstr(out, "\ntime in userspace "));
	server_finish(server);
	server_free(server);
}

static void counting_anew_is_asked_for_and_shows_nothing(void **state)
{
	struct server *server = server_start((const char *[]){
		HELLO_STEPS, HEAR, ANSWER("{}"), NULL });
	char args[120], out[200];

	(void)state;
	assert_non_null(server);
	snprintf(args, sizeof(args), "stats --reset %s", server->path);
	assert_int_equal(papr(args, out, sizeof(out)), 0);
	assert_string_equal(out, "");
	server_finish(server);
	assert_string_equal(json_string_value(json_object_get(
			server->heard[1], "execute")), "papr-reset-stats");
	server_free(server);
}

static void stats_as_json_can_be_read_again(void **state)
{
	char path[] = "/tmp/papr-stats-XXXXXX", args[120];
	char out[4000], again[4000];
	FILE *file = fdopen(mkstemp(path), "w");

	(void)state;
	assert_non_null(file);
	fputs(NOW, file);
	fclose(file);
	snprintf(args, sizeof(args), "stats --json %s", path);
	assert_int_equal(papr(args, out, sizeof(out)), 0);
	file = fopen(path, "w");
	fputs(out, file);
	fclose(file);
	assert_int_equal(papr(args, again, sizeof(again)), 0);
	assert_string_equal(out, again);
	unlink(path);
}

static void what_is_wrong_is_said_in_a_line(void **state)
{
	static const struct {
		const char *args, *said;
		int status;
	} wrong[] = {
		{ "stats", "papr stats: one SOCKET or FILE is wanted\n", 2 },
		{ "stats a b", "papr stats: one SOCKET or FILE is wanted\n",
		  2 },
		{ "stats --cpu x a", "papr stats: --cpu x: not the index of a "
		  "virtual processor, from 0 on\n", 2 },
		{ "stats --reset --json a", "papr stats: --reset is for all "
		  "calls, and shows nothing\n", 2 },
		{ "stats --reset --cpu 0 a", "papr stats: --reset is for all "
		  "calls, and shows nothing\n", 2 },
		{ "stats --reset /nowhere/x",
		  "papr stats: /nowhere/x: No such file or directory\n", 1 },
		{ "stats /nowhere/x",
		  "papr stats: /nowhere/x: No such file or directory\n", 1 },
		{ "stats /dev/null", "papr stats: /dev/null: neither a control "
		  "socket nor a file of statistics\n", 1 },
		{ "stats --cpu 1 config.h", "papr stats: config.h: --cpu needs "
		  "a control socket\n", 1 },
		{ "stats libpapr.pc", "papr stats: libpapr.pc:1: '[' or '{' "
		  "expected near 'prefix'\n", 1 },
		{ "top", "papr top: one SOCKET is wanted\n", 2 },
		{ "top -d 0 x", "papr top: --delay 0: not between 0.1 and 3600 "
		  "seconds\n", 2 },
		{ "top -d nan x", "papr top: --delay nan: not between 0.1 and "
		  "3600 seconds\n", 2 },
		{ "top -n 0 x", "papr top: --count 0: not a number from 1 "
		  "on\n", 2 },
		{ "top -s x x", "papr top: --sort x: neither calls nor time\n",
		  2 },
		{ "top -b /nowhere/x", "papr top: /nowhere/x: No such file or "
		  "directory\n", 1 },
	};
	char out[1000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(papr(wrong[i].args, out, sizeof(out)),
				 wrong[i].status);
		assert_string_equal(out, wrong[i].said);
	}
}

static void other_json_is_no_statistics(void **state)
{
	char path[] = "/tmp/papr-stats-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	struct papr_error error;

	(void)state;
	fputs("{\"hcalls\": 1}", file);
	fclose(file);
	assert_null(stats_get(path, STATS_ALL_CPUS, &error));
	assert_non_null(strstr(error.text, "these are no statistics"));
	unlink(path);
}

/* Until @text has come, or the terminal has closed. */
static void read_until(int fd, const char *text, char *out, size_t size)
{
	size_t len = strlen(out);
	ssize_t n;

	while (!strstr(out, text) && len + 1 < size &&
	       (n = read(fd, out + len, size - 1 - len)) > 0) {
		len += n;
		out[len] = '\0';
	}
}

/* ./papr top on a terminal of ten lines; its process. */
static pid_t top_on_a_terminal(const struct server *server, const char *options,
			       int *fd)
{
	struct winsize size = { .ws_row = 10, .ws_col = 60 };
	const char *wrapper = getenv("TEST_WRAPPER");
	char command[300];
	pid_t pid;

	snprintf(command, sizeof(command), "exec %s ./papr top %s %s",
		 wrapper ? wrapper : "", options, server->path);
	pid = forkpty(fd, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static void assert_ends_well(pid_t pid, int fd, char *out, size_t size)
{
	int status;

	read_until(fd, "\033[?25h\033[?1049l", out, size);
	assert_non_null(strstr(out, "\033[?25h\033[?1049l"));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(fd);
}

/* It shows what it has, takes a key, and waits; then this ends it. */
static void is_ended_by(const char *key)
{
	struct server *server = server_start((const char *[]){
		HELLO_STEPS, HEAR, ANSWER(BEFORE), NULL });
	char out[8000] = "";
	pid_t pid;
	int fd;

	assert_non_null(server);
	pid = top_on_a_terminal(server, "-d 60", &fd);
	read_until(fd, "most calls first", out, sizeof(out));
	assert_non_null(strstr(out, "\033[?1049h"));
	assert_int_equal(write(fd, "t", 1), 1);
	read_until(fd, "most time first", out, sizeof(out));
	assert_non_null(strstr(out, "most time first"));
	assert_int_equal(write(fd, key, 1), 1);
	assert_ends_well(pid, fd, out, sizeof(out));
	server_finish(server);
	server_free(server);
}

static void keys_sort_and_end_it(void **state)
{
	(void)state;
	is_ended_by("q");
}

static void a_signal_leaves_the_terminal_as_it_was(void **state)
{
	(void)state;
	is_ended_by("\003");
}

static void as_many_looks_as_wanted_are_shown(void **state)
{
	struct server *server = server_start((const char *[]){
		HELLO_STEPS, HEAR, ANSWER(BEFORE), HEAR, ANSWER(NOW), NULL });
	char out[8000] = "";
	pid_t pid;
	int fd;

	(void)state;
	assert_non_null(server);
	pid = top_on_a_terminal(server, "-d 0.1 -n 1", &fd);
	assert_ends_well(pid, fd, out, sizeof(out));
	assert_non_null(strstr(out, "H_PUT_TERM_CHAR                     2.0"));
	server_finish(server);
	server_free(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_of_the_time_in_between),
		cmocka_unit_test(what_took_longest_may_be_first),
		cmocka_unit_test(rtas_calls_are_rows_too),
		cmocka_unit_test(there_are_no_rows_without_time_or_sense),
		cmocka_unit_test(more_rows_than_calls_there_are_are_cut),
		cmocka_unit_test(rows_fit_into_the_screen),
		cmocka_unit_test(a_batch_prints_the_table_for_each_look),
		cmocka_unit_test(a_machine_that_ends_is_the_end),
		cmocka_unit_test(stats_of_a_socket_are_tables),
		cmocka_unit_test(counting_anew_is_asked_for_and_shows_nothing),
		cmocka_unit_test(stats_as_json_can_be_read_again),
		cmocka_unit_test(what_is_wrong_is_said_in_a_line),
		cmocka_unit_test(other_json_is_no_statistics),
		cmocka_unit_test(keys_sort_and_end_it),
		cmocka_unit_test(a_signal_leaves_the_terminal_as_it_was),
		cmocka_unit_test(as_many_looks_as_wanted_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
