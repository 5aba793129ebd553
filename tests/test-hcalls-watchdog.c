/* SPDX-License-Identifier: BSD-2-Clause */
/* Watchdogs: what the guest asks of them, and when they bite. */
#include "config.h"

#include "tests/interrupts.h"

#define START		0x100ull
#define STOP		0x200ull
#define QUERY		0x300ull
#define QUERY_LPM	0x400ull
#define LEAVE_OTHERS	0x10000ull
#define OFF		1ull
#define RESTART		2ull
#define DUMP		3ull
#define ALL		UINT64_MAX
#define MS		1000000ull
#define NONE		UINT64_MAX

static int64_t dog(struct partition *p, uint64_t flags, uint64_t number,
		   uint64_t timeout_ms)
{
	return HCALL(p, H_WATCHDOG, flags, number, timeout_ms);
}

static void every_answer(void **state)
{
	static const struct {
		const char *what;
		uint64_t flags, number, timeout_ms;
		int64_t ret;
	} rows[] = {
		{ "power off", START | OFF, 1, 1, H_SUCCESS },
		{ "restart", START | RESTART, 1, 1, H_SUCCESS },
		{ "dump", START | DUMP, 1, 1, H_SUCCESS },
		{ "the others go on", START | OFF | LEAVE_OTHERS, 1, 1,
		  H_SUCCESS },
		{ "the last", START | OFF, 4, 1, H_SUCCESS },
		{ "never", START | OFF, 1, UINT64_MAX, H_SUCCESS },
		{ "no action", START, 1, 1, H_PARAMETER },
		{ "no such action", START | 4, 1, 1, H_PARAMETER },
		{ "no action at all", START | 0xff, 1, 1, H_PARAMETER },
		{ "flags are looked at first", START, 0, 0, H_PARAMETER },
		{ "number 0", START | OFF, 0, 1, H_P2 },
		{ "after the last", START | OFF, 5, 1, H_P2 },
		{ "only a stop is for all", START | OFF, ALL, 1, H_P2 },
		{ "the number before the time", START | OFF, 5, 0, H_P2 },
		{ "no time", START | OFF, 1, 0, H_P3 },
		{ "stop what runs", STOP, 2, 0, H_SUCCESS },
		{ "stop what does not", STOP, 3, 0, H_NOOP },
		{ "stop all", STOP, ALL, 0, H_SUCCESS },
		{ "stop number 0", STOP, 0, 0, H_P2 },
		{ "stop after the last", STOP, 5, 0, H_P2 },
		{ "query", QUERY, 0, 0, H_SUCCESS },
		{ "query, without a number", QUERY, 99, 0, H_SUCCESS },
		{ "migration", QUERY_LPM, 4, 0, H_SUCCESS },
		{ "migration of number 0", QUERY_LPM, 0, 0, H_P2 },
		{ "migration of all", QUERY_LPM, ALL, 0, H_P2 },
		{ "no operation", OFF, 1, 1, H_PARAMETER },
		{ "no such operation", 0x500 | OFF, 1, 1, H_PARAMETER },
		{ "no operation at all", 0xff00 | OFF, 1, 1, H_PARAMETER },
		{ "a reserved bit", START | OFF | 0x20000, 1, 1, H_PARAMETER },
		{ "the highest bit", QUERY | 1ull << 63, 1, 1, H_PARAMETER },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(dog(p, START | OFF, 2, 1000), H_SUCCESS);
		if (dog(p, rows[i].flags, rows[i].number,
			rows[i].timeout_ms) != rows[i].ret)
			fail_msg("%s", rows[i].what);
		dog(p, STOP, ALL, 0);
		assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	}
}

static void stopping_all_says_whether_there_were_some(void **state)
{
	struct partition *p = *state;

	assert_int_equal(dog(p, STOP, ALL, 0), H_NOOP);
	dog(p, START | OFF, 1, 1);
	dog(p, START | OFF, 4, 1);
	assert_int_equal(dog(p, STOP, ALL, 0), H_SUCCESS);
	assert_int_equal(dog(p, STOP, ALL, 0), H_NOOP);
	assert_int_equal(dog(p, STOP, 4, 0), H_NOOP);
}

