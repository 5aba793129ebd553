/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/machines.h"
#include "tests/tree.h"

const struct machine machines[] = {
	{ .name = "power8",
	  .setup = { .host = "power8", .mem = 512 * MIB, .nvram = true },
	  .qemu = "-cpu power8 -m 512" },
	{ .name = "power9",
	  .setup = { .host = "power9", .mem = 2 * GIB, .nvram = true },
	  .qemu = "-cpu power9 -m 2G" },
	{ .name = "power10",
	  .setup = { .host = "power10", .mem = 512 * MIB, .nvram = true,
		     .config = { .cores = 4, .vsmt = 8 } },
	  .qemu = "-cpu power10 -m 512 -smp 4", .qemu_m = "vsmt=8" },
	{ .name = "power10-hash",
	  .setup = { .host = "power10", .mem = 512 * MIB, .nvram = true,
		     .config = { .cores = 2, .vsmt = 1,
				 .mmu = PAPR_MMU_HASH } },
	  .qemu = "-cpu power10 -m 512 -smp 2", .qemu_m = "vsmt=1" },
	{ .name = "power10-threads",
	  .setup = { .host = "power10", .mem = 512 * MIB,
		     .config = { .cores = 2, .threads = 4, .vsmt = 8 } } },
	{ .name = "power10-user",
	  .setup = { .host = "power10", .mem = 512 * MIB,
		     .policy = "default: user" } },
	{ .name = "nested",
	  .setup = { .host = "nested", .mem = 512 * MIB, .nvram = true },
	  .qemu = "-cpu power9 -m 512" },
	{ .name = "pr",
	  .setup = { .host = "pr", .mem = 512 * MIB } },
};
const size_t n_machines = ARRAY_SIZE(machines);

void *machine_tree(const struct machine *machine, const char *bootargs)
{
	static const uint8_t seed[32] = { 1 };
	struct partition *p = partition_new(&machine->setup);
	void *fdt = tree_of(p, &(struct papr_fdt_config){
		.size = sizeof(struct papr_fdt_config),
		.bootargs = bootargs,
		.initrd_start = bootargs ? 0x8000000 : 0,
		.initrd_end = bootargs ? 0x8000100 : 0,
		.rng_seed = seed });

	partition_free(p);
	return fdt;
}

char *output_of(size_t *len, const char *fmt, ...)
{
	char command[512], *text = NULL;
	size_t room = 0;
	va_list ap;
	FILE *pipe;

	va_start(ap, fmt);
	assert_true(vsnprintf(command, sizeof(command), fmt, ap) <
		    (int)sizeof(command));
	va_end(ap);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	for (*len = 0; !feof(pipe) && !ferror(pipe);) {
		room += 0x10000;
		text = realloc(text, room + 1);
		assert_non_null(text);
		*len += fread(text + *len, 1, room - *len, pipe);
	}
	text[*len] = '\0';
	if (!pclose(pipe))
		return text;
	free(text);
	return NULL;
}
