/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading policies: what is one, what is none, and what is said of that. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <papr/policy.h>

#include "spapr/util.h"

#define MIB (1024 * 1024)

static int parse(const char *text, size_t len, struct papr_policy **policy,
		 struct papr_error *error)
{
	*policy = NULL;
	error->text[0] = '\0';
	return papr_policy_parse(text, len, "p.yaml", policy, error);
}

static struct papr_policy *good(const char *text)
{
	struct papr_policy *policy;
	struct papr_error error;

	if (parse(text, strlen(text), &policy, &error))
		fail_msg("%s", error.text);
	return policy;
}

static enum papr_route route_of(const struct papr_policy *policy,
				const char *name)
{
	return papr_policy_route(policy, papr_hcall_by_name(name));
}

static const struct {
	const char *text;
	enum papr_route route;
} spellings[] = {
	{ "hcalls: { H_RANDOM: kernel }", PAPR_ROUTE_KERNEL },
	{ "hcalls: { H_RANDOM: kernel! }", PAPR_ROUTE_KERNEL_ONLY },
	{ "hcalls: { H_RANDOM: 'kernel!' }", PAPR_ROUTE_KERNEL_ONLY },
	{ "hcalls: { H_RANDOM: user }", PAPR_ROUTE_USER },
	{ "hcalls:\n  H_RANDOM: vmm # comment", PAPR_ROUTE_VMM },
	{ "\"hcalls\": {\"H_RANDOM\": \"deny\"}", PAPR_ROUTE_DENY },
	{ "hcalls: { H_RANDOM: { route: user } }", PAPR_ROUTE_USER },
	{ "hcalls: { H_RANDOM: { log: false, route: deny } }",
	  PAPR_ROUTE_DENY },
	{ "%YAML 1.1\n---\nhcalls:\r\n  H_RANDOM: user\r\n...\n",
	  PAPR_ROUTE_USER },
	{ "\xef\xbb\xbfhcalls: { H_RANDOM: user }", PAPR_ROUTE_USER },
};

static void every_spelling_of_a_route_is_understood(void **state)
{
	struct papr_policy *policy;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(spellings); i++) {
		policy = good(spellings[i].text);
		assert_int_equal(route_of(policy, "H_RANDOM"),
				 spellings[i].route);
		papr_policy_free(policy);
	}
}

