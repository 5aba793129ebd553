/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA windows that come and go while a guest runs. */
#include "config.h"

#include <errno.h>
#include <pthread.h>

#include "spapr/vm.h"
#include "tests/save-fixture.h"

#define OLD	SAVE_LIOBN + 1	/* of before the seal, no device's */
#define NEW	0x80000001u
#define BUS	0x800000000000000ull
#define PAGES_MAX (1u << 24)

/* --- one with a window of a device, and another */

static int start_on(const struct partition_setup *setup, void **state)
{
	struct partition *p = NULL;

	assert_int_equal(partition_make(setup, &p, NULL), 0);
	assert_int_equal(papr_vm_add_tce(p->vm, OLD, 0, 12, 16), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	partition_attach(p, 0);
	*state = p;
	return 0;
}

static const struct papr_vio_config vio = {
	.size = sizeof(vio), .unit = SAVE_UNIT, .irq = 0x1101,
	.liobn = SAVE_LIOBN, .name = "v-scsi", .compatible = "x",
};

static int start(void **state)
{
	return start_on(&(struct partition_setup){ .vio = &vio }, state);
}

static void no_drop(struct partition *p, struct papr_host_ops *host,
		    struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->drop_tce = NULL;
}

static void no_tables(struct partition *p, struct papr_host_ops *host,
		      struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->make_tce = NULL;
}

static int start_no_drop(void **state)
{
	return start_on(&(struct partition_setup){ .tweak = no_drop }, state);
}

static int start_no_tables(void **state)
{
	return start_on(&(struct partition_setup){ .tweak = no_tables },
			state);
}

#define on(start, f) cmocka_unit_test_setup_teardown(f, start, partition_end)

static int create(struct partition *p, uint32_t liobn, uint64_t pages)
{
	return papr_vm_create_tce(p->vm, liobn, BUS, 12, pages, NULL);
}

static int drop(struct partition *p, uint32_t liobn)
{
	return papr_vm_remove_tce(p->vm, liobn, NULL);
}

static int64_t put(struct partition *p, uint32_t liobn, uint64_t bus)
{
	return HCALL(p, H_PUT_TCE, liobn, bus, 0x7003);
}

static uint64_t tce(struct partition *p, uint32_t liobn, uint64_t bus)
{
	uint64_t got;

	assert_int_equal(papr_vm_get_tce(p->vm, liobn, bus, &got), 0);
	return got;
}

/* --- what may be */

static void new_window_has_a_table_of_the_kernel(void **state)
{
	struct partition *p = *state;

	assert_int_equal(put(p, NEW, BUS), H_PARAMETER);
	assert_int_equal(create(p, NEW, 16), 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, NEW), 1);
	assert_int_equal(put(p, NEW, BUS + 0xf000), H_SUCCESS);
	assert_int_equal(put(p, NEW, BUS + 0x10000), H_PARAMETER);
	assert_true(fake_host_tce(p->fake, NEW)[15] == 0x7003);
	fake_host_clear_log(p->fake);
	assert_int_equal(drop(p, NEW), 0);
	assert_string_equal(fake_host_log(p->fake), "cpu 0: hold on\n"
			    "drop_tce 0x80000001\ncpu 0: hold off\n");
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, NEW), -ENOENT);
	assert_int_equal(put(p, NEW, BUS), H_PARAMETER);
}

static void new_window_has_a_table_here_without_the_kernel(void **state)
{
	struct partition *p = *state;

	assert_int_equal(create(p, NEW, 16), 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, NEW), 0);
	assert_null(fake_host_tce(p->fake, NEW));
	assert_int_equal(put(p, NEW, BUS), H_SUCCESS);
	assert_int_equal(tce(p, NEW, BUS), 0x7003);
	assert_int_equal(drop(p, NEW), 0);
	assert_int_equal(create(p, NEW, 16), 0);
	assert_int_equal(tce(p, NEW, BUS), 0);
}