static void query_says_what_there_is(void **state)
{
	uint64_t r[PAPR_HCALL_ARGS] = { QUERY };
	uint64_t lpm[PAPR_HCALL_ARGS] = { QUERY_LPM, 1 };
	struct partition *p = *state;

	assert_int_equal(partition_hcall(p, H_WATCHDOG, r), H_SUCCESS);
	assert_int_equal(r[0], 1ull << 48 | 4ull << 32);
	assert_int_equal(partition_hcall(p, H_WATCHDOG, lpm), H_SUCCESS);
	assert_int_equal(lpm[0], 2);	/* it goes along */
}

static void each_action_is_an_event(void **state)
{
	static const struct {
		uint64_t action;
		enum papr_event event;
	} rows[] = {
		{ OFF, PAPR_EVENT_WATCHDOG_OFF },
		{ RESTART, PAPR_EVENT_WATCHDOG_RESTART },
		{ DUMP, PAPR_EVENT_WATCHDOG_DUMP },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		p->events = 0;
		dog(p, START | rows[i].action, 3, 10);
		p->uptime_ns += 10 * MS;
		assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
		assert_int_equal(p->events, 1);
		assert_int_equal(p->event, rows[i].event);
		assert_string_equal(p->event_text, "watchdog 3");
	}
}

static void it_bites_when_its_time_is_over_and_once(void **state)
{
	struct partition *p = *state;

	p->uptime_ns = 77;
	dog(p, START | OFF, 1, 10);
	p->uptime_ns += 10 * MS - 1;
	assert_int_equal(papr_vm_watchdogs(p->vm), 1);
	assert_int_equal(p->events, 0);
	p->uptime_ns++;
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	assert_int_equal(p->events, 1);
	p->uptime_ns += 1000 * MS;
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	assert_int_equal(p->events, 1);
	assert_int_equal(dog(p, STOP, 1, 0), H_NOOP);
}

static void one_that_is_started_again_waits_again(void **state)
{
	struct partition *p = *state;

	for (int i = 0; i < 100; i++) {
		dog(p, START | OFF, 1, 10);
		p->uptime_ns += 9 * MS;
		assert_int_equal(papr_vm_watchdogs(p->vm), 1 * MS);
	}
	/* Even if the program comes late: the guest was told it succeeded. */
	p->uptime_ns += 50 * MS;
	dog(p, START | OFF, 1, 10);
	assert_int_equal(papr_vm_watchdogs(p->vm), 10 * MS);
	assert_int_equal(p->events, 0);
}

static void one_that_is_stopped_does_not_bite(void **state)
{
	struct partition *p = *state;

	dog(p, START | OFF, 1, 10);
	p->uptime_ns += 10 * MS;
	assert_int_equal(dog(p, STOP, 1, 0), H_SUCCESS);
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	assert_int_equal(p->events, 0);
}

static void a_bite_stops_the_others(void **state)
{
	struct partition *p = *state;

	dog(p, START | RESTART, 2, 10);
	dog(p, START | OFF, 1, 20);
	p->uptime_ns += 20 * MS;	/* both are due; the earlier bites */
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	assert_int_equal(p->events, 1);
	assert_int_equal(p->event, PAPR_EVENT_WATCHDOG_RESTART);
}

static void a_bite_leaves_the_others_if_asked(void **state)
{
	struct partition *p = *state;

	dog(p, START | RESTART | LEAVE_OTHERS, 2, 10);
	dog(p, START | OFF, 1, 20);
	p->uptime_ns += 10 * MS;
	assert_int_equal(papr_vm_watchdogs(p->vm), 10 * MS);
	assert_int_equal(p->events, 1);
	p->uptime_ns += 10 * MS;
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	assert_int_equal(p->events, 2);
	assert_int_equal(p->event, PAPR_EVENT_WATCHDOG_OFF);
}

static void longest_time_never_comes(void **state)
{
	struct partition *p = *state;

	p->uptime_ns = UINT64_MAX - 10 * MS;
	dog(p, START | OFF, 1, UINT64_MAX);
	assert_int_equal(papr_vm_watchdogs(p->vm), 10 * MS - 1);
	assert_int_equal(p->events, 0);
}

