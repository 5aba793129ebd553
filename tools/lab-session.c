/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include "tools/lab-console.h"
#include "tools/lab-mce.h"
#include "tools/lab.h"

#define ESCAPE		('a' & 0x1f)	/* Ctrl-A, as in QEMU */
#define BOOT_LINES	40		/* shown when the lab does not boot */

enum { CONSOLE, INPUT, GDB, N_FDS };

struct session {
	struct lab_qemu *qemu;
	const struct lab_options *opts;
	struct lab_console console;
	struct lab_mce mce;
	struct pollfd fds[N_FDS];
	bool escaped;		/* the last key was ESCAPE */
	bool quit;
	bool lost;		/* our output went nowhere */
};

/* What signal handlers need. */
static volatile sig_atomic_t expired;
static volatile sig_atomic_t raw;
static struct termios saved;	/* the terminal's settings before raw */

static int write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR && !expired)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= n;
	}
	return 0;
}

static void console_output(void *opaque, enum lab_phase phase,
			   const char *bytes, size_t len)
{
	struct session *s = opaque;

	if (phase == LAB_RUNNING)
		s->lost |= write_all(STDOUT_FILENO, bytes, len) != 0;
	else if (s->opts->verbose)
		write_all(STDERR_FILENO, bytes, len);
}

static void restore_terminal(void)
{
	if (raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	raw = 0;
}

/* QEMU dies with us; only the terminal is ours to repair. */
static void on_signal(int signal)
{
	restore_terminal();
	raise(signal);
}

static void on_alarm(int signal)
{
	(void)signal;
	expired = 1;
}

/*
 * The alarm interrupts any system call, a write to a reader that has stopped
 * reading too; it rings again in case it came just before the call.
 */
static void set_time_limit(unsigned int seconds)
{
	const struct itimerval limit = {
		.it_value.tv_sec = seconds,
		.it_interval.tv_sec = seconds ? 1 : 0,
	};
	const struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &limit, NULL);
}

static void make_terminal_raw(void)
{
	const struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESETHAND | SA_NODEFER,
	};
	struct termios settings;

	if (tcgetattr(STDIN_FILENO, &saved))
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	settings = saved;
	cfmakeraw(&settings);
	raw = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

/* Keys typed go to the lab as they are; Ctrl-A x leaves, Ctrl-A a is one. */
static void pass_keys(struct session *s, const char *keys, size_t len)
{
	static const char escape = ESCAPE;
	size_t i;

	for (i = 0; i < len && !s->quit; i++) {
		if (!s->escaped && keys[i] == ESCAPE) {
			s->escaped = true;
			continue;
		}
		if (s->escaped && keys[i] == 'x')
			s->quit = true;
		else if (s->escaped && keys[i] == 'a')
			write_all(s->qemu->console, &escape, 1);
		else
			write_all(s->qemu->console, keys + i, 1);
		s->escaped = false;
	}
}

static void read_input(struct session *s)
{
	char keys[256];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));

	if (n > 0)
		pass_keys(s, keys, n);
	else
		s->quit = true;	/* the terminal has gone */
}

/* False when QEMU has gone. */
static bool read_console(struct session *s)
{
	const bool booting = s->console.phase == LAB_BOOTING;
	char bytes[65536];
	ssize_t n = read(s->qemu->console, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0) {
		lab_console_finish(&s->console);
		return false;
	}
	lab_console_feed(&s->console, bytes, n);
	/* What was typed before the shell came waits in our terminal. */
	if (s->opts->shell && booting && s->console.phase == LAB_RUNNING) {
		make_terminal_raw();
		s->fds[INPUT].fd = STDIN_FILENO;
	}
	return true;
}

static void show_boot_messages(const struct session *s)
{
	const char *tail;
	size_t len;

	if (s->console.phase != LAB_BOOTING || s->opts->verbose)
		return;
	tail = lab_console_boot_tail(&s->console, BOOT_LINES, &len);
	write_all(STDERR_FILENO, tail, len);
}

static int failed(const struct session *s, const char *why)
{
	restore_terminal();
	show_boot_messages(s);
	lab_error("%s", why);
	lab_qemu_report(s->qemu, s->opts->verbose);
	return LAB_EXIT_FAILED;
}

static int timed_out(const struct session *s)
{
	expired = 0;
	restore_terminal();
	show_boot_messages(s);
	lab_error("time limit of %u s reached%s", s->opts->timeout_s,
		  s->console.phase == LAB_BOOTING ? " while booting" : "");
	return LAB_EXIT_TIMEOUT;
}

static int stub_failed(const struct session *s)
{
	if (expired)
		return timed_out(s);
	return failed(s, "QEMU ended, or its debug stub failed");
}

static int session_loop(struct session *s)
{
	while (s->console.phase != LAB_ENDED) {
		if (poll(s->fds, N_FDS, -1) < 0)
			s->fds[CONSOLE].revents = s->fds[INPUT].revents =
				s->fds[GDB].revents = 0;
		if (s->fds[INPUT].revents)
			read_input(s);
		if (s->quit)
			return 0;
		if (s->fds[CONSOLE].revents && !read_console(s))
			return failed(s, s->console.phase == LAB_BOOTING
				      ? "the lab did not boot"
				      : "QEMU ended before the command did");
		if (s->fds[GDB].revents && lab_mce_stopped(&s->mce))
			return stub_failed(s);
		if (expired)
			return timed_out(s);
		if (s->lost)
			return failed(s, "cannot write the output");
	}
	return s->console.status;
}

int lab_session(struct lab_qemu *qemu, const struct lab_options *opts,
		const char *nonce)
{
	struct session s = {
		.qemu = qemu,
		.opts = opts,
		.fds = {
			[CONSOLE] = { qemu->console, POLLIN, 0 },
			[INPUT] = { -1, POLLIN, 0 },
			[GDB] = { qemu->gdb, POLLIN, 0 },
		},
	};
	int status;

	lab_console_init(&s.console, nonce, console_output, &s);
	s.console.keep_stamps = opts->shell;
	set_time_limit(opts->timeout_s);
	if (qemu->gdb >= 0 && lab_mce_open(&s.mce, qemu->gdb))
		status = stub_failed(&s);
	else
		status = session_loop(&s);
	set_time_limit(0);
	restore_terminal();
	lab_qemu_end(qemu);
	return status;
}
