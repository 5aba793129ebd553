/* SPDX-License-Identifier: BSD-2-Clause */
/* System parameters, as the guest and as the program see them. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "rtas/status.h"
#include "tests/partition.h"
#include "tests/tree.h"

#define BUF 0x8000u
#define AUTO_RESTART 21
#define UUID 48
#define NAME 55

static const uint8_t some_uuid[PAPR_UUID_LEN] = {
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
	0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10,
};

static int32_t get(struct partition *p, uint32_t parameter, uint32_t len)
{
	memset(p->ram + BUF, 0xee, 512);
	p->n_dirty = 0;
	return RTAS(p, RTAS_TOKEN_ibm_get_system_parameter, 3, 1, parameter,
		    BUF, len);
}

/* The value must be these bytes. */
static void assert_value(struct partition *p, uint32_t parameter,
			 const void *value, size_t len)
{
	assert_int_equal(get(p, parameter, 512), RTAS_SUCCESS);
	assert_int_equal(p->ram[BUF] << 8 | p->ram[BUF + 1], len);
	assert_memory_equal(p->ram + BUF + 2, value, len);
	assert_int_equal(p->ram[BUF + 2 + len], 0xee);
}

static int32_t set(struct partition *p, uint32_t parameter, const void *value,
		   size_t len)
{
	p->ram[BUF] = len >> 8;
	p->ram[BUF + 1] = len & 0xff;
	memcpy(p->ram + BUF + 2, value, len);
	return RTAS(p, RTAS_TOKEN_ibm_set_system_parameter, 2, 1, parameter,
		    BUF);
}

static void splpar_parameter_tells_of_cpus_and_memory(void **state)
{
	static const char text[] = "MaxEntCap=500,DesMem=2,DesProcs=3,"
				   "MaxPlatProcs=5";
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 3, .threads = 4, .max_cores = 5 } });

	(void)state;
	assert_value(p, 20, text, sizeof(text));
	partition_free(p);
}

static void one_chip_has_all_cores(void **state)
{
	static const uint8_t value[] = { 0, 1, 0, 1, 0, 1, 0, 3 };
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .cores = 3 } });

	(void)state;
	assert_value(p, 43, value, sizeof(value));
	partition_free(p);
}

static void parameter_is_cut_to_the_guests_buffer(void **state)
{
	struct partition *p = *state;

	assert_int_equal(get(p, 20, 512), RTAS_SUCCESS);
	for (uint32_t len = 2, full = p->ram[BUF + 1] + 2; len <= full + 1;
	     len++) {
		uint32_t used = len < full ? len : full;

		assert_int_equal(get(p, 20, len), RTAS_SUCCESS);
		assert_int_equal(p->ram[BUF], 0);
		assert_int_equal(p->ram[BUF + 1], full - 2);
		assert_int_equal(p->ram[BUF + used], 0xee);
		assert_int_equal(p->n_dirty, 2);	/* and the status */
		assert_int_equal(p->dirty[0].gpa, BUF);
		assert_int_equal(p->dirty[0].len, used);
	}
	assert_int_equal(get(p, 20, 1), RTAS_SYSPARM_PARAM_ERROR);
	assert_int_equal(p->ram[BUF], 0xee);
	assert_int_equal(get(p, 20, UINT32_MAX), RTAS_SUCCESS);
}

static void no_length_asks_whether_it_is_supported(void **state)
{
	struct partition *p = *state;

	assert_int_equal(get(p, 20, 0), RTAS_SUCCESS);
	assert_int_equal(get(p, 22, 0), RTAS_PARAMETER_ERROR);
	assert_int_equal(p->ram[BUF], 0xee);
	assert_int_equal(set(p, AUTO_RESTART, "", 0), RTAS_SUCCESS);
	assert_int_equal(set(p, 20, "", 0), RTAS_NOT_AUTHORIZED);
	assert_int_equal(set(p, 22, "", 0), RTAS_PARAMETER_ERROR);
}

