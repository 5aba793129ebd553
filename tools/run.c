/* SPDX-License-Identifier: BSD-2-Clause */
/* papr run: the reference VMM. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "tools/papr.h"
#include "vmm/options.h"
#include "vmm/vmm.h"

/* Started with closed ones, /dev/kvm must not become standard output. */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int cmd_run(int argc, char **argv)
{
	struct run_options options;
	struct papr_error error;

	open_standard_streams();
	if (options_parse(argc, argv, &options, &error)) {
		fprintf(stderr, "papr run: %s\n", error.text);
		return EXIT_USAGE;
	}
	if (options.help) {
		fputs(options_help, stdout);
		return fflush(stdout) ? EXIT_USAGE : 0;
	}
	return vmm_run(&options);
}
