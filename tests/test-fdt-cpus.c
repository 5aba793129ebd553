/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree, read back with libfdt: processors. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "tests/tree.h"

#define POWER10 "/cpus/PowerPC,POWER10@0"

static void processors_have_what_linux_needs(void **state)
{
	static const struct {
		const char *name;
		uint32_t cell;
	} cells[] = {
		{ "reg", 0 },
		{ "cpu-version", 0x0f000006 },
		{ "timebase-frequency", 512000000 },
		{ "clock-frequency", 1000000000 },
		{ "d-cache-size", 0x8000 }, { "i-cache-size", 0x8000 },
		{ "d-cache-line-size", 128 }, { "i-cache-line-size", 128 },
		{ "d-cache-block-size", 128 }, { "i-cache-block-size", 128 },
		{ "ibm,purr", 1 }, { "ibm,spurr", 1 },
		{ "ibm,vmx", 2 }, { "ibm,dfp", 1 },
	};
	void *fdt = tree_of(*state, NULL);

	assert_tree_cell(fdt, "/cpus", "#address-cells", 1);
	assert_tree_cell(fdt, "/cpus", "#size-cells", 0);
	assert_tree_string(fdt, POWER10, "device_type", "cpu");
	assert_tree_string(fdt, POWER10, "status", "okay");
	assert_tree_empty(fdt, POWER10, "64-bit");
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		assert_tree_cell(fdt, POWER10, cells[i].name, cells[i].cell);
	free(fdt);
}

static void clocks_are_those_of_the_program(void **state)
{
	void *fdt = tree_of(*state, &(struct papr_fdt_config){
		.size = sizeof(struct papr_fdt_config),
		.timebase_hz = 500000000, .clock_hz = 3900000000 });

	assert_tree_cell(fdt, POWER10, "timebase-frequency", 500000000);
	assert_tree_cell(fdt, POWER10, "clock-frequency", 3900000000);
	free(fdt);
}

static void processor_level_is_the_hosts(void **state)
{
	static const struct {
		const char *host, *node;
		uint32_t version;
		int features;
	} levels[] = {
		{ "power8", "/cpus/PowerPC,POWER8@0", 0x0f000004, 26 },
		{ "power9", "/cpus/PowerPC,POWER9@0", 0x0f000005, 68 },
		{ "nested", "/cpus/PowerPC,POWER9@0", 0x0f000005, 68 },
		{ "power10", POWER10, 0x0f000006, 68 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.host = levels[i].host });
		void *fdt = tree_of(p, NULL);
		const uint8_t *features;
		int len;

		assert_tree_cell(fdt, levels[i].node, "cpu-version",
				 levels[i].version);
		features = tree_property(fdt, levels[i].node,
					 "ibm,pa-features", &len);
		assert_int_equal(len, levels[i].features);
		assert_int_equal(features[0], len - 2);
		assert_int_equal(features[1], 0);
		assert_int_equal(features[2 + 0], 0xf6);
		assert_int_equal(features[2 + 5] & 0x80, 0x80);	/* little */
		assert_int_equal(features[2 + 22], 0);		/* no TM */
		free(fdt);
		partition_free(p);
	}
}

static void radix_guest_is_told_nothing_of_hash(void **state)
{
	static const uint32_t ap[] = {
		0x0000000c, 0xa0000010, 0x20000015, 0x4000001e
	};
	static const char *const hash[] = {
		"ibm,slb-size", "slb-size", "ibm,segment-page-sizes",
		"ibm,processor-segment-sizes", "ibm,pft-size",
	};
	void *fdt = tree_of(*state, NULL);
	const uint8_t *features = tree_property(fdt, POWER10,
						"ibm,pa-features", NULL);

	assert_int_equal(features[2 + 40] & 0x80, 0x80);
	assert_tree_cells(fdt, POWER10, "ibm,processor-radix-AP-encodings", ap,
			  ARRAY_SIZE(ap));
	for (size_t i = 0; i < ARRAY_SIZE(hash); i++)
		assert_false(tree_has(fdt, POWER10, hash[i]));
	free(fdt);
}

static void guest_of_kvm_pr_is_told_the_size_of_its_page_table(void **state)
{
	static const uint32_t pft[] = { 0, 18 };
	struct partition *p = partition_new(&(struct partition_setup){
		.host = "pr" });
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_tree_cells(fdt, "/cpus/PowerPC,POWER8@0", "ibm,pft-size", pft,
			  2);
	free(fdt);
	partition_free(p);
}

static void hash_guest_is_told_nothing_of_radix(void **state)
{
	static const uint32_t segments[] = { 28, 40, ~0u, ~0u };
	static const uint32_t pft[] = { 0, 18 };
	static const uint32_t pages[] = {
		12, 0, 1, 12, 0,	16, 0x110, 1, 16, 1
	};
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .mmu = PAPR_MMU_HASH } });
	void *fdt = tree_of(p, NULL);
	const uint8_t *features = tree_property(fdt, POWER10,
						"ibm,pa-features", NULL);

	(void)state;
	assert_int_equal(features[2 + 40] & 0x80, 0);
	assert_false(tree_has(fdt, POWER10,
			      "ibm,processor-radix-AP-encodings"));
	assert_tree_cell(fdt, POWER10, "ibm,slb-size", 32);
	assert_tree_cell(fdt, POWER10, "slb-size", 32);
	assert_tree_cells(fdt, POWER10, "ibm,processor-segment-sizes",
			  segments, 4);
	assert_tree_cells(fdt, POWER10, "ibm,pft-size", pft, 2);
	assert_tree_cells(fdt, POWER10, "ibm,segment-page-sizes", pages,
			  ARRAY_SIZE(pages));
	free(fdt);
	partition_free(p);
}

