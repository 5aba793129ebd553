/* SPDX-License-Identifier: BSD-2-Clause */
/* The RTAS dispatcher: argument blocks, counts, status words. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "rtas/handlers.h"
#include "rtas/status.h"
#include "spapr/routing.h"
#include "tests/partition.h"

/* Writes a header alone, and calls. */
static int64_t call_header(struct partition *p, uint64_t gpa, uint32_t token,
			   uint32_t nargs, uint32_t nrets)
{
	uint8_t *block = gpa < RAM_SIZE ? p->ram + gpa :
					  p->top + (gpa - TOP_BASE);

	store_be32(block, token);
	store_be32(block + 4, nargs);
	store_be32(block + 8, nrets);
	return HCALL(p, H_RTAS, gpa);
}

static void block_may_be_at_any_alignment(void **state)
{
	struct partition *p = *state;

	for (uint64_t at = 0x5000; at < 0x5008; at++) {
		uint32_t cells[RTAS_CELLS] = { 0 };

		assert_int_equal(partition_rtas(p, at, RTAS_TOKEN_power_off, 2,
						1, cells), H_SUCCESS);
		assert_int_equal(cells[2], RTAS_SUCCESS);
		assert_dirty(p, at + 12 + 8, 4);
	}
	assert_int_equal(p->events, 8);
}

static void block_may_end_where_ram_ends(void **state)
{
	struct partition *p = *state;
	uint32_t cells[RTAS_CELLS] = { 0 };

	assert_int_equal(partition_rtas(p, RAM_SIZE - 24, RTAS_TOKEN_power_off,
					2, 1, cells), H_SUCCESS);
	assert_int_equal(p->events, 1);
}

static void block_that_ends_later_is_refused(void **state)
{
	struct partition *p = *state;

	for (uint64_t gap = 12; gap < 24; gap++)
		assert_int_equal(call_header(p, RAM_SIZE - gap,
					     RTAS_TOKEN_power_off, 2, 1),
				 H_PARAMETER);
	for (uint64_t gap = 0; gap < 12; gap++)
		assert_int_equal(HCALL(p, H_RTAS, RAM_SIZE - gap),
				 H_PARAMETER);
	assert_int_equal(HCALL(p, H_RTAS, UINT64_MAX - 4), H_PARAMETER);
	assert_int_equal(HCALL(p, H_RTAS, UINT64_MAX), H_PARAMETER);
	assert_int_equal(call_header(p, TOP_BASE + TOP_SIZE - 20,
				     RTAS_TOKEN_power_off, 2, 1), H_PARAMETER);
	assert_int_equal(p->events, 0);
	assert_clean(p);
}

static void block_in_read_only_ram_has_no_room_for_results(void **state)
{
	struct partition *p = *state;

	memset(p->rom, 0, 64);
	store_be32(p->rom, RTAS_TOKEN_get_time_of_day);
	store_be32(p->rom + 8, 8);
	assert_int_equal(HCALL(p, H_RTAS, ROM_BASE), H_PARAMETER);
	assert_int_equal(load_be32(p->rom + 12), 0);
	assert_clean(p);
}

static void counts_beyond_the_block_are_refused(void **state)
{
	static const uint32_t counts[][2] = {
		{ 17, 0 }, { 16, 1 }, { 0, 17 }, { 1, 16 }, { 8, 9 },
		{ 0, 0 }, { 2, 0 }, { 16, 0 }, { UINT32_MAX, 1 },
		{ 1, UINT32_MAX }, { UINT32_MAX, UINT32_MAX },
		{ 0x80000000, 0x80000000 }, { 2, 0xffffffff },
		{ 0x40000000, 1 }, { 1, 0x40000000 },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (call_header(p, 0x5000, RTAS_TOKEN_power_off, counts[i][0],
				counts[i][1]) != H_PARAMETER)
			fail_msg("%u, %u", counts[i][0], counts[i][1]);
	assert_int_equal(p->events, 0);
	assert_clean(p);
}

static void sixteen_cells_are_taken(void **state)
{
	struct partition *p = *state;
	uint32_t cells[RTAS_CELLS] = { 0 };

	/* Too many for the call, so the status says so. */
	assert_int_equal(partition_rtas(p, 0x5000, RTAS_TOKEN_power_off, 15, 1,
					cells), H_SUCCESS);
	assert_int_equal((int32_t)cells[15], RTAS_PARAMETER_ERROR);
}

static bool good_counts(const struct papr_call_info *call, uint32_t nargs,
			uint32_t nrets)
{
	return nargs >= call->in_min && nargs <= call->in_count &&
	       nrets >= call->out_min && nrets <= call->out_count;
}

static unsigned int called;

static int32_t note_call(struct papr_vcpu *vcpu, const void *args, void *rets)
{
	(void)vcpu;
	(void)args;
	(void)rets;
	called++;
	return 77;
}

/* All rows get a handler that only counts; all counts from 0 to 20. */
static void try_counts(struct partition *p, int row)
{
	const struct papr_call_info *call = &rtas_table[row];

	for (uint32_t nargs = 0; nargs <= 20; nargs++)
		for (uint32_t nrets = 0; nrets <= 20; nrets++) {
			bool block = nrets && nargs + nrets <= RTAS_CELLS;
			bool good = block && good_counts(call, nargs, nrets);
			uint32_t place = call->out_status < nrets ?
					 call->out_status : 0;
			const uint8_t *status = p->ram + 0x5000 + 12 +
						4 * (nargs + place);
			int64_t ret;

			called = 0;
			ret = call_header(p, 0x5000, call->number, nargs,
					  nrets);
			p->n_dirty = 0;
			if (ret != (block ? H_SUCCESS : H_PARAMETER) ||
			    called != good ||
			    (block && (int32_t)load_be32(status) !=
			     (good ? 77 : RTAS_PARAMETER_ERROR)))
				fail_msg("%s with %u, %u", call->name, nargs,
					 nrets);
		}
}

static void wrong_counts_call_nothing_for_any_row(void **state)
{
	struct partition *p = *state;

	for (int row = 0; row < RTAS_ROWS; row++) {
		routing_now(p->vm)->rtas[row].fn = note_call;
		try_counts(p, row);
	}
}

static void call_without_handler_is_a_parameter_error(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < papr_rtas_count(); i++) {
		const struct papr_call_info *call = papr_rtas_at(i);
		uint32_t cells[RTAS_CELLS] = { 0 };
		uint32_t place = call->in_min + call->out_status;
		uint64_t calls, errors;

		if (papr_rtas_has_handler(call) || !call->out_min)
			continue;
		assert_int_equal(partition_rtas(p, 0x5000, call->number,
						call->in_min, call->out_min,
						cells), H_SUCCESS);
		p->n_dirty = 0;
		if ((int32_t)cells[place] != RTAS_PARAMETER_ERROR)
			fail_msg("%s", call->name);
		papr_vm_rtas_stats(p->vm, i, &calls, &errors);
		assert_int_equal(calls, 1);
		assert_int_equal(errors, 1);
	}
}

