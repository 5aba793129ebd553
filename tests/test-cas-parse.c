/* SPDX-License-Identifier: BSD-2-Clause */
/* A client's vectors at their limits. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "hcalls/cas.h"
#include "spapr/util.h"
#include "tests/partition.h"

/* Where the sanitizer sees every byte beyond it. */
static int parse(const uint8_t *bytes, size_t len, struct cas_request *request)
{
	uint8_t *copy = malloc(len);
	int r;

	memcpy(copy, bytes, len);
	r = cas_parse(copy, len, request);
	free(copy);
	return r;
}

/* @n pairs, the last of which ends them, and a vector of a byte. */
static size_t put_pairs(uint8_t *bytes, size_t n)
{
	uint8_t *to = bytes;

	memset(bytes, 0, 8 * n + 3);
	for (size_t i = 0; i < n - 1; i++, to += 8)
		store_be32(to, ~0u);
	store_be32(to + 4, ~0u);
	return 8 * n + 3;
}

static void there_are_512_pairs_at_most(void **state)
{
	static uint8_t bytes[8 * (CAS_PVRS + 1) + 3];
	static struct cas_request request;

	(void)state;
	assert_int_equal(parse(bytes, put_pairs(bytes, 1), &request), 0);
	assert_int_equal(request.n_pvrs, 1);
	assert_int_equal(parse(bytes, put_pairs(bytes, CAS_PVRS), &request),
			 0);
	assert_int_equal(request.n_pvrs, CAS_PVRS);
	assert_int_equal(parse(bytes, put_pairs(bytes, CAS_PVRS + 1),
			       &request), -EINVAL);
}

/* Five are looked at, and what is behind them may be cut. */
static void a_sixth_vector_is_not_looked_at(void **state)
{
	static struct cas_request request;
	uint8_t bytes[32] = { 0 };
	size_t len;

	(void)state;
	store_be32(bytes + 4, ~0u);
	bytes[8] = 5;
	len = 9 + 2 * CAS_VECTORS;
	assert_int_equal(parse(bytes, len, &request), 0);
	for (size_t i = 0; i < CAS_VECTORS; i++)
		assert_int_equal(request.vectors[i].len, 1);
	assert_int_equal(parse(bytes, len - 1, &request), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_512_pairs_at_most),
		cmocka_unit_test(a_sixth_vector_is_not_looked_at),
	};

	return cmocka_run_group_tests_name("CAS at its limits", tests, NULL,
					   NULL);
}
