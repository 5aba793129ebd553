/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of saved partitions: what is wrong is refused, with the place. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <talloc.h>

#include "tests/save-fixture.h"

/* --- the bytes */

/* All sections are read and forgotten. */
static int walk(struct file *file, struct papr_error *error)
{
	struct loader loader = { .ops = &file_load, .arg = file };
	struct papr_section section;
	int r;

	file->at = 0;
	r = load_begin(&loader, error);
	while (!r && (r = load_next(&loader, &section, error)) > 0)
		r = 0;
	talloc_free(loader.bytes);
	return r;
}

static void no_byte_can_be_changed(void **state)
{
	struct file *file = *state;
	struct papr_error error;

	assert_int_equal(walk(file, &error), 0);
	for (size_t i = 0; i < file->len; i++) {
		error.text[0] = '\0';
		file->bytes[i] ^= 1 << i % 8;
		if (walk(file, &error) >= 0)
			fail_msg("byte %zu was changed and is taken", i);
		assert_memory_equal(error.text, "byte ", 5);
		file->bytes[i] ^= 1 << i % 8;
	}
}

static void no_byte_can_be_missing(void **state)
{
	struct file *file = *state;
	struct papr_error error;
	size_t len = file->len;

	while (file->len--) {
		assert_int_equal(walk(file, &error), -ENODATA);
		assert_non_null(strstr(error.text, "the file ends within "));
	}
	file->len = len;
}

static void no_section_can_be_missing(void **state)
{
	struct file *file = *state;
	struct papr_error error;
	uint8_t *payload, *at = file_section(file, "errinjct", 0, &payload);
	size_t len = SAVE_SECTION_SIZE + load_be64(at + SECTION_LEN);

	memmove(at, at + len, file->bytes + file->len - (at + len));
	file->len -= len;
	assert_int_equal(walk(file, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "not as many as were written"));
}

/* --- what they say; all checksums are right */

static void set32(struct file *file, size_t offset, uint32_t value)
{
	store_be32(file->bytes + offset, value);
}

static void no_magic(struct file *file)
{
	file->bytes[0] = 'Q';
}

static void newer_format(struct file *file)
{
	set32(file, 8, 3);
}

static void no_format(struct file *file)
{
	set32(file, 8, 0);
}

static void newer_version(struct file *file)
{
	uint8_t *payload;

	store_be32(file_section(file, "time", 0, &payload) + SECTION_VERSION,
		   2);
}

static void rename_section(struct file *file, const char *from,
			   const char *to, uint32_t flags)
{
	uint8_t *payload, *head = file_section(file, from, 0, &payload);

	memset(head, 0, PAPR_SECTION_NAME);
	memcpy(head, to, strlen(to));
	store_be32(head + SECTION_FLAGS, flags);
}

static void unknown(struct file *file)
{
	rename_section(file, "sysparm", "newer", 0);
}

static void late(struct file *file)
{
	rename_section(file, "nvram", "time", 0);
}

static void two_configurations(struct file *file)
{
	rename_section(file, "routes", "config", 0);
}

static void no_configuration(struct file *file)
{
	rename_section(file, "config", "extra", PAPR_SECTION_OPTIONAL);
}

static void too_long(struct file *file)
{
	uint8_t *payload, *head = file_section(file, "nvram", 0, &payload);

	store_be32(head + 24, 1);
	store_be32(head + SECTION_HEAD_SUM,
		   save_sum(head, SECTION_HEAD_SUM));
}

static void unprintable(struct file *file)
{
	rename_section(file, "nvram", "\x1b[2J", 0);
}

/* The section ends before its last byte, which begins another one. */
static void shorten(struct file *file, const char *name)
{
	uint8_t *payload, *head = file_section(file, name, 0, &payload);
	size_t len = load_be64(head + SECTION_LEN);

	store_be64(head + SECTION_LEN, len - 1);
	memmove(payload + len - 1, payload + len,
		file->bytes + file->len - (payload + len));
	file->len--;
}

static void short_fwnmi(struct file *file)
{
	shorten(file, "fwnmi");
}

static void short_nvram(struct file *file)
{
	shorten(file, "nvram");
}

static void short_vcpu(struct file *file)
{
	shorten(file, "vcpu");
}

static void put8(struct file *file, const char *name, size_t at, uint8_t value)
{
	uint8_t *payload;

	file_section(file, name, 0, &payload);
	payload[at] = value;
}

static void other_cores(struct file *file)
{
	put8(file, "config", 15, 3);
}

static void other_rtas(struct file *file)
{
	put8(file, "config", 60, 0x7f);
}

static void no_route(struct file *file)
{
	put8(file, "routes", 0, 2);
}

static void no_lpcr(struct file *file)
{
	put8(file, "mmu", 0, 1);
}

