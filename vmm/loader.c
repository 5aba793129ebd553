/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "vmm/loader.h"
#include "vmm/util.h"

/* In real mode the processor ignores the uppermost four address bits. */
#define REAL_ADDRESS_MASK 0x0fffffffffffffffull

/* Everything about one image that its segments are checked against. */
struct load {
	Elf *elf;
	const uint8_t *bytes;
	size_t len;
	uint64_t ram_size;
	uint64_t base;		/* added to every address */
	GElf_Ehdr header;
	uint64_t entry;		/* virtual, of code */
	size_t segments;
	struct papr_error *error;
};

static int check_identity(const uint8_t *bytes, size_t len,
			  struct papr_error *error)
{
	if (len < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG))
		return refuse(error, -EINVAL, "not an ELF image");
	if (len < EI_NIDENT)
		return refuse(error, -EINVAL, "truncated in its ELF header");
	if (bytes[EI_CLASS] == ELFCLASS32)
		return refuse(error, -EINVAL,
			      "a 32-bit program; only 64-bit ones can be run");
	if (bytes[EI_CLASS] != ELFCLASS64 ||
	    (bytes[EI_DATA] != ELFDATA2LSB && bytes[EI_DATA] != ELFDATA2MSB) ||
	    bytes[EI_VERSION] != EV_CURRENT)
		return refuse(error, -EINVAL, "its ELF header is damaged");
	if (len < sizeof(Elf64_Ehdr))
		return refuse(error, -EINVAL, "truncated in its ELF header");
	return 0;
}

static int check_header(struct load *load)
{
	const GElf_Ehdr *header = &load->header;

	if (header->e_machine != EM_PPC64)
		return refuse(load->error, -EINVAL,
			      "for another processor (ELF machine %u), not "
			      "64-bit PowerPC", header->e_machine);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return refuse(load->error, -EINVAL,
			      "not an executable (ELF type %u)",
			      header->e_type);
	if (!load->segments)
		return refuse(load->error, -EINVAL,
			      "it has no program headers");
	return 0;
}

/* Whether the entry point is in the section of function descriptors. */
static bool entry_is_descriptor(const struct load *load, GElf_Shdr *section)
{
	uint64_t entry = load->header.e_entry;
	Elf_Scn *scn = NULL;
	const char *name;
	size_t names;

	if (elf_getshdrstrndx(load->elf, &names))
		return false;
	while ((scn = elf_nextscn(load->elf, scn))) {
		if (!gelf_getshdr(scn, section) ||
		    section->sh_type != SHT_PROGBITS ||
		    entry < section->sh_addr ||
		    entry - section->sh_addr >= section->sh_size)
			continue;
		name = elf_strptr(load->elf, names, section->sh_name);
		return name && !strcmp(name, ".opd");
	}
	return false;
}

/* The code that is entered: what a descriptor begins with, if it is one. */
static int entry_read(struct load *load)
{
	GElf_Shdr section;
	uint64_t into, word;

	load->entry = load->header.e_entry;
	if (!entry_is_descriptor(load, &section))
		return 0;
	into = load->entry - section.sh_addr;
	if (section.sh_offset > load->len ||
	    section.sh_size > load->len - section.sh_offset ||
	    section.sh_size - into < sizeof(word))
		return refuse(load->error, -EINVAL,
			      "truncated in its function descriptors");
	memcpy(&word, load->bytes + section.sh_offset + into, sizeof(word));
	load->entry = load->header.e_ident[EI_DATA] == ELFDATA2MSB ?
		      be64toh(word) : le64toh(word);
	return 0;
}

/* 1 and the header if segment @i occupies memory, 0 if it does not. */
static int segment_get(const struct load *load, size_t i, GElf_Phdr *segment)
{
	if (!gelf_getphdr(load->elf, i, segment))
		return refuse(load->error, -EINVAL,
			      "truncated in its program headers");
	if (segment->p_type != PT_LOAD || !segment->p_memsz)
		return 0;
	segment->p_paddr &= REAL_ADDRESS_MASK;
	return 1;
}

/* See loader_elf() for who may be moved. */
static int base_choose(struct load *load)
{
	bool at_zero = false;
	GElf_Phdr segment;
	size_t i;
	int ret;

	if (load->base)
		return 0;
	for (i = 0; i < load->segments; i++) {
		ret = segment_get(load, i, &segment);
		if (ret < 0)
			return ret;
		if (ret && !segment.p_paddr && !segment.p_vaddr)
			at_zero = true;
	}
	if (at_zero && (load->header.e_type == ET_DYN ||
			!load->header.e_entry))
		load->base = LOADER_PROGRAM_BASE;
	return 0;
}

