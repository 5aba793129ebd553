/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as the file of an NVRAM. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <papr/nvram.h>

#include "vmm/nvram.h"

#define BLOCK 16u
#define NEW_SIZE 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int good)
{
	if (!good)
		abort();
}

/* What is not told of is a row of partitions up to the last byte. */
static void check_partitions(const struct nvram *nvram)
{
	const uint8_t *bytes = nvram->bytes;
	size_t at = 0, n;

	while (at < nvram->size) {
		n = (bytes[at + 2] << 8 | bytes[at + 3]) * BLOCK;
		check(n && n <= nvram->size - at);
		at += n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("nvram", MFD_CLOEXEC);
	struct papr_error warning = { "" }, error = { "" };
	struct nvram nvram;
	char path[32];

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (nvram_open(&nvram, path, &warning, &error)) {
		check(error.text[0]);
	} else {
		check(nvram.size == (size ? size : NEW_SIZE));
		check(nvram.size >= PAPR_NVRAM_MIN &&
		      nvram.size <= PAPR_NVRAM_MAX && !(nvram.size % BLOCK));
		if (!warning.text[0])
			check_partitions(&nvram);
		nvram_close(&nvram);
	}
	close(fd);
	return 0;
}
