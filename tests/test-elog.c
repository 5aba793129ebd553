/* SPDX-License-Identifier: BSD-2-Clause */
/* Error logs: taking apart, putting together, and fields by name. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <papr/elog.h>

#include "fwnmi/elog-table.h"
#include "spapr/util.h"

/* QEMU 7.2's log of an SLB multihit at an address, not recovered. */
static const uint8_t qemu_mc[] = {
	0x06, 0x74, 0x10, 0x00, 0x00, 0x00, 0x00, 0x38,
	0x86, 0x00, 0x8e, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 'I', 'B', 'M', 0x00,
	'M', 'C', 0x00, 0x28, 0x01, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x01, 0x81, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xc0, 0x00, 0x00, 0x00, 0x01, 0x23, 0x45, 0x60,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static struct papr_elog *decode(const void *bytes, size_t len)
{
	struct papr_elog *elog = NULL;
	struct papr_error error = { "" };

	if (papr_elog_decode(bytes, len, &elog, &error))
		fail_msg("%s", error.text);
	return elog;
}

static void assert_field(const struct papr_elog *elog, const char *path,
			 const char *expected)
{
	char text[2 * PAPR_ELOG_MAX];
	struct papr_error error;

	if (papr_elog_get(elog, path, text, sizeof(text), &error))
		fail_msg("%s", error.text);
	if (strcmp(text, expected))
		fail_msg("%s is %s, not %s", path, text, expected);
}

static void set(struct papr_elog *elog, const char *path, const char *text)
{
	struct papr_error error;

	if (papr_elog_set(elog, path, text, &error))
		fail_msg("%s", error.text);
}

static void add(struct papr_elog *elog, const char *name)
{
	struct papr_error error;

	if (papr_elog_add(elog, name, &error))
		fail_msg("%s", error.text);
}

static struct papr_elog *new_log(void)
{
	struct papr_elog *elog = papr_elog_new(0);

	assert_non_null(elog);
	add(elog, "main");
	return elog;
}

static const struct {
	const char *what;
	uint8_t summary[4];
	uint8_t type, subtype;
	const char *disposition, *type_name, *subtype_name, *effective_valid;
} qemu[] = {
	{ "UE load/store", { 0x06, 0x64, 0x10, 0 }, 0, 0x03,
	  "fully-recovered", "ue", "load-store", "false" },
	{ "UE page walk load/store", { 0x06, 0x74, 0x10, 0 }, 0, 0x44,
	  "not-recovered", "ue", "page-walk-load-store", "true" },
	{ "ERAT multihit", { 0x06, 0x64, 0x10, 0 }, 2, 0x82,
	  "fully-recovered", "erat", "multihit", "true" },
	{ "TLB multihit", { 0x06, 0x74, 0x10, 0 }, 4, 0x82,
	  "not-recovered", "tlb", "multihit", "true" },
	{ "SLB multihit", { 0x06, 0x64, 0x10, 0 }, 1, 0x81,
	  "fully-recovered", "slb", "multihit", "true" },
	{ "SLB parity", { 0x06, 0x74, 0x10, 0 }, 1, 0x80,
	  "not-recovered", "slb", "parity", "true" },
	{ "UE ifetch", { 0x06, 0x64, 0x10, 0 }, 0, 0x41,
	  "fully-recovered", "ue", "ifetch", "true" },
	{ "UE page walk ifetch", { 0x06, 0x74, 0x10, 0 }, 0, 0x42,
	  "not-recovered", "ue", "page-walk-ifetch", "true" },
	{ "nothing matched", { 0x06, 0x14, 0x10, 0 }, 0, 0x00,
	  "not-recovered", "ue", "indeterminate", "false" },
};

static void the_logs_of_qemu_are_read_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(qemu); i++) {
		uint8_t log[sizeof(qemu_mc)];
		struct papr_elog *elog;

		memcpy(log, qemu_mc, sizeof(log));
		memcpy(log, qemu[i].summary, 4);
		log[0x28] = qemu[i].type;
		log[0x29] = qemu[i].subtype;
		elog = decode(log, sizeof(log));
		assert_field(elog, "header.version", "6");
		assert_field(elog, "header.initiator", "cpu");
		assert_field(elog, "header.type", "unknown");
		assert_field(elog, "header.severity", log[1] >> 5 ?
			     "error-sync" : "no-error");
		assert_field(elog, "header.disposition", qemu[i].disposition);
		assert_field(elog, "MC.type", qemu[i].type_name);
		assert_field(elog, "MC.subtype", qemu[i].subtype_name);
		assert_field(elog, "MC.effective_valid",
			     qemu[i].effective_valid);
		assert_field(elog, "MC.effective_address",
			     "0xc000000001234560");
		papr_elog_free(elog);
	}
}

