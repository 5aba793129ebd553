/* SPDX-License-Identifier: BSD-2-Clause */
/* A dump of the kernel: how it is registered, and what is copied. */
#include "config.h"

#include <errno.h>

#include <papr/kernel-dump.h>

#include "tests/kernel-dump-fixture.h"

/* --- the call */

static void dump_is_registered_once(void **state)
{
	struct partition *p = *state;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	assert_int_equal(dump_configure(p, DUMP_REGISTER),
			 RTAS_DUMP_REGISTERED);
	assert_int_equal(dump_configure(p, DUMP_INVALIDATE),
			 RTAS_PARAMETER_ERROR);
	assert_int_equal(dump_configure(p, DUMP_UNREGISTER), RTAS_SUCCESS);
	assert_int_equal(dump_configure(p, DUMP_UNREGISTER), RTAS_SUCCESS);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
}

static void dump_that_is_there_must_be_read_first(void **state)
{
	struct partition *p = *state;

	dump_put_structure(p);
	dump_whole(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_DUMP_ACTIVE);
	assert_int_equal(dump_configure(p, DUMP_UNREGISTER), RTAS_DUMP_ACTIVE);
	dump_give_up(p, PAPR_EVENT_OS_TERM);
	assert_int_equal(dump_configure(p, DUMP_INVALIDATE), RTAS_SUCCESS);
	assert_int_equal(dump_configure(p, DUMP_INVALIDATE),
			 RTAS_PARAMETER_ERROR);
	dump_take(p, 0);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
}

static void command_must_be_one_of_three(void **state)
{
	struct partition *p = *state;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, 0), RTAS_PARAMETER_ERROR);
	assert_int_equal(dump_configure(p, 4), RTAS_PARAMETER_ERROR);
	assert_int_equal(dump_configure(p, UINT32_MAX), RTAS_PARAMETER_ERROR);
}

static const struct {
	const char *what;
	uint32_t at, size;
	uint64_t value;
} wrongs[] = {
	{ "version 0", KDUMP_VERSION, 4, 0 },
	{ "version 2", KDUMP_VERSION, 4, 2 },
	{ "no sections", KDUMP_SECTIONS, 2, 0 },
	{ "a section too many", KDUMP_SECTIONS, 2, DUMP_SECTIONS + 1 },
	{ "more sections than there may be", KDUMP_SECTIONS, 2, 11 },
	{ "all bits in the number of sections", KDUMP_SECTIONS, 2, 0xffff },
	{ "the header as a section", KDUMP_FIRST, 4, 0 },
	{ "sections in the header", KDUMP_FIRST, 4, KDUMP_HEADER_SIZE - 1 },
	{ "sections end behind the end", KDUMP_FIRST, 4,
	  KDUMP_HEADER_SIZE + 1 },
	{ "sections begin behind the end", KDUMP_FIRST, 4, DUMP_LEN + 1 },
	{ "sections nowhere", KDUMP_FIRST, 4, UINT32_MAX },
	{ "a disk", KDUMP_DISK, 4, 512 },
	{ "a disk's path", 0x20, 4, 1 },
	{ "a time", KDUMP_MAX_TIME, 4, 1 },
	{ "the first section not for memory",
	  KDUMP_HEADER_SIZE + KDS_FLAGS, 4, 0 },
	{ "the last section for more than memory",
	  KDUMP_HEADER_SIZE + (DUMP_SECTIONS - 1) * KDS_SIZE + KDS_FLAGS, 4,
	  3 },
};

static void put_value(uint8_t *at, uint32_t size, uint64_t value)
{
	if (size == 2)
		store_be16(at, value);
	else
		store_be32(at, value);
}

static void structure_that_cannot_be_done_is_refused(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrongs); i++) {
		dump_put_structure(p);
		put_value(p->ram + DUMP_AT + wrongs[i].at, wrongs[i].size,
			  wrongs[i].value);
		if (dump_configure(p, DUMP_REGISTER) != RTAS_PARAMETER_ERROR)
			fail_msg("%s", wrongs[i].what);
	}
	dump_give_up(p, PAPR_EVENT_OS_TERM);
}

