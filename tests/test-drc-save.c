/* SPDX-License-Identifier: BSD-2-Clause */
/* Connectors in a partition that is saved and loaded. */
#include "config.h"

#include <errno.h>

#include "spapr/drc.h"
#include "spapr/vm.h"
#include "tests/save-fixture.h"

#define CORE(n) (DRC_CORE | 8 * (n))
#define LMB(n) (DRC_LMB | (LMB_FIRST + (n)))

/* Two cores of three and no LMB of two, nothing started. */
static struct partition *fresh(void)
{
	struct papr_error error;
	struct partition *p;

	if (partition_make(&(struct partition_setup){
			.config = { .cores = 2, .vsmt = 8, .max_cores = 3 },
			.lmbs = 2 }, &p, &error))
		fail_msg("%s", error.text);
	if (papr_vm_seal(p->vm))
		fail_msg("%s", papr_vm_error(p->vm));
	partition_attach(p, 0);
	partition_attach(p, 1);
	return p;
}

static void take(struct partition *p, uint32_t index)
{
	assert_int_equal(drc_move(p->vm, index, DRC_SET_USABLE), DRC_OK);
	assert_int_equal(drc_move(p->vm, index, DRC_UNISOLATE), DRC_OK);
	assert_int_equal(drc_move(p->vm, index, DRC_CONFIGURE), DRC_OK);
}

static void plug(struct partition *p, uint32_t kind, uint32_t number)
{
	assert_int_equal(papr_vm_plug(p->vm, kind, number, NULL), 0);
}

static void unplug(struct partition *p, uint32_t kind, uint32_t number)
{
	assert_int_equal(papr_vm_unplug(p->vm, kind, number, NULL), 0);
}

/* Core 1 has gone, core 2 has come; an LMB is to go, one was not taken. */
static struct partition *busy(void)
{
	struct partition *p = fresh();

	unplug(p, PAPR_CONNECTOR_CORE, 1);
	assert_int_equal(drc_move(p->vm, CORE(1), DRC_ISOLATE), DRC_OK);
	assert_int_equal(drc_move(p->vm, CORE(1), DRC_SET_UNUSABLE), DRC_OK);
	plug(p, PAPR_CONNECTOR_CORE, 2);
	take(p, CORE(2));
	plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST);
	take(p, LMB(0));
	assert_int_equal(drc_indicate(p->vm, LMB(0), 2), DRC_OK);
	unplug(p, PAPR_CONNECTOR_LMB, LMB_FIRST);
	plug(p, PAPR_CONNECTOR_LMB, LMB_FIRST + 1);
	return p;
}

static void connectors_are_what_they_were(void **state)
{
	struct partition *p = busy(), *q = fresh();
	struct file *file = save_to_file(p), *again;

	(void)state;
	load_from_file(q, file);
	assert_int_equal(drc_find(q->vm, CORE(1))->state,
			 PAPR_CONNECTOR_EMPTY);
	assert_false(papr_vcpu_is_there(papr_vm_vcpu(q->vm, 1)));
	assert_true(papr_vcpu_is_there(papr_vm_vcpu(q->vm, 2)));
	assert_non_null(papr_vcpu_host(papr_vm_vcpu(q->vm, 2)));
	assert_true(drc_find(q->vm, LMB(0))->leaving);
	assert_int_equal(drc_find(q->vm, LMB(0))->indicator, 2);
	assert_non_null(ram_get(q->vm, LMB_BASE, 2 * PAPR_LMB_SIZE, RAM_READ));
	again = save_to_file(q);
	assert_int_equal(again->len, file->len);
	assert_memory_equal(again->bytes, file->bytes, file->len);
	file_free(again);
	file_free(file);
	partition_free(p);
	partition_free(q);
}

static void what_is_as_new_is_not_in_the_file(void **state)
{
	struct partition *p = fresh();
	struct file *file = save_to_file(p);

	(void)state;
	for (size_t i = 0; i + 10 < file->len; i++)
		assert_memory_not_equal(file->bytes + i, "connectors", 10);
	file_free(file);
	partition_free(p);
}

/* The first entry of the section is core 1's. */
static const struct {
	uint32_t index;
	uint8_t state, leaving;
	const char *sentence;
} refused[] = {
	{ 0x40000000, 0, 0, "there is no connector 0x40000000" },
	{ CORE(1), 5, 0, "core 1 cannot be in state 5" },
	{ CORE(1), 0, 1, "core 1 cannot be in state 0" },
	{ CORE(0), 0, 0, "core 0 cannot be in state 0" },
	{ CORE(0), 4, 1, "core 0 cannot be in state 4" },
};

static void states_that_cannot_be_are_refused(void **state)
{
	struct partition *p = busy();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct file *file = save_to_file(p);
		struct partition *q = fresh();
		uint8_t *payload;

		file_section(file, "connectors", 0, &payload);
		store_be32(payload, refused[i].index);
		payload[4] = refused[i].state;
		payload[5] = refused[i].leaving;
		file_mend(file);
		load_must_fail(q, file, -EINVAL, refused[i].sentence);
		file_free(file);
		partition_free(q);
	}
	partition_free(p);
}

static void what_the_program_cannot_make_is_told(void **state)
{
	struct partition *p = busy(), *q = fresh();
	struct file *file = save_to_file(p);

	(void)state;
	q->plug_err = -ENOMEM;
	load_must_fail(q, file, -ENOMEM,
		       "core 2 cannot be made: Cannot allocate memory");
	file_free(file);
	partition_free(p);
	partition_free(q);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(connectors_are_what_they_were),
		cmocka_unit_test(what_is_as_new_is_not_in_the_file),
		cmocka_unit_test(states_that_cannot_be_are_refused),
		cmocka_unit_test(what_the_program_cannot_make_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
