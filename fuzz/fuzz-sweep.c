/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The report of a sweep, read again: any JSON is one, or is refused with a
 * sentence.  One that is taken is written as it was read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sweep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static void check_page(struct sweep *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	s->verdicts = calloc(s->n, sizeof(*s->verdicts));
	s->to = s->n;
	check(f && s->verdicts && !sweep_html(s, f));
	sweep_show_summary(s, f);
	fclose(f);
	check(!strstr(text, "<script"));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = json_loadb((const char *)data, size,
				  JSON_REJECT_DUPLICATES, NULL);
	struct papr_error error = { "" };
	struct sweep s, again;
	json_t *written, *rewritten;

	if (sweep_from_json(json, &s, &error)) {
		check(*error.text && !strchr(error.text, '\n'));
		json_decref(json);
		return 0;
	}
	written = sweep_to_json(&s, false);
	check(!sweep_from_json(written, &again, &error));
	rewritten = sweep_to_json(&again, false);
	check(json_equal(written, rewritten));
	check_page(&s);
	json_decref(json);
	json_decref(written);
	json_decref(rewritten);
	sweep_free(&s);
	sweep_free(&again);
	return 0;
}
