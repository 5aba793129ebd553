/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RTAS table against the facts in tests/data, which were collected on
 * their own, and against itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rtas/catalogue.h"
#include "tests/csv.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static int load(void **state)
{
	*state = csv_load("rtas.csv");
	return 0;
}

static int unload(void **state)
{
	csv_free(*state);
	return 0;
}

static void every_rtas_call_of_the_facts_is_in_the_table(void **state)
{
	const struct csv *csv = *state;

	for (size_t i = 1; i < csv->rows; i++) {
		const char *name = csv_get(csv, i, "name");

		if (rtas_row_by_name(name) < 0)
			fail_msg("%s is not in the table", name);
	}
	assert_int_equal(csv->rows - 1, RTAS_ROWS);
}

static void tokens_are_unique_and_in_order(void **state)
{
	(void)state;
	for (int row = 1; row < RTAS_ROWS; row++)
		assert_true(rtas_table[row - 1].number <
			    rtas_table[row].number);
}

static void tokens_are_found_as_by_a_linear_search(void **state)
{
	(void)state;
	for (uint32_t token = 0; token <= 0x4000; token++) {
		int expected = -1;

		for (int row = 0; row < RTAS_ROWS; row++)
			if (rtas_table[row].number == token)
				expected = row;
		assert_int_equal(rtas_row(token), expected);
	}
}

static void calls_qemu_has_carry_tokens_of_its_range(void **state)
{
	const struct csv *csv = *state;

	for (size_t i = 1; i < csv->rows; i++) {
		const struct papr_call_info *call =
			papr_rtas_by_name(csv_get(csv, i, "name"));

		/* 0x202d is in QEMU since 10.2, later than the facts. */
		if (csv_yes(csv, i, "qemu72"))
			assert_in_range(call->number, 0x2000, 0x202c);
		else if (strcmp(call->name, "ibm,configure-kernel-dump"))
			assert_true(call->number >= 0x2040);
	}
}

static void tokens_guests_know_do_not_change(void **state)
{
	static const struct {
		uint32_t token;
		const char *name;
	} calls[] = {
		{ 0x2000, "display-character" },
		{ 0x2003, "power-off" },
		{ 0x2006, "start-cpu" },
		{ 0x200a, "ibm,set-xive" },
		{ 0x200e, "check-exception" },
		{ 0x201f, "ibm,os-term" },
		{ 0x202b, "ibm,nmi-register" },
		{ 0x202d, "ibm,configure-kernel-dump" },
		{ 0x2040, "freeze-time-base" },
		{ 0x2056, "ibm,open-sriov-map-pe-number" },
		{ 0x2069, "thaw-time-base" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		assert_string_equal(papr_rtas_by_token(calls[i].token)->name,
				    calls[i].name);
}

/* "3", or "3 or 4" */
static void check_count(const char *fact, unsigned int min, unsigned int max)
{
	char *end;

	assert_int_equal(strtoul(fact, &end, 10), min);
	if (*end)
		assert_int_equal(strtoul(end + strlen(" or "), NULL, 10), max);
	else
		assert_int_equal(min, max);
}

static void counts_of_cells_are_those_of_the_facts(void **state)
{
	const struct csv *csv = *state;
	size_t checked = 0;

	for (size_t i = 1; i < csv->rows; i++) {
		const struct papr_call_info *call =
			papr_rtas_by_name(csv_get(csv, i, "name"));
		const char *in = csv_get(csv, i, "n_inputs");

		if (!*in)
			continue;
		checked++;
		check_count(in, call->in_min, call->in_count);
		check_count(csv_get(csv, i, "n_outputs"), call->out_min,
			    call->out_count);
	}
	assert_int_equal(checked, 64);
}

static void cell_structs_have_one_member_per_cell(void **state)
{
	static const struct {
		size_t in_size, out_size;
	} calls[] = {
#define RTAS(id, name, token, in, out) \
	{ sizeof(struct RTAS_##id##_in), sizeof(struct RTAS_##id##_out) },
#include "rtas/rtas.def"
	};

	(void)state;
	for (int row = 0; row < RTAS_ROWS; row++) {
		const struct papr_call_info *call = &rtas_table[row];
		bool status = !call->out_unspecified;

		assert_int_equal(calls[row].in_size, call->in_count * 4);
		assert_int_equal(calls[row].out_size,
				 (call->out_count - status) * 4);
	}
}

static void the_status_is_first_but_for_open_errinjct(void **state)
{
	(void)state;
	for (int row = 0; row < RTAS_ROWS; row++) {
		const struct papr_call_info *call = &rtas_table[row];
		unsigned int place = row == RTAS_ROW_ibm_open_errinjct;

		assert_int_equal(call->out_status, place);
		if (!call->out_unspecified)
			assert_int_equal(call->out[place].kind,
					 PAPR_ARG_STATUS);
	}
}

static void optional_cells_are_last(void **state)
{
	(void)state;
	for (int row = 0; row < RTAS_ROWS; row++) {
		const struct papr_call_info *call = &rtas_table[row];

		for (unsigned int i = 0; i < call->in_count; i++)
			assert_int_equal(call->in[i].optional,
					 i >= call->in_min);
		for (unsigned int i = 0; i < call->out_count; i++)
			assert_int_equal(call->out[i].optional,
					 i >= call->out_min);
	}
}

static void the_kernel_answers_the_rtas_calls_the_facts_name(void **state)
{
	const struct csv *csv = *state;

	for (size_t i = 1; i < csv->rows; i++)
		assert_int_equal(
			papr_rtas_in_kernel(papr_rtas_by_name(
				csv_get(csv, i, "name"))),
			csv_yes(csv, i, "kvm_in_kernel_via_KVM_CAP_PPC_RTAS"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rtas_call_of_the_facts_is_in_the_table),
		cmocka_unit_test(tokens_are_unique_and_in_order),
		cmocka_unit_test(tokens_are_found_as_by_a_linear_search),
		cmocka_unit_test(calls_qemu_has_carry_tokens_of_its_range),
		cmocka_unit_test(tokens_guests_know_do_not_change),
		cmocka_unit_test(counts_of_cells_are_those_of_the_facts),
		cmocka_unit_test(cell_structs_have_one_member_per_cell),
		cmocka_unit_test(the_status_is_first_but_for_open_errinjct),
		cmocka_unit_test(optional_cells_are_last),
		cmocka_unit_test(
			the_kernel_answers_the_rtas_calls_the_facts_name),
	};

	return cmocka_run_group_tests_name("RTAS catalogue", tests, load,
					   unload);
}
