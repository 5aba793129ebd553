/* SPDX-License-Identifier: BSD-2-Clause */
/* set-indicator and get-sensor-state. */
#include "config.h"

#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define FREQUENCY 1
#define VOLUME 2
#define EPOW 9

static int32_t set(struct partition *p, uint32_t token, uint32_t index,
		   uint32_t state)
{
	return RTAS(p, RTAS_TOKEN_set_indicator, 3, 1, token, index, state);
}

static int32_t get(struct partition *p, uint32_t token, uint32_t index,
		   uint32_t *state)
{
	uint32_t cells[RTAS_CELLS] = { token, index };
	int32_t status = partition_rtas_status(p, RTAS_TOKEN_get_sensor_state,
					       2, 2, cells);

	*state = cells[3];
	return status;
}

static void indicators_take_the_states_they_have(void **state)
{
	static const struct {
		uint32_t token, index, state;
		int32_t status;
	} rows[] = {
		{ FREQUENCY, 0, 0, RTAS_SUCCESS },
		{ FREQUENCY, 0, 1000, RTAS_SUCCESS },
		{ FREQUENCY, 0, UINT32_MAX, RTAS_SUCCESS },
		{ FREQUENCY, 1, 1000, RTAS_PARAMETER_ERROR },
		{ VOLUME, 0, 0, RTAS_SUCCESS },
		{ VOLUME, 0, 100, RTAS_SUCCESS },
		{ VOLUME, 0, 101, RTAS_PARAMETER_ERROR },
		{ VOLUME, 0, UINT32_MAX, RTAS_PARAMETER_ERROR },
		{ VOLUME, UINT32_MAX, 0, RTAS_PARAMETER_ERROR },
		{ EPOW, 0, 0, RTAS_PARAMETER_ERROR },	/* a sensor alone */
		{ 0, 0, 0, RTAS_PARAMETER_ERROR },
		{ 9000, 0, 5, RTAS_PARAMETER_ERROR },
		{ UINT32_MAX, 0, 0, RTAS_PARAMETER_ERROR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (set(*state, rows[i].token, rows[i].index, rows[i].state) !=
		    rows[i].status)
			fail_msg("row %zu", i);
}

static void sensors_that_are_not_there_are_refused(void **state)
{
	static const struct {
		uint32_t token, index;
	} rows[] = {
		{ FREQUENCY, 0 }, { VOLUME, 0 },	/* indicators alone */
		{ EPOW, 1 }, { EPOW, UINT32_MAX },
		{ 0, 0 }, { 3, 0 }, { 9000, 0 }, { UINT32_MAX, 0 },
	};
	uint32_t value;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (get(*state, rows[i].token, rows[i].index, &value) !=
		    RTAS_PARAMETER_ERROR)
			fail_msg("row %zu", i);
}

static void power_and_environment_are_as_they_should_be(void **state)
{
	uint32_t value = 1;

	assert_int_equal(get(*state, EPOW, 0, &value), RTAS_SUCCESS);
	assert_int_equal(value, 0);
}

static void tree_has_each_kind_with_its_highest_index(void **state)
{
	static const uint32_t indicators[] = { FREQUENCY, 0, VOLUME, 0 };
	static const uint32_t sensors[] = { EPOW, 0 };
	void *fdt = tree_of(*state, NULL);

	assert_tree_cells(fdt, "/rtas", "rtas-indicators", indicators, 4);
	assert_tree_cells(fdt, "/rtas", "rtas-sensors", sensors, 2);
	free(fdt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(indicators_take_the_states_they_have),
		partition_test(sensors_that_are_not_there_are_refused),
		partition_test(power_and_environment_are_as_they_should_be),
		partition_test(tree_has_each_kind_with_its_highest_index),
	};

	return cmocka_run_group_tests_name("RTAS indicators", tests, NULL,
					   NULL);
}
