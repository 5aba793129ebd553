/* SPDX-License-Identifier: BSD-2-Clause */
/* ibm,configure-connector, and what the device tree says of connectors. */
#include "config.h"

#include <stdlib.h>

#include <libfdt.h>

#include "rtas/status.h"
#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define AREA 0x8000u
#define CORE_INDEX (DRC_CORE | 2)
#define LMB_INDEX (DRC_LMB | LMB_FIRST)

enum { COMPLETE = 0, NEXT_CHILD = 2, NEXT_PROPERTY = 3 };

static int start(void **state)
{
	*state = partition_new(&(struct partition_setup){
		.config = { .cores = 1, .threads = 2, .max_cores = 2 },
		.lmbs = 3 });
	return 0;
}

static int32_t configure(struct partition *p, uint32_t area)
{
	return RTAS(p, RTAS_TOKEN_ibm_configure_connector, 2, 1, area, 0);
}

static void begin(struct partition *p, uint32_t index)
{
	memset(p->ram + AREA, 0, 4096);
	store_be32(p->ram + AREA, index);
}

static uint32_t cell(struct partition *p, unsigned int i)
{
	return load_be32(p->ram + AREA + 4 * i);
}

static const char *name(struct partition *p)
{
	assert_true(cell(p, 2) < 4096);
	return (const char *)p->ram + AREA + cell(p, 2);
}

static bool is_configured(struct partition *p, uint32_t index)
{
	return drc_find(p->vm, index)->state == PAPR_CONNECTOR_CONFIGURED;
}

/* All that comes must be in the tree that a reset would give. */
static unsigned int walk(struct partition *p, const void *fdt, int node)
{
	unsigned int n = 0;
	int32_t status;

	while ((status = configure(p, AREA)) == NEXT_PROPERTY) {
		int len;
		const void *value = fdt_getprop(fdt, node, name(p), &len);

		assert_non_null(value);
		assert_int_equal(cell(p, 3), len);
		assert_true(cell(p, 4) <= 4096u - len);
		assert_memory_equal(p->ram + AREA + cell(p, 4), value, len);
		n++;
	}
	assert_int_equal(status, COMPLETE);
	return n;
}

static unsigned int properties(const void *fdt, int node)
{
	unsigned int n = 0;
	int property;

	fdt_for_each_property_offset(property, fdt, node)
		n++;
	return n;
}

static void core_comes_as_it_would_be_after_a_reset(void **state)
{
	struct papr_fdt_config config = {
		.size = sizeof(config), .timebase_hz = 1234, .clock_hz = 5678,
	};
	struct partition *p = *state;
	struct papr_error error;
	void *fdt = tree_of(p, &config);
	int node;

	assert_true(fdt_path_offset(fdt, "/cpus/PowerPC,POWER10@2") < 0);
	free(fdt);
	partition_plug(p, PAPR_CONNECTOR_CORE, 1, CORE_INDEX);
	fdt = tree_of(p, &config);
	node = fdt_path_offset(fdt, "/cpus/PowerPC,POWER10@2");
	assert_true(node >= 0);

	begin(p, CORE_INDEX);
	assert_int_equal(configure(p, AREA), NEXT_CHILD);
	assert_string_equal(name(p), "PowerPC,POWER10@2");
	assert_int_equal(walk(p, fdt, node), properties(fdt, node));
	assert_true(is_configured(p, CORE_INDEX));
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	free(fdt);
}

static void lmb_comes_with_its_place(void **state)
{
	static const uint8_t reg[16] = { 0, 0, 0, 0, 0x20, 0, 0, 0,
					 0, 0, 0, 0, 0x10, 0, 0, 0 };
	struct partition *p = *state;
	bool place = false, near = false;

	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST, LMB_INDEX);
	begin(p, LMB_INDEX);
	assert_int_equal(configure(p, AREA), NEXT_CHILD);
	assert_string_equal(name(p), "memory@20000000");
	while (configure(p, AREA) == NEXT_PROPERTY) {
		place |= !strcmp(name(p), "reg") && cell(p, 3) == 16 &&
			 !memcmp(p->ram + AREA + cell(p, 4), reg, 16);
		near |= !strcmp(name(p), "ibm,associativity");
	}
	assert_true(place);
	assert_true(near);
	assert_true(is_configured(p, LMB_INDEX));
}

/* LoPAR 13.5.3.5: work areas are dropped, and another begins anew. */
static void new_work_area_begins_anew(void **state)
{
	struct partition *p = *state;

	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST, LMB_INDEX);
	begin(p, LMB_INDEX);
	configure(p, AREA);
	assert_int_equal(configure(p, AREA), NEXT_PROPERTY);
	begin(p, LMB_INDEX);
	assert_int_equal(configure(p, AREA), NEXT_CHILD);
	assert_false(is_configured(p, LMB_INDEX));
}

static void two_connectors_are_configured_in_turn(void **state)
{
	struct partition *p = *state;
	uint8_t other[4096];

	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST, LMB_INDEX);
	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST + 1, LMB_INDEX + 1);
	begin(p, LMB_INDEX);
	assert_int_equal(configure(p, AREA), NEXT_CHILD);
	memcpy(other, p->ram + AREA, sizeof(other));
	begin(p, LMB_INDEX + 1);
	assert_int_equal(configure(p, AREA), NEXT_CHILD);
	assert_string_equal(name(p), "memory@30000000");
	memcpy(p->ram + AREA, other, sizeof(other));
	assert_int_equal(configure(p, AREA), NEXT_PROPERTY);
	assert_string_equal(name(p), "device_type");
}

