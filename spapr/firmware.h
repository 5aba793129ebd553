/* SPDX-License-Identifier: BSD-2-Clause */
/* What firmware knows of its client: hcalls/of-*.c, hcalls/firmware.c. */
#ifndef SPAPR_FIRMWARE_H
#define SPAPR_FIRMWARE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spapr/vector5.h"

#define OF_CLAIMS 128
#define OF_INSTANCES 32

/* The most that a tree may grow to. */
#define FIRMWARE_ROOM_MAX (32u << 20)

/* What client architecture support has agreed on last. */
struct agreed {
	bool any;
	uint32_t pvr;		/* a logical one, 0 for the host's own */
	uint8_t vector5[VECTOR5_BYTES];
};

/* Memory that is taken. */
struct of_claim {
	uint64_t base, size;
};

/*
 * All of it under its lock, under which of the program only dirty and log are
 * called.
 * The tree is as the guest sees it.
 */
struct firmware {
	pthread_mutex_t lock;
	uint8_t *tree;		/* NULL: there is no firmware */
	uint8_t *spare;		/* where the next one is checked */
	size_t room;		/* for each of the two */
	struct agreed agreed;
	bool has_client;	/* each node has a phandle */
	uint32_t n_claims;
	struct of_claim claims[OF_CLAIMS];
	uint32_t instances[OF_INSTANCES];	/* their phandles, 0: free */
};

void firmware_begin(struct firmware *fw);
void firmware_end(struct firmware *fw);

/* There is none any more. */
void firmware_reset(struct firmware *fw);

/* The same under its lock. */
void firmware_forget(struct firmware *fw);

/* For a tree of up to @room bytes, after firmware_forget(); -ENOMEM. */
int firmware_make_room(struct firmware *fw, size_t room);

/* Memory that can be taken: its end is no more than the largest address. */
bool of_claim_is(const struct of_claim *claim);

/* Before the first service of a client, and after it; libfdt's error. */
int firmware_begin_client(struct firmware *fw);

/* The instance's handle, or 0 if there is no room. */
uint32_t firmware_open(struct firmware *fw, int node);

#endif
