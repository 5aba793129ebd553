/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that asks for client architecture support. */
#ifndef TESTS_CAS_FIXTURE_H
#define TESTS_CAS_FIXTURE_H

#include "tests/of-fixture.h"

#define CAS_VECTOR	0x9000u
#define CAS_TREE	0x40000u
#define CAS_ROOM	0x20000u

#define P2_06 0x0f000003u
#define P2_07 0x0f000004u
#define P3_00 0x0f000005u
#define P3_1 0x0f000006u

/* A client's vectors; what is not said is left out or 0. */
struct client {
	uint32_t logical[8];		/* until 0 */
	uint32_t processor;		/* with mask 0xffff0000 */
	uint8_t mmu, gtse, irqs, form, hotplug;
	bool no_vector_5;
};

/* Linux with a radix MMU. */
extern const struct client cas_radix;

/* One whose firmware has the tree; how it is set up otherwise. */
struct partition *cas_partition(const struct partition_setup *setup);

/* The client's vectors into guest memory; and KVMPPC_H_CAS with them. */
void cas_put(struct partition *p, const struct client *client);
int64_t cas(struct partition *p, const struct client *client);

/* The tree that the guest got, at an address that libfdt takes. */
const void *cas_given(struct partition *p);
const uint8_t *cas_vector_5(const void *tree);

#endif
