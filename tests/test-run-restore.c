/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr run reads of a saved guest: RAM, which anybody may have written. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/vmm-fixture.h"
#include "vmm/pages.h"

#define GOLDEN TEST_DATA "/save-run-1"
#define LAST (RAM_SIZE - RAM_PAGE)

/* A section of @len bytes; what is 0 besides is as in RAM. */
struct part {
	const char *name;
	uint64_t gpa;
	size_t len;
	uint32_t version;
	uint64_t zero;		/* what it has instead of pages */
};

struct source {
	struct file file;
	const struct part *part;	/* the last one has no length */
};

static int write_source(void *arg, const void *bytes, size_t len)
{
	return file_save.write(&((struct source *)arg)->file, bytes, len);
}

/* Pages say what address they have. */
static int put_part(struct papr_saver *saver, const struct part *part,
		    struct papr_error *error)
{
	uint8_t *bytes = malloc(RAM_HEAD + 2 * RAM_RUN);
	const struct papr_section section = {
		.size = sizeof(section),
		.name = part->name ? part->name : RAM_SECTION,
		.version = part->version ? part->version : RAM_VERSION,
		.bytes = bytes, .len = part->len,
	};
	int ret;

	assert_non_null(bytes);
	store_be64(bytes, part->gpa);
	for (size_t i = 0; i < 2 * RAM_RUN; i += 8)
		store_be64(bytes + RAM_HEAD + i, part->gpa + i + 1);
	if (part->name)
		store_be64(bytes + RAM_HEAD, part->zero);
	ret = papr_saver_put(saver, &section, error);
	free(bytes);
	return ret;
}

static int put_parts(void *arg, struct papr_saver *saver,
		     struct papr_error *error)
{
	int ret = 0;

	for (const struct part *part = ((struct source *)arg)->part;
	     part->len && !ret; part++)
		ret = put_part(saver, part, error);
	return ret;
}

/* @p is freed. */
static void save_parts_of(struct partition *p, struct source *source,
			  const struct part *part)
{
	static const struct papr_save_ops ops = {
		.size = sizeof(ops), .write = write_source,
		.sections = put_parts,
	};
	struct papr_error error;

	*source = (struct source){ .part = part };
	if (papr_vm_save(p->vm, &ops, source, &error))
		fail_msg("%s", error.text);
	partition_free(p);
}

static void save_parts(struct source *source, const struct part *part)
{
	save_parts_of(save_new(NULL, NULL), source, part);
}

/* The file is freed. */
static void restore(struct machine *m, struct source *source)
{
	struct papr_error error;

	if (machine_restore(m, &source->file, &error))
		fail_msg("%s", error.text);
	free(source->file.bytes);
}

/* A machine that has had other memory, and has these. */
static struct machine *restored(const struct part *parts)
{
	struct machine *m = machine_new();
	struct source source;

	save_parts(&source, parts);
	memset(m->vmm.ram, 0xff, RAM_SIZE);
	restore(m, &source);
	return m;
}

/* All of a page or nothing. */
static void assert_page(const struct machine *m, uint64_t gpa, bool filled)
{
	for (uint64_t i = 0; i < RAM_PAGE; i += 8)
		assert_int_equal(load_be64(m->vmm.ram + gpa + i),
				 filled ? gpa + i + 1 : 0);
}

static const struct part few[] = {
	{ .gpa = RAM_PAGE, .len = RAM_HEAD + RAM_PAGE },
	{ .gpa = LAST, .len = RAM_HEAD + RAM_PAGE },
	{ .len = 0 }
};

static void see_few(struct machine *m)
{
	assert_page(m, 0, false);
	assert_page(m, RAM_PAGE, true);
	assert_page(m, 2 * RAM_PAGE, false);
	assert_page(m, LAST - RAM_PAGE, false);
	assert_page(m, LAST, true);
}

static void pages_are_where_they_were_and_the_others_zero(void **state)
{
	struct machine *m = restored(few);

	(void)state;
	see_few(m);
	machine_free(m);
}

static void a_section_may_have_a_mebibyte(void **state)
{
	static const struct part parts[] = {
		{ .gpa = RAM_SIZE - RAM_RUN, .len = RAM_HEAD + RAM_RUN },
		{ .len = 0 }
	};
	struct machine *m = restored(parts);

	(void)state;
	for (uint64_t gpa = 0; gpa < RAM_SIZE; gpa += RAM_PAGE)
		assert_page(m, gpa, gpa >= RAM_SIZE - RAM_RUN);
	machine_free(m);
}

static void a_page_that_comes_again_is_the_last_one(void **state)
{
	static const struct part parts[] = {
		{ .gpa = 0, .len = RAM_HEAD + 2 * RAM_PAGE },
		{ .gpa = RAM_PAGE, .len = RAM_HEAD + RAM_PAGE },
		{ .len = 0 }
	};
	struct machine *m = machine_new();
	struct source source;
	uint8_t *payload;

	(void)state;
	save_parts(&source, parts);
	file_section(&source.file, RAM_SECTION, 0, &payload);
	memset(payload + RAM_HEAD + RAM_PAGE, 0xff, RAM_PAGE);
	file_mend(&source.file);
	restore(m, &source);
	assert_page(m, 0, true);
	assert_page(m, RAM_PAGE, true);
	machine_free(m);
}

