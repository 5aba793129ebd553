/* SPDX-License-Identifier: BSD-2-Clause */
/* VIO devices as the program sees them, and what the guest finds of them. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <libfdt.h>

#include "tests/tree.h"
#include "tests/vio-fixture.h"

#define ENTRIES (QUEUE_LEN / VIO_ENTRY)

/* --- adding them */

static struct partition *unsealed(void)
{
	struct partition *p = NULL;

	partition_make(&(struct partition_setup){ 0 }, &p, NULL);
	papr_vm_add_tce(p->vm, LIOBN, 0, 12, WINDOW_PAGES);
	papr_vm_add_tce(p->vm, 5, 0x1000, 12, 1);
	papr_vm_add_tce(p->vm, 6, 0, 16, 1);
	return p;
}

static void wrong_device_is_refused(void **state)
{
	static const struct papr_vio_config rows[] = {
		{ .name = NULL, .compatible = "c" },
		{ .name = "", .compatible = "c" },
		{ .name = "1st", .compatible = "c" },
		{ .name = "a b", .compatible = "c" },
		{ .name = "a@1", .compatible = "c" },
		{ .name = "a/b", .compatible = "c" },
		{ .name = "a234567890123456789012345678901x",
		  .compatible = "c" },
		{ .name = "a", .compatible = NULL },
		{ .name = "a", .compatible = "c", .irq = 15 },
		{ .name = "a", .compatible = "c", .irq = 0x1000000 },
		{ .name = "a", .compatible = "c", .liobn = 5 },
		{ .name = "a", .compatible = "c", .liobn = 6 },
	};
	static const struct papr_vio_ops ops = { .size = sizeof(ops) };
	struct partition *p = unsealed();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_vio_config c = rows[i];

		c.size = sizeof(c);
		c.unit = UNIT;
		if (papr_vm_add_vio(p->vm, &c, &ops, NULL, NULL) != -EINVAL)
			fail_msg("row %zu", i);
	}
	partition_free(p);
}

static void longest_name_is_taken(void **state)
{
	struct papr_vio_config c = vio_config;
	struct partition *p = unsealed();

	(void)state;
	c.name = "Z,._+-0123456789012345678901234";
	assert_int_equal(strlen(c.name), 31);
	assert_int_equal(papr_vm_add_vio(p->vm, &c, &vio_ops, NULL, NULL), 0);
	partition_free(p);
}

static void queue_needs_a_window(void **state)
{
	struct papr_vio_config c = vio_config;
	struct partition *p = unsealed();

	(void)state;
	c.liobn = 0;
	assert_int_equal(papr_vm_add_vio(p->vm, &c, &vio_ops, NULL, NULL),
			 -EINVAL);
	assert_string_equal(papr_vm_error(p->vm), "VIO device 0x71000001 takes "
			    "messages, and needs a DMA window for its queue");
	c.liobn = 7;
	assert_int_equal(papr_vm_add_vio(p->vm, &c, &vio_ops, NULL, NULL),
			 -ENOENT);
	partition_free(p);
}

static void what_another_has_is_refused(void **state)
{
	static const struct {
		uint32_t unit, irq, liobn;
		const char *error;
	} rows[] = {
		{ UNIT, 0x2000, 8, "there is a VIO device 0x71000001" },
		{ VTY, 0x2000, 8, "there is a VIO device 0x71000000" },
		{ OTHER, UNIT_IRQ, 8,
		  "interrupt 0x1102 is that of VIO device 0x71000001" },
		{ OTHER, 0x1100, 8,
		  "interrupt 0x1100 is that of VIO device 0x71000000" },
		{ OTHER, 0x1001, 8,
		  "interrupt 0x1001 is that of hot-plug-events" },
		{ OTHER, 0x2000, LIOBN,
		  "DMA window 0x71000001 is that of VIO device 0x71000001" },
	};
	struct partition *p = unsealed();

	(void)state;
	papr_vm_add_tce(p->vm, 8, 0, 12, 1);
	papr_vm_add_vio(p->vm, &vio_config, &vio_ops, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_vio_config c = vio_config;

		c.unit = rows[i].unit;
		c.irq = rows[i].irq;
		c.liobn = rows[i].liobn;
		assert_int_equal(papr_vm_add_vio(p->vm, &c, &vio_ops, NULL,
						 NULL), -EEXIST);
		assert_string_equal(papr_vm_error(p->vm), rows[i].error);
	}
	partition_free(p);
}

