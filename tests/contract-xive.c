/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A XIVE: what its configuration is read back as, and what becomes of events.
 * The vCPU never runs, so that all of them wait.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "spapr/xive.h"
#include "tests/contract.h"

/* Of the library's sources: between vCPUs, and an event's. */
#define IPI		0u
#define LISN		0x1000u
#define NO_LISN		0x2000u

#define QUEUE		0x20000u
#define ENTRIES		0x4000u
#define EISN		0x12345678u
#define NEW_VP		0xff000000ull
#define VP_PENDING(priority) (0x800000000000ull >> (priority))

static const struct papr_xive_ops *ops_of(const struct machine *m)
{
	return m->subject->ops->xive;
}

static void *host_of(const struct machine *m)
{
	return m->subject->host;
}

static uint64_t esb(const struct machine *m, uint32_t offset)
{
	uint64_t value = ~0ull;

	assert_int_equal(ops_of(m)->esb(host_of(m), LISN, offset, false,
					&value), 0);
	return value;
}

static void trigger(const struct machine *m)
{
	assert_int_equal(ops_of(m)->trigger(host_of(m), LISN), 0);
}

static int set_queue(const struct machine *m, uint32_t server,
		     uint32_t priority, const struct papr_xive_queue *q)
{
	return ops_of(m)->set_queue(host_of(m), server, priority, q);
}

static struct papr_xive_queue new_queue(void)
{
	return (struct papr_xive_queue){
		.gpa = QUEUE, .order = XIVE_QUEUE_SHIFT, .notify = true,
		.generation = 1,
	};
}

static void make_queue(const struct machine *m, uint32_t priority)
{
	const struct papr_xive_queue q = new_queue();

	assert_int_equal(set_queue(m, 0, priority, &q), 0);
}

static struct papr_xive_queue get_queue(const struct machine *m,
					uint32_t priority)
{
	struct papr_xive_queue q = { .gpa = 1 };

	assert_int_equal(ops_of(m)->get_queue(host_of(m), 0, priority, &q), 0);
	return q;
}

static void assert_queue(const struct machine *m, uint32_t priority,
			 const struct papr_xive_queue *want)
{
	struct papr_xive_queue q = get_queue(m, priority);

	assert_int_equal(q.order, want->order);
	if (!q.order)
		return;
	assert_int_equal(q.gpa, want->gpa);
	assert_int_equal(q.notify, want->notify);
	assert_int_equal(q.generation, want->generation);
	assert_int_equal(q.offset, want->offset);
}

static int target(const struct machine *m, uint32_t lisn, uint32_t server,
		  uint32_t priority)
{
	const struct papr_xive_target t = { server, priority, EISN };

	return ops_of(m)->target(host_of(m), lisn, &t);
}

/* Events of the source go through. */
static void listen(const struct machine *m, uint32_t priority)
{
	make_queue(m, priority);
	assert_int_equal(target(m, LISN, 0, priority), 0);
	esb(m, ESB_SET(PQ_RESET));
}

static void sync(const struct machine *m)
{
	assert_int_equal(ops_of(m)->sync(host_of(m), LISN), 0);
	assert_int_equal(ops_of(m)->sync_all(host_of(m)), 0);
}

static uint64_t vp(const struct machine *m)
{
	uint64_t state[2] = { 1, 1 };

	m->subject->ops->hold(m->cpu, true);
	assert_int_equal(ops_of(m)->get_vp(m->cpu, state), 0);
	m->subject->ops->hold(m->cpu, false);
	assert_int_equal(state[1], 0);
	return state[0];
}

/* --- the controller */

static void a_xive_is_there_where_the_capability_says_so(void **state)
{
	static const uint32_t lisns[] = { 0, 1, LISN };
	const struct papr_xive_layout layout = {
		.servers = 1, .lisns = lisns, .n = ARRAY_SIZE(lisns),
		.esb = XIVE_ESB, .os = XIVE_TIMA_OS,
	};
	struct subject *s = *state;
	bool has = s->info.cap[PAPR_CAP_IRQ_XIVE];

	assert_int_equal(s->ops->xive->setup(s->host, &layout),
			 has ? 0 : -ENODEV);
	if (has)
		assert_int_equal(s->ops->xive->setup(s->host, &layout),
				 -EEXIST);
}

