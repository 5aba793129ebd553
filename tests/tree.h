/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading back the device tree of a partition. */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include "tests/partition.h"

/* What papr/fdt.h says is enough, and some for a command line. */
#define TREE_ROOM 0x81000

/* Bytes in use of the last tree. */
extern int tree_used;

/* Written into TREE_ROOM bytes of malloc(); @config may be NULL. */
void *tree_of(struct partition *p, const struct papr_fdt_config *config);

/* The value of a property, which must be there. */
const void *tree_property(const void *fdt, const char *node, const char *name,
			  int *len);
bool tree_has(const void *fdt, const char *node, const char *name);

void assert_tree_cells(const void *fdt, const char *node, const char *name,
		       const uint32_t *cells, size_t n);
void assert_tree_cell(const void *fdt, const char *node, const char *name,
		      uint32_t cell);
void assert_tree_string(const void *fdt, const char *node, const char *name,
			const char *value);
void assert_tree_empty(const void *fdt, const char *node, const char *name);

#endif
