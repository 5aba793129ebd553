/* SPDX-License-Identifier: BSD-2-Clause */
/* Indicators and sensors, by their number and by where they are. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define FREQUENCY PAPR_INDICATOR_TONE_FREQUENCY
#define VOLUME PAPR_INDICATOR_TONE_VOLUME
#define FAULT PAPR_INDICATOR_FAULT
#define IDENTIFY PAPR_INDICATOR_IDENTIFY
#define EPOW 9
#define ALL_ONES UINT32_MAX

#define BUF 0x8000u
#define HERE "UPAPR.001.0000000"

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
		{ FAULT, 0, 0, RTAS_SUCCESS },
		{ FAULT, 0, 1, RTAS_SUCCESS },
		{ FAULT, 0, 2, RTAS_PARAMETER_ERROR },
		{ FAULT, 1, 0, RTAS_PARAMETER_ERROR },
		{ IDENTIFY, 0, 0, RTAS_SUCCESS },
		{ IDENTIFY, 0, 1, RTAS_SUCCESS },
		{ IDENTIFY, 0, UINT32_MAX, RTAS_PARAMETER_ERROR },
		{ IDENTIFY, ALL_ONES, 0, RTAS_PARAMETER_ERROR },
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

static void program_hears_what_was_set_and_nothing_else(void **state)
{
	static const struct {
		uint32_t token, state;
	} rows[] = {
		{ FREQUENCY, 440 }, { VOLUME, 50 }, { FAULT, 1 },
		{ IDENTIFY, 1 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set(p, rows[i].token, 0, rows[i].state);
		assert_int_equal(p->indicators, i + 1);
		assert_int_equal(p->indicator, rows[i].token);
		assert_int_equal(p->indicator_state, rows[i].state);
	}
	set(p, VOLUME, 0, 101);
	set(p, FAULT, 0, 2);
	set(p, 0, 0, 0);
	assert_int_equal(p->indicators, ARRAY_SIZE(rows));
}

static void deaf(struct partition *p, struct papr_host_ops *host_ops,
		 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->indicator = NULL;
}

static void program_need_not_hear_it(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = deaf });

	(void)state;
	assert_int_equal(set(p, IDENTIFY, 0, 1), RTAS_SUCCESS);
	partition_free(p);
}

static void lamp_is_seen_as_it_was_set_after_a_reset_too(void **state)
{
	struct partition *p = *state;
	struct papr_error error;
	uint32_t value;

	assert_int_equal(get(p, FAULT, 0, &value), RTAS_SUCCESS);
	assert_int_equal(value, 0);
	set(p, FAULT, 0, 1);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(get(p, FAULT, 0, &value), RTAS_SUCCESS);
	assert_int_equal(value, 1);
	assert_int_equal(get(p, IDENTIFY, 0, &value), RTAS_SUCCESS);
	assert_int_equal(value, 0);
	set(p, IDENTIFY, 0, 1);
	set(p, FAULT, 0, 0);
	get(p, IDENTIFY, 0, &value);
	assert_int_equal(value, 1);
	get(p, FAULT, 0, &value);
	assert_int_equal(value, 0);
}

static void sensors_that_are_not_there_are_refused(void **state)
{
	static const struct {
		uint32_t token, index;
	} rows[] = {
		{ FREQUENCY, 0 }, { VOLUME, 0 },	/* indicators alone */
		{ EPOW, 1 }, { EPOW, UINT32_MAX }, { FAULT, 1 },
		{ IDENTIFY, ALL_ONES }, { 0, 0 }, { 3, 0 }, { 9000, 0 },
		{ UINT32_MAX, 0 },
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
	static const uint32_t located[] = { FAULT, 0, IDENTIFY, 0 };
	void *fdt = tree_of(*state, NULL);

	assert_tree_cells(fdt, "/rtas", "rtas-indicators", indicators, 4);
	assert_tree_cells(fdt, "/rtas", "rtas-sensors", sensors, 2);
	assert_tree_cells(fdt, "/rtas", "ibm,get-indicator-indices-types",
			  located, 4);
	assert_tree_cells(fdt, "/rtas", "ibm,get-sensor-indices-types",
			  located, 4);
	free(fdt);
}

struct indices {
	uint32_t is_sensor, type, gpa, size, start;
	int32_t status;
};

static int32_t get_indices(struct partition *p, const struct indices *i,
			   uint32_t *next)
{
	uint32_t cells[RTAS_CELLS] = {
		i->is_sensor, i->type, i->gpa, i->size, i->start
	};
	int32_t status = partition_rtas_status(p, RTAS_TOKEN_ibm_get_indices,
					       5, 2, cells);

	*next = cells[6];
	return status;
}

/* One, at index 0, with its location padded to cells. */
static void indices_come_with_their_location(void **state)
{
	static const uint8_t list[] =
		"\0\0\0\1" "\0\0\0\0" "\0\0\0\24" HERE "\0\0";
	static const uint32_t types[] = { FAULT, IDENTIFY };
	struct partition *p = *state;
	uint32_t next;

	for (uint32_t i = 0; i < 4; i++) {
		memset(p->ram + BUF, 0xee, 64);
		p->n_dirty = 0;
		assert_int_equal(get_indices(p, &(struct indices){
			i % 2, types[i / 2], BUF, 64, 1, 0 }, &next),
			RTAS_SUCCESS);
		assert_int_equal(next, 1);
		assert_memory_equal(p->ram + BUF, list, 32);
		assert_int_equal(p->ram[BUF + 32], 0xee);
		assert_int_equal(p->dirty[0].gpa, BUF);
		assert_int_equal(p->dirty[0].len, 32);
	}
}

