/* SPDX-License-Identifier: BSD-2-Clause */
/* Saving and loading: what the program adds, and when it cannot be done. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "spapr/xics.h"
#include "tests/save-fixture.h"

/* --- what the program adds */

#define OWN "own-1"

static int own_sections(void *arg, struct papr_saver *saver,
			struct papr_error *error)
{
	const struct papr_section first = {
		.size = sizeof(first), .name = OWN, .version = 3,
		.bytes = "first", .len = 5,
	};
	const struct papr_section optional = {
		.size = sizeof(optional), .name = "may-be-left-out",
		.flags = PAPR_SECTION_OPTIONAL,
	};
	int r = papr_saver_put(saver, &first, error);

	(void)arg;
	return r ? r : papr_saver_put(saver, &optional, error);
}

static int own_section(void *arg, const struct papr_section *s,
		       struct papr_error *error)
{
	struct file *file = arg;

	if (strcmp(s->name, OWN))
		return -ENOENT;
	assert_int_equal(s->version, 3);
	assert_int_equal(s->len, 5);
	assert_memory_equal(s->bytes, "first", 5);
	file->write_err++;
	snprintf(error->text, sizeof(error->text), "the program's sentence");
	return file->write_err > 1 ? -EPERM : 0;
}

static void the_program_finds_its_sections(void **state)
{
	struct papr_save_ops save = file_save;
	struct papr_load_ops load = file_load;
	struct partition *p = save_new(NULL, NULL);
	struct file file = { .len = 0 };
	struct papr_error error;

	(void)state;
	save.sections = own_sections;
	load.section = own_section;
	assert_int_equal(papr_vm_save(p->vm, &save, &file, &error), 0);
	assert_int_equal(papr_vm_load(p->vm, &load, &file, &error), 0);
	assert_int_equal(file.write_err, 1);
	file.at = 0;
	assert_int_equal(papr_vm_load(p->vm, &load, &file, &error), -EPERM);
	assert_non_null(strstr(error.text,
			       "section own-1: the program's sentence"));
	free(file.bytes);
	partition_free(p);
}

/* The host's time goes on while a section is read, which takes an hour. */
struct slow {
	struct file file;
	struct partition *p;
};

#define HOUR	(3600 * 512000000ull)

static uint64_t timebase(struct partition *p)
{
	return fake_cpu_reg(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)),
			    PAPR_REG_TB);
}

static int slow_section(void *arg, const struct papr_section *s,
			struct papr_error *error)
{
	struct slow *slow = arg;

	(void)s;
	(void)error;
	fake_cpu_set_reg(papr_vcpu_host(papr_vm_vcpu(slow->p->vm, 0)),
			 PAPR_REG_TB, timebase(slow->p) + HOUR);
	return 0;
}

static void no_time_passes_for_the_guest_while_it_is_loaded(void **state)
{
	struct papr_save_ops save = file_save;
	struct papr_load_ops load = file_load;
	struct partition *p = save_new(NULL, NULL);
	struct slow slow = { .p = save_new(NULL, NULL) };
	struct papr_error error;

	(void)state;
	save.sections = own_sections;
	load.section = slow_section;
	save_busy(p);
	assert_int_equal(papr_vm_save(p->vm, &save, &slow, &error), 0);
	assert_int_equal(papr_vm_load(slow.p->vm, &load, &slow, &error), 0);
	assert_int_equal(timebase(slow.p), timebase(p));
	free(slow.file.bytes);
	partition_free(p);
	partition_free(slow.p);
}

static struct papr_saver *begin_early(struct partition *p, struct file *file)
{
	struct papr_save_ops save = file_save;
	struct papr_saver *saver;
	struct papr_error error;

	save.sections = own_sections;
	if (papr_saver_new(p->vm, &save, file, &saver, &error))
		fail_msg("%s", error.text);
	return saver;
}

static void a_save_is_begun_before_the_guest_stands(void **state)
{
	struct papr_load_ops load = file_load;
	struct partition *p = save_new(NULL, NULL), *q = save_new(NULL, NULL);
	struct file file = { .len = 0 };
	struct papr_saver *saver = begin_early(p, &file);
	const struct papr_section early = {
		.size = sizeof(early), .name = "early",
		.flags = PAPR_SECTION_OPTIONAL,
	};
	struct papr_error error;

	(void)state;
	load.section = own_section;
	assert_int_equal(papr_saver_put(saver, &early, &error), 0);
	save_busy(p);
	assert_int_equal(papr_saver_put(saver, &early, &error), 0);
	assert_int_equal(papr_saver_finish(saver, &error), 0);
	papr_saver_free(saver);
	if (papr_vm_load(q->vm, &load, &file, &error))
		fail_msg("%s", error.text);
	assert_int_equal(file.write_err, 1);
	assert_same_file(p, q);
	free(file.bytes);
	partition_free(p);
	partition_free(q);
}

