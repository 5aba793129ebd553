/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names every function that the public headers declare, and is linked with
 * libpapr.so alone: what libpapr.map does not export does not link.
 */
#include <stdio.h>

#include <papr/papr.h>

typedef void function(void);

static function *const functions[] = {
#define API(name) (function *)name,
#include "tests/api-names.h"
};

int main(void)
{
	size_t n = sizeof(functions) / sizeof(functions[0]);

	printf("1..1\n");
	for (size_t i = 0; i < n; i++)
		if (!functions[i])
			return 1;
	printf("ok 1 - all %zu functions of the headers link\n", n);
	return 0;
}
