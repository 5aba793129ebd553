/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI configuration space, LoPAR 7.3.4, and interrupts, 7.3.11: everything is
 * checked here, and done by the program.
 */
#include "config.h"

#include <errno.h>

#include "rtas/handlers.h"
#include "rtas/pci.h"
#include "rtas/status.h"
#include "spapr/util.h"

#define REG_HIGH	0xf0000000u
#define RESERVED	0x0f000000u
#define REG_LOW		0x000000ffu

bool pci_function(uint32_t config_addr, uint32_t buid_hi, uint32_t buid_lo,
		  struct papr_pci_function *f)
{
	f->buid = (uint64_t)buid_hi << 32 | buid_lo;
	f->bus = config_addr >> 16;
	f->device = config_addr >> 11 & 0x1f;
	f->function = config_addr >> 8 & 7;
	return !(config_addr & (REG_HIGH | RESERVED | REG_LOW));
}

int32_t pci_status(int err)
{
	switch (err) {
	case 0:
		return RTAS_SUCCESS;
	case -ENODEV:
	case -EINVAL:
		return RTAS_PARAMETER_ERROR;
	case -EBUSY:
		return RTAS_UNEXPECTED_STATE;
	case -EOPNOTSUPP:
		return RTAS_NO_FUNDAMENTAL_RESET;
	default:
		return RTAS_HARDWARE_ERROR;
	}
}

/* Of either pair of calls. */
struct config_access {
	uint32_t config_addr, buid_hi, buid_lo, size;
};

static bool config_register(const struct config_access *a,
			    struct papr_pci_function *f, uint32_t *reg)
{
	*reg = (a->config_addr & REG_HIGH) >> 20 | (a->config_addr & REG_LOW);
	pci_function(a->config_addr, a->buid_hi, a->buid_lo, f);
	return !(a->config_addr & RESERVED) && a->size <= 4 &&
	       IS_POWER_OF_2(a->size) && !(*reg % a->size);
}

/* Nobody is where all ones are read. */
static int32_t config_read(struct papr_vm *vm, const struct config_access *a,
			   uint32_t *value)
{
	struct papr_pci_function f;
	uint32_t reg, all_ones;
	int r;

	if (!config_register(a, &f, &reg))
		return RTAS_PARAMETER_ERROR;
	all_ones = UINT32_MAX >> (32 - 8 * a->size);
	*value = all_ones;
	r = vm->pci_ops.config_read(vm->pci, &f, reg, a->size, value);
	if (r && r != -ENODEV)
		return RTAS_HARDWARE_ERROR;
	*value = r ? all_ones : *value & all_ones;
	return RTAS_SUCCESS;
}

static int32_t config_write(struct papr_vm *vm, const struct config_access *a,
			    uint32_t value)
{
	struct papr_pci_function f;
	uint32_t reg;
	int r;

	if (!config_register(a, &f, &reg))
		return RTAS_PARAMETER_ERROR;
	value &= UINT32_MAX >> (32 - 8 * a->size);
	r = vm->pci_ops.config_write(vm->pci, &f, reg, a->size, value);
	return r == -ENODEV ? RTAS_SUCCESS : pci_status(r);
}

static int32_t ibm_read_pci_config(struct papr_vcpu *vcpu, const void *args,
				   void *rets)
{
	const struct RTAS_ibm_read_pci_config_in *in = args;
	struct RTAS_ibm_read_pci_config_out *out = rets;
	const struct config_access a = {
		in->config_addr, in->buid_hi, in->buid_lo, in->size
	};

	return config_read(vcpu->vm, &a, &out->value);
}

static int32_t ibm_write_pci_config(struct papr_vcpu *vcpu, const void *args,
				    void *rets)
{
	const struct RTAS_ibm_write_pci_config_in *in = args;
	const struct config_access a = {
		in->config_addr, in->buid_hi, in->buid_lo, in->size
	};

	(void)rets;
	return config_write(vcpu->vm, &a, in->value);
}

static int32_t read_pci_config(struct papr_vcpu *vcpu, const void *args,
			       void *rets)
{
	const struct RTAS_read_pci_config_in *in = args;
	struct RTAS_read_pci_config_out *out = rets;
	const struct config_access a = { in->config_addr, 0, 0, in->size };

	return config_read(vcpu->vm, &a, &out->value);
}

static int32_t write_pci_config(struct papr_vcpu *vcpu, const void *args,
				void *rets)
{
	const struct RTAS_write_pci_config_in *in = args;
	const struct config_access a = { in->config_addr, 0, 0, in->size };

	(void)rets;
	return config_write(vcpu->vm, &a, in->value);
}

static int32_t ibm_query_interrupt_source_number(struct papr_vcpu *vcpu,
						 const void *args, void *rets)
{
	const struct RTAS_ibm_query_interrupt_source_number_in *in = args;
	struct RTAS_ibm_query_interrupt_source_number_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;
	bool edge = false;
	int r;

	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f))
		return RTAS_PARAMETER_ERROR;
	r = vm->pci_ops.interrupt(vm->pci, &f, in->ioa_function_interrupt,
				  &out->interrupt, &edge);
	if (r == -ENOENT)
		return RTAS_NO_INTERRUPT;
	out->trigger = edge;
	return pci_status(r);
}

