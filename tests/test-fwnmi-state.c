/* SPDX-License-Identifier: BSD-2-Clause */
/* What of FWNMI is saved, and another partition goes on with. */
#include "config.h"

#include <errno.h>

#include "tests/interrupts.h"

#define SIZED .size = sizeof(struct papr_fwnmi_state)
#define SETUP { .config = { .cores = 2, .vsmt = 8 } }

/* As Linux has it while vCPU 1 is in its handler. */
static const struct papr_fwnmi_state held = {
	.size = sizeof(held), .registered = true, .held = true,
	.system_reset = SYSTEM_RESET, .machine_check = MACHINE_CHECK,
	.holder = 1, .log_id = 7,
};

static int start(void **state)
{
	*state = interrupts_new(&(struct partition_setup)SETUP);
	return 0;
}

static struct papr_fwnmi_state get(struct partition *p)
{
	struct papr_fwnmi_state state = { .size = sizeof(state) };
	struct papr_error error;

	if (papr_vm_get_fwnmi(p->vm, &state, &error))
		fail_msg("%s", error.text);
	return state;
}

static void set(struct partition *p, const struct papr_fwnmi_state *state)
{
	struct papr_error error;

	if (papr_vm_set_fwnmi(p->vm, state, &error))
		fail_msg("%s", error.text);
}

static int post_check(struct partition *p, unsigned int on)
{
	interrupts_regs(p, on)->srr1 = GUEST_MSR;
	return papr_vcpu_machine_check(papr_vm_vcpu(p->vm, on), false);
}

static void assert_same(struct papr_fwnmi_state a, struct papr_fwnmi_state b)
{
	assert_int_equal(a.registered, b.registered);
	assert_int_equal(a.held, b.held);
	assert_int_equal(a.system_reset, b.system_reset);
	assert_int_equal(a.machine_check, b.machine_check);
	assert_int_equal(a.holder, b.holder);
	assert_int_equal(a.log_id, b.log_id);
}

static void new_partition_has_nothing_to_save(void **state)
{
	assert_same(get(*state), (struct papr_fwnmi_state){ 0 });
}

static void what_is_saved_of_one_is_what_another_has(void **state)
{
	struct partition *one = *state;
	struct partition *other = interrupts_new(
		&(struct partition_setup)SETUP);
	struct papr_fwnmi_state saved;

	interrupts_register(one);
	assert_int_equal(post_check(one, 1), 0);
	assert_int_equal(interrupts_take(one, 1), PAPR_INTERRUPT_NONE);
	saved = get(one);
	assert_true(saved.held);
	assert_int_equal(saved.holder, 1);
	assert_int_equal(saved.log_id, 1);
	set(other, &saved);
	assert_same(get(other), saved);
	partition_free(other);
}

static void host_hands_over_machine_checks_without_a_new_registration(
	void **state)
{
	struct partition *p = *state;

	set(p, &held);
	assert_int_equal(fake_host_count(p->fake, "cpu 0: enable_fwnmi"), 1);
	p->on = 1;
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1), 0);
	assert_int_equal(post_check(p, 0), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
	assert_int_equal(interrupts_regs(p, 0)->pc, MACHINE_CHECK);
	assert_int_equal(get(p).log_id, held.log_id + 1);
}

static void interlock_that_was_held_is_held(void **state)
{
	struct partition *p = *state;

	set(p, &held);
	assert_int_equal(post_check(p, 0), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_WAIT);
	p->on = 1;
	assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_nmi_interlock, 0, 1), 0);
	assert_int_equal(interrupts_take(p, 0), PAPR_INTERRUPT_NONE);
}

static void without_registration_the_host_is_left_alone(void **state)
{
	const struct papr_fwnmi_state none = {
		.size = sizeof(none), .log_id = 3,
	};
	struct partition *p = *state;

	interrupts_register(p);
	fake_host_clear_log(p->fake);
	set(p, &none);
	assert_false(fake_host_logged(p->fake, "cpu 0: enable_fwnmi"));
	assert_same(get(p), none);
}

