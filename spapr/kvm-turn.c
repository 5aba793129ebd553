/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM as a host: a vCPU's thread goes into KVM_RUN and comes out. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include <papr/fwnmi.h>

#include "spapr/kvm.h"

/*
 * How often a vCPU comes out that cannot take now what waits for it.  Each
 * time must be enough for a slow guest to get on, and none like the one
 * before: a guest with a beat of its own is to be met in all it does.
 */
#define TICK_NS 20000000
#define TICK_MIN_NS 1000000

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/*
 * KVM_RUN, with the registers kept that Linux 6.1 may return with the guest's
 * values in, after a context switch: floating point, vectors and their status.
 * Nothing may live in them across the call.  Naming those that a function
 * must preserve makes the compiler save them here; the others are its
 * callers' to give up.  The status goes through memory.
 */
__attribute__((noinline, target("altivec,vsx")))
int kvm_run_guarded(int fd)
{
	uint32_t vscr[4] __attribute__((aligned(16)));
	uint64_t fpscr;
	int r;

	asm volatile("mffs 0\n\tstfd 0,0(%0)\n\tmfvscr 0\n\tstvx 0,0,%1"
		     : : "b"(&fpscr), "r"(vscr) : "fr0", "v0", "memory");
	r = kvm_ioctl(fd, KVM_RUN, NULL);
	asm volatile("lfd 0,0(%0)\n\tmtfsf 255,0,1,0\n\t"
		     "lvx 0,0,%1\n\tmtvscr 0"
		     : : "b"(&fpscr), "r"(vscr)
		     : "memory", "fr0", "fr14", "fr15", "fr16", "fr17", "fr18",
		       "fr19", "fr20", "fr21", "fr22", "fr23", "fr24", "fr25",
		       "fr26", "fr27", "fr28", "fr29", "fr30", "fr31", "v0",
		       "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27",
		       "v28", "v29", "v30", "v31");
	return r;
}

/*
 * The vCPU's thread goes into KVM_RUN and comes out.  Somebody who wants it
 * out sets immediate_exit, which counts if it is not in yet, and signals the
 * thread, which counts if it is.  The lock makes it one of the two.
 */
static bool enter_kernel(struct kvm_cpu *cpu, int *why_not)
{
	pthread_mutex_lock(&cpu->lock);
	while (cpu->holders)
		pthread_cond_wait(&cpu->changed, &cpu->lock);
	*why_not = cpu->kicked ? PAPR_RUN_INTERRUPTED : PAPR_RUN_AGAIN;
	cpu->in_kernel = !cpu->kicked && !cpu->woken;
	cpu->kicked = false;
	cpu->thread = pthread_self();
	cpu->run->immediate_exit = 0;
	pthread_mutex_unlock(&cpu->lock);
	return cpu->in_kernel;
}

/* Returns true if only the library can be why the thread came out. */
static bool leave_kernel(struct kvm_cpu *cpu, bool interrupted)
{
	bool ours;

	pthread_mutex_lock(&cpu->lock);
	cpu->in_kernel = false;
	ours = (cpu->holders || cpu->woken || cpu->later) && !cpu->kicked;
	if (interrupted)
		cpu->kicked = false;
	if (cpu->holders)
		pthread_cond_broadcast(&cpu->changed);
	pthread_mutex_unlock(&cpu->lock);
	return ours;
}

/* From TICK_MIN_NS to TICK_NS. */
static long next_tick_ns(struct kvm_cpu *cpu)
{
	cpu->tick_seed = cpu->tick_seed * 1664525 + 1013904223;
	return TICK_MIN_NS + (cpu->tick_seed >> 8) % (TICK_NS - TICK_MIN_NS);
}

/* One that comes too early, before KVM_RUN, is followed by another. */
static bool start_ticks(struct kvm_cpu *cpu, timer_t *ticks)
{
	const struct itimerspec every = {
		.it_interval.tv_nsec = TICK_NS,
		.it_value.tv_nsec = next_tick_ns(cpu),
	};
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGUSR1,
	};

	event.sigev_notify_thread_id = gettid();
	if (timer_create(CLOCK_MONOTONIC, &event, ticks))
		return false;
	timer_settime(*ticks, 0, &every, NULL);
	return true;
}