static void no_rtas(struct file *file)
{
	put8(file, "rtas", 4, 99);
}

static void no_level(struct file *file)
{
	put8(file, "agreed", 0, 0xff);
}

static void no_connector(struct file *file)
{
	put8(file, "connectors", 3, 99);
}

static void no_sysparm(struct file *file)
{
	put8(file, "sysparm", 8, 9);
}

static void unknown_sysparm(struct file *file)
{
	put8(file, "sysparm", 3, 99);
}

static void no_window(struct file *file)
{
	put8(file, "tce", 0, 0);
}

static void no_page(struct file *file)
{
	put8(file, "tce", 7, 99);
}

static void no_ram(struct file *file)
{
	put8(file, "tce", 10, 99);
}

static void no_vcpu(struct file *file)
{
	put8(file, "vcpu", 3, 2);
}

static void no_state(struct file *file)
{
	put8(file, "vcpu", 4, 99);
}

static void no_register(struct file *file)
{
	put8(file, "vcpu", 46, 0x77);
}

static void no_length(struct file *file)
{
	put8(file, "vcpu", 54, 17);
}

static void no_icp(struct file *file)
{
	put8(file, "irqs", 7, 1);
}

static void no_source(struct file *file)
{
	put8(file, "irqs", 2 * 13, 0);
	put8(file, "irqs", 2 * 13 + 3, 0x11);
	put8(file, "irqs", 2 * 13 + 4, 77);
}

static void no_handler(struct file *file)
{
	put8(file, "fwnmi", 4, 1);
}

static void no_pending(struct file *file)
{
	put8(file, "fwnmi", 26 + 7, NMI_AT_PC);
}

static void no_watchdog(struct file *file)
{
	put8(file, "watchdogs", 0, 9);
}

static void no_queue(struct file *file)
{
	put8(file, "vio", 19, 1);
}

static void no_token(struct file *file)
{
	put8(file, "errinjct", 4, 1);
}

static void no_sensor(struct file *file)
{
	put8(file, "events", 0, 9);
}

static void no_scans(struct file *file)
{
	put8(file, "events", 1, 3);
}

static void no_log(struct file *file)
{
	put8(file, "events", 2 + 1 + 4, 5);
}

static void long_log(struct file *file)
{
	put8(file, "events", 2 + 1 + 2, 8);
}

static void no_lamp(struct file *file)
{
	put8(file, "lamps", 0, 2);
}

static void no_call(struct file *file)
{
	put8(file, "last-error", 0, 1);
}

static void no_suspension(struct file *file)
{
	put8(file, "suspension", 8, 4);
}

/* Where the claims are, after handles, and the tree after the only one. */
#define CLAIMS (1 + 4 * OF_INSTANCES)
#define TREE (CLAIMS + 4 + 16)

static void many_claims(struct file *file)
{
	put8(file, "firmware", CLAIMS + 2, 1);
}

static void no_claim(struct file *file)
{
	put8(file, "firmware", CLAIMS + 4, 0xff);
}

static void no_room(struct file *file)
{
	put8(file, "firmware", TREE, 0x7f);
}

static void small_room(struct file *file)
{
	for (size_t i = 0; i < 4; i++)
		put8(file, "firmware", TREE + i, 0);
}

static void long_tree(struct file *file)
{
	put8(file, "firmware", TREE + 6, 0xff);
}

static void no_tree(struct file *file)
{
	put8(file, "firmware", TREE + 8, 0);
}

