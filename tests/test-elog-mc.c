/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs of machine checks: the bytes that Linux 6.1 looks at. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <papr/elog.h>

#include "spapr/util.h"

#define EA UINT64_C(0xc000000001234560)
#define LA UINT64_C(0x0000000003210000)

/* Where things are in a log that has PH, UH and PS; MC is the last. */
#define MC_AT 176
#define MC_LEN 40

static struct papr_mc_info slb_multihit(void)
{
	return (struct papr_mc_info){
		.size = sizeof(struct papr_mc_info),
		.type = PAPR_MC_SLB,
		.subtype = PAPR_MC_SLB_MULTIHIT,
		.severity = PAPR_ELOG_ERROR_SYNC,
		.disposition = PAPR_ELOG_NOT_RECOVERED,
		.initiator = PAPR_ELOG_CPU,
		.effective_valid = true,
		.effective_address = EA,
		.processor_id = 8,
		.log_id = 0x50000001,
		.time_s = 1795389763,	/* 2026-11-22 23:22:43 */
	};
}

static size_t build(const struct papr_mc_info *info, uint8_t *log)
{
	struct papr_error error = { "" };
	int r = papr_elog_build_mc(log, PAPR_ELOG_MAX, info, &error);

	if (r < 0)
		fail_msg("%s", error.text);
	return r;
}

/* Linux's walk: the section of an id, by the lengths alone. */
static const uint8_t *linux_section(const uint8_t *log, const char *id)
{
	size_t len = load_be32(log + 4), at = 16;

	assert_true(log[1] & 0x04);
	assert_true(len >= 17);
	assert_int_equal(log[8 + 2] & 0x0f, 14);
	assert_memory_equal(log + 8 + 12, "IBM", 4);
	while (at < len) {
		const uint8_t *p = log + 8 + at;

		if (!memcmp(p, id, 2))
			return p;
		at += p[2] << 8 | p[3];
	}
	return NULL;
}

/*
 * Every row of Linux's table: the type byte, the bits of the subtype byte it
 * takes, and the flag for the address.
 */
static const struct {
	const char *what;
	uint8_t type, subtype;
	uint8_t type_byte, mask, bits, ea_flag;
} rows[] = {
	{ "UE indeterminate", PAPR_MC_UE, PAPR_MC_UE_INDETERMINATE,
	  0x00, 0x07, 0, 0x40 },
	{ "UE instruction fetch", PAPR_MC_UE, PAPR_MC_UE_IFETCH,
	  0x00, 0x07, 1, 0x40 },
	{ "UE page table walk ifetch", PAPR_MC_UE,
	  PAPR_MC_UE_PAGE_WALK_IFETCH, 0x00, 0x07, 2, 0x40 },
	{ "UE load/store", PAPR_MC_UE, PAPR_MC_UE_LOAD_STORE,
	  0x00, 0x07, 3, 0x40 },
	{ "UE page table walk load/store", PAPR_MC_UE,
	  PAPR_MC_UE_PAGE_WALK_LOAD_STORE, 0x00, 0x07, 4, 0x40 },
	{ "SLB parity", PAPR_MC_SLB, PAPR_MC_SLB_PARITY,
	  0x01, 0x03, 0, 0x80 },
	{ "SLB multihit", PAPR_MC_SLB, PAPR_MC_SLB_MULTIHIT,
	  0x01, 0x03, 1, 0x80 },
	{ "SLB indeterminate", PAPR_MC_SLB, PAPR_MC_SLB_INDETERMINATE,
	  0x01, 0x03, 2, 0x80 },
	{ "ERAT parity", PAPR_MC_ERAT, PAPR_MC_ERAT_PARITY,
	  0x02, 0x03, 1, 0x80 },
	{ "ERAT multihit", PAPR_MC_ERAT, PAPR_MC_ERAT_MULTIHIT,
	  0x02, 0x03, 2, 0x80 },
	{ "ERAT indeterminate", PAPR_MC_ERAT, PAPR_MC_ERAT_INDETERMINATE,
	  0x02, 0x03, 3, 0x80 },
	{ "TLB parity", PAPR_MC_TLB, PAPR_MC_ERAT_PARITY,
	  0x04, 0x03, 1, 0x80 },
	{ "TLB multihit", PAPR_MC_TLB, PAPR_MC_ERAT_MULTIHIT,
	  0x04, 0x03, 2, 0x80 },
	{ "TLB indeterminate", PAPR_MC_TLB, PAPR_MC_ERAT_INDETERMINATE,
	  0x04, 0x03, 3, 0x80 },
	{ "D-cache", PAPR_MC_D_CACHE, 0, 0x05, 0xff, 0, 0 },
	{ "I-cache", PAPR_MC_I_CACHE, 0, 0x07, 0xff, 0, 0 },
	{ "RA page table walk load/store", PAPR_MC_RA,
	  PAPR_MC_RA_PAGE_WALK_LOAD_STORE, 0x08, 0x70, 0x00, 0x80 },
	{ "RA load/store", PAPR_MC_RA, PAPR_MC_RA_LOAD_STORE,
	  0x08, 0x70, 0x10, 0x80 },
	{ "RA indeterminate", PAPR_MC_RA, PAPR_MC_RA_INDETERMINATE,
	  0x08, 0x70, 0x20, 0x80 },
	{ "unknown", PAPR_MC_UNKNOWN, 0, 0x03, 0xff, 0, 0 },
};

