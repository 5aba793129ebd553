/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of saved partitions: what is wrong is refused, with the place. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <talloc.h>

#include "tests/save-fixture.h"

static struct file *busy_file(void)
{
	struct partition *p = save_new(NULL, NULL);
	struct file *file;

	save_busy(p);
	file = save_to_file(p);
	partition_free(p);
	return file;
}

static int file_start(void **state)
{
	*state = busy_file();
	return 0;
}

static int file_end(void **state)
{
	file_free(*state);
	return 0;
}

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
	set32(file, 8, 2);
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
	rename_section(file, "nvram", "newer", 0);
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

static void no_log(struct file *file)
{
	put8(file, "events", 2 + 1 + 4, 5);
}

static void long_log(struct file *file)
{
	put8(file, "events", 2 + 1 + 2, 8);
}

static const struct {
	void (*change)(struct file *file);
	int err;
	const char *sentence;
} wrongs[] = {
	{ no_magic, -EBADMSG, "byte 0: this is no saved partition" },
	{ newer_format, -EOPNOTSUPP, "byte 8: the file has format 2, written "
	  "by a newer libpapr: this one reads format 1" },
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
	{ no_window, -EINVAL, "section tce: there is no DMA window 0x1" },
	{ no_page, -EINVAL, "DMA window 0x71000001 cannot map page 99 with "
	  "0x9003" },
	{ no_ram, -EINVAL, "DMA window 0x71000001 cannot map page 3 with "
	  "0x630000009003" },
	{ no_vcpu, -EINVAL, "section vcpu: vCPU 2 of 2 cannot be in state 3 "
	  "and rest 0" },
	{ no_state, -EINVAL, "section vcpu: vCPU 0 of 2 cannot be in state 99 "
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
	{ no_log, -EINVAL, "section events: byte 0, header: this is version 5; "
	  "only version 6 is known" },
	{ long_log, -EINVAL, "section events: no event has a log of 2164 "
	  "bytes" },
	{ no_token, -EINVAL, "section errinjct: there is no open token "
	  "16777217" },
};

static void what_is_wrong_is_refused_with_the_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		struct file *file = busy_file();
		struct partition *p = save_new(NULL, NULL);

		wrongs[i].change(file);
		if (wrongs[i].change != too_long)
			file_mend(file);
		load_must_fail(p, file, wrongs[i].err, wrongs[i].sentence);
		file_free(file);
		partition_free(p);
	}
}

/* --- what the program adds */

#define OWN "own-1"

static int own_sections(void *arg, struct papr_saver *saver,
			struct papr_error *error)
{
	const struct papr_section first = {
		.size = sizeof(first), .name = OWN, .version = 3,
		.bytes = "first", .len = 5,
	};
	const struct papr_section optional = {
		.size = sizeof(optional), .name = "may-be-left-out",
		.flags = PAPR_SECTION_OPTIONAL,
	};
	int r = papr_saver_put(saver, &first, error);

	(void)arg;
	return r ? r : papr_saver_put(saver, &optional, error);
}

static int own_section(void *arg, const struct papr_section *s,
		       struct papr_error *error)
{
	struct file *file = arg;

	if (strcmp(s->name, OWN))
		return -ENOENT;
	assert_int_equal(s->version, 3);
	assert_int_equal(s->len, 5);
	assert_memory_equal(s->bytes, "first", 5);
	file->write_err++;
	snprintf(error->text, sizeof(error->text), "the program's sentence");
	return file->write_err > 1 ? -EPERM : 0;
}

static void the_program_finds_its_sections(void **state)
{
	struct papr_save_ops save = file_save;
	struct papr_load_ops load = file_load;
	struct partition *p = save_new(NULL, NULL);
	struct file file = { NULL, 0, 0, 0 };
	struct papr_error error;

	(void)state;
	save.sections = own_sections;
	load.section = own_section;
	assert_int_equal(papr_vm_save(p->vm, &save, &file, &error), 0);
	assert_int_equal(papr_vm_load(p->vm, &load, &file, &error), 0);
	assert_int_equal(file.write_err, 1);
	file.at = 0;
	assert_int_equal(papr_vm_load(p->vm, &load, &file, &error), -EPERM);
	assert_non_null(strstr(error.text,
			       "section own-1: the program's sentence"));
	free(file.bytes);
	partition_free(p);
}

static const struct papr_section no_sections[] = {
	{ sizeof(no_sections[0]), NULL, 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "", 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "Capital", 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "sixteen-letters-", 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "flags", 0, 2, NULL, 0 },
	{ sizeof(no_sections[0]), "long", 0, 0, NULL, PAPR_SECTION_MAX + 1 },
};

