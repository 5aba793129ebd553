/* SPDX-License-Identifier: BSD-2-Clause */
/* papr hcalls and papr rtas: the catalogue of calls, as text or JSON. */
#include "tools/papr.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <papr/catalogue.h>

static const char usage_hcalls[] =
	"Usage: papr hcalls [--set SET] [--json] [NAME|NUMBER...]\n"
	"List hypercalls: number, function set, who can answer, arguments.\n"
	"\n"
	"  -s, --set SET  only those of a function set, such as hcall-tce\n"
	"  -j, --json     print a JSON array\n"
	"  -h, --help     print this text\n";

static const char usage_rtas[] =
	"Usage: papr rtas [--json] [NAME...]\n"
	"List RTAS calls: token, who can answer, cells.\n"
	"\n"
	"  -j, --json     print a JSON array\n"
	"  -h, --help     print this text\n";

/* The calls to print, in order: hypercalls, which have sets, or RTAS calls. */
struct list {
	const char *self;	/* which subcommand, for messages */
	bool sets;
	const struct papr_call_info **calls;
	size_t count;
};

static bool in_kernel(const struct papr_call_info *call)
{
	return papr_hcall_kernel_hv(call) != PAPR_KERNEL_NONE ||
	       papr_hcall_kernel_pr(call) != PAPR_KERNEL_NONE ||
	       papr_rtas_in_kernel(call);
}

static bool has_handler(const struct papr_call_info *call)
{
	return papr_hcall_has_handler(call) || papr_rtas_has_handler(call);
}

static const char *answers(const struct papr_call_info *call)
{
	if (in_kernel(call))
		return has_handler(call) ? "kernel,user" : "kernel";
	return has_handler(call) ? "user" : "-";
}

static void print_args(const struct papr_arg *args, unsigned int count,
		       bool unspecified)
{
	if (unspecified)
		fputs("?", stdout);
	for (unsigned int i = 0; i < count; i++) {
		const char *name = args[i].name ? args[i].name : "-";

		printf(args[i].optional ? "%s[%s]" : "%s%s", i ? " " : "",
		       name);
	}
}

static size_t longer(size_t width, const char *text)
{
	size_t len = strlen(text);

	return len > width ? len : width;
}

static void print_text(const struct list *list)
{
	size_t name = strlen("NAME"), set = strlen("SET");

	for (size_t i = 0; i < list->count; i++) {
		name = longer(name, list->calls[i]->name);
		if (list->sets)
			set = longer(set, list->calls[i]->set);
	}

	printf("%-*s  %-6s  ", (int)name, "NAME",
	       list->sets ? "NUMBER" : "TOKEN");
	if (list->sets)
		printf("%-*s  ", (int)set, "SET");
	printf("%-11s  ARGUMENTS -> RESULTS\n", "ANSWERS");

	for (size_t i = 0; i < list->count; i++) {
		const struct papr_call_info *call = list->calls[i];

		printf("%-*s  0x%-4x  ", (int)name, call->name, call->number);
		if (list->sets)
			printf("%-*s  ", (int)set, call->set);
		printf("%-11s  (", answers(call));
		print_args(call->in, call->in_count, call->in_unspecified);
		fputs(") -> (", stdout);
		print_args(call->out, call->out_count, call->out_unspecified);
		fputs(")\n", stdout);
	}
}

/* An array of arguments; null where they are unspecified. */
static json_t *args_json(const struct papr_arg *args, unsigned int count,
			 bool unspecified)
{
	json_t *array;

	if (unspecified)
		return json_null();

	array = json_array();
	for (unsigned int i = 0; i < count; i++) {
		json_t *arg = json_pack("{s:s?, s:s}", "name", args[i].name,
					"kind",
					papr_arg_kind_name(args[i].kind));

		if (args[i].optional)
			json_object_set_new(arg, "optional", json_true());
		json_array_append_new(array, arg);
	}
	return array;
}

static json_t *kernel_json(enum papr_kernel kernel)
{
	switch (kernel) {
	case PAPR_KERNEL_FIXED:
		return json_string("fixed");
	case PAPR_KERNEL_OFF:
		return json_string("off");
	case PAPR_KERNEL_ON:
		return json_string("on");
	case PAPR_KERNEL_NONE:
		break;
	}
	return json_null();
}

static json_t *call_json(const struct papr_call_info *call)
{
	json_t *json = json_pack("{s:s, s:I}", "name", call->name,
				 call->set ? "number" : "token",
				 (json_int_t)call->number);

	if (call->set) {
		json_object_set_new(json, "set", json_string(call->set));
		json_object_set_new(json, "kvm_hv", kernel_json(
					    papr_hcall_kernel_hv(call)));
		json_object_set_new(json, "kvm_pr", kernel_json(
					    papr_hcall_kernel_pr(call)));
	} else {
		json_object_set_new(json, "kvm",
				    json_boolean(papr_rtas_in_kernel(call)));
	}
	json_object_set_new(json, "user", json_boolean(has_handler(call)));
	json_object_set_new(json, "in", args_json(call->in, call->in_count,
						  call->in_unspecified));
	json_object_set_new(json, "out", args_json(call->out, call->out_count,
						   call->out_unspecified));
	return json;
}

