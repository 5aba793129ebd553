/* SPDX-License-Identifier: BSD-2-Clause */
/* papr inject: machine checks and events for a running guest, by meaning. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/inject-event.h"
#include "tools/papr.h"
#include "tools/scenario.h"
#include "vmm/util.h"

#define EXIT_FAILED 1

static const char help_text[] =
"usage: papr inject [OPTION...] SOCKET TYPE[:SUBTYPE]\n"
"       papr inject SOCKET CLASS:WHAT [FIELD=VALUE...]\n"
"       papr inject [--json] SOCKET --scenario FILE\n"
"       papr inject --check --scenario FILE\n"
"       papr inject SOCKET --nmi | --list | --cancel ID\n"
"\n"
"Injects a machine check into the guest of papr run --control SOCKET.\n"
"TYPE:SUBTYPE is as in papr elog: slb:multihit, ue:load-store, d-cache.\n"
"\n"
"CLASS:WHAT is an event: epow:system-shutdown modifier=temperature,\n"
"hot-plug:cpu action=add index=0x10000008, io:event subtype=online,\n"
"internal-error:warning scan=true, log:FILE; see papr-inject(1).\n"
"\n"
"  -e, --ea ADDRESS          the effective address\n"
"  -l, --logical ADDRESS     the logical address, of a ue\n"
"      --recovered           fully recovered (the default)\n"
"      --not-recovered       not recovered\n"
"      --disposition NAME    fully-recovered, limited-recovery, not-recovered\n"
"      --severity NAME       error-sync (the default), error, fatal, ...\n"
"  -c, --cpu INDEX           into which vCPU (0)\n"
"When:\n"
"      --context NAME        while it runs user, kernel or any code\n"
"      --at-hypercall NAME[:COUNT]   after the COUNT-th call; NAME may be any\n"
"      --at-pc FIRST[-LAST]          at one of these addresses\n"
"      --at-symbol NAME[+OFFSET]     at the entry of a function, or in it\n"
"      --at-function NAME            anywhere in it\n"
"      --symbols FILE        vmlinux, System.map or the guest's kallsyms\n"
"  -n, --repeat COUNT        one after the other\n"
"\n"
"  -w, --wait                until it is delivered, and the guest is done\n"
"      --within TIME         how long to wait: 30s (the default), 500ms\n"
"      --scenario FILE       the steps of papr-scenario(5)\n"
"      --check               only check the scenario\n"
"      --nmi                 a system reset to all vCPUs\n"
"      --list                injections that wait\n"
"      --cancel ID           one of them\n"
"  -j, --json                print JSON\n"
"\n"
"Exit status: 0 done, 1 refused, not reached or another outcome than asked,\n"
"2 bad arguments or a bad scenario.\n";

enum {
	OPT_RECOVERED = 256, OPT_NOT_RECOVERED, OPT_SYMBOLS, OPT_WITHIN,
	OPT_SCENARIO, OPT_CHECK, OPT_NMI, OPT_LIST, OPT_CANCEL, OPT_SETTING,
};

static const struct option options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "wait", no_argument, NULL, 'w' },
	{ "recovered", no_argument, NULL, OPT_RECOVERED },
	{ "not-recovered", no_argument, NULL, OPT_NOT_RECOVERED },
	{ "symbols", required_argument, NULL, OPT_SYMBOLS },
	{ "within", required_argument, NULL, OPT_WITHIN },
	{ "scenario", required_argument, NULL, OPT_SCENARIO },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "nmi", no_argument, NULL, OPT_NMI },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "cancel", required_argument, NULL, OPT_CANCEL },
	/* The rest are settings of the injection, by the same names. */
	{ "ea", required_argument, NULL, 'e' },
	{ "logical", required_argument, NULL, 'l' },
	{ "cpu", required_argument, NULL, 'c' },
	{ "repeat", required_argument, NULL, 'n' },
	{ "severity", required_argument, NULL, OPT_SETTING },
	{ "disposition", required_argument, NULL, OPT_SETTING + 1 },
	{ "context", required_argument, NULL, OPT_SETTING + 2 },
	{ "at-hypercall", required_argument, NULL, OPT_SETTING + 3 },
	{ "at-pc", required_argument, NULL, OPT_SETTING + 4 },
	{ "at-symbol", required_argument, NULL, OPT_SETTING + 5 },
	{ "at-function", required_argument, NULL, OPT_SETTING + 6 },
	{ NULL, 0, NULL, 0 }
};

