/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error logs: any bytes are refused with a place and a reason, or come back
 * the same, both from what was decoded and from all its fields as text.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <papr/elog.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
	if (!ok)
		abort();
}

static int copy_field(const struct papr_elog_field *field, void *arg)
{
	struct papr_error error;
	char path[64];

	snprintf(path, sizeof(path), ".%s", field->name);
	check(!papr_elog_set(arg, path, field->text, &error));
	return 0;
}

/* The fixed part is there; what follows is added part by part. */
static struct papr_elog *copy(const struct papr_elog *from)
{
	struct papr_elog *elog = papr_elog_new(0);
	struct papr_elog_part part;
	struct papr_error error;

	check(elog != NULL);
	for (unsigned int i = 0; !papr_elog_part(from, i, &part); i++) {
		check(!i || !papr_elog_add(elog, part.name, &error));
		check(!papr_elog_fields(from, i, copy_field, elog));
	}
	return elog;
}

static void found(const struct papr_elog_finding *finding, void *size)
{
	check(finding->offset <= *(size_t *)size);
	check(*finding->text && !strchr(finding->text, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t again[PAPR_ELOG_MAX];
	struct papr_elog *elog, *copied;
	struct papr_error error = { "" };
	int bad = papr_elog_validate(data, size, found, &size), len;

	if (papr_elog_decode(data, size, &elog, &error)) {
		check(bad > 0 && *error.text && !strchr(error.text, '\n'));
		return 0;
	}
	len = papr_elog_encode(elog, again, sizeof(again));
	check(len > 0 && (size_t)len <= size && !memcmp(again, data, len));

	copied = copy(elog);
	check(papr_elog_encode(copied, again, sizeof(again)) == len);
	check(!memcmp(again, data, len));
	papr_elog_free(copied);
	papr_elog_free(elog);
	return 0;
}