static int print_json(const struct list *list)
{
	json_t *array = json_array();
	int r;

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, call_json(list->calls[i]));
	r = json_dumpf(array, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(array);
	return r;
}

/* Prints the list and frees it. */
static int print(struct list *list, bool json)
{
	int r = 0;

	if (json)
		r = print_json(list);
	else
		print_text(list);
	free(list->calls);

	if (r || fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "papr %s: cannot write: %s\n", list->self,
			strerror(errno));
		return EXIT_USAGE;
	}
	return EXIT_SUCCESS;
}

static int unknown(const char *self, const char *what, const char *wrong,
		   const char *hint)
{
	fprintf(stderr, "papr %s: there is no %s \"%s\"", self, what, wrong);
	if (hint)
		fprintf(stderr, "; did you mean %s?", hint);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static void add(struct list *list, const struct papr_call_info *call)
{
	list->calls[list->count++] = call;
}

/* Calls with a number; there may be two. */
static void add_number(struct list *list, const char *text)
{
	bool hex = !strncmp(text, "0x", 2) || !strncmp(text, "0X", 2);
	char *end;
	unsigned long long number;

	/* strtoull() would take a sign and blanks as well. */
	if (*text < '0' || *text > '9')
		return;
	errno = 0;
	number = strtoull(text, &end, hex ? 16 : 10);
	if (*end || errno)
		return;
	for (size_t i = 0; i < papr_hcall_count(); i++) {
		const struct papr_call_info *call = papr_hcall_at(i);

		if (call->number == number)
			add(list, call);
	}
}

static int list_hcalls(struct list *list, char **operands)
{
	for (size_t i = 0; !*operands && i < papr_hcall_count(); i++)
		add(list, papr_hcall_at(i));

	for (; *operands; operands++) {
		const struct papr_call_info *call =
			papr_hcall_by_name(*operands);
		size_t before = list->count;

		if (call)
			add(list, call);
		else
			add_number(list, *operands);
		if (list->count == before)
			return unknown("hcalls", "hypercall", *operands,
				       papr_hcall_nearest(*operands));
	}
	return EXIT_SUCCESS;
}

/* Leaves the calls of a function set. */
static void keep_set(struct list *list, const char *set)
{
	size_t all = list->count;

	list->count = 0;
	for (size_t i = 0; i < all; i++)
		if (papr_hcall_in_set(list->calls[i], set))
			add(list, list->calls[i]);
}

static int list_rtas(struct list *list, char **operands)
{
	for (size_t i = 0; !*operands && i < papr_rtas_count(); i++)
		add(list, papr_rtas_at(i));

	for (; *operands; operands++) {
		const struct papr_call_info *call =
			papr_rtas_by_name(*operands);

		if (!call)
			return unknown("rtas", "RTAS call", *operands,
				       papr_rtas_nearest(*operands));
		add(list, call);
	}
	return EXIT_SUCCESS;
}

/* Room for @operands calls, each of which may be two, or for all of them. */
static int list_init(struct list *list, size_t all, int operands)
{
	size_t room = operands ? 2 * (size_t)operands : all;

	list->calls = calloc(room, sizeof(*list->calls));
	if (list->calls)
		return 0;
	fprintf(stderr, "papr %s: out of memory\n", list->self);
	return EXIT_USAGE;
}

int cmd_hcalls(int argc, char **argv)
{
	static const struct option options[] = {
		{ "set", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct list list = { .self = "hcalls", .sets = true };
	const char *set = NULL;
	bool json = false;
	int c, r;

	optind = 1;
	while ((c = getopt_long(argc, argv, "s:jh", options, NULL)) != -1) {
		switch (c) {
		case 's':
			set = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(usage_hcalls, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage_hcalls, stderr);
			return EXIT_USAGE;
		}
	}
	if (set && !papr_hcall_set_exists(set))
		return unknown("hcalls", "function set", set,
			       papr_hcall_set_nearest(set));
	r = list_init(&list, papr_hcall_count(), argc - optind);
	if (r)
		return r;

	r = list_hcalls(&list, argv + optind);
	if (r) {
		free(list.calls);
		return r;
	}
	if (set)
		keep_set(&list, set);
	return print(&list, json);
}

int cmd_rtas(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct list list = { .self = "rtas" };
	bool json = false;
	int c, r;

	optind = 1;
	while ((c = getopt_long(argc, argv, "jh", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(usage_rtas, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage_rtas, stderr);
			return EXIT_USAGE;
		}
	}
	r = list_init(&list, papr_rtas_count(), argc - optind);
	if (r)
		return r;

	r = list_rtas(&list, argv + optind);
	if (r) {
		free(list.calls);
		return r;
	}
	return print(&list, json);
}
