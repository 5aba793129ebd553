/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercall table against the facts in tests/data, which were collected on
 * their own, and against itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hcalls/catalogue.h"
#include "rtas/catalogue.h"
#include "tests/csv.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static int load(void **state)
{
	*state = csv_load("hcalls.csv");
	return 0;
}

static int unload(void **state)
{
	csv_free(*state);
	return 0;
}

static void every_hcall_of_the_facts_is_in_the_table(void **state)
{
	const struct csv *csv = *state;

	for (size_t i = 1; i < csv->rows; i++) {
		const char *name = csv_get(csv, i, "name");
		const char *set = csv_get(csv, i, "function_set");
		int row = hcall_row_by_name(name);

		if (row < 0)
			fail_msg("%s is not in the table", name);
		assert_string_equal(hcall_table[row].name, name);
		assert_int_equal(hcall_table[row].number,
				 strtoul(csv_get(csv, i, "opcode"), NULL, 16));
		if (*set)
			assert_string_equal(hcall_table[row].set, set);
		else
			assert_int_equal(hcall_table[row].set[0], '(');
	}
	assert_int_equal(csv->rows - 1, HCALL_ROWS);
}

static void every_alias_of_the_facts_finds_its_call(void **state)
{
	const struct csv *csv = *state;
	size_t found = 0;

	for (size_t i = 1; i < csv->rows; i++) {
		const char *alias = strchr(csv_get(csv, i, "aliases"), ':');

		if (!alias)
			continue;
		found++;
		assert_int_equal(hcall_row_by_name(alias + 1),
				 hcall_row_by_name(csv_get(csv, i, "name")));
	}
	assert_int_equal(found, 11);
}

static void hcalls_are_in_number_order(void **state)
{
	(void)state;
	for (int row = 1; row < HCALL_ROWS; row++)
		assert_true(hcall_table[row - 1].number <=
			    hcall_table[row].number);
}

static void only_0x1c8_has_two_calls(void **state)
{
	(void)state;
	for (int row = 1; row < HCALL_ROWS; row++) {
		if (hcall_table[row - 1].number == hcall_table[row].number)
			assert_int_equal(row, HCALL_ROW_H_RESCIND_LOGICAL);
	}
	assert_int_equal(hcall_row(0x1c8),
			 HCALL_ROW_H_GET_CPU_CHARACTERISTICS);
	assert_int_equal(hcall_table[HCALL_ROW_H_RESCIND_LOGICAL].number,
			 0x1c8);
}

static void names_of_hcalls_are_unique(void **state)
{
	(void)state;
	for (int row = 0; row < HCALL_ROWS; row++)
		assert_int_equal(hcall_row_by_name(hcall_table[row].name),
				 row);
}

static void an_unknown_name_has_no_row(void **state)
{
	static const char *const names[] = {
		"", "H_", "h_remove", "H_REMOVE ", "H_REMOV", "ibm,os-term",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(hcall_row_by_name(names[i]), -1);
		assert_null(papr_hcall_by_name(names[i]));
	}
}

static void hcall_numbers_are_found_as_by_a_linear_search(void **state)
{
	(void)state;
	for (uint64_t number = 0; number <= 0x20000; number++) {
		int expected = -1;

		for (int row = HCALL_ROWS - 1; row >= 0; row--)
			if (hcall_table[row].number == number)
				expected = row;
		assert_int_equal(hcall_row(number), expected);
	}
}

static void a_number_above_32_bits_has_no_hcall(void **state)
{
	static const uint64_t numbers[] = {
		0x100000004, 0x8000000000000004, UINT64_MAX, (uint64_t)-4,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(hcall_row(numbers[i]), -1);
		assert_null(papr_hcall_by_number(numbers[i]));
	}
}

