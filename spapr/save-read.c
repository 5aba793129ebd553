/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A saved partition, read: nothing is believed of it.  Each sentence begins
 * with where in the file it is.
 */
#include "config.h"

#include <errno.h>

#include <talloc.h>

#include "spapr/state.h"
#include "spapr/util.h"

#define PLACE "byte %llu: "
#define at_byte(n) ((unsigned long long)(n))

static int read_bytes(struct loader *l, void *bytes, size_t len,
		      const char *what, struct papr_error *error)
{
	int r = l->ops->read(l->arg, bytes, len);

	if (r == -ENODATA)
		return error_set(error, r, PLACE "the file ends within %s",
				 at_byte(l->at), what);
	if (r)
		return error_set(error, r, PLACE "%s cannot be read: %s",
				 at_byte(l->at), what, strerror(-r));
	l->at += len;
	return 0;
}

int load_begin(struct loader *l, struct papr_error *error)
{
	uint8_t head[SAVE_HEAD_SIZE];
	int r = read_bytes(l, head, sizeof(head), "its first 16 bytes", error);

	if (r)
		return r;
	if (memcmp(head, SAVE_MAGIC, 8))
		return error_set(error, -EBADMSG, PLACE "this is no saved "
				 "partition", at_byte(0));
	if (load_be32(head + 12) != save_sum(head, 12))
		return error_set(error, -EBADMSG, PLACE "the header is "
				 "damaged", at_byte(0));
	if (load_be32(head + 8) - 1 >= SAVE_FORMAT)
		return error_set(error, -EOPNOTSUPP, PLACE "the file has "
				 "format %u, written by a newer libpapr: this "
				 "one reads format %u", at_byte(8),
				 load_be32(head + 8), SAVE_FORMAT);
	return 0;
}

/* Something that can be printed, and ends. */
static bool take_name(struct loader *l, const uint8_t *head)
{
	memcpy(l->name, head, PAPR_SECTION_NAME);
	for (size_t i = 0; i < PAPR_SECTION_NAME - 1 && l->name[i]; i++)
		if (l->name[i] <= ' ' || l->name[i] > '~')
			return false;
	return l->name[0] && !l->name[PAPR_SECTION_NAME - 1];
}

static int check_head(struct loader *l, const uint8_t *head,
		      struct papr_error *error)
{
	uint64_t len = load_be64(head + SECTION_LEN);

	if (load_be32(head + SECTION_HEAD_SUM) !=
	    save_sum(head, SECTION_HEAD_SUM) || !take_name(l, head))
		return error_set(error, -EBADMSG, PLACE "the header of a "
				 "section is damaged", at_byte(l->section_at));
	if (len > PAPR_SECTION_MAX)
		return error_set(error, -EBADMSG, PLACE "section %s has %llu "
				 "bytes: there are at most %u",
				 at_byte(l->section_at), l->name,
				 (unsigned long long)len, PAPR_SECTION_MAX);
	return 0;
}

static int read_payload(struct loader *l, size_t len, uint32_t sum,
			struct papr_error *error)
{
	char what[48] = "section ";
	int r;

	strcat(what, l->name);
	talloc_free(l->bytes);
	l->bytes = talloc_size(NULL, len ? len : 1);
	if (!l->bytes)
		return error_set(error, -ENOMEM, "out of memory");
	r = read_bytes(l, l->bytes, len, what, error);
	if (!r && save_sum(l->bytes, len) != sum)
		return error_set(error, -EBADMSG, PLACE "section %s is "
				 "damaged", at_byte(l->section_at), l->name);
	return r;
}

static int check_end(const struct loader *l, const struct papr_section *s,
		     struct papr_error *error)
{
	if (s->len == 4 && load_be32(s->bytes) == l->sections)
		return 0;
	return error_set(error, -EBADMSG, PLACE "%u sections were read, which "
			 "are not as many as were written",
			 at_byte(l->section_at), l->sections);
}

int load_next(struct loader *l, struct papr_section *s,
	      struct papr_error *error)
{
	uint8_t head[SAVE_SECTION_SIZE];
	int r;

	l->section_at = l->at;
	r = read_bytes(l, head, sizeof(head), "the header of a section",
		       error);
	if (!r)
		r = check_head(l, head, error);
	if (r)
		return r;
	*s = (struct papr_section){
		.size = sizeof(*s), .name = l->name,
		.version = load_be32(head + SECTION_VERSION),
		.flags = load_be32(head + SECTION_FLAGS),
		.len = load_be64(head + SECTION_LEN),
	};
	r = read_payload(l, s->len, load_be32(head + SECTION_SUM), error);
	if (r)
		return r;
	s->bytes = l->bytes;
	if (!strcmp(l->name, SAVE_END))
		return check_end(l, s, error);
	l->sections++;
	return 1;
}

/* --- what is in a section */

void state_get_bytes(struct state_in *in, void *bytes, size_t len)
{
	if (in->failed || len > in->left) {
		in->failed = true;
		memset(bytes, 0, len);
		return;
	}
	memcpy(bytes, in->bytes, len);
	in->bytes += len;
	in->left -= len;
}

uint8_t state_get_u8(struct state_in *in)
{
	uint8_t value;

	state_get_bytes(in, &value, 1);
	return value;
}

uint32_t state_get_u32(struct state_in *in)
{
	uint8_t bytes[4];

	state_get_bytes(in, bytes, sizeof(bytes));
	return load_be32(bytes);
}

uint64_t state_get_u64(struct state_in *in)
{
	uint8_t bytes[8];

	state_get_bytes(in, bytes, sizeof(bytes));
	return load_be64(bytes);
}

bool state_get_bool(struct state_in *in)
{
	uint8_t value = state_get_u8(in);

	if (value > 1)
		in->failed = true;
	return value == 1;
}
