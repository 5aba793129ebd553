/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a partition must have in common with the saved one: what its guest was
 * told and what its state refers to.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include <talloc.h>

#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vio.h"
#include "spapr/vm.h"
#include "spapr/xive.h"

#define FACTS (22 + 3 * RAM_REGIONS + 4 * TCE_WINDOWS + 3 * VIO_DEVICES + \
	       (2 + NUMA_LEVELS + PAPR_NUMA_NODES) * PAPR_NUMA_NODES + \
	       PAPR_MAX_VCPUS)

struct facts {
	size_t n;
	struct {
		const char *what;
		uint64_t value;
	} fact[FACTS];
};

static void add(struct facts *f, const char *what, uint64_t value)
{
	f->fact[f->n].what = what;
	f->fact[f->n++].value = value;
}

/*
 * Numbers before what they count: they are compared in this order.  What is new
 * goes to the end of add_parts(): an older file ends before it.
 */
static void add_machine(struct facts *f, const struct papr_vm *vm)
{
	add(f, "level of the ISA", vm->info.isa);
	add(f, "number of cores", vm->config.cores);
	add(f, "threads of a core", vm->config.threads);
	add(f, "distance of vCPU ids (vSMT)", vm->vsmt);
	add(f, "MMU (1 radix, 2 hash)", vm->choice.first_mmu);
	add(f, "nested KVM-HV", vm->nested_hv);
	add(f, "FWNMI", vm->fwnmi);
	add(f, "address of RTAS", vm->config.rtas_base);
	add(f, "order of the page table",
	    vm->choice.first_mmu == PAPR_MMU_HASH ? vm->hpt_order : 0);
	add(f, "size of NVRAM", vm->nvram_size);
	add(f, "number of RAM regions", vm->n_ram);
	add(f, "number of DMA windows", vm->n_tce);
	add(f, "number of VIO devices", vm->n_vio);
}

static void add_numa(struct facts *f, const struct papr_vm *vm)
{
	const struct numa *numa = &vm->numa;

	add(f, "number of NUMA nodes", numa->nodes);
	for (uint32_t i = 0; i < numa->nodes; i++) {
		add(f, "end of a NUMA node", numa->end[i]);
		for (int j = 0; j < NUMA_LEVELS; j++)
			add(f, "domain of a NUMA node", numa->domain[i][j]);
	}
	for (uint32_t i = 0; i < vm->config.cores; i++)
		add(f, "NUMA node of a core", numa->node_of_core[i]);
}

static void add_plug_numa(struct facts *f, const struct papr_vm *vm)
{
	for (uint32_t i = 0; i < vm->numa.nodes; i++)
		add(f, "end of a NUMA node's pluggable memory",
		    vm->numa.plug_end[i]);
	for (uint32_t i = vm->config.cores; i < vm->config.max_cores; i++)
		add(f, "NUMA node of a core that may come",
		    vm->numa.node_of_core[i]);
	add(f, "form of NUMA distances at first", 1 + vm->numa.first_form2);
	for (uint32_t i = 0; i < vm->numa.nodes; i++)
		for (uint32_t j = 0; j < vm->numa.nodes; j++)
			add(f, "distance of two NUMA nodes",
			    vm->numa.distance[i][j]);
}

static void add_parts(struct facts *f, const struct papr_vm *vm)
{
	for (size_t i = 0; i < vm->n_ram; i++) {
		add(f, "address of a RAM region", vm->ram[i].gpa);
		add(f, "size of a RAM region", vm->ram[i].len);
		add(f, "flags of a RAM region", vm->ram[i].flags);
	}
	for (size_t i = 0; i < vm->n_tce; i++) {
		add(f, "number of a DMA window", vm->tce[i].liobn);
		add(f, "address of a DMA window", vm->tce[i].bus);
		add(f, "page shift of a DMA window", vm->tce[i].page_shift);
		add(f, "pages of a DMA window", vm->tce[i].pages);
	}
	for (size_t i = 0; i < vm->n_vio; i++) {
		add(f, "address of a VIO device", vm->vio[i]->config.unit);
		add(f, "interrupt of a VIO device", vm->vio[i]->config.irq);
		add(f, "window of a VIO device", vm->vio[i]->config.liobn);
	}
	add(f, "most cores", vm->config.max_cores);
	add(f, "address of pluggable memory", vm->drcs.area.gpa);
	add(f, "size of pluggable memory", vm->drcs.area.len);
	add_numa(f, vm);
	add(f, "interrupt controller (0 XICS, 1 XIVE)",
	    vm->choice.first_irqs == PAPR_INTERRUPTS_XIVE);
	add(f, "GTSE", vm->gtse);
	add(f, "kernel dumps", vm->config.kernel_dump);
	add_plug_numa(f, vm);
	add(f, "bits of a large decrementer", vm->dec_bits);
}

static struct facts *find_facts(const struct papr_vm *vm)
{
	struct facts *f = talloc_zero(NULL, struct facts);

	if (f) {
		add_machine(f, vm);
		add_parts(f, vm);
	}
	return f;
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	struct facts *f = find_facts(vm);

	if (!f)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < f->n; i++)
		state_put_u64(out, f->fact[i].value);
	talloc_free(f);
	return 0;
}

/* Small numbers are counts, large ones addresses. */
static void print(char text[24], uint64_t value)
{
	snprintf(text, 24, value < PAGE_4K ? "%llu" : "0x%llx",
		 (unsigned long long)value);
}

static int compare(const struct facts *f, struct state_in *in,
		   struct papr_error *error)
{
	for (size_t i = 0; i < f->n && in->left; i++) {
		uint64_t saved = state_get_u64(in);
		char theirs[24], ours[24];

		if (in->failed || saved == f->fact[i].value)
			continue;
		print(theirs, saved);
		print(ours, f->fact[i].value);
		in->left = 0;
		return error_set(error, -EINVAL, "the saved partition is "
				 "another one: %s: %s there, %s here",
				 f->fact[i].what, theirs, ours);
	}
	return 0;
}

static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	struct facts *f = find_facts(vm);
	int r;

	if (!f)
		return error_set(error, -ENOMEM, "out of memory");
	r = compare(f, in, error);
	talloc_free(f);
	return r;
}

const struct state_module config_state = { "config", 1, save, load };
