/* SPDX-License-Identifier: BSD-2-Clause */
/* papr top: the calls of a running guest, again and again. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tools/papr.h"
#include "tools/stats-source.h"
#include "tools/top-rows.h"
#include "vmm/util.h"

#define EXIT_FAILED 1
#define MAX_DELAY_S 3600

/* Of terminals since the VT100; the other screen is xterm's. */
#define SCREEN_OPEN	"\033[?1049h\033[?25l"
#define SCREEN_CLOSE	"\033[?25h\033[?1049l"
#define SCREEN_HOME	"\033[H"
#define LINE_END	"\033[K\r\n"
#define SCREEN_CLEAR	"\033[J"

/* Lines above the table. */
#define HEAD_LINES 2

static const char help_text[] =
"usage: papr top [OPTION...] SOCKET\n"
"\n"
"Shows which calls the guest of a papr run --control SOCKET makes now.\n"
"\n"
"  -d, --delay SECONDS     between two looks, such as 0.5; 2 at first\n"
"  -n, --count N           as many looks, then end\n"
"  -b, --batch             print one look after the other, without a terminal\n"
"  -s, --sort calls|time   what is most; keys c and t change it\n"
"      --cpu N             of one virtual processor\n"
"  -h, --help\n"
"\n"
"Keys: c and t sort by calls and by time, q ends.\n"
"Exit status: 0 ended by the user or after N looks, 1 the machine was not\n"
"reached or has ended, 2 bad arguments.\n";

