/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/machines.h"
#include "tests/tree.h"

static const struct papr_numa two_nodes = {
	.size = sizeof(two_nodes),
	.nodes = 2,
	.mem = (const uint64_t[]){ 512 * MIB, 512 * MIB },
	.core_node = (const uint32_t[]){ 0, 1 },
};

/* The last has no memory. */
static const struct papr_numa four_nodes = {
	.size = sizeof(four_nodes),
	.nodes = 4,
	.mem = (const uint64_t[]){ 512 * MIB, 512 * MIB, GIB, 0 },
	.core_node = (const uint32_t[]){ 0, 1, 2, 3 },
	.distance = (const uint8_t[]){
		10, 20, 40, 80,
		20, 10, 40, 80,
		40, 40, 10, 80,
		80, 80, 80, 10,
	},
};

/* Which way matters; the last is plugged in later. */
static const struct papr_numa three_ways = {
	.size = sizeof(three_ways),
	.nodes = 3,
	.mem = (const uint64_t[]){ 256 * MIB, 256 * MIB, 0 },
	.core_node = (const uint32_t[]){ 0 },
	.distance = (const uint8_t[]){
		10, 15, 20,
		30, 10, 70,
		20, 90, 10,
	},
	.plug_core_node = (const uint32_t[]){ 1 },
	.plug_mem = (const uint64_t[]){ PAPR_LMB_SIZE, 0, PAPR_LMB_SIZE },
};

/* As QEMU numbers it. */
static const struct papr_vio_config vscsi = {
	.size = sizeof(vscsi),
	.unit = 0x71000002,
	.irq = 0x1102,
	.liobn = 0x71000002,
	.name = "v-scsi",
	.device_type = "vscsi",
	.compatible = "IBM,v-scsi",
};

static const uint8_t uuid[PAPR_UUID_LEN] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};

