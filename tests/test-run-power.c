/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest of papr run that is switched off for a while, or suspended. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/vmm.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define NS_PER_S INT64_C(1000000000)

/* No vCPU, and no partition: nothing here touches it. */
static struct vmm vmm;
static struct run_options options;

static int make_vmm(void **state)
{
	(void)state;
	options = (struct run_options){ 0 };
	vmm = (struct vmm){
		.options = &options,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.waiting = PTHREAD_COND_INITIALIZER,
		.notice_fd = eventfd(0, EFD_NONBLOCK),
	};
	return vmm.notice_fd < 0 || events_open(&vmm.events) ||
	       power_open(&vmm.power);
}

static int free_vmm(void **state)
{
	(void)state;
	close(vmm.notice_fd);
	events_close(&vmm.events);
	power_close(&vmm.power);
	return 0;
}

#define VMM(test) cmocka_unit_test_setup_teardown(test, make_vmm, free_vmm)

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

#define HOUR (3600 * NS_PER_S)

static void guest_that_powers_off_waits_for_what_is_to_come(void **state)
{
	static const struct {
		enum run_action action;
		int64_t in_ns;		/* 0: it has named no time */
		bool ups, has_client, waits;
		const char *text;
	} rows[] = {
		{ ACTION_EXIT, 0, false, true, false, "" },
		{ ACTION_WAIT, 0, false, true, false, "" },
		{ ACTION_EXIT, HOUR, false, true, false,
		  "the guest has powered off, and is to be switched on at " },
		{ ACTION_WAIT, HOUR, false, false, true,
		  "the guest has powered off, and is to be switched on at " },
		{ ACTION_WAIT, -1, false, true, false,
		  "the guest has powered off after " },
		{ ACTION_EXIT, 0, true, true, false, "the guest has powered "
		  "off, and is to be switched on when there is power again" },
		{ ACTION_WAIT, 0, true, true, true, "the guest has powered "
		  "off, and is to be switched on when there is power again" },
		{ ACTION_WAIT, 0, true, false, false, "the guest has powered "
		  "off, and is to be switched on when there is power again" },
		{ ACTION_WAIT, HOUR, true, false, true,
		  "the guest has powered off, and is to be switched on at " },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		options.on_power_off = rows[i].action;
		vmm.control = rows[i].has_client ? (void *)&vmm : NULL;
		vmm.power.state = POWER_ON;
		vmm.power.on_at_ns = rows[i].in_ns ?
				     now_ns() + rows[i].in_ns : 0;
		if (power_waits(&vmm, rows[i].ups, text, sizeof(text)) !=
		    rows[i].waits)
			fail_msg("row %zu", i);
		assert_int_equal(vmm.power.state,
				 rows[i].waits ? POWER_OFF : POWER_ON);
		assert_memory_equal(text, rows[i].text, strlen(rows[i].text));
		assert_int_equal(!*text, !*rows[i].text);
	}
	vmm.control = NULL;
}

static void time_is_told_as_utc(void **state)
{
	char text[128];

	(void)state;
	power_on_at(&vmm, UINT64_C(4102444800) * NS_PER_S);
	power_waits(&vmm, false, text, sizeof(text));
	assert_string_equal(text, "the guest has powered off, and is to be "
			    "switched on at 2100-01-01 00:00:00 UTC");
}

static bool timer_is_set(void)
{
	struct itimerspec left;

	assert_int_equal(timerfd_gettime(vmm.power.fd, &left), 0);
	return left.it_value.tv_sec || left.it_value.tv_nsec;
}

static void timer_is_set_when_all_vcpus_are_out(void **state)
{
	char text[128];

	(void)state;
	options.on_power_off = ACTION_WAIT;
	power_on_at(&vmm, now_ns() + HOUR);
	power_waits(&vmm, false, text, sizeof(text));
	assert_false(timer_is_set());
	power_look(&vmm);
	assert_true(timer_is_set());
	assert_string_equal(machine_ops.status(&vmm), "shutdown");
	power_was_reset(&vmm);
	assert_false(timer_is_set());
	assert_int_equal(vmm.power.on_at_ns, 0);
	assert_string_equal(machine_ops.status(&vmm), "running");
}

/* For the next time that the guest powers off. */
static void reset_of_a_guest_that_runs_leaves_the_time(void **state)
{
	(void)state;
	power_on_at(&vmm, 4711);
	power_was_reset(&vmm);
	assert_int_equal(vmm.power.on_at_ns, 4711);
}

static void suspended_guest_is_woken_by_a_client(void **state)
{
	struct papr_error error = { "" };

	(void)state;
	options.on_suspend = ACTION_WAIT;
	power_suspend(&vmm);
	power_look(&vmm);
	assert_string_equal(machine_ops.status(&vmm), "suspended");
	assert_int_equal(machine_ops.wakeup(&vmm, &error), 0);
	assert_string_equal(machine_ops.status(&vmm), "running");
	assert_int_equal(vmm.power.state, POWER_ON);
	assert_int_equal(machine_ops.wakeup(&vmm, &error), -EINVAL);
	assert_string_equal(error.text, "the guest is neither suspended nor "
			    "switched off");
}

static void suspension_may_be_over_at_once(void **state)
{
	(void)state;
	options.on_suspend = ACTION_RESUME;
	power_suspend(&vmm);
	assert_int_equal(vmm.power.state, POWER_ON);
}

static void watchdogs_stand_while_suspended_or_paused(void **state)
{
	struct papr_error error;

	(void)state;
	options.on_suspend = ACTION_WAIT;
	power_suspend(&vmm);
	power_look(&vmm);
	assert_true(vmm.uptime.stands);
	assert_int_equal(watchdogs_wait_ms(&vmm), -1);
	cpus_pause(&vmm);
	cpus_resume(&vmm);
	assert_true(vmm.uptime.stands);
	cpus_pause(&vmm);
	power_wake(&vmm, &error);
	assert_true(vmm.uptime.stands);
	cpus_resume(&vmm);
	assert_false(vmm.uptime.stands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		VMM(guest_that_powers_off_waits_for_what_is_to_come),
		VMM(time_is_told_as_utc),
		VMM(timer_is_set_when_all_vcpus_are_out),
		VMM(reset_of_a_guest_that_runs_leaves_the_time),
		VMM(suspended_guest_is_woken_by_a_client),
		VMM(suspension_may_be_over_at_once),
		VMM(watchdogs_stand_while_suspended_or_paused),
	};

	return cmocka_run_group_tests_name("run/power", tests, NULL, NULL);
}
