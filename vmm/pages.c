/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/pages.h"
#include "vmm/util.h"

#define BITS 64u

int pages_init(struct pages *pages, const uint8_t *ram, uint64_t len,
	       struct papr_error *error)
{
	*pages = (struct pages){
		.ram = ram, .n = len / RAM_PAGE, .fresh = true,
	};
	pages->todo = calloc(pages->n / BITS + 1, sizeof(*pages->todo));
	pages->run = malloc(RAM_HEAD + RAM_RUN);
	if (pages->todo && pages->run)
		return pages_mark(pages, 0, len);
	pages_free(pages);
	return refuse(error, -ENOMEM, "no memory");
}

void pages_free(struct pages *pages)
{
	free(pages->todo);
	free(pages->run);
	*pages = (struct pages){ .ram = NULL };
}

static bool is_todo(const struct pages *pages, uint64_t page)
{
	return pages->todo[page / BITS] >> page % BITS & 1;
}

int pages_mark(void *arg, uint64_t gpa, uint64_t len)
{
	struct pages *pages = arg;
	uint64_t page = gpa / RAM_PAGE, end = page + len / RAM_PAGE;

	for (; page < end; page++) {
		pages->left += !is_todo(pages, page);
		pages->todo[page / BITS] |= UINT64_C(1) << page % BITS;
	}
	return 0;
}

static void clear(struct pages *pages, uint64_t page, uint64_t n)
{
	pages->left -= n;
	for (; n; n--, page++)
		pages->todo[page / BITS] &= ~(UINT64_C(1) << page % BITS);
}

/* The next one that is to be written: there is one. */
static uint64_t find(const struct pages *pages)
{
	uint64_t page = pages->at < pages->n ? pages->at : 0;

	while (!is_todo(pages, page)) {
		page += pages->todo[page / BITS] ? 1 : BITS - page % BITS;
		if (page >= pages->n)
			page = 0;
	}
	return page;
}

static bool is_zero(const struct pages *pages, uint64_t page)
{
	const uint8_t *bytes = pages->ram + page * RAM_PAGE;

	return !bytes[0] && !memcmp(bytes, bytes + 1, RAM_PAGE - 1);
}

/* How many there are in a row that are all zero, or all not. */
static uint64_t count(const struct pages *pages, uint64_t page, bool zero)
{
	uint64_t n = 0;

	while (n < RAM_RUN / RAM_PAGE && page + n < pages->n &&
	       is_todo(pages, page + n) && is_zero(pages, page + n) == zero)
		n++;
	return n;
}

static int put_run(struct pages *pages, struct papr_saver *saver,
		   uint64_t gpa, uint64_t len, struct papr_error *error)
{
	const struct papr_section section = {
		.size = sizeof(section), .name = RAM_SECTION,
		.version = RAM_VERSION, .bytes = pages->run,
		.len = RAM_HEAD + len,
	};

	put_be64(pages->run, gpa);
	memcpy(pages->run + RAM_HEAD, pages->ram + gpa, len);
	return papr_saver_put(saver, &section, error);
}

static int put_zero(struct papr_saver *saver, uint64_t gpa, uint64_t len,
		    struct papr_error *error)
{
	uint8_t bytes[ZERO_LEN];
	const struct papr_section section = {
		.size = sizeof(section), .name = ZERO_SECTION,
		.version = ZERO_VERSION, .bytes = bytes, .len = sizeof(bytes),
	};

	put_be64(bytes, gpa);
	put_be64(bytes + 8, len);
	return papr_saver_put(saver, &section, error);
}

/*
 * What the guest writes into a page after this has looked at it is told by
 * papr_vm_read_dirty(), and comes again.
 */
int pages_put(struct pages *pages, struct papr_saver *saver,
	      struct papr_error *error)
{
	uint64_t page = find(pages), gpa = page * RAM_PAGE;
	bool zero = is_zero(pages, page);
	uint64_t n = count(pages, page, zero);

	/* The guest may just have written it. */
	if (!n) {
		zero = false;
		n = 1;
	}
	clear(pages, page, n);
	pages->at = page + n;
	*(zero ? &pages->zero : &pages->written) += n;
	if (!zero)
		return put_run(pages, saver, gpa, n * RAM_PAGE, error);
	return pages->fresh ? 0 : put_zero(saver, gpa, n * RAM_PAGE, error);
}

int pages_put_all(struct pages *pages, struct papr_saver *saver,
		  struct papr_error *error)
{
	int ret = 0;

	while (pages->left && !ret)
		ret = pages_put(pages, saver, error);
	return ret;
}
