/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <elf.h>
#include <gelf.h>
#include <libelf.h>

#include "tools/symbols-forms.h"
#include "vmm/util.h"

struct walk {
	Elf *elf;
	const char *file;
	entry_fn *take;
	void *arg;
	struct papr_error *error;
};

static int damaged(const struct walk *walk)
{
	return refuse(walk->error, -EINVAL, "%.128s: a damaged ELF file",
		      walk->file);
}

/* papr run puts such a program elsewhere; a kernel's are at 0xc000... . */
static bool is_moved(const struct walk *walk, const GElf_Ehdr *header)
{
	GElf_Phdr segment;
	size_t i, count = 0;

	if (header->e_type != ET_DYN || elf_getphdrnum(walk->elf, &count))
		return false;
	for (i = 0; i < count; i++)
		if (gelf_getphdr(walk->elf, i, &segment) &&
		    segment.p_type == PT_LOAD && !segment.p_vaddr)
			return true;
	return false;
}

static int check_header(const struct walk *walk)
{
	GElf_Ehdr header;

	if (elf_kind(walk->elf) != ELF_K_ELF ||
	    !gelf_getehdr(walk->elf, &header))
		return damaged(walk);
	if (header.e_machine != EM_PPC64)
		return refuse(walk->error, -EINVAL, "%.128s: for another "
			      "processor (ELF machine %u), not 64-bit PowerPC",
			      walk->file, header.e_machine);
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return refuse(walk->error, -EINVAL, "%.128s: a module or a "
			      "part of a program, whose place in memory is not "
			      "fixed", walk->file);
	if (is_moved(walk, &header))
		return refuse(walk->error, -EINVAL, "%.128s: linked at 0 and "
			      "run elsewhere; say the address itself by at-pc",
			      walk->file);
	return 0;
}

static Elf_Scn *find_table(const struct walk *walk, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(walk->elf, section)))
		if (gelf_getshdr(section, header) &&
		    header->sh_type == SHT_SYMTAB)
			return section;
	return NULL;
}

static bool is_code(const struct walk *walk, const GElf_Sym *symbol)
{
	Elf_Scn *section = elf_getscn(walk->elf, symbol->st_shndx);
	GElf_Shdr header;

	return symbol->st_shndx < SHN_LORESERVE && section &&
	       gelf_getshdr(section, &header) &&
	       header.sh_flags & SHF_EXECINSTR;
}

static void take_symbol(const struct walk *walk, const GElf_Sym *symbol,
		       size_t names)
{
	const char *name = elf_strptr(walk->elf, names, symbol->st_name);
	int type = GELF_ST_TYPE(symbol->st_info);
	struct entry entry = {
		.name = name,
		.address = symbol->st_value,
		.size = symbol->st_size,
		.local = PPC64_LOCAL_ENTRY_OFFSET(symbol->st_other),
	};

	if (!name || !*name || symbol->st_shndx == SHN_UNDEF ||
	    type == STT_SECTION || type == STT_FILE)
		return;
	entry.len = strlen(name);
	entry.code = type != STT_OBJECT && is_code(walk, symbol);
	walk->take(&entry, walk->arg);
}

static int walk_table(const struct walk *walk)
{
	GElf_Shdr header;
	Elf_Scn *section = find_table(walk, &header);
	Elf_Data *data;
	GElf_Sym symbol;
	int i;

	if (!section)
		return refuse(walk->error, -EINVAL, "%.128s: stripped of its "
			      "symbols; copy the guest's /proc/kallsyms, read "
			      "by its root, and name that file", walk->file);
	data = elf_getdata(section, NULL);
	if (!data)
		return damaged(walk);
	for (i = 0; gelf_getsym(data, i, &symbol); i++)
		take_symbol(walk, &symbol, header.sh_link);
	return 0;
}

int symbols_walk_elf(const char *bytes, size_t len, const char *file,
		     entry_fn *take, void *arg, struct papr_error *error)
{
	struct walk walk = {
		.file = file, .take = take, .arg = arg, .error = error,
	};
	int r;

	elf_version(EV_CURRENT);
	/* It does not write to what it takes for writable. */
	walk.elf = elf_memory((char *)bytes, len);
	if (!walk.elf)
		return damaged(&walk);
	r = check_header(&walk);
	if (!r)
		r = walk_table(&walk);
	elf_end(walk.elf);
	return r;
}
