/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a guest is saved to and restored from: the name of a file, or "unix:"
 * and the name of a socket.  Who saves connects to it, who restores makes it
 * and waits.
 */
#ifndef VMM_PLACE_H
#define VMM_PLACE_H

#include <stdbool.h>

#include "vmm/file.h"

bool place_is_socket(const char *place);

/* To be committed or discarded; 0 or -errno and a sentence. */
int place_create(const char *place, struct output *output,
		 struct papr_error *error);

/* NULL and a sentence if it cannot be. */
FILE *place_open(const char *place, struct papr_error *error);

#endif
