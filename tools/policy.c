/* SPDX-License-Identifier: BSD-2-Clause */
/* papr policy: check a policy, show what it does on a host, explain, apply. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <papr/papr.h>

#include "tools/papr.h"
#include "tools/policy.h"

static const char usage[] =
	"usage: papr policy check [--host HOST] FILE\n"
	"       papr policy show [--host HOST] [--all] [--json] FILE\n"
	"       papr policy explain CALL [--host HOST] FILE\n"
	"       papr policy apply --control SOCKET FILE\n"
	"\n"
	"  check    find mistakes; with --host also what that host cannot do\n"
	"  show     who answers each call that is not left to its default\n"
	"  explain  what becomes of one call, and why\n"
	"  apply    let others answer the calls of a running guest\n"
	"\n"
	"  -c, --control SOCKET\n"
	"                   that of papr run --control, whose guest is meant\n"
	"  -H, --host HOST  power8, power9, power10, nested, pr, or live\n"
	"                   (the default) for the KVM of this machine\n"
	"  -a, --all        show every call\n"
	"  -j, --json       print JSON\n"
	"  -h, --help       print this text\n";

static int complain(const char *sentence)
{
	fprintf(stderr, "papr policy: %s\n", sentence);
	return EXIT_USAGE;
}

/* The host that is meant, into @job->host. */
static int find_host(struct job *job)
{
	const char *name = job->host_name ? job->host_name : "live";
	int fd, r;

	job->host.size = sizeof(job->host);
	if (strcmp(name, "live")) {
		r = papr_host_model(name, &job->host, &job->error);
		return r ? complain(job->error.text) : 0;
	}
	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	r = fd < 0 ? -errno : papr_kvm_probe(fd, -1, &job->host, &job->error);
	if (fd >= 0)
		close(fd);
	if (!r)
		return 0;
	fputs("papr policy: this machine has no POWER KVM; --host names one "
	      "to look at:", stderr);
	for (unsigned int i = 0; papr_host_model_name(i); i++)
		fprintf(stderr, " %s", papr_host_model_name(i));
	fputc('\n', stderr);
	return EXIT_NO_HOST;
}

/* Fills the report; a policy the host cannot have is a complaint. */
static int predict(struct job *job)
{
	job->report = calloc(papr_hcall_count(), sizeof(*job->report));
	if (!job->report)
		return complain("out of memory");
	if (!papr_route_predict(job->policy, &job->host, job->report,
				&job->error))
		return 0;
	fprintf(stderr, "%s: %s\n", job->path, job->error.text);
	return EXIT_USAGE;
}

/* What is wrong on every host shows on one that has no kernel. */
static int check_anywhere(struct job *job)
{
	job->report = calloc(papr_hcall_count(), sizeof(*job->report));
	if (!job->report)
		return complain("out of memory");
	job->host.size = sizeof(job->host);
	job->host.flavour = PAPR_FLAVOUR_NONE;
	if (papr_route_predict(job->policy, &job->host, job->report,
			       &job->error) != -EINVAL)
		return 0;
	fprintf(stderr, "%s: %s\n", job->path, job->error.text);
	return EXIT_USAGE;
}

static int check(struct job *job)
{
	int r;

	if (job->host_name) {
		r = find_host(job);
		if (!r)
			r = predict(job);
	} else {
		r = check_anywhere(job);
	}
	if (!r)
		printf("%s: no complaints%s%s\n", job->path,
		       job->host_name ? " on host " : "",
		       job->host_name ? job->host_name : "");
	return r;
}

static enum papr_policy_source source_of(const struct job *job,
					 const struct papr_call_info *call)
{
	return papr_policy_source(job->policy, call, NULL);
}

/* All rows, or those somebody cares for: chosen, or not as one would think. */
static bool is_shown(const struct job *job, const struct papr_route_report *r)
{
	if (job->all || source_of(job, r->call) >= PAPR_POLICY_SET)
		return true;
	return *r->reason && r->accepted != PAPR_ACCEPTED_NONE;
}

