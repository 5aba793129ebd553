/* SPDX-License-Identifier: BSD-2-Clause */
/* Symbol files, ELF and text: what is found is code, or there is a reason. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void find(const struct symbols *symbols, const char *name)
{
	struct papr_error error = { "" };
	struct symbol symbol;

	if (symbols_find(symbols, name, &symbol, &error)) {
		check(!strncmp(error.text, "fuzz: ", strlen("fuzz: ")));
		return;
	}
	check(!(symbol.address % 4) && !(symbol.local % 4));
	check(!symbol.end ||
	      (!(symbol.end % 4) && symbol.end >= symbol.address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"do_idle", "twice", "mod_init", "jiffies", "after", "",
	};
	struct papr_error error = { "" };
	struct symbols *symbols;
	size_t i;

	if (symbols_parse((const char *)data, size, "fuzz", &symbols,
			  &error)) {
		check(!strncmp(error.text, "fuzz:", strlen("fuzz:")));
		return 0;
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		find(symbols, names[i]);
	symbols_free(symbols);
	return 0;
}