struct job {
	const char *socket;
	const char *scenario;
	const char *symbols;
	const char *cancel;
	bool check, nmi, list, json, wait;
	int within_ms;
	struct injection injection;
	const char *event;	/* in place of an injection, with fields */
	const char *const *fields;
	int n_fields;
};

static int complain(const char *sentence)
{
	fprintf(stderr, "papr inject: %s\n", sentence);
	return EXIT_USAGE;
}

static int fail(const struct papr_error *error)
{
	fprintf(stderr, "papr inject: %s\n", error->text);
	return EXIT_FAILED;
}

/* --- the command line */

static int set(struct job *job, const char *key, const char *value)
{
	struct papr_error error;

	return injection_set(&job->injection, key, value, &error) ?
	       complain(error.text) : 0;
}

static int set_by_letter(struct job *job, int c, const char *value)
{
	const struct option *o;

	for (o = options; o->name; o++)
		if (o->val == c)
			return set(job, o->name, value);
	return EXIT_USAGE;	/* getopt_long() has complained */
}

static int parse_option(struct job *job, int c, const char *value)
{
	struct papr_error error;

	switch (c) {
	case 'j':
		job->json = true;
		return 0;
	case 'w':
		job->wait = true;
		return 0;
	case OPT_RECOVERED:
		return set(job, "disposition", "fully-recovered");
	case OPT_NOT_RECOVERED:
		return set(job, "disposition", "not-recovered");
	case OPT_SYMBOLS:
		job->symbols = value;
		return 0;
	case OPT_WITHIN:
		return injection_duration(value, &job->within_ms, &error) ?
		       complain(error.text) : 0;
	case OPT_SCENARIO:
		job->scenario = value;
		return 0;
	case OPT_CHECK:
		job->check = true;
		return 0;
	case OPT_NMI:
		job->nmi = true;
		return 0;
	case OPT_LIST:
		job->list = true;
		return 0;
	case OPT_CANCEL:
		job->cancel = value;
		return 0;
	}
	return set_by_letter(job, c, value);
}

/* What is asked for besides an injection of the command line's own. */
static int others(const struct job *job)
{
	return job->nmi + job->list + !!job->cancel + !!job->scenario +
	       !!job->event;
}

static int check_job(const struct job *job)
{
	if (job->event && (others(job) > 1 || job->injection.said ||
			   job->symbols || job->wait || job->check))
		return complain("an event has fields, such as "
				"modifier=temperature, and no options");
	if (others(job) > 1)
		return complain("--scenario, --nmi, --list and --cancel are "
				"one at a time");
	if (others(job) && (job->injection.said || job->symbols || job->wait))
		return complain("what is said of an injection goes with "
				"SOCKET TYPE[:SUBTYPE] alone");
	if (job->check && !job->scenario)
		return complain("--check goes with --scenario");
	if (!job->socket && !job->check)
		return complain("the SOCKET of a papr run --control is "
				"missing");
	if (!others(job) && !(json_object_get(job->injection.args, "type")))
		return complain("what to inject is missing, such as "
				"slb:multihit");
	return 0;
}

static int parse(int argc, char **argv, struct job *job)
{
	int c, r = 0;

	optind = 1;
	while (!r && (c = getopt_long(argc, argv, "hjwe:l:c:n:", options,
				      NULL)) != -1) {
		if (c == 'h') {
			fputs(help_text, stdout);
			return fflush(stdout) ? EXIT_FAILED : -1;
		}
		r = parse_option(job, c, optarg);
	}
	if (!r && optind < argc)
		job->socket = argv[optind++];
	if (!r && optind < argc && inject_event_is(argv[optind])) {
		job->event = argv[optind++];
		job->fields = (const char *const *)argv + optind;
		job->n_fields = argc - optind;
		return check_job(job);
	}
	if (!r && optind < argc)
		r = set(job, "error", argv[optind++]);
	if (!r && optind < argc)
		r = complain("one SOCKET and one TYPE[:SUBTYPE] are enough; "
			     "--scenario takes more");
	return r ? r : check_job(job);
}

/* --- the work */

static int run(const struct job *job, const struct scenario *scenario)
{
	struct qmp_client *client;
	struct papr_error error;
	int r;

	if (qmp_client_open(job->socket, &client, &error))
		return fail(&error);
	r = scenario_run(client, scenario, stdout, job->json, &error);
	qmp_client_close(client);
	return r ? fail(&error) : 0;
}

