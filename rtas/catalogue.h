/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The RTAS calls, derived by the preprocessor from rtas.def. A row becomes a
 * struct papr_call_info, as a hypercall's does.
 */
#ifndef RTAS_CATALOGUE_H
#define RTAS_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/catalogue.h>

/* A guest's argument block has room for this many cells, in and out. */
#define RTAS_CELLS 16

/* RTAS_TOKEN_ibm_nmi_register = 0x202b, ...: guest ABI */
enum rtas_token {
#define RTAS(id, name, token, in, out) RTAS_TOKEN_##id = token,
#include "rtas/rtas.def"
};

/* RTAS_ROW_ibm_nmi_register, ...: places in rtas_table */
enum rtas_row {
#define RTAS(id, name, token, in, out) RTAS_ROW_##id,
#include "rtas/rtas.def"
	RTAS_ROWS
};

/*
 * struct RTAS_ibm_nmi_register_in { uint32_t system_reset, machine_check; }:
 * the cells in host byte order, optional ones included. The status is no
 * member of _out. Where cells are unspecified the struct is empty.
 */
#define ARG(kind, cell)	uint32_t cell;
#define RTAS(id, name, token, in, out) \
	struct RTAS_##id##_in { in }; \
	struct RTAS_##id##_out { out };
#include "rtas/rtas.def"

#define RTAS(id, name, token, in, out) \
	_Static_assert(sizeof(struct RTAS_##id##_in) + \
		       sizeof(struct RTAS_##id##_out) < RTAS_CELLS * 4, \
		       name " has more than sixteen cells");
#include "rtas/rtas.def"

extern const struct papr_call_info rtas_table[RTAS_ROWS];

/* The row of a token, or -1. */
int rtas_row(uint32_t token);

/* The row of a device tree name, or -1. */
int rtas_row_by_name(const char *name);

/* The name most like @name, which is none; NULL if none is much alike. */
const char *rtas_nearest(const char *name);

/* Whether KVM_CAP_PPC_RTAS can make the kernel answer the call. */
bool rtas_in_kernel(int row);

#endif
