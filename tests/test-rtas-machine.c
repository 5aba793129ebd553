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
		assert_int_equal(cells[3], rows[i].status ? RTAS_UNTOUCHED :
							      100);
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

static int32_t last_error(struct partition *p, uint32_t gpa, uint32_t len)
{
	return RTAS(p, RTAS_TOKEN_rtas_last_error, 2, 1, gpa, len);
}

/* There is no time before 1970. */
static void make_error(struct partition *p)
{
	RTAS(p, RTAS_TOKEN_set_time_of_day, 7, 1, 1970, 1, 1, 0, 0, 0, 0);
	p->clock_ns--;
	assert_int_equal(RTAS(p, RTAS_TOKEN_get_time_of_day, 0, 8),
			 RTAS_HARDWARE_ERROR);
}

static void hardware_error_is_told_once_by_its_call(void **state)
{
	struct partition *p = *state;
	struct papr_error error = { "" };
	struct papr_elog *elog = NULL;

	p->clock_ns = 5 * NS_PER_S;
	assert_int_equal(last_error(p, BUF, 2048), RTAS_NO_EVENT);
	make_error(p);
	memset(p->ram + BUF, 0xee, 2048);
	assert_int_equal(last_error(p, BUF, 2048), RTAS_SUCCESS);
	if (papr_elog_decode(p->ram + BUF, 2048, &elog, &error))
		fail_msg("%s", error.text);
	papr_elog_free(elog);
	assert_non_null(memmem(p->ram + BUF, 2048, "B7002001    ", 12));
	assert_int_equal(last_error(p, BUF, 2048), RTAS_NO_EVENT);
}

static void other_results_are_no_hardware_error(void **state)
{
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_get_power_level, 1, 2, 0),
			 RTAS_PARAMETER_ERROR);
	assert_int_equal(last_error(p, BUF, 2048), RTAS_NO_EVENT);
}

static void hardware_error_is_forgotten_by_a_reset(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	make_error(p);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(last_error(p, BUF, 2048), RTAS_NO_EVENT);
}

static void log_of_an_error_is_cut_to_the_guests_buffer(void **state)
{
	static const struct {
		uint32_t gpa, len;
		int32_t status;
	} rows[] = {
		{ BUF, 0, RTAS_PARAMETER_ERROR },
		{ BUF, 7, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE - 7, 8, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE - 8, 2048, RTAS_PARAMETER_ERROR },
		{ ROM_BASE, 2048, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE - 8, 8, RTAS_SUCCESS },
	};
	struct partition *p = *state;

	p->ram[BUF + 8] = 0xee;
	make_error(p);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (last_error(p, rows[i].gpa, rows[i].len) != rows[i].status)
			fail_msg("row %zu", i);
	make_error(p);
	assert_int_equal(last_error(p, BUF, 8), RTAS_SUCCESS);
	assert_int_equal(p->ram[BUF + 8], 0xee);
}

static struct {
	int result;
	struct papr_vcpu *by;
} suspended;

static int suspend(void *vmm, struct papr_vcpu *vcpu)
{
	(void)vmm;
	suspended.by = vcpu;
	return suspended.result;
}

static void can_suspend(struct partition *p, struct papr_host_ops *host_ops,
			struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->suspend = suspend;
}

static void guest_suspends_itself_when_one_vcpu_is_left(void **state)
{
	static const struct {
		int result;
		int32_t status;
	} rows[] = {
		{ 0, RTAS_SUCCESS }, { -ECANCELED, RTAS_SUSPENSION_ABORTED },
		{ -EBUSY, RTAS_NOT_SUSPENDABLE },
		{ -EIO, RTAS_NOT_SUSPENDABLE },
	};
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2 }, .tweak = can_suspend });
	struct papr_vcpu *other = papr_vm_vcpu(p->vm, 1);
	struct papr_entry entry = { .pc = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		suspended.by = NULL;
		suspended.result = rows[i].result;
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_suspend_me, 0, 1),
				 rows[i].status);
		assert_ptr_equal(suspended.by, papr_vm_vcpu(p->vm, 0));
	}
	suspended.by = NULL;
	papr_vcpu_start(other, &entry);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_suspend_me, 0, 1),
			 RTAS_MULTIPLE_ACTIVE);
	assert_null(suspended.by);
	partition_free(p);
}

static void guest_suspends_itself_when_all_others_have_joined(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .config = { .cores = 2 },
		.policy = "default: user" });
	struct papr_entry entry = { .pc = 0 };

	(void)state;
	papr_vcpu_start(papr_vm_vcpu(p->vm, 1), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 1), &entry);
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_suspend_me, 0, 1),
			 RTAS_MULTIPLE_ACTIVE);
	p->on = 1;
	assert_int_equal(HCALL(p, H_JOIN), H_SUCCESS);
	p->on = 0;
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_suspend_me, 0, 1),
			 RTAS_SUCCESS);
	partition_free(p);
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
		partition_test(hardware_error_is_told_once_by_its_call),
		partition_test(other_results_are_no_hardware_error),
		partition_test(hardware_error_is_forgotten_by_a_reset),
		partition_test(log_of_an_error_is_cut_to_the_guests_buffer),
		cmocka_unit_test(guest_suspends_itself_when_one_vcpu_is_left),
		cmocka_unit_test(
			guest_suspends_itself_when_all_others_have_joined),
	};

	return cmocka_run_group_tests_name("RTAS machine", tests, NULL, NULL);
}
