/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vmm/pace.h"
#include "vmm/pages.h"
#include "vmm/place.h"
#include "vmm/precopy.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

/* @out is what the socket has not taken yet. */
struct precopy {
	struct output output;
	struct papr_saver *saver;
	struct pages pages;
	struct pace pace;
	uint64_t since_ms;
	uint64_t looked_ms;	/* when dirty pages were read */
	bool stands;		/* the guest does, for this */
	uint8_t *out;
	size_t out_len;
	size_t out_at;
	size_t out_room;
};

/* --- bytes */

/* At most @most bytes; -EAGAIN if some are left then. */
static int write_out(struct precopy *copy, uint64_t most)
{
	int fd = fileno(copy->output.stream);
	size_t len;
	ssize_t n;

	while (copy->out_at < copy->out_len) {
		len = copy->out_len - copy->out_at;
		if (len > most)
			len = most;
		if (!len)
			return -EAGAIN;
		n = write(fd, copy->out + copy->out_at, len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			continue;
		copy->out_at += n;
		copy->pace.sent += n;
		most -= n;
	}
	copy->out_at = copy->out_len = 0;
	return 0;
}

/* Until it is all gone; a reader that takes nothing is given up. */
static int write_all(struct precopy *copy)
{
	int ret = write_out(copy, UINT64_MAX);

	return ret == -EAGAIN ? -ETIMEDOUT : ret;
}

static int reserve(struct precopy *copy, size_t len)
{
	size_t want = copy->out_len + len;
	uint8_t *out;

	if (want <= copy->out_room)
		return 0;
	out = realloc(copy->out, 2 * want);
	if (!out)
		return -ENOMEM;
	copy->out = out;
	copy->out_room = 2 * want;
	return 0;
}

static int put_bytes(void *arg, const void *bytes, size_t len)
{
	struct vmm *vmm = arg;
	struct precopy *copy = vmm->precopy;
	int ret = reserve(copy, len);

	if (ret)
		return ret;
	memcpy(copy->out + copy->out_len, bytes, len);
	copy->out_len += len;
	vmm->saved.bytes += len;
	if (copy->stands)
		vmm->saved.last_bytes += len;
	return copy->stands && copy->out_len >= RAM_RUN ? write_all(copy) : 0;
}

static int set_waiting(struct precopy *copy, bool waits)
{
	int fd = fileno(copy->output.stream);
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	flags = waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) ? -errno : 0;
}

/* --- begin and end */

/* A guest that wants a reset stays out until it has it. */
static int log_dirty(struct vmm *vmm, bool on, struct papr_error *error)
{
	int ret = cpus_hold(vmm);

	if (vmm_ended(vmm))
		ret = refuse(error, -ESHUTDOWN, "the guest has ended");
	else if (ret)
		refuse(error, ret, "a vCPU is held up and does not stop");
	else
		ret = papr_vm_log_dirty(vmm->vm, on, error);
	if (!vmm->wants_reset)
		cpus_let_go(vmm);
	return ret;
}

void precopy_free(struct vmm *vmm)
{
	struct precopy *copy = vmm->precopy;

	if (!copy)
		return;
	papr_saver_free(copy->saver);
	output_discard(&copy->output);
	pages_free(&copy->pages);
	free(copy->out);
	free(copy);
	vmm->precopy = NULL;
}

static void account(struct vmm *vmm)
{
	const struct precopy *copy = vmm->precopy;

	vmm->saved.pages = copy->pages.written;
	vmm->saved.zero_pages = copy->pages.zero;
	vmm->saved.left = copy->pages.left;
	vmm->saved.rate = pace_rate(&copy->pace);
	vmm->saved.total_ms = vmm->clock_ms() - copy->since_ms;
}

static void finish(struct vmm *vmm, enum saved_state state)
{
	struct papr_error error;

	account(vmm);
	precopy_free(vmm);
	if (log_dirty(vmm, false, &error) && !vmm_ended(vmm))
		vmm_say("pages that change are still noted: %s", error.text);
	vmm->saved.state = state;
	machine_tell_migration(vmm);
}

static void fail(struct vmm *vmm, const struct papr_error *error)
{
	vmm->saved.why = *error;
	finish(vmm, SAVED_FAILED);
}

void precopy_cancel(struct vmm *vmm)
{
	if (vmm->precopy)
		finish(vmm, SAVED_CANCELLED);
}

/* The guest's interrupt controller is stopped only here. */
static int put_last(void *arg, struct papr_saver *saver,
		    struct papr_error *error)
{
	struct vmm *vmm = arg;
	struct pages *pages = &vmm->precopy->pages;
	int ret = papr_vm_read_dirty(vmm->vm, pages_mark, pages, error);

	if (!ret)
		ret = power_put(vmm, saver, error);
	return ret ? ret : pages_put_all(pages, saver, error);
}

static int open_stream(struct vmm *vmm, const char *place,
		       struct papr_error *error)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = put_bytes, .sections = put_last,
	};
	struct precopy *copy = vmm->precopy;
	int ret = pages_init(&copy->pages, vmm->ram, vmm->options->max_mem,
			     error);

	if (!ret)
		ret = place_create(place, &copy->output, error);
	if (ret)
		return ret;
	ret = set_waiting(copy, false);
	if (ret)
		return refuse(error, ret, "%s: %s", place, strerror(-ret));
	return papr_saver_new(vmm->vm, &ops, vmm, &copy->saver, error);
}