static void kernel_without_room_leaves_the_table_here(void **state)
{
	struct partition *p = *state;

	fake_host_fail(p->fake, FAKE_MAKE_TCE, 1, ENOMEM);
	assert_int_equal(create(p, NEW, 16), 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, NEW), 0);
	assert_non_null(strstr(p->log, "the kernel has no table for the DMA "
			       "window 0x80000001"));
	assert_int_equal(drop(p, NEW), 0);
	assert_false(fake_host_logged(p->fake, "drop_tce 0x80000001"));
	fake_host_fail(p->fake, FAKE_MAKE_TCE, 1, EBUSY);
	assert_int_equal(create(p, NEW, 16), -EBUSY);
	assert_int_equal(put(p, NEW, BUS), H_PARAMETER);
}

static void window_that_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *what;
		uint32_t liobn;
		uint64_t bus, pages;
		uint32_t shift;
		int err;
		const char *sentence;
	} rows[] = {
		{ "small pages", NEW, 0, 1, 11, -EINVAL,
		  "DMA window 0x80000001: 1 pages of 2^11 bytes at 0x0" },
		{ "large pages", NEW, 0, 1, 35, -EINVAL, NULL },
		{ "no pages", NEW, 0, 0, 12, -EINVAL, NULL },
		{ "too many", NEW, 0, PAGES_MAX + 1, 12, -EINVAL, NULL },
		{ "odd", NEW, 0x1000, 1, 16, -EINVAL, NULL },
		{ "wraps", NEW, 0xfffffffffffff000, 2, 12, -EINVAL, NULL },
		{ "old", OLD, 0, 16, 12, -EEXIST,
		  "there is a DMA window 0x71000002" },
		{ "a device's", SAVE_LIOBN, 0, 16, 12, -EEXIST, NULL },
	};
	struct partition *p = *state;
	struct papr_error error;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (papr_vm_create_tce(p->vm, rows[i].liobn, rows[i].bus,
				       rows[i].shift, rows[i].pages,
				       &error) != rows[i].err)
			fail_msg("%s", rows[i].what);
		if (rows[i].sentence)
			assert_string_equal(error.text, rows[i].sentence);
	}
	assert_int_equal(create(p, NEW, 1), 0);
	assert_int_equal(create(p, NEW, 1), -EEXIST);
}

static void there_are_so_many_windows_and_pages(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	/* One is the device's, and one old. */
	for (uint32_t i = 0; i < 62; i++)
		assert_int_equal(create(p, NEW + i, 1), 0);
	assert_int_equal(papr_vm_create_tce(p->vm, NEW + 62, 0, 12, 1, &error),
			 -ENOSPC);
	assert_string_equal(error.text, "there are 64 DMA windows already");
	assert_int_equal(drop(p, NEW + 30), 0);
	assert_int_equal(papr_vm_create_tce(p->vm, NEW + 30, 0, 12,
					    PAGES_MAX - 60, &error), -ENOSPC);
	assert_string_equal(error.text, "DMA windows that are made while a "
			    "guest runs have 2^24 pages together");
	assert_int_equal(create(p, NEW + 30, 1), 0);
	for (uint32_t i = 0; i < 62; i++)
		assert_int_equal(put(p, NEW + i, BUS), H_SUCCESS);
}

static void window_that_cannot_go_stays(void **state)
{
	static const struct {
		uint32_t liobn;
		int err;
		const char *sentence;
	} rows[] = {
		{ NEW, -ENOENT, "there is no DMA window 0x80000001" },
		{ SAVE_LIOBN, -EBUSY, "DMA window 0x71000001 is that of a VIO "
		  "device" },
	};
	struct partition *p = *state;
	struct papr_error error;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(papr_vm_remove_tce(p->vm, rows[i].liobn,
						    &error), rows[i].err);
		assert_string_equal(error.text, rows[i].sentence);
	}
	assert_int_equal(put(p, SAVE_LIOBN, 0), H_SUCCESS);
}

static void host_that_keeps_its_tables_says_so(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	assert_int_equal(papr_vm_remove_tce(p->vm, OLD, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "the host keeps the table of DMA "
			    "window 0x71000002");
	assert_int_equal(create(p, NEW, 1), 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, NEW), 0);
	assert_int_equal(drop(p, NEW), 0);
}

static void windows_come_and_go_after_the_seal(void **state)
{
	struct partition *p = partition_unsealed();
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_vm_create_tce(p->vm, NEW, 0, 12, 1, &error),
			 -EBUSY);
	assert_string_equal(error.text, "DMA windows come and go after the VM "
			    "is sealed");
	assert_int_equal(drop(p, NEW), -EBUSY);
	partition_free(p);
}

