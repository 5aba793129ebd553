/* SPDX-License-Identifier: BSD-2-Clause */
/* Sentences and numbers, for every file of the reference VMM. */
#ifndef VMM_UTIL_H
#define VMM_UTIL_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <papr/error.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* @to must be a power of two; the caller knows that nothing wraps. */
static inline uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) & ~(to - 1);
}

/* In what is saved, eight bytes at any address. */
static inline void put_be64(uint8_t *to, uint64_t value)
{
	value = htobe64(value);
	memcpy(to, &value, sizeof(value));
}

static inline uint64_t get_be64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return be64toh(value);
}

/* Writes the sentence if the caller wants one, and returns @err. */
int refuse(struct papr_error *error, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "@place: " before the sentence that is there, and returns @err. */
int refuse_at(struct papr_error *error, int err, const char *place);

/*
 * A decimal number without sign or blanks; 0 or -EINVAL.  @rest, where it is
 * wanted, is what follows; without it nothing may follow.
 */
int number_parse(const char *text, uint64_t *value, const char **rest);

struct option;

/*
 * The next option of getopt_long(), by its letter; -1 at the first word that
 * is none; 0 and a sentence for one that does not exist or lacks its value.
 * @first: begin anew.
 */
int option_next(int argc, char **argv, const struct option *options, bool first,
		struct papr_error *error);

/* As 00112233-4455-6677-8899-aabbccddeeff, 16 bytes; 0 or -EINVAL. */
int uuid_parse(const char *text, uint8_t *bytes);

/* A number with K, M, G or T after it; without one it counts @unit bytes. */
int size_parse(const char *text, uint64_t unit, uint64_t *value);

#endif
