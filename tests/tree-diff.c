/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>

#include <libfdt.h>

#include "tests/tree.h"
#include "tests/tree-diff.h"

#define SETS "ibm,hypertas-functions"

struct diff {
	tree_difference *fn;
	void *arg;
	bool turned;		/* what is missing is missing in a */
};

static void tell(const struct diff *d, const char *node, const char *property,
		 const char *a, const char *b)
{
	d->fn(d->arg, node, property, d->turned ? b : a, d->turned ? a : b);
}

static bool is_text(const char *value, int len)
{
	if (!len || value[len - 1])
		return false;
	for (int i = 0; i < len; i++)
		if (value[i] ? value[i] < ' ' || value[i] > '~' :
			       !i || !value[i - 1])
			return false;
	return true;
}

/* For those who read why a test failed; long ones are cut. */
static void value_text(const char *value, int len, char *out, size_t room)
{
	size_t used = 0;

	if (is_text(value, len)) {
		snprintf(out, room, "\"%s\"", value);
		return;
	}
	*out = '\0';
	for (int i = 0; i < len && used + 16 < room; i += len % 4 ? 1 : 4)
		used += len % 4 ?
			snprintf(out + used, room - used, "%s%02x",
				 i ? " " : "", (uint8_t)value[i]) :
			snprintf(out + used, room - used, "%s0x%x",
				 i ? " " : "", load_be32(value + i));
}

/* The names that a has and b does not. */
static void diff_sets(const struct diff *d, const char *path, const void *a,
		      int in_a, const void *b, int in_b)
{
	int n = fdt_stringlist_count(a, in_a, SETS);

	for (int i = 0; i < n; i++) {
		const char *set = fdt_stringlist_get(a, in_a, SETS, i, NULL);
		char name[96];

		if (fdt_stringlist_search(b, in_b, SETS, set) >= 0)
			continue;
		snprintf(name, sizeof(name), SETS " %s", set);
		tell(d, path, name, "", NULL);
	}
}

static void diff_property(const struct diff *d, const char *path,
			  const char *name, const char *va, int la,
			  const char *vb, int lb)
{
	char a[256], b[256];

	value_text(va, la, a, sizeof(a));
	if (lb < 0) {
		tell(d, path, name, a, NULL);
		return;
	}
	value_text(vb, lb, b, sizeof(b));
	/* Both ways it would be told twice. */
	if (!d->turned && (la != lb || memcmp(va, vb, la)))
		tell(d, path, name, a, b);
}

static void diff_properties(const struct diff *d, const char *path,
			    const void *a, int in_a, const void *b, int in_b)
{
	int at;

	fdt_for_each_property_offset(at, a, in_a) {
		const char *name, *va, *vb;
		int la, lb;

		va = fdt_getprop_by_offset(a, at, &name, &la);
		vb = fdt_getprop(b, in_b, name, &lb);
		if (!strcmp(name, SETS) && lb >= 0)
			diff_sets(d, path, a, in_a, b, in_b);
		else
			diff_property(d, path, name, va, la, vb, lb);
	}
}

static void diff_node(const struct diff *d, const char *path, const void *a,
		      int in_a, const void *b, int in_b)
{
	int child;

	diff_properties(d, path, a, in_a, b, in_b);
	fdt_for_each_subnode(child, a, in_a) {
		const char *name = fdt_get_name(a, child, NULL);
		int other = fdt_subnode_offset(b, in_b, name);
		char child_path[128];

		snprintf(child_path, sizeof(child_path), "%s/%s",
			 in_a ? path : "", name);
		if (other >= 0)
			diff_node(d, child_path, a, child, b, other);
		else
			tell(d, child_path, "", "", NULL);
	}
}

void tree_diff(const void *a, const void *b, tree_difference *fn, void *arg)
{
	struct diff d = { fn, arg, false };

	diff_node(&d, "/", a, 0, b, 0);
	d.turned = true;
	diff_node(&d, "/", b, 0, a, 0);
}