const struct machine machines[] = {
	{ .name = "power8",
	  .setup = { .host = "power8", .mem = 512 * MIB, .nvram = true },
	  .qemu = "-cpu power8 -m 512" },
	{ .name = "power9",
	  .setup = { .host = "power9", .mem = 2 * GIB, .nvram = true },
	  .qemu = "-cpu power9 -m 2G" },
	{ .name = "power10",
	  .setup = { .host = "power10", .mem = 512 * MIB, .nvram = true,
		     .config = { .cores = 4, .vsmt = 8 } },
	  .qemu = "-cpu power10 -m 512 -smp 4", .qemu_m = "vsmt=8" },
	{ .name = "power10-hash",
	  .setup = { .host = "power10", .mem = 512 * MIB, .nvram = true,
		     .config = { .cores = 2, .vsmt = 1,
				 .mmu = PAPR_MMU_HASH } },
	  .qemu = "-cpu power10 -m 512 -smp 2", .qemu_m = "vsmt=1" },
	{ .name = "power10-numa",
	  .setup = { .host = "power10", .mem = GIB, .nvram = true,
		     .config = { .cores = 2, .vsmt = 1, .numa = &two_nodes } },
	  .qemu = "-cpu power10 -m 1G -smp 2 "
		  "-object memory-backend-ram,id=m0,size=512M "
		  "-object memory-backend-ram,id=m1,size=512M "
		  "-numa node,memdev=m0,cpus=0 -numa node,memdev=m1,cpus=1",
	  .qemu_m = "vsmt=1" },
	{ .name = "power10-numa4",
	  .setup = { .host = "power10", .mem = 2 * GIB, .nvram = true,
		     .config = { .cores = 4, .vsmt = 1,
				 .numa = &four_nodes } },
	  .qemu = "-cpu power10 -m 2G -smp 4 "
		  "-object memory-backend-ram,id=m0,size=512M "
		  "-object memory-backend-ram,id=m1,size=512M "
		  "-object memory-backend-ram,id=m2,size=1G "
		  "-numa node,memdev=m0,cpus=0 -numa node,memdev=m1,cpus=1 "
		  "-numa node,memdev=m2,cpus=2 -numa node,cpus=3 "
		  "-numa dist,src=0,dst=2,val=40 "
		  "-numa dist,src=1,dst=2,val=40 "
		  "-numa dist,src=0,dst=3,val=80 "
		  "-numa dist,src=1,dst=3,val=80 "
		  "-numa dist,src=2,dst=3,val=80 "
		  "-numa dist,src=0,dst=1,val=20",
	  .qemu_m = "vsmt=1" },
	{ .name = "power10-form2",
	  .setup = { .host = "power10", .mem = 512 * MIB, .lmbs = 2,
		     .config = { .cores = 1, .max_cores = 2,
				 .numa = &three_ways } } },
	{ .name = "power10-vscsi",
	  .setup = { .host = "power10", .mem = 512 * MIB, .nvram = true,
		     .vio = &vscsi,
		     .config = { .name = "lpar1", .uuid = uuid,
				 .large_decr = true,
				 .host_model = "9105-22B",
				 .host_serial = "78ABCDE" } },
	  .qemu = "-cpu power10 -m 512 -device spapr-vscsi,reg=0x71000002 "
		  "-name lpar1 -uuid 00112233-4455-6677-8899-aabbccddeeff",
	  .qemu_m = "host-model=9105-22B,host-serial=78ABCDE" },
	{ .name = "power10-maxmem",
	  .setup = { .host = "power10", .mem = LMB_BASE, .nvram = true,
		     .lmbs = 2, .config = { .cores = 2, .max_cores = 4,
					    .vsmt = 1 } },
	  .qemu = "-cpu power10 -m 512,maxmem=1G,slots=2 "
		  "-smp 2,maxcpus=4", .qemu_m = "vsmt=1" },
	{ .name = "power10-threads",
	  .setup = { .host = "power10", .mem = 512 * MIB,
		     .config = { .cores = 2, .threads = 4, .vsmt = 8 } } },
	{ .name = "power10-user",
	  .setup = { .host = "power10", .mem = 512 * MIB,
		     .policy = "default: user" } },
	{ .name = "power10-hotplug",
	  .setup = { .host = "power10", .mem = 512 * MIB, .lmbs = 4,
		     .config = { .cores = 1, .threads = 2, .max_cores = 2 } } },
	{ .name = "power10-xive",
	  .setup = { .host = "power10", .mem = 512 * MIB,
		     .config = { .cores = 2, .threads = 2,
				 .interrupts = PAPR_INTERRUPTS_XIVE } } },
	{ .name = "nested",
	  .setup = { .host = "nested", .mem = 512 * MIB, .nvram = true },
	  .qemu = "-cpu power9 -m 512" },
	{ .name = "pr",
	  .setup = { .host = "pr", .mem = 512 * MIB } },
};
const size_t n_machines = ARRAY_SIZE(machines);

void *machine_tree(const struct machine *machine, const char *bootargs)
{
	static const uint8_t seed[32] = { 1 };
	struct partition *p = partition_new(&machine->setup);
	void *fdt = tree_of(p, &(struct papr_fdt_config){
		.size = sizeof(struct papr_fdt_config),
		.bootargs = bootargs,
		.initrd_start = bootargs ? 0x8000000 : 0,
		.initrd_end = bootargs ? 0x8000100 : 0,
		.rng_seed = seed });

	partition_free(p);
	return fdt;
}

char *output_of(size_t *len, const char *fmt, ...)
{
	char command[1024], *text = NULL;
	size_t room = 0;
	va_list ap;
	FILE *pipe;

	va_start(ap, fmt);
	assert_true(vsnprintf(command, sizeof(command), fmt, ap) <
		    (int)sizeof(command));
	va_end(ap);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	for (*len = 0; !feof(pipe) && !ferror(pipe);) {
		room += 0x10000;
		text = realloc(text, room + 1);
		assert_non_null(text);
		*len += fread(text + *len, 1, room - *len, pipe);
	}
	text[*len] = '\0';
	if (!pclose(pipe))
		return text;
	free(text);
	return NULL;
}
