/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition to which everything happens: its guest makes random calls, right
 * and wrong ones, while its host raises events, injects machine checks, plugs,
 * unplugs, resets and saves.  Nothing may crash or hang, and nothing may grow:
 * right after a reset the library has what it had after the first one.
 *
 * All is chosen by a generator with a seed, so that a run can be repeated.
 */
#ifndef TESTS_SOAK_H
#define TESTS_SOAK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/papr.h>

#include "tests/soak-map.h"

#define SOAK_CPUS	3u	/* the last of which is to be plugged in */
#define SOAK_LMB_COUNT	2u

/* --- chance */

struct soak_random {
	uint64_t state;
};

uint64_t soak_random(struct soak_random *random);
uint32_t soak_below(struct soak_random *random, uint32_t n);

/* --- partitions */

struct soak_kind {
	const char *name;
	enum papr_mmu mmu;
	enum papr_interrupts interrupts;
	const char *policy;
};

#define SOAK_KINDS 4
extern const struct soak_kind soak_kinds[SOAK_KINDS];

/* What is in use. */
struct soak_size {
	size_t bytes, blocks;		/* of the VM and its vCPUs */
	size_t heap_blocks;		/* of the process, all libraries */
	size_t heap;			/* bytes of it, see soak_compare() */
	unsigned int files;
};

#define SOAK_SAVE_LEN (8u << 20)

struct soak {
	uint64_t seed;
	uint64_t round;
	bool verbose;			/* say each deed before it is done */
	struct soak_random random;
	const struct soak_kind *kind;
	struct papr_vm *vm;
	struct papr_vio *vio;
	uint8_t *ram;			/* up to the end of all LMBs */
	uint8_t *saved;
	size_t saved_len, saved_at;
	uint64_t injection;		/* number of the last one */

	/* How often each deed was done, and each RTAS call, with success. */
	uint64_t *deeds;
	uint64_t calls;			/* that the guest has made */
	_Atomic uint64_t hcalls;
	_Atomic uint64_t *rtas, *rtas_good;

	/* The host's: all vCPUs out of the guest, or not; memory, vCPUs. */
	void *host;
	void (*hold)(struct soak *soak, bool hold);
	int (*plug)(struct soak *soak, const struct papr_connector *c);
	void (*unplugged)(struct soak *soak, const struct papr_connector *c);
	void (*start)(struct soak *soak);	/* a vCPU is to run */
	void (*move)(struct soak *soak);	/* from @saved */
};

/* Says where it happened, and ends the program. */
void soak_fail(const struct soak *soak, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* From a seed on; the memory is all zero. */
void soak_begin(struct soak *soak, uint64_t seed);
void soak_end(struct soak *soak);

/* A sealed VM without vCPUs; false if the host has no such kind. */
bool soak_new_vm(struct soak *soak, const struct papr_host_ops *ops,
		 void *host);

/*
 * Once the other vCPUs are attached: the last one is, too, and the host has
 * what it makes once, when routes first need it.  All vCPUs are out.
 */
void soak_use_all(struct soak *soak);

/* All vCPUs are out: into soak->saved; false if this kind cannot be saved. */
bool soak_save(struct soak *soak);
void soak_load(struct soak *soak);

/*
 * All vCPUs are out: a reset, and the policy of the beginning, so that no
 * routes of before are kept.
 */
void soak_reset(struct soak *soak);

/* Of programs that are linked with tests/soak-heap.c. */
size_t soak_heap_blocks(void) __attribute__((weak));
/* From now on they are counted there; while there is one thread. */
void soak_heap_count_at(_Atomic size_t *place);

/* Right after a reset. */
struct soak_size soak_size(const struct soak *soak);

/* Ends the program if what is used has grown since @before. */
void soak_compare(const struct soak *soak, const struct soak_size *before);

/* --- what happens */

struct soak_call {
	uint64_t nr;
	uint64_t args[PAPR_HCALL_ARGS];
};

/* A random call; if one of RTAS, with its block at @block. */
struct soak_call soak_call(struct soak *soak, uint64_t block);

/* New scripts of @n calls each, and what the calls may find in memory. */
void soak_write_scripts(struct soak *soak, unsigned int n);

/* How many calls the guest has made of its scripts. */
uint64_t soak_calls_made(const struct soak *soak);

/* Lines for people: what was done, and how often. */
void soak_report(const struct soak *soak);

/* The host does something, and lets the first vCPU run if it does not. */
void soak_deed(struct soak *soak);
size_t soak_deed_count(void);
const char *soak_deed_name(size_t i);

#endif
