/* SPDX-License-Identifier: BSD-2-Clause */
/* What the RTAS calls themselves do. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "rtas/status.h"
#include "tests/partition.h"

#define NS_PER_S 1000000000ull
#define BUF 0x8000u

static int32_t set_time(struct partition *p, const uint32_t *t)
{
	return RTAS(p, RTAS_TOKEN_set_time_of_day, 7, 1, t[0], t[1], t[2],
		    t[3], t[4], t[5], t[6]);
}

static void get_time(struct partition *p, uint32_t *t)
{
	uint32_t cells[RTAS_CELLS];

	assert_int_equal(partition_rtas_status(p, RTAS_TOKEN_get_time_of_day,
					       0, 8, cells), RTAS_SUCCESS);
	memcpy(t, cells + 1, 7 * sizeof(*t));
}

static void time_of_day_is_the_programs_clock(void **state)
{
	static const uint32_t expected[] = { 2001, 9, 9, 1, 46, 40, 123 };
	struct partition *p = *state;
	uint32_t t[7];

	p->clock_ns = 1000000000 * NS_PER_S + 123;
	get_time(p, t);
	assert_memory_equal(t, expected, sizeof(t));
}

static void time_that_is_set_is_read_back_and_goes_on(void **state)
{
	static const uint32_t times[][7] = {
		{ 1970, 1, 1, 0, 0, 0, 0 },
		{ 1999, 12, 31, 23, 59, 59, 999999999 },
		{ 2000, 2, 29, 12, 0, 0, 1 },
		{ 2024, 2, 29, 0, 0, 0, 0 },
		{ 2026, 11, 30, 23, 59, 59, 0 },
		{ 2038, 1, 19, 3, 14, 8, 0 },
		{ 2261, 12, 31, 23, 59, 58, 5 },
	};
	struct partition *p = *state;
	uint32_t t[7];

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		p->clock_ns = 1234567890 * NS_PER_S + 987654321;
		assert_int_equal(set_time(p, times[i]), RTAS_SUCCESS);
		get_time(p, t);
		assert_memory_equal(t, times[i], sizeof(t));
	}
	p->clock_ns += NS_PER_S;
	get_time(p, t);
	assert_int_equal(t[5], 59);
}

static void time_that_is_none_is_refused_and_not_set(void **state)
{
	static const uint32_t wrong[][7] = {
		{ 1969, 12, 31, 23, 59, 59, 0 },
		{ 2262, 1, 1, 0, 0, 0, 0 },
		{ 0, 1, 1, 0, 0, 0, 0 },
		{ UINT32_MAX, 1, 1, 0, 0, 0, 0 },
		{ 2020, 0, 1, 0, 0, 0, 0 },
		{ 2020, 13, 1, 0, 0, 0, 0 },
		{ 2020, UINT32_MAX, 1, 0, 0, 0, 0 },
		{ 2020, 1, 0, 0, 0, 0, 0 },
		{ 2020, 1, 32, 0, 0, 0, 0 },
		{ 2020, 1, UINT32_MAX, 0, 0, 0, 0 },
		{ 2020, 4, 31, 0, 0, 0, 0 },
		{ 2020, 2, 30, 0, 0, 0, 0 },
		{ 2021, 2, 29, 0, 0, 0, 0 },
		{ 2100, 2, 29, 0, 0, 0, 0 },
		{ 2020, 1, 1, 24, 0, 0, 0 },
		{ 2020, 1, 1, 24 * 366, 0, 0, 0 },	/* the same day */
		{ 2020, 1, 1, UINT32_MAX, 0, 0, 0 },
		{ 2020, 1, 1, 0, 60, 0, 0 },
		{ 2020, 1, 1, 0, UINT32_MAX, 0, 0 },
		{ 2020, 1, 1, 0, 0, 60, 0 },
		{ 2020, 1, 1, 0, 0, UINT32_MAX, 0 },
		{ 2020, 1, 1, 0, 0, 0, NS_PER_S },
		{ 2020, 1, 1, 0, 0, 0, UINT32_MAX },
	};
	static const uint32_t good[7] = { 2020, 5, 6, 7, 8, 9, 10 };
	struct partition *p = *state;
	uint32_t t[7];

	set_time(p, good);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (set_time(p, wrong[i]) != RTAS_PARAMETER_ERROR)
			fail_msg("row %zu", i);
	get_time(p, t);
	assert_memory_equal(t, good, sizeof(t));
}