/* Marks the bits of a field; each must be new. */
static void mark(const struct elog_row *row, uint8_t *bits)
{
	for (int bit = 0; bit < row->width; bit++) {
		int at = 8 * row->size - 1 - row->shift - bit;
		uint8_t *p = bits + row->offset + at / 8;
		uint8_t mask = 0x80 >> at % 8;

		if (*p & mask)
			fail_msg("%s overlaps another field", row->name);
		*p |= mask;
	}
}

static void assert_covered(enum elog_section section, uint8_t mc_type)
{
	uint8_t bits[256] = { 0 }, part[256] = { 0 };
	const struct elog_section_info *info = &elog_sections[section];

	elog_put(part, ELOG_MC_type, mc_type);
	for (int i = 0; i < ELOG_ROWS; i++)
		if (elog_row_applies(&elog_rows[i], section, part))
			mark(&elog_rows[i], bits);
	for (size_t i = 0; i < sizeof(bits); i++)
		if (bits[i] != (i < info->len ? 0xff : 0))
			fail_msg("%s: bits 0x%02x of byte %zu are fields",
				 info->name, bits[i], i);
}

static void every_bit_of_every_part_is_in_exactly_one_field(void **state)
{
	(void)state;
	for (int section = 0; section < ELOG_SECTIONS; section++)
		for (int type = 0; type < 256; type++)
			assert_covered(section, type);
}

static void every_name_is_of_one_number_and_every_number_of_one_name(
	void **state)
{
	static const struct {
		enum elog_list list;
		int number;
		const char *name;
	} values[] = {
#define VALUE(list, number, name) { ELOG_LIST_##list, number, name },
#define MC_TYPE(number, name, layout) VALUE(mc_type, number, name)
#include "fwnmi/elog.def"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		assert_int_equal(elog_value_by_name(values[i].list,
						    values[i].name, NULL),
				 values[i].number);
		assert_string_equal(elog_value_name(values[i].list,
						    values[i].number),
				    values[i].name);
	}
}

static int copy_field(const struct papr_elog_field *field, void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), ".%s", field->name);
	set(arg, path, field->text);
	return 0;
}

/* A section of bytes, told and set again, has the same bytes. */
static void assert_comes_back(const uint8_t *log, size_t len)
{
	struct papr_elog *elog = decode(log, len), *copy = papr_elog_new(0);
	struct papr_elog_part part;
	uint8_t again[PAPR_ELOG_MAX];

	for (unsigned int i = 0; !papr_elog_part(elog, i, &part); i++) {
		if (i)
			add(copy, part.name);
		assert_int_equal(papr_elog_fields(elog, i, copy_field, copy),
				 0);
	}
	assert_int_equal(papr_elog_encode(copy, again, sizeof(again)), len);
	assert_memory_equal(again, log, len);
	papr_elog_free(copy);
	papr_elog_free(elog);
}

/* A log of one section of any length, its bytes after the length given. */
static size_t one_section(uint8_t *log, const char *id, size_t len,
			  uint8_t fill)
{
	memcpy(log, qemu_mc, 24);
	store_be32(log + 4, 16 + len);
	memset(log + 24, fill, len);
	memcpy(log + 24, id, 2);
	log[26] = len >> 8;
	log[27] = len;
	return 24 + len;
}

static void sections_of_any_length_come_back_the_same(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (int s = 0; s < ELOG_SECTIONS; s++) {
		const struct elog_section_info *info = &elog_sections[s];

		if (strlen(info->name) != 2)
			continue;
		for (size_t len = 8; len < info->len + 9u; len++)
			for (int fill = 0; fill < 256; fill += 51)
				assert_comes_back(log, one_section(
					log, info->name, len, fill));
	}
}

