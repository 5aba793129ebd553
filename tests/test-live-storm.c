/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes that change 10,000 times under calls of several vCPUs: each answer is
 * that of one of the two policies, none is lost and none given twice.
 */
#include "config.h"

#include <pthread.h>
#include <sched.h>

#include "tests/partition.h"

#define SWITCHES 10000
#define VCPUS 3
#define VMM_RET 77

static const char *const policies[] = {
	"{ hcalls: { H_RANDOM: user, H_RPT_INVALIDATE: vmm, H_SET_SPRG0: deny, "
	"H_PAGE_INIT: kernel } }",
	"{ hcalls: { H_RANDOM: kernel, H_RPT_INVALIDATE: kernel, "
	"H_PAGE_INIT: { fail: H_BUSY, every: 2 }, H_SET_SPRG0: vmm } }",
};

/*
 * Either answer is right; the kernel's is not of this library.  One that the
 * kernel has and the program, and not this library, is never lost either.
 */
static const struct {
	size_t row;
	bool in_kernel;		/* by one of the policies */
	int64_t ret[3];
} calls[] = {
	{ HCALL_ROW_H_RANDOM, true, { H_SUCCESS, H_SUCCESS, H_SUCCESS } },
	{ HCALL_ROW_H_RPT_INVALIDATE, true, { VMM_RET, VMM_RET, VMM_RET } },
	{ HCALL_ROW_H_PAGE_INIT, true, { H_SUCCESS, H_BUSY, H_BUSY } },
	{ HCALL_ROW_H_SET_SPRG0, false, { H_FUNCTION, VMM_RET, VMM_RET } },
};

/* What one vCPU has seen. */
struct seen {
	struct partition *p;
	unsigned int index;
	uint64_t kernel[ARRAY_SIZE(calls)];
	uint64_t user[ARRAY_SIZE(calls)][3];	/* which answer */
	uint64_t wrong[ARRAY_SIZE(calls)];
	pthread_t thread;
};

static _Atomic bool done;
static _Atomic uint64_t made, asked;

static void vmm_hcall(void *vmm, struct papr_vcpu *vcpu,
		      struct papr_hcall *call)
{
	(void)vmm, (void)vcpu;
	atomic_fetch_add(&asked, 1);
	call->ret = VMM_RET;
}

/* The program's side that may be called by all threads at once. */
static void use_vmm_hcall(struct partition *p, struct papr_host_ops *host,
			  struct papr_vmm_ops *vmm)
{
	(void)p, (void)host;
	*vmm = (struct papr_vmm_ops){
		.size = sizeof(*vmm), .hcall = vmm_hcall,
		.random = vmm->random,
	};
}

static void call(struct seen *s, unsigned int i)
{
	const struct papr_call_info *info = &hcall_table[calls[i].row];
	struct papr_hcall hcall = { .nr = info->number, .ret = 0x5eed };
	unsigned int answer = 0;

	if (fake_host_hcall_enabled(s->p->fake, info->number)) {
		s->kernel[i]++;
		return;
	}
	papr_vcpu_hcall(papr_vm_vcpu(s->p->vm, s->index), &hcall);
	while (answer < 3 && calls[i].ret[answer] != (int64_t)hcall.ret)
		answer++;
	if (answer < 3)
		s->user[i][answer]++;
	else
		s->wrong[i]++;
}

static void *run(void *arg)
{
	struct seen *s = arg;

	for (unsigned int i = s->index; !atomic_load(&done); i++) {
		call(s, i % ARRAY_SIZE(calls));
		atomic_fetch_add(&made, 1);
		/* More threads than processors: let the changes go on. */
		if (i % 8 == 0)
			sched_yield();
	}
	return NULL;
}

static void switch_routes(struct partition *p, struct papr_policy **policy)
{
	struct papr_error error;

	for (unsigned int n = 0; n < SWITCHES; n++) {
		uint64_t before = atomic_load(&made);

		if (papr_vm_change_policy(p->vm, policy[n % 2], &error))
			fail_msg("%s", error.text);
		fake_host_clear_log(p->fake);
		/* At least one call by each. */
		while (atomic_load(&made) - before < 2)
			sched_yield();
	}
}

static void parse(struct papr_policy **policy)
{
	struct papr_error error;

	for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
		if (papr_policy_parse(policies[i], strlen(policies[i]), "test",
				      &policy[i], &error))
			fail_msg("%s", error.text);
}

/* All counters of a call against what the vCPUs have seen. */
static void compare(struct partition *p, const struct seen *seen, size_t i)
{
	uint64_t kernel = 0, user[3] = { 0 };
	struct papr_hcall_stats stats;

	for (unsigned int v = 0; v < VCPUS; v++) {
		assert_int_equal(seen[v].wrong[i], 0);
		kernel += seen[v].kernel[i];
		for (unsigned int a = 0; a < 3; a++)
			user[a] += seen[v].user[i][a];
	}
	papr_vm_stats(p->vm, calls[i].row, &stats);
	assert_int_equal(stats.user + stats.vmm + stats.denied,
			 user[0] + user[1]);
	assert_int_equal(stats.nobody, 0);
	assert_true(user[0] > 0);
	assert_int_equal(kernel > 0, calls[i].in_kernel);
	if (calls[i].row == HCALL_ROW_H_PAGE_INIT)
		assert_int_equal(stats.on_purpose, user[1]);
	if (calls[i].row == HCALL_ROW_H_SET_SPRG0)
		assert_int_equal(stats.denied, user[0]);
}

static void every_call_gets_one_right_answer_through_10000_changes(void **state)
{
	struct papr_policy *policy[ARRAY_SIZE(policies)];
	struct seen seen[VCPUS] = { 0 };
	struct papr_hcall_stats a, b;
	struct partition *p;

	(void)state;
	p = partition_new(&(struct partition_setup){
		.host = "power10", .config = { .cores = VCPUS },
		.policy = policies[1], .tweak = use_vmm_hcall });
	parse(policy);
	for (unsigned int v = 0; v < VCPUS; v++) {
		seen[v] = (struct seen){ .p = p, .index = v };
		assert_int_equal(pthread_create(&seen[v].thread, NULL, run,
						&seen[v]), 0);
	}
	switch_routes(p, policy);
	atomic_store(&done, true);
	for (unsigned int v = 0; v < VCPUS; v++)
		pthread_join(seen[v].thread, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		compare(p, seen, i);
	papr_vm_stats(p->vm, HCALL_ROW_H_RPT_INVALIDATE, &a);
	papr_vm_stats(p->vm, HCALL_ROW_H_SET_SPRG0, &b);
	assert_int_equal(a.vmm + b.vmm, atomic_load(&asked));
	papr_policy_free(policy[0]);
	papr_policy_free(policy[1]);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_call_gets_one_right_answer_through_10000_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
