/* SPDX-License-Identifier: BSD-2-Clause */
/* Non-volatile memory: what is in it, and the two calls. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include <libfdt.h>

#include "rtas/status.h"
#include "tests/tree.h"

#define SIZE	PAPR_NVRAM_MIN
#define BUF	0x8000u

static int start(void **state)
{
	*state = partition_new(&(struct partition_setup){ .nvram = true });
	return 0;
}

#define nvram_test(f) cmocka_unit_test_setup_teardown(f, start, partition_end)

/* The status; the number of bytes goes to @num. */
static int32_t call(struct partition *p, uint32_t token, uint32_t index,
		    uint32_t buffer, uint32_t len, uint32_t *num)
{
	uint32_t cells[RTAS_CELLS] = { index, buffer, len, ~0u, ~0u };

	assert_int_equal(partition_rtas(p, RTAS_BLOCK, token, 3, 2, cells),
			 H_SUCCESS);
	*num = cells[4];
	return cells[3];
}

static void assert_stored(struct partition *p, uint32_t index, uint32_t len)
{
	uint32_t num;

	assert_int_equal(call(p, RTAS_TOKEN_nvram_store, index, BUF, len, &num),
			 RTAS_SUCCESS);
	assert_int_equal(num, len);
}

static void assert_fetched(struct partition *p, uint32_t index, uint32_t len)
{
	uint32_t num;

	assert_int_equal(call(p, RTAS_TOKEN_nvram_fetch, index, BUF, len, &num),
			 RTAS_SUCCESS);
	assert_int_equal(num, len);
}

static void all_of_it_can_be_fetched(void **state)
{
	struct partition *p = *state;
	uint8_t after = p->ram[BUF + SIZE];

	p->n_dirty = 0;
	assert_fetched(p, 0, SIZE);
	assert_memory_equal(p->ram + BUF, p->nvram, SIZE);
	assert_int_equal(p->ram[BUF + SIZE], after);
	assert_int_equal(p->dirty[0].gpa, BUF);
	assert_int_equal(p->dirty[0].len, SIZE);
}

static void what_was_stored_is_fetched_and_kept(void **state)
{
	static const struct {
		uint32_t index, len;
	} rows[] = {
		{ 0, 1 }, { 1, 31 }, { 100, 4000 }, { SIZE - 1, 1 },
		{ 0, SIZE }, { SIZE, 0 }, { 5, 0 },
	};
	struct partition *p = *state;
	uint8_t expected[SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(expected, p->nvram, SIZE);
		memset(p->ram + BUF, i + 1, SIZE);
		memset(expected + rows[i].index, i + 1, rows[i].len);
		assert_stored(p, rows[i].index, rows[i].len);
		assert_memory_equal(p->nvram, expected, SIZE);
		assert_fetched(p, 0, SIZE);
		assert_memory_equal(p->ram + BUF, expected, SIZE);
	}
}

static void nothing_outside_is_reached(void **state)
{
	static const struct {
		uint32_t index, buffer, len;
	} rows[] = {
		{ SIZE, BUF, 1 }, { SIZE + 1, BUF, 0 }, { 0, BUF, SIZE + 1 },
		{ SIZE - 1, BUF, 2 }, { ~0u, BUF, 1 }, { 1, BUF, ~0u },
		{ ~0u, BUF, ~0u }, { 0, RAM_SIZE - 1, 2 }, { 0, RAM_SIZE, 1 },
		{ 0, ~0u, 1 },
	};
	struct partition *p = *state;
	uint32_t num;

	p->n_dirty = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (uint32_t token = RTAS_TOKEN_nvram_fetch;
		     token <= RTAS_TOKEN_nvram_store; token++) {
			if (call(p, token, rows[i].index, rows[i].buffer,
				 rows[i].len, &num) != RTAS_PARAMETER_ERROR)
				fail_msg("row %zu, token %#x", i, token);
			assert_int_equal(num, RTAS_UNTOUCHED);
		}
	assert_int_equal(p->nvram_stores, 0);
	for (size_t i = 0; i < p->n_dirty; i++)		/* the results only */
		assert_true(p->dirty[i].gpa > RTAS_BLOCK &&
			    p->dirty[i].gpa < RTAS_BLOCK + 40);
}