static void structure_must_be_in_memory_and_short(void **state)
{
	static const struct {
		uint32_t gpa, len;
		int32_t status;
	} rows[] = {
		{ DUMP_AT, KDUMP_HEADER_SIZE - 1, RTAS_PARAMETER_ERROR },
		{ DUMP_AT, 0, RTAS_PARAMETER_ERROR },
		{ DUMP_AT, DUMP_LEN - 1, RTAS_PARAMETER_ERROR },
		{ DUMP_AT, KDUMP_MAX + 1, RTAS_PARAMETER_ERROR },
		{ DUMP_AT, UINT32_MAX, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE, DUMP_LEN, RTAS_PARAMETER_ERROR },
		{ RAM_SIZE - DUMP_LEN + 1, DUMP_LEN, RTAS_PARAMETER_ERROR },
		{ DUMP_AT, KDUMP_MAX, RTAS_SUCCESS },
	};
	struct partition *p = *state;

	dump_put_structure(p);
	memcpy(p->ram + RAM_SIZE - DUMP_LEN + 1, p->ram + DUMP_AT,
	       DUMP_LEN - 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_configure_kernel_dump,
				      3, 1, DUMP_REGISTER, rows[i].gpa,
				      rows[i].len), rows[i].status);
}

/* At the end of the longest structure. */
static int32_t register_sections(struct partition *p, uint32_t n)
{
	uint32_t first = KDUMP_MAX - n * KDS_SIZE;
	uint8_t *fdm = p->ram + DUMP_AT;

	dump_put_structure(p);
	store_be16(fdm + KDUMP_SECTIONS, n);
	store_be32(fdm + KDUMP_FIRST, first);
	memset(fdm + KDUMP_HEADER_SIZE, 0, KDUMP_MAX - KDUMP_HEADER_SIZE);
	for (uint32_t i = 0; i < n; i++) {
		store_be32(fdm + first + i * KDS_SIZE + KDS_FLAGS, 1);
		store_be16(fdm + first + i * KDS_SIZE + KDS_TYPE, KDS_HPT);
	}
	return RTAS(p, RTAS_TOKEN_ibm_configure_kernel_dump, 3, 1,
		    DUMP_REGISTER, DUMP_AT, KDUMP_MAX);
}

static void ten_sections_are_taken_and_no_more(void **state)
{
	struct partition *p = *state;

	assert_int_equal(register_sections(p, 11), RTAS_PARAMETER_ERROR);
	assert_int_equal(register_sections(p, 10), RTAS_SUCCESS);
	dump_give_up(p, PAPR_EVENT_DUMP);
	dump_take(p, 1);
	assert_dump_section(p, 9, 0, 0);
}

/* --- what is taken */

static uint8_t byte_at(uint64_t gpa)
{
	return gpa * 7 + (gpa >> 8);
}

static void sections_are_copied(void **state)
{
	struct partition *p = *state;

	for (size_t i = 0; i < RAM_SIZE; i++)
		p->ram[i] = byte_at(i);
	dump_put_structure(p);
	p->n_dirty = 0;
	dump_whole(p);
	assert_dump_status(p, KDUMP_PERFORMED | KDUMP_TRIGGERED);
	assert_dump_section(p, 1, 0, 0);
	assert_dump_section(p, 2, 0, 0x12345);
	assert_dump_section(p, 3, 0, 0x1003);
	/* But the block of the calls that came between. */
	assert_memory_equal(p->ram + DUMP_COPY + 0x6000, p->ram + 0x6000,
			    0x12345 - 0x6000);
	assert_int_equal(p->ram[DUMP_COPY + 0x12345],
			 byte_at(DUMP_COPY + 0x12345));
	assert_memory_equal(p->ram + DUMP_OS_COPY, p->ram + 0x20001, 0x1003);
	assert_int_equal(p->ram[DUMP_OS_COPY + 0x1003],
			 byte_at(DUMP_OS_COPY + 0x1003));
	assert_int_equal(p->ram[DUMP_OS_COPY - 1], byte_at(DUMP_OS_COPY - 1));
}

