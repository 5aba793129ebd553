/* SPDX-License-Identifier: BSD-2-Clause */
/* The client interface of Open Firmware: its tree, and memory. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libfdt.h>

#include "tests/of-fixture.h"

#define ROOT "/"
#define CHOSEN "/chosen"
#define VTY_PATH "/vdevice/vty@71000000"

static void a_guest_without_firmware_is_told_so(void **state)
{
	uint32_t cells[12] = { 0 };

	assert_int_equal(of_call(*state, "peer", 1, 1, cells), H_FUNCTION);
}

static void firmware_is_gone_after_a_reset(void **state)
{
	struct partition *p = *state;
	uint32_t cells[12] = { 0 };
	struct papr_error error;

	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_int_equal(of_call(p, "peer", 1, 1, cells), H_FUNCTION);
	assert_int_equal(papr_vm_get_tree(p->vm, NULL, 0), -ENOENT);
}

static void what_is_no_tree_is_refused_and_the_old_one_stays(void **state)
{
	static const char text[64] = "this is not a tree";
	struct partition *p = *state;
	struct papr_error error = { "" };

	assert_int_equal(papr_vm_set_tree(p->vm, text, &error), -EINVAL);
	assert_non_null(strstr(error.text, "no device tree"));
	of_device(p, ROOT);
}

static void devices_are_found_by_path_and_short_name(void **state)
{
	struct partition *p = *state;
	uint32_t vty = of_device(p, VTY_PATH);

	assert_int_equal(of_device(p, "/vdevice/vty"), vty);
	assert_int_equal(of_device(p, VTY_PATH ":9600"), vty);
	assert_int_not_equal(of_device(p, ROOT), vty);
	assert_int_equal(OF(p, "finddevice", 1, of_text(p, "/nowhere")),
			 OF_NONE);
	assert_int_equal(OF(p, "finddevice", 1, of_text(p, "")), OF_NONE);
}

/* As Linux walks through it: children first, then peers, then upwards. */
static uint32_t next_of(struct partition *p, uint32_t node)
{
	uint32_t next = OF(p, "child", 1, node);

	while (!next && node) {
		next = OF(p, "peer", 1, node);
		node = OF(p, "parent", 1, node);
	}
	return next;
}

static void a_walk_comes_to_every_node_once(void **state)
{
	struct partition *p = *state;
	uint8_t *tree = calloc(1, TREE_ROOM);
	uint32_t phandle = OF(p, "peer", 1, 0);
	int node = 0;

	assert_true(papr_vm_get_tree(p->vm, tree, TREE_ROOM) > 0);
	for (; node >= 0; node = fdt_next_node(tree, node, NULL)) {
		assert_int_equal(phandle, fdt_get_phandle(tree, node));
		phandle = next_of(p, phandle);
	}
	assert_int_equal(phandle, 0);
	free(tree);
}

static void no_node_has_no_relatives(void **state)
{
	static const char *const relatives[] = { "peer", "child", "parent" };

	for (size_t i = 0; i < ARRAY_SIZE(relatives); i++) {
		assert_int_equal(OF(*state, relatives[i], 1, 0x9999), 0);
		assert_int_equal(OF(*state, relatives[i], 1, OF_NONE), 0);
	}
	assert_int_equal(OF(*state, "parent", 1, of_device(*state, ROOT)), 0);
}

static void a_property_is_read_as_far_as_there_is_room(void **state)
{
	struct partition *p = *state;
	uint32_t chosen = of_device(p, CHOSEN);
	uint32_t name = of_text(p, "bootargs");
	char *buffer = (char *)p->ram + OF_BUFFER;

	assert_int_equal(OF(p, "getproplen", 2, chosen, name), 6);
	strcpy(buffer, "-------");
	assert_int_equal(OF(p, "getprop", 4, chosen, name, OF_BUFFER, 3), 6);
	assert_string_equal(buffer, "qui----");
	p->n_dirty = 0;
	assert_int_equal(OF(p, "getprop", 4, chosen, name, OF_BUFFER, 100), 6);
	assert_string_equal(buffer, "quiet");
	assert_int_equal(p->dirty[0].gpa, OF_BUFFER);
	assert_int_equal(p->dirty[0].len, 6);
	assert_int_equal(OF(p, "getprop", 4, chosen, name, OF_BUFFER, 0), 6);
}

