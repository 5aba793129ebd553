/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF images into memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <elf.h>

#include <cmocka.h>

#include "vmm/loader.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define RAM_SIZE 0x500000
#define IMAGE_SIZE 0x180
#define SECTIONS_SIZE (3 * sizeof(Elf64_Shdr))	/* those after some images */
#define UNTOUCHED 0xa5

static uint8_t ram[RAM_SIZE];

/*
 * A good image that each test spoils in one place.  Two segments of 0x20
 * bytes in the file: the first is 0x30 bytes at 0x10000 in memory, the second
 * 0x20 at 0x20000.
 */
struct elf_file {
	uint8_t bytes[IMAGE_SIZE + SECTIONS_SIZE];
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
	return loader_elf(elf->bytes, elf->len, ram, RAM_SIZE, 0, image,
			  error);
}

static void assert_loads(const struct elf_file *elf, struct image *image)
{
	struct papr_error error = { "" };

	if (load(elf, image, &error))
		fail_msg("refused: %s", error.text);
}

#define SHDR_AT(n) (IMAGE_SIZE + (n) * sizeof(Elf64_Shdr))
#define SHDR(elf, n, member, value) \
	put(elf, SHDR_AT(n) + offsetof(Elf64_Shdr, member), \
	    sizeof(((Elf64_Shdr *)0)->member), value)

/*
 * The same image entered by a function descriptor, the first of .opd, which is
 * 0x18 of the second segment's bytes and leads to the first segment.
 */
static void descriptor_image(struct elf_file *elf, bool big_endian)
{
	static const char names[] = "\0.opd\0.shstrtab";

	good_image(elf, big_endian);
	elf->len = sizeof(elf->bytes);
	EHDR(elf, e_entry, 0x20000);
	EHDR(elf, e_shoff, IMAGE_SIZE);
	EHDR(elf, e_shentsize, sizeof(Elf64_Shdr));
	EHDR(elf, e_shnum, 3);
	EHDR(elf, e_shstrndx, 2);
	SHDR(elf, 1, sh_name, 1);
	SHDR(elf, 1, sh_type, SHT_PROGBITS);
	SHDR(elf, 1, sh_addr, 0x20000);
	SHDR(elf, 1, sh_offset, 0x120);
	SHDR(elf, 1, sh_size, 0x18);
	SHDR(elf, 2, sh_name, 6);
	SHDR(elf, 2, sh_type, SHT_STRTAB);
	SHDR(elf, 2, sh_offset, 0x140);
	SHDR(elf, 2, sh_size, sizeof(names));
	memcpy(elf->bytes + 0x140, names, sizeof(names));
	put(elf, 0x120, 8, 0x10008);
	put(elf, 0x130, 8, 0x1000c);
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

static void one_that_is_linked_elsewhere_stays_there(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, true);
	EHDR(&elf, e_type, ET_DYN);
	assert_loads(&elf, &image);
	assert_int_equal(image.start, 0x10000);
	PHDR(&elf, 0, p_paddr, 0);
	PHDR(&elf, 0, p_vaddr, 0xc000000000000000);
	EHDR(&elf, e_entry, 0xc000000000000000);
	assert_loads(&elf, &image);
	assert_int_equal(image.start, 0);
}

static void what_moves_a_program_is_what_is_loaded(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, true);
	EHDR(&elf, e_type, ET_DYN);
	EHDR(&elf, e_entry, 0);
	PHDR(&elf, 0, p_type, PT_NOTE);
	PHDR(&elf, 1, p_vaddr, 0);
	PHDR(&elf, 1, p_paddr, 0);
	assert_loads(&elf, &image);
	assert_int_equal(image.pc, LOADER_PROGRAM_BASE);
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

static void a_segment_may_end_where_the_file_ends(void **state)
{
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, false);
	PHDR(&elf, 1, p_offset, IMAGE_SIZE - 0x20);
	assert_loads(&elf, &image);
	PHDR(&elf, 1, p_offset, IMAGE_SIZE);
	PHDR(&elf, 1, p_filesz, 0);
	assert_loads(&elf, &image);
	assert_int_equal(ram[0x20000], 0);
}

static void a_base_of_ones_own_is_added_to_all(void **state)
{
	struct papr_error error = { "" };
	struct elf_file elf;
	struct image image;

	(void)state;
	good_image(&elf, true);
	EHDR(&elf, e_entry, 0);
	PHDR(&elf, 0, p_vaddr, 0);
	PHDR(&elf, 0, p_paddr, 0);
	assert_int_equal(loader_elf(elf.bytes, elf.len, ram, RAM_SIZE,
				    0x200000, &image, &error), 0);
	assert_int_equal(image.start, 0x200000);
	assert_int_equal(image.pc, 0x200000);
	assert_int_equal(image.end, 0x220020);
	assert_int_equal(ram[0x220000], 2);
	assert_int_equal(loader_elf(elf.bytes, elf.len, ram, RAM_SIZE,
				    RAM_SIZE - 0x2001f, &image, &error),
			 -EINVAL);
}

