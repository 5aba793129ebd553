/* SPDX-License-Identifier: BSD-2-Clause */
/* papr survey: options, and the order of things. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tools/papr.h"
#include "tools/survey-run.h"
#include "tools/sweep-guest.h"
#include "tools/sweep-options.h"
#include "vmm/options.h"
#include "vmm/util.h"

#define EXIT_FAILED 1

static const char help_text[] =
"usage: papr survey [OPTION...] -- RUN-ARGUMENT...\n"
"       papr survey --show FILE [--markdown FILE]\n"
"\n"
"Starts papr run with the arguments given, makes one call after the other\n"
"fail in some way, and tells what the guest makes of it.\n"
"\n"
"  --calls LIST      only these hypercalls and RTAS calls (all it makes)\n"
"  --faults LIST     (busy,long-busy-10ms,hardware-once,hardware)\n"
"  --moments LIST    of boot, run (both)\n"
"  --alive REGEX     the guest's heartbeat (load: alive)\n"
"  --timeout SECONDS without heartbeat the guest hangs (60)\n"
"  --console FILE    all that the guests print\n"
"  --json FILE       results, written after each of them\n"
"  --resume FILE     such results, which are not looked for again\n"
"  --show FILE       print such results, and run nothing\n"
"  --markdown FILE   the results as tables\n"
"  --help\n"
"\n"
"Exit status: 0 all was tried, 1 something was not, 2 bad arguments or\n"
"files, 3 no POWER KVM.\n"
"\n"
"faults:";

struct options {
	struct survey_wish wish;
	const char *alive, *console, *json, *resume, *show, *markdown;
	uint64_t timeout;
	bool help;
	char **run;
};

static const struct option long_options[] = {
	{ "calls", required_argument, NULL, 'c' },
	{ "faults", required_argument, NULL, 'f' },
	{ "moments", required_argument, NULL, 'm' },
	{ "alive", required_argument, NULL, 'A' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "console", required_argument, NULL, 'C' },
	{ "json", required_argument, NULL, 'j' },
	{ "resume", required_argument, NULL, 'r' },
	{ "show", required_argument, NULL, 's' },
	{ "markdown", required_argument, NULL, 'M' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int complain(int status, const struct papr_error *error)
{
	fprintf(stderr, "papr survey: %s\n", error->text);
	return status;
}

static int show_help(void)
{
	fputs(help_text, stdout);
	for (size_t i = 0; survey_fault_name(i); i++)
		printf("\n  %s", survey_fault_name(i));
	putchar('\n');
	return fflush(stdout) ? EXIT_FAILED : 0;
}

/* --- options */

static const char **option_text(int letter, struct options *o)
{
	switch (letter) {
	case 'c':
		return &o->wish.calls;
	case 'f':
		return &o->wish.faults;
	case 'm':
		return &o->wish.moments;
	case 'A':
		return &o->alive;
	case 'C':
		return &o->console;
	case 'j':
		return &o->json;
	case 'r':
		return &o->resume;
	case 's':
		return &o->show;
	default:
		return &o->markdown;
	}
}

static int take_timeout(const char *text, uint64_t *seconds,
			struct papr_error *error)
{
	if (number_parse(text, seconds, NULL) || !*seconds || *seconds > 86400)
		return refuse(error, -EINVAL, "--timeout %s: must be a number "
			      "from 1 to 86400", text);
	return 0;
}

/* What papr run would refuse is refused here. */
static int check_run(char **run, struct papr_error *error)
{
	struct run_options options;
	int ret;

	if (!*run)
		return refuse(error, -EINVAL, "the arguments of papr run are "
			      "missing");
	ret = sweep_run_options(run, &options, error);
	if (ret)
		return ret;
	if (options.help || options.control || options.dump_fdt ||
	    options.policy || options.stats || options.paused)
		return refuse(error, -EINVAL, "papr run: --help, --control, "
			      "--dump-fdt, --paused, --policy and --stats make "
			      "no sense in a survey");
	return 0;
}

static int check(const struct options *o, struct papr_error *error)
{
	int ret = survey_wish_check(&o->wish, error);

	if (ret || !o->show)
		return ret ? ret : check_run(o->run, error);
	if (*o->run || o->json || o->resume)
		return refuse(error, -EINVAL, "--show runs nothing: neither "
			      "--json nor --resume nor a guest goes with it");
	return 0;
}

static int parse(int argc, char **argv, struct options *o,
		 struct papr_error *error)
{
	bool first = true;
	int letter;

	*o = (struct options){ .alive = "load: alive", .timeout = 60 };
	for (;; first = false) {
		letter = option_next(argc, argv, long_options, first, error);
		if (letter == -1)
			break;
		if (!letter)
			return -EINVAL;
		if (letter == 'h') {
			o->help = true;
			return 0;
		}
		if (letter != 'T')
			*option_text(letter, o) = optarg;
		else if (take_timeout(optarg, &o->timeout, error))
			return -EINVAL;
	}
	o->run = argv + optind;
	return check(o, error);
}

/* --- files */

