/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a test program says of its end, on a line of its own among what it
 * prints: "EXIT: STATUS=N", as kvm-unit-tests has it.  N is twice the program's
 * status plus 1.
 */
#ifndef VMM_SAID_H
#define VMM_SAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct said {
	char line[32];		/* the one begun, what is longer is cut */
	size_t len;
	bool is_there;
	uint64_t status;	/* if it is */
};

/* Some more bytes of the guest's.  The first status is what counts. */
void said_take(struct said *said, const char *bytes, size_t len);

#endif
