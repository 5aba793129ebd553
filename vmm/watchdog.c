/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guest's watchdogs: the main thread waits for them, in a time that stands
 * still while the guest is paused.
 */
#include "config.h"

#include <limits.h>
#include <time.h>

#include "vmm/vmm.h"

#define NS_OF_MS 1000000u

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static uint64_t read_uptime(const struct uptime *uptime)
{
	return uptime->stands ? uptime->at_ns : now_ns() - uptime->offset_ns;
}

uint64_t uptime_ns(struct vmm *vmm)
{
	uint64_t ns;

	pthread_mutex_lock(&vmm->lock);
	ns = read_uptime(&vmm->uptime);
	pthread_mutex_unlock(&vmm->lock);
	return ns;
}

void uptime_stop(struct vmm *vmm, bool stop)
{
	struct uptime *uptime = &vmm->uptime;

	pthread_mutex_lock(&vmm->lock);
	uptime->at_ns = read_uptime(uptime);
	uptime->offset_ns = now_ns() - uptime->at_ns;
	uptime->stands = stop;
	pthread_mutex_unlock(&vmm->lock);
}

int watchdogs_wait_ms(struct vmm *vmm)
{
	uint64_t wait_ns;

	if (vmm->paused || vmm->power.state != POWER_ON)
		return -1;
	wait_ns = papr_vm_watchdogs(vmm->vm);
	if (wait_ns / NS_OF_MS >= INT_MAX)
		return wait_ns == UINT64_MAX ? -1 : INT_MAX;
	return (wait_ns + NS_OF_MS - 1) / NS_OF_MS;
}

static void restart(struct vmm *vmm, const char *name)
{
	if (vmm->options->on_reboot != ACTION_RESET) {
		vmm_end(vmm, RUN_WATCHDOG, "%s has expired: the guest is to be "
			"reset, which ends the run", name);
		return;
	}
	vmm_say("%s has expired: the guest is reset", name);
	reset_want(vmm, "guest-reset");
}

void watchdog_bites(struct vmm *vmm, enum papr_event what, const char *name)
{
	switch (what) {
	case PAPR_EVENT_WATCHDOG_RESTART:
		machine_tell_watchdog(vmm, "reset");
		restart(vmm, name);
		break;
	case PAPR_EVENT_WATCHDOG_DUMP:
		machine_tell_watchdog(vmm, "inject-nmi");
		vmm_say("%s has expired: the guest gets system resets", name);
		break;
	default:
		machine_tell_watchdog(vmm, "poweroff");
		vmm_end(vmm, RUN_WATCHDOG, "%s has expired: the guest is "
			"powered off", name);
		break;
	}
}
