/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only program of a Linux guest that gets machine checks: it tells
 * tests/lab-mce.c on the console what the kernel says and what befalls a
 * process, a line each.
 *
 *	KERNEL LEVEL TEXT		a record of /dev/kmsg
 *	SPINNER PID			the process on CPU 1 is in user mode
 *	PAGE ADDRESS REAL-ADDRESS	the page that it reads all the time
 *	SIGBUS PID CODE ADDRESS		it has caught one
 *	DEAD PID SIGNAL
 *	SYMBOL TEXT, SYNC, FAILED WHAT
 *
 * It takes commands, a line each:
 *
 *	sync			say SYNC, after all that was there before
 *	symbol ADDRESS		as the kernel prints one
 *	spin | spin-default	start the process; does it catch SIGBUS?
 *	stop			end it, so that CPU 1 goes to sleep
 *	busy			keep the kernel busy on CPU 0
 *	silent			say no more what the kernel says
 *	write PATH TEXT
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PAGE_ADDRESS ((char *)0x20000000)
#define PFN_MASK ((UINT64_C(1) << 55) - 1)
#define POLL_MS 20

/* From the spinner to the program; a pipe keeps them whole. */
struct report {
	int pid;
	int code;	/* of a signal, 0 for a new page */
	uint64_t address;
	uint64_t real;
};

static int report_pipe[2];
static int pagemap;
static bool silent;
static size_t page_size;
static pid_t spinner;

static void say(const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	for (int done = 0, n; done < len; done += n) {
		n = write(STDOUT_FILENO, line + done, len - done);
		if (n < 0)
			exit(1);
	}
}

/* 0 is the caller. */
static void pin(pid_t pid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(pid, sizeof(set), &set) && !pid)
		say("FAILED sched_setaffinity: %s", strerror(errno));
}

/* So that CPU 1 sleeps when nothing spins; some threads must stay. */
static void pin_all(int cpu)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;

	while (processes && (entry = readdir(processes)))
		if (atoi(entry->d_name))
			pin(atoi(entry->d_name), cpu);
	if (processes)
		closedir(processes);
}

/* --- the spinner; what its handler calls is safe there */

static void report(int code, const void *address, uint64_t real)
{
	struct report r = { getpid(), code, (uintptr_t)address, real };

	if (write(report_pipe[1], &r, sizeof(r)) != sizeof(r))
		_exit(1);
}

static void take_page(void)
{
	uint64_t entry = 0;

	if (mmap(PAGE_ADDRESS, page_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		_exit(1);
	*(volatile char *)PAGE_ADDRESS = 1;
	if (pread(pagemap, &entry, sizeof(entry),
		  (uintptr_t)PAGE_ADDRESS / page_size * sizeof(entry)) < 0)
		_exit(1);
	report(0, PAGE_ADDRESS, (entry & PFN_MASK) * page_size);
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	char *address = info->si_addr;

	(void)sig;
	(void)context;
	report(info->si_code, address, 0);
	if (address >= PAGE_ADDRESS && address < PAGE_ADDRESS + page_size)
		take_page();
}

static void spin(bool catches)
{
	struct sigaction action = {
		.sa_sigaction = on_sigbus,
		.sa_flags = SA_SIGINFO,
	};

	prctl(PR_SET_NAME, "mce-spinner");
	pin(0, 1);
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (catches)
		sigaction(SIGBUS, &action, NULL);
	take_page();
	for (;;)
		(void)*(volatile char *)PAGE_ADDRESS;
}

static void start(bool catches)
{
	spinner = fork();
	if (!spinner)
		spin(catches);
	say("SPINNER %d", spinner);
}

static void stop(void)
{
	kill(spinner, SIGKILL);
}

/* --- what has happened */

static void tell_report(int fd)
{
	struct report r;

	if (read(fd, &r, sizeof(r)) != sizeof(r))
		return;
	if (r.code)
		say("SIGBUS %d %d %" PRIx64, r.pid, r.code, r.address);
	else
		say("PAGE %" PRIx64 " %" PRIx64, r.address, r.real);
}

/* "LEVEL,NUMBER,TIME,FLAGS;TEXT", then lines that are not for people. */
static void tell_kernel(int fd)
{
	char record[8192], *text;
	ssize_t len;

	while ((len = read(fd, record, sizeof(record) - 1)) > 0) {
		record[len] = '\0';
		text = strchr(record, ';');
		if (!text)
			continue;
		text[1 + strcspn(text + 1, "\n")] = '\0';
		if (!silent)
			say("KERNEL %d %s", atoi(record) & 7, text + 1);
	}
}

static void tell_dead(void)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid > 0)
		say("DEAD %d %d", pid, WIFSIGNALED(status) ? WTERMSIG(status) :
		    0);
}

