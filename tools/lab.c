/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tools/lab-console.h"
#include "tools/lab.h"

static const char usage_text[] =
"Usage: papr lab run [OPTION...] -- COMMAND [ARGUMENT...]\n"
"       papr lab shell [OPTION...] [-- COMMAND [ARGUMENT...]]\n"
"       papr lab fetch [--refresh]\n"
"Run a command, or a shell or other program on the terminal, in a ppc64le\n"
"Linux that has a /dev/kvm, emulated by QEMU; fetch the kernel and libraries\n"
"that it is made of.\n"
"\n"
"  --host KIND    power10 (default), power9, power8 or nested\n"
"  --smp N        number of CPUs (1)\n"
"  --mem SIZE     memory, as 2G or 1536M (2G)\n"
"  --timeout S    end after S seconds with status 124; 0: never (run: 600)\n"
"  --root DIR     a file tree to be laid over the lab's /\n"
"  --machine-checks\n"
"                 let programs in the lab ask for machine checks of guests\n"
"  --verbose      show QEMU's command line and the boot messages\n"
"  --help         this text\n"
"\n"
"The status of run is the command's. 124: time limit, 125: the lab failed,\n"
"2: wrong usage. On a POWER host with KVM the command runs directly.\n";

void lab_error(const char *format, ...)
{
	va_list ap;

	fputs("papr lab: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static bool parse_number(const char *text, unsigned int min, unsigned int max,
			 unsigned int *value)
{
	unsigned long v;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || *end || v < min || v > max)
		return false;
	*value = (unsigned int)v;
	return true;
}

static bool valid_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits < 8 && text[0] != '0' &&
		(text[digits] == 'M' || text[digits] == 'G') &&
		!text[digits + 1];
}

/* Says what is wrong with a value, or returns true. */
static bool set_option(struct lab_options *opts, int option, const char *value)
{
	unsigned int cpus;

	switch (option) {
	case 'h':
		opts->host = lab_host_find(value);
		if (opts->host)
			return true;
		lab_error("--host %s: the hosts are power10, power9, power8 "
			  "and nested", value);
		return false;
	case 's':
		opts->smp = value;
		if (parse_number(value, 1, 64, &cpus))
			return true;
		lab_error("--smp %s: a number from 1 to 64 is wanted", value);
		return false;
	case 'm':
		opts->mem = value;
		if (valid_size(value))
			return true;
		lab_error("--mem %s: a size as 2G or 1536M is wanted", value);
		return false;
	case 't':
		if (parse_number(value, 0, 1000000, &opts->timeout_s))
			return true;
		lab_error("--timeout %s: a number of seconds is wanted", value);
		return false;
	case 'r':
		opts->root = value;
		return true;
	case 'M':
		opts->machine_checks = true;
		return true;
	default:
		opts->verbose = true;
		return true;
	}
}

/* The tree that is used when --root is not given. */
static const char *default_root(void)
{
	const char *root = getenv("PAPR_LAB_ROOT");

	if (root && *root)
		return root;
	return access(PAPR_LAB_ROOT_DEFAULT, R_OK) ? NULL
		: PAPR_LAB_ROOT_DEFAULT;
}

/* 0 to go on, else an exit status and *done. */
static int parse_options(struct lab_options *opts, int argc, char **argv,
			 bool *done)
{
	static const struct option options[] = {
		{ "host", required_argument, NULL, 'h' },
		{ "smp", required_argument, NULL, 's' },
		{ "mem", required_argument, NULL, 'm' },
		{ "timeout", required_argument, NULL, 't' },
		{ "root", required_argument, NULL, 'r' },
		{ "machine-checks", no_argument, NULL, 'M' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'H' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	*done = true;
	optind = 0;	/* main has used getopt already */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'H') {
			fputs(usage_text, stdout);
			return 0;
		}
		if (option == '?' || !set_option(opts, option, optarg))
			return LAB_EXIT_USAGE;
	}
	if (opts->machine_checks && !opts->host->powernv) {
		lab_error("--machine-checks: the host %s is no bare metal",
			  opts->host->name);
		return LAB_EXIT_USAGE;
	}
	opts->command = argv + optind;
	if (!opts->root)
		opts->root = default_root();
	*done = false;
	return 0;
}

