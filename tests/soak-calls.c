/* SPDX-License-Identifier: BSD-2-Clause */
/* The soak's guest: what it calls, and with what. */
#include "config.h"

#include <string.h>

#include "hcalls/catalogue.h"
#include "rtas/catalogue.h"
#include "spapr/drc.h"
#include "spapr/util.h"
#include "tests/soak.h"

#define RTAS_CELLS 16

/* splitmix64 */
uint64_t soak_random(struct soak_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

uint32_t soak_below(struct soak_random *random, uint32_t n)
{
	return (soak_random(random) >> 32) % n;
}

#define PICK(random, list) (list)[soak_below(random, ARRAY_SIZE(list))]

/* --- arguments, by what they mean */

static uint64_t some_gpa(struct soak_random *random)
{
	uint64_t page = soak_below(random, SOAK_SCRATCH_LEN >> 12) << 12;
	uint64_t any = soak_random(random);

	switch (soak_below(random, 16)) {
	case 0: return SOAK_RAM - any % 64;
	case 1: return SOAK_LMBS + any % (2 * PAPR_LMB_SIZE);
	case 2: return SOAK_RTAS + any % 0x10000;
	case 3: return any;
	case 4: return any | 0xffffffff00000000ull;
	case 5: case 6: return SOAK_SCRATCH + any % SOAK_SCRATCH_LEN;
	default: return SOAK_SCRATCH + page;
	}
}

static uint64_t some_length(struct soak_random *random)
{
	static const uint64_t lengths[] = {
		0, 1, 2, 4, 8, 16, 64, 512, 640, 1024, 2048, 4096, 8192,
		0x10000, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX,
	};

	return PICK(random, lengths);
}

/* Indicators, connectors, interrupts, parameters, devices, priorities. */
static uint64_t some_value(struct soak_random *random)
{
	static const uint64_t values[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 0xff, 16, 20, 21, 36, 43, 48, 55,
		3, 9, 9001, 9002, 9003, 9005, 9006, 9007, 0x500, 0x900, 0x1000,
		0x1001, 0x1002, 0x1100, 0x1101, 0x71000000, 0x71000001,
		DRC_CORE, DRC_CORE | 8, DRC_CORE | 16, DRC_LMB | 1, DRC_LMB | 2,
		0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX, 2026, 12, 31,
	};

	return soak_below(random, 8) ? PICK(random, values) :
	       soak_random(random);
}

static uint64_t some_flags(struct soak_random *random)
{
	switch (soak_below(random, 4)) {
	case 0: return 0;
	case 1: return UINT64_MAX;
	case 2: return 1ull << soak_below(random, 64);
	default: return soak_random(random);
	}
}

static uint64_t some_argument(struct soak_random *random,
			      enum papr_arg_kind kind)
{
	switch (kind) {
	case PAPR_ARG_FLAGS: return some_flags(random);
	case PAPR_ARG_LEN: return some_length(random);
	case PAPR_ARG_GPA: case PAPR_ARG_ADDR: return some_gpa(random);
	case PAPR_ARG_CPU: return soak_below(random, SOAK_CPUS + 1);
	default: return some_value(random);
	}
}

/* --- calls */

static void some_hcall(struct soak_random *random, struct soak_call *call)
{
	const struct papr_call_info *info =
		papr_hcall_at(soak_below(random, papr_hcall_count()));

	call->nr = info->number;
	for (unsigned int i = 0; i < PAPR_HCALL_ARGS; i++)
		call->args[i] = some_argument(random, i < info->in_count ?
					      info->in[i].kind : PAPR_ARG_VAL);
	if (!soak_below(random, 50))
		call->nr = soak_random(random);
}

struct block {
	uint32_t token, nargs, nrets;
	uint32_t cells[RTAS_CELLS];
};

static void any_block(struct soak_random *random, struct block *block)
{
	const struct papr_call_info *info =
		papr_rtas_at(soak_below(random, papr_rtas_count()));

	block->token = info->number;
	block->nargs = info->in_count;
	block->nrets = info->out_count;
	for (unsigned int i = 0; i < RTAS_CELLS; i++)
		block->cells[i] = some_argument(random, i < info->in_count ?
						info->in[i].kind :
						PAPR_ARG_VAL);
}

#define BLOCK(name, in, out, ...) \
	{ RTAS_TOKEN_##name, in, out, { __VA_ARGS__ } }

/* What leads on: chance alone would hardly ever get there. */
static void good_block(struct soak_random *random, struct block *block)
{
	const uint32_t page = SOAK_SCRATCH +
		(soak_below(random, SOAK_SCRATCH_LEN >> 12) << 12);
	const uint32_t cpu = soak_below(random, SOAK_CPUS);
	const uint32_t bit = soak_below(random, 2);
	const uint32_t drc = bit ? DRC_CORE | 16 :
			     DRC_LMB | (1 + soak_below(random, SOAK_LMB_COUNT));
	const uint32_t parameter = soak_below(random, 64);
	const struct block blocks[] = {
		BLOCK(start_cpu, 3, 1, cpu, SOAK_CODE, cpu),
		BLOCK(start_cpu, 3, 1, cpu, SOAK_CODE, cpu),
		BLOCK(ibm_nmi_register, 2, 1, SOAK_HANDLERS, SOAK_HANDLERS),
		BLOCK(ibm_nmi_interlock, 0, 1),
		BLOCK(ibm_nmi_interlock, 0, 1),
		BLOCK(ibm_nmi_interlock, 0, 1),
		BLOCK(set_indicator, 3, 1, 9001, drc, bit),
		BLOCK(set_indicator, 3, 1, 9003, drc, bit),
		BLOCK(set_indicator, 3, 1, 9003, drc, !bit),
		BLOCK(get_sensor_state, 2, 2, 9003, drc),
		BLOCK(ibm_configure_connector, 2, 1, page, 0),
		BLOCK(check_exception, 6, 1, 0x500, 0, UINT32_MAX, 0, page,
		      2048),
		BLOCK(event_scan, 4, 1, UINT32_MAX, 0, page, 2048),
		BLOCK(ibm_get_system_parameter, 3, 1, parameter, page, 4096),
		BLOCK(ibm_set_system_parameter, 2, 1, parameter, page),
		BLOCK(nvram_store, 3, 2, 0, page, 512),
		BLOCK(nvram_fetch, 3, 2, 0, page, 4096),
		BLOCK(ibm_get_vpd, 4, 3, page, page, 4096, 1),
		BLOCK(rtas_last_error, 2, 1, page, 2048),
		BLOCK(ibm_open_errinjct, 0, 2),
		BLOCK(ibm_close_errinjct, 1, 1, 1),
		BLOCK(ibm_set_xive, 3, 1, 0x1000 + cpu, cpu, 5),
		BLOCK(ibm_int_on, 1, 1, 0x1000 + cpu),
	};

	*block = PICK(random, blocks);
}

static void put_block(struct soak *soak, uint64_t gpa,
		      const struct block *block)
{
	uint8_t *at = soak->ram + gpa;

	store_be32(at, block->token);
	store_be32(at + 4, block->nargs);
	store_be32(at + 8, block->nrets);
	for (unsigned int i = 0; i < RTAS_CELLS; i++)
		store_be32(at + 12 + 4 * i, block->cells[i]);
}

static void some_rtas(struct soak *soak, struct soak_call *call, uint64_t gpa)
{
	struct soak_random *random = &soak->random;
	struct block block;

	gpa += soak_below(random, 5) ? 0 : soak_below(random, 8);
	if (soak_below(random, 2))
		good_block(random, &block);
	else
		any_block(random, &block);
	if (!soak_below(random, 16))
		block.nargs = some_length(random);
	if (!soak_below(random, 16))
		block.nrets = some_length(random);
	put_block(soak, gpa, &block);
	call->nr = H_RTAS;
	call->args[0] = soak_below(random, 32) ? gpa : some_gpa(random);
}

#define CALL(number, ...) { number, { __VA_ARGS__ } }

static void good_hcall(struct soak_random *random, struct soak_call *call)
{
	const uint64_t page = SOAK_SCRATCH +
		(soak_below(random, SOAK_SCRATCH_LEN >> 12) << 12);
	const uint64_t cpu = soak_below(random, SOAK_CPUS);
	const uint64_t what = (1ull + soak_below(random, 7)) << 45;
	const struct soak_call calls[] = {
		CALL(H_CEDE),
		CALL(H_PROD, cpu),
		CALL(H_CONFER, cpu, 0),
		CALL(H_REGISTER_VPA, what, cpu, page),
		CALL(H_PAGE_INIT, 1ull << 15, page, page),
		CALL(H_SET_MODE, 1, 2 + cpu, 0, 0),
		CALL(H_SET_MODE, 1, 4, 0, 0),
		CALL(H_WATCHDOG, 0x102, 1 + cpu, 100000),
		CALL(H_CPPR, 0xff),
		CALL(H_XIRR),
		CALL(H_EOI, 0xff000000 | (0x1000 + cpu)),
		CALL(H_IPI, cpu, 4),
		CALL(H_PUT_TCE, 0x71000001, cpu << 12, page | 3),
		CALL(H_REG_CRQ, 0x71000001, 0, 4096),
		CALL(H_VIO_SIGNAL, 0x71000001, 1),
		CALL(H_SEND_CRQ, 0x71000001, 0x8001ull << 48, 0),
		CALL(H_FREE_CRQ, 0x71000001),
		CALL(H_PUT_TERM_CHAR, 0x71000000, 1, 0x2e00000000000000ull),
		CALL(H_SIGNAL_SYS_RESET, cpu),
		CALL(H_ENTER, 0, 8 * cpu, 0x4000123456789a01ull, page | 0x112),
		CALL(H_REMOVE, 0, 8 * cpu, 0),
		CALL(H_INT_SET_SOURCE_CONFIG, 0, 0x1000 + cpu, cpu, 6, 1),
		CALL(H_INT_SET_QUEUE_CONFIG, 1, cpu, 6, page, 12),
	};

	*call = PICK(random, calls);
}

struct soak_call soak_call(struct soak *soak, uint64_t block)
{
	struct soak_call call = { 0 };

	switch (soak_below(&soak->random, 8)) {
	case 0: case 1: some_hcall(&soak->random, &call); break;
	case 2: case 3: good_hcall(&soak->random, &call); break;
	default: some_rtas(soak, &call, block); break;
	}
	return call;
}

/* --- scripts */

static uint8_t *script_of(const struct soak *soak, unsigned int cpu)
{
	return soak->ram + SOAK_SCRIPTS + SOAK_SCRIPT_LEN * cpu;
}

static void write_script(struct soak *soak, unsigned int cpu, unsigned int n)
{
	uint8_t *script = script_of(soak, cpu);

	store_be64(script + 8, n);
	for (unsigned int i = 0; i < n; i++) {
		uint8_t *at = script + SOAK_CALLS + SOAK_CALL_LEN * i;
		uint64_t block = script - soak->ram + SOAK_BLOCKS +
				 SOAK_BLOCK_LEN * i;
		struct soak_call call = soak_call(soak, block);

		store_be64(at, call.nr);
		for (unsigned int j = 0; j < PAPR_HCALL_ARGS; j++)
			store_be64(at + 8 + 8 * j, call.args[j]);
	}
}

/* Lengths of parameters and areas, connectors' indexes, and text. */
static void write_page(struct soak *soak, uint8_t *page)
{
	struct soak_random *random = &soak->random;
	uint32_t drc = some_value(random);

	switch (soak_below(random, 3)) {
	case 0:
		store_be32(page, drc);
		break;
	case 1:
		store_be32(page, soak_below(random, 0x400) << 16);
		store_be32(page + 4, 640u << 16);
		break;
	default:
		memset(page, 'a', 32 + soak_below(random, 1024));
	}
}

void soak_write_scripts(struct soak *soak, unsigned int n)
{
	for (uint64_t at = 0; at < SOAK_SCRATCH_LEN; at += 4096)
		write_page(soak, soak->ram + SOAK_SCRATCH + at);
	for (unsigned int i = 0; i < SOAK_CPUS; i++)
		write_script(soak, i, n);
}

uint64_t soak_calls_made(const struct soak *soak)
{
	uint64_t made = 0;

	for (unsigned int i = 0; i < SOAK_CPUS; i++)
		made += load_be64(script_of(soak, i) + 16);
	return made;
}