static json_t *load(const char *path, struct papr_error *error)
{
	json_error_t where;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &where);

	if (!json)
		refuse(error, -EINVAL, "%s: line %d: %s", path, where.line,
		       where.text);
	else if (json_integer_value(json_object_get(json, "papr-survey")) == 1)
		return json;
	else
		refuse(error, -EINVAL, "%s: this is no report of papr survey",
		       path);
	json_decref(json);
	return NULL;
}

/* Whole or not at all: the one before is what can be resumed. */
static int save(void *arg, const json_t *survey, struct papr_error *error)
{
	const struct options *o = arg;
	char path[4096];

	if (!o->json)
		return 0;
	if ((size_t)snprintf(path, sizeof(path), "%s.new", o->json) >=
	    sizeof(path))
		return refuse(error, -ENAMETOOLONG, "%.64s...: the name is "
			      "too long", o->json);
	if (json_dump_file(survey, path, JSON_INDENT(1)) ||
	    rename(path, o->json))
		return refuse(error, -EIO, "%s cannot be written", o->json);
	return 0;
}

static int write_markdown(const char *path, const json_t *survey,
			  struct papr_error *error)
{
	FILE *f = path ? fopen(path, "we") : NULL;
	bool bad;

	if (!path)
		return 0;
	if (f)
		survey_markdown(survey, f);
	bad = !f || ferror(f);
	if ((f && fclose(f)) || bad)
		return refuse(error, -EIO, "%s cannot be written", path);
	return 0;
}

/* --- what is looked at */

/* "Linux 6.1.0-50-powerpc64le, POWER10 (raw), altivec supported, PowerNV" */
static json_t *host_name(void)
{
	static const char *const keys[] = { "cpu\t", "platform\t" };
	char text[400], line[200], *value;
	FILE *f = fopen("/proc/cpuinfo", "re");
	struct utsname name;
	size_t wanted = 0, len;

	uname(&name);
	snprintf(text, sizeof(text), "%s %s", name.sysname, name.release);
	while (f && wanted < COUNT_OF(keys) && fgets(line, sizeof(line), f)) {
		value = strstr(line, ": ");
		if (!value || strncmp(line, keys[wanted],
				      strlen(keys[wanted])))
			continue;
		value[strcspn(value, "\n")] = '\0';
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, ", %s", value + 2);
		wanted++;
	}
	if (f)
		fclose(f);
	return json_string(text);
}

static json_t *command(int argc, char **argv)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	json_t *json;

	if (!f)
		return NULL;
	fputs("papr", f);
	for (int i = 0; i < argc; i++)
		fprintf(f, strchr(argv[i], ' ') ? " '%s'" : " %s", argv[i]);
	fclose(f);
	json = json_string(text);
	free(text);
	return json;
}

/* --- the order of things */

static int finish(const struct options *o, const json_t *survey, int status)
{
	struct papr_error error;

	if (fflush(stdout))
		status = EXIT_FAILED;
	if (write_markdown(o->markdown, survey, &error))
		return complain(EXIT_FAILED, &error);
	return status;
}

static int run(struct options *o, const regex_t *alive, json_t *survey,
	       const json_t *old)
{
	struct survey_how how = {
		.program = "/proc/self/exe", .run = o->run, .wish = o->wish,
		.alive = alive, .timeout_s = o->timeout, .save = save,
		.arg = o, .known = json_object_get(old, "cells"),
		.out = stdout,
	};
	struct papr_error error;
	int status = EXIT_FAILED, ret;

	if (o->console)
		how.console = fopen(o->console, "we");
	if (o->console && !how.console) {
		refuse(&error, -errno, "%s: %s", o->console, strerror(errno));
		return complain(EXIT_USAGE, &error);
	}
	how.signal_fd = sweep_guest_signals();
	ret = survey_run(survey, &how, &status, &error);
	close(how.signal_fd);
	if (how.console)
		fclose(how.console);
	if (ret)
		complain(status, &error);
	return finish(o, survey, ret ? status : 0);
}

static int prepare_and_run(struct options *o, int argc, char **argv,
			   const json_t *old)
{
	struct papr_error error;
	json_t *survey;
	regex_t alive;
	char why[160];
	int status, r = regcomp(&alive, o->alive, REG_EXTENDED | REG_NOSUB);

	if (r) {
		regerror(r, &alive, why, sizeof(why));
		refuse(&error, -EINVAL, "--alive '%.100s': %s", o->alive, why);
		return complain(EXIT_USAGE, &error);
	}
	survey = json_pack("{s:i, s:o*, s:o}", "papr-survey", 1, "command",
			   command(argc, argv), "host", host_name());
	status = run(o, &alive, survey, old);
	json_decref(survey);
	regfree(&alive);
	return status;
}

int cmd_survey(int argc, char **argv)
{
	struct papr_error error;
	struct options o;
	const char *file;
	json_t *old = NULL;
	int status;

	if (parse(argc, argv, &o, &error))
		return complain(EXIT_USAGE, &error);
	if (o.help)
		return show_help();
	file = o.show ?: o.resume;
	if (file) {
		old = load(file, &error);
		if (!old)
			return complain(EXIT_USAGE, &error);
	}
	if (o.show) {
		survey_show(old, stdout);
		status = finish(&o, old, 0);
	} else {
		status = prepare_and_run(&o, argc, argv, old);
	}
	json_decref(old);
	return status;
}
