/* SPDX-License-Identifier: BSD-2-Clause */
/* What SRR1 and DSISR of a machine check mean, on each generation. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fwnmi/mce.h"
#include "spapr/util.h"

#define DATA 0x200000ull	/* SRR1: see DSISR */
#define DSISR_DAR 0xc0000000deadbee0ull
#define FETCH_PC 0x10000600ull

/*
 * Expectations, written down a second time with the numbers of the log: type
 * and subtype; whether the address is DAR or the pc; fatal or not.
 */
#define NO		0xffff			/* not decodable */
#define NOTYPE		0x0300			/* decodable, type unknown */
#define UE(sub)		(0x0000 | (sub))
#define SLB(sub)	(0x0100 | (sub))
#define ERAT(sub)	(0x0200 | (sub))
#define TLB(sub)	(0x0400 | (sub))
#define RA(sub)		(0x0800 | (sub))
#define EA		0x1000
#define FATAL		0x2000
#define UE_EA(sub)	(UE(sub) | EA)
#define SLB_EA(sub)	(SLB(sub) | EA)
#define ERAT_EA(sub)	(ERAT(sub) | EA)
#define TLB_EA(sub)	(TLB(sub) | EA)
#define RA_EA(sub)	(RA(sub) | EA)

static const uint32_t isas[] = { 206, 207, 300, 310 };

static const struct row {
	uint32_t bits;
	uint16_t means[4];	/* on POWER7, 8, 9, 10 */
} fetch_rows[] = {
	{ 0x00000000, { NO, NO, NO, NO } },
	{ 0x00040000, { UE_EA(1), UE_EA(1), UE_EA(1), UE_EA(1) } },
	{ 0x00080000, { SLB_EA(0), SLB_EA(0), SLB_EA(0), SLB_EA(0) } },
	{ 0x000c0000, { SLB_EA(1), SLB_EA(1), SLB_EA(1), SLB_EA(1) } },
	{ 0x00100000, { SLB_EA(2), ERAT_EA(2), ERAT_EA(2), ERAT_EA(2) } },
	{ 0x00140000, { TLB_EA(2), TLB_EA(2), TLB_EA(2), TLB_EA(2) } },
	{ 0x00180000, { UE_EA(2), UE_EA(2), UE_EA(2), UE_EA(2) } },
	{ 0x001c0000, { UE_EA(1), UE_EA(1), RA_EA(2), RA_EA(2) } },
	/* POWER7 has one bit less: the rows above once more. */
	{ 0x08000000, { NO, RA_EA(2), RA_EA(2), NO } },
	{ 0x08040000, { UE_EA(1), RA_EA(2), RA_EA(2), NO } },
	{ 0x08080000, { SLB_EA(0), NO, NO, NOTYPE } },
	{ 0x080c0000, { SLB_EA(1), NO, RA_EA(2), RA_EA(2) } },
	{ 0x08100000, { SLB_EA(2), NO, RA_EA(2), RA_EA(2) } },
	{ 0x08140000, { TLB_EA(2), NO, RA(1) | FATAL, RA(1) | FATAL } },
	{ 0x08180000, { UE_EA(2), NO, RA(1) | FATAL, NO } },
	{ 0x081c0000, { UE_EA(1), NO, RA_EA(2), RA_EA(2) } },
};

