/* SPDX-License-Identifier: BSD-2-Clause */
/* Symbol files: ELF and text, good ones and others. */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>
#include <gelf.h>
#include <libelf.h>

#include "tools/symbols.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT 0xc000000000010000

/* --- text */

static const char map[] =
	"c000000000000000 T _stext\n"
	"c000000000010000 t do_idle\n"
	"c000000000010424 T after\n"
	"c000000000020000 t twice\n"
	"c000000000030000 t twice\n"
	"c000000000040000 t same\n"
	"c000000000040000 T same\n"
	"c000000000050000 t cut.isra.0\n"
	"c000000000060002 T odd\n"
	"c000000001000000 D jiffies\n"
	"c008000000000100 t mod_init\t[dummy]\n"
	"c008000000000200 T vmalloced\n"
	"0000000000000100 T user\n"
	"                 U outside\n"
	"c000000000070000 W last\r\n";

static struct symbols *parse(const char *text)
{
	struct symbols *symbols = NULL;
	struct papr_error error;

	if (symbols_parse(text, strlen(text), "map", &symbols, &error))
		fail_msg("%s", error.text);
	return symbols;
}

static void a_text_tells_where_a_function_is(void **state)
{
	struct symbols *symbols = parse(map);
	struct symbol symbol;

	(void)state;
	assert_int_equal(symbols_find(symbols, "do_idle", &symbol, NULL), 0);
	assert_int_equal(symbol.address, 0xc000000000010000);
	assert_int_equal(symbol.end, 0xc000000000010420);
	symbols_free(symbols);
}

static void a_text_does_not_tell_the_local_entry(void **state)
{
	struct symbols *symbols = parse(map);
	struct symbol symbol;

	(void)state;
	assert_int_equal(symbols_find(symbols, "do_idle", &symbol, NULL), 0);
	assert_false(symbol.local_known);
	assert_int_equal(symbol.local, 8);
	symbols_free(symbols);
}

static void two_symbols_at_one_place_are_one(void **state)
{
	struct symbols *symbols = parse(map);
	struct symbol symbol;

	(void)state;
	assert_int_equal(symbols_find(symbols, "same", &symbol, NULL), 0);
	symbols_free(symbols);
}

static void the_end_of_the_last_function_is_not_known(void **state)
{
	struct symbols *symbols = parse("c000000000010000 T a\n"
					"c000000000020000 T b");
	struct symbol symbol;

	(void)state;
	assert_int_equal(symbols_find(symbols, "b", &symbol, NULL), 0);
	assert_int_equal(symbol.end, 0);
	symbols_free(symbols);
}

/* What cannot be used, and what is said of it. */
static const struct {
	const char *name;
	const char *sentence;
} refused[] = {
	{ "do_idl", "map: there is no symbol do_idl" },
	{ "do_idle2", "map: there is no symbol do_idle2" },
	{ "", "map: there is no symbol " },
	{ "cut", "map: there is no symbol cut; is cut.isra.0 meant?" },
	{ "outside", "map: there is no symbol outside" },
	{ "twice", "map: 2 symbols are named twice, at 0xc000000000020000 and "
	  "0xc000000000030000; say the address itself by at-pc" },
	{ "jiffies", "map: jiffies is data and no code" },
	{ "mod_init", "map: mod_init is in a module, and code can be watched "
	  "only in the kernel's linear mapping" },
	{ "vmalloced", "map: vmalloced, at 0xc008000000000200, is not in the "
	  "kernel's linear mapping" },
	{ "user", "map: user, at 0x100, is not in the kernel's linear "
	  "mapping" },
	{ "odd", "map: odd, at 0xc000000000060002, is no instruction" },
};

static void what_is_no_place_is_refused_in_words(void **state)
{
	struct symbols *symbols = parse(map);
	struct papr_error error;
	struct symbol symbol;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_true(symbols_find(symbols, refused[i].name, &symbol,
					 &error) < 0);
		assert_string_equal(error.text, refused[i].sentence);
	}
	symbols_free(symbols);
}

#define NO_LINE(n) "map:" n ": here should be an address, a letter and a " \
	"name, as in System.map and /proc/kallsyms; or the file an ELF vmlinux"

