/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libfdt.h>

#include "vmm/file.h"
#include "vmm/prepare.h"
#include "vmm/util.h"

/* Kernels with all their debugging information are half of this. */
#define MAX_KERNEL (2 * GIB)

#define MAX_VPD MIB

#define FIRMWARE_ENTRY 0x100u
#define INSTRUCTION 4u

/* Lets huge pages back the guest, and is a multiple of all page sizes. */
#define RAM_ALIGN (2 * MIB)

static int reserve_ram(struct vmm *vmm, struct papr_error *error)
{
	const struct run_options *options = vmm->options;
	size_t len = options->max_mem + RAM_ALIGN;
	/* What is never plugged in must not count. */
	int reserve = options->max_mem > options->mem ? MAP_NORESERVE : 0;
	void *mapping = mmap(NULL, len, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | reserve, -1, 0);

	if (mapping == MAP_FAILED)
		return refuse(error, -errno, "--mem: no room for %" PRIu64
			      " MiB: %s", options->max_mem / MIB,
			      strerror(errno));
	vmm->mapping = mapping;
	vmm->mapping_len = len;
	vmm->ram = (uint8_t *)(uintptr_t)round_up((uintptr_t)mapping,
						  RAM_ALIGN);
	madvise(vmm->ram, options->max_mem, MADV_HUGEPAGE);
	return 0;
}

/* The whole file, to be freed; NULL and a sentence if not. */
static void *read_whole(const char *path, uint64_t max, uint64_t *size,
			struct papr_error *error)
{
	int fd = file_open(path, max, size, error);
	void *bytes;

	if (fd < 0)
		return NULL;
	bytes = file_read_whole(fd, path, *size, error);
	close(fd);
	return bytes;
}

/* Firmware takes a kernel where it does not lie itself. */
static int load_kernel(struct vmm *vmm, struct papr_error *error)
{
	const char *path = vmm->options->kernel;
	uint64_t size, base = 0;
	void *bytes = read_whole(path, MAX_KERNEL, &size, error);
	int ret;

	if (!bytes)
		return -EINVAL;
	if (vmm->options->firmware == FIRMWARE_FILE)
		base = LAYOUT_FIRMWARE_KERNEL;
	ret = loader_elf(bytes, size, vmm->ram, vmm->options->mem, base,
			 &vmm->image, error);
	free(bytes);
	return ret ? refuse_at(error, ret, path) : 0;
}

/* It begins at its vector of a system reset, and it and kernel are one. */
static int load_firmware(struct vmm *vmm, struct papr_error *error)
{
	const char *path = vmm->options->firmware_file;
	struct image *image = &vmm->image;
	uint64_t size, room = LAYOUT_FIRMWARE_KERNEL;
	int fd = file_open(path, room, &size, error), ret;

	if (fd < 0)
		return fd;
	ret = file_read(fd, path, vmm->ram, size, error);
	close(fd);
	if (ret)
		return ret;
	if (size < FIRMWARE_ENTRY + INSTRUCTION)
		return refuse(error, -EINVAL, "%s: it is begun at 0x%x, and "
			      "ends before", path, FIRMWARE_ENTRY);
	vmm->kernel = *image;
	image->start = 0;
	image->end = image->end ? image->end : size;
	image->pc = FIRMWARE_ENTRY;
	return 0;
}

static int load(struct vmm *vmm, struct papr_error *error)
{
	int ret = vmm->options->kernel ? load_kernel(vmm, error) : 0;

	if (!ret && vmm->options->firmware == FIRMWARE_FILE)
		ret = load_firmware(vmm, error);
	return ret;
}

static int place(struct vmm *vmm, struct papr_error *error)
{
	const struct run_options *options = vmm->options;
	struct layout_need need = {
		.ram = options->mem,
		.rtas = papr_rtas_size(options->max_cores * options->threads),
		.initrd = vmm->initrd_size,
	};

	if (options->firmware == FIRMWARE_FILE)
		return layout_place_firmware(&vmm->image, &need, &vmm->layout,
					     error);
	return layout_place(&vmm->image, &need, &vmm->layout, error);
}

/* The initrd's size is part of the layout, so it is opened first. */
static int place_and_read(struct vmm *vmm, struct papr_error *error)
{
	const char *initrd = vmm->options->initrd;
	int fd, ret;

	if (!initrd)
		return place(vmm, error);
	fd = file_open(initrd, INT64_MAX, &vmm->initrd_size, error);
	if (fd < 0)
		return fd;
	ret = place(vmm, error);
	if (!ret)
		ret = file_read(fd, initrd, vmm->ram + vmm->layout.initrd,
				vmm->initrd_size, error);
	close(fd);
	return ret;
}

static int load_policy(struct vmm *vmm, struct papr_error *error)
{
	const char *path = vmm->options->policy;

	return path ? papr_policy_load(path, &vmm->policy, error) : 0;
}

static int open_nvram(struct vmm *vmm, struct papr_error *error)
{
	struct papr_error warning;
	int ret;

	/* Firmware in the guest does not boot without. */
	if (!vmm->options->nvram)
		return vmm->options->firmware != FIRMWARE_FILE ? 0 :
		       nvram_make(&vmm->nvram, error);
	ret = nvram_open(&vmm->nvram, vmm->options->nvram, &warning, error);
	if (ret)
		return refuse_at(error, ret, "--nvram");
	if (warning.text[0])
		vmm_say("warning: --nvram %s", warning.text);
	return 0;
}

/* What is in it the library judges. */
static int read_vpd(struct vmm *vmm, struct papr_error *error)
{
	const char *path = vmm->options->vpd;

	if (!path)
		return 0;
	vmm->vpd = read_whole(path, MAX_VPD, &vmm->vpd_len, error);
	return vmm->vpd ? 0 : refuse_at(error, -EINVAL, "--vpd");
}

static int open_outputs(struct vmm *vmm, struct papr_error *error)
{
	const struct run_options *options = vmm->options;
	int ret;

	if (options->dump_fdt)
		return 0;
	ret = trace_open(&vmm->trace, options->trace, error);
	if (ret)
		return refuse_at(error, ret, "--trace");
	if (options->stats)
		ret = output_open(&vmm->stats, options->stats, error);
	if (ret)
		return refuse_at(error, ret, "--stats");
	if (options->control)
		ret = control_open(options->control, &machine_ops, vmm,
				   &vmm->control, error);
	return ret ? refuse_at(error, ret, "--control") : 0;
}

int prepare(struct vmm *vmm, struct papr_error *error)
{
	if (load_policy(vmm, error))
		return RUN_BAD_INPUT;
	if (reserve_ram(vmm, error))
		return RUN_REFUSED;
	if (load(vmm, error) || place_and_read(vmm, error) ||
	    open_nvram(vmm, error) || read_vpd(vmm, error) ||
	    open_outputs(vmm, error))
		return RUN_BAD_INPUT;
	if (reset_keep(vmm, error))
		return RUN_REFUSED;
	return 0;
}

int dump_fdt(const char *path, void *fdt, struct papr_error *error)
{
	struct output output;
	int ret = output_open(&output, path, error);

	if (ret)
		return ret;
	fdt_pack(fdt);
	if (fwrite(fdt, fdt_totalsize(fdt), 1, output.stream) != 1) {
		ret = output_fail(&output, errno, error);
		output_discard(&output);
		return ret;
	}
	return output_commit(&output, error);
}
