/* SPDX-License-Identifier: BSD-2-Clause */
/* What papr sweep makes of what it hears. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/sweep.h"
#include "vmm/util.h"

#define PATIENCE 5
#define MC "[    9.1] MCE: CPU1: machine check (Severe)  "
#define SLB MC "SLB Multihit DAR: c0005eed00000030 "
#define TLB MC "TLB Parity DAR: c0005eed00000030 "
#define ALIVE "[    9.2] load: alive 7"
#define USER "0x800000000280f033"
#define KERNEL "0x8000000000009033"

static struct sweep_patterns *patterns;

/* One that is number 3 of its plan, on vCPU 1, and was answered with id 12. */
struct fixture {
	struct sweep_injection injection;
	struct sweep_watch w;
};

static void set_up(struct fixture *f, const char *kind, uint8_t disposition)
{
	*f = (struct fixture){ .injection.cpu = 1 };
	while (strcmp(sweep_kinds[f->injection.kind].name, kind))
		f->injection.kind++;
	f->injection.disposition = disposition;
	f->w = (struct sweep_watch){
		.patterns = patterns, .injection = &f->injection, .index = 3,
		.id = 12,
	};
}

static void hear_event(struct fixture *f, const char *name, int id, int cpu,
		       const char *outcome, const char *msr)
{
	json_t *data = json_pack("{s:i, s:i, s:s, s:s, s:s}", "id", id,
				 "cpu-index", cpu, "outcome", outcome,
				 "pc", "0xc000000000001234", "msr", msr);

	sweep_watch_event(&f->w, name, data);
	json_decref(data);
}

/*
 * A script of what is heard: 'u', 'k' delivered in user mode or the kernel,
 * 'd' dropped, 'c' checkstop, 'r' released, '.' a heartbeat, 'h' too long
 * nothing, digits an end with that status; other letters a line.
 */
static void hear(struct fixture *f, char what, const char *line)
{
	switch (what) {
	case 'u':
		hear_event(f, "PAPR_INJECTION", 12, 1, "delivered", USER);
		break;
	case 'k':
		hear_event(f, "PAPR_INJECTION", 12, 1, "delivered", KERNEL);
		break;
	case 'd':
		hear_event(f, "PAPR_INJECTION", 12, 1, "dropped", KERNEL);
		break;
	case 'c':
		hear_event(f, "PAPR_INJECTION", 12, 1, "checkstop", KERNEL);
		break;
	case 'r':
		hear_event(f, "PAPR_NMI_INTERLOCK", 12, 1, "", KERNEL);
		break;
	case '.':
		sweep_watch_line(&f->w, ALIVE);
		break;
	case 'h':
		f->w.hang = true;
		break;
	case 'L':
		sweep_watch_line(&f->w, line);
		break;
	case 'B':
		sweep_watch_line(&f->w, "load: signal 7 ended sh");
		break;
	case 'O':
		sweep_watch_line(&f->w, "Oops: Machine check, sig: 7 [#1]");
		break;
	case 'P':
		sweep_watch_line(&f->w, "Kernel panic - not syncing: Fatal");
		break;
	default:
		sweep_watch_end(&f->w, what - '0', "papr run: the end");
	}
}