static void there_is_no_time_before_1970(void **state)
{
	static const uint32_t first[7] = { 1970, 1, 1, 0, 0, 0, 0 };
	struct partition *p = *state;

	p->clock_ns = 10;
	set_time(p, first);
	p->clock_ns = 9;	/* somebody set the host's clock back */
	assert_int_equal(RTAS(p, RTAS_TOKEN_get_time_of_day, 0, 8),
			 RTAS_HARDWARE_ERROR);
}

static void drop_vmm(struct partition *p, struct papr_host_ops *host_ops,
		     struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	*vmm_ops = (struct papr_vmm_ops){ .size = sizeof(*vmm_ops) };
}

static void program_may_leave_everything_out(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2 }, .tweak = drop_vmm });
	uint32_t t[7];

	(void)state;
	get_time(p, t);
	assert_in_range(t[0], 2024, 2261);
	assert_int_equal(RTAS(p, RTAS_TOKEN_display_character, 1, 1, 'x'),
			 RTAS_HARDWARE_ERROR);
	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, 0, 0),
			 RTAS_SUCCESS);
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 1, 0, 0),
			 RTAS_SUCCESS);
	partition_free(p);
}

static void no_event_is_found(void **state)
{
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_event_scan, 4, 1, 0xffffffff, 0,
			      0x1000, 2048), 1);
}

static void character_is_displayed_or_the_panel_is_busy(void **state)
{
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_display_character, 1, 1, 0x141),
			 RTAS_SUCCESS);
	assert_string_equal(p->console, "A");
	p->console_full = true;
	assert_int_equal(RTAS(p, RTAS_TOKEN_display_character, 1, 1, 'B'),
			 RTAS_BUSY);
	assert_string_equal(p->console, "A");
}

static void ends_of_a_guest_are_events(void **state)
{
	struct partition *p = *state;

	assert_int_equal(RTAS(p, RTAS_TOKEN_power_off, 2, 1, ~0u, ~0u),
			 RTAS_SUCCESS);
	assert_int_equal(p->event, PAPR_EVENT_POWER_OFF);
	assert_int_equal(RTAS(p, RTAS_TOKEN_system_reboot, 0, 1),
			 RTAS_SUCCESS);
	assert_int_equal(p->event, PAPR_EVENT_REBOOT);
	assert_int_equal(p->events, 2);
	assert_string_equal(p->event_text, "");
}

static const char *os_term(struct partition *p, uint32_t gpa)
{
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_os_term, 1, 1, gpa),
			 RTAS_SUCCESS);
	assert_int_equal(p->event, PAPR_EVENT_OS_TERM);
	return p->event_text;
}

static void os_term_passes_the_guests_words(void **state)
{
	struct partition *p = *state;

	strcpy((char *)p->ram + BUF, "OS panic: ~ no init");
	assert_string_equal(os_term(p, BUF), "OS panic: ~ no init");
	p->ram[BUF] = '\0';
	assert_string_equal(os_term(p, BUF), "");
}

static void os_term_makes_dots_of_what_is_no_text(void **state)
{
	struct partition *p = *state;

	strcpy((char *)p->ram + BUF, "a\nb\033c\177d\200e\377f\x1f ");
	assert_string_equal(os_term(p, BUF), "a.b.c.d.e.f. ");
}

static void os_term_ends_with_ram(void **state)
{
	struct partition *p = *state;

	memcpy(p->ram + RAM_SIZE - 5, "panic", 5);
	assert_string_equal(os_term(p, RAM_SIZE - 5), "panic");
	assert_string_equal(os_term(p, RAM_SIZE), "");
	assert_string_equal(os_term(p, UINT32_MAX), "");
}

static void os_term_cuts_an_endless_string(void **state)
{
	struct partition *p = *state;

	memset(p->ram + BUF, 'x', 4096);
	assert_int_equal(strlen(os_term(p, BUF)), 511);
}

