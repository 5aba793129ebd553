/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF images into memory, and what goes around them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <elf.h>

#include <cmocka.h>

#include "vmm/layout.h"
#include "vmm/loader.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIB (UINT64_C(1) << 20)

#define RAM_SIZE 0x500000
#define IMAGE_SIZE 0x180
#define UNTOUCHED 0xa5

static uint8_t ram[RAM_SIZE];

/*
 * A good image that each test spoils in one place.  Two segments of 0x20
 * bytes in the file: the first is 0x30 bytes at 0x10000 in memory, the second
 * 0x20 at 0x20000.
 */
struct elf_file {
	uint8_t bytes[IMAGE_SIZE];
	size_t len;
	bool big_endian;
};

static void put(struct elf_file *elf, size_t at, size_t width, uint64_t value)
{
	for (size_t i = 0; i < width; i++) {
		size_t to = elf->big_endian ? width - 1 - i : i;

		elf->bytes[at + to] = value >> 8 * i;
	}
}

#define EHDR(elf, member, value) \
	put(elf, offsetof(Elf64_Ehdr, member), \
	    sizeof(((Elf64_Ehdr *)0)->member), value)
#define PHDR_AT(n) (sizeof(Elf64_Ehdr) + (n) * sizeof(Elf64_Phdr))
#define PHDR(elf, n, member, value) \
	put(elf, PHDR_AT(n) + offsetof(Elf64_Phdr, member), \
	    sizeof(((Elf64_Phdr *)0)->member), value)

static void put_segment(struct elf_file *elf, size_t n, uint64_t offset,
			uint64_t address, uint64_t memsz)
{
	PHDR(elf, n, p_type, PT_LOAD);
	PHDR(elf, n, p_offset, offset);
	PHDR(elf, n, p_vaddr, address);
	PHDR(elf, n, p_paddr, address);
	PHDR(elf, n, p_filesz, 0x20);
	PHDR(elf, n, p_memsz, memsz);
	memset(elf->bytes + offset, (int)n + 1, 0x20);
}

static void good_image(struct elf_file *elf, bool big_endian)
{
	memset(elf, 0, sizeof(*elf));
	elf->len = IMAGE_SIZE;
	elf->big_endian = big_endian;
	memcpy(elf->bytes, ELFMAG, SELFMAG);
	elf->bytes[EI_CLASS] = ELFCLASS64;
	elf->bytes[EI_DATA] = big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	elf->bytes[EI_VERSION] = EV_CURRENT;
	EHDR(elf, e_type, ET_EXEC);
	EHDR(elf, e_machine, EM_PPC64);
	EHDR(elf, e_version, EV_CURRENT);
	EHDR(elf, e_entry, 0x10004);
	EHDR(elf, e_phoff, sizeof(Elf64_Ehdr));
	EHDR(elf, e_ehsize, sizeof(Elf64_Ehdr));
	EHDR(elf, e_phentsize, sizeof(Elf64_Phdr));
	EHDR(elf, e_phnum, 2);
	put_segment(elf, 0, 0x100, 0x10000, 0x30);
	put_segment(elf, 1, 0x120, 0x20000, 0x20);
}

static int load(const struct elf_file *elf, struct image *image,
		struct papr_error *error)
{
	memset(ram, UNTOUCHED, sizeof(ram));
	return loader_elf(elf->bytes, elf->len, ram, RAM_SIZE, image, error);
}

static void assert_loads(const struct elf_file *elf, struct image *image)
{
	struct papr_error error = { "" };

	if (load(elf, image, &error))
		fail_msg("refused: %s", error.text);
}

static void both_byte_orders_are_loaded(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		good_image(&elf, big_endian);
		assert_loads(&elf, &image);
		assert_int_equal(image.start, 0x10000);
		assert_int_equal(image.end, 0x20020);
		assert_int_equal(image.pc, 0x10004);
		assert_int_equal(ram[0x10000], 1);
		assert_int_equal(ram[0x2001f], 2);
	}
}

static void memory_beyond_the_file_is_zeroed(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	assert_loads(&elf, &image);
	assert_int_equal(ram[0x1001f], 1);
	for (size_t i = 0x10020; i < 0x10030; i++)
		assert_int_equal(ram[i], 0);
	assert_int_equal(ram[0x10030], UNTOUCHED);
}

