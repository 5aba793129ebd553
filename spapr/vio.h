/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual I/O devices, LoPAR "Virtual Input/Output"; the first terminal is one
 * of them.  hcalls/vio.c has the guest's side.
 */
#ifndef SPAPR_VIO_H
#define SPAPR_VIO_H

#include <papr/vio.h>

#include "spapr/vm.h"

#define VIO_ENTRY 16u	/* bytes of an entry of a queue */

/* Bits of H_VIO_SIGNAL. */
#define VIO_SIGNAL_CRQ 1u

/*
 * @order is held over the device's registered and freed; it is taken before
 * @lock, under which nothing of the device is called.
 */
struct papr_vio {
	struct papr_vm *vm;
	struct papr_vio_config config;
	struct papr_vio_ops ops;
	void *device;
	uint64_t signals;		/* that the guest may enable */

	pthread_mutex_t order;
	pthread_mutex_t lock;		/* of what follows */
	uint64_t queue;			/* bus address of the guest's */
	uint64_t len;			/* in bytes, 0: it has none */
	uint64_t next;			/* offset of the next entry */
	bool suspended;			/* until H_ENABLE_CRQ */
	uint64_t signal;		/* enabled ones */
};

/* Makes the terminal, the first device. */
int vio_add_terminal(struct papr_vm *vm);

/* The device with a unit address, or NULL. */
struct papr_vio *vio_find(const struct papr_vm *vm, uint64_t unit);

/* Its DMA window, or NULL. */
const struct tce_window *vio_window(const struct papr_vio *vio);

/* The memory of an entry or a page that the device may read and write. */
void *vio_memory(struct papr_vio *vio, uint64_t bus, uint64_t len,
		 enum ram_access access);

/* Without a queue, and all that comes with it; it has told the device. */
void vio_free_queue(struct papr_vio *vio);

/* Are there queues at all? */
bool vio_has_queues(const struct papr_vm *vm);

#endif
