/* SPDX-License-Identifier: BSD-2-Clause */
/* Connectors: what the guest and the program do with them, row by row. */
#include "config.h"

#include <errno.h>

#include "rtas/status.h"
#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/partition.h"

#define CORE 1u			/* the connector that most tests use, */
#define CORE_INDEX (DRC_CORE | 8)	/* of vSMT 8 */
#define LMB LMB_FIRST
#define LMB_INDEX (DRC_LMB | LMB)

enum { ISOLATION = 9001, DR_INDICATOR = 9002, ALLOCATION = 9003, SENSE = 9003 };
enum { EMPTY, UNUSABLE, AVAILABLE, UNISOLATED, CONFIGURED };

static int start(void **state)
{
	*state = partition_new(&(struct partition_setup){
		.config = { .cores = 1, .threads = 2, .vsmt = 8,
			    .max_cores = 3 },
		.lmbs = 3 });
	return 0;
}

static int32_t set(struct partition *p, uint32_t token, uint32_t index,
		   uint32_t value)
{
	return RTAS(p, RTAS_TOKEN_set_indicator, 3, 1, token, index, value);
}

/* The entity sense, or the status. */
static int32_t sense(struct partition *p, uint32_t index)
{
	uint32_t cells[4] = { SENSE, index };
	int32_t status = partition_rtas_status(p, RTAS_TOKEN_get_sensor_state,
					       2, 2, cells);

	return status ? status : (int32_t)cells[3];
}

static struct drc *drc_of(struct partition *p, uint32_t index)
{
	struct drc *drc = drc_find(p->vm, index);

	assert_non_null(drc);
	return drc;
}

static void plug(struct partition *p, uint32_t kind, uint32_t number)
{
	struct papr_error error;

	if (papr_vm_plug(p->vm, kind, number, &error))
		fail_msg("%s", error.text);
}

static void unplug(struct partition *p, uint32_t kind, uint32_t number)
{
	struct papr_error error;

	if (papr_vm_unplug(p->vm, kind, number, &error))
		fail_msg("%s", error.text);
}

/* As far as @state, by what a guest does. */
static void bring(struct partition *p, uint32_t index, int state)
{
	if (state > UNUSABLE)
		assert_int_equal(set(p, ALLOCATION, index, 1), 0);
	if (state > AVAILABLE)
		assert_int_equal(set(p, ISOLATION, index, 1), 0);
	if (state > UNISOLATED)
		assert_int_equal(drc_move(p->vm, index, DRC_CONFIGURE), DRC_OK);
	assert_int_equal(drc_of(p, index)->state, state);
}

static void bring_lmb(struct partition *p, int state)
{
	if (state > EMPTY)
		plug(p, PAPR_CONNECTOR_LMB, LMB);
	bring(p, LMB_INDEX, state);
}

static void bring_core(struct partition *p, int state)
{
	if (state > EMPTY)
		plug(p, PAPR_CONNECTOR_CORE, CORE);
	bring(p, CORE_INDEX, state);
}

/* --- every state and event */

