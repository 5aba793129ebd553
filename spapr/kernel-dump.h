/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dump of a guest's kernel that the platform takes, LoPAR 7.3.30,
 * ibm,configure-kernel-dump.
 *
 * The guest registers a structure that says what of its memory is to be copied
 * to where.  When it gives up, papr_vm_dump() copies, and the next guest finds
 * the structure in its device tree until it says that it has read all.
 */
#ifndef SPAPR_KERNEL_DUMP_H
#define SPAPR_KERNEL_DUMP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct papr_error;
struct papr_vm;

/* The longest structure of version 1. */
#define KDUMP_MAX 512u

enum kdump_state {
	KDUMP_NONE,
	KDUMP_REGISTERED,
	KDUMP_WANTED,		/* the guest has given up */
	KDUMP_ACTIVE,		/* it was taken, and is to be read */
};

struct kernel_dump {
	pthread_mutex_t lock;
	enum kdump_state state;
	uint32_t len;
	uint8_t bytes[KDUMP_MAX];	/* as the guest has it, big-endian */
};

/* Where things are in the structure, and in each of its sections. */
enum {
	KDUMP_VERSION = 0, KDUMP_SECTIONS = 4, KDUMP_STATUS = 6,
	KDUMP_FIRST = 8, KDUMP_DISK = 12, KDUMP_MAX_TIME = 36,
	KDUMP_HEADER_SIZE = 40,
};

enum {
	KDS_FLAGS = 0, KDS_TYPE = 4, KDS_ERRORS = 6,
	KDS_SOURCE = 8, KDS_LENGTH = 16, KDS_DONE = 24,
	KDS_TARGET = 32, KDS_SIZE = 40,
};

/* Of KDUMP_STATUS. */
#define KDUMP_PERFORMED		0x8000u
#define KDUMP_TRIGGERED		0x4000u
#define KDUMP_FAILED		0x2000u

/* Of KDS_ERRORS. */
#define KDS_BAD_TYPE	0x8000u
#define KDS_BAD_SOURCE	0x4000u
#define KDS_TOO_LONG	0x2000u
#define KDS_BAD_TARGET	0x1000u
#define KDS_TOO_SMALL	0x0800u

/* Of KDS_TYPE; from the last on they are the guest's own. */
enum {
	KDS_CPU_STATE = 1, KDS_HPT = 2, KDS_REAL_MODE = 0x11,
	KDS_OS_STRING = 0x12, KDS_OS_FIRST = 0x100,
};

/* Whether a guest's structure is one that can be done. */
bool kdump_is_good(const uint8_t *bytes, uint32_t len);

/* Section @i of a good one. */
uint8_t *kdump_section(struct kernel_dump *dump, unsigned int i);
unsigned int kdump_sections(const struct kernel_dump *dump);

/* Room that the registers of all vCPUs take. */
uint64_t kdump_cpu_size(const struct papr_vm *vm);

/* Copies what each section says; under the lock, all vCPUs out of the guest. */
int kdump_take(struct papr_vm *vm, struct papr_error *error);

/* The guest gives up: whether a dump is to be taken. */
bool kdump_want(struct papr_vm *vm);

/* What is registered is not any more; what was taken stays. */
void kdump_reset(struct papr_vm *vm);

#endif
