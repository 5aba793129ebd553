/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/sweep-guest.h"
#include "vmm/util.h"

#define END_WAIT_MS 10000
#define END_POLL_MS 20

/* --- start */

/* "papr run --control SOCKET ARGUMENT..." */
static const char **arguments(struct sweep_guest *g, char *const *run)
{
	const char **argv;
	size_t n;

	for (n = 0; run[n]; n++)
		;
	argv = calloc(n + 5, sizeof(*argv));
	if (!argv)
		return NULL;
	argv[0] = "papr";
	argv[1] = "run";
	argv[2] = "--control";
	argv[3] = g->socket;
	while (n--)
		argv[n + 4] = run[n];
	return argv;
}

/*
 * In the child.  It has a process group of its own: Ctrl-C is for the sweep,
 * which ends it then, and so does the end of the sweep.
 */
static void become_guest(const char *program, const char **argv, int console)
{
	sigset_t none;
	int input = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(input, STDIN_FILENO);
	dup2(console, STDOUT_FILENO);
	dup2(console, STDERR_FILENO);
	execv(program, (char **)argv);
	dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

static int spawn(struct sweep_guest *g, const char *program,
		 char *const *run)
{
	const char **argv = arguments(g, run);
	int fds[2], ret;

	if (!argv || pipe2(fds, O_CLOEXEC)) {
		ret = argv ? -errno : -ENOMEM;
		free(argv);
		return ret;
	}
	g->pid = fork();
	ret = g->pid < 0 ? -errno : 0;
	if (!g->pid)
		become_guest(program, argv, fds[1]);
	free(argv);
	close(fds[1]);
	if (ret)
		close(fds[0]);
	else
		g->console_fd = fds[0];
	return ret;
}

int sweep_guest_start(struct sweep_guest *g, const char *program,
		      char *const *run, struct papr_error *error)
{
	const char *tmp = getenv("TMPDIR");
	int ret;

	g->client = NULL;
	g->len = 0;
	g->said[0] = '\0';
	if (!tmp || strlen(tmp) > 30)
		tmp = "/tmp";
	snprintf(g->dir, sizeof(g->dir), "%s/papr-sweep.XXXXXX", tmp);
	if (!mkdtemp(g->dir))
		return refuse(error, -errno, "%s: %s", g->dir,
			      strerror(errno));
	snprintf(g->socket, sizeof(g->socket), "%s/control", g->dir);
	ret = spawn(g, program, run);
	if (ret) {
		rmdir(g->dir);
		return refuse(error, ret, "the guest cannot be started: %s",
			      strerror(-ret));
	}
	return 0;
}

int sweep_guest_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int sweep_guest_connect(struct sweep_guest *g, struct papr_error *error)
{
	return qmp_client_open(g->socket, &g->client, error);
}

/* --- listen */

static void end_line(struct sweep_guest *g)
{
	if (!g->len)
		return;
	g->line[g->len] = '\0';
	g->len = 0;
	snprintf(g->said, sizeof(g->said), "%.199s", g->line);
	g->listener->line(g->listener->arg, g->line);
}

/* NUL ends a line as well: what follows it is not lost. */
static void take_console(struct sweep_guest *g, const char *data, size_t len)
{
	if (g->log) {
		fwrite(data, 1, len, g->log);
		fflush(g->log);
	}
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\n' || data[i] == '\r' || !data[i]) {
			end_line(g);
			continue;
		}
		g->line[g->len++] = data[i];
		if (g->len == sizeof(g->line) - 1)
			end_line(g);
	}
}

static enum sweep_heard read_console(struct sweep_guest *g)
{
	char data[4096];
	ssize_t n = read(g->console_fd, data, sizeof(data));

	if (n < 0 && errno == EINTR)
		return HEARD_SOMETHING;
	if (n <= 0) {
		end_line(g);
		return HEARD_END;
	}
	take_console(g, data, n);
	return HEARD_SOMETHING;
}

void sweep_guest_drain(struct sweep_guest *g)
{
	const char *name;
	json_t *event;
	bool gone = false;

	while (g->client && (event = qmp_client_event(g->client, 0, &gone))) {
		name = json_string_value(json_object_get(event, "event"));
		if (name)
			g->listener->event(g->listener->arg, name,
					   json_object_get(event, "data"));
		json_decref(event);
	}
	/* What it is about to tell on its console says why. */
	if (gone) {
		qmp_client_close(g->client);
		g->client = NULL;
	}
}

enum sweep_heard sweep_guest_hear(struct sweep_guest *g, int timeout_ms)
{
	struct pollfd polls[] = {
		{ .fd = g->signal_fd, .events = POLLIN },
		{ .fd = g->console_fd, .events = POLLIN },
		{ .fd = g->client ? qmp_client_fd(g->client) : -1,
		  .events = POLLIN },
	};
	int n = poll(polls, COUNT_OF(polls), timeout_ms);

	if (n <= 0)
		return n < 0 && errno == EINTR ? HEARD_SOMETHING :
						 HEARD_NOTHING;
	if (polls[0].revents)
		return HEARD_USER;
	/* Events first: they are about what the console tells next. */
	if (polls[2].revents)
		sweep_guest_drain(g);
	return polls[1].revents ? read_console(g) : HEARD_SOMETHING;
}

/* --- end */

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* What it still says is read: it must not wait for us to do so. */
int sweep_guest_end(struct sweep_guest *g)
{
	struct pollfd console = { .fd = g->console_fd, .events = POLLIN };
	int status = 0, waited = 0;
	bool open = true;

	kill(g->pid, SIGTERM);
	while (!waitpid(g->pid, &status, WNOHANG)) {
		if (waited++ == END_WAIT_MS / END_POLL_MS)
			kill(g->pid, SIGKILL);
		if (open && poll(&console, 1, 0) > 0)
			open = read_console(g) != HEARD_END;
		else
			poll(NULL, 0, END_POLL_MS);
	}
	close(g->console_fd);
	qmp_client_close(g->client);
	unlink(g->socket);
	rmdir(g->dir);
	g->pid = 0;
	return status_of(status);
}
