/* SPDX-License-Identifier: BSD-2-Clause */
/* What clients of the control socket see of the VMM, and do with it. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vmm/place.h"
#include "vmm/qmp-event.h"
#include "vmm/qmp-plug.h"
#include "vmm/stats.h"
#include "vmm/routes.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

static const char *status(void *arg)
{
	struct vmm *vmm = arg;

	if (vmm_ended(vmm))
		return "shutdown";
	if (vmm->paused)
		return vmm->saved.state == SAVED_DONE ? "postmigrate" :
						       "paused";
	switch (vmm->power.told) {
	case POWER_OFF:
		return "shutdown";
	case POWER_SUSPENDED:
		return "suspended";
	default:
		return "running";
	}
}

static int stop(void *arg, struct papr_error *error)
{
	int ret = cpus_pause(arg);

	if (!ret)
		return 0;
	cpus_resume(arg);
	return refuse(error, ret, "a vCPU is held up and does not stop");
}

static void cont(void *arg)
{
	struct vmm *vmm = arg;

	if (vmm->saved.state == SAVED_DONE)
		vmm->saved.state = SAVED_NONE;
	cpus_resume(vmm);
}

static void quit(void *arg)
{
	struct vmm *vmm = arg;

	if (vmm_ended(vmm))
		return;
	vmm->quit_by_client = true;
	vmm_end(vmm, RUN_QUIT, "ended by a client of the control socket");
}

static int reset(void *arg, struct papr_error *error)
{
	return reset_now(arg, error);
}

static int wakeup(void *arg, struct papr_error *error)
{
	return power_wake(arg, error);
}

static int offer_suspend(void *arg, uint64_t stream,
			 struct papr_error *error)
{
	return papr_vm_offer_suspend(((struct vmm *)arg)->vm, stream, error);
}

/* A vCPU that the guest has not started has no use for it. */
static int reset_cpus(void *arg, struct papr_error *error)
{
	struct vmm *vmm = arg;
	uint32_t i;
	int ret;

	for (i = 0; i < vmm->n_cpus; i++) {
		ret = papr_vcpu_system_reset(vmm->cpus[i].vcpu);
		if (ret && ret != -EAGAIN)
			return refuse(error, ret, "vCPU %u takes no system "
				      "reset: %s",
				      papr_vcpu_id(vmm->cpus[i].vcpu),
				      strerror(-ret));
	}
	return 0;
}

static int inject(void *arg, uint32_t cpu, const struct papr_injection *what,
		  uint64_t *id, struct papr_error *error)
{
	struct vmm *vmm = arg;

	if (cpu >= vmm->n_cpus)
		return refuse(error, -EINVAL, "there is no vCPU with index %u",
			      cpu);
	return papr_vcpu_inject_when(vmm->cpus[cpu].vcpu, what, id, error);
}

static int cancel(void *arg, uint64_t id, struct papr_error *error)
{
	struct vmm *vmm = arg;

	return papr_vm_cancel_injection(vmm->vm, id, error);
}

static json_t *injections(void *arg)
{
	struct vmm *vmm = arg;
	struct papr_mc_info info = { .size = sizeof(info) };
	json_t *list = json_array();
	const char *type;
	uint64_t id;
	uint32_t i;

	for (i = 0; i < vmm->n_cpus; i++) {
		if (papr_vcpu_injection(vmm->cpus[i].vcpu, &id, &info))
			continue;
		type = papr_elog_value_name("MC.type", info.type);
		json_array_append_new(list, json_pack(
			"{s:I, s:i, s:s, s:s}", "id", (json_int_t)id,
			"cpu-index", i, "type", type ? type : "unknown",
			"state", "waiting"));
	}
	return list;
}

/* As QEMU tells its guest. */
static int powerdown(void *arg, struct papr_error *error)
{
	const struct papr_epow epow = {
		.size = sizeof(epow), .action = PAPR_EPOW_SYSTEM_SHUTDOWN,
		.modifier = PAPR_EPOW_NORMAL_SHUTDOWN, .partition = true,
	};

	return papr_vm_event_epow(((struct vmm *)arg)->vm, &epow, error);
}

static int put_event(void *arg, const struct qmp_event *event,
		     struct papr_error *error)
{
	return qmp_event_put(((struct vmm *)arg)->vm, event, error);
}

