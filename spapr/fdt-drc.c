/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connectors in the device tree, LoPAR 13.5.2 and appendix B; and the trees
 * below them, which the guest gets by ibm,configure-connector.
 */
#include "config.h"

#include <stdio.h>

#include <libfdt.h>

#include "spapr/drc.h"
#include "spapr/fdt.h"
#include "spapr/util.h"

/* Flags of LMBs. */
#define LMB_ASSIGNED 0x8u
#define LMB_DRC_INVALID 0x20u
#define LMB_RESERVED 0x80u
#define LMB_HOT_REMOVABLE 0x100u

#define LMB_SET_SIZE 24u	/* an entry of ibm,dynamic-memory-v2 */
#define NO_ASSOCIATIVITY 0xffffffffu
#define LIVE_INSERTION 0xffffffffu	/* a power domain that is always on */
#define NAME_MAX_LEN 16

static uint32_t node_of(const struct papr_vm *vm, const struct drc *lmb)
{
	return numa_node_of_plug(&vm->numa, lmb->number * PAPR_LMB_SIZE -
					    vm->drcs.area.gpa);
}

static uint32_t number_of(const struct drc *drc)
{
	return drc->index & ~(DRC_CORE | DRC_LMB);
}

static void *placeholder(struct tree *t, const char *name, size_t len)
{
	void *p = NULL;

	if (!t->err)
		t->err = fdt_property_placeholder(t->fdt, name, len, &p);
	return t->err ? NULL : p;
}

/* As many cells as there are connectors, and before them how many. */
static void write_cells(struct tree *t, const char *property,
			const struct drc *drc, uint32_t n, bool indexes)
{
	uint8_t *p = placeholder(t, property, 4 * ((size_t)n + 1));

	if (!p)
		return;
	store_be32(p, n);
	for (uint32_t i = 0; i < n; i++)
		store_be32(p + 4 * (i + 1), indexes ? drc[i].index :
						      LIVE_INSERTION);
}

/* "CPU 8", or "CPU" alone; returns the length with the NUL. */
static size_t name_of(const struct drc *drc, const char *word, bool numbered,
		      char *name)
{
	if (numbered)
		return snprintf(name, NAME_MAX_LEN, "%s %u", word,
				number_of(drc)) + 1;
	return snprintf(name, NAME_MAX_LEN, "%s", word) + 1;
}

/* As many strings, and before them how many. */
static void write_names(struct tree *t, const char *property,
			const struct drc *drc, uint32_t n, const char *word,
			bool numbered)
{
	char name[NAME_MAX_LEN];
	size_t len = 4;
	char *p;

	for (uint32_t i = 0; i < n; i++)
		len += name_of(&drc[i], word, numbered, name);
	p = placeholder(t, property, len);
	if (!p)
		return;
	store_be32(p, n);
	p += 4;
	for (uint32_t i = 0; i < n; i++) {
		len = name_of(&drc[i], word, numbered, name);
		memcpy(p, name, len);
		p += len;
	}
}

static void write_connectors(struct tree *t, const struct drc *drc, uint32_t n,
			     const char *type, const char *word)
{
	write_cells(t, "ibm,drc-indexes", drc, n, true);
	write_cells(t, "ibm,drc-power-domains", drc, n, false);
	write_names(t, "ibm,drc-names", drc, n, word, true);
	write_names(t, "ibm,drc-types", drc, n, type, false);
}

void tree_core_connectors(struct tree *t, const struct papr_vm *vm)
{
	if (vm->drcs.n_cores)
		write_connectors(t, vm->drcs.drc, vm->drcs.n_cores, "CPU",
				 "CPU");
}

static const struct drc *lmbs(const struct papr_vm *vm, uint32_t *n)
{
	*n = vm->drcs.n - vm->drcs.n_cores;
	return vm->drcs.drc + vm->drcs.n_cores;
}

void tree_lmb_connectors(struct tree *t, const struct papr_vm *vm)
{
	uint32_t n;
	const struct drc *drc = lmbs(vm, &n);

	if (n)
		write_connectors(t, drc, n, "MEM", "LMB");
}

/* The end of all memory that there may be, the size of an LMB, and cores. */
void tree_capacity(struct tree *t, const struct papr_vm *vm)
{
	const uint64_t lmb = PAPR_LMB_SIZE;
	uint64_t end = vm->drcs.area.gpa + vm->drcs.area.len;
	const uint32_t cells[] = {
		end >> 32, end, lmb >> 32, lmb, vm->config.max_cores
	};

	if (vm->drcs.n)
		tree_cells(t, "ibm,lrdr-capacity", cells, ARRAY_SIZE(cells));
}

/* --- /ibm,dynamic-reconfiguration-memory */

static bool is_assigned(const struct drc *drc)
{
	return drc->state == PAPR_CONNECTOR_CONFIGURED;
}

