/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of QEMU's debug stub: as much of gdb's remote protocol as it takes
 * to stop the machine at an address and change a CPU's registers there.
 */
#ifndef TOOLS_LAB_GDB_H
#define TOOLS_LAB_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_GDB_PACKET	4096	/* the longest that we send or take */

/* The registers by name; the stub's own description has their numbers. */
#define LAB_GDB_REGISTERS(R) \
	R(r3) R(r4) R(r5) R(r6) R(r7) R(r8) R(pc) R(msr) R(lr) \
	R(srr0) R(srr1) R(hsrr0) R(hsrr1) R(dar) R(dsisr)

enum lab_gdb_register {
#define R(name) LAB_GDB_##name,
	LAB_GDB_REGISTERS(R)
#undef R
	LAB_GDB_N_REGISTERS
};

struct lab_gdb {
	int fd;
	bool little;	/* the byte order of the selected CPU's registers */
	int number[LAB_GDB_N_REGISTERS];
	char in[LAB_GDB_PACKET];	/* bytes not looked at yet */
	size_t in_from, in_to;
	char packet[LAB_GDB_PACKET + 1];	/* the last one, as a string */
	size_t packet_len;
};

/* Each returns 0, or -1 when the stub cannot be understood or has gone. */

/* Stops the machine and learns what its registers are. */
int lab_gdb_open(struct lab_gdb *gdb, int fd);
int lab_gdb_set_break(struct lab_gdb *gdb, uint64_t address, bool on);
/* The machine has stopped, or is about to: which CPU did it, by number. */
int lab_gdb_wait(struct lab_gdb *gdb, unsigned int *cpu);
/* The CPU that get and put mean, and its byte order. */
int lab_gdb_select(struct lab_gdb *gdb, unsigned int cpu);
int lab_gdb_get(struct lab_gdb *gdb, enum lab_gdb_register reg,
		uint64_t *value);
int lab_gdb_put(struct lab_gdb *gdb, enum lab_gdb_register reg,
		uint64_t value);
/* One instruction of one CPU, a breakpoint there or not. */
int lab_gdb_step(struct lab_gdb *gdb, unsigned int cpu);
int lab_gdb_go(struct lab_gdb *gdb);
/* Whether there is something that poll() does not know of. */
bool lab_gdb_has_more(const struct lab_gdb *gdb);

#endif
