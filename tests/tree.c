/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include <libfdt.h>

#include "tests/tree.h"

int tree_used;

void *tree_of(struct partition *p, const struct papr_fdt_config *config)
{
	static const struct papr_fdt_config empty = { .size = sizeof(empty) };
	void *fdt = calloc(1, TREE_ROOM);

	assert_non_null(fdt);
	tree_used = papr_vm_fdt(p->vm, config ? config : &empty, fdt,
				TREE_ROOM);
	if (tree_used < 0)
		fail_msg("%s", papr_vm_error(p->vm));
	assert_int_equal(fdt_check_full(fdt, TREE_ROOM), 0);
	return fdt;
}

bool tree_has(const void *fdt, const char *node, const char *name)
{
	int offset = fdt_path_offset(fdt, node);

	if (offset < 0)
		fail_msg("there is no %s", node);
	return fdt_getprop(fdt, offset, name, NULL);
}

const void *tree_property(const void *fdt, const char *node, const char *name,
			  int *len)
{
	if (!tree_has(fdt, node, name))
		fail_msg("%s has no %s", node, name);
	return fdt_getprop(fdt, fdt_path_offset(fdt, node), name, len);
}

void assert_tree_cells(const void *fdt, const char *node, const char *name,
		       const uint32_t *cells, size_t n)
{
	int len;
	const uint8_t *value = tree_property(fdt, node, name, &len);

	if (len != (int)n * 4)
		fail_msg("%s of %s has %d bytes", name, node, len);
	for (size_t i = 0; i < n; i++)
		if (load_be32(value + 4 * i) != cells[i])
			fail_msg("cell %zu of %s of %s is 0x%x, not 0x%x", i,
				 name, node, load_be32(value + 4 * i),
				 cells[i]);
}

void assert_tree_cell(const void *fdt, const char *node, const char *name,
		      uint32_t cell)
{
	assert_tree_cells(fdt, node, name, &cell, 1);
}

void assert_tree_string(const void *fdt, const char *node, const char *name,
			const char *value)
{
	int len;
	const char *got = tree_property(fdt, node, name, &len);

	assert_int_equal(len, strlen(value) + 1);
	assert_string_equal(got, value);
}

void assert_tree_empty(const void *fdt, const char *node, const char *name)
{
	int len;

	tree_property(fdt, node, name, &len);
	assert_int_equal(len, 0);
}
