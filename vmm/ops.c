/* SPDX-License-Identifier: BSD-2-Clause */
/* What libpapr asks of the program around it. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

static size_t console_write(void *arg, uint32_t unit, const void *data,
			    size_t len)
{
	struct vmm *vmm = arg;
	ssize_t n = console_put(&vmm->console, data, len);

	(void)unit;
	if (n < 0) {
		vmm_end(vmm, RUN_BAD_INPUT, "standard output: %s",
			strerror(-n));
		n = len;	/* the guest need not try again */
	}
	return n;
}

static size_t console_read(void *arg, uint32_t unit, void *data, size_t len)
{
	struct vmm *vmm = arg;

	(void)unit;
	return console_take(&vmm->console, data, len);
}

static int random_bytes(void *arg, void *data, size_t len)
{
	uint8_t *at = data;
	ssize_t n;

	(void)arg;
	while (len) {
		n = getrandom(at, len, 0);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			at += n;
			len -= n;
		}
	}
	return 0;
}

/* Its thread looks at the state that the library has set. */
static void start_cpu(void *arg, struct papr_vcpu *vcpu)
{
	struct vmm *vmm = arg;

	(void)vcpu;
	pthread_mutex_lock(&vmm->lock);
	pthread_cond_broadcast(&vmm->wake);
	pthread_mutex_unlock(&vmm->lock);
}

/* A guest's words go to a terminal: nothing but printable characters. */
static void copy_printable(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; from[i] && i < size - 1; i++)
		to[i] = isprint((unsigned char)from[i]) ? from[i] : '.';
	to[i] = '\0';
}

/* A program that was to tell its status, and has not, has not done well. */
static void end_powered_off(struct vmm *vmm, const char *text)
{
	uint64_t own;

	if (!vmm->options->guest_status)
		vmm_end(vmm, RUN_POWER_OFF, *text ? "%s" : NULL, text);
	else if (!console_said(&vmm->console, &own))
		vmm_end(vmm, RUN_NOT_SAID, "the guest has powered off without "
			"a line EXIT: STATUS=N");
	else if (!own)
		vmm_end(vmm, RUN_POWER_OFF, NULL);
	else
		vmm_end(vmm, own < RUN_SAID_MAX - RUN_SAID ?
			     RUN_SAID + own : RUN_SAID_MAX,
			"the guest's program has ended with status %" PRIu64,
			own);
}

static void power_off(struct vmm *vmm, bool ups)
{
	char text[128];

	if (power_waits(vmm, ups, text, sizeof(text)))
		vmm_say("%s", text);
	else
		end_powered_off(vmm, text);
}

static int set_power_on(void *arg, uint64_t clock_ns)
{
	power_on_at(arg, clock_ns);
	return 0;
}

/* The answer is given by then, and the guest goes on behind it. */
static int suspend(void *arg, struct papr_vcpu *vcpu)
{
	(void)vcpu;
	power_suspend(arg);
	return 0;
}

static void event(void *arg, enum papr_event what, const char *text)
{
	struct vmm *vmm = arg;
	char words[256];

	switch (what) {
	case PAPR_EVENT_POWER_OFF:
		power_off(vmm, !strcmp(text, "ups"));
		break;
	case PAPR_EVENT_REBOOT:
		if (vmm->options->on_reboot == ACTION_RESET) {
			reset_want(vmm, "guest-reset");
			break;
		}
		vmm_end(vmm, RUN_REBOOT,
			"the guest asks to be rebooted, which ends the run");
		break;
	case PAPR_EVENT_CHECKSTOP:
		vmm_end(vmm, RUN_STUCK, "%s", text);
		break;
	case PAPR_EVENT_WATCHDOG_OFF:
	case PAPR_EVENT_WATCHDOG_RESTART:
	case PAPR_EVENT_WATCHDOG_DUMP:
		watchdog_bites(vmm, what, text);
		break;
	case PAPR_EVENT_DUMP:
		copy_printable(words, sizeof(words), text);
		vmm_say("the guest has given up, and its dump is taken: %s",
			words);
		reset_want(vmm, "guest-panic");
		break;
	case PAPR_EVENT_OS_TERM:
		copy_printable(words, sizeof(words), text);
		if (vmm->options->on_panic == ACTION_RESET) {
			vmm_say("the guest has given up: %s", words);
			reset_want(vmm, "guest-panic");
			break;
		}
		vmm_end(vmm, RUN_OS_TERM, "the guest has given up: %s", words);
		break;
	}
}

static void log_line(void *arg, enum papr_log level, const char *line)
{
	static const char *const levels[] = {
		[PAPR_LOG_ERROR] = "error: ",
		[PAPR_LOG_WARNING] = "warning: ",
		[PAPR_LOG_INFO] = "",
	};

	(void)arg;
	vmm_say("%s%s", levels[level], line);
}

static void trace(void *arg, const struct papr_trace *call)
{
	struct vmm *vmm = arg;
	struct papr_error error;

	if (trace_line(&vmm->trace, call, &error))
		vmm_end(vmm, RUN_BAD_INPUT,
			"--trace %s; there is no trace, and the run is over",
			error.text);
}

static void injected(void *arg, struct papr_vcpu *vcpu,
		     const struct papr_injected *what)
{
	struct vmm *vmm = arg;
	const struct event event = {
		.cpu = papr_vcpu_index(vcpu),
		.injected = *what,
	};

	events_put(&vmm->events, &event);
}

static void interlock(void *arg, struct papr_vcpu *vcpu)
{
	struct vmm *vmm = arg;
	const struct event event = {
		.cpu = papr_vcpu_index(vcpu),
		.interlock = true,
	};

	events_put(&vmm->events, &event);
}

/* The main thread looks after them in each turn. */
static void watchdog(void *arg)
{
	struct vmm *vmm = arg;

	eventfd_write(vmm->notice_fd, 1);
}

static uint64_t uptime(void *arg)
{
	return uptime_ns(arg);
}

/* The guest is told as well; the user has chosen the file. */
static int store_nvram(void *arg, size_t offset, const void *bytes, size_t len)
{
	struct vmm *vmm = arg;
	int err = nvram_write(&vmm->nvram, offset, bytes, len);

	if (err)
		vmm_say("--nvram %s: %s", vmm->options->nvram, strerror(-err));
	return err;
}

/* No devices but the library's own, and no time of day but the host's. */
const struct papr_vmm_ops vmm_ops = {
	.size = sizeof(vmm_ops),
	.console_write = console_write,
	.console_read = console_read,
	.random = random_bytes,
	.start_cpu = start_cpu,
	.event = event,
	.log = log_line,
	.trace = trace,
	.injected = injected,
	.interlock = interlock,
	.watchdog = watchdog,
	.uptime_ns = uptime,
	.nvram_store = store_nvram,
	.plug = plug_make,
	.connector = plug_told,
	.power_on_at = set_power_on,
	.suspend = suspend,
};
