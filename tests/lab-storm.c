/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes that change under tests/guest/storm.c, whose two vCPUs make calls
 * without end and judge each answer:
 *
 *	lab-storm [SWITCHES]
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/linux-guest.h"

#define SWITCHES 300
#define SWITCHES_A_KEY 10
#define END_KEY "q"

/* Each differs from the next in who has shared state, and in other calls. */
static const char *const policies[] = {
	"{ sets: { hcall-interrupt: user }, hcalls: { H_PAGE_INIT: user } }",
	"{ sets: { hcall-interrupt: user, hcall-pft: user, hcall-bulk: user }, "
	"hcalls: { H_REGISTER_VPA: user, H_CONFER: user }, force: true }",
	"{ sets: { hcall-pft: user, hcall-bulk: user }, "
	"hcalls: { H_PAGE_INIT: user, H_RANDOM: user } }",
	"{}",
};

#define POLICIES (sizeof(policies) / sizeof(policies[0]))

static unsigned int switches = SWITCHES;
static struct linux_guest guest;

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static void type(const char *key)
{
	assert_int_equal(write(guest.commands, key, 1), 1);
}

static uint64_t field(const char *line, const char *name)
{
	char wanted[32];
	const char *at;

	snprintf(wanted, sizeof(wanted), " %s=", name);
	at = strstr(line, wanted);
	if (!at)
		fail_msg("no %s in: %s", name, line);
	return strtoull(at + strlen(wanted), NULL, 16);
}

static uint64_t judge(unsigned int cpu, uint64_t *ipis)
{
	const char *line = linux_guest_expect(&guest, "GUEST cpu");

	printf("# cpu%s\n", line);
	assert_int_equal(field(line, "is"), cpu);
	assert_int_equal(field(line, "wrong"), 0);
	assert_int_equal(field(line, "ipis"), field(line, "sent"));
	assert_true(field(line, "taken") > 0);
	*ipis += field(line, "ipis");
	return field(line, "keys");
}

static void no_answer_is_lost_or_doubled_or_wrong(void **state)
{
	static const char *const args[] = {
		"--kernel", "/tests/guest-storm", "--mem", "64M", "--smp", "2",
		"--timeout", "3000", NULL
	};
	unsigned int keys = 0;
	uint64_t ipis = 0, seen;
	double start;

	(void)state;
	linux_guest_spawn(&guest, args);
	linux_guest_expect(&guest, "GUEST ready");
	start = now_s();
	for (unsigned int n = 0; n < switches; n++) {
		char line[32];

		linux_guest_execute(&guest, "papr-policy-apply",
				    json_pack("{s:s}", "policy",
					      policies[n % POLICIES]));
		if (n % SWITCHES_A_KEY)
			continue;
		type("x");
		snprintf(line, sizeof(line), "GUEST key %u", ++keys);
		linux_guest_expect(&guest, line);
	}
	printf("# %u changes in %.1f s\n", switches, now_s() - start);
	type(END_KEY);
	seen = judge(0, &ipis);
	seen += judge(1, &ipis);
	assert_int_equal(seen, keys + 1);
	assert_true(ipis > switches);
	assert_int_equal(linux_guest_wait(&guest), 0);
}

static int end(void **state)
{
	(void)state;
	linux_guest_end(&guest);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(no_answer_is_lost_or_doubled_or_wrong,
					  end),
	};

	if (argc > 1)
		switches = (unsigned int)atoi(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
