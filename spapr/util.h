/* SPDX-License-Identifier: BSD-2-Clause */
/* What every file needs: sentences, structures with a size, byte order. */
#ifndef SPAPR_UTIL_H
#define SPAPR_UTIL_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <papr/error.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A power of two; 0 is none. */
#define IS_POWER_OF_2(x) ((x) && !((x) & ((x) - 1)))

/* Both byte orders meet here, at any alignment. */
static inline uint16_t load_be16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return be16toh(v);
}

static inline void store_be16(void *p, uint16_t v)
{
	v = htobe16(v);
	memcpy(p, &v, sizeof(v));
}

static inline uint32_t load_be32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline void store_be32(void *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

static inline uint64_t load_be64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static inline void store_be64(void *p, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, &v, sizeof(v));
}

/* What grows like snprintf()'s: it counts on when it is full. */
struct line {
	char *text;
	size_t size;
	size_t len;
};

void line_add(struct line *line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes the sentence if the caller wants one, and returns @err. */
int error_set(struct papr_error *error, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Takes in a structure of the caller that begins with its size: copies what
 * both sides know, zeroes the rest of @to.  -E2BIG if the caller's is longer
 * and what we do not know is not zero; -EINVAL if it is shorter than a size.
 */
int sized_copy(void *to, size_t to_size, const void *from);

/* Gives out: the caller's structure keeps its size, which must be set. */
int sized_fill(void *to, const void *from, size_t from_size);

#endif
