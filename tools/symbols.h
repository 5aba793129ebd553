/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a guest's functions are: from its vmlinux, or from a text as System.map
 * and /proc/kallsyms are.
 */
#ifndef TOOLS_SYMBOLS_H
#define TOOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <papr/error.h>

struct symbols;

/*
 * struct symbol - some code of the guest
 * @address: its first instruction, the global entry if there are two
 * @local: bytes from there to the local entry, where ELFv2 code of the same
 *	program enters; 0 if they are one
 * @local_known: a text does not tell @local, which is 8 if it is not 0
 * @end: its last instruction, or 0 if that is not known
 */
struct symbol {
	uint64_t address;
	uint64_t local;
	bool local_known;
	uint64_t end;
};

/* Bytes of the longest file, 1 GiB. */
#define SYMBOLS_MAX_LEN (UINT64_C(1) << 30)

/* 0, or -errno and a sentence that begins with the name of the file. */
int symbols_load(const char *path, struct symbols **symbols,
		 struct papr_error *error);

/* The same of @len bytes, which stay the caller's and must stay. */
int symbols_parse(const char *bytes, size_t len, const char *name,
		  struct symbols **symbols, struct papr_error *error);

/* NULL is allowed. */
void symbols_free(struct symbols *symbols);

/*
 * 0, or -ENOENT if there is none of this name, -EINVAL if it cannot be used,
 * and a sentence.
 */
int symbols_find(const struct symbols *symbols, const char *name,
		 struct symbol *symbol, struct papr_error *error);

#endif