static const struct {
	const char *text;
	const char *sentence;
} bad_texts[] = {
	{ "", "map: there is no symbol in it" },
	{ "                 U outside\n", "map: there is no symbol in it" },
	{ "\n", NO_LINE("1") },
	{ "hello\n", NO_LINE("1") },
	{ "c000000000010000 T a\nc000000000010000 T\n", NO_LINE("2") },
	{ "c000000000010000 TT a\n", NO_LINE("1") },
	{ "c0000000000100000 T a\n", NO_LINE("1") },
	{ "0xc00000000001000 T a\n", NO_LINE("1") },
	{ "c000000000010000 T a b\n", NO_LINE("1") },
	{ "c000000000010000 T a [m] x\n", NO_LINE("1") },
	{ "\177EL", NO_LINE("1") },
	{ "0000000000000000 T a\n0000000000000000 t b\t[m]\n",
	  "map: all addresses are 0, as /proc/kallsyms has them for who is not "
	  "root; read it as the guest's root, with kernel.kptr_restrict at "
	  "most 1" },
};

static void a_text_of_another_kind_is_refused_in_words(void **state)
{
	struct symbols *symbols;
	struct papr_error error;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad_texts); i++) {
		assert_int_equal(symbols_parse(bad_texts[i].text,
					       strlen(bad_texts[i].text),
					       "map", &symbols, &error),
				 -EINVAL);
		assert_string_equal(error.text, bad_texts[i].sentence);
	}
}

/* --- ELF */

/* A file as a test wants it; zeros are a little-endian kernel's. */
struct wish {
	uint8_t order;
	uint16_t type;
	uint16_t machine;
	bool stripped;
	bool at_zero;		/* its segment */
};

static const char names[] = "\0near\0far\0data\0label\0outside\0unsized";

/* st_other says 8 bytes with 3 in its upper bits. */
static const Elf64_Sym table[] = {
	{ .st_name = 0 },
	{ 1, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, TEXT, 0x20 },
	{ 6, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 3 << 5, 1, TEXT + 0x20,
	  0x40 },
	{ 10, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 2, TEXT + 0x10000, 8 },
	{ 15, ELF64_ST_INFO(STB_LOCAL, STT_NOTYPE), 0, 1, TEXT + 0x30, 0 },
	{ 21, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, SHN_UNDEF, TEXT, 0 },
	{ 29, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, TEXT + 0x60, 0 },
};

static Elf_Scn *add_section(Elf *elf, uint32_t type, uint64_t flags,
			    Elf_Type form, const void *bytes, size_t len)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *data = elf_newdata(section);
	GElf_Shdr header;

	data->d_buf = (void *)bytes;
	data->d_size = len;
	data->d_type = form;
	data->d_version = EV_CURRENT;
	data->d_align = 8;
	gelf_getshdr(section, &header);
	header.sh_type = type;
	header.sh_flags = flags;
	gelf_update_shdr(section, &header);
	return section;
}

static void add_segment(Elf *elf, const struct wish *wish)
{
	GElf_Phdr segment = {
		.p_type = PT_LOAD, .p_vaddr = wish->at_zero ? 0 : TEXT,
	};

	gelf_newphdr(elf, 1);
	gelf_update_phdr(elf, 0, &segment);
}

/* In a file of its own, whose bytes are returned. */
static char *make_elf(const struct wish *wish, size_t *len)
{
	static const uint64_t code[16], data[1];
	FILE *f = tmpfile();
	GElf_Ehdr header;
	GElf_Shdr shdr;
	Elf_Scn *symbols;
	char *bytes;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fileno(f), ELF_C_WRITE, NULL);
	gelf_newehdr(elf, ELFCLASS64);
	gelf_getehdr(elf, &header);
	header.e_ident[EI_DATA] = wish->order ? wish->order : ELFDATA2LSB;
	header.e_type = wish->type ? wish->type : ET_DYN;
	header.e_machine = wish->machine ? wish->machine : EM_PPC64;
	gelf_update_ehdr(elf, &header);
	add_segment(elf, wish);
	add_section(elf, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, ELF_T_BYTE,
		    code, sizeof(code));
	add_section(elf, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, ELF_T_BYTE, data,
		    sizeof(data));
	add_section(elf, SHT_STRTAB, 0, ELF_T_BYTE, names, sizeof(names));
	if (!wish->stripped) {
		symbols = add_section(elf, SHT_SYMTAB, 0, ELF_T_SYM, table,
				      sizeof(table));
		gelf_getshdr(symbols, &shdr);
		shdr.sh_link = 3;
		shdr.sh_entsize = sizeof(table[0]);
		gelf_update_shdr(symbols, &shdr);
	}
	assert_true(elf_update(elf, ELF_C_WRITE) > 0);
	elf_end(elf);
	fseek(f, 0, SEEK_END);
	*len = ftell(f);
	bytes = malloc(*len);
	rewind(f);
	assert_int_equal(fread(bytes, 1, *len, f), *len);
	fclose(f);
	return bytes;
}