/* --- what is from before the seal */

static void old_window_makes_room_for_another(void **state)
{
	struct partition *p = *state;

	assert_int_equal(put(p, OLD, 0), H_SUCCESS);
	assert_int_equal(drop(p, OLD), 0);
	assert_int_equal(put(p, OLD, 0), H_PARAMETER);
	assert_int_equal(drop(p, OLD), -ENOENT);
	assert_int_equal(papr_vm_create_tce(p->vm, OLD, BUS, 16, 2, NULL), 0);
	assert_int_equal(HCALL(p, H_PUT_TCE, OLD, BUS + 0x10000, 0x10003),
			 H_SUCCESS);
}

static void reset_brings_back_what_there_was(void **state)
{
	struct partition *p = *state;

	put(p, OLD, 0);
	drop(p, OLD);
	assert_int_equal(papr_vm_create_tce(p->vm, OLD, BUS, 16, 2, NULL), 0);
	create(p, NEW, 16);
	put(p, NEW, BUS);
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, NEW), -ENOENT);
	assert_null(fake_host_tce(p->fake, NEW));
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, OLD), 1);
	assert_int_equal(tce(p, OLD, 0xf000), 0);
	assert_int_equal(papr_vm_get_tce(p->vm, OLD, BUS, &(uint64_t){ 0 }),
			 -EINVAL);
}

static void reset_without_a_table_fails(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	drop(p, OLD);
	fake_host_fail(p->fake, FAKE_MAKE_TCE, 1, EBUSY);
	assert_int_equal(papr_vm_reset(p->vm, &error), -EBUSY);
	assert_string_equal(error.text, "the kernel has a table for the DMA "
			    "window 0x71000002, which is not this library's");
	assert_int_equal(papr_vm_reset(p->vm, NULL), 0);
	assert_int_equal(papr_vm_tce_in_kernel(p->vm, OLD), 1);
}

/* --- saved and loaded */

static void windows_are_saved_with_what_is_in_them(void **state)
{
	struct partition *p = save_new("power10", NULL);
	struct partition *q = save_new("power10", NULL);
	struct file *file;

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		create(p, NEW + i, 16 + i);
	put(p, NEW + 2, BUS + 0x11000);
	drop(p, NEW + 1);
	file = save_to_file(p);
	load_from_file(q, file);
	assert_int_equal(put(q, NEW, BUS), H_SUCCESS);
	assert_int_equal(put(q, NEW + 1, BUS), H_PARAMETER);
	assert_int_equal(tce(q, NEW + 2, BUS + 0x11000), 0x7003);
	put(p, NEW, BUS);
	assert_same_file(p, q);
	file_free(file);
	partition_free(p);
	partition_free(q);
}

/* Saved with its window of before, or without. */
static struct partition *with_old(void)
{
	void *p;

	start(&p);
	return p;
}

static void removed_window_is_removed_after_a_load(void **state)
{
	struct partition *p = with_old(), *q = with_old();
	struct file *file;

	(void)state;
	drop(p, OLD);
	file = save_to_file(p);
	load_from_file(q, file);
	assert_int_equal(put(q, OLD, 0), H_PARAMETER);
	assert_same_file(p, q);
	assert_int_equal(papr_vm_reset(q->vm, NULL), 0);
	assert_int_equal(papr_vm_tce_in_kernel(q->vm, OLD), 1);
	file_free(file);
	partition_free(p);
	partition_free(q);
}

