/* SPDX-License-Identifier: BSD-2-Clause */
/* Events on papr inject's command line: the machine takes what comes of it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/inject-event.h"
#include "vmm/qmp-event.h"

static int count(const char *const *fields)
{
	int n = 0;

	while (fields[n])
		n++;
	return n;
}

static struct qmp_event parse(const char *what, const char *const *fields)
{
	struct papr_error error;
	json_t *args = inject_event_args(what, fields, count(fields), &error);
	struct qmp_event event = { .len = 0 };

	if (!args || qmp_event_parse(args, &event, &error))
		fail_msg("%s", error.text);
	json_decref(args);
	return event;
}

#define PARSE(what, ...) parse(what, (const char *[]){ __VA_ARGS__, NULL })

static void machine_checks_are_no_events(void **state)
{
	static const char *const others[] = {
		"slb", "slb:multihit", "ue:load-store", "epo", "epows", "log1",
		"", ":", "internal-errors:fatal",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (inject_event_is(others[i]))
			fail_msg("%s", others[i]);
	assert_true(inject_event_is("epow"));
	assert_true(inject_event_is("hot-plug:cpu"));
	assert_true(inject_event_is("log:"));
}

static void every_class_is_taken(void **state)
{
	struct qmp_event e;

	(void)state;
	e = PARSE("epow:system-shutdown", "modifier=utility-power-loss",
		  "extended-modifier=partition", "reason=0x12");
	assert_int_equal(e.kind, QMP_EVENT_EPOW);
	assert_int_equal(e.what.epow.action, 3);
	assert_int_equal(e.what.epow.modifier, 2);
	assert_true(e.what.epow.partition);
	assert_int_equal(e.what.epow.reason, 0x12);

	e = PARSE("hot-plug:memory", "action=remove", "index=0x80000010",
		  "count=2");
	assert_int_equal(e.what.hotplug.type, PAPR_HOTPLUG_MEMORY);
	assert_int_equal(e.what.hotplug.id_type, PAPR_HOTPLUG_COUNT_INDEXED);
	assert_int_equal(e.what.hotplug.index, 0x80000010);
	assert_int_equal(e.what.hotplug.count, 2);

	e = PARSE("io:event", "subtype=rebalance", "drc-index=7");
	assert_int_equal(e.what.io.subtype, 1);
	assert_int_equal(e.what.io.drc_index, 7);

	e = PARSE("internal-error:warning", "scan=true",
		  "disposition=limited-recovery");
	assert_int_equal(e.what.internal.severity, PAPR_ELOG_WARNING);
	assert_int_equal(e.what.internal.disposition, 1);
	assert_true(e.what.internal.scan);

	e = PARSE("epow", "action=warn-power");
	assert_int_equal(e.what.epow.action, 2);
}

static void log_is_a_files_bytes(void **state)
{
	char what[] = "log:/tmp/papr-event-XXXXXX";
	static const char bytes[] = "\x06\x20\x00\xff\x00\x00\x00";
	int fd = mkstemp(what + strlen("log:"));
	struct qmp_event e;

	(void)state;
	assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	e = PARSE(what, "scan=false");
	unlink(what + strlen("log:"));
	assert_int_equal(e.kind, QMP_EVENT_LOG);
	assert_int_equal(e.len, sizeof(bytes));
	assert_memory_equal(e.bytes, bytes, sizeof(bytes));
	assert_false(e.what.scan);
}

static void what_is_no_field_is_refused(void **state)
{
	static const struct {
		const char *what;
		const char *fields[3];
		const char *sentence;
	} rows[] = {
		{ "epow:reset", { "modifier" },
		  "modifier: an event has fields" },
		{ "epow:reset", { "=1" }, "=1: an event has fields" },
		{ "epow:reset", { "action=reset" },
		  "action: it is said twice" },
		{ "epow", { "reason=1", "reason=2" }, "reason: it is said" },
		{ "epow", { "reason=\xff" }, "reason: this is no text" },
		{ "epow:\xff", { NULL }, "action: this is no text" },
		{ "log:/nowhere", { NULL }, "/nowhere: No such file" },
		{ "log:/dev/null", { NULL }, "/dev/null: a log has 8 to 2048" },
		{ "log:/dev/zero", { NULL }, "/dev/zero: a log has 8 to 2048" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct papr_error error;

		assert_null(inject_event_args(rows[i].what, rows[i].fields,
					      count(rows[i].fields), &error));
		if (strncmp(error.text, rows[i].sentence,
			    strlen(rows[i].sentence)))
			fail_msg("%zu: %s", i, error.text);
	}
}

/* The machine has the last word on them. */
static void values_that_are_no_numbers_stay_text(void **state)
{
	static const char *const fields[] = {
		"index=1x", "count=-1", "drc-index=4294967296", "scan=yes",
		"name=12",
	};
	struct papr_error error;
	json_t *args = inject_event_args("hot-plug:cpu", fields, 5, &error);
	const char *key;
	json_t *value;

	(void)state;
	assert_non_null(args);
	json_object_foreach(args, key, value)
		assert_true(json_is_string(value));
	json_decref(args);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(machine_checks_are_no_events),
		cmocka_unit_test(every_class_is_taken),
		cmocka_unit_test(log_is_a_files_bytes),
		cmocka_unit_test(what_is_no_field_is_refused),
		cmocka_unit_test(values_that_are_no_numbers_stay_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
