/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: events that clients ask for. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "tests/control-fixture.h"

#define EVENT(args) \
	"{\"execute\": \"papr-event\", \"arguments\": {" args "}}"
#define EPOW(args) EVENT("\"class\": \"epow\", " args)
#define HOT_PLUG(args) EVENT("\"class\": \"hot-plug\", \"type\": \"cpu\", " \
			     "\"action\": \"add\", " args)
#define IO(args) EVENT("\"class\": \"io\", " args)
#define INTERNAL(args) EVENT("\"class\": \"internal-error\", " args)
#define LOG(args) EVENT("\"class\": \"log\", " args)

static void wrong_ones_are_answered_in_words(void **state)
{
	static const struct {
		const char *words;
		const char *desc;
	} rows[] = {
		{ EVENT(""), "'class' must be" },
		{ EVENT("\"class\": 1"), "'class' must be" },
		{ EVENT("\"class\": \"epo\""), "'class' must be" },
		{ EVENT("\"class\": \"epow\""), "'action' is missing" },
		{ EPOW("\"action\": 3"), "'action' must be a name" },
		{ EPOW("\"action\": \"shutdown\""), "shutdown" },
		{ EPOW("\"action\": \"reset\", \"scope\": \"phb\""),
		  "'scope' is unexpected of class epow" },
		{ EPOW("\"action\": \"reset\", \"reason\": 1"),
		  "'reason' must be a number as text" },
		{ EPOW("\"action\": \"reset\", \"reason\": \"0xx\""),
		  "'reason' must be a number as text" },
		{ EPOW("\"action\": \"reset\", \"x\": 1"),
		  "'x' is unexpected" },
		{ HOT_PLUG("\"index\": -1"), "'index' must be a number" },
		{ HOT_PLUG("\"index\": 4294967296"), "'index' must be" },
		{ HOT_PLUG("\"index\": \"1\""), "'index' must be a number" },
		{ HOT_PLUG("\"name\": 1"), "'name' must be text" },
		{ HOT_PLUG("\"name\": \"a\", \"index\": 1"),
		  "has a 'name', or an 'index'" },
		{ EVENT("\"class\": \"hot-plug\", \"type\": \"cpu\", "
			"\"action\": \"add\""), "has a 'name', or an 'index'" },
		{ EVENT("\"class\": \"hot-plug\", \"type\": \"cpu\", "
			"\"index\": 1"), "'action' is missing" },
		{ IO("\"type\": \"event\", \"data\": \"123\""),
		  "'data' must be up to 2048 bytes" },
		{ IO("\"type\": \"event\", \"data\": \"1G\""),
		  "'data' must be digits" },
		{ IO("\"type\": \"event\", \"data\": \"\\u0000\\u0000\""),
		  "JSON parse error" },
		{ IO("\"subtype\": \"online\""), "'type' is missing" },
		{ INTERNAL("\"severity\": \"error\", \"scan\": 1"),
		  "'scan' must be true or false" },
		{ INTERNAL("\"refcode\": \"B\""), "'severity' is missing" },
		{ EVENT("\"class\": \"log\""), "'log' is missing" },
		{ LOG("\"log\": 1"), "'log' must be up to 2048 bytes" },
	};
	struct fixture *f = *state;
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_t *said;

		say(f, fd, rows[i].words);
		said = hear(fd);
		if (!strstr(text_of(said, "error", "desc"), rows[i].desc))
			fail_msg("%s: %s", rows[i].words,
				 text_of(said, "error", "desc"));
		json_decref(said);
	}
	assert_int_equal(f->n_events, 0);
	close(fd);
}

static struct qmp_event put(struct fixture *f, int fd, const char *words)
{
	unsigned int before = f->n_events;

	say(f, fd, words);
	assert_hears_return(fd);
	assert_int_equal(f->n_events, before + 1);
	return f->event;
}

static void epow_is_what_was_said(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	struct qmp_event e = put(f, fd, EPOW(
		"\"action\": \"system-shutdown\", "
		"\"modifier\": \"temperature\", "
		"\"extended-modifier\": \"partition\", "
		"\"reason\": \"0x123456789abcdef0\""));

	assert_int_equal(e.kind, QMP_EVENT_EPOW);
	assert_int_equal(e.what.epow.size, sizeof(struct papr_epow));
	assert_int_equal(e.what.epow.action, PAPR_EPOW_SYSTEM_SHUTDOWN);
	assert_int_equal(e.what.epow.modifier, PAPR_EPOW_TEMPERATURE);
	assert_true(e.what.epow.partition);
	assert_true(e.what.epow.reason == 0x123456789abcdef0);
	e = put(f, fd, EPOW("\"action\": \"warn-power\""));
	assert_int_equal(e.what.epow.action, PAPR_EPOW_WARN_POWER);
	assert_false(e.what.epow.partition);
	close(fd);
}

