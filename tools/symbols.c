/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/symbols-forms.h"
#include "tools/symbols.h"
#include "vmm/file.h"
#include "vmm/util.h"

/* Where the kernel maps all memory: 51 bits from 0xc000000000000000 on. */
#define LINEAR(address) ((address) >> 51 == 0xc000000000000000 >> 51)

/* What the instructions before a local entry are long. */
#define TOC_SETUP 8

struct symbols {
	char *owned;		/* NULL if the bytes are somebody else's */
	const char *bytes;
	size_t len;
	const char *file;
	bool is_elf;
};

static int walk(const struct symbols *symbols, entry_fn *take, void *arg,
		struct papr_error *error)
{
	return (symbols->is_elf ? symbols_walk_elf : symbols_walk_text)(
		symbols->bytes, symbols->len, symbols->file, take, arg, error);
}

/* --- loading */

/* Without root the kernel shows a guest's addresses as zeros. */
struct survey {
	bool any;
	bool not_zero;
};

static void look(const struct entry *entry, void *arg)
{
	struct survey *survey = arg;

	survey->any = true;
	survey->not_zero |= entry->address != 0;
}

static int check(const struct symbols *symbols, struct papr_error *error)
{
	struct survey survey = { 0 };
	int r = walk(symbols, look, &survey, error);

	if (r)
		return r;
	if (!survey.any)
		return refuse(error, -EINVAL, "%.128s: there is no symbol in "
			      "it", symbols->file);
	if (!survey.not_zero)
		return refuse(error, -EINVAL, "%.128s: all addresses are 0, as "
			      "/proc/kallsyms has them for who is not root; "
			      "read it as the guest's root, with "
			      "kernel.kptr_restrict at most 1", symbols->file);
	return 0;
}

int symbols_parse(const char *bytes, size_t len, const char *name,
		  struct symbols **symbols, struct papr_error *error)
{
	struct symbols *s = calloc(1, sizeof(*s) + strlen(name) + 1);
	int r;

	if (!s)
		return refuse(error, -ENOMEM, "%.128s: no memory", name);
	s->bytes = bytes;
	s->len = len;
	s->file = strcpy((char *)(s + 1), name);
	s->is_elf = len >= 4 && !memcmp(bytes, "\177ELF", 4);
	r = check(s, error);
	if (r)
		free(s);
	else
		*symbols = s;
	return r;
}

int symbols_load(const char *path, struct symbols **symbols,
		 struct papr_error *error)
{
	uint64_t size;
	int fd = file_open(path, SYMBOLS_MAX_LEN, &size, error), r;
	char *bytes;

	if (fd < 0)
		return fd;
	bytes = malloc(size);
	r = bytes ? file_read(fd, path, bytes, size, error) :
		    refuse(error, -ENOMEM, "%.128s: no memory", path);
	close(fd);
	if (!r)
		r = symbols_parse(bytes, size, path, symbols, error);
	if (r)
		free(bytes);
	else
		(*symbols)->owned = bytes;
	return r;
}

void symbols_free(struct symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->owned);
	free(symbols);
}

/* --- finding */

struct search {
	const char *name;
	size_t len;
	struct entry found;
	unsigned int places;
	uint64_t second;	/* if there are two */
	struct entry like;	/* NAME.isra.0, as compilers make them */
	uint64_t next;		/* the address after @found's */
};

static void look_for_name(const struct entry *entry, void *arg)
{
	struct search *search = arg;

	if (entry->len < search->len ||
	    memcmp(entry->name, search->name, search->len))
		return;
	if (entry->len > search->len) {
		if (entry->name[search->len] == '.' && entry->code)
			search->like = *entry;
		return;
	}
	if (!search->places) {
		search->found = *entry;
		search->places = 1;
	} else if (entry->address != search->found.address) {
		search->second = entry->address;
		search->places++;
	}
}

static void look_for_next(const struct entry *entry, void *arg)
{
	struct search *search = arg;

	if (entry->address > search->found.address &&
	    (!search->next || entry->address < search->next))
		search->next = entry->address;
}

static int refuse_unknown(const struct symbols *symbols,
			  const struct search *search,
			  struct papr_error *error)
{
	if (search->like.name)
		return refuse(error, -ENOENT, "%.128s: there is no symbol "
			      "%.64s; is %.*s meant?", symbols->file,
			      search->name, (int)(search->like.len < 80 ?
						  search->like.len : 80),
			      search->like.name);
	return refuse(error, -ENOENT, "%.128s: there is no symbol %.64s",
		      symbols->file, search->name);
}

static int check_found(const struct symbols *symbols,
		       const struct search *search, struct papr_error *error)
{
	const struct entry *found = &search->found;

	if (!search->places)
		return refuse_unknown(symbols, search, error);
	if (search->places > 1)
		return refuse(error, -EINVAL, "%.128s: %u symbols are named "
			      "%.64s, at 0x%" PRIx64 " and 0x%" PRIx64
			      "; say the address itself by at-pc",
			      symbols->file, search->places, search->name,
			      found->address, search->second);
	if (found->in_module)
		return refuse(error, -EINVAL, "%.128s: %.64s is in a module, "
			      "and code can be watched only in the kernel's "
			      "linear mapping", symbols->file, search->name);
	if (!found->code)
		return refuse(error, -EINVAL, "%.128s: %.64s is data and no "
			      "code", symbols->file, search->name);
	/* A program for the bare machine is at real addresses. */
	if (!LINEAR(found->address) &&
	    !(symbols->is_elf && !(found->address >> 60)))
		return refuse(error, -EINVAL, "%.128s: %.64s, at 0x%" PRIx64
			      ", is not in the kernel's linear mapping",
			      symbols->file, search->name, found->address);
	if (found->address % 4)
		return refuse(error, -EINVAL, "%.128s: %.64s, at 0x%" PRIx64
			      ", is no instruction", symbols->file,
			      search->name, found->address);
	return 0;
}

int symbols_find(const struct symbols *symbols, const char *name,
		 struct symbol *symbol, struct papr_error *error)
{
	struct search search = { .name = name, .len = strlen(name) };
	int r = walk(symbols, look_for_name, &search, error);

	if (!r)
		r = check_found(symbols, &search, error);
	if (!r && !symbols->is_elf)
		r = walk(symbols, look_for_next, &search, error);
	if (r)
		return r;
	if (search.found.size)
		search.next = search.found.address + search.found.size;
	*symbol = (struct symbol){
		.address = search.found.address,
		.local = symbols->is_elf ? search.found.local : TOC_SETUP,
		.local_known = symbols->is_elf,
	};
	if (search.next > symbol->address)
		symbol->end = (search.next - 1) & ~UINT64_C(3);
	return 0;
}