/* What is no policy, and what is said of it. */
static const struct {
	const char *text;
	const char *error;
} bad[] = {
	{ "", "p.yaml:1:1: there is no policy in it; \"default: kernel\" is "
	  "one that changes nothing" },
	{ "# nothing\n", "p.yaml:2:1: there is no policy in it; \"default: "
	  "kernel\" is one that changes nothing" },
	{ "---\n", "p.yaml:2:1: there is no policy in it; \"default: "
	  "kernel\" is one that changes nothing" },
	{ "kernel\n", "p.yaml:1:1: here should be a policy, such as "
	  "\"default: kernel\"" },
	{ "- default: kernel\n", "p.yaml:1:1: lists have no place in a "
	  "policy: write \"name: route\" on lines of their own" },
	{ "default: kernel\n---\ndefault: user\n",
	  "p.yaml:2:1: a second document; a policy is one" },
	{ "default: usr\n", "p.yaml:1:10: usr is no route; there are kernel, "
	  "kernel!, user, vmm and deny" },
	{ "default: USER\n", "p.yaml:1:10: USER is no route; there are "
	  "kernel, kernel!, user, vmm and deny" },
	{ "default: 1\n", "p.yaml:1:10: 1 is no route; there are kernel, "
	  "kernel!, user, vmm and deny" },
	{ "default:\n", "p.yaml:1:9: here should be a route, and there is "
	  "nothing" },
	{ "default: kernel!\n", "p.yaml:1:1: no kernel answers every call: "
	  "\"kernel!\" is for single calls and sets, not for the default" },
	{ "default: kernel\nhcall: {}\n", "p.yaml:2:1: hcall is unknown here; "
	  "there are default, sets, hcalls, rtas and force" },
	{ "default: user\nforce: true\ndefault: user\n",
	  "p.yaml:3:1: default is here a second time, the first is in line "
	  "1" },
	{ "force: yes\n", "p.yaml:1:8: yes is neither true nor false" },
	{ "force: {}\n", "p.yaml:1:8: here should be true or false" },
	{ "sets: user\n", "p.yaml:1:7: here should be function sets and their "
	  "routes" },
	{ "hcalls:\n", "p.yaml:1:8: here should be hypercalls and their "
	  "routes" },
	{ "rtas: deny\n", "p.yaml:1:7: here should be RTAS calls and their "
	  "routes" },
	{ "sets:\n  hcall-tec: user\n", "p.yaml:2:3: hcall-tec is no function "
	  "set; is hcall-tce meant?" },
	{ "hcalls:\n  H_RANDON: user\n", "p.yaml:2:3: H_RANDON is no "
	  "hypercall; is H_RANDOM meant?" },
	{ "hcalls:\n  0x300: user\n", "p.yaml:2:3: 0x300 is no hypercall" },
	{ "hcalls: {\n  ? [ H_RANDOM ] : user }\n", "p.yaml:2:5: lists have "
	  "no place in a policy: write \"name: route\" on lines of their "
	  "own" },
	{ "hcalls: { ? { H_RANDOM: user } : user }\n",
	  "p.yaml:1:13: here should be a name" },
	{ "rtas: { ibm,int-on: user }\n", "p.yaml:1:9: ibm is no RTAS "
	  "call" },
	{ "rtas:\n  ibm,os-trem: user\n", "p.yaml:2:3: ibm,os-trem is no RTAS "
	  "call; is ibm,os-term meant?" },
	{ "hcalls:\n  H_RANDOM: user\n  H_ENTER: kernel\n  H_RANDOM: user\n",
	  "p.yaml:4:3: H_RANDOM is here a second time, the first is in line "
	  "2" },
	{ "hcalls:\n  H_COP: user\n  H_COP_OP: user\n", "p.yaml:3:3: H_COP_OP "
	  "is another name of the call in line 2" },
	{ "sets:\n  SLB-Buffer: user\n  hcall-splpar: kernel\n",
	  "p.yaml:3:3: H_REGISTER_VPA is in hcall-splpar and in the set of "
	  "line 2, which routes it otherwise" },
	{ "hcalls:\n  H_RANDOM: { log: true }\n",
	  "p.yaml:2:3: H_RANDOM has no route" },
	{ "hcalls:\n  H_RANDOM: {}\n", "p.yaml:2:3: H_RANDOM has no route" },
	{ "hcalls:\n  H_RANDOM: { route: user, log: 1 }\n",
	  "p.yaml:2:33: 1 is neither true nor false" },
	{ "hcalls:\n  H_RANDOM: { route: user, route: user }\n",
	  "p.yaml:2:28: route is here a second time, the first is in line 2" },
	{ "hcalls:\n  H_RANDOM: { route: { route: user } }\n",
	  "p.yaml:2:22: here should be a route" },
	{ "hcalls:\n  H_RANDOM: [ user ]\n", "p.yaml:2:13: lists have no "
	  "place in a policy: write \"name: route\" on lines of their own" },
	{ "rtas:\n  power-off: kernel\n", "p.yaml:2:3: no kernel answers "
	  "power-off: its route is user or deny" },
	{ "rtas:\n  power-off: vmm\n", "p.yaml:2:3: an RTAS call cannot be "
	  "routed to vmm: the routes of power-off are user and deny" },
	{ "rtas:\n  ibm,int-on: kernel!\n", "p.yaml:2:3: an RTAS call cannot "
	  "be routed to kernel!: the routes of ibm,int-on are kernel, user "
	  "and deny" },
	{ "default: &a user\n", "p.yaml:1:10: anchors and aliases have no "
	  "place in a policy: write each route out" },
	{ "default: *a\n", "p.yaml:1:10: anchors and aliases have no place "
	  "in a policy: write each route out" },
	{ "sets: &s { hcall-tce: user }\n", "p.yaml:1:7: anchors and aliases "
	  "have no place in a policy: write each route out" },
	{ "hcalls: { <<: user }\n", "p.yaml:1:11: merges have no place in a "
	  "policy: write each route out" },
	{ "default: !!str user\n", "p.yaml:1:10: tags have no place in a "
	  "policy: write the plain word" },
	{ "default: !kernel\n", "p.yaml:1:10: tags have no place in a "
	  "policy: write the plain word" },
	{ "default: [ user\n", "p.yaml:1:10: lists have no place in a policy: "
	  "write \"name: route\" on lines of their own" },
	{ "default: user: kernel\n", "p.yaml:1:14: not YAML: mapping values "
	  "are not allowed in this context" },
	{ "hcalls: { H_RANDOM: user\n", "p.yaml:2:1: not YAML: did not find "
	  "expected ',' or '}' while parsing a flow mapping" },
	{ "default: 'user\n", "p.yaml:2:1: not YAML: found unexpected end of "
	  "stream while scanning a quoted scalar" },
	{ "default:\tuser\n\thcalls: {}\n", "p.yaml:2:1: not YAML: found a "
	  "tab character that violates indentation while scanning a plain "
	  "scalar" },
	{ "default: user\n# \xc3\xa9 \xff\n", "p.yaml:2:5: not YAML: invalid "
	  "leading UTF-8 octet" },
	{ "# \x1b[2J\ndefault: user\n", "p.yaml:1:3: not YAML: control "
	  "characters are not allowed" },
	{ "default: \"us\\0er\"\n", "p.yaml:1:10: us?er is no route; there "
	  "are kernel, kernel!, user, vmm and deny" },
	{ "default: \"\\e[2J\\n\xc3\xa9\"\n", "p.yaml:1:10: ?[2J??? is no "
	  "route; there are kernel, kernel!, user, vmm and deny" },
	{ "? default\n: user\n? \n: user\n", "p.yaml:3:2: here should be a "
	  "name, and there is nothing" },
};