static void parameter_buffer_must_be_writable_ram(void **state)
{
	static const struct {
		uint32_t parameter, gpa, len;
		int32_t status;
	} rows[] = {
		{ 42, RAM_SIZE - 3, 512, RTAS_SUCCESS },
		{ 42, RAM_SIZE - 2, 512, RTAS_SYSPARM_PARAM_ERROR },
		{ 42, RAM_SIZE - 2, 2, RTAS_SUCCESS },
		{ 42, RAM_SIZE - 1, 2, RTAS_SYSPARM_PARAM_ERROR },
		{ 42, RAM_SIZE, 2, RTAS_SYSPARM_PARAM_ERROR },
		{ 42, ROM_BASE, 512, RTAS_SYSPARM_PARAM_ERROR },
		{ 42, UINT32_MAX, 512, RTAS_SYSPARM_PARAM_ERROR },
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (RTAS(p, RTAS_TOKEN_ibm_get_system_parameter, 3, 1,
			 rows[i].parameter, rows[i].gpa, rows[i].len) !=
		    rows[i].status)
			fail_msg("row %zu", i);
}

static void options_that_are_off_say_so(void **state)
{
	static const uint32_t bytes[] = { 21, 42 };
	static const uint32_t pairs[] = { 46, 50, 52 };

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++)
		assert_value(*state, bytes[i], "\0", 1);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		assert_value(*state, pairs[i], "\0\0", 2);
}

static void other_parameters_are_not_there(void **state)
{
	static const uint32_t others[] = {
		16, 17, 18, 19, 22, 23, 27, 28, 29, 35, 36, 44, 45, 49, 54, 55,
		56, 57, 58, 59, 64, 1u << 31, UINT32_MAX
	};
	struct partition *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		assert_int_equal(get(p, others[i], 512), RTAS_PARAMETER_ERROR);
		assert_int_equal(p->ram[BUF], 0xee);
		assert_int_equal(set(p, others[i], "x", 1),
				 RTAS_PARAMETER_ERROR);
	}
}

/* And a scan of them from 0 on finds none. */
static void what_a_console_has_written_cannot_be_set(void **state)
{
	for (uint32_t i = 0; i < 16; i++) {
		assert_int_equal(set(*state, i, "x", 1), RTAS_NOT_AUTHORIZED);
		assert_int_equal(get(*state, i, 512), RTAS_PARAMETER_ERROR);
	}
}

static void name_and_uuid_are_the_partitions(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.config = { .name = "test \303\244", .uuid = some_uuid } });
	const char *text = "01234567-89ab-cdef-fedc-ba9876543210";
	void *fdt = tree_of(p, NULL);

	(void)state;
	assert_value(p, NAME, "test \303\244", sizeof("test \303\244"));
	assert_value(p, UUID, some_uuid, sizeof(some_uuid));
	assert_tree_string(fdt, "/", "ibm,partition-name", "test \303\244");
	assert_tree_string(fdt, "/", "vm,uuid", text);
	assert_tree_string(fdt, "/", "system-id", text);
	assert_tree_string(fdt, "/", "ibm,partition-uuid", text);
	free(fdt);
	partition_free(p);
}

static void partition_needs_neither_name_nor_uuid(void **state)
{
	void *fdt = tree_of(*state, NULL);

	assert_value(*state, UUID, "", 0);
	assert_int_equal(get(*state, NAME, 512), RTAS_PARAMETER_ERROR);
	assert_false(tree_has(fdt, "/", "ibm,partition-name"));
	assert_false(tree_has(fdt, "/", "vm,uuid"));
	free(fdt);
}

static void names_have_a_length(void **state)
{
	char name[PAPR_NAME_MAX + 2];
	struct papr_error error;
	struct partition *p;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[PAPR_NAME_MAX + 1] = '\0';
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = { .name = "" } }, &p, &error), -EINVAL);
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = { .name = name } }, &p, &error), -EINVAL);
	assert_string_equal(error.text,
			    "a partition's name has 1 to 255 bytes");
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = { .host_model = name } }, &p, &error), -EINVAL);
	assert_string_equal(error.text,
			    "a host's model has 1 to 255 bytes");
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = { .host_serial = "" } }, &p, &error), -EINVAL);
	assert_string_equal(error.text,
			    "a host's serial number has 1 to 255 bytes");
	name[PAPR_NAME_MAX] = '\0';
	assert_int_equal(partition_make(&(struct partition_setup){
		.config = { .name = name } }, &p, &error), 0);
	partition_free(p);
}