static const struct {
	int state;
	enum drc_event event;
	int next;
	enum drc_answer answer;
} table[] = {
	{ EMPTY, DRC_ISOLATE, EMPTY, DRC_NONE },
	{ EMPTY, DRC_UNISOLATE, EMPTY, DRC_NONE },
	{ EMPTY, DRC_SET_UNUSABLE, EMPTY, DRC_NONE },
	{ EMPTY, DRC_SET_USABLE, EMPTY, DRC_NONE },
	{ EMPTY, DRC_CONFIGURE, EMPTY, DRC_UNUSABLE },
	{ UNUSABLE, DRC_ISOLATE, UNUSABLE, DRC_NONE },
	{ UNUSABLE, DRC_UNISOLATE, UNUSABLE, DRC_NONE },
	{ UNUSABLE, DRC_SET_UNUSABLE, UNUSABLE, DRC_NONE },
	{ UNUSABLE, DRC_SET_USABLE, AVAILABLE, DRC_OK },
	{ UNUSABLE, DRC_CONFIGURE, UNUSABLE, DRC_UNUSABLE },
	{ AVAILABLE, DRC_ISOLATE, AVAILABLE, DRC_OK },
	{ AVAILABLE, DRC_UNISOLATE, UNISOLATED, DRC_OK },
	{ AVAILABLE, DRC_SET_UNUSABLE, UNUSABLE, DRC_OK },
	{ AVAILABLE, DRC_SET_USABLE, AVAILABLE, DRC_OK },
	{ AVAILABLE, DRC_CONFIGURE, AVAILABLE, DRC_UNUSABLE },
	{ UNISOLATED, DRC_ISOLATE, AVAILABLE, DRC_OK },
	{ UNISOLATED, DRC_UNISOLATE, UNISOLATED, DRC_OK },
	{ UNISOLATED, DRC_SET_UNUSABLE, UNISOLATED, DRC_NONE },
	{ UNISOLATED, DRC_SET_USABLE, UNISOLATED, DRC_OK },
	{ UNISOLATED, DRC_CONFIGURE, CONFIGURED, DRC_OK },
	{ CONFIGURED, DRC_ISOLATE, AVAILABLE, DRC_OK },
	{ CONFIGURED, DRC_UNISOLATE, CONFIGURED, DRC_OK },
	{ CONFIGURED, DRC_SET_UNUSABLE, CONFIGURED, DRC_NONE },
	{ CONFIGURED, DRC_SET_USABLE, CONFIGURED, DRC_OK },
	{ CONFIGURED, DRC_CONFIGURE, CONFIGURED, DRC_OK },
};

static void each_event_in_each_state_leads_where_the_table_says(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_SIZE(table), DRC_STATES * DRC_EVENTS);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(table); i++) {
		size_t row = i / 2;
		uint32_t index = i % 2 ? CORE_INDEX : LMB_INDEX;
		struct partition *p;
		void *fresh;

		start(&fresh);
		p = fresh;
		(i % 2 ? bring_core : bring_lmb)(p, table[row].state);
		p->n_told = 0;
		if (drc_move(p->vm, index, table[row].event) !=
		    table[row].answer ||
		    drc_of(p, index)->state != table[row].next ||
		    p->n_told != (table[row].state != table[row].next))
			fail_msg("row %zu of connector 0x%x", row, index);
		partition_free(p);
	}
}

/* --- by the calls of RTAS */

static void linux_takes_and_gives_back(void **state)
{
	struct partition *p = *state;

	plug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_int_equal(sense(p, LMB_INDEX), 2);
	assert_int_equal(set(p, ALLOCATION, LMB_INDEX, 1), 0);
	assert_int_equal(set(p, ISOLATION, LMB_INDEX, 1), 0);
	assert_int_equal(sense(p, LMB_INDEX), 1);
	assert_int_equal(set(p, ISOLATION, LMB_INDEX, 0), 0);
	assert_int_equal(set(p, ALLOCATION, LMB_INDEX, 0), 0);
	assert_int_equal(sense(p, LMB_INDEX), 2);
}

static const struct {
	const char *what;
	uint32_t token, index, value;
} refused[] = {
	{ "an isolation state that there is none of", ISOLATION, LMB_INDEX, 2 },
	{ "an exchange", ALLOCATION, LMB_INDEX, 2 },
	{ "a recovery", ALLOCATION, LMB_INDEX, 3 },
	{ "a colour of the indicator", DR_INDICATOR, LMB_INDEX, 4 },
	{ "the LMB after the last", ISOLATION, LMB_INDEX + 3, 1 },
	{ "the LMB before the first", ISOLATION, LMB_INDEX - 1, 1 },
	{ "the core after the last", ISOLATION, DRC_CORE | 24, 1 },
	{ "the second thread of a core", ISOLATION, CORE_INDEX + 1, 1 },
	{ "another type", ISOLATION, 0x40000002, 1 },
	{ "two types at once", ISOLATION, DRC_LMB | DRC_CORE | LMB, 1 },
	{ "the largest number", ISOLATION, UINT32_MAX, 1 },
	{ "no type", ISOLATION, LMB, 1 },
};