static void make_nonce(char *nonce)
{
	unsigned char random[LAB_NONCE_LEN / 2];
	size_t i;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		memset(random, getpid() & 0xff, sizeof(random));
	for (i = 0; i < sizeof(random); i++)
		sprintf(nonce + 2 * i, "%02x", random[i]);
}

/* A POWER machine with KVM needs no emulation. */
static bool host_has_kvm(void)
{
	struct utsname host;
	int fd;

	if (uname(&host) || strncmp(host.machine, "ppc64", 5))
		return false;
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* timeout(1) has the time limit and the statuses that we promise. */
static int run_directly(const struct lab_options *opts)
{
	size_t n = 0, i;
	char limit[16], **argv;

	if (opts->verbose)
		lab_error("this machine has KVM: running the command directly");
	while (opts->command[n])
		n++;
	argv = calloc(n + 4, sizeof(*argv));
	if (!argv)
		return LAB_EXIT_FAILED;
	snprintf(limit, sizeof(limit), "%u", opts->timeout_s);
	argv[0] = (char *)"timeout";
	argv[1] = (char *)"--foreground";
	argv[2] = limit;
	for (i = 0; i < n; i++)
		argv[3 + i] = opts->command[i];
	setenv("PAPR_LAB", "direct", 1);
	if (!opts->shell && !freopen("/dev/null", "r", stdin))
		lab_error("cannot open /dev/null: %s", strerror(errno));
	execvp(argv[0], argv);
	lab_error("cannot run timeout: %s", strerror(errno));
	free(argv);
	return LAB_EXIT_FAILED;
}

static int run_in_qemu(const struct lab_options *opts)
{
	char nonce[LAB_NONCE_LEN + 1], *kernel;
	struct lab_qemu qemu;
	int initrd, status;

	make_nonce(nonce);
	initrd = lab_image(opts, nonce, &kernel);
	if (initrd < 0)
		return LAB_EXIT_FAILED;
	status = lab_qemu_start(&qemu, opts, kernel, initrd);
	free(kernel);
	close(initrd);
	if (status)
		return LAB_EXIT_FAILED;
	return lab_session(&qemu, opts, nonce);
}

static int lab_start(bool shell, int argc, char **argv)
{
	static char *shell_command[] = { (char *)"sh", NULL };
	struct lab_options opts = {
		.host = lab_host_find("power10"),
		.smp = "1",
		.mem = "2G",
		.timeout_s = shell ? 0 : 600,
		.shell = shell,
	};
	bool done;
	int status;

	status = parse_options(&opts, argc, argv, &done);
	if (done)
		return status;
	if (!shell && !opts.command[0]) {
		lab_error("no command is given; see papr lab --help");
		return LAB_EXIT_USAGE;
	}
	if (shell && !isatty(STDIN_FILENO)) {
		lab_error("shell needs a terminal; use papr lab run");
		return LAB_EXIT_USAGE;
	}
	if (!opts.command[0])
		opts.command = shell_command;
	return host_has_kvm() ? run_directly(&opts) : run_in_qemu(&opts);
}

static int lab_fetch(char **argv)
{
	char path[4096];

	if (!lab_script("fetch", path, sizeof(path)))
		return LAB_EXIT_FAILED;
	argv[0] = path;
	execv(path, argv);
	lab_error("cannot run %s: %s", path, strerror(errno));
	return LAB_EXIT_FAILED;
}

int cmd_lab(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	if (!strcmp(word, "run") || !strcmp(word, "shell"))
		return lab_start(*word == 's', argc - 1, argv + 1);
	if (!strcmp(word, "fetch"))
		return lab_fetch(argv + 1);
	if (!strcmp(word, "--help")) {
		fputs(usage_text, stdout);
		return 0;
	}
	fputs(usage_text, stderr);
	return LAB_EXIT_USAGE;
}