static const uint8_t *assert_entry(const uint8_t *at, const char *name,
				   uint64_t value)
{
	char padded[9] = "";

	memcpy(padded, name, strlen(name));
	assert_memory_equal(at, padded, 8);
	assert_int_equal(load_be64(at + 8), value);
	return at + 16;
}

/* The third vCPU does not run, the second has a number of its own. */
static void registers_of_those_who_run_are_written(void **state)
{
	struct partition *p = *state;
	const struct papr_entry entry = { .pc = 0x100 };
	struct papr_vcpu *second = papr_vm_vcpu(p->vm, 1);
	struct papr_entry taken;
	const uint8_t *at = p->ram + DUMP_AREA;

	assert_int_equal(papr_vcpu_start(second, &entry), 0);
	papr_vcpu_take_entry(second, &taken);
	fake_cpu_regs(papr_vcpu_host(second))->pc = 0xc000000000000700;
	fake_cpu_regs(papr_vcpu_host(papr_vm_vcpu(p->vm, 0)))->r3 = 33;
	dump_put_structure(p);
	dump_whole(p);
	assert_memory_equal(at, "REGSAVE\0\0\0\0\0\0\0\0\x1c", 16);
	assert_memory_equal(at + 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	at = assert_entry(at + 0x20, "CPUSTRT", 0);
	at = assert_entry(at, "GPR03", 33);
	at = assert_entry(at + 3 * 16, "CPUEND", 0);
	at = assert_entry(at, "CPUSTRT", 1);
	at = assert_entry(at + 16, "NIA", 0xc000000000000700);
	at = assert_entry(at + 16, "VEIGHT_8", 0x1122334455667788);
	at = assert_entry(at, "CPUEND", 1);
	assert_dump_section(p, 0, 0, at - (p->ram + DUMP_AREA));
}

static const struct {
	const char *what;
	uint16_t type;
	uint64_t from, len, to;
	uint32_t errors;
	uint64_t done;
} hostile[] = {
	{ "an unknown kind", 3, 0, 8, DUMP_COPY, KDS_BAD_TYPE, 0 },
	{ "kind 0", 0, 0, 8, DUMP_COPY, KDS_BAD_TYPE, 0 },
	{ "the last unknown kind", 0xff, 0, 8, DUMP_COPY, KDS_BAD_TYPE, 0 },
	{ "the last kind", 0xffff, 0, 8, DUMP_COPY, 0, 8 },
	{ "a string", KDS_OS_STRING, 0, 8, DUMP_COPY, 0, 8 },
	{ "nothing", KDS_REAL_MODE, RAM_SIZE, 0, RAM_SIZE, 0, 0 },
	{ "from nowhere", KDS_REAL_MODE, RAM_SIZE, 8, DUMP_COPY,
	  KDS_BAD_SOURCE, 0 },
	{ "to nowhere", KDS_REAL_MODE, 0, 8, RAM_SIZE, KDS_BAD_TARGET, 0 },
	{ "to memory that cannot be written", KDS_REAL_MODE, 0, 8, ROM_BASE,
	  KDS_BAD_TARGET, 0 },
	{ "from memory that cannot be written", KDS_REAL_MODE, ROM_BASE,
	  ROM_SIZE, DUMP_COPY, 0, ROM_SIZE },
	{ "beyond the end of the source", KDS_REAL_MODE, RAM_SIZE - 0x1234,
	  0x2000, DUMP_COPY, KDS_TOO_LONG, 0x1234 },
	{ "beyond the end of the target", KDS_REAL_MODE, 0, 0x2000,
	  RAM_SIZE - 0x1000, KDS_BAD_TARGET, 0x1000 },
	{ "beyond the end of addresses", KDS_REAL_MODE, 0, UINT64_MAX,
	  UINT64_MAX - 7, KDS_BAD_TARGET, 0 },
	{ "all there is, over itself", KDS_REAL_MODE, 0, UINT64_MAX, DUMP_COPY,
	  KDS_BAD_TARGET, 0 },
	{ "forward over itself", KDS_REAL_MODE, 0x10000, 0x2000, 0x11fff,
	  KDS_BAD_TARGET, 0 },
	{ "backward over itself", KDS_REAL_MODE, 0x11fff, 0x2000, 0x10000,
	  KDS_BAD_TARGET, 0 },
	{ "next to itself", KDS_REAL_MODE, 0x10000, 0x2000, 0x12000, 0,
	  0x2000 },
	{ "onto itself", KDS_REAL_MODE, 0x10000, 0x2000, 0x10000, 0, 0x2000 },
	{ "onto itself where nothing is", KDS_REAL_MODE, RAM_SIZE, 0x2000,
	  RAM_SIZE, KDS_BAD_SOURCE, 0 },
	{ "registers without room", KDS_CPU_STATE, 0, 0x20 + 6 * 16 - 1,
	  DUMP_COPY, KDS_TOO_SMALL, 0 },
	{ "registers with just enough", KDS_CPU_STATE, 0, 0x20 + 6 * 16,
	  DUMP_COPY, 0, 0x20 + 6 * 16 },
	{ "registers to nowhere", KDS_CPU_STATE, 0, 0x10000, RAM_SIZE,
	  KDS_BAD_TARGET, 0 },
	{ "registers over the end", KDS_CPU_STATE, 0, 0x10000, RAM_SIZE - 0x28,
	  KDS_BAD_TARGET, 0x28 },
};

static void section_that_cannot_be_says_so_and_others_are_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct partition *p;
		void *s = NULL;

		dump_fresh(&s);
		p = s;
		dump_put_structure(p);
		dump_put_section(p, 2, hostile[i].type, (uint64_t[]){
			    hostile[i].from, hostile[i].len, hostile[i].to });
		print_message("%s\n", hostile[i].what);
		dump_whole(p);
		assert_dump_section(p, 2, hostile[i].errors, hostile[i].done);
		assert_dump_section(p, 3, 0, 0x1003);
		assert_dump_status(p, KDUMP_PERFORMED | KDUMP_TRIGGERED |
			      (hostile[i].errors ? KDUMP_FAILED : 0));
		partition_free(p);
	}
}

