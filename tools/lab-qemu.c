/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/lab.h"

#define QEMU "qemu-system-ppc64"

/*
 * The capabilities that TCG lacks are switched off by name on pseries, or
 * QEMU warns about each.
 */
static const struct lab_host hosts[] = {
	{ "power10", "powernv10", NULL, true },
	{ "power9", "powernv9", NULL, true },
	{ "power8", "powernv8", NULL, true },
	{ "nested", "pseries,cap-nested-hv=on,cap-cfpc=broken,"
	  "cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off",
	  "POWER9", false },
};

const struct lab_host *lab_host_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (!strcmp(name, hosts[i].name))
			return &hosts[i];
	return NULL;
}

/* QEMU's arguments; the array has room for all of them. */
static void command_line(const char **argv, const struct lab_options *opts,
			 const char *kernel, const char *initrd,
			 const char *gdb)
{
	const char *common[] = {
		QEMU, "-machine", opts->host->machine, "-smp", opts->smp,
		"-m", opts->mem, "-nodefaults", "-no-user-config",
		"-display", "none", "-no-reboot",
		"-chardev", "stdio,id=console,signal=off",
		"-serial", "chardev:console",
		"-kernel", kernel, "-initrd", initrd,
		"-append", "console=hvc0 quiet panic=-1",
	};
	/* Without its service processor a powernv machine cannot power off. */
	static const char *const bmc[] = {
		"-device", "ipmi-bmc-sim,id=bmc0",
		"-device", "isa-ipmi-bt,bmc=bmc0,irq=10",
	};

	memcpy(argv, common, sizeof(common));
	argv += sizeof(common) / sizeof(common[0]);
	if (opts->host->powernv) {
		memcpy(argv, bmc, sizeof(bmc));
		argv += sizeof(bmc) / sizeof(bmc[0]);
	}
	if (opts->host->cpu) {
		*argv++ = "-cpu";
		*argv++ = opts->host->cpu;
	}
	if (opts->machine_checks) {
		*argv++ = "-chardev";
		*argv++ = gdb;
		*argv++ = "-gdb";
		*argv++ = "chardev:gdb";
	}
	*argv = NULL;
}

static void show_command_line(const char *const *argv)
{
	char *line = lab_quote((char *const *)argv);

	if (line)
		lab_error("%s", line);
	free(line);
}

/*
 * In the child. Its own process group, so that Ctrl-C is for us to judge;
 * the kernel kills it when we die, however we die.
 */
static void become_qemu(const char **argv, pid_t parent, int console,
			int errors, int gdb)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(LAB_EXIT_FAILED);
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(console, 0) < 0 || dup2(console, 1) < 0 ||
	    dup2(errors, 2) < 0 || (gdb >= 0 && fcntl(gdb, F_SETFD, 0)))
		_exit(LAB_EXIT_FAILED);
	execvp(argv[0], (char *const *)argv);
	if (errno == ENOENT)
		dprintf(2, QEMU " is missing (Debian: qemu-system-ppc)\n");
	else
		dprintf(2, "cannot run " QEMU ": %s\n", strerror(errno));
	_exit(LAB_EXIT_FAILED);
}

/* A socket pair: nobody else can get at it, and no file is left of it. */
static int make_pair(int *ours, int *theirs)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	*ours = pair[0];
	*theirs = pair[1];
	return 0;
}

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int lab_qemu_start(struct lab_qemu *qemu, const struct lab_options *opts,
		   const char *kernel, int initrd)
{
	const char *argv[48];
	char initrd_path[32], gdb[32];
	pid_t parent = getpid();
	int theirs[2] = { -1, -1 };	/* console, gdb */

	*qemu = (struct lab_qemu){ .console = -1, .gdb = -1 };
	qemu->errors = memfd_create("qemu-stderr", MFD_CLOEXEC);
	if (qemu->errors < 0 || make_pair(&qemu->console, &theirs[0]) ||
	    (opts->machine_checks && make_pair(&qemu->gdb, &theirs[1]))) {
		lab_error("cannot start QEMU: %s", strerror(errno));
		close_all(theirs, 2);
		return -1;
	}
	snprintf(initrd_path, sizeof(initrd_path), "/proc/self/fd/%d", initrd);
	snprintf(gdb, sizeof(gdb), "socket,id=gdb,fd=%d", theirs[1]);
	command_line(argv, opts, kernel, initrd_path, gdb);
	if (opts->verbose)
		show_command_line(argv);

	qemu->pid = fork();
	if (qemu->pid == 0)
		become_qemu(argv, parent, theirs[0], qemu->errors, theirs[1]);
	close_all(theirs, 2);
	if (qemu->pid < 0) {
		lab_error("cannot start QEMU: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/* There is no disk that an abrupt end could hurt. */
void lab_qemu_end(struct lab_qemu *qemu)
{
	if (qemu->pid <= 0)
		return;
	kill(qemu->pid, SIGKILL);
	while (waitpid(qemu->pid, NULL, 0) < 0 && errno == EINTR)
		;
	qemu->pid = 0;
	close_all((int[]){ qemu->console, qemu->gdb }, 2);
}

/* The first line that is no warning: registers follow it, pages of them. */
static char *first_error(char *text)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")))
		if (*line && !strstr(line, "warning:"))
			return line;
	return text;
}

/* What QEMU said on stderr: all of it, or the line that matters. */
void lab_qemu_report(const struct lab_qemu *qemu, bool everything)
{
	char text[4096];
	ssize_t len;

	len = pread(qemu->errors, text, sizeof(text) - 1, 0);
	if (len <= 0)
		return;
	text[len] = '\0';
	lab_error("%s", everything ? text : first_error(text));
}