bool kvm_cpu_run(struct kvm_cpu *cpu, int *r)
{
	bool ticking, ours;
	timer_t ticks;

	if (!enter_kernel(cpu, r))
		return false;
	/* A KVM_RUN that fails leaves the reason of the one before. */
	cpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	ticking = cpu->later && start_ticks(cpu, &ticks);
	*r = kvm_run_guarded(cpu->fd);
	if (ticking)
		timer_delete(ticks);
	ours = leave_kernel(cpu, *r == -EINTR);
	if (*r != -EINTR)
		return true;
	*r = ours ? PAPR_RUN_AGAIN : PAPR_RUN_INTERRUPTED;
	return false;
}

int kvm_cpu_finish_call(struct kvm_cpu *cpu)
{
	uint8_t before = cpu->run->immediate_exit;
	int r;

	if (cpu->run->exit_reason == KVM_EXIT_UNKNOWN ||
	    cpu->run->exit_reason == KVM_EXIT_NMI)
		return 0;
	cpu->run->immediate_exit = 1;
	r = kvm_run_guarded(cpu->fd);
	cpu->run->immediate_exit = before;	/* may be the program's */
	if (r != -EINTR)
		return r < 0 ? r : -EIO;
	cpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	return 0;
}

static void pull_out(struct kvm_cpu *cpu)
{
	cpu->run->immediate_exit = 1;
	pthread_kill(cpu->thread, SIGUSR1);
}

void kvm_cpu_hold(struct kvm_cpu *cpu)
{
	pthread_mutex_lock(&cpu->lock);
	cpu->holders++;
	if (cpu->in_kernel)
		pull_out(cpu);
	while (cpu->in_kernel || cpu->held)
		pthread_cond_wait(&cpu->changed, &cpu->lock);
	cpu->held = true;
	pthread_mutex_unlock(&cpu->lock);
}

void kvm_cpu_release(struct kvm_cpu *cpu)
{
	pthread_mutex_lock(&cpu->lock);
	cpu->held = false;
	cpu->holders--;
	pthread_cond_broadcast(&cpu->changed);
	pthread_mutex_unlock(&cpu->lock);
}

static void rouse(struct kvm_cpu *cpu)
{
	if (cpu->in_kernel)
		pull_out(cpu);
	pthread_cond_broadcast(&cpu->changed);
}

void papr_kvm_kick(struct papr_vcpu *vcpu)
{
	struct kvm_cpu *cpu = papr_vcpu_host(vcpu);

	if (!cpu)
		return;
	pthread_mutex_lock(&cpu->lock);
	cpu->kicked = true;
	rouse(cpu);
	pthread_mutex_unlock(&cpu->lock);
}

void kvm_cpu_wake(void *arg)
{
	struct kvm_cpu *cpu = arg;

	pthread_mutex_lock(&cpu->lock);
	cpu->woken = true;
	rouse(cpu);
	pthread_mutex_unlock(&cpu->lock);
}

bool kvm_cpu_forget(struct kvm_cpu *cpu)
{
	bool out;

	pthread_mutex_lock(&cpu->lock);
	out = !cpu->in_kernel && !cpu->held;
	if (out) {
		cpu->kicked = false;
		cpu->woken = false;
		cpu->later = false;
	}
	pthread_mutex_unlock(&cpu->lock);
	return out;
}

/* Until it is woken, true; or kicked, and then it must ask once more. */
static bool sleep_until_woken(struct kvm_cpu *cpu)
{
	bool kicked;

	pthread_mutex_lock(&cpu->lock);
	while (!cpu->woken && !cpu->kicked)
		pthread_cond_wait(&cpu->changed, &cpu->lock);
	kicked = cpu->kicked;
	cpu->kicked = false;
	cpu->woken = true;
	pthread_mutex_unlock(&cpu->lock);
	return !kicked;
}

static int take_interrupts(struct kvm_cpu *cpu)
{
	int r;

	while (cpu->later || atomic_load(&cpu->woken)) {
		atomic_store(&cpu->woken, false);
		r = papr_vcpu_take_interrupt(cpu->vcpu);
		if (r < 0)
			return r;
		cpu->later = r == PAPR_INTERRUPT_LATER;
		if (r != PAPR_INTERRUPT_WAIT)
			break;
		if (!sleep_until_woken(cpu))
			return PAPR_RUN_INTERRUPTED;
	}
	return PAPR_RUN_AGAIN;
}

int kvm_cpu_interrupt(struct kvm_cpu *cpu)
{
	int r = take_interrupts(cpu);

	while (r == PAPR_RUN_AGAIN && papr_vcpu_rest(cpu->vcpu)) {
		r = kvm_cpu_rest(cpu);
		if (r == PAPR_RUN_AGAIN)
			r = take_interrupts(cpu);
	}
	return r;
}
