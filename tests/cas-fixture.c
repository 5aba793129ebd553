/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include <libfdt.h>

#include "tests/cas-fixture.h"

const struct client cas_radix = {
	.logical = { P2_06, P2_07, P3_00, P3_1 }, .mmu = 0x40, .gtse = 0x40,
	.form = 0xa0, .hotplug = 0x05,
};

static uint8_t *put_pair(uint8_t *to, uint32_t mask, uint32_t pvr)
{
	store_be32(to, mask);
	store_be32(to + 4, pvr);
	return to + 8;
}

static uint8_t *put_vector(uint8_t *to, size_t len)
{
	memset(to, 0, 1 + len);
	to[0] = len - 1;
	return to + 1 + len;
}

void cas_put(struct partition *p, const struct client *c)
{
	uint8_t *to = p->ram + CAS_VECTOR, *five;

	for (size_t i = 0; c->logical[i]; i++)
		to = put_pair(to, ~0u, c->logical[i]);
	if (c->processor)
		to = put_pair(to, 0xffff0000, c->processor);
	to = put_pair(to, 0, 0xff000000);
	*to++ = c->no_vector_5 ? 3 : 4;
	for (int i = 1; i <= 4; i++)
		to = put_vector(to, i == 1 ? 3 : 1);
	five = to;
	put_vector(to, 26);
	five[5] = c->form;
	five[6] = c->hotplug;
	five[23] = c->irqs;
	five[24] = c->mmu;
	five[26] = c->gtse;
}

struct partition *cas_partition(const struct partition_setup *setup)
{
	struct partition *p = partition_new(setup);
	struct papr_error error = { "" };
	void *fdt = tree_of(p, NULL);

	if (papr_vm_set_tree(p->vm, fdt, &error))
		fail_msg("%s", error.text);
	free(fdt);
	return p;
}

int64_t cas(struct partition *p, const struct client *c)
{
	p->n_dirty = 0;
	cas_put(p, c);
	return HCALL(p, H_CAS, CAS_VECTOR, CAS_TREE, CAS_ROOM);
}

/* The tree that the guest got, at an address that libfdt takes. */
const void *cas_given(struct partition *p)
{
	static uint64_t tree[CAS_ROOM / 8];

	assert_int_equal(load_be32(p->ram + CAS_TREE), 1);
	memcpy(tree, p->ram + CAS_TREE + 4, CAS_ROOM - 4);
	assert_int_equal(fdt_check_full(tree, CAS_ROOM - 4), 0);
	return tree;
}

const uint8_t *cas_vector_5(const void *tree)
{
	int len;
	const uint8_t *v = tree_property(tree, "/chosen",
					 "ibm,architecture-vec-5", &len);

	assert_int_equal(len, 27);
	return v;
}