static void what_the_guest_changes_later_does_not_count(void **state)
{
	struct partition *p = *state;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	memset(p->ram + DUMP_AT, 0xff, DUMP_LEN);
	dump_give_up(p, PAPR_EVENT_DUMP);
	dump_take(p, 1);
	assert_dump_section(p, 2, 0, 0x12345);
}

static void host_that_tells_no_registers_has_no_dump(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	dump_put_structure(p);
	assert_int_equal(dump_configure(p, DUMP_REGISTER), RTAS_SUCCESS);
	dump_give_up(p, PAPR_EVENT_DUMP);
	fake_host_fail(p->fake, FAKE_NAME_REGS, 1, EIO);
	assert_int_equal(papr_vm_dump(p->vm, &error), -EIO);
	assert_string_equal(error.text, "the host does not tell the registers "
			    "of vCPU 0: Input/output error");
	dump_take(p, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		dump_test(dump_is_registered_once),
		dump_test(dump_that_is_there_must_be_read_first),
		dump_test(command_must_be_one_of_three),
		dump_test(structure_that_cannot_be_done_is_refused),
		dump_test(structure_must_be_in_memory_and_short),
		dump_test(ten_sections_are_taken_and_no_more),
		dump_test(sections_are_copied),
		dump_test(registers_of_those_who_run_are_written),
		cmocka_unit_test(
			section_that_cannot_be_says_so_and_others_are_done),
		dump_test(what_the_guest_changes_later_does_not_count),
		dump_test(host_that_tells_no_registers_has_no_dump),
	};

	return cmocka_run_group_tests_name("kernel-dump", tests, NULL, NULL);
}
