/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that registers a dump of its kernel as Linux does, and gives up. */
#ifndef TESTS_KERNEL_DUMP_FIXTURE_H
#define TESTS_KERNEL_DUMP_FIXTURE_H

#include "rtas/status.h"
#include "spapr/vm.h"
#include "tests/partition.h"

#define DUMP_AT		0x8000u		/* the guest's structure */
#define DUMP_SECTIONS	4u
#define DUMP_LEN	(KDUMP_HEADER_SIZE + DUMP_SECTIONS * KDS_SIZE)
#define DUMP_AREA	0x180000ull	/* where registers go */
#define DUMP_COPY	0x1a0000ull
#define DUMP_OS_COPY	0x1c0000ull

enum { DUMP_REGISTER = 1, DUMP_UNREGISTER = 2, DUMP_INVALIDATE = 3 };

/* Three vCPUs, of which one runs. */
int dump_fresh(void **state);
#define dump_test(f) \
	cmocka_unit_test_setup_teardown(f, dump_fresh, partition_end)

/* Registers, a page table, 0x12345 bytes from 0 on, and 0x1003 of its own. */
void dump_put_structure(struct partition *p);
void dump_put_section(struct partition *p, unsigned int i, uint16_t type,
		      const uint64_t from_len_to[3]);

int32_t dump_configure(struct partition *p, uint32_t command);

/* ibm,os-term, which the program must hear of as @event. */
void dump_give_up(struct partition *p, enum papr_event event);
void dump_take(struct partition *p, int result);

/* All of it, from the registration on. */
void dump_whole(struct partition *p);

/* What became of section @i, and of all. */
void assert_dump_section(struct partition *p, unsigned int i, uint32_t errors,
			 uint64_t done);
void assert_dump_status(struct partition *p, uint32_t status);

#endif
