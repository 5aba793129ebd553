/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Real exits of machine checks of a Linux guest: what it prints, and what
 * befalls the process that was interrupted.  The argument is the name of what
 * makes them, as of lab-mce-real.
 */
#include "config.h"

#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spapr/util.h"
#include "tests/lab-mce-source.h"
#include "tests/linux-guest.h"
#include "tools/qmp-client.h"

#define SRR1_DATA	0x00200000u
#define SRR1_FETCH_SLB	0x000c0000u
#define EA		0xc000000000c0ffeeull

enum outcome { RECOVERS, SIGBUS_COMES };

/* In this order: with an error that has no address Linux prints the last. */
static const struct mce {
	const char *name;
	uint32_t srr1;
	uint32_t dsisr;
	enum mce_disposition disposition;
	bool user;
	const char *text;	/* Linux's */
	enum outcome outcome;
} mces[] = {
	{ "SLB multihit in user mode, corrected by Linux", SRR1_DATA, 0x80,
	  NOT_RECOVERED, true, "SLB Multihit DAR: c000000000c0ffee ",
	  RECOVERS },
	{ "ERAT multihit in user mode, corrected by Linux", SRR1_DATA, 0x800,
	  NOT_RECOVERED, true, "ERAT Multihit DAR: c000000000c0ffee ",
	  RECOVERS },
	{ "TLB multihit in user mode, not recovered", SRR1_DATA, 0x400,
	  NOT_RECOVERED, true, "TLB Multihit DAR: c000000000c0ffee ",
	  SIGBUS_COMES },
	{ "TLB multihit in user mode, recovered", SRR1_DATA, 0x400,
	  RECOVERED, true, "TLB Multihit DAR: c000000000c0ffee ",
	  RECOVERS },
	{ "UE of a load in user mode, not recovered", SRR1_DATA, 0x8000,
	  NOT_RECOVERED, true, "UE Load/Store DAR: c000000000c0ffee ",
	  SIGBUS_COMES },
	{ "UE of a load in user mode, recovered", SRR1_DATA, 0x8000,
	  RECOVERED, true, "UE Load/Store DAR: c000000000c0ffee ", RECOVERS },
	{ "SLB multihit of a fetch in user mode", SRR1_FETCH_SLB, 0,
	  NOT_RECOVERED, true, "SLB Multihit ", RECOVERS },
	{ "SLB parity in the kernel, corrected by Linux", SRR1_DATA, 0x100,
	  NOT_RECOVERED, false, "SLB Parity DAR: c000000000c0ffee ",
	  RECOVERS },
	{ "TLB multihit in the kernel, recovered", SRR1_DATA, 0x400,
	  RECOVERED, false, "TLB Multihit DAR: c000000000c0ffee ",
	  RECOVERS },
};

static const struct mce_source *source;
static struct linux_guest guest;
static int spinner;

/* The guest's CPUs: threads that run them, and KVM's ids. */
static struct {
	int thread;
	uint32_t id;
} cpus[2];

static void learn_cpus(void)
{
	struct papr_error error;
	json_t *list = qmp_client_execute(guest.client, "query-cpus-fast",
					  NULL, &error), *cpu;
	size_t i;

	if (!list)
		fail_msg("%s", error.text);
	assert_int_equal(json_array_size(list), ARRAY_SIZE(cpus));
	json_array_foreach(list, i, cpu) {
		cpus[i].thread = json_integer_value(
			json_object_get(cpu, "thread-id"));
		cpus[i].id = json_integer_value(json_object_get(
			json_object_get(cpu, "props"), "core-id"));
	}
	json_decref(list);
}

/* The stub sees the host's first CPU alone: that is for @target. */
static void place(unsigned int target)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(cpus); i++) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(i == target ? 0 : 1, &set);
		assert_int_equal(sched_setaffinity(cpus[i].thread,
						   sizeof(set), &set), 0);
	}
}

/* A process spins on CPU 1. */
static void strike(const struct mce *m)
{
	unsigned int cpu = m->user ? 1 : 0;

	place(cpu);
	source->arm(&(struct mce_wanted){
		.srr1 = m->srr1,
		.dsisr = m->dsisr,
		.dar = EA,
		.disposition = m->disposition,
		.vcpu = cpus[cpu].id,
		.msr_mask = MCE_MSR_PR | MCE_MSR_RI,
		.msr = MCE_MSR_RI | (m->user ? MCE_MSR_PR : 0),
	});
	if (!m->user)
		linux_guest_tell(&guest, "busy");
}

