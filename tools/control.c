/* SPDX-License-Identifier: BSD-2-Clause */
/* papr control: says one thing to a running guest's VMM, or listens to it. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "tools/papr.h"

#define EXIT_FAILED 1
#define ANSWER_WAIT_S 30

static const char help_text[] =
"usage: papr control SOCKET [COMMAND [JSON-ARGUMENTS]]\n"
"\n"
"Sends a QMP command to a papr run --control SOCKET, and prints what it\n"
"returns.  Without a command, prints events until the guest has ended.\n"
"\n"
"  papr control SOCKET query-commands\n"
"\n"
"lists the commands.\n"
"Exit status: 0 done, 1 refused or not reached, 2 bad arguments.\n";

static int fail(const char *path, const char *why)
{
	fprintf(stderr, "papr control: %s: %s\n", path, why);
	return EXIT_FAILED;
}

/* The descriptor, or -1 with errno set. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = ANSWER_WAIT_S };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

/* The next object it says; NULL at the end of the connection. */
static json_t *hear(int fd)
{
	return json_loadfd(fd, JSON_DISABLE_EOF_CHECK, NULL);
}

/* @args is NULL or stolen. */
static int say(int fd, const char *command, json_t *args)
{
	json_t *request = json_pack("{s:s}", "execute", command);
	char *text;
	ssize_t sent;

	if (args)
		json_object_set_new(request, "arguments", args);
	text = json_dumps(request, 0);
	json_decref(request);
	if (!text)
		return -1;
	sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
	sent = sent == (ssize_t)strlen(text) ? 0 : -1;
	free(text);
	return sent;
}

/* The answer to what was said, and not the events that come before it. */
static json_t *hear_answer(int fd)
{
	json_t *said = hear(fd);

	while (said && json_object_get(said, "event")) {
		json_decref(said);
		said = hear(fd);
	}
	return said;
}

/* Shows what a command returned; those that return nothing are silent. */
static int show(const char *path, const json_t *answer)
{
	const json_t *result = json_object_get(answer, "return");
	const json_t *desc;

	if (!result) {
		desc = json_object_get(json_object_get(answer, "error"),
				       "desc");
		return fail(path, desc ? json_string_value(desc) :
			    "this is not an answer");
	}
	if (json_object_size(result) || json_is_array(result)) {
		json_dumpf(result, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	return fflush(stdout) ? EXIT_FAILED : 0;
}

/* @args is NULL or stolen. */
static int execute(int fd, const char *path, const char *command,
		   json_t *args, bool quiet)
{
	json_t *answer;
	int status;

	if (say(fd, command, args))
		return fail(path, "nobody listens any more");
	answer = hear_answer(fd);
	if (!answer)
		return fail(path, "there is no answer");
	status = quiet && json_object_get(answer, "return") ? 0 :
		 show(path, answer);
	json_decref(answer);
	return status;
}

/* Prints events, a line each; there may be none for long. */
static int listen_to(int fd)
{
	struct timeval for_ever = { .tv_sec = 0 };
	json_t *said;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof(for_ever));
	while ((said = hear(fd))) {
		json_dumpf(said, stdout, 0);
		putchar('\n');
		json_decref(said);
		if (fflush(stdout))
			return EXIT_FAILED;
	}
	return 0;
}

/* @args is NULL or stolen. */
static int converse(int fd, const char *path, const char *command,
		    json_t *args)
{
	json_t *greeting = hear(fd);
	bool is_qmp = json_object_get(greeting, "QMP");
	int status;

	/* Who is sent away at once is told why. */
	status = greeting && !is_qmp ? show(path, greeting) : 0;
	json_decref(greeting);
	if (!is_qmp)
		status = status ? status : fail(path, "nobody greets");
	else
		status = execute(fd, path, "qmp_capabilities", NULL, true);
	if (status) {
		json_decref(args);
		return status;
	}
	return command ? execute(fd, path, command, args, false) :
			 listen_to(fd);
}

/* 0 and the arguments, or a status. */
static int parse_args(const char *text, json_t **args)
{
	json_error_t error;

	*args = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (*args && json_is_object(*args))
		return 0;
	fprintf(stderr, "papr control: '%s': %s\n", text,
		*args ? "the arguments must be an object" : error.text);
	json_decref(*args);
	return EXIT_USAGE;
}

int cmd_control(int argc, char **argv)
{
	json_t *args = NULL;
	int fd, status;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		fputs(help_text, stdout);
		return fflush(stdout) ? EXIT_FAILED : 0;
	}
	if (argc < 2 || argc > 4 || argv[1][0] == '-') {
		fputs("papr control: the arguments are "
		      "SOCKET [COMMAND [JSON-ARGUMENTS]]\n", stderr);
		return EXIT_USAGE;
	}
	status = argc > 3 ? parse_args(argv[3], &args) : 0;
	if (status)
		return status;
	fd = connect_to(argv[1]);
	if (fd < 0) {
		json_decref(args);
		return fail(argv[1], strerror(errno));
	}
	status = converse(fd, argv[1], argc > 2 ? argv[2] : NULL, args);
	close(fd);
	return status;
}
