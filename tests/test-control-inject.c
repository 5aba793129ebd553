/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: machine checks that clients ask for. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/control-fixture.h"
#include "vmm/events.h"

#define INJECT(args) \
	"{\"execute\": \"papr-inject\", \"arguments\": {" args "}}"
#define AT_HCALL(args) \
	INJECT("\"type\": \"slb\", \"at-hypercall\": {" args "}")
#define AT_PC(args) \
	INJECT("\"type\": \"slb\", \"at-pc\": {" args "}")
#define CANCEL(args) \
	"{\"execute\": \"papr-cancel-injection\", \"arguments\": {" args "}}"

/* What is answered with an error, and its words. */
static const struct {
	const char *words;
	const char *desc;
} refusals[] = {
	{ INJECT(""), "'type' is missing" },
	{ INJECT("\"type\": 1"), "'type' must be a name" },
	{ INJECT("\"type\": \"slbb\""), "slbb" },
	{ INJECT("\"type\": \"slb\", \"subtype\": 1"),
	  "'subtype' must be a name" },
	{ INJECT("\"type\": \"slb\", \"subtype\": \"ifetch\""), "ifetch" },
	{ INJECT("\"type\": \"slb\", \"effective-address\": 4096"),
	  "must be an address as text" },
	{ INJECT("\"type\": \"slb\", \"effective-address\": \"0x\""),
	  "must be an address as text" },
	{ INJECT("\"type\": \"slb\", \"effective-address\": "
		 "\"0x10000000000000000\""), "must be an address as text" },
	{ INJECT("\"type\": \"slb\", \"logical-address\": \"0x1g\""),
	  "must be an address as text" },
	{ INJECT("\"type\": \"slb\", \"cpu-index\": -1"),
	  "'cpu-index' must be a number" },
	{ INJECT("\"type\": \"slb\", \"cpu-index\": 4294967296"),
	  "no vCPU with index 4294967296" },
	{ INJECT("\"type\": \"slb\", \"context\": \"usr\""),
	  "'context' must be" },
	{ INJECT("\"type\": \"slb\", \"context\": 1"), "'context' must be" },
	{ INJECT("\"type\": \"slb\", \"at-hypercall\": \"H_CEDE\""),
	  "'at-hypercall' must be an object" },
	{ AT_HCALL("\"name\": \"H_CEED\""), "no hypercall H_CEED" },
	{ AT_HCALL("\"name\": 4"), "'name' must be a name" },
	{ AT_HCALL("\"count\": 0"), "'count' must be a number from 1" },
	{ AT_HCALL("\"count\": 1.5"), "'count' must be a number" },
	{ AT_HCALL("\"count\": 9223372036854775808"), "JSON parse error" },
	{ AT_HCALL("\"number\": 4"), "'at-hypercall.number' is unexpected" },
	{ AT_PC(""), "'at-pc.first' is missing" },
	{ AT_PC("\"last\": \"0x1000\""), "'at-pc.first' is missing" },
	{ AT_PC("\"first\": 4096"), "'first' must be an address as text" },
	{ AT_PC("\"first\": \"0x1000\", \"last\": \"4096\""),
	  "'last' must be an address as text" },
	{ AT_PC("\"symbol\": \"die\""), "'at-pc.symbol' is unexpected" },
	{ INJECT("\"type\": \"slb\", \"at-pc\": \"0x1000\""),
	  "'at-pc' must be an object" },
	{ INJECT("\"type\": \"slb\", \"at-hypercall\": {}, \"at-pc\": {}"),
	  "exclude each other" },
	{ CANCEL(""), "'id' is missing" },
	{ CANCEL("\"id\": 0"), "'id' must be a number from 1" },
	{ CANCEL("\"id\": \"1\""), "'id' must be a number" },
	{ CANCEL("\"id\": 1"), "it does not wait" },
	{ INJECT("\"type\": \"slb\", \"cpu-index\": 2"), "no such vCPU" },
	{ INJECT("\"type\": \"slb\", \"address\": \"0x1\""),
	  "'address' is unexpected" },
};

static void wrong_ones_are_answered_in_words(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	json_t *said;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		say(f, fd, refusals[i].words);
		said = hear(fd);
		if (!strstr(text_of(said, "error", "desc"), refusals[i].desc))
			fail_msg("%s: %s", refusals[i].words,
				 text_of(said, "error", "desc"));
		json_decref(said);
	}
	assert_int_equal(f->injections, 0);
	close(fd);
}

static void papr_inject_says_what_and_where(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, INJECT("\"type\": \"slb\", \"subtype\": \"multihit\", "
			  "\"disposition\": \"not-recovered\", "
			  "\"effective-address\": \"0xc000000000001000\", "
			  "\"cpu-index\": 1"));
	assert_hears_return(fd);
	assert_int_equal(f->injected_cpu, 1);
	assert_int_equal(f->injected.size, sizeof(f->injected));
	assert_int_equal(f->injected.type, PAPR_MC_SLB);
	assert_int_equal(f->injected.subtype, PAPR_MC_SLB_MULTIHIT);
	assert_int_equal(f->injected.severity, PAPR_ELOG_ERROR_SYNC);
	assert_int_equal(f->injected.disposition, PAPR_ELOG_NOT_RECOVERED);
	assert_true(f->injected.effective_valid);
	assert_false(f->injected.logical_valid);
	assert_int_equal(f->injected.effective_address, 0xc000000000001000);
	close(fd);
}

/* 0 if it is not told. */
static json_int_t hears_id(int fd)
{
	json_t *said = hear(fd);
	json_int_t id = json_integer_value(json_object_get(
		json_object_get(said, "return"), "id"));

	json_decref(said);
	return id;
}

