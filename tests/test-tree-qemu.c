/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device trees of our machines and of those that QEMU 7.2 makes with the
 * same options, property by property.  What differs must be a row of a table
 * in docs/device-tree.md, and each of these rows must be true.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libfdt.h>

#include "tests/machines.h"
#include "tests/tree.h"
#include "tests/tree-diff.h"

#define PAGE TEST_DATA "/../../docs/device-tree.md"
#define QEMU "qemu-system-ppc64"
#define CELLS 6
#define SPANS 64
#define KNOWN 512

/* A node and a property, of a row that may have several of both. */
struct known {
	char node[64], property[96], where[96];
	bool here, qemu;	/* is it there */
	bool met;
};

static struct known known[KNOWN];
static size_t n_known;

/* What is `quoted`, or one "" if nothing is. */
static size_t spans(char *cell, const char **out)
{
	size_t n = 0;
	char *end;

	out[0] = "";
	while ((cell = strchr(cell, '`')) && (end = strchr(cell + 1, '`'))) {
		assert_true(n < SPANS);
		out[n++] = cell + 1;
		*end = '\0';
		cell = end + 1;
	}
	return n ? n : 1;
}

static bool word_is_machine(const char *word)
{
	for (size_t i = 0; i < n_machines; i++)
		if (machines[i].qemu && !fnmatch(word, machines[i].name, 0))
			return true;
	return false;
}

static bool is_mmu(const struct machine *m, const char *word)
{
	bool hash = m->setup.config.mmu == PAPR_MMU_HASH ||
		    !strcmp(m->setup.host, "power8");

	return !strcmp(word, hash ? "hash" : "radix");
}

/* Words: all, hash, radix, or what the machine's name must match, or not. */
static bool is_where(const char *where, const struct machine *m)
{
	char copy[96], *rest = copy, *word;
	bool is = false;

	strcpy(copy, where);
	while ((word = strsep(&rest, " "))) {
		if (*word == '!' && !fnmatch(word + 1, m->name, 0))
			return false;
		is |= !strcmp(word, "all") || is_mmu(m, word) ||
		      !fnmatch(word, m->name, 0);
		if (strcmp(word, "all") && strcmp(word, "hash") &&
		    strcmp(word, "radix") &&
		    !word_is_machine(word + (*word == '!')))
			fail_msg("there is no such machine: %s", word);
	}
	return is;
}

static void add_row(char *const *cells)
{
	const char *nodes[SPANS], *properties[SPANS];
	size_t n = spans(cells[0], nodes), m = spans(cells[1], properties);

	for (size_t i = 0; i < n * m; i++) {
		struct known *k = &known[n_known++];

		assert_true(n_known <= KNOWN);
		snprintf(k->node, sizeof(k->node), "%s", nodes[i / m]);
		snprintf(k->property, sizeof(k->property), "%s",
			 properties[i % m]);
		snprintf(k->where, sizeof(k->where), "%s", cells[2]);
		k->here = strcmp(cells[3], "missing");
		k->qemu = strcmp(cells[4], "missing");
	}
}

/* Rows are those that begin with a path. */
static void read_page(void)
{
	FILE *page = fopen(PAGE, "r");
	char line[4096];

	assert_non_null(page);
	while (fgets(line, sizeof(line), page)) {
		char *cells[CELLS], *rest = line + 2;
		int n = 0;

		if (strncmp(line, "| `/", 4))
			continue;
		for (char *bar; n < CELLS && (bar = strstr(rest, " |")); n++) {
			cells[n] = rest;
			*bar = '\0';
			rest = bar + 3;
		}
		if (n < CELLS)
			fail_msg("%d columns: %s", n, line);
		add_row(cells);
	}
	fclose(page);
}

struct complaints {
	const struct machine *machine;
	unsigned int n;
};

/* A row that is lacking is shown as it could be written. */
static void differs(void *arg, const char *node, const char *property,
		    const char *here, const char *qemu)
{
	struct complaints *c = arg;
	bool met = false;

	for (struct known *k = known; k < known + n_known; k++) {
		if (fnmatch(k->node, node, 0) ||
		    fnmatch(k->property, property, 0) ||
		    k->here != !!here || k->qemu != !!qemu ||
		    !is_where(k->where, c->machine))
			continue;
		k->met = met = true;
	}
	if (met)
		return;
	print_error("| `%s` | %s%s%s | %s | %s | %s | ? |\n", node,
		    *property ? "`" : "", *property ? property : "the node",
		    *property ? "`" : "", c->machine->name,
		    here ? (*here ? here : "present") : "missing",
		    qemu ? (*qemu ? qemu : "present") : "missing");
	c->n++;
}

static void all_rows_are_met(struct complaints *c)
{
	for (struct known *k = known; k < known + n_known; k++) {
		if (is_where(k->where, c->machine) && !k->met) {
			print_error("not so any more on %s: %s %s, here %s, "
				    "QEMU %s\n", c->machine->name, k->node,
				    *k->property ? k->property : "the node",
				    k->here ? "present" : "missing",
				    k->qemu ? "present" : "missing");
			c->n++;
		}
		k->met = false;
	}
}

static char *qemu_tree(const struct machine *m)
{
	char name[] = "/tmp/papr-qemu-XXXXXX", *said, *fdt;
	int fd = mkstemp(name);
	size_t len;

	assert_true(fd >= 0);
	close(fd);
	said = output_of(&len, QEMU " -machine pseries,dumpdtb=%s%s%s %s "
			 "-nodefaults -serial null -display none "
			 "-object rng-builtin,id=r -device spapr-rng,rng=r "
			 "2>&1", name,
			 m->qemu_m ? "," : "", m->qemu_m ? m->qemu_m : "",
			 m->qemu);
	fdt = said ? output_of(&len, "cat %s", name) : NULL;
	unlink(name);
	if (!fdt)
		fail_msg("QEMU does not make %s", m->name);
	free(said);
	assert_int_equal(fdt_check_full(fdt, len), 0);
	return fdt;
}

static void needs_qemu(void)
{
	size_t len;
	char *version = output_of(&len, QEMU " --version 2>/dev/null");

	if (!version || !strstr(version, "version 7.2")) {
		free(version);
		print_message(QEMU " 7.2 is not installed\n");
		skip();
	}
	free(version);
}

static void differences_are_those_of_the_page(void **state)
{
	struct complaints complaints = { .n = 0 };

	(void)state;
	needs_qemu();
	read_page();
	for (size_t i = 0; i < n_machines; i++) {
		void *here, *qemu;

		if (!machines[i].qemu)
			continue;
		here = machine_tree(&machines[i], NULL);
		qemu = qemu_tree(&machines[i]);
		complaints.machine = &machines[i];
		tree_diff(here, qemu, differs, &complaints);
		all_rows_are_met(&complaints);
		free(here);
		free(qemu);
	}
	if (complaints.n)
		fail_msg("%u rows of docs/device-tree.md to be added or "
			 "taken away, as told above", complaints.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_those_of_the_page),
	};

	return cmocka_run_group_tests_name("trees of QEMU", tests, NULL, NULL);
}