static void hot_plug_is_named_as_was_said(void **state)
{
	static const struct {
		const char *words;
		uint8_t id_type;
		uint32_t index, count;
	} rows[] = {
		{ HOT_PLUG("\"index\": 4294967295"), PAPR_HOTPLUG_INDEX,
		  UINT32_MAX, 0 },
		{ HOT_PLUG("\"count\": 2"), PAPR_HOTPLUG_COUNT, 0, 2 },
		{ HOT_PLUG("\"count\": 2, \"index\": 3"),
		  PAPR_HOTPLUG_COUNT_INDEXED, 3, 2 },
		{ HOT_PLUG("\"name\": \"CPU 1\""), PAPR_HOTPLUG_NAME, 0, 0 },
	};
	struct fixture *f = *state;
	int fd = client(f);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_hotplug h = put(f, fd, rows[i].words).what.hotplug;

		assert_int_equal(h.size, sizeof(h));
		assert_int_equal(h.type, PAPR_HOTPLUG_CPU);
		assert_int_equal(h.action, PAPR_HOTPLUG_ADD);
		assert_int_equal(h.id_type, rows[i].id_type);
		assert_int_equal(h.index, rows[i].index);
		assert_int_equal(h.count, rows[i].count);
	}
	close(fd);
}

static void io_event_is_what_was_said(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	struct qmp_event e = put(f, fd, IO(
		"\"type\": \"error-detected\", \"scope\": \"phb\", "
		"\"subtype\": \"online\", \"drc-index\": 7, "
		"\"data\": \"00ff1a\""));

	assert_int_equal(e.what.io.size, sizeof(struct papr_io));
	assert_int_equal(e.what.io.type, PAPR_IO_ERROR_DETECTED);
	assert_int_equal(e.what.io.scope, 0x38);
	assert_int_equal(e.what.io.subtype, 3);
	assert_int_equal(e.what.io.drc_index, 7);
	assert_int_equal(e.len, 3);
	assert_memory_equal(e.bytes, "\x00\xff\x1a", 3);
	close(fd);
}

static void internal_error_is_what_was_said(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	struct papr_internal_error i = put(f, fd, INTERNAL(
		"\"severity\": \"warning\", \"disposition\": "
		"\"limited-recovery\", \"initiator\": \"cpu\", \"target\": "
		"\"memory\", \"subsystem\": \"firmware\", \"scan\": true"))
		.what.internal;

	assert_int_equal(i.size, sizeof(i));
	assert_int_equal(i.severity, PAPR_ELOG_WARNING);
	assert_int_equal(i.disposition, PAPR_ELOG_LIMITED_RECOVERY);
	assert_int_equal(i.initiator, PAPR_ELOG_CPU);
	assert_int_equal(i.target, PAPR_ELOG_MEMORY);
	assert_int_equal(i.subsystem, 0x80);
	assert_true(i.scan);
	close(fd);
}

static void log_is_its_bytes(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	struct qmp_event e = put(f, fd, LOG("\"log\": \"0620000100000000\", "
					    "\"scan\": true"));

	assert_int_equal(e.kind, QMP_EVENT_LOG);
	assert_int_equal(e.len, 8);
	assert_memory_equal(e.bytes, "\x06\x20\0\1\0\0\0\0", 8);
	assert_true(e.what.scan);
	close(fd);
}

static void what_the_machine_refuses_is_told(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	f->stuck = true;
	say(f, fd, EPOW("\"action\": \"reset\""));
	assert_hears(fd, "error", "desc", "no room");
	say(f, fd, "{\"execute\": \"system_powerdown\"}");
	assert_hears(fd, "error", "desc", "no room");
	assert_silent(fd);
	close(fd);
}

/* QEMU's clients wait for the event. */
static void power_button_is_told_to_all(void **state)
{
	struct fixture *f = *state;
	int fd = client(f), other = client(f);

	say(f, fd, "{\"execute\": \"system_powerdown\"}");
	assert_hears(fd, "event", NULL, "POWERDOWN");
	assert_hears_return(fd);
	assert_hears(other, "event", NULL, "POWERDOWN");
	assert_int_equal(f->powerdowns, 1);
	close(fd);
	close(other);
}

static void events_are_counted_by_class(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	json_t *said;

	say(f, fd, "{\"execute\": \"papr-query-events\"}");
	said = hear(fd);
	assert_int_equal(json_array_size(json_object_get(said, "return")), 1);
	json_decref(said);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(wrong_ones_are_answered_in_words),
		LISTENING(epow_is_what_was_said),
		LISTENING(hot_plug_is_named_as_was_said),
		LISTENING(io_event_is_what_was_said),
		LISTENING(internal_error_is_what_was_said),
		LISTENING(log_is_its_bytes),
		LISTENING(what_the_machine_refuses_is_told),
		LISTENING(power_button_is_told_to_all),
		LISTENING(events_are_counted_by_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
