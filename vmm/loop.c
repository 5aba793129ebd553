/* SPDX-License-Identifier: BSD-2-Clause */
/* What the main thread does while the vCPUs run. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

enum {
	POLL_NOTICE, POLL_SIGNAL, POLL_SPACE, POLL_INPUT, POLL_CONTROL,
	POLL_EVENTS, POLL_POWER, POLL_PRECOPY, POLLS
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is left until @deadline_ms, for poll(); -1 without one. */
static int wait_ms(int64_t deadline_ms)
{
	int64_t left;

	if (!deadline_ms)
		return -1;
	left = deadline_ms - now_ms();
	return left > 0 ? left : 0;
}

/* The nearer of two times; -1 is none. */
static int sooner_ms(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static void save_and_end(struct vmm *vmm)
{
	struct papr_error error;

	if (save_guest(vmm, vmm->options->save, &error))
		vmm_say("--save %s", error.text);
	else
		vmm_end(vmm, RUN_SAVED, "the guest is saved to %s",
			vmm->options->save);
}

static void take_signal(struct vmm *vmm, int signal_fd)
{
	struct signalfd_siginfo info;

	if (read(signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGUSR2)
		save_and_end(vmm);
	else
		vmm_end(vmm, RUN_SIGNAL + info.ssi_signo, "ended by signal %u",
			info.ssi_signo);
}

static void take_input(struct vmm *vmm)
{
	switch (console_fill(&vmm->console)) {
	case CONSOLE_INPUT:
		papr_vm_console_input(vmm->vm);
		break;
	case CONSOLE_QUIT:
		vmm_end(vmm, RUN_QUIT, "ended by Ctrl-A x");
		break;
	case CONSOLE_NOTHING:
		break;
	}
}

static void take_events(struct vmm *vmm, const struct pollfd *polls)
{
	eventfd_t ignored;

	if (polls[POLL_NOTICE].revents) {
		eventfd_read(polls[POLL_NOTICE].fd, &ignored);
		reset_if_wanted(vmm);
		power_look(vmm);
	}
	if (polls[POLL_SIGNAL].revents)
		take_signal(vmm, polls[POLL_SIGNAL].fd);
	if (polls[POLL_SPACE].revents)
		eventfd_read(polls[POLL_SPACE].fd, &ignored);
	if (polls[POLL_INPUT].revents)
		take_input(vmm);
	if (polls[POLL_CONTROL].revents)
		control_serve(vmm->control);
	if (polls[POLL_EVENTS].revents)
		events_tell(&vmm->events, vmm->control);
	if (polls[POLL_POWER].revents)
		power_time(vmm);
	/* One that a client has just ended is not there. */
	if (polls[POLL_PRECOPY].revents && vmm->precopy)
		precopy_serve(vmm);
}

void loop_run(struct vmm *vmm, int signal_fd)
{
	struct pollfd polls[POLLS] = {
		[POLL_NOTICE] = { .fd = vmm->notice_fd, .events = POLLIN },
		[POLL_SIGNAL] = { .fd = signal_fd, .events = POLLIN },
		[POLL_SPACE] = { .fd = vmm->console.space_fd,
				 .events = POLLIN },
		[POLL_INPUT] = { .events = POLLIN },
		[POLL_CONTROL] = { .fd = control_fd(vmm->control),
				   .events = POLLIN },
		[POLL_EVENTS] = { .fd = vmm->events.fd, .events = POLLIN },
		[POLL_POWER] = { .fd = vmm->power.fd, .events = POLLIN },
		[POLL_PRECOPY] = { .events = POLLOUT },
	};
	int64_t deadline_ms = 0;
	int wait, pause;

	if (vmm->options->timeout_s)
		deadline_ms = now_ms() +
			      vmm->options->timeout_s * INT64_C(1000);
	while (!vmm_ended(vmm)) {
		/* poll() passes over a negative descriptor. */
		polls[POLL_INPUT].fd = console_wants_input(&vmm->console) ?
				       STDIN_FILENO : -1;
		polls[POLL_PRECOPY].fd = precopy_fd(vmm, &pause);
		wait = sooner_ms(watchdogs_wait_ms(vmm), wait_ms(deadline_ms));
		wait = sooner_ms(wait, pause);
		if (poll(polls, POLLS, wait) > 0)
			take_events(vmm, polls);
		/* Clients that never rest do not put the end off. */
		if (!wait_ms(deadline_ms))
			vmm_end(vmm, RUN_TIMEOUT,
				"the guest did not end within %u seconds",
				vmm->options->timeout_s);
	}
}
