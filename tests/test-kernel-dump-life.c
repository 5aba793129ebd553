/* SPDX-License-Identifier: BSD-2-Clause */
/* A dump of the kernel over resets, in the device tree, and in a file. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <papr/kernel-dump.h>

#include "tests/kernel-dump-fixture.h"
#include "tests/save-fixture.h"
#include "tests/tree.h"

/* --- over a reset */

static void reset(struct partition *p)
{
	struct papr_error error;

	if (papr_vm_reset(p->vm, &error))
		fail_msg("%s", error.text);
}

static void reset_forgets_what_is_registered(void **state)
{
	struct partition *p = *state;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	dump_take(p, 0);
	reset(p);
	dump_give_up(p, PAPR_EVENT_OS_TERM);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	dump_give_up(p, PAPR_EVENT_DUMP);
	reset(p);	/* by a program that does not care */
	dump_take(p, 0);
}

static void guest_that_took_its_dump_back_gets_none(void **state)
{
	struct partition *p = *state;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	dump_give_up(p, PAPR_EVENT_DUMP);
	assert_int_equal(dump_configure(p, DUMP_UNREGISTER), RTAS_SUCCESS);
	dump_take(p, 0);
}

static void next_guest_finds_the_dump_until_it_has_read_it(void **state)
{
	struct partition *p = *state;
	const uint8_t *found;
	void *fdt;
	int len;

	dump_put_structure(p);
	dump_whole(p);
	for (int i = 0; i < 2; i++) {
		dump_take(p, 1);
		reset(p);
		fdt = tree_of(p, NULL);
		found = tree_property(fdt, "/rtas", "ibm,kernel-dump", &len);
		assert_int_equal(len, DUMP_LEN);
		assert_memory_equal(found, p->vm->dump.bytes, len);
		free(fdt);
	}
	assert_int_equal(dump_configure(p, DUMP_INVALIDATE), RTAS_SUCCESS);
	dump_take(p, 0);
	reset(p);
	fdt = tree_of(p, NULL);
	assert_false(tree_has(fdt, "/rtas", "ibm,kernel-dump"));
	free(fdt);
}

static void tree_says_what_registers_take(void **state)
{
	struct partition *p = *state;
	const uint32_t size = 0x20 + 3 * (PAPR_NAMED_REGS + 2) * 16;
	void *fdt = tree_of(p, NULL);

	assert_tree_cell(fdt, "/rtas", "ibm,configure-kernel-dump", 0x202d);
	assert_tree_cells(fdt, "/rtas", "ibm,configure-kernel-dump-sizes",
			  (uint32_t[]){ 1, 0, size, 2, 0, 0 }, 6);
	assert_tree_cell(fdt, "/rtas", "ibm,configure-kernel-dump-version",
			 0x00010001);
	assert_false(tree_has(fdt, "/rtas", "ibm,kernel-dump"));
	free(fdt);
}

static void without_dumps_there_is_no_call(void **state)
{
	struct partition *p = *state;
	void *fdt = tree_of(p, NULL);

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER),
			 RTAS_PARAMETER_ERROR);
	dump_take(p, 0);
	assert_false(tree_has(fdt, "/rtas", "ibm,configure-kernel-dump"));
	assert_false(tree_has(fdt, "/rtas",
			      "ibm,configure-kernel-dump-sizes"));
	free(fdt);
}

static void take_name_regs(struct partition *p, struct papr_host_ops *host,
			   struct papr_vmm_ops *vmm)
{
	(void)p, (void)vmm;
	host->name_regs = NULL;
}

static void host_without_names_has_no_dumps(void **state)
{
	struct papr_error error;
	struct partition *p = NULL;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){
			.config = { .kernel_dump = true },
			.tweak = take_name_regs }, &p, &error), -EOPNOTSUPP);
	assert_string_equal(error.text, "kernel dumps: the host does not tell "
			    "the registers of vCPUs, or cannot reset them");
}

/* --- in a file */

static struct partition *another(bool dumps)
{
	struct papr_error error;
	struct partition *p;

	if (partition_make(&(struct partition_setup){
			.config = { .cores = 3, .kernel_dump = dumps } },
			   &p, &error))
		fail_msg("%s", error.text);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	for (uint32_t i = 0; i < 3; i++)
		partition_attach(p, i);
	return p;
}

static void dump_is_saved(void **state)
{
	struct partition *p = *state, *q = another(true);
	struct file *file;

	dump_put_structure(p);
	dump_whole(p);
	file = save_to_file(p);
	load_from_file(q, file);
	assert_int_equal(q->vm->dump.len, DUMP_LEN);
	assert_memory_equal(q->vm->dump.bytes, p->vm->dump.bytes, DUMP_LEN);
	assert_dump_section(q, 2, 0, 0x12345);
	dump_take(q, 1);
	partition_free(q);
	q = another(false);
	load_must_fail(q, file, -EINVAL, "the saved partition is another one: "
		       "kernel dumps: 1 there, 0 here");
	file_free(file);
	partition_free(q);
}

static void registration_is_saved(void **state)
{
	struct partition *p = *state, *q = another(true);
	struct file *file;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	file = save_to_file(p);
	load_from_file(q, file);
	file_free(file);
	dump_give_up(q, PAPR_EVENT_DUMP);
	dump_take(q, 1);
	assert_dump_section(q, 2, 0, 0x12345);
	partition_free(q);
}

static void damaged_dump_is_refused(void **state)
{
	static const struct {
		uint32_t at;
		uint8_t value;
		int err;
		const char *sentence;
	} rows[] = {
		{ 0, 0, -EINVAL, "section kernel-dump: a kernel dump of 200 "
		  "bytes cannot be in state 0" },
		{ 0, 4, -EINVAL, "section kernel-dump: a kernel dump of 200 "
		  "bytes cannot be in state 4" },
		{ 5 + KDUMP_SECTIONS, 1, -EINVAL, "section kernel-dump: a "
		  "kernel dump of 200 bytes cannot be in state 3" },
		{ 3, 2, -EBADMSG, "it does not hold what its version has" },
		{ 4, 199, -EINVAL, "section kernel-dump: a kernel dump of 199 "
		  "bytes cannot be in state 3" },
		{ 4, 201, -EBADMSG, "it does not hold what its version has" },
	};
	struct partition *p = *state;

	dump_put_structure(p);
	dump_whole(p);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition *q = another(true);
		struct file *file = save_to_file(p);
		uint8_t *payload;

		file_section(file, "kernel-dump", 0, &payload);
		payload[rows[i].at] = rows[i].value;
		file_mend(file);
		load_must_fail(q, file, rows[i].err, rows[i].sentence);
		file_free(file);
		partition_free(q);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		dump_test(reset_forgets_what_is_registered),
		dump_test(guest_that_took_its_dump_back_gets_none),
		dump_test(next_guest_finds_the_dump_until_it_has_read_it),
		dump_test(tree_says_what_registers_take),
		partition_test(without_dumps_there_is_no_call),
		cmocka_unit_test(host_without_names_has_no_dumps),
		dump_test(dump_is_saved),
		dump_test(registration_is_saved),
		dump_test(damaged_dump_is_refused),
	};

	return cmocka_run_group_tests_name("kernel-dump-life", tests, NULL,
					   NULL);
}