static void what_a_vcpu_has_not_taken_cannot_be_saved(void **state)
{
	struct papr_fwnmi_state saved = { .size = sizeof(saved) };
	struct partition *p = *state;
	struct papr_error error;

	assert_int_equal(papr_vcpu_system_reset(papr_vm_vcpu(p->vm, 1)), 0);
	assert_int_equal(papr_vm_get_fwnmi(p->vm, &saved, &error), -EAGAIN);
	assert_string_equal(error.text, "vCPU 8 has not taken a machine check "
			    "or system reset yet");
	assert_int_equal(interrupts_take(p, 1), PAPR_INTERRUPT_NONE);
	assert_int_equal(papr_vm_get_fwnmi(p->vm, &saved, &error), 0);
}

static const struct {
	struct papr_fwnmi_state state;
	int err;
	const char *text;
} refused[] = {
	{ { SIZED, .registered = true, .system_reset = 0x102 }, -EINVAL,
	  "the system reset handler at 0x102: it must be a multiple of 4 in "
	  "RAM below 32 MiB" },
	{ { SIZED, .registered = true, .machine_check = RAM_SIZE }, -EINVAL,
	  "the machine check handler at 0x200000: it must be a multiple of 4 "
	  "in RAM below 32 MiB" },
	{ { SIZED, .registered = true, .machine_check = UINT32_MAX }, -EINVAL,
	  "the machine check handler at 0xffffffff: it must be a multiple of "
	  "4 in RAM below 32 MiB" },
	{ { SIZED, .registered = true, .held = true, .holder = 2 }, -EINVAL,
	  "vCPU index 2 is in the machine check handler; there are 2 vCPUs" },
	{ { SIZED, .held = true }, -EINVAL,
	  "a vCPU is in the machine check handler, of which there is none" },
	{ { .size = 0 }, -E2BIG, "the state of FWNMI has no size, or members "
	  "this library does not know" },
};

static void damaged_state_is_refused_and_changes_nothing(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	set(p, &held);
	fake_host_clear_log(p->fake);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (papr_vm_set_fwnmi(p->vm, &refused[i].state, &error) !=
		    refused[i].err)
			fail_msg("row %zu", i);
		assert_string_equal(error.text, refused[i].text);
		assert_same(get(p), held);
	}
	assert_string_equal(fake_host_log(p->fake), "");
}

static void host_that_refuses_is_quoted(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	fake_host_fail(p->fake, FAKE_ENABLE_FWNMI, 1, EINVAL);
	assert_int_equal(papr_vm_set_fwnmi(p->vm, &held, &error), -EINVAL);
	assert_string_equal(error.text, "the host does not hand over machine "
			    "checks: Invalid argument");
	assert_false(get(p).registered);
}

static void it_needs_fwnmi_and_a_vcpu(void **state)
{
	struct papr_error error;
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .fwnmi = PAPR_SWITCH_OFF } });

	(void)state;
	assert_int_equal(papr_vm_set_fwnmi(p->vm, &held, &error), -EOPNOTSUPP);
	partition_free(p);
	assert_int_equal(partition_make(&(struct partition_setup)SETUP, &p,
					&error), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_int_equal(papr_vm_set_fwnmi(p->vm, &held, &error), -EBUSY);
	assert_string_equal(error.text, "FWNMI is restored after a vCPU is "
			    "attached");
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(new_partition_has_nothing_to_save),
		TEST(what_is_saved_of_one_is_what_another_has),
		TEST(host_hands_over_machine_checks_without_a_new_registration),
		TEST(interlock_that_was_held_is_held),
		TEST(without_registration_the_host_is_left_alone),
		TEST(what_a_vcpu_has_not_taken_cannot_be_saved),
		TEST(damaged_state_is_refused_and_changes_nothing),
		TEST(host_that_refuses_is_quoted),
		cmocka_unit_test(it_needs_fwnmi_and_a_vcpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
