/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes where in guest memory. */
#ifndef VMM_LAYOUT_H
#define VMM_LAYOUT_H

#include <stdint.h>

#include <papr/error.h>

#include "vmm/loader.h"

/* Twice what PAPR_MAX_VCPUS cores take. */
#define LAYOUT_FDT_SIZE 0x40000

/*
 * What is to be placed, in bytes: @ram not below the image's end, @initrd a
 * file's size, 0 for none.
 */
struct layout_need {
	uint64_t ram;
	uint64_t rtas;
	uint64_t initrd;
};

/* Guest real addresses; @initrd is 0 without one. */
struct layout {
	uint64_t rtas;
	uint64_t fdt;
	uint64_t initrd;
};

/*
 * RTAS, device tree and initrd, in this order, above the end of the image.
 *
 * Returns 0, or -ENOSPC and a sentence that says how much memory is needed.
 */
int layout_place(const struct image *image, const struct layout_need *need,
		 struct layout *layout, struct papr_error *error);

/* A firmware in a file, which is at 0, wants a kernel here, as from QEMU. */
#define LAYOUT_FIRMWARE_KERNEL (UINT64_C(4) << 20)

/*
 * The same under such a firmware: the initrd after the image, RTAS and tree
 * as high as it looks for them.
 */
int layout_place_firmware(const struct image *image,
			  const struct layout_need *need,
			  struct layout *layout, struct papr_error *error);

#endif
