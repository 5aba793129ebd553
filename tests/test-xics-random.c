/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controller against a model that is slow and plain: it knows
 * what waits and what is shown, and after each event shows whatever should be,
 * looking at everything.  Thousands of random events, from fixed seeds.  And
 * events from several threads at once, after which all must be as before.
 */
#include "config.h"

#include <pthread.h>
#include <stdatomic.h>

#include "tests/xics-fixture.h"

#define SERVERS		2
#define SEEDS		40
#define EVENTS		4000
#define NONE		0xffu

static const uint32_t server_number[SERVERS] = { SERVER_0, SERVER_1 };

/* Where an interrupt of a source is. */
enum place { IDLE, WAITS, SHOWN, ACCEPTED };

static struct model {
	struct {
		bool lsi, up, again;	/* again: another edge */
		unsigned int server;
		uint8_t priority, saved;
		enum place place;
	} source[XICS_SOURCES];
	struct {
		uint8_t cppr, mfrr;
		uint8_t shown_at;	/* priority of what is shown */
		uint32_t shown;
	} server[SERVERS];
} model;

static uint32_t seed;

static unsigned int choose(unsigned int n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % n;
}

static unsigned int index_of(uint32_t irq)
{
	unsigned int i = 0;

	while (i < XICS_SOURCES && xics_sources[i] != irq)
		i++;
	return i;
}

/* It goes back to where it waits; a level that has fallen is gone. */
static void take_away(unsigned int s)
{
	unsigned int i = index_of(model.server[s].shown);

	if (i < XICS_SOURCES)
		model.source[i].place = model.source[i].lsi &&
			!model.source[i].up ? IDLE : WAITS;
	model.server[s].shown = 0;
	model.server[s].shown_at = NONE;
}

/* The most favoured that waits for a server, the lowest number of equals. */
static unsigned int best_for(unsigned int s)
{
	unsigned int best = XICS_SOURCES;

	for (unsigned int i = XICS_SOURCES; i-- > 0;)
		if (model.source[i].place == WAITS &&
		    model.source[i].server == s &&
		    model.source[i].priority != NONE &&
		    (best == XICS_SOURCES || model.source[i].priority <=
		     model.source[best].priority))
			best = i;
	return best;
}

/* True if that changed what is shown. */
static bool show_source(unsigned int s)
{
	unsigned int i = best_for(s);
	uint8_t priority;

	if (i == XICS_SOURCES)
		return false;
	priority = model.source[i].priority;
	if (priority >= model.server[s].cppr ||
	    priority >= model.server[s].mfrr ||
	    priority >= model.server[s].shown_at)
		return false;
	take_away(s);
	model.server[s].shown = xics_sources[i];
	model.server[s].shown_at = priority;
	model.source[i].place = SHOWN;
	return true;
}

static bool show_ipi(unsigned int s)
{
	uint8_t mfrr = model.server[s].mfrr;

	if (mfrr >= model.server[s].cppr || mfrr > model.server[s].shown_at ||
	    (model.server[s].shown == XICS_IPI &&
	     model.server[s].shown_at == mfrr))
		return false;
	take_away(s);
	model.server[s].shown = XICS_IPI;
	model.server[s].shown_at = mfrr;
	return true;
}

static void settle(void)
{
	bool changed;

	do {
		changed = false;
		for (unsigned int s = 0; s < SERVERS; s++)
			changed |= show_ipi(s) || show_source(s);
	} while (changed);
}

static void model_cppr(unsigned int s, uint8_t cppr)
{
	model.server[s].cppr = cppr;
	if (cppr <= model.server[s].shown_at)
		take_away(s);
	settle();
}

static void model_line(unsigned int i, bool up)
{
	if (model.source[i].lsi) {
		if (up && model.source[i].place == IDLE)
			model.source[i].place = WAITS;
		if (!up && model.source[i].place == WAITS)
			model.source[i].place = IDLE;
		model.source[i].up = up;
	} else if (up && model.source[i].place == IDLE) {
		model.source[i].place = WAITS;
	} else if (up) {
		model.source[i].again = true;
	}
	settle();
}

/* What the guest has accepted and is to end, the last first. */
#define DEPTH 64

static uint32_t stack[SERVERS][DEPTH];
static unsigned int depth[SERVERS];