static void parameters_of_the_platform_cannot_be_set(void **state)
{
	static const uint32_t numbers[] = { 20, 42, 43, 46, 48, 50, 52 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_int_equal(set(*state, numbers[i], "\1", 1),
				 RTAS_NOT_AUTHORIZED);
}

static void what_is_set_is_kept_over_a_reset(void **state)
{
	struct partition *p = *state;
	struct papr_error error;

	assert_int_equal(set(p, AUTO_RESTART, "\1", 1), RTAS_SUCCESS);
	assert_value(p, AUTO_RESTART, "\1", 1);
	assert_int_equal(papr_vm_reset(p->vm, &error), 0);
	assert_value(p, AUTO_RESTART, "\1", 1);
}

static void values_that_cannot_be_are_refused(void **state)
{
	struct partition *p = *state;
	char long_value[1025] = { 0 };

	assert_int_equal(set(p, AUTO_RESTART, "\2", 1),
			 RTAS_SYSPARM_PARAM_ERROR);
	assert_int_equal(set(p, AUTO_RESTART, "\0\0", 2),
			 RTAS_SYSPARM_PARAM_ERROR);
	assert_int_equal(set(p, AUTO_RESTART, long_value, 1025),
			 RTAS_SYSPARM_PARAM_ERROR);
	assert_value(p, AUTO_RESTART, "\0", 1);
}

static void value_to_set_must_be_in_ram(void **state)
{
	struct partition *p = *state;
	static const uint32_t gpas[] = {
		RAM_SIZE - 1, RAM_SIZE - 2, RAM_SIZE, UINT32_MAX
	};

	p->ram[RAM_SIZE - 2] = 0;
	p->ram[RAM_SIZE - 1] = 1;
	for (size_t i = 0; i < ARRAY_SIZE(gpas); i++)
		assert_int_equal(RTAS(p, RTAS_TOKEN_ibm_set_system_parameter,
				      2, 1, AUTO_RESTART, gpas[i]),
				 RTAS_SYSPARM_PARAM_ERROR);
}

static struct {
	uint32_t number;
	uint8_t value[16];
	size_t len;
	unsigned int times;
	int err;
} stored;

static int store(void *vmm, uint32_t number, const void *value, size_t len)
{
	(void)vmm;
	stored.number = number;
	stored.len = len;
	stored.times++;
	memcpy(stored.value, value, len);
	return stored.err;
}

static void with_store(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	memset(&stored, 0, sizeof(stored));
	vmm_ops->sysparm_store = store;
}

static void program_keeps_what_is_set_or_it_is_not_set(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.tweak = with_store });

	(void)state;
	assert_int_equal(set(p, AUTO_RESTART, "\1", 1), RTAS_SUCCESS);
	assert_int_equal(stored.times, 1);
	assert_int_equal(stored.number, AUTO_RESTART);
	assert_int_equal(stored.len, 1);
	assert_int_equal(stored.value[0], 1);
	stored.err = -EIO;
	assert_int_equal(set(p, AUTO_RESTART, "\0", 1), RTAS_HARDWARE_ERROR);
	assert_value(p, AUTO_RESTART, "\1", 1);
	assert_int_equal(set(p, AUTO_RESTART, "\2", 1),
			 RTAS_SYSPARM_PARAM_ERROR);
	assert_int_equal(stored.times, 2);
	partition_free(p);
}