static void indicators_that_there_are_none_of_are_parameter_errors(
	void **state)
{
	struct partition *p = *state;

	bring_lmb(p, UNISOLATED);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (set(p, refused[i].token, refused[i].index,
			refused[i].value) != RTAS_PARAMETER_ERROR)
			fail_msg("%s", refused[i].what);
	assert_int_equal(drc_of(p, LMB_INDEX)->state, UNISOLATED);
	assert_int_equal(sense(p, LMB_INDEX + 3), RTAS_PARAMETER_ERROR);
}

static void indicator_is_of_what_the_guest_has(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, UNUSABLE);
	assert_int_equal(set(p, DR_INDICATOR, LMB_INDEX, 1),
			 RTAS_PARAMETER_ERROR);
	bring(p, LMB_INDEX, AVAILABLE);
	assert_int_equal(set(p, DR_INDICATOR, LMB_INDEX, 3), 0);
	assert_int_equal(drc_of(p, LMB_INDEX)->indicator, 3);
}

/* --- memory */

static void memory_is_there_from_plug_to_unplug(void **state)
{
	struct partition *p = *state;
	const uint64_t end = LMB_BASE + PAPR_LMB_SIZE;

	assert_null(ram_get(p->vm, LMB_BASE, 1, RAM_READ));
	plug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_ptr_equal(ram_get(p->vm, LMB_BASE, PAPR_LMB_SIZE, RAM_READ),
			 p->lmbs);
	assert_ptr_equal(ram_get(p->vm, end, 0, RAM_READ), NULL);
	assert_null(ram_get(p->vm, end - 8, 16, RAM_READ));
	plug(p, PAPR_CONNECTOR_LMB, LMB + 1);
	assert_non_null(ram_get(p->vm, end - 8, 16, RAM_READ));
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_null(ram_get(p->vm, LMB_BASE, 1, RAM_READ));
	assert_null(ram_get(p->vm, end - 8, 16, RAM_READ));
	assert_non_null(ram_get(p->vm, end, 16, RAM_READ));
}

static void memory_that_is_written_is_reported(void **state)
{
	struct partition *p = *state;

	plug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_int_equal(HCALL(p, H_PAGE_INIT, 0x8000, LMB_BASE, 0),
			 H_SUCCESS);
	assert_dirty(p, LMB_BASE, 4096);
}

static void memory_that_would_wrap_is_nowhere(void **state)
{
	struct partition *p = *state;

	for (uint32_t i = 0; i < 3; i++)
		plug(p, PAPR_CONNECTOR_LMB, LMB + i);
	assert_null(ram_get(p->vm, LMB_BASE, UINT64_MAX, RAM_READ));
	assert_null(ram_get(p->vm, LMB_BASE, 3 * PAPR_LMB_SIZE + 1, RAM_READ));
	assert_null(ram_get(p->vm, LMB_BASE + 2 * PAPR_LMB_SIZE,
			    PAPR_LMB_SIZE + 1, RAM_READ));
	assert_null(ram_get(p->vm, LMB_BASE - 1, 1, RAM_READ));
	assert_null(ram_get(p->vm, LMB_BASE + 3 * PAPR_LMB_SIZE, 0, RAM_READ));
}

/* --- cores */

static bool is_there(struct partition *p, uint32_t index)
{
	return papr_vcpu_is_there(papr_vm_vcpu(p->vm, index));
}

static void core_can_be_started_while_it_is_unisolated(void **state)
{
	struct partition *p = *state;

	bring_core(p, AVAILABLE);
	assert_false(is_there(p, 2));
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 8, 0x100, 0),
			 RTAS_PARAMETER_ERROR);
	assert_int_equal(set(p, ISOLATION, CORE_INDEX, 1), 0);
	assert_true(is_there(p, 2) && is_there(p, 3) && !is_there(p, 4));
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 9, 0x100, 0), 0);
}

