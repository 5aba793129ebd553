/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages have changed, on real KVM: a copy of RAM that is brought up to
 * date with the pages that are told must be RAM in the end.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spapr/ram.h"
#include "spapr/util.h"
#include "spapr/xive.h"
#include "tests/lab-guest.h"

#define CODE	0x1000u
#define RTAS	0x3000u
#define DONE	0x4000u		/* how many rounds */
#define VPA	0x20000u
#define VPA_LEN	1024u

#define ROUNDS	300u

#define QUEUE	0xa00000u	/* of a XIVE */
#define EVENT	0x1000u		/* one of its sources */
#define PRIORITY 6u

/*
 * Registers its VPA.  Then, round after round, it stores into one of many
 * pages, stores into another one that H_PAGE_INIT then makes zero, and makes
 * the RTAS call in RTAS.
 */
static const uint32_t program[] = {
	0x386000dc,	/* li      r3,220 */
	0x38800001,	/* li      r4,1 */
	0x78846c86,	/* sldi    r4,r4,45 */
	0x38a00000,	/* li      r5,0 */
	0x3cc00002,	/* lis     r6,2 */
	0x44000022,	/* sc      1 */
	0x3d400001,	/* lis     r10,1 */
	0x614a1000,	/* ori     r10,r10,4096 */
	0x3bc05000,	/* li      r30,20480 */
	0x3be00000,	/* li      r31,0 */
	0x7d3f51d2,	/* mulld   r9,r31,r10 */
	0x792902a0,	/* clrldi  r9,r9,42 */
	0x3d290010,	/* addis   r9,r9,16 */
	0xfbe90000,	/* std     r31,0(r9) */
	0x7cbff1d2,	/* mulld   r5,r31,r30 */
	0x78a50320,	/* clrldi  r5,r5,44 */
	0x3ca50060,	/* addis   r5,r5,96 */
	0xfbe50008,	/* std     r31,8(r5) */
	0x3860002c,	/* li      r3,44 */
	0x38800000,	/* li      r4,0 */
	0x60848000,	/* ori     r4,r4,32768 */
	0x38c00000,	/* li      r6,0 */
	0x44000022,	/* sc      1 */
	0x38600000,	/* li      r3,0 */
	0x6063f000,	/* ori     r3,r3,61440 */
	0x38803000,	/* li      r4,12288 */
	0x44000022,	/* sc      1 */
	0x3bff0001,	/* addi    r31,r31,1 */
	0x39204000,	/* li      r9,16384 */
	0xfbe90000,	/* std     r31,0(r9) */
	0x4bffffb0,	/* b       28 <again> */
};

struct copy {
	struct guest *guest;
	uint8_t *ram;
	uint64_t told;
	bool events;
};

static int take(void *arg, uint64_t gpa, uint64_t len)
{
	struct copy *copy = arg;

	memcpy(copy->ram + gpa, copy->guest->ram + gpa, len);
	copy->told += len;
	return 0;
}

static uint64_t update(struct copy *copy)
{
	uint64_t before = copy->told;
	struct papr_error error;

	if (papr_vm_read_dirty(copy->guest->vm, take, copy, &error))
		fail_msg("%s", error.text);
	return copy->told - before;
}

static void assert_same(const struct copy *copy)
{
	const struct guest *g = copy->guest;

	for (uint64_t gpa = 0; gpa < GUEST_RAM; gpa += 8)
		if (memcmp(copy->ram + gpa, g->ram + gpa, 8))
			fail_msg("0x%llx: 0x%llx has become 0x%llx, and nobody "
				 "was told", (unsigned long long)gpa,
				 (unsigned long long)load_be64(copy->ram + gpa),
				 (unsigned long long)guest_load64(g, gpa));
}

static void begin(struct copy *copy, struct guest *g)
{
	const uint32_t block[] = {
		papr_rtas_by_name("get-time-of-day")->number, 0, 8,
	};
	struct papr_error error;

	guest_put(g, CODE, program, ARRAY_SIZE(program));
	guest_put(g, RTAS, block, ARRAY_SIZE(block));
	store_be32(g->ram + VPA + 4, VPA_LEN << 16);
	guest_start(g, 0, CODE, 0);
	*copy = (struct copy){ .guest = g, .ram = malloc(GUEST_RAM) };
	assert_non_null(copy->ram);
	memcpy(copy->ram, g->ram, GUEST_RAM);
	if (papr_vm_log_dirty(g->vm, true, &error))
		fail_msg("%s", error.text);
}

static void set_queue(struct guest *g, uint32_t order)
{
	const struct papr_xive_queue queue = {
		.gpa = QUEUE, .order = order, .notify = true, .generation = 1,
	};

	assert_int_equal(xive_set_queue(g->vm, g->cpu[0].vcpu, PRIORITY,
					&queue), 0);
}

