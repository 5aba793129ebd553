/* SPDX-License-Identifier: BSD-2-Clause */
/* papr elog build: a log from its meaning, or from text or JSON. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/elog-forms.h"
#include "tools/elog.h"
#include "tools/papr.h"

struct build {
	struct papr_mc_info info;
	const char *from;
	const char *output;
	const char *subtype;	/* its number depends on the type */
	const char *type;
	bool meaning;		/* an option about a machine check is there */
};

enum { OPT_RECOVERED = 256, OPT_NOT_RECOVERED, OPT_TRANSIENT, OPT_BARE };

static int complain(const char *sentence)
{
	fprintf(stderr, "papr elog build: %s\n", sentence);
	return EXIT_USAGE;
}

static int parse_number(const char *text, uint64_t max, uint64_t *value)
{
	bool hex = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2);
	char *end;

	errno = 0;
	*value = strtoull(text, &end, hex ? 16 : 10);
	if (*text >= '0' && *text <= '9' && !*end && !errno && *value <= max)
		return 0;
	fprintf(stderr, "papr elog build: %s is no number up to 0x%llx\n",
		text, (unsigned long long)max);
	return EXIT_USAGE;
}

static int parse_name(const char *field, const char *name, uint8_t *value)
{
	struct papr_error error;
	int r = papr_elog_value(field, name, &error);

	if (r < 0)
		return complain(error.text);
	*value = r;
	return 0;
}

static int parse_u32(const char *text, uint32_t *value)
{
	uint64_t number;
	int r = parse_number(text, UINT32_MAX, &number);

	*value = number;
	return r;
}

static int parse_meaning(int c, const char *arg, struct build *b)
{
	struct papr_mc_info *info = &b->info;

	b->meaning = true;
	switch (c) {
	case 't':
		b->type = arg;
		return 0;
	case 's':
		b->subtype = arg;
		return 0;
	case 'e':
		info->effective_valid = true;
		return parse_number(arg, UINT64_MAX, &info->effective_address);
	case 'l':
		info->logical_valid = true;
		return parse_number(arg, UINT64_MAX, &info->logical_address);
	case 'S':
		return parse_name("header.severity", arg, &info->severity);
	case 'D':
		return parse_name("header.disposition", arg,
				  &info->disposition);
	case 'i':
		return parse_name("header.initiator", arg, &info->initiator);
	case 'p':
		return parse_u32(arg, &info->processor_id);
	case 'L':
		return parse_u32(arg, &info->log_id);
	case 'T':
		return parse_number(arg, UINT64_MAX, &info->time_s);
	case OPT_RECOVERED:
		info->disposition = PAPR_ELOG_FULLY_RECOVERED;
		return 0;
	case OPT_NOT_RECOVERED:
		info->disposition = PAPR_ELOG_NOT_RECOVERED;
		return 0;
	case OPT_TRANSIENT:
		info->transient = true;
		return 0;
	case OPT_BARE:
		info->flags |= PAPR_MC_BARE;
		return 0;
	}
	return EXIT_USAGE;
}

static int parse_options(int argc, char **argv, struct build *b)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "output", required_argument, NULL, 'o' },
		{ "zero-length", no_argument, NULL, 'z' },
		{ "type", required_argument, NULL, 't' },
		{ "subtype", required_argument, NULL, 's' },
		{ "ea", required_argument, NULL, 'e' },
		{ "logical", required_argument, NULL, 'l' },
		{ "severity", required_argument, NULL, 'S' },
		{ "disposition", required_argument, NULL, 'D' },
		{ "initiator", required_argument, NULL, 'i' },
		{ "processor", required_argument, NULL, 'p' },
		{ "log-id", required_argument, NULL, 'L' },
		{ "time", required_argument, NULL, 'T' },
		{ "recovered", no_argument, NULL, OPT_RECOVERED },
		{ "not-recovered", no_argument, NULL, OPT_NOT_RECOVERED },
		{ "transient", no_argument, NULL, OPT_TRANSIENT },
		{ "bare", no_argument, NULL, OPT_BARE },
		{ NULL, 0, NULL, 0 }
	};
	int c, r = 0;

	optind = 1;
	while (!r && (c = getopt_long(argc, argv, "f:o:zt:s:e:l:", options,
				      NULL)) != -1) {
		switch (c) {
		case 'f':
			b->from = optarg;
			break;
		case 'o':
			b->output = optarg;
			break;
		case 'z':
			b->info.flags |= PAPR_MC_ZERO_LENGTH;
			break;
		default:
			r = parse_meaning(c, optarg, b);
		}
	}
	if (!r && optind < argc && !b->type) {
		b->meaning = true;
		b->type = argv[optind++];
	}
	if (!r && optind < argc)
		return complain("it takes one type and options only");
	return r;
}

/* TYPE, TYPE:SUBTYPE, or each by its own option. */
static int find_type(struct build *b)
{
	char type[64], both[64];
	const char *colon;

	if (!b->type)
		return complain("--type says what kind of machine check, or "
				"--from which file");
	colon = strchr(b->type, ':');
	if (colon && b->subtype)
		return complain("the subtype is said twice");
	if (colon)
		b->subtype = colon + 1;
	snprintf(type, sizeof(type), "%.*s", colon && colon - b->type < 40 ?
		 (int)(colon - b->type) : 40, b->type);
	if (parse_name("MC.type", type, &b->info.type))
		return EXIT_USAGE;
	if (!b->subtype)
		return 0;
	snprintf(both, sizeof(both), "%.31s:%.31s", type, b->subtype);
	return parse_name("MC.subtype", both, &b->info.subtype);
}

static int build(struct build *b, void *log)
{
	struct papr_elog *elog;
	struct papr_error error;
	int r;

	if (b->from && b->meaning)
		return -complain("--from goes with --output and "
				 "--zero-length alone");
	if (b->from) {
		if (elog_parse(b->from, b->info.flags & PAPR_MC_ZERO_LENGTH ?
			       PAPR_ELOG_ZERO_LENGTH : 0, &elog))
			return -EXIT_USAGE;
		r = papr_elog_encode(elog, log, PAPR_ELOG_MAX);
		papr_elog_free(elog);
		return r;
	}
	if (find_type(b))
		return -EXIT_USAGE;
	r = papr_elog_build_mc(log, PAPR_ELOG_MAX, &b->info, &error);
	return r < 0 ? -complain(error.text) : r;
}

/* All of the log, or no file. */
static int write_log(const char *path, const void *log, size_t len)
{
	FILE *f = path ? fopen(path, "wb") : stdout;
	size_t n;

	if (!path && isatty(STDOUT_FILENO))
		return complain("a log is not for terminals; --output FILE "
				"takes it, papr elog decode shows it");
	n = f ? fwrite(log, 1, len, f) : 0;
	if (f && !(path ? fclose(f) : fflush(f)) && n == len)
		return 0;
	fprintf(stderr, "papr elog build: cannot write %s: %s\n",
		path ? path : "the log", strerror(errno));
	if (f && path)
		remove(path);
	return EXIT_USAGE;
}

int elog_build(int argc, char **argv)
{
	struct build b = {
		.info = {
			.size = sizeof(b.info),
			.severity = PAPR_ELOG_ERROR_SYNC,
			.disposition = PAPR_ELOG_NOT_RECOVERED,
			.initiator = PAPR_ELOG_CPU,
		},
	};
	uint8_t log[PAPR_ELOG_MAX];
	int r = parse_options(argc, argv, &b);

	if (r)
		return r;
	r = build(&b, log);
	return r < 0 ? -r : write_log(b.output, log, r);
}
