/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole device trees: what dtc says of them, and what they were.  With --write
 * as its argument this program writes tests/data/trees anew.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libfdt.h>

#include "tests/machines.h"
#include "tests/tree.h"
#include "tests/tree-diff.h"

#define DTC "exec dtc -q"
#define BOOTARGS "console=hvc0"
#define TREES TEST_DATA "/trees"

/* The tree in a file with a name of its own, to be removed. */
static void write_tree(const void *fdt, char *name)
{
	int fd;

	strcpy(name, "/tmp/papr-tree-XXXXXX");
	fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, fdt, fdt_totalsize(fdt)),
			 fdt_totalsize(fdt));
	close(fd);
}

static void needs_dtc(void)
{
	size_t len;
	char *version = output_of(&len, "dtc --version 2>&1");

	if (!version) {
		print_message("dtc is not installed\n");
		skip();
	}
	free(version);
}

/* Unit addresses, formats of reg, interrupts and more. */
static void compiler_has_no_warning(void **state)
{
	char name[32], *said;
	size_t len;

	(void)state;
	needs_dtc();
	for (size_t i = 0; i < n_machines; i++) {
		void *fdt = machine_tree(&machines[i], BOOTARGS);

		write_tree(fdt, name);
		said = output_of(&len, "dtc -I dtb -O dtb -o /dev/null %s "
				 "2>&1", name);
		unlink(name);
		assert_non_null(said);
		if (len)
			fail_msg("%s: %s", machines[i].name, said);
		free(said);
		free(fdt);
	}
}

struct tally {
	const char *machine;
	unsigned int n;
};

static void was_different(void *arg, const char *node, const char *property,
			  const char *was, const char *is)
{
	struct tally *t = arg;

	print_error("%s: %s %s\n\twas %s\n\tis  %s\n", t->machine, node,
		    property, was ? was : "missing", is ? is : "missing");
	t->n++;
}

static void tree_is_what_it_was(void **state)
{
	struct tally tally = { .n = 0 };

	(void)state;
	needs_dtc();
	for (size_t i = 0; i < n_machines; i++) {
		void *fdt = machine_tree(&machines[i], BOOTARGS);
		size_t len;
		char *was = output_of(&len, DTC " -I dts -O dtb " TREES
				      "/%s.dts", machines[i].name);

		if (!was)
			fail_msg("%s: there is no tree", machines[i].name);
		assert_int_equal(fdt_check_full(was, len), 0);
		tally.machine = machines[i].name;
		tree_diff(was, fdt, was_different, &tally);
		free(was);
		free(fdt);
	}
	if (tally.n)
		fail_msg("%u differences; if they are meant, "
			 "tests/test-machines --write, and commit "
			 "tests/data/trees", tally.n);
}

static void write_all(void **state)
{
	char name[32], *said;
	size_t len;

	(void)state;
	for (size_t i = 0; i < n_machines; i++) {
		void *fdt = machine_tree(&machines[i], BOOTARGS);

		write_tree(fdt, name);
		said = output_of(&len, DTC " -s -I dtb -O dts -o " TREES
				 "/%s.dts %s", machines[i].name, name);
		unlink(name);
		assert_non_null(said);
		free(said);
		free(fdt);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiler_has_no_warning),
		cmocka_unit_test(tree_is_what_it_was),
	};
	const struct CMUnitTest writer[] = { cmocka_unit_test(write_all) };

	if (argc > 1 && !strcmp(argv[1], "--write"))
		return cmocka_run_group_tests(writer, NULL, NULL);
	return cmocka_run_group_tests_name("trees of machines", tests, NULL,
					   NULL);
}
