/* SPDX-License-Identifier: BSD-2-Clause */
/* A saved partition as bytes: docs/save.md.  save-read.c reads them. */
#include "config.h"

#include <errno.h>

#include <talloc.h>
#include <zlib.h>

#include "spapr/state.h"
#include "spapr/util.h"

/* Memory grows by so much at least. */
#define STEP 4096u

uint32_t save_sum(const void *bytes, size_t len)
{
	return crc32(0, bytes, len);
}

static int write_bytes(struct papr_saver *saver, const void *bytes, size_t len,
		       struct papr_error *error)
{
	int r = len ? saver->ops.write(saver->arg, bytes, len) : 0;

	return r ? error_set(error, r, "it cannot be written: %s",
			     strerror(-r)) : 0;
}

int save_begin(struct papr_saver *saver, struct papr_error *error)
{
	uint8_t head[SAVE_HEAD_SIZE];

	memcpy(head, SAVE_MAGIC, 8);
	store_be32(head + 8, saver->format);
	store_be32(head + 12, save_sum(head, 12));
	return write_bytes(saver, head, sizeof(head), error);
}

static bool is_name(const char *name)
{
	size_t len = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz"
				   "0123456789-") : 0;

	return len && len < PAPR_SECTION_NAME && !name[len];
}

static int put(struct papr_saver *saver, const struct papr_section *s,
	       struct papr_error *error)
{
	uint8_t head[SAVE_SECTION_SIZE] = { 0 };
	int r;

	memcpy(head, s->name, strlen(s->name));
	store_be32(head + SECTION_VERSION, s->version);
	store_be32(head + SECTION_FLAGS, s->flags);
	store_be64(head + SECTION_LEN, s->len);
	store_be32(head + SECTION_SUM, save_sum(s->bytes, s->len));
	store_be32(head + SECTION_HEAD_SUM, save_sum(head, SECTION_HEAD_SUM));
	r = write_bytes(saver, head, sizeof(head), error);
	if (!r)
		r = write_bytes(saver, s->bytes, s->len, error);
	saver->sections++;
	return r;
}

int papr_saver_put(struct papr_saver *saver, const struct papr_section *from,
		   struct papr_error *error)
{
	struct papr_section section;

	if (sized_copy(&section, sizeof(section), from))
		return error_set(error, -E2BIG, "a section has no size, or "
				 "members this library does not know");
	if (!is_name(section.name))
		return error_set(error, -EINVAL, "a section's name is 1 to %d "
				 "lower-case letters, digits and \"-\"",
				 PAPR_SECTION_NAME - 1);
	if (section.flags & ~PAPR_SECTION_OPTIONAL ||
	    section.len > PAPR_SECTION_MAX)
		return error_set(error, -EINVAL, "section %s has %zu bytes and "
				 "flags 0x%x: there are at most %u, and only "
				 "PAPR_SECTION_OPTIONAL", section.name,
				 section.len, section.flags, PAPR_SECTION_MAX);
	return put(saver, &section, error);
}

/* A file whose last sections are missing has no end, or one that counts. */
int save_end(struct papr_saver *saver, struct papr_error *error)
{
	uint8_t count[4];
	const struct papr_section end = {
		.size = sizeof(end), .name = SAVE_END,
		.version = SAVE_FORMAT_STOPPED,
		.bytes = count, .len = sizeof(count),
	};

	store_be32(count, saver->sections);
	return put(saver, &end, error);
}

/* --- what is in a section */

/* Room for @len more bytes, or NULL. */
static uint8_t *reserve(struct state_out *out, size_t len)
{
	size_t room = talloc_get_size(out->bytes), want = out->len + len;
	uint8_t *bytes = out->bytes;

	if (!out->failed && want > room)
		bytes = talloc_realloc_size(NULL, bytes, 2 * want + STEP);
	if (out->failed || !bytes) {
		out->failed = true;
		return NULL;
	}
	out->bytes = bytes;
	out->len = want;
	return bytes + want - len;
}

void state_put_bytes(struct state_out *out, const void *bytes, size_t len)
{
	uint8_t *to = len ? reserve(out, len) : NULL;

	if (to)
		memcpy(to, bytes, len);
}

void state_put_u8(struct state_out *out, uint8_t value)
{
	state_put_bytes(out, &value, 1);
}

void state_put_u32(struct state_out *out, uint32_t value)
{
	uint8_t bytes[4];

	store_be32(bytes, value);
	state_put_bytes(out, bytes, sizeof(bytes));
}

void state_put_u64(struct state_out *out, uint64_t value)
{
	uint8_t bytes[8];

	store_be64(bytes, value);
	state_put_bytes(out, bytes, sizeof(bytes));
}

int state_next(struct state_out *out, struct papr_error *error)
{
	const struct papr_section section = {
		.size = sizeof(section),
		.name = out->name, .version = out->version,
		.bytes = out->bytes, .len = out->len,
	};

	if (out->failed)
		return error_set(error, -ENOMEM, "out of memory");
	out->len = 0;
	return section.len ? papr_saver_put(out->saver, &section, error) : 0;
}
