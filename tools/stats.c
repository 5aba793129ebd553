/* SPDX-License-Identifier: BSD-2-Clause */
/* papr stats: what calls a guest has made, how they ended and how long. */
#include "config.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "tools/papr.h"
#include "tools/stats-source.h"
#include "vmm/stats.h"

#define EXIT_FAILED 1

static const char help_text[] =
"usage: papr stats [--json] [--cpu N] SOCKET\n"
"       papr stats --reset SOCKET\n"
"       papr stats [--json] FILE\n"
"\n"
"Shows the calls of a papr run --control SOCKET, or of a file that\n"
"papr stats --json or papr run --stats FILE.json has written.\n"
"\n"
"  --json     as JSON\n"
"  --cpu N    of one virtual processor\n"
"  --reset    show nothing and count anew from now on\n"
"  --help\n"
"\n"
"Exit status: 0 done, 1 not reached or not understood, 2 bad arguments.\n";

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "cpu", required_argument, NULL, 'c' },
	{ "reset", no_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int complain(const char *why)
{
	fprintf(stderr, "papr stats: %s\n", why);
	return EXIT_USAGE;
}

static int show(const char *path, uint32_t cpu, bool json)
{
	struct papr_error error;
	json_t *stats = stats_get(path, cpu, &error);

	if (!stats) {
		fprintf(stderr, "papr stats: %s\n", error.text);
		return EXIT_FAILED;
	}
	if (json) {
		json_dumpf(stats, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		stats_text(stdout, stats);
	}
	json_decref(stats);
	return fflush(stdout) || ferror(stdout) ? EXIT_FAILED : 0;
}

static int reset(const char *path)
{
	struct papr_error error;

	if (!stats_reset(path, &error))
		return 0;
	fprintf(stderr, "papr stats: %s\n", error.text);
	return EXIT_FAILED;
}

int cmd_stats(int argc, char **argv)
{
	uint32_t cpu = STATS_ALL_CPUS;
	bool json = false, resets = false;
	struct papr_error error;
	int c;

	while ((c = getopt_long(argc, argv, "hj", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'c':
			if (stats_cpu_parse(optarg, &cpu, &error))
				return complain(error.text);
			break;
		case 'r':
			resets = true;
			break;
		case 'h':
			fputs(help_text, stdout);
			return fflush(stdout) ? EXIT_FAILED : 0;
		default:
			return EXIT_USAGE;	/* getopt has complained */
		}
	}
	if (optind + 1 != argc)
		return complain("one SOCKET or FILE is wanted");
	if (resets && (json || cpu != STATS_ALL_CPUS))
		return complain("--reset is for all calls, and shows nothing");
	if (resets)
		return reset(argv[optind]);
	return show(argv[optind], cpu, json);
}