static void set_target(struct guest *g, uint32_t priority)
{
	const struct papr_xive_target target = { 0, priority, 0x12345 };

	assert_int_equal(xive_set_target(g->vm, EVENT, &target, false), 0);
}

/* The one before is over, and this one is in the queue. */
static void send_event(struct guest *g)
{
	const struct papr_xive_ops *xive = papr_kvm_host_ops()->xive;
	uint64_t was;

	assert_int_equal(xive->esb(g->kvm, EVENT, ESB_SET(PQ_RESET), false,
				   &was), 0);
	assert_int_equal(xive->trigger(g->kvm, EVENT), 0);
	assert_int_equal(xive->sync(g->kvm, EVENT), 0);
}

/* For so many rounds more; what changes meanwhile is copied, or not. */
static void run(struct copy *copy, bool meanwhile)
{
	struct guest *g = copy->guest;
	uint64_t end = guest_load64(g, DONE) + ROUNDS;

	guest_run_thread(g, 0);
	while (guest_load64(g, DONE) < end && !guest_has_ended(g, 0)) {
		if (copy->events)
			send_event(g);
		if (meanwhile)
			update(copy);
		usleep(1000);
	}
	papr_kvm_kick(g->cpu[0].vcpu);
	assert_int_equal(guest_wait(g, 0), PAPR_RUN_INTERRUPTED);
}

static void copy_is_complete(struct guest *g, bool meanwhile)
{
	struct copy copy;

	begin(&copy, g);
	for (int i = 0; i < 3; i++) {
		run(&copy, meanwhile);
		/* Not all of RAM, or it would be no use. */
		assert_true(update(&copy) < GUEST_RAM);
		assert_same(&copy);
	}
	assert_true(copy.told > 64 * PAGE_4K);
	free(copy.ram);
}

static void pages_that_change_while_it_runs_are_told(void **state)
{
	copy_is_complete(*state, true);
}

static void pages_that_have_changed_are_told_when_it_stands(void **state)
{
	copy_is_complete(*state, false);
}

/* Nobody sees what it writes, but who asks KVM of its queues. */
static void queues_of_a_xive_are_told(void **state)
{
	struct guest *g = *state;
	struct copy copy;

	begin(&copy, g);
	copy.events = true;
	set_queue(g, XIVE_QUEUE_SHIFT);
	set_target(g, PRIORITY);
	for (int i = 0; i < 2; i++) {
		run(&copy, i);
		update(&copy);
		assert_same(&copy);
	}
	assert_int_equal(guest_load64(g, QUEUE) >> 32 & XIVE_EISN, 0x12345);
	send_event(g);
	set_target(g, PAPR_XIVE_OFF);
	set_queue(g, 0);
	update(&copy);
	assert_same(&copy);
	free(copy.ram);
}

static void use_userspace(struct papr_vm *vm)
{
	static const char text[] = "default: user";
	struct papr_policy *policy;
	struct papr_error error;

	if (papr_policy_parse(text, strlen(text), "test", &policy, &error))
		fail_msg("%s", error.text);
	if (papr_vm_set_policy(vm, policy))
		fail_msg("%s", papr_vm_error(vm));
	papr_policy_free(policy);
}

static int setup_user(void **state)
{
	return guest_setup_with(state, use_userspace);
}

static void pages_that_userspace_writes_are_told(void **state)
{
	copy_is_complete(*state, true);
}

static void a_slot_is_made_and_ended_once(void **state)
{
	struct guest *g = *state;

	assert_int_equal(papr_kvm_set_memory(g->kvm, 0, 0, GUEST_RAM, g->ram),
			 -EEXIST);
	assert_int_equal(papr_kvm_set_memory(g->kvm, 9, 0, 0, NULL), -ENOENT);
	assert_int_equal(papr_kvm_set_memory(g->kvm, 0, 0, 0, NULL), 0);
	assert_int_equal(papr_vm_log_dirty(g->vm, true, NULL), -ENOENT);
	assert_int_equal(papr_kvm_set_memory(g->kvm, 0, 0, GUEST_RAM, g->ram),
			 0);
}

#define guest_test(setup, f) \
	cmocka_unit_test_setup_teardown(f, setup, guest_teardown)

/* lab-dirty [xive]: what needs one as well. */
int main(int argc, char **argv)
{
	const struct CMUnitTest xive_tests[] = {
		guest_test(guest_setup_xive, queues_of_a_xive_are_told),
	};
	const struct CMUnitTest tests[] = {
		guest_test(guest_setup,
			   pages_that_change_while_it_runs_are_told),
		guest_test(guest_setup,
			   pages_that_have_changed_are_told_when_it_stands),
		guest_test(setup_user, pages_that_userspace_writes_are_told),
		guest_test(guest_setup, a_slot_is_made_and_ended_once),
	};

	if (argc > 1 && !strcmp(argv[1], "xive"))
		return cmocka_run_group_tests(xive_tests, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
