/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include <papr/tce.h>

#include "tests/fake-pci.h"

static int asked(struct fake_pci *pci, const struct papr_pci_function *f,
		 uint32_t what)
{
	pci->calls++;
	pci->f = *f;
	pci->what = what;
	return pci->err;
}

static int config_read(void *bus, const struct papr_pci_function *f,
		       uint32_t reg, uint32_t len, uint32_t *value)
{
	struct fake_pci *pci = bus;

	pci->len = len;
	*value = pci->value;
	return asked(pci, f, reg);
}

static int config_write(void *bus, const struct papr_pci_function *f,
			uint32_t reg, uint32_t len, uint32_t value)
{
	struct fake_pci *pci = bus;

	pci->len = len;
	pci->written = value;
	return asked(pci, f, reg);
}

static int interrupt(void *bus, const struct papr_pci_function *f,
		     uint32_t index, uint32_t *irq, bool *edge)
{
	struct fake_pci *pci = bus;

	*irq = pci->value;
	*edge = pci->flag;
	return asked(pci, f, index);
}

static int change_msi(void *bus, const struct papr_pci_function *f,
		      enum papr_msi_request request, struct papr_msi *msi)
{
	struct fake_pci *pci = bus;

	pci->msi = *msi;
	msi->kind = pci->flag ? PAPR_MSI_MSIX : PAPR_MSI_MSI;
	msi->number = pci->value;
	return asked(pci, f, request);
}

static int eeh_option(void *bus, const struct papr_pci_function *f,
		      enum papr_eeh_option option)
{
	return asked(bus, f, option);
}

static int pe_info(void *bus, const struct papr_pci_function *f,
		   uint32_t *config_addr, bool *shared)
{
	struct fake_pci *pci = bus;

	*config_addr = pci->value;
	*shared = pci->flag;
	return asked(pci, f, 0);
}

static int pe_state(void *bus, const struct papr_pci_function *f,
		    enum papr_pe_state *state, uint32_t *wait_ms)
{
	struct fake_pci *pci = bus;

	*state = pci->value;
	*wait_ms = pci->len;
	return asked(pci, f, 0);
}

static int pe_reset(void *bus, const struct papr_pci_function *f,
		    enum papr_pe_reset reset)
{
	return asked(bus, f, reset);
}

static int pe_configure(void *bus, const struct papr_pci_function *f,
			bool endpoints)
{
	return asked(bus, f, endpoints);
}

static int pe_error(void *bus, const struct papr_pci_function *f,
		    bool permanent, const void *driver, size_t driver_len,
		    void *log, size_t *len)
{
	struct fake_pci *pci = bus;

	pci->len = *len;
	pci->written = driver_len;
	memcpy(pci->driver, driver, driver_len < sizeof(pci->driver) ?
				    driver_len : sizeof(pci->driver));
	if (*len > pci->log_len)
		*len = pci->log_len;
	memset(log, 0x77, *len);
	return asked(pci, f, permanent);
}

static int dma_query(void *bus, const struct papr_pci_function *f,
		     struct papr_dma_limits *limits)
{
	struct fake_pci *pci = bus;

	*limits = pci->limits;
	return asked(pci, f, 0);
}

static int dma_create(void *bus, const struct papr_pci_function *f,
		      struct papr_dma_window *window)
{
	struct fake_pci *pci = bus;

	window->liobn = pci->value;
	window->bus = pci->dma_bus;
	pci->window = *window;
	asked(pci, f, 0);
	return !pci->vm ? pci->create_err :
	       papr_vm_create_tce(pci->vm, window->liobn, window->bus,
				  window->page_shift, window->pages, NULL);
}

static int dma_remove(void *bus, uint32_t liobn)
{
	struct fake_pci *pci = bus;

	pci->calls++;
	pci->what = liobn;
	return pci->vm ? papr_vm_remove_tce(pci->vm, liobn, NULL) : pci->err;
}

static int dma_reset(void *bus, const struct papr_pci_function *f)
{
	return asked(bus, f, 0);
}

const struct papr_pci_ops fake_pci_ops = {
	.size = sizeof(fake_pci_ops),
	.config_read = config_read,
	.config_write = config_write,
	.interrupt = interrupt,
	.change_msi = change_msi,
	.eeh_option = eeh_option,
	.pe_info = pe_info,
	.pe_state = pe_state,
	.pe_reset = pe_reset,
	.pe_configure = pe_configure,
	.pe_error = pe_error,
	.dma_query = dma_query,
	.dma_create = dma_create,
	.dma_remove = dma_remove,
	.dma_reset = dma_reset,
};
