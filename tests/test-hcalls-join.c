/* SPDX-License-Identifier: BSD-2-Clause */
/* H_JOIN and H_PROD where H_CEDE is the kernel's: spapr/prods.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "tests/partition.h"
#include "tests/save-fixture.h"

#define VCPUS 4
#define LAST (VCPUS - 1)

static void run_vcpu(struct partition *p, uint32_t index)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(p->vm, index);
	struct papr_entry entry = { 0 };

	assert_int_equal(papr_vcpu_start(vcpu, &entry), 0);
	assert_true(papr_vcpu_take_entry(vcpu, &entry));
}

static struct partition *machine(const char *host, const char *policy)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = host, .policy = policy, .config = { .cores = VCPUS } });

	for (uint32_t i = 1; i < LAST; i++)
		run_vcpu(p, i);
	return p;
}

/* All run but the last. */
static int start(void **state)
{
	*state = machine("power10", NULL);
	return 0;
}

static enum papr_rest rest(struct partition *p, uint32_t index)
{
	return papr_vcpu_rest(papr_vm_vcpu(p->vm, index));
}

static bool is_kernels(struct partition *p)
{
	return fake_host_hcall_enabled(p->fake, H_PROD);
}

static int64_t join(struct partition *p, uint32_t index)
{
	p->on = index;
	return HCALL(p, H_JOIN);
}

/* The call with its registers as they were is one that is made again. */
static int64_t prod(struct partition *p, uint32_t index)
{
	return HCALL(p, H_PROD, papr_vcpu_id(papr_vm_vcpu(p->vm, index)));
}

/* Whether the host was told to do @what to a vCPU. */
static bool was_told(struct partition *p, uint32_t index, const char *what)
{
	char line[32];

	snprintf(line, sizeof(line), "cpu %u: %s",
		 papr_vcpu_id(papr_vm_vcpu(p->vm, index)), what);
	return fake_host_logged(p->fake, line);
}

static void on_each_host_with_a_kernel_it_is_answered(void **state)
{
	static const char *const hosts[] = {
		"power8", "power9", "power10", "nested",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct partition *p = machine(hosts[i], NULL);

		assert_false(is_kernels(p));
		assert_int_equal(join(p, 0), H_SUCCESS);
		assert_int_equal(rest(p, 0), PAPR_REST_JOIN);
		partition_free(p);
	}
}

static void all_may_join_and_are_prodded_by_the_last(void **state)
{
	struct partition *p = *state;

	assert_int_equal(join(p, 0), H_SUCCESS);
	assert_int_equal(join(p, 1), H_SUCCESS);
	assert_int_equal(join(p, 2), H_CONTINUE);
	assert_int_equal(prod(p, 0), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_true(was_told(p, 0, "wake"));
	assert_int_equal(rest(p, 1), PAPR_REST_JOIN);
	assert_false(was_told(p, 1, "wake"));
	assert_int_equal(prod(p, 1), H_SUCCESS);
	assert_int_equal(rest(p, 1), PAPR_REST_NONE);
	/* The kernel had nothing to do with it, and nobody was stopped. */
	assert_false(fake_host_logged(p->fake, "enable_hcall 0xe8 on"));
	assert_false(fake_host_logged(p->fake, "enable_hcall 0xe8 off"));
	assert_false(was_told(p, 0, "hold on"));
}

/* One who runs, one who is stopped, oneself, and nobody. */
static void all_other_prods_are_the_kernels(void **state)
{
	static const uint64_t others[] = { 1, LAST, 0, 77, 1ull << 32, ~0ull };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct partition *p = machine("power9", "default: user");

		assert_int_equal(HCALL(p, H_PROD, others[i]), H_PROD);
		assert_true(is_kernels(p));
		assert_int_equal(papr_vcpu_take_interrupt(
			papr_vm_vcpu(p->vm, 0)), PAPR_INTERRUPT_NONE);
		partition_free(p);
	}
}

static void they_wake_who_has_joined(void **state)
{
	struct partition *p = *state;

	join(p, 1);
	p->on = 0;
	assert_int_equal(prod(p, 2), H_PROD);
	assert_true(is_kernels(p));
	assert_int_equal(rest(p, 1), PAPR_REST_NONE);
	assert_true(was_told(p, 1, "wake"));
}

static void what_left_the_kernel_before_goes_back(void **state)
{
	struct partition *p = *state;

	assert_int_equal(prod(p, 1), H_PROD);
	p->on = 2;
	fake_host_clear_log(p->fake);
	assert_int_equal(prod(p, 1), H_PROD);
	assert_false(fake_host_logged(p->fake, "enable_hcall 0xe8 on"));
}