/* What the guest has said since the machine check. */
struct seen {
	char report[160];	/* of the kernel, "" for none */
	bool complete;
	uint64_t nip;		/* of the process */
	uint64_t sigbus;	/* the address it tells of, 0: none */
};

static const char *after(const char *line, const char *begin)
{
	size_t len = strlen(begin);

	return strncmp(line, begin, len) ? NULL : line + len;
}

static void take_line(struct seen *seen, const char *line, int cpu)
{
	char report[64], process[96], end[64], sigbus[32];
	const char *rest;

	snprintf(report, sizeof(report), "KERNEL 3 MCE: CPU%d: machine check ",
		 cpu);
	snprintf(process, sizeof(process), "KERNEL 3 MCE: CPU%d: PID: %d "
		 "Comm: mce-spinner NIP: [", cpu, spinner);
	snprintf(end, sizeof(end), "KERNEL 3 MCE: CPU%d: Unknown", cpu);
	snprintf(sigbus, sizeof(sigbus), "SIGBUS %d 4 ", spinner);
	if ((rest = after(line, report)))
		snprintf(seen->report, sizeof(seen->report), "%.159s", rest);
	else if ((rest = after(line, process)))
		seen->nip = strtoull(rest, NULL, 16);
	else if ((rest = after(line, sigbus)))
		seen->sigbus = strtoull(rest, NULL, 16);
	else if (!strcmp(line, end))
		seen->complete = true;
}

/* The process and the kernel speak in no order. */
static void listen(struct seen *seen, const struct mce *m)
{
	const char *line;

	*seen = (struct seen){ .complete = false };
	while (!seen->complete ||
	       (m->outcome == SIGBUS_COMES && !seen->sigbus)) {
		line = linux_guest_line(&guest, GUEST_PATIENCE_MS);
		if (!line)
			fail_msg("the guest says no more than \"%s\"",
				 seen->report);
		take_line(seen, line, m->user);
	}
	linux_guest_tell(&guest, "sync");
	while ((line = linux_guest_line(&guest, GUEST_PATIENCE_MS)) &&
	       strcmp(line, "SYNC"))
		take_line(seen, line, m->user);
}

static void check(void **state)
{
	const struct mce *m = *state;
	char wanted[160];
	struct seen seen;

	strike(m);
	listen(&seen, m);
	snprintf(wanted, sizeof(wanted), "(Severe)  %s[%s]", m->text,
		 m->outcome == RECOVERS ? "Recovered" : "Not recovered");
	assert_string_equal(seen.report, wanted);
	if (m->user)
		assert_int_not_equal(seen.nip, 0);
	assert_int_equal(seen.sigbus, m->outcome == RECOVERS ? 0 : seen.nip);
}

static int start(void **state)
{
	(void)state;
	linux_guest_start(&guest);
	linux_guest_tell(&guest, "spin");
	spinner = atoi(linux_guest_expect(&guest, "SPINNER "));
	linux_guest_expect(&guest, "PAGE ");
	learn_cpus();
	return 0;
}

static void it_powers_off_afterwards(void **state)
{
	(void)state;
	linux_guest_tell(&guest, "power-off");
	assert_int_equal(linux_guest_wait(&guest), 0);
}

static int end(void **state)
{
	(void)state;
	source->disarm();
	linux_guest_end(&guest);
	return 0;
}

/* A nested host's word that it has recovered an error counts nothing. */
static bool can_be_recovered(void)
{
	const char *host = getenv("PAPR_LAB");

	return source->sets_disposition && !(host && !strcmp(host, "nested"));
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[ARRAY_SIZE(mces) + 1];
	size_t n = 0;

	source = argc == 2 ? mce_source(argv[1]) : NULL;
	if (!source) {
		fprintf(stderr, "usage: %s module|stub, which must be there\n",
			argv[0]);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(mces); i++)
		if (mces[i].disposition == NOT_RECOVERED || can_be_recovered())
			tests[n++] = (struct CMUnitTest){
				.name = mces[i].name,
				.test_func = check,
				.initial_state = (void *)&mces[i],
			};
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(
		it_powers_off_afterwards);
	return _cmocka_run_group_tests("linux", tests, n, start, end) ? 1 : 0;
}
