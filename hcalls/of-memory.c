/* SPDX-License-Identifier: BSD-2-Clause */
/* Services that give out memory: IEEE 1275 6.3.2.4.  It is real memory. */
#include "config.h"

#include "hcalls/of.h"
#include "spapr/util.h"

/* Addresses are cells. */
#define LIMIT (1ull << 32)

/* The end of a claim that is in the way, or 0. */
static uint64_t taken(const struct firmware *fw, uint64_t base, uint64_t size)
{
	for (uint32_t i = 0; i < fw->n_claims; i++) {
		const struct of_claim *c = &fw->claims[i];

		if (base < c->base + c->size && c->base < base + size)
			return c->base + c->size;
	}
	return 0;
}

static bool is_ram(struct papr_vm *vm, uint64_t base, uint64_t size)
{
	return base + size <= LIMIT && ram_get(vm, base, size, RAM_READ);
}

/* The lowest that there is, or LIMIT. */
static uint64_t choose(struct of_call *call, uint64_t size, uint64_t align)
{
	uint64_t base = 0, end;

	while (is_ram(call->vm, base, size)) {
		end = taken(call->fw, base, size);
		if (!end)
			return base;
		base = (end + align - 1) & ~(align - 1);
	}
	return LIMIT;
}

/* At args[0], or wherever args[2] says how it is to be aligned. */
static void claim(struct of_call *call)
{
	struct firmware *fw = call->fw;
	uint64_t base = call->args[0], size = call->args[1];
	uint64_t align = call->args[2];

	call->rets[0] = OF_NONE;
	if (!size || fw->n_claims == OF_CLAIMS || (align & (align - 1)))
		return;
	if (align)
		base = choose(call, size, align);
	else if (!is_ram(call->vm, base, size) || taken(fw, base, size))
		return;
	if (base == LIMIT)
		return;
	fw->claims[fw->n_claims++] = (struct of_claim){ base, size };
	call->rets[0] = base;
}

static void release(struct of_call *call)
{
	struct firmware *fw = call->fw;

	for (uint32_t i = 0; i < fw->n_claims; i++) {
		struct of_claim *c = &fw->claims[i];

		if (c->base != call->args[0] || c->size != call->args[1])
			continue;
		*c = fw->claims[--fw->n_claims];
		return;
	}
}

const struct of_service of_memory_services[] = {
	{ "claim", claim, 3, false },
	{ "release", release, 2, false },
	{ NULL, NULL, 0, false }
};