static const struct row data_rows[] = {
	{ 0x00000000, { NO, NO, NO, NO } },
	{ 0x00008000, { UE(3), UE(3), UE(3), UE(3) } },
	{ 0x00004000, { UE_EA(4), UE_EA(4), UE_EA(4), UE_EA(4) } },
	{ 0x00002000, { NO, RA_EA(1), RA_EA(1), NO } },
	{ 0x00001000, { NO, RA_EA(0), RA_EA(0), NO } },
	{ 0x00000800, { ERAT_EA(2), ERAT_EA(2), ERAT_EA(2), ERAT_EA(2) } },
	{ 0x00000400, { TLB_EA(2), TLB_EA(2), TLB_EA(2), TLB_EA(2) } },
	{ 0x00000200, { NO, ERAT_EA(2), NOTYPE, NOTYPE } },
	{ 0x00000100, { SLB_EA(0), SLB_EA(0), SLB_EA(0), SLB_EA(0) } },
	{ 0x00000080, { SLB_EA(1), SLB_EA(1), SLB_EA(1), SLB_EA(1) } },
	{ 0x00000040, { SLB_EA(2), NO, RA_EA(1), RA_EA(1) } },
	{ 0x00000020, { NO, NO, RA(0), RA(0) } },
	{ 0x00000010, { NO, NO, RA(0), RA(0) } },
	{ 0x00000008, { NO, NO, RA(1), RA(1) } },
	{ 0x00000004, { NO, NO, NO, NO } },
	{ 0x02000000, { NO, NO, NO, NO } },	/* a paste on POWER9 */
	{ 0xffff0007, { NO, NO, NO, NO } },
	/* Several at once: the first in the processors' order. */
	{ 0x0000c000, { UE(3), UE(3), UE(3), UE(3) } },
	{ 0x0000ffff, { UE(3), UE(3), UE(3), UE(3) } },
	{ 0x00004800, { UE_EA(4), UE_EA(4), UE_EA(4), UE_EA(4) } },
	{ 0x00003000, { NO, RA_EA(1), RA_EA(1), NO } },
	{ 0x00001800, { ERAT_EA(2), RA_EA(0), RA_EA(0), ERAT_EA(2) } },
	{ 0x00000c00, { ERAT_EA(2), ERAT_EA(2), ERAT_EA(2), ERAT_EA(2) } },
	{ 0x00000600, { TLB_EA(2), TLB_EA(2), TLB_EA(2), TLB_EA(2) } },
	{ 0x00000280, { SLB_EA(1), ERAT_EA(2), NOTYPE, NOTYPE } },
	{ 0x00000180, { SLB_EA(1), SLB_EA(1), SLB_EA(1), SLB_EA(1) } },
	{ 0x00000140, { SLB_EA(0), SLB_EA(0), SLB_EA(0), SLB_EA(0) } },
	{ 0x00000060, { SLB_EA(2), NO, RA_EA(1), RA_EA(1) } },
	{ 0x00000028, { NO, NO, RA(0), RA(0) } },
};

static bool is_meant(const struct papr_mc_info *got, uint16_t want,
		     uint64_t address)
{
	unsigned int severity = want == NO ? 4 : want & FATAL ? 5 : 3;

	if (want == NO)
		want = NOTYPE;
	return got->type == (want >> 8 & 0xf) &&
	       got->subtype == (want & 0xff) &&
	       got->effective_valid == !!(want & EA) &&
	       got->effective_address == (want & EA ? address : 0) &&
	       got->severity == severity && got->initiator == 1 &&
	       !got->logical_valid;
}

static void check(const struct row *row, size_t i, uint64_t srr1,
		  uint32_t dsisr, uint64_t address)
{
	struct papr_mc_info info = { .size = sizeof(info) };
	uint16_t want = row->means[i];
	int r = mce_classify(isas[i], srr1, dsisr, DSISR_DAR, FETCH_PC, &info);

	if (r != (want == NO ? -ENOENT : 0) || !is_meant(&info, want, address))
		fail_msg("ISA %u, SRR1 0x%llx, DSISR 0x%x: %d, type %u "
			 "subtype %u severity %u address 0x%llx", isas[i],
			 (unsigned long long)srr1, dsisr, r, info.type,
			 info.subtype, info.severity,
			 (unsigned long long)info.effective_address);
}

/* Whatever else the MSR had, and whatever an old DSISR says. */
static void srr1_says_why_an_instruction_could_not_be_fetched(void **state)
{
	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(fetch_rows); r++)
		for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
			check(&fetch_rows[r], i, fetch_rows[r].bits, 0,
			      FETCH_PC);
			check(&fetch_rows[r], i, fetch_rows[r].bits |
			      0x8000000002c3f033, 0x80, FETCH_PC);
		}
}

