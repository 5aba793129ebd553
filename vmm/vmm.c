/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of things: prepare, run, clean up. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "vmm/prepare.h"
#include "vmm/stats.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

void vmm_say(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "papr run: %s\n", line);
}

void vmm_end(struct vmm *vmm, int status, const char *fmt, ...)
{
	va_list ap;

	pthread_mutex_lock(&vmm->lock);
	if (!vmm->ended) {
		vmm->ended = true;
		vmm->status = status;
		if (fmt) {
			va_start(ap, fmt);
			vsnprintf(vmm->text, sizeof(vmm->text), fmt, ap);
			va_end(ap);
		}
		eventfd_write(vmm->notice_fd, 1);
		pthread_cond_broadcast(&vmm->wake);
		pthread_cond_signal(&vmm->waiting);
	}
	pthread_mutex_unlock(&vmm->lock);
}

bool vmm_ended(struct vmm *vmm)
{
	return vmm->ended;
}

static void on_kick(int sig)
{
	(void)sig;
}

/*
 * SIGUSR1 takes vCPUs out of the guest.  A pipe without a reader and a file
 * at its limit are errors of a write, which has its message.  Those that end
 * a program are read from the descriptor that is returned, so that the
 * terminal and half-written files are seen to.
 */
static int signals_open(bool saves)
{
	struct sigaction kick = { .sa_handler = on_kick };
	sigset_t ends;

	sigaction(SIGUSR1, &kick, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	if (saves)
		sigaddset(&ends, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	return signalfd(-1, &ends, SFD_CLOEXEC);
}

static void count_stop(struct vmm *vmm)
{
	pid_t tids[PAPR_MAX_VCPUS];
	uint32_t i;

	for (i = 0; i < vmm->n_cpus; i++)
		tids[i] = vmm->cpus[i].tid;
	kernel_counts_stop(&vmm->counts, tids, vmm->n_cpus);
}

/* From the first instruction of the guest to the last. */
static int run_guest(struct vmm *vmm)
{
	int signal_fd = signals_open(vmm->options->save);
	int err;

	if (signal_fd < 0 || console_open(&vmm->console)) {
		vmm_say("no descriptors left: %s", strerror(errno));
		return RUN_REFUSED;
	}
	if (vmm->options->stats || vmm->options->timing)
		kernel_counts_start(&vmm->counts);
	vmm->base.since_ns = stats_clock_ns();
	err = cpus_start(vmm);
	if (err)
		vmm_end(vmm, RUN_REFUSED, "no thread for a vCPU: %s",
			strerror(-err));
	loop_run(vmm, signal_fd);
	machine_tell_end(vmm);
	cpus_stop(vmm);
	count_stop(vmm);
	console_close(&vmm->console);
	close(signal_fd);

	if (vmm->text[0])
		vmm_say("%s", vmm->text);
	if (vmm->status == RUN_TIMEOUT || vmm->status == RUN_STUCK)
		cpus_report(vmm);
	return vmm->status;
}

/* As JSON if the name says so; what fails is seen when the file is closed. */
static void write_stats(struct vmm *vmm)
{
	json_t *stats = stats_json(vmm->vm, NULL, &vmm->counts, &vmm->base);
	const char *suffix = strrchr(vmm->options->stats, '.');

	if (suffix && !strcmp(suffix, ".json")) {
		json_dumpf(stats, vmm->stats.stream, JSON_INDENT(2));
		fputc('\n', vmm->stats.stream);
	} else {
		stats_text(vmm->stats.stream, stats);
	}
	json_decref(stats);
}

/* A file that could not be finished outranks what the guest said. */
static int finish_files(struct vmm *vmm, int status)
{
	struct papr_error error;

	if (trace_close(&vmm->trace, &error)) {
		vmm_say("--trace %s", error.text);
		status = RUN_BAD_INPUT;
	}
	if (!vmm->stats.stream)
		return status;
	write_stats(vmm);
	if (output_commit(&vmm->stats, &error)) {
		vmm_say("--stats %s", error.text);
		status = RUN_BAD_INPUT;
	}
	return status;
}

static int write_dump(struct vmm *vmm)
{
	void *fdt = vmm->ram + vmm->layout.fdt;
	struct papr_error error;

	if (dump_fdt(vmm->options->dump_fdt, fdt, &error)) {
		vmm_say("--dump-fdt %s", error.text);
		return RUN_BAD_INPUT;
	}
	return 0;
}

static int run_prepared(struct vmm *vmm)
{
	int status = setup_host(vmm);

	if (!status)
		status = setup_partition(vmm);
	if (status)
		return status;
	if (vmm->options->dump_fdt)
		return write_dump(vmm);
	return finish_files(vmm, run_guest(vmm));
}

/* Undoes whatever was done. */
static void clean_up(struct vmm *vmm)
{
	struct papr_error ignored;

	vmm->trace.broken = true;	/* what is still open is not whole */
	trace_close(&vmm->trace, &ignored);
	output_discard(&vmm->stats);
	precopy_free(vmm);
	control_close(vmm->control);
	setup_undo(vmm);
	reset_undo(vmm);
	nvram_close(&vmm->nvram);
	free(vmm->vpd);
	if (vmm->mapping)
		munmap(vmm->mapping, vmm->mapping_len);
	papr_policy_free(vmm->policy);
	kernel_counts_free(&vmm->counts);
	stats_base_free(&vmm->base);
	pthread_cond_destroy(&vmm->waiting);
	pthread_cond_destroy(&vmm->wake);
	pthread_mutex_destroy(&vmm->lock);
	close(vmm->notice_fd);
	power_close(&vmm->power);
	events_close(&vmm->events);
}

int vmm_run(const struct run_options *options)
{
	struct vmm vmm = {
		.options = options,
		.paused = options->paused,
		.uptime = { .stands = options->paused },
		.kvm_fd = -1,
		.migrate = MIGRATE_PARAMETERS,
		.clock_ms = save_clock_ms,
		.vm_fd = -1,
		.nvram = { .fd = -1 },
		.power = { .fd = -1 },
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER,
		.waiting = PTHREAD_COND_INITIALIZER,
		.notice_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
		.counts = {
			.why_not = "they are counted with --stats or --timing"
		},
	};
	struct papr_error error;
	int status;

	if (events_open(&vmm.events) || power_open(&vmm.power))
		status = refuse(&error, RUN_REFUSED, "no descriptors left");
	else
		status = prepare(&vmm, &error);
	if (status)
		vmm_say("%s", error.text);
	else
		status = run_prepared(&vmm);
	clean_up(&vmm);
	return status;
}
