/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device tree: numbers in it that others must agree on, and what the
 * files that write it share.
 */
#ifndef SPAPR_FDT_H
#define SPAPR_FDT_H

#include <papr/fdt.h>

#include "spapr/cpu-level.h"
#include "spapr/vm.h"

/* The first virtual terminal, as QEMU numbers it. */
#define VTY_UNIT 0x71000000u
#define VTY_IRQ 0x1100u

#define XICS_PHANDLE 0x1111u

/* Where the client interface's stub is in the RTAS area, after RTAS's. */
#define RTAS_BLOB_CLIENT 0x18u

/* Where an error log goes in the RTAS area, after the stubs. */
#define RTAS_BLOB_LOG 0x30u
#define RTAS_LOG_MAX 2048u

/* For each vCPU room to save r3 in, after the log and the r3 before it. */
#define RTAS_BLOB_SAVE (RTAS_BLOB_LOG + 8 + RTAS_LOG_MAX)
#define RTAS_SAVE_SIZE 16u

/* A tree being written; after an error nothing more is. */
struct tree {
	void *fdt;
	int err;	/* of libfdt */
};

void tree_begin(struct tree *t, const char *name);
void tree_end(struct tree *t);
void tree_empty(struct tree *t, const char *name);
void tree_u32(struct tree *t, const char *name, uint32_t value);
void tree_string(struct tree *t, const char *name, const char *value);
void tree_bytes(struct tree *t, const char *name, const void *data,
		size_t len);

/* Cells in the host's byte order. */
void tree_cells(struct tree *t, const char *name, const uint32_t *cells,
		size_t n);

/*
 * ibm,associativity of a NUMA node's memory, or with @id of a processor's
 * core, whose list ends with it.
 */
void tree_associativity(struct tree *t, const struct papr_vm *vm,
			uint32_t node, const uint32_t *id);

/* The nodes of memory, and in /rtas what explains their associativity. */
void tree_memory(struct tree *t, const struct papr_vm *vm);
void tree_numa(struct tree *t, const struct papr_vm *vm);
/* A core's node. */
void tree_core(struct tree *t, const struct papr_vm *vm,
	       const struct papr_fdt_config *config, uint32_t core);

void tree_events(struct tree *t, const struct papr_vm *vm);
/* In /rtas: what a kernel dump takes, and one that is to be read. */
void tree_kernel_dump(struct tree *t, const struct papr_vm *vm);
/* The level that was agreed on, or the host's, and what it is called. */
const struct cpu_level *cpu_level_now(const struct papr_vm *vm);
uint32_t cpu_version_now(const struct papr_vm *vm);

/* ibm,pa-features of a level with this VM's MMU; its length. */
size_t cpu_features(const struct papr_vm *vm, const struct cpu_level *level,
		    uint8_t features[PA_FEATURES_MAX]);

/* The whole tree; 0 or libfdt's error. */
int fdt_write(struct papr_vm *vm, const struct papr_fdt_config *config,
	      void *buf, size_t len);

/* What the library would write now, to be freed; NULL without memory. */
void *fdt_now(struct papr_vm *vm);

/*
 * What has become different since @before was what fdt_now() gave, into a tree
 * that has room; 0 or libfdt's error.
 */
int fdt_agree(struct papr_vm *vm, const void *before, void *fdt);

/* With a XIVE: a property of the root, and the controller's node. */
void tree_xive_root(struct tree *t);
void tree_xive(struct tree *t, const struct papr_vm *vm, uint32_t phandle);

void tree_cpus(struct tree *t, const struct papr_vm *vm,
	       const struct papr_fdt_config *config);

#endif
