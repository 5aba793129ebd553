/* SPDX-License-Identifier: BSD-2-Clause */
/* The status that a test program prints before it powers off. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vmm/said.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *name;
	const char *output;
	bool is_there;
	uint64_t status;
};

static const struct row rows[] = {
	{ "one_is_success", "EXIT: STATUS=1\n", true, 0 },
	{ "three_is_a_status_of_one", "EXIT: STATUS=3\n", true, 1 },
	{ "a_digit_may_be_zero", "EXIT: STATUS=101\n", true, 50 },
	{ "a_skipped_test_says_77", "EXIT: STATUS=77\n", true, 38 },
	{ "a_carriage_return_may_end_the_line", "EXIT: STATUS=3\r\n", true, 1 },
	{ "lines_before_and_after_do_not_matter",
	  "PASS: a\n\nEXIT: STATUS=5\nbye\n", true, 2 },
	{ "the_first_one_counts", "EXIT: STATUS=3\nEXIT: STATUS=1\n", true, 1 },
	{ "the_largest_number_there_is_room_for",
	  "EXIT: STATUS=999999999999999999\n", true, 499999999999999999 },
	{ "one_digit_more_is_too_long",
	  "EXIT: STATUS=1000000000000000001\n", false, 0 },
	{ "a_line_that_only_begins_with_it_is_another",
	  "EXIT: STATUS=1                     and so on\n", false, 0 },
	{ "an_unfinished_line_is_none", "EXIT: STATUS=1", false, 0 },
	{ "nothing_may_be_before_it", " EXIT: STATUS=1\n", false, 0 },
	{ "nothing_may_be_after_it", "EXIT: STATUS=1.\n", false, 0 },
	{ "a_number_must_be_there", "EXIT: STATUS=\n", false, 0 },
	{ "an_even_number_is_none", "EXIT: STATUS=2\n", false, 0 },
	{ "a_negative_number_is_none", "EXIT: STATUS=-1\n", false, 0 },
	{ "a_line_that_is_shorter_is_none", "EXIT: STATUS\n", false, 0 },
	{ "only_the_end_of_a_line_begins_another", "\rEXIT: STATUS=1\n",
	  false, 0 },
	{ "a_line_after_a_long_one_is_found",
	  "0123456789012345678901234567890123456789\nEXIT: STATUS=3\n",
	  true, 1 },
	{ "one_that_is_no_status_leaves_room_for_the_next",
	  "EXIT: STATUS=2\nEXIT: STATUS=3\n", true, 1 },
};

/* However the bytes come: @step at a time. */
static void assert_says(const struct row *row, size_t step)
{
	struct said said = { .len = 0 };
	size_t len = strlen(row->output), at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < step ? len - at : step;
		said_take(&said, row->output + at, n);
	}
	assert_int_equal(said.is_there, row->is_there);
	if (row->is_there)
		assert_int_equal(said.status, row->status);
}

static void says(void **state)
{
	assert_says(*state, 1);
	assert_says(*state, 16);
	assert_says(*state, SIZE_MAX);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		tests[i] = (struct CMUnitTest) {
			.name = rows[i].name, .test_func = says,
			.initial_state = (void *)(uintptr_t)&rows[i],
		};
	return cmocka_run_group_tests_name("status of a test program", tests,
					   NULL, NULL);
}