static int32_t cpu_state(struct partition *p, uint32_t id)
{
	uint32_t cells[RTAS_CELLS] = { id };

	if (partition_rtas_status(p, RTAS_TOKEN_query_cpu_stopped_state, 1, 2,
				  cells))
		return (int32_t)cells[1];
	return (int32_t)cells[2];
}

static struct partition *two_cores(void)
{
	return partition_new(&(struct partition_setup){
		.config = { .cores = 2, .vsmt = 4 } });
}

static void cpu_is_seen_stopped_running_and_stopping(void **state)
{
	struct partition *p = two_cores();
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, 1);
	struct papr_entry entry;

	(void)state;
	assert_int_equal(cpu_state(p, 0), 2);
	assert_int_equal(cpu_state(p, 4), 0);
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 4, 0x1234, 7),
			 RTAS_SUCCESS);
	assert_ptr_equal(p->started, vcpu);
	assert_int_equal(cpu_state(p, 4), 2);	/* a moment too early */
	assert_int_equal(papr_vcpu_take_entry(vcpu, &entry),
			 PAPR_CPU_STARTING);
	assert_int_equal(entry.pc, 0x1234);
	assert_int_equal(entry.r3, 7);
	assert_int_equal(cpu_state(p, 4), 2);
	p->on = 1;
	assert_int_equal(RTAS(p, RTAS_TOKEN_stop_self, 0, 1), RTAS_SUCCESS);
	p->on = 0;
	assert_int_equal(cpu_state(p, 4), 1);
	papr_vcpu_take_entry(vcpu, &entry);
	assert_int_equal(cpu_state(p, 4), 0);
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 4, 0x1234, 7),
			 RTAS_SUCCESS);
	partition_free(p);
}

static void cpu_that_is_not_there_is_a_parameter_error(void **state)
{
	static const uint32_t ids[] = { 1, 2, 3, 5, 8, 1u << 31, UINT32_MAX };
	struct partition *p = two_cores();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_int_equal(cpu_state(p, ids[i]), RTAS_PARAMETER_ERROR);
		assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, ids[i], 0,
				      0), RTAS_PARAMETER_ERROR);
	}
	assert_null(p->started);
	partition_free(p);
}

static void cpu_that_does_not_wait_cannot_be_started(void **state)
{
	struct partition *p = two_cores();

	(void)state;
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 0, 0, 0),
			 RTAS_HARDWARE_ERROR);
	RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 4, 0, 0);
	p->started = NULL;
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 4, 0, 0),
			 RTAS_HARDWARE_ERROR);
	assert_null(p->started);
	partition_free(p);
}

static void cpu_without_a_host_side_cannot_be_started(void **state)
{
	struct partition *p = NULL;

	(void)state;
	partition_make(&(struct partition_setup){ .config = { .cores = 2 } },
		       &p, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	assert_int_equal(RTAS(p, RTAS_TOKEN_start_cpu, 3, 1, 1, 0, 0),
			 RTAS_PARAMETER_ERROR);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(time_of_day_is_the_programs_clock),
		partition_test(time_that_is_set_is_read_back_and_goes_on),
		partition_test(time_that_is_none_is_refused_and_not_set),
		partition_test(there_is_no_time_before_1970),
		cmocka_unit_test(program_may_leave_everything_out),
		partition_test(no_event_is_found),
		partition_test(character_is_displayed_or_the_panel_is_busy),
		partition_test(ends_of_a_guest_are_events),
		partition_test(os_term_passes_the_guests_words),
		partition_test(os_term_makes_dots_of_what_is_no_text),
		partition_test(os_term_ends_with_ram),
		partition_test(os_term_cuts_an_endless_string),
		cmocka_unit_test(cpu_is_seen_stopped_running_and_stopping),
		cmocka_unit_test(cpu_that_is_not_there_is_a_parameter_error),
		cmocka_unit_test(cpu_that_does_not_wait_cannot_be_started),
		cmocka_unit_test(cpu_without_a_host_side_cannot_be_started),
	};

	return cmocka_run_group_tests_name("RTAS calls", tests, NULL, NULL);
}
