/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI buses that the program has: the guest reaches their configuration space,
 * interrupts, error handling and DMA windows by RTAS calls, which the library
 * checks and hands over.  The nodes of the buses in the device tree are the
 * program's, as are DMA windows (tce.h) and interrupt sources.
 */
#ifndef PAPR_PCI_H
#define PAPR_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/vm.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct papr_pci_function - a function of a device
 * @buid: unit id of the host bridge; 0 from a guest that names none
 * @bus, @device, @function: below 256, 32 and 8
 */
struct papr_pci_function {
	uint64_t buid;
	uint8_t bus;
	uint8_t device;
	uint8_t function;
};

/** enum papr_msi_kind - kinds of message signalled interrupts */
enum papr_msi_kind {
	PAPR_MSI_ANY,		/**< the program chooses */
	PAPR_MSI_MSI,
	PAPR_MSI_MSIX,
	PAPR_MSI_MSI32,		/**< MSI with an address of 32 bits */
};

/** enum papr_msi_request - what the guest wants of them */
enum papr_msi_request {
	PAPR_MSI_QUERY,		/**< how many there are */
	PAPR_MSI_SET,		/**< so many */
	PAPR_MSI_DEFAULT,	/**< as many as at first */
};

/**
 * struct papr_msi - message signalled interrupts of a function
 * @kind: of a request any; in an answer PAPR_MSI_MSI or PAPR_MSI_MSIX
 * @number: how many; the answer may have fewer than the request
 */
struct papr_msi {
	enum papr_msi_kind kind;
	uint32_t number;
};

/** enum papr_eeh_option - in the numbers of ibm,set-eeh-option */
enum papr_eeh_option {
	PAPR_EEH_DISABLE = 0,
	PAPR_EEH_ENABLE = 1,
	PAPR_EEH_RELEASE_MMIO = 2,
	PAPR_EEH_RELEASE_DMA = 3,
	PAPR_EEH_ENABLE_EVENT = 4,
	PAPR_EEH_DISABLE_EVENT = 5,
};

/** enum papr_pe_state - of a partitionable endpoint */
enum papr_pe_state {
	PAPR_PE_WORKS = 0,
	PAPR_PE_IN_RESET = 1,
	PAPR_PE_STOPPED = 2,		/**< neither MMIO nor DMA */
	PAPR_PE_DMA_STOPPED = 4,
	PAPR_PE_UNAVAILABLE = 5,
};

/** enum papr_pe_reset - in the numbers of ibm,set-slot-reset */
enum papr_pe_reset {
	PAPR_PE_RESET_END = 0,
	PAPR_PE_RESET_HOT = 1,
	PAPR_PE_RESET_FUNDAMENTAL = 3,
};

/**
 * struct papr_dma_limits - DMA windows that a guest may make, of an endpoint
 * @windows: how many more
 * @pages: the most that one may have
 * @page_sizes: sizes in bytes, added up.  4 and 64 KiB, 2, 16, 32, 64, 128 and
 *	256 MiB and 16 GiB can be told to a guest
 */
struct papr_dma_limits {
	uint32_t windows;
	uint64_t pages;
	uint64_t page_sizes;
};

/**
 * struct papr_dma_window - one that a guest wants
 * @page_shift, @pages: what it asks for; both are within the limits
 * @liobn, @bus: its number and first bus address, the program's choice
 */
struct papr_dma_window {
	uint32_t page_shift;
	uint64_t pages;
	uint32_t liobn;
	uint64_t bus;
};

/**
 * struct papr_pci_ops - the buses of the program
 *
 * Each returns 0 or a negative errno value: -ENODEV if there is no such
 * function, which a guest finds by reading all ones; -EINVAL for what this
 * function cannot, a parameter error; anything else is a hardware error.  All
 * are called in the thread of the vCPU that calls, with no lock held.  A call
 * whose operation is NULL is not there for the guest.
 *
 * @config_read, @config_write: @len is 1, 2 or 4, and @reg, below 4096, a
 *	multiple of it; @value as a number in the host's byte order
 * @interrupt: number of the @index'th interrupt of the function, from 0 on, and
 *	whether it is an edge.  -ENOENT if there are not so many
 * @change_msi: in @msi what the guest asks for, then what it has
 * @eeh_option: -EBUSY if the state does not allow it
 * @pe_info: number of the endpoint, its configuration address, and whether it
 *	has more than one function.  -ENOENT if the function has none
 * @pe_state: and if unavailable for how long, 0 for ever.  -ENOENT as above
 * @pe_reset: -EBUSY as above; -EOPNOTSUPP if it has no fundamental reset
 * @pe_configure: restore bridges, with @endpoints functions too, as they were
 *	at first.  Errors show when the guest uses them
 * @pe_error: write an error log (papr/elog.h) of at most *@len bytes and set
 *	*@len, to 0 for none.  @driver is the guest's part, @driver_len bytes,
 *	for it; @permanent: the endpoint is not used any more
 * @dma_query: what windows the endpoint of a function may have more
 * @dma_create: make one, with papr_vm_create_tce().  -ENOSPC, a parameter error
 *	too, if another vCPU was faster; -ENOMEM and others are hardware errors.
 *	Not there for the guest without @dma_query
 * @dma_remove: take the window away with papr_vm_remove_tce().  There is one
 *	of this number, and it is no VIO device's; -EINVAL if it is no bus's.
 *	With the last of those that the guest has made, the window from before
 *	is to come back if it was removed
 * @dma_reset: the windows of the endpoint are to be those of the beginning
 */
struct papr_pci_ops {
	size_t size;
	int (*config_read)(void *bus, const struct papr_pci_function *f,
			   uint32_t reg, uint32_t len, uint32_t *value);
	int (*config_write)(void *bus, const struct papr_pci_function *f,
			    uint32_t reg, uint32_t len, uint32_t value);
	int (*interrupt)(void *bus, const struct papr_pci_function *f,
			 uint32_t index, uint32_t *irq, bool *edge);
	int (*change_msi)(void *bus, const struct papr_pci_function *f,
			  enum papr_msi_request request, struct papr_msi *msi);
	int (*eeh_option)(void *bus, const struct papr_pci_function *f,
			  enum papr_eeh_option option);
	int (*pe_info)(void *bus, const struct papr_pci_function *f,
		       uint32_t *config_addr, bool *shared);
	int (*pe_state)(void *bus, const struct papr_pci_function *f,
			enum papr_pe_state *state, uint32_t *wait_ms);
	int (*pe_reset)(void *bus, const struct papr_pci_function *f,
			enum papr_pe_reset reset);
	int (*pe_configure)(void *bus, const struct papr_pci_function *f,
			    bool endpoints);
	int (*pe_error)(void *bus, const struct papr_pci_function *f,
			bool permanent, const void *driver, size_t driver_len,
			void *log, size_t *len);
	int (*dma_query)(void *bus, const struct papr_pci_function *f,
			 struct papr_dma_limits *limits);
	int (*dma_create)(void *bus, const struct papr_pci_function *f,
			  struct papr_dma_window *window);
	int (*dma_remove)(void *bus, uint32_t liobn);
	int (*dma_reset)(void *bus, const struct papr_pci_function *f);
};

/**
 * papr_vm_set_pci - let a guest use the buses of the program
 * @ops: copied; @bus is passed to each
 *
 * Returns: 0; -EBUSY if sealed; -E2BIG.
 */
int papr_vm_set_pci(struct papr_vm *vm, const struct papr_pci_ops *ops,
		    void *bus);

#ifdef __cplusplus
}
#endif
#endif
