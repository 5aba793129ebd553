/* SPDX-License-Identifier: BSD-2-Clause */
/* Cores and memory that come and go. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/util.h"
#include "vmm/vmm.h"

/* KVM's slot 0 has the memory that there is at first. */
static int set_slot(struct vmm *vmm, uint32_t lmb, uint64_t size)
{
	uint64_t gpa = lmb * PAPR_LMB_SIZE;
	uint32_t slot = 1 + lmb - vmm->options->mem / PAPR_LMB_SIZE;

	return papr_kvm_set_memory(vmm->kvm, slot, gpa, size, vmm->ram + gpa);
}

/* Given up pages are zero when they are used again. */
static int clear(struct vmm *vmm, uint32_t lmb)
{
	return madvise(vmm->ram + lmb * PAPR_LMB_SIZE, PAPR_LMB_SIZE,
		       MADV_DONTNEED) ? -errno : 0;
}

/*
 * What is not there is zero, and stays untouched here: a guest that was copied
 * while it ran may have its memory already.
 */
static int make_lmb(struct vmm *vmm, uint32_t lmb)
{
	return set_slot(vmm, lmb, PAPR_LMB_SIZE);
}

/*
 * KVM takes no vCPU back: those that were there before wait.  Threads are begun
 * together, if none is yet.
 */
static int make_core(struct vmm *vmm, uint32_t core)
{
	uint32_t i, threads = vmm->options->threads;
	int err = 0;

	for (i = 0; i < threads && !err; i++) {
		struct cpu *cpu = &vmm->cpus[core * threads + i];

		if (!cpu->run && setup_cpu(vmm, cpu))
			return -EIO;	/* it has told why */
		if (!cpu->has_thread && vmm->n_threads)
			err = cpu_start(cpu);
	}
	return err;
}

int plug_make(void *arg, const struct papr_connector *connector)
{
	return connector->kind == PAPR_CONNECTOR_CORE ?
	       make_core(arg, connector->number) :
	       make_lmb(arg, connector->number);
}

/* In the thread of the vCPU that gives it back, or the main one. */
void plug_told(void *arg, const struct papr_connector *connector)
{
	const struct event event = {
		.connector = true, .connected = *connector,
	};
	struct vmm *vmm = arg;
	int err = 0;

	if (connector->kind == PAPR_CONNECTOR_LMB &&
	    connector->state == PAPR_CONNECTOR_EMPTY) {
		err = set_slot(vmm, connector->number, 0);
		if (!err)
			clear(vmm, connector->number);
	}
	if (err)
		vmm_end(vmm, RUN_STUCK, "KVM keeps LMB %u: %s",
			connector->number, strerror(-err));
	events_put(&vmm->events, &event);
}

void plug_clear_absent(struct vmm *vmm)
{
	for (uint32_t i = 0; i < papr_vm_connectors(vmm->vm); i++) {
		struct papr_connector c = { .size = sizeof(c) };

		if (!papr_vm_connector(vmm->vm, i, &c) &&
		    c.kind == PAPR_CONNECTOR_LMB &&
		    c.state == PAPR_CONNECTOR_EMPTY)
			clear(vmm, c.number);
	}
}

/* While vCPUs are attached, none may be in the guest. */
static int hold(struct vmm *vmm, enum papr_connector_kind kind,
		struct papr_error *error)
{
	if (kind != PAPR_CONNECTOR_CORE || !cpus_hold(vmm))
		return 0;
	if (!vmm->wants_reset)
		cpus_let_go(vmm);
	return refuse(error, -ETIMEDOUT, "a vCPU is held up and does not "
		      "stop");
}

int plug_in(struct vmm *vmm, enum papr_connector_kind kind, uint32_t number,
	    struct papr_error *error)
{
	int err;

	if (vmm_ended(vmm))
		return refuse(error, -ESHUTDOWN, "the guest has ended");
	err = hold(vmm, kind, error);
	if (err)
		return err;
	err = papr_vm_plug(vmm->vm, kind, number, error);
	/* A guest that wants a reset stays out until it has it. */
	if (kind == PAPR_CONNECTOR_CORE && !vmm->wants_reset)
		cpus_let_go(vmm);
	return err;
}

int plug_out(struct vmm *vmm, enum papr_connector_kind kind, uint32_t number,
	     struct papr_error *error)
{
	return papr_vm_unplug(vmm->vm, kind, number, error);
}