static json_t *event_counts(void *arg)
{
	return qmp_event_counts(((struct vmm *)arg)->vm);
}

static int plug(void *arg, enum papr_connector_kind kind, uint32_t number,
		struct papr_error *error)
{
	return plug_in(arg, kind, number, error);
}

static int unplug(void *arg, enum papr_connector_kind kind, uint32_t number,
		  struct papr_error *error)
{
	return plug_out(arg, kind, number, error);
}

static json_t *connectors(void *arg)
{
	struct vmm *vmm = arg;
	struct papr_connector connector = { .size = sizeof(connector) };
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; !papr_vm_connector(vmm->vm, i, &connector); i++)
		json_array_append_new(list, qmp_connector_json(&connector));
	return list;
}

/* Those that the guest has. */
static json_t *cpus(void *arg)
{
	struct vmm *vmm = arg;
	json_t *list = json_array();
	struct cpu *cpu;
	char path[32];
	uint32_t i;

	for (i = 0; i < vmm->n_cpus; i++) {
		cpu = &vmm->cpus[i];
		if (!papr_vcpu_is_there(cpu->vcpu))
			continue;
		snprintf(path, sizeof(path), "/machine/cpu[%u]", i);
		json_array_append_new(list, json_pack(
			"{s:i, s:s, s:i, s:{s:i}, s:s, s:b}", "cpu-index", i,
			"qom-path", path, "thread-id", cpu->tid,
			"props", "core-id", papr_vcpu_id(cpu->vcpu),
			"target", "ppc64", "papr-started",
			papr_vcpu_state(cpu->vcpu) != PAPR_CPU_STOPPED));
	}
	return list;
}

static void threads(const struct vmm *vmm, uint32_t first, uint32_t n,
		    pid_t *tids)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		tids[i] = vmm->cpus[first + i].tid;
}

/* Of one vCPU what the kernel saw of its thread. */
static void count_kernel(struct vmm *vmm, uint32_t first, uint32_t n)
{
	pid_t tids[PAPR_MAX_VCPUS];

	threads(vmm, first, n, tids);
	kernel_counts_read(&vmm->counts, tids, n);
}

static json_t *stats(void *arg, uint32_t cpu, struct papr_error *error)
{
	struct vmm *vmm = arg;

	if (cpu == QMP_ALL_CPUS) {
		count_kernel(vmm, 0, vmm->n_cpus);
		return stats_json(vmm->vm, NULL, &vmm->counts, &vmm->base);
	}
	if (cpu >= vmm->n_cpus) {
		refuse(error, -EINVAL, "there is no vCPU with index %u", cpu);
		return NULL;
	}
	count_kernel(vmm, cpu, 1);
	return stats_json(vmm->vm, vmm->cpus[cpu].vcpu, &vmm->counts,
			  &vmm->base);
}

static int reset_stats(void *arg, struct papr_error *error)
{
	struct vmm *vmm = arg;
	pid_t tids[PAPR_MAX_VCPUS];

	if (stats_base_take(&vmm->base, vmm->vm))
		return refuse(error, -ENOMEM, "no memory to count anew");
	threads(vmm, 0, vmm->n_cpus, tids);
	kernel_counts_restart(&vmm->counts, tids, vmm->n_cpus);
	return 0;
}

static int set_timing(void *arg, bool on, struct papr_error *error)
{
	struct vmm *vmm = arg;
	int ret = papr_vm_set_timing(vmm->vm, on);

	return ret ? refuse(error, ret, "no memory to measure calls") : 0;
}

static json_t *routes(void *arg)
{
	return routes_json(((struct vmm *)arg)->vm);
}

static json_t *apply_policy(void *arg, const char *text,
			    struct papr_error *error)
{
	return routes_apply_policy(((struct vmm *)arg)->vm, text, error);
}

/* A file has each page once; it is no hurry for who reads it. */
static int save_to_file(struct vmm *vmm, const char *place,
			struct papr_error *error)
{
	bool ran = !vmm->paused;
	int ret = save_guest(vmm, place, error);

	if (!ret && ran)
		machine_tell(vmm, "STOP");
	machine_tell_migration(vmm);
	return ret;
}

