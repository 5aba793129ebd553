/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: a guest that moves. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/control-fixture.h"

static void a_guest_moves(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, "{\"execute\": \"query-migrate\"}");
	assert_hears_return(fd);
	say(f, fd, "{\"execute\": \"migrate\", \"arguments\": "
	    "{\"uri\": \"file:/there\"}}");
	assert_string_equal(f->policy, "/there");
	assert_hears_return(fd);
	say(f, fd, "{\"execute\": \"query-migrate\"}");
	assert_hears(fd, "return", "status", "completed");
	close(fd);
}

static void a_move_that_fails_is_told(void **state)
{
	static const char *const nowhere[] = {
		"{}", "{\"uri\": 1}", "{\"uri\": \"file:\"}",
		"{\"uri\": \"tcp:there\"}",
	};
	struct fixture *f = *state;
	int fd = client(f);
	char line[100];

	for (size_t i = 0; i < ARRAY_SIZE(nowhere); i++) {
		snprintf(line, sizeof(line), "{\"execute\": \"migrate\", "
			 "\"arguments\": %s}", nowhere[i]);
		say(f, fd, line);
		assert_hears(fd, "error", "desc", "Parameter 'uri' must be "
			     "file:NAME or unix:SOCKET");
	}
	f->stuck = true;
	say(f, fd, "{\"execute\": \"migrate\", \"arguments\": "
	    "{\"uri\": \"unix:there\"}}");
	assert_hears(fd, "error", "desc", "nobody is there");
	assert_silent(fd);
	close(fd);
}

static void a_move_is_cancelled(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	say(f, fd, "{\"execute\": \"migrate_cancel\"}");
	assert_hears_return(fd);
	assert_int_equal(f->cancels, 1);
	close(fd);
}

static void assert_parameters(struct fixture *f, uint64_t max_bandwidth,
			      uint64_t downtime_limit)
{
	assert_int_equal(f->migrate.max_bandwidth, max_bandwidth);
	assert_int_equal(f->migrate.downtime_limit, downtime_limit);
}

static void set(struct fixture *f, int fd, const char *args)
{
	char line[200];

	snprintf(line, sizeof(line), "{\"execute\": "
		 "\"migrate-set-parameters\", \"arguments\": %s}", args);
	say(f, fd, line);
}

static void a_move_has_parameters(void **state)
{
	static const struct {
		const char *args;
		uint64_t max_bandwidth;
		uint64_t downtime_limit;
	} rows[] = {
		{ "{}", 128 << 20, 300 },
		{ "{\"downtime-limit\": 2000000}", 128 << 20, 2000000 },
		{ "{\"max-bandwidth\": 9223372036854775807}", INT64_MAX,
		  2000000 },
		{ "{\"max-bandwidth\": 0, \"downtime-limit\": 0}", 0, 0 },
	};
	struct fixture *f = *state;
	int fd = client(f);

	f->migrate = MIGRATE_PARAMETERS;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set(f, fd, rows[i].args);
		assert_hears_return(fd);
		assert_parameters(f, rows[i].max_bandwidth,
				  rows[i].downtime_limit);
	}
	close(fd);
}

static void parameters_are_told(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	json_t *line, *told;

	f->migrate.max_bandwidth = 5;
	f->migrate.downtime_limit = 7;
	say(f, fd, "{\"execute\": \"query-migrate-parameters\"}");
	line = hear(fd);
	told = json_pack("{s:{s:i, s:i}}", "return", "max-bandwidth", 5,
			 "downtime-limit", 7);
	assert_true(json_equal(line, told));
	json_decref(line);
	json_decref(told);
	close(fd);
}

/* Not even the other one, if that would do. */
static void wrong_parameters_change_nothing(void **state)
{
	static const char bandwidth[] = "Parameter 'max-bandwidth' must be a "
		"number of bytes a second";
	static const char downtime[] = "Parameter 'downtime-limit' must be 0 "
		"to 2000000 milliseconds";
	static const struct {
		const char *args;
		const char *desc;
	} rows[] = {
		{ "{\"max-bandwidth\": -1}", bandwidth },
		{ "{\"max-bandwidth\": 1.5}", bandwidth },
		{ "{\"max-bandwidth\": \"1M\"}", bandwidth },
		{ "{\"max-bandwidth\": null}", bandwidth },
		{ "{\"downtime-limit\": -1}", downtime },
		{ "{\"downtime-limit\": 2000001}", downtime },
		{ "{\"downtime-limit\": 0.3}", downtime },
		{ "{\"downtime-limit\": 2000001, \"max-bandwidth\": 1}",
		  downtime },
		{ "{\"max-postcopy-bandwidth\": 1}",
		  "Parameter 'max-postcopy-bandwidth' is unexpected" },
	};
	struct fixture *f = *state;
	int fd = client(f);

	f->migrate = MIGRATE_PARAMETERS;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set(f, fd, rows[i].args);
		assert_hears(fd, "error", "desc", rows[i].desc);
		assert_parameters(f, 128 << 20, 300);
	}
	close(fd);
}

/* --- what is told of one */

static void assert_report(const struct saved *saved, json_t *expected)
{
	json_t *report = save_report(saved, 0x200000);

	assert_true(json_equal(report, expected));
	json_decref(report);
	json_decref(expected);
}

static json_t *expected_ram(double mbps)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
			 "s:i, s:f}",
			 "transferred", 5000000, "total", 0x200000,
			 "remaining", 3 * 4096, "normal", 11,
			 "normal-bytes", 11 * 4096, "duplicate", 13,
			 "page-size", 4096, "dirty-sync-count", 17,
			 "dirty-pages-rate", 19, "precopy-bytes", 4999977,
			 "downtime-bytes", 23, "mbps", mbps);
}

static void a_move_is_told_as_by_QEMU(void **state)
{
	struct saved saved = {
		.pages = 11, .zero_pages = 13, .left = 3, .rounds = 17,
		.dirty_rate = 19, .rate = 1000000, .bytes = 5000000,
		.last_bytes = 23, .ms = 29, .total_ms = 2000,
	};

	(void)state;
	assert_report(&saved, json_object());
	saved.state = SAVED_ACTIVE;
	assert_report(&saved, json_pack("{s:s, s:i, s:i, s:o}",
					"status", "active",
					"total-time", 2000,
					"expected-downtime", 12,
					"ram", expected_ram(8)));
	saved.rate = 0;
	assert_report(&saved, json_pack("{s:s, s:i, s:o}",
					"status", "active",
					"total-time", 2000,
					"ram", expected_ram(0)));
	saved.state = SAVED_DONE;
	assert_report(&saved, json_pack("{s:s, s:i, s:i, s:o}",
					"status", "completed",
					"total-time", 2000, "downtime", 29,
					"ram", expected_ram(20)));
	saved.state = SAVED_CANCELLED;
	assert_report(&saved, json_pack("{s:s}", "status", "cancelled"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(a_guest_moves),
		LISTENING(a_move_that_fails_is_told),
		LISTENING(a_move_is_cancelled),
		LISTENING(a_move_has_parameters),
		LISTENING(parameters_are_told),
		LISTENING(wrong_parameters_change_nothing),
		cmocka_unit_test(a_move_is_told_as_by_QEMU),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