/* Windows of a file, in 4 bytes each: as in docs/save.md. */
static void files_that_cannot_be_are_refused(void **state)
{
	static const struct {
		const char *what;
		unsigned int at;	/* a byte of the section */
		uint8_t value;
		int err;
		const char *sentence;
	} rows[] = {
		{ "a device's", 7, 1, -EBUSY, "section tce-windows: DMA window "
		  "0x71000001 is that of a VIO device" },
		{ "unknown", 7, 9, -ENOENT, "section tce-windows: there is no "
		  "DMA window 0x71000009" },
		{ "many", 0, 1, -ENOENT, "section tce-windows: there is no DMA "
		  "window 0x80000001" },
		{ "small pages", 15, 1, -EINVAL, "section tce-windows: DMA "
		  "window 0x80000001: 16 pages of 2^1 bytes at "
		  "0x800000000000000" },
		{ "odd", 23, 1, -EINVAL, "section tce-windows: DMA window "
		  "0x80000001: 16 pages of 2^12 bytes at 0x800000000000001" },
		{ "too many pages", 24, 1, -EINVAL, "section tce-windows: DMA "
		  "window 0x80000001: 72057594037927952 pages of 2^12 bytes "
		  "at 0x800000000000000" },
		{ "twice", 35, 1, -EEXIST, "section tce-windows: there is a "
		  "DMA window 0x80000001" },
	};
	struct partition *p = with_old(), *q;
	struct file *file;
	uint8_t *payload;

	(void)state;
	drop(p, OLD);
	create(p, NEW, 16);
	create(p, NEW + 1, 16);
	file = save_to_file(p);
	file_section(file, "tce-windows", 0, &payload);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t was = payload[rows[i].at];

		payload[rows[i].at] = rows[i].value;
		file_mend(file);
		q = with_old();
		load_must_fail(q, file, rows[i].err, rows[i].sentence);
		partition_free(q);
		payload[rows[i].at] = was;
	}
	file_free(file);
	partition_free(p);
}

/* --- at once */

#define ROUNDS 500

static void *use(void *arg)
{
	struct partition *p = arg;
	uint64_t got;

	for (unsigned int i = 0; i < 20 * ROUNDS; i++) {
		struct papr_hcall hcall = {
			.nr = i % 2 ? H_PUT_TCE : H_STUFF_TCE,
			.args = { NEW + i % 3, BUS, 0, 512 },
		};

		papr_vcpu_hcall(papr_vm_vcpu(p->vm, 1), &hcall);
		papr_vm_get_tce(p->vm, NEW + i % 3, BUS, &got);
		papr_vm_tce_in_kernel(p->vm, NEW + i % 3);
	}
	return NULL;
}

static void *change(void *arg)
{
	struct partition *p = arg;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		papr_vm_create_tce(p->vm, NEW + i % 3, BUS, 12, 512, NULL);
		papr_vm_remove_tce(p->vm, NEW + i / 3 % 3, NULL);
	}
	return NULL;
}

/* A table that went while it was used would be found by the sanitizer. */
static void windows_come_and_go_while_they_are_used(void **state)
{
	void *(*const threads[])(void *) = { use, change, change };
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 2, .threads = 1 } });
	pthread_t thread[ARRAY_SIZE(threads)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&thread[i], NULL, threads[i],
						p), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(thread[i], NULL);
	for (uint32_t i = 0; i < 3; i++)
		drop(p, NEW + i);
	assert_int_equal(p->vm->tce_slots, 0);
	for (uint32_t i = 0; i < 3; i++)
		assert_null(fake_host_tce(p->fake, NEW + i));
	partition_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on(start, new_window_has_a_table_of_the_kernel),
		on(start_no_drop,
		   new_window_has_a_table_here_without_the_kernel),
		on(start_no_tables,
		   new_window_has_a_table_here_without_the_kernel),
		on(start, kernel_without_room_leaves_the_table_here),
		on(start, window_that_cannot_be_is_refused),
		on(start, there_are_so_many_windows_and_pages),
		on(start, window_that_cannot_go_stays),
		on(start_no_drop, host_that_keeps_its_tables_says_so),
		cmocka_unit_test(windows_come_and_go_after_the_seal),
		on(start, old_window_makes_room_for_another),
		on(start_no_tables, old_window_makes_room_for_another),
		on(start, reset_brings_back_what_there_was),
		on(start, reset_without_a_table_fails),
		cmocka_unit_test(windows_are_saved_with_what_is_in_them),
		cmocka_unit_test(removed_window_is_removed_after_a_load),
		cmocka_unit_test(files_that_cannot_be_are_refused),
		cmocka_unit_test(windows_come_and_go_while_they_are_used),
	};

	return cmocka_run_group_tests_name("DMA windows", tests, NULL, NULL);
}
