/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual I/O devices that the program provides, LoPAR chapter "Virtual
 * Input/Output": a node under /vdevice, an interrupt, and a
 * command/response queue (CRQ) in each direction.
 *
 * The guest's queue is a ring of 16-byte entries in its memory, seen through
 * the device's DMA window.  It registers the queue with H_REG_CRQ; then the
 * program puts messages into it with papr_vio_put(), and gets those that the
 * guest sends with H_SEND_CRQ.  What they say is between the device and its
 * driver, but for their first byte.
 */
#ifndef PAPR_VIO_H
#define PAPR_VIO_H

#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A device of a partition, which owns it. */
struct papr_vio;

/** The most devices of a partition beside its terminal. */
#define PAPR_VIO_DEVICES 63

/**
 * struct papr_vio_config - what the guest is told of a device
 * @size: sizeof(struct papr_vio_config)
 * @unit: unit address, "reg"; the terminal's is 0x71000000
 * @irq: interrupt source number, an edge, 16 to 0xffffff, or 0 for none; the
 *	terminal's is 0x1100.  The host may have less
 * @liobn: DMA window of papr_vm_add_tce(), of 4 KiB pages from bus address 0
 *	on and of this device alone; 0 for none, and then there is no queue
 * @name: of the node, without the unit address: a letter, and up to 30 of
 *	letters, digits and ,._+-
 * @device_type: "device_type", or NULL
 * @compatible: "compatible"
 */
struct papr_vio_config {
	size_t size;
	uint32_t unit;
	uint32_t irq;
	uint32_t liobn;
	const char *name;
	const char *device_type;
	const char *compatible;
};

/** enum papr_vio_answer - what a device answers; what the guest gets of it */
enum papr_vio_answer {
	PAPR_VIO_SUCCESS,	/**< H_SUCCESS */
	PAPR_VIO_CLOSED,	/**< H_CLOSED: its other side is not there */
	PAPR_VIO_DROPPED,	/**< H_DROPPED: no room; to be sent again */
	PAPR_VIO_NOT_FOUND,	/**< H_NOT_FOUND: it has no other side */
	PAPR_VIO_RESOURCE,	/**< H_RESOURCE: that is taken by another */
	PAPR_VIO_HARDWARE,	/**< H_HARDWARE */
};

/**
 * struct papr_vio_ops - what the library tells a device of the program
 *
 * Called in the thread of the vCPU that makes the call, @send several at once.
 * @registered and @freed are called one after the other and in turn.  All of
 * them may call papr_vio_put() and papr_vio_interrupt().
 *
 * @registered: the guest has a queue, into which may be put from now on.
 *	PAPR_VIO_SUCCESS and PAPR_VIO_CLOSED let it have the queue, with all
 *	else it is gone again.  NULL: PAPR_VIO_SUCCESS
 * @freed: it has no more, by H_FREE_CRQ or a reset; of one that @registered
 *	refused this is not called.  NULL: nobody need know
 * @send: a message of two halves, whose first byte, the highest of @high, is
 *	0x80 to 0xfe.  Another vCPU may have freed the queue meanwhile.  NULL:
 *	the device has no queues
 */
struct papr_vio_ops {
	size_t size;
	enum papr_vio_answer (*registered)(void *device);
	void (*freed)(void *device);
	enum papr_vio_answer (*send)(void *device, uint64_t high,
				     uint64_t low);
};

/**
 * papr_vm_add_vio - give a VM a device, before it is sealed
 * @config, @ops: copied with all that they point to
 * @device: passed to @ops
 * @vio: the device, as long as @vm; may be NULL
 *
 * Other properties of its node are added to the tree that papr_vm_fdt() writes.
 *
 * Returns: 0; -EINVAL for a @config that cannot be; -EEXIST if unit address,
 * interrupt or window are those of another; -ENOENT if there is no such window;
 * -ENOSPC beyond PAPR_VIO_DEVICES; -EBUSY if sealed; -E2BIG; -ENOMEM.
 */
int papr_vm_add_vio(struct papr_vm *vm, const struct papr_vio_config *config,
		    const struct papr_vio_ops *ops, void *device,
		    struct papr_vio **vio);

/**
 * papr_vio_put - put a message into the guest's queue; any thread
 * @high, @low: its halves.  The highest byte of @high is 0x80 to 0xff; 0xff is
 *	a transport event, and 0xff06 ("partner partition suspended") closes
 *	H_SEND_CRQ until the guest calls H_ENABLE_CRQ
 *
 * Then raises the interrupt, if the guest has enabled it.
 * papr_vmm_ops.dirty is called under a lock: it must not come here.
 *
 * Returns: 0; -ENOTCONN if there is no queue; -ENOSPC if it is full, as the
 * guest has not taken the oldest yet; -EFAULT if the guest has taken the page
 * of the entry out of the window, or it is no RAM that can be written; -EINVAL
 * for another first byte.
 */
int papr_vio_put(struct papr_vio *vio, uint64_t high, uint64_t low);

/**
 * papr_vio_interrupt - raise the device's interrupt; any thread
 *
 * Of a guest that has not enabled it with H_VIO_SIGNAL it is not.
 *
 * Returns: 0; -EBUSY if the VM is not sealed; the host's error.
 */
int papr_vio_interrupt(struct papr_vio *vio);

#ifdef __cplusplus
}
#endif
#endif