static void read_only_memory_can_be_stored_and_not_fetched_into(void **state)
{
	struct partition *p = *state;
	uint32_t num;

	assert_int_equal(call(p, RTAS_TOKEN_nvram_fetch, 0, ROM_BASE, 8, &num),
			 RTAS_PARAMETER_ERROR);
	assert_int_equal(call(p, RTAS_TOKEN_nvram_store, 0, ROM_BASE, 8, &num),
			 RTAS_SUCCESS);
	assert_memory_equal(p->nvram, p->rom, 8);
}

static void what_could_not_be_kept_is_not_there(void **state)
{
	struct partition *p = *state;
	uint32_t num;

	memset(p->ram + BUF, 0x55, SIZE);
	p->nvram_err = -EIO;
	assert_int_equal(call(p, RTAS_TOKEN_nvram_store, 0, BUF, SIZE, &num),
			 RTAS_HARDWARE_ERROR);
	assert_int_equal(num, 0);
	assert_fetched(p, 0, SIZE);
	assert_memory_equal(p->ram + BUF, p->nvram, SIZE);
}

static void drop_store(struct partition *p, struct papr_host_ops *host_ops,
		       struct papr_vmm_ops *vmm_ops)
{
	(void)p;
	(void)host_ops;
	vmm_ops->nvram_store = NULL;
}

static void without_a_program_it_lives_as_long_as_the_vm(void **state)
{
	struct partition *p = partition_new(&(struct partition_setup){
		.nvram = true, .tweak = drop_store });

	(void)state;
	p->ram[BUF] = 0x12;
	assert_stored(p, 77, 1);
	p->ram[BUF] = 0;
	assert_fetched(p, 77, 1);
	assert_int_equal(p->ram[BUF], 0x12);
	assert_int_equal(p->nvram_stores, 0);
	partition_free(p);
}

static void tree_tells_of_it_if_there_is_one(void **state)
{
	struct partition *with = *state;
	struct partition *without =
		partition_new(&(struct partition_setup){ 0 });
	void *fdt = tree_of(with, NULL);
	uint32_t num;

	assert_tree_string(fdt, "/nvram", "device_type", "nvram");
	assert_tree_cell(fdt, "/nvram", "#bytes", SIZE);
	assert_tree_cell(fdt, "/rtas", "nvram-fetch", RTAS_TOKEN_nvram_fetch);
	free(fdt);
	fdt = tree_of(without, NULL);
	assert_true(fdt_path_offset(fdt, "/nvram") < 0);
	assert_false(tree_has(fdt, "/rtas", "nvram-fetch"));
	assert_false(tree_has(fdt, "/rtas", "nvram-store"));
	free(fdt);
	assert_int_equal(call(without, RTAS_TOKEN_nvram_fetch, 0, BUF, 0, &num),
			 RTAS_PARAMETER_ERROR);
	partition_free(without);
}

static void it_is_added_once_before_the_seal_and_has_a_size(void **state)
{
	static const size_t wrong[] = {
		0, 16, SIZE - 16, SIZE + 1, SIZE + 8, PAPR_NVRAM_MAX + 16,
		SIZE_MAX - 15
	};
	static uint8_t bytes[PAPR_NVRAM_MAX];
	struct papr_error error;
	struct partition *p;

	(void)state;
	assert_int_equal(partition_make(&(struct partition_setup){ 0 }, &p,
					&error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(papr_vm_add_nvram(p->vm, bytes, wrong[i]),
				 -EINVAL);
		assert_int_equal(papr_nvram_format(bytes, wrong[i]), -EINVAL);
		assert_int_equal(papr_nvram_check(bytes, wrong[i], &error),
				 -EINVAL);
	}
	assert_int_equal(papr_vm_add_nvram(p->vm, bytes, PAPR_NVRAM_MAX), 0);
	assert_int_equal(papr_vm_add_nvram(p->vm, bytes, SIZE), -EEXIST);
	assert_int_equal(papr_vm_seal(p->vm), 0);
	assert_int_equal(papr_vm_add_nvram(p->vm, bytes, SIZE), -EBUSY);
	partition_free(p);
}

static void a_new_one_is_good_whatever_its_size(void **state)
{
	static const size_t sizes[] = {
		SIZE, SIZE + 16, 65536, PAPR_NVRAM_MAX
	};
	static uint8_t bytes[PAPR_NVRAM_MAX];
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(bytes, 0xff, sizeof(bytes));
		assert_int_equal(papr_nvram_format(bytes, sizes[i]), 0);
		if (papr_nvram_check(bytes, sizes[i], &error))
			fail_msg("%s", error.text);
	}
	assert_int_equal(bytes[4096], 0x7f);
	assert_memory_equal(bytes + 4100, "wwwwwwwwwwww", 12);
	assert_string_equal(bytes + 4, "common");
}

