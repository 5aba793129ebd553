/* SPDX-License-Identifier: BSD-2-Clause */
/* papr control: says one thing to a running guest's VMM, or listens to it. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "tools/papr.h"
#include "tools/qmp-client.h"

#define EXIT_FAILED 1

static const char help_text[] =
"usage: papr control [--events] SOCKET [COMMAND [JSON-ARGUMENTS]]\n"
"\n"
"Sends a QMP command to a papr run --control SOCKET, and prints what it\n"
"returns.  Without a command, or with --events after it, prints events until\n"
"the guest has ended.\n"
"\n"
"  papr control SOCKET query-commands\n"
"\n"
"lists the commands.\n"
"Exit status: 0 done, 1 refused or not reached, 2 bad arguments.\n";

static int fail(const struct papr_error *error)
{
	fprintf(stderr, "papr control: %s\n", error->text);
	return EXIT_FAILED;
}

/* Shows what a command returned; those that return nothing are silent. */
static int show(const json_t *result)
{
	if (json_object_size(result) || json_is_array(result)) {
		json_dumpf(result, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	return fflush(stdout) ? EXIT_FAILED : 0;
}

/* @args is NULL or stolen. */
static int execute(struct qmp_client *client, const char *command,
		   json_t *args)
{
	struct papr_error error;
	json_t *result = qmp_client_execute(client, command, args, &error);
	int status = result ? show(result) : fail(&error);

	json_decref(result);
	return status;
}

/* Prints events, a line each; there may be none for long. */
static int listen_to(struct qmp_client *client)
{
	json_t *said;
	bool gone;

	while ((said = qmp_client_event(client, -1, &gone))) {
		json_dumpf(said, stdout, 0);
		putchar('\n');
		json_decref(said);
		if (fflush(stdout))
			return EXIT_FAILED;
	}
	return 0;
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

/* One connection for both, so that no event after the command is missed. */
static int serve(struct qmp_client *client, const char *command, json_t *args,
		 bool events)
{
	int status = command ? execute(client, command, args) : 0;

	return !status && events ? listen_to(client) : status;
}

int cmd_control(int argc, char **argv)
{
	struct qmp_client *client;
	struct papr_error error;
	json_t *args = NULL;
	bool events = false;
	int status;

	if (argc > 1 && !strcmp(argv[1], "--help")) {
		fputs(help_text, stdout);
		return fflush(stdout) ? EXIT_FAILED : 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--events")) {
		events = true;
		argc--;
		argv++;
	}
	if (argc < 2 || argc > 4 || argv[1][0] == '-') {
		fputs("papr control: the arguments are "
		      "[--events] SOCKET [COMMAND [JSON-ARGUMENTS]]\n", stderr);
		return EXIT_USAGE;
	}
	status = argc > 3 ? parse_args(argv[3], &args) : 0;
	if (status)
		return status;
	if (qmp_client_open(argv[1], &client, &error)) {
		json_decref(args);
		return fail(&error);
	}
	status = serve(client, argc > 2 ? argv[2] : NULL, args,
		       events || argc == 2);
	qmp_client_close(client);
	return status;
}