static void isolating_it_ends_the_sequence(void **state)
{
	struct partition *p = *state;

	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST, LMB_INDEX);
	begin(p, LMB_INDEX);
	configure(p, AREA);
	assert_int_equal(drc_move(p->vm, LMB_INDEX, DRC_ISOLATE), DRC_OK);
	assert_int_equal(configure(p, AREA), RTAS_NOT_CONFIGURABLE);
}

static const struct {
	const char *what;
	uint32_t area, index, step;
	int32_t status;
} refused[] = {
	{ "an area that is no page", AREA + 4, LMB_INDEX, 0,
	  RTAS_PARAMETER_ERROR },
	{ "an area outside of RAM", 0x70000000, LMB_INDEX, 0,
	  RTAS_PARAMETER_ERROR },
	{ "an area that is read only", ROM_BASE, LMB_INDEX, 0,
	  RTAS_PARAMETER_ERROR },
	{ "a connector that is none", AREA, 0x40000000, 0,
	  RTAS_PARAMETER_ERROR },
	{ "an empty connector", AREA, LMB_INDEX + 1, 0,
	  RTAS_NOT_CONFIGURABLE },
	{ "a step far behind the last", AREA, LMB_INDEX, UINT32_MAX,
	  COMPLETE },
};

static void what_a_guest_makes_up_is_harmless(void **state)
{
	struct partition *p = *state;

	partition_plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST, LMB_INDEX);
	store_be32(p->rom, LMB_INDEX);
	store_be32(p->rom + 4, 0);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		begin(p, refused[i].index);
		store_be32(p->ram + AREA + 4, refused[i].step);
		p->n_dirty = 0;
		if (configure(p, refused[i].area) != refused[i].status)
			fail_msg("%s", refused[i].what);
		/* The status alone was written. */
		if (refused[i].status < 0)
			assert_int_equal(p->n_dirty, 1);
	}
}

/* --- the tree */

static void tree_lists_connectors_of_cores(void **state)
{
	static const uint32_t indexes[] = { 2, DRC_CORE, DRC_CORE | 2 };
	static const uint32_t domains[] = { 2, UINT32_MAX, UINT32_MAX };
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);
	int len;

	assert_tree_cells(fdt, "/cpus", "ibm,drc-indexes", indexes, 3);
	assert_tree_cells(fdt, "/cpus", "ibm,drc-power-domains", domains, 3);
	assert_memory_equal(tree_property(fdt, "/cpus", "ibm,drc-names", &len),
			    "\0\0\0\2CPU 0\0CPU 2", 16);
	assert_int_equal(len, 16);
	assert_memory_equal(tree_property(fdt, "/cpus", "ibm,drc-types", &len),
			    "\0\0\0\2CPU\0CPU", 12);
	assert_int_equal(len, 12);
	assert_tree_cell(fdt, "/cpus/PowerPC,POWER10@0", "ibm,my-drc-index",
			 DRC_CORE);
	free(fdt);
}

static void tree_says_how_much_there_may_be(void **state)
{
	static const uint32_t capacity[] = { 0, 0x50000000, 0, 0x10000000, 2 };
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);

	assert_tree_cells(fdt, "/rtas", "ibm,lrdr-capacity", capacity, 5);
	free(fdt);
}

/* Those that the guest has are told from the others. */
static void tree_has_sets_of_lmbs(void **state)
{
	static const uint32_t sets[] = {
		4,
		2, 0, 0, 0, UINT32_MAX, 0xa0,
		1, 0, 0x20000000, LMB_INDEX, UINT32_MAX, 0,
		1, 0, 0x30000000, LMB_INDEX + 1, 0, 0x108,
		1, 0, 0x40000000, LMB_INDEX + 2, UINT32_MAX, 0,
	};
	static const char node[] = "/ibm,dynamic-reconfiguration-memory";
	static const uint32_t size[] = { 0, 0x10000000 };
	struct partition *p = *state;
	struct papr_error error;
	void *fdt;

	assert_int_equal(papr_vm_plug(p->vm, PAPR_CONNECTOR_LMB,
				      LMB_FIRST + 1, &error), 0);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	fdt = tree_of(p, NULL);
	assert_tree_cells(fdt, node, "ibm,dynamic-memory-v2", sets,
			  ARRAY_SIZE(sets));
	assert_tree_cells(fdt, node, "ibm,lmb-size", size, 2);
	free(fdt);
}

static void tree_without_connectors_names_none(void **state)
{
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);

	assert_false(tree_has(fdt, "/", "ibm,drc-indexes"));
	assert_false(tree_has(fdt, "/cpus", "ibm,drc-indexes"));
	assert_false(tree_has(fdt, "/cpus/PowerPC,POWER10@0",
			      "ibm,my-drc-index"));
	assert_false(tree_has(fdt, "/rtas", "ibm,lrdr-capacity"));
	assert_true(fdt_path_offset(fdt,
				    "/ibm,dynamic-reconfiguration-memory") < 0);
	free(fdt);
}

#define test(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(core_comes_as_it_would_be_after_a_reset),
		test(lmb_comes_with_its_place),
		test(new_work_area_begins_anew),
		test(two_connectors_are_configured_in_turn),
		test(isolating_it_ends_the_sequence),
		test(what_a_guest_makes_up_is_harmless),
		test(tree_lists_connectors_of_cores),
		test(tree_says_how_much_there_may_be),
		test(tree_has_sets_of_lmbs),
		partition_test(tree_without_connectors_names_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
