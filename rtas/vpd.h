/* SPDX-License-Identifier: BSD-2-Clause */
/* Vital product data, and the location codes by which it is found. */
#ifndef RTAS_VPD_H
#define RTAS_VPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct papr_vm;

#define LOCATION_MAX 80		/* with its NUL: LoPAR's limit */

/* A stanza: of one thing at one place. */
struct vpd {
	uint8_t *bytes;
	size_t len;
	char location[LOCATION_MAX];
};

/* Where the partition is. */
void vpd_location(const struct papr_vm *vm, char location[LOCATION_MAX]);

/* A guest's string with its NUL, copied; false if there is none. */
bool vpd_read_location(struct papr_vm *vm, uint64_t gpa,
		       char location[LOCATION_MAX]);

/* At the seal: the partition's own stanza, where the program has none. */
int vpd_setup(struct papr_vm *vm);

/* Bytes of all stanzas. */
size_t vpd_len(const struct papr_vm *vm);

#endif
