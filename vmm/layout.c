/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>

#include "vmm/layout.h"
#include "vmm/util.h"

/* Firmware begins here where memory allows: many programs simply use what
 * follows their image. */
#define PREFERRED_START (112 * MIB)
#define AREA_ALIGN MIB
#define INITRD_ALIGN (16 * MIB)

/* RTAS is called in 32-bit mode with signed offsets. */
#define RTAS_LIMIT (2 * GIB)

/* As QEMU has it: the least memory that SLOF takes, and a tree's place. */
#define FIRMWARE_RAM (128 * MIB)
#define FIRMWARE_FDT (2 * MIB)
#define FIRMWARE_INITRD_ALIGN UINT64_C(0x10000)
#define RTAS_ALIGN UINT64_C(0x10000)

/* Lays all out from @start on; returns where it ends. */
static uint64_t place_from(uint64_t start, const struct layout_need *need,
			   struct layout *layout)
{
	uint64_t end;

	layout->rtas = round_up(start, AREA_ALIGN);
	layout->fdt = round_up(layout->rtas + need->rtas, AREA_ALIGN);
	layout->initrd = 0;
	end = layout->fdt + LAYOUT_FDT_SIZE;
	if (need->initrd) {
		layout->initrd = round_up(end, INITRD_ALIGN);
		end = layout->initrd + need->initrd;
	}
	return end;
}

static int no_room(const struct layout_need *need,
		   const struct layout *layout, uint64_t end,
		   struct papr_error *error)
{
	uint64_t mib = round_up(end, MIB) / MIB;

	if (layout->initrd && layout->fdt + LAYOUT_FDT_SIZE <= need->ram)
		return refuse(error, -ENOSPC,
			      "the initrd of %" PRIu64 " bytes does not fit "
			      "into %" PRIu64 " MiB of memory; it takes --mem %"
			      PRIu64 "M", need->initrd, need->ram / MIB, mib);
	return refuse(error, -ENOSPC,
		      "%" PRIu64 " MiB of memory are too few for this kernel; "
		      "it takes --mem %" PRIu64 "M", need->ram / MIB, mib);
}

int layout_place(const struct image *image, const struct layout_need *need,
		 struct layout *layout, struct papr_error *error)
{
	uint64_t preferred = need->ram / 2;
	uint64_t end;

	if (preferred > PREFERRED_START)
		preferred = PREFERRED_START;
	if (preferred < image->end)
		preferred = image->end;

	end = place_from(preferred, need, layout);
	if (end > need->ram)
		end = place_from(image->end, need, layout);
	if (end > need->ram)
		return no_room(need, layout, end, error);
	if (layout->rtas + need->rtas > RTAS_LIMIT)
		return refuse(error, -ENOSPC,
			      "the kernel ends at 0x%" PRIx64
			      ", which leaves no room for RTAS below 2 GiB",
			      image->end);
	return 0;
}

int layout_place_firmware(const struct image *image,
			  const struct layout_need *need,
			  struct layout *layout, struct papr_error *error)
{
	uint64_t top = need->ram < RTAS_LIMIT ? need->ram : RTAS_LIMIT;
	uint64_t initrd = round_up(image->end, FIRMWARE_INITRD_ALIGN);
	uint64_t end = need->initrd ? initrd + need->initrd : image->end;

	if (top < FIRMWARE_RAM)
		return refuse(error, -ENOSPC, "%" PRIu64 " MiB of memory are "
			      "too few for firmware; it takes --mem %" PRIu64
			      "M", need->ram / MIB, FIRMWARE_RAM / MIB);
	layout->fdt = top - FIRMWARE_FDT;
	layout->rtas = (layout->fdt - need->rtas) & ~(RTAS_ALIGN - 1);
	layout->initrd = need->initrd ? initrd : 0;
	if (end > layout->rtas)
		return refuse(error, -ENOSPC, "kernel and initrd end at 0x%"
			      PRIx64 ", which is not below 0x%" PRIx64
			      " as firmware wants it", end, layout->rtas);
	return 0;
}
