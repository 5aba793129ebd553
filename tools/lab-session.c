/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tools/lab-console.h"
#include "tools/lab.h"

#define ESCAPE		('a' & 0x1f)	/* Ctrl-A, as in QEMU */
#define END_OF_INPUT	('d' & 0x1f)
#define BOOT_LINES	40		/* shown when the lab does not boot */

enum { CONSOLE, SIGNALS, INPUT, N_FDS };

struct session {
	struct lab_qemu *qemu;
	const struct lab_options *opts;
	struct lab_console console;
	struct pollfd fds[N_FDS];
	struct termios saved;	/* terminal settings, when raw */
	bool raw;
	bool escaped;		/* the last key was ESCAPE */
	bool quit;
	bool lost;		/* our output went nowhere */
	long long deadline_ms;	/* 0: none */
};

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
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

/* Keys typed go to the lab as they are; Ctrl-A x leaves, Ctrl-A a is one. */
static void pass_keys(struct session *s, const char *keys, size_t len)
{
	size_t i;

	for (i = 0; i < len && !s->quit; i++) {
		if (s->raw && !s->escaped && keys[i] == ESCAPE) {
			s->escaped = true;
			continue;
		}
		if (s->escaped && keys[i] == 'x')
			s->quit = true;
		else if (s->escaped && keys[i] == 'a')
			write_all(s->qemu->console, "\001", 1);
		else
			write_all(s->qemu->console, keys + i, 1);
		s->escaped = false;
	}
}

static void read_input(struct session *s)
{
	static const char end = END_OF_INPUT;
	char keys[256];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));

	if (n > 0) {
		pass_keys(s, keys, n);
		return;
	}
	s->fds[INPUT].fd = -1;
	write_all(s->qemu->console, &end, 1);
}

/* False when QEMU has gone. */
static bool read_console(struct session *s)
{
	char bytes[65536];
	ssize_t n = read(s->qemu->console, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0) {
		lab_console_finish(&s->console);
		return false;
	}
	lab_console_feed(&s->console, bytes, n);
	return true;
}

/* What is typed before the shell is there waits in our terminal. */
static void watch_input(struct session *s)
{
	struct termios raw;

	if (!s->opts->shell || s->raw || s->fds[INPUT].fd >= 0 ||
	    s->fds[INPUT].revents || s->console.phase != LAB_RUNNING)
		return;
	s->fds[INPUT].fd = STDIN_FILENO;
	if (tcgetattr(STDIN_FILENO, &s->saved))
		return;
	raw = s->saved;
	cfmakeraw(&raw);
	s->raw = !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void report_end_of_qemu(struct session *s)
{
	const char *tail;
	size_t len;

	if (s->console.phase == LAB_BOOTING) {
		lab_error("the lab did not boot");
		tail = lab_console_boot_tail(&s->console, BOOT_LINES, &len);
		if (!s->opts->verbose)
			write_all(STDERR_FILENO, tail, len);
	} else {
		lab_error("QEMU ended before the command did");
	}
	lab_qemu_report(s->qemu, s->opts->verbose);
}

static int timed_out(struct session *s)
{
	const char *tail;
	size_t len;

	lab_error("time limit of %u s reached%s", s->opts->timeout_s,
		  s->console.phase == LAB_BOOTING ? " while booting" : "");
	if (s->console.phase == LAB_BOOTING && !s->opts->verbose) {
		tail = lab_console_boot_tail(&s->console, BOOT_LINES, &len);
		write_all(STDERR_FILENO, tail, len);
	}
	return LAB_EXIT_TIMEOUT;
}

/* Wait for something; false at the time limit. */
static bool wait_for_event(struct session *s)
{
	long long left = -1;

	if (s->deadline_ms) {
		left = s->deadline_ms - now_ms();
		if (left <= 0)
			return false;
	}
	if (poll(s->fds, N_FDS, (int)left) < 0)
		s->fds[CONSOLE].revents = 0;
	return true;
}

/* The exit status, or minus the signal that ended it. */
static int session_loop(struct session *s)
{
	struct signalfd_siginfo info;

	while (s->console.phase != LAB_ENDED) {
		if (!wait_for_event(s))
			return timed_out(s);
		if (s->fds[SIGNALS].revents &&
		    read(s->fds[SIGNALS].fd, &info, sizeof(info)) > 0)
			return -(int)info.ssi_signo;
		if (s->fds[INPUT].revents)
			read_input(s);
		if (s->fds[CONSOLE].revents && !read_console(s)) {
			report_end_of_qemu(s);
			return LAB_EXIT_FAILED;
		}
		if (s->lost) {
			lab_error("cannot write the output: %s",
				  strerror(errno));
			return LAB_EXIT_FAILED;
		}
		if (s->quit)
			return LAB_EXIT_FAILED;
		watch_input(s);
	}
	return s->console.status;
}

int lab_session(struct lab_qemu *qemu, const struct lab_options *opts,
		const char *nonce)
{
	static struct session s;
	sigset_t signals;
	int status;

	s.qemu = qemu;
	s.opts = opts;
	if (opts->timeout_s)
		s.deadline_ms = now_ms() + opts->timeout_s * 1000LL;
	lab_console_init(&s.console, nonce, console_output, &s);

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	s.fds[CONSOLE] = (struct pollfd){ qemu->console, POLLIN, 0 };
	s.fds[SIGNALS] = (struct pollfd){
		signalfd(-1, &signals, SFD_CLOEXEC), POLLIN, 0 };
	s.fds[INPUT] = (struct pollfd){ -1, POLLIN, 0 };

	status = session_loop(&s);

	if (s.raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &s.saved);
	lab_qemu_end(qemu);
	if (status < 0) {	/* end as the signal would have ended us */
		signal(-status, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &signals, NULL);
		raise(-status);
		return 128 - status;
	}
	return status;
}