static int run_file(const struct job *job)
{
	struct scenario scenario;
	struct papr_error error;
	int r;

	if (scenario_load(job->scenario, &scenario, &error))
		return complain(error.text);
	r = job->check ? 0 : run(job, &scenario);
	scenario_free(&scenario);
	return r;
}

/* A scenario of what the command line says; 0 or -ENOMEM. */
static int make_steps(const struct job *job, struct scenario *scenario)
{
	struct step *step = scenario_add(scenario, STEP_INJECT);

	if (!step || injection_copy(&step->injection, &job->injection))
		return -1;
	step->ms = job->within_ms;
	if (!job->wait)
		return 0;
	step = scenario_add(scenario, STEP_OUTCOME);
	if (!step)
		return -1;
	step->ms = job->within_ms;
	step->outcomes = OUTCOME_BIT(OUTCOME_DELIVERED) |
			 OUTCOME_BIT(OUTCOME_ARCHITECTED);
	step = scenario_add(scenario, STEP_RELEASE);
	if (!step)
		return -1;
	step->ms = job->within_ms;
	return 0;
}

static int run_steps(const struct job *job)
{
	struct scenario scenario = { 0 };
	int r = make_steps(job, &scenario);

	r = r ? complain("no memory") : run(job, &scenario);
	scenario_free(&scenario);
	return r;
}

static int inject(struct job *job)
{
	struct symbols *symbols = NULL;
	struct papr_error error;
	int r = 0;

	if (job->symbols)
		r = symbols_load(job->symbols, &symbols, &error);
	if (!r)
		r = injection_complete(&job->injection, symbols, &error);
	symbols_free(symbols);
	return r ? complain(error.text) : run_steps(job);
}

static int nmi(const struct job *job)
{
	struct scenario scenario = { 0 };
	struct step *step = scenario_add(&scenario, STEP_COMMAND);
	int r;

	if (!step)
		return complain("no memory");
	step->command = "inject-nmi";
	r = run(job, &scenario);
	scenario_free(&scenario);
	return r;
}

/* --- those that wait */

static void print_waiting(const json_t *list)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
		printf("injection %lld: waiting, CPU %lld, %s\n",
		       json_integer_value(json_object_get(entry, "id")),
		       json_integer_value(json_object_get(entry, "cpu-index")),
		       json_string_value(json_object_get(entry, "type")) ?: "");
}

/* @args is NULL or stolen. */
static int ask(const struct job *job, const char *command, json_t *args)
{
	struct qmp_client *client;
	struct papr_error error;
	json_t *result;

	if (qmp_client_open(job->socket, &client, &error)) {
		json_decref(args);
		return fail(&error);
	}
	result = qmp_client_execute(client, command, args, &error);
	qmp_client_close(client);
	if (!result)
		return fail(&error);
	if (!job->json)
		print_waiting(result);
	else if (json_is_array(result))
		json_dumpf(result, stdout, JSON_INDENT(2)), putchar('\n');
	json_decref(result);
	return fflush(stdout) ? EXIT_FAILED : 0;
}

static int cancel(const struct job *job)
{
	uint64_t id;

	if (number_parse(job->cancel, &id, NULL) || !id || id > INT64_MAX)
		return complain("--cancel takes the number of an injection, "
				"which --list tells");
	return ask(job, "papr-cancel-injection",
		   json_pack("{s:I}", "id", (json_int_t)id));
}

static int put_event(const struct job *job)
{
	struct papr_error error;
	json_t *args = inject_event_args(job->event, job->fields,
					 job->n_fields, &error);

	return args ? ask(job, "papr-event", args) : complain(error.text);
}

int cmd_inject(int argc, char **argv)
{
	struct job job = { .within_ms = SCENARIO_WITHIN_MS };
	int r;

	if (injection_init(&job.injection))
		return complain("no memory");
	r = parse(argc, argv, &job);
	if (!r)
		r = job.event ? put_event(&job) :
		    job.scenario ? run_file(&job) :
		    job.nmi ? nmi(&job) :
		    job.list ? ask(&job, "papr-query-injections", NULL) :
		    job.cancel ? cancel(&job) : inject(&job);
	injection_free(&job.injection);
	return r < 0 ? 0 : r;
}
