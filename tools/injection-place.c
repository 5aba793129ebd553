/* SPDX-License-Identifier: BSD-2-Clause */
/* All of an injection is said: where the functions are that it names. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "tools/injection.h"
#include "vmm/util.h"

struct place {
	uint64_t first;
	uint64_t last;
};

__attribute__((format(printf, 2, 3)))
static void note(struct injection *injection, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(injection->note, sizeof(injection->note), fmt, ap);
	va_end(ap);
}

static int place_exact(struct injection *injection, const struct symbol *symbol,
		       struct place *place, struct papr_error *error)
{
	uint64_t offset = injection->offset;

	if (symbol->end && offset > symbol->end - symbol->address)
		return refuse(error, -EINVAL, "%.64s ends before its byte 0x%"
			      PRIx64, injection->function, offset);
	place->first = place->last = symbol->address + offset;
	note(injection, "%.64s+0x%" PRIx64 " is at 0x%" PRIx64,
	     injection->function, offset, place->first);
	return 0;
}

static int place_whole(struct injection *injection, const struct symbol *symbol,
		       struct place *place, struct papr_error *error)
{
	if (!symbol->end)
		return refuse(error, -EINVAL, "where %.64s ends is not known; "
			      "say its addresses by at-pc",
			      injection->function);
	place->first = symbol->address;
	place->last = symbol->end;
	note(injection, "%.64s is at 0x%" PRIx64 " to 0x%" PRIx64,
	     injection->function, place->first, place->last);
	return 0;
}

/*
 * Calls within a program go to the local entry, those from outside to the
 * global one.  Where the file does not tell the two apart, both are taken.
 */
static void place_entry(struct injection *injection,
			const struct symbol *symbol, struct place *place)
{
	place->last = symbol->address + symbol->local;
	place->first = symbol->local_known ? place->last : symbol->address;
	if (!symbol->local_known)
		note(injection, "%.64s is at 0x%" PRIx64 ", or 0x%" PRIx64
		     " if that is its local entry", injection->function,
		     place->first, place->last);
	else
		note(injection, "%.64s is at 0x%" PRIx64 "%s",
		     injection->function, place->first,
		     symbol->local ? ", its local entry" : "");
}

static int find_place(struct injection *injection,
		      const struct symbols *symbols, struct papr_error *error)
{
	struct symbol symbol;
	struct place place = { 0, 0 };
	int r;

	if (!symbols)
		return refuse(error, -EINVAL, "where %.64s is, a symbol file "
			      "tells: the guest's vmlinux, System.map or "
			      "/proc/kallsyms", injection->function);
	r = symbols_find(symbols, injection->function, &symbol, error);
	if (r)
		return r;
	if (injection->exact)
		r = place_exact(injection, &symbol, &place, error);
	else if (injection->whole)
		r = place_whole(injection, &symbol, &place, error);
	else
		place_entry(injection, &symbol, &place);
	return r ? r : injection_at_pc(injection, place.first, place.last,
				       error);
}

int injection_complete(struct injection *injection,
		       const struct symbols *symbols,
		       struct papr_error *error)
{
	uint8_t log[PAPR_ELOG_MAX];
	int r;

	if (!json_object_get(injection->args, "type"))
		return refuse(error, -EINVAL, "what kind of error it is is not "
			      "said, such as slb:multihit");
	r = papr_elog_build_mc(log, sizeof(log), &injection->info, error);
	if (r < 0)
		return r;
	return injection->function[0] ? find_place(injection, symbols, error) :
					0;
}
