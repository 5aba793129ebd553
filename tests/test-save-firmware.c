/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest that is saved while firmware works for it. */
#include "config.h"

#include <stdlib.h>

#include "spapr/fdt.h"
#include "tests/of-fixture.h"
#include "tests/save-fixture.h"

/* A new partition that is what the one of the fixture is. */
static struct partition *reborn(struct partition *p)
{
	struct file *file = save_to_file(p);
	struct partition *q;

	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &q,
					NULL), 0);
	assert_int_equal(papr_vm_seal(q->vm), 0);
	partition_attach(q, 0);
	load_from_file(q, file);
	memcpy(q->ram, p->ram, RAM_SIZE);
	file_free(file);
	return q;
}

static void assert_same_tree(struct partition *p, struct partition *q)
{
	uint8_t *one = calloc(1, TREE_ROOM), *two = calloc(1, TREE_ROOM);
	int len = papr_vm_get_tree(p->vm, one, TREE_ROOM);

	assert_in_range(len, 1, TREE_ROOM);
	assert_int_equal(papr_vm_get_tree(q->vm, two, TREE_ROOM), len);
	assert_memory_equal(one, two, len);
	free(one);
	free(two);
}

/* Firmware in the guest, which has the tree in its memory, has not asked. */
static void a_tree_that_nobody_has_used_is_there(void **state)
{
	struct partition *p = *state, *q = reborn(p);

	assert_same_tree(p, q);
	assert_false(q->vm->firmware.has_client);
	assert_int_equal(of_device(p, "/chosen"), of_device(q, "/chosen"));
	partition_free(q);
}

static void a_client_finds_what_it_has_set(void **state)
{
	struct partition *p = *state, *q;
	uint32_t chosen = of_device(p, "/chosen");
	uint8_t *value = p->ram + OF_BUFFER;

	strcpy((char *)value, "mine");
	OF(p, "setprop", 4, chosen, of_text(p, "own"), OF_BUFFER, 5);
	q = reborn(p);
	assert_same_tree(p, q);
	memset(q->ram + OF_BUFFER, 0, 16);
	assert_int_equal(OF(q, "getprop", 4, chosen, of_text(q, "own"),
			    OF_BUFFER, 16), 5);
	assert_string_equal((char *)q->ram + OF_BUFFER, "mine");
	partition_free(q);
}

static void what_is_open_stays_open(void **state)
{
	struct partition *p = *state, *q;
	uint32_t terminal = OF(p, "open", 1, of_text(p, "/vdevice/vty"));

	assert_int_not_equal(terminal, 0);
	q = reborn(p);
	assert_int_equal(OF(q, "write", 3, terminal, of_text(q, "hello"), 5),
			 5);
	assert_int_equal(q->console_len, 5);
	assert_int_equal(OF(q, "open", 1, of_text(q, "/")), terminal + 1);
	partition_free(q);
}

static void what_is_claimed_stays_taken(void **state)
{
	struct partition *p = *state, *q;
	uint32_t base = OF(p, "claim", 3, 0, PAGE_4K, PAGE_4K);

	assert_int_not_equal(base, OF_NONE);
	q = reborn(p);
	assert_int_equal(OF(q, "claim", 3, base, PAGE_4K, 0), OF_NONE);
	assert_int_equal(OF(q, "claim", 3, 0, PAGE_4K, PAGE_4K),
			 OF(p, "claim", 3, 0, PAGE_4K, PAGE_4K));
	partition_free(q);
}

/* As prom_init does last: RTAS in its place, and then the tree once more. */
static void a_tree_can_still_be_replaced(void **state)
{
	struct partition *p = *state, *q = reborn(p);
	uint8_t *tree = calloc(1, TREE_ROOM);
	int len = papr_vm_get_tree(q->vm, tree, TREE_ROOM);

	memcpy(q->ram + 0x10000, tree, len);
	assert_int_equal(HCALL(q, H_UPDATE_DT, 0x10000), H_SUCCESS);
	assert_same_tree(p, q);
	free(tree);
	partition_free(q);
}

static void without_firmware_nothing_is_written_of_it(void **state)
{
	struct partition *p = *state, *q;
	uint32_t cells[12] = { 0 };
	struct papr_error error;

	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	q = reborn(p);
	assert_int_equal(of_call(q, "peer", 1, 1, cells), H_FUNCTION);
	partition_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		of_test(a_tree_that_nobody_has_used_is_there),
		of_test(a_client_finds_what_it_has_set),
		of_test(what_is_open_stays_open),
		of_test(what_is_claimed_stays_taken),
		of_test(a_tree_can_still_be_replaced),
		of_test(without_firmware_nothing_is_written_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