static void every_value_of_every_byte_comes_back_the_same(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	for (int s = 0; s < ELOG_SECTIONS; s++) {
		const struct elog_section_info *info = &elog_sections[s];

		if (strlen(info->name) != 2)
			continue;
		for (int fill = 0; fill < 256; fill++)
			assert_comes_back(log, one_section(
				log, info->name, info->len, fill));
	}
}

static void unknown_sections_are_kept_byte_for_byte(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];
	size_t len = one_section(log, "\x01~", 13, 0xee);
	struct papr_elog *elog = decode(log, len);

	(void)state;
	assert_comes_back(log, len);
	assert_field(elog, "0x017e.data", "eeeeeeeeee");
	papr_elog_free(elog);
}

static void the_longest_log_comes_back_the_same(void **state)
{
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	assert_comes_back(log, one_section(log, "UD", PAPR_ELOG_MAX - 24,
					   0x5a));
}

/* What is changed in QEMU's log, and what is said of the result. */
static const struct {
	size_t len;	/* 0: all of it */
	size_t offset;
	uint8_t value;
	const char *why;
} broken[] = {
	{ 7, 0, 6, "byte 0, header: there are 7 bytes, and a log has at "
	  "least 8" },
	{ 0, 0, 5, "byte 0, header: this is version 5; only version 6 is "
	  "known" },
	{ 63, 0, 6, "byte 4, header: the log says that 56 bytes follow, and "
	  "there are 55" },
	{ 0, 4, 0xff, "byte 4, header: the log says it is longer than 2048 "
	  "bytes" },
	{ 0, 7, 15, "byte 4, header: the extended part has less than the 16 "
	  "bytes of its header" },
	{ 0, 10, 0x8d, "byte 10, main: format 13 is not that of platform "
	  "events, 14" },
	{ 0, 20, 'X', "byte 20, main: the company is not IBM, so the format "
	  "of the sections is not known" },
	{ 0, 23, ' ', "byte 20, main: the company is not IBM, so the format "
	  "of the sections is not known" },
	{ 0, 27, 0, "byte 26, MC: the length of the section is 0; Linux "
	  "would never get past it" },
	{ 0, 27, 7, "byte 26, MC: the length of the section is 7, less than "
	  "its header" },
	{ 0, 27, 41, "byte 26, MC: the length of the section is 41, and the "
	  "log ends after 40" },
	{ 0, 26, 0xff, "byte 26, MC: the length of the section is 65320, and "
	  "the log ends after 40" },
	{ 0, 27, 39, "byte 63, main: 1 bytes are too few for a section" },
};

static void logs_that_cannot_be_walked_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		size_t len = broken[i].len ? broken[i].len : sizeof(qemu_mc);
		struct papr_elog *elog;
		struct papr_error error;
		uint8_t *log = malloc(len);	/* of exactly this length */

		memcpy(log, qemu_mc, len);
		log[broken[i].offset] = broken[i].value;
		assert_int_equal(papr_elog_decode(log, len, &elog, &error),
				 -EINVAL);
		assert_string_equal(error.text, broken[i].why);
		free(log);
	}
}

static void a_log_without_extended_part_has_eight_bytes(void **state)
{
	static const uint8_t prrn[] = { 6, 0x20, 0, 0xa0, 0, 0, 0, 77, 1 };
	struct papr_elog *elog = decode(prrn, sizeof(prrn));

	(void)state;
	assert_int_equal(papr_elog_encode(elog, NULL, PAPR_ELOG_MAX), 8);
	assert_field(elog, "header.extended_length", "0x0000004d");
	assert_comes_back(prrn, 8);
	papr_elog_free(elog);
}

