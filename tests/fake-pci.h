/* SPDX-License-Identifier: BSD-2-Clause */
/* PCI buses that write down what they are asked and answer as they are told. */
#ifndef TESTS_FAKE_PCI_H
#define TESTS_FAKE_PCI_H

#include <papr/pci.h>

struct fake_pci {
	/* What it answers, */
	int err;
	int create_err;		/* of a window that is within limits */
	uint32_t value;
	bool flag;
	size_t log_len;
	struct papr_dma_limits limits;
	uint64_t dma_bus;	/* of a window, whose number is value */
	struct papr_vm *vm;	/* that gets and loses tables, or NULL */

	/* and what it was asked last. */
	unsigned int calls;
	struct papr_pci_function f;
	uint32_t what;		/* register, index, option, request */
	uint32_t len;
	uint32_t written;
	struct papr_msi msi;
	uint8_t driver[16];
	struct papr_dma_window window;
};

extern const struct papr_pci_ops fake_pci_ops;

#endif