static void the_64th_device_is_refused(void **state)
{
	static const struct papr_vio_ops ops = { .size = sizeof(ops) };
	struct partition *p = unsealed();
	struct papr_vio_config c = {
		.size = sizeof(c), .name = "d", .compatible = "c",
	};

	(void)state;
	for (c.unit = 1; c.unit <= PAPR_VIO_DEVICES; c.unit++) {
		c.irq = 0x3000 - c.unit;
		assert_int_equal(papr_vm_add_vio(p->vm, &c, &ops, NULL, NULL),
				 0);
	}
	c.irq = 0;
	assert_int_equal(papr_vm_add_vio(p->vm, &c, &ops, NULL, NULL),
			 -ENOSPC);
	partition_free(p);
}

static void devices_are_added_before_the_seal(void **state)
{
	struct vio_test *t = *state;
	struct papr_vio_config c = vio_config;

	c.unit = NOBODY;
	assert_int_equal(papr_vm_add_vio(t->p->vm, &c, &vio_ops, NULL, NULL),
			 -EBUSY);
}

static void structures_of_another_size(void **state)
{
	struct {
		struct papr_vio_config config;
		uint64_t tail;
	} longer = { vio_config, 1 };
	struct papr_vio_ops ops = vio_ops;
	struct partition *p = unsealed();

	(void)state;
	longer.config.size = sizeof(longer);
	assert_int_equal(papr_vm_add_vio(p->vm, &longer.config, &ops, NULL,
					 NULL), -E2BIG);
	longer.tail = 0;
	ops.size = 0;
	assert_int_equal(papr_vm_add_vio(p->vm, &longer.config, &ops, NULL,
					 NULL), -E2BIG);
	ops.size = sizeof(ops);
	assert_int_equal(papr_vm_add_vio(p->vm, &longer.config, &ops, NULL,
					 NULL), 0);
	partition_free(p);
}

/* --- putting into the queue */

static void put_writes_big_endian_entries_one_after_the_other(void **state)
{
	static const uint8_t expected[] = {
		0x80, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
		0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0, 0, 0, 0,
	};
	struct vio_test *t = *state;

	vio_register(t);
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, MESSAGE_LOW), 0);
	assert_dirty(t->p, FIRST_PAGE, VIO_ENTRY);
	assert_int_equal(papr_vio_put(t->device.vio, 0xffull << 56, 1), 0);
	assert_dirty(t->p, FIRST_PAGE + VIO_ENTRY, VIO_ENTRY);
	assert_memory_equal(vio_entry(t, 0), expected, sizeof(expected));
}

static void queue_goes_over_its_pages_and_is_full(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	for (unsigned int i = 0; i < ENTRIES; i++) {
		assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, i), 0);
		assert_int_equal(load_be64(vio_entry(t, i) + 8), i);
		t->p->n_dirty = 0;
	}
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), -ENOSPC);
	assert_clean(t->p);
	assert_int_equal(load_be64(vio_entry(t, 0) + 8), 0);
}

static void queue_wraps_to_what_the_guest_has_taken(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	for (unsigned int i = 0; i < 3 * ENTRIES; i++) {
		unsigned int n = i % ENTRIES;

		t->p->n_dirty = 0;
		assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, i), 0);
		assert_int_equal(load_be64(vio_entry(t, n) + 8), i);
		*vio_entry(t, n) = 0;
	}
}

static void only_the_oldest_entry_counts(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	for (unsigned int i = 0; i < ENTRIES; i++) {
		t->p->n_dirty = 0;
		papr_vio_put(t->device.vio, MESSAGE, 0);
	}
	*vio_entry(t, 1) = 0;
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), -ENOSPC);
	*vio_entry(t, 0) = 0;
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), 0);
}

