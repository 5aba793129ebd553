/* SPDX-License-Identifier: BSD-2-Clause */
/* "ADDRESS TYPE NAME [MODULE]": nm, System.map, /proc/kallsyms. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "tools/symbols-forms.h"
#include "vmm/util.h"

/* What is left of a line. */
struct line {
	const char *at;
	const char *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word; its length is 0 at the end of the line. */
static size_t take_word(struct line *line, const char **word)
{
	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	*word = line->at;
	while (line->at < line->end && !is_blank(*line->at))
		line->at++;
	return line->at - *word;
}

static bool take_address(struct line *line, uint64_t *address)
{
	const char *word, *digit;
	size_t i, len = take_word(line, &word);

	if (!len || len > 16)
		return false;
	*address = 0;
	for (i = 0; i < len; i++) {
		digit = memchr("0123456789abcdefABCDEF", word[i], 22);
		if (!digit)
			return false;
		*address = *address << 4 | (word[i] <= '9' ? word[i] - '0' :
					    (word[i] | 0x20) - 'a' + 10);
	}
	return true;
}

static bool take_entry(struct line *line, struct entry *entry)
{
	const char *word;
	size_t len;

	memset(entry, 0, sizeof(*entry));
	if (!take_address(line, &entry->address) ||
	    take_word(line, &word) != 1)
		return false;
	entry->code = memchr("TtWwi", *word, 5);
	entry->len = take_word(line, &entry->name);
	len = take_word(line, &word);
	entry->in_module = len && word[0] == '[';
	return entry->len && (!len || entry->in_module) &&
	       !take_word(line, &word);
}

/* Lines of nm for symbols without an address have none to be found at. */
static bool is_undefined(struct line line)
{
	const char *word;

	return take_word(&line, &word) == 1 && memchr("Uwv", *word, 3);
}

int symbols_walk_text(const char *bytes, size_t len, const char *file,
		      entry_fn *take, void *arg, struct papr_error *error)
{
	const char *end = bytes + len, *newline;
	struct entry entry;
	struct line line;
	size_t number;

	for (number = 1; bytes < end; number++, bytes = newline + 1) {
		newline = memchr(bytes, '\n', end - bytes);
		if (!newline)
			newline = end;
		line = (struct line){ bytes, newline };
		if (is_undefined(line))
			continue;
		if (!take_entry(&line, &entry))
			return refuse(error, -EINVAL, "%.128s:%zu: here should "
				      "be an address, a letter and a name, as "
				      "in System.map and /proc/kallsyms; or "
				      "the file an ELF vmlinux", file, number);
		take(&entry, arg);
	}
	return 0;
}
