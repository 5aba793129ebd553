/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "vmm/pages.h"
#include "vmm/place.h"
#include "vmm/save.h"
#include "vmm/util.h"
#include "vmm/vmm.h"

struct restore {
	struct vmm *vmm;
	FILE *stream;
};

static int read_bytes(void *arg, void *bytes, size_t len)
{
	struct restore *restore = arg;

	if (!len || fread(bytes, len, 1, restore->stream) == 1)
		return 0;
	return feof(restore->stream) ? -ENODATA : errno ? -errno : -EIO;
}

/* Of pages that this guest has. */
static int check_pages(const struct vmm *vmm, uint64_t gpa, uint64_t len,
		       struct papr_error *error)
{
	uint64_t mem = vmm->options->max_mem;

	if (gpa % RAM_PAGE || gpa > mem || len > mem - gpa)
		return refuse(error, -EINVAL, "RAM ends at 0x%llx, and these "
			      "are 0x%llx bytes at 0x%llx",
			      (unsigned long long)mem, (unsigned long long)len,
			      (unsigned long long)gpa);
	return 0;
}

static int take_ram(const struct vmm *vmm, const struct papr_section *section,
		    struct papr_error *error)
{
	const uint8_t *bytes = section->bytes;
	uint64_t gpa, len = section->len - RAM_HEAD;
	int ret;

	if (section->version != RAM_VERSION || section->len <= RAM_HEAD ||
	    len > RAM_RUN || len % RAM_PAGE)
		return refuse(error, -EINVAL, "%zu bytes of version %u are "
			      "no RAM", section->len, section->version);
	gpa = get_be64(bytes);
	ret = check_pages(vmm, gpa, len, error);
	if (!ret)
		memcpy(vmm->ram + gpa, bytes + RAM_HEAD, len);
	return ret;
}

/* A page that was never there must not come to be by it. */
static void clear_page(uint8_t *page)
{
	if (page[0] || memcmp(page, page + 1, RAM_PAGE - 1))
		memset(page, 0, RAM_PAGE);
}

static int take_zero(const struct vmm *vmm, const struct papr_section *section,
		     struct papr_error *error)
{
	const uint8_t *bytes = section->bytes;
	uint64_t gpa, len;
	int ret;

	if (section->version != ZERO_VERSION || section->len != ZERO_LEN)
		return refuse(error, -EINVAL, "%zu bytes of version %u tell "
			      "of no zeroes", section->len, section->version);
	gpa = get_be64(bytes);
	len = get_be64(bytes + 8);
	if (len > RAM_RUN || len % RAM_PAGE)
		return refuse(error, -EINVAL, "0x%llx bytes of zeroes are no "
			      "pages, or too many", (unsigned long long)len);
	ret = check_pages(vmm, gpa, len, error);
	for (uint64_t at = 0; at < len && !ret; at += RAM_PAGE)
		clear_page(vmm->ram + gpa + at);
	return ret;
}

static int take_section(void *arg, const struct papr_section *section,
			struct papr_error *error)
{
	struct vmm *vmm = ((struct restore *)arg)->vmm;

	if (!strcmp(section->name, RAM_SECTION))
		return take_ram(vmm, section, error);
	if (!strcmp(section->name, ZERO_SECTION))
		return take_zero(vmm, section, error);
	if (!strcmp(section->name, POWER_SECTION))
		return power_take(vmm, section, error);
	return -ENOENT;
}

/* Pages that are not in the file are zero. */
int restore_stream(struct vmm *vmm, FILE *stream, struct papr_error *error)
{
	static const struct papr_load_ops ops = {
		.size = sizeof(ops), .read = read_bytes,
		.section = take_section,
	};
	struct restore restore = { vmm, stream };
	int ret;

	if (madvise(vmm->ram, vmm->options->max_mem, MADV_DONTNEED))
		return refuse(error, -errno, "the guest's memory cannot be "
			      "cleared: %s", strerror(errno));
	errno = 0;
	ret = papr_vm_load(vmm->vm, &ops, &restore, error);
	if (!ret)
		plug_clear_absent(vmm);
	return ret;
}

int restore_guest(struct vmm *vmm, const char *place)
{
	struct papr_error error = { "no memory" };
	FILE *stream = place_open(place, &error);
	int ret;

	if (!stream) {
		vmm_say("--restore %s", error.text);
		return RUN_BAD_INPUT;
	}
	ret = restore_stream(vmm, stream, &error);
	fclose(stream);
	if (!ret)
		return 0;
	vmm_say("--restore %s: %s", place, error.text);
	return ret == -EINVAL || ret == -EBADMSG || ret == -ENODATA ?
	       RUN_BAD_INPUT : RUN_REFUSED;
}