/* Which is soon enough for the guest to go on where it is. */
static void another_partition_is_refused_at_the_beginning(void **state)
{
	struct partition *p = save_new(NULL, NULL);
	struct partition *q = save_new("power9", NULL);
	struct file file = { .len = 0 };
	struct papr_saver *saver = begin_early(p, &file);

	(void)state;
	load_must_fail(q, &file, -EINVAL, "section config: the saved "
		       "partition is another one: level of the ISA: 310 there, "
		       "300 here");
	papr_saver_free(saver);
	papr_saver_free(NULL);
	free(file.bytes);
	partition_free(p);
	partition_free(q);
}

static void a_beginning_that_cannot_be_written_is_told(void **state)
{
	struct partition *p = save_new(NULL, NULL);
	struct file file = { .write_err = -EPIPE };
	struct papr_saver *saver = NULL;
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_saver_new(p->vm, &file_save, &file, &saver,
					&error), -EPIPE);
	assert_string_equal(error.text, "it cannot be written: Broken pipe");
	assert_null(saver);
	partition_free(p);
}

static const struct papr_section no_sections[] = {
	{ sizeof(no_sections[0]), NULL, 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "", 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "Capital", 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "sixteen-letters-", 0, 0, NULL, 0 },
	{ sizeof(no_sections[0]), "flags", 0, 2, NULL, 0 },
	{ sizeof(no_sections[0]), "long", 0, 0, NULL, PAPR_SECTION_MAX + 1 },
};

static int bad_sections(void *arg, struct papr_saver *saver,
			struct papr_error *error)
{
	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(no_sections); i++)
		assert_int_equal(papr_saver_put(saver, &no_sections[i], error),
				 -EINVAL);
	return -EPERM;
}

static void a_section_that_cannot_be_is_not_written(void **state)
{
	struct papr_save_ops save = file_save;
	struct partition *p = save_new(NULL, NULL);
	struct file file = { .len = 0 };
	struct papr_error error;

	(void)state;
	save.sections = bad_sections;
	assert_int_equal(papr_vm_save(p->vm, &save, &file, &error), -EPERM);
	free(file.bytes);
	partition_free(p);
}

/* --- when it cannot be done */

static void a_file_that_cannot_be_written_is_told(void **state)
{
	struct partition *p = save_new(NULL, NULL);
	struct file file = { .write_err = -ENOSPC };
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_vm_save(p->vm, &file_save, &file, &error),
			 -ENOSPC);
	assert_string_equal(error.text,
			    "it cannot be written: No space left on device");
	partition_free(p);
}

static void a_guest_that_has_run_is_not_overwritten(void **state)
{
	struct partition *p = save_new(NULL, NULL);
	struct file *file = *state;

	save_busy(p);
	load_must_fail(p, file, -EBUSY, "vCPU 0 was started: a saved partition "
		       "is loaded into a new one");
	partition_free(p);
}

static void a_breakpoint_is_not_saved(void **state)
{
	const struct papr_mc_info info = {
		.size = sizeof(info), .type = PAPR_MC_SLB,
		.initiator = PAPR_ELOG_CPU,
	};
	const struct papr_injection what = {
		.size = sizeof(what), .info = &info,
		.trigger = PAPR_TRIGGER_PC, .first = 0x4000,
	};
	struct partition *p = save_new(NULL, NULL);
	struct file file = { .len = 0 };
	struct papr_entry entry = { .pc = 0 };
	struct papr_error error;
	uint64_t id;

	(void)state;
	papr_vcpu_start(papr_vm_vcpu(p->vm, 0), &entry);
	papr_vcpu_take_entry(papr_vm_vcpu(p->vm, 0), &entry);
	assert_int_equal(papr_vcpu_inject_when(papr_vm_vcpu(p->vm, 0), &what,
					       &id, &error), 0);
	assert_int_equal(papr_vm_save(p->vm, &file_save, &file, &error),
			 -EBUSY);
	assert_string_equal(error.text, "vCPU 0 has a breakpoint of an "
			    "injection: it must be cancelled first");
	assert_int_equal(papr_vm_cancel_injection(p->vm, id, &error), 0);
	free(file.bytes);
	partition_free(p);
}

