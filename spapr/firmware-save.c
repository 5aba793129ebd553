/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Firmware in the middle of its work: the tree, with all that its client has
 * changed, what the client has claimed and what it has open.
 */
#include "config.h"

#include <errno.h>

#include <libfdt.h>

#include "spapr/state.h"
#include "spapr/util.h"
#include "spapr/vm.h"

static void put_client(const struct firmware *fw, struct state_out *out)
{
	state_put_u8(out, fw->has_client);
	for (uint32_t i = 0; i < OF_INSTANCES; i++)
		state_put_u32(out, fw->instances[i]);
	state_put_u32(out, fw->n_claims);
	for (uint32_t i = 0; i < fw->n_claims; i++) {
		state_put_u64(out, fw->claims[i].base);
		state_put_u64(out, fw->claims[i].size);
	}
}

/* Without the room in it, which the copy does not have. */
static int put_tree(const struct firmware *fw, struct state_out *out,
		    struct papr_error *error)
{
	int r = fdt_move(fw->tree, fw->spare, fw->room);

	if (!r)
		r = fdt_pack(fw->spare);
	if (r)
		return error_set(error, -EIO, "firmware's tree cannot be "
				 "copied: %s", fdt_strerror(r));
	state_put_u32(out, fw->room);
	state_put_u32(out, fdt_totalsize(fw->spare));
	state_put_bytes(out, fw->spare, fdt_totalsize(fw->spare));
	return 0;
}

static int save(struct papr_vm *vm, struct state_out *out,
		struct papr_error *error)
{
	struct firmware *fw = &vm->firmware;
	int r = 0;

	pthread_mutex_lock(&fw->lock);
	if (fw->tree) {
		put_client(fw, out);
		r = put_tree(fw, out, error);
	}
	pthread_mutex_unlock(&fw->lock);
	return r;
}

static int get_client(struct firmware *fw, struct state_in *in,
		      struct papr_error *error)
{
	fw->has_client = state_get_bool(in);
	for (uint32_t i = 0; i < OF_INSTANCES; i++)
		fw->instances[i] = state_get_u32(in);
	fw->n_claims = state_get_u32(in);
	if (fw->n_claims > OF_CLAIMS)
		return error_set(error, -EINVAL, "%u claims of memory: there "
				 "are at most %u", fw->n_claims, OF_CLAIMS);
	for (uint32_t i = 0; i < fw->n_claims; i++) {
		struct of_claim *c = &fw->claims[i];

		c->base = state_get_u64(in);
		c->size = state_get_u64(in);
		if (!of_claim_is(c))
			return error_set(error, -EINVAL, "0x%llx bytes at "
					 "0x%llx cannot be claimed",
					 (unsigned long long)c->size,
					 (unsigned long long)c->base);
	}
	return 0;
}

static int get_tree(struct firmware *fw, struct state_in *in,
		    struct papr_error *error)
{
	uint32_t room = state_get_u32(in), size = state_get_u32(in);
	int r;

	if (in->failed || size > in->left) {
		in->failed = true;
		return 0;
	}
	if (size > room || room > FIRMWARE_ROOM_MAX)
		return error_set(error, -EINVAL, "a tree of %u bytes cannot "
				 "have room for %u", size, room);
	if (firmware_make_room(fw, room))
		return error_set(error, -ENOMEM, "out of memory");
	state_get_bytes(in, fw->tree, size);
	r = fdt_check_full(fw->tree, size);
	if (!r)
		r = fdt_open_into(fw->tree, fw->tree, room);
	if (r)
		return error_set(error, -EINVAL, "this is no device tree: %s",
				 fdt_strerror(r));
	return 0;
}

/* In a new partition there may be firmware that has not begun. */
static int load(struct papr_vm *vm, struct state_in *in,
		struct papr_error *error)
{
	struct firmware *fw = &vm->firmware;
	int r;

	pthread_mutex_lock(&fw->lock);
	firmware_forget(fw);
	r = get_client(fw, in, error);
	if (!r)
		r = get_tree(fw, in, error);
	if (r || in->failed)
		firmware_forget(fw);
	pthread_mutex_unlock(&fw->lock);
	return r;
}

const struct state_module firmware_state = { "firmware", 1, save, load };
