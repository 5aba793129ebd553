/* SPDX-License-Identifier: BSD-2-Clause */
/* The time of the guest's watchdogs, which a client can stop. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "vmm/vmm.h"

#define MS 1000000u

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static void pass_ms(uint64_t ms)
{
	const struct timespec time = { 0, ms * MS };

	nanosleep(&time, NULL);
}

static struct vmm new_vmm(bool paused)
{
	return (struct vmm){
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.uptime = { .stands = paused },
	};
}

static void it_goes_on_by_itself(void **state)
{
	struct vmm vmm = new_vmm(false);
	uint64_t from = uptime_ns(&vmm);

	(void)state;
	pass_ms(2);
	assert_true(uptime_ns(&vmm) >= from + 2 * MS);
}

static void it_stands_while_stopped(void **state)
{
	struct vmm vmm = new_vmm(false);
	uint64_t at;

	(void)state;
	uptime_stop(&vmm, true);
	at = uptime_ns(&vmm);
	pass_ms(2);
	assert_true(uptime_ns(&vmm) == at);
	uptime_stop(&vmm, true);	/* once more */
	assert_true(uptime_ns(&vmm) == at);
}

static void what_it_has_missed_is_not_made_up_for(void **state)
{
	struct vmm vmm = new_vmm(false);
	uint64_t began = now_ns(), from = uptime_ns(&vmm);
	uint64_t passed;

	(void)state;
	uptime_stop(&vmm, true);
	pass_ms(5);
	uptime_stop(&vmm, false);
	passed = uptime_ns(&vmm) - from;
	assert_true(passed + 5 * MS <= now_ns() - began);
	uptime_stop(&vmm, false);	/* once more */
	assert_true(uptime_ns(&vmm) - from >= passed);
}

static void paused_from_the_first_it_begins_at_0(void **state)
{
	struct vmm vmm = new_vmm(true);
	uint64_t began = now_ns();

	(void)state;
	assert_true(uptime_ns(&vmm) == 0);
	uptime_stop(&vmm, false);
	assert_true(uptime_ns(&vmm) <= now_ns() - began);
}

static void nobody_waits_for_watchdogs_while_paused(void **state)
{
	struct vmm vmm = new_vmm(true);

	(void)state;
	vmm.paused = true;	/* and there is no partition to ask */
	assert_int_equal(watchdogs_wait_ms(&vmm), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_goes_on_by_itself),
		cmocka_unit_test(it_stands_while_stopped),
		cmocka_unit_test(what_it_has_missed_is_not_made_up_for),
		cmocka_unit_test(paused_from_the_first_it_begins_at_0),
		cmocka_unit_test(nobody_waits_for_watchdogs_while_paused),
	};

	return cmocka_run_group_tests_name("run/uptime", tests, NULL, NULL);
}
