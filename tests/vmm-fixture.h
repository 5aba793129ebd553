/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference VMM around a partition on the fake host, with RAM of its own
 * between pages that nobody may touch.  No thread runs.
 */
#ifndef TESTS_VMM_FIXTURE_H
#define TESTS_VMM_FIXTURE_H

#include "tests/save-fixture.h"
#include "vmm/vmm.h"

struct machine {
	struct partition *p;
	struct run_options options;
	struct vmm vmm;
	uint8_t *mapping;
};

/* With RAM_SIZE bytes; all zero. */
struct machine *machine_new(void);
void machine_free(struct machine *m);

/* What has been written is restored; restore_stream()'s result. */
int machine_restore(struct machine *m, const struct file *file,
		    struct papr_error *error);

#endif
