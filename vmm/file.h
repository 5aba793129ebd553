/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are read whole, and files that appear whole or not at all. */
#ifndef VMM_FILE_H
#define VMM_FILE_H

#include <stdint.h>
#include <stdio.h>

#include <papr/error.h>

/*
 * Opens a regular, readable file of 1 to @max bytes.
 *
 * Returns the descriptor, or -errno and a sentence with the name in it.
 */
int file_open(const char *path, uint64_t max, uint64_t *size,
	      struct papr_error *error);

/* The same of a file that is open already; 0 or -errno. */
int file_check(int fd, const char *path, uint64_t max, uint64_t *size,
	       struct papr_error *error);

/* Reads exactly @size bytes. */
int file_read(int fd, const char *path, void *to, uint64_t size,
	      struct papr_error *error);

/* The whole of it, to be freed; NULL and a sentence if not. */
void *file_read_whole(int fd, const char *path, uint64_t size,
		      struct papr_error *error);

/*
 * A file under way.  Regular files are written under another name beside the
 * real one, which they get when they are complete; "-", devices and pipes are
 * written straight.
 */
struct output {
	char *path;
	char *temp;		/* NULL if written straight */
	FILE *stream;		/* NULL if not open */
};

int output_open(struct output *output, const char *path,
		struct papr_error *error);

/* All is written: gives the file its name.  Closes it in any case. */
int output_commit(struct output *output, struct papr_error *error);

/* As if it had never been there; does nothing if it is not open. */
void output_discard(struct output *output);

/* The sentence for a write that failed with @err, a positive errno value. */
int output_fail(const struct output *output, int err,
		struct papr_error *error);

#endif
