/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM as a host: a vCPU sleeps in H_CEDE or H_JOIN.  Its thread is not in the
 * kernel then, and hears only what this library knows of, and the decrementer,
 * of which the kernel says when it is over.  Nobody hears of
 *
 *	the interrupts of a XICS that is the kernel's
 *	the decrementer of KVM-PR
 *	doorbells of the threads of a core
 *
 * H_CEDE may return at any time: with the first two it does so at once, and
 * with the last it does not sleep for long.
 */
#include "config.h"

#include <errno.h>
#include <sys/platform/ppc.h>
#include <time.h>

#include "spapr/kvm.h"
#include "spapr/vm.h"

#define NS_PER_S	1000000000ull
#define DOORBELL_NS	1000000u

/* How long the decrementer is positive still. */
static uint64_t decrementer_ns(const struct kvm_cpu *cpu)
{
	uint64_t hz = __ppc_get_timebase_freq(), now, expiry;
	int64_t ticks;

	if (kvm_get_one_reg(cpu->fd, KVM_REG_PPC_DEC_EXPIRY, &expiry) ||
	    kvm_cpu_timebase(cpu, &now) || !hz)
		return 0;
	ticks = expiry - now;
	if (ticks <= 0)
		return 0;
	return ticks / hz * NS_PER_S + ticks % hz * NS_PER_S / hz + 1;
}

/* How long H_CEDE may sleep. */
static uint64_t cede_ns(const struct kvm_cpu *cpu)
{
	uint64_t ns = cpu->kvm->irqs_fd < 0 ? decrementer_ns(cpu) : 0;

	if (cpu->vcpu->vm->config.threads > 1 && ns > DOORBELL_NS)
		ns = DOORBELL_NS;
	return ns;
}

static struct timespec from_now(uint64_t ns)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	ns += t.tv_nsec;
	t.tv_sec += ns / NS_PER_S;
	t.tv_nsec = ns % NS_PER_S;
	return t;
}

/* True once it is to run. */
static bool sleep_in_cede(struct kvm_cpu *cpu, const struct timespec *until)
{
	int err = 0;

	while (!cpu->woken && !cpu->kicked && !cpu->raised && !err)
		err = pthread_cond_clockwait(&cpu->changed, &cpu->lock,
					     CLOCK_MONOTONIC, until);
	return err || cpu->raised;
}

static void sleep_in_join(struct kvm_cpu *cpu)
{
	while (!cpu->woken && !cpu->kicked)
		pthread_cond_wait(&cpu->changed, &cpu->lock);
}

int kvm_cpu_rest(struct kvm_cpu *cpu)
{
	bool cede = papr_vcpu_rest(cpu->vcpu) == PAPR_REST_CEDE;
	struct timespec until;
	bool due = false, kicked;

	if (cede)
		until = from_now(cede_ns(cpu));
	pthread_mutex_lock(&cpu->lock);
	if (cede)
		due = sleep_in_cede(cpu, &until);
	else
		sleep_in_join(cpu);
	kicked = cpu->kicked;
	cpu->kicked = false;
	pthread_mutex_unlock(&cpu->lock);
	if (due)
		papr_vcpu_rouse(cpu->vcpu);
	return kicked ? PAPR_RUN_INTERRUPTED : PAPR_RUN_AGAIN;
}
