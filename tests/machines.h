/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machines whose device trees are looked at as a whole: each has one in
 * tests/data/trees, and QEMU makes the same machine where it can.
 */
#ifndef TESTS_MACHINES_H
#define TESTS_MACHINES_H

#include "tests/partition.h"

#define MIB 0x100000ull
#define GIB 0x40000000ull

struct machine {
	const char *name;
	struct partition_setup setup;
	const char *qemu;	/* its options, or NULL: it has no such one */
	const char *qemu_m;	/* those of its -machine, or NULL */
};

extern const struct machine machines[];
extern const size_t n_machines;

/* In TREE_ROOM bytes of malloc(); with an initrd if there are @bootargs. */
void *machine_tree(const struct machine *machine, const char *bootargs);

/*
 * What a command, said as for printf(), prints; NULL if it fails or the
 * program is missing.  To be freed; stderr is left out.
 */
char *output_of(size_t *len, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