static void core_that_runs_is_not_isolated(void **state)
{
	struct partition *p = *state;
	struct papr_entry entry;

	bring_core(p, CONFIGURED);
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 9, 0x100, 0), 0);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 3), &entry);
	assert_int_equal(set(p, ISOLATION, CORE_INDEX, 0),
			 RTAS_HARDWARE_ERROR);
	assert_int_equal(drc_of(p, CORE_INDEX)->state, CONFIGURED);
	assert_true(is_there(p, 2) && is_there(p, 3));

	p->on = 3;
	assert_int_equal(RTAS(p, RTAS_TOKEN_stop_self, 0, 1), 0);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 3), &entry);
	p->on = 0;
	assert_int_equal(set(p, ISOLATION, CORE_INDEX, 0), 0);
	assert_false(is_there(p, 2) || is_there(p, 3));
}

static void core_that_calls_does_not_isolate_itself(void **state)
{
	struct partition *p = *state;

	assert_int_equal(set(p, ISOLATION, DRC_CORE, 0), RTAS_HARDWARE_ERROR);
}

/* Its registers too: it may have another mode than the partition has now. */
static void core_that_comes_back_is_as_new(void **state)
{
	struct partition *p = *state;

	bring_core(p, CONFIGURED);
	unplug(p, PAPR_CONNECTOR_CORE, CORE);
	set(p, ISOLATION, CORE_INDEX, 0);
	set(p, ALLOCATION, CORE_INDEX, 0);
	assert_int_equal(HCALL(p, H_SET_MODE, 1, 4, 0, 0), H_SUCCESS);
	fake_host_clear_log(p->fake);
	plug(p, PAPR_CONNECTOR_CORE, CORE);
	assert_true(fake_host_logged(p->fake, "cpu 8: reset"));
	assert_true(fake_host_logged(p->fake, "cpu 9: update_reg LPCR "
				     "0x2000000 0x2000000"));
}

/* --- the program */

static const struct {
	const char *what;
	uint32_t kind, number;
	int plug, unplug;
} programs[] = {
	{ "core 0", PAPR_CONNECTOR_CORE, 0, -EEXIST, -EPERM },
	{ "a core that is not there", PAPR_CONNECTOR_CORE, 2, 0, -ENOENT },
	{ "one too many", PAPR_CONNECTOR_CORE, 3, -ENOENT, -ENOENT },
	{ "an LMB below the first", PAPR_CONNECTOR_LMB, 0, -ENOENT, -ENOENT },
	{ "an LMB that is there", PAPR_CONNECTOR_LMB, LMB, -EEXIST, 0 },
	{ "the LMB after the last", PAPR_CONNECTOR_LMB, 5, -ENOENT, -ENOENT },
	{ "another kind", 2, 0, -ENOENT, -ENOENT },
};

static void program_is_refused_in_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct papr_error error = { "" };
		struct partition *p;
		void *fresh;

		start(&fresh);
		p = fresh;
		plug(p, PAPR_CONNECTOR_LMB, LMB);
		if (papr_vm_unplug(p->vm, programs[i].kind, programs[i].number,
				   &error) != programs[i].unplug ||
		    !programs[i].unplug != !error.text[0])
			fail_msg("unplug: %s", programs[i].what);
		error.text[0] = '\0';
		if (!programs[i].unplug)
			plug(p, programs[i].kind, programs[i].number);
		if (papr_vm_plug(p->vm, programs[i].kind, programs[i].number,
				 &error) != programs[i].plug ||
		    !programs[i].plug != !error.text[0])
			fail_msg("plug: %s", programs[i].what);
		partition_free(p);
	}
}

static void what_the_program_cannot_make_is_not_there(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	p->plug_err = -ENOMEM;
	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_LMB, LMB, &error),
			 -ENOMEM);
	assert_non_null(strstr(error.text, "LMB 2"));
	assert_int_equal(drc_of(p, LMB_INDEX)->state, EMPTY);
	assert_null(ram_get(p->vm, LMB_BASE, 1, RAM_READ));
	assert_int_equal(p->n_told, 0);
}

static void core_whose_vcpus_are_not_attached_is_not_there(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	p->plugs_nothing = true;
	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_CORE, CORE,
				      &error), -EINVAL);
	assert_int_equal(drc_of(p, CORE_INDEX)->state, EMPTY);
}

