/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a XIVE writes into its queues nobody notes but when the host is asked
 * to, of the queues that are there.
 */
#include "config.h"

#include "spapr/irqs.h"
#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/xive.h"
#include "tests/xive-fixture.h"

#define PRIORITY 6

/* Where the next queue is has changed as well. */
static int count(void *arg, uint64_t gpa, uint64_t len)
{
	uint64_t *told = arg;

	for (uint64_t at = gpa; at < gpa + len; at += PAGE_4K)
		if (at - QUEUE < XIVE_PAGE)
			*told += PAGE_4K;
	return 0;
}

/* How much of the queue's page is told. */
static uint64_t told(struct partition *p)
{
	struct papr_error error;
	uint64_t len = 0;

	if (papr_vm_read_dirty(p->vm, count, &len, &error))
		fail_msg("%s", error.text);
	return len;
}

static void queue_goes(struct partition *p)
{
	assert_int_equal(HCALL(p, H_INT_SET_QUEUE_CONFIG, 0, SERVER_0,
			       PRIORITY, 0, 0), H_SUCCESS);
}

static void queue_moves(struct partition *p)
{
	assert_int_equal(HCALL(p, H_INT_SET_QUEUE_CONFIG, 1, SERVER_0,
			       PRIORITY, QUEUE + XIVE_PAGE, 16), H_SUCCESS);
}

static void all_go(struct partition *p)
{
	assert_int_equal(HCALL(p, H_INT_RESET, 0), H_SUCCESS);
}

static void partition_is_reset(struct partition *p)
{
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
}

static void controller_goes(struct partition *p)
{
	vm_hold_all(p->vm, true);
	assert_int_equal(irqs_end(p->vm, NULL), 0);
	vm_hold_all(p->vm, false);
}

static void the_host_is_asked_for_queues_that_are_there(void **state)
{
	struct partition *p = *state;

	make_queue(p, SERVER_0, PRIORITY);
	assert_int_equal(papr_vm_log_dirty(p->vm, true, NULL), 0);
	fake_host_clear_log(p->fake);
	told(p);
	assert_true(fake_host_logged(p->fake, "xive_sync_all"));
}

static void the_page_of_a_queue_that_goes_is_told_once(void **state)
{
	static void (*const ways[])(struct partition *p) = {
		queue_goes, queue_moves, all_go, partition_is_reset,
		controller_goes,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct partition *p = xive_partition();

		make_queue(p, SERVER_0, PRIORITY);
		assert_int_equal(papr_vm_log_dirty(p->vm, true, NULL), 0);
		assert_int_equal(told(p), 0);
		ways[i](p);
		if (told(p) != XIVE_PAGE)
			fail_msg("way %zu", i);
		assert_int_equal(told(p), 0);
		partition_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		xive_test(the_host_is_asked_for_queues_that_are_there),
		cmocka_unit_test(the_page_of_a_queue_that_goes_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
