/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPUs that sleep in H_CEDE, which is the kernel's, or in H_JOIN, which is the
 * library's, and prod each other, each in a thread of its own.  A prod that was
 * lost would leave one asleep, and the test would not end.
 */
#include "config.h"

#include <pthread.h>

#include "tests/partition.h"

#define VCPUS 4
#define ROUNDS 2000

/* What a kernel does: a call that it has begun it ends. */
static pthread_rwlock_t in_kernel = PTHREAD_RWLOCK_INITIALIZER;
static _Atomic bool answers_prods;
static _Atomic bool prodded[VCPUS];
static _Atomic unsigned int by_kernel;

/* Everybody's sleep: until somebody is woken, any of them. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;

static void wake(void *cpu)
{
	(void)cpu;
	pthread_mutex_lock(&lock);
	pthread_cond_broadcast(&woken);
	pthread_mutex_unlock(&lock);
}

static int enable_hcall(void *host, uint32_t number, bool enable)
{
	(void)host;
	if (number == H_PROD)
		atomic_store(&answers_prods, enable);
	return 0;
}

/* It was in the kernel, if it was, before this returns. */
static void hold(void *cpu, bool hold)
{
	(void)cpu;
	if (!hold)
		return;
	pthread_rwlock_wrlock(&in_kernel);
	pthread_rwlock_unlock(&in_kernel);
}

static void tweak(struct partition *p, struct papr_host_ops *host_ops,
		  struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	host_ops->wake = wake;
	host_ops->enable_hcall = enable_hcall;
	host_ops->hold = hold;
	vmm_ops->trace = NULL;		/* writes down one call at a time */
}

static uint64_t call(struct papr_vcpu *vcpu, uint64_t nr, uint64_t arg)
{
	struct papr_hcall hcall = { .nr = nr, .args = { arg } };

	papr_vcpu_hcall(vcpu, &hcall);
	return hcall.ret;
}

static bool prod_in_kernel(uint32_t index)
{
	bool answered;

	pthread_rwlock_rdlock(&in_kernel);
	answered = atomic_load(&answers_prods);
	if (answered) {
		sched_yield();
		atomic_store(&prodded[index], true);
		atomic_fetch_add(&by_kernel, 1);
		wake(NULL);
	}
	pthread_rwlock_unlock(&in_kernel);
	return answered;
}

/* Until somebody has answered: one that is to be made again returns itself. */
static void prod(struct papr_vcpu *vcpu, uint32_t index)
{
	struct papr_vcpu *target = papr_vm_vcpu(papr_vcpu_vm(vcpu), index);

	while (!prod_in_kernel(index) &&
	       call(vcpu, H_PROD, papr_vcpu_id(target)) == H_PROD)
		;
}

static void cede(uint32_t me)
{
	pthread_mutex_lock(&lock);
	while (!atomic_exchange(&prodded[me], false))
		pthread_cond_wait(&woken, &lock);
	pthread_mutex_unlock(&lock);
}

/* True unless it is the last. */
static bool join(struct papr_vcpu *vcpu)
{
	if (call(vcpu, H_JOIN, 0) == H_CONTINUE)
		return false;
	pthread_mutex_lock(&lock);
	while (papr_vcpu_rest(vcpu) != PAPR_REST_NONE)
		pthread_cond_wait(&woken, &lock);
	pthread_mutex_unlock(&lock);
	return true;
}

/* Whose turn it is; the prod says that this has changed. */
static _Atomic uint32_t turn;

/* Every other one joins and cedes by turns, and the others only join. */
static void *take_turns(void *arg)
{
	struct papr_vcpu *vcpu = arg;
	uint32_t me = papr_vcpu_index(vcpu);
	unsigned int sleeps = 0;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		while (atomic_load(&turn) != me)
			if ((me & 1 && ++sleeps & 1) || !join(vcpu))
				cede(me);
		atomic_store(&turn, (me + 1) % VCPUS);
		prod(vcpu, (me + 1) % VCPUS);
	}
	return NULL;
}

static void no_prod_is_lost(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = tweak, .config = { .cores = VCPUS } });
	struct papr_entry entry = { 0 };
	pthread_t threads[VCPUS];

	(void)state;
	for (uint32_t i = 1; i < VCPUS; i++) {
		papr_vcpu_start(papr_vm_vcpu(p->vm, i), &entry);
		papr_vcpu_take_entry(papr_vm_vcpu(p->vm, i), &entry);
	}
	for (uint32_t i = 0; i < VCPUS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_turns,
						papr_vm_vcpu(p->vm, i)), 0);
	for (uint32_t i = 0; i < VCPUS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(atomic_load(&turn), 0);
	assert_in_range(atomic_load(&by_kernel), 1, VCPUS * ROUNDS);
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_prod_is_lost),
	};

	return cmocka_run_group_tests_name("hcalls/join-storm", tests, NULL,
					   NULL);
}
