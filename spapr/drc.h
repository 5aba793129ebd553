/* SPDX-License-Identifier: BSD-2-Clause */
/* Dynamic reconfiguration connectors: LoPAR chapter 13, logical ones. */
#ifndef SPAPR_DRC_H
#define SPAPR_DRC_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <papr/connector.h>

struct papr_vm;
struct tree;

#define DRC_STATES (PAPR_CONNECTOR_CONFIGURED + 1)

/* What a connector is called: a type and a number. */
#define DRC_CORE 0x10000000u
#define DRC_LMB 0x80000000u

/* What the guest does with a connector. */
enum drc_event {
	DRC_ISOLATE,
	DRC_UNISOLATE,
	DRC_SET_UNUSABLE,
	DRC_SET_USABLE,
	DRC_CONFIGURE,		/* the last of the calls for it */
	DRC_EVENTS,
};

enum drc_answer {
	DRC_OK,
	DRC_NONE,		/* nothing there that could do it */
	DRC_UNUSABLE,		/* to be configured */
	DRC_IN_USE,		/* a core that runs is not isolated */
};

struct drc {
	uint32_t index;
	uint32_t number;
	uint8_t kind;		/* enum papr_connector_kind */
	uint8_t state;		/* enum papr_connector_state */
	bool leaving;
	uint8_t indicator;	/* the DR indicator, which nobody sees */
};

/* Where LMBs may be; ram_get() finds those that are there. */
struct lmb_area {
	uint64_t gpa;
	uint64_t len;			/* 0: nowhere */
	uint8_t *mem;
	_Atomic bool *there;		/* for each LMB */
};

/*
 * @lock guards the connectors, and is held over the program's plug and
 * connector, so that they come in turn.  What is not in struct drc is fixed
 * once the VM is sealed, but for the frequencies, which papr_vm_fdt() notes
 * for the nodes that the guest gets later.
 */
struct drcs {
	pthread_mutex_t lock;
	struct drc *drc;
	uint32_t n;
	uint32_t n_cores;		/* the first ones; then the LMBs */
	struct lmb_area area;
	uint32_t timebase_hz, clock_hz;
};

/* Makes the connectors, when the VM is sealed. */
int drcs_setup(struct papr_vm *vm);

/*
 * What is leaving is gone, what else is there is the guest's.  The vCPUs were
 * reset; those of cores that are not there are absent.
 */
void drcs_reset(struct papr_vm *vm);

/*
 * A connector of a new partition becomes what one was that was saved, with
 * what the program must make for it.
 */
int drc_restore(struct papr_vm *vm, struct drc *drc, const struct drc *saved,
		struct papr_error *error);

/* The connector that the guest calls @index; NULL. */
struct drc *drc_find(struct papr_vm *vm, uint32_t index);

/* The guest does something; DRC_NONE also if there is no such connector. */
enum drc_answer drc_move(struct papr_vm *vm, uint32_t index,
			 enum drc_event event);

/* May it be configured? */
enum drc_answer drc_may_configure(struct papr_vm *vm, uint32_t index);

/* Has the guest taken what is there?  And its DR indicator. */
bool drc_is_allocated(struct papr_vm *vm, uint32_t index);
enum drc_answer drc_indicate(struct papr_vm *vm, uint32_t index,
			     uint32_t value);

/* The memory of LMBs that are there, all of @len bytes at @gpa, or NULL. */
uint8_t *lmb_get(const struct lmb_area *area, uint64_t gpa, uint64_t len);

/* In the device tree: properties of the root, of /cpus and of /rtas. */
void tree_lmb_connectors(struct tree *t, const struct papr_vm *vm);
void tree_core_connectors(struct tree *t, const struct papr_vm *vm);
void tree_capacity(struct tree *t, const struct papr_vm *vm);

/* /ibm,dynamic-reconfiguration-memory. */
void tree_dynamic_memory(struct tree *t, const struct papr_vm *vm);

/*
 * The tree below a connector, one node with its properties, in @buf of
 * DRC_TREE_MAX bytes that are aligned to 8.
 */
#define DRC_TREE_MAX 8192
int drc_tree(const struct papr_vm *vm, const struct drc *drc, void *buf);

#endif