/* Where the image with a descriptor is entered, one place of it changed. */
static struct entry {
	const char *name;
	size_t at;
	size_t width;
	uint64_t value;
	uint64_t pc;
	const char *sentence;	/* or why not */
} entries[] = {
	{ "an_entry_may_be_a_function_descriptor", 0, 1, ELFMAG0, 0x10008,
	  NULL },
	{ "the_last_descriptor_is_one_too", offsetof(Elf64_Ehdr, e_entry), 8,
	  0x20010, 0x1000c, NULL },
	{ "an_entry_after_the_descriptors_is_code",
	  offsetof(Elf64_Ehdr, e_entry), 8, 0x20018, 0x20018, NULL },
	{ "an_entry_before_the_descriptors_is_code",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_addr), 8, 0x20001, 0x20000,
	  NULL },
	{ "a_section_of_another_name_has_code", 0x144, 1, 'e', 0x20000, NULL },
	{ "a_section_without_bytes_has_no_descriptors",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_type), 4, SHT_NOBITS, 0x20000,
	  NULL },
	{ "a_name_beyond_all_names_is_none",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_name), 4, 0x1000, 0x20000,
	  NULL },
	{ "names_in_no_section_are_none", offsetof(Elf64_Ehdr, e_shstrndx), 2,
	  9, 0x20000, NULL },
	{ "sections_beyond_the_file_are_none", offsetof(Elf64_Ehdr, e_shoff),
	  8, 0x10000, 0x20000, NULL },
	{ "a_descriptor_leads_into_a_segment", 0x120, 8, 0x30000, 0,
	  "its entry point 0x30000 is in no segment" },
	{ "a_descriptor_leads_to_an_instruction", 0x120, 8, 0x10009, 0,
	  "its entry point 0x10009 is not aligned" },
	{ "a_descriptor_must_be_whole", offsetof(Elf64_Ehdr, e_entry), 8,
	  0x20011, 0, "truncated in its function descriptors" },
	{ "descriptors_that_begin_beyond_the_file",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_offset), 8,
	  IMAGE_SIZE + SECTIONS_SIZE + 1, 0,
	  "truncated in its function descriptors" },
	{ "descriptors_may_end_where_the_file_ends",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_offset), 8,
	  IMAGE_SIZE + SECTIONS_SIZE - 0x18, 0,
	  "its entry point 0x0 is in no segment" },
	{ "descriptors_that_end_beyond_the_file",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_offset), 8,
	  IMAGE_SIZE + SECTIONS_SIZE - 0x17, 0,
	  "truncated in its function descriptors" },
	{ "an_offset_of_descriptors_that_wraps",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_offset), 8, UINT64_MAX, 0,
	  "truncated in its function descriptors" },
	{ "a_size_of_descriptors_that_wraps",
	  SHDR_AT(1) + offsetof(Elf64_Shdr, sh_size), 8, UINT64_MAX, 0,
	  "truncated in its function descriptors" },
};

static void is_entered(void **state)
{
	const struct entry *entry = *state;
	struct papr_error error = { "" };
	struct elf_file elf;
	struct image image;

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		descriptor_image(&elf, big_endian);
		put(&elf, entry->at, entry->width, entry->value);
		if (entry->sentence) {
			assert_int_equal(load(&elf, &image, &error), -EINVAL);
			assert_string_equal(error.text, entry->sentence);
			continue;
		}
		assert_loads(&elf, &image);
		assert_int_equal(image.pc, entry->pc);
	}
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
	{ "a_magic_and_no_more_is_truncated", CUT_TO(4),
	  "truncated in its ELF header" },
	{ "another_magic_is_not_elf", 0, 1, 'M', "not an ELF image" },
	{ "a_cut_identification_is_truncated", CUT_TO(8),
	  "truncated in its ELF header" },
	{ "a_cut_header_is_truncated", CUT_TO(63),
	  "truncated in its ELF header" },
	{ "a_header_and_no_more_is_truncated", CUT_TO(64),
	  "truncated in its program headers" },
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

static const struct CMUnitTest named_tests[] = {
	cmocka_unit_test(both_byte_orders_are_loaded),
	cmocka_unit_test(memory_beyond_the_file_is_zeroed),
	cmocka_unit_test(a_kernel_goes_to_its_physical_address),
	cmocka_unit_test(the_uppermost_address_bits_are_ignored),
	cmocka_unit_test(
		a_program_that_may_be_anywhere_leaves_the_vectors),
	cmocka_unit_test(one_that_is_linked_elsewhere_stays_there),
	cmocka_unit_test(what_moves_a_program_is_what_is_loaded),
	cmocka_unit_test(an_executable_entered_at_0_leaves_them_too),
	cmocka_unit_test(
		firmware_entered_at_its_reset_vector_stays_at_0),
	cmocka_unit_test(what_is_not_to_be_loaded_is_passed_over),
	cmocka_unit_test(a_segment_may_end_where_the_file_ends),
	cmocka_unit_test(a_base_of_ones_own_is_added_to_all),
	cmocka_unit_test(a_segment_may_end_where_memory_ends),
	cmocka_unit_test(nothing_to_load_is_refused),
};

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(refusals) + ARRAY_SIZE(entries) +
				ARRAY_SIZE(named_tests)];
	struct CMUnitTest *next = tests + ARRAY_SIZE(refusals);

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		tests[i] = (struct CMUnitTest) {
			.name = refusals[i].name,
			.test_func = refuses,
			.initial_state = &refusals[i],
		};
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		*next++ = (struct CMUnitTest) {
			.name = entries[i].name,
			.test_func = is_entered,
			.initial_state = &entries[i],
		};
	memcpy(next, named_tests, sizeof(named_tests));
	return cmocka_run_group_tests_name("loader", tests, NULL,
					   NULL);
}
