/* SPDX-License-Identifier: BSD-2-Clause */
/* Applying a checked configuration to the host. */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/fdt.h"
#include "spapr/hpt.h"
#include "spapr/irqs.h"
#include "spapr/routes.h"
#include "spapr/routing.h"
#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"
#include "spapr/vsmt.h"

/*
 * What "instantiate-rtas" leaves in memory.  Linux calls it in 32-bit
 * big-endian real mode with r3 at the arguments; the hypercall wants them
 * in r4.
 */
static const uint32_t rtas_stub[] = {
	0x7c641b78,	/* mr	r4,r3 */
	0x38600000,	/* li	r3,0 */
	0x6063f000,	/* ori	r3,r3,H_RTAS */
	0x44000022,	/* sc	1 */
	0x4e800020,	/* blr */
};

/* Linux wants 16 bytes of room after the address it is given, inclusive. */
#define RTAS_SLACK 8u

uint64_t papr_rtas_size(uint32_t vcpus)
{
	uint64_t size = RTAS_BLOB_SAVE +
			(uint64_t)vcpus * RTAS_SAVE_SIZE + RTAS_SLACK;

	return (size + 0xffff) & ~0xffffull;
}

/*
 * The same for the client interface of Open Firmware, which Linux calls in the
 * same way.  There is room for it before the log.
 */
static const uint32_t client_stub[] = {
	0x7c641b78,	/* mr	r4,r3 */
	0x38600000,	/* li	r3,0 */
	0x6063f005,	/* ori	r3,r3,KVMPPC_H_VOF_CLIENT */
	0x44000022,	/* sc	1 */
	0x4e800020,	/* blr */
};

_Static_assert(sizeof(rtas_stub) <= RTAS_BLOB_CLIENT &&
	       RTAS_BLOB_CLIENT + sizeof(client_stub) <= RTAS_BLOB_LOG,
	       "the stubs overlap");

int vm_place_rtas(struct papr_vm *vm, struct papr_error *error)
{
	uint64_t base = vm->rtas_base;
	uint64_t size = papr_rtas_size(vm->n_vcpus);
	uint8_t *blob = ram_get(vm, base, size, RAM_WRITE);

	if (!blob)
		return error_set(error, -EINVAL, "RTAS at 0x%llx needs "
				 "0x%llx bytes of writable RAM there",
				 (unsigned long long)base,
				 (unsigned long long)size);
	memset(blob, 0, size);
	for (size_t i = 0; i < ARRAY_SIZE(rtas_stub); i++)
		store_be32(blob + 4 * i, rtas_stub[i]);
	for (size_t i = 0; i < ARRAY_SIZE(client_stub); i++)
		store_be32(blob + RTAS_BLOB_CLIENT + 4 * i, client_stub[i]);
	return 0;
}

/* A guest of firmware has it where it wants it. */
static int save_rtas(struct papr_vm *vm, struct state_out *out,
		     struct papr_error *error)
{
	(void)error;
	if (vm->rtas_base != vm->config.rtas_base)
		state_put_u64(out, vm->rtas_base);
	return 0;
}

static int load_rtas(struct papr_vm *vm, struct state_in *in,
		     struct papr_error *error)
{
	uint64_t base = state_get_u64(in);

	if (!ram_get(vm, base, papr_rtas_size(vm->n_vcpus), RAM_READ))
		return error_set(error, -EINVAL, "RTAS cannot be at 0x%llx",
				 (unsigned long long)base);
	atomic_store(&vm->rtas_base, base);
	return 0;
}

const struct state_module rtas_state = { "rtas", 1, save_rtas, load_rtas };

static int place_rtas(struct papr_vm *vm)
{
	return vm_place_rtas(vm, &vm->error);
}

/*
 * The usual 1/128 of RAM, with what may be plugged in, between the sizes the
 * architecture allows.
 */
static uint32_t hpt_order(const struct papr_vm *vm)
{
	uint64_t bytes = 0;
	uint32_t order = HPT_MIN_ORDER;

	for (size_t i = 0; i < vm->n_ram; i++)
		bytes += vm->ram[i].len;
	bytes += vm->drcs.area.len;
	while (order < 46 && (1ull << order) < bytes >> 7)
		order++;
	return order;
}

static int setup_mmu(struct papr_vm *vm)
{
	bool hash;
	int r;

	if (vm->host_ops.describe_mmu) {
		r = vm->host_ops.describe_mmu(vm->host, &vm->host_mmu);
		if (r)
			return error_set(&vm->error, r, "the host does not "
					 "describe its MMU: %s", strerror(-r));
	}
	hash = vm->mmu == PAPR_MMU_HASH && (vm->host_ops.setup_hpt ||
	       vm->info.flavour == PAPR_FLAVOUR_PR);
	if (hash || vm->choice.mmu)
		vm->hpt_order = hpt_order(vm);
	if (!hash)
		return 0;
	r = hpt_setup(vm);
	if (r)
		return error_set(&vm->error, r, "no hashed page table of "
				 "2^%u bytes: %s", vm->hpt_order,
				 strerror(-r));
	return routes_own_hpt(vm->routes) ? hpt_open(vm, &vm->error) : 0;
}

