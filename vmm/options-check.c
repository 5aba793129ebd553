/* SPDX-License-Identifier: BSD-2-Clause */
/* What must fit together once all options are known. */
#include "config.h"

#include <errno.h>

#include "vmm/options.h"
#include "vmm/util.h"

/* It is a firmware whatever its file is called. */
static int bios_apply(struct run_options *o, struct papr_error *error)
{
	if (!o->bios)
		return 0;
	if (o->firmware != FIRMWARE_NONE)
		return refuse(error, -EINVAL, "--bios: there is --firmware, "
			      "and a guest has only one");
	o->firmware = FIRMWARE_FILE;
	o->firmware_file = o->bios;
	return 0;
}

static int check_nodes(struct run_options *o, struct papr_error *error)
{
	return numa_check(&o->numa, &(struct numa_room){
		.mem = o->mem, .max_mem = o->max_mem, .cores = o->cores,
		.max_cores = o->max_cores, .threads = o->threads }, error);
}

/* A guest that sleeps for ever is a slip. */
static int check_suspend(const struct run_options *o,
			 struct papr_error *error)
{
	if (o->on_suspend == ACTION_WAIT && !o->control)
		return refuse(error, -EINVAL, "--on-suspend wait: without "
			      "--control nobody can wake the guest");
	if (o->on_suspend == ACTION_SAVE && !o->save)
		return refuse(error, -EINVAL, "--on-suspend save: there is no "
			      "--save that says where to");
	return 0;
}

int options_check(struct run_options *o, struct papr_error *error)
{
	if (bios_apply(o, error))
		return -EINVAL;
	if (!o->kernel && o->firmware != FIRMWARE_FILE)
		return refuse(error, -EINVAL, "--kernel is missing");
	if (o->initrd && !o->kernel)
		return refuse(error, -EINVAL, "--initrd: there is no --kernel "
			      "that could use it");
	if (o->paused && !o->control)
		return refuse(error, -EINVAL, "--paused: without --control "
			      "nobody can let the guest go on");
	if (o->restore && o->dump_fdt)
		return refuse(error, -EINVAL, "--restore: a guest that goes on "
			      "has no new device tree for --dump-fdt");
	if (o->vsmt && o->vsmt < o->threads)
		return refuse(error, -EINVAL,
			      "--vsmt %u: less than the %u threads of a core",
			      o->vsmt, o->threads);
	if (check_suspend(o, error))
		return -EINVAL;
	return check_nodes(o, error);
}