/* When it is off, and nobody is in the kernel who has found it on. */
static void who_joins_then_may_have_been_prodded(void **state)
{
	struct partition *p = *state;

	prod(p, 2);
	fake_host_clear_log(p->fake);
	assert_int_equal(join(p, 0), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_false(is_kernels(p));
	assert_memory_equal(fake_host_log(p->fake), "enable_hcall 0xe8 off\n"
			    "cpu 0: hold on\n", 37);
	for (uint32_t i = 0; i < VCPUS; i++)
		assert_true(was_told(p, i, "hold off"));
}

static void that_is_so_once_for_each(void **state)
{
	struct partition *p = *state;

	prod(p, 2);
	run_vcpu(p, LAST);
	for (uint32_t i = 0; i < LAST; i++) {
		assert_int_equal(join(p, i), H_SUCCESS);
		assert_int_equal(rest(p, i), PAPR_REST_NONE);
		assert_int_equal(join(p, i), H_SUCCESS);
		assert_int_equal(rest(p, i), PAPR_REST_JOIN);
	}
	assert_int_equal(join(p, LAST), H_CONTINUE);
}

static void a_switch_that_does_not_move_is_a_hardware_error(void **state)
{
	struct partition *p = *state;

	join(p, 1);
	p->on = 0;
	fake_host_fail(p->fake, FAKE_ENABLE_HCALL, 1, EIO);
	assert_int_equal(prod(p, 2), H_HARDWARE);
	assert_int_equal(rest(p, 1), PAPR_REST_JOIN);
	prod(p, 2);
	fake_host_fail(p->fake, FAKE_ENABLE_HCALL, 1, EIO);
	assert_int_equal(join(p, 0), H_HARDWARE);
	assert_int_equal(rest(p, 0), PAPR_REST_NONE);
	assert_true(is_kernels(p));
}

static void a_reset_switches_it_off(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	prod(p, 2);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_false(is_kernels(p));
	run_vcpu(p, 0);
	run_vcpu(p, 1);
	assert_int_equal(join(p, 0), H_SUCCESS);
	assert_int_equal(rest(p, 0), PAPR_REST_JOIN);
}

static void other_routes_leave_the_switch_alone(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	for (int on = 0; on < 2; on++) {
		assert_int_equal(reroute(p, "default: user", &error), 0);
		assert_int_equal(is_kernels(p), on);
		assert_int_equal(reroute(p, "hcalls: { H_JOIN: deny }",
					 &error), 0);
		assert_int_equal(is_kernels(p), on);
		p->on = 0;
		prod(p, 1);
	}
}

static struct partition *running(void)
{
	struct partition *p = save_new("power10", NULL);

	run_vcpu(p, 0);
	run_vcpu(p, 1);
	return p;
}

static void move(struct partition *from, struct partition *to)
{
	struct file *file = save_to_file(from);

	load_from_file(to, file);
	file_free(file);
}

static void who_has_joined_sleeps_on_when_loaded(void **state)
{
	struct partition *one = running();
	struct partition *two = save_new("power10", NULL);

	(void)state;
	assert_int_equal(join(one, 1), H_SUCCESS);
	move(one, two);
	assert_int_equal(rest(two, 1), PAPR_REST_JOIN);
	assert_false(is_kernels(two));
	assert_int_equal(prod(two, 1), H_SUCCESS);
	assert_int_equal(rest(two, 1), PAPR_REST_NONE);
	partition_free(one);
	partition_free(two);
}

static void what_the_kernel_may_have_kept_is_saved(void **state)
{
	struct partition *one = running();
	struct partition *two = save_new("power10", NULL);

	(void)state;
	assert_int_equal(prod(one, 1), H_PROD);
	move(one, two);
	assert_int_equal(join(two, 1), H_SUCCESS);
	assert_int_equal(rest(two, 1), PAPR_REST_NONE);
	assert_int_equal(join(two, 1), H_SUCCESS);
	assert_int_equal(rest(two, 1), PAPR_REST_JOIN);
	partition_free(one);
	partition_free(two);
}

static void without_hold(struct partition *p, struct papr_host_ops *host_ops,
			 struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->hold = NULL;
}

static void a_program_that_cannot_hold_vcpus_has_none(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = without_hold });

	(void)state;
	assert_int_equal(HCALL(p, H_JOIN), H_FUNCTION);
	assert_true(is_kernels(p));
	partition_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_each_host_with_a_kernel_it_is_answered),
		TEST(all_may_join_and_are_prodded_by_the_last),
		cmocka_unit_test(all_other_prods_are_the_kernels),
		TEST(they_wake_who_has_joined),
		TEST(what_left_the_kernel_before_goes_back),
		TEST(who_joins_then_may_have_been_prodded),
		TEST(that_is_so_once_for_each),
		TEST(a_switch_that_does_not_move_is_a_hardware_error),
		TEST(a_reset_switches_it_off),
		TEST(other_routes_leave_the_switch_alone),
		cmocka_unit_test(who_has_joined_sleeps_on_when_loaded),
		cmocka_unit_test(what_the_kernel_may_have_kept_is_saved),
		cmocka_unit_test(a_program_that_cannot_hold_vcpus_has_none),
	};

	return cmocka_run_group_tests_name("hcalls/join", tests, NULL, NULL);
}