int precopy_start(struct vmm *vmm, const char *place, struct papr_error *error)
{
	struct precopy *copy = calloc(1, sizeof(*copy));
	int ret;

	if (!copy)
		return refuse(error, -ENOMEM, "no memory");
	vmm->precopy = copy;
	vmm->saved = (struct saved){ .state = SAVED_ACTIVE, .rounds = 1 };
	copy->since_ms = copy->looked_ms = copy->pace.since_ms =
		vmm->clock_ms();
	ret = open_stream(vmm, place, error);
	if (!ret)
		ret = log_dirty(vmm, true, error);
	if (!ret) {
		account(vmm);
		return 0;
	}
	vmm->saved.why = *error;
	vmm->saved.state = SAVED_FAILED;
	precopy_free(vmm);
	return ret;
}

/* --- rounds */

/* All that was marked so far is on its way. */
static bool is_idle(const struct precopy *copy)
{
	return !copy->out_len && !copy->pages.left;
}

/* Those that have changed; whether it is time for the guest to stand. */
static int next_round(struct vmm *vmm, bool *last, struct papr_error *error)
{
	struct precopy *copy = vmm->precopy;
	struct pages *pages = &copy->pages;
	uint64_t now_ms = vmm->clock_ms(), took_ms = now_ms - copy->looked_ms;
	int ret = papr_vm_read_dirty(vmm->vm, pages_mark, pages, error);

	pages->fresh = false;
	*last = pace_is_short(&copy->pace, &vmm->migrate,
			      pages->left * RAM_PAGE);
	vmm->saved.dirty_rate = pages->left * 1000 / (took_ms ? took_ms : 1);
	vmm->saved.rounds++;
	copy->looked_ms = now_ms;
	copy->pace.looked = true;
	return ret;
}

static int send_rest(struct vmm *vmm, struct papr_error *error)
{
	struct precopy *copy = vmm->precopy;
	int ret = set_waiting(copy, true);

	copy->stands = true;
	if (ret)
		return refuse(error, ret, "%s", strerror(-ret));
	ret = papr_saver_finish(copy->saver, error);
	if (ret)
		return ret;
	ret = write_all(copy);
	if (ret)
		return refuse(error, ret, "it cannot be written: %s",
			      strerror(-ret));
	return output_commit(&copy->output, error);
}

static int stop(struct vmm *vmm, struct papr_error *error)
{
	int ret = cpus_pause(vmm);

	if (vmm_ended(vmm))
		return refuse(error, -ESHUTDOWN, "the guest has ended");
	if (!ret && vmm->power.state == POWER_OFF)
		return refuse(error, -ESHUTDOWN, "the guest is switched off");
	return ret ? refuse(error, ret, "a vCPU is held up and does not stop") :
		     0;
}

/*
 * A guest that stood before stays so.  One that wants a reset has it first, or
 * would never: this comes again.
 */
static void complete(struct vmm *vmm)
{
	uint64_t since_ms = vmm->clock_ms();
	bool ran = !vmm->paused;
	struct papr_error error;
	int ret = stop(vmm, &error);

	if (!ret && vmm->wants_reset) {
		if (ran)
			cpus_resume(vmm);
		return;
	}
	if (!ret && ran)
		machine_tell(vmm, "STOP");
	if (!ret)
		ret = send_rest(vmm, &error);
	vmm->saved.ms = vmm->clock_ms() - since_ms;
	if (!ret) {
		finish(vmm, SAVED_DONE);
		return;
	}
	if (ran)
		cpus_resume(vmm);
	if (ran && vmm->precopy->stands)
		machine_tell(vmm, "RESUME");
	fail(vmm, &error);
}

/*
 * What is on its way first, then a section, then another round, of which there
 * is one in a window: it costs the guest time.
 */
static int go_on(struct vmm *vmm, bool *last, struct papr_error *error)
{
	struct precopy *copy = vmm->precopy;
	int ret;

	pace_tick(&copy->pace, vmm->clock_ms(), copy->out_len);
	ret = write_out(copy, pace_room(&copy->pace, &vmm->migrate));
	if (ret == -EAGAIN)
		return 0;
	if (ret)
		return refuse(error, ret, "it cannot be written: %s",
			      strerror(-ret));
	if (copy->pages.left)
		return pages_put(&copy->pages, copy->saver, error);
	return copy->pace.looked ? 0 : next_round(vmm, last, error);
}

void precopy_serve(struct vmm *vmm)
{
	struct papr_error error = { "" };
	bool last = false;

	if (go_on(vmm, &last, &error))
		fail(vmm, &error);
	else if (last)
		complete(vmm);
	if (vmm->precopy)
		account(vmm);
}

int precopy_fd(const struct vmm *vmm, int *wait_ms)
{
	const struct precopy *copy = vmm->precopy;

	*wait_ms = -1;
	if (!copy)
		return -1;
	if (is_idle(copy) ? copy->pace.looked :
			    !pace_room(&copy->pace, &vmm->migrate))
		*wait_ms = pace_wait_ms(&copy->pace, vmm->clock_ms());
	return *wait_ms > 0 ? -1 : fileno(copy->output.stream);
}

void precopy_renew(struct vmm *vmm)
{
	if (!vmm->precopy)
		return;
	pages_mark(&vmm->precopy->pages, 0, vmm->options->max_mem);
	vmm->precopy->pages.fresh = false;
}