static void parts_of_the_same_name_are_told_apart(void **state)
{
	struct papr_elog *elog = new_log();
	struct papr_elog_part part;

	(void)state;
	add(elog, "LR");
	add(elog, "LR");
	set(elog, "LR[1].type", "page");
	assert_field(elog, "LR.type", "0x00");
	assert_field(elog, "LR[0].type", "0x00");
	assert_field(elog, "LR[1].type", "page");
	assert_int_equal(papr_elog_part(elog, 3, &part), 0);
	assert_string_equal(part.name, "LR");
	assert_int_equal(part.number, 1);
	assert_int_equal(part.offset, 24 + 20);
	assert_int_equal(part.len, 20);
	assert_int_equal(papr_elog_part(elog, 4, &part), -ENOENT);
	papr_elog_free(elog);
}

static void data_moves_the_sections_behind(void **state)
{
	struct papr_elog *elog = new_log();
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	add(elog, "UD");
	add(elog, "MC");
	set(elog, "MC.type", "slb");
	set(elog, "UD.data", "0102030405");
	assert_field(elog, "MC.type", "slb");
	assert_int_equal(papr_elog_encode(elog, log, sizeof(log)),
			 24 + 13 + 40);
	assert_int_equal(load_be32(log + 4), 16 + 13 + 40);
	assert_int_equal(log[27], 13);
	assert_memory_equal(log + 24 + 13, "MC", 2);
	set(elog, "UD.data", "");
	assert_field(elog, "MC.type", "slb");
	assert_int_equal(papr_elog_encode(elog, log, sizeof(log)), 24 + 48);
	papr_elog_free(elog);
}

static void a_buffer_too_small_is_not_written(void **state)
{
	struct papr_elog *elog = new_log();
	uint8_t log[24] = { 0xa5 };

	(void)state;
	assert_int_equal(papr_elog_encode(elog, log, 23), -ENOSPC);
	assert_int_equal(log[0], 0xa5);
	assert_int_equal(papr_elog_encode(elog, log, 24), 24);
	papr_elog_free(elog);
}

static void a_zero_length_needs_the_flag(void **state)
{
	struct papr_elog *plain = new_log();
	struct papr_elog *elog = papr_elog_new(PAPR_ELOG_ZERO_LENGTH);
	uint8_t log[PAPR_ELOG_MAX];

	(void)state;
	add(plain, "PH");
	assert_int_equal(papr_elog_set(plain, "PH.length", "0", NULL),
			 -EINVAL);
	add(elog, "main");
	add(elog, "PH");
	set(elog, "PH.length", "0");
	assert_int_equal(papr_elog_encode(elog, log, sizeof(log)), 24 + 48);
	assert_int_equal(log[26] << 8 | log[27], 0);
	assert_null(papr_elog_new(2));
	papr_elog_free(plain);
	papr_elog_free(elog);
}

static const struct {
	const char *path, *text;
	int err;
	const char *why;
} bad_sets[] = {
	{ "MC.type", "slp", -EINVAL, "MC.type: slp is none of ue, slb, erat, "
	  "unknown, tlb, d-cache, i-cache, ra" },
	{ ".type", "0x100", -EINVAL, "type: 0x100 is no number from 0 to "
	  "0xff" },
	{ "MC.fru_id", "-1", -EINVAL, "MC.fru_id: -1 is no number from 0 to "
	  "0xffffffff" },
	{ "MC.fru_id", "", -EINVAL, "MC.fru_id:  is no number from 0 to "
	  "0xffffffff" },
	{ "MC.fru_id", "0x", -EINVAL, "MC.fru_id: 0x is no number from 0 to "
	  "0xffffffff" },
	{ "MC.fru_id", "1 ", -EINVAL, "MC.fru_id: 1  is no number from 0 to "
	  "0xffffffff" },
	{ "MC.effective_valid", "1", -EINVAL, "MC.effective_valid: 1 is "
	  "neither true nor false" },
	{ "MC.section_id", "1", -EINVAL, "MC.section_id: it follows from the "
	  "rest of the log" },
	{ "MC.data", "0", -EINVAL, "MC.data: data are pairs of hexadecimal "
	  "digits, at most 2048" },
	{ "MC.length", "7", -EINVAL, "MC.length: a section has at least 8 "
	  "bytes" },
	{ "MC.length", "2048", -ENOSPC, "MC.length: a log has at most 2048 "
	  "bytes" },
	{ "MC.colour", "1", -ENOENT, "MC.colour: there is no such field" },
	{ "MC[1].type", "ue", -ENOENT, "MC[1].type: there is no such part" },
	{ "MC[1.type", "ue", -ENOENT, "MC[1.type: there is no such part" },
	{ "MC[].type", "ue", -ENOENT, "MC[].type: there is no such part" },
	{ "type", "ue", -ENOENT, "type: there is no such part" },
	{ "main.company", "more than four", -EINVAL, "main.company: \"more "
	  "than four\" is not at most 4 plain characters, nor 0x and 8 "
	  "digits" },
	{ "main.length", "16", -ENOENT, "main.length: there is no such "
	  "field" },
};

