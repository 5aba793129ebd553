/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls about a machine that a partition has in name only. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define NS_PER_S 1000000000ull
#define BUF 0x8000u
#define LIVE UINT32_MAX

static void power_is_on_wherever_something_is_plugged(void **state)
{
	static const struct {
		uint32_t domain, level;
		int32_t status;
	} rows[] = {
		{ LIVE, 0, RTAS_SUCCESS }, { LIVE, 100, RTAS_SUCCESS },
		{ LIVE, 50, RTAS_PARAMETER_ERROR },
		{ LIVE, UINT32_MAX, RTAS_PARAMETER_ERROR },
		{ 0, 0, RTAS_PARAMETER_ERROR },
		{ 0, 100, RTAS_PARAMETER_ERROR },
		{ LIVE - 1, 100, RTAS_PARAMETER_ERROR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t cells[RTAS_CELLS] = { rows[i].domain, rows[i].level };

		assert_int_equal(partition_rtas_status(*state,
				RTAS_TOKEN_set_power_level, 2, 2, cells),
				rows[i].status);
		assert_int_equal(cells[3], rows[i].status ? 0 : 100);
	}
}

static void power_level_is_full(void **state)
{
	uint32_t cells[RTAS_CELLS] = { LIVE };

	assert_int_equal(partition_rtas_status(*state,
			RTAS_TOKEN_get_power_level, 1, 2, cells),
			RTAS_SUCCESS);
	assert_int_equal(cells[2], 100);
	assert_int_equal(RTAS(*state, RTAS_TOKEN_get_power_level, 1, 2, 0),
			 RTAS_PARAMETER_ERROR);
}

static void no_other_firmware_waits(void **state)
{
	assert_int_equal(RTAS(*state, RTAS_TOKEN_ibm_activate_firmware, 0, 1),
			 RTAS_NO_FIRMWARE);
}

static void power_off_until_power_is_back_says_so(void **state)
{
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_power_off_ups, 0, 1),
			 RTAS_SUCCESS);
	assert_int_equal(p->events, 1);
	assert_int_equal(p->event, PAPR_EVENT_POWER_OFF);
	assert_string_equal(p->event_text, "ups");
}

static int32_t power_on_at(struct partition *p, const uint32_t *t)
{
	return RTAS(p, RTAS_TOKEN_set_time_for_power_on, 7, 1, t[0], t[1],
		    t[2], t[3], t[4], t[5], t[6]);
}

static void time_for_power_on_is_told_by_the_programs_clock(void **state)
{
	static const uint32_t now[] = { 2001, 9, 9, 1, 46, 40, 7 };
	static const uint32_t then[] = { 2001, 9, 9, 1, 46, 50, 9 };
	struct partition *p = *state;

	p->clock_ns = 1000 * NS_PER_S;
	RTAS(p, RTAS_TOKEN_set_time_of_day, 7, 1, now[0], now[1], now[2],
	     now[3], now[4], now[5], now[6]);
	assert_int_equal(power_on_at(p, then), RTAS_SUCCESS);
	assert_int_equal(p->power_on_ns, 1010 * NS_PER_S + 2);
	p->power_on_err = -EIO;
	assert_int_equal(power_on_at(p, then), RTAS_HARDWARE_ERROR);
	p->clock_ns += 11 * NS_PER_S;	/* it has passed */
	assert_int_equal(power_on_at(p, then), RTAS_PARAMETER_ERROR);
}

static void time_that_is_none_is_no_time_for_power_on(void **state)
{
	static const uint32_t wrong[][7] = {
		{ 2101, 2, 29, 0, 0, 0, 0 }, { 2262, 1, 1, 0, 0, 0, 0 },
		{ 2101, 13, 1, 0, 0, 0, 0 }, { 2101, 1, 1, 24, 0, 0, 0 },
		{ 2101, 1, 1, 0, 60, 0, 0 }, { 2101, 1, 1, 0, 0, 60, 0 },
		{ 2101, 1, 1, 0, 0, 0, NS_PER_S },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (power_on_at(p, wrong[i]) != RTAS_PARAMETER_ERROR)
			fail_msg("row %zu", i);
	assert_int_equal(p->power_on_ns, 0);
}

static void cannot_start(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->power_on_at = NULL;
}

static void program_that_does_not_start_again_is_not_asked(void **state)
{
	static const uint32_t then[] = { 2100, 1, 1, 0, 0, 0, 0 };
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = cannot_start });
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_int_equal(power_on_at(p, then), RTAS_PARAMETER_ERROR);
	assert_false(tree_has(fdt, "/rtas", "set-time-for-power-on"));
	free(fdt);
	partition_free(p);
}

struct perftools {
	uint32_t subfunction, hi, lo, size, sequence;
	int32_t status;
};

static int32_t perftools(struct partition *p, const struct perftools *t,
			 uint32_t *next)
{
	uint32_t cells[RTAS_CELLS] = {
		t->subfunction, t->hi, t->lo, t->size, t->sequence
	};
	int32_t status = partition_rtas_status(p, RTAS_TOKEN_ibm_lpar_perftools,
					       5, 2, cells);

	*next = cells[6];
	return status;
}

static void hypervisor_has_no_names_for_its_code(void **state)
{
	struct partition *p = *state;
	uint32_t next;

	memset(p->ram + BUF, 0xee, 64);
	assert_int_equal(perftools(p, &(struct perftools){
		1, 0, BUF, 64, 1, 0 }, &next), RTAS_SUCCESS);
	assert_int_equal(next, 1);
	assert_memory_equal(p->ram + BUF, "\0\0\0\0\0\0\0\0", 8);
	assert_string_equal((char *)p->ram + BUF + 8, "not a known address");
	assert_int_equal(p->ram[BUF + 28], 0xee);
}

static void perftools_refuse_what_they_do_not_have(void **state)
{
	static const struct perftools rows[] = {
		{ 0, 0, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 2, 0, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 1, 0, BUF, 64, 0, RTAS_PARAMETER_ERROR },
		{ 1, 0, BUF, 64, 2, RTAS_PARAMETER_ERROR },
		{ 1, 1, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 1, 0, RAM_SIZE - 7, 64, 1, RTAS_PARAMETER_ERROR },
		{ 1, 0, RAM_SIZE - 8, 64, 1, RTAS_PARAMETER_ERROR },
		{ 1, 0, ROM_BASE, 64, 1, RTAS_PARAMETER_ERROR },
		{ 1, 0, BUF, 27, 1, RTAS_TOO_SMALL },
		{ 1, 0, BUF, 0, 1, RTAS_TOO_SMALL },
		{ 1, 0, RAM_SIZE - 28, 28, 1, RTAS_SUCCESS },
		{ 1, TOP_BASE >> 32, TOP_BASE & 0xffffffff, 28, 1,
		  RTAS_SUCCESS },
	};
	uint32_t next;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (perftools(*state, &rows[i], &next) != rows[i].status)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(power_is_on_wherever_something_is_plugged),
		partition_test(power_level_is_full),
		partition_test(no_other_firmware_waits),
		partition_test(power_off_until_power_is_back_says_so),
		partition_test(time_for_power_on_is_told_by_the_programs_clock),
		partition_test(time_that_is_none_is_no_time_for_power_on),
		cmocka_unit_test(
			program_that_does_not_start_again_is_not_asked),
		partition_test(hypervisor_has_no_names_for_its_code),
		partition_test(perftools_refuse_what_they_do_not_have),
	};

	return cmocka_run_group_tests_name("RTAS machine", tests, NULL, NULL);
}
