/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controller of POWER9 and newer in its native mode, as the
 * library needs it from the hypervisor.
 *
 * Each source has two pages of event state, one to trigger it and one to
 * manage it, and each vCPU one page of its own interrupt management, all of
 * 64 KiB.  The guest reaches them without a call; where they are in its
 * address space the library says.
 */
#ifndef PAPR_XIVE_H
#define PAPR_XIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The priority of a source that is off. */
#define PAPR_XIVE_OFF 0xffu

/**
 * struct papr_xive_layout - what a controller is made for
 * @servers: all server numbers are below it
 * @lisns: the @n numbers of its sources, all triggered by messages, in rising
 *	order
 * @esb: guest real address of the event state pages of source 0: those of
 *	source N are 2 * N pages on
 * @os: guest real address of the page of interrupt management
 */
struct papr_xive_layout {
	uint32_t servers;
	const uint32_t *lisns;
	size_t n;
	uint64_t esb;
	uint64_t os;
};

/**
 * struct papr_xive_target - where the events of a source go
 * @server: a vCPU's number
 * @priority: of that vCPU's queues, or PAPR_XIVE_OFF and nowhere
 * @eisn: 31 bits that are written into the queue
 */
struct papr_xive_target {
	uint32_t server;
	uint32_t priority;
	uint32_t eisn;
};

/**
 * struct papr_xive_queue - an event queue
 * @gpa: where in guest memory
 * @order: log2 of its bytes; 0: there is none
 * @notify: it interrupts with each event; without is not possible on KVM
 * @generation, @offset: of the entry that is written next; 1 and 0 at first
 */
struct papr_xive_queue {
	uint64_t gpa;
	uint32_t order;
	bool notify;
	uint32_t generation;
	uint32_t offset;
};

/**
 * struct papr_xive_ops - an interrupt controller of the hypervisor
 *
 * The library calls them under a lock of its own, from any thread, while vCPUs
 * run.  All return 0 or a negative errno value.
 *
 * @setup: make one, with its pages in the guest's address space; each source
 *	is off.  -EOPNOTSUPP if the pages of the host are not of 64 KiB.
 *	Afterwards papr_host_ops.reset_irqs makes it anew, drop_irqs ends it
 * @target: send a source there; -EBUSY if that queue is full of sources, or
 *	not there
 * @sync: what a source has sent is in its queue on return
 * @sync_all: that of all sources, and the pages of queues are reported dirty
 *	where the hypervisor notes dirty pages
 * @forget: all sources are off, and all queues gone
 * @esb: load from the management page of a source, at @offset, or with @store
 *	store to it
 * @trigger: as its device does
 * @set_queue, @get_queue: of a server; the second knows one without a queue.
 *	-EBUSY if the server had one of another priority since the controller
 *	was made or has forgotten all, as KVM has one interrupt to wake a vCPU
 * @get_vp, @set_vp: what a vCPU is interrupted with, two words of the hardware
 *	as numbers, 0xff000000 and 0 at first; all vCPUs are held
 */
struct papr_xive_ops {
	size_t size;
	int (*setup)(void *host, const struct papr_xive_layout *layout);
	int (*target)(void *host, uint32_t lisn,
		      const struct papr_xive_target *target);
	int (*sync)(void *host, uint32_t lisn);
	int (*sync_all)(void *host);
	int (*forget)(void *host);
	int (*esb)(void *host, uint32_t lisn, uint32_t offset, bool store,
		   uint64_t *value);
	int (*trigger)(void *host, uint32_t lisn);
	int (*set_queue)(void *host, uint32_t server, uint32_t priority,
			 const struct papr_xive_queue *queue);
	int (*get_queue)(void *host, uint32_t server, uint32_t priority,
			 struct papr_xive_queue *queue);
	int (*get_vp)(void *cpu, uint64_t state[2]);
	int (*set_vp)(void *cpu, const uint64_t state[2]);
};

#ifdef __cplusplus
}
#endif
#endif
