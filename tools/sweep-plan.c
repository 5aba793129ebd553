/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be injected, and in which order. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sweep.h"
#include "vmm/util.h"

/*
 * An address with a memory error makes Linux give up the page there, or page 0
 * if there is none: no page is to be lost, so those have no address.
 */
const struct sweep_kind sweep_kinds[] = {
#define UE(subtype, printed) \
	{ "ue:" subtype, "ue", subtype, "UE " printed, false, false, true }
#define REPAIRED(type, printed, subtype, what) \
	{ type ":" subtype, type, subtype, printed " " what, true, true, false }
#define TLB(subtype, what) \
	{ "tlb:" subtype, "tlb", subtype, "TLB " what, true, false, false }
#define RA(subtype, what) \
	{ "ra:" subtype, "ra", subtype, "Real address " what, true, false, \
	  false }
#define PLAIN(type, printed) \
	{ type, type, NULL, printed, false, false, false }
	UE("indeterminate", "Indeterminate"),
	UE("ifetch", "Instruction fetch"),
	UE("page-walk-ifetch", "Page table walk ifetch"),
	UE("load-store", "Load/Store"),
	UE("page-walk-load-store", "Page table walk Load/Store"),
	REPAIRED("slb", "SLB", "parity", "Parity"),
	REPAIRED("slb", "SLB", "multihit", "Multihit"),
	REPAIRED("slb", "SLB", "indeterminate", "Indeterminate"),
	REPAIRED("erat", "ERAT", "parity", "Parity"),
	REPAIRED("erat", "ERAT", "multihit", "Multihit"),
	REPAIRED("erat", "ERAT", "indeterminate", "Indeterminate"),
	TLB("parity", "Parity"),
	TLB("multihit", "Multihit"),
	TLB("indeterminate", "Indeterminate"),
	RA("page-walk-load-store",
	   "Page table walk Load/Store (foreign/control memory)"),
	RA("load-store", "Load/Store (foreign/control memory)"),
	RA("indeterminate", "Indeterminate"),
	PLAIN("d-cache", "D-Cache Unknown"),
	PLAIN("i-cache", "I-Cache Unknown"),
	PLAIN("unknown", "Unknown"),
};

/* By number, as in enum papr_elog_disposition. */
const char *const sweep_dispositions[] = {
	"fully-recovered", "limited-recovery", "not-recovered"
};
const char *const sweep_contexts[] = { "any", "user", "kernel" };

_Static_assert(COUNT_OF(sweep_kinds) == SWEEP_KINDS, "one row each");
_Static_assert(COUNT_OF(sweep_dispositions) == SWEEP_DISPOSITIONS, "likewise");
_Static_assert(COUNT_OF(sweep_contexts) == SWEEP_CONTEXTS, "likewise");

/* --- what it is made from */

const char *sweep_kind_name(size_t i)
{
	return i < SWEEP_KINDS ? sweep_kinds[i].name : NULL;
}

const char *sweep_disposition_name(size_t i)
{
	return i < SWEEP_DISPOSITIONS ? sweep_dispositions[i] : NULL;
}

const char *sweep_context_name(size_t i)
{
	return i < SWEEP_CONTEXTS ? sweep_contexts[i] : NULL;
}

/* A type alone stands for all its subtypes. */
static bool names(const char *name, const char *item)
{
	size_t len = strlen(item);

	return len && !strncmp(name, item, len) &&
	       (!name[len] || name[len] == ':');
}

/* Adds the indices that @item names; how many there are then. */
static int add_names(const char *item, const char *(*name_of)(size_t),
		     uint8_t *list, uint32_t *n)
{
	uint32_t before = *n, j;
	bool found = false;

	for (size_t i = 0; name_of(i); i++) {
		if (!names(name_of(i), item))
			continue;
		found = true;
		for (j = 0; j < before && list[j] != i; j++)
			;
		if (j == before)
			list[(*n)++] = i;
	}
	return found ? 0 : -EINVAL;
}

static int take_names(const char *what, const char *text,
		      const char *(*name_of)(size_t), uint8_t *list,
		      uint32_t *n, struct papr_error *error)
{
	char *copy = strdup(text), *rest = copy, *item;
	int ret = 0;

	*n = 0;
	while (!ret && (item = strsep(&rest, ","))) {
		ret = add_names(item, name_of, list, n);
		if (ret)
			refuse(error, -EINVAL, "'%.40s' is none of the %s; "
			       "papr sweep --help lists them", item, what);
	}
	free(copy);
	return ret;
}

int sweep_space_list(struct sweep_space *s, const char *what,
		     const char *text, struct papr_error *error)
{
	if (!strcmp(what, "kinds"))
		return take_names(what, text, sweep_kind_name, s->kinds,
				  &s->n_kinds, error);
	if (!strcmp(what, "dispositions"))
		return take_names(what, text, sweep_disposition_name,
				  s->dispositions, &s->n_dispositions, error);
	return take_names(what, text, sweep_context_name, s->contexts,
			  &s->n_contexts, error);
}

