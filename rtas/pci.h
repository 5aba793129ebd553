/* SPDX-License-Identifier: BSD-2-Clause */
/* What the calls about PCI share. */
#ifndef RTAS_PCI_H
#define RTAS_PCI_H

#include <papr/pci.h>

#include "spapr/vm.h"

/* False if @config_addr names a register too, or has reserved bits. */
bool pci_function(uint32_t config_addr, uint32_t buid_hi, uint32_t buid_lo,
		  struct papr_pci_function *f);

/* The status for what the program returned. */
int32_t pci_status(int err);

#endif
