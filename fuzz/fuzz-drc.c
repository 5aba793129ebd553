/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest and a program that do what they like with connectors: bytes are
 * steps, two each, what and with which.  After each step, what the guest has,
 * what there is in memory and which vCPUs can be started must agree.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "rtas/catalogue.h"
#include "spapr/drc.h"
#include "spapr/util.h"
#include "spapr/vm.h"

#define RAM 0x40000u
#define BLOCK 0x100u
#define AREA 0x1000u
#define LMBS 3u
#define FIRST 1u
#define CORES 3u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct papr_vm *vm;
static uint8_t *ram;
static uint8_t lmbs[4096];	/* nothing is ever read or written there */
static uint64_t regs[PAPR_REGS];

static void check(bool good)
{
	if (!good)
		abort();
}

static int describe(void *host, struct papr_host *info)
{
	return papr_host_model(host, info, NULL);
}

static int get_reg(void *cpu, enum papr_reg reg, uint64_t *value)
{
	(void)cpu;
	*value = regs[reg];
	return 0;
}

static int update_reg(void *cpu, enum papr_reg reg, uint64_t mask,
		      uint64_t value)
{
	(void)cpu;
	regs[reg] = (regs[reg] & ~mask) | (value & mask);
	return 0;
}

static int reset_cpu(void *cpu)
{
	(void)cpu;
	return 0;
}

static const struct papr_host_ops host_ops = {
	.size = sizeof(host_ops),
	.describe = describe,
	.get_reg = get_reg,
	.update_reg = update_reg,
	.reset_cpu = reset_cpu,
};

static int plug(void *vmm, const struct papr_connector *c)
{
	struct papr_vcpu *vcpu = papr_vm_vcpu(vm, c->number);

	(void)vmm;
	check(c->state == PAPR_CONNECTOR_EMPTY);
	if (c->kind == PAPR_CONNECTOR_CORE && !papr_vcpu_host(vcpu))
		return papr_vcpu_attach(vcpu, regs);
	return 0;
}

static const struct papr_vmm_ops vmm_ops = {
	.size = sizeof(vmm_ops),
	.plug = plug,
};

static void make(void)
{
	struct papr_vm_config config = {
		.size = sizeof(config), .cores = 1, .threads = 1, .vsmt = 1,
		.max_cores = CORES, .rtas_base = RAM / 2,
	};

	ram = calloc(1, RAM);
	check(ram && !papr_vm_new(&config, &host_ops, (void *)"power10",
				  &vmm_ops, NULL, &vm, NULL));
	check(!papr_vm_add_ram(vm, 0, RAM, ram, 0));
	check(!papr_vm_add_pluggable_ram(vm, FIRST * PAPR_LMB_SIZE,
					 LMBS * PAPR_LMB_SIZE, lmbs));
	check(!papr_vm_seal(vm));
	check(!papr_vcpu_attach(papr_vm_vcpu(vm, 0), regs));
}

/* An RTAS call by the boot vCPU; its last cell. */
static uint32_t call(uint32_t token, uint32_t nargs, uint32_t nrets,
		     uint32_t a, uint32_t b, uint32_t c)
{
	const uint32_t cells[] = { token, nargs, nrets, a, b, c };
	struct papr_hcall hcall = { .nr = H_RTAS, .args = { BLOCK } };

	for (size_t i = 0; i < 3 + nargs; i++)
		store_be32(ram + BLOCK + 4 * i, cells[i]);
	papr_vcpu_hcall(papr_vm_vcpu(vm, 0), &hcall);
	return load_be32(ram + BLOCK + 4 * (3 + nargs + nrets - 1));
}

static void set(uint32_t token, uint32_t index, uint32_t value)
{
	call(RTAS_TOKEN_set_indicator, 3, 1, token, index, value);
}

static void configure(uint32_t index, uint32_t step)
{
	store_be32(ram + AREA, index);
	store_be32(ram + AREA + 4, step);
	call(RTAS_TOKEN_ibm_configure_connector, 2, 1, AREA, 0, 0);
}

static void stop(struct papr_vcpu *vcpu)
{
	struct papr_entry entry;

	papr_vcpu_take_entry(vcpu, &entry);
	if (papr_vcpu_state(vcpu) == PAPR_CPU_RUNNING)
		atomic_store(&vcpu->state, PAPR_CPU_STOPPED);
}

static void step(uint8_t what, uint8_t which)
{
	static const uint32_t indexes[] = {
		DRC_CORE, DRC_CORE | 1, DRC_CORE | 2, DRC_LMB | FIRST,
		DRC_LMB | (FIRST + 1), DRC_LMB | (FIRST + 2), DRC_LMB | 4, 0
	};
	uint32_t index = indexes[which % ARRAY_SIZE(indexes)];
	enum papr_connector_kind kind = which % 8 < 3 ? PAPR_CONNECTOR_CORE :
							PAPR_CONNECTOR_LMB;
	uint32_t number = index & 0xf, value = which / 8;

	switch (what % 8) {
	case 0:
		set(9001, index, value % 3);
		break;
	case 1:
		set(9002, index, value % 5);
		break;
	case 2:
		set(9003, index, value % 5);
		break;
	case 3:
		configure(index, value);
		break;
	case 4:
		papr_vm_plug(vm, kind, number, NULL);
		break;
	case 5:
		papr_vm_unplug(vm, kind, number, NULL);
		break;
	case 6:
		call(RTAS_TOKEN_start_cpu, 3, 1, number, 0x100, 0);
		break;
	default:
		stop(papr_vm_vcpu(vm, 1 + which % (CORES - 1)));
	}
}

static void agree(const struct papr_connector *c)
{
	bool there = c->state != PAPR_CONNECTOR_EMPTY;
	bool usable = c->state >= PAPR_CONNECTOR_UNISOLATED;
	struct papr_vcpu *vcpu = papr_vm_vcpu(vm, c->number);

	check(!c->leaving || there);
	if (c->kind == PAPR_CONNECTOR_LMB) {
		check(there == !!lmb_get(&vm->drcs.area,
					 c->number * PAPR_LMB_SIZE, 1));
		return;
	}
	check(usable == papr_vcpu_is_there(vcpu));
	check(usable || papr_vcpu_state(vcpu) == PAPR_CPU_STOPPED);
	check(!usable || papr_vcpu_host(vcpu));
	check(c->number || usable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct papr_connector c = { .size = sizeof(c) };
	struct papr_entry entry = { 0 };

	if (!vm)
		make();
	papr_vcpu_start(papr_vm_vcpu(vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(vm, 0), &entry);
	for (; len > 1; data += 2, len -= 2) {
		step(data[0], data[1]);
		for (uint32_t i = 0; !papr_vm_connector(vm, i, &c); i++)
			agree(&c);
	}
	/* Inputs must not add up: all goes, and a reset takes it. */
	for (uint32_t i = 0; !papr_vm_connector(vm, i, &c); i++)
		papr_vm_unplug(vm, c.kind, c.number, NULL);
	check(!papr_vm_reset(vm, NULL));
	for (uint32_t i = 1; !papr_vm_connector(vm, i, &c); i++)
		check(c.state == PAPR_CONNECTOR_EMPTY);
	return 0;
}