static const struct {
	void (*change)(struct file *file);
	int err;
	const char *sentence;
} wrongs[] = {
	{ no_magic, -EBADMSG, "byte 0: this is no saved partition" },
	{ newer_format, -EOPNOTSUPP, "byte 8: the file has format 3, written "
	  "by a newer libpapr: this one reads format 2" },
	{ no_format, -EOPNOTSUPP, "byte 8: the file has format 0, written "
	  "by a newer libpapr: this one reads format 2" },
	{ newer_version, -EOPNOTSUPP, "section time: version 2 was written by "
	  "a newer libpapr: this one reads version 1" },
	{ unknown, -EOPNOTSUPP, "section newer: nobody knows it here: a newer "
	  "libpapr or another program has written it" },
	{ late, -EBADMSG, "section time: it comes too late" },
	{ two_configurations, -EBADMSG, "section config: it comes twice" },
	{ no_configuration, -EBADMSG, "section extra: the configuration must "
	  "come first" },
	{ too_long, -EBADMSG, "bytes: there are at most 67108864" },
	{ unprintable, -EBADMSG, "the header of a section is damaged" },
	{ short_fwnmi, -EBADMSG, "it does not hold what its version has" },
	{ short_nvram, -EBADMSG, "it does not hold what its version has" },
	{ short_vcpu, -EBADMSG, "it does not hold what its version has" },
	{ other_cores, -EINVAL, "byte 16: section config: the saved partition "
	  "is another one: number of cores: 3 there, 2 here" },
	{ other_rtas, -EINVAL, "address of RTAS: 0x7f100000 there, 0x100000 "
	  "here" },
	{ no_route, -EBADMSG, "it does not hold what its version has" },
	{ no_lpcr, -EINVAL, "section mmu: a guest cannot have set LPCR bits "
	  "0x100000002000000" },
	{ no_rtas, -EINVAL, "section rtas: RTAS cannot be at 0x63110000" },
	{ no_level, -EINVAL, "section agreed: 0xff000005 is no processor "
	  "level" },
	{ no_connector, -EINVAL, "section connectors: there is no connector "
	  "0x10000063" },
	{ no_sysparm, -EINVAL, "section sysparm: system parameter 21 cannot "
	  "have this value of 1 bytes" },
	{ unknown_sysparm, -EINVAL, "section sysparm: system parameter 99 "
	  "cannot have this value of 1 bytes" },
	{ no_window, -EINVAL, "section tce: there is no DMA window 0x1" },
	{ no_page, -EINVAL, "DMA window 0x71000001 cannot map page 99 with "
	  "0x9003" },
	{ no_ram, -EINVAL, "DMA window 0x71000001 cannot map page 3 with "
	  "0x630000009003" },
	{ no_vcpu, -EINVAL, "section vcpu: vCPU 2 of 3 cannot be in state 3 "
	  "and rest 0" },
	{ no_state, -EINVAL, "section vcpu: vCPU 0 of 3 cannot be in state 99 "
	  "and rest 0" },
	{ no_register, -EINVAL, "section vcpu: the host does not take register "
	  "0x7700000000000100 of vCPU 0: Invalid argument" },
	{ no_length, -EBADMSG, "it does not hold what its version has" },
	{ no_icp, -EINVAL, "the state 0x100ffff0000 of vCPU 0x0 is not taken: "
	  "Invalid argument" },
	{ no_source, -ENOENT, "of vCPU 0x114d is not taken: No such file or "
	  "directory" },
	{ no_handler, -EINVAL, "section fwnmi: the system reset handler at "
	  "0x1901: it must be a multiple of 4 in RAM below 32 MiB" },
	{ no_pending, -EINVAL, "section fwnmi: what is to interrupt vCPU 0, "
	  "0x20, cannot be" },
	{ no_watchdog, -EINVAL, "section watchdogs: watchdog 10 cannot do 2" },
	{ no_queue, -EINVAL, "section vio: VIO device 0x71000001 cannot have "
	  "such a queue" },
	{ no_sensor, -EINVAL, "section events: the EPOW sensor cannot be 9, "
	  "with 1 scans" },
	{ no_scans, -EINVAL, "section events: the EPOW sensor cannot be 2, "
	  "with 3 scans" },
	{ no_log, -EINVAL, "section events: byte 0, header: this is version 5; "
	  "only version 6 is known" },
	{ long_log, -EINVAL, "section events: no event has a log of 2164 "
	  "bytes" },
	{ no_lamp, -EINVAL, "section lamps: there is no lamp 2" },
	{ no_call, -EINVAL, "section last-error: 0x1002013 is the token of no "
	  "RTAS call" },
	{ no_suspension, -EINVAL, "section suspension: 4 is no state of a "
	  "suspension" },
	{ many_claims, -EINVAL, "section firmware: 257 claims of memory: there "
	  "are at most 128" },
	{ no_claim, -EINVAL, "section firmware: 0x1000 bytes at "
	  "0xff00000000040000 cannot be claimed" },
	{ no_room, -EINVAL, "cannot have room for 2130772160" },
	{ small_room, -EINVAL, "cannot have room for 0" },
	{ long_tree, -EBADMSG, "it does not hold what its version has" },
	{ no_tree, -EINVAL, "section firmware: this is no device tree: "
	  "FDT_ERR_BADMAGIC" },
	{ no_token, -EINVAL, "section errinjct: there is no open token "
	  "16777217" },
};

static void what_is_wrong_is_refused_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		struct file *file = save_busy_file();
		struct partition *p = save_new(NULL, NULL);

		wrongs[i].change(file);
		if (wrongs[i].change != too_long)
			file_mend(file);
		load_must_fail(p, file, wrongs[i].err, wrongs[i].sentence);
		file_free(file);
		partition_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_byte_can_be_changed,
						save_file_start, save_file_end),
		cmocka_unit_test_setup_teardown(no_byte_can_be_missing,
						save_file_start, save_file_end),
		cmocka_unit_test_setup_teardown(no_section_can_be_missing,
						save_file_start, save_file_end),
		cmocka_unit_test(what_is_wrong_is_refused_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
