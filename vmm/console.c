/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include "vmm/console.h"
#include "vmm/util.h"

#define ESCAPE 0x01		/* Ctrl-A */
#define OUTPUT_WAIT_MS 10

/* For the signal handler, which gets no argument. */
static struct termios saved_termios;

static const int fatal_signals[] = {
	SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV,
};

static void restore_and_die(int sig)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &saved_termios);
	/* SA_RESETHAND: this time it is the default that happens. */
	raise(sig);
}

static void guard_terminal(void)
{
	struct sigaction action = {
		.sa_handler = restore_and_die, .sa_flags = SA_RESETHAND,
	};
	size_t i;

	for (i = 0; i < COUNT_OF(fatal_signals); i++)
		sigaction(fatal_signals[i], &action, NULL);
}

static void make_raw(struct console *console)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved_termios))
		return;
	guard_terminal();
	raw = saved_termios;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST;	/* our own messages end in a newline */
	console->raw = !tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

int console_open(struct console *console)
{
	memset(console, 0, sizeof(*console));
	console->space_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (console->space_fd < 0)
		return -errno;
	pthread_mutex_init(&console->lock, NULL);
	pthread_mutex_init(&console->out_lock, NULL);
	make_raw(console);
	return 0;
}

void console_close(struct console *console)
{
	/* What the user sees next begins a line. */
	if (console->raw && console->mid_line && isatty(STDOUT_FILENO))
		console_put(console, "\n", 1);
	if (console->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_termios);
	close(console->space_fd);
	pthread_mutex_destroy(&console->lock);
	pthread_mutex_destroy(&console->out_lock);
}

static size_t ring_space(struct console *console)
{
	size_t space;

	pthread_mutex_lock(&console->lock);
	space = CONSOLE_RING - console->len;
	pthread_mutex_unlock(&console->lock);
	return space;
}

bool console_wants_input(struct console *console)
{
	return !console->eof && ring_space(console);
}

/* Takes escapes out of what was typed; -1 if one of them says quit. */
static ssize_t filter_escapes(struct console *console, uint8_t *data,
			      size_t len)
{
	size_t i, kept = 0;

	for (i = 0; i < len; i++) {
		if (console->escape) {
			console->escape = false;
			if (data[i] == 'x')
				return -1;
			data[kept++] = data[i];
		} else if (data[i] == ESCAPE) {
			console->escape = true;
		} else {
			data[kept++] = data[i];
		}
	}
	return kept;
}

static void ring_put(struct console *console, const uint8_t *data, size_t len)
{
	size_t i;

	pthread_mutex_lock(&console->lock);
	for (i = 0; i < len; i++)
		console->ring[(console->head + console->len++) %
			      CONSOLE_RING] = data[i];
	pthread_mutex_unlock(&console->lock);
}

enum console_input console_fill(struct console *console)
{
	uint8_t data[CONSOLE_RING];
	ssize_t len = read(STDIN_FILENO, data, ring_space(console));

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return CONSOLE_NOTHING;
	if (len <= 0) {
		console->eof = true;
		return CONSOLE_NOTHING;
	}
	if (console->raw)
		len = filter_escapes(console, data, len);
	if (len < 0)
		return CONSOLE_QUIT;
	ring_put(console, data, len);
	return len ? CONSOLE_INPUT : CONSOLE_NOTHING;
}

size_t console_take(struct console *console, void *data, size_t len)
{
	uint8_t *to = data;
	size_t i, was;

	pthread_mutex_lock(&console->lock);
	was = console->len;
	if (len > was)
		len = was;
	for (i = 0; i < len; i++)
		to[i] = console->ring[(console->head + i) % CONSOLE_RING];
	console->head = (console->head + len) % CONSOLE_RING;
	console->len -= len;
	pthread_mutex_unlock(&console->lock);

	if (was == CONSOLE_RING && len)
		eventfd_write(console->space_fd, 1);
	return len;
}

ssize_t console_put(struct console *console, const void *data, size_t len)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	ssize_t n;

	pthread_mutex_lock(&console->out_lock);
	n = poll(&out, 1, OUTPUT_WAIT_MS);
	if (n > 0)
		n = write(STDOUT_FILENO, data, len);
	if (n > 0) {
		console->mid_line = ((const char *)data)[n - 1] != '\n';
		said_take(&console->said, data, n);
	}
	if (n < 0)
		n = errno == EINTR || errno == EAGAIN ? 0 : -errno;
	pthread_mutex_unlock(&console->out_lock);
	return n;
}

bool console_said(struct console *console, uint64_t *status)
{
	bool is_there;

	pthread_mutex_lock(&console->out_lock);
	is_there = console->said.is_there;
	*status = console->said.status;
	pthread_mutex_unlock(&console->out_lock);
	return is_there;
}

void console_forget(struct console *console)
{
	pthread_mutex_lock(&console->out_lock);
	memset(&console->said, 0, sizeof(console->said));
	pthread_mutex_unlock(&console->out_lock);
}
