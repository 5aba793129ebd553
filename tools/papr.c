/* SPDX-License-Identifier: BSD-2-Clause */
/* papr(1): finds the subcommand. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <papr/error.h>

#include "tools/papr.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "advise", cmd_advise, "say which calls others should answer" },
	{ "control", cmd_control, "send a QMP command to a running guest" },
	{ "elog", cmd_elog, "build, decode, check and compare error logs" },
	{ "hcalls", cmd_hcalls, "list the hypercalls and who can answer them" },
#ifdef HAVE_VMM
	{ "inject", cmd_inject, "inject a machine check into a running guest" },
#endif
	{ "lab", cmd_lab, "run a command in a Linux that has POWER KVM" },
	{ "policy", cmd_policy, "check a policy and show what it does" },
	{ "probe", cmd_probe, "show what this host's KVM can do" },
	{ "rtas", cmd_rtas, "list the RTAS calls and who can answer them" },
#ifdef HAVE_VMM
	{ "run", cmd_run, "run a guest" },
#endif
	{ "stats", cmd_stats, "show what calls a guest has made" },
#ifdef HAVE_VMM
	{ "survey", cmd_survey, "make a guest's calls fail, see what it does" },
	{ "sweep", cmd_sweep, "inject many machine checks into a guest" },
#endif
	{ "top", cmd_top, "watch the calls a running guest makes" },
	{ NULL, NULL, NULL }
};

static void usage(FILE *f)
{
	fputs("usage: papr COMMAND [ARGUMENT...]\n"
	      "       papr --version\n\n", f);
	for (const struct command *c = commands; c->name; c++)
		fprintf(f, "  %-8s %s\n", c->name, c->summary);
	fputs("\npapr COMMAND --help tells more.\n", f);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("papr %s\n", papr_version());
		return 0;
	}
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(argc - 1, argv + 1);
	fprintf(stderr, "papr: there is no command '%s'; papr --help lists "
		"them\n", argv[1]);
	return EXIT_USAGE;
}
