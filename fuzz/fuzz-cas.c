/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client says of its architecture: any bytes are refused, or their
 * vectors lie in them.
 */
#include "config.h"

#include <stdlib.h>

#include "hcalls/cas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct cas_request request;

	if (cas_parse(data, len, &request))
		return 0;
	check(request.n_pvrs && request.n_pvrs <= CAS_PVRS);
	for (size_t i = 0; i < CAS_VECTORS; i++) {
		size_t n = request.vectors[i].len;

		if (!n)
			continue;
		check(n <= CAS_VECTOR_MAX);
		check(request.vectors[i].bytes > data);
		check(request.vectors[i].bytes + n <= data + len);
	}
	return 0;
}
