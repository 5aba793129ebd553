/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPUs that sleep and wake each other, each in a thread of its own.  A prod
 * that was lost would leave one asleep, and the test would not end.
 */
#include "config.h"

#include <pthread.h>

#include "tests/partition.h"

#define VCPUS 4
#define ROUNDS 500
#define JOINS 5000

/* The host's sleep: until somebody is woken, any of them. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;

static void wake(void *cpu)
{
	(void)cpu;
	pthread_mutex_lock(&lock);
	pthread_cond_broadcast(&woken);
	pthread_mutex_unlock(&lock);
}

static void sleep_while_at_rest(struct papr_vcpu *vcpu)
{
	pthread_mutex_lock(&lock);
	while (papr_vcpu_rest(vcpu) != PAPR_REST_NONE)
		pthread_cond_wait(&woken, &lock);
	pthread_mutex_unlock(&lock);
}

static void tweak(struct partition *p, struct papr_host_ops *host_ops,
		  struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	host_ops->wake = wake;
	vmm_ops->trace = NULL;		/* writes down one call at a time */
}

static int start(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "power8", .policy = "default: user", .tweak = tweak,
		.config = { .cores = VCPUS } });
	struct papr_entry entry = { 0 };

	for (uint32_t i = 1; i < VCPUS; i++) {
		papr_vcpu_start(papr_vm_vcpu(p->vm, i), &entry);
		papr_vcpu_take_entry(papr_vm_vcpu(p->vm, i), &entry);
	}
	*state = p;
	return 0;
}

static int64_t call(struct papr_vcpu *vcpu, uint64_t nr, uint64_t arg)
{
	struct papr_hcall hcall = { .nr = nr, .args = { arg } };

	papr_vcpu_hcall(vcpu, &hcall);
	return (int64_t)hcall.ret;
}

static void prod(struct papr_vcpu *vcpu, uint32_t index)
{
	struct papr_vcpu *target = papr_vm_vcpu(papr_vcpu_vm(vcpu), index);

	call(vcpu, H_PROD, papr_vcpu_id(target));
}

static void run(struct partition *p, void *(*body)(void *vcpu))
{
	pthread_t threads[VCPUS];

	for (uint32_t i = 0; i < VCPUS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, body,
						papr_vm_vcpu(p->vm, i)), 0);
	for (uint32_t i = 0; i < VCPUS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* Whose turn it is; the prod says that this has changed. */
static _Atomic uint32_t turn;

static void *take_turns(void *arg)
{
	struct papr_vcpu *vcpu = arg;
	uint32_t me = papr_vcpu_index(vcpu);

	for (unsigned int i = 0; i < ROUNDS; i++) {
		while (atomic_load(&turn) != me) {
			call(vcpu, H_CEDE, 0);
			sleep_while_at_rest(vcpu);
		}
		atomic_store(&turn, (me + 1) % VCPUS);
		prod(vcpu, (me + 1) % VCPUS);
	}
	return NULL;
}

static void no_prod_is_lost(void **state)
{
	struct partition *p = *state;

	atomic_store(&turn, 0);
	run(p, take_turns);
	assert_int_equal(atomic_load(&turn), 0);
}

static pthread_barrier_t round_over;
static _Atomic unsigned int joined, last;

static void *join(void *arg)
{
	struct papr_vcpu *vcpu = arg;

	for (unsigned int i = 0; i < JOINS; i++) {
		int64_t ret = call(vcpu, H_JOIN, 0);

		if (ret == H_CONTINUE) {
			atomic_fetch_add(&last, 1);
			for (uint32_t j = 0; j < VCPUS; j++)
				if (j != papr_vcpu_index(vcpu))
					prod(vcpu, j);
		} else {
			atomic_fetch_add(&joined, ret == H_SUCCESS);
			sleep_while_at_rest(vcpu);
		}
		pthread_barrier_wait(&round_over);
	}
	return NULL;
}

static void of_all_that_join_at_once_one_goes_on(void **state)
{
	struct partition *p = *state;

	atomic_store(&joined, 0);
	atomic_store(&last, 0);
	pthread_barrier_init(&round_over, NULL, VCPUS);
	run(p, join);
	pthread_barrier_destroy(&round_over);
	assert_int_equal(atomic_load(&last), JOINS);
	assert_int_equal(atomic_load(&joined), JOINS * (VCPUS - 1));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_prod_is_lost),
		TEST(of_all_that_join_at_once_one_goes_on),
	};

	return cmocka_run_group_tests_name("hcalls/cede-storm", tests, NULL,
					   NULL);
}
