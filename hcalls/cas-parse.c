/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pairs of mask and processor version, then the number of option vectors less
 * one, then each with its length less one before it.
 */
#include "config.h"

#include <errno.h>

#include "hcalls/cas.h"
#include "spapr/util.h"

#define PAIR 8u

/* The last pair cannot match: it wants bits that its mask leaves out. */
static size_t parse_pvrs(const uint8_t *bytes, size_t len,
			 struct cas_request *request)
{
	for (size_t at = 0; len - at >= PAIR && request->n_pvrs < CAS_PVRS;
	     at += PAIR) {
		uint32_t mask = load_be32(bytes + at);
		uint32_t pvr = load_be32(bytes + at + 4);

		request->pvrs[request->n_pvrs].mask = mask;
		request->pvrs[request->n_pvrs++].pvr = pvr;
		if (pvr & ~mask)
			return at + PAIR;
	}
	return 0;
}

int cas_parse(const uint8_t *bytes, size_t len, struct cas_request *request)
{
	size_t at, n;

	memset(request, 0, sizeof(*request));
	at = parse_pvrs(bytes, len, request);
	if (!at || at == len)
		return -EINVAL;
	n = bytes[at++] + 1u;
	for (size_t i = 0; i < n && i < CAS_VECTORS; i++) {
		if (at == len || len - at - 1 < bytes[at] + 1u)
			return -EINVAL;
		request->vectors[i].len = bytes[at] + 1u;
		request->vectors[i].bytes = bytes + at + 1;
		at += 1 + request->vectors[i].len;
	}
	return 0;
}