/* --- event state */

static void a_new_source_is_off(void **state)
{
	assert_int_equal(esb(*state, ESB_GET), PQ_OFF);
}

static void event_state_is_what_it_was_set_to(void **state)
{
	struct machine *m = *state;
	uint32_t old = PQ_OFF;

	for (uint32_t pq = PQ_RESET; pq <= PQ_QUEUED; pq++) {
		assert_int_equal(esb(m, ESB_SET(pq)), old);
		assert_int_equal(esb(m, ESB_GET), pq);
		old = pq;
	}
}

static void a_trigger_changes_event_state(void **state)
{
	static const uint32_t after[] = {
		[PQ_RESET] = PQ_PENDING, [PQ_OFF] = PQ_OFF,
		[PQ_PENDING] = PQ_QUEUED, [PQ_QUEUED] = PQ_QUEUED,
	};
	struct machine *m = *state;

	for (uint32_t pq = PQ_RESET; pq <= PQ_QUEUED; pq++) {
		esb(m, ESB_SET(pq));
		trigger(m);
		assert_int_equal(esb(m, ESB_GET), after[pq]);
	}
}

static void an_event_that_ends_lets_another_come(void **state)
{
	static const struct {
		uint32_t after;
		uint64_t value;
	} rows[] = {
		[PQ_RESET] = { PQ_RESET, 0 }, [PQ_OFF] = { PQ_OFF, 0 },
		[PQ_PENDING] = { PQ_RESET, 0 }, [PQ_QUEUED] = { PQ_PENDING, 1 },
	};
	struct machine *m = *state;

	for (uint32_t pq = PQ_RESET; pq <= PQ_QUEUED; pq++) {
		esb(m, ESB_SET(pq));
		assert_int_equal(esb(m, 0), rows[pq].value);
		assert_int_equal(esb(m, ESB_GET), rows[pq].after);
	}
}

/* --- configuration */

static void a_queue_is_read_as_it_was_made(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue q = new_queue(), none = { 0 };

	assert_queue(m, 6, &none);
	assert_int_equal(set_queue(m, 0, 6, &q), 0);
	assert_queue(m, 6, &q);
	assert_queue(m, 5, &none);
	q.gpa += XIVE_PAGE;
	q.generation = 0;
	q.offset = ENTRIES - 1;
	assert_int_equal(set_queue(m, 0, 6, &q), 0);
	assert_queue(m, 6, &q);
	assert_int_equal(set_queue(m, 0, 6, &none), 0);
	assert_queue(m, 6, &none);
}

static const struct {
	const char *what;
	uint32_t server, priority;
	struct papr_xive_queue queue;
	int ret;
} queues[] = {
	{ "no vCPU", 1, 6, { QUEUE, 16, true, 1, 0 }, -ENOENT },
	{ "no vCPU, none", 1, 6, { 0, 0, true, 1, 0 }, -ENOENT },
	{ "the host's priority", 0, 7, { QUEUE, 16, true, 1, 0 }, -EINVAL },
	{ "4 KiB", 0, 6, { QUEUE, 12, true, 1, 0 }, -EINVAL },
	{ "2 MiB", 0, 6, { 0x200000, 21, true, 1, 0 }, -EINVAL },
	{ "without notification", 0, 6, { QUEUE, 16, false, 1, 0 }, -EINVAL },
	{ "half a page on", 0, 6, { QUEUE + 0x8000, 16, true, 1, 0 },
	  -EINVAL },
	{ "a good one", 0, 6, { QUEUE, 16, true, 1, 0 }, 0 },
};

static void a_queue_that_cannot_be_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++) {
		int r = set_queue(*state, queues[i].server, queues[i].priority,
				  &queues[i].queue);

		if (r != queues[i].ret)
			fail_msg("%s: %d, not %d", queues[i].what, r,
				 queues[i].ret);
	}
}

