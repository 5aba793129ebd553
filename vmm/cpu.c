/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread for each vCPU. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

#define PAUSE_WAIT_S 5

static const struct {
	uint32_t reason;
	const char *name;
} exit_names[] = {
	{ KVM_EXIT_UNKNOWN, "unknown" },
	{ KVM_EXIT_EXCEPTION, "exception" },
	{ KVM_EXIT_HYPERCALL, "hypercall" },
	{ KVM_EXIT_DEBUG, "debug" },
	{ KVM_EXIT_FAIL_ENTRY, "failed entry" },
	{ KVM_EXIT_INTERNAL_ERROR, "internal error of KVM" },
	{ KVM_EXIT_SYSTEM_EVENT, "system event" },
	{ KVM_EXIT_WATCHDOG, "watchdog" },
	{ KVM_EXIT_NMI, "machine check" },
};

static const char *exit_name(uint32_t reason)
{
	size_t i;

	for (i = 0; i < COUNT_OF(exit_names); i++)
		if (exit_names[i].reason == reason)
			return exit_names[i].name;
	return "not known";
}

static void end_on_exit(struct cpu *cpu)
{
	const struct kvm_run *run = cpu->run;
	unsigned int id = papr_vcpu_id(cpu->vcpu);

	if (run->exit_reason == KVM_EXIT_MMIO)
		vmm_end(cpu->vmm, RUN_STUCK,
			"vCPU %u: %s of %u bytes at 0x%" PRIx64
			", where there is no memory and no device", id,
			run->mmio.is_write ? "store" : "load", run->mmio.len,
			(uint64_t)run->mmio.phys_addr);
	else
		vmm_end(cpu->vmm, RUN_STUCK,
			"vCPU %u: exit %u of KVM (%s) cannot be handled", id,
			run->exit_reason, exit_name(run->exit_reason));
}

static bool is_kept_out(const struct vmm *vmm)
{
	return vmm->paused || vmm->resetting || vmm->power.state != POWER_ON;
}

static bool may_run(const struct cpu *cpu)
{
	return !is_kept_out(cpu->vmm) &&
	       papr_vcpu_state(cpu->vcpu) != PAPR_CPU_STOPPED;
}

/*
 * Until the machine is on, neither paused nor reset, and RTAS start-cpu has
 * named this vCPU; or the end.
 */
static void wait_to_run(struct cpu *cpu)
{
	struct vmm *vmm = cpu->vmm;

	pthread_mutex_lock(&vmm->lock);
	vmm->n_waiting++;
	pthread_cond_signal(&vmm->waiting);
	while (!vmm->ended && !may_run(cpu))
		pthread_cond_wait(&vmm->wake, &vmm->lock);
	vmm->n_waiting--;
	pthread_mutex_unlock(&vmm->lock);
}

static void *cpu_thread(void *arg)
{
	struct cpu *cpu = arg;
	struct papr_error error = { "" };
	int ret;

	cpu->tid = gettid();
	while (!vmm_ended(cpu->vmm)) {
		if (is_kept_out(cpu->vmm))
			wait_to_run(cpu);
		ret = papr_kvm_vcpu_run(cpu->vcpu, &error);
		if (ret == PAPR_RUN_STOPPED)
			wait_to_run(cpu);
		else if (ret == PAPR_RUN_EXIT)
			end_on_exit(cpu);
		else if (ret < 0)
			vmm_end(cpu->vmm, RUN_STUCK, "vCPU %u: %s",
				papr_vcpu_id(cpu->vcpu), error.text);
	}
	return NULL;
}

int cpu_start(struct cpu *cpu)
{
	int err = pthread_create(&cpu->thread, NULL, cpu_thread, cpu);

	if (err)
		return -err;
	cpu->has_thread = true;
	cpu->vmm->n_threads++;
	return 0;
}

int cpus_start(struct vmm *vmm)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < vmm->n_cpus && !err; i++)
		if (vmm->cpus[i].run && !vmm->cpus[i].has_thread)
			err = cpu_start(&vmm->cpus[i]);
	return err;
}

static void kick_all(struct vmm *vmm)
{
	uint32_t i;

	for (i = 0; i < vmm->n_cpus; i++)
		if (vmm->cpus[i].has_thread)
			papr_kvm_kick(vmm->cpus[i].vcpu);
}

static void set(struct vmm *vmm, _Atomic bool *flag, bool value)
{
	pthread_mutex_lock(&vmm->lock);
	*flag = value;
	pthread_cond_broadcast(&vmm->wake);
	pthread_mutex_unlock(&vmm->lock);
}

/* A vCPU may be held up by a pipe that nobody reads: not for ever. */
int cpus_leave(struct vmm *vmm)
{
	struct timespec until;
	int err = 0;

	kick_all(vmm);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PAUSE_WAIT_S;
	pthread_mutex_lock(&vmm->lock);
	while (!err && !vmm->ended && vmm->n_waiting < vmm->n_threads)
		err = pthread_cond_clockwait(&vmm->waiting, &vmm->lock,
					     CLOCK_MONOTONIC, &until);
	pthread_mutex_unlock(&vmm->lock);
	return -err;
}

int cpus_pause(struct vmm *vmm)
{
	set(vmm, &vmm->paused, true);
	uptime_stop(vmm, true);
	return cpus_leave(vmm);
}

void cpus_resume(struct vmm *vmm)
{
	uptime_stop(vmm, vmm->power.state != POWER_ON);
	set(vmm, &vmm->paused, false);
}

int cpus_hold(struct vmm *vmm)
{
	set(vmm, &vmm->resetting, true);
	return cpus_leave(vmm);
}

void cpus_let_go(struct vmm *vmm)
{
	set(vmm, &vmm->resetting, false);
}

void cpus_stop(struct vmm *vmm)
{
	uint32_t i;

	kick_all(vmm);
	for (i = 0; i < vmm->n_cpus; i++)
		if (vmm->cpus[i].has_thread)
			pthread_join(vmm->cpus[i].thread, NULL);
}

/* Storage and segment interrupts with nothing but themselves behind them. */
static const char *pc_comment(uint64_t pc)
{
	switch (pc) {
	case 0x300:
	case 0x380:
	case 0x400:
	case 0x480:
		return ": it takes the same storage interrupt again and again; "
		       "perhaps the guest was set up for another MMU, see "
		       "--mmu";
	default:
		return "";
	}
}

void cpus_report(struct vmm *vmm)
{
	uint64_t pc, msr;
	uint32_t i, id;

	for (i = 0; i < vmm->n_cpus; i++) {
		id = papr_vcpu_id(vmm->cpus[i].vcpu);
		if (!papr_vcpu_is_there(vmm->cpus[i].vcpu))
			continue;
		if (papr_vcpu_state(vmm->cpus[i].vcpu) == PAPR_CPU_STOPPED)
			vmm_say("vCPU %u: stopped", id);
		else if (!papr_kvm_vcpu_pc(vmm->cpus[i].vcpu, &pc, &msr))
			vmm_say("vCPU %u: pc 0x%" PRIx64 ", msr 0x%" PRIx64
				"%s", id, pc, msr, pc_comment(pc));
	}
}