static void a_kernel_goes_to_its_physical_address(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	EHDR(&elf, e_entry, 0xc000000000000000);
	PHDR(&elf, 0, p_vaddr, 0xc000000000000000);
	PHDR(&elf, 0, p_paddr, 0);
	assert_loads(&elf, &image);
	assert_int_equal(image.pc, 0);
	assert_int_equal(ram[0], 1);
}

static void the_uppermost_address_bits_are_ignored(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	EHDR(&elf, e_entry, 0xc000000000010000);
	PHDR(&elf, 0, p_vaddr, 0xc000000000010000);
	PHDR(&elf, 0, p_paddr, 0xc000000000010000);
	assert_loads(&elf, &image);
	assert_int_equal(image.pc, 0x10000);
}

static void a_program_that_may_be_anywhere_leaves_the_vectors(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, true);
	EHDR(&elf, e_type, ET_DYN);
	EHDR(&elf, e_entry, 8);
	PHDR(&elf, 0, p_vaddr, 0);
	PHDR(&elf, 0, p_paddr, 0);
	assert_loads(&elf, &image);
	assert_int_equal(image.start, LOADER_PROGRAM_BASE);
	assert_int_equal(image.pc, LOADER_PROGRAM_BASE + 8);
	assert_int_equal(image.end, LOADER_PROGRAM_BASE + 0x20020);
	assert_int_equal(ram[0], UNTOUCHED);
}

static void an_executable_entered_at_0_leaves_them_too(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, true);
	EHDR(&elf, e_entry, 0);
	PHDR(&elf, 0, p_vaddr, 0);
	PHDR(&elf, 0, p_paddr, 0);
	assert_loads(&elf, &image);
	assert_int_equal(image.pc, LOADER_PROGRAM_BASE);
}

static void firmware_entered_at_its_reset_vector_stays_at_0(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, true);
	EHDR(&elf, e_entry, 0x10);
	PHDR(&elf, 0, p_vaddr, 0);
	PHDR(&elf, 0, p_paddr, 0);
	assert_loads(&elf, &image);
	assert_int_equal(image.pc, 0x10);
	assert_int_equal(ram[0], 1);
}

static void what_is_not_to_be_loaded_is_passed_over(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	PHDR(&elf, 1, p_type, PT_NOTE);
	PHDR(&elf, 1, p_offset, UINT64_MAX);
	assert_loads(&elf, &image);
	assert_int_equal(image.end, 0x10030);
	assert_int_equal(ram[0x20000], UNTOUCHED);
}

static void a_segment_may_end_where_memory_ends(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	PHDR(&elf, 1, p_paddr, RAM_SIZE - 0x20);
	assert_loads(&elf, &image);
	assert_int_equal(ram[RAM_SIZE - 1], 2);
}

/* One place of the good image spoilt, and the words that name it. */
struct refusal {
	const char *name;
	size_t at;
	size_t width;
	uint64_t value;
	const char *sentence;
};

#define SPOIL_EHDR(member) \
	offsetof(Elf64_Ehdr, member), sizeof(((Elf64_Ehdr *)0)->member)
#define SPOIL_PHDR(n, member) \
	PHDR_AT(n) + offsetof(Elf64_Phdr, member), \
	sizeof(((Elf64_Phdr *)0)->member)
#define CUT_TO(len) SIZE_MAX, 0, len

