/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/linux-guest.h"
#include "tools/qmp-client.h"

#define SOCKET "/tmp/t/mce.socket"
#define ERRORS "/tmp/t/mce.err"
#define COMMAND_LINE "console=hvc0 loglevel=0 smt-enabled=off " \
	"papr.run=/mce-guest"
#define MAX_ARGS 32
#define PANIC_STATUS 6
#define START_PAUSE_MS 100
#define START_TRIES (GUEST_PATIENCE_MS / START_PAUSE_MS)
#define TEXT_OF(number) TEXT(number)
#define TEXT(number) #number

/* Does not return. */
static void become_papr(const int in[2], const int out[2],
			const char *const *args)
{
	const char *argv[MAX_ARGS] = { "papr", "run", "--control", SOCKET };
	int err = open(ERRORS, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(in[1]);
	close(out[0]);
	for (int i = 4; i < MAX_ARGS - 1 && *args; i++)
		argv[i] = *args++;
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

/* papr run listens before the guest's first instruction, but not at once. */
static void connect_client(struct linux_guest *g)
{
	struct papr_error error;

	for (int i = 0; i < START_TRIES; i++) {
		if (!qmp_client_open(SOCKET, &g->client, &error))
			return;
		if (waitpid(g->pid, NULL, WNOHANG) == g->pid) {
			g->pid = -1;
			break;
		}
		usleep(1000 * START_PAUSE_MS);
	}
	fail_msg("\n# %s", error.text);
}

void linux_guest_spawn(struct linux_guest *g, const char *const *args)
{
	int in[2], out[2];

	*g = (struct linux_guest){ .pid = -1 };
	signal(SIGPIPE, SIG_IGN);
	unlink(SOCKET);
	g->log = fopen("mce.console", "we");
	assert_non_null(g->log);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	g->pid = fork();
	assert_true(g->pid >= 0);
	if (!g->pid)
		become_papr(in, out, args);
	close(in[0]);
	close(out[1]);
	g->commands = in[1];
	g->console = out[0];
	connect_client(g);
}

void linux_guest_start(struct linux_guest *g)
{
	static const char *const args[] = {
		"--kernel", "/boot/vmlinux", "--initrd", "mce.initrd",
		"--smp", "2", "--timeout", TEXT_OF(GUEST_PATIENCE_S),
		"--append", COMMAND_LINE, NULL
	};

	linux_guest_spawn(g, args);
	linux_guest_expect(g, "READY");
}

void linux_guest_let_kernel_speak(struct linux_guest *g)
{
	linux_guest_tell(g, "silent");
	linux_guest_tell(g, "write /proc/sys/kernel/printk 4");
	linux_guest_tell(g, "sync");
	linux_guest_expect(g, "SYNC");
}

void linux_guest_end(struct linux_guest *g)
{
	if (g->pid > 0) {
		kill(g->pid, SIGTERM);
		waitpid(g->pid, NULL, 0);
		g->pid = -1;
	}
	if (!g->client)
		return;
	qmp_client_close(g->client);
	g->client = NULL;
	close(g->commands);
	close(g->console);
	fclose(g->log);
}

void linux_guest_tell(struct linux_guest *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdprintf(g->commands, fmt, ap);
	va_end(ap);
	assert_int_equal(write(g->commands, "\n", 1), 1);
}

/* The line at the front of the text, which is taken away. */
static const char *take_line(struct linux_guest *g)
{
	static char line[sizeof(g->text)];
	char *end = memchr(g->text, '\n', g->len);
	size_t len;

	if (!end)
		return NULL;
	len = end - g->text;
	memcpy(line, g->text, len);
	line[len] = '\0';
	line[strcspn(line, "\r")] = '\0';
	g->len -= len + 1;
	memmove(g->text, end + 1, g->len);
	fprintf(g->log, "%s\n", line);
	return line;
}

const char *linux_guest_line(struct linux_guest *g, int timeout_ms)
{
	struct pollfd fd = { .fd = g->console, .events = POLLIN };
	const char *line;
	ssize_t n;

	while (!(line = take_line(g))) {
		if (g->len == sizeof(g->text))
			g->len = 0;	/* no line of ours */
		if (g->stuck || poll(&fd, 1, timeout_ms) <= 0) {
			g->stuck = true;
			return NULL;
		}
		n = read(g->console, g->text + g->len,
			 sizeof(g->text) - g->len);
		if (n <= 0)
			return NULL;
		g->len += n;
	}
	return line;
}

/* Nobody answers: what the guest and papr run have said last, and its end. */
static void explain_silence(struct linux_guest *g)
{
	const char *line;
	char said[256];
	FILE *errors;
	int status;

	if (g->pid <= 0)
		return;
	while ((line = linux_guest_line(g, GUEST_PATIENCE_MS)))
		print_message("# the guest: %s\n", line);
	errors = fopen(ERRORS, "r");
	while (errors && fgets(said, sizeof(said), errors))
		print_message("# %s", said);
	if (errors)
		fclose(errors);
	if (g->stuck) {
		print_message("# papr run has not ended\n");
		return;
	}
	waitpid(g->pid, &status, 0);
	g->pid = -1;
	print_message("# papr run has ended: %s %d\n",
		      WIFEXITED(status) ? "status" : "signal",
		      WIFEXITED(status) ? WEXITSTATUS(status)
					: WTERMSIG(status));
}

const char *linux_guest_expect(struct linux_guest *g, const char *begin)
{
	const char *line;

	while ((line = linux_guest_line(g, GUEST_PATIENCE_MS)))
		if (!strncmp(line, begin, strlen(begin)))
			return line + strlen(begin);
	explain_silence(g);
	fail_msg("\n# the guest does not say %s", begin);
	return NULL;
}

void linux_guest_execute(struct linux_guest *g, const char *command,
			 json_t *args)
{
	struct papr_error error;
	json_t *result = qmp_client_execute(g->client, command, args, &error);

	if (!result) {
		explain_silence(g);
		fail_msg("\n# %s: %s", command, error.text);
	}
	json_decref(result);
}

json_t *linux_guest_event(struct linux_guest *g, const char *name)
{
	json_t *event, *data = NULL;
	bool gone;

	while (!data && !g->stuck &&
	       (event = qmp_client_event(g->client, GUEST_PATIENCE_MS,
					 &gone))) {
		if (!strcmp(json_string_value(json_object_get(event, "event")),
			    name))
			data = json_incref(json_object_get(event, "data"));
		json_decref(event);
	}
	if (!data) {
		explain_silence(g);
		g->stuck = true;
		fail_msg("\n# there is no event %s", name);
	}
	return data;
}

int linux_guest_wait(struct linux_guest *g)
{
	int status;

	while (linux_guest_line(g, GUEST_PATIENCE_MS))
		;
	assert_int_equal(waitpid(g->pid, &status, 0), g->pid);
	g->pid = -1;
	linux_guest_end(g);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* "[   26.452841] TEXT" */
void linux_guest_hear(struct linux_guest *g, const char *text)
{
	const char *line, *said;

	while ((line = linux_guest_line(g, GUEST_PATIENCE_MS))) {
		said = strstr(line, "] ");
		if (line[0] == '[' && said && !strcmp(said + 2, text))
			return;
	}
	fail_msg("\n# the kernel does not say %s", text);
}

void linux_guest_assert_panic(struct linux_guest *g, const char *words)
{
	char line[256] = "", wanted[256];
	FILE *errors;

	assert_int_equal(linux_guest_wait(g), PANIC_STATUS);
	errors = fopen(ERRORS, "r");
	assert_non_null(errors);
	fgets(line, sizeof(line), errors);
	fclose(errors);
	snprintf(wanted, sizeof(wanted), "papr run: the guest has given up: "
		 "OS panic: %s\n", words);
	assert_string_equal(line, wanted);
}