static void every_node_has_a_name(void **state)
{
	struct partition *p = *state;
	uint32_t vty = of_device(p, VTY_PATH), name = of_text(p, "name");

	assert_int_equal(OF(p, "getproplen", 2, vty, name), 4);
	assert_int_equal(OF(p, "getprop", 4, vty, name, OF_BUFFER, 9), 4);
	assert_string_equal((char *)p->ram + OF_BUFFER, "vty");
}

static void what_is_not_there_is_not_read(void **state)
{
	struct partition *p = *state;
	uint32_t chosen = of_device(p, CHOSEN), no = of_text(p, "no");
	uint32_t name = of_text(p, "bootargs");
	const uint32_t rows[][4] = {
		{ chosen, no, OF_BUFFER, 8 },
		{ 0x9999, name, OF_BUFFER, 8 },
		{ chosen, 0xf0000000, OF_BUFFER, 8 },
		{ chosen, name, 0xf0000000, 8 },
		{ chosen, name, RAM_SIZE - 2, 8 },
		{ chosen, name, ROM_BASE, 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(OF(p, "getprop", 4, rows[i][0], rows[i][1],
				    rows[i][2], rows[i][3]), OF_NONE);
	assert_int_equal(OF(p, "getproplen", 2, chosen, no), OF_NONE);
}

static void properties_are_listed_to_the_last(void **state)
{
	struct partition *p = *state;
	uint32_t node = of_device(p, VTY_PATH);
	char *buffer = (char *)p->ram + OF_BUFFER;
	char all[200] = "";

	*buffer = '\0';
	while (OF(p, "nextprop", 3, node, OF_BUFFER, OF_BUFFER) == 1) {
		strcat(all, buffer);
		strcat(all, " ");
	}
	assert_string_equal(all, "phandle reg device_type compatible "
			    "interrupts ");
	assert_int_equal(OF(p, "nextprop", 3, node, of_text(p, "no"),
			    OF_BUFFER), OF_NONE);
	assert_int_equal(OF(p, "nextprop", 3, 0x9999, of_text(p, ""),
			    OF_BUFFER), OF_NONE);
}

static void a_property_that_is_set_is_in_the_tree(void **state)
{
	struct partition *p = *state;
	uint32_t chosen = of_device(p, CHOSEN);
	uint8_t *tree = calloc(1, TREE_ROOM);

	assert_int_equal(OF(p, "setprop", 4, chosen, of_text(p, "bootargs"),
			    of_text(p, "loud"), 5), 5);
	assert_int_equal(OF(p, "setprop", 4, chosen, of_text(p, "empty"), 0,
			    0), 0);
	assert_true(papr_vm_get_tree(p->vm, tree, TREE_ROOM) > 0);
	assert_tree_string(tree, CHOSEN, "bootargs", "loud");
	assert_tree_empty(tree, CHOSEN, "empty");
	of_device(p, VTY_PATH);
	free(tree);
}

static void a_property_is_not_set(void **state)
{
	struct partition *p = *state;
	uint32_t chosen = of_device(p, CHOSEN);
	const struct {
		uint32_t node;
		const char *name;
		uint32_t at, len;
	} rows[] = {
		{ 0x9999, "bootargs", OF_BUFFER, 4 },
		{ chosen, "phandle", OF_BUFFER, 4 },
		{ chosen, "name", OF_BUFFER, 4 },
		{ chosen, "", OF_BUFFER, 4 },
		{ chosen, "bootargs", RAM_SIZE - 2, 4 },
		{ chosen, "bootargs", OF_BUFFER, 4097 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(OF(p, "setprop", 4, rows[i].node,
				    of_text(p, rows[i].name), rows[i].at,
				    rows[i].len), OF_NONE);
}

/* The room is finite, and what is there stays. */
static void a_guest_cannot_fill_the_memory_of_the_host(void **state)
{
	struct partition *p = *state;
	uint32_t chosen = of_device(p, CHOSEN), set = 0;
	char name[] = "aa";

	for (int i = 0; i < 26 * 26; i++) {
		name[0] = 'a' + i / 26;
		name[1] = 'a' + i % 26;
		set += OF(p, "setprop", 4, chosen, of_text(p, name), 0,
			  4096) == 4096;
	}
	assert_in_range(set, 4, 200);
	assert_int_equal(OF(p, "getproplen", 2, chosen,
			    of_text(p, "bootargs")), 6);
}

static void nodes_and_instances_have_paths(void **state)
{
	struct partition *p = *state;
	uint32_t vty = of_device(p, VTY_PATH);
	uint32_t open = OF(p, "open", 1, of_text(p, "/vdevice/vty:0"));
	char *buffer = (char *)p->ram + OF_BUFFER;

	assert_int_equal(OF(p, "package-to-path", 3, vty, OF_BUFFER, 99),
			 strlen(VTY_PATH));
	assert_string_equal(buffer, VTY_PATH);
	strcpy(buffer, "-----");
	assert_int_equal(OF(p, "instance-to-path", 3, open, OF_BUFFER, 4),
			 strlen(VTY_PATH));
	assert_string_equal(buffer, "/vde-");
	assert_int_equal(OF(p, "canon", 3, of_text(p, "/vdevice/vty"),
			    OF_BUFFER, 99), strlen(VTY_PATH));
	assert_string_equal(buffer, VTY_PATH);
	assert_int_equal(OF(p, "instance-to-package", 1, open), vty);
	assert_int_equal(OF(p, "package-to-path", 3, 1, OF_BUFFER, 99),
			 OF_NONE);
	assert_int_equal(OF(p, "instance-to-path", 3, 99, OF_BUFFER, 99),
			 OF_NONE);
}

static void the_root_is_a_node_as_any_other(void **state)
{
	struct partition *p = *state;
	uint32_t root = of_device(p, "/"), open;

	assert_int_equal(OF(p, "getproplen", 2, root, of_text(p, "x-y")),
			 OF_NONE);
	assert_int_equal(OF(p, "setprop", 4, root, of_text(p, "x-y"),
			    OF_BUFFER, 4), 4);
	assert_int_equal(OF(p, "getproplen", 2, root, of_text(p, "x-y")), 4);
	assert_int_equal(OF(p, "nextprop", 3, root, of_text(p, ""),
			    OF_BUFFER), 1);
	assert_int_equal(OF(p, "package-to-path", 3, root, OF_BUFFER, 99), 1);
	open = OF(p, "open", 1, of_text(p, "/"));
	assert_int_equal(OF(p, "instance-to-package", 1, open), root);
}

/* A string and its NUL, and the byte after them as it was. */
static void assert_string_alone(struct partition *p)
{
	const char *text = (char *)p->ram + OF_BUFFER;

	assert_true(*text);
	assert_int_equal((uint8_t)text[strlen(text) + 1], 0x55);
}

static void strings_end_with_one_byte(void **state)
{
	struct partition *p = *state;
	uint32_t chosen = of_device(p, "/chosen");

	memset(p->ram + OF_BUFFER, 0x55, 99);
	assert_int_equal(OF(p, "nextprop", 3, chosen, of_text(p, ""),
			    OF_BUFFER), 1);
	assert_string_alone(p);
	memset(p->ram + OF_BUFFER, 0x55, 99);
	assert_int_equal(OF(p, "package-to-path", 3, chosen, OF_BUFFER, 99),
			 strlen("/chosen"));
	assert_string_alone(p);
}

static void memory_is_claimed_once(void **state)
{
	struct partition *p = *state;

	assert_int_equal(OF(p, "claim", 3, 0x20000, 0x1000, 0), 0x20000);
	assert_int_equal(OF(p, "claim", 3, 0x20fff, 1, 0), OF_NONE);
	assert_int_equal(OF(p, "claim", 3, 0x1f000, 0x1001, 0), OF_NONE);
	assert_int_equal(OF(p, "claim", 3, 0x1f000, 0x1000, 0), 0x1f000);
	of_call(p, "release", 2, 0, (uint32_t[12]){ 0x20000, 0x1000 });
	assert_int_equal(OF(p, "claim", 3, 0x20fff, 1, 0), 0x20fff);
}

static void what_is_released_is_free_and_nothing_else(void **state)
{
	uint32_t first[12] = { 0x20000, 0x1000 }, part[12] = { 0x20000, 0x800 };
	uint32_t last[12] = { 0x30000, 0x1000 };
	struct partition *p = *state;

	OF(p, "claim", 3, first[0], first[1], 0);
	OF(p, "claim", 3, last[0], last[1], 0);
	of_call(p, "release", 2, 0, part);
	assert_int_equal(OF(p, "claim", 3, 0x20fff, 1, 0), OF_NONE);
	of_call(p, "release", 2, 0, last);
	of_call(p, "release", 2, 0, last);
	assert_int_equal(OF(p, "claim", 3, 0x20fff, 1, 0), OF_NONE);
	assert_int_equal(OF(p, "claim", 3, 0x30000, 0x1000, 0), 0x30000);
	of_call(p, "release", 2, 0, first);
	assert_int_equal(OF(p, "claim", 3, 0x20fff, 1, 0), 0x20fff);
}

static void memory_that_is_not_there_is_not_claimed(void **state)
{
	static const uint32_t rows[][3] = {
		{ 0x20000, 0, 0 },		/* nothing */
		{ RAM_SIZE, 1, 0 }, { RAM_SIZE - 1, 2, 0 },
		{ OF_NONE, 1, 0 }, { 1, OF_NONE, 0 },
		{ RTAS_BASE, 1, 0 },		/* reserved in the tree */
		{ RTAS_BASE + 0xffff, 1, 0 },
		{ 0, 0x100, 3 },		/* no power of two */
		{ 0, RAM_SIZE, 0x1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(OF(*state, "claim", 3, rows[i][0], rows[i][1],
				    rows[i][2]), OF_NONE);
}

static void memory_is_chosen_by_its_alignment(void **state)
{
	struct partition *p = *state;

	assert_int_equal(OF(p, "claim", 3, 0, 0x10, 0), 0);
	assert_int_equal(OF(p, "claim", 3, 7, 0x10, 0x1000), 0x1000);
	assert_int_equal(OF(p, "claim", 3, 7, 0x11, 1), 0x10);
	assert_int_equal(OF(p, "claim", 3, 7, 1, 2), 0x22);
	assert_int_equal(OF(p, "claim", 3, 7, RTAS_BASE, 0x10000),
			 OF_NONE);
	assert_int_equal(OF(p, "claim", 3, 0x2000, 0x20000, 0), 0x2000);
	assert_int_equal(OF(p, "claim", 3, 7, 0xf0000, 0x1000),
			 RTAS_BASE + 0x10000);
}

static void as_many_claims_as_there_is_room_for(void **state)
{
	uint32_t claimed = 0;

	for (uint32_t i = 0; i < 1000; i++)
		claimed += OF(*state, "claim", 3, 0x10 * i, 0x10, 0) ==
			   0x10 * i;
	assert_int_equal(claimed, 127);	/* and one is RTAS's */
}

/* An argument array that is not in memory, and counts that go beyond it. */
static void a_bad_call_fails_as_a_whole(void **state)
{
	static const uint32_t counts[][2] = {
		{ 13, 0 }, { 0, 13 }, { 12, 1 }, { OF_NONE, 1 }, { 1, OF_NONE },
		{ 1, 12 },
		{ 2, 1 }, { 0, 1 },	/* peer takes one */
	};
	static const uint64_t nowhere[] = {
		RAM_SIZE, RAM_SIZE - 8, RAM_SIZE - 16, UINT64_MAX, 1ull << 60,
	};
	struct partition *p = *state;
	uint8_t *block = p->ram + OF_BLOCK;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		store_be32(block, of_text(p, "peer"));
		store_be32(block + 4, counts[i][0]);
		store_be32(block + 8, counts[i][1]);
		assert_int_equal(HCALL(p, KVMPPC_H_VOF_CLIENT, OF_BLOCK),
				 H_PARAMETER);
	}
	store_be32(p->ram + RAM_SIZE - 16, of_text(p, "peer"));
	store_be32(p->ram + RAM_SIZE - 12, 1);
	store_be32(p->ram + RAM_SIZE - 8, 1);
	for (size_t i = 0; i < ARRAY_SIZE(nowhere); i++)
		assert_int_equal(HCALL(p, KVMPPC_H_VOF_CLIENT, nowhere[i]),
				 H_PARAMETER);
	/* Its only argument is not there. */
	store_be32(p->ram + RAM_SIZE - 12, of_text(p, "close"));
	store_be32(p->ram + RAM_SIZE - 8, 1);
	store_be32(p->ram + RAM_SIZE - 4, 0);
	assert_int_equal(HCALL(p, KVMPPC_H_VOF_CLIENT, RAM_SIZE - 12),
			 H_PARAMETER);
}

static void twelve_cells_are_not_too_many(void **state)
{
	uint32_t cells[14] = { 0 };

	assert_int_equal(of_call(*state, "peer", 1, 11, cells), H_SUCCESS);
	assert_int_equal(cells[11], 0);
	cells[0] = of_text(*state, "");
	assert_int_equal(of_call(*state, "interpret", 12, 0, cells),
			 H_SUCCESS);
}

static void an_unknown_service_fails(void **state)
{
	char name[200];
	uint32_t cells[12] = { 0 };

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(of_call(*state, "no-such", 1, 1, cells), H_PARAMETER);
	assert_int_equal(of_call(*state, name, 1, 1, cells), H_PARAMETER);
	assert_int_equal(of_call(*state, "", 1, 1, cells), H_PARAMETER);
}

static void results_go_where_they_were_asked_for(void **state)
{
	struct partition *p = *state;
	uint32_t cells[12] = { 0 };

	assert_int_equal(of_call(p, "peer", 1, 0, cells), H_SUCCESS);
	assert_int_equal(cells[1], 0);
	assert_int_equal(of_call(p, "peer", 1, 3, cells), H_SUCCESS);
	assert_int_equal(cells[1], of_device(p, ROOT));
	assert_int_equal(cells[2], 0);
	assert_int_equal(cells[3], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		partition_test(a_guest_without_firmware_is_told_so),
		of_test(firmware_is_gone_after_a_reset),
		of_test(what_is_no_tree_is_refused_and_the_old_one_stays),
		of_test(devices_are_found_by_path_and_short_name),
		of_test(a_walk_comes_to_every_node_once),
		of_test(no_node_has_no_relatives),
		of_test(a_property_is_read_as_far_as_there_is_room),
		of_test(every_node_has_a_name),
		of_test(what_is_not_there_is_not_read),
		of_test(properties_are_listed_to_the_last),
		of_test(a_property_that_is_set_is_in_the_tree),
		of_test(a_property_is_not_set),
		of_test(a_guest_cannot_fill_the_memory_of_the_host),
		of_test(nodes_and_instances_have_paths),
		of_test(the_root_is_a_node_as_any_other),
		of_test(strings_end_with_one_byte),
		of_test(memory_is_claimed_once),
		of_test(what_is_released_is_free_and_nothing_else),
		of_test(memory_that_is_not_there_is_not_claimed),
		of_test(memory_is_chosen_by_its_alignment),
		of_test(as_many_claims_as_there_is_room_for),
		of_test(a_bad_call_fails_as_a_whole),
		of_test(twelve_cells_are_not_too_many),
		of_test(an_unknown_service_fails),
		of_test(results_go_where_they_were_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