static void elf_of_either_byte_order_tells_entries_and_ends(void **state)
{
	static const uint8_t orders[] = { ELFDATA2LSB, ELFDATA2MSB };
	struct symbols *symbols;
	struct symbol symbol;
	struct wish wish = { 0 };
	char *bytes;
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		wish.order = orders[i];
		bytes = make_elf(&wish, &len);
		assert_int_equal(symbols_parse(bytes, len, "vmlinux", &symbols,
					       NULL), 0);
		assert_int_equal(symbols_find(symbols, "near", &symbol, NULL),
				 0);
		assert_int_equal(symbol.address, TEXT);
		assert_int_equal(symbol.local, 0);
		assert_int_equal(symbol.end, TEXT + 0x1c);
		assert_int_equal(symbols_find(symbols, "far", &symbol, NULL),
				 0);
		assert_true(symbol.local_known);
		assert_int_equal(symbol.address, TEXT + 0x20);
		assert_int_equal(symbol.local, 8);
		assert_int_equal(symbol.end, TEXT + 0x5c);
		assert_int_equal(symbols_find(symbols, "label", &symbol, NULL),
				 0);
		assert_int_equal(symbol.end, 0);
		symbols_free(symbols);
		free(bytes);
	}
}

static void data_and_what_is_elsewhere_are_no_code(void **state)
{
	struct wish wish = { 0 };
	struct symbols *symbols;
	struct papr_error error;
	struct symbol symbol;
	size_t len;
	char *bytes = make_elf(&wish, &len);

	(void)state;
	assert_int_equal(symbols_parse(bytes, len, "vmlinux", &symbols, NULL),
			 0);
	assert_int_equal(symbols_find(symbols, "data", &symbol, &error),
			 -EINVAL);
	assert_string_equal(error.text, "vmlinux: data is data and no code");
	assert_int_equal(symbols_find(symbols, "outside", &symbol, &error),
			 -ENOENT);
	symbols_free(symbols);
	free(bytes);
}

static const struct {
	struct wish wish;
	const char *sentence;
} bad_elves[] = {
	{ { .stripped = true }, "vmlinux: stripped of its symbols; copy the "
	  "guest's /proc/kallsyms, read by its root, and name that file" },
	{ { .machine = EM_X86_64 }, "vmlinux: for another processor (ELF "
	  "machine 62), not 64-bit PowerPC" },
	{ { .type = ET_REL }, "vmlinux: a module or a part of a program, whose "
	  "place in memory is not fixed" },
	{ { .at_zero = true }, "vmlinux: linked at 0 and run elsewhere; say "
	  "the address itself by at-pc" },
};

static void an_elf_file_of_another_kind_is_refused_in_words(void **state)
{
	struct symbols *symbols;
	struct papr_error error;
	char *bytes;
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad_elves); i++) {
		bytes = make_elf(&bad_elves[i].wish, &len);
		assert_int_equal(symbols_parse(bytes, len, "vmlinux", &symbols,
					       &error), -EINVAL);
		assert_string_equal(error.text, bad_elves[i].sentence);
		free(bytes);
	}
}

static void every_truncated_elf_file_is_refused_or_harmless(void **state)
{
	struct wish wish = { 0 };
	struct symbols *symbols;
	struct symbol symbol;
	size_t len, cut;
	char *bytes = make_elf(&wish, &len), *part;

	(void)state;
	for (cut = 4; cut < len; cut++) {
		part = malloc(cut);
		memcpy(part, bytes, cut);
		if (!symbols_parse(part, cut, "vmlinux", &symbols, NULL)) {
			symbols_find(symbols, "far", &symbol, NULL);
			symbols_free(symbols);
		}
		free(part);
	}
	free(bytes);
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct symbols *symbols;
	struct papr_error error;

	(void)state;
	assert_int_equal(symbols_load("/nowhere/map", &symbols, &error),
			 -ENOENT);
	assert_string_equal(error.text,
			    "/nowhere/map: No such file or directory");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_tells_where_a_function_is),
		cmocka_unit_test(a_text_does_not_tell_the_local_entry),
		cmocka_unit_test(two_symbols_at_one_place_are_one),
		cmocka_unit_test(the_end_of_the_last_function_is_not_known),
		cmocka_unit_test(what_is_no_place_is_refused_in_words),
		cmocka_unit_test(a_text_of_another_kind_is_refused_in_words),
		cmocka_unit_test(
			elf_of_either_byte_order_tells_entries_and_ends),
		cmocka_unit_test(data_and_what_is_elsewhere_are_no_code),
		cmocka_unit_test(
			an_elf_file_of_another_kind_is_refused_in_words),
		cmocka_unit_test(
			every_truncated_elf_file_is_refused_or_harmless),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