static void unknown_token_fails_the_hypercall_too(void **state)
{
	static const uint32_t tokens[] = {
		0, 9, 11, 0x1fff, 0x2fff, UINT32_MAX
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		uint32_t cells[RTAS_CELLS] = { 0 };

		assert_int_equal(partition_rtas(p, 0x5000, tokens[i], 2, 3,
						cells), H_PARAMETER);
		assert_int_equal((int32_t)cells[2], RTAS_PARAMETER_ERROR);
		assert_int_equal(cells[3], RTAS_UNTOUCHED);
		assert_int_equal(cells[4], RTAS_UNTOUCHED);
		assert_dirty(p, 0x5000 + 20, 12);
	}
}

static int32_t open_errinjct(struct papr_vcpu *vcpu, const void *args,
			     void *rets)
{
	struct RTAS_ibm_open_errinjct_out *out = rets;

	(void)vcpu;
	(void)args;
	out->open_token = 5;
	return -4;
}

static void status_of_open_errinjct_is_its_second_result(void **state)
{
	struct partition *p = *state;
	uint32_t cells[RTAS_CELLS] = { 0 };

	routing_now(p->vm)->rtas[RTAS_ROW_ibm_open_errinjct].fn = open_errinjct;
	assert_int_equal(partition_rtas(p, 0x5000,
					RTAS_TOKEN_ibm_open_errinjct, 0, 2,
					cells), H_SUCCESS);
	assert_int_equal(cells[0], 5);
	assert_int_equal((int32_t)cells[1], -4);
}

static void early_display_token_is_display_character(void **state)
{
	struct partition *p = *state;
	uint64_t calls, errors;

	assert_int_equal(RTAS(p, 0x0a, 1, 1, 'L'), RTAS_SUCCESS);
	assert_string_equal(p->console, "L");
	papr_vm_rtas_stats(p->vm, RTAS_ROW_display_character, &calls, &errors);
	assert_int_equal(calls, 1);
	assert_int_equal(errors, 0);
}

static void calls_and_errors_are_counted(void **state)
{
	struct partition *p = *state;
	uint64_t calls, errors;

	RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 0, 0, 0);	/* it runs already */
	RTAS(p, RTAS_TOKEN_start_cpu, 2, 1, 0, 0);
	RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0);
	papr_vm_rtas_stats(p->vm, RTAS_ROW_start_cpu, &calls, &errors);
	assert_int_equal(calls, 2);
	assert_int_equal(errors, 2);
	papr_vm_rtas_stats(p->vm, RTAS_ROW_power_off, &calls, &errors);
	assert_int_equal(calls, 1);
	assert_int_equal(errors, 0);
}

static void denied_call_is_not_made(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.policy = "rtas: { power-off: deny }" });

	(void)state;
	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0),
			 RTAS_PARAMETER_ERROR);
	assert_int_equal(p->events, 0);
	partition_free(p);
}

static void block_is_big_endian(void **state)
{
	struct partition *p = *state;
	uint32_t cells[RTAS_CELLS] = { 'x', 0 };

	/* Big-endian whatever the guest is: the header says 1, not 1 << 24. */
	assert_int_equal(partition_rtas(p, 0x5000, RTAS_TOKEN_display_character,
					1, 1, cells), H_SUCCESS);
	assert_int_equal(p->ram[0x5007], 1);
	assert_int_equal(p->ram[0x500f], 'x');
	assert_string_equal(p->console, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(block_may_be_at_any_alignment),
		partition_test(block_may_end_where_ram_ends),
		partition_test(block_that_ends_later_is_refused),
		partition_test(block_in_read_only_ram_has_no_room_for_results),
		partition_test(counts_beyond_the_block_are_refused),
		partition_test(sixteen_cells_are_taken),
		partition_test(wrong_counts_call_nothing_for_any_row),
		partition_test(call_without_handler_is_a_parameter_error),
		partition_test(unknown_token_fails_the_hypercall_too),
		partition_test(status_of_open_errinjct_is_its_second_result),
		partition_test(early_display_token_is_display_character),
		partition_test(calls_and_errors_are_counted),
		cmocka_unit_test(denied_call_is_not_made),
		partition_test(block_is_big_endian),
	};

	return cmocka_run_group_tests_name("RTAS", tests, NULL, NULL);
}