static void papr_inject_says_when(void **state)
{
	static const struct {
		const char *words;
		enum papr_context context;
		enum papr_trigger trigger;
		uint64_t hcall, count, first, last;
	} rows[] = {
		{ INJECT("\"type\": \"slb\""),
		  PAPR_CONTEXT_ANY, PAPR_TRIGGER_NOW, 0, 0, 0, 0 },
		{ INJECT("\"type\": \"slb\", \"context\": \"any\""),
		  PAPR_CONTEXT_ANY, PAPR_TRIGGER_NOW, 0, 0, 0, 0 },
		{ INJECT("\"type\": \"slb\", \"context\": \"user\""),
		  PAPR_CONTEXT_USER, PAPR_TRIGGER_NOW, 0, 0, 0, 0 },
		{ INJECT("\"type\": \"slb\", \"context\": \"kernel\""),
		  PAPR_CONTEXT_KERNEL, PAPR_TRIGGER_NOW, 0, 0, 0, 0 },
		{ AT_HCALL(""), PAPR_CONTEXT_ANY, PAPR_TRIGGER_HCALL, 0, 0,
		  0, 0 },
		{ AT_HCALL("\"name\": \"H_PUT_TERM_CHAR\", \"count\": 7"),
		  PAPR_CONTEXT_ANY, PAPR_TRIGGER_HCALL, 0x58, 7, 0, 0 },
		{ AT_PC("\"first\": \"0xc000000000001234\""), PAPR_CONTEXT_ANY,
		  PAPR_TRIGGER_PC, 0, 0, 0xc000000000001234, 0 },
		{ AT_PC("\"first\": \"0x1000\", \"last\": \"0x1004\""),
		  PAPR_CONTEXT_ANY, PAPR_TRIGGER_PC, 0, 0, 0x1000, 0x1004 },
	};
	struct fixture *f = *state;
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		say(f, fd, rows[i].words);
		assert_int_equal(hears_id(fd), i + 1);
		assert_int_equal(f->injection.context, rows[i].context);
		assert_int_equal(f->injection.trigger, rows[i].trigger);
		assert_int_equal(f->injection.hcall, rows[i].hcall);
		assert_int_equal(f->injection.count, rows[i].count);
		assert_int_equal(f->injection.first, rows[i].first);
		assert_int_equal(f->injection.last, rows[i].last);
	}
	close(fd);
}

static void injections_are_listed_and_cancelled(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	json_t *said;

	f->injections = 1;
	say(f, fd, "{\"execute\": \"papr-query-injections\"}");
	said = hear(fd);
	assert_int_equal(json_array_size(json_object_get(said, "return")), 1);
	json_decref(said);
	say(f, fd, CANCEL("\"id\": 1"));
	assert_hears_return(fd);
	assert_int_equal(f->injections, 0);
	close(fd);
}

/* As threads of vCPUs leave them behind. */
static void what_became_of_injections_is_told_in_order(void **state)
{
	struct fixture *f = *state;
	static struct events events;
	const struct event happened[] = {
		{ .cpu = 1, .injected = { 7, PAPR_OUTCOME_DELIVERED,
					  0xc000000000001234, 0x8000 } },
		{ .cpu = 1, .interlock = true },
		{ .cpu = 0, .injected = { 8, PAPR_OUTCOME_CANCELLED, 0, 0 } },
	};
	int fd = client(f);
	json_t *said, *expected;

	assert_int_equal(events_open(&events), 0);
	for (size_t i = 0; i < ARRAY_SIZE(happened); i++)
		events_put(&events, &happened[i]);
	events_tell(&events, f->control);
	events_tell(&events, f->control);

	said = hear(fd);
	expected = json_pack("{s:i, s:i, s:s, s:s, s:s}", "id", 7, "cpu-index",
			     1, "outcome", "delivered", "pc",
			     "0xc000000000001234", "msr", "0x8000");
	assert_string_equal(text_of(said, "event", NULL), "PAPR_INJECTION");
	assert_true(json_equal(json_object_get(said, "data"), expected));
	json_decref(said);
	json_decref(expected);
	assert_hears(fd, "event", NULL, "PAPR_NMI_INTERLOCK");
	assert_hears(fd, "data", "outcome", "cancelled");
	assert_silent(fd);
	events_close(&events);
	close(fd);
}

static void flood_of_events_ends_at_the_limit(void **state)
{
	struct fixture *f = *state;
	static struct events events;
	const struct event event = { .interlock = true };
	int fd = client(f);
	unsigned int n;
	json_t *said;

	assert_int_equal(events_open(&events), 0);
	for (n = 0; n < EVENTS_MAX + 10; n++)
		events_put(&events, &event);
	events_tell(&events, f->control);
	for (n = 0; (serve(f), said = hear(fd)); n++)
		json_decref(said);
	assert_int_equal(n, EVENTS_MAX);
	events_close(&events);
	close(fd);
}

/* The name is quoted in the error, cut in the middle of a letter or not. */
static void names_that_are_no_ascii_are_refused_in_ascii(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, INJECT("\"type\": \"\303\251\303\251\""));
	assert_hears(fd, "error", "class", "GenericError");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(wrong_ones_are_answered_in_words),
		LISTENING(papr_inject_says_what_and_where),
		LISTENING(papr_inject_says_when),
		LISTENING(injections_are_listed_and_cancelled),
		LISTENING(what_became_of_injections_is_told_in_order),
		LISTENING(flood_of_events_ends_at_the_limit),
		LISTENING(names_that_are_no_ascii_are_refused_in_ascii),
	};

	return cmocka_run_group_tests_name("control socket, injections",
					   tests, NULL, NULL);
}
