/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA windows that a guest makes, LoPAR 7.3.31: the program says what there may
 * be, and makes the tables; all that the guest says is compared with that.
 */
#include "config.h"

#include <errno.h>

#include "rtas/handlers.h"
#include "rtas/pci.h"
#include "rtas/status.h"
#include "spapr/util.h"

/* More than there can be is an error of the parameters. */
static int32_t dma_status(int err)
{
	switch (err) {
	case 0:
		return RTAS_SUCCESS;
	case -ENODEV:
	case -ENOENT:
	case -EINVAL:
	case -ENOSPC:
		return RTAS_PARAMETER_ERROR;
	default:
		return RTAS_HARDWARE_ERROR;
	}
}

/* Page sizes, as powers of two, from the lowest bit of the guest's mask on. */
static const uint8_t page_shifts[] = { 12, 16, 24, 25, 26, 27, 28, 34, 21 };

static bool has_size(const struct papr_dma_limits *limits, uint32_t shift)
{
	return limits->page_sizes & 1ull << shift;
}

static bool is_offered(const struct papr_dma_limits *limits, uint32_t shift)
{
	for (size_t i = 0; i < ARRAY_SIZE(page_shifts); i++)
		if (page_shifts[i] == shift)
			return has_size(limits, shift);
	return false;
}

static uint32_t size_mask(const struct papr_dma_limits *limits)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < ARRAY_SIZE(page_shifts); i++)
		mask |= (uint32_t)has_size(limits, page_shifts[i]) << i;
	return mask;
}

static int32_t query(struct papr_vm *vm, const struct papr_pci_function *f,
		     struct papr_dma_limits *limits)
{
	*limits = (struct papr_dma_limits){ 0 };
	return dma_status(vm->pci_ops.dma_query(vm->pci, f, limits));
}

#define WIDE 6	/* results, two of which are the number of pages */

/* No page can be moved by H_MIGRATE_DMA: the last result stays 0. */
static int32_t ibm_query_pe_dma_window(struct papr_vcpu *vcpu,
				       const void *args, void *rets)
{
	const struct RTAS_ibm_query_pe_dma_window_in *in = args;
	struct papr_dma_limits limits;
	struct papr_pci_function f;
	uint32_t *out = rets;
	int32_t status;

	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f))
		return RTAS_PARAMETER_ERROR;
	status = query(vcpu->vm, &f, &limits);
	if (status != RTAS_SUCCESS)
		return status;
	*out++ = limits.windows;
	if (vcpu->rtas_nrets == WIDE)
		*out++ = limits.pages >> 32;
	else if (limits.pages > UINT32_MAX)
		limits.pages = UINT32_MAX;
	*out++ = limits.pages;
	*out = size_mask(&limits);
	return RTAS_SUCCESS;
}

static int32_t ibm_create_pe_dma_window(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_create_pe_dma_window_in *in = args;
	struct RTAS_ibm_create_pe_dma_window_out *out = rets;
	uint32_t page = in->io_page_size, window = in->window_size;
	struct papr_vm *vm = vcpu->vm;
	struct papr_dma_limits limits;
	struct papr_dma_window w;
	struct papr_pci_function f;
	int32_t status;

	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f))
		return RTAS_PARAMETER_ERROR;
	status = query(vm, &f, &limits);
	if (status != RTAS_SUCCESS)
		return status;
	if (!limits.windows || !is_offered(&limits, page) || window < page ||
	    window > 63 || 1ull << (window - page) > limits.pages)
		return RTAS_PARAMETER_ERROR;
	w = (struct papr_dma_window){
		.page_shift = page, .pages = 1ull << (window - page),
	};
	status = dma_status(vm->pci_ops.dma_create(vm->pci, &f, &w));
	if (status != RTAS_SUCCESS)
		return status;
	out->liobn = w.liobn;
	out->io_start_hi = w.bus >> 32;
	out->io_start_lo = w.bus;
	return RTAS_SUCCESS;
}

static int32_t ibm_remove_pe_dma_window(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_remove_pe_dma_window_in *in = args;
	struct papr_vm *vm = vcpu->vm;

	(void)rets;
	if (!tce_may_go(vm, in->liobn))
		return RTAS_PARAMETER_ERROR;
	return dma_status(vm->pci_ops.dma_remove(vm->pci, in->liobn));
}

/* Under both names. */
static int32_t ibm_reset_pe_dma_windows(struct papr_vcpu *vcpu,
					const void *args, void *rets)
{
	const struct RTAS_ibm_reset_pe_dma_windows_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;

	(void)rets;
	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f))
		return RTAS_PARAMETER_ERROR;
	return dma_status(vm->pci_ops.dma_reset(vm->pci, &f));
}

const struct rtas_impl rtas_dma[] = {
	{ RTAS_TOKEN_ibm_query_pe_dma_window, ibm_query_pe_dma_window },
	{ RTAS_TOKEN_ibm_create_pe_dma_window, ibm_create_pe_dma_window },
	{ RTAS_TOKEN_ibm_remove_pe_dma_window, ibm_remove_pe_dma_window },
	{ RTAS_TOKEN_ibm_reset_pe_dma_window, ibm_reset_pe_dma_windows },
	{ RTAS_TOKEN_ibm_reset_pe_dma_windows, ibm_reset_pe_dma_windows },
	{ 0, NULL }
};
