/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partition begins anew: memory as it was before the guest came, and what
 * papr_vm_reset() undoes.  Files are not read again: they may have changed.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

static bool may_be_reset(const struct run_options *options)
{
	return !options->dump_fdt &&
	       (options->control || options->on_reboot == ACTION_RESET ||
		options->on_power_off == ACTION_WAIT ||
		options->on_panic != ACTION_EXIT);
}

/* A copy, or NULL; also of nothing. */
static uint8_t *copy(const uint8_t *from, uint64_t len)
{
	uint8_t *bytes = malloc(len ? len : 1);

	return bytes ? memcpy(bytes, from, len) : NULL;
}

int reset_keep(struct vmm *vmm, struct papr_error *error)
{
	const struct image *image = &vmm->image;
	struct boot_copy *boot = &vmm->boot;

	if (!may_be_reset(vmm->options))
		return 0;
	boot->image = copy(vmm->ram + image->start, image->end - image->start);
	boot->initrd = copy(vmm->ram + vmm->layout.initrd, vmm->initrd_size);
	if (boot->image && boot->initrd)
		return 0;
	return refuse(error, -ENOMEM, "no memory for a second copy of kernel "
		      "and initrd, for resets");
}

void reset_undo(struct vmm *vmm)
{
	free(vmm->boot.image);
	free(vmm->boot.initrd);
}

/* Pages that are given up are zero when they are used again. */
static int clear(struct vmm *vmm, struct papr_error *error)
{
	if (madvise(vmm->ram, vmm->options->max_mem, MADV_DONTNEED))
		return refuse(error, -errno, "the guest's memory cannot be "
			      "cleared: %s", strerror(errno));
	return 0;
}

/* Memory stays as it is if there is a dump in it. */
static int reload(struct vmm *vmm, struct papr_error *error)
{
	const struct image *image = &vmm->image;
	int r = papr_vm_dump(vmm->vm, error);

	if (!r)
		r = clear(vmm, error);
	if (r < 0)
		return r;
	memcpy(vmm->ram + image->start, vmm->boot.image,
	       image->end - image->start);
	memcpy(vmm->ram + vmm->layout.initrd, vmm->boot.initrd,
	       vmm->initrd_size);
	precopy_renew(vmm);
	return 0;
}

/* No vCPU runs. */
static int begin_anew(struct vmm *vmm, struct papr_error *error)
{
	int err = reload(vmm, error);

	if (!err)
		err = papr_vm_reset(vmm->vm, error);
	if (!err && setup_boot(vmm))
		err = refuse(error, -EINVAL, "the new guest is not complete");
	if (err)
		vmm_end(vmm, RUN_REFUSED, "reset: %s", error->text);
	return err;
}

int reset_now(struct vmm *vmm, struct papr_error *error)
{
	int err = cpus_hold(vmm);

	if (vmm_ended(vmm))
		return refuse(error, -ESHUTDOWN, "the guest has ended");
	if (err)
		err = refuse(error, err,
			     "a vCPU is held up and does not stop");
	else
		err = begin_anew(vmm, error);
	if (!err) {
		console_forget(&vmm->console);
		vmm->wants_reset = NULL;
		power_was_reset(vmm);
	}
	if (!vmm->wants_reset)
		cpus_let_go(vmm);
	return err;
}

void reset_want(struct vmm *vmm, const char *reason)
{
	pthread_mutex_lock(&vmm->lock);
	vmm->resetting = true;
	vmm->wants_reset = reason;
	pthread_mutex_unlock(&vmm->lock);
	eventfd_write(vmm->notice_fd, 1);
}

/* One that a vCPU holds up is tried again. */
void reset_if_wanted(struct vmm *vmm)
{
	struct papr_error error;
	const char *reason = vmm->wants_reset;

	if (!reason || vmm_ended(vmm))
		return;
	if (reset_now(vmm, &error))
		eventfd_write(vmm->notice_fd, 1);
	else
		machine_tell_reset(vmm, reason);
}
