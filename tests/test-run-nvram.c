/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of papr run --nvram. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/nvram.h"

#define NEW_SIZE 65536

static char path[64];

static int make_folder(void **state)
{
	char name[] = "/tmp/papr-test-XXXXXX";

	if (!mkdtemp(name))
		return -1;
	snprintf(path, sizeof(path), "%s/nvram", name);
	*state = strdup(name);
	return 0;
}

static int remove_folder(void **state)
{
	int err;

	unlink(path);
	err = rmdir(*state);
	free(*state);
	return err;
}

#define file_test(f) cmocka_unit_test_setup_teardown(f, make_folder, \
						     remove_folder)

static void open_good(struct nvram *nvram)
{
	struct papr_error warning, error;

	if (nvram_open(nvram, path, &warning, &error))
		fail_msg("%s", error.text);
	assert_string_equal(warning.text, "");
}

static void write_file(size_t size, int byte)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	while (size--)
		fputc(byte, file);
	assert_int_equal(fclose(file), 0);
}

static off_t size_of_file(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void a_new_file_has_partitions(void **state)
{
	struct nvram nvram;
	struct papr_error error;

	(void)state;
	open_good(&nvram);
	assert_int_equal(nvram.size, NEW_SIZE);
	assert_int_equal(papr_nvram_check(nvram.bytes, nvram.size, &error), 0);
	assert_int_equal(size_of_file(), NEW_SIZE);
	nvram_close(&nvram);
}

static void what_is_written_is_there_the_next_time(void **state)
{
	struct nvram nvram;

	(void)state;
	open_good(&nvram);
	assert_int_equal(nvram_write(&nvram, 5000, "text", 4), 0);
	nvram_close(&nvram);
	open_good(&nvram);
	assert_memory_equal(nvram.bytes + 5000, "text", 5);
	assert_int_equal(nvram.size, NEW_SIZE);
	nvram_close(&nvram);
}

static void each_write_is_on_the_disk_when_it_returns(void **state)
{
	struct nvram nvram;

	(void)state;
	open_good(&nvram);
	assert_int_equal(fcntl(nvram.fd, F_GETFL) & O_DSYNC, O_DSYNC);
	nvram_close(&nvram);
}

static void an_empty_file_is_a_new_one(void **state)
{
	struct nvram nvram;

	(void)state;
	write_file(0, 0);
	open_good(&nvram);
	assert_int_equal(size_of_file(), NEW_SIZE);
	nvram_close(&nvram);
}

static void two_guests_do_not_share_it(void **state)
{
	struct papr_error warning, error;
	struct nvram first, second;

	(void)state;
	open_good(&first);
	assert_true(nvram_open(&second, path, &warning, &error) < 0);
	assert_non_null(strstr(error.text, "/nvram: another guest uses it"));
	nvram_close(&first);
	open_good(&second);
	nvram_close(&second);
}

static void damage_is_a_warning_and_left_to_the_guest(void **state)
{
	struct papr_error warning, error;
	struct nvram nvram;

	(void)state;
	write_file(PAPR_NVRAM_MIN, 0x11);
	assert_int_equal(nvram_open(&nvram, path, &warning, &error), 0);
	assert_non_null(strstr(warning.text, "/nvram: the partition at 0x0"));
	assert_int_equal(nvram.bytes[PAPR_NVRAM_MIN - 1], 0x11);
	nvram_close(&nvram);
}

static void a_file_that_cannot_be_one_is_left_alone(void **state)
{
	static const struct {
		size_t size;
		const char *text;
	} rows[] = {
		{ 1, "/nvram: 1 bytes are no NVRAM" },
		{ PAPR_NVRAM_MIN - 16, "8 KiB to 1 MiB" },
		{ PAPR_NVRAM_MIN + 1, "multiple of 16" },
		{ PAPR_NVRAM_MAX + 1, "larger than the limit of 1 MiB" },
	};
	struct papr_error warning, error;
	struct nvram nvram;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file(rows[i].size, 'x');
		assert_true(nvram_open(&nvram, path, &warning, &error) < 0);
		if (!strstr(error.text, rows[i].text))
			fail_msg("row %zu: %s", i, error.text);
		assert_int_equal(size_of_file(), rows[i].size);
	}
}

static void what_is_no_file_is_refused(void **state)
{
	struct papr_error warning, error;
	struct nvram nvram;

	(void)state;
	assert_true(nvram_open(&nvram, "/tmp", &warning, &error) < 0);
	assert_non_null(strstr(error.text, "/tmp: "));
	assert_true(nvram_open(&nvram, "/dev/null", &warning, &error) < 0);
	assert_non_null(strstr(error.text, "/dev/null: not a regular file"));
	assert_true(nvram_open(&nvram, "/tmp/papr-no-such/n", &warning,
			       &error) < 0);
	assert_non_null(strstr(error.text, "/tmp/papr-no-such/n: No such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		file_test(a_new_file_has_partitions),
		file_test(what_is_written_is_there_the_next_time),
		file_test(each_write_is_on_the_disk_when_it_returns),
		file_test(an_empty_file_is_a_new_one),
		file_test(two_guests_do_not_share_it),
		file_test(damage_is_a_warning_and_left_to_the_guest),
		file_test(a_file_that_cannot_be_one_is_left_alone),
		cmocka_unit_test(what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
