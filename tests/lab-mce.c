/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * papr run with machine checks: takes its arguments.  Each time the guest sets
 * its clock, which it does not do by itself, vCPU 0 gets the next one of a
 * list.  tests/lab/mce holds what Linux says of it to what it should.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "vmm/prepare.h"
#include "vmm/vmm.h"

#define POLL_US 5000
#define EA 0xc000000000c0ffeeull

static const struct {
	uint8_t type, subtype;
	bool address;
	uint8_t disposition;
} checks[] = {
	{ PAPR_MC_SLB, PAPR_MC_SLB_MULTIHIT, true, PAPR_ELOG_FULLY_RECOVERED },
	{ PAPR_MC_SLB, PAPR_MC_SLB_PARITY, true, PAPR_ELOG_NOT_RECOVERED },
	{ PAPR_MC_ERAT, PAPR_MC_ERAT_MULTIHIT, true,
	  PAPR_ELOG_NOT_RECOVERED },
	{ PAPR_MC_TLB, PAPR_MC_ERAT_MULTIHIT, true,
	  PAPR_ELOG_LIMITED_RECOVERY },
	{ PAPR_MC_UE, PAPR_MC_UE_LOAD_STORE, false,
	  PAPR_ELOG_FULLY_RECOVERED },
	{ PAPR_MC_RA, PAPR_MC_RA_LOAD_STORE, true, PAPR_ELOG_FULLY_RECOVERED },
	{ PAPR_MC_D_CACHE, 0, false, PAPR_ELOG_FULLY_RECOVERED },
	{ PAPR_MC_UNKNOWN, 0, false, PAPR_ELOG_FULLY_RECOVERED },
};

#define CHECKS (sizeof(checks) / sizeof(checks[0]))

static uint64_t clock_settings(const struct vmm *vmm)
{
	const struct papr_call_info *call =
		papr_rtas_by_name("set-time-of-day");
	uint64_t calls = 0, errors;

	papr_vm_rtas_stats(vmm->vm, call->index, &calls, &errors);
	return calls;
}

static void inject(struct vmm *vmm, size_t i)
{
	struct papr_mc_info info = {
		.size = sizeof(info),
		.type = checks[i].type,
		.subtype = checks[i].subtype,
		.severity = PAPR_ELOG_ERROR_SYNC,
		.disposition = checks[i].disposition,
		.initiator = PAPR_ELOG_CPU,
		.effective_valid = checks[i].address,
		.effective_address = checks[i].address ? EA : 0,
	};
	struct papr_error error;

	if (papr_vcpu_inject(vmm->cpus[0].vcpu, &info, &error))
		vmm_say("%s", error.text);
}

static void *injector(void *arg)
{
	struct vmm *vmm = arg;
	size_t i = 0;

	while (!vmm_ended(vmm)) {
		usleep(POLL_US);
		if (i < CHECKS && clock_settings(vmm) > i)
			inject(vmm, i++);
	}
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
}

static int run(struct vmm *vmm)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct papr_error error;
	pthread_t thread;
	sigset_t none;

	sigemptyset(&none);
	sigaction(SIGUSR1, &action, NULL);
	if (setup_host(vmm) || setup_partition(vmm) ||
	    console_open(&vmm->console) || cpus_start(vmm) ||
	    pthread_create(&thread, NULL, injector, vmm))
		return RUN_REFUSED;
	loop_run(vmm, signalfd(-1, &none, SFD_CLOEXEC));
	cpus_stop(vmm);
	pthread_join(thread, NULL);
	console_close(&vmm->console);
	if (vmm->text[0])
		vmm_say("%s", vmm->text);
	if (trace_close(&vmm->trace, &error))
		vmm_say("%s", error.text);
	return vmm->status;
}

int main(int argc, char **argv)
{
	struct run_options options;
	struct vmm vmm = {
		.options = &options,
		.kvm_fd = -1,
		.vm_fd = -1,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.end_fd = eventfd(0, EFD_CLOEXEC),
	};
	struct papr_error error = { "" };

	if (options_parse(argc, argv, &options, &error) ||
	    prepare(&vmm, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return RUN_BAD_INPUT;
	}
	return run(&vmm);
}
