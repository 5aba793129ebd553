/* SPDX-License-Identifier: BSD-2-Clause */
/* papr elog: build, decode, check and compare RTAS error logs. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/elog-forms.h"
#include "tools/elog.h"
#include "tools/papr.h"

static const char usage[] =
	"usage: papr elog build TYPE[:SUBTYPE] [OPTION...] [--output FILE]\n"
	"       papr elog build --from FILE [--zero-length] [--output FILE]\n"
	"       papr elog decode [--json] FILE\n"
	"       papr elog validate FILE\n"
	"       papr elog diff FILE FILE\n"
	"\n"
	"  build     make the log of a machine check, or what a text or JSON\n"
	"            file says\n"
	"  decode    print a log as text, or as JSON\n"
	"  validate  find what is wrong with a log\n"
	"  diff      print the fields in which two logs differ\n"
	"\n"
	"  -f, --from FILE       text or JSON, as decode prints it\n"
	"  -o, --output FILE     where the log goes, instead of standard "
	"output\n"
	"  -z, --zero-length     allow a section that says it has no length\n"
	"  -j, --json            print JSON\n"
	"  -h, --help            print this text\n"
	"\n"
	"Machine checks:\n"
	"TYPE:SUBTYPE is as in papr inject: slb:multihit; or by options:\n"
	"  -t, --type TYPE       ue, slb, erat, tlb, d-cache, i-cache, ra, "
	"unknown\n"
	"  -s, --subtype NAME    such as multihit, parity, load-store; else "
	"it is 0\n"
	"  -e, --ea ADDRESS      effective address\n"
	"  -l, --logical ADDRESS logical address\n"
	"      --recovered, --not-recovered (the default), --disposition "
	"NAME\n"
	"      --severity NAME   error-sync (the default), no-error, event,\n"
	"                        warning, error, fatal, already-reported\n"
	"      --initiator NAME  cpu (the default), memory, pci, ...\n"
	"      --processor ID    server number of the vCPU\n"
	"      --log-id ID       the platform's number of the log\n"
	"      --time SECONDS    since 1970; without it the log has no date\n"
	"      --transient       the memory error may not happen again\n"
	"      --bare            no PH, UH and PS, as QEMU's logs\n";

static int decode(const char *path, bool json)
{
	struct papr_elog *elog;
	int r = 0;

	if (elog_read(path, &elog))
		return EXIT_USAGE;
	if (json)
		r = elog_print_json(elog, stdout);
	else
		elog_print_text(elog, stdout);
	papr_elog_free(elog);
	return r ? EXIT_USAGE : 0;
}

static void print_finding(const struct papr_elog_finding *finding, void *path)
{
	printf("%s: byte %zu, %s: %s: %s\n", *(const char **)path,
	       finding->offset, finding->part,
	       finding->level == PAPR_ELOG_BAD ? "error" : "warning",
	       finding->text);
}

static int validate(const char *path)
{
	size_t len;
	char *bytes = elog_read_file(path, &len);
	int bad;

	if (!bytes)
		return EXIT_USAGE;
	bad = papr_elog_validate(bytes, len, print_finding, &path);
	free(bytes);
	if (bad >= 0)
		return bad > 0;
	fputs("papr elog: out of memory\n", stderr);
	return EXIT_USAGE;
}

static int complain(const char *sentence)
{
	fprintf(stderr, "papr elog: %s\n", sentence);
	return EXIT_USAGE;
}

/* The verbs that take files. */
static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 }
	};
	const char *verb = argv[0];
	bool json = false;
	int c, files = strcmp(verb, "diff") ? 1 : 2;

	optind = 1;
	while ((c = getopt_long(argc, argv, "j", options, NULL)) != -1) {
		if (c == '?')
			return EXIT_USAGE;
		if (strcmp(verb, "decode"))
			return complain("--json is for decode");
		json = true;
	}
	if (argc - optind != files)
		return complain(files == 2 ? "diff takes two files" :
				"it takes one file; - is standard input");
	argv += optind;
	if (files == 2)
		return elog_diff(argv[0], argv[1]);
	return strcmp(verb, "decode") ? validate(argv[0]) :
		decode(argv[0], json);
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

int cmd_elog(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";
	int r;

	if (asks_for_help(argc, argv)) {
		fputs(usage, stdout);
		return 0;
	}
	if (!strcmp(verb, "build"))
		r = elog_build(argc - 1, argv + 1);
	else if (!strcmp(verb, "decode") || !strcmp(verb, "validate") ||
		 !strcmp(verb, "diff"))
		r = run(argc - 1, argv + 1);
	else
		return complain("it takes build, decode, validate or diff; "
				"papr elog --help tells more");
	if (!fflush(stdout) && !ferror(stdout))
		return r;
	fprintf(stderr, "papr elog: cannot write: %s\n", strerror(errno));
	return EXIT_USAGE;
}
