/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a kernel, and the layout around what was loaded. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/layout.h"
#include "vmm/loader.h"

#define RAM_SIZE 0x500000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(uint64_t what)
{
	if (!what)
		abort();
}

/* The last bytes of the input are sizes. */
static void place(const struct image *image, const uint8_t *data, size_t size)
{
	struct layout_need need = { .ram = RAM_SIZE, .rtas = 0x10000 };
	struct papr_error error = { "" };
	struct layout layout;

	if (size >= sizeof(need.initrd))
		memcpy(&need.initrd, data + size - sizeof(need.initrd),
		       sizeof(need.initrd));
	need.initrd >>= 1;	/* as file sizes are */
	if (layout_place(image, &need, &layout, &error)) {
		check(error.text[0]);
		return;
	}
	check(layout.rtas >= image->end);
	check(layout.fdt >= layout.rtas + need.rtas);
	check(layout.fdt + LAYOUT_FDT_SIZE <= RAM_SIZE);
	check(layout.initrd + need.initrd <= RAM_SIZE);
}

static void load(const uint8_t *data, size_t size, uint64_t base)
{
	static uint8_t ram[RAM_SIZE];
	struct papr_error error = { "" };
	struct image image;

	if (loader_elf(data, size, ram, sizeof(ram), base, &image, &error)) {
		check(error.text[0]);
		return;
	}
	check(image.start < image.end && image.end <= RAM_SIZE);
	check(image.start >= base);
	check(image.pc >= image.start && image.pc < image.end);
	place(&image, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	load(data, size, 0);
	load(data, size, RAM_SIZE / 2);
	return 0;
}
