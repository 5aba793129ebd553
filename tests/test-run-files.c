/* SPDX-License-Identifier: BSD-2-Clause */
/* The files papr run reads, and those that appear whole or not at all. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vmm/file.h"

/* Each test has an empty folder of its own, and works in it. */
static int make_folder(void **state)
{
	char name[] = "/tmp/papr-test-XXXXXX";

	if (!mkdtemp(name) || chdir(name))
		return -1;
	*state = strdup(name);
	return 0;
}

static int remove_folder(void **state)
{
	DIR *folder = opendir(".");
	struct dirent *entry;

	while ((entry = readdir(folder)))
		unlink(entry->d_name);
	closedir(folder);
	if (chdir("/") || rmdir(*state))
		return -1;
	free(*state);
	return 0;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *name, const char *text)
{
	char line[64] = "";
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	assert_string_equal(line, text);
}

static unsigned int files_here(void)
{
	DIR *folder = opendir(".");
	struct dirent *entry;
	unsigned int n = 0;

	while ((entry = readdir(folder)))
		n += entry->d_name[0] != '.';
	closedir(folder);
	return n;
}

static void an_output_has_its_name_only_when_it_is_whole(void **state)
{
	struct papr_error error;
	struct output output;

	(void)state;
	assert_int_equal(output_open(&output, "out", &error), 0);
	fputs("all", output.stream);
	assert_int_equal(access("out", F_OK), -1);
	assert_int_equal(output_commit(&output, &error), 0);
	assert_holds("out", "all");
	assert_int_equal(files_here(), 1);
}

static void a_discarded_output_leaves_the_old_file(void **state)
{
	struct papr_error error;
	struct output output;

	(void)state;
	write_file("out", "old");
	assert_int_equal(output_open(&output, "out", &error), 0);
	fputs("new", output.stream);
	output_discard(&output);
	assert_holds("out", "old");
	assert_int_equal(files_here(), 1);
}

static void an_unfinished_output_leaves_the_old_file(void **state)
{
	struct rlimit limit, small;
	struct papr_error error;
	struct output output;
	int ret;

	(void)state;
	write_file("out", "old");
	assert_int_equal(output_open(&output, "out", &error), 0);
	fputs("more than two bytes", output.stream);
	getrlimit(RLIMIT_FSIZE, &limit);
	small = limit;
	small.rlim_cur = 2;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	ret = output_commit(&output, &error);
	setrlimit(RLIMIT_FSIZE, &limit);

	assert_true(ret < 0);
	assert_non_null(strstr(error.text, "/out: "));
	assert_holds("out", "old");
	assert_int_equal(files_here(), 1);
}

static void a_full_device_is_an_error(void **state)
{
	struct papr_error error;
	struct output output;

	(void)state;
	assert_int_equal(output_open(&output, "/dev/full", &error), 0);
	assert_null(output.temp);
	fputs("text", output.stream);
	assert_true(output_commit(&output, &error) < 0);
	assert_string_equal(error.text, "/dev/full: No space left on device");
}

static void a_symbolic_link_stays_one(void **state)
{
	struct papr_error error;
	struct output output;
	struct stat st;

	(void)state;
	write_file("target", "old");
	assert_int_equal(symlink("target", "out"), 0);
	assert_int_equal(output_open(&output, "out", &error), 0);
	fputs("new", output.stream);
	assert_int_equal(output_commit(&output, &error), 0);
	assert_int_equal(lstat("out", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_holds("target", "new");
}

static void an_output_where_there_is_no_folder_is_refused(void **state)
{
	struct papr_error error;
	struct output output;

	(void)state;
	assert_int_equal(output_open(&output, "none/out", &error), -ENOENT);
	assert_string_equal(error.text, "none/out: No such file or directory");
	output_discard(&output);	/* is allowed */
}

static void what_is_no_file_with_bytes_in_it_is_refused(void **state)
{
	static const struct {
		const char *name;
		const char *sentence;
	} rows[] = {
		{ "none", "none: No such file or directory" },
		{ "/", "/: not a regular file" },
		{ "/dev/null", "/dev/null: not a regular file" },
		{ "pipe", "pipe: not a regular file" },
		{ "empty", "empty: the file is empty" },
		{ "large", "large: larger than the limit of 1 MiB" },
	};
	struct papr_error error;
	uint64_t size;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	write_file("empty", "");
	write_file("large", "");
	assert_int_equal(truncate("large", (1 << 20) + 1), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(file_open(rows[i].name, 1 << 20, &size, &error) <
			    0);
		assert_string_equal(error.text, rows[i].sentence);
	}
}

static void a_file_is_read_to_its_end(void **state)
{
	struct papr_error error;
	char text[16] = "";
	uint64_t size;
	int fd;

	(void)state;
	write_file("in", "kernel");
	fd = file_open("in", 1 << 20, &size, &error);
	assert_true(fd >= 0);
	assert_int_equal(size, 6);
	assert_int_equal(file_read(fd, "in", text, size, &error), 0);
	assert_string_equal(text, "kernel");
	close(fd);
}

static void a_file_that_became_shorter_is_an_error(void **state)
{
	struct papr_error error;
	uint64_t size;
	char text[16];
	int fd;

	(void)state;
	write_file("in", "kernel");
	fd = file_open("in", 1 << 20, &size, &error);
	assert_int_equal(truncate("in", 3), 0);
	assert_int_equal(file_read(fd, "in", text, size, &error), -EIO);
	assert_string_equal(error.text,
			    "in: the file became shorter while it was read");
	close(fd);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_output_has_its_name_only_when_it_is_whole),
		IN_FOLDER(a_discarded_output_leaves_the_old_file),
		IN_FOLDER(an_unfinished_output_leaves_the_old_file),
		IN_FOLDER(a_full_device_is_an_error),
		IN_FOLDER(a_symbolic_link_stays_one),
		IN_FOLDER(an_output_where_there_is_no_folder_is_refused),
		IN_FOLDER(what_is_no_file_with_bytes_in_it_is_refused),
		IN_FOLDER(a_file_is_read_to_its_end),
		IN_FOLDER(a_file_that_became_shorter_is_an_error),
	};

	return cmocka_run_group_tests_name("files of papr run", tests, NULL,
					   NULL);
}
