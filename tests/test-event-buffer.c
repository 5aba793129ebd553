/* SPDX-License-Identifier: BSD-2-Clause */
/* The buffer for an event's log, and how much of the log goes into it. */
#include "config.h"

#include "rtas/status.h"
#include "tests/event-fixture.h"

/* Bytes of the logs: with EP, and with PS. */
#define LEN		116
#define LEN_PS		176

/* Beside the results of the last call, which were reported after it. */
static void assert_log_written(struct partition *p, uint64_t len)
{
	p->n_dirty--;
	assert_dirty(p, BUF, len);
}

static void assert_nothing_written(struct partition *p)
{
	p->n_dirty--;
	assert_clean(p);
}

/* How much of an internal error's log is written into @length bytes. */
static size_t wanted_len(uint32_t length)
{
	if (length >= LEN_PS)
		return LEN_PS;
	return length >= 96 ? 96 : 8;	/* without PS; without PH and UH */
}

static void check_length(struct partition *p, uint32_t length)
{
	size_t len = wanted_len(length);
	const uint8_t *log = p->ram + BUF;

	event_internal(p, PAPR_ELOG_ERROR, false);
	memset(p->ram + BUF, 0xee, 2 * PAPR_ELOG_MAX);
	p->n_dirty = 0;
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      INTERNAL, 0, BUF, length), RTAS_SUCCESS);
	assert_log_written(p, len);
	for (size_t i = len; i < 2 * PAPR_ELOG_MAX; i++)
		assert_int_equal(log[i], 0xee);
	assert_int_equal(load_be32(log + 4), len - 8);
	assert_int_equal(!!(log[1] & 4), len > 8);
	if (len > 8)
		assert_int_equal(log[24 + 0x1b], len == LEN_PS ? 3 : 2);
	assert_int_equal(papr_elog_validate(log, len, NULL, NULL), 0);
}

static void no_byte_behind_the_length_is_written(void **state)
{
	struct partition *p = *state;

	for (uint32_t length = 8; length <= PAPR_ELOG_MAX; length++)
		check_length(p, length);
	check_length(p, 0x7fffffff);
	check_length(p, 0xffffffff);
}

/* What does not fit is left out, and what comes after it is not. */
static void section_that_does_not_fit_is_skipped(void **state)
{
	uint8_t mine[24 + 40 + 12] = {
		6, 0x24, 0, 0xe4, 0, 0, 0, sizeof(mine) - 8,
		0x86, 0, 0x8e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'I', 'B', 'M', 0,
		'U', 'D', 0, 40,
	};
	struct partition *p = *state;

	memcpy(mine + 64, "SW\0\x0c\1\0\0\0abcd", 12);
	assert_int_equal(papr_vm_event_log(p->vm, 0, mine, sizeof(mine), NULL),
			 0);
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      ALL, 0, BUF, 36), RTAS_SUCCESS);
	assert_log_written(p, 36);
	assert_int_equal(load_be32(p->ram + BUF + 4), 28);
	assert_memory_equal(p->ram + BUF + 24, mine + 64, 12);
}

static void event_stays_until_there_is_room_for_it(void **state)
{
	static const struct {
		const char *what;
		uint32_t gpa, length;
	} rows[] = {
		{ "no length", BUF, 0 },
		{ "less than the fixed part", BUF, 7 },
		{ "read-only", ROM_BASE, PAPR_ELOG_MAX },
		{ "nobody's", RAM_SIZE + 4096, PAPR_ELOG_MAX },
		{ "over the end", RAM_SIZE - LEN + 1, PAPR_ELOG_MAX },
		{ "the last byte", 0xffffffff, 8 },
	};
	struct partition *p = *state;

	event_epow(p, PAPR_EPOW_WARN_COOLING);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0, EPOW,
			 0, rows[i].gpa, rows[i].length) !=
		    RTAS_PARAMETER_ERROR)
			fail_msg("%s", rows[i].what);
		assert_nothing_written(p);
	}
	/* The log alone must be memory. */
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      EPOW, 0, (uint32_t)RAM_SIZE - LEN,
			      PAPR_ELOG_MAX), RTAS_SUCCESS);
	assert_int_equal(event_check(p, EPOW), RTAS_NO_EVENT);
}

static void without_an_event_the_buffer_is_not_looked_at(void **state)
{
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      ALL, 0, RAM_SIZE, 0), RTAS_NO_EVENT);
	assert_nothing_written(p);
	assert_int_equal(RTAS(p, RTAS_TOKEN_event_scan, 4, 1, ALL, 0,
			      RAM_SIZE, 0), RTAS_NO_EVENT);
	assert_nothing_written(p);
}

/* Linux takes its actions from sections of critical calls. */
static void critical_check_gets_all_of_the_log(void **state)
{
	struct partition *p = *state;

	event_epow(p, PAPR_EPOW_POWER_OFF);
	p->n_dirty = 0;
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      EPOW, 1, BUF, PAPR_ELOG_MAX), RTAS_SUCCESS);
	assert_log_written(p, LEN);
	assert_int_equal(p->ram[BUF + 104], PAPR_EPOW_POWER_OFF);
}

static void critical_scan_gets_the_fixed_part(void **state)
{
	static const uint8_t fixed[] = { 6, 0x50, 0, 0xe0, 0, 0, 0, 0, 0xee };
	struct partition *p = *state;

	event_internal(p, PAPR_ELOG_WARNING, true);
	memset(p->ram + BUF, 0xee, PAPR_ELOG_MAX);
	assert_int_equal(RTAS(p, RTAS_TOKEN_event_scan, 4, 1, ALL, 1, BUF,
			      PAPR_ELOG_MAX), RTAS_SUCCESS);
	assert_log_written(p, 8);
	assert_memory_equal(p->ram + BUF, fixed, sizeof(fixed));
}

static void other_scans_get_all_of_the_log(void **state)
{
	struct partition *p = *state;

	event_internal(p, PAPR_ELOG_WARNING, true);
	assert_int_equal(RTAS(p, RTAS_TOKEN_event_scan, 4, 1, ALL, 1, BUF, 7),
			 RTAS_PARAMETER_ERROR);
	p->n_dirty = 0;
	assert_int_equal(RTAS(p, RTAS_TOKEN_event_scan, 4, 1, ALL, 0, BUF,
			      PAPR_ELOG_MAX), RTAS_SUCCESS);
	assert_log_written(p, LEN_PS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		partition_test(no_byte_behind_the_length_is_written),
		partition_test(section_that_does_not_fit_is_skipped),
		partition_test(event_stays_until_there_is_room_for_it),
		partition_test(without_an_event_the_buffer_is_not_looked_at),
		partition_test(critical_check_gets_all_of_the_log),
		partition_test(critical_scan_gets_the_fixed_part),
		partition_test(other_scans_get_all_of_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
