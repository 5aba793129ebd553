/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios against a machine that says what a test wrote down. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/scripted-server.h"
#include "tools/scenario.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_STEPS 24

#define ID(n) "{\"return\": {\"id\": " n "}}\r\n"
#define OUTCOME(id, cpu, outcome, msr) \
	"{\"event\": \"PAPR_INJECTION\", \"data\": {\"id\": " id \
	", \"cpu-index\": " cpu ", \"outcome\": \"" outcome "\", " \
	"\"pc\": \"0xc000000000001000\", \"msr\": \"" msr "\"}}\r\n"
#define DELIVERED(id, cpu) OUTCOME(id, cpu, "delivered", "0x9033")
#define RELEASE(cpu) "{\"event\": \"PAPR_NMI_INTERLOCK\", " \
	"\"data\": {\"cpu-index\": " cpu "}}\r\n"
#define EVENT(name) "{\"event\": \"" name "\"}\r\n"
#define PC "0xc000000000001000"

/* What the machine says, and what is told, and the sentence at the end. */
struct story {
	const char *name;
	const char *scenario;
	const char *script[MAX_STEPS];
	const char *told;
	const char *sentence;	/* NULL if all went well */
};

static const struct story stories[] = {
	{ "the guest takes it",
	  "steps: [ inject: slb, expect: delivered, wait: release ]",
	  { HELLO_STEPS, HEAR, ID("3"), DELIVERED("3", "0"), RELEASE("0") },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: delivered, CPU 0 at " PC ", kernel\n"
	  "injection 3: released, CPU 0\n", NULL },
	{ "events may be there before the answer",
	  "steps: [ inject: { error: slb, cpu: 1 }, wait: release ]",
	  { HELLO_STEPS, HEAR, EVENT("STOP") DELIVERED("3", "1") RELEASE("1")
	    ID("3") },
	  "injection 3: injected, CPU 1\n"
	  "injection 3: delivered, CPU 1 at " PC ", kernel\n"
	  "injection 3: released, CPU 1\n", NULL },
	{ "what happens to others' is not ours",
	  "steps: [ inject: slb, wait: release ]",
	  { HELLO_STEPS, HEAR, ID("3"), RELEASE("0"), DELIVERED("2", "0"),
	    RELEASE("0"), DELIVERED("2", "1"), RELEASE("1"),
	    OUTCOME("3", "0", "delivered", "0x800000000280f033"),
	    RELEASE("1"), RELEASE("0") },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: delivered, CPU 0 at " PC ", user\n"
	  "injection 3: released, CPU 0\n", NULL },
	{ "another outcome than expected",
	  "steps:\n- inject: slb\n- expect: delivered\n",
	  { HELLO_STEPS, HEAR, ID("3"), OUTCOME("3", "0", "dropped", "0") },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: dropped, CPU 0 at " PC ", kernel\n",
	  "s.yaml:3: injection 3: the outcome is dropped" },
	{ "what has no handler has no interlock",
	  "steps: [ inject: slb, wait: release, quit ]",
	  { HELLO_STEPS, HEAR, ID("3"),
	    OUTCOME("3", "0", "architected", "0"), HEAR, DONE },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: architected, CPU 0 at " PC ", kernel\n", NULL },
	{ "cancelled has no place",
	  "steps: [ inject: slb, expect: cancelled ]",
	  { HELLO_STEPS, HEAR, ID("3"), OUTCOME("3", "0", "cancelled", "0") },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: cancelled\n", NULL },
	{ "no outcome in time",
	  "steps:\n- inject: slb\n- wait: { for: outcome, within: 1ms }\n",
	  { HELLO_STEPS, HEAR, ID("3") },
	  "injection 3: injected, CPU 0\n",
	  "s.yaml:3: injection 3 had no outcome in time" },
	{ "no release in time",
	  "steps:\n- inject: slb\n- wait: outcome\n"
	  "- wait: { for: release, within: 0 }\n",
	  { HELLO_STEPS, HEAR, ID("3"), DELIVERED("3", "0") },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: delivered, CPU 0 at " PC ", kernel\n",
	  "s.yaml:4: the guest has not released injection 3 in time" },
	{ "the guest ends instead",
	  "steps:\n- inject: slb\n- wait: release\n",
	  { HELLO_STEPS, HEAR, ID("3"), DELIVERED("3", "0"),
	    EVENT("SHUTDOWN"), HANG_UP },
	  "injection 3: injected, CPU 0\n"
	  "injection 3: delivered, CPU 0 at " PC ", kernel\n",
	  "s.yaml:3: the guest has not released injection 3 before the guest "
	  "ended" },
	{ "the machine goes without a word",
	  "steps:\n- inject: slb\n- expect: delivered\n",
	  { HELLO_STEPS, HEAR, ID("3"), HANG_UP },
	  "injection 3: injected, CPU 0\n",
	  "s.yaml:3: injection 3 had no outcome before the guest ended" },
	{ "the end is waited for",
	  "steps: [ nmi, wait: end ]",
	  { HELLO_STEPS, HEAR, DONE, EVENT("GUEST_PANICKED"),
	    EVENT("SHUTDOWN") },
	  "the guest has ended\n", NULL },
	{ "the end does not come",
	  "steps: [ wait: { for: end, within: 0 } ]",
	  { HELLO_STEPS }, "", "s.yaml:1: the guest has not ended in time" },
	{ "two processors at once",
	  "steps: [ stop, inject: { error: slb, cpu: 0 }, inject: { error: "
	  "slb, cpu: 1 }, cont, expect: { outcome: delivered, cpu: 0 }, wait: "
	  "{ for: release, cpu: 1 }, wait: { for: release, cpu: 0 } ]",
	  { HELLO_STEPS, HEAR, DONE, HEAR, ID("1"), HEAR, ID("2"), HEAR, DONE,
	    DELIVERED("2", "1"), RELEASE("1"), DELIVERED("1", "0"),
	    RELEASE("0") },
	  "injection 1: injected, CPU 0\n"
	  "injection 2: injected, CPU 1\n"
	  "injection 2: delivered, CPU 1 at " PC ", kernel\n"
	  "injection 2: released, CPU 1\n"
	  "injection 1: delivered, CPU 0 at " PC ", kernel\n"
	  "injection 1: released, CPU 0\n", NULL },
	{ "one after the other",
	  "steps: [ inject: { error: slb, repeat: 2 } ]",
	  { HELLO_STEPS, HEAR, ID("1"), DELIVERED("1", "0"), RELEASE("0"),
	    HEAR, ID("2") },
	  "injection 1: injected, CPU 0\n"
	  "injection 1: delivered, CPU 0 at " PC ", kernel\n"
	  "injection 1: released, CPU 0\n"
	  "injection 2: injected, CPU 0\n", NULL },
	{ "a refusal ends the scenario",
	  "steps:\n- inject: slb\n- quit\n",
	  { HELLO_STEPS, HEAR, "{\"error\": {\"desc\": \"no such vCPU\"}}" },
	  "", "s.yaml:2: PATH: no such vCPU" },
	{ "nothing has been injected",
	  "steps: [ wait: release ]", { HELLO_STEPS }, "",
	  "s.yaml:1: nothing has been injected yet" },
	{ "nothing into that processor",
	  "steps:\n- inject: slb\n- wait: { for: release, cpu: 1 }\n",
	  { HELLO_STEPS, HEAR, ID("1") }, "injection 1: injected, CPU 0\n",
	  "s.yaml:3: nothing has been injected yet" },
	{ "an older machine",
	  "steps: [ inject: slb ]", { HELLO_STEPS, HEAR, DONE }, "",
	  "s.yaml:1: this machine does not number its injections" },
	{ "events of the wrong form are none",
	  "steps: [ inject: slb, wait: { for: outcome, within: 1ms } ]",
	  { HELLO_STEPS, HEAR, ID("1"), "{\"event\": 1}",
	    EVENT("PAPR_INJECTION"), EVENT("PAPR_NMI_INTERLOCK"),
	    "{\"event\": \"PAPR_INJECTION\", \"data\": [1]}",
	    "{\"event\": \"PAPR_INJECTION\", \"data\": {\"id\": \"1\"}}",
	    OUTCOME("1", "0", "lost", "0") },
	  "injection 1: injected, CPU 0\n",
	  "s.yaml:1: injection 1 had no outcome in time" },
};

static int play(struct server *server, const char *text, bool json,
		char **told, struct papr_error *error)
{
	struct scenario scenario;
	struct qmp_client *client = NULL;
	size_t len;
	FILE *out = open_memstream(told, &len);
	int r;

	if (scenario_parse(text, strlen(text), "s.yaml", &scenario, error) ||
	    qmp_client_open(server->path, &client, error))
		fail_msg("%s", error->text);
	r = scenario_run(client, &scenario, out, json, error);
	qmp_client_close(client);
	scenario_free(&scenario);
	fclose(out);
	return r;
}

/* The socket's name in it is another each time. */
static void check_sentence(const struct story *story, int r,
			   const char *sentence, const char *path)
{
	const char *at = story->sentence ? strstr(story->sentence, "PATH") :
					   NULL;
	char wanted[300];

	if (!story->sentence) {
		if (r)
			fail_msg("%s: %s", story->name, sentence);
		return;
	}
	if (at)
		snprintf(wanted, sizeof(wanted), "%.*s%s%s",
			 (int)(at - story->sentence), story->sentence, path,
			 at + strlen("PATH"));
	else
		strcpy(wanted, story->sentence);
	assert_int_equal(r, -1);
	assert_string_equal(sentence, wanted);
}

static void every_story_has_its_end(void **state)
{
	struct papr_error error;
	struct server *server;
	char *told;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(stories); i++) {
		server = server_start(stories[i].script);
		assert_non_null(server);
		r = play(server, stories[i].scenario, false, &told, &error);
		check_sentence(&stories[i], r, error.text, server->path);
		if (strcmp(told, stories[i].told))
			fail_msg("%s: %s", stories[i].name, told);
		free(told);
		server_finish(server);
		server_free(server);
	}
}

static void json_tells_the_same(void **state)
{
	static const char *const script[] = {
		HELLO_STEPS, HEAR, ID("3"), DELIVERED("3", "0"), RELEASE("0"),
		EVENT("SHUTDOWN"), NULL
	};
	struct server *server = server_start(script);
	struct papr_error error;
	char *told;

	(void)state;
	assert_int_equal(play(server, "steps: [ inject: slb, wait: release, "
			      "wait: end ]", true, &told, &error), 0);
	assert_string_equal(told,
		"{\"id\": 3, \"cpu-index\": 0, \"state\": \"injected\", "
		"\"arguments\": {\"type\": \"slb\"}}\n"
		"{\"id\": 3, \"cpu-index\": 0, \"state\": \"delivered\", "
		"\"pc\": \"" PC "\", \"msr\": \"0x9033\"}\n"
		"{\"id\": 3, \"cpu-index\": 0, \"state\": \"released\"}\n"
		"{\"state\": \"ended\"}\n");
	free(told);
	server_finish(server);
	server_free(server);
}

static void steps_become_commands_in_their_order(void **state)
{
	static const char *const script[] = {
		HELLO_STEPS, HEAR, DONE, HEAR, ID("1"), HEAR, DONE, HEAR, DONE,
		HEAR, DONE, NULL
	};
	static const char *const commands[] = {
		"qmp_capabilities", "stop", "papr-inject", "cont",
		"inject-nmi", "quit",
	};
	struct server *server = server_start(script);
	struct papr_error error;
	char *told;
	size_t i;

	(void)state;
	assert_int_equal(play(server, "steps: [ stop, inject: tlb, cont, "
			      "pause: 0, nmi, quit ]", false, &told, &error),
			 0);
	free(told);
	server_finish(server);
	assert_int_equal(server->count, ARRAY_SIZE(commands));
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		assert_string_equal(json_string_value(json_object_get(
			server->heard[i], "execute")), commands[i]);
	assert_string_equal(json_string_value(json_object_get(json_object_get(
		server->heard[2], "arguments"), "type")), "tlb");
	server_free(server);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_story_has_its_end),
		cmocka_unit_test(json_tells_the_same),
		cmocka_unit_test(steps_become_commands_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
