/* SPDX-License-Identifier: BSD-2-Clause */
/* Partitions that are saved into memory and loaded from there. */
#ifndef TESTS_SAVE_FIXTURE_H
#define TESTS_SAVE_FIXTURE_H

#include "fwnmi/fwnmi.h"
#include "spapr/state.h"
#include "spapr/vio.h"
#include "tests/partition.h"

#define SAVE_LIOBN	0x71000001u
#define SAVE_UNIT	0x71000001u
#define SAVE_QUEUE	0x3000ull
#define SAVE_PAGE	0x9000ull
#define SAVE_CLAIM	0x40000u

struct file {
	uint8_t *bytes;
	size_t len;
	size_t at;			/* of the reader */
	int write_err;			/* what comes of the next write */
	size_t room;			/* bytes that there is memory for */
};

/* Two vCPUs, a window, a device with queues, NVRAM; sealed, attached, new. */
struct partition *save_new(const char *host, const char *policy);

/* What a guest may do with all that. */
void save_busy(struct partition *p);

void file_free(struct file *file);
extern const struct papr_save_ops file_save;
extern const struct papr_load_ops file_load;

/* Both must succeed. */
struct file *save_to_file(struct partition *p);
void load_from_file(struct partition *p, struct file *file);

/* They are saved as the same bytes. */
void assert_same_file(struct partition *one, struct partition *two);

/* Must fail with @err and this sentence, or one that ends so. */
void load_must_fail(struct partition *p, struct file *file, int err,
		    const char *sentence);

/* Section @n of a name: where its header is, and where what is in it. */
uint8_t *file_section(struct file *file, const char *name, unsigned int n,
		      uint8_t **payload);

/* Makes all checksums right. */
void file_mend(struct file *file);

/* A partition with some of everything, saved; and the same as *state. */
struct file *save_busy_file(void);
int save_file_start(void **state);
int save_file_end(void **state);

#endif
