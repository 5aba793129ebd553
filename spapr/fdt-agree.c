/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a device tree when client and platform have agreed.  The
 * tree is the program's, and the client has written into it: so of what this
 * library would write, only what has become different goes into it.
 */
#include "config.h"

#include <stdlib.h>

#include <libfdt.h>

#include "spapr/fdt.h"
#include "spapr/util.h"

#define ROOM_FIRST 0x10000u
#define ROOM_LAST 0x1000000u

void *fdt_now(struct papr_vm *vm)
{
	const struct papr_fdt_config c = {
		.timebase_hz = vm->drcs.timebase_hz,
		.clock_hz = vm->drcs.clock_hz,
	};

	for (size_t room = ROOM_FIRST; room <= ROOM_LAST; room *= 4) {
		void *fdt = malloc(room);
		int r = fdt ? fdt_write(vm, &c, fdt, room) :
			      -FDT_ERR_INTERNAL;

		if (!r)
			return fdt;
		free(fdt);
		if (r != -FDT_ERR_NOSPACE)
			break;
	}
	return NULL;
}

/* By its whole name: libfdt also takes one for it that has a unit address. */
static int child_of(const void *fdt, int node, const char *name)
{
	int child;

	fdt_for_each_subnode(child, fdt, node)
		if (!strcmp(fdt_get_name(fdt, child, NULL), name))
			break;
	return child;
}

static bool has_same(const void *fdt, int node, const char *name,
		     const void *value, int len)
{
	int other_len;
	const void *other = fdt_getprop(fdt, node, name, &other_len);

	return other && other_len == len && !memcmp(other, value, len);
}

/* Properties of @next that @was does not have so; all, if @was is negative. */
static int set_properties(const void *before, int was, const void *after,
			  int next, void *fdt, int node)
{
	int at, len, r = 0;

	fdt_for_each_property_offset(at, after, next) {
		const char *name;
		const void *value = fdt_getprop_by_offset(after, at, &name,
							  &len);

		if (was >= 0 && has_same(before, was, name, value, len))
			continue;
		r = fdt_setprop(fdt, node, name, value, len);
		if (r)
			break;
	}
	return r;
}

static int drop_properties(const void *before, int was, const void *after,
			   int next, void *fdt, int node)
{
	int at, r = 0;

	fdt_for_each_property_offset(at, before, was) {
		const char *name;

		fdt_getprop_by_offset(before, at, &name, NULL);
		if (fdt_getprop(after, next, name, NULL))
			continue;
		r = fdt_delprop(fdt, node, name);
		if (r && r != -FDT_ERR_NOTFOUND)
			return r;
	}
	return 0;
}

static int drop_nodes(const void *before, int was, const void *after, int next,
		      void *fdt, int node)
{
	int at, r = 0;

	fdt_for_each_subnode(at, before, was) {
		const char *name = fdt_get_name(before, at, NULL);
		int gone = child_of(after, next, name) < 0 ?
			   child_of(fdt, node, name) : -1;

		if (gone >= 0)
			r = fdt_del_node(fdt, gone);
		if (r)
			break;
	}
	return r;
}

/* The program may have taken away what was there; new is what was not. */
static int merge(const void *before, int was, const void *after, int next,
		 void *fdt, int node)
{
	int at, r = set_properties(before, was, after, next, fdt, node);

	if (!r && was >= 0)
		r = drop_properties(before, was, after, next, fdt, node);
	if (!r && was >= 0)
		r = drop_nodes(before, was, after, next, fdt, node);
	if (r)
		return r;
	fdt_for_each_subnode(at, after, next) {
		const char *name = fdt_get_name(after, at, NULL);
		int old = was < 0 ? was : child_of(before, was, name);
		int to = child_of(fdt, node, name);

		if (to < 0 && old >= 0)
			continue;
		if (to < 0)
			to = fdt_add_subnode(fdt, node, name);
		r = to < 0 ? to : merge(before, old, after, at, fdt, to);
		if (r)
			break;
	}
	return r;
}

int fdt_agree(struct papr_vm *vm, const void *before, void *fdt)
{
	void *after = fdt_now(vm);
	int r = after ? merge(before, 0, after, 0, fdt, 0) : -FDT_ERR_NOSPACE;

	free(after);
	return r;
}