static int bad_sections(void *arg, struct papr_saver *saver,
			struct papr_error *error)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(no_sections); i++)
		assert_int_equal(papr_saver_put(saver, &no_sections[i], error),
				 -EINVAL);
	return -EPERM;
}

static void a_section_that_cannot_be_is_not_written(void **state)
{
	struct papr_save_ops save = file_save;
	struct partition *p = save_new(NULL, NULL);
	struct file file = { NULL, 0, 0, 0 };
	struct papr_error error;

	(void)state;
	save.sections = bad_sections;
	assert_int_equal(papr_vm_save(p->vm, &save, &file, &error), -EPERM);
	free(file.bytes);
	partition_free(p);
}

/* --- when it cannot be done */

static void a_file_that_cannot_be_written_is_told(void **state)
{
	struct partition *p = save_new(NULL, NULL);
	struct file file = { .write_err = -ENOSPC };
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_vm_save(p->vm, &file_save, &file, &error),
			 -ENOSPC);
	assert_string_equal(error.text,
			    "it cannot be written: No space left on device");
	partition_free(p);
}

static void a_guest_that_has_run_is_not_overwritten(void **state)
{
	struct partition *p = save_new(NULL, NULL);
	struct file *file = *state;

	save_busy(p);
	load_must_fail(p, file, -EBUSY, "vCPU 0 was started: a saved partition "
		       "is loaded into a new one");
	partition_free(p);
}

static void a_breakpoint_is_not_saved(void **state)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = PAPR_MC_SLB,
		.initiator = PAPR_ELOG_CPU,
	};
	const struct papr_injection what = {
		.size = sizeof(what), .info = &info,
		.trigger = PAPR_TRIGGER_PC, .first = 0x4000,
	};
	struct partition *p = save_new(NULL, NULL);
	struct file file = { NULL, 0, 0, 0 };
	struct papr_entry entry = { .pc = 0 };
	struct papr_error error;
	uint64_t id;

	(void)state;
	papr_vcpu_start(papr_vm_vcpu(p->vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 0), &entry);
	assert_int_equal(papr_vcpu_inject_when(papr_vm_vcpu(p->vm, 0), &what,
					       &id, &error), 0);
	assert_int_equal(papr_vm_save(p->vm, &file_save, &file, &error),
			 -EBUSY);
	assert_string_equal(error.text, "vCPU 0 has a breakpoint of an "
			    "injection: it must be cancelled first");
	assert_int_equal(papr_vm_cancel_injection(p->vm, id, &error), 0);
	free(file.bytes);
	partition_free(p);
}

static const struct {
	enum fake_op op;
	const char *sentence;
} refusals[] = {
	{ FAKE_SET_TIMEBASE, "the host does not set the time base: Input/output "
	  "error" },
	{ FAKE_CONFIGURE_MMU, "the host does not take the process table "
	  "0x8000000000010004: Input/output error" },
	{ FAKE_SET_STATE, "the host does not take register 0x0 of vCPU 0: "
	  "Input/output error" },
	{ FAKE_ENABLE_FWNMI, "the host does not hand over machine checks: "
	  "Input/output error" },
	{ FAKE_SET_ICP, "the state 0xffff0000 of vCPU 0x0 is not taken: "
	  "Input/output error" },
};

static void what_the_host_refuses_is_told(void **state)
{
	struct file *file = *state;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct partition *p = save_new(NULL, NULL);

		fake_host_fail(p->fake, refusals[i].op, 1, EIO);
		load_must_fail(p, file, -EIO, refusals[i].sentence);
		partition_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_byte_can_be_changed,
						file_start, file_end),
		cmocka_unit_test_setup_teardown(no_byte_can_be_missing,
						file_start, file_end),
		cmocka_unit_test_setup_teardown(no_section_can_be_missing,
						file_start, file_end),
		cmocka_unit_test(what_is_wrong_is_refused_with_the_reason),
		cmocka_unit_test(the_program_finds_its_sections),
		cmocka_unit_test(a_section_that_cannot_be_is_not_written),
		cmocka_unit_test(a_file_that_cannot_be_written_is_told),
		cmocka_unit_test_setup_teardown(
			a_guest_that_has_run_is_not_overwritten,
			file_start, file_end),
		cmocka_unit_test(a_breakpoint_is_not_saved),
		cmocka_unit_test_setup_teardown(what_the_host_refuses_is_told,
						file_start, file_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