static void zeroes_come_short(void **state)
{
	static const struct part parts[] = {
		{ .gpa = 0, .len = RAM_HEAD + 4 * RAM_PAGE },
		{ .gpa = LAST, .len = RAM_HEAD + RAM_PAGE },
		{ .name = ZERO_SECTION, .gpa = RAM_PAGE, .len = ZERO_LEN,
		  .zero = 2 * RAM_PAGE },
		{ .name = ZERO_SECTION, .gpa = RAM_SIZE - RAM_RUN,
		  .len = ZERO_LEN, .zero = RAM_RUN },
		{ .len = 0 }
	};
	struct machine *m = restored(parts);

	(void)state;
	assert_page(m, 0, true);
	assert_page(m, RAM_PAGE, false);
	assert_page(m, 2 * RAM_PAGE, false);
	assert_page(m, 3 * RAM_PAGE, true);
	assert_page(m, LAST, false);
	machine_free(m);
}

/* An LMB may be plugged in. */
static struct partition *new_with_lmb(void)
{
	struct partition *p;
	struct papr_error error;

	if (partition_make(&(struct partition_setup){ .lmbs = 1 }, &p, &error))
		fail_msg("%s", error.text);
	if (papr_vm_seal(p->vm))
		fail_msg("%s", papr_vm_error(p->vm));
	partition_attach(p, 0);
	return p;
}

/* It was there when its pages were sent, and went later. */
static void memory_that_is_not_plugged_in_is_zero(void **state)
{
	static const struct part parts[] = {
		{ .gpa = LMB_BASE, .len = RAM_HEAD + RAM_PAGE },
		{ .gpa = RAM_PAGE, .len = RAM_HEAD + RAM_PAGE },
		{ .len = 0 }
	};
	const size_t len = LMB_BASE + PAPR_LMB_SIZE;
	struct machine m = { .p = new_with_lmb() };
	struct source source;

	(void)state;
	save_parts_of(new_with_lmb(), &source, parts);
	m.mapping = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			 MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(m.mapping != MAP_FAILED);
	m.options = (struct run_options){ .mem = LMB_BASE, .max_mem = len };
	m.vmm = (struct vmm){
		.options = &m.options, .vm = m.p->vm, .ram = m.mapping,
	};
	restore(&m, &source);
	assert_page(&m, RAM_PAGE, true);
	assert_page(&m, LMB_BASE, false);
	munmap(m.mapping, len);
	partition_free(m.p);
}

/* A page of which any byte is not zero is cleared. */
static void each_byte_becomes_zero(void **state)
{
	static const struct part parts[] = {
		{ .gpa = 0, .len = RAM_HEAD + 4 * RAM_PAGE },
		{ .name = ZERO_SECTION, .len = ZERO_LEN,
		  .zero = 4 * RAM_PAGE },
		{ .len = 0 }
	};
	struct machine *m = machine_new();
	struct source source;
	uint8_t *payload;

	(void)state;
	save_parts(&source, parts);
	file_section(&source.file, RAM_SECTION, 0, &payload);
	memset(payload + RAM_HEAD, 0, 4 * RAM_PAGE);
	payload[RAM_HEAD] = 1;
	payload[RAM_HEAD + RAM_PAGE + 1] = 1;
	payload[RAM_HEAD + 3 * RAM_PAGE - 1] = 1;
	memset(payload + RAM_HEAD + 3 * RAM_PAGE, 1, RAM_PAGE);
	file_mend(&source.file);
	restore(m, &source);
	for (uint64_t gpa = 0; gpa < 4 * RAM_PAGE; gpa += RAM_PAGE)
		assert_page(m, gpa, false);
	machine_free(m);
}

#define ONE (RAM_HEAD + RAM_PAGE)
#define ZEROES .name = ZERO_SECTION, .len = ZERO_LEN
#define NO_PLACE(len, gpa) \
	"section ram: RAM ends at 0x200000, and these are " len " bytes at " gpa