static void full_queue_raises_nothing(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	HCALL(t->p, H_VIO_SIGNAL, UNIT, 1);
	*vio_entry(t, 0) = 1;
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), -ENOSPC);
	assert_int_equal(fake_host_raised(t->p->fake, UNIT_IRQ), 0);
}

static void first_byte_makes_an_entry_valid(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	assert_int_equal(papr_vio_put(t->device.vio, 0x7full << 56, 0),
			 -EINVAL);
	assert_int_equal(papr_vio_put(t->device.vio, 0, 0), -EINVAL);
	assert_clean(t->p);
}

static void without_a_queue_nothing_is_put(void **state)
{
	struct vio_test *t = *state;

	vio_map(t);
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), -ENOTCONN);
	assert_int_equal(papr_vio_put(t->other.vio, MESSAGE, 0), -ENOTCONN);
	vio_register(t);
	HCALL(t->p, H_FREE_CRQ, UNIT);
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), -ENOTCONN);
	assert_clean(t->p);
}

/* The guest may do so at any time; what is mapped counts. */
static void entry_that_cannot_be_written_is_an_error(void **state)
{
	static const uint64_t tces[] = {
		0, FIRST_PAGE, FIRST_PAGE | 1, FIRST_PAGE | 2, ROM_BASE | RW,
	};
	struct vio_test *t = *state;

	vio_register(t);
	for (size_t i = 0; i < ARRAY_SIZE(tces); i++) {
		HCALL(t->p, H_PUT_TCE, LIOBN, QUEUE, tces[i]);
		t->p->rom[0] = 0;
		assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0),
				 -EFAULT);
	}
	assert_clean(t->p);
	HCALL(t->p, H_PUT_TCE, LIOBN, QUEUE, 0xe000 | RW);
	memset(t->p->ram + 0xe000, 0, 4096);
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), 0);
	assert_dirty(t->p, 0xe000, VIO_ENTRY);
}

static void new_queue_begins_at_its_beginning(void **state)
{
	struct vio_test *t = *state;

	vio_register(t);
	papr_vio_put(t->device.vio, MESSAGE, 0);
	HCALL(t->p, H_FREE_CRQ, UNIT);
	vio_register(t);
	papr_vio_put(t->device.vio, MESSAGE, 7);
	assert_int_equal(load_be64(vio_entry(t, 0) + 8), 7);
}

/* --- interrupts */

static void interrupt_is_raised_without_a_queue_too(void **state)
{
	struct vio_test *t = *state;

	HCALL(t->p, H_VIO_SIGNAL, OTHER, 1);
	assert_int_equal(papr_vio_interrupt(t->other.vio), 0);
	assert_int_equal(fake_host_raised(t->p->fake, OTHER_IRQ), 1);
}

static void interrupt_is_one_of_the_library_if_it_has_them(void **state)
{
	struct vio_test *t = vio_test_new("sets: { hcall-interrupt: user }");
	const uint32_t irqs[] = { 0x1100, OTHER_IRQ, UNIT_IRQ };
	uint64_t r[PAPR_HCALL_ARGS] = { 0 };
	void *vt = t;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(irqs); i++)
		assert_int_equal(RTAS(t->p, RTAS_TOKEN_ibm_set_xive, 3, 1,
				      irqs[i], 0, 5), 0);
	HCALL(t->p, H_CPPR, 0xff);
	vio_register(t);
	HCALL(t->p, H_VIO_SIGNAL, UNIT, 1);
	assert_int_equal(papr_vio_put(t->device.vio, MESSAGE, 0), 0);
	assert_int_equal(partition_hcall(t->p, H_XIRR, r), H_SUCCESS);
	assert_int_equal(r[0] & 0xffffff, UNIT_IRQ);
	vio_test_end(&vt);
}

static void host_gets_all_sources_in_rising_order(void **state)
{
	struct vio_test *t = *state;

	assert_true(fake_host_logged(t->p->fake,
				     "setup_irqs 1: 0x1000 0x1001 0x1002 "
				     "0x1003 0x1100 0x1101 0x1102"));
}

/* --- the tree */