static int setup_nested(struct papr_vm *vm)
{
	int r;

	if (!vm->nested_hv)
		return 0;
	r = vm->host_ops.enable_nested ?
	    vm->host_ops.enable_nested(vm->host) : -EINVAL;
	if (!r)
		return 0;
	if (vm->config.nested_hv == PAPR_SWITCH_ON)
		return error_set(&vm->error, r, "the kernel refused nested "
				 "KVM-HV: %s", strerror(-r));
	vm_log(vm, PAPR_LOG_WARNING, "the kernel refused nested KVM-HV, which "
	       "it offers: %s; the guest does without", strerror(-r));
	vm->nested_hv = false;
	return 0;
}

static int setup_smt(struct papr_vm *vm)
{
	struct papr_error warning = { "" };
	int r;

	r = vsmt_apply(&vm->host_ops, vm->host, &vm->info, vm->config.threads,
		       vm->vsmt, &warning);
	if (r)
		vm->error = warning;
	else if (warning.text[0])
		vm_log(vm, PAPR_LOG_WARNING, "%s", warning.text);
	return r;
}

/* A guest that may not use tlbie has no other way. */
static int check_gtse(struct papr_vm *vm)
{
	if (vm->gtse || vm->mmu != PAPR_MMU_RADIX ||
	    routes_set_answered(vm->routes, "hcall-rpt-invalidate"))
		return 0;
	return error_set(&vm->error, -EOPNOTSUPP, "without GTSE a radix guest "
			 "needs H_RPT_INVALIDATE, which nobody answers");
}

static int setup_routes(struct papr_vm *vm)
{
	if (!vm->policy) {
		vm->policy = policy_copy(NULL, NULL);
		if (!vm->policy)
			return error_set(&vm->error, -ENOMEM, "out of memory");
	}
	return routing_renew(vm, &vm->error);
}

int papr_vm_set_policy(struct papr_vm *vm, const struct papr_policy *policy)
{
	const struct papr_host host = vm_host_granted(vm);
	struct papr_policy *copy;
	int r;

	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY, "the policy is chosen "
				 "before the VM is sealed, and changed after "
				 "it by papr_vm_change_policy()");
	r = papr_route_predict(policy, &host, vm->routes, &vm->error);
	if (r)
		return r;
	copy = policy_copy(NULL, policy);
	if (!copy)
		return error_set(&vm->error, -ENOMEM, "out of memory");
	talloc_free(vm->policy);
	vm->policy = copy;
	return 0;
}

/* All pluggable memory is in a node. */
static int check_plug_numa(struct papr_vm *vm)
{
	uint64_t nodes = vm->numa.plug_end[vm->numa.nodes - 1];

	if (nodes == UINT64_MAX || nodes == vm->drcs.area.len)
		return 0;
	return error_set(&vm->error, -EINVAL, "NUMA nodes have 0x%llx bytes "
			 "of pluggable memory, and there are 0x%llx",
			 (unsigned long long)nodes,
			 (unsigned long long)vm->drcs.area.len);
}

/* RAM ends where the last node does. */
static int check_numa(struct papr_vm *vm)
{
	uint64_t end = 0, nodes = vm->numa.end[vm->numa.nodes - 1];

	for (size_t i = 0; i < vm->n_ram; i++)
		if (!(vm->ram[i].flags & PAPR_RAM_READONLY) &&
		    vm->ram[i].gpa + vm->ram[i].len > end)
			end = vm->ram[i].gpa + vm->ram[i].len;
	if (nodes == UINT64_MAX || nodes == end)
		return 0;
	return error_set(&vm->error, -EINVAL, "NUMA nodes have 0x%llx bytes "
			 "of memory, and RAM ends at 0x%llx",
			 (unsigned long long)nodes, (unsigned long long)end);
}

int papr_vm_seal(struct papr_vm *vm)
{
	/* Virtual SMT is early: the kernel wants it before any vCPU. */
	static int (*const steps[])(struct papr_vm *vm) = {
		check_numa, check_plug_numa, setup_smt, setup_nested,
		setup_routes, check_gtse,
		irqs_setup, irqs_setup_rtas, setup_mmu, vpd_setup, place_rtas,
		drcs_setup,
	};

	if (vm->stage != VM_SETUP)
		return error_set(&vm->error, -EBUSY,
				 "the VM is sealed already");
	if (!ram_get(vm, 0, PAGE_4K, RAM_READ))
		return error_set(&vm->error, -EINVAL,
				 "a partition needs RAM at address 0");
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int r = steps[i](vm);

		if (r) {
			vm->stage = VM_FAILED;
			return r;
		}
	}
	vm->stage = VM_SEALED;
	return 0;
}
