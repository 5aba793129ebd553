/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machine checks of every kind that an error log can tell of, in Debian's
 * kernel: what it must print of each, to the letter, and what must befall
 * the process that was interrupted.  In the kernel they hit CPU 0, which
 * mostly sleeps, in user mode a process on CPU 1 that never leaves it.
 */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/linux-guest.h"
#include "tests/linux-mce.h"

#define EA 0xc000000000c0ffeeull
#define MAX_CHECKS 400
#define ROUNDS 10
#define ASLEEP 3	/* so often in a row: it does sleep */
#define ANY (-1)

/* Where Linux goes to sleep. */
#define IDLE "plpar_hcall_norets_notrace+"

static struct check checks[MAX_CHECKS];
static size_t n_checks;

static struct linux_guest guest;
static struct memory memory;
static uint64_t page, page_real;

/* --- the guest's program */

/* The process on CPU 1, and where its page is. */
static void spin(const char *how)
{
	const char *text;

	linux_guest_tell(&guest, "%s", how);
	memory.catches = !strcmp(how, "spin");
	memory.spinner = atoi(linux_guest_expect(&guest, "SPINNER "));
	text = linux_guest_expect(&guest, "PAGE ");
	assert_int_equal(sscanf(text, "%" SCNx64 " %" SCNx64, &page,
				&page_real), 2);
}

static void stop(void)
{
	char dead[40];

	linux_guest_tell(&guest, "stop");
	snprintf(dead, sizeof(dead), "DEAD %d 9", memory.spinner);
	linux_guest_expect(&guest, dead);
}

/* As the kernel prints an address; asking takes the guest seconds. */
static const char *symbol(uint64_t nip)
{
	static struct {
		uint64_t nip;
		char text[128];
	} known[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known) && known[i].nip; i++)
		if (known[i].nip == nip)
			return known[i].text;
	assert_true(i < ARRAY_SIZE(known));
	linux_guest_tell(&guest, "symbol %" PRIx64, nip);
	snprintf(known[i].text, sizeof(known[i].text), "%s",
		 linux_guest_expect(&guest, "SYMBOL "));
	known[i].nip = nip;
	return known[i].text;
}

/* --- what Linux says */