static void what_is_no_policy_is_refused_with_its_place(void **state)
{
	struct papr_policy *policy;
	struct papr_error error;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(parse(bad[i].text, strlen(bad[i].text),
				       &policy, &error), -EINVAL);
		assert_string_equal(error.text, bad[i].error);
		assert_null(policy);
	}
}

static void a_nul_byte_is_refused_with_its_place(void **state)
{
	static const char text[] = "default: user\n# a\0b\n";
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &policy, &error),
			 -EINVAL);
	assert_string_equal(error.text, "p.yaml:2:4: not YAML: control "
			    "characters are not allowed");
}

static void utf_16_is_refused(void **state)
{
	static const char text[] = "\xff\xfe" "d\0e\0f\0";
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &policy, &error),
			 -EINVAL);
	assert_string_equal(error.text, "p.yaml:1:1: not YAML: invalid "
			    "leading UTF-8 octet");
}

static void every_beginning_of_a_policy_is_a_policy_or_refused(void **state)
{
	static const char text[] = "default: { route: kernel, log: true }\n"
		"sets:\n  hcall-tce: user\nhcalls: {\n  \"H_RANDOM\": 'kernel!'"
		"\n}\nrtas:\n  ? ibm,os-term\n  : deny\nforce: true\n";
	struct papr_policy *policy;
	struct papr_error error;
	size_t len;
	char *copy;
	int r;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		copy = malloc(len);	/* no byte past it may be read */
		memcpy(copy, text, len);
		r = parse(copy, len, &policy, &error);
		free(copy);
		assert_true(r == 0 || (r == -EINVAL && *error.text));
		papr_policy_free(policy);
	}
}

/* Inputs of a megabyte made of one piece over and over. */
static const char *const hostile[] = {
	"[", "{", "- ", "? ", "a: ", "{a: ", "[{", "&a ", "*a ", "!a ", "\n ",
	"#", "\"", "'", "a", "a\n", "--- ", "---\n", "|\n ", ": ", ",", "%",
	"\\", "default: kernel\n", "# \n", "a: [", "\xef\xbb\xbf", " ",
	"hcalls: {", "?\n", "-\n ",
};

static void hostile_input_of_any_length_ends_in_a_sentence(void **state)
{
	char *text = malloc(MIB);
	struct papr_policy *policy;
	struct papr_error error;
	size_t i, j, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		len = strlen(hostile[i]);
		for (j = 0; j + len <= MIB; j += len)
			memcpy(text + j, hostile[i], len);
		assert_int_equal(parse(text, j, &policy, &error), -EINVAL);
		assert_non_null(strstr(error.text, "p.yaml:"));
		assert_null(policy);
	}
	free(text);
}

static void what_is_longer_than_a_mebibyte_is_refused(void **state)
{
	char *text = malloc(MIB + 1);
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	memset(text, '\n', MIB + 1);
	memcpy(text, "default: user", strlen("default: user"));
	assert_int_equal(parse(text, MIB, &policy, &error), 0);
	papr_policy_free(policy);
	assert_int_equal(parse(text, MIB + 1, &policy, &error), -EFBIG);
	assert_string_equal(error.text,
			    "p.yaml: longer than any policy, 1 MiB at most");
	free(text);
}