static void what_the_guest_has_not_taken_goes_at_once(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, UNUSABLE);
	p->n_told = 0;
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_int_equal(p->n_told, 1);
	assert_int_equal(p->told.state, PAPR_CONNECTOR_EMPTY);
	assert_false(p->told.leaving);
}

static void what_the_guest_has_goes_when_it_gives_it_back(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, CONFIGURED);
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_true(p->told.leaving);
	assert_int_equal(p->told.state, PAPR_CONNECTOR_CONFIGURED);
	assert_int_equal(set(p, ISOLATION, LMB_INDEX, 0), 0);
	assert_non_null(ram_get(p->vm, LMB_BASE, 1, RAM_READ));
	assert_int_equal(set(p, ALLOCATION, LMB_INDEX, 0), 0);
	assert_int_equal(p->told.state, PAPR_CONNECTOR_EMPTY);
	assert_null(ram_get(p->vm, LMB_BASE, 1, RAM_READ));
	assert_int_equal(set(p, ALLOCATION, LMB_INDEX, 1),
			 RTAS_PARAMETER_ERROR);
}

static void guest_that_unisolates_what_it_has_keeps_it(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, CONFIGURED);
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	p->n_told = 0;
	assert_int_equal(set(p, ISOLATION, LMB_INDEX, 1), 0);
	assert_int_equal(p->n_told, 1);
	assert_false(p->told.leaving);
	assert_int_equal(p->told.state, PAPR_CONNECTOR_CONFIGURED);
}

static void what_the_guest_gives_back_unasked_it_can_take_again(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, CONFIGURED);
	set(p, ISOLATION, LMB_INDEX, 0);
	set(p, ALLOCATION, LMB_INDEX, 0);
	assert_int_equal(p->told.state, PAPR_CONNECTOR_UNUSABLE);
	assert_int_equal(set(p, ALLOCATION, LMB_INDEX, 1), 0);
}

static void what_is_to_go_is_not_made_usable(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, AVAILABLE);
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_int_equal(set(p, ALLOCATION, LMB_INDEX, 1),
			 RTAS_PARAMETER_ERROR);
}

/* --- events */

/* What check-exception has of hot plug: the action and the connector. */
static void assert_event(struct partition *p, unsigned int action,
			 uint32_t index)
{
	enum { BUFFER = 0x8000, LEN = 512, HOT_PLUG = 0x10000000 };
	enum { HP = 8 + 88, HP_ACTION = HP + 9, HP_ID = HP + 12 };

	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      HOT_PLUG, 0, BUFFER, LEN), 0);
	assert_memory_equal(p->ram + BUFFER + HP, "HP", 2);
	assert_int_equal(p->ram[BUFFER + HP_ACTION], action);
	assert_int_equal(load_be32(p->ram + BUFFER + HP_ID), index);
	assert_int_equal(RTAS(p, RTAS_TOKEN_check_exception, 6, 1, 0x500, 0,
			      HOT_PLUG, 0, BUFFER, LEN), RTAS_NO_EVENT);
}

static void guest_is_told_what_comes_and_what_is_to_go(void **state)
{
	struct partition *p = *state;

	plug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_event(p, 1, LMB_INDEX);
	bring(p, LMB_INDEX, CONFIGURED);
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_event(p, 2, LMB_INDEX);
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	assert_event(p, 2, LMB_INDEX);
}

/* --- a reset */

static void reset(struct partition *p)
{
	struct papr_error error;

	if (papr_vm_reset(p->vm, &error))
		fail_msg("%s", error.text);
}

static void after_a_reset_the_guest_has_what_is_there(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, UNUSABLE);
	bring_core(p, AVAILABLE);
	reset(p);
	assert_int_equal(drc_of(p, LMB_INDEX)->state, CONFIGURED);
	assert_int_equal(drc_of(p, CORE_INDEX)->state, CONFIGURED);
	assert_int_equal(drc_of(p, LMB_INDEX + 1)->state, EMPTY);
	assert_true(is_there(p, 2) && is_there(p, 3));
	assert_false(is_there(p, 4) || is_there(p, 5));
}

