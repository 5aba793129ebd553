/* SPDX-License-Identifier: BSD-2-Clause */
/* Services that read and write the device tree: IEEE 1275 6.3.2.2. */
#include "config.h"

#include <libfdt.h>

#include "hcalls/of.h"
#include "spapr/util.h"

/* As long as any that firmware is told by a kernel. */
#define MAX_VALUE 4096u

int of_node(struct firmware *fw, uint32_t phandle)
{
	return fdt_node_offset_by_phandle(fw->tree, phandle);
}

int of_instance(struct firmware *fw, uint32_t instance)
{
	if (!instance || instance > OF_INSTANCES)
		return -FDT_ERR_NOTFOUND;
	return of_node(fw, fw->instances[instance - 1]);
}

int of_find(struct firmware *fw, struct papr_vm *vm, uint32_t gpa)
{
	char path[OF_PATH];

	if (!of_string(vm, gpa, path, sizeof(path)))
		return -FDT_ERR_BADPATH;
	path[strcspn(path, ":")] = '\0';
	return fdt_path_offset(fw->tree, path);
}

static void finddevice(struct of_call *call)
{
	int node = of_find(call->fw, call->vm, call->args[0]);

	call->rets[0] = node < 0 ? OF_NONE :
			fdt_get_phandle(call->fw->tree, node);
}

/* A relative is 0 if there is none. */
static void relate(struct of_call *call, int node)
{
	call->rets[0] = node < 0 ? 0 : fdt_get_phandle(call->fw->tree, node);
}

static void peer(struct of_call *call)
{
	int node = of_node(call->fw, call->args[0]);

	if (!call->args[0])
		relate(call, 0);	/* the root is nobody's peer */
	else
		relate(call, node < 0 ? node :
			     fdt_next_subnode(call->fw->tree, node));
}

static void child(struct of_call *call)
{
	int node = of_node(call->fw, call->args[0]);

	relate(call, node < 0 ? node :
		     fdt_first_subnode(call->fw->tree, node));
}

static void parent(struct of_call *call)
{
	int node = of_node(call->fw, call->args[0]);

	relate(call, node < 0 ? node :
		     fdt_parent_offset(call->fw->tree, node));
}

/* A flat tree has no "name": it is that of the node without the address. */
static const void *node_name(const void *tree, int node, char *name, int *len)
{
	const char *full = fdt_get_name(tree, node, NULL);
	size_t n = full ? strcspn(full, "@") : 0;

	if (!full || n >= OF_PATH)
		return NULL;
	memcpy(name, full, n);
	name[n] = '\0';
	*len = n + 1;
	return name;
}

/*
 * The value of property args[1] of node args[0], or NULL; @scratch is for one
 * that is not in the tree.
 */
static const void *value(struct of_call *call, char scratch[OF_PATH], int *len)
{
	int node = of_node(call->fw, call->args[0]);
	const void *tree = call->fw->tree, *found;
	char name[OF_NAME];

	if (node < 0 ||
	    !of_string(call->vm, call->args[1], name, sizeof(name)))
		return NULL;
	found = fdt_getprop(tree, node, name, len);
	if (!found && !strcmp(name, "name"))
		found = node_name(tree, node, scratch, len);
	return found;
}

static void getprop(struct of_call *call)
{
	char scratch[OF_PATH];
	int len;
	const void *found = value(call, scratch, &len);

	call->rets[0] = OF_NONE;
	if (found && of_write(call->vm, call->args[2], call->args[3], found,
			      len))
		call->rets[0] = len;
}

static void getproplen(struct of_call *call)
{
	char scratch[OF_PATH];
	int len;

	call->rets[0] = value(call, scratch, &len) ? (uint32_t)len : OF_NONE;
}

/* Of the property after the one named @last, or of the first one. */
static int next_property(const void *tree, int node, const char *last)
{
	const char *name;
	int at = fdt_first_property_offset(tree, node);

	if (!*last)
		return at;
	for (; at >= 0; at = fdt_next_property_offset(tree, at))
		if (fdt_getprop_by_offset(tree, at, &name, NULL) &&
		    !strcmp(name, last))
			return fdt_next_property_offset(tree, at);
	return -FDT_ERR_BADVALUE;
}

/* 1 and its name, 0 after the last one. */
static void nextprop(struct of_call *call)
{
	const void *tree = call->fw->tree;
	int node = of_node(call->fw, call->args[0]), at;
	char last[OF_NAME];
	const char *name;

	call->rets[0] = OF_NONE;
	if (node < 0 ||
	    !of_string(call->vm, call->args[1], last, sizeof(last)))
		return;
	at = next_property(tree, node, last);
	if (at == -FDT_ERR_NOTFOUND)
		call->rets[0] = 0;
	else if (at >= 0 && fdt_getprop_by_offset(tree, at, &name, NULL) &&
		 of_write(call->vm, call->args[2], OF_NAME, name,
			  strlen(name) + 1))
		call->rets[0] = 1;
}

/* What names a node stays: instances are found by it. */
static bool is_fixed(const char *name)
{
	return !*name || !strcmp(name, "phandle") ||
	       !strcmp(name, "linux,phandle") || !strcmp(name, "name");
}

static void setprop(struct of_call *call)
{
	int node = of_node(call->fw, call->args[0]);
	uint32_t len = call->args[3];
	const void *from;
	char name[OF_NAME];

	call->rets[0] = OF_NONE;
	if (node < 0 || len > MAX_VALUE ||
	    !of_string(call->vm, call->args[1], name, sizeof(name)) ||
	    is_fixed(name))
		return;
	from = len ? ram_get(call->vm, call->args[2], len, RAM_READ) : "";
	if (from && !fdt_setprop(call->fw->tree, node, name, from, len))
		call->rets[0] = len;
}

/* The length without the NUL, which is written if there is room. */
static void path_of(struct of_call *call, int node)
{
	char path[OF_PATH];

	call->rets[0] = OF_NONE;
	if (node < 0 ||
	    fdt_get_path(call->fw->tree, node, path, sizeof(path)))
		return;
	if (of_write(call->vm, call->args[1], call->args[2], path,
		     strlen(path) + 1))
		call->rets[0] = strlen(path);
}

static void package_to_path(struct of_call *call)
{
	path_of(call, of_node(call->fw, call->args[0]));
}

static void instance_to_path(struct of_call *call)
{
	path_of(call, of_instance(call->fw, call->args[0]));
}

static void canon(struct of_call *call)
{
	path_of(call, of_find(call->fw, call->vm, call->args[0]));
}

static void instance_to_package(struct of_call *call)
{
	int node = of_instance(call->fw, call->args[0]);

	call->rets[0] = node < 0 ? OF_NONE :
			fdt_get_phandle(call->fw->tree, node);
}

const struct of_service of_tree_services[] = {
	{ "finddevice", finddevice, 1, false },
	{ "peer", peer, 1, false },
	{ "child", child, 1, false },
	{ "parent", parent, 1, false },
	{ "getprop", getprop, 4, false },
	{ "getproplen", getproplen, 2, false },
	{ "nextprop", nextprop, 3, false },
	{ "setprop", setprop, 4, false },
	{ "package-to-path", package_to_path, 3, false },
	{ "instance-to-path", instance_to_path, 3, false },
	{ "instance-to-package", instance_to_package, 1, false },
	{ "canon", canon, 3, false },
	{ NULL, NULL, 0, false }
};
