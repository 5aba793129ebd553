/* SPDX-License-Identifier: BSD-2-Clause */
#include "rtas/catalogue.h"

#include <string.h>

#include "hcalls/nearest.h"
#include "rtas/handlers.h"

/*
 * One byte per cell: sizeof counts the cells and offsetof tells which of them
 * the status is. Where no cells are specified it would be the first.
 */
#define ARG(kind, cell)	char cell;
#define STATUS		char status;
#define UNSPECIFIED	char status[0];
#define RTAS(id, name, token, in, out) \
	struct id##_in_cells { in }; \
	struct id##_out_cells { out };
#include "rtas/rtas.def"

/* How many cells are optional, and whether they are unspecified. */
enum {
#define OPT(cell) + 1
#define RTAS(id, name, token, in, out) \
	id##_in_optional = 0 in, \
	id##_out_optional = 0 out,
#include "rtas/rtas.def"

#define OPT(cell)
#define UNSPECIFIED + 1
#define RTAS(id, name, token, in, out) \
	id##_in_unspecified = 0 in, \
	id##_out_unspecified = 0 out,
#include "rtas/rtas.def"
};

#define ARG(kind, cell)	{ #cell, PAPR_ARG_##kind, false },
#define OPT(cell)	{ #cell, PAPR_ARG_VAL, true },
#define STATUS		{ "status", PAPR_ARG_STATUS, false },
#define RTAS(id, name, token, in, out) \
	static const struct papr_arg id##_in[] = { in }; \
	static const struct papr_arg id##_out[] = { out };
#include "rtas/rtas.def"

const struct papr_call_info rtas_table[RTAS_ROWS] = {
#define RTAS(id, call, token, args, results) \
	[RTAS_ROW_##id] = { \
		.name = call, \
		.number = token, \
		.index = RTAS_ROW_##id, \
		.in_count = sizeof(struct id##_in_cells), \
		.in_min = sizeof(struct id##_in_cells) - id##_in_optional, \
		.out_count = sizeof(struct id##_out_cells), \
		.out_min = sizeof(struct id##_out_cells) - id##_out_optional, \
		.out_status = offsetof(struct id##_out_cells, status), \
		.in_unspecified = id##_in_unspecified, \
		.out_unspecified = id##_out_unspecified, \
		.in = id##_in, \
		.out = id##_out, \
	},
#include "rtas/rtas.def"
};

int rtas_row(uint32_t token)
{
	switch (token) {
#define RTAS(id, name, token, in, out) case token: return RTAS_ROW_##id;
#include "rtas/rtas.def"
	}
	return -1;
}

int rtas_row_by_name(const char *name)
{
	for (int row = 0; row < RTAS_ROWS; row++)
		if (!strcmp(name, rtas_table[row].name))
			return row;
	return -1;
}

static const char *call_name_at(size_t i)
{
	return i < RTAS_ROWS ? rtas_table[i].name : NULL;
}

const char *rtas_nearest(const char *name)
{
	return nearest_name(name, call_name_at);
}

bool rtas_in_kernel(int row)
{
	switch (row) {
#define RTAS(id, name, token, in, out)
#define KVM_RTAS(id) case RTAS_ROW_##id:
#include "rtas/rtas.def"
		return true;
	}
	return false;
}

/* The public side. */

size_t papr_rtas_count(void)
{
	return RTAS_ROWS;
}

const struct papr_call_info *papr_rtas_at(size_t index)
{
	return index < RTAS_ROWS ? &rtas_table[index] : NULL;
}

const struct papr_call_info *papr_rtas_by_name(const char *name)
{
	int row = rtas_row_by_name(name);

	return row < 0 ? NULL : &rtas_table[row];
}

const struct papr_call_info *papr_rtas_by_token(uint32_t token)
{
	int row = rtas_row(token);

	return row < 0 ? NULL : &rtas_table[row];
}

const char *papr_rtas_nearest(const char *name)
{
	return rtas_nearest(name);
}

/* The row of an RTAS call; -1 for a hypercall. */
static int row_of(const struct papr_call_info *call)
{
	return papr_rtas_at(call->index) == call ? (int)call->index : -1;
}

bool papr_rtas_in_kernel(const struct papr_call_info *call)
{
	return rtas_in_kernel(row_of(call));
}

bool papr_rtas_has_handler(const struct papr_call_info *call)
{
	int row = row_of(call);

	return row >= 0 && rtas_has_handler(row);
}
