/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of PCI devices, EEH: LoPAR 7.3.12 and 7.3.13. */
#include "config.h"

#include <errno.h>

#include "rtas/handlers.h"
#include "rtas/pci.h"
#include "rtas/status.h"
#include "spapr/util.h"

static int32_t ibm_set_eeh_option(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	const struct RTAS_ibm_set_eeh_option_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;

	(void)rets;
	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f) ||
	    in->function > PAPR_EEH_DISABLE_EVENT)
		return RTAS_PARAMETER_ERROR;
	return pci_status(vm->pci_ops.eeh_option(vm->pci, &f, in->function));
}

enum info { PE_ADDRESS = 0, PE_SHARED = 1 };
enum shared { NO_PE = 0, NOT_SHARED = 1, SHARED = 2 };

static int32_t ibm_get_config_addr_info2(struct papr_vcpu *vcpu,
					 const void *args, void *rets)
{
	const struct RTAS_ibm_get_config_addr_info2_in *in = args;
	struct RTAS_ibm_get_config_addr_info2_out *out = rets;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;
	uint32_t address = 0;
	bool shared = false;
	int r;

	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f) ||
	    in->function > PE_SHARED)
		return RTAS_PARAMETER_ERROR;
	r = vm->pci_ops.pe_info(vm->pci, &f, &address, &shared);
	if (r == -ENOENT && in->function == PE_SHARED) {
		out->info = NO_PE;
		return RTAS_SUCCESS;
	}
	if (r)
		return RTAS_PARAMETER_ERROR;
	out->info = in->function == PE_ADDRESS ? address :
		    shared ? SHARED : NOT_SHARED;
	return RTAS_SUCCESS;
}

/* A hardware error shows as an endpoint that is not available. */
static int32_t ibm_read_slot_reset_state2(struct papr_vcpu *vcpu,
					  const void *args, void *rets)
{
	const struct RTAS_ibm_read_slot_reset_state2_in *in = args;
	struct RTAS_ibm_read_slot_reset_state2_out *out = rets;
	enum papr_pe_state state = PAPR_PE_WORKS;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;
	uint32_t wait_ms = 0;
	int r;

	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f))
		return RTAS_PARAMETER_ERROR;
	r = vm->pci_ops.pe_state(vm->pci, &f, &state, &wait_ms);
	if (r == -ENOENT)
		return RTAS_SUCCESS;
	if (r == -ENODEV || r == -EINVAL)
		return RTAS_PARAMETER_ERROR;
	out->state = r ? PAPR_PE_UNAVAILABLE : state;
	out->capabilities = 1;
	out->unavailable_info = r ? 0 : wait_ms;
	return RTAS_SUCCESS;
}

static int32_t ibm_set_slot_reset(struct papr_vcpu *vcpu, const void *args,
				  void *rets)
{
	const struct RTAS_ibm_set_slot_reset_in *in = args;
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;

	(void)rets;
	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f) ||
	    (in->function != PAPR_PE_RESET_END &&
	     in->function != PAPR_PE_RESET_HOT &&
	     in->function != PAPR_PE_RESET_FUNDAMENTAL))
		return RTAS_PARAMETER_ERROR;
	return pci_status(vm->pci_ops.pe_reset(vm->pci, &f, in->function));
}

/* Hardware errors show when the endpoint is used. */
static int32_t configure(struct papr_vm *vm, bool good,
			 const struct papr_pci_function *f, bool endpoints)
{
	int r = good ? vm->pci_ops.pe_configure(vm->pci, f, endpoints) :
		       -EINVAL;

	return r == -ENODEV || r == -EINVAL ? RTAS_PARAMETER_ERROR :
					      RTAS_SUCCESS;
}

static int32_t ibm_configure_pe(struct papr_vcpu *vcpu, const void *args,
				void *rets)
{
	const struct RTAS_ibm_configure_pe_in *in = args;
	struct papr_pci_function f;
	bool good = pci_function(in->config_addr, in->buid_hi, in->buid_lo,
				 &f);

	(void)rets;
	return configure(vcpu->vm, good, &f, true);
}

static int32_t ibm_configure_bridge(struct papr_vcpu *vcpu, const void *args,
				    void *rets)
{
	const struct RTAS_ibm_configure_bridge_in *in = args;
	struct papr_pci_function f;
	bool good = pci_function(in->config_addr, in->buid_hi, in->buid_lo,
				 &f);

	(void)rets;
	return configure(vcpu->vm, good, &f, false);
}

enum severity { TEMPORARY = 1, PERMANENT = 2 };

static int32_t ibm_slot_error_detail(struct papr_vcpu *vcpu, const void *args,
				     void *rets)
{
	const struct RTAS_ibm_slot_error_detail_in *in = args;
	uint8_t driver[PAPR_ELOG_MAX], log[PAPR_ELOG_MAX];
	struct papr_vm *vm = vcpu->vm;
	struct papr_pci_function f;
	size_t len = in->returned_length;
	const void *from;
	void *to;
	int r;

	(void)rets;
	if (!pci_function(in->config_addr, in->buid_hi, in->buid_lo, &f) ||
	    (in->function != TEMPORARY && in->function != PERMANENT) ||
	    in->driver_length > sizeof(driver))
		return RTAS_PARAMETER_ERROR;
	from = ram_get(vm, in->driver_buffer, in->driver_length, RAM_READ);
	if (in->driver_length && !from)
		return RTAS_PARAMETER_ERROR;
	/* The guest may change it meanwhile. */
	if (in->driver_length)
		memcpy(driver, from, in->driver_length);
	len = len < sizeof(log) ? len : sizeof(log);
	r = vm->pci_ops.pe_error(vm->pci, &f, in->function == PERMANENT,
				 driver, in->driver_length, log, &len);
	if (r)
		return pci_status(r);
	if (!len)
		return RTAS_NO_EVENT;
	to = ram_get(vm, in->returned_buffer, len, RAM_WRITE);
	if (!to)
		return RTAS_PARAMETER_ERROR;
	memcpy(to, log, len);
	return RTAS_SUCCESS;
}

const struct rtas_impl rtas_eeh[] = {
	{ RTAS_TOKEN_ibm_set_eeh_option, ibm_set_eeh_option },
	{ RTAS_TOKEN_ibm_get_config_addr_info2, ibm_get_config_addr_info2 },
	{ RTAS_TOKEN_ibm_read_slot_reset_state2, ibm_read_slot_reset_state2 },
	{ RTAS_TOKEN_ibm_set_slot_reset, ibm_set_slot_reset },
	{ RTAS_TOKEN_ibm_configure_pe, ibm_configure_pe },
	{ RTAS_TOKEN_ibm_configure_bridge, ibm_configure_bridge },
	{ RTAS_TOKEN_ibm_slot_error_detail, ibm_slot_error_detail },
	{ 0, NULL }
};