static struct refusal refusals[] = {
	{ "an_empty_file_is_not_elf", CUT_TO(0), "not an ELF image" },
	{ "three_bytes_are_not_elf", CUT_TO(3), "not an ELF image" },
	{ "another_magic_is_not_elf", 0, 1, 'M', "not an ELF image" },
	{ "a_cut_identification_is_truncated", CUT_TO(8),
	  "truncated in its ELF header" },
	{ "a_cut_header_is_truncated", CUT_TO(63),
	  "truncated in its ELF header" },
	{ "a_32_bit_program_is_refused", EI_CLASS, 1, ELFCLASS32,
	  "a 32-bit program; only 64-bit ones can be run" },
	{ "an_unknown_class_is_damage", EI_CLASS, 1, 3,
	  "its ELF header is damaged" },
	{ "an_unknown_byte_order_is_damage", EI_DATA, 1, 0,
	  "its ELF header is damaged" },
	{ "an_unknown_version_is_damage", EI_VERSION, 1, 9,
	  "its ELF header is damaged" },
	{ "another_machine_is_refused", SPOIL_EHDR(e_machine), EM_X86_64,
	  "for another processor (ELF machine 62), not 64-bit PowerPC" },
	{ "an_object_file_is_refused", SPOIL_EHDR(e_type), ET_REL,
	  "not an executable (ELF type 1)" },
	{ "no_program_headers_are_refused", SPOIL_EHDR(e_phnum), 0,
	  "it has no program headers" },
	{ "program_headers_beyond_the_file", SPOIL_EHDR(e_phoff), 0x1000,
	  "truncated in its program headers" },
	{ "more_program_headers_than_the_file_has", SPOIL_EHDR(e_phnum), 9,
	  "truncated in its program headers" },
	{ "a_segment_that_begins_beyond_the_file", SPOIL_PHDR(1, p_offset),
	  0x181,
	  "truncated: segment 1 ends beyond the 384 bytes there are" },
	{ "a_segment_that_ends_beyond_the_file", SPOIL_PHDR(1, p_offset),
	  0x161,
	  "truncated: segment 1 ends beyond the 384 bytes there are" },
	{ "a_file_offset_that_wraps", SPOIL_PHDR(0, p_offset), UINT64_MAX,
	  "truncated: segment 0 ends beyond the 384 bytes there are" },
	{ "a_file_size_that_wraps", SPOIL_PHDR(0, p_filesz), UINT64_MAX,
	  "truncated: segment 0 ends beyond the 384 bytes there are" },
	{ "a_segment_larger_in_the_file_than_in_memory",
	  SPOIL_PHDR(0, p_memsz), 0x1f,
	  "segment 0 is larger in the file than in memory" },
	{ "a_segment_one_byte_beyond_memory", SPOIL_PHDR(1, p_paddr),
	  RAM_SIZE - 0x1f, "segment 1, 0x20 bytes at 0x4fffe1, is outside the "
	  "memory of 5 MiB" },
	{ "a_segment_outside_memory", SPOIL_PHDR(1, p_paddr), 0x600000,
	  "segment 1, 0x20 bytes at 0x600000, is outside the memory of 5 MiB" },
	{ "a_memory_size_that_wraps", SPOIL_PHDR(1, p_memsz), UINT64_MAX,
	  "segment 1, 0xffffffffffffffff bytes at 0x20000, is outside the "
	  "memory of 5 MiB" },
	{ "segments_that_overlap", SPOIL_PHDR(1, p_paddr), 0x1002f,
	  "segment 1 overlaps the one before it or is out of order" },
	{ "segments_out_of_order", SPOIL_PHDR(1, p_paddr), 0x1000,
	  "segment 1 overlaps the one before it or is out of order" },
	{ "an_entry_point_outside_all_segments", SPOIL_EHDR(e_entry), 0x10030,
	  "its entry point 0x10030 is in no segment" },
	{ "an_entry_point_before_all_segments", SPOIL_EHDR(e_entry), 0xfffc,
	  "its entry point 0xfffc is in no segment" },
	{ "an_entry_point_between_instructions", SPOIL_EHDR(e_entry), 0x10002,
	  "its entry point 0x10002 is not aligned" },
};

static void refuses(void **state)
{
	const struct refusal *refusal = *state;
	struct papr_error error = { "" };
	struct elf_file elf;
	struct image image;

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		good_image(&elf, big_endian);
		if (refusal->at == SIZE_MAX)
			elf.len = refusal->value;
		else
			put(&elf, refusal->at, refusal->width,
			    refusal->value);
		assert_int_equal(load(&elf, &image, &error), -EINVAL);
		assert_string_equal(error.text, refusal->sentence);
		for (size_t i = 0; i < sizeof(ram); i++)
			if (ram[i] != UNTOUCHED)
				fail_msg("memory was written at 0x%zx", i);
	}
}

static void nothing_to_load_is_refused(void **state)
{
	struct papr_error error = { "" };
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	PHDR(&elf, 0, p_type, PT_NOTE);
	PHDR(&elf, 1, p_type, PT_NULL);
	assert_int_equal(load(&elf, &image, &error), -EINVAL);
	assert_string_equal(error.text, "it has nothing to load");
}