static void program_is_asked_only_when_the_next_comes_nearer(void **state)
{
	struct partition *p = *state;

	dog(p, START | OFF, 1, 10);
	dog(p, START | OFF, 3, 10);
	assert_int_equal(p->asked, 1);
	papr_vm_watchdogs(p->vm);
	p->uptime_ns += 5 * MS;
	dog(p, START | OFF, 1, 10);	/* as a guest does all the time */
	dog(p, START | OFF, 2, 5);
	dog(p, STOP, 2, 0);
	assert_int_equal(p->asked, 1);
	dog(p, START | OFF, 2, 4);
	assert_int_equal(p->asked, 2);
	papr_vm_watchdogs(p->vm);
	dog(p, STOP, ALL, 0);
	papr_vm_watchdogs(p->vm);
	dog(p, START | OFF, 2, 1000);
	assert_int_equal(p->asked, 3);
}

static void dump_is_a_system_reset_on_all_that_run(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 3 } });
	struct papr_entry entry = { 0 };

	(void)state;
	papr_vcpu_start(papr_vm_vcpu(p->vm, 2), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 2), &entry);
	for (unsigned int i = 0; i < 3; i++)
		*interrupts_regs(p, i) = (struct papr_regs){
			.pc = GUEST_PC, .msr = GUEST_MSR
		};
	dog(p, START | DUMP, 1, 10);
	p->uptime_ns += 10 * MS;
	papr_vm_watchdogs(p->vm);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(interrupts_take(p, i), PAPR_INTERRUPT_NONE);
		assert_int_equal(interrupts_regs(p, i)->pc,
				 i == 1 ? GUEST_PC : 0x100);
	}
	partition_free(p);
}

static void no_wake(struct partition *p, struct papr_host_ops *host,
		    struct papr_vmm_ops *vmm)
{
	(void)p;
	(void)vmm;
	host->wake = NULL;
}

static void dump_needs_system_resets(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = no_wake });

	(void)state;
	assert_int_equal(dog(p, START | DUMP, 1, 1), H_PARAMETER);
	assert_int_equal(dog(p, START | OFF, 1, 1), H_SUCCESS);
	partition_free(p);
}

static void no_watchdog(struct partition *p, struct papr_host_ops *host,
			struct papr_vmm_ops *vmm)
{
	(void)p;
	(void)host;
	vmm->watchdog = NULL;
}

static void without_the_programs_help_there_are_none(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = no_watchdog });

	(void)state;
	assert_int_equal(dog(p, START | OFF, 1, 1), H_FUNCTION);
	assert_int_equal(dog(p, QUERY, 0, 0), H_FUNCTION);
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	partition_free(p);
}

static void no_uptime(struct partition *p, struct papr_host_ops *host,
		      struct papr_vmm_ops *vmm)
{
	(void)p;
	(void)host;
	vmm->uptime_ns = NULL;
}

static void without_a_clock_time_goes_on(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = no_uptime });

	(void)state;
	dog(p, START | OFF, 1, 1);
	while (papr_vm_watchdogs(p->vm) != NONE)
		;
	assert_int_equal(p->events, 1);
	partition_free(p);
}

static void reset_stops_all(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	dog(p, START | OFF | LEAVE_OTHERS, 1, 1);
	dog(p, START | OFF | LEAVE_OTHERS, 4, 1);
	if (papr_vm_reset(p->vm, &error))
		fail_msg("%s", error.text);
	p->uptime_ns += 10 * MS;
	assert_int_equal(papr_vm_watchdogs(p->vm), NONE);
	assert_int_equal(p->events, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(every_answer),
		partition_test(stopping_all_says_whether_there_were_some),
		partition_test(query_says_what_there_is),
		partition_test(each_action_is_an_event),
		partition_test(it_bites_when_its_time_is_over_and_once),
		partition_test(one_that_is_started_again_waits_again),
		partition_test(one_that_is_stopped_does_not_bite),
		partition_test(a_bite_stops_the_others),
		partition_test(a_bite_leaves_the_others_if_asked),
		partition_test(longest_time_never_comes),
		partition_test(
			program_is_asked_only_when_the_next_comes_nearer),
		cmocka_unit_test(dump_is_a_system_reset_on_all_that_run),
		cmocka_unit_test(dump_needs_system_resets),
		cmocka_unit_test(without_the_programs_help_there_are_none),
		cmocka_unit_test(without_a_clock_time_goes_on),
		partition_test(reset_stops_all),
	};

	return cmocka_run_group_tests_name("hcalls/watchdog", tests, NULL,
					   NULL);
}
