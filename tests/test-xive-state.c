/* SPDX-License-Identifier: BSD-2-Clause */
/* A XIVE that is stopped, read, and put into another partition. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/vm.h"
#include "spapr/xive.h"
#include "tests/xive-fixture.h"

/* After those of two vCPUs and of four classes of events. */
#define VTY_SOURCE 6

static void stop(struct partition *p)
{
	vm_hold_all(p->vm, true);
	assert_int_equal(xive_stop(p->vm, NULL), 0);
}

static void go(struct partition *p)
{
	xive_go(p->vm);
	vm_hold_all(p->vm, false);
}

static unsigned int events(struct partition *p)
{
	return fake_host_raised(p->fake, VTY_LISN);
}

static void a_source_that_is_stopped_sends_nothing(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	stop(p);
	papr_vm_console_input(p->vm);
	papr_vm_console_input(p->vm);
	assert_int_equal(events(p), 0);
	assert_true(fake_host_logged(p->fake, "xive_sync_all"));
	go(p);
	assert_int_equal(events(p), 1);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_PENDING);
}

static void it_goes_on_as_it_was(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	for (uint32_t pq = PQ_RESET; pq <= PQ_QUEUED; pq++) {
		set_pq(p, VTY_LISN, pq);
		stop(p);
		go(p);
		assert_int_equal(pq_of(p, VTY_LISN), pq);
	}
	assert_int_equal(events(p), 0);
}

/* Its event had not ended; there is one more then. */
static void what_comes_meanwhile_waits_for_the_end(void **state)
{
	struct partition *p = *state;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	set_pq(p, VTY_LISN, PQ_PENDING);
	stop(p);
	papr_vm_console_input(p->vm);
	go(p);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_QUEUED);
	assert_int_equal(events(p), 0);
}

static void a_source_that_is_off_stays_so(void **state)
{
	struct partition *p = *state;

	stop(p);
	papr_vm_console_input(p->vm);
	go(p);
	assert_int_equal(pq_of(p, VTY_LISN), PQ_OFF);
}

static struct xive_state *state_of(struct partition *p)
{
	struct xive_state *s = NULL;

	stop(p);
	assert_int_equal(xive_get_state(p->vm, p->vm, &s, NULL), 0);
	go(p);
	return s;
}

static int set_state(struct partition *p, const struct xive_state *s,
		     struct papr_error *error)
{
	int r;

	vm_hold_all(p->vm, true);
	r = xive_set_state(p->vm, s, error);
	vm_hold_all(p->vm, false);
	return r;
}

static void the_state_makes_another_like_it(void **state)
{
	struct partition *p = *state, *q = xive_partition();
	struct xive_state *s;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	listen_to(p, 1, SERVER_1, 6);
	papr_vm_console_input(p->vm);
	s = state_of(p);
	assert_int_equal(s->n_sources, VTY_SOURCE + 1);
	assert_int_equal(s->n_queues, 1);
	assert_int_equal(s->n_vps, 2);
	s->queue[0].queue.generation = 0;
	s->queue[0].queue.offset = 5;
	s->vp[1].word[0] = 0x1234;

	fake_host_clear_log(q->fake);
	assert_int_equal(set_state(q, s, NULL), 0);
	assert_true(fake_host_logged(q->fake, "xive_set_queue 8 6 0x40000 16 "
				     "0+5"));
	assert_true(fake_host_logged(q->fake, "cpu 8: xive_set_vp 0x1234"));
	assert_config(q, VTY_LISN, SERVER_1, 6, VTY_LISN);
	assert_config(q, 0, 0, 0xff, 0);
	assert_int_equal(pq_of(q, VTY_LISN), PQ_PENDING);
	assert_int_equal(pq_of(q, 1), PQ_RESET);
	assert_int_equal(pq_of(q, 0), PQ_OFF);
	partition_free(q);
}

static void bad_server(struct xive_state *s)
{
	s->queue[0].server = 1;
}

