/* SPDX-License-Identifier: BSD-2-Clause */
/* From an ELF image to guest memory. */
#ifndef VMM_LOADER_H
#define VMM_LOADER_H

#include <stddef.h>
#include <stdint.h>

#include <papr/error.h>

/* Where programs go that may be anywhere: the vectors below stay theirs. */
#define LOADER_PROGRAM_BASE 0x400000

/* What lies in guest memory after loading: [start, end), entered at pc. */
struct image {
	uint64_t start;
	uint64_t end;
	uint64_t pc;
};

/*
 * Loads a 64-bit PowerPC program of either byte order.  Kernels, linked at
 * 0xc000000000000000, go to their physical address; programs linked at 0
 * that are position independent or begin at their first byte go to
 * LOADER_PROGRAM_BASE; others where they were linked.  A @base other than 0 is
 * added to all their addresses instead.
 *
 * A program of the first ELF ABI may name a function descriptor as its entry:
 * it is entered where that leads to.
 *
 * Returns 0, or -EINVAL and the reason; @ram is untouched then.
 */
int loader_elf(const void *bytes, size_t len, void *ram, uint64_t ram_size,
	       uint64_t base, struct image *image, struct papr_error *error);

#endif