/* --- commands */

/* All symbols, as text: the kernel has to work for a second. */
static char *read_symbols(void)
{
	size_t len = 0, size = 16 << 20;
	char *symbols = calloc(1, size);
	int fd = open("/proc/kallsyms", O_RDONLY);
	ssize_t n;

	while (symbols && (n = read(fd, symbols + len, size - 1 - len)) > 0)
		len += n;
	close(fd);
	return symbols;
}

/* As %pS prints it: the first of those with the highest address below. */
static void tell_symbol(uint64_t wanted)
{
	static char *symbols;
	const char *line, *name = "";
	uint64_t address, at = 0, next = UINT64_MAX;
	char *end;

	if (!symbols)
		symbols = read_symbols();
	for (line = symbols; line && *line; line += strcspn(line, "\n") + 1) {
		address = strtoull(line, &end, 16);
		if (address <= wanted && address > at) {
			at = address;
			name = end + strlen(" t ");
		} else if (address > wanted && address < next) {
			next = address;
		}
	}
	say("SYMBOL %.*s+0x%" PRIx64 "/0x%" PRIx64,
	    (int)strcspn(name, "\n\t"), name, wanted - at, next - at);
}

static void write_file(char *path)
{
	char *text = strchr(path, ' ');
	int fd;

	if (!text)
		return;
	*text++ = '\0';
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		say("FAILED %s: %s", path, strerror(errno));
	close(fd);
}

static void obey(char *line, int kernel)
{
	if (!strcmp(line, "sync")) {
		tell_kernel(kernel);
		say("SYNC");
	} else if (!strncmp(line, "symbol ", 7)) {
		tell_symbol(strtoull(line + 7, NULL, 16));
	} else if (!strcmp(line, "spin")) {
		start(true);
	} else if (!strcmp(line, "spin-default")) {
		start(false);
	} else if (!strcmp(line, "stop")) {
		stop();
	} else if (!strcmp(line, "busy")) {
		free(read_symbols());
	} else if (!strcmp(line, "silent")) {
		silent = true;
	} else if (!strncmp(line, "write ", 6)) {
		write_file(line + 6);
	} else {
		say("FAILED %s", line);
	}
}

/* False at the end of all commands. */
static bool take_commands(int kernel)
{
	static char line[512];
	static size_t len;
	ssize_t n = read(STDIN_FILENO, line + len, sizeof(line) - 1 - len);
	char *end;

	if (n <= 0)
		return false;
	len += n;
	while ((end = memchr(line, '\n', len))) {
		*end = '\0';
		if (!strcmp(line, "power-off"))
			return false;
		obey(line, kernel);
		len -= end + 1 - line;
		memmove(line, end + 1, len);
	}
	return true;
}

/* The console is a terminal: what it takes is as it comes, without an echo. */
static void take_console(void)
{
	int console = open("/dev/hvc0", O_RDWR);
	struct termios t;

	if (tcgetattr(console, &t))
		exit(1);
	cfmakeraw(&t);
	tcsetattr(console, TCSANOW, &t);
	dup2(console, STDIN_FILENO);
	dup2(console, STDOUT_FILENO);
}

int main(void)
{
	int kernel = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	struct pollfd fds[3] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = kernel, .events = POLLIN },
		{ .events = POLLIN },
	};

	if (kernel < 0 || pipe(report_pipe))
		return 1;
	fds[2].fd = report_pipe[0];
	lseek(kernel, 0, SEEK_END);
	page_size = sysconf(_SC_PAGESIZE);
	take_console();
	pin(0, 0);
	pin_all(0);
	/* The kernel leaves a line that has no end. */
	say("\nREADY");
	/* The pauses are short: a tick of the clock makes Linux tell. */
	for (;;) {
		poll(fds, 3, POLL_MS);
		if (fds[2].revents)
			tell_report(report_pipe[0]);
		if (fds[1].revents)
			tell_kernel(kernel);
		tell_dead();
		if (fds[0].revents && !take_commands(kernel))
			return 0;
	}
}