static void indices_of_nothing_or_to_nowhere_are_refused(void **state)
{
	static const struct indices rows[] = {
		{ 0, FREQUENCY, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 1, EPOW, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 0, 9003, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 2, FAULT, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ UINT32_MAX, FAULT, BUF, 64, 1, RTAS_PARAMETER_ERROR },
		{ 0, FAULT, BUF, 64, 0, RTAS_PARAMETER_ERROR },
		{ 0, FAULT, BUF, 64, 2, RTAS_PARAMETER_ERROR },
		{ 0, FAULT, BUF, 31, 1, RTAS_PARAMETER_ERROR },
		{ 0, FAULT, BUF, 32, 1, RTAS_SUCCESS },
		{ 0, FAULT, RAM_SIZE - 31, 64, 1, RTAS_PARAMETER_ERROR },
		{ 0, FAULT, RAM_SIZE - 32, 64, 1, RTAS_SUCCESS },
		{ 0, FAULT, ROM_BASE, 64, 1, RTAS_PARAMETER_ERROR },
		{ 0, FAULT, UINT32_MAX, 64, 1, RTAS_PARAMETER_ERROR },
	};
	uint32_t next;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (get_indices(*state, &rows[i], &next) != rows[i].status)
			fail_msg("row %zu", i);
}

/* A length and a string, as the guest names a place. */
static void put_location(struct partition *p, uint32_t len, const char *text)
{
	store_be32(p->ram + BUF, len);
	strcpy((char *)p->ram + BUF + 4, text);
}

static int32_t set_here(struct partition *p, uint32_t token, uint32_t state)
{
	return RTAS(p, RTAS_TOKEN_ibm_set_dynamic_indicator, 3, 1, token,
		    state, BUF);
}

static int32_t get_here(struct partition *p, uint32_t token, uint32_t *state)
{
	uint32_t cells[RTAS_CELLS] = { token, BUF };
	int32_t status = partition_rtas_status(p,
			RTAS_TOKEN_ibm_get_dynamic_sensor_state, 2, 2, cells);

	*state = cells[3];
	return status;
}

static void lamps_are_found_by_their_location(void **state)
{
	struct partition *p = *state;
	uint32_t value;

	put_location(p, sizeof(HERE), HERE);
	assert_int_equal(set_here(p, IDENTIFY, 1), RTAS_SUCCESS);
	assert_int_equal(get_here(p, IDENTIFY, &value), RTAS_SUCCESS);
	assert_int_equal(value, 1);
	assert_int_equal(get(p, IDENTIFY, 0, &value), RTAS_SUCCESS);
	assert_int_equal(value, 1);
	assert_int_equal(set_here(p, IDENTIFY, 2), RTAS_PARAMETER_ERROR);
}

static void what_is_not_a_lamp_has_no_location(void **state)
{
	static const uint32_t tokens[] = { FREQUENCY, EPOW, 9003, 9004, 0 };
	uint32_t value;

	put_location(*state, sizeof(HERE), HERE);
	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		assert_int_equal(set_here(*state, tokens[i], 0),
				 RTAS_PARAMETER_ERROR);
		assert_int_equal(get_here(*state, tokens[i], &value),
				 RTAS_PARAMETER_ERROR);
	}
}

static void other_locations_are_refused(void **state)
{
	static const struct {
		uint32_t len;
		const char *text;
	} rows[] = {
		{ sizeof(HERE), "" }, { sizeof(HERE), "UPAPR.001.000000" },
		{ sizeof(HERE) + 3, HERE "-P1" },
		{ sizeof(HERE) - 1, HERE }, { 0, HERE },
	};
	struct partition *p = *state;
	uint32_t value;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_location(p, rows[i].len, rows[i].text);
		assert_int_equal(set_here(p, FAULT, 1), RTAS_PARAMETER_ERROR);
		assert_int_equal(get_here(p, FAULT, &value),
				 RTAS_PARAMETER_ERROR);
	}
	memset(p->ram + BUF + 4, 'U', 100);
	assert_int_equal(set_here(p, FAULT, 1), RTAS_PARAMETER_ERROR);
	assert_int_equal(p->indicators, 0);
}

static void location_must_be_in_ram(void **state)
{
	static const uint32_t gpas[] = {
		RAM_SIZE - 3, RAM_SIZE - 4, RAM_SIZE - 8, RAM_SIZE, UINT32_MAX
	};
	struct partition *p = *state;

	memset(p->ram + RAM_SIZE - 8, 'U', 8);
	for (size_t i = 0; i < ARRAY_SIZE(gpas); i++)
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_dynamic_indicator,
				      3, 1, FAULT, 1, gpas[i]),
				 RTAS_PARAMETER_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(indicators_take_the_states_they_have),
		partition_test(program_hears_what_was_set_and_nothing_else),
		cmocka_unit_test(program_need_not_hear_it),
		partition_test(lamp_is_seen_as_it_was_set_after_a_reset_too),
		partition_test(sensors_that_are_not_there_are_refused),
		partition_test(power_and_environment_are_as_they_should_be),
		partition_test(tree_has_each_kind_with_its_highest_index),
		partition_test(indices_come_with_their_location),
		partition_test(indices_of_nothing_or_to_nowhere_are_refused),
		partition_test(lamps_are_found_by_their_location),
		partition_test(what_is_not_a_lamp_has_no_location),
		partition_test(other_locations_are_refused),
		partition_test(location_must_be_in_ram),
	};

	return cmocka_run_group_tests_name("RTAS indicators", tests, NULL,
					   NULL);
}