static void dsisr_says_why_a_load_or_store_failed(void **state)
{
	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(data_rows); r++)
		for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
			check(&data_rows[r], i, DATA, data_rows[r].bits,
			      DSISR_DAR);
			check(&data_rows[r], i, DATA | 0x80000000000c1003,
			      data_rows[r].bits, DSISR_DAR);
		}
}

/* SRR1 blames the load or store that happens to be there. */
static void late_store_error_is_no_error_of_dsisr(void **state)
{
	static const struct row rows[] = {
		{ 0x08140000, { SLB_EA(1), SLB_EA(1), RA(1) | FATAL,
				RA(1) | FATAL } },
		{ 0x08180000, { SLB_EA(1), SLB_EA(1), RA(1) | FATAL,
				SLB_EA(1) } },
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++)
		for (size_t i = 0; i < ARRAY_SIZE(isas); i++)
			check(&rows[r], i, DATA | rows[r].bits, 0x80,
			      DSISR_DAR);
}

static void newer_processors_are_as_power10(void **state)
{
	struct papr_mc_info info = { .size = sizeof(info) };

	(void)state;
	assert_int_equal(mce_classify(320, 0x08080000, 0, 0, 0, &info), 0);
}

/* Every meaning that a processor has is encoded so that it means the same. */
static void what_is_encoded_is_classified_as_it_was_meant(void **state)
{
	struct papr_mc_info in = { .size = sizeof(in) }, out = in;
	unsigned int known = 0;
	uint64_t srr1;
	uint32_t dsisr;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(isas); i++)
		for (unsigned int n = 0; n < 16 * 8; n++) {
			in.type = n / 8;
			in.subtype = n % 8;
			if (mce_encode(isas[i], &in, &srr1, &dsisr))
				continue;
			known++;
			assert_int_equal(mce_classify(isas[i], srr1, dsisr, 0,
						      0, &out), 0);
			assert_int_equal(out.type, in.type);
			assert_int_equal(out.subtype, in.subtype);
		}
	/* UE 4, SLB 2, ERAT, TLB; and SLB 1; RA 3; RA 3, tlbie; the same. */
	assert_int_equal(known, 9 + 11 + 12 + 12);
}

static void what_is_meant_is_encoded_as_the_processor_has_it(void **state)
{
	static const struct {
		uint32_t isa;
		uint8_t type, subtype;
		uint64_t srr1;
		uint32_t dsisr;
		int result;
	} rows[] = {
		{ 310, 0, 3, DATA, 0x8000, 0 },
		{ 310, 0, 1, 0x40000, 0, 0 },
		{ 310, 0, 2, 0x180000, 0, 0 },
		{ 310, 1, 1, DATA, 0x80, 0 },
		{ 310, 2, 2, DATA, 0x800, 0 },
		{ 310, 4, 2, DATA, 0x400, 0 },
		{ 310, 8, 1, DATA, 0x40, 0 },
		{ 300, 8, 1, DATA, 0x2000, 0 },
		{ 206, 1, 2, DATA, 0x40, 0 },
		{ 207, 1, 2, 0, 0, -ENOENT },
		{ 310, 5, 0, 0, 0, -ENOENT },
		{ 310, 2, 1, 0, 0, -ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_mc_info info = {
			.size = sizeof(info),
			.type = rows[i].type, .subtype = rows[i].subtype,
		};
		uint64_t srr1 = 1;
		uint32_t dsisr = 1;
		int r = mce_encode(rows[i].isa, &info, &srr1, &dsisr);

		if (r != rows[i].result || srr1 != rows[i].srr1 ||
		    dsisr != rows[i].dsisr)
			fail_msg("row %zu: %d, SRR1 0x%llx, DSISR 0x%x", i, r,
				 (unsigned long long)srr1, dsisr);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			srr1_says_why_an_instruction_could_not_be_fetched),
		cmocka_unit_test(dsisr_says_why_a_load_or_store_failed),
		cmocka_unit_test(late_store_error_is_no_error_of_dsisr),
		cmocka_unit_test(newer_processors_are_as_power10),
		cmocka_unit_test(what_is_encoded_is_classified_as_it_was_meant),
		cmocka_unit_test(
			what_is_meant_is_encoded_as_the_processor_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
