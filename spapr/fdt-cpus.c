/* SPDX-License-Identifier: BSD-2-Clause */
/* /cpus: one node for each core, LoPAR C.6.2. */
#include "config.h"

#include <stdio.h>

#include "spapr/cpu-level.h"
#include "spapr/decrementer.h"
#include "spapr/fdt.h"
#include "spapr/util.h"

#define DEFAULT_TIMEBASE_HZ 512000000u
#define DEFAULT_CLOCK_HZ 1000000000u
#define L1_SIZE 0x8000u
#define L1_LINE 128u
#define NO_SEGMENT 0xffffffffu

#define PA_RADIX_BYTE 40
#define PA_RADIX 0x80u

uint32_t cpu_version_now(const struct papr_vm *vm)
{
	const struct agreed *agreed = &vm->firmware.agreed;

	if (agreed->any)
		return agreed->pvr ? agreed->pvr : vm->info.pvr;
	return cpu_level_of(vm->info.isa)->logical_pvr;
}

/* Whoever has no level in common runs on the processor as it is. */
const struct cpu_level *cpu_level_now(const struct papr_vm *vm)
{
	const struct agreed *agreed = &vm->firmware.agreed;

	return agreed->pvr ? cpu_level_by_pvr(agreed->pvr) :
			     cpu_level_of(vm->info.isa);
}

size_t cpu_features(const struct papr_vm *vm, const struct cpu_level *level,
		    uint8_t features[PA_FEATURES_MAX])
{
	memcpy(features, level->pa_features, level->pa_features_len);
	if (vm->mmu == PAPR_MMU_HASH && level->isa >= 300)
		features[2 + PA_RADIX_BYTE] &= ~PA_RADIX;
	return level->pa_features_len;
}

static void write_features(struct tree *t, const struct papr_vm *vm,
			   const struct cpu_level *level)
{
	uint8_t features[PA_FEATURES_MAX];
	size_t len = cpu_features(vm, level, features);

	tree_bytes(t, "ibm,pa-features", features, len);
}

static void write_caches(struct tree *t)
{
	static const char *const size[] = { "d-cache-size", "i-cache-size" };
	static const char *const line[] = {
		"d-cache-line-size", "d-cache-block-size",
		"i-cache-line-size", "i-cache-block-size",
	};

	for (size_t i = 0; i < ARRAY_SIZE(size); i++)
		tree_u32(t, size[i], L1_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(line); i++)
		tree_u32(t, line[i], L1_LINE);
}

/* Segment base sizes, each with the actual page sizes it may hold. */
static void write_page_sizes(struct tree *t, const struct papr_host_mmu *mmu)
{
	uint32_t cells[8 * (3 + 2 * 8)];
	size_t n = 0;

	for (uint32_t i = 0; i < mmu->hash_sizes; i++) {
		cells[n++] = mmu->hash[i].shift;
		cells[n++] = mmu->hash[i].slb_encoding;
		cells[n++] = mmu->hash[i].pages;
		for (uint32_t j = 0; j < mmu->hash[i].pages; j++) {
			cells[n++] = mmu->hash[i].page[j].shift;
			cells[n++] = mmu->hash[i].page[j].pte_encoding;
		}
	}
	tree_cells(t, "ibm,segment-page-sizes", cells, n);
}

static void write_hash(struct tree *t, const struct papr_vm *vm)
{
	const uint32_t segments[] = {
		28, vm->host_mmu.segment_1t ? 40 : NO_SEGMENT,
		NO_SEGMENT, NO_SEGMENT,
	};
	const uint32_t pft[] = { 0, vm->hpt_order };

	tree_u32(t, "slb-size", vm->host_mmu.slb);
	tree_u32(t, "ibm,slb-size", vm->host_mmu.slb);
	tree_cells(t, "ibm,processor-segment-sizes", segments,
		   ARRAY_SIZE(segments));
	tree_cells(t, "ibm,pft-size", pft, ARRAY_SIZE(pft));
	write_page_sizes(t, &vm->host_mmu);
}

static void write_servers(struct tree *t, const struct papr_vm *vm,
			  uint32_t id)
{
	uint32_t servers[8], gservers[16];

	for (uint32_t i = 0; i < vm->config.threads; i++) {
		servers[i] = id + i;
		gservers[2 * i] = id + i;
		gservers[2 * i + 1] = 0;
	}
	tree_cells(t, "ibm,ppc-interrupt-server#s", servers,
		   vm->config.threads);
	tree_cells(t, "ibm,ppc-interrupt-gserver#s", gservers,
		   2 * vm->config.threads);
}

void tree_core(struct tree *t, const struct papr_vm *vm,
	       const struct papr_fdt_config *c, uint32_t core)
{
	const struct cpu_level *host = cpu_level_of(vm->info.isa);
	const struct cpu_level *level = cpu_level_now(vm);
	uint32_t id = vm->vcpus[core * vm->config.threads]->id;
	char name[40];

	snprintf(name, sizeof(name), "%s@%x", host->name, id);
	tree_begin(t, name);
	tree_string(t, "device_type", "cpu");
	tree_string(t, "status", "okay");
	tree_u32(t, "reg", id);
	if (vm->drcs.n_cores)
		tree_u32(t, "ibm,my-drc-index", DRC_CORE | id);
	tree_u32(t, "cpu-version", cpu_version_now(vm));
	tree_empty(t, "64-bit");
	tree_u32(t, "timebase-frequency",
		 c->timebase_hz ? c->timebase_hz : DEFAULT_TIMEBASE_HZ);
	tree_u32(t, "clock-frequency",
		 c->clock_hz ? c->clock_hz : DEFAULT_CLOCK_HZ);
	if (dec_bits_now(vm))
		tree_u32(t, "ibm,dec-bits", dec_bits_now(vm));
	write_caches(t);
	tree_u32(t, "ibm,purr", 1);
	tree_u32(t, "ibm,spurr", 1);
	tree_u32(t, "ibm,vmx", 2);	/* and VSX */
	tree_u32(t, "ibm,dfp", 1);
	write_features(t, vm, level);
	write_servers(t, vm, id);
	tree_associativity(t, vm, vm->numa.node_of_core[core], &id);
	if (vm->mmu == PAPR_MMU_HASH)
		write_hash(t, vm);
	else
		tree_cells(t, "ibm,processor-radix-AP-encodings",
			   vm->host_mmu.radix_ap, vm->host_mmu.radix_aps);
	tree_end(t);
}

void tree_cpus(struct tree *t, const struct papr_vm *vm,
	       const struct papr_fdt_config *config)
{
	tree_begin(t, "cpus");
	tree_u32(t, "#address-cells", 1);
	tree_u32(t, "#size-cells", 0);
	tree_core_connectors(t, vm);
	for (uint32_t core = 0; core < vm->config.max_cores; core++)
		if (papr_vcpu_is_there(vm->vcpus[core * vm->config.threads]))
			tree_core(t, vm, config, core);
	tree_end(t);
}