static int migrate(void *arg, const char *place, struct papr_error *error)
{
	struct vmm *vmm = arg;
	int ret;

	if (vmm->precopy)
		return refuse(error, -EBUSY, "a migration is under way");
	if (!place_is_socket(place))
		return save_to_file(vmm, place, error);
	ret = precopy_start(vmm, place, error);
	machine_tell_migration(vmm);
	return ret;
}

static void migrate_cancel(void *arg)
{
	precopy_cancel(arg);
}

static json_t *migration(void *arg)
{
	const struct vmm *vmm = arg;

	return save_report(&vmm->saved, vmm->options->mem);
}

static struct migrate_parameters *migrate_parameters(void *arg)
{
	struct vmm *vmm = arg;

	return &vmm->migrate;
}

const struct qmp_ops machine_ops = {
	.status = status,
	.stop = stop,
	.cont = cont,
	.quit = quit,
	.reset = reset,
	.wakeup = wakeup,
	.offer_suspend = offer_suspend,
	.reset_cpus = reset_cpus,
	.inject = inject,
	.cancel = cancel,
	.injections = injections,
	.powerdown = powerdown,
	.event = put_event,
	.event_counts = event_counts,
	.plug = plug,
	.unplug = unplug,
	.connectors = connectors,
	.cpus = cpus,
	.stats = stats,
	.reset_stats = reset_stats,
	.set_timing = set_timing,
	.routes = routes,
	.apply_policy = apply_policy,
	.migrate = migrate,
	.migrate_cancel = migrate_cancel,
	.migration = migration,
	.migrate_parameters = migrate_parameters,
};

/* A ShutdownCause of QEMU. */
static const char *end_cause(const struct vmm *vmm)
{
	switch (vmm->status) {
	case RUN_POWER_OFF:
	case RUN_WATCHDOG:
	case RUN_NOT_SAID:
	case RUN_SAID ... RUN_SAID_MAX:
		return "guest-shutdown";
	case RUN_REBOOT:
		return "guest-reset";
	case RUN_OS_TERM:
		return "guest-panic";
	case RUN_QUIT:
		return vmm->quit_by_client ? "host-qmp-quit" : "host-ui";
	default:
		return vmm->status > RUN_SIGNAL ? "host-signal" : "host-error";
	}
}

void machine_tell_reset(struct vmm *vmm, const char *reason)
{
	events_tell(&vmm->events, vmm->control);
	if (!strcmp(reason, "guest-panic"))
		control_event(vmm->control, "GUEST_PANICKED",
			      json_pack("{s:s}", "action", "run"));
	control_event(vmm->control, "RESET",
		      json_pack("{s:b, s:s}", "guest", 1, "reason", reason));
}

void machine_tell_power(struct vmm *vmm, enum power_state state)
{
	static const char *const names[] = {
		[POWER_ON] = "WAKEUP",
		[POWER_SUSPENDED] = "SUSPEND",
		[POWER_OFF] = "SHUTDOWN",
	};
	json_t *data = NULL;

	events_tell(&vmm->events, vmm->control);
	if (state == POWER_OFF)
		data = json_pack("{s:b, s:s}", "guest", 1,
				 "reason", "guest-shutdown");
	control_event(vmm->control, names[state], data);
}

void machine_tell(struct vmm *vmm, const char *event)
{
	control_event(vmm->control, event, NULL);
}

void machine_tell_migration(struct vmm *vmm)
{
	control_event(vmm->control, "MIGRATION",
		      json_pack("{s:s}", "status",
				save_status(vmm->saved.state)));
}

void machine_tell_watchdog(struct vmm *vmm, const char *action)
{
	control_event(vmm->control, "WATCHDOG",
		      json_pack("{s:s}", "action", action));
}

void machine_tell_end(struct vmm *vmm)
{
	const char *cause = end_cause(vmm);

	events_tell(&vmm->events, vmm->control);
	if (vmm->status == RUN_OS_TERM)
		control_event(vmm->control, "GUEST_PANICKED",
			      json_pack("{s:s}", "action", "poweroff"));
	control_event(vmm->control, "SHUTDOWN",
		      json_pack("{s:b, s:s}", "guest",
				!strncmp(cause, "guest-", strlen("guest-")),
				"reason", cause));
}