static const struct row {
	const char *what;
	const char *kind;
	uint8_t disposition;
	const char *line;
	const char *heard;
	enum sweep_outcome outcome;
	bool expected;
} rows[] = {
	{ "logged and alive", "slb:multihit", 0, SLB "[Recovered]", "urL..",
	  SWEEP_SURVIVED, true },
	{ "the line before the event", "slb:multihit", 0, SLB "[Recovered]",
	  "L.ur.", SWEEP_SURVIVED, true },
	{ "the heartbeats before the events", "slb:multihit", 0,
	  SLB "[Recovered]", "L..ur", SWEEP_SURVIVED, true },
	{ "never released", "slb:multihit", 0, SLB "[Recovered]", "uL.....",
	  SWEEP_SURVIVED, false },
	{ "Linux repairs it", "slb:multihit", 2, SLB "[Recovered]", "krL..",
	  SWEEP_SURVIVED, true },
	{ "Linux does not repair it", "slb:multihit", 2,
	  SLB "[Not recovered]", "krL..", SWEEP_SURVIVED, false },
	{ "a limited recovery", "tlb:parity", 1, TLB "[Recovered]", "krL..",
	  SWEEP_SURVIVED, true },
	{ "not recovered, but nobody suffers", "tlb:parity", 2,
	  TLB "[Not recovered]", "urL..", SWEEP_SURVIVED, false },
	{ "a user's process dies", "tlb:parity", 2, TLB "[Not recovered]",
	  "urLB..", SWEEP_SIGNAL, true },
	{ "a signal in the kernel", "tlb:parity", 2, TLB "[Not recovered]",
	  "krLB..", SWEEP_SIGNAL, false },
	{ "a process dies of what was recovered", "tlb:parity", 0,
	  TLB "[Recovered]", "urLB..", SWEEP_SIGNAL, false },
	{ "the kernel dies", "tlb:parity", 2, TLB "[Not recovered]",
	  "krLOBP6", SWEEP_PANIC, true },
	{ "... for a user's error", "tlb:parity", 2, TLB "[Not recovered]",
	  "urLOP6", SWEEP_PANIC, false },
	{ "... and says nothing", "tlb:parity", 2, "", "kr6", SWEEP_PANIC,
	  false },
	{ "... of another thing", "tlb:parity", 0, TLB "[Recovered]",
	  "urLP6", SWEEP_PANIC, false },
	{ "it panics and never ends", "tlb:parity", 2,
	  TLB "[Not recovered]", "krLOPh", SWEEP_PANIC, true },
	{ "an oops", "tlb:parity", 2, TLB "[Not recovered]", "krLOB..",
	  SWEEP_OOPS, true },
	{ "an oops of what was recovered", "tlb:parity", 0,
	  TLB "[Recovered]", "krLO..", SWEEP_OOPS, false },
	{ "another type is logged", "slb:multihit", 0, TLB "[Recovered]",
	  "urL.....", SWEEP_SILENT, false },
	{ "another address is logged", "slb:multihit", 0,
	  MC "SLB Multihit DAR: c0005eed00000020 [Recovered]", "urL.....",
	  SWEEP_SILENT, false },
	{ "another CPU logs", "slb:multihit", 0, "MCE: CPU0: machine check "
	  "(Severe)  SLB Multihit DAR: c0005eed00000030 [Recovered]",
	  "urL.....", SWEEP_SILENT, false },
	{ "nothing is logged", "slb:multihit", 0, "", "ur.....",
	  SWEEP_SILENT, false },
	{ "... in the kernel, which repairs it", "slb:multihit", 0, "",
	  "kr.....", SWEEP_SILENT, false },
	{ "an access of the kernel's fails", "ue:ifetch", 0, "", "kr.....",
	  SWEEP_SILENT, true },
	{ "... and a process ends of it", "ue:load-store", 2, "", "krB.....",
	  SWEEP_SILENT, true },
	{ "... and it is never released", "ue:ifetch", 0, "", "k.....",
	  SWEEP_SILENT, false },
	{ "... but it was a process's", "ue:ifetch", 0, "", "ur.....",
	  SWEEP_SILENT, false },
	{ "it is not delivered", "slb:multihit", 0, "", ".....",
	  SWEEP_NOT_DELIVERED, false },
	{ "it is dropped", "slb:multihit", 0, "", "d", SWEEP_NOT_DELIVERED,
	  false },
	{ "a checkstop", "slb:multihit", 2, "", "c7", SWEEP_CHECKSTOP,
	  false },
	{ "silence", "slb:multihit", 0, SLB "[Recovered]", "urL.h",
	  SWEEP_HANG, false },
	{ "a lock is never released", "tlb:parity", 2, "", "kh", SWEEP_HANG,
	  true },
	{ "... by a user's process", "tlb:parity", 2, "", "uh", SWEEP_HANG,
	  false },
	{ "a reboot", "slb:multihit", 0, SLB "[Recovered]", "urL5",
	  SWEEP_ENDED, false },
	{ "power-off before it", "slb:multihit", 0, "", "0", SWEEP_ENDED,
	  false },
	{ "unknown, with no subtype", "unknown", 0,
	  MC "Unknown  [Recovered]", "krL..", SWEEP_SURVIVED, true },
	{ "no address was given", "ue:load-store", 0,
	  MC "UE Load/Store DAR: c000000000c0ffee [Recovered]", "krL..",
	  SWEEP_SURVIVED, true },
	{ "a subtype that begins like another", "ue:indeterminate", 0,
	  MC "UE Instruction fetch [Recovered]", "krL.....", SWEEP_SILENT,
	  false },
};

