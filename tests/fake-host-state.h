/* SPDX-License-Identifier: BSD-2-Clause */
/* The fake host from the inside. */
#ifndef TESTS_FAKE_HOST_STATE_H
#define TESTS_FAKE_HOST_STATE_H

#include <pthread.h>

#include <papr/xive.h>

#include "tests/fake-host.h"

#define MAX_HCALL 0x45c		/* of Linux 6.1 */
#define MAX_SOURCES 68
#define FAKE_TCES 64
#define FAKE_KNOWN 8
#define FAKE_DIRTY 1024

struct failure {
	unsigned int nth;
	int err;
};

struct fake_xive;

struct source {
	uint32_t irq;
	bool level;
	unsigned int raised;		/* of a XIVE: sent into a queue */
	uint64_t state;
	uint32_t pq;			/* of a XIVE, */
	struct papr_xive_target target;	/* and this */
};

struct fake_host {
	pthread_mutex_t lock;		/* of everything below */
	struct papr_host info;
	struct papr_host_mmu mmu;
	struct failure fail[FAKE_OPS];
	char *log;
	_Atomic bool enabled[MAX_HCALL / 4 + 1];	/* read without lock */
	bool has_cpu;
	bool has_irqs;
	unsigned int irqs_made;		/* how often */
	struct fake_xive *xive;		/* NULL: it is a XICS */
	bool radix;			/* what the guest is now */
	uint32_t n_sources;
	struct source source[MAX_SOURCES];
	uint32_t token[4];
	struct papr_hpte *hpt;		/* NULL: none */
	uint64_t hpt_entries;
	bool hpt_open;
	unsigned int held;		/* how many vCPUs are */
	unsigned int cpus;
	struct fake_cpu *first;		/* of all */
	bool logs_dirty;
	unsigned int n_dirty;
	uint64_t dirty[FAKE_DIRTY];	/* addresses of pages */
	unsigned int n_tces;
	struct {
		uint32_t liobn;
		uint64_t *table;
	} tce[FAKE_TCES];
};

/* Locks, and says whether this call was ordered to fail. */
int fake_host_enter(struct fake_host *fake, enum fake_op op);

/* Unlocks and notes down the call, if there is anything to say of it. */
__attribute__((format(printf, 3, 4)))
int fake_host_leave(struct fake_host *fake, int err, const char *fmt, ...);

/* Where a vCPU keeps a register: an interrupt changes some, too. */
uint64_t *fake_cpu_find(struct fake_cpu *cpu, enum papr_reg reg);

/* Operations of fake-area.c. */
int fake_get_area(void *arg, enum papr_area area, uint64_t *gpa);
int fake_set_area(void *arg, enum papr_area area, uint64_t gpa, uint32_t len);

/* Operations of fake-irqs.c; a controller as new. */
void fake_irqs_make(struct fake_host *fake);
int fake_drop_irqs(void *host);
int fake_get_icp(void *arg, uint64_t *state);
int fake_set_icp(void *arg, uint64_t state);
int fake_get_source(void *host, uint32_t irq, uint64_t *state);
int fake_set_source(void *host, uint32_t irq, uint64_t state);
struct source *fake_source(struct fake_host *fake, uint32_t irq);

/* Operations of fake-xive.c; a controller as new. */
extern const struct papr_xive_ops fake_xive_ops;
void fake_xive_make(struct fake_host *fake);

/* Operations of fake-hpt.c; an empty table of 2^@order bytes. */
void fake_hpt_make(struct fake_host *fake, uint32_t order);
int fake_hpt_open(void *host);
int fake_hpt_read(void *host, uint64_t index, struct papr_hpte *entry,
		  uint32_t n);
int fake_hpt_write(void *host, uint64_t index, const struct papr_hpte *entry);
int fake_use_hpt(void *arg, void *table, uint32_t order);

/* Operations of fake-save.c. */
int fake_get_state(void *arg, struct papr_saved_reg *regs, size_t n);
int fake_set_state(void *arg, const struct papr_saved_reg *regs, size_t n,
		   uint64_t *culprit);
int fake_set_timebase(void *host, uint64_t tb);
int fake_name_regs(void *arg, struct papr_named_reg *regs, size_t n);

/* Operations of fake-dirty.c. */
int fake_log_dirty(void *host, bool on);
int fake_read_dirty(void *host, uint64_t gpa, uint64_t len, uint64_t *bitmap);

/* Of fake-tce.c. */
int fake_make_tce(void *host, uint32_t liobn, uint32_t page_shift,
		  uint64_t bus, uint64_t pages, uint64_t **table);
void fake_drop_tce(void *host, uint32_t liobn);

struct fake_cpu {
	struct fake_host *fake;
	struct fake_cpu *next;
	uint32_t id;
	uint64_t reg[PAPR_REGS];
	bool raised;
	bool held;
	struct papr_regs regs;
	const uint64_t *hpt;		/* of KVM-PR */
	uint32_t hpt_order;
	unsigned int n_known;
	struct {
		uint64_t index;
		struct papr_hpte entry;
	} known[FAKE_KNOWN];		/* what it has derived from it */
	uint64_t area[PAPR_AREA_SLB + 1];
	uint64_t icp;			/* of the host's controller ... */
	unsigned int icp_of;		/* ... if it is that one */
	uint64_t vp[2];			/* of a XIVE */
};

#define FAKE_NEW_VP 0xff000000ull

#endif