static void device_has_a_node(void **state)
{
	static const uint32_t interrupts[] = { UNIT_IRQ, 0 };
	static const uint32_t window[] = {
		LIOBN, 0, 0, 0, WINDOW_PAGES * 4096
	};
	struct vio_test *t = *state;
	const char *node = "/vdevice/v-scsi@71000001";
	void *fdt = tree_of(t->p, NULL);

	assert_tree_cell(fdt, node, "reg", UNIT);
	assert_tree_string(fdt, node, "device_type", "vscsi");
	assert_tree_string(fdt, node, "compatible", "IBM,v-scsi");
	assert_tree_cells(fdt, node, "interrupts", interrupts, 2);
	assert_tree_cell(fdt, node, "ibm,#dma-address-cells", 2);
	assert_tree_cell(fdt, node, "ibm,#dma-size-cells", 2);
	assert_tree_cells(fdt, node, "ibm,my-dma-window", window, 5);
	free(fdt);
}

static void what_a_device_has_not_is_not_in_its_node(void **state)
{
	static const char *const names[] = {
		"device_type", "interrupts", "ibm,my-dma-window",
		"ibm,#dma-address-cells", "ibm,#dma-size-cells",
	};
	static const struct papr_vio_ops ops = { .size = sizeof(ops) };
	struct papr_vio_config c = {
		.size = sizeof(c), .unit = 0xab, .name = "d",
		.compatible = "c",
	};
	struct partition *p = unsealed();
	void *fdt;

	(void)state;
	papr_vm_add_vio(p->vm, &c, &ops, NULL, NULL);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	fdt = tree_of(p, NULL);
	assert_tree_cell(fdt, "/vdevice/d@ab", "reg", 0xab);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_false(tree_has(fdt, "/vdevice/d@ab", names[i]));
	free(fdt);
	partition_free(p);
}

static bool has_set(struct partition *p, const char *set)
{
	void *fdt = tree_of(p, NULL);
	bool has = fdt_stringlist_search(fdt, fdt_path_offset(fdt, "/rtas"),
					 "ibm,hypertas-functions", set) >= 0;

	free(fdt);
	return has;
}

static void set_of_queues_is_promised_with_a_device_that_has_some(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){ 0 });
	struct vio_test *t = *state;

	assert_true(has_set(t->p, "hcall-crq"));
	assert_true(has_set(t->p, "hcall-vio"));
	assert_false(has_set(t->p, "hcall-suspend"));
	assert_false(has_set(p, "hcall-crq"));
	assert_true(has_set(p, "hcall-vio"));
	partition_free(p);
}

static void denied_call_takes_the_set_with_it(void **state)
{
	struct vio_test *t = vio_test_new("hcalls: { H_SEND_CRQ: deny }");
	void *vt = t;

	(void)state;
	assert_false(has_set(t->p, "hcall-crq"));
	vio_test_end(&vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_device_is_refused),
		cmocka_unit_test(longest_name_is_taken),
		cmocka_unit_test(queue_needs_a_window),
		cmocka_unit_test(what_another_has_is_refused),
		cmocka_unit_test(the_64th_device_is_refused),
		vio_test(devices_are_added_before_the_seal),
		cmocka_unit_test(structures_of_another_size),
		vio_test(put_writes_big_endian_entries_one_after_the_other),
		vio_test(queue_goes_over_its_pages_and_is_full),
		vio_test(queue_wraps_to_what_the_guest_has_taken),
		vio_test(only_the_oldest_entry_counts),
		vio_test(full_queue_raises_nothing),
		vio_test(first_byte_makes_an_entry_valid),
		vio_test(without_a_queue_nothing_is_put),
		vio_test(entry_that_cannot_be_written_is_an_error),
		vio_test(new_queue_begins_at_its_beginning),
		vio_test(interrupt_is_raised_without_a_queue_too),
		cmocka_unit_test(
			interrupt_is_one_of_the_library_if_it_has_them),
		vio_test(host_gets_all_sources_in_rising_order),
		vio_test(device_has_a_node),
		vio_test(what_a_device_has_not_is_not_in_its_node),
		vio_test(set_of_queues_is_promised_with_a_device_that_has_some),
		cmocka_unit_test(denied_call_takes_the_set_with_it),
	};

	return cmocka_run_group_tests_name("vio", tests, NULL, NULL);
}
