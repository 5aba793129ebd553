/* SPDX-License-Identifier: BSD-2-Clause */
/* papr elog diff: what two logs say differently. */
#include <stdlib.h>
#include <string.h>

#include "tools/elog-forms.h"
#include "tools/elog.h"
#include "tools/papr.h"

/* The fields of a part, kept. */
struct list {
	size_t n;
	struct entry {
		char *name;
		char *text;
	} *entries;
};

static int keep(const struct papr_elog_field *field, void *arg)
{
	struct list *list = arg;
	struct entry *more = realloc(list->entries,
				     (list->n + 1) * sizeof(*more));

	if (!more)
		return -1;
	list->entries = more;
	more += list->n++;
	more->name = strdup(field->name);
	more->text = strdup(field->text);
	return more->name && more->text ? 0 : -1;
}

static void list_free(struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->entries[i].name);
		free(list->entries[i].text);
	}
	free(list->entries);
}

static const char *find(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->entries[i].name, name))
			return list->entries[i].text;
	return NULL;
}

static void print_name(const struct papr_elog_part *part)
{
	printf("%s", part->name);
	if (part->number)
		printf("[%u]", part->number);
}

static bool differ(const struct papr_elog_part *part, const char *name,
		   const char *a, const char *b)
{
	if (a && b && !strcmp(a, b))
		return false;
	print_name(part);
	printf(".%s: %s -> %s\n", name, a ? a : "-", b ? b : "-");
	return true;
}

static bool compare(const struct papr_elog_part *part, const struct list *a,
		    const struct list *b)
{
	bool differs = false;

	for (size_t i = 0; i < a->n; i++)
		differs |= differ(part, a->entries[i].name,
				  a->entries[i].text,
				  find(b, a->entries[i].name));
	for (size_t i = 0; i < b->n; i++)
		if (!find(a, b->entries[i].name))
			differs |= differ(part, b->entries[i].name, NULL,
					  b->entries[i].text);
	return differs;
}

/* The part of the same name and number; -1 for none. */
static int counterpart(const struct papr_elog *elog,
		       const struct papr_elog_part *like)
{
	struct papr_elog_part part;

	for (unsigned int i = 0; !papr_elog_part(elog, i, &part); i++)
		if (!strcmp(part.name, like->name) &&
		    part.number == like->number)
			return i;
	return -1;
}

/* 1 if any part of both differs, or is of @a alone; -1 out of memory. */
static int compare_parts(const struct papr_elog *a, const struct papr_elog *b)
{
	struct papr_elog_part part;
	int differs = 0;

	for (unsigned int i = 0; !papr_elog_part(a, i, &part); i++) {
		struct list in_a = { 0 }, in_b = { 0 };
		int other = counterpart(b, &part);

		if (other < 0) {
			print_name(&part);
			puts(": only in the first");
			differs = 1;
			continue;
		}
		if (papr_elog_fields(a, i, keep, &in_a) ||
		    papr_elog_fields(b, other, keep, &in_b))
			differs = -1;
		else if (compare(&part, &in_a, &in_b))
			differs = 1;
		list_free(&in_a);
		list_free(&in_b);
		if (differs < 0)
			break;
	}
	return differs;
}

static int compare_logs(const struct papr_elog *a, const struct papr_elog *b)
{
	uint8_t bytes_a[PAPR_ELOG_MAX], bytes_b[PAPR_ELOG_MAX];
	int len_a = papr_elog_encode(a, bytes_a, sizeof(bytes_a));
	int len_b = papr_elog_encode(b, bytes_b, sizeof(bytes_b));
	int differs = compare_parts(a, b);
	struct papr_elog_part part;

	for (unsigned int i = 0; !papr_elog_part(b, i, &part); i++) {
		if (counterpart(a, &part) >= 0)
			continue;
		print_name(&part);
		puts(": only in the second");
		differs |= 1;
	}
	if (!differs && (len_a != len_b || memcmp(bytes_a, bytes_b, len_a))) {
		puts("the sections are in another order");
		differs = 1;
	}
	return differs;
}

int elog_diff(const char *path_a, const char *path_b)
{
	struct papr_elog *a = NULL, *b = NULL;
	int r = EXIT_USAGE;

	if (!elog_read(path_a, &a) && !elog_read(path_b, &b))
		r = compare_logs(a, b);
	if (r < 0) {
		fputs("papr elog diff: out of memory\n", stderr);
		r = EXIT_USAGE;
	}
	papr_elog_free(a);
	papr_elog_free(b);
	return r;
}
