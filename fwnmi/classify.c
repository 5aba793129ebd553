/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdbool.h>

#include "fwnmi/mce.h"
#include "spapr/util.h"

enum generation { P7 = 1, P8 = 2, P9 = 4, P10 = 8 };
enum address { NONE, DAR, PC };

#define PAPR_MC_NO_SUBTYPE 0

#define CODE_MASK 0x081c0000ull
#define CODE_MASK_P7 0x001c0000ull

struct cause {
	uint8_t generations;
	uint8_t address;
	uint8_t type;
	uint8_t subtype;
	uint32_t bits;
};

static const struct cause data_causes[] = {
#define DATA(generations, bit, address, type, subtype) \
	{ generations, address, PAPR_MC_##type, PAPR_MC_##subtype, bit },
#include "fwnmi/mce.def"
};

static const struct cause fetch_causes[] = {
#define FETCH(generations, code, type, subtype) \
	{ generations, PC, PAPR_MC_##type, PAPR_MC_##subtype, code },
#include "fwnmi/mce.def"
};

static const struct cause store_causes[] = {
#define STORE(generations, code, type, subtype) \
	{ generations, NONE, PAPR_MC_##type, PAPR_MC_##subtype, code },
#include "fwnmi/mce.def"
};

static enum generation generation_of(uint32_t isa)
{
	return isa >= 310 ? P10 : isa >= 300 ? P9 : isa >= 207 ? P8 : P7;
}

static const struct cause *find_data(enum generation g, uint32_t dsisr)
{
	for (size_t i = 0; i < ARRAY_SIZE(data_causes); i++)
		if (data_causes[i].generations & g &&
		    data_causes[i].bits & dsisr)
			return &data_causes[i];
	return NULL;
}

static const struct cause *find_code(const struct cause *causes, size_t n,
				     enum generation g, uint64_t srr1)
{
	uint64_t code = srr1 & (g == P7 ? CODE_MASK_P7 : CODE_MASK);

	for (size_t i = 0; i < n; i++)
		if (causes[i].generations & g && causes[i].bits == code)
			return &causes[i];
	return NULL;
}

static const struct cause *find_sync(enum generation g, uint64_t srr1,
				     uint32_t dsisr)
{
	if (srr1 & SRR1_DATA)
		return find_data(g, dsisr);
	return find_code(fetch_causes, ARRAY_SIZE(fetch_causes), g, srr1);
}

static void describe(const struct cause *cause, uint64_t dar, uint64_t pc,
		     struct papr_mc_info *info)
{
	info->type = cause->type;
	info->subtype = cause->subtype;
	/* A log of type unknown has no room for an address. */
	info->effective_valid = cause->address != NONE &&
				cause->type != PAPR_MC_UNKNOWN;
	info->effective_address = !info->effective_valid ? 0 :
				  cause->address == DAR ? dar : pc;
}

int mce_classify(uint32_t isa, uint64_t srr1, uint32_t dsisr, uint64_t dar,
		 uint64_t pc, struct papr_mc_info *info)
{
	static const struct cause unknown = { .type = PAPR_MC_UNKNOWN };
	enum generation g = generation_of(isa);
	const struct cause *cause = find_code(store_causes,
					      ARRAY_SIZE(store_causes), g,
					      srr1);

	info->initiator = PAPR_ELOG_CPU;
	info->severity = PAPR_ELOG_FATAL;
	if (!cause) {
		info->severity = PAPR_ELOG_ERROR_SYNC;
		cause = find_sync(g, srr1, dsisr);
	}
	if (!cause)
		info->severity = PAPR_ELOG_ERROR;
	describe(cause ? cause : &unknown, dar, pc, info);
	return cause ? 0 : -ENOENT;
}

static const struct cause *find_meaning(const struct cause *causes, size_t n,
					enum generation g,
					const struct papr_mc_info *info)
{
	for (size_t i = 0; i < n; i++)
		if (causes[i].generations & g && causes[i].type == info->type &&
		    causes[i].subtype == info->subtype)
			return &causes[i];
	return NULL;
}

int mce_encode(uint32_t isa, const struct papr_mc_info *info, uint64_t *srr1,
	       uint32_t *dsisr)
{
	enum generation g = generation_of(isa);
	const struct cause *cause;

	*srr1 = 0;
	*dsisr = 0;
	cause = find_meaning(data_causes, ARRAY_SIZE(data_causes), g, info);
	if (cause) {
		*srr1 = SRR1_DATA;
		*dsisr = cause->bits;
		return 0;
	}
	cause = find_meaning(fetch_causes, ARRAY_SIZE(fetch_causes), g, info);
	if (!cause)
		return -ENOENT;
	*srr1 = cause->bits;
	return 0;
}