static void linux_finds_every_type_and_subtype(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];
	const uint8_t *mc;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_mc_info info = slb_multihit();

		info.type = rows[i].type;
		info.subtype = rows[i].subtype;
		info.effective_valid = rows[i].ea_flag;
		build(&info, log);
		mc = linux_section(log, "MC");
		assert_non_null(mc);
		if (mc[0x10] != rows[i].type_byte ||
		    (mc[0x11] & rows[i].mask) != rows[i].bits ||
		    mc[0x11] != (rows[i].bits | rows[i].ea_flag))
			fail_msg("%s: type 0x%02x, subtype 0x%02x",
				 rows[i].what, mc[0x10], mc[0x11]);
		assert_int_equal(load_be64(mc + 0x18),
				 rows[i].ea_flag ? EA : 0);
	}
}

static void an_address_is_flagged_only_where_it_is_given(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_mc_info info = slb_multihit();

		info.type = rows[i].type;
		info.subtype = rows[i].subtype;
		info.effective_valid = false;
		build(&info, log);
		assert_int_equal(log[MC_AT + 0x11], rows[i].bits);
		assert_int_equal(load_be64(log + MC_AT + 0x18), 0);
	}
}

static void a_memory_error_gives_both_addresses(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	info.type = PAPR_MC_UE;
	info.subtype = PAPR_MC_UE_LOAD_STORE;
	info.logical_valid = true;
	info.logical_address = LA;
	info.transient = true;
	build(&info, log);
	assert_int_equal(log[MC_AT + 0x11], 0x80 | 0x40 | 0x20 | 0x03);
	assert_int_equal(load_be64(log + MC_AT + 0x18), EA);
	assert_int_equal(load_be64(log + MC_AT + 0x20), LA);
}

static void the_fixed_part_has_severity_disposition_and_initiator(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (int severity = 0; severity <= 6; severity++)
		for (int disposition = 0; disposition <= 2; disposition++)
			for (int initiator = 0; initiator <= 6; initiator++) {
				struct papr_mc_info info = slb_multihit();

				if (severity == 5 && !disposition)
					continue;
				info.severity = severity;
				info.disposition = disposition;
				info.initiator = initiator;
				build(&info, log);
				assert_int_equal(log[0], 6);
				assert_int_equal(log[1], severity << 5 |
						 disposition << 3 | 0x04);
				assert_int_equal(log[2], initiator << 4);
				assert_int_equal(log[3], 0xe0);
			}
}

