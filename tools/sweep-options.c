/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user asks of papr sweep. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tools/sweep-options.h"
#include "tools/symbols.h"
#include "vmm/options.h"
#include "vmm/util.h"

#define DEFAULT_COUNT 100
#define DEFAULT_ALIVE "load: alive"
#define DEFAULT_SIGNAL "load: signal|: bus error \\(7\\) at"

const char sweep_help[] =
"usage: papr sweep [OPTION...] -- RUN-ARGUMENT...\n"
"       papr sweep --replay FILE [--only N] [OPTION...]\n"
"\n"
"Starts papr run with the arguments given, injects machine checks into the\n"
"guest while it works, and tells what became of each.\n"
"\n"
"  --count N            so many, drawn by the seed (the default is 100)\n"
"  --all                each kind with each disposition, context and vCPU\n"
"  --pc FIRST[-LAST]    one at each instruction of a range of addresses\n"
"  --symbol NAME        the same through a function of the guest\n"
"  --symbols FILE       where that is: vmlinux, System.map (the --kernel)\n"
"  --step BYTES         of that range (4)\n"
"  --seed S             the same seed makes the same plan\n"
"  --kinds LIST         such as slb:multihit,ue (all)\n"
"  --dispositions LIST  (fully-recovered,not-recovered)\n"
"  --contexts LIST      of any, user, kernel (user,kernel; any at an address)\n"
"  --cpus LIST          such as 0-2,5 (all)\n"
"  --replay FILE        the plan, and the arguments, of a --json FILE\n"
"  --only N             of it only injection N\n"
"  --alive REGEX        the guest's heartbeat (load: alive)\n"
"  --signal REGEX       a process was sent a signal\n"
"  --patience BEATS     heartbeats to wait for a log line (50)\n"
"  --timeout SECONDS    without heartbeat the guest hangs (120)\n"
"  --restarts N         so often may the guest be started anew (100)\n"
"  --console FILE       all that the guest prints\n"
"  --json FILE          plan and verdicts\n"
"  --html FILE          the same as a picture\n"
"  --dry-run            print the plan as JSON and run nothing\n"
"  --verbose            a line for each injection\n"
"  --help\n"
"\n"
"Exit status: 0 all went as Linux should have it, 1 something did not,\n"
"2 bad arguments or files, 3 no POWER KVM.\n"
"\n"
"kinds:";

static const struct option long_options[] = {
	{ "count", required_argument, NULL, 'n' },
	{ "all", no_argument, NULL, 'a' },
	{ "pc", required_argument, NULL, 'p' },
	{ "symbol", required_argument, NULL, 'f' },
	{ "symbols", required_argument, NULL, 'm' },
	{ "step", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, 's' },
	{ "kinds", required_argument, NULL, 'k' },
	{ "dispositions", required_argument, NULL, 'd' },
	{ "contexts", required_argument, NULL, 'x' },
	{ "cpus", required_argument, NULL, 'u' },
	{ "replay", required_argument, NULL, 'r' },
	{ "only", required_argument, NULL, 'o' },
	{ "alive", required_argument, NULL, 'A' },
	{ "signal", required_argument, NULL, 'S' },
	{ "patience", required_argument, NULL, 'P' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "restarts", required_argument, NULL, 'R' },
	{ "console", required_argument, NULL, 'C' },
	{ "json", required_argument, NULL, 'j' },
	{ "html", required_argument, NULL, 'H' },
	{ "dry-run", no_argument, NULL, 'y' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* --- options */

static int take_number(const char *option, const char *text, uint64_t least,
		       uint64_t most, uint64_t *value,
		       struct papr_error *error)
{
	if (number_parse(text, value, NULL) || *value < least ||
	    *value > most)
		return refuse(error, -EINVAL, "%s %s: must be a number from "
			      "%" PRIu64 " to %" PRIu64, option, text, least,
			      most);
	return 0;
}

static int take_seed(const char *text, uint64_t *seed,
		     struct papr_error *error)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 0);
	if (errno || *end || *text < '0' || *text > '9')
		return refuse(error, -EINVAL, "--seed %s: must be a number of "
			      "64 bits", text);
	return 0;
}

static int take_step(const char *text, struct sweep_options *o,
		     struct papr_error *error)
{
	int ret = take_number("--step", text, 4, 1 << 20, &o->step, error);

	o->has_step = true;
	if (!ret && o->step % 4)
		return refuse(error, -EINVAL, "--step %s: instructions have 4 "
			      "bytes", text);
	return ret;
}