static bool matters(const char *line)
{
	static const char *const begins[] = {
		"MCE: ", "RTAS: event", "Memory failure: ", "Machine check",
		"Oops: ", "FWNMI: ", "mce-spinner[",
	};
	int at = 0;

	if (sscanf(line, "KERNEL %*d %n", &at) == EOF || !at)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (!strncmp(line + at, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/* Until there are as many as are wanted, and what comes with them. */
static void collect(struct lines *lines, size_t wanted)
{
	const char *line;
	bool synced = false;

	while ((line = linux_guest_line(&guest, GUEST_PATIENCE_MS))) {
		if (!strcmp(line, "SYNC"))
			break;
		if (matters(line))
			add_line(lines, "%s", line);
		if (lines->n < wanted || synced)
			continue;
		linux_guest_tell(&guest, "sync");
		synced = true;
	}
}

static void assert_lines(struct lines *wanted, struct lines *seen)
{
	int i = compare(wanted, seen);

	if (i >= 0)
		fail_msg("\n# wanted: %s\n# is:     %s",
			 i < (int)wanted->n ? wanted->text[i] : "nothing",
			 i < (int)seen->n ? seen->text[i] : "nothing");
}

/* --- one check */

/*
 * Where the next one has come, into nip[] of its CPU; it must be that of @cpu
 * unless that is ANY.  Returns the CPU.
 */
static int delivered(int cpu, uint64_t nip[2])
{
	json_t *data = linux_guest_event(&guest, "PAPR_INJECTION");
	const char *outcome, *pc;
	int index;

	assert_int_equal(json_unpack(data, "{s:i, s:s, s:s}", "cpu-index",
				     &index, "outcome", &outcome, "pc", &pc),
			 0);
	assert_string_equal(outcome, "delivered");
	assert_true(cpu == ANY || index == cpu);
	nip[index] = strtoull(pc, NULL, 16);
	json_decref(data);
	return index;
}

static void released(int cpu)
{
	json_t *data = linux_guest_event(&guest, "PAPR_NMI_INTERLOCK");
	const json_t *index = json_object_get(data, "cpu-index");

	assert_int_equal(json_integer_value(index), cpu);
	json_decref(data);
}

static void inject(const struct check *c)
{
	linux_guest_execute(&guest, "papr-inject", check_args(c));
}

/* Until the handler is done; returns where the CPU was interrupted. */
static uint64_t inject_whole(const struct check *c)
{
	uint64_t nip[2];

	inject(c);
	delivered(c->cpu, nip);
	released(c->cpu);
	return nip[c->cpu];
}

/* The symbol is asked for when all has been said. */
static void assert_said(const struct check *c, uint64_t nip, struct lines *more)
{
	struct memory before = memory;
	struct lines wanted = { .n = 0 }, seen = { .n = 0 };

	expect(&before, c, nip, "", &wanted);
	collect(&seen, wanted.n + more->n);
	wanted.n = 0;
	expect(&memory, c, nip, c->user ? "" : symbol(nip), &wanted);
	for (size_t i = 0; i < more->n; i++)
		add_line(&wanted, "%s", more->text[i]);
	assert_lines(&wanted, &seen);
}

static void check(void **state)
{
	const struct check *c = *state;
	struct lines none = { .n = 0 };
	uint64_t nip = inject_whole(c);

	assert_said(c, nip, &none);
	if (c->user && !is_recovered(c) && !is_signalled(c))
		spin("spin");
}

/* --- all of them */

static void add_check(struct check c)
{
	assert_true(n_checks < MAX_CHECKS);
	c.cpu = c.user;
	if (c.effective && !strcmp(c.kind->type, "ue"))
		c.logical = NOWHERE;
	name_check(&c);
	checks[n_checks++] = c;
}

static void add_kind(const struct kind *kind, bool user, uint64_t effective,
		     bool all)
{
	struct check c = {
		.kind = kind,
		.user = user,
		.effective = effective,
	};

	for (int i = 0; i < DISPOSITIONS; i++) {
		c.disposition = i;
		if ((user || is_recovered(&c)) && (all || i != LIMITED))
			add_check(c);
	}
}

/* All, or what takes a third of the time: those that tell most. */
static void add_kinds(bool all)
{
	for (size_t i = 0; i < n_kinds; i++)
		for (int user = 0; user < 2; user++) {
			if (all || !kinds[i].effective)
				add_kind(&kinds[i], user, 0, all);
			if (kinds[i].effective)
				add_kind(&kinds[i], user, EA, all);
		}
}

/* A log cannot call a fatal error fully recovered. */
static void add_severities(void)
{
	const struct kind *kind = find_kind("tlb", "multihit");
	struct check c = { .kind = kind };

	for (int i = ERROR_SYNC + 1; i < SEVERITIES; i++) {
		c.severity = i;
		c.user = false;
		c.disposition = i == FATAL ? LIMITED : FULLY;
		add_check(c);
		c.user = true;
		add_check(c);
		c.disposition = NOT;
		add_check(c);
	}
}

static int start(void **state)
{
	(void)state;
	linux_guest_start(&guest);
	spin("spin");
	return 0;
}

static int end(void **state)
{
	(void)state;
	linux_guest_end(&guest);
	return 0;
}

/* --- memory that goes bad */

/* Linux takes the page away; the process gets another. */
static void poison(bool walk)
{
	const struct check c = {
		.kind = find_kind("ue", "load-store"),
		.cpu = 1,
		.user = true,
		.effective = page,
		.logical = page_real,
		.walk = walk,
	};
	struct lines more = { .n = 0 };
	uint64_t nip;

	nip = inject_whole(&c);
	add_line(&more, "KERNEL 3 Memory failure: 0x%" PRIx64 ": recovery "
		 "action for dirty LRU page: Recovered", page_real >> 16);
	add_line(&more, "KERNEL 3 MCE: Killing mce-spinner:%d due to "
		 "hardware memory corruption fault at %" PRIx64,
		 memory.spinner, page);
	add_line(&more, "SIGBUS %d 4 %" PRIx64, memory.spinner, page);
	add_line(&more, "PAGE %" PRIx64 " *", page);
	assert_said(&c, nip, &more);
}

static void a_page_with_its_real_address_is_taken_away(void **state)
{
	(void)state;
	poison(false);
	stop();
	spin("spin");
}

static void linux_finds_the_real_address_of_a_page(void **state)
{
	(void)state;
	poison(true);
	stop();
	spin("spin");
}

/* --- a process without a handler */

static void a_process_that_catches_no_sigbus_is_killed(void **state)
{
	const struct check c = {
		.kind = find_kind("tlb", "parity"),
		.disposition = NOT,
		.cpu = 1,
		.user = true,
	};
	struct lines more = { .n = 0 };
	uint64_t nip;

	(void)state;
	stop();
	spin("spin-default");
	nip = inject_whole(&c);
	assert_said(&c, nip, &more);
	spin("spin");
}

/* --- two CPUs */

/* Whether it was asleep; its lines must be right in any case. */
static bool wake(void)
{
	const struct check c = {
		.kind = find_kind("slb", "multihit"),
		.cpu = 1,
		.effective = EA,
	};
	struct lines none = { .n = 0 };
	uint64_t nip = inject_whole(&c);

	assert_said(&c, nip, &none);
	return !strncmp(symbol(nip), IDLE, strlen(IDLE));
}

/* Nothing runs on CPU 1 any more; its last timers and the like do, at first. */
static bool put_to_sleep(void)
{
	int asleep = 0;

	stop();
	for (int i = 0; i < ROUNDS && asleep < ASLEEP; i++)
		asleep = wake() ? asleep + 1 : 0;
	return asleep == ASLEEP;
}

static void a_cpu_that_sleeps_in_h_cede_wakes(void **state)
{
	bool asleep = put_to_sleep();

	(void)state;
	spin("spin");
	assert_true(asleep);
}

/* Each in its own order, and nothing else. */
static void assert_both_said(struct lines wanted[2], const struct lines *seen)
{
	size_t at[2] = { 0, 0 };

	for (size_t i = 0; i < seen->n; i++) {
		const char *line = seen->text[i];

		if (at[0] < wanted[0].n &&
		    !strcmp(line, wanted[0].text[at[0]]))
			at[0]++;
		else if (at[1] < wanted[1].n &&
			 !strcmp(line, wanted[1].text[at[1]]))
			at[1]++;
		else
			fail_msg("\n# not wanted: %s", line);
	}
	assert_int_equal(at[0], wanted[0].n);
	assert_int_equal(at[1], wanted[1].n);
}

/* Who was first must have released the interlock before the other has it. */
static void both_at_once(void)
{
	const struct check c[2] = {
		{ .kind = find_kind("erat", "multihit"), .effective = EA },
		{ .kind = find_kind("tlb", "multihit"), .effective = EA + 1,
		  .cpu = 1, .user = true },
	};
	struct lines wanted[2] = { { .n = 0 }, { .n = 0 } };
	struct lines seen = { .n = 0 };
	uint64_t nip[2];
	int first;

	linux_guest_execute(&guest, "stop", NULL);
	inject(&c[0]);
	inject(&c[1]);
	linux_guest_execute(&guest, "cont", NULL);
	first = delivered(ANY, nip);
	released(first);
	delivered(!first, nip);
	released(!first);
	collect(&seen, 9);
	for (int cpu = 0; cpu < 2; cpu++)
		expect(&memory, &c[cpu], nip[cpu],
		       cpu ? "" : symbol(nip[cpu]), &wanted[cpu]);
	assert_both_said(wanted, &seen);
}

static void two_cpus_at_once_take_turns(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		both_at_once();
}

/* --- the end */

/* Where it sleeps has been asked for before. */
static void an_idle_cpu_that_does_not_recover_panics(void **state)
{
	const struct check c = {
		.kind = find_kind("tlb", "multihit"),
		.disposition = NOT,
		.cpu = 1,
	};
	struct lines wanted = { .n = 0 };
	uint64_t nip;

	(void)state;
	assert_true(put_to_sleep());
	linux_guest_let_kernel_speak(&guest);
	nip = inject_whole(&c);
	expect(&memory, &c, nip, symbol(nip), &wanted);
	for (size_t i = 0; i < wanted.n; i++)
		linux_guest_hear(&guest, wanted.text[i] + strlen("KERNEL n "));
	linux_guest_assert_panic(&guest, "Attempted to kill the idle task!");
}

/* With "all", every combination. */
int main(int argc, char **argv)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_page_with_its_real_address_is_taken_away),
		cmocka_unit_test(linux_finds_the_real_address_of_a_page),
		cmocka_unit_test(a_process_that_catches_no_sigbus_is_killed),
		cmocka_unit_test(a_cpu_that_sleeps_in_h_cede_wakes),
		cmocka_unit_test(two_cpus_at_once_take_turns),
		cmocka_unit_test(an_idle_cpu_that_does_not_recover_panics),
	};
	static struct CMUnitTest tests[MAX_CHECKS + ARRAY_SIZE(others)];
	size_t n = 0;

	add_kinds(argc > 1 && !strcmp(argv[1], "all"));
	add_severities();
	for (size_t i = 0; i < n_checks; i++)
		tests[n++] = (struct CMUnitTest){
			.name = checks[i].name,
			.test_func = check,
			.initial_state = &checks[i],
		};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("mce", tests, n, start, end) ? 1 : 0;
}