/* KVM itself would take the host down. */
static void a_vcpu_has_queues_of_one_priority(void **state)
{
	struct machine *m = *state;
	const struct papr_xive_queue q = new_queue(), none = { 0 };

	for (uint32_t priority = 0; priority < XIVE_PRIORITIES; priority++) {
		uint32_t other = (priority + 1) % XIVE_PRIORITIES;

		assert_int_equal(set_queue(m, 0, priority, &q), 0);
		assert_int_equal(set_queue(m, 0, other, &q), -EBUSY);
		assert_int_equal(set_queue(m, 0, other, &none), 0);
		assert_int_equal(set_queue(m, 0, priority, &none), 0);
		assert_int_equal(set_queue(m, 0, other, &q), -EBUSY);
		assert_int_equal(set_queue(m, 0, priority, &q), 0);
		assert_int_equal(ops_of(m)->forget(host_of(m)), 0);
	}
}

static void a_queue_that_cannot_be_is_not_read(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue q;

	assert_int_equal(ops_of(m)->get_queue(host_of(m), 1, 6, &q), -ENOENT);
	assert_int_equal(ops_of(m)->get_queue(host_of(m), 0, 7, &q), -EINVAL);
}

/* To a queue that is not there is not tried: KVM warns of it. */
static void a_target_that_cannot_be_is_refused(void **state)
{
	struct machine *m = *state;

	make_queue(m, 6);
	assert_int_equal(target(m, NO_LISN, 0, 6), -ENOENT);
	assert_int_equal(target(m, LISN, 1, 6), -EINVAL);
	assert_int_equal(target(m, LISN, 0, 7), -EINVAL);
	assert_int_equal(target(m, LISN, 0, 6), 0);
	assert_int_equal(target(m, IPI, 0, 6), 0);
	assert_int_equal(target(m, LISN, 0, PAPR_XIVE_OFF), 0);
	assert_int_equal(ops_of(m)->sync(host_of(m), NO_LISN), -ENOENT);
}

/* --- events */

static void an_event_has_a_place_in_its_queue(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue want = new_queue();

	listen(m, 6);
	trigger(m);
	trigger(m);
	sync(m);
	want.offset = 1;
	assert_queue(m, 6, &want);
	assert_int_equal(esb(m, 0), 1);		/* ends, and begins anew */
	sync(m);
	want.offset = 2;
	assert_queue(m, 6, &want);
	assert_int_equal(esb(m, 0), 0);
	assert_int_equal(esb(m, ESB_GET), PQ_RESET);
}

static void the_last_place_is_followed_by_the_first(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue q = new_queue();

	q.offset = ENTRIES - 1;
	listen(m, 6);
	assert_int_equal(set_queue(m, 0, 6, &q), 0);
	trigger(m);
	sync(m);
	q.offset = 0;
	q.generation = 0;
	assert_queue(m, 6, &q);
}

/* In guest memory, which the fake host does not know. */
static void an_entry_has_the_generation_and_the_number(void **state)
{
	struct machine *m = *state;

	assert_int_equal(load_be32(m->ram + QUEUE), 0);
	listen(m, 6);
	trigger(m);
	sync(m);
	assert_int_equal(load_be32(m->ram + QUEUE), 0x80000000 | EISN);
	assert_int_equal(load_be32(m->ram + QUEUE + 4), 0);
}

static void an_event_that_goes_nowhere_has_none(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue want = new_queue();

	listen(m, 6);
	assert_int_equal(target(m, LISN, 0, PAPR_XIVE_OFF), 0);
	trigger(m);
	sync(m);
	assert_queue(m, 6, &want);
}

static void an_event_waits_in_the_state_of_its_vcpu(void **state)
{
	struct machine *m = *state;

	assert_true(vp(m) == NEW_VP);
	for (uint32_t priority = 0; priority < XIVE_PRIORITIES; priority++) {
		uint64_t before = vp(m);

		listen(m, priority);
		trigger(m);
		sync(m);
		assert_true(vp(m) == (before | VP_PENDING(priority)));
		assert_int_equal(ops_of(m)->forget(host_of(m)), 0);
	}
}