static int describe_biggest_mmu(void *host, struct papr_host_mmu *mmu)
{
	(void)host;
	memset(mmu, 0, sizeof(*mmu));
	mmu->hash_sizes = 8;
	for (uint32_t i = 0; i < 8; i++) {
		mmu->hash[i].shift = 12 + i;
		mmu->hash[i].pages = 8;
		mmu->hash[i].page[7].pte_encoding = i;
	}
	return 0;
}

static void biggest_mmu(struct partition *p, struct papr_host_ops *host_ops,
			struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)vmm_ops;
	host_ops->describe_mmu = describe_biggest_mmu;
}

static void all_page_sizes_have_room(void **state)
{
	static const uint32_t segments[] = { 28, ~0u, ~0u, ~0u };
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = biggest_mmu, .config = { .mmu = PAPR_MMU_HASH } });
	void *fdt = tree_of(p, NULL);
	const uint8_t *cells;
	int len;

	(void)state;
	cells = tree_property(fdt, POWER10, "ibm,segment-page-sizes", &len);
	assert_int_equal(len, 8 * (3 + 2 * 8) * 4);
	assert_int_equal(load_be32(cells + len - 4), 7);
	assert_tree_cells(fdt, POWER10, "ibm,processor-segment-sizes",
			  segments, 4);
	free(fdt);
	partition_free(p);
}

/* The nodes of all cores in the order of the tree, with their servers. */
static void check_cores(const void *fdt, uint32_t cores, uint32_t threads,
			uint32_t vsmt)
{
	uint32_t core = 0;
	int node;

	fdt_for_each_subnode(node, fdt, fdt_path_offset(fdt, "/cpus")) {
		uint32_t server[8], gserver[16];
		char name[64], path[80];

		for (uint32_t i = 0; i < threads; i++) {
			server[i] = gserver[2 * i] = core * vsmt + i;
			gserver[2 * i + 1] = 0;
		}
		snprintf(name, sizeof(name), "PowerPC,POWER10@%x",
			 core * vsmt);
		assert_string_equal(fdt_get_name(fdt, node, NULL), name);
		snprintf(path, sizeof(path), "/cpus/%s", name);
		assert_tree_cell(fdt, path, "reg", core * vsmt);
		assert_tree_cells(fdt, path, "ibm,ppc-interrupt-server#s",
				  server, threads);
		assert_tree_cells(fdt, path, "ibm,ppc-interrupt-gserver#s",
				  gserver, 2 * threads);
		core++;
	}
	assert_int_equal(core, cores);
}

static void servers_follow_cores_threads_and_vsmt(void **state)
{
	static const struct {
		uint32_t cores, threads, vsmt;
	} rows[] = {
		{ 1, 1, 1 }, { 1, 1, 8 }, { 2, 1, 1 }, { 2, 1, 2 },
		{ 2, 1, 8 }, { 3, 1, 4 }, { 2, 2, 2 }, { 2, 2, 8 },
		{ 2, 4, 4 }, { 2, 8, 8 }, { 5, 4, 8 }, { 256, 1, 1 },
		{ 256, 1, 8 }, { 128, 2, 2 }, { 64, 4, 8 }, { 32, 8, 8 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.config = { .cores = rows[i].cores,
				    .threads = rows[i].threads,
				    .vsmt = rows[i].vsmt } });
		void *fdt = tree_of(p, NULL);
		uint32_t last = (rows[i].cores - 1) * rows[i].vsmt +
				rows[i].threads - 1;
		uint32_t ranges[] = { 0, last + 1 };

		check_cores(fdt, rows[i].cores, rows[i].threads, rows[i].vsmt);
		assert_tree_cells(fdt, "/interrupt-controller",
				  "ibm,interrupt-server-ranges", ranges, 2);
		free(fdt);
		partition_free(p);
	}
}

static void promised_room_is_enough(void **state)
{
	static const enum papr_mmu mmus[] = { PAPR_MMU_RADIX, PAPR_MMU_HASH };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mmus); i++) {
		struct partition *p = partition_new(&(struct partition_setup){
			.config = { .cores = PAPR_MAX_VCPUS, .mmu = mmus[i] },
			.tweak = mmus[i] == PAPR_MMU_HASH ? biggest_mmu :
							    NULL });
		void *fdt = tree_of(p, NULL);

		assert_in_range(tree_used, 1, 0x80000);
		free(fdt);
		partition_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(processors_have_what_linux_needs),
		partition_test(clocks_are_those_of_the_program),
		cmocka_unit_test(processor_level_is_the_hosts),
		partition_test(radix_guest_is_told_nothing_of_hash),
		cmocka_unit_test(
			guest_of_kvm_pr_is_told_the_size_of_its_page_table),
		cmocka_unit_test(hash_guest_is_told_nothing_of_radix),
		cmocka_unit_test(all_page_sizes_have_room),
		cmocka_unit_test(servers_follow_cores_threads_and_vsmt),
		cmocka_unit_test(promised_room_is_enough),
	};

	return cmocka_run_group_tests_name("processors in the device tree",
					   tests, NULL, NULL);
}