static int segment_check(const struct load *load, size_t i,
			 const GElf_Phdr *segment, uint64_t end)
{
	uint64_t at = segment->p_paddr + load->base;

	if (segment->p_offset > load->len ||
	    segment->p_filesz > load->len - segment->p_offset)
		return refuse(load->error, -EINVAL,
			      "truncated: segment %zu ends beyond the %zu "
			      "bytes there are", i, load->len);
	if (segment->p_filesz > segment->p_memsz)
		return refuse(load->error, -EINVAL,
			      "segment %zu is larger in the file than in "
			      "memory", i);
	if (at > load->ram_size || segment->p_memsz > load->ram_size - at)
		return refuse(load->error, -EINVAL,
			      "segment %zu, 0x%" PRIx64 " bytes at 0x%" PRIx64
			      ", is outside the memory of %" PRIu64 " MiB", i,
			      segment->p_memsz, at, load->ram_size / MIB);
	if (at < end)
		return refuse(load->error, -EINVAL,
			      "segment %zu overlaps the one before it or is "
			      "out of order", i);
	return 0;
}

/* Entry points are virtual addresses: translate as the segment is. */
static void entry_find(const struct load *load, const GElf_Phdr *segment,
		       struct image *image, bool *found)
{
	uint64_t into = load->entry - segment->p_vaddr;

	if (load->entry < segment->p_vaddr ||
	    into >= segment->p_memsz)
		return;
	image->pc = segment->p_paddr + load->base + into;
	*found = true;
}

static int image_check(const struct load *load, struct image *image)
{
	bool any = false, entry = false;
	GElf_Phdr segment;
	size_t i;
	int ret;

	*image = (struct image) { 0 };
	for (i = 0; i < load->segments; i++) {
		ret = segment_get(load, i, &segment);
		if (!ret)
			continue;
		if (ret > 0)
			ret = segment_check(load, i, &segment, image->end);
		if (ret < 0)
			return ret;
		if (!any)
			image->start = segment.p_paddr + load->base;
		any = true;
		image->end = segment.p_paddr + load->base + segment.p_memsz;
		entry_find(load, &segment, image, &entry);
	}
	if (!any)
		return refuse(load->error, -EINVAL, "it has nothing to load");
	if (!entry)
		return refuse(load->error, -EINVAL,
			      "its entry point 0x%" PRIx64 " is in no segment",
			      load->entry);
	if (image->pc % 4)
		return refuse(load->error, -EINVAL,
			      "its entry point 0x%" PRIx64 " is not aligned",
			      load->entry);
	return 0;
}

static void image_copy(const struct load *load, uint8_t *ram)
{
	GElf_Phdr segment;
	size_t i;
	uint8_t *to;

	for (i = 0; i < load->segments; i++) {
		if (segment_get(load, i, &segment) <= 0)
			continue;
		to = ram + segment.p_paddr + load->base;
		memcpy(to, load->bytes + segment.p_offset, segment.p_filesz);
		memset(to + segment.p_filesz, 0,
		       segment.p_memsz - segment.p_filesz);
	}
}

static int load_opened(struct load *load, void *ram, struct image *image)
{
	int ret;

	if (!gelf_getehdr(load->elf, &load->header))
		return refuse(load->error, -EINVAL,
			      "its ELF header is damaged");
	if (elf_getphdrnum(load->elf, &load->segments))
		return refuse(load->error, -EINVAL,
			      "truncated in its program headers");
	ret = check_header(load);
	if (!ret)
		ret = entry_read(load);
	if (!ret)
		ret = base_choose(load);
	if (!ret)
		ret = image_check(load, image);
	if (!ret)
		image_copy(load, ram);
	return ret;
}

int loader_elf(const void *bytes, size_t len, void *ram, uint64_t ram_size,
	       uint64_t base, struct image *image, struct papr_error *error)
{
	struct load load = {
		.bytes = bytes, .len = len, .ram_size = ram_size,
		.base = base, .error = error,
	};
	int ret = check_identity(bytes, len, error);

	if (ret)
		return ret;
	elf_version(EV_CURRENT);
	/* libelf only reads it; the prototype is older than const. */
	load.elf = elf_memory((char *)(uintptr_t)bytes, len);
	if (!load.elf)
		return refuse(error, -EINVAL, "libelf: %s", elf_errmsg(-1));
	ret = load_opened(&load, ram, image);
	elf_end(load.elf);
	return ret;
}
