/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guest RAM.  The only way from a guest address to a host pointer: every
 * length, wrap and alignment is checked here and nowhere else.
 */
#ifndef SPAPR_RAM_H
#define SPAPR_RAM_H

#include <stdbool.h>
#include <stdint.h>

struct papr_vm;

#define PAGE_4K 4096u
#define RAM_REGIONS 64

enum ram_access { RAM_READ, RAM_WRITE };

struct ram_region {
	uint64_t gpa;
	uint64_t len;
	uint8_t *mem;
	uint32_t flags;
};

int ram_add(struct papr_vm *vm, uint64_t gpa, uint64_t len, void *mem,
	    uint32_t flags);

/*
 * @len bytes at @gpa, in one region, or NULL.  With RAM_WRITE the region must
 * be writable, and the range is reported dirty: ask only for what is written.
 */
void *ram_get(struct papr_vm *vm, uint64_t gpa, uint64_t len,
	      enum ram_access access);

/* The 4 KiB page at @gpa, which must be its first byte. */
void *ram_page(struct papr_vm *vm, uint64_t gpa, enum ram_access access);

#endif