/* A decimal number at the beginning of *@text, which is moved past it. */
static bool take_number(const char **text, unsigned long *value)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*value = strtoul(*text, &end, 10);
	*text = end;
	return !errno;
}

static int no_list(const char *text, struct papr_error *error)
{
	return refuse(error, -EINVAL,
		      "'%.40s' is no list of vCPUs such as 0-3,7", text);
}

int sweep_space_cpus(struct sweep_space *s, const char *text, uint32_t n_cpus,
		     struct papr_error *error)
{
	bool chosen[PAPR_MAX_VCPUS] = { false };
	unsigned long first, last;
	const char *at = text;

	do {
		if (!take_number(&at, &first))
			return no_list(text, error);
		last = first;
		if (*at == '-' && (at++, !take_number(&at, &last)))
			return no_list(text, error);
		if (last >= n_cpus || first > last)
			return refuse(error, -EINVAL,
				      "'%.40s': the vCPUs are 0 to %u", text,
				      n_cpus - 1);
		for (; first <= last; first++)
			chosen[first] = true;
	} while (*at == ',' && at++);
	if (*at)
		return no_list(text, error);
	s->n_cpus = 0;
	for (uint32_t i = 0; i < n_cpus; i++)
		if (chosen[i])
			s->cpus[s->n_cpus++] = i;
	return 0;
}

static bool take_address(const char **text, uint64_t *value)
{
	char *end;

	if (strncmp(*text, "0x", 2) || !isxdigit((unsigned char)(*text)[2]))
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 16);
	*text = end;
	return !errno;
}

int sweep_space_pc(struct sweep_space *s, const char *text,
		   struct papr_error *error)
{
	const char *at = text;
	bool good = take_address(&at, &s->pc_first);

	s->pc_last = s->pc_first;
	if (good && *at == '-') {
		at++;
		good = take_address(&at, &s->pc_last);
	}
	if (!good || *at)
		return refuse(error, -EINVAL,
			      "'%.60s' is no range of addresses such as "
			      "0xc000000000010000-0xc000000000010040", text);
	if (s->pc_first % 4 || s->pc_last < s->pc_first)
		return refuse(error, -EINVAL,
			      "'%.60s': the first address must be that of an "
			      "instruction, and not above the last", text);
	s->by_pc = true;
	return 0;
}

/* --- the draw */

/* splitmix64, by Steele, Lea and Flood: small, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Below @n, each as likely: what is left of the range at its end is cut. */
static uint64_t draw(uint64_t *state, uint64_t n)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % n, z;

	do
		z = next_random(state);
	while (z >= limit);
	return z % n;
}

static uint64_t pcs(const struct sweep_space *s)
{
	return s->by_pc ? (s->pc_last - s->pc_first) / s->pc_step + 1 : 1;
}

/* Combination @i of all; the vCPU changes fastest. */
static struct sweep_injection combination(const struct sweep_space *s,
					  uint64_t i)
{
	struct sweep_injection in = { .at_pc = s->by_pc };

	in.cpu = s->cpus[i % s->n_cpus];
	i /= s->n_cpus;
	in.context = s->contexts[i % s->n_contexts];
	i /= s->n_contexts;
	in.disposition = s->dispositions[i % s->n_dispositions];
	in.kind = s->kinds[i / s->n_dispositions];
	return in;
}

int sweep_plan(const struct sweep_space *s, struct sweep_injection **plan,
	       size_t *n, struct papr_error *error)
{
	uint64_t all = (uint64_t)s->n_kinds * s->n_dispositions *
		       s->n_contexts * s->n_cpus;
	uint64_t count = s->count ? s->count : s->by_pc ? pcs(s) : all;
	bool in_order = !s->count && !s->by_pc;
	uint64_t state = s->seed, i;

	if (count > SWEEP_MAX)
		return refuse(error, -EINVAL,
			      "%" PRIu64 " injections are more than the %d of "
			      "a sweep", count, SWEEP_MAX);
	*plan = calloc(count, sizeof(**plan));
	if (!*plan)
		return refuse(error, -ENOMEM, "no memory");
	for (i = 0; i < count; i++) {
		(*plan)[i] = combination(s, in_order ? i : draw(&state, all));
		if (s->by_pc)
			(*plan)[i].pc = s->pc_first + i % pcs(s) * s->pc_step;
	}
	*n = count;
	return 0;
}

/* In the kernel's part of the effective addresses, where nothing is. */
uint64_t sweep_address(size_t i)
{
	return 0xc0005eed00000000 + i * 16;
}