static void argument_structs_have_one_member_per_register(void **state)
{
	static const struct {
		size_t in_size, out_size;
		unsigned int in, out;
	} calls[] = {
#define ARG(kind, name) + 1
#define KEEP + 1
#define HCALL(name, number, set, in, out) \
	{ sizeof(struct name##_in), sizeof(struct name##_out), 0 in, 0 out },
#include "hcalls/hcalls.def"
	};

	(void)state;
	for (int row = 0; row < HCALL_ROWS; row++) {
		assert_int_equal(calls[row].in_size, calls[row].in * 8);
		assert_int_equal(calls[row].out_size, calls[row].out * 8);
		assert_int_equal(hcall_table[row].in_count, calls[row].in);
		assert_int_equal(hcall_table[row].out_count, calls[row].out);
	}
}

static void keep_leaves_a_hole_in_the_struct(void **state)
{
	const struct papr_call_info *call =
		&hcall_table[HCALL_ROW_H_BULK_REMOVE];

	(void)state;
	assert_int_equal(offsetof(struct H_BULK_REMOVE_out, tsh2), 16);
	assert_int_equal(call->out[1].kind, PAPR_ARG_KEEP);
	assert_null(call->out[1].name);
	assert_string_equal(call->out[2].name, "tsh2");
}

static void every_argument_of_an_hcall_has_a_name(void **state)
{
	(void)state;
	for (int row = 0; row < HCALL_ROWS; row++) {
		const struct papr_call_info *call = &hcall_table[row];

		for (unsigned int i = 0; i < call->in_count; i++)
			assert_non_null(call->in[i].name);
		for (unsigned int i = 0; i < call->out_count; i++)
			assert_int_equal(!call->out[i].name,
					 call->out[i].kind == PAPR_ARG_KEEP);
	}
}

static void unspecified_arguments_are_none(void **state)
{
	const struct papr_call_info *call = papr_hcall_by_name("H_SET_ASR");

	(void)state;
	assert_true(call->in_unspecified && call->out_unspecified);
	assert_int_equal(call->in_count, 0);

	call = papr_hcall_by_name("H_CEDE");
	assert_false(call->in_unspecified || call->out_unspecified);
	assert_int_equal(call->in_count, 0);
}

static void kvm_hv_has_what_the_facts_say(void **state)
{
	const struct csv *csv = *state;
	size_t switchable = 0;

	for (size_t i = 1; i < csv->rows; i++) {
		bool can = csv_yes(csv, i,
				   "kvm_hv_switchable_by_ENABLE_HCALL");
		bool on = csv_yes(csv, i, "kvm_hv_default_on");
		bool has = csv_yes(csv, i, "kvm_hv_61_handles");
		const struct papr_call_info *call =
			papr_hcall_by_name(csv_get(csv, i, "name"));

		switchable += can;
		assert_int_equal(papr_hcall_kernel_hv(call),
				 can && on ? PAPR_KERNEL_ON :
				 can ? PAPR_KERNEL_OFF :
				 has ? PAPR_KERNEL_FIXED : PAPR_KERNEL_NONE);
	}
	assert_int_equal(switchable, 29);
}

static void kvm_pr_has_what_the_facts_say(void **state)
{
	const struct csv *csv = *state;
	size_t switchable = 0;

	for (size_t i = 1; i < csv->rows; i++) {
		bool can = csv_yes(csv, i, "kvm_pr_switchable");
		bool on = csv_yes(csv, i, "kvm_pr_default_on");
		bool has = csv_yes(csv, i, "kvm_pr_61_handles");
		const struct papr_call_info *call =
			papr_hcall_by_name(csv_get(csv, i, "name"));

		switchable += can;
		assert_int_equal(papr_hcall_kernel_pr(call),
				 can && on ? PAPR_KERNEL_ON :
				 can ? PAPR_KERNEL_OFF :
				 has ? PAPR_KERNEL_FIXED : PAPR_KERNEL_NONE);
	}
	assert_int_equal(switchable, 18);
}

static void kvm_names_how_the_special_calls_behave(void **state)
{
	static const struct {
		int row;
		enum kvm_how how;
	} calls[] = {
		{ HCALL_ROW_H_REMOVE, KVM_HPT },
		{ HCALL_ROW_H_CEDE, KVM_CEDE },
		{ HCALL_ROW_H_XIRR_X, KVM_XICS },
		{ HCALL_ROW_H_SET_MODE, KVM_PUNTS },
		{ HCALL_ROW_H_STUFF_TCE, KVM_UNBOUNDED },
		{ HCALL_ROW_H_RPT_INVALIDATE, KVM_RADIX_ONLY },
		{ HCALL_ROW_H_RANDOM, KVM_NEEDS_HWRNG },
		{ HCALL_ROW_H_RTAS, KVM_RTAS },
		{ HCALL_ROW_H_ENTER_NESTED, KVM_NESTED },
		{ HCALL_ROW_H_SVM_INIT_ABORT, KVM_SVM },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		assert_int_equal(hcall_kvm(calls[i].row)->how, calls[i].how);
	assert_null(hcall_kvm(HCALL_ROW_H_JOIN));
	assert_null(hcall_kvm(-1));
	assert_null(hcall_kvm(HCALL_ROWS));
}

static void sets_are_matched_whole(void **state)
{
	static const struct {
		const char *sets, *one;
		bool has;
	} cases[] = {
		{ "hcall-splpar;SLB-Buffer", "hcall-splpar", true },
		{ "hcall-splpar;SLB-Buffer", "SLB-Buffer", true },
		{ "hcall-splpar;SLB-Buffer", "SLB", false },
		{ "hcall-splpar;SLB-Buffer", "Buffer", false },
		{ "hcall-splpar;SLB-Buffer", "hcall-splpar;SLB-Buffer", false },
		{ "hcall-cmo-x", "hcall-cmo", false },
		{ "hcall-cmo", "hcall-cmo-x", false },
		{ "hcall-cmo", "hcall-CMO", false },
		{ "hcall-cmo", "", false },
		{ "(ehca)", "(ehca)", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(hcall_set_has(cases[i].sets, cases[i].one),
				 cases[i].has);
}

static void only_sets_of_calls_exist(void **state)
{
	(void)state;
	assert_true(hcall_set_exists("hcall-tce"));
	assert_true(hcall_set_exists("SLB-Buffer"));
	assert_false(hcall_set_exists("hcall-"));
	assert_false(hcall_set_exists(""));
}

static void statuses_have_names_and_meanings(void **state)
{
	static const struct {
		int64_t status;
		const char *name, *meaning;
	} cases[] = {
		{ 0, "H_SUCCESS", "done" },
		{ 9905, "H_LONG_BUSY_ORDER_100_SEC",
		  "busy, call again in about 100 s" },
		{ -2, "H_FUNCTION", "call not supported" },
		{ -9005, "H_MULTI_THREADS_ACTIVE",
		  "other threads are active" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(hcall_status_name(cases[i].status),
				    cases[i].name);
		assert_string_equal(hcall_status_meaning(cases[i].status),
				    cases[i].meaning);
	}
}

static void what_never_reaches_a_guest_is_no_status(void **state)
{
	/* KVM's H_TOO_HARD, and numbers nobody assigned */
	static const int64_t statuses[] = {
		9999, -26, -78, INT64_MIN, 1LL << 32,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		assert_null(hcall_status_name(statuses[i]));
		assert_null(hcall_status_meaning(statuses[i]));
	}
}

static void the_nearest_name_is_offered(void **state)
{
	static const struct {
		const char *(*nearest)(const char *);
		const char *wrong, *right;
	} cases[] = {
		{ hcall_nearest, "H_RANDON", "H_RANDOM" },
		{ hcall_nearest, "h_cede", "H_CEDE" },
		{ hcall_nearest, "H_PUT_TERM_CHR", "H_PUT_TERM_CHAR" },
		{ hcall_nearest, "PAGE_INIT", "H_PAGE_INIT" },
		{ hcall_nearest, "frobnicate", NULL },
		{ hcall_nearest, "", NULL },
		{ hcall_set_nearest, "hcall-tec", "hcall-tce" },
		{ hcall_set_nearest, "slb-buffer", "SLB-Buffer" },
		{ hcall_set_nearest, "xyzzy", NULL },
		{ rtas_nearest, "ibm,os-trem", "ibm,os-term" },
		{ rtas_nearest, "ibm-os-term", "ibm,os-term" },
		{ rtas_nearest, "xyzzy", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *hint = cases[i].nearest(cases[i].wrong);

		if (cases[i].right) {
			assert_non_null(hint);
			assert_string_equal(hint, cases[i].right);
		} else {
			assert_null(hint);
		}
	}
}

static void a_very_long_name_is_near_none(void **state)
{
	char name[4096];

	(void)state;
	memset(name, 'H', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(hcall_nearest(name));
	assert_null(rtas_nearest(name));
}

static void a_name_is_nearest_to_itself(void **state)
{
	(void)state;
	for (int row = 0; row < HCALL_ROWS; row++)
		assert_string_equal(hcall_nearest(hcall_table[row].name),
				    hcall_table[row].name);
	for (int row = 0; row < RTAS_ROWS; row++)
		assert_string_equal(rtas_nearest(rtas_table[row].name),
				    rtas_table[row].name);
}

static void the_public_catalogue_ends_where_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < papr_hcall_count(); i++)
		assert_int_equal(papr_hcall_at(i)->index, i);
	assert_null(papr_hcall_at(papr_hcall_count()));
	for (size_t i = 0; i < papr_rtas_count(); i++)
		assert_int_equal(papr_rtas_at(i)->index, i);
	assert_null(papr_rtas_at(papr_rtas_count()));
}

static void a_call_of_the_other_kind_is_not_mistaken(void **state)
{
	const struct papr_call_info *hcall = papr_hcall_at(RTAS_ROW_ibm_int_on);
	const struct papr_call_info *rtas = papr_rtas_at(HCALL_ROW_H_REMOVE);

	(void)state;
	assert_int_equal(papr_hcall_kernel_hv(rtas), PAPR_KERNEL_NONE);
	assert_int_equal(papr_hcall_kernel_pr(rtas), PAPR_KERNEL_NONE);
	assert_false(papr_hcall_has_handler(rtas));
	assert_false(papr_rtas_in_kernel(hcall));
	assert_false(papr_rtas_has_handler(hcall));
}

static void every_kind_of_argument_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(papr_arg_kind_name(PAPR_ARG_GPA), "gpa");
	for (int kind = PAPR_ARG_VAL; kind <= PAPR_ARG_STATUS; kind++)
		assert_non_null(papr_arg_kind_name(kind));
	assert_null(papr_arg_kind_name(PAPR_ARG_STATUS + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hcall_of_the_facts_is_in_the_table),
		cmocka_unit_test(every_alias_of_the_facts_finds_its_call),
		cmocka_unit_test(hcalls_are_in_number_order),
		cmocka_unit_test(only_0x1c8_has_two_calls),
		cmocka_unit_test(names_of_hcalls_are_unique),
		cmocka_unit_test(an_unknown_name_has_no_row),
		cmocka_unit_test(hcall_numbers_are_found_as_by_a_linear_search),
		cmocka_unit_test(a_number_above_32_bits_has_no_hcall),
		cmocka_unit_test(argument_structs_have_one_member_per_register),
		cmocka_unit_test(keep_leaves_a_hole_in_the_struct),
		cmocka_unit_test(every_argument_of_an_hcall_has_a_name),
		cmocka_unit_test(unspecified_arguments_are_none),
		cmocka_unit_test(kvm_hv_has_what_the_facts_say),
		cmocka_unit_test(kvm_pr_has_what_the_facts_say),
		cmocka_unit_test(kvm_names_how_the_special_calls_behave),
		cmocka_unit_test(sets_are_matched_whole),
		cmocka_unit_test(only_sets_of_calls_exist),
		cmocka_unit_test(statuses_have_names_and_meanings),
		cmocka_unit_test(what_never_reaches_a_guest_is_no_status),
		cmocka_unit_test(the_nearest_name_is_offered),
		cmocka_unit_test(a_very_long_name_is_near_none),
		cmocka_unit_test(a_name_is_nearest_to_itself),
		cmocka_unit_test(the_public_catalogue_ends_where_it_says),
		cmocka_unit_test(a_call_of_the_other_kind_is_not_mistaken),
		cmocka_unit_test(every_kind_of_argument_has_a_name),
	};

	return cmocka_run_group_tests_name("hypercall catalogue", tests, load,
					   unload);
}