static void the_state_of_a_vcpu_is_what_it_was_set_to(void **state)
{
	/* All but the least favoured comes through; two wait. */
	const uint64_t want[2] = { 0x00ff8200ff000000, 0 };
	struct machine *m = *state;

	m->subject->ops->hold(m->cpu, true);
	assert_int_equal(ops_of(m)->set_vp(m->cpu, want), 0);
	m->subject->ops->hold(m->cpu, false);
	assert_true(vp(m) == want[0]);
}

/* --- as new */

static void what_is_forgotten_is_off(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue none = { 0 };

	listen(m, 6);
	assert_int_equal(ops_of(m)->forget(host_of(m)), 0);
	assert_queue(m, 6, &none);
	assert_int_equal(esb(m, ESB_GET), PQ_OFF);
}

static void what_goes_nowhere_is_not_forgotten(void **state)
{
	struct machine *m = *state;

	esb(m, ESB_SET(PQ_RESET));
	assert_int_equal(ops_of(m)->forget(host_of(m)), 0);
	assert_int_equal(esb(m, ESB_GET), PQ_RESET);
}

static void a_reset_leaves_nothing(void **state)
{
	struct machine *m = *state;
	struct papr_xive_queue none = { 0 }, again = new_queue();

	listen(m, 6);
	trigger(m);
	sync(m);
	assert_int_equal(m->subject->ops->reset_irqs(host_of(m)), 0);
	assert_queue(m, 6, &none);
	assert_int_equal(esb(m, ESB_GET), PQ_OFF);
	assert_true(vp(m) == NEW_VP);
	listen(m, 6);
	assert_queue(m, 6, &again);
}

static const struct CMUnitTest everywhere[] = {
	VM_TEST(a_xive_is_there_where_the_capability_says_so),
};

static const struct CMUnitTest tests[] = {
	XIVE_TEST(a_new_source_is_off),
	XIVE_TEST(event_state_is_what_it_was_set_to),
	XIVE_TEST(a_trigger_changes_event_state),
	XIVE_TEST(an_event_that_ends_lets_another_come),
	XIVE_TEST(a_queue_is_read_as_it_was_made),
	XIVE_TEST(a_queue_that_cannot_be_is_refused),
	XIVE_TEST(a_vcpu_has_queues_of_one_priority),
	XIVE_TEST(a_queue_that_cannot_be_is_not_read),
	XIVE_TEST(a_target_that_cannot_be_is_refused),
	XIVE_TEST(an_event_has_a_place_in_its_queue),
	XIVE_TEST(the_last_place_is_followed_by_the_first),
	XIVE_TEST(an_event_that_goes_nowhere_has_none),
	XIVE_TEST(an_event_waits_in_the_state_of_its_vcpu),
	XIVE_TEST(the_state_of_a_vcpu_is_what_it_was_set_to),
	XIVE_TEST(what_is_forgotten_is_off),
	XIVE_TEST(what_goes_nowhere_is_not_forgotten),
	XIVE_TEST(a_reset_leaves_nothing),
};

static const struct CMUnitTest live_tests[] = {
	XIVE_TEST(an_entry_has_the_generation_and_the_number),
};

static int run_xive(bool live)
{
	int failed = cmocka_run_group_tests_name(contract_name, tests, NULL,
						 NULL);

	return live ? failed + cmocka_run_group_tests_name(
		contract_name, live_tests, NULL, NULL) : failed;
}

int contract_run_xive(void)
{
	struct subject *s = subject_new(contract_name);
	bool has = s->info.cap[PAPR_CAP_IRQ_XIVE], live = !s->fake;

	subject_free(s);
	return cmocka_run_group_tests_name(contract_name, everywhere, NULL,
					   NULL) +
	       (has ? run_xive(live) : 0);
}
