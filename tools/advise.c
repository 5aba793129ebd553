/* SPDX-License-Identifier: BSD-2-Clause */
/* papr advise: which calls of a recorded run others should answer. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/advise.h"
#include "tools/papr.h"
#include "tools/stats-source.h"
#include "vmm/util.h"

#define EXIT_FAILED 1
#define MAX_KEEP 256

static const char help_text[] =
"usage: papr advise [OPTION...] RECORDING\n"
"\n"
"Says which calls of a run others should answer, and what is gained.\n"
"RECORDING is what papr run --stats FILE.json or papr stats --json has\n"
"written, or the control socket of a run.\n"
"\n"
"  --costs FILE    what calls cost on that host, from bench/lab-calls\n"
"  --host HOST     power8, power9, power10, nested or pr, if the recording\n"
"                  does not say on which it was made, or for another one\n"
"  --keep CALL     leave this call where it is; may be given again\n"
"  --policy FILE   write a policy that follows the advice\n"
"  --json          as JSON\n"
"  --help\n"
"\n"
"Exit status: 0 advised, 1 not read or not written, 2 bad arguments.\n";

static const struct option options[] = {
	{ "costs", required_argument, NULL, 'c' },
	{ "host", required_argument, NULL, 'H' },
	{ "keep", required_argument, NULL, 'k' },
	{ "policy", required_argument, NULL, 'p' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

struct job {
	const char *path;
	const char *costs_path;
	const char *host_name;
	const char *policy_path;
	const char *keep[MAX_KEEP + 1];
	size_t n_keep;
	bool json;
	struct papr_host host;
	struct recording recording;
	struct costs costs;
	struct papr_error error;
};

static int fail(const struct job *job)
{
	fprintf(stderr, "papr advise: %s\n", job->error.text);
	return EXIT_FAILED;
}

static int complain(const char *why)
{
	fprintf(stderr, "papr advise: %s\n", why);
	return EXIT_USAGE;
}

/* --- reading */

static int read_recording(struct job *job)
{
	json_t *json = stats_get(job->path, STATS_ALL_CPUS, &job->error);
	int ret;

	if (!json)
		return -EINVAL;
	ret = recording_read(json, &job->recording, &job->error);
	json_decref(json);
	return ret ? refuse_at(&job->error, ret, job->path) : 0;
}

static int read_costs(struct job *job)
{
	json_error_t why;
	json_t *json;
	int ret;

	if (!job->costs_path)
		return 0;
	json = json_load_file(job->costs_path, JSON_REJECT_DUPLICATES, &why);
	if (!json)
		return refuse(&job->error, -EINVAL, "%.128s: %s",
			      job->costs_path, why.text);
	ret = costs_read(json, &job->costs, &job->error);
	json_decref(json);
	return ret ? refuse_at(&job->error, ret, job->costs_path) : 0;
}

static int find_host(struct job *job)
{
	int ret;

	job->host.size = sizeof(job->host);
	if (job->host_name)
		return papr_host_model(job->host_name, &job->host,
				       &job->error);
	ret = recording_host(&job->recording, &job->host, &job->error);
	return ret ? refuse_at(&job->error, ret, job->path) : 0;
}

/* Costs of another machine would be no costs of this run. */
static int match_costs(struct job *job)
{
	const struct costs *c = &job->costs;

	if (!job->costs_path || (c->flavour == job->host.flavour &&
	    (c->flavour == PAPR_FLAVOUR_NESTED || c->isa == job->host.isa)))
		return 0;
	return refuse(&job->error, -EINVAL, "%.128s: measured with %s of "
		      "ISA %u.%02u, but the host %s has %s of ISA %u.%02u",
		      job->costs_path, papr_flavour_name(c->flavour),
		      c->isa / 100, c->isa % 100, job->host.name,
		      papr_flavour_name(job->host.flavour),
		      job->host.isa / 100, job->host.isa % 100);
}

/* --- writing */

static int write_policy(struct job *job, const struct plan *plan)
{
	char *text = plan_policy(plan);
	FILE *file = text ? fopen(job->policy_path, "we") : NULL;
	int ret = 0;

	if (!text)
		ret = refuse(&job->error, -ENOMEM, "no memory");
	else if (!file || fputs(text, file) == EOF)
		ret = -errno;
	if (file && fclose(file) && !ret)
		ret = -errno;
	if (ret && text)
		refuse(&job->error, ret, "%.128s: %s", job->policy_path,
		       strerror(-ret));
	free(text);
	return ret;
}

static int show(struct job *job, const struct plan *plan)
{
	json_t *json;

	if (job->policy_path && write_policy(job, plan))
		return fail(job);
	if (job->json) {
		json = plan_json(plan);
		json_dumpf(json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(json);
	} else {
		plan_text(stdout, plan);
	}
	return fflush(stdout) || ferror(stdout) ? EXIT_FAILED : 0;
}

static int advise(struct job *job)
{
	struct plan plan;
	int status;

	if (read_recording(job) || read_costs(job) || find_host(job) ||
	    match_costs(job) ||
	    plan_make(&plan, &job->host, &job->recording,
		      job->costs_path ? &job->costs : NULL, job->keep,
		      &job->error))
		return fail(job);
	status = show(job, &plan);
	plan_free(&plan);
	return status;
}

/* --- arguments */

static int keep(struct job *job, const char *name)
{
	const char *nearest = papr_hcall_nearest(name);

	if (!papr_hcall_by_name(name)) {
		fprintf(stderr, "papr advise: --keep %s: no such hypercall"
			"%s%s%s\n", name, nearest ? "; is " : "",
			nearest ? nearest : "", nearest ? " meant?" : "");
		return EXIT_USAGE;
	}
	if (job->n_keep == MAX_KEEP)
		return complain("--keep: so many calls are not kept");
	job->keep[job->n_keep++] = name;
	return 0;
}

static int take_option(struct job *job, int c)
{
	switch (c) {
	case 'c':
		job->costs_path = optarg;
		return 0;
	case 'H':
		job->host_name = optarg;
		return papr_host_model(optarg, &(struct papr_host){
			.size = sizeof(struct papr_host) }, &job->error) ?
			complain(job->error.text) : 0;
	case 'k':
		return keep(job, optarg);
	case 'p':
		job->policy_path = optarg;
		return 0;
	case 'j':
		job->json = true;
		return 0;
	default:
		return EXIT_USAGE;	/* getopt has complained */
	}
}

int cmd_advise(int argc, char **argv)
{
	struct job job = { 0 };
	int c, status;

	while ((c = getopt_long(argc, argv, "hj", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help_text, stdout);
			return fflush(stdout) ? EXIT_FAILED : 0;
		}
		status = take_option(&job, c);
		if (status)
			return status;
	}
	if (optind + 1 != argc)
		return complain("one RECORDING is wanted");
	job.path = argv[optind];
	status = advise(&job);
	recording_free(&job.recording);
	costs_free(&job.costs);
	return status;
}
