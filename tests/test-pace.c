/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast a guest is copied: the test is the clock. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "vmm/pace.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void a_window_has_a_tenth_of_a_second_s_bytes(void **state)
{
	static const struct {
		uint64_t max_bandwidth;
		uint64_t sent;
		uint64_t room;
	} rows[] = {
		{ 1000, 0, 100 }, { 1000, 99, 1 }, { 1000, 100, 0 },
		/* It was more before. */
		{ 1000, 500, 0 },
		{ 1, 0, 1 }, { 9, 1, 0 },
		{ 0, 0, UINT64_MAX }, { 0, 1 << 30, UINT64_MAX },
		{ INT64_MAX, 0, INT64_MAX / 10 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct migrate_parameters parameters = {
			.max_bandwidth = rows[i].max_bandwidth,
		};
		const struct pace pace = { .sent = rows[i].sent };

		assert_int_equal(pace_room(&pace, &parameters), rows[i].room);
	}
}

/* So much is sent in each window, with more to come or not. */
static void a_rate_is_lower_only_if_more_was_to_be_sent(void **state)
{
	static const struct {
		uint64_t sent;
		bool waits;
		uint64_t rate;
	} rows[] = {
		{ 1000, false, 10000 }, { 500, false, 10000 },
		{ 500, true, 5000 }, { 400, false, 5000 }, { 0, true, 0 },
		{ 600, false, 6000 },
	};
	struct pace pace = { .since_ms = 7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		pace.sent = rows[i].sent;
		pace.looked = true;
		pace_tick(&pace, 106 + 100 * i, rows[i].waits);
		assert_int_equal(pace.sent, rows[i].sent);
		assert_true(pace.looked);
		pace_tick(&pace, 107 + 100 * i, rows[i].waits);
		assert_int_equal(pace.sent, 0);
		assert_false(pace.looked);
		assert_int_equal(pace_rate(&pace), rows[i].rate);
	}
}

static void a_window_that_was_long_has_less_in_a_second(void **state)
{
	struct pace pace = { .sent = 1000 };

	(void)state;
	pace_tick(&pace, 4000, true);
	assert_int_equal(pace_rate(&pace), 250);
}

static void a_window_that_is_open_counts_as_a_whole_one(void **state)
{
	const struct pace pace = { .sent = 1000, .rate = 9999 };

	(void)state;
	assert_int_equal(pace_rate(&pace), 10000);
}

static void a_window_ends(void **state)
{
	const struct pace pace = { .since_ms = 50 };

	(void)state;
	assert_int_equal(pace_wait_ms(&pace, 50), 100);
	assert_int_equal(pace_wait_ms(&pace, 149), 1);
	assert_int_equal(pace_wait_ms(&pace, 150), 0);
	assert_int_equal(pace_wait_ms(&pace, 100000), 0);
}

static void the_rest_is_short_if_it_takes_no_longer_than_the_limit(
	void **state)
{
	static const struct {
		uint64_t rate;
		uint64_t limit_ms;
		uint64_t len;
		bool is_short;
	} rows[] = {
		{ 1000, 300, 300, true }, { 1000, 300, 301, false },
		{ 1000, 0, 1, false }, { 1000, 0, 0, true },
		{ 0, 300, 1, false }, { 0, 300, 0, true },
		/* 100 GB a second; 16 TiB of RAM. */
		{ 100000000000, DOWNTIME_LIMIT_MAX, 1ull << 44, true },
		{ 1000, DOWNTIME_LIMIT_MAX, 1ull << 44, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct migrate_parameters parameters = {
			.downtime_limit = rows[i].limit_ms,
		};
		const struct pace pace = { .rate = rows[i].rate };

		assert_int_equal(pace_is_short(&pace, &parameters,
					       rows[i].len),
				 rows[i].is_short);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_has_a_tenth_of_a_second_s_bytes),
		cmocka_unit_test(a_rate_is_lower_only_if_more_was_to_be_sent),
		cmocka_unit_test(a_window_that_was_long_has_less_in_a_second),
		cmocka_unit_test(a_window_that_is_open_counts_as_a_whole_one),
		cmocka_unit_test(a_window_ends),
		cmocka_unit_test(
			the_rest_is_short_if_it_takes_no_longer_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