/* The whole log, as it was checked by eye against LoPAR's tables. */
static void an_slb_multihit_is_these_bytes(void **state)
{
	static const uint8_t expected[] = {
		/* fixed part */
		0x06, 0x74, 0x10, 0xe0, 0x00, 0x00, 0x00, 0xd0,
		/* main header */
		0xc6, 0x00, 0x8e, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 'I', 'B', 'M', 0x00,
		/* PH */
		'P', 'H', 0x00, 0x30, 0x01, 0x00, 0x00, 0x00,
		0x20, 0x26, 0x11, 0x22, 0x23, 0x22, 0x43, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		'H', 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x50, 0x00, 0x00, 0x01, 0x50, 0x00, 0x00, 0x01,
		/* UH */
		'U', 'H', 0x00, 0x18, 0x01, 0x00, 0x00, 0x00,
		0x10, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		/* PS */
		'P', 'S', 0x00, 0x50, 0x01, 0x00, 0x00, 0x00,
		0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		'B', '7', '0', '0', '0', '0', '0', '0',
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
		/* MC */
		'M', 'C', 0x00, 0x28, 0x01, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08,
		0x01, 0x81, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0xc0, 0x00, 0x00, 0x00, 0x01, 0x23, 0x45, 0x60,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	};
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	assert_int_equal(build(&info, log), sizeof(expected));
	assert_memory_equal(log, expected, sizeof(expected));
}

static void a_bare_log_has_the_shape_of_qemus(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	info.flags = PAPR_MC_BARE;
	assert_int_equal(build(&info, log), 8 + 16 + MC_LEN);
	assert_int_equal(load_be32(log + 4), 56);
	assert_memory_equal(log + 24, "MC", 2);
}

static void a_zero_length_is_made_only_on_purpose(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX], good[PAPR_ELOG_MAX];
	size_t len = build(&info, good);

	(void)state;
	info.flags = PAPR_MC_ZERO_LENGTH;
	assert_int_equal(build(&info, log), len);
	assert_int_equal(log[26] << 8 | log[27], 0);
	log[27] = good[27];
	assert_memory_equal(log, good, len);
}

static void nothing_beyond_the_log_is_written(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];
	size_t len;

	(void)state;
	memset(log, 0xa5, sizeof(log));
	len = build(&info, log);
	for (size_t i = len; i < sizeof(log); i++)
		assert_int_equal(log[i], 0xa5);
}

static void too_little_room_writes_nothing(void **state)
{
	struct papr_mc_info info = slb_multihit();
	struct papr_error error;
	uint8_t log[PAPR_ELOG_MAX];
	size_t len = build(&info, log);

	(void)state;
	memset(log, 0xa5, sizeof(log));
	assert_int_equal(papr_elog_build_mc(log, len - 1, &info, &error),
			 -ENOSPC);
	assert_string_equal(error.text, "the log needs 216 bytes, and there "
			    "is room for 215");
	assert_int_equal(log[0], 0xa5);
}

static const struct {
	uint64_t time_s;
	uint32_t date, time;
} times[] = {
	{ 0, 0, 0 },
	{ 1, 0x19700101, 0x00000100 },
	{ 951782400, 0x20000229, 0x00000000 },
	{ 951868800, 0x20000301, 0x00000000 },
	{ 1709164799, 0x20240228, 0x23595900 },
	{ 1735689599, 0x20241231, 0x23595900 },
	{ UINT64_C(4107542400), 0x21000301, 0x00000000 },
	{ UINT64_C(253402300799), 0x99991231, 0x23595900 },
};

static void times_are_dates_of_decimal_digits(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		info.time_s = times[i].time_s;
		build(&info, log);
		assert_int_equal(load_be32(log + 24 + 8), times[i].date);
		assert_int_equal(load_be32(log + 24 + 12), times[i].time);
	}
}

