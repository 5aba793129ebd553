/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequences of hypercalls.  Input: a byte that chooses MMU and host, then
 * records of a number of 2 bytes and arguments of 8 bytes each, as many as
 * the call has; a short last record is filled up with zeros.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "spapr/util.h"

#define MAX_CALLS 64

struct input {
	const uint8_t *data;
	size_t len;
};

/* Big-endian, so that a corpus reads like a dump of registers. */
static uint64_t take(struct input *in, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes; i++) {
		v = v << 8 | (in->len ? *in->data : 0);
		if (in->len) {
			in->data++;
			in->len--;
		}
	}
	return v;
}

/* Numbers of the catalogue, and now and then another one. */
static uint64_t take_number(struct input *in)
{
	uint64_t n = take(in, 2);

	if (n >= 0xff00)
		return n;
	return papr_hcall_at(n % papr_hcall_count())->number;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in = { data, len };
	struct fuzz_vm *vm = fuzz_vm_get(take(&in, 1));

	for (int i = 0; i < MAX_CALLS && in.len; i++) {
		struct papr_hcall hcall = { .nr = take_number(&in) };
		const struct papr_call_info *call =
			papr_hcall_by_number(hcall.nr);
		unsigned int n = call ? call->in_count : PAPR_HCALL_ARGS;

		for (unsigned int a = 0; a < n; a++)
			hcall.args[a] = take(&in, 8);
		fuzz_hcall(vm, &hcall);
	}
	fuzz_vm_reset(vm);
	return 0;
}