/* Nothing that is heard is enough but all of it. */
static void each_story_has_its_outcome(void **state)
{
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *row = &rows[i];
		const char *at;

		set_up(&f, row->kind, row->disposition);
		for (at = row->heard; *at; at++) {
			if (sweep_watch_done(&f.w, PATIENCE))
				fail_msg("%s: done before %s", row->what, at);
			hear(&f, *at, row->line);
		}
		if (!sweep_watch_done(&f.w, PATIENCE))
			fail_msg("%s: not done", row->what);
		sweep_watch_judge(&f.w);
		if (f.w.v.outcome != row->outcome ||
		    f.w.v.expected != row->expected)
			fail_msg("%s: %s, %sexpected", row->what,
				 sweep_outcomes[f.w.v.outcome].name,
				 f.w.v.expected ? "" : "not ");
	}
}

static void an_instruction_need_not_be_reached(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, "slb:multihit", 0);
	f.injection.at_pc = true;
	for (int i = 0; i < PATIENCE; i++)
		hear(&f, '.', NULL);
	sweep_watch_judge(&f.w);
	assert_int_equal(f.w.v.outcome, SWEEP_NOT_DELIVERED);
	assert_true(f.w.v.expected);
	f.w.refused = true;
	sweep_watch_judge(&f.w);
	assert_false(f.w.v.expected);
}

static void events_of_others_do_not_count(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, "slb:multihit", 0);
	hear_event(&f, "PAPR_INJECTION", 11, 1, "delivered", USER);
	hear_event(&f, "PAPR_INJECTION", 12, 0, "delivered", USER);
	hear_event(&f, "PAPR_NMI_INTERLOCK", 12, 0, "", USER);
	hear_event(&f, "STOP", 12, 1, "delivered", USER);
	assert_false(f.w.v.delivered);
	assert_false(f.w.v.released);
}

static void a_guest_that_begins_anew_has_ended(void **state)
{
	json_t *data = json_pack("{s:s}", "reason", "guest-reset");
	struct fixture f;

	(void)state;
	set_up(&f, "slb:multihit", 0);
	sweep_watch_event(&f.w, "RESET", data);
	assert_true(sweep_watch_done(&f.w, PATIENCE));
	sweep_watch_judge(&f.w);
	assert_int_equal(f.w.v.outcome, SWEEP_ENDED);
	assert_string_equal(f.w.v.text, "the guest was reset");

	set_up(&f, "slb:multihit", 0);
	json_object_set_new(data, "reason", json_string("guest-panic"));
	sweep_watch_event(&f.w, "RESET", data);
	sweep_watch_judge(&f.w);
	assert_int_equal(f.w.v.outcome, SWEEP_PANIC);
	json_decref(data);
}

static void a_verdict_tells_where_it_was(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f, "slb:multihit", 0);
	hear(&f, 'u', NULL);
	hear(&f, 'L', SLB "[Recovered]");
	assert_int_equal(f.w.v.pc, 0xc000000000001234);
	assert_int_equal(f.w.v.msr, 0x800000000280f033);
	assert_string_equal(f.w.v.text, "MCE: CPU1: machine check (Severe)  "
			    "SLB Multihit DAR: c0005eed00000030 [Recovered]");
}

static void a_bad_pattern_is_refused_in_words(void **state)
{
	struct sweep_patterns *p;
	struct papr_error error;

	(void)state;
	assert_int_equal(sweep_patterns_new("(", "x", &p, &error), -EINVAL);
	assert_non_null(strstr(error.text, "--alive '('"));
	assert_int_equal(sweep_patterns_new("x", "[", &p, &error), -EINVAL);
	assert_non_null(strstr(error.text, "--signal '['"));
}

static int make_patterns(void **state)
{
	struct papr_error error;

	(void)state;
	return sweep_patterns_new("load: alive", "load: signal", &patterns,
				  &error);
}

static int free_patterns(void **state)
{
	(void)state;
	sweep_patterns_free(patterns);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_story_has_its_outcome),
		cmocka_unit_test(an_instruction_need_not_be_reached),
		cmocka_unit_test(events_of_others_do_not_count),
		cmocka_unit_test(a_guest_that_begins_anew_has_ended),
		cmocka_unit_test(a_verdict_tells_where_it_was),
		cmocka_unit_test(a_bad_pattern_is_refused_in_words),
	};

	return cmocka_run_group_tests(tests, make_patterns, free_patterns);
}