static const struct option options[] = {
	{ "delay", required_argument, NULL, 'd' },
	{ "count", required_argument, NULL, 'n' },
	{ "batch", no_argument, NULL, 'b' },
	{ "sort", required_argument, NULL, 's' },
	{ "cpu", required_argument, NULL, 'C' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

struct top {
	const char *socket;
	int delay_ms;
	uint64_t count;		/* 0: without end */
	bool batch;
	enum top_order order;
	uint32_t cpu;
	struct qmp_client *client;
	json_t *before;
	json_t *now;
	struct termios terminal;	/* as it was */
	sigset_t mask;			/* likewise */
};

static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	signalled = sig;
}

/* --- the screen */

static int screen_open(struct top *top)
{
	struct sigaction action = { .sa_handler = on_signal };
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct termios raw;
	sigset_t set;
	size_t i;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &top->terminal))
		return -1;
	/* They come while it waits, and at no other time. */
	sigemptyset(&set);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		sigaction(ends[i], &action, NULL);
		sigaddset(&set, ends[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	raw = top->terminal;
	raw.c_lflag &= ~(ICANON | ECHO);
	/* Ctrl-C would throw away what puts the screen right. */
	raw.c_lflag |= NOFLSH;
	/* Nobody would put the screen right after Ctrl-Z. */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs(SCREEN_OPEN, stdout);
	return 0;
}

static void screen_close(const struct top *top)
{
	fputs(SCREEN_CLOSE, stdout);
	fflush(stdout);
	tcsetattr(STDIN_FILENO, TCSANOW, &top->terminal);
}

static void title_print(const struct top *top, char *title, size_t size)
{
	bool timing = json_is_true(json_object_get(top->now, "timing"));
	time_t now = time(NULL);
	struct tm tm;
	char clock[16];

	localtime_r(&now, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(title, size, "%s  %.60s  most %s first%s", clock, top->socket,
		 top->order == TOP_BY_TIME ? "time" : "calls",
		 timing ? "" : "; times are not measured");
}

static int draw(const struct top *top)
{
	static struct top_row rows[TOP_MAX];
	size_t n = top_rows(top->before, top->now, top->order, rows);
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char title[160];

	title_print(top, title, sizeof(title));
	if (top->batch) {
		printf("%s\n\n", title);
		top_print(stdout, rows, n, 0, 0, "\n");
		putchar('\n');
		return fflush(stdout);
	}
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	if (!size.ws_row || !size.ws_col)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	printf(SCREEN_HOME "%.*s" LINE_END LINE_END, size.ws_col, title);
	/* The last line stays free: writing its end would scroll. */
	if (size.ws_row > HEAD_LINES + 1)
		top_print(stdout, rows, n, size.ws_row - HEAD_LINES - 1,
			  size.ws_col, LINE_END);
	fputs(SCREEN_CLEAR, stdout);
	return fflush(stdout);
}

/* --- the loop */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* False if it is to end. */
static bool take_key(struct top *top)
{
	char key;

	if (read(STDIN_FILENO, &key, 1) != 1)
		return false;
	if (key == 'q')
		return false;
	if (key == 'c' || key == 't') {
		top->order = key == 't' ? TOP_BY_TIME : TOP_BY_CALLS;
		draw(top);
	}
	return true;
}

/* Until the next look; false if it is to end. */
static bool wait_for_next(struct top *top)
{
	struct pollfd keys = {
		.fd = top->batch ? -1 : STDIN_FILENO, .events = POLLIN
	};
	int64_t end = now_ms() + top->delay_ms, left;
	struct timespec timeout;

	while ((left = end - now_ms()) > 0 && !signalled) {
		timeout.tv_sec = left / 1000;
		timeout.tv_nsec = left % 1000 * 1000000;
		if (ppoll(&keys, 1, &timeout, &top->mask) > 0 &&
		    !take_key(top))
			return false;
	}
	return !signalled;
}

/* Another look; -1 and a sentence. */
static int look(struct top *top, struct papr_error *error)
{
	json_t *event;
	bool gone;

	/* Nobody wants the events. */
	while ((event = qmp_client_event(top->client, 0, &gone)))
		json_decref(event);
	json_decref(top->before);
	top->before = top->now;
	top->now = stats_ask(top->client, top->cpu, error);
	return top->now ? 0 : -1;
}

/* 1: it was told to end; 0: all looks were taken; -1 and a sentence. */
static int loop(struct top *top, struct papr_error *error)
{
	uint64_t looks;

	if (look(top, error))
		return -1;
	if (!top->batch)
		draw(top);
	for (looks = 0; !top->count || looks < top->count; looks++) {
		if (!wait_for_next(top))
			return 1;
		if (look(top, error))
			return -1;
		if (draw(top))
			return refuse(error, -1, "standard output: %s",
				      strerror(errno));
	}
	return 0;
}

static int run(struct top *top)
{
	struct papr_error error;
	int r;

	if (qmp_client_open(top->socket, &top->client, &error)) {
		fprintf(stderr, "papr top: %s\n", error.text);
		return EXIT_FAILED;
	}
	sigprocmask(SIG_BLOCK, NULL, &top->mask);
	if (!top->batch && screen_open(top)) {
		fputs("papr top: this is no terminal; --batch needs none\n",
		      stderr);
		qmp_client_close(top->client);
		return EXIT_USAGE;
	}
	r = loop(top, &error);
	if (!top->batch)
		screen_close(top);
	if (r < 0)
		fprintf(stderr, "papr top: %s\n", error.text);
	json_decref(top->before);
	json_decref(top->now);
	qmp_client_close(top->client);
	return r < 0 ? EXIT_FAILED : 0;
}

/* --- the command line */

static int complain(const char *option, const char *text, const char *why)
{
	fprintf(stderr, "papr top: %s %s: %s\n", option, text, why);
	return EXIT_USAGE;
}

static int delay_parse(const char *text, int *delay_ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*end || end == text || !(seconds >= 0.1 && seconds <= MAX_DELAY_S))
		return complain("--delay", text,
				"not between 0.1 and 3600 seconds");
	*delay_ms = seconds * 1000;
	return 0;
}

static int option_take(struct top *top, int c, const char *text)
{
	struct papr_error error;

	switch (c) {
	case 'd':
		return delay_parse(text, &top->delay_ms);
	case 'n':
		if (number_parse(text, &top->count, NULL) || !top->count)
			return complain("--count", text, "not a number from 1 "
					"on");
		return 0;
	case 'b':
		top->batch = true;
		return 0;
	case 's':
		if (strcmp(text, "calls") && strcmp(text, "time"))
			return complain("--sort", text, "neither calls nor "
					"time");
		top->order = *text == 't' ? TOP_BY_TIME : TOP_BY_CALLS;
		return 0;
	case 'C':
		if (!stats_cpu_parse(text, &top->cpu, &error))
			return 0;
		fprintf(stderr, "papr top: %s\n", error.text);
		return EXIT_USAGE;
	default:
		return EXIT_USAGE;	/* getopt has complained */
	}
}

int cmd_top(int argc, char **argv)
{
	struct top top = { .delay_ms = 2000, .cpu = STATS_ALL_CPUS };
	int c, status;

	while ((c = getopt_long(argc, argv, "d:n:bs:h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help_text, stdout);
			return fflush(stdout) ? EXIT_FAILED : 0;
		}
		status = option_take(&top, c, optarg);
		if (status)
			return status;
	}
	if (optind + 1 != argc) {
		fputs("papr top: one SOCKET is wanted\n", stderr);
		return EXIT_USAGE;
	}
	top.socket = argv[optind];
	return run(&top);
}