static void logs_that_cannot_be_are_refused(void **state)
{
	static const struct {
		size_t offset;
		uint8_t value;
		const char *why;
	} wrong[] = {
#define WRONG(member, value, why) \
	{ offsetof(struct papr_mc_info, member), value, why }
		WRONG(severity, 8, "severity 8 does not fit the log"),
		WRONG(disposition, 4, "disposition 4 does not fit the log"),
		WRONG(initiator, 16, "initiator 16 does not fit the log"),
		WRONG(subtype, 4, "subtype 4 does not fit the log"),
		WRONG(logical_valid, 1, "the log of a machine check of type "
		      "slb cannot give a logical address"),
		WRONG(transient, 1, "the log of a machine check of type slb "
		      "cannot give that it is transient"),
		WRONG(type, PAPR_MC_D_CACHE, "the log of a machine check of "
		      "type d-cache cannot give an effective address"),
		WRONG(type, 99, "the log of a machine check of type unknown "
		      "cannot give an effective address"),
	};
	struct papr_error error;
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct papr_mc_info info = slb_multihit();

		((uint8_t *)&info)[wrong[i].offset] = wrong[i].value;
		assert_int_equal(papr_elog_build_mc(log, sizeof(log), &info,
						    &error), -EINVAL);
		assert_string_equal(error.text, wrong[i].why);
	}
}

static void a_fatal_error_is_not_fully_recovered(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	info.severity = PAPR_ELOG_FATAL;
	info.disposition = PAPR_ELOG_FULLY_RECOVERED;
	assert_int_equal(papr_elog_build_mc(log, sizeof(log), &info, NULL),
			 -EINVAL);
}

static void unknown_flags_times_and_sizes_are_refused(void **state)
{
	struct papr_mc_info info = slb_multihit();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	info.flags = 4;
	assert_int_equal(papr_elog_build_mc(log, sizeof(log), &info, NULL),
			 -EINVAL);
	info = slb_multihit();
	info.time_s = UINT64_C(253402300800);
	assert_int_equal(papr_elog_build_mc(log, sizeof(log), &info, NULL),
			 -EINVAL);
	info = slb_multihit();
	info.size = 0;
	assert_int_equal(papr_elog_build_mc(log, sizeof(log), &info, NULL),
			 -EINVAL);
}

static void fail_on_finding(const struct papr_elog_finding *finding,
			    void *what)
{
	fail_msg("%s: %zu, %s: %s", (const char *)what, finding->offset,
		 finding->part, finding->text);
}

static void every_log_made_validates_without_a_finding(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_mc_info info = slb_multihit();
		size_t len;

		info.type = rows[i].type;
		info.subtype = rows[i].subtype;
		info.effective_valid = rows[i].ea_flag;
		len = build(&info, log);
		papr_elog_validate(log, len, fail_on_finding,
				   (void *)(uintptr_t)rows[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_finds_every_type_and_subtype),
		cmocka_unit_test(an_address_is_flagged_only_where_it_is_given),
		cmocka_unit_test(a_memory_error_gives_both_addresses),
		cmocka_unit_test(
			the_fixed_part_has_severity_disposition_and_initiator),
		cmocka_unit_test(an_slb_multihit_is_these_bytes),
		cmocka_unit_test(a_bare_log_has_the_shape_of_qemus),
		cmocka_unit_test(a_zero_length_is_made_only_on_purpose),
		cmocka_unit_test(nothing_beyond_the_log_is_written),
		cmocka_unit_test(too_little_room_writes_nothing),
		cmocka_unit_test(times_are_dates_of_decimal_digits),
		cmocka_unit_test(logs_that_cannot_be_are_refused),
		cmocka_unit_test(a_fatal_error_is_not_fully_recovered),
		cmocka_unit_test(unknown_flags_times_and_sizes_are_refused),
		cmocka_unit_test(every_log_made_validates_without_a_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
