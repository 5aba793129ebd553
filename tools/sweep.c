/* SPDX-License-Identifier: BSD-2-Clause */
/* papr sweep: the order of things. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tools/papr.h"
#include "tools/sweep-guest.h"
#include "tools/sweep-options.h"
#include "tools/sweep-run.h"
#include "vmm/util.h"

#define EXIT_FAILED 1

static int complain(int status, const struct papr_error *error)
{
	fprintf(stderr, "papr sweep: %s\n", error->text);
	return status;
}

static int show_help(void)
{
	fputs(sweep_help, stdout);
	for (size_t i = 0; i < SWEEP_KINDS; i++)
		printf("%s%s", i % 3 ? " " : "\n  ", sweep_kinds[i].name);
	putchar('\n');
	return fflush(stdout) ? EXIT_FAILED : 0;
}

static int show_plan(const struct sweep *sweep)
{
	json_t *json = sweep_to_json(sweep, false);
	int failed = json_dumpf(json, stdout, JSON_INDENT(1));

	json_decref(json);
	putchar('\n');
	return failed || fflush(stdout) ? EXIT_FAILED : 0;
}

/* Opened before the sweep: what cannot be written is told at once. */
static int open_file(const char *path, FILE **file, struct papr_error *error)
{
	*file = NULL;
	if (!path)
		return 0;
	*file = fopen(path, "we");
	return *file ? 0 : refuse(error, -errno, "%s: %s", path,
				  strerror(errno));
}

struct files {
	FILE *console, *json, *html;
};

static int open_files(const struct sweep_options *o, struct files *files,
		      struct papr_error *error)
{
	int ret = open_file(o->console, &files->console, error);

	if (!ret)
		ret = open_file(o->json, &files->json, error);
	return ret ? ret : open_file(o->html, &files->html, error);
}

static bool close_file(FILE *file)
{
	return !file || !fclose(file);
}

static int write_files(const struct sweep *sweep, struct files *files)
{
	json_t *json = sweep_to_json(sweep, true);
	bool good = true;

	if (files->json)
		good = !json_dumpf(json, files->json, JSON_INDENT(1));
	json_decref(json);
	if (files->html)
		good &= !sweep_html(sweep, files->html);
	/* Each is closed, whatever became of the others. */
	good &= close_file(files->json);
	good &= close_file(files->html);
	good &= close_file(files->console);
	return good ? 0 : -EIO;
}

/* One that can go back in a line. */
static bool is_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
}

static int sweep_all(const struct sweep_options *o, struct sweep *sweep,
		     const struct sweep_patterns *patterns,
		     struct files *files)
{
	struct sweep_how how = {
		.program = "/proc/self/exe", .patterns = patterns,
		.patience = o->patience, .timeout_s = o->timeout,
		.restarts = o->restarts, .console = files->console,
		.signal_fd = sweep_guest_signals(), .terminal = is_terminal(),
		.verbose = o->verbose,
	};
	struct papr_error error;
	int status = 0, ret;

	ret = sweep_run(sweep, &how, &status, &error);
	close(how.signal_fd);
	if (ret)
		complain(status, &error);
	else
		status = sweep_is_good(sweep) ? 0 : EXIT_FAILED;
	if (sweep->verdicts[sweep->from].outcome != SWEEP_NOT_DONE)
		sweep_show_summary(sweep, stdout);
	if (write_files(sweep, files) || fflush(stdout)) {
		refuse(&error, 0, "the results cannot be written: %s",
		       strerror(errno));
		return complain(EXIT_FAILED, &error);
	}
	return status;
}

static int prepare_and_run(struct sweep_options *o, struct sweep *sweep)
{
	struct sweep_patterns *patterns;
	struct papr_error error;
	struct files files = { NULL, NULL, NULL };
	int status;

	if (sweep_patterns_new(o->alive, o->signal, &patterns, &error))
		return complain(EXIT_USAGE, &error);
	if (open_files(o, &files, &error))
		status = complain(EXIT_USAGE, &error);
	else
		status = sweep_all(o, sweep, patterns, &files);
	sweep_patterns_free(patterns);
	return status;
}

int cmd_sweep(int argc, char **argv)
{
	struct sweep_options options;
	struct papr_error error;
	struct sweep sweep;
	int status;

	if (sweep_options_parse(argc, argv, &options, &error))
		return complain(EXIT_USAGE, &error);
	if (options.help)
		return show_help();
	if (sweep_options_plan(&options, &sweep, &error))
		return complain(EXIT_USAGE, &error);
	status = options.dry_run ? show_plan(&sweep) :
				   prepare_and_run(&options, &sweep);
	sweep_free(&sweep);
	return status;
}