static void accept_one(struct partition *p, unsigned int s)
{
	uint32_t xirr = accept_on(p, s);
	unsigned int i = index_of(xirr & XICS_XISR);

	assert_int_equal(xirr, (uint32_t)model.server[s].cppr << 24 |
			 model.server[s].shown);
	if (!model.server[s].shown)
		return;
	if (i < XICS_SOURCES)
		model.source[i].place = ACCEPTED;
	model.server[s].cppr = model.server[s].shown_at;
	model.server[s].shown = 0;
	model.server[s].shown_at = NONE;
	stack[s][depth[s]++] = xirr;
	settle();
}

/* A level is waiting again if it is up; only one that was accepted ends. */
static void model_end(unsigned int i)
{
	if (i == XICS_SOURCES || model.source[i].place != ACCEPTED)
		return;
	model.source[i].place = IDLE;
	if (model.source[i].lsi ? model.source[i].up : model.source[i].again)
		model.source[i].place = WAITS;
	model.source[i].again = false;
}

static void end_one(struct partition *p, unsigned int s)
{
	uint32_t xirr;

	if (!depth[s])
		return;
	xirr = stack[s][--depth[s]];
	/* With the CPPR of before, or any. */
	if (!choose(4))
		xirr = (xirr & XICS_XISR) | (uint32_t)choose(10) << 24;
	end_on(p, s, xirr);
	model.server[s].cppr = xirr >> 24;
	settle();
	model_end(index_of(xirr & XICS_XISR));
	settle();
}

static void change_source(struct partition *p, unsigned int i)
{
	uint8_t priority = choose(8) ? choose(9) : NONE;
	unsigned int s = choose(SERVERS);

	switch (choose(4)) {
	case 0:
		int_off(p, xics_sources[i]);
		model.source[i].saved = model.source[i].priority;
		model.source[i].priority = NONE;
		break;
	case 1:
		int_on(p, xics_sources[i]);
		model.source[i].priority = model.source[i].saved;
		break;
	default:
		set_xive(p, xics_sources[i], server_number[s], priority);
		model.source[i].server = s;
		model.source[i].priority = model.source[i].saved = priority;
	}
	settle();
}

static void happen(struct partition *p)
{
	unsigned int s = choose(SERVERS), i = choose(XICS_SOURCES);
	uint8_t priority = choose(4) ? choose(10) : NONE;

	switch (choose(8)) {
	case 0:
		set_cppr(p, s, priority);
		model_cppr(s, priority);
		break;
	case 1:
		send_ipi(p, server_number[s], priority);
		model.server[s].mfrr = priority;
		settle();
		break;
	case 2:
		if (depth[s] < DEPTH)
			accept_one(p, s);
		break;
	case 3:
	case 4:
		end_one(p, s);
		break;
	case 5:
		change_source(p, i);
		break;
	default:
		priority = choose(2);
		set_line(p, xics_sources[i], priority);
		model_line(i, priority);
	}
}

static void compare(struct partition *p, unsigned int event)
{
	for (unsigned int s = 0; s < SERVERS; s++) {
		uint32_t xirr = (uint32_t)model.server[s].cppr << 24 |
				model.server[s].shown;

		if (xirr_of(p, server_number[s]) != xirr ||
		    mfrr_of(p, server_number[s]) != model.server[s].mfrr ||
		    raised_on(p, s) != (model.server[s].shown_at <
					model.server[s].cppr))
			fail_msg("event %u, server %u: 0x%x, not 0x%x", event,
				 s, xirr_of(p, server_number[s]), xirr);
	}
}

static void model_reset(void)
{
	memset(&model, 0, sizeof(model));
	for (unsigned int i = 0; i < XICS_SOURCES; i++) {
		model.source[i].lsi = i >= 2;
		model.source[i].priority = model.source[i].saved = NONE;
	}
	for (unsigned int s = 0; s < SERVERS; s++) {
		model.server[s].mfrr = model.server[s].shown_at = NONE;
		model.server[s].cppr = 0xff;
		depth[s] = 0;
	}
}

static void random_events_do_what_the_model_does(void **state)
{
	(void)state;
	for (unsigned int run = 0; run < SEEDS; run++) {
		struct partition *p = xics_partition();

		seed = run;
		model_reset();
		for (unsigned int i = 0; i < EVENTS; i++) {
			happen(p);
			compare(p, i);
			fake_host_clear_log(p->fake);
		}
		partition_free(p);
	}
}

#define STORMS 25
#define STORM 20000

static pthread_barrier_t together;
static _Atomic bool told[SERVERS];	/* what the host was told last */

static int tell(void *cpu, bool raise)
{
	*(_Atomic bool *)cpu = raise;
	return 0;
}