static const struct {
	struct part part;
	int err;
	const char *sentence;
} wrongs[] = {
	{ { .name = "room", .len = ONE }, -EOPNOTSUPP, "section room: nobody "
	  "knows it here: a newer libpapr or another program has written it" },
	{ { .version = 2, .len = ONE }, -EINVAL,
	  "section ram: 4104 bytes of version 2 are no RAM" },
	{ { .len = RAM_HEAD - 1 }, -EINVAL,
	  "section ram: 7 bytes of version 1 are no RAM" },
	{ { .len = RAM_HEAD }, -EINVAL,
	  "section ram: 8 bytes of version 1 are no RAM" },
	{ { .len = ONE - 1 }, -EINVAL,
	  "section ram: 4103 bytes of version 1 are no RAM" },
	{ { .len = RAM_HEAD + RAM_RUN + RAM_PAGE }, -EINVAL,
	  "section ram: 1052680 bytes of version 1 are no RAM" },
	{ { .gpa = 1, .len = ONE }, -EINVAL, NO_PLACE("0x1000", "0x1") },
	{ { .gpa = LAST, .len = ONE + RAM_PAGE }, -EINVAL,
	  NO_PLACE("0x2000", "0x1ff000") },
	{ { .gpa = RAM_SIZE, .len = ONE }, -EINVAL,
	  NO_PLACE("0x1000", "0x200000") },
	{ { .gpa = RAM_SIZE + RAM_PAGE, .len = ONE }, -EINVAL,
	  NO_PLACE("0x1000", "0x201000") },
	{ { .gpa = -(uint64_t)RAM_PAGE, .len = ONE }, -EINVAL,
	  NO_PLACE("0x1000", "0xfffffffffffff000") },
	{ { .name = POWER_SECTION, .len = 9 }, -EINVAL,
	  "section power: 9 bytes of version 1 are no time to be switched on" },
	{ { .name = POWER_SECTION, .len = 8, .version = 2 }, -EINVAL,
	  "section power: 8 bytes of version 2 are no time to be switched on" },
	{ { .name = ZERO_SECTION, .len = ZERO_LEN - 1 }, -EINVAL,
	  "section ram-zero: 15 bytes of version 1 tell of no zeroes" },
	{ { .name = ZERO_SECTION, .len = ZERO_LEN + 1 }, -EINVAL,
	  "section ram-zero: 17 bytes of version 1 tell of no zeroes" },
	{ { ZEROES, .version = 2, .zero = RAM_PAGE }, -EINVAL,
	  "section ram-zero: 16 bytes of version 2 tell of no zeroes" },
	{ { ZEROES, .zero = RAM_PAGE + 1 }, -EINVAL,
	  "section ram-zero: 0x1001 bytes of zeroes are no pages, or too "
	  "many" },
	{ { ZEROES, .zero = RAM_RUN + RAM_PAGE }, -EINVAL,
	  "section ram-zero: 0x101000 bytes of zeroes are no pages, or too "
	  "many" },
	{ { ZEROES, .gpa = LAST, .zero = 2 * RAM_PAGE }, -EINVAL,
	  "section ram-zero: RAM ends at 0x200000, and these are 0x2000 bytes "
	  "at 0x1ff000" },
	{ { ZEROES, .gpa = 1, .zero = RAM_PAGE }, -EINVAL,
	  "section ram-zero: RAM ends at 0x200000, and these are 0x1000 bytes "
	  "at 0x1" },
};

static void what_is_no_ram_of_the_guest_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		const struct part parts[] = { wrongs[i].part, { .len = 0 } };
		struct machine *m = machine_new();
		struct papr_error error = { "" };
		struct source source;
		char *at;

		save_parts(&source, parts);
		assert_int_equal(machine_restore(m, &source.file, &error),
				 wrongs[i].err);
		at = strstr(error.text, ": ");
		assert_non_null(at);
		assert_string_equal(at + 2, wrongs[i].sentence);
		free(source.file.bytes);
		machine_free(m);
	}
}

static void the_time_to_be_switched_on_comes_along(void **state)
{
	static const struct part parts[] = {
		{ .name = POWER_SECTION, .gpa = 4711, .len = 8 },
		{ .len = 0 }
	};
	struct machine *m = machine_new();
	struct papr_error error;
	struct source source;

	(void)state;
	save_parts(&source, parts);
	if (machine_restore(m, &source.file, &error))
		fail_msg("%s", error.text);
	assert_int_equal(m->vmm.power.on_at_ns, 4711);
	free(source.file.bytes);
	machine_free(m);
}

static void a_guest_saved_by_the_first_version_is_restored(void **state)
{
	struct machine *m = machine_new();
	struct papr_error error;
	FILE *stream = fopen(GOLDEN, "re");

	(void)state;
	assert_non_null(stream);
	if (restore_stream(&m->vmm, stream, &error))
		fail_msg("%s", error.text);
	fclose(stream);
	see_few(m);
	machine_free(m);
}

static int write_golden(const char *path)
{
	FILE *stream = fopen(path, "we");
	struct source source;

	save_parts(&source, few);
	if (!stream ||
	    fwrite(source.file.bytes, source.file.len, 1, stream) != 1 ||
	    fclose(stream))
		return 1;
	free(source.file.bytes);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_where_they_were_and_the_others_zero),
		cmocka_unit_test(a_section_may_have_a_mebibyte),
		cmocka_unit_test(a_page_that_comes_again_is_the_last_one),
		cmocka_unit_test(zeroes_come_short),
		cmocka_unit_test(memory_that_is_not_plugged_in_is_zero),
		cmocka_unit_test(each_byte_becomes_zero),
		cmocka_unit_test(what_is_no_ram_of_the_guest_is_refused),
		cmocka_unit_test(the_time_to_be_switched_on_comes_along),
		cmocka_unit_test(
			a_guest_saved_by_the_first_version_is_restored),
	};

	if (argc > 1)
		return write_golden(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