static void bad_queue_priority(struct xive_state *s)
{
	s->queue[0].priority = 7;
}

static void bad_order(struct xive_state *s)
{
	s->queue[0].queue.order = 12;
}

static void bad_place(struct xive_state *s)
{
	s->queue[0].queue.gpa = ROM_BASE;
}

static void bad_alignment(struct xive_state *s)
{
	s->queue[0].queue.gpa += 8;
}

static void bad_offset(struct xive_state *s)
{
	s->queue[0].queue.offset = 0x4000;
}

static void bad_generation(struct xive_state *s)
{
	s->queue[0].queue.generation = 2;
}

static void bad_notification(struct xive_state *s)
{
	s->queue[0].queue.notify = false;
}

static void bad_source(struct xive_state *s)
{
	s->source[VTY_SOURCE].lisn++;
}

static void bad_pq(struct xive_state *s)
{
	s->source[VTY_SOURCE].pq = 4;
}

static void bad_eisn(struct xive_state *s)
{
	s->source[VTY_SOURCE].target.eisn = 0x80000000;
}

static void bad_priority(struct xive_state *s)
{
	s->source[VTY_SOURCE].target.priority = 7;
}

static void bad_target(struct xive_state *s)
{
	s->source[VTY_SOURCE].target.server = 1;
}

static void bad_vp(struct xive_state *s)
{
	s->vp[1].server = 7;
}

static void what_cannot_be_is_refused(void **state)
{
	static void (*const spoil[])(struct xive_state *s) = {
		bad_server, bad_queue_priority, bad_order, bad_place,
		bad_alignment, bad_offset, bad_generation, bad_notification,
		bad_source, bad_pq, bad_eisn, bad_priority, bad_target, bad_vp,
	};
	struct partition *p = *state;
	struct papr_error error;

	listen_to(p, VTY_LISN, SERVER_1, 6);
	for (size_t i = 0; i < ARRAY_SIZE(spoil); i++) {
		struct xive_state *s = state_of(p);
		struct partition *q = xive_partition();

		spoil[i](s);
		if (set_state(q, s, &error) != -EINVAL)
			fail_msg("row %zu", i);
		assert_string_equal(error.text, "the state of interrupts "
				    "cannot be set: it is none of this "
				    "partition");
		partition_free(q);
	}
}

static void the_hosts_errors_are_told(void **state)
{
	struct xive_state *s = state_of(*state), *got;
	struct partition *p = *state;
	struct papr_error error;

	vm_hold_all(p->vm, true);
	fake_host_fail(p->fake, FAKE_XIVE_SYNC_ALL, 1, EIO);
	assert_int_equal(xive_stop(p->vm, &error), -EIO);
	assert_string_equal(error.text, "the host does not stop interrupt "
			    "sources: Input/output error");
	fake_host_fail(p->fake, FAKE_XIVE_GET_VP, 1, EIO);
	assert_int_equal(xive_get_state(p->vm, p->vm, &got, &error), -EIO);
	assert_string_equal(error.text, "the state of interrupts cannot be "
			    "read: Input/output error");
	fake_host_fail(p->fake, FAKE_XIVE_SET_VP, 1, EIO);
	assert_int_equal(xive_set_state(p->vm, s, &error), -EIO);
	assert_string_equal(error.text, "the state of interrupts cannot be "
			    "set: Input/output error");
	vm_hold_all(p->vm, false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		xive_test(a_source_that_is_stopped_sends_nothing),
		xive_test(it_goes_on_as_it_was),
		xive_test(what_comes_meanwhile_waits_for_the_end),
		xive_test(a_source_that_is_off_stays_so),
		xive_test(the_state_makes_another_like_it),
		xive_test(what_cannot_be_is_refused),
		xive_test(the_hosts_errors_are_told),
	};

	return cmocka_run_group_tests_name("XIVE state", tests, NULL, NULL);
}