static int option_number(int letter, const char *text, struct sweep_options *o,
			 struct papr_error *error)
{
	switch (letter) {
	case 'n':
		o->has_count = true;
		return take_number("--count", text, 1, SWEEP_MAX, &o->count,
				   error);
	case 't':
		return take_step(text, o, error);
	case 's':
		o->has_seed = true;
		return take_seed(text, &o->space.seed, error);
	case 'o':
		o->has_only = true;
		return take_number("--only", text, 0, SWEEP_MAX - 1, &o->only,
				   error);
	case 'P':
		return take_number("--patience", text, 3, 1000000,
				   &o->patience, error);
	case 'T':
		return take_number("--timeout", text, 1, 86400, &o->timeout,
				   error);
	default:
		return take_number("--restarts", text, 0, SWEEP_MAX,
				   &o->restarts, error);
	}
}

static const char **option_text(int letter, struct sweep_options *o)
{
	switch (letter) {
	case 'p':
		return &o->pc;
	case 'f':
		return &o->symbol;
	case 'm':
		return &o->symbols;
	case 'k':
		return &o->kinds;
	case 'd':
		return &o->dispositions;
	case 'x':
		return &o->contexts;
	case 'u':
		return &o->cpus;
	case 'r':
		return &o->replay;
	case 'A':
		return &o->alive;
	case 'S':
		return &o->signal;
	case 'C':
		return &o->console;
	case 'j':
		return &o->json;
	case 'H':
		return &o->html;
	default:
		return NULL;
	}
}

static int option_apply(int letter, const char *text, struct sweep_options *o,
			struct papr_error *error)
{
	const char **place = option_text(letter, o);

	if (place) {
		*place = text;
		return 0;
	}
	switch (letter) {
	case 'a':
		o->all = true;
		return 0;
	case 'y':
		o->dry_run = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	default:
		return option_number(letter, text, o, error);
	}
}

/* What makes a plan makes no sense with one that is there. */
static int check_options(const struct sweep_options *o,
			 struct papr_error *error)
{
	bool stepped = o->pc || o->symbol;
	bool plans = o->has_count || o->all || stepped || o->has_seed ||
		     o->kinds || o->dispositions || o->contexts || o->cpus;

	if (o->replay && plans)
		return refuse(error, -EINVAL, "--replay: the plan is in the "
			      "file, no other option makes one");
	if (o->has_only && !o->replay)
		return refuse(error, -EINVAL, "--only needs --replay");
	if (o->all && (o->has_count || stepped))
		return refuse(error, -EINVAL, "--all: neither --count nor an "
			      "address goes with it");
	if (o->pc && o->symbol)
		return refuse(error, -EINVAL, "--pc and --symbol: only one of "
			      "them");
	if (o->symbols && !o->symbol)
		return refuse(error, -EINVAL, "--symbols needs --symbol");
	if (o->has_step && !stepped)
		return refuse(error, -EINVAL, "--step needs --pc or --symbol");
	return 0;
}

int sweep_options_parse(int argc, char **argv, struct sweep_options *o,
			struct papr_error *error)
{
	bool first = true;
	int letter, ret;

	*o = (struct sweep_options){
		.count = DEFAULT_COUNT, .step = 4, .patience = 50,
		.timeout = 120, .restarts = 100,
		.alive = DEFAULT_ALIVE, .signal = DEFAULT_SIGNAL,
	};
	for (;; first = false) {
		letter = option_next(argc, argv, long_options, first, error);
		if (letter == -1)
			break;
		if (!letter)
			return -EINVAL;
		ret = option_apply(letter, optarg, o, error);
		if (ret || o->help)
			return ret;
	}
	o->run = argv + optind;
	if (!*o->run && !o->replay)
		return refuse(error, -EINVAL, "the arguments of papr run are "
			      "missing");
	return check_options(o, error);
}

/* --- the plan */

int sweep_run_options(char **run, struct run_options *options,
		      struct papr_error *error)
{
	char name[] = "run", *argv[256] = { name };
	size_t n;
	int ret;

	for (n = 0; run[n]; n++) {
		if (n + 2 >= COUNT_OF(argv))
			return refuse(error, -EINVAL, "too many arguments for "
				      "papr run");
		argv[n + 1] = run[n];
	}
	ret = options_parse(n + 1, argv, options, error);
	return ret ? refuse_at(error, ret, "papr run") : 0;
}

/* What papr run would refuse is refused here. */
static int check_run(char **run, uint32_t *n_cpus, const char **kernel,
		     struct papr_error *error)
{
	struct run_options options;
	int ret = sweep_run_options(run, &options, error);

	if (ret)
		return ret;
	if (options.help || options.control || options.dump_fdt)
		return refuse(error, -EINVAL, "papr run: --help, --control "
			      "and --dump-fdt make no sense in a sweep");
	*n_cpus = options.cores * options.threads;
	*kernel = options.kernel;
	return 0;
}

/* From its first instruction to its last. */
static int take_symbol(struct sweep_options *o, const char *kernel,
		       struct papr_error *error)
{
	const char *file = o->symbols ?: kernel;
	struct symbols *symbols;
	struct symbol symbol;
	int ret = symbols_load(file, &symbols, error);

