/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes around a program in guest memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vmm/layout.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIB (UINT64_C(1) << 20)

/* Debian's kernel: the addresses of the first boot of such a guest. */
static const struct image linux_image = { .end = 0x287c918 };

static void assert_places(const struct image *image,
			  const struct layout_need *need,
			  struct layout *layout)
{
	struct papr_error error = { "" };

	if (layout_place(image, need, layout, &error))
		fail_msg("refused: %s", error.text);
}

static void linux_gets_its_firmware_at_112_mib(void **state)
{
	const struct layout_need need = { 512 * MIB, 0x10000, 2 * MIB };
	struct layout layout;

	(void)state;
	assert_places(&linux_image, &need, &layout);
	assert_int_equal(layout.rtas, 0x07000000);
	assert_int_equal(layout.fdt, 0x07100000);
	assert_int_equal(layout.initrd, 0x08000000);
}

static void a_bigger_kernel_moves_all_above_its_end(void **state)
{
	const struct image big = { .end = 300 * MIB + 1 };
	const struct layout_need need = { 512 * MIB, 0x20000, 2 * MIB };
	struct layout layout;

	(void)state;
	assert_places(&big, &need, &layout);
	assert_int_equal(layout.rtas, 301 * MIB);
	assert_int_equal(layout.fdt, 302 * MIB);
	assert_int_equal(layout.initrd, 304 * MIB);
}

static void little_memory_brings_all_close_to_the_kernel(void **state)
{
	const struct layout_need need = { 64 * MIB, 0x10000, 16 * MIB };
	struct layout layout;

	(void)state;
	assert_places(&linux_image, &need, &layout);
	assert_int_equal(layout.rtas, 41 * MIB);
	assert_int_equal(layout.initrd, 48 * MIB);
}

static void without_an_initrd_there_is_none(void **state)
{
	const struct layout_need need = { 512 * MIB, 0x10000, 0 };
	struct layout layout;

	(void)state;
	assert_places(&linux_image, &need, &layout);
	assert_int_equal(layout.initrd, 0);
}

static void nothing_overlaps_at_any_memory_size(void **state)
{
	struct layout_need need = { 43 * MIB, 0x20000, 0x12345 };
	struct layout layout;
	struct papr_error error;

	(void)state;
	for (; need.ram < 600 * MIB; need.ram += MIB) {
		if (layout_place(&linux_image, &need, &layout, &error))
			continue;
		assert_true(layout.rtas >= linux_image.end);
		assert_true(layout.fdt >= layout.rtas + need.rtas);
		assert_true(layout.initrd >= layout.fdt + LAYOUT_FDT_SIZE);
		assert_true(layout.initrd + need.initrd <= need.ram);
	}
}

/* The size a sentence names must be the smallest that is enough. */
static void assert_needs(struct layout_need need, uint64_t mib,
			 const char *sentence)
{
	struct papr_error error = { "" };
	struct layout layout;

	assert_int_equal(layout_place(&linux_image, &need, &layout, &error),
			 -ENOSPC);
	assert_string_equal(error.text, sentence);
	need.ram = mib * MIB;
	assert_places(&linux_image, &need, &layout);
	need.ram -= MIB;
	assert_int_equal(layout_place(&linux_image, &need, &layout, &error),
			 -ENOSPC);
}

static void too_little_memory_is_refused_with_what_it_takes(void **state)
{
	(void)state;
	assert_needs((struct layout_need) { 41 * MIB, 0x10000, 0 }, 43,
		     "41 MiB of memory are too few for this kernel; it takes "
		     "--mem 43M");
}

static void an_initrd_too_large_is_refused_with_what_it_takes(void **state)
{
	(void)state;
	assert_needs((struct layout_need) { 512 * MIB, 0x10000, 500 * MIB },
		     548,
		     "the initrd of 524288000 bytes does not fit into 512 MiB "
		     "of memory; it takes --mem 548M");
}

static void the_largest_file_there_can_be_does_not_wrap(void **state)
{
	const struct layout_need need = { 512 * MIB, 0x10000, INT64_MAX };
	struct papr_error error = { "" };
	struct layout layout;

	(void)state;
	assert_int_equal(layout_place(&linux_image, &need, &layout, &error),
			 -ENOSPC);
}

static void a_kernel_that_fills_2_gib_leaves_no_room_for_rtas(void **state)
{
	const struct image big = { .end = 2048 * MIB };
	const struct layout_need need = { 4096 * MIB, 0x10000, 0 };
	struct papr_error error = { "" };
	struct layout layout;

	(void)state;
	assert_int_equal(layout_place(&big, &need, &layout, &error), -ENOSPC);
	assert_string_equal(error.text, "the kernel ends at 0x80000000, which "
			    "leaves no room for RTAS below 2 GiB");
}

static void firmware_finds_all_where_qemu_puts_it(void **state)
{
	const struct image image = { .end = 0x2c7c918 };
	const struct {
		uint64_t ram, fdt;
	} rows[] = {
		{ 128 * MIB, 126 * MIB }, { 512 * MIB, 510 * MIB },
		{ 4096 * MIB, 2046 * MIB },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct layout_need need = { rows[i].ram, 0x10000, MIB };
		struct papr_error error = { "" };
		struct layout layout;

		assert_int_equal(layout_place_firmware(&image, &need, &layout,
						       &error), 0);
		assert_int_equal(layout.fdt, rows[i].fdt);
		assert_int_equal(layout.rtas, rows[i].fdt - 0x10000);
		assert_int_equal(layout.initrd, 0x2c80000);
	}
}

static void what_firmware_cannot_hold_is_refused(void **state)
{
	const struct image image = { .end = 0x2c7c918 };
	const struct {
		struct layout_need need;
		const char *sentence;
	} rows[] = {
		{ { 127 * MIB, 0x10000, 0 }, "127 MiB of memory are too few "
		  "for firmware; it takes --mem 128M" },
		{ { 128 * MIB, 0x10000, 100 * MIB }, "kernel and initrd end at "
		  "0x9080000, which is not below 0x7df0000 as firmware wants "
		  "it" },
		{ { 128 * MIB, 0x10000, INT64_MAX }, "kernel and initrd end at "
		  "0x8000000002c7ffff, which is not below 0x7df0000 as "
		  "firmware wants it" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct papr_error error = { "" };
		struct layout layout;

		assert_int_equal(layout_place_firmware(&image, &rows[i].need,
						       &layout, &error),
				 -ENOSPC);
		assert_string_equal(error.text, rows[i].sentence);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linux_gets_its_firmware_at_112_mib),
		cmocka_unit_test(a_bigger_kernel_moves_all_above_its_end),
		cmocka_unit_test(little_memory_brings_all_close_to_the_kernel),
		cmocka_unit_test(without_an_initrd_there_is_none),
		cmocka_unit_test(nothing_overlaps_at_any_memory_size),
		cmocka_unit_test(
			too_little_memory_is_refused_with_what_it_takes),
		cmocka_unit_test(
			an_initrd_too_large_is_refused_with_what_it_takes),
		cmocka_unit_test(the_largest_file_there_can_be_does_not_wrap),
		cmocka_unit_test(firmware_finds_all_where_qemu_puts_it),
		cmocka_unit_test(what_firmware_cannot_hold_is_refused),
		cmocka_unit_test(
			a_kernel_that_fills_2_gib_leaves_no_room_for_rtas),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
