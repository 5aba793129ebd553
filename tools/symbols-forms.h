/* SPDX-License-Identifier: BSD-2-Clause */
/* The two forms of symbol files, each walked anew for each question. */
#ifndef TOOLS_SYMBOLS_FORMS_H
#define TOOLS_SYMBOLS_FORMS_H

#include "tools/symbols.h"

/* One line, or one entry of the table; the name is not ended by NUL. */
struct entry {
	const char *name;
	size_t len;
	uint64_t address;
	uint64_t size;		/* 0: not known */
	uint64_t local;
	bool code;
	bool in_module;
};

/* Called for each entry. */
typedef void entry_fn(const struct entry *entry, void *arg);

/* 0, or -EINVAL and a sentence. */
int symbols_walk_text(const char *bytes, size_t len, const char *file,
		      entry_fn *take, void *arg, struct papr_error *error);
int symbols_walk_elf(const char *bytes, size_t len, const char *file,
		     entry_fn *take, void *arg, struct papr_error *error);

#endif