static void reset_takes_what_is_leaving(void **state)
{
	struct partition *p = *state;

	bring_lmb(p, CONFIGURED);
	bring_core(p, CONFIGURED);
	unplug(p, PAPR_CONNECTOR_LMB, LMB);
	unplug(p, PAPR_CONNECTOR_CORE, CORE);
	reset(p);
	assert_int_equal(drc_of(p, LMB_INDEX)->state, EMPTY);
	assert_false(drc_of(p, LMB_INDEX)->leaving);
	assert_null(ram_get(p->vm, LMB_BASE, 1, RAM_READ));
	assert_int_equal(drc_of(p, CORE_INDEX)->state, EMPTY);
	assert_false(is_there(p, 2) || is_there(p, 3));
}

static void guest_is_told_how_many_cores_there_may_be(void **state)
{
	enum { BUFFER = 0x8000, SPLPAR = 20 };
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_get_system_parameter, 3, 1,
			      SPLPAR, BUFFER, 256), 0);
	assert_non_null(strstr((char *)p->ram + BUFFER + 2,
			       "DesProcs=1,MaxPlatProcs=3"));
}

/* --- partitions without */

static void partition_as_ever_has_no_connectors(void **state)
{
	struct partition *p = *state;

	assert_int_equal(papr_vm_connectors(p->vm), 0);
	assert_int_equal(set(p, ISOLATION, DRC_CORE, 0), RTAS_PARAMETER_ERROR);
	assert_int_equal(sense(p, DRC_CORE), RTAS_PARAMETER_ERROR);
	assert_int_equal(sense(p, DRC_LMB), RTAS_PARAMETER_ERROR);
}

static void connectors_can_be_listed(void **state)
{
	struct partition *p = *state;
	struct papr_connector c = { .size = sizeof(c) };

	plug(p, PAPR_CONNECTOR_LMB, LMB + 1);
	assert_int_equal(papr_vm_connectors(p->vm), 6);
	assert_int_equal(papr_vm_connector(p->vm, 0, &c), 0);
	assert_int_equal(c.index, DRC_CORE);
	assert_int_equal(c.state, PAPR_CONNECTOR_CONFIGURED);
	assert_int_equal(papr_vm_connector(p->vm, 4, &c), 0);
	assert_int_equal(c.index, DRC_LMB | (LMB + 1));
	assert_int_equal(c.number, LMB + 1);
	assert_int_equal(c.state, PAPR_CONNECTOR_UNUSABLE);
	assert_int_equal(papr_vm_connector(p->vm, 6, &c), -EINVAL);
}

#define test(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_event_in_each_state_leads_where_the_table_says),
		test(linux_takes_and_gives_back),
		test(indicators_that_there_are_none_of_are_parameter_errors),
		test(indicator_is_of_what_the_guest_has),
		test(memory_is_there_from_plug_to_unplug),
		test(memory_that_is_written_is_reported),
		test(memory_that_would_wrap_is_nowhere),
		test(core_can_be_started_while_it_is_unisolated),
		test(core_that_runs_is_not_isolated),
		test(core_that_calls_does_not_isolate_itself),
		test(core_that_comes_back_is_as_new),
		cmocka_unit_test(program_is_refused_in_words),
		test(what_the_program_cannot_make_is_not_there),
		test(core_whose_vcpus_are_not_attached_is_not_there),
		test(what_the_guest_has_not_taken_goes_at_once),
		test(what_the_guest_has_goes_when_it_gives_it_back),
		test(guest_that_unisolates_what_it_has_keeps_it),
		test(what_the_guest_gives_back_unasked_it_can_take_again),
		test(what_is_to_go_is_not_made_usable),
		test(guest_is_told_what_comes_and_what_is_to_go),
		test(after_a_reset_the_guest_has_what_is_there),
		test(reset_takes_what_is_leaving),
		test(guest_is_told_how_many_cores_there_may_be),
		partition_test(partition_as_ever_has_no_connectors),
		test(connectors_can_be_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