/* By hand: 0x70 + 0x01 + 0x00 + the letters of "common", carries added in. */
static void the_checksum_is_the_specifications(void **state)
{
	uint8_t bytes[SIZE];
	unsigned int sum = 0x70 + 0x01 + 'c' + 'o' + 'm' + 'm' + 'o' + 'n';

	(void)state;
	papr_nvram_format(bytes, SIZE);
	assert_int_equal(bytes[2] << 8 | bytes[3], 4096 / 16);
	assert_int_equal(bytes[1], sum % 255);
}

static void damage_is_told_with_its_place(void **state)
{
	static const struct {
		unsigned int at;
		uint8_t bytes[2];
		const char *text;
	} rows[] = {
		{ 1, { 0, 0x01 }, "the partition at 0x0 has checksum 0x00, "
				  "and should have 0xfc" },
		{ 4096, { 0x7e, 0 }, "the partition at 0x1000 has checksum" },
		{ 4098, { 0x01, 0x01 }, "the partition at 0x1000 has 4112 "
					"bytes, and there are 4096" },
		{ 4098, { 0, 0 }, "the partition at 0x1000 has 0 bytes, and "
				  "there are 4096" },
	};
	uint8_t bytes[SIZE];
	struct papr_error error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int header = rows[i].at & ~15u;

		papr_nvram_format(bytes, SIZE);
		memcpy(bytes + rows[i].at, rows[i].bytes, 2);
		/* A length that is wrong, in a header that is not. */
		if (rows[i].at % 16 == 2) {
			unsigned int sum = 0;

			for (unsigned int j = 0; j < 16; j++)
				sum += j == 1 ? 0 : bytes[header + j];
			bytes[header + 1] = sum % 255;
		}
		assert_int_equal(papr_nvram_check(bytes, SIZE, &error),
				 -EBADMSG);
		if (!strstr(error.text, rows[i].text))
			fail_msg("row %zu: %s", i, error.text);
	}
}

static void checksum_is_of_the_header_alone(void **state)
{
	static uint8_t bytes[SIZE];
	struct papr_error error;

	(void)state;
	assert_int_equal(papr_nvram_format(bytes, SIZE), 0);
	bytes[16] = 0x55;
	assert_int_equal(papr_nvram_check(bytes, SIZE, &error), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		nvram_test(all_of_it_can_be_fetched),
		nvram_test(what_was_stored_is_fetched_and_kept),
		nvram_test(nothing_outside_is_reached),
		nvram_test(read_only_memory_can_be_stored_and_not_fetched_into),
		nvram_test(what_could_not_be_kept_is_not_there),
		cmocka_unit_test(without_a_program_it_lives_as_long_as_the_vm),
		nvram_test(tree_tells_of_it_if_there_is_one),
		cmocka_unit_test(
			it_is_added_once_before_the_seal_and_has_a_size),
		cmocka_unit_test(a_new_one_is_good_whatever_its_size),
		cmocka_unit_test(the_checksum_is_the_specifications),
		cmocka_unit_test(checksum_is_of_the_header_alone),
		cmocka_unit_test(damage_is_told_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