/* The RTAS calls of which the policy says something; with --all, all. */
static bool rtas_is_shown(const struct job *job,
			  const struct papr_call_info *call)
{
	return job->all || source_of(job, call) == PAPR_POLICY_CALL;
}

static int longer(int width, const char *text)
{
	int len = strlen(text);

	return len > width ? len : width;
}

static void show_hcalls(const struct job *job)
{
	const struct papr_route_report *r;
	int name = strlen("HYPERCALL"), set = strlen("SET");
	size_t i, n = papr_hcall_count(), hidden = 0;

	for (i = 0; i < n; i++) {
		r = &job->report[i];
		hidden += !is_shown(job, r);
		if (!is_shown(job, r))
			continue;
		name = longer(name, r->call->name);
		set = longer(set, r->call->set);
	}
	if (hidden < n)
		printf("%-*s  %-6s  %-*s  %-9s  %-8s  %-11s  %s\n", name,
		       "HYPERCALL", "NUMBER", set, "SET", "REQUESTED",
		       "ACCEPTED", "EFFECTIVE", "REASON");
	for (i = 0; i < n; i++) {
		r = &job->report[i];
		if (!is_shown(job, r))
			continue;
		printf("%-*s  0x%-4x  %-*s  %-9s  %-8s  %-11s  %s\n", name,
		       r->call->name, r->call->number, set, r->call->set,
		       papr_route_name(r->requested),
		       papr_accepted_name(r->accepted),
		       papr_effective_name(r->effective),
		       *r->reason ? r->reason : "-");
	}
	if (hidden)
		printf("%zu hypercalls go as they would without the policy's "
		       "sets and hcalls; --all shows them\n", hidden);
}

static void show_rtas(const struct job *job)
{
	const struct papr_call_info *call;
	bool head = false;

	for (size_t i = 0; (call = papr_rtas_at(i)); i++) {
		if (!rtas_is_shown(job, call))
			continue;
		if (!head)
			printf("\n%-32s  %-6s  %s\n", "RTAS CALL", "TOKEN",
			       "REQUESTED");
		head = true;
		printf("%-32s  0x%-4x  %s\n", call->name, call->number,
		       papr_route_name(papr_policy_rtas_route(job->policy,
							      call)));
	}
}

static json_t *line_json(const struct job *job,
			 const struct papr_call_info *call)
{
	unsigned int line;

	papr_policy_source(job->policy, call, &line);
	return line ? json_integer(line) : json_null();
}

static json_t *hcalls_json(const struct job *job)
{
	json_t *array = json_array();

	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_route_report *r = &job->report[i];

		if (!is_shown(job, r))
			continue;
		json_array_append_new(array, json_pack(
			"{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:b, s:o}",
			"name", r->call->name,
			"number", (int)r->call->number,
			"set", r->call->set,
			"requested", papr_route_name(r->requested),
			"accepted", papr_accepted_name(r->accepted),
			"effective", papr_effective_name(r->effective),
			"reason", r->reason,
			"log", papr_policy_logged(job->policy, r->call),
			"line", line_json(job, r->call)));
	}
	return array;
}

static json_t *rtas_json(const struct job *job)
{
	const struct papr_call_info *call;
	json_t *array = json_array();

	for (size_t i = 0; (call = papr_rtas_at(i)); i++) {
		if (!rtas_is_shown(job, call))
			continue;
		json_array_append_new(array, json_pack(
			"{s:s, s:i, s:s, s:b, s:o}",
			"name", call->name,
			"token", (int)call->number,
			"requested", papr_route_name(
				papr_policy_rtas_route(job->policy, call)),
			"log", papr_policy_logged(job->policy, call),
			"line", line_json(job, call)));
	}
	return array;
}