/* What a vCPU's thread does in a storm. */
static void *storm(void *arg)
{
	struct papr_vcpu *vcpu = arg;
	struct papr_vm *vm = papr_vcpu_vm(vcpu);
	unsigned int other = !papr_vcpu_index(vcpu);

	pthread_barrier_wait(&together);
	for (unsigned int i = 0; i < STORM; i++) {
		uint32_t xirr = xics_accept(vm->xics, vcpu);

		xics_set_mfrr(vm->xics, papr_vm_vcpu(vm, other), i % 2 ? 5 :
			      NONE);
		xics_set_xive(vm->xics, xics_sources[i % XICS_SOURCES],
			      server_number[i / 4 % SERVERS], i % 8);
		if (xirr & XICS_XISR)
			xics_eoi(vm->xics, vcpu, xirr);
		xics_set_cppr(vm->xics, vcpu, i % 3 ? NONE : 3);
	}
	return NULL;
}

static void *device(void *arg)
{
	struct papr_vm *vm = arg;

	pthread_barrier_wait(&together);
	for (unsigned int i = 0; i < STORM; i++)
		xics_set_line(vm->xics, xics_sources[i % XICS_SOURCES],
			      i / XICS_SOURCES % 2);
	return NULL;
}

/* Ends all that comes on a vCPU; how often @irq did. */
static unsigned int drain(struct partition *p, unsigned int s, uint32_t irq)
{
	unsigned int n = 0, limit = 100;
	uint32_t xirr;

	set_cppr(p, s, NONE);
	while ((xirr = accept_on(p, s)) & XICS_XISR && --limit) {
		n += (xirr & XICS_XISR) == irq;
		end_on(p, s, xirr);
	}
	assert_true(limit);
	return n;
}

static void calm(struct partition *p)
{
	for (unsigned int s = 0; s < SERVERS; s++)
		send_ipi(p, server_number[s], NONE);
	for (unsigned int i = 0; i < XICS_SOURCES; i++) {
		set_line(p, xics_sources[i], false);
		set_xive(p, xics_sources[i], SERVER_0, 5);
	}
	for (unsigned int s = 0; s < SERVERS; s++)
		drain(p, s, 0);
	drain(p, 0, 0);
}

static void rage(struct partition *p)
{
	pthread_t thread[SERVERS + 1];

	pthread_barrier_init(&together, NULL, SERVERS + 1);
	for (unsigned int s = 0; s < SERVERS; s++)
		assert_int_equal(pthread_create(&thread[s], NULL, storm,
						papr_vm_vcpu(p->vm, s)), 0);
	assert_int_equal(pthread_create(&thread[SERVERS], NULL, device, p->vm),
			 0);
	for (unsigned int i = 0; i <= SERVERS; i++)
		pthread_join(thread[i], NULL);
	pthread_barrier_destroy(&together);
}

/* What was not ended, or waits where nobody looks, would not come again. */
static void check_calm(struct partition *p)
{
	for (unsigned int i = 0; i < 2; i++) {
		set_line(p, xics_sources[i], true);
		assert_true(told[0]);
		assert_int_equal(drain(p, 0, xics_sources[i]), 1);
		assert_int_equal(drain(p, 1, xics_sources[i]), 0);
	}
	for (unsigned int s = 0; s < SERVERS; s++) {
		assert_false(told[s]);
		send_ipi(p, server_number[s], 5);
		assert_true(told[s]);
		assert_int_equal(accept_on(p, s) & XICS_XISR, XICS_IPI);
		assert_false(told[s]);
		send_ipi(p, server_number[s], NONE);
	}
}

static void after_a_storm_every_interrupt_still_comes_once(void **state)
{
	struct partition *p = *state;
	void *host[SERVERS];

	p->vm->host_ops.interrupt = tell;
	for (unsigned int s = 0; s < SERVERS; s++) {
		host[s] = p->vm->vcpus[s]->host;
		p->vm->vcpus[s]->host = &told[s];
	}
	for (unsigned int i = 0; i < STORMS; i++) {
		rage(p);
		calm(p);
		check_calm(p);
	}
	for (unsigned int s = 0; s < SERVERS; s++)
		p->vm->vcpus[s]->host = host[s];
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_events_do_what_the_model_does),
		xics_test(after_a_storm_every_interrupt_still_comes_once),
	};

	return cmocka_run_group_tests_name("random interrupts", tests, NULL,
					   NULL);
}