static void program_gives_values_that_the_guest_gets_and_sets(void **state)
{
	struct partition *p = partition_unsealed();
	char text[1025];

	(void)state;
	assert_int_equal(papr_vm_set_sysparm(p->vm, 25, "abc", 4), 0);
	assert_int_equal(papr_vm_set_sysparm(p->vm, 25, "ab", 3), 0);
	assert_int_equal(papr_vm_set_sysparm(p->vm, 28, "\5", 1), 0);
	assert_int_equal(papr_vm_set_sysparm(p->vm, 42, "\1", 1), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_value(p, 25, "ab", 3);
	assert_value(p, 28, "\5", 1);
	assert_value(p, 42, "\1", 1);
	memset(text, 't', sizeof(text));
	assert_int_equal(set(p, 25, text, 100), RTAS_SYSPARM_PARAM_ERROR);
	text[1024] = '\0';
	assert_int_equal(set(p, 25, text, 1025), RTAS_SYSPARM_PARAM_ERROR);
	text[1023] = '\0';
	assert_int_equal(set(p, 25, text, 1024), RTAS_SUCCESS);
	assert_int_equal(papr_vm_get_sysparm(p->vm, 25, text, 2), 1024);
	assert_int_equal(set(p, 28, "\0", 1), RTAS_SYSPARM_PARAM_ERROR);
	assert_int_equal(set(p, 28, "\377", 1), RTAS_SUCCESS);
	assert_int_equal(set(p, 42, "\0", 1), RTAS_NOT_AUTHORIZED);
	partition_free(p);
}

/* The first of the table, and the longest there can be. */
static void program_gives_the_first_one_and_a_long_one(void **state)
{
	static char text[PAPR_SYSPARM_MAX + 1];
	struct partition *p = partition_unsealed();
	char value[4];

	(void)state;
	memset(text, 't', sizeof(text) - 1);
	assert_int_equal(papr_vm_set_sysparm(p->vm, 39, text, sizeof(text)),
			 -EINVAL);
	text[PAPR_SYSPARM_MAX - 1] = '\0';
	assert_int_equal(papr_vm_set_sysparm(p->vm, 39, text,
					     PAPR_SYSPARM_MAX), 0);
	assert_int_equal(papr_vm_set_sysparm(p->vm, 18, "abc", 3), 0);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_value(p, 18, "abc", 3);
	assert_int_equal(set(p, 18, "abc", 3), RTAS_NOT_AUTHORIZED);
	assert_int_equal(papr_vm_get_sysparm(p->vm, 18, value, 4), 3);
	assert_int_equal(papr_vm_get_sysparm(p->vm, 39, value, 4),
			 PAPR_SYSPARM_MAX);
	partition_free(p);
}

static void program_cannot_give_every_value(void **state)
{
	static const struct {
		uint32_t number;
		const char *value;
		size_t len;
		int err;
	} rows[] = {
		{ 16, "", 0, -ENOENT }, { 35, "x", 1, -ENOENT },
		{ 59, "x", 1, -ENOENT }, { 21, "\2", 1, -EINVAL },
		{ 21, "", 0, -EINVAL }, { 28, "\0", 1, -EINVAL },
		{ 32, "1234567", 7, -EINVAL }, { 32, "12345678", 8, 0 },
		{ 44, "ab", 2, -EINVAL }, { 44, "", 0, -EINVAL },
		{ 44, "a\0b", 4, -EINVAL }, { 44, "a", 2, 0 },
		{ 18, "", 0, 0 }, { 48, "12345678123456789", 17, -EINVAL },
	};
	struct partition *p = partition_unsealed();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (papr_vm_set_sysparm(p->vm, rows[i].number, rows[i].value,
					rows[i].len) != rows[i].err)
			fail_msg("row %zu", i);
	papr_vm_set_sysparm(p->vm, 21, "\2", 1);
	assert_string_equal(papr_vm_error(p->vm), "system parameter 21, "
			    "partition_auto_restart, cannot have this value "
			    "of 1 bytes");
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_int_equal(papr_vm_set_sysparm(p->vm, 21, "\1", 1), -EBUSY);
	partition_free(p);
}

static void program_sees_what_the_guest_sees(void **state)
{
	struct partition *p = *state;
	uint8_t value[4] = { 0xee, 0xee, 0xee, 0xee };

	assert_int_equal(papr_vm_get_sysparm(p->vm, 46, value, 4), 2);
	assert_memory_equal(value, "\0\0\356\356", 4);
	assert_int_equal(papr_vm_get_sysparm(p->vm, 22, value, 4), -ENOENT);
	assert_int_equal(papr_vm_get_sysparm(p->vm, 16, value, 4), -ENOENT);
	assert_int_equal(papr_vm_get_sysparm(p->vm, NAME, value, 4), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splpar_parameter_tells_of_cpus_and_memory),
		cmocka_unit_test(one_chip_has_all_cores),
		partition_test(parameter_is_cut_to_the_guests_buffer),
		partition_test(no_length_asks_whether_it_is_supported),
		partition_test(parameter_buffer_must_be_writable_ram),
		partition_test(options_that_are_off_say_so),
		partition_test(other_parameters_are_not_there),
		partition_test(what_a_console_has_written_cannot_be_set),
		cmocka_unit_test(name_and_uuid_are_the_partitions),
		partition_test(partition_needs_neither_name_nor_uuid),
		cmocka_unit_test(names_have_a_length),
		partition_test(parameters_of_the_platform_cannot_be_set),
		partition_test(what_is_set_is_kept_over_a_reset),
		partition_test(values_that_cannot_be_are_refused),
		partition_test(value_to_set_must_be_in_ram),
		cmocka_unit_test(program_keeps_what_is_set_or_it_is_not_set),
		cmocka_unit_test(
			program_gives_values_that_the_guest_gets_and_sets),
		cmocka_unit_test(program_gives_the_first_one_and_a_long_one),
		cmocka_unit_test(program_cannot_give_every_value),
		partition_test(program_sees_what_the_guest_sees),
	};

	return cmocka_run_group_tests_name("system parameters", tests, NULL,
					   NULL);
}