static int show_json(const struct job *job)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:o, s:o}",
				 "policy", job->path,
				 "host", job->host.name,
				 "flavour",
				 papr_flavour_name(job->host.flavour),
				 "hcalls", hcalls_json(job),
				 "rtas", rtas_json(job));
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(2)) : -1;

	json_decref(json);
	putchar('\n');
	return r ? complain("cannot print JSON: a name is not UTF-8, or out "
			    "of memory") : 0;
}

/* Shows the whole table even where the policy cannot be had. */
static int show(struct job *job)
{
	int r = find_host(job), s = 0;

	if (r)
		return r;
	r = predict(job);
	if (!job->report)
		return r;
	if (job->json) {
		s = show_json(job);
	} else {
		show_hcalls(job);
		show_rtas(job);
	}
	return r ? r : s;
}

static int explain(struct job *job)
{
	const struct papr_call_info *hcall = papr_hcall_by_name(job->call);
	const struct papr_call_info *rtas = papr_rtas_by_name(job->call);
	const char *nearest = papr_hcall_nearest(job->call);
	int r;

	if (!nearest)
		nearest = papr_rtas_nearest(job->call);
	if (!hcall && !rtas) {
		fprintf(stderr, "papr policy: %s is no hypercall and no RTAS "
			"call%s%s%s\n", job->call, nearest ? "; is " : "",
			nearest ? nearest : "", nearest ? " meant?" : "");
		return EXIT_USAGE;
	}
	r = find_host(job);
	if (r)
		return r;
	r = predict(job);
	if (job->report && hcall)
		explain_hcall(job, hcall);
	else if (job->report)
		explain_rtas(job, rtas);
	return r;
}

static int run(struct job *job, int (*verb)(struct job *job))
{
	int r;

	if (papr_policy_load(job->path, &job->policy, &job->error)) {
		fprintf(stderr, "%s\n", job->error.text);
		return EXIT_USAGE;
	}
	r = verb(job);
	papr_policy_free(job->policy);
	free(job->report);
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "papr policy: cannot write: %s\n",
			strerror(errno));
		return EXIT_USAGE;
	}
	return r;
}

/* Options and operands; what is wrong with them is told. */
static int parse(int argc, char **argv, struct job *job)
{
	static const struct option options[] = {
		{ "host", required_argument, NULL, 'H' },
		{ "control", required_argument, NULL, 'c' },
		{ "all", no_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 }
	};
	bool explains = !strcmp(argv[0], "explain");
	bool applies = !strcmp(argv[0], "apply");
	int c, operands = explains ? 2 : 1;

	optind = 1;
	while ((c = getopt_long(argc, argv, "H:ac:j", options, NULL)) != -1) {
		if (c == '?')
			return EXIT_USAGE;
		if ((c == 'c') != applies)
			return complain(applies ? "apply takes --control and "
					"no other option" :
					"--control is for apply");
		if (c != 'H' && c != 'c' && strcmp(argv[0], "show"))
			return complain("--all and --json are for show");
		if (c == 'c')
			job->control = optarg;
		else if (c == 'H')
			job->host_name = optarg;
		else if (c == 'a')
			job->all = true;
		else
			job->json = true;
	}
	if (argc - optind != operands)
		return complain(explains ? "explain takes a CALL and a FILE" :
				"check, show and apply take one FILE");
	if (applies && !job->control)
		return complain("apply needs --control SOCKET");
	if (explains)
		job->call = argv[optind];
	job->path = argv[argc - 1];
	return 0;
}

int cmd_policy(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*verb)(struct job *job);
	} verbs[] = {
		{ "check", check }, { "show", show }, { "explain", explain },
		{ "apply", policy_apply },
	};
	struct job job = { .path = NULL };

	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (strcmp(argv[i], "--help") && strcmp(argv[i], "-h"))
			continue;
		fputs(usage, stdout);
		return EXIT_SUCCESS;
	}
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]);
	     i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		return parse(argc - 1, argv + 1, &job) ? EXIT_USAGE :
			run(&job, verbs[i].verb);
	}
	fputs(usage, stderr);
	return EXIT_USAGE;
}