static const struct {
	enum fake_op op;
	const char *sentence;
} refusals[] = {
	{ FAKE_SET_TIMEBASE,
	  "the host does not set the time base: Input/output error" },
	{ FAKE_CONFIGURE_MMU, "the host does not take the process table "
	  "0x8000000000010004: Input/output error" },
	{ FAKE_SET_STATE, "the host does not take register 0x0 of vCPU 0: "
	  "Input/output error" },
	{ FAKE_ENABLE_FWNMI, "the host does not hand over machine checks: "
	  "Input/output error" },
	{ FAKE_SET_ICP, "the state 0xffff0000 of vCPU 0x0 is not taken: "
	  "Input/output error" },
};

static void what_the_host_refuses_is_told(void **state)
{
	struct file *file = *state;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct partition *p = save_new(NULL, NULL);

		fake_host_fail(p->fake, refusals[i].op, 1, EIO);
		load_must_fail(p, file, -EIO, refusals[i].sentence);
		partition_free(p);
	}
}

/* Each read lets KVM look at most of the table. */
static void a_page_table_is_not_read_by_groups(void **state)
{
	struct partition *p = save_new("power8", NULL);

	(void)state;
	fake_host_fail(p->fake, FAKE_READ_HPT, 3, EIO);
	file_free(save_to_file(p));
	partition_free(p);
}

/* --- interrupts that no controller can be given */

#define VTY_IRQ 0x1100u
#define OPEN	0xffu

static void show_ipi(struct partition *p)
{
	HCALL(p, H_IPI, 0, 4);
}

static void show_key(struct partition *p)
{
	RTAS(p, RTAS_TOKEN_ibm_set_xive, 3, 1, VTY_IRQ, 0, 5);
	assert_int_equal(papr_vm_console_input(p->vm), 0);
}

static void end_with_priority_0(struct partition *p)
{
	HCALL(p, H_EOI, 0);
}

static void ask_for_no_ipi(struct partition *p)
{
	HCALL(p, H_IPI, 0, 0xff);
}

static void ask_for_less(struct partition *p)
{
	HCALL(p, H_IPI, 0, 5);
}

static const struct {
	const char *what;
	void (*show)(struct partition *p);
	void (*misuse)(struct partition *p);
	uint32_t now, later;	/* what is shown then, and if all is favoured */
} misuses[] = {
	{ "an IPI that is not favoured", show_ipi, end_with_priority_0, 0, 2 },
	{ "a key that is not favoured", show_key, end_with_priority_0, 0,
	  VTY_IRQ },
	{ "an IPI that is not asked for", show_ipi, ask_for_no_ipi, 0, 0 },
	{ "an IPI that is asked for less", show_ipi, ask_for_less, 2, 2 },
};

static uint32_t shown(struct partition *p)
{
	uint64_t regs[PAPR_HCALL_ARGS] = { 0 };

	assert_int_equal(partition_hcall(p, H_XIRR, regs), H_SUCCESS);
	return regs[0] & XICS_XISR;
}

static void what_a_guest_must_not_be_shown_is_saved_as_waiting(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(misuses); i++) {
		struct partition *p = save_new(NULL, "default: user");
		struct partition *q = save_new(NULL, "default: user");
		struct file *file;

		HCALL(p, H_CPPR, OPEN);
		misuses[i].show(p);
		misuses[i].misuse(p);
		file = save_to_file(p);
		load_from_file(q, file);
		if (shown(q) != misuses[i].now)
			fail_msg("%s: not shown as it was", misuses[i].what);
		HCALL(q, H_CPPR, OPEN);
		if (shown(q) != misuses[i].later)
			fail_msg("%s: not shown later", misuses[i].what);
		file_free(file);
		partition_free(p);
		partition_free(q);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_program_finds_its_sections),
		cmocka_unit_test(
			no_time_passes_for_the_guest_while_it_is_loaded),
		cmocka_unit_test(a_save_is_begun_before_the_guest_stands),
		cmocka_unit_test(another_partition_is_refused_at_the_beginning),
		cmocka_unit_test(a_beginning_that_cannot_be_written_is_told),
		cmocka_unit_test(a_section_that_cannot_be_is_not_written),
		cmocka_unit_test(a_file_that_cannot_be_written_is_told),
		cmocka_unit_test_setup_teardown(
			a_guest_that_has_run_is_not_overwritten,
			save_file_start, save_file_end),
		cmocka_unit_test(a_breakpoint_is_not_saved),
		cmocka_unit_test(a_page_table_is_not_read_by_groups),
		cmocka_unit_test(
			what_a_guest_must_not_be_shown_is_saved_as_waiting),
		cmocka_unit_test_setup_teardown(what_the_host_refuses_is_told,
						save_file_start, save_file_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
