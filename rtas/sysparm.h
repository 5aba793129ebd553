/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of system parameters, one for each row of sysparm.def. */
#ifndef RTAS_SYSPARM_H
#define RTAS_SYSPARM_H

#include <stddef.h>
#include <stdint.h>

struct papr_vm;

enum {
#define SYSPARM(number, name, access, form, value) + 1
	SYSPARMS = 0
#include "rtas/sysparm.def"
};

/* @bytes is NULL for those that follow from the configuration, or are none. */
struct sysparm {
	uint8_t *bytes;
	size_t len;
};

/* For papr_vm_new(). */
int sysparm_setup(struct papr_vm *vm);

#endif
