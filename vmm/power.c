/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "vmm/power.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

#define NS_PER_S UINT64_C(1000000000)
#define SECTION_VERSION 1
#define SECTION_LEN 8u

int power_open(struct power *power)
{
	power->fd = timerfd_create(CLOCK_REALTIME,
				   TFD_CLOEXEC | TFD_NONBLOCK);
	return power->fd < 0 ? -errno : 0;
}

void power_close(struct power *power)
{
	close(power->fd);
}

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

void power_on_at(struct vmm *vmm, uint64_t clock_ns)
{
	vmm->power.on_at_ns = clock_ns;
}

/* All vCPUs stay out of the guest from here on. */
static void leave(struct vmm *vmm, enum power_state state)
{
	pthread_mutex_lock(&vmm->lock);
	vmm->power.state = state;
	pthread_mutex_unlock(&vmm->lock);
	eventfd_write(vmm->notice_fd, 1);
}

static void come_back(struct vmm *vmm)
{
	pthread_mutex_lock(&vmm->lock);
	vmm->power.state = POWER_ON;
	pthread_cond_broadcast(&vmm->wake);
	pthread_mutex_unlock(&vmm->lock);
	vmm->power.told = POWER_ON;
	uptime_stop(vmm, vmm->paused);
}

static void format_time(uint64_t ns, char *text, size_t size)
{
	time_t seconds = ns / NS_PER_S;
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    !strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", &tm))
		snprintf(text, size, "a time far away");
}

bool power_waits(struct vmm *vmm, bool ups, char *text, size_t size)
{
	bool wanted = vmm->options->on_power_off == ACTION_WAIT, waits;
	uint64_t at_ns = vmm->power.on_at_ns;
	char time[40];

	text[0] = '\0';
	format_time(at_ns, time, sizeof(time));
	/* As an alarm clock that has rung while one was awake. */
	waits = at_ns > clock_ns();
	if (waits)
		snprintf(text, size, "the guest has powered off, and is to be "
			 "switched on at %s", time);
	else if (at_ns)
		snprintf(text, size, "the guest has powered off after %s, "
			 "when it was to be switched on", time);
	else if (ups)
		snprintf(text, size, "the guest has powered off, and is to be "
			 "switched on when there is power again");
	vmm->power.ups = ups;
	/* Only a client knows when there is power again. */
	waits = wanted && (waits || (ups && vmm->control));
	if (waits)
		leave(vmm, POWER_OFF);
	return waits;
}

void power_suspend(struct vmm *vmm)
{
	if (vmm->options->on_suspend != ACTION_RESUME)
		leave(vmm, POWER_SUSPENDED);
}

static void set_timer(struct power *power, uint64_t at_ns)
{
	const struct itimerspec at = { .it_value = {
		.tv_sec = at_ns / NS_PER_S, .tv_nsec = at_ns % NS_PER_S,
	} };

	timerfd_settime(power->fd, TFD_TIMER_ABSTIME, &at, NULL);
}

/* What cannot be saved goes on. */
static void save_suspended(struct vmm *vmm)
{
	struct papr_error error;

	if (!save_guest(vmm, vmm->options->save, &error)) {
		vmm_end(vmm, RUN_SAVED, "the guest is suspended, and saved to "
			"%s", vmm->options->save);
		return;
	}
	vmm_say("--save %s", error.text);
	power_wake(vmm, &error);
}

/* A vCPU that is held up comes out of it into the wait. */
void power_look(struct vmm *vmm)
{
	struct power *power = &vmm->power;
	enum power_state state = power->state;

	if (state == power->told || vmm_ended(vmm))
		return;
	uptime_stop(vmm, true);
	cpus_leave(vmm);
	power->told = state;
	machine_tell_power(vmm, state);
	if (state == POWER_OFF)
		set_timer(power, power->on_at_ns);
	else if (vmm->options->on_suspend == ACTION_SAVE)
		save_suspended(vmm);
}

void power_was_reset(struct vmm *vmm)
{
	struct power *power = &vmm->power;

	/* The time is good for one start. */
	if (power->state == POWER_OFF)
		power->on_at_ns = 0;
	set_timer(power, 0);
	come_back(vmm);
}

static int switch_on(struct vmm *vmm, struct papr_error *error)
{
	int ret = reset_now(vmm, error);

	if (!ret)
		machine_tell_reset(vmm, "guest-reset");
	return ret;
}

int power_wake(struct vmm *vmm, struct papr_error *error)
{
	enum power_state state = vmm->power.state;

	switch (state) {
	case POWER_OFF:
		return switch_on(vmm, error);
	case POWER_SUSPENDED:
		come_back(vmm);
		machine_tell_power(vmm, POWER_ON);
		return 0;
	default:
		return refuse(error, -EINVAL, "the guest is neither suspended "
			      "nor switched off");
	}
}

/* One that a vCPU holds up is tried again. */
void power_time(struct vmm *vmm)
{
	struct papr_error error;
	uint64_t expired;

	if (read(vmm->power.fd, &expired, sizeof(expired)) < 0 ||
	    vmm->power.state != POWER_OFF)
		return;
	if (switch_on(vmm, &error) && !vmm_ended(vmm))
		set_timer(&vmm->power, 1);
}

int power_put(struct vmm *vmm, struct papr_saver *saver,
	      struct papr_error *error)
{
	uint8_t bytes[SECTION_LEN];
	const struct papr_section section = {
		.size = sizeof(section), .name = POWER_SECTION,
		.version = SECTION_VERSION, .bytes = bytes,
		.len = sizeof(bytes),
	};
	uint64_t at_ns = vmm->power.on_at_ns;

	if (!at_ns)
		return 0;
	put_be64(bytes, at_ns);
	return papr_saver_put(saver, &section, error);
}

int power_take(struct vmm *vmm, const struct papr_section *section,
	       struct papr_error *error)
{
	if (section->version != SECTION_VERSION || section->len != SECTION_LEN)
		return refuse(error, -EINVAL, "%zu bytes of version %u are no "
			      "time to be switched on", section->len,
			      section->version);
	vmm->power.on_at_ns = get_be64(section->bytes);
	return 0;
}