/* By the number of the function that the guest asks for. */
static const struct {
	enum papr_msi_request request;
	enum papr_msi_kind kind;
} msi_functions[] = {
	{ PAPR_MSI_QUERY, PAPR_MSI_ANY },
	{ PAPR_MSI_SET, PAPR_MSI_ANY },
	{ PAPR_MSI_DEFAULT, PAPR_MSI_ANY },
	{ PAPR_MSI_SET, PAPR_MSI_MSI },
	{ PAPR_MSI_SET, PAPR_MSI_MSIX },
	{ PAPR_MSI_SET, PAPR_MSI_MSI32 },
};

#define SET 1
#define WITH_TYPE 4	/* results, with which of the two it is */
#define FIRST 1		/* of a sequence that is over at once */

/* Either only for one that can be told which it has become. */
static enum papr_msi_kind msi_kind(uint32_t function, uint32_t nrets)
{
	if (function == SET && nrets < WITH_TYPE)
		return PAPR_MSI_MSI;
	return msi_functions[function].kind;
}

static int32_t ibm_change_msi(struct papr_vcpu *vcpu, const void *args,
			      void *rets)
{
	const struct RTAS_ibm_change_msi_in *in = args;
	struct RTAS_ibm_change_msi_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;
	struct papr_msi msi;
	int r;

	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f) ||
	    in->function >= ARRAY_SIZE(msi_functions) ||
	    in->sequence != FIRST)
		return RTAS_PARAMETER_ERROR;
	msi.kind = msi_kind(in->function, vcpu->rtas_nrets);
	msi.number = in->requested;
	r = vm->pci_ops.change_msi(vm->pci, &f,
				   msi_functions[in->function].request, &msi);
	if (r)
		return pci_status(r);
	out->interrupts = msi.number;
	out->next_sequence = FIRST;
	out->type = msi.kind == PAPR_MSI_MSIX ? 2 : 1;
	return RTAS_SUCCESS;
}

int papr_vm_set_pci(struct papr_vm *vm, const struct papr_pci_ops *ops,
		    void *bus)
{
	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "PCI buses are added "
				 "before the VM is sealed");
	if (sized_copy(&vm->pci_ops, sizeof(vm->pci_ops), ops))
		return error_set(&vm->error, -E2BIG, "the operations of PCI "
				 "buses have no size, or members this library "
				 "does not know");
	vm->pci = bus;
	return 0;
}

bool pci_lacks(const struct papr_vm *vm, int row)
{
	const struct papr_pci_ops *ops = &vm->pci_ops;

	switch (row) {
	case RTAS_ROW_read_pci_config:
	case RTAS_ROW_ibm_read_pci_config:
		return !ops->config_read;
	case RTAS_ROW_write_pci_config:
	case RTAS_ROW_ibm_write_pci_config:
		return !ops->config_write;
	case RTAS_ROW_ibm_query_interrupt_source_number:
		return !ops->interrupt;
	case RTAS_ROW_ibm_change_msi:
		return !ops->change_msi;
	case RTAS_ROW_ibm_set_eeh_option:
		return !ops->eeh_option;
	case RTAS_ROW_ibm_get_config_addr_info2:
		return !ops->pe_info;
	case RTAS_ROW_ibm_read_slot_reset_state2:
		return !ops->pe_state;
	case RTAS_ROW_ibm_set_slot_reset:
		return !ops->pe_reset;
	case RTAS_ROW_ibm_configure_pe:
	case RTAS_ROW_ibm_configure_bridge:
		return !ops->pe_configure;
	case RTAS_ROW_ibm_slot_error_detail:
		return !ops->pe_error;
	case RTAS_ROW_ibm_query_pe_dma_window:
		return !ops->dma_query;
	case RTAS_ROW_ibm_create_pe_dma_window:
		return !ops->dma_query || !ops->dma_create;
	case RTAS_ROW_ibm_remove_pe_dma_window:
		return !ops->dma_remove;
	case RTAS_ROW_ibm_reset_pe_dma_window:
	case RTAS_ROW_ibm_reset_pe_dma_windows:
		return !ops->dma_reset;
	default:
		return false;
	}
}

const struct rtas_impl rtas_pci[] = {
	{ RTAS_TOKEN_read_pci_config, read_pci_config },
	{ RTAS_TOKEN_write_pci_config, write_pci_config },
	{ RTAS_TOKEN_ibm_read_pci_config, ibm_read_pci_config },
	{ RTAS_TOKEN_ibm_write_pci_config, ibm_write_pci_config },
	{ RTAS_TOKEN_ibm_query_interrupt_source_number,
	  ibm_query_interrupt_source_number },
	{ RTAS_TOKEN_ibm_change_msi, ibm_change_msi },
	{ 0, NULL }
};
