/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree that firmware has, and who may use which memory. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libfdt.h>

#include <papr/firmware.h>

#include "spapr/fdt.h"
#include "spapr/util.h"
#include "spapr/vm.h"

/* What a guest may add, beside as much as there was. */
#define TREE_GROWTH 0x10000u

/* Addresses are 60 bits. */
#define CLAIM_END (1ull << 60)

void firmware_begin(struct firmware *fw)
{
	pthread_mutex_init(&fw->lock, NULL);
}

void firmware_forget(struct firmware *fw)
{
	free(fw->tree);
	free(fw->spare);
	fw->tree = NULL;
	fw->spare = NULL;
	fw->has_client = false;
	fw->n_claims = 0;
	memset(fw->instances, 0, sizeof(fw->instances));
}

void firmware_reset(struct firmware *fw)
{
	pthread_mutex_lock(&fw->lock);
	firmware_forget(fw);
	pthread_mutex_unlock(&fw->lock);
}

void firmware_end(struct firmware *fw)
{
	firmware_forget(fw);
	pthread_mutex_destroy(&fw->lock);
}

uint32_t firmware_open(struct firmware *fw, int node)
{
	for (uint32_t i = 0; i < OF_INSTANCES; i++) {
		if (fw->instances[i])
			continue;
		fw->instances[i] = fdt_get_phandle(fw->tree, node);
		return i + 1;
	}
	return 0;
}

/* Guests name nodes by their phandles. */
static int name_nodes(void *tree)
{
	uint32_t phandle;
	int node, r = fdt_find_max_phandle(tree, &phandle);

	for (node = 0; !r && node >= 0; node = fdt_next_node(tree, node, NULL))
		if (!fdt_get_phandle(tree, node))
			r = fdt_setprop_u32(tree, node, "phandle", ++phandle);
	return r;
}

/* What firmware leaves open for its client, in /chosen. */
static int open_chosen(struct firmware *fw, const char *name, int node)
{
	int chosen = fdt_path_offset(fw->tree, "/chosen");

	if (chosen < 0 || node < 0)
		return 0;
	return fdt_setprop_u32(fw->tree, chosen, name,
			       firmware_open(fw, node));
}

static int open_console(struct firmware *fw)
{
	const char *names[] = { "stdout", "stdin" };
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(names); i++) {
		int chosen = fdt_path_offset(fw->tree, "/chosen");
		const char *path = fdt_getprop(fw->tree, chosen, "stdout-path",
					       NULL);

		r = open_chosen(fw, names[i], path ?
				fdt_path_offset(fw->tree, path) : -1);
	}
	return r;
}

static int open_cpu(struct firmware *fw)
{
	return open_chosen(fw, "cpu", fdt_node_offset_by_prop_value(fw->tree,
			   -1, "device_type", "cpu", sizeof("cpu")));
}

/* What a client may ask for. */
static int offer(const struct papr_vm *vm, void *tree)
{
	int chosen = fdt_path_offset(tree, "/chosen");
	uint8_t pairs[VECTOR5_SUPPORT_BYTES];

	vector5_support(vm, pairs);
	return chosen < 0 ? 0 :
	       fdt_setprop(tree, chosen, "ibm,arch-vec-5-platform-support",
			   pairs, sizeof(pairs));
}

bool of_claim_is(const struct of_claim *claim)
{
	return claim->base <= CLAIM_END &&
	       claim->size <= CLAIM_END - claim->base;
}

static int claim_reserved(struct firmware *fw)
{
	int n = fdt_num_mem_rsv(fw->tree);

	if (n < 0 || n > OF_CLAIMS)
		return -FDT_ERR_BADSTRUCTURE;
	for (int i = 0; i < n; i++) {
		fdt_get_mem_rsv(fw->tree, i, &fw->claims[i].base,
				&fw->claims[i].size);
		if (!of_claim_is(&fw->claims[i]))
			return -FDT_ERR_BADVALUE;
	}
	fw->n_claims = n;
	return 0;
}

int firmware_begin_client(struct firmware *fw)
{
	int r = 0;

	if (!fw->has_client)
		r = name_nodes(fw->tree);
	if (!r && !fw->has_client)
		r = open_console(fw);
	if (!r && !fw->has_client)
		r = open_cpu(fw);
	fw->has_client = true;
	return r;
}

/* Its total size is that of the buffer that it was written into. */
static size_t room_for(const void *fdt)
{
	size_t used = fdt_off_dt_strings(fdt) + fdt_size_dt_strings(fdt);
	size_t room = 2 * used + TREE_GROWTH;

	return room > fdt_totalsize(fdt) ? room : fdt_totalsize(fdt);
}

int firmware_make_room(struct firmware *fw, size_t room)
{
	fw->room = room;
	fw->tree = calloc(1, room);
	fw->spare = calloc(1, room);
	return fw->tree && fw->spare ? 0 : -ENOMEM;
}

static int take(struct papr_vm *vm, const void *fdt)
{
	struct firmware *fw = &vm->firmware;
	int r = fdt_move(fdt, fw->tree, fdt_totalsize(fdt));

	if (!r)
		r = fdt_pack(fw->tree);
	if (!r)
		r = fdt_open_into(fw->tree, fw->tree, fw->room);
	if (!r)
		r = offer(vm, fw->tree);
	return r ? r : claim_reserved(fw);
}

int papr_vm_set_tree(struct papr_vm *vm, const void *fdt,
		     struct papr_error *error)
{
	struct firmware *fw = &vm->firmware;
	size_t room;
	int r;

	if (vm->stage != VM_SEALED)
		return error_set(error, -EBUSY, "firmware gets its device tree "
				 "after the VM is sealed");
	r = fdt_check_header(fdt);
	if (!r)
		r = fdt_check_full(fdt, fdt_totalsize(fdt));
	if (r)
		return error_set(error, -EINVAL, "this is no device tree: %s",
				 fdt_strerror(r));
	room = room_for(fdt);
	if (room > FIRMWARE_ROOM_MAX)
		return error_set(error, -EINVAL, "a device tree for which "
				 "firmware needs %zu bytes: there are at most "
				 "%u", room, FIRMWARE_ROOM_MAX);
	pthread_mutex_lock(&fw->lock);
	firmware_forget(fw);
	if (firmware_make_room(fw, room))
		r = error_set(error, -ENOMEM, "out of memory");
	else if ((r = take(vm, fdt)))
		r = error_set(error, -EINVAL, "firmware does not take this "
			      "device tree: %s", fdt_strerror(r));
	if (r)
		firmware_forget(fw);
	pthread_mutex_unlock(&fw->lock);
	return r;
}

int papr_vm_get_tree(struct papr_vm *vm, void *buf, size_t len)
{
	struct firmware *fw = &vm->firmware;
	int size = -ENOENT;

	pthread_mutex_lock(&fw->lock);
	if (fw->tree && !fdt_pack(fw->tree)) {
		size = fdt_totalsize(fw->tree);
		if ((size_t)size <= len)
			memcpy(buf, fw->tree, size);
		fdt_open_into(fw->tree, fw->tree, fw->room);
	}
	pthread_mutex_unlock(&fw->lock);
	return size;
}

uint64_t papr_vm_client_entry(const struct papr_vm *vm)
{
	return vm->rtas_base + RTAS_BLOB_CLIENT;
}