/* Debian's kernel: the addresses of the first boot of such a guest. */
static const struct image linux_image = { .end = 0x287c918 };

static void assert_places(const struct image *image,
			  const struct layout_need *need,
			  struct layout *layout)
{
	struct papr_error error = { "" };

	if (layout_place(image, need, layout, &error))
		fail_msg("refused: %s", error.text);
}

static void linux_gets_its_firmware_at_112_mib(void **state)
{
	const struct layout_need need = { 512 * MIB, 0x10000, 2 * MIB };
	struct layout layout;

	(void)state;
	assert_places(&linux_image, &need, &layout);
	assert_int_equal(layout.rtas, 0x07000000);
	assert_int_equal(layout.fdt, 0x07100000);
	assert_int_equal(layout.initrd, 0x08000000);
}

static void a_bigger_kernel_moves_all_above_its_end(void **state)
{
	const struct image big = { .end = 300 * MIB + 1 };
	const struct layout_need need = { 512 * MIB, 0x20000, 2 * MIB };
	struct layout layout;

	(void)state;
	assert_places(&big, &need, &layout);
	assert_int_equal(layout.rtas, 301 * MIB);
	assert_int_equal(layout.fdt, 302 * MIB);
	assert_int_equal(layout.initrd, 304 * MIB);
}

static void little_memory_brings_all_close_to_the_kernel(void **state)
{
	const struct layout_need need = { 64 * MIB, 0x10000, 16 * MIB };
	struct layout layout;

	(void)state;
	assert_places(&linux_image, &need, &layout);
	assert_int_equal(layout.rtas, 41 * MIB);
	assert_int_equal(layout.initrd, 48 * MIB);
}

static void without_an_initrd_there_is_none(void **state)
{
	const struct layout_need need = { 512 * MIB, 0x10000, 0 };
	struct layout layout;

	(void)state;
	assert_places(&linux_image, &need, &layout);
	assert_int_equal(layout.initrd, 0);
}

static void nothing_overlaps_at_any_memory_size(void **state)
{
	struct layout_need need = { 43 * MIB, 0x20000, 0x12345 };
	struct layout layout;
	struct papr_error error;

	(void)state;
	for (; need.ram < 600 * MIB; need.ram += MIB) {
		if (layout_place(&linux_image, &need, &layout, &error))
			continue;
		assert_true(layout.rtas >= linux_image.end);
		assert_true(layout.fdt >= layout.rtas + need.rtas);
		assert_true(layout.initrd >= layout.fdt + LAYOUT_FDT_SIZE);
		assert_true(layout.initrd + need.initrd <= need.ram);
	}
}

/* The size a sentence names must be the smallest that is enough. */
static void assert_needs(struct layout_need need, uint64_t mib,
			 const char *sentence)
{
	struct papr_error error = { "" };
	struct layout layout;

	assert_int_equal(layout_place(&linux_image, &need, &layout, &error),
			 -ENOSPC);
	assert_string_equal(error.text, sentence);
	need.ram = mib * MIB;
	assert_places(&linux_image, &need, &layout);
	need.ram -= MIB;
	assert_int_equal(layout_place(&linux_image, &need, &layout, &error),
			 -ENOSPC);
}

static void too_little_memory_is_refused_with_what_it_takes(void **state)
{
	(void)state;
	assert_needs((struct layout_need) { 41 * MIB, 0x10000, 0 }, 43,
		     "41 MiB of memory are too few for this kernel; it takes "
		     "--mem 43M");
}

static void an_initrd_too_large_is_refused_with_what_it_takes(void **state)
{
	(void)state;
	assert_needs((struct layout_need) { 512 * MIB, 0x10000, 500 * MIB },
		     548,
		     "the initrd of 524288000 bytes does not fit into 512 MiB "
		     "of memory; it takes --mem 548M");
}

static void the_largest_file_there_can_be_does_not_wrap(void **state)
{
	const struct layout_need need = { 512 * MIB, 0x10000, INT64_MAX };
	struct papr_error error = { "" };
	struct layout layout;

	(void)state;
	assert_int_equal(layout_place(&linux_image, &need, &layout, &error),
			 -ENOSPC);
}

