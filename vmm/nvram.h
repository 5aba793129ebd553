/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest's NVRAM in a file of the user's. */
#ifndef VMM_NVRAM_H
#define VMM_NVRAM_H

#include <papr/nvram.h>

struct nvram {
	int fd;			/* -1: there is no file */
	size_t size;
	uint8_t *bytes;		/* as they were when it was opened */
};

/*
 * Opens the file, for this program alone; one that is new or empty is filled.
 * Partitions that are damaged are a warning, or it is "": the guest may repair
 * them.
 *
 * Returns 0, or -errno and a sentence with the name in it.
 */
int nvram_open(struct nvram *nvram, const char *path,
	       struct papr_error *warning, struct papr_error *error);

/* Makes one that ends with the run, filled; 0, or -ENOMEM and a sentence. */
int nvram_make(struct nvram *nvram, struct papr_error *error);

/* Keeps bytes of it, when it returns even if the power fails; 0 or -errno. */
int nvram_write(struct nvram *nvram, size_t offset, const void *bytes,
		size_t len);

void nvram_close(struct nvram *nvram);

#endif