static void values_that_are_none_are_refused_and_change_nothing(void **state)
{
	struct papr_elog *elog = decode(qemu_mc, sizeof(qemu_mc));
	uint8_t log[PAPR_ELOG_MAX];
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_sets); i++) {
		assert_int_equal(papr_elog_set(elog, bad_sets[i].path,
					       bad_sets[i].text, &error),
				 bad_sets[i].err);
		assert_string_equal(error.text, bad_sets[i].why);
	}
	assert_int_equal(papr_elog_encode(elog, log, sizeof(log)),
			 sizeof(qemu_mc));
	assert_memory_equal(log, qemu_mc, sizeof(qemu_mc));
	papr_elog_free(elog);
}

static void parts_come_in_order(void **state)
{
	struct papr_elog *elog = papr_elog_new(0);
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_elog_add(elog, "MC", &error), -EINVAL);
	assert_string_equal(error.text, "before any section main must come");
	add(elog, "main");
	assert_int_equal(papr_elog_add(elog, "main", &error), -EINVAL);
	assert_int_equal(papr_elog_add(elog, "header", &error), -EINVAL);
	assert_int_equal(papr_elog_add(elog, "section", &error), -EINVAL);
	assert_int_equal(papr_elog_add(elog, "0x12", &error), -EINVAL);
	papr_elog_free(elog);
}

static void names_become_numbers(void **state)
{
	(void)state;
	assert_int_equal(papr_elog_value("MC.type", "tlb", NULL), 4);
	assert_int_equal(papr_elog_value("header.severity", "fatal", NULL),
			 5);
	assert_int_equal(papr_elog_value("MC.subtype", "slb:multihit", NULL),
			 1);
	assert_int_equal(papr_elog_value("MC.subtype", "tlb:multihit", NULL),
			 2);
	assert_int_equal(papr_elog_value("MC.subtype", "d-cache:x", NULL),
			 -EINVAL);
	assert_int_equal(papr_elog_value("MC.subtype", "multihit", NULL),
			 -EINVAL);
	assert_int_equal(papr_elog_value("MC.fru_id", "x", NULL), -EINVAL);
	assert_string_equal(papr_elog_value_name("MC.type", 4), "tlb");
	assert_null(papr_elog_value_name("MC.type", 250));
	assert_null(papr_elog_value_name("MC.fru_id", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_logs_of_qemu_are_read_right),
		cmocka_unit_test(
			every_bit_of_every_part_is_in_exactly_one_field),
		cmocka_unit_test(
		every_name_is_of_one_number_and_every_number_of_one_name),
		cmocka_unit_test(sections_of_any_length_come_back_the_same),
		cmocka_unit_test(
			every_value_of_every_byte_comes_back_the_same),
		cmocka_unit_test(unknown_sections_are_kept_byte_for_byte),
		cmocka_unit_test(the_longest_log_comes_back_the_same),
		cmocka_unit_test(logs_that_cannot_be_walked_are_refused),
		cmocka_unit_test(a_log_without_extended_part_has_eight_bytes),
		cmocka_unit_test(parts_of_the_same_name_are_told_apart),
		cmocka_unit_test(data_moves_the_sections_behind),
		cmocka_unit_test(a_buffer_too_small_is_not_written),
		cmocka_unit_test(a_zero_length_needs_the_flag),
		cmocka_unit_test(
			values_that_are_none_are_refused_and_change_nothing),
		cmocka_unit_test(parts_come_in_order),
		cmocka_unit_test(names_become_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
