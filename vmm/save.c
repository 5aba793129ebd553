/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "vmm/pages.h"
#include "vmm/place.h"
#include "vmm/precopy.h"
#include "vmm/save.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

struct job {
	struct vmm *vmm;
	struct output output;
	struct saved saved;
	struct pages pages;
};

static int write_bytes(void *arg, const void *bytes, size_t len)
{
	struct job *job = arg;

	if (fwrite(bytes, len, 1, job->output.stream) != 1)
		return errno ? -errno : -EIO;
	job->saved.bytes += len;
	return 0;
}

static int put_sections(void *arg, struct papr_saver *saver,
			struct papr_error *error)
{
	struct job *job = arg;
	int ret = power_put(job->vmm, saver, error);

	return ret ? ret : pages_put_all(&job->pages, saver, error);
}

static int write_file(struct job *job, struct papr_error *error)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = write_bytes,
		.sections = put_sections,
	};
	struct vmm *vmm = job->vmm;
	int ret = pages_init(&job->pages, vmm->ram, vmm->options->max_mem,
			     error);

	if (ret)
		return ret;
	errno = 0;
	ret = papr_vm_save(vmm->vm, &ops, job, error);
	job->saved.pages = job->pages.written;
	job->saved.zero_pages = job->pages.zero;
	pages_free(&job->pages);
	return ret;
}

static int save_stopped(struct job *job, const char *place,
			struct papr_error *error)
{
	int ret = place_create(place, &job->output, error);

	if (ret)
		return ret;
	ret = write_file(job, error);
	if (!ret)
		ret = output_commit(&job->output, error);
	output_discard(&job->output);
	return ret;
}

/* A guest that a client has stopped before stays so. */
static int stop_and_save(struct job *job, const char *place,
			 struct papr_error *error)
{
	bool stood = job->vmm->paused;
	int ret = cpus_pause(job->vmm);

	if (vmm_ended(job->vmm))
		return refuse(error, -ESHUTDOWN, "the guest has ended");
	if (!ret && job->vmm->power.state == POWER_OFF)
		ret = refuse(error, -ESHUTDOWN, "the guest is switched off");
	else if (ret)
		refuse(error, ret, "a vCPU is held up and does not stop");
	else
		ret = save_stopped(job, place, error);
	if (ret && !stood)
		cpus_resume(job->vmm);
	return ret;
}

int save_guest(struct vmm *vmm, const char *place, struct papr_error *error)
{
	struct job job = { .vmm = vmm };
	uint64_t since_ms = save_clock_ms();
	int ret;

	precopy_cancel(vmm);
	ret = stop_and_save(&job, place, error);
	job.saved.ms = job.saved.total_ms = save_clock_ms() - since_ms;
	job.saved.last_bytes = job.saved.bytes;
	job.saved.rounds = 1;
	job.saved.state = ret ? SAVED_FAILED : SAVED_DONE;
	if (ret)
		job.saved.why = *error;
	vmm->saved = job.saved;
	return ret;
}

/* --- what became of it */

uint64_t save_clock_ms(void)
{
	return stats_clock_ns() / 1000000;
}

/* As QEMU's MigrationStatus has it. */
const char *save_status(enum saved_state state)
{
	static const char *const names[] = {
		[SAVED_NONE] = "none", [SAVED_ACTIVE] = "active",
		[SAVED_DONE] = "completed", [SAVED_FAILED] = "failed",
		[SAVED_CANCELLED] = "cancelled",
	};

	return names[state];
}

/* Bytes a second: just now, or of all once that is over. */
static uint64_t rate_of(const struct saved *saved)
{
	if (saved->state == SAVED_ACTIVE)
		return saved->rate;
	return saved->bytes * 1000 / (saved->total_ms ? saved->total_ms : 1);
}

static json_t *report_ram(const struct saved *saved, uint64_t ram)
{
	json_int_t normal_bytes = saved->pages * RAM_PAGE;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:I, s:f}",
			 "transferred", (json_int_t)saved->bytes,
			 "total", (json_int_t)ram,
			 "remaining", (json_int_t)(saved->left * RAM_PAGE),
			 "normal", (json_int_t)saved->pages,
			 "normal-bytes", normal_bytes,
			 "duplicate", (json_int_t)saved->zero_pages,
			 "page-size", (json_int_t)RAM_PAGE,
			 "dirty-sync-count", (json_int_t)saved->rounds,
			 "dirty-pages-rate", (json_int_t)saved->dirty_rate,
			 "precopy-bytes",
			 (json_int_t)(saved->bytes - saved->last_bytes),
			 "downtime-bytes", (json_int_t)saved->last_bytes,
			 "mbps", rate_of(saved) * 8 / 1e6);
}

static json_t *report_active(const struct saved *saved, uint64_t ram)
{
	json_t *report = json_pack("{s:s, s:I, s:o}",
				   "status", save_status(saved->state),
				   "total-time", (json_int_t)saved->total_ms,
				   "ram", report_ram(saved, ram));
	uint64_t ms;

	if (saved->rate) {
		ms = saved->left * RAM_PAGE * 1000 / saved->rate;
		json_object_set_new(report, "expected-downtime",
				    json_integer(ms));
	}
	return report;
}

json_t *save_report(const struct saved *saved, uint64_t ram)
{
	const char *status = save_status(saved->state);

	switch (saved->state) {
	case SAVED_NONE:
		return json_object();
	case SAVED_FAILED:
		return json_pack("{s:s, s:s}", "status", status,
				 "error-desc", saved->why.text);
	case SAVED_CANCELLED:
		return json_pack("{s:s}", "status", status);
	case SAVED_ACTIVE:
		return report_active(saved, ram);
	case SAVED_DONE:
		break;
	}
	return json_pack("{s:s, s:I, s:I, s:o}", "status", status,
			 "total-time", (json_int_t)saved->total_ms,
			 "downtime", (json_int_t)saved->ms,
			 "ram", report_ram(saved, ram));
}