static void errors_need_not_be_asked_for(void **state)
{
	struct papr_policy *policy;

	(void)state;
	assert_int_equal(papr_policy_parse("a", 1, "x", &policy, NULL),
			 -EINVAL);
	assert_int_equal(papr_policy_load("/nonexistent", &policy, NULL),
			 -ENOENT);
}

static void a_long_file_name_leaves_room_for_the_reason(void **state)
{
	struct papr_policy *policy;
	struct papr_error error;
	char name[1000];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(papr_policy_parse("a: b", 4, name, &policy, &error),
			 -EINVAL);
	assert_non_null(strstr(error.text, ":1:1: a is unknown here; there "
			       "are default, sets, hcalls, rtas and force"));
}

/* A file with @text in it; the name is to be freed. */
static char *file_of(const char *text)
{
	char *path = strdup("/tmp/test-policy-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

static void a_policy_is_read_from_a_file(void **state)
{
	char *path = file_of("default: vmm\n");
	struct papr_policy *policy;
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_policy_load(path, &policy, &error), 0);
	assert_int_equal(route_of(policy, "H_RANDOM"), PAPR_ROUTE_VMM);
	papr_policy_free(policy);
	unlink(path);
	free(path);
}

static void a_policy_is_read_from_a_pipe(void **state)
{
	static const char text[] = "default: vmm\n";
	struct papr_policy *policy;
	struct papr_error error;
	char path[32];
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], text, strlen(text)), strlen(text));
	close(fd[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd[0]);
	assert_int_equal(papr_policy_load(path, &policy, &error), 0);
	assert_int_equal(route_of(policy, "H_RANDOM"), PAPR_ROUTE_VMM);
	papr_policy_free(policy);
	close(fd[0]);
}

static void a_complaint_names_the_file(void **state)
{
	char *path = file_of("default: kernel\n\nx: y\n");
	struct papr_policy *policy;
	struct papr_error error;
	char expected[400];

	(void)state;
	assert_int_equal(papr_policy_load(path, &policy, &error), -EINVAL);
	snprintf(expected, sizeof(expected), "%s:3:1: x is unknown here; there "
		 "are default, sets, hcalls, rtas and force", path);
	assert_string_equal(error.text, expected);
	unlink(path);
	free(path);
}

static const struct {
	const char *path;
	int err;
	const char *error;
} unreadable[] = {
	{ "/nonexistent/p.yaml", -ENOENT,
	  "/nonexistent/p.yaml: No such file or directory" },
	{ "/", -EISDIR, "/: Is a directory" },
	{ "/dev/zero", -EFBIG,
	  "/dev/zero: longer than any policy, 1 MiB at most" },
	{ "/dev/null", -EINVAL, "/dev/null:1:1: there is no policy in it; "
	  "\"default: kernel\" is one that changes nothing" },
};

static void what_cannot_be_read_is_refused(void **state)
{
	struct papr_policy *policy = NULL;
	struct papr_error error;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(unreadable); i++) {
		assert_int_equal(papr_policy_load(unreadable[i].path, &policy,
						  &error), unreadable[i].err);
		assert_string_equal(error.text, unreadable[i].error);
		assert_null(policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_a_route_is_understood),
		cmocka_unit_test(what_is_no_policy_is_refused_with_its_place),
		cmocka_unit_test(a_nul_byte_is_refused_with_its_place),
		cmocka_unit_test(utf_16_is_refused),
		cmocka_unit_test(
			every_beginning_of_a_policy_is_a_policy_or_refused),
		cmocka_unit_test(
			hostile_input_of_any_length_ends_in_a_sentence),
		cmocka_unit_test(what_is_longer_than_a_mebibyte_is_refused),
		cmocka_unit_test(errors_need_not_be_asked_for),
		cmocka_unit_test(a_long_file_name_leaves_room_for_the_reason),
		cmocka_unit_test(a_policy_is_read_from_a_file),
		cmocka_unit_test(a_policy_is_read_from_a_pipe),
		cmocka_unit_test(a_complaint_names_the_file),
		cmocka_unit_test(what_cannot_be_read_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
