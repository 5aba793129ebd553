/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before a program of glibc by LD_PRELOAD: the number of blocks on its
 * heap is in a file, for tests/lab/soak-linux to read while the program runs.
 * The file, PAPR_HEAP_FILE in the environment, is there and has eight bytes.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/soak.h"

static void __attribute__((constructor)) count_in_file(void)
{
	const char *path = getenv("PAPR_HEAP_FILE");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *place;

	if (fd < 0)
		return;
	place = mmap(NULL, sizeof(size_t), PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	close(fd);
	if (place != MAP_FAILED)
		soak_heap_count_at(place);
}