static void a_kernel_that_fills_2_gib_leaves_no_room_for_rtas(void **state)
{
	const struct image big = { .end = 2048 * MIB };
	const struct layout_need need = { 4096 * MIB, 0x10000, 0 };
	struct papr_error error = { "" };
	struct layout layout;

	(void)state;
	assert_int_equal(layout_place(&big, &need, &layout, &error), -ENOSPC);
	assert_string_equal(error.text, "the kernel ends at 0x80000000, which "
			    "leaves no room for RTAS below 2 GiB");
}

static void firmware_finds_all_where_qemu_puts_it(void **state)
{
	const struct image image = { .end = 0x2c7c918 };
	const struct {
		uint64_t ram, fdt;
	} rows[] = {
		{ 128 * MIB, 126 * MIB }, { 512 * MIB, 510 * MIB },
		{ 4096 * MIB, 2046 * MIB },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct layout_need need = { rows[i].ram, 0x10000, MIB };
		struct papr_error error = { "" };
		struct layout layout;

		assert_int_equal(layout_place_firmware(&image, &need, &layout,
						       &error), 0);
		assert_int_equal(layout.fdt, rows[i].fdt);
		assert_int_equal(layout.rtas, rows[i].fdt - 0x10000);
		assert_int_equal(layout.initrd, 0x2c80000);
	}
}

static void what_firmware_cannot_hold_is_refused(void **state)
{
	const struct image image = { .end = 0x2c7c918 };
	const struct {
		struct layout_need need;
		const char *sentence;
	} rows[] = {
		{ { 127 * MIB, 0x10000, 0 }, "127 MiB of memory are too few "
		  "for firmware; it takes --mem 128M" },
		{ { 128 * MIB, 0x10000, 100 * MIB }, "kernel and initrd end at "
		  "0x9080000, which is not below 0x7df0000 as firmware wants "
		  "it" },
		{ { 128 * MIB, 0x10000, INT64_MAX }, "kernel and initrd end at "
		  "0x8000000002c7ffff, which is not below 0x7df0000 as "
		  "firmware wants it" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_error error = { "" };
		struct layout layout;

		assert_int_equal(layout_place_firmware(&image, &rows[i].need,
						       &layout, &error),
				 -ENOSPC);
		assert_string_equal(error.text, rows[i].sentence);
	}
}

static const struct CMUnitTest named_tests[] = {
	cmocka_unit_test(both_byte_orders_are_loaded),
	cmocka_unit_test(memory_beyond_the_file_is_zeroed),
	cmocka_unit_test(a_kernel_goes_to_its_physical_address),
	cmocka_unit_test(the_uppermost_address_bits_are_ignored),
	cmocka_unit_test(
		a_program_that_may_be_anywhere_leaves_the_vectors),
	cmocka_unit_test(an_executable_entered_at_0_leaves_them_too),
	cmocka_unit_test(
		firmware_entered_at_its_reset_vector_stays_at_0),
	cmocka_unit_test(what_is_not_to_be_loaded_is_passed_over),
	cmocka_unit_test(a_segment_may_end_where_memory_ends),
	cmocka_unit_test(nothing_to_load_is_refused),
	cmocka_unit_test(linux_gets_its_firmware_at_112_mib),
	cmocka_unit_test(a_bigger_kernel_moves_all_above_its_end),
	cmocka_unit_test(little_memory_brings_all_close_to_the_kernel),
	cmocka_unit_test(without_an_initrd_there_is_none),
	cmocka_unit_test(nothing_overlaps_at_any_memory_size),
	cmocka_unit_test(
		too_little_memory_is_refused_with_what_it_takes),
	cmocka_unit_test(
		an_initrd_too_large_is_refused_with_what_it_takes),
	cmocka_unit_test(the_largest_file_there_can_be_does_not_wrap),
	cmocka_unit_test(firmware_finds_all_where_qemu_puts_it),
	cmocka_unit_test(what_firmware_cannot_hold_is_refused),
	cmocka_unit_test(
		a_kernel_that_fills_2_gib_leaves_no_room_for_rtas),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(refusals) +
				ARRAY_SIZE(named_tests)];

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		tests[i] = (struct CMUnitTest) {
			.name = refusals[i].name,
			.test_func = refuses,
			.initial_state = &refusals[i],
		};
	memcpy(tests + ARRAY_SIZE(refusals), named_tests, sizeof(named_tests));
	return cmocka_run_group_tests_name("loader and layout", tests, NULL,
					   NULL);
}