	if (ret)
		return ret;
	ret = symbols_find(symbols, o->symbol, &symbol, error);
	symbols_free(symbols);
	if (!ret && !symbol.end)
		ret = refuse(error, -EINVAL, "%s does not tell where %s ends",
			     file, o->symbol);
	o->space.by_pc = true;
	o->space.pc_first = symbol.address;
	o->space.pc_last = symbol.end;
	return ret;
}

static int fill_space(struct sweep_options *o, uint32_t n_cpus,
		      const char *kernel, struct papr_error *error)
{
	bool stepped = o->pc || o->symbol;
	struct sweep_space *s = &o->space;
	char cpus[24], all[512] = "";
	int ret;

	for (size_t i = 0; i < SWEEP_KINDS; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			 i ? "," : "", sweep_kinds[i].name);
	snprintf(cpus, sizeof(cpus), "0-%u", n_cpus - 1);
	s->count = o->all || (stepped && !o->has_count) ? 0 : o->count;
	s->pc_step = o->step;
	ret = sweep_space_list(s, "kinds", o->kinds ?: all, error);
	if (!ret)
		ret = sweep_space_list(s, "dispositions", o->dispositions ?:
				       "fully-recovered,not-recovered", error);
	if (!ret)
		ret = sweep_space_list(s, "contexts", o->contexts ?:
				       (stepped ? "any" : "user,kernel"),
				       error);
	if (!ret)
		ret = sweep_space_cpus(s, o->cpus ?: cpus, n_cpus, error);
	if (!ret && o->pc)
		ret = sweep_space_pc(s, o->pc, error);
	return ret || !o->symbol ? ret : take_symbol(o, kernel, error);
}

static int set_run(struct sweep *sweep, char **run, struct papr_error *error)
{
	size_t n;

	for (n = 0; sweep->run && sweep->run[n]; n++)
		free(sweep->run[n]);
	free(sweep->run);
	for (n = 0; run[n]; n++)
		;
	sweep->run = calloc(n + 1, sizeof(*sweep->run));
	if (!sweep->run)
		return refuse(error, -ENOMEM, "no memory");
	for (n = 0; run[n]; n++)
		sweep->run[n] = strdup(run[n]);
	return 0;
}

static int make_plan(struct sweep_options *o, struct sweep *sweep,
		     struct papr_error *error)
{
	const char *kernel;
	uint32_t n_cpus;
	int ret;

	ret = check_run(o->run, &n_cpus, &kernel, error);
	if (!ret)
		ret = fill_space(o, n_cpus, kernel, error);
	if (ret)
		return ret;
	if (!o->has_seed &&
	    getrandom(&o->space.seed, sizeof(o->space.seed), 0) < 0)
		return refuse(error, -errno, "no random seed: %s",
			      strerror(errno));
	sweep->seed = o->space.seed;
	ret = set_run(sweep, o->run, error);
	return ret ? ret :
		     sweep_plan(&o->space, &sweep->plan, &sweep->n, error);
}

/* Of a file; arguments given on the command line take the place of its own. */
static int read_plan(const struct sweep_options *o, struct sweep *sweep,
		     struct papr_error *error)
{
	const char *kernel;
	uint32_t n_cpus = 0;
	size_t i;
	int ret;

	ret = sweep_load(o->replay, sweep, error);
	if (!ret && *o->run)
		ret = set_run(sweep, o->run, error);
	if (!ret)
		ret = check_run(sweep->run, &n_cpus, &kernel, error);
	for (i = 0; !ret && i < sweep->n; i++)
		if (sweep->plan[i].cpu >= n_cpus)
			ret = refuse(error, -EINVAL, "%s: injection %zu: "
				     "there is no vCPU %u", o->replay, i,
				     sweep->plan[i].cpu);
	if (!ret && o->has_only && o->only >= sweep->n)
		ret = refuse(error, -EINVAL, "--only %" PRIu64 ": the plan "
			     "has 0 to %zu", o->only, sweep->n - 1);
	return ret;
}

int sweep_options_plan(struct sweep_options *o, struct sweep *sweep,
		       struct papr_error *error)
{
	int ret;

	*sweep = (struct sweep){ 0 };
	ret = o->replay ? read_plan(o, sweep, error) :
			  make_plan(o, sweep, error);
	if (!ret)
		sweep->verdicts = calloc(sweep->n, sizeof(*sweep->verdicts));
	if (!ret && !sweep->verdicts)
		ret = refuse(error, -ENOMEM, "no memory");
	if (ret) {
		sweep_free(sweep);
		return ret;
	}
	sweep->from = o->has_only ? o->only : 0;
	sweep->to = o->has_only ? o->only + 1 : sweep->n;
	return 0;
}