/* Which array of ibm,associativity-lookup-arrays it has: its node's. */
static uint32_t array_of(const struct papr_vm *vm, const struct drc *drc)
{
	return is_assigned(drc) ? node_of(vm, drc) : NO_ASSOCIATIVITY;
}

/* How many from @drc on are as this one. */
static uint32_t alike(const struct papr_vm *vm, const struct drc *drc,
		      uint32_t n)
{
	uint32_t i = 1;

	while (i < n && array_of(vm, &drc[i]) == array_of(vm, drc))
		i++;
	return i;
}

static uint8_t *store_set(uint8_t *p, uint32_t n, uint32_t first,
			  uint32_t index, uint32_t associativity,
			  uint32_t flags)
{
	store_be32(p, n);
	store_be64(p + 4, first * PAPR_LMB_SIZE);
	store_be32(p + 12, index);
	store_be32(p + 16, associativity);
	store_be32(p + 20, flags);
	return p + LMB_SET_SIZE;
}

/*
 * Sets of LMBs that are alike.  The first are below those that are pluggable:
 * /memory has them, they have no connectors.
 */
static void write_sets(struct tree *t, const struct papr_vm *vm)
{
	uint32_t n, sets = 1;
	const struct drc *drc = lmbs(vm, &n);
	uint8_t *p;

	for (uint32_t i = 0; i < n; i += alike(vm, drc + i, n - i))
		sets++;
	p = placeholder(t, "ibm,dynamic-memory-v2", 4 + sets * LMB_SET_SIZE);
	if (!p)
		return;
	store_be32(p, sets);
	p = store_set(p + 4, drc->number, 0, 0, NO_ASSOCIATIVITY,
		      LMB_RESERVED | LMB_DRC_INVALID);
	for (uint32_t i = 0; i < n; i += alike(vm, drc + i, n - i))
		p = store_set(p, alike(vm, drc + i, n - i), drc[i].number,
			      drc[i].index, array_of(vm, &drc[i]),
			      is_assigned(&drc[i]) ?
			      LMB_ASSIGNED | LMB_HOT_REMOVABLE : 0);
}

/* An array for each node, in which Linux looks up an LMB that came. */
static void write_lookup(struct tree *t, const struct papr_vm *vm)
{
	uint32_t cells[2 + PAPR_NUMA_NODES * NUMA_LEVELS], n = 2;

	for (uint32_t i = 0; i < vm->numa.nodes; i++)
		n += numa_domains(vm, i, cells + n);
	cells[0] = vm->numa.nodes;
	cells[1] = (n - 2) / vm->numa.nodes;
	tree_cells(t, "ibm,associativity-lookup-arrays", cells, n);
}

void tree_dynamic_memory(struct tree *t, const struct papr_vm *vm)
{
	const uint64_t lmb = PAPR_LMB_SIZE;
	const uint32_t size[] = { lmb >> 32, lmb };

	if (!vm->drcs.area.len)
		return;
	tree_begin(t, "ibm,dynamic-reconfiguration-memory");
	tree_cells(t, "ibm,lmb-size", size, ARRAY_SIZE(size));
	tree_u32(t, "ibm,memory-flags-mask", 0xff);
	tree_u32(t, "ibm,memory-preservation-time", 0);
	write_lookup(t, vm);
	write_sets(t, vm);
	tree_end(t);
}

/* --- the tree below a connector */

/* Linux takes nothing of it but the associativity. */
static void write_lmb(struct tree *t, const struct papr_vm *vm,
		      const struct drc *drc)
{
	const uint64_t gpa = drc->number * PAPR_LMB_SIZE, len = PAPR_LMB_SIZE;
	const uint32_t reg[] = { gpa >> 32, gpa, len >> 32, len };
	char name[32];

	snprintf(name, sizeof(name), "memory@%llx", (unsigned long long)gpa);
	tree_begin(t, name);
	tree_string(t, "device_type", "memory");
	tree_cells(t, "reg", reg, ARRAY_SIZE(reg));
	tree_associativity(t, vm, node_of(vm, drc), NULL);
	tree_u32(t, "ibm,my-drc-index", drc->index);
	tree_end(t);
}

int drc_tree(const struct papr_vm *vm, const struct drc *drc, void *buf)
{
	const struct papr_fdt_config config = {
		.size = sizeof(config),
		.timebase_hz = vm->drcs.timebase_hz,
		.clock_hz = vm->drcs.clock_hz,
	};
	struct tree t = { buf, fdt_create(buf, DRC_TREE_MAX) };

	if (!t.err)
		t.err = fdt_finish_reservemap(buf);
	tree_begin(&t, "");
	if (drc->kind == PAPR_CONNECTOR_CORE)
		tree_core(&t, vm, &config, drc->number);
	else
		write_lmb(&t, vm, drc);
	tree_end(&t);
	return t.err ? t.err : fdt_finish(buf);
}
